"""What the lines of a mail are like, told by native code in one pass."""

from __future__ import annotations

import ctypes

from dlp import native

BARE, DOTTED, LONGER = 1, 2, 4  # as wire.c has them
_NONE = 1 << 62  # bytes no line has


def told(content: bytes, limit: int = _NONE) -> int | None:
    """BARE: a CR or LF stands alone; DOTTED: a line but the first begins with a dot; LONGER: a line has more than
    `limit` bytes before its end. None without native code."""
    if native.library is None:
        return None
    found: int = native.library.wire(ctypes.c_char_p(content), ctypes.c_int64(len(content)), ctypes.c_int64(limit))
    return found
