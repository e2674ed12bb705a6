"""Bytes looked through by native code. None wherever it was not built: Python then looks itself, and finds the same."""

from __future__ import annotations

import ctypes
from typing import NamedTuple

import numpy as np

from dlp.native import Function, library

_WORTH = 512  # bytes below which Python is as quick
#: Bytes below a blank that no text has: all but tab, line feed, vertical tab, form feed, carriage return and escape.
TEXT_CONTROLS = bytes((*range(9), *range(0x0E, 0x1B), *range(0x1C, 0x20)))
_controlled = Function("controlled", ctypes.c_void_p, ctypes.c_int64)
_string_runs = Function("string_runs", ctypes.c_void_p, ctypes.c_int64, ctypes.c_int64, ctypes.c_void_p)
_SHORTEST_RUN = 6  # bytes
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


def text_runs(data: bytes, encoding: int) -> list[bytes] | None:
    """The runs of text in an encoding (by its number in `cores.h`); None without native code, and for the last one."""
    if library is None:
        return None
    room = (len(data) // _SHORTEST_RUN + 1) * 2
    found = (ctypes.c_int64 * room)()
    count = _string_runs(data, len(data), encoding, found)
    return [data[found[at] : found[at + 1]] for at in range(0, 2 * count, 2)] if count >= 0 else None


def controlled(data: bytes) -> bool:
    """Whether any of TEXT_CONTROLS stands in `data`."""
    if library is None or len(data) < _WORTH:
        return len(data.translate(None, TEXT_CONTROLS)) < len(data)
    return bool(_controlled(data, len(data)))


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


def runs(text: bytes) -> list[tuple[int, int]] | None:
    """Begin and end of each run of signs as packed bytes are written, with the lines of signs below it."""
    return _stretches("packed_runs", text, 24)


def blocks(text: bytes) -> list[tuple[int, int]] | None:
    """Begin and end of each block of lines that are nothing but packed bytes."""
    return _stretches("packed_blocks", text, 488)


def folds(text: bytes) -> list[tuple[int, int]] | None:
    """Begin and end of each stretch of lines that hold pieces of one length of something packed."""
    return _stretches("packed_folds", text, 32)


def _stretches(name: str, text: bytes, least: int) -> list[tuple[int, int]] | None:
    if library is None:
        return None
    look = getattr(library, name)
    look.restype = ctypes.c_int64
    found = np.empty((len(text) // least + 1, 2), np.int64)
    count = look(ctypes.c_char_p(text), ctypes.c_int64(len(text)), ctypes.c_void_p(found.ctypes.data))
    return [(begin, end) for begin, end in found[:count].tolist()]


class Shape(NamedTuple):
    """How a run is folded."""

    width: int  # signs of its first line
    full: int  # lines as long, without padding, before any other
    lines: int  # up to three
    whole: int  # where the full ones end
    more: int  # where one more does


def shape(run: bytes) -> Shape | None:
    """How a run is folded; None without native code."""
    if library is None:
        return None
    found = np.empty(len(Shape._fields), np.int64)
    library.packed_shape(ctypes.c_char_p(run), ctypes.c_int64(len(run)), ctypes.c_void_p(found.ctypes.data))
    return Shape(*found.tolist())


def telling_of_run(run: bytes, least: int, begins: bytes) -> list[str] | None:
    """The same as `telling`, of the lines of a run that are so long; None without native code."""
    if library is None:
        return None
    library.telling_of_run.restype = ctypes.c_int64
    found = np.empty(len(run) + 1, np.uint8)
    sizes = (ctypes.c_int64(len(run)), ctypes.c_int64(least))
    into = ctypes.c_void_p(found.ctypes.data)
    size = library.telling_of_run(ctypes.c_char_p(run), *sizes, ctypes.c_char_p(begins), into)
    return found[:size].tobytes().decode("ascii").split("\n")[:-1]
