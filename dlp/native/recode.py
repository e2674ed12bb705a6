"""CP932 as UTF-8, and base64 undone, by native code: a quarter of what the codec and the encoder after it take."""

from __future__ import annotations

import ctypes
from functools import cache

import numpy as np
import numpy.typing as npt

from dlp import native

_base64_whole = native.Function("base64_whole", ctypes.c_void_p, ctypes.c_int64, ctypes.c_void_p)


def from_base64(data: bytes) -> bytes | None:
    """The bytes of base64 with nothing in it but whole groups, blanks and ends of lines; None of any other, and without
    native code."""
    if native.library is None:
        return None
    out = np.empty(len(data) // 4 * 3 + 6, np.uint8)
    size = _base64_whole(data, len(data), out.ctypes.data)
    return out[:size].tobytes() if size >= 0 else None


def cp932_as_utf8(data: bytes) -> bytes | None:
    """What Python's codec would read, in UTF-8; None where that would refuse, and without native code."""
    if native.library is None:
        return None
    out = np.empty(3 * len(data) + 8, np.uint8)
    native.library.recoded.restype = ctypes.c_int64
    size = native.library.recoded(
        ctypes.c_char_p(data),
        ctypes.c_int64(len(data)),
        ctypes.c_void_p(_table().ctypes.data),
        ctypes.c_void_p(out.ctypes.data),
    )
    return out[:size].tobytes() if size >= 0 else None


@cache
def _table() -> npt.NDArray[np.uint16]:
    """The character of each byte, and of each two whose first has none of its own; 0 for none."""
    table = np.zeros(1 << 16, np.uint16)
    for one in range(256):
        table[one] = _letter(bytes((one,)))
    for one in np.flatnonzero(table[:256] == 0)[1:].tolist():
        for other in range(256):
            table[one << 8 | other] = _letter(bytes((one, other)))
    return table


def _letter(data: bytes) -> int:
    try:
        text = data.decode("cp932")
    except UnicodeDecodeError:
        return 0
    return ord(text) if len(text) == 1 else 0
