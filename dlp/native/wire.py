"""What the lines of a mail are like, told by native code in one pass."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from functools import cache
from typing import Any, cast

from dlp import native

BARE, DOTTED, LONGER = 1, 2, 4  # as wire.c has them
_SHORT = 1 << 16  # bytes of a content that is looked through in some 10 us
_NONE = 1 << 62  # bytes no line has


def told(content: bytes, limit: int = _NONE) -> int | None:
    """BARE: a CR or LF stands alone; DOTTED: a line but the first begins with a dot; LONGER: a line has more than
    `limit` bytes before its end. None without native code."""
    if native.library is None:
        return None
    found: int = (_held() if len(content) <= _SHORT else _wire)(content, len(content), limit)
    return found


_wire = native.Function("wire", ctypes.c_char_p, ctypes.c_int64, ctypes.c_int64)


@cache
def _held() -> Callable[[bytes, int, int], int]:
    """The same, without letting go of the interpreter's lock: a short content takes less than to get it back."""
    found: Any = ctypes.PyDLL(str(native.LIBRARY)).wire
    found.argtypes, found.restype = (ctypes.c_char_p, ctypes.c_int64, ctypes.c_int64), ctypes.c_int64
    return cast("Callable[[bytes, int, int], int]", found)
