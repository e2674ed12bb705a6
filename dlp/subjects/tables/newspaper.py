"""Pages set in columns as a newspaper is: each goes on in the next, and what stands side by side has nothing in common."""

from __future__ import annotations

import polars as pl

from dlp.subjects.plan.header import Reader

#: The place of tables that were made of a page's letters, by where they stand.
PAGE = " columns"
_WIDTHS, _FILLED = range(2, 7), 6  # columns of such a page, and cells of each at least
_SOME = 3  # labels of a form
_LEAST = 0.2  # share of a column's cells that are letters alone, and of those with figures: in a list's it is one kind
_FIGURES, _LETTERS = r"[0-9０-９]", r"^[^\W\d_]+(?:[ 　][^\W\d_]+)*$"


def text(frame: pl.DataFrame, place: str, reader: Reader) -> str | None:
    """What a page's columns say, one after another; None where they are those of a list, or of a form with its labels
    in one of them. `place`: the block's."""
    if not place.endswith(PAGE) or frame.width not in _WIDTHS:
        return None
    columns = [frame[name] for name in frame.columns]
    if not all(_mixed(column) for column in columns) or any(_labels(column, reader) for column in columns):
        return None
    return "\n\n".join("\n".join(cell or "" for cell in column) for column in columns)


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
