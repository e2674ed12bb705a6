"""Tables in JSON that are no arrays of objects: rows beside column names, a list for each column, objects by number."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

type Rows = list[list[str | None]]

_FEWEST = 3  # cells of a column


def is_rows(value: Sequence[Any]) -> bool:
    """Whether a list holds rows: lists of as many cells, with words among them, as no list of places on a map has."""
    if len(value) < 2 or not isinstance(value[0], list) or len(value[0]) < 2:
        return False
    width = len(value[0])
    if not all(isinstance(row, list) and len(row) == width for row in value):
        return False
    return any(isinstance(cell, str) for cell in value[-1]) and not any(isinstance(c, dict | list) for c in value[0])


def celled(value: Sequence[Any]) -> Rows | None:
    """Rows that are objects of nothing but a list of cells, each an object of nothing but its value: {"f": [{"v": …}]}.
    None where a list holds anything else."""
    rows: Rows = []
    for row in value:
        cells = next(iter(row.values())) if isinstance(row, dict) and len(row) == 1 else None
        if not isinstance(cells, list) or not all(isinstance(cell, dict) and len(cell) == 1 for cell in cells):
            return None
        said = [next(iter(cell.values())) for cell in cells]
        if any(isinstance(cell, dict | list) for cell in said) or (rows and len(said) != len(rows[0])):
            return None
        rows.append([_text(cell) for cell in said])
    return rows if len(rows) > 1 and len(rows[0]) > 1 else None


def cells_of(value: Sequence[Sequence[Any]]) -> Rows:
    """Rows as text."""
    return [[_text(cell) for cell in row] for row in value]


def of_object(value: dict[str, Any]) -> tuple[list[tuple[str, Rows]], dict[str, Any]]:
    """The tables an object's fields make, each with a header and its name; and the other fields."""
    found: list[tuple[str, Rows]] = []
    used: set[str] = set()
    for name, inner in value.items():
        if isinstance(inner, list) and is_rows(inner):
            heads = [n for n, other in value.items() if _is_header(other, len(inner[0]))]
            found.append((name, [*(list(value[n]) for n in heads[:1]), *cells_of(inner)]))
            used |= {name, *heads[:1]}
    columns = {
        name: cells for name, inner in value.items() if name not in used and (cells := _column(inner)) is not None
    }
    sizes = {len(column) for column in columns.values()}
    if len(columns) > 1 and len(sizes) == 1 and any(isinstance(c[-1], str) for c in columns.values()):
        found.append(
            ("", [list(columns), *([_text(cell) for cell in row] for row in zip(*columns.values(), strict=True))])
        )
        used |= set(columns)
    return found, {name: inner for name, inner in value.items() if name not in used}


def _is_header(value: Any, width: int) -> bool:
    return isinstance(value, list) and len(value) == width and all(isinstance(cell, str) for cell in value)


def _column(value: Any) -> list[Any] | None:
    """The cells of a column: a list of them, or an object by their numbers."""
    if isinstance(value, dict) and value and all(str(key).isdecimal() for key in value):
        value = list(value.values())
    if not isinstance(value, list) or len(value) < _FEWEST or any(isinstance(cell, dict | list) for cell in value):
        return None
    return value


def _text(cell: Any) -> str | None:
    return None if cell is None else str(cell)
