"""Pages set in columns as a newspaper is: each goes on in the next, and what stands side by side has nothing in common."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from dlp.subjects.plan.header import NAMED, Reader

#: The place of tables that were made of a page's letters, by where they stand.
PAGE = " columns"
_WIDTHS, _FILLED = range(2, 7), 6  # columns of such a page, and cells of each at least
_SOME = 3  # labels of a form
_LEAST = 0.2  # share of a column's cells that are letters alone, and of those with figures: in a list's it is one kind
_FIELD, _MOSTLY = (
    r"^\s*[・○●■◆]?([^\s\d:：]{1,12}?)[ 　]*[:：]\s*\S",
    0.6,
)  # a field with its label; share of a column's cells
_FIGURES, _LETTERS = r"[0-9０-９]", r"^[^\W\d_]+(?:[ 　][^\W\d_]+)*$"


def text(frame: pl.DataFrame, place: str, reader: Reader) -> str | None:
    """What a page's columns say, one after another; None where they are those of a list, or of a form with its labels
    in one of them. `place`: the block's."""
    if not place.endswith(PAGE) or frame.width not in _WIDTHS:
        return None
    columns = [frame[name] for name in frame.columns]
    if _cards(columns, reader):
        return "\n\n".join("\n".join(cell for cell in column if cell) for column in columns)
    if not all(_mixed(column) for column in columns) or any(_labels(column, reader) for column in columns):
        return None
    return "\n\n".join("\n".join(cell or "" for cell in column) for column in columns)


def _cards(columns: Sequence[pl.Series], reader: Reader) -> bool:
    """Whether most cells of each column are fields with their labels, the same ones in all, and name somebody."""
    told = [_fields(column) for column in columns]
    if any(
        len(labels) < max(_SOME, _MOSTLY * (column.len() - column.null_count()))
        for labels, column in zip(told, columns, strict=True)
    ):
        return False
    shared = set.intersection(*map(set, told))
    roles = {reader.label(label).role for label in shared}
    return (
        len(shared) > 1 and not roles.isdisjoint(NAMED) and sum(map(len, told)) > len(columns) * len(set().union(*told))
    )


def _fields(column: pl.Series) -> list[str]:
    """The labels of a column's cells that have one."""
    return column.str.extract(_FIELD, 1).drop_nulls().to_list()


def _labels(column: pl.Series, reader: Reader) -> bool:
    """Whether some cells of a column are what stands before a field, and nothing else."""
    return sum(bool(reader.label(cell).role) for cell in column.drop_nulls()) >= _SOME


def _mixed(column: pl.Series) -> bool:
    """Whether a column holds words as well as figures, as no column of a list does."""
    cells = column.drop_nulls()
    if cells.len() < _FILLED:
        return False
    letters, figures = cells.str.contains(_LETTERS).sum(), cells.str.contains(_FIGURES).sum()
    return min(letters, figures) >= _LEAST * cells.len()
