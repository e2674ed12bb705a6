"""How many distinct people: packed tokens of transfers, counted exactly up to a size and by a sketch beyond. Pure.

A transfer's people are kept as one blob: 8 bytes each, sorted, distinct. The values are keyed digests, so they are
spread evenly, and the smallest of them are a sample that needs no bytes of its own: the beginning of the blob. Of a
sender's many blobs the same share of each is read, and the distinct values up to where the first of them breaks off
tell how many there are (threshold sampling, as theta sketches do), with a standard error of 1 / sqrt(that number).
Two of a million people have one value by chance with odds of 1 to 37 million.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

import numpy as np

type Values = np.ndarray[tuple[int], np.dtype[np.uint64]]

#: Up to this many values are counted one by one: 10 ms of sorting, and far above any threshold.
EXACT = 1_000_000
#: How many values a sample is to have at the least: a standard error of 0.55 %.
SKETCH = 32_768
_SLACK = 64  # values read of each blob beyond its share: few small ones break off early by chance
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


@dataclass(frozen=True, slots=True)
class Sample:
    """The smallest values of one transfer."""

    values: Values
    whole: bool = True  # all of them


def share(size: int, total: int) -> int:
    """How many of one transfer's `size` values to read, where all of a sender's come to `total`."""
    if total <= EXACT:
        return size
    mean = size * 2 * SKETCH / total
    return min(size, int(mean + 4 * mean**0.5) + _SLACK)


def count(samples: Iterable[Sample]) -> Distinct:
    """How many distinct values are in all of what the samples were taken of."""
    found = [sample for sample in samples if sample.values.size]
    if not found:
        return Distinct(0)
    together = _distinct(np.concatenate([sample.values for sample in found]))
    ends = [int(sample.values[-1]) for sample in found if not sample.whole]
    if not ends:
        return Distinct(int(together.size))
    known = int(np.searchsorted(together, np.uint64(min(ends)), "right"))
    return Distinct(round((known - 1) / ((min(ends) + 1) / 2.0**64)), exact=False, error=max(1, known) ** -0.5)


def _distinct(found: Values) -> Values:
    ordered = np.sort(found)
    if ordered.size < 2:
        return ordered
    return ordered[np.concatenate(([True], ordered[1:] != ordered[:-1]))]
