"""Lists in running text: lines that share a delimiter are lifted into a table."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from dlp.extract.plain import sieve
from dlp.native import hold
from dlp.subjects.lines import ragged, signs

_WIDE = re.compile(r" {2,}")
_APART = " / "
#: Two sides of a match: 佐藤・鈴木組 対 田中・森組.
_MATCH = re.compile(r"\s(?:対|(?i:vs)\.?)\s")
_RAGGED = ("、", "/", "  ")  # between cells of which empty ones are left out
_LITERAL = (")", "),", "]", "],", "};", ");")
#: Fields of fixed width leave no blank between a number and a name, or a date and a telephone.
_GLUED_NUMBER = re.compile(r"^(\d{2,12})(?=[一-鿿ァ-ヺ々])")
_GLUED_DATE = re.compile(r"(?<!\d)((?:19|20)\d{6})(?=0\d{1,4}-)")
#: A day or a group before a name, one blank between: "11/7 佐藤 太郎", "A班 佐藤 太郎".
_LED = re.compile(
    r"^\s{0,8}(\d{1,2}(?:/\d{1,2}|月\d{1,2}日)(?:\([月火水木金土日]\))?|第?[A-Za-z\d一二三四五六七八九十]{1,2}[班組区]|\d{1,4}|N[oO]\.?) (?=[^\W\d_])"
)
#: What an item begins with: "[1] ", "(1)", "1. ", "①", "・".
_MARK = re.compile(r"^\s*(?:[\[(（【<]\d{1,5}[\])）】>]|\d{1,5}[.)）](?![\d.])|[①-⑳・●○◆■□•])\s*(?=[^\W\d_])")
#: One of several of a kind: a name and, in brackets, what is said of it. A line of such is a list, no row.
_ITEM, _ITEMS = re.compile(r"[^()]{1,14}\([^()]*\)$"), 0.8
_MIN_LINES = 2
_MIN_SHARE = 0.6
_HALF, _ALIKE, _DIFFER = 4, 0.8, 0.9  # columns of one of two lists side by side; rows alike; names that differ
_SENTENCES = 0.5  # share of lines with a full stop that make a run prose


@dataclass(frozen=True, slots=True)
class Run:
    """Lines that make a table."""

    table: list[list[str | None]]
    lines: tuple[int, ...]


def delimited(rows: Sequence[str], used: Sequence[bool], held: hold.Held = None) -> Iterator[Run]:
    """Tables of lines with the same delimiter. The caller marks `used` what it took for people."""
    there = signs.ALL if held is None else held.any_but(signs.STOP)
    for sign in signs.DELIMITERS:
        if not there & signs.DELIMITED[sign]:
            continue  # nothing but sentences
        holding = sieve.holding(rows, sign) if held is None else held.having(signs.DELIMITED[sign])
        for run in _runs(rows, used, sign, holding) if len(holding) >= _MIN_LINES else ():
            if len(run) >= _MIN_LINES and _stops(rows, run, held) <= _SENTENCES * len(run):
                yield from _table(rows, run, sign)


def _stops(rows: Sequence[str], run: Sequence[int], held: hold.Held) -> int:
    """How many lines have an end of a sentence in them."""
    if held is None:
        return sum("。" in rows[i] for i in run)
    return sum(held.lines[i] & signs.STOP > 0 for i in run)


def _runs(rows: Sequence[str], used: Sequence[bool], delimiter: str, holding: Sequence[int]) -> Iterator[list[int]]:
    """Stretches of lines that hold the delimiter; one line without it (a page's foot, a blank) does not end one."""
    run: list[int] = []
    for i in holding:
        if delimiter == "・" and _MATCH.search(rows[i]):
            continue
        if used[i] or delimiter not in rows[i] or (delimiter == "  " and delimiter not in rows[i].strip()):
            continue
        if run and i - run[-1] > 2:
            yield run
            run = []
        run.append(i)
    if run:
        yield run


def _table(rows: Sequence[str], run: Sequence[int], delimiter: str) -> Iterator[Run]:
    if delimiter == "、":
        run = [i for i in run if "。" not in rows[i]]  # sentences among them
    cells = {i: _split(rows[i], delimiter) for i in run}
    if not cells:
        return
    width, most = Counter(len(c) for c in cells.values()).most_common(1)[0]
    if delimiter in "\t|":  # empty cells at the end of a line are often not written
        counts = Counter(len(c) for c in cells.values())
        width = max(w for w, n in counts.items() if n >= 0.2 * len(run) or n == most)
        for i in run:
            cells[i] += [""] * (width - len(cells[i])) if len(cells[i]) >= max(2, width - 2) else []
        most = sum(1 for c in cells.values() if len(c) == width)
    if delimiter in _RAGGED and most < len(run):
        whole = ragged.filled([cells[i] for i in run])
        fitting = {i: row for i, row in zip(run, whole, strict=bool(whole)) if row}
        if len(fitting) > most:
            cells |= fitting
            width, most = len(next(iter(fitting.values()))), len(fitting)
    kept = [i for i in run if len(cells[i]) == width]
    if delimiter in "、/" and sum(all(map(_ITEM.match, cells[i])) for i in kept) >= _ITEMS * len(kept):
        return
    if most < _MIN_LINES or most < _MIN_SHARE * len(run) or width < 2:
        return
    yield Run([[cell or None for cell in row] for row in _stacked([cells[i] for i in kept])], tuple(kept))


def _stacked(rows: list[list[str]]) -> list[list[str]]:
    """Rows of two lists side by side (氏名 電話 氏名 電話) as those of one; others as they are."""
    half, odd = divmod(len(rows[0]), 2)
    if odd or not 2 <= half <= _HALF:
        return rows
    whole = [row for row in rows if all(row)]
    if len(whole) < _MIN_LINES:
        return rows
    alike: list[list[str]] = []
    for i, row in enumerate(whole):
        if len(alike) + len(whole) - i < _ALIKE * len(whole):
            return rows  # whatever the others are
        left, right = map(_kinds, (row[:half], row[half:]))
        if left == right and set(left) > {_LETTERS}:
            alike.append(row)
    if len(alike) < _ALIKE * len(whole) or not _both_named(alike, half):
        return rows
    return [row[:half] for row in rows] + [row[half:] for row in rows if any(row[half:])]


_LETTERS = "letters"
_KINDS = (
    ("phone", re.compile(r"\(?0\d{1,4}[-()]\d{1,4}[-)]\d{3,4}$")),
    ("day", re.compile(r"(?:[MTSHR明大昭平令]\D?|\d\d)(?:\d{1,2}|元)[-/.年]\d{1,2}[-/.月]\d{1,2}日?$")),
    ("figures", re.compile(r"[\d,.:-]+[歳才円]?$")),
    ("mail", re.compile(r"\S+@\S+$")),
)


def _kinds(cells: Sequence[str]) -> list[str]:
    return [next((kind for kind, pattern in _KINDS if pattern.match(cell)), _LETTERS) for cell in cells]


def _both_named(rows: Sequence[Sequence[str]], half: int) -> bool:
    """Whether each half holds letters at a place, other ones in nearly every row, and none of them in both."""
    for at in range(half):
        if all(_kinds([row[at]]) == [_LETTERS] for row in rows):
            left, right = {row[at] for row in rows}, {row[at + half] for row in rows}
            return len(left) + len(right) >= _DIFFER * 2 * len(rows) and left.isdisjoint(right)
    return False


def _split(line: str, delimiter: str) -> list[str]:
    line = _MARK.sub("", line.strip("\r"))
    if delimiter == "  ":
        line = _LED.sub(r"\1  ", _GLUED_DATE.sub(r"\1  ", _GLUED_NUMBER.sub(r"\1  ", line)))
        return [cell.strip() for cell in _WIDE.split(line.strip())]
    if delimiter == "|":
        line = line.strip().strip("|")
    if delimiter == "/" and _APART in line:
        delimiter = _APART  # dates among the cells
    if line.endswith(_LITERAL) and '"' in line:
        line = line.strip(" ()[]{},;")  # a row of a program's list
    if '"' in line and delimiter in ",;\t":
        try:
            return [cell.strip() for cell in next(csv.reader([line], delimiter=delimiter, skipinitialspace=True), [])]
        except csv.Error:  # a bare CR, an endless cell: not quoted, whatever its quotes say
            pass
    return [cell.strip() for cell in line.split(delimiter)]
