"""Digests of a whole column by native code, and tokens of facts and of pairs of them."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import polars as pl

from dlp import native
from dlp.native import series
from dlp.native.series import Marks

type Words = npt.NDArray[np.uint64]


def lines(columns: Sequence[pl.Series], kinds: Sequence[str], key: bytes, width: int) -> bytes | None:
    """Keyed BLAKE2b of each person's line (see lines.c), one after another; None without native code or key.

    `columns`: three of what people are called by, their numbers, and their facts, of which `kinds` are.
    """
    out = np.empty(columns[0].len() * width, np.uint8)
    said = b"".join(kind.encode() + b"\0" for kind in kinds)
    if len(kinds) + 4 != len(columns) or series.over_all("line_digests", columns, said, key, len(key), width, out) < 0:
        return None
    return out.tobytes()


def in_order(digests: bytes) -> list[bytes] | None:
    """Digests of 16 bytes that lie one after another, sorted; None without native code."""
    if native.library is None:
        return None
    native.library.sorted_digests.restype = ctypes.c_int64
    count, out = len(digests) // 16, np.empty(len(digests), np.uint8)
    args = ctypes.c_char_p(digests), ctypes.c_int64(count), ctypes.c_void_p(out.ctypes.data)
    return list(out.view("V16").tolist()) if native.library.sorted_digests(*args) >= 0 else None


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
