"""How many distinct people: packed tokens of transfers, counted exactly up to a size and by a sketch beyond. Pure.

A transfer's people are kept as one blob: 8 bytes each, sorted, distinct. The values are keyed digests, so they are
spread evenly, and the smallest of them are a sketch that needs no bytes of its own: the first `SKETCH` of the blob.
Of many blobs the `SKETCH` smallest distinct values tell how many there are (bottom-k, as in theta sketches), with
a standard error of 1 / sqrt(SKETCH - 2). Two of a million people have one value by chance with odds of 1 to 37 million.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

import numpy as np

type Values = np.ndarray[tuple[int], np.dtype[np.uint64]]

#: Up to this many values are counted one by one: 10 ms of sorting, and far above any threshold.
EXACT = 1_000_000
#: How many of the smallest values make the sketch: a standard error of 0.55 %.
SKETCH = 32_768
_WORD = np.dtype("<u8")
_MIX = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True, slots=True)
class Distinct:
    """A number of distinct people."""

    people: int
    exact: bool = True
    error: float = 0.0  # relative standard error where it is not exact


def values(tokens: Collection[bytes]) -> Values:
    """Sorted distinct 8-byte values of tokens of any one length of 16 bytes or less."""
    joined = b"".join(token if len(token) == 16 else token[:16].rjust(16, b"\0") for token in tokens)
    words = np.frombuffer(joined, dtype=_WORD).reshape(-1, 2)
    return _distinct(words[:, 0] * _MIX ^ words[:, 1])


def pack(tokens: Collection[bytes]) -> bytes:
    """What is kept of a transfer's tokens."""
    return values(tokens).astype(_WORD).tobytes()


def unpack(blob: bytes) -> Values:
    """The values again."""
    return np.frombuffer(blob, dtype=_WORD)


def count(sets: Iterable[Values], *, whole: bool = True) -> Distinct:
    """How many distinct values are in all of `sets`; not `whole`: of large sets only the sketch was read."""
    arrays = [found for found in sets if found.size]
    if not arrays:
        return Distinct(0)
    together = _distinct(np.concatenate(arrays))
    if whole or together.size < SKETCH:
        return Distinct(int(together.size))
    largest = (int(together[SKETCH - 1]) + 1) / 2.0**64
    return Distinct(round((SKETCH - 1) / largest), exact=False, error=(SKETCH - 2) ** -0.5)


def _distinct(found: Values) -> Values:
    ordered = np.sort(found)
    if ordered.size < 2:
        return ordered
    return ordered[np.concatenate(([True], ordered[1:] != ordered[:-1]))]
