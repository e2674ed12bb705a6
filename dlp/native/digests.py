"""Digests of a whole column by native code, and the words and pairs of which tokens of facts are made."""

from __future__ import annotations

import ctypes

import numpy as np
import numpy.typing as npt
import polars as pl

from dlp import native
from dlp.native import series
from dlp.native.series import Marks

type Words = npt.NDArray[np.uint64]


def keyed(cells: pl.Series, key: bytes, width: int) -> bytes | None:
    """Keyed BLAKE2b of each cell, `width` bytes each, one after another; None without native code or key."""
    out = np.empty(cells.len() * width, np.uint8)
    if native.library is None or series.over("digests", cells, key, len(key), width, out) < 0:
        return None
    return out.tobytes()


def padded(cells: pl.Series, words: int) -> tuple[Words, Marks] | None:
    """Each cell as so many 64-bit words, a null as nothing; and which cells are longer, their words nothing as well."""
    out, longer = np.zeros((cells.len(), words), "<u8"), np.zeros(cells.len(), np.bool_)
    if native.library is None or series.over("padded", cells, longer, 8 * words, out) < 0:
        return None
    return out, longer


def paired(one: Words, other: Words | None, known: tuple[Marks, Marks], out: Words) -> bool:
    """Write the rows in which both are known beside each other into `out`, which has a row more than that; False
    without native code."""
    if native.library is None:
        return False
    arrays = [np.ascontiguousarray(array) if array is not None else None for array in (one, other, *known)]
    places = [ctypes.c_void_p(array.ctypes.data if array is not None else None) for array in arrays]
    native.library.paired(*places, ctypes.c_int64(len(one)), ctypes.c_void_p(out.ctypes.data))
    return True
