"""Families of whom a list names only the first in full, the others below by their given names: "佐藤　太郎, 　　花子, 〃 蓮".

They get the surname above them: who stands in another list in full is the same person, and 花子 in the next family is not.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import polars as pl

from dlp.detect.variants import folded
from dlp.subjects.cells.values import CLASS, Names, clean
from dlp.subjects.plan.columns import NAMES
from dlp.subjects.plan.header import Header, Row

_RELATED = "relationship"
_HALVES = re.compile(rf"({CLASS}{{1,5}})[ 　]+({CLASS}{{1,6}})")
_AGAIN = re.compile(r"^[\s　]*[〃″”\"同][\s　]*")
_LONGEST = 4  # letters of a surname that is written together with the given name


def column(rows: Sequence[Row], header: Header | None, names: Names) -> int | None:
    """The column of names in which surnames are left out below the first of each family; None where it is otherwise."""
    if header is None:
        return None
    named = [i for i, label in enumerate(header.labels) if label.role in NAMES]
    if len(named) != 1 or header.labels[named[0]].role != "name":
        return None
    cells = [row[named[0]] for row in rows[header.row + 1 :]]
    if all(label.role != _RELATED for label in header.labels) and not any(
        cell and _AGAIN.match(cell) for cell in cells
    ):
        return None
    return named[0] if filled(cells, names) != cells else None


def filled(cells: Sequence[str | None], names: Names) -> list[str | None]:
    """A column of names with the surname above before each given name that stands alone."""
    found: list[str | None] = []
    surname = ""
    for cell in cells:
        text = clean(_AGAIN.sub("", cell)) if cell else ""
        if not text:
            found.append(cell)
        elif surname and _given(text, cell or "", names) and not text.startswith(surname):
            found.append(f"{surname}　{text}")
        else:
            surname = surname_of(text, names)
            found.append(cell)
    return found


def _given(text: str, cell: str, names: Names) -> bool:
    """Whether a cell is a given name and nothing else: in the list of them, or set in as what follows is."""
    if " " in text or "　" in text:
        return False
    known = folded(text) in names.given or names.is_spelled(text)
    return known or ((cell[:1].isspace() or _AGAIN.match(cell) is not None) and not surname_of(text, names))


def surname_of(text: str, names: Names) -> str:
    """The surname of a full name; "" where none can be told."""
    halves = _HALVES.fullmatch(text)
    if halves:
        return halves[1]
    plain = folded(text)
    known = [k for k in range(min(_LONGEST, len(text) - 1), 0, -1) if plain[:k] in names.surnames]
    sure = (k for k in known if plain[k:] in names.given)
    return text[: next(sure, next((k for k in known if k > 1), 0))]


def in_rows(rows: Sequence[Row], header: Header, at: int, names: Names) -> list[Row]:
    """Rows with the names in full."""
    below = header.row + 1
    whole = filled([row[at] for row in rows[below:]], names)
    told = [[*row[:at], name, *row[at + 1 :]] for row, name in zip(rows[below:], whole, strict=True)]
    return [*rows[:below], *told]


def in_frame(frame: pl.DataFrame, header: Header, at: int, names: Names) -> pl.DataFrame:
    """The same of a large table."""
    cells = frame[f"c{at}"].to_list()
    below = header.row + 1
    return frame.with_columns(pl.Series(f"c{at}", [*cells[:below], *filled(cells[below:], names)], dtype=pl.String))
