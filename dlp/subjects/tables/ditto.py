"""〃 and 同上 in a table: the cell above, said again."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from dlp.native.text import Words, rows_with_words

SIGNS = Words(("〃", "″", "同上", "同　上", "同 上"))
_LOOK = 200  # rows in which a list that says so says so


def rows_filled(rows: Sequence[Sequence[str | None]]) -> Sequence[Sequence[str | None]]:
    """`rows` with what stands above in the place of a sign."""
    if not any(cell in SIGNS for row in rows for cell in row if cell is not None and len(cell) <= 3):
        return rows
    filled: list[tuple[str | None, ...]] = []
    for row in rows:
        above = filled[-1] if filled else row
        filled.append(tuple(up if cell in SIGNS else cell for cell, up in zip(row, above, strict=True)))
    return filled


def _said(columns: Sequence[pl.Series]) -> bool:
    """Whether any cell of several columns is a sign."""
    rows = rows_with_words(columns, SIGNS, 1)
    return bool(pl.concat(columns).is_in(list(SIGNS)).any() if rows is None else rows)


def frame_filled(frame: pl.DataFrame) -> pl.DataFrame:
    """The same of a large table."""
    signs = list(SIGNS)
    head = frame.head(_LOOK)
    texts = [column.rename("") for column in head.get_columns() if column.dtype == pl.String]
    if len(texts) == frame.width and not (texts and _said(texts)):
        return frame  # one look instead of one a column
    said = [name for name in frame.columns if head[name].is_in(signs).any()]
    above = (pl.when(~pl.col(name).is_in(signs)).then(pl.col(name)).otherwise(None) for name in said)
    blank = {name: frame[name].is_null() for name in said}
    filled = frame.with_columns(column.forward_fill() for column in above)
    # What was empty stays so.
    return filled.with_columns(pl.when(~blank[name]).then(pl.col(name)).alias(name) for name in said)
