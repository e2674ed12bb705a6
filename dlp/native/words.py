"""Which of some words stand anywhere in bytes, told by native code at gigabytes a second."""

from __future__ import annotations

import ctypes
from array import array
from collections.abc import Iterator, Sequence
from itertools import compress, product

import numpy as np

from dlp import native

SHORTEST = 6  # bytes of a word: every third place is looked at, four bytes at a time
_STEP, _GRAM, _SLOT_BITS = 3, 4, 15  # as words.c has them
_MULTIPLIER = 0x9E3779B1
_pointer, _size = ctypes.c_void_p, ctypes.c_int64
_lines_begin = native.Function("lines_begin", _pointer, _size, _pointer, _size, *[_pointer] * 4)
_words_in = native.Function("words_in", _pointer, _size, *[_pointer] * 7)


class Words:
    """Some words, made ready to be looked for. `folded`: in capitals as well, as ASCII has them."""

    def __init__(self, words: Sequence[bytes], folded: Sequence[bool]) -> None:
        if any(len(word) < SHORTEST for word in words):
            raise ValueError(f"words of fewer than {SHORTEST} bytes are not looked for")
        written = [word.lower() if any_case else word for word, any_case in zip(words, folded, strict=True)]
        self._bytes = np.frombuffer(b"".join(written) + b"\0", np.uint8)
        self._begins = np.cumsum([0, *map(len, written)]).astype(np.int32)
        self._folded = np.array([*folded, False], np.uint8)
        firsts = {c for word, any_case in zip(written, folded, strict=True) for c in _firsts(word[0], any_case)}
        self._firsts = bytes(c in firsts for c in range(256))
        places = np.array([*_places(written, folded)], np.int64).reshape(-1, 3)
        slots = (places[:, 0] * _MULTIPLIER & 0xFFFFFFFF) >> (32 - _SLOT_BITS)
        order = np.argsort(slots, kind="stable")
        self._places = np.ascontiguousarray(places[order].astype(np.uint32))
        self._starts = np.searchsorted(slots[order], np.arange((1 << _SLOT_BITS) + 1)).astype(np.int32)
        marks = np.zeros(1 << _SLOT_BITS, np.uint64)
        marks[slots] = 1
        self._table = np.bitwise_or.reduce(marks.reshape(-1, 64) << np.arange(64, dtype=np.uint64), axis=1)
        arrays = (self._table, self._starts, self._places, self._bytes, self._begins, self._folded)
        self._arrays = [array.ctypes.data for array in arrays]  # kept with what they point to
        self._count = len(folded)

    def beginning(self, data: bytes) -> frozenset[int] | None:
        """The numbers of those that lines of `data` begin with, after a line feed or where it begins; None likewise."""
        return self.beginning_in_memory(data, len(data))

    def beginning_in_memory(self, at: bytes | ctypes.c_void_p, size: int) -> frozenset[int] | None:
        """The same of memory as it is."""
        if native.library is None:
            return None
        found = array("B", bytes(self._count))
        _lines_begin(at, size, self._firsts, self._count, *self._arrays[3:], found.buffer_info()[0])
        return _told(found.tobytes())

    def within(self, data: bytes) -> frozenset[int] | None:
        """The numbers of those that stand in `data`; None without native code."""
        return self.within_memory(data, len(data))

    def within_memory(self, at: bytes | ctypes.c_void_p, size: int) -> frozenset[int] | None:
        """The same of memory as it is."""
        if native.library is None:
            return None
        found = array("B", bytes(self._count))
        _words_in(at, size, *self._arrays, found.buffer_info()[0])
        return _told(found.tobytes())


def _told(found: bytes) -> frozenset[int]:
    return frozenset(compress(range(len(found)), found)) if 1 in found else frozenset()


def _places(words: Sequence[bytes], folded: Sequence[bool]) -> Iterator[tuple[int, int, int]]:
    """Four bytes of a word, as a number, the word's number, and where in it they stand."""
    for number, (word, any_case) in enumerate(zip(words, folded, strict=True)):
        for offset in range(_STEP):
            four = word[offset : offset + _GRAM]
            for gram in _spellings(four) if any_case else (four,):
                yield int(np.frombuffer(gram, np.uint32)[0]), number, offset


def _firsts(first: int, any_case: bool) -> bytes:
    one = bytes((first,))
    return one + one.upper() if any_case else one


def _spellings(word: bytes) -> Iterator[bytes]:
    """A word in small letters in every mix of them and capitals."""
    letters = (dict.fromkeys((bytes((c,)), bytes((c,)).upper())) for c in word)
    return map(b"".join, product(*letters))
