"""What stands in a text, told by native code in one pass: nothing that would have to be done with it is left out."""

from __future__ import annotations

import ctypes
import re
import sys
from dataclasses import dataclass, replace
from functools import reduce
from operator import or_

from dlp import native

_UTF16 = "utf-16-le" if sys.byteorder == "little" else "utf-16-be"
_FOLDED, _PACKED, _SHOWN, _BLANK, _SIGN, _FIGURE, _LETTER, _MARK = 1, 2, 4, 8, 16, 32, 64, 128  # as look.c has them
_ODDLY, _PLUS, _BAR, _QUOTE, _OTHER_ENDS, _RETURN, _TURNED, _PRINTED = 1, 2, 4, 8, 16, 32, 64, 128
#: Every sign that `sign` in look.c names, and the ends of lines it has no name for.
_SIGNS = ",\t;|\"'#{\r+%=[(<アー&\\〇\u3099\u309a\u202e-名話日号ナ\v\x1e\x85\u2028\u2029"
_LINES = 1 << 30  # units that 32 bits number
_WORD = (1 << 64) - 1
_FEW, _COUNT = 256, 6  # stretches for which there is room at first; how many there are, in what is told
_Told, _Spans = ctypes.c_int64 * 10, ctypes.c_int32 * (2 * _FEW)
_pointer, _size = ctypes.c_void_p, ctypes.c_int64
_look = native.Function("look", _pointer, _size, _pointer, _pointer, _pointer, _size, result=None)


@dataclass(frozen=True, slots=True)
class Look:
    """What look.c tells of one text. What it says is not there, is not."""

    signs: int
    longest: int  # the longest run of signs of base64
    blanks: int  # pairs of blanks, wide or not, beside each other
    lines: int  # at least so many are not blank
    parting: int  # how often the commonest of the signs that part cells stands there
    folded: int  # signs that lines below each other have whose longest runs are of one length, at most
    spans: tuple[int, ...]  # where a stretch to fold begins and ends, and the next
    marks: int  # a bit for each mark of ASCII that stands there (see `marks`)
    tallest: int  # lines below each other of which none is empty, at most

    def written_oddly(self, *, ascii_only: bool) -> bool:
        """Whether `unfold.plain` may have anything to do."""
        return bool(self.signs & _ODDLY or (ascii_only and self.signs & _PLUS))

    def with_marks(self, more: int) -> Look:
        """The same of a text that has more marks, beside letters as any of them may be."""
        signs = self.signs | (_PRINTED if more & _OF_PRINTED else 0)
        return replace(self, signs=signs, marks=self.marks | more)

    def lacks(self, asked: int) -> bool:
        """Whether one at least of some marks (see `marks`) is not there."""
        return bool(asked & ~self.marks)

    @property
    def barred(self) -> bool:
        """Whether a long vowel's bar stands between digits."""
        return bool(self.signs & _BAR)

    @property
    def quoted(self) -> bool:
        """Whether there is a double quote."""
        return bool(self.signs & _QUOTE)

    @property
    def ends_otherwise(self) -> bool:
        """Whether anything but CR and LF ends a line."""
        return bool(self.signs & _OTHER_ENDS)

    @property
    def turned(self) -> bool:
        """Whether anything may read backwards: of the labels `unpack` knows the first two signs, or -0[789]0."""
        return bool(self.signs & _TURNED)

    @property
    def printed(self) -> bool:
        """Whether there is anything that `literals.may_hold` looks for a record by."""
        return bool(self.signs & _PRINTED)

    @property
    def returns(self) -> bool:
        """Whether there is a carriage return."""
        return bool(self.signs & _RETURN)


def look(text: str, folded: re.Pattern[str]) -> Look | None:
    """What stands in `text`; `folded` matches the characters that are folded. None without native code, and for a text
    with characters of two units."""
    if native.library is None or len(text) >= _LINES:
        return None
    units = text.encode(_UTF16, "surrogatepass")
    if len(units) != 2 * len(text):
        return None
    told, spans, room, kinds = _Told(), _Spans(), _FEW, _kinds(folded)
    _look(units, len(text), kinds, told, spans, room)
    if told[_COUNT] > room:
        room = told[_COUNT]
        spans = (ctypes.c_int32 * (2 * room))()
        _look(units, len(text), kinds, told, spans, room)
    signs, longest, blanks, lines, parting, pieces, count, low, high, tallest = told
    places = tuple(spans[: 2 * count]) if count else ()
    seen = (high & _WORD) << 64 | (low & _WORD)
    return Look(signs, longest, blanks, lines, parting, pieces, places, seen, tallest)


def marks(text: str) -> int:
    """The bits of the marks of ASCII in a text: what is no letter or figure, nor a sign packed bytes have."""
    return reduce(or_, (1 << ord(letter) for letter in text if _is_mark(letter)), 0)


#: Those that `sign` takes for a printed record's, wherever some of them stand.
_OF_PRINTED = sum(1 << ord(mark) for mark in "\"'#{=[(")


def _is_mark(letter: str) -> bool:
    return letter.isascii() and not letter.isalnum() and letter not in "+/_-"


_known: list[tuple[re.Pattern[str], bytes]] = []


def _kinds(folded: re.Pattern[str]) -> bytes:
    """Of all characters, made once: to hash a pattern means to look all of it through."""
    if not _known or _known[0][0] is not folded:
        _known[:] = [(folded, bytes(_kind(chr(code), folded) for code in range(1 << 16)))]
    return _known[0][1]


def _kind(letter: str, folded: re.Pattern[str]) -> int:
    kind = _FOLDED if folded.fullmatch(letter) else 0
    kind |= _PACKED if letter.isascii() and (letter.isalnum() or letter in "+/_-") else 0
    kind |= 0 if letter.isspace() else _SHOWN
    kind |= _BLANK if letter in " \u3000" else 0
    kind |= _LETTER if letter.isascii() and letter.isalpha() else 0
    kind |= _SIGN if letter in _SIGNS else 0
    kind |= _MARK if _is_mark(letter) else 0
    return kind | (_FIGURE if letter in "0123456789０１２３４５６７８９" else 0)
