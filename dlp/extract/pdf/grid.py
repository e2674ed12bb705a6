"""Ruled tables of a PDF page: characters put into the cells that the page's rules draw.

A cell too narrow for its text wraps it, and then the order of the page tears names and addresses apart; the rules
tell what belongs together.
"""

from __future__ import annotations

import math
import statistics
from bisect import bisect
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pypdfium2
import pypdfium2.raw as raw

from dlp.extract.blocks import Block, Lost, Table, Text
from dlp.extract.plain.text import frame_of
from dlp.native import pdf_letters
from dlp.native.pdf_letters import Boxes, Codes

_THIN, _NEAR = 3.0, 2.5  # points
_SAME_LINE = 0.6  # of a character's height: how far the middles of a line's lie apart
_MOST_PATHS, _MOST_CHARACTERS = 8_000, 20_000
_FEW_LINES, _FEW_THINGS = 4, 20  # a page of fewer lines is looked at only if more is drawn on it
_TOUCH = 0.06  # of a font's height: letters of one text are not further apart
_SHORT, _PIECES, _LOOKED_AT = 25, 4, 40  # letters of a line, pieces of one between blanks; things on a page
_HIGH, _LOW = range(0xD800, 0xDC00), range(0xDC00, 0xE000)  # halves of a character beyond the first plane


#: A character, where it begins and ends, its middle and its height.
type _Letter = tuple[str, float, float, float, float]


@dataclass(frozen=True, slots=True)
class _Rule:
    at: float
    begin: float
    end: float


@dataclass(slots=True)
class _Line:
    text: str
    middle: float
    right: float
    size: float


def may_be_ruled(page: pypdfium2.PdfPage, text: str, *, across: bool) -> bool:
    """Whether it pays to look for rules: a page of short pieces of text, or of lines `across` it in several pieces that
    have rules about them. Other long lines read well as they are."""
    lines = [line for line in text.split("\n") if line.strip()]
    if not lines:
        return False
    things: int = raw.FPDFPage_CountObjects(page)
    if len(lines) < _FEW_LINES:  # the page's order may tell a whole table in one line
        return _FEW_THINGS < things < _MOST_PATHS
    if not 2 < things < _MOST_PATHS:
        return False
    if (short := statistics.median(map(len, lines)) < _SHORT) or not across:
        return short
    return statistics.median(len(line.split()) for line in lines) >= _PIECES and _draws_rules(page, things)


