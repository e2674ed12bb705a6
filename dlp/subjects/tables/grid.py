"""Small tables and the records of forms and prose, read row by row: what `tables` does with frames.

Dumps, boxes and cells that say several things are left to :mod:`dlp.subjects.tables.tables`; they are rare, and read the same there.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dlp.subjects.cells import shapes
from dlp.subjects.cells.values import Names
from dlp.subjects.lines import sql
from dlp.subjects.people import few
from dlp.subjects.people.few import Mention, Row
from dlp.subjects.plan.columns import Plan
from dlp.subjects.plan.guests import Guests
from dlp.subjects.plan.header import Header, Label
from dlp.subjects.plan.plans import planned, sample_of
from dlp.subjects.tables import combined

_BOXES, _BOXED = 10, 60  # columns of one digit each that may be boxes of a form; rows by which that is told
_QUOTED = 60
_NO_LABEL = Label("", "")


@dataclass(frozen=True, slots=True)
class RowsBody:
    """Rows of a table, all of one width."""

    rows: Sequence[Row]

    @property
    def width(self) -> int:
        """Columns."""
        return len(self.rows[0])

    @property
    def height(self) -> int:
        """Rows."""
        return len(self.rows)

    def first(self, count: int) -> Sequence[Row]:
        """The first rows."""
        return self.rows[:count]

    def row(self, i: int) -> Row:
        """One row."""
        return self.rows[i]

    def holding(self, words: Collection[str], start: int) -> list[int]:
        """Rows from `start` on in which two cells are words of headers."""
        body = enumerate(self.rows[start:], start)
        return [i for i, row in body if sum(1 for cell in row if cell is not None and cell in words) >= 2]

    def cut(self, start: int, stop: int, skip: Collection[int] = ()) -> RowsBody:
        """Rows from `start` to `stop`, some left out."""
        return RowsBody([self.rows[i] for i in range(start, min(stop, len(self.rows))) if i not in skip])

    def pick(self, rows: Sequence[int] | npt.NDArray[np.intp]) -> RowsBody:
        """Some rows."""
        return RowsBody([self.rows[i] for i in rows])

    def column(self, at: int) -> Sequence[str | None]:
        """The cells of a column."""
        return [row[at] for row in self.rows]

    def shapes(self) -> shapes.Shapes:
        """What each cell is written like."""
        return shapes.of_rows(self.rows)


@dataclass(frozen=True, slots=True)
class FewRows:
    """What one small table, or one segment of it, says."""

    rows: Sequence[Row]
    plan: Plan
    mentions: list[Mention]
    left: Sequence[int]  # rows below the header in which nobody was found

    def cells(self, column: int) -> tuple[int, str]:
        """How many cells of a column are filled, and the first of them."""
        held = [row[column] for row in self.rows[self.plan.start :] if row[column] is not None]
        return len(held), held[0] or "" if held else ""

    def head(self, columns: Sequence[int], count: int) -> list[tuple[str | None, ...]]:
        """Some columns of the first rows of data."""
        return [tuple(row[i] for i in columns) for row in self.rows[self.plan.start :][:count]]


def unusual(rows: Sequence[Row]) -> bool:
    """Whether a table is one of those that are read as frames."""
    first = [row[0] for row in rows if row[0] is not None]
    if any(sql.COPY_LINE.match(cell) for cell in first[:20]) or any(map(sql.may_hold, first)):
        return True
    quoted = first[:_QUOTED]
    return sum(c.startswith(">") for c in quoted) > 0.3 * len(quoted) or _boxed(rows)


def _boxed(rows: Sequence[Row]) -> bool:
    if len(rows[0]) < _BOXES:
        return False
    columns = zip(*rows[1:_BOXED], strict=True)
    digits = sum(1 for column in columns if any(cell and len(cell) == 1 and cell.isdigit() for cell in column))
    return digits >= _BOXES


def without_blank(rows: Sequence[Row]) -> list[Row]:
    """Rows that hold anything."""
    return [row for row in rows if any(row)]


def read_with(
    rows: Sequence[Row], header: Header | None, names: Names, part: int, *, guests: Guests = Guests.NONE
) -> FewRows | None:
    """Rows whose header is known; None where cells have to be taken apart. `guests`: see `plans.plan`."""
    start = header.row + 1 if header else 0
    samples = [sample_of(column) for column in zip(*rows[start:], strict=True)] or [[] for _ in rows[0]]
    labels = header.labels if header else ()
    for i, cells in enumerate(samples):
        if combined.apart(labels[i] if i < len(labels) else _NO_LABEL, cells):
            return None

    def beside(left: int, right: int) -> list[str]:
        pairs = ((row[left], row[right]) for row in rows[start:])
        return sample_of(None if a is None or b is None else f"{a} {b}" for a, b in pairs)

    plan = planned(samples, beside, header, names, guests=guests)
    return FewRows(rows, plan, *few.mentions(rows, plan, part, names.books))
