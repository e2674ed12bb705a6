"""What each line of a text can hold, told by one pass of native code: shapes of figures and marks, and whose words.

A bit may be set in vain, never the other way about: who reads lines passes over those without his own. None wherever
the library was not built: he then looks at them all, and finds the same.
"""

from __future__ import annotations

import ctypes
import re
import sys
from array import array
from collections.abc import Mapping, Sequence
from functools import cache, reduce
from itertools import compress
from operator import is_not, or_

import numpy as np
import numpy.typing as npt

from dlp import native

_SLOT_BITS, _KNOWN, _SIX, _MULTIPLIER, _OF_SIX = 15, 3, 6, 0x9E3779B1, 0x9E3779B97F4A7C15  # as hold.c has them
_SHAPES = 18
_BEGINS, _SHORT = 16, 32  # kinds of a character that a word begins with, and one of fewer than six bytes
_WIDE = 0xE0  # what a character of three bytes begins with
_MANY = 200  # lines from which on numpy is quicker than Python
_OF_MASK = range(8) if sys.byteorder == "little" else range(7, -1, -1)  # its bytes, the least first
_pointer, _size = ctypes.c_void_p, ctypes.c_int64
_hold_kinds = native.Function("hold_kinds", _pointer, result=None)
_lines_hold = native.Function("lines_hold", _pointer, _size, *[_pointer] * 8, _size, _size, _pointer, _size, _pointer)


#: Bits of a line, as hold.c has them; those of words come after.
DIGIT = 1  # a figure
SEVERAL = 2  # three signs of items that have attributes: brackets, "@", 歳, 男, figures about a hyphen, dates
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
RULED = 4096  # what begins as a rule does
OPEN = 8192  # eighteen letters, and no end of a sentence
ADDRESSEE = 16384  # what ends as a line with an addressee
ALONE = 32768  # a name and nothing else
LEADS = 65536  # a name at the beginning, after a number or a mark
FILLED = 131072  # anything but blanks


class Masks:
    """A mask for each line of a text, and whatever is set in any of them."""

    __slots__ = ("_bytes", "_many", "any", "lines")

    def __init__(self, masks: array[int] | list[int], any_of_them: int | None = None) -> None:
        #: Of a few lines a list is the quicker way; of many none is made, for few of them are asked about.
        self._many: npt.NDArray[np.uint64] | None = None
        self.lines: list[int] | array[int] = masks
        if not isinstance(masks, list):
            if len(masks) > _MANY:
                self._many = np.frombuffer(masks, np.uint64)
            else:
                self.lines = masks.tolist()
        if any_of_them is None and self._many is not None:
            any_of_them = int(np.bitwise_or.reduce(self._many))
        self.any = reduce(or_, self.lines, 0) if any_of_them is None else any_of_them
        self._bytes: list[bytes] = []  # the first byte of each mask, the second …; once they are asked for

    def having(self, bits: int) -> list[int]:
        """The numbers of the lines with any of some bits."""
        bits &= self.any
        if not bits:
            return []
        if self._many is None:
            place = (bits.bit_length() - 1) >> 3
            if bits & ((1 << 8 * place) - 1):
                return [i for i, mask in enumerate(self.lines) if mask & bits]
            one = (self._bytes or self._split())[place]
            return [*compress(range(len(one)), one.translate(_having(bits >> 8 * place)))]
        return (self._many & np.uint64(bits)).nonzero()[0].tolist()

    def _split(self) -> list[bytes]:
        told = array("Q", self.lines).tobytes()
        self._bytes = [told[at::8] for at in _OF_MASK]
        return self._bytes

    def filled(self, bits: int) -> list[int]:
        """Those of them that hold anything."""
        if self._many is not None:
            return self.both(bits, FILLED)
        lines = self.lines
        return [i for i in self.having(bits) if lines[i] & FILLED]

    def both(self, bits: int, others: int) -> list[int]:
        """Those with any of some bits and any of others."""
        if not (self.any & bits and self.any & others):
            return []
        if self._many is None:
            lines = self.lines
            return [i for i in self.having(bits) if lines[i] & others]
        both = (self._many & np.uint64(bits)).astype(bool) & (self._many & np.uint64(others)).astype(bool)
        found: list[int] = both.nonzero()[0].tolist()
        return found

    def below(self, bit: int, other: int, least: int) -> list[tuple[int, int]]:
        """The first and the last of `least` lines and more on end with both of two bits, each time right below one with
        the first alone."""
        if not (self.any & bit and self.any & other):
            return []
        one, two = self._with(bit), self._with(other)
        ones = int.from_bytes(one)
        told = (ones + (ones & int.from_bytes(two))).to_bytes(len(one))  # 2 with both, 1 with the first alone
        if b"\1" + b"\2" * least not in told:
            return []
        return [(m.start() + 1, m.end() - 1) for m in re.finditer(b"\1\2{%d,}" % least, told)]

    def _with(self, bit: int) -> bytes:
        """1 for each line with a bit, 0 for the others."""
        if self._many is not None:
            return (self._many & np.uint64(bit) > 0).tobytes()
        place = (bit.bit_length() - 1) >> 3
        return (self._bytes or self._split())[place].translate(_having(bit >> 8 * place))

    def any_but(self, without: int) -> int:
        """Whatever is set in any of the lines that have none of some bits."""
        if not self.any & without:
            return self.any
        if self._many is None:
            return reduce(or_, [mask for mask in self.lines if not mask & without], 0)
        return int(np.bitwise_or.reduce(self._many[self._many & np.uint64(without) == 0]))

    def with_others(self, at: Sequence[int], others: Sequence[int]) -> Masks:
        """These, but for some lines that are others now."""
        changed = self.lines[:]
        for i, other in zip(at, others, strict=True):
            changed[i] = other
        return Masks(changed)


