"""Whether a text in UTF-8 stands as it will be read, told by native code in one pass at gigabytes a second."""

from __future__ import annotations

import ctypes
from array import array

from dlp import native

LEAST = 1 << 14  # bytes below which a text is read as quickly without it being known
_pointer, _size = ctypes.c_void_p, ctypes.c_int64
_calm = native.Function("calm", _pointer, _size)
_line_starts = native.Function("line_starts", _pointer, _size, _size, _pointer, result=None)


def lines(raw: bytes) -> int:
    """How many lines a text has in which nothing is to be undone, folded, unpacked, turned or cut into cells; 0 where
    that is not sure, for a short one, and without native code."""
    return _calm(raw, len(raw)) if native.library is not None and len(raw) >= LEAST else 0


def starts(raw: bytes, count: int) -> array[int]:
    """Where each of so many lines begins, and where one behind the last would."""
    found = array("q", bytes(8 * (count + 1)))
    _line_starts(raw, len(raw), count, found.buffer_info()[0])
    return found
