"""Something packed that was folded into the cells of a table: one piece in each, all of one length."""

from __future__ import annotations

import polars as pl

from dlp.extract.plain import folds, runs

_FIRST = 32  # cells by which it is told whether a column holds pieces
_COUNTED = 8  # pieces that are in order by chance once in 40,000 times


def folded(frame: pl.DataFrame) -> tuple[str, list[pl.Series]]:
    """Cells that hold pieces, on a line each: of the whole table row by row, or column by column. And the columns that
    hold none."""
    pieced = [series for series in frame.get_columns() if _pieced(series)]
    if not pieced:
        return "", frame.get_columns()
    others = [series for series in frame.get_columns() if series.name not in {one.name for one in pieced}]
    if len(pieced) > 1 and all(series.null_count() == series.len() for series in others):
        return "\n".join(cell for row in frame.iter_rows() for cell in row if cell), []
    return "\n\n".join("\n".join(series.drop_nulls().to_list()) for series in pieced), others


def _pieced(series: pl.Series) -> bool:
    """Whether the first cells of a column, but for the very first, are pieces of one length that may say something."""
    found = [run.group() for cell in series.head(_FIRST).to_list() if cell and (run := folds.longest(cell))]
    pieces = found[1:-1] if len(found) < _FIRST else found[1:]  # a heading, and the last piece, which is shorter
    if len(pieces) < 2 or len(set(map(len, pieces))) > 1 or len(pieces[0]) < folds.NARROW:
        return False
    if not any(map(folds.LETTER.search, pieces)):  # numbers: what is packed has letters
        return False
    if 2 * len(set(pieces)) <= len(pieces):  # the same again and again: words of a text, which no packed lines are
        return False
    if len(pieces) >= _COUNTED and pieces == sorted(pieces):  # a register's own numbers: A00001, A00002
        return False
    return any(runs.may_go_on("".join(some)) for some in (found[: len(pieces) + 1], pieces))