@cache
def _having(bits: int) -> bytes:
    """A table that makes 1 of the bytes with any of some bits, 0 of the others."""
    return bytes(byte & bits > 0 for byte in range(256))


#: None without native code.
type Held = Masks | None


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
        marks = np.zeros((2, 1 << _SLOT_BITS), np.uint64)
        marks[0, [_slot(word) for word in long if len(word) < _SIX]] = 1
        marks[1, [_slot_of_six(word) for word in long if len(word) >= _SIX]] = 1
        self._filled = np.bitwise_or.reduce(marks.reshape(-1, 64) << np.arange(64, dtype=np.uint64), axis=1)
        self._two, self._count = len(long), len(long) + len(two)
        self._kinds = np.zeros(1 << 16, np.uint8)
        if native.library is not None:
            _hold_kinds(self._kinds.ctypes.data)
        self._kinds[[*map(_code, (word for word in long if word[0] >= _WIDE))]] |= _BEGINS
        self._kinds[[*map(_code, (word for word in long if word[0] >= _WIDE and len(word) < _SIX))]] |= _SHORT
        arrays = (
            self._slots,
            self._begins,
            self._bytes,
            self._bits,
            self._single,
            self._firsts,
            self._filled,
            self._kinds,
        )
        self._tables = (*(array.ctypes.data for array in arrays), self._two, self._count)

    def lines(self, rows: Sequence[str], text: str | None = None, raw: bytes | None = None) -> Held:
        """A mask for each line. `text`: all of them, if they stand in one; `raw`: the same in UTF-8."""
        if native.library is None or not rows:
            return None
        data = raw or ("\n".join(rows) if text is None else text).encode("utf-8", "surrogatepass")
        room = len(rows)
        masks = array("Q", bytes(8 * room + 8))  # and whatever is in any of them
        at = masks.buffer_info()[0]
        told = _lines_hold(data, len(data), *self._tables, at, room, at + 8 * room)
        return Masks(masks, masks.pop()) if told == room else None  # else a line is several

    def again(self, held: Held, before: Sequence[str], after: Sequence[str]) -> Held:
        """The same of lines that were made of others, by what is known of those."""
        if held is None or after is before:
            return held
        if len(after) != len(before):
            return self.lines(after)
        changed = [i for i, other in enumerate(map(is_not, after, before)) if other]
        if not changed:
            return held
        others = [after[i] for i in changed]
        if not any(others):
            return held.with_others(changed, [0] * len(changed))  # blank lines hold nothing
        new = self.lines(others)
        return None if new is None else held.with_others(changed, new.lines)

    def lines_of_memory(self, at: ctypes.c_char_p | ctypes.c_void_p, size: int, masks: int, room: int) -> int:
        """The same of memory as it is, into memory with room for so many masks; how many lines there are."""
        if native.library is None:
            return 0
        whatever = ctypes.c_uint64()
        told: int = _lines_hold(at, size, *self._tables, masks, room, ctypes.addressof(whatever))
        return told


def word(bit: int) -> int:
    """A bit of words in the mask of a line."""
    return bit << _SHAPES


def _slot(word: bytes) -> int:
    three = word[0] | word[1] << 8 | word[2] << 16
    return (three * _MULTIPLIER & 0xFFFFFFFF) >> (32 - _SLOT_BITS)


def _code(word: bytes) -> int:
    """The first character of a word, of three bytes."""
    return (word[0] & 0x0F) << 12 | (word[1] & 0x3F) << 6 | word[2] & 0x3F


def _slot_of_six(word: bytes) -> int:
    six = int.from_bytes(word[:_SIX], "little") << 16
    return (six * _OF_SIX & 0xFFFFFFFFFFFFFFFF) >> (64 - _SLOT_BITS)


def where(held: Held, bits: int, rows: Sequence[str]) -> Sequence[int]:
    """The numbers of the lines with any of some bits; all, where nothing is told."""
    return range(len(rows)) if held is None else held.having(bits)
