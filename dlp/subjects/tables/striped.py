"""Sheets that a print cut into stripes, put side by side by where their rows stand: whether they are of one sheet.

Rows of a page of names and of a page of offices' telephones may stand as high. A later stripe is of another list where
it begins with what its own rows are about (課名, 停留所), or names people itself.
"""

from __future__ import annotations

from itertools import pairwise

import polars as pl

from dlp.extract.blocks import Table
from dlp.subjects.plan.header import Label, Reader

_HEADINGS = 6  # rows among which the headings are
_FIGURES = 0.5  # share of a column's cells with three figures, from which it is numbers, days, telephones
_FILLED, _DISTINCT = 0.8, 0.8  # share of the rows in which an own word stands, and of those that are different
_MOBILES = 0.2  # share of a stripe's rows with a mobile telephone, from which they are people
_MOBILE = r"^0[789]0-?\d{4}-?\d{4}$"
#: Roles of columns that name what a row may be about; without a role it is told by its cells.
_ABOUT = frozenset(("", "org", "facility", "office", "item", "official", "author"))


def parts(table: Table, reader: Reader) -> list[Table]:
    """The table, or what is left and right of stripes that are of another list."""
    frame = table.frame
    header = reader.find(frame.head(_HEADINGS).rows(), frame.width)
    rows = frame.slice(header.row + 1 if header else 0)
    cuts = [0]
    for begin, end in pairwise((*table.seams, frame.width)):
        if header is None or _of_another(rows[:, begin:end], header.labels[begin:end]):
            cuts.append(begin)
    return [Table(_named(frame[:, a:b]), table.place) for a, b in pairwise((*cuts, frame.width))]


def _named(frame: pl.DataFrame) -> pl.DataFrame:
    """Columns of a part of a table, called c0, c1 … as those of a table are."""
    return frame.rename({name: f"c{i}" for i, name in enumerate(frame.columns)})


def _of_another(rows: pl.DataFrame, labels: tuple[Label, ...]) -> bool:
    """Whether a stripe names people of its own, or each of its rows begins with a word that is what it is about."""
    if any(label.role in ("name", "surname") and not label.group for label in labels):
        return True
    own = any(
        label.role in _ABOUT and _names_each(column, rows.height, told=bool(label.role))
        for label, column in zip(labels, rows.iter_columns(), strict=True)
    )
    return own and not _mobiles(rows)


def _names_each(column: pl.Series, height: int, *, told: bool) -> bool:
    """Whether nearly every row has a word of its own there; whether it is one was `told`, or is seen by its figures."""
    said = column.drop_nulls()
    if said.len() < max(1, _FILLED * height) or said.n_unique() < _DISTINCT * said.len():
        return False
    return told or bool(said.str.count_matches(r"\d").gt(2).sum() < _FIGURES * said.len())


def _mobiles(rows: pl.DataFrame) -> bool:
    """Whether mobile telephones stand in a good part of the rows."""
    most = max((column.str.contains(_MOBILE).sum() for column in rows.iter_columns()), default=0)
    return bool(most >= _MOBILES * rows.height)
