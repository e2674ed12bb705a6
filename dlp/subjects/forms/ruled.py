"""Forms drawn with characters: boxes of ruled lines made cells, labels and dates without the blanks that spread them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from dlp.native import hold
from dlp.subjects.cells.values import CLASS
from dlp.subjects.lines import signs
from dlp.subjects.lines.rows import changed
from dlp.subjects.plan.header import Reader

#: Signs of lines between cells (dashes among them are folded to "-"), and a line of nothing but such.
_BARS = "│┃║┆┇┊┋|"
_DRAWN = re.compile(f"[{_BARS}]")
_BORDER = re.compile(r"^[\s\-=─━╌╍┄┅═+|│┃║┌┐└┘├┤┬┴┼╔╗╚╝╠╣╦╩╬┏┓┗┛┣┫┳┻╋┠┨┯┷┿┝┥┰┸╂]+$")
_CORNERS = re.compile(f"[{signs.CORNERS}]")
#: Corners of a box that is drawn with what a typewriter has.
_TYPED = ("+--", "+==")
#: A label at the beginning of a line or a cell whose letters stand apart, and what may follow it.
_SPREAD = re.compile(
    rf"(?P<before>^[\s\d.)(①-⑳・■□●○◆◇※【\[-]*|\t *)(?P<label>{CLASS}(?: {{1,4}}{CLASS}){{1,4}})(?=[\s:：\t】\]│]|$)"
)
_BLANKS = re.compile(" +")
#: Dots from one thing to the next, and how many lines have them in a list.
_LEADS, _LED = re.compile(r"(?<=[^\s.・…‥]) *(?:\.{4,}|…{2,}|‥{2,}|・{3,}) *(?=\(?[\d〒])"), 3
#: A date whose parts are padded: 昭和 8年 1月 3日.
_PADDED = re.compile(r"(?<=[年月]) +(?=\d{1,2}[月日])|(?<=明治|大正|昭和|平成|令和) +(?=(?:\d{1,2}|元)年)")


def unboxed(rows: Sequence[str], text: str, held: hold.Held = None) -> Sequence[str]:
    """`rows`, the lines of `text`, what is drawn about cells left out and cells apart by tabs."""
    drawn = _CORNERS.search(text) is not None if held is None else held.any & signs.CORNER
    drawn = drawn or ("+" in text and any(corner in text for corner in _TYPED))  # one sign is found at once
    return list(_cells(rows)) if drawn else rows


def led(rows: Sequence[str], text: str, held: hold.Held = None) -> Sequence[str]:
    """`rows`, the lines of `text`, dots that lead from a name to its telephone as blanks, where several lines have them."""
    if not (any(map(text.__contains__, signs.DOTS)) if held is None else held.any & signs.LED):
        return rows
    where = [i for i, row in enumerate(rows) if any(map(row.__contains__, signs.DOTS)) and _LEADS.search(row)]
    return changed(rows, {i: _LEADS.sub("  ", rows[i]) for i in where} if len(where) >= _LED else {})


def closed(rows: Sequence[str], reader: Reader, held: hold.Held = None) -> Sequence[str]:
    """`rows`, labels and dates whose letters and parts stand apart closed up."""
    others = dict[int, str]()
    for i in hold.where(held, hold.PARTED, rows):
        row = given = rows[i]
        if "年 " in row or "月 " in row or ("年" in row and " " in row):
            row = _PADDED.sub("", row)
        if "  " in row or "\t" in row or row[1:2] == " ":
            row = _closed(row, reader)
        if row != given:
            others[i] = row
    return changed(rows, others)


def _cells(rows: Sequence[str]) -> Iterator[str]:
    """Lines between ruled lines as cells apart by tabs; what goes on in the same box is put to the line above."""
    held: list[str] = []
    for row in rows:
        if row.strip() and _BORDER.match(row):
            if held:
                yield "\t".join(held)
            held = []
        elif (bare := row.strip()) and bare[0] in _BARS and bare[-1] in _BARS:
            cells = [cell.strip() for cell in _DRAWN.split(bare[1:-1])]
            if held and len(cells) == len(held) and not cells[0]:
                held = [a + b for a, b in zip(held, cells, strict=True)]
                continue
            if held:
                yield "\t".join(held)
            held = cells
        else:
            if held:
                yield "\t".join(held)
            held = []
            yield row
    if held:
        yield "\t".join(held)


def _closed(row: str, reader: Reader) -> str:
    """A line whose labels' letters stand apart (氏　　名), with them together."""
    return _SPREAD.sub(lambda m: m["before"] + _label(m["label"], reader), row)


def _label(spread: str, reader: Reader) -> str:
    """The letters of a known label at the beginning of some that stand apart put together, the rest as it is."""
    letters = _BLANKS.split(spread)
    for count in range(len(letters), 1, -1):
        word = "".join(letters[:count])
        if reader.knows(word) and reader.label(word).role:
            rest = spread.split(None, count)[count:]
            return f"{word}  {rest[0]}" if rest else word
    return spread
