"""Cells that a program's statements put at their places: Cells(2, 1) = "…", ws["A2"] = "…", setCellValue('A2', '…').

Macros, and scripts that write workbooks, hold a list so. What stands at numbered rows and columns is a table.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from dlp.extract.plain import sparse

#: What any such statement has beside its bracket; a text without any of them is not looked at further.
_SIGNS = ("ell", "ELL", "ange", "ANGE", "rite", "alue", "tem(", '["', "['", "[A", "[B")
#: A place: row and column (also by its letters), or "A2".
_ROW = r"(?:row\s*=\s*)?(?P<row{0}>\d{{1,7}})"
_COLUMN = r"(?:col(?:umn)?\s*=\s*)?(?:(?P<column{0}>\d{{1,5}})|[\"'](?P<letters{0}>[A-Za-z]{{1,3}})[\"'])"
_NAMED = r"[\"']?\$?(?P<at{0}>[A-Z]{{1,3}})\$?(?P<below{0}>\d{{1,7}})[\"']?"
_PLACE = rf"\s*(?:{_ROW}\s*,\s*{_COLUMN}|{_NAMED})\s*"
#: What is put there, with doubled or escaped quotes, or a number.
_SAID = r"(?:\"(?:[^\"\\\n]|\"\"|\\.)*\"|'(?:[^'\\\n]|''|\\.)*'|-?\d[\d.]*)"
#: A call that takes both; a place that a value is assigned to, or a method of which takes it.
_CALLED = r"\b(?:\w{0,30}?cells?\w{0,30}|write\w{0,30}|set\w{0,30}?value\w{0,30})\("
_CALL = rf"{_CALLED}{_PLACE.format(1)},\s*(?:value\s*=\s*)?(?P<said1>{_SAID})\s*\);?"
_OWNED = rf"(?:\b(?:\w{{0,30}}?cells?\w{{0,30}}|item|\w{{0,30}}range)\(|\[){_PLACE.format(2)}[)\]]"
_PUT = re.compile(
    rf"{_CALL}|(?<![\w.$>!-])[\w.$>!-]*{_OWNED}\s*(?:(?:\.|->)\s*\w+\s*)?(?:=\s*|\()(?P<said2>{_SAID})[ \t]*\)?;?",
    re.IGNORECASE,
)
_FEWEST = 2  # rows of a table, and columns
_WIDEST = 500
_MOST_GAP = 50  # rows between two that are one table's

type Places = dict[int, dict[int, str]]  # row -> column -> cell


def rows_of(text: str) -> tuple[list[list[list[str | None]]], str] | None:
    """Tables of the cells that statements put at places, and the text without these; None where they make none."""
    if not _may_hold(text):
        return None
    sheets: list[Places] = [{}]
    for match in _PUT.finditer(text):
        row, column, said = _cell(match)
        if column < _WIDEST:
            _put(sheets, row, column, said)
    if sum(len(row) >= _FEWEST for places in sheets for row in places.values()) < _FEWEST:
        return None
    return [rows for places in sheets for rows in _tables(places)], _PUT.sub("", text)


def likely(text: str) -> bool:
    """Whether most lines of a text's beginning are such statements: their commas part no cells."""
    if not _may_hold(text):
        return False
    return sum(1 for _ in _PUT.finditer(text)) > text.count("\n") / 2


def _may_hold(text: str) -> bool:
    """Whether a text has the signs without which there is no such statement: few have a bracket."""
    return ("(" in text or "[" in text) and any(sign in text for sign in _SIGNS)


def _cell(match: re.Match[str]) -> tuple[int, int, str]:
    """Row, column and cell of one statement."""
    n = "1" if match["said1"] else "2"
    letters = match["at" + n] or match["letters" + n]
    column = _number(letters) if letters else int(match["column" + n])
    return int(match["below" + n] or match["row" + n]), column, _bare(match["said" + n])


def _number(letters: str) -> int:
    """The number of a column by its letters."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number


def _put(sheets: list[Places], row: int, column: int, said: str) -> None:
    """A cell to its place; where another stands there, the next sheet begins."""
    if sheets[-1].get(row, {}).get(column, said) != said:
        sheets.append({})
    sheets[-1].setdefault(row, {})[column] = said


def _bare(said: str) -> str:
    if said[0] not in "\"'":
        return said
    quote, inner = said[0], said[1:-1]
    return re.sub(r"\\(.)", r"\1", inner.replace(quote * 2, quote)) if "\\" in inner or quote in inner else inner


def _tables(places: Places) -> list[list[list[str | None]]]:
    """Rows in order, cut where many are missing between two."""
    ordered = sorted(places)
    starts = [i for i, row in enumerate(ordered) if i and row - ordered[i - 1] > _MOST_GAP]
    cuts = [0, *starts, len(ordered)]
    return [_table([places[row] for row in ordered[a:b]]) for a, b in pairwise(cuts)]


def _table(rows: Sequence[dict[int, str]]) -> list[list[str | None]]:
    columns = sorted({column for row in rows for column in row})
    return sparse.table(rows, columns)
