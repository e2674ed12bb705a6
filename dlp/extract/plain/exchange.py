"""Sheets in formats made for exchange between spreadsheets: SYLK (.slk) and DIF (.dif)."""

from __future__ import annotations

import re

from dlp.extract.plain import sparse

_SYLK, _DIF = re.compile(r"\s*ID;P[^\n]{0,200}\r?\n"), re.compile(r"\s*TABLE[ \t]*\r?\n0,1\r?\n")
#: A field of a record of SYLK: its letter and what it says; a semicolon in it is doubled.
_FIELD = re.compile(r";([A-Z])((?:[^;]|;;)*)")
_WIDEST, _LONGEST = 500, 2_000_000

_CELL = ("C;", "F;")
_ABOUT = re.compile(r"-?\d{1,4},|\s*$")

type Cells = list[list[str | None]]


def rows_of(text: str) -> Cells | None:
    """The rows of such a sheet; None for any other text."""
    head = text[:400]
    if _SYLK.match(head):
        return _sylk(text)
    return _dif(text) if _DIF.match(head) else None


def beside(text: str) -> str:
    """What stands in no cell of a sheet in SYLK: names, notes, and lines that are no records of it at all."""
    kept = [line for line in text.splitlines() if not line.startswith(_CELL)] if _SYLK.match(text[:400]) else []
    return "\n".join(kept)


def _sylk(text: str) -> Cells | None:
    """A record of a cell says its column, and its row where that changes, in front of what it holds."""
    places: dict[int, dict[int, str]] = {}
    row = column = 1
    for line in text.splitlines():
        if not line.startswith(_CELL):
            continue
        fields = dict(reversed(_FIELD.findall(line, 1)))
        row, column = _number(fields.get("Y"), row), _number(fields.get("X"), column)
        if line[0] == "C" and "K" in fields and column <= _WIDEST:
            places.setdefault(row, {})[column] = _bare(fields["K"].replace(";;", ";"))
    if not places:
        return None
    width = max(max(cells) for cells in places.values())
    return sparse.table([places[at] for at in sorted(places)], range(1, width + 1))


def _number(said: str | None, before: int) -> int:
    known = said and said.isdecimal() and len(said) < 10  # what is longer Python may refuse to read
    return int(said) if said and known and int(said) <= _LONGEST else before


def _bare(said: str) -> str:
    return said[1:-1].replace('""', '"') if len(said) > 1 and said[0] == said[-1] == '"' else said


def _dif(text: str) -> Cells | None:
    """Two lines a cell: its kind with its number, and its text; a row begins at BOT."""
    lines = text.splitlines()
    start = next((i for i, line in enumerate(lines) if line.strip() == "DATA"), len(lines)) + 3
    rows: Cells = []
    for about, said in zip(lines[start::2], lines[start + 1 :: 2], strict=False):
        if not _ABOUT.match(about):
            return None  # another text that begins as one
        kind, _, number = about.partition(",")
        if kind == "-1":
            rows += [[]] if said.strip() == "BOT" else []
        elif rows and len(rows[-1]) < _WIDEST:
            rows[-1].append((_bare(said.strip()) if kind == "1" else number.strip()) or None)
    return rows or None
