"""A delimited text without quotes as columns, by native code."""

from __future__ import annotations

import ctypes

import polars as pl

from dlp import native
from dlp.native.series import taken_over


def frame(raw: bytes, delimiter: str, width: int, *, quotes: bool = False) -> pl.DataFrame | None:
    """Columns c0, c1, … of String, an empty cell null; None where a line is empty or has more cells than `width`, where
    the first or most have fewer, for quotes, and without native code.

    `raw` is valid UTF-8 in which no carriage return stands alone. `quotes`: they are signs like others.
    """
    sign = delimiter.encode()
    if native.library is None or width < 2 or len(sign) != 1 or sign in b'"\r\n' or (not quotes and b'"' in raw):
        return None
    made = (ctypes.c_void_p * width)()
    native.library.csv_columns.restype = ctypes.c_int64
    told = ctypes.c_char_p(raw), ctypes.c_int64(len(raw)), ctypes.c_int64(sign[0]), ctypes.c_int64(width)
    if native.library.csv_columns(*told, made) < 0:
        return None
    return pl.DataFrame({f"c{i}": taken_over(ctypes.c_void_p(one)) for i, one in enumerate(made)})
