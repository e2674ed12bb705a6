"""Bytes looked through by native code. None wherever it was not built: Python then looks itself, and finds the same."""

from __future__ import annotations

import ctypes

import numpy as np

from dlp.native import library

_SEVERAL = 8  # lines below which the call costs more than it saves


def islands(data: bytes, encoding: int, around: int) -> list[tuple[int, int]] | None:
    """Where text of an encoding (by its number in `cores.c`) may stand in bytes of no known format."""
    if library is None:
        return None
    library.islands.restype = ctypes.c_int64
    found = np.empty((len(data) // (2 * around) + 2, 2), np.int64)
    count = library.islands(
        ctypes.c_char_p(data),
        ctypes.c_int64(len(data)),
        ctypes.c_int64(encoding),
        ctypes.c_int64(around),
        ctypes.c_void_p(found.ctypes.data),
    )
    return [(begin, end) for begin, end in found[:count].tolist()] if count >= 0 else None


def telling(lines: list[str], begins: bytes) -> list[str]:
    """Lines of packed bytes without those that are surely neither text nor a file.

    `begins`: for every two bytes, 1 where a file may begin with them.
    """
    if library is None or len(lines) < _SEVERAL:
        return lines
    text = "\n".join(lines).encode("ascii")
    library.telling.restype = ctypes.c_int64
    found = ctypes.create_string_buffer(len(text) + 1)
    size = library.telling(ctypes.c_char_p(text), ctypes.c_int64(len(text)), ctypes.c_char_p(begins), found)
    return found.raw[:size].decode("ascii").split("\n")[:-1]
