"""The stretches of a frame that lie in memory as one: what reads columns by native code need not have all put together.

Mentions of a large table come piece by piece. To join them would copy all of them into memory taken anew, which costs
more than most of what is asked of them.
"""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

_LEAST = 10_000  # rows of a stretch: shorter ones are taken together


def stretches(frame: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """The rows of a frame in their order, a stretch at a time."""
    lengths = max((column.chunk_lengths() for column in frame.get_columns()), key=len, default=[])
    begin = end = 0
    for length in lengths:
        end += length
        if end - begin >= _LEAST and frame.height - end >= _LEAST:
            yield frame.slice(begin, end - begin)
            begin = end
    yield frame.slice(begin) if begin else frame