def _draws_rules(page: pypdfium2.PdfPage, things: int) -> bool:
    """Whether one of some things that are drawn on the page is a line or a box."""
    step = max(1, things // _LOOKED_AT)
    kinds = (raw.FPDFPageObj_GetType(raw.FPDFPage_GetObject(page, i)) for i in range(0, things, step))
    return raw.FPDF_PAGEOBJ_PATH in kinds


def tables(page: pypdfium2.PdfPage, text_page: pypdfium2.PdfTextPage, place: str) -> Iterator[Block]:
    """The table the page's rules draw, and the text outside of it; nothing when they draw none."""
    across, down = _rules(page)
    ys = _merged([rule.at for rule in across])
    parted = _Parted(across, ys)
    if len(ys) < 3 or len(down) < 2 or text_page.count_chars() > _MOST_CHARACTERS:
        return
    rows = [_edges(down, (low + high) / 2) for low, high in pairwise(ys)]
    xs = _merged([x for edges in rows for x in edges])
    if len(xs) < 3:
        return
    cells: dict[tuple[int, int], list[_Line]] = {}
    outside: list[_Letter] = []
    shared: set[tuple[int, int]] = set()  # cells of several rows, at the first of them
    last, on = (-1, -1), _going_on(text_page)
    for (text, left, right, bottom, top), joined in zip(characters(text_page), on, strict=True):
        row = bisect(ys, (bottom + top) / 2) - 1
        column = bisect(rows[row], (left + right) / 2) - 1 if 0 <= row < len(rows) else -1
        if joined and last == (row, column - 1):
            column -= 1  # a text that reaches over the next cell, which is empty
        last = row, column
        if column < 0 or column >= len(rows[row]) - 1:
            outside.append((text, left, right, (bottom + top) / 2, top - bottom))
            continue
        start = bisect(xs, rows[row][column] + _NEAR) - 1
        first = parted.top(row, rows[row][column], rows[row][column + 1])
        if first > row:
            shared.add((row := first, start))
        _append(cells.setdefault((row, start), []), text, right, (bottom + top) / 2, top - bottom)
    if len(cells) < 4:
        return
    _sink(cells, shared)
    grid = [[_cell(cells, rows[row], xs, row, column) for column in range(len(xs) - 1)] for row in range(len(rows))]
    middles = tuple((low + high) / 2 for low, high in pairwise(ys))
    yield Table(frame_of(grid[::-1]), f"{place} table", middles[::-1])
    if rest := _lines(outside).strip():
        yield Text(rest + "\n", place)


def _sink(cells: dict[tuple[int, int], list[_Line]], shared: set[tuple[int, int]]) -> None:
    """Put what several rows share one row down where the first says nothing else: above a table in a cell."""
    held: dict[int, list[int]] = {}
    for row, column in cells:
        held.setdefault(row, []).append(column)
    for row, columns in held.items():
        if all((row, column) in shared for column in columns) and not any((row - 1, c) in cells for c in columns):
            for column in columns:
                cells[row - 1, column] = cells.pop((row, column))


class _Parted:
    """Where the rules of a page part a cell from the one above it: one that several rows share has none there."""

    def __init__(self, across: Sequence[_Rule], ys: Sequence[float]) -> None:
        self._above: list[list[_Rule]] = [[] for _ in ys]
        for rule in across:
            self._above[bisect(ys, rule.at + 0.01) - 1].append(rule)
        self._tops: dict[tuple[int, float, float], int] = {}

    def top(self, row: int, left: float, right: float) -> int:
        """The uppermost of the rows, counted from below, that share a cell between two places."""
        if (row, left, right) not in self._tops:
            middle, at = (left + right) / 2, row
            while at + 2 < len(self._above) and not self._ends(at + 1, middle):
                at += 1
            self._tops[row, left, right] = at if self._ends(at + 1, middle) else row
        return self._tops[row, left, right]

    def _ends(self, row: int, place: float) -> bool:
        return any(rule.begin - 1 <= place <= rule.end + 1 for rule in self._above[row])


def _going_on(text_page: pypdfium2.PdfTextPage) -> list[bool]:
    """Whether each character begins where the one before it ends, by their fonts' widths: no cell begins there."""
    _, boxes = letters(text_page, loose=True)
    left, right, bottom, top = boxes.T
    near = np.abs(left[1:] - right[:-1]) < _TOUCH * np.maximum(top - bottom, 1.0)[1:]
    beside = np.abs(bottom[1:] - bottom[:-1]) < _SAME_LINE * (top - bottom)[1:]
    return [False, *(near & beside).tolist()][: len(boxes)]


def _lines(letters: list[_Letter]) -> str:
    """Characters outside a table in the lines they stand in: the page's own ends of lines are left out of them."""
    text, end, middle, size = "", 0.0, 0.0, 0.0
    for letter, left, right, here, high in letters:
        if not letter.isspace():
            most = max(size, high)  # a hyphen is lower than the line
            if text and (abs(here - middle) > most * _SAME_LINE or left < end - most):
                text, size = text + "\n", high
            elif text and left - end > most:
                text += " "
            end, middle, size = right, here, max(size, high)
        text += letter
    return text


def _rules(page: pypdfium2.PdfPage) -> tuple[list[_Rule], list[_Rule]]:
    """Horizontal and vertical rules: thin paths, and the edges of boxes."""
    across: list[_Rule] = []
    down: list[_Rule] = []
    width, height = page.get_size()
    for thing in page.get_objects(filter=[raw.FPDF_PAGEOBJ_PATH], max_depth=3):
        left, bottom, right, top = thing.get_bounds()
        wide, high = right - left, top - bottom
        if high <= _THIN < wide:
            across.append(_Rule((bottom + top) / 2, left, right))
        elif wide <= _THIN < high:
            down.append(_Rule((left + right) / 2, bottom, top))
        elif wide > _THIN and high > _THIN and (wide < width * 0.98 or high < height * 0.98):
            across += [_Rule(bottom, left, right), _Rule(top, left, right)]
            down += [_Rule(left, bottom, top), _Rule(right, bottom, top)]
    return across, down


def _merged(places: list[float]) -> list[float]:
    out: list[float] = []
    for place in sorted(places):
        if not out or place - out[-1] > _NEAR:
            out.append(place)
    return out


def _edges(down: list[_Rule], middle: float) -> list[float]:
    return _merged([rule.at for rule in down if rule.begin - 1 <= middle <= rule.end + 1])


def characters(
    text_page: pypdfium2.PdfTextPage, *, loose: bool = False
) -> Iterator[tuple[str, float, float, float, float]]:
    """Each character with its box (`loose`: the font's), in the page's order; made-up spaces are left out."""
    codes, boxes = letters(text_page, loose=loose)
    return zip(map(chr, codes.tolist()), *boxes.T.tolist(), strict=True)


def letters(text_page: pypdfium2.PdfTextPage, *, loose: bool = False) -> tuple[Codes, Boxes]:
    """The same as arrays: code points, and left, right, bottom and top of each."""
    if (told := pdf_letters.told(text_page, loose=loose)) is not None:
        return told
    found = list(_asked(text_page, loose))
    codes = np.array([code for code, _ in found], np.uint32)
    return codes, np.array([box for _, box in found], np.float64).reshape(-1, 4)


def _asked(text_page: pypdfium2.PdfTextPage, loose: bool) -> Iterator[tuple[int, tuple[float, float, float, float]]]:
    high = 0  # 𠮷 and variation selectors are told as two halves
    for index in range(text_page.count_chars()):
        code = raw.FPDFText_GetUnicode(text_page, index)
        if code in (0, 10, 13, 0xFFFE) or raw.FPDFText_IsGenerated(text_page, index) == 1:
            continue
        if code in _HIGH:
            high = code
            continue
        left, bottom, right, top = text_page.get_charbox(index, loose=loose)
        yield _whole(high, code) if code in _LOW else code, (left, right, bottom, top)
        high = 0


def _whole(high: int, low: int) -> int:
    """One character of two halves; what stands alone is none."""
    return 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00) if high else 0xFFFD


