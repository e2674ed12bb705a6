"""What each line of a text can hold, told by one pass of native code: shapes of figures and marks, and whose words.

A bit may be set in vain, never the other way about: who reads lines passes over those without his own. None wherever
the library was not built: he then looks at them all, and finds the same.
"""

from __future__ import annotations

import ctypes
from array import array
from collections.abc import Mapping, Sequence

import numpy as np

from dlp import native

_SLOT_BITS, _KNOWN, _MULTIPLIER = 15, 3, 0x9E3779B1  # as hold.c has them
_SHAPES = 12


#: Bits of a line, as hold.c has them; those of words come after.
DIGIT = 1  # a figure
SEVERAL = 2  # three signs of items that have attributes: brackets, "@", "歳", figures about a hyphen
RUN12 = 4  # twelve figures, blanks and hyphens on end
CALLS = 8  # a blank or a bracket, then a telephone's beginning
SEVEN = 16  # seven figures on end
SPREAD = 32  # a letter between blanks
DATED = 64  # the beginning of a year
UNPLAIN = 128  # not plain, as `forms` has it: a label, what may hold or underline one, a short line
MARKED = 256  # what does not begin with a letter
NUMBER = 512  # six figures with little between them
PARTED = 1024  # a blank, or what is not printed
SAYS = 2048  # figures as attributes have them

#: A mask for each line; None without native code.
type Held = array[int] | None


class Hold:
    """Words, each with the bits of those who ask for it (from 0: what `word` makes of them)."""

    def __init__(self, words: Mapping[str, int]) -> None:
        written = {word.encode("utf-8", "surrogatepass"): bits << _SHAPES for word, bits in words.items() if word}
        self._single, self._firsts = np.zeros(256, np.uint64), np.zeros(256, np.uint64)
        for word, bits in written.items():
            if len(word) == 1:
                self._single[word[0]] = bits
            else:
                self._firsts[word[0]] |= np.uint64(1 if len(word) == 2 else 2)
        two = [word for word in written if len(word) == 2]
        long = sorted((word for word in written if len(word) >= _KNOWN), key=_slot)
        self._begins = np.cumsum([0, *map(len, (*long, *two))]).astype(np.int32)
        self._bytes = np.frombuffer(b"".join((*long, *two)) + b"\0", np.uint8)
        self._bits = np.array([*(written[word] for word in (*long, *two)), 0], np.uint64)
        self._slots = np.searchsorted([*map(_slot, long)], np.arange((1 << _SLOT_BITS) + 1)).astype(np.uint32)
        marks = np.diff(self._slots).astype(bool).astype(np.uint64).reshape(-1, 64)
        self._filled = np.bitwise_or.reduce(marks << np.arange(64, dtype=np.uint64), axis=1)
        self._two, self._count = len(long), len(long) + len(two)
        arrays = (self._slots, self._begins, self._bytes, self._bits, self._single, self._firsts, self._filled)
        self._tables = [ctypes.c_void_p(array.ctypes.data) for array in arrays]

    def lines(self, rows: Sequence[str]) -> Held:
        """A mask for each line."""
        if native.library is None or not rows:
            return None
        data = "\n".join(rows).encode("utf-8", "surrogatepass")
        if data.count(b"\n") >= len(rows):
            return None  # a line that is several
        masks = array("Q", bytes(8 * len(rows)))
        self.lines_of_memory(ctypes.c_char_p(data), len(data), masks.buffer_info()[0], len(rows))
        return masks

    def lines_of_memory(self, at: ctypes.c_char_p | ctypes.c_void_p, size: int, masks: int, room: int) -> int:
        """The same of memory as it is, into memory with room for so many masks; how many lines there are."""
        if native.library is None:
            return 0
        sizes, into = (ctypes.c_int64(self._two), ctypes.c_int64(self._count)), ctypes.c_void_p(masks)
        native.library.lines_hold.restype = ctypes.c_int64
        told = native.library.lines_hold(at, ctypes.c_int64(size), *self._tables, *sizes, into, ctypes.c_int64(room))
        return int(told)


def word(bit: int) -> int:
    """A bit of words in the mask of a line."""
    return bit << _SHAPES


def _slot(word: bytes) -> int:
    three = word[0] | word[1] << 8 | word[2] << 16
    return (three * _MULTIPLIER & 0xFFFFFFFF) >> (32 - _SLOT_BITS)


def having(held: array[int], bits: int) -> list[int]:
    """The numbers of the lines with any of some bits."""
    return [i for i, mask in enumerate(held) if mask & bits]
