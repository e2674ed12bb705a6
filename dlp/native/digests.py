"""Digests of a whole column by native code, and tokens of facts and of pairs of them."""

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


def facts(cells: pl.Series, keys: tuple[bytes, bytes], kind: bytes) -> Words | None:
    """A digest of each cell, by AES under the first of two keys of 32 bytes, of long ones by BLAKE2b under the second
    before that; `kind`: 16 bytes that tell one kind of facts from another. None where the processor has no AES."""
    out = np.empty(cells.len(), np.uint64)
    if native.library is None or series.over("fact_digests", cells, keys[0], kind, keys[1], out) < 0:
        return None
    return out


def pairs(one: Words, other: Words | None, known: tuple[Marks, Marks], key: bytes, most: int) -> Words | None:
    """Tokens, by AES, of the rows in which both are known, `most` at the most; None where the processor has none."""
    if native.library is None:
        return None
    out = np.empty(most, np.uint64)
    arrays = [np.ascontiguousarray(array) if array is not None else None for array in (one, other, *known)]
    places = [ctypes.c_void_p(array.ctypes.data if array is not None else None) for array in arrays]
    native.library.pair_tokens.restype = ctypes.c_int64
    made = native.library.pair_tokens(*places, ctypes.c_int64(len(one)), key, ctypes.c_void_p(out.ctypes.data))
    return out[:made] if made >= 0 else None