def _append(lines: list[_Line], text: str, right: float, middle: float, size: float) -> None:
    if lines and (text.isspace() or abs(lines[-1].middle - middle) < max(lines[-1].size, size) * 0.7):
        lines[-1].text += text
        lines[-1].right = max(lines[-1].right, right)
        lines[-1].size = max(lines[-1].size, size)
    else:
        lines.append(_Line(text, middle, right, size))


def _cell(cells: dict[tuple[int, int], list[_Line]], edges: list[float], xs: list[float], row: int, column: int) -> str:
    """Lines of a cell: one that reaches the cell's edge goes on in the next without a break."""
    lines = cells.get((row, column), [])
    text = ""
    for number, line in enumerate(lines):
        text += line.text
        if number + 1 < len(lines):
            edge = next((x for x in edges if x > xs[column] + _NEAR), line.right)
            fits = edge - line.right > max(line.size, 6) * 1.9
            text += "\n" if fits and not _open(text) else ""
    return text.strip()


def _open(text: str) -> bool:
    """Whether a bracket is open at the end: 佐藤花子（66, 歳）."""
    last = max(text.rfind("（"), text.rfind("("))
    return last > max(text.rfind("）"), text.rfind(")"))


def rejoined(blocks: list[Block | Lost]) -> list[Block | Lost]:
    """Rows that a page break cut in two, put together: what is left of one has no text where all other rows have."""
    out: list[Block | Lost] = []
    last = -1
    for block in blocks:
        if isinstance(block, Table) and block.place.endswith(" table"):
            before = out[last] if last >= 0 else None
            if isinstance(before, Table) and before.frame.width == block.frame.width:
                out[last], block = _joined(before, block)
            last = len(out)
        out.append(block)
    return out


