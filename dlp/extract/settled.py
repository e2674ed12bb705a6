"""Stretches of a content in which nothing is, told while it was still being written, and whether that is still so.

Each is told with a tag of all the bytes that it was told by: of its own chunks, of the one before it, where it begins,
and of the first, by which the content is a running text at all. Who reads the whole makes the tags again, and believes
what was told of bytes that have not changed. A tag is Poly1305's under a key that the gateway drew for its workers:
whoever writes the content does not know it, and never sees a tag, so two contents have one tag by no more than chance;
it costs a sixth of SHA-256.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from cryptography.hazmat.primitives.poly1305 import Poly1305

from dlp.errors import Incomplete
from dlp.extract import stream
from dlp.extract.blocks import Why
from dlp.extract.budget import Budget

KEY, TAG = 32, 4 * 16  # bytes


class Settled(NamedTuple):
    """A stretch in which nothing is."""

    widths: frozenset[int]  # of the lists that might go on in it, were one the last before it
    tag: bytes = b""


@dataclass(frozen=True, kw_only=True, slots=True)
class Known:
    """The stretches of one content of which that is known, by their numbers."""

    key: bytes = field(default=b"", repr=False)
    stretches: Mapping[int, Settled] = field(default_factory=dict)

    def unchanged(self, data: stream.Content, budget: Budget) -> dict[int, frozenset[int]]:
        """Those that `data` still has. Raises Incomplete."""
        tags = dict[int, bytes]()
        last = stream.stretches(len(data))
        for number in (n for n in self.stretches if n < last):
            budget.check_time()
            for chunk in _chunks(number):
                if chunk not in tags:
                    tags[chunk] = tag_of(data[chunk * stream.CHUNK : (chunk + 1) * stream.CHUNK], self.key)
        return {
            number: settled.widths
            for number, settled in self.stretches.items()
            if number < last and settled.tag == b"".join(tags[chunk] for chunk in _chunks(number))
        }


def _chunks(number: int) -> tuple[int, int, int, int]:
    """Of the first chunk, the one before a stretch (or its own first), and its own."""
    own = number * (stream.STRETCH // stream.CHUNK)
    return 0, max(0, own - 1), own, own + 1


def tag_of(chunk: bytes, key: bytes) -> bytes:
    """The tag of one chunk."""
    return Poly1305.generate_tag(key, chunk)


class Held:
    """A stretch with the chunk before it, read once: a content of which the rest is not to be asked."""

    def __init__(self, data: stream.Content, number: int) -> None:
        self._begin = _chunks(number)[1] * stream.CHUNK
        self._size = len(data)
        self._raw = data[self._begin : (number + 1) * stream.STRETCH]
        self._number = number

    def __len__(self) -> int:
        return self._size

    def __getitem__(self, piece: slice) -> bytes:
        start, stop, _ = piece.indices(self._size)
        if start < self._begin or stop > self._begin + len(self._raw):
            raise Incomplete(Why.FAILED)
        return self._raw[start - self._begin : stop - self._begin]

    def tag(self, first: bytes, key: bytes) -> bytes:
        """Of all the bytes that are told by; `first`: the first chunk's."""
        _, *chunks = _chunks(self._number)
        starts = [chunk * stream.CHUNK - self._begin for chunk in chunks]
        return first + b"".join(tag_of(self._raw[start : start + stream.CHUNK], key) for start in starts)
