"""Cells at places made rows of a table, however far apart they stand: no few cells make a table of millions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

_AREA = 2_000_000  # cells of a table, held or not, up to which it is as wide as it is said to be


def table(rows: Sequence[Mapping[int, str]], columns: Sequence[int]) -> list[list[str | None]]:
    """Rows of cells by their columns. Of a table that would be mostly blank, what stands in the columns that fewest
    rows have is one cell of each row."""
    if len(rows) * len(columns) <= _AREA:
        return [[row.get(column) or None for column in columns] for row in rows]
    often = Counter(column for row in rows for column in row)
    kept = sorted(column for column, _ in often.most_common(max(1, _AREA // len(rows))))
    inside = frozenset(kept)
    found: list[list[str | None]] = []
    for row in rows:
        rest = [cell for column, cell in sorted(row.items()) if column not in inside and cell] if len(row) else []
        found.append([*(row.get(column) or None for column in kept), "\n".join(rest) or None])
    return found
