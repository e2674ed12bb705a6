"""Cells that programs quote otherwise than CSV does: 'a','b', 'a,'b (a spreadsheet's mark of text), "a,b,c" as one; and
what writers put about all cells of a column: **a**, 【a】, （a）.
"""

from __future__ import annotations

import polars as pl

#: What stands about a cell; of marks that begin alike the longest first.
_ABOUT = (
    *((mark, mark) for mark in ("***", "**", "__", "~~", "*", "_", "`", "＊＊")),
    *map(
        tuple,
        (
            "（）",
            "()",
            "【】",
            "「」",
            "『』",
            "《》",
            "〈〉",
            "＜＞",
            "<>",
            "[]",
            "［］",
            "{}",
            "｛｝",
            "〔〕",
            "“”",
            "‘’",
            "≪≫",
        ),
    ),
)
_MOSTLY = 0.8  # of them: a rule or a heading may stand without it
_FEW, _SEVERAL = 12, 3  # cells by which it is told, and at least
_HEAD, _LEAST, _SHARE = 4000, 6, 0.95  # characters looked at, marks in them; share of a column's cells that begin so


def unmarked(frame: pl.DataFrame, head: str) -> pl.DataFrame:
    """`frame` without the apostrophes that nearly all cells of a column begin with, and those that close them.

    `head`: how the text of it begins.
    """
    frame = _unwrapped(frame)
    if head.count("'", 0, _HEAD) < _LEAST:
        return frame
    marked = [column.name for column in frame.iter_columns() if _marked(column)]
    return frame.with_columns(pl.col(marked).str.replace(r"^'((?s:.*?))'?$", "${1}").replace("", None))


def _unwrapped(frame: pl.DataFrame) -> pl.DataFrame:
    """`frame` without the brackets or marks about nearly all cells of a column."""
    bare = [column for column in map(_without, frame.iter_columns()) if column is not None]
    return frame.with_columns(bare) if bare else frame


def _without(column: pl.Series) -> pl.Series | None:
    """A column without what is about its cells; None where nothing is."""
    few = [cell.strip() for cell in column.head(_FEW).to_list() if cell]
    if len(few) < _SEVERAL or few[-1][:1].isalnum():
        return None
    about = next(
        ((a, b) for a, b in _ABOUT if sum(c.startswith(a) and c.endswith(b) for c in few) >= _MOSTLY * len(few)), None
    )
    if about is None:
        return None
    said = column.str.strip_chars()
    begins, ends = about
    wrapped = said.str.starts_with(begins) & said.str.ends_with(ends) & (said.str.len_chars() > len(begins) + len(ends))
    if wrapped.sum() < _MOSTLY * said.drop_nulls().len():
        return None
    inner = said.str.strip_prefix(begins).str.strip_suffix(ends).str.strip_chars()
    return pl.select(pl.when(wrapped).then(inner).otherwise(column)).to_series().alias(column.name)


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