def _joined(before: Table, after: Table) -> tuple[Table, Table]:
    rows, more = before.frame.rows(), after.frame.rows()
    if len(rows) + len(more) < 8 or len(more) < 2:
        return before, after
    inner = [*rows[:-1], *more[1:]]
    filled = [sum(1 for row in inner if row[i]) >= len(inner) * 0.95 for i in range(before.frame.width)]
    if not any(full and not cell for full, cell in zip(filled, more[0], strict=True)):
        return before, after
    row = [f"{a or ''}{b or ''}" for a, b in zip(rows[-1], more[0], strict=True)]
    return Table(frame_of([*rows[:-1], row]), before.place), Table(frame_of(more[1:]), after.place)


_KANA = 0x3040  # below it are signs and Latin letters, which lie among upright ones in what is written downwards
_ON_ITS_SIDE, _MOST_LIE = 0.7, 0.6
_APART = 1.7  # of the way from one letter to the next: another would stand between


def written_downwards(text_page: pypdfium2.PdfTextPage) -> bool:
    """Whether most characters stand below the one before: looked at in the middle of the page."""
    count = text_page.count_chars()
    begin = max(0, count // 2 - 16)
    boxes = [text_page.get_charbox(i) for i in range(begin, min(count, begin + 32))]
    steps = [(abs((a[0] + a[2]) - (b[0] + b[2])) / 2, a[3] - b[3]) for a, b in pairwise(boxes)]
    return len(steps) >= 8 and sum(aside < 4 and 1 < down < 60 for aside, down in steps) > len(steps) * 0.6


def lies(text_page: pypdfium2.PdfTextPage) -> bool:
    """Whether a page's lines run up it, its letters lying on their side, as on a sheet that is printed across the page:
    pdfium reads such lines, and no place on the page says what stands in which column. What runs down is read as what
    is written downwards."""
    begin = max(0, (count := text_page.count_chars()) // 2 - 32)
    letters = [i for i in range(begin, min(count, begin + 64)) if raw.FPDFText_GetUnicode(text_page, i) > _KANA]
    lying = sum(math.sin(raw.FPDFText_GetCharAngle(text_page, i)) < -_ON_ITS_SIDE for i in letters)
    return lying > _MOST_LIE * len(letters)


def downward_lines(text_page: pypdfium2.PdfTextPage) -> str:
    """The lines of a page written downwards: pdfium itself would run them together."""
    lines: list[str] = []
    x = y = end = 0.0
    told = list(characters(text_page))
    steps = [before[3] + before[4] - after[3] - after[4] for before, after in pairwise(told)]
    pitch = statistics.median([step / 2 for step in steps if step > 0] or [0.0])
    for text, left, right, bottom, top in told:
        here, height = (left + right) / 2, (bottom + top) / 2
        beside = abs(height - y) < 4 and -2 < left - end < 20  # a line of a heading, written across
        below = abs(here - x) < 6 and height < y
        if lines and (text.isspace() or beside or below):
            blank = below and not beside and y - height > _APART * pitch and not lines[-1][-1:].isspace()
            lines[-1] += f"\u3000{text}" if blank and not text.isspace() else text  # some fonts draw no blanks
        else:
            lines.append(text)
        if not text.isspace():
            x, y, end = here, height, right
    return "\n".join(lines)
