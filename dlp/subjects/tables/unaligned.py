"""Lists on one sheet with blank columns between them, whose headings stand in different rows: each is read by itself.

Those whose headings stand in one row are told apart where columns are (:mod:`dlp.subjects.plan`).
"""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from dlp.detect.headers import PERSONAL
from dlp.extract.blocks import Table
from dlp.subjects.plan.header import NAMED, Reader

_HEADINGS, _WIDEST = 40, 60  # rows among which the headings are; columns of such a sheet
_LEAST = 2  # columns of a list, and headings that are known


def lists(table: Table, reader: Reader) -> list[Table]:
    """Each of the lists by itself; none where a sheet is no such one."""
    frame = table.frame
    if not 2 * _LEAST < frame.width <= _WIDEST or all(column.null_count() < frame.height for column in frame):
        return []
    parts = list(_parts(frame))
    rows = [_heading(part, reader) for part in parts]
    if len(parts) < _LEAST or None in rows or len(set(rows)) < _LEAST:
        return []
    return [Table(part.rename({name: f"c{i}" for i, name in enumerate(part.columns)}), table.place) for part in parts]


def _parts(frame: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """Columns that stand together, blank ones left out."""
    begin = 0
    for at, column in enumerate([*frame.get_columns(), None]):
        if column is None or column.null_count() == frame.height:
            if at > begin:
                yield frame[:, begin:at]
            begin = at + 1


def _heading(frame: pl.DataFrame, reader: Reader) -> int | None:
    """The row of a list's headings, which name somebody and say more of him."""
    header = reader.find(frame.head(_HEADINGS).rows(), frame.width) if frame.width >= _LEAST else None
    if header is None:
        return None
    roles = {label.role for label in header.labels} & {*NAMED, *PERSONAL}
    return header.row if len(roles) >= _LEAST and not roles.isdisjoint(NAMED) else None
