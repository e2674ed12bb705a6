"""Cells that programs quote otherwise than CSV does: 'a','b', 'a,'b (a spreadsheet's mark of text), "a,b,c" as one."""

from __future__ import annotations

import polars as pl

_HEAD, _LEAST, _SHARE = 4000, 6, 0.95  # characters looked at, marks in them; share of a column's cells that begin so


def unmarked(frame: pl.DataFrame, head: str) -> pl.DataFrame:
    """`frame` without the apostrophes that nearly all cells of a column begin with, and those that close them.

    `head`: how the text of it begins.
    """
    if head.count("'", 0, _HEAD) < _LEAST:
        return frame
    marked = [column.name for column in frame.iter_columns() if _marked(column)]
    return frame.with_columns(pl.col(marked).str.replace(r"^'((?s:.*?))'?$", "${1}").replace("", None))


def _marked(column: pl.Series) -> bool:
    said = column.drop_nulls()
    return said.len() > 0 and bool(said.str.starts_with("'").sum() >= _SHARE * said.len())


def lines_within(frame: pl.DataFrame, delimiter: str) -> str:
    """The text of a table of one column in each of whose rows a whole line was quoted; "" of any other."""
    if frame.width != 1 or not frame.height:
        return ""
    lines = frame.to_series()
    parted = lines.str.contains(delimiter, literal=True).sum()
    return "\n".join(lines.drop_nulls()) if parted >= _SHARE * frame.height else ""
