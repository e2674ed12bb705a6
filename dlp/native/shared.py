"""Whether the cells of a workbook show all of its shared strings, by native code."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import polars as pl

from dlp import native
from dlp.native import series

_HEAD = 1_000  # bytes before the first item
_MARKS = 2  # what stands there: <?xml …?> and <sst …>


def all_shown(data: bytes, sheets: Iterable[pl.DataFrame]) -> bool:
    """Whether each shared string that says anything is a cell, told where they lie in the order in which cells show
    them first and each is one piece of text. False where not, where that is not sure, and without native code."""
    begin = data.find(b"<si>", 0, _HEAD)
    if native.library is None or begin < 0 or data.count(b"<", 0, begin) > _MARKS:
        return False
    at = np.array([begin], np.int64)
    for frame in sheets:
        if frame.width and (found := series.over_all("shared_shown", frame.get_columns(), data, len(data), at)) != 0:
            return found > 0
    return False
