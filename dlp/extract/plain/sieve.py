"""Which lines can hold what, told by native code before Python looks at any.

Most lines of office text hold neither a label nor a name nor an attribute, and Python's own patterns run at some ten
megabytes a second. So each reader first asks for the lines that its patterns could match at all: an expression that
matches in every such line, without look-around, over all lines at once. The answer may name more lines, never fewer.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

_FEW = 1_000  # characters below which asking costs more than looking


def lines(rows: Sequence[str], *patterns: str) -> list[Sequence[int]]:
    """For each pattern (a regular expression of polars), the numbers of the lines it may match in.

    All lines of a short text: whoever asks must look himself anyway.
    """
    if sum(map(len, rows)) < _FEW:
        return [range(len(rows))] * len(patterns)
    found = _frame(rows).select(
        pl.col("rows").str.contains(pattern).arg_true().implode().alias(str(i)) for i, pattern in enumerate(patterns)
    )
    return list(found.row(0))


def holding(rows: Sequence[str], sign: str) -> list[int]:
    """The lines with a sign in them: Python itself is quick at that."""
    return [i for i, row in enumerate(rows) if sign in row]


def _frame(rows: Sequence[str]) -> pl.DataFrame:
    try:
        return pl.DataFrame({"rows": rows}, schema={"rows": pl.String})
    except UnicodeEncodeError:  # half of a surrogate pair is no character, and no pattern asks for it
        whole = [row.encode("utf-8", "replace").decode() for row in rows]
        return pl.DataFrame({"rows": whole}, schema={"rows": pl.String})
