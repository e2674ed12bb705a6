"""Tables of one database or workbook that tell of the same people: names in one, what is said of them in another, rows of
both brought together by the number that each has (patron.id, patron_contact.patron_id)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import polars as pl

from dlp.detect.headers import normalise_header
from dlp.extract.plain.text import frame_of
from dlp.subjects.plan.columns import NAMES, OWN, SHARED, Plan
from dlp.subjects.plan.header import Header, Reader

_KEPT, _HEADS = 6, 40  # tables of a part that are kept, those that came last; rows in which a heading is looked for
_MOST = 1_000_000  # rows of a table that is kept
_LEAST, _KNOWN = 3, 0.9  # numbers of a key; share of the other table's that are among them
_OF_BODIES = ("facility", "org", "office", "title")
_GENERIC = 3  # letters of a heading (id, no, 番号) that numbers rows of its own where both tables have it


class Related:
    """What tables of one part could not tell by themselves."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._part = -1
        self._halves: list[tuple[bool, pl.DataFrame]] = []  # whether it names people; the table

    def joined(self, frame: pl.DataFrame, plans: Sequence[Plan], part: int) -> pl.DataFrame | None:
        """Names and what is said of them in one table, where `frame`, in which nobody was found, has the one and a table
        before it the other; else None."""
        headed = [plan for plan in plans if not plan.by_cells]
        roles = {column.role for plan in headed for column in plan.columns if column.label.role}
        naming = not roles.isdisjoint(NAMES) and any(plan.people for plan in headed)  # else of people in their function
        if not naming and not roles.isdisjoint(NAMES):
            return None
        if frame.height > _MOST or frame.height <= _LEAST or not (naming or roles & (SHARED | OWN)):
            return None
        if part != self._part:
            self._part, self._halves = part, []
        for other, before in reversed(self._halves):
            if other != naming:
                named, told = (frame, before) if naming else (before, frame)
                if (whole := self._brought_together(named, told)) is not None:
                    return whole
        self._halves = [*self._halves[1 - _KEPT :], (naming, frame)]
        return None

    def _brought_together(self, named: pl.DataFrame, told: pl.DataFrame) -> pl.DataFrame | None:
        heads = [self._reader.find(frame.head(_HEADS).rows(), frame.width) for frame in (named, told)]
        if not (heads[0] and heads[1]) or heads[0].row < 0 or heads[1].row < 0:
            return None
        if any(label.role in _OF_BODIES for label in heads[1].labels):
            return None  # halls, and who is in charge of each
        for mine, its in _keys(_headings(named, heads[0]), _headings(told, heads[1])):
            left, right = named[heads[0].row + 1 :], told[heads[1].row + 1 :]
            known, asked = left.to_series(mine).drop_nulls(), right.to_series(its).drop_nulls()
            if known.len() < _LEAST or known.n_unique() < known.len():
                continue
            if not asked.len() or asked.is_in(known.implode()).sum() < _KNOWN * asked.len():
                continue
            key = left.columns[mine]
            rest = right.rename({name: f"t{i}" for i, name in enumerate(right.columns)})
            both = left.join(rest, left_on=key, right_on=f"t{its}", how="inner")
            heading = [*named.row(heads[0].row), *(c for i, c in enumerate(told.row(heads[1].row)) if i != its)]
            return pl.concat([frame_of([heading]), both.rename(dict(zip(both.columns, _places(both), strict=True)))])
        return None


def _places(frame: pl.DataFrame) -> list[str]:
    return [f"c{i}" for i in range(frame.width)]


def _headings(frame: pl.DataFrame, header: Header) -> list[str]:
    return [normalise_header(cell or "").lower() for cell in frame.row(header.row)]


def _keys(named: Sequence[str], told: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Columns that may hold the same numbers: of one heading that is more than a word for a number, or of one that ends in
    the other's (id, patron_id)."""
    for i, mine in enumerate(named):
        for j, its in enumerate(told):
            if (
                mine
                and its
                and ((mine == its and len(mine) > _GENERIC) or (len(its) > len(mine) and its.endswith(mine)))
            ):
                yield i, j
