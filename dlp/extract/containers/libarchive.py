"""What only libarchive reads: rar, LZX cabinets, cpio, ar, rpm, xar. The system's library, where there is one.

Without it these are known formats that nobody here can open: unread, so held.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from functools import cache
from typing import Any

from dlp.errors import Incomplete
from dlp.extract.blocks import Extracted, Lost, Why
from dlp.extract.budget import Budget
from dlp.extract.containers.members import Sink, name_of
from dlp.transfer import Part

#: media type -> libarchive's formats
FORMATS = {
    "application/vnd.rar": ("rar", "rar5"),
    "application/x-cpio": ("cpio",),
    "application/x-archive": ("ar",),
    "application/x-xar": ("xar",),
}
_STEP = 1 << 16
_EOF, _WARN = 1, -20
_FILES = (0, 0o100000)  # ar says nothing of the type


@cache
def _library() -> Any:
    """libarchive by ctypes; None where the system has none."""
    try:
        lib = ctypes.CDLL("libarchive.so.13")
    except OSError:
        return None
    lib.archive_entry_pathname.restype = ctypes.c_char_p
    lib.archive_entry_pathname_utf8.restype = ctypes.c_char_p
    lib.archive_entry_size.restype = ctypes.c_int64
    lib.archive_entry_filetype.restype = ctypes.c_uint
    for name in ("pathname", "pathname_utf8", "size", "filetype", "is_encrypted", "size_is_set"):
        getattr(lib, f"archive_entry_{name}").argtypes = [ctypes.c_void_p]
    lib.archive_read_new.restype = ctypes.c_void_p
    lib.archive_read_data.restype = ctypes.c_ssize_t
    lib.archive_read_data.argtypes = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_size_t]
    lib.archive_read_open_memory.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_size_t]
    lib.archive_read_next_header.argtypes = [ctypes.c_void_p, ctypes.POINTER(ctypes.c_void_p)]
    lib.archive_read_free.argtypes = [ctypes.c_void_p]
    return lib


def available() -> bool:
    """Whether the system has libarchive."""
    return _library() is not None


def extract(part: Part, budget: Budget, kind: str, *formats: str) -> Extracted:
    """Every file as a child; UNKNOWN without the library."""
    if not available():
        return Extracted(kind, unread=(Why.UNKNOWN,))
    return Extracted(kind, children=_children(part, budget, formats or FORMATS[kind]))


def _children(part: Part, budget: Budget, formats: tuple[str, ...]) -> Iterator[Part | Lost]:
    lib = _library()
    archive = ctypes.c_void_p(lib.archive_read_new())
    try:
        for name in formats:
            support = getattr(lib, f"archive_read_support_format_{name}")
            support.argtypes = [ctypes.c_void_p]
            support(archive)
        if lib.archive_read_open_memory(archive, part.data, len(part.data)) != 0:
            yield Lost(part.path, Why.CORRUPT)
            return
        yield from _entries(lib, archive, part, budget)
    finally:
        lib.archive_read_free(archive)


def _entries(lib: Any, archive: ctypes.c_void_p, part: Part, budget: Budget) -> Iterator[Part | Lost]:
    entry = ctypes.c_void_p()
    while (result := lib.archive_read_next_header(archive, ctypes.byref(entry))) != _EOF:
        if result < _WARN:
            locked = lib.archive_read_has_encrypted_entries(archive) > 0
            yield Lost(part.path, Why.ENCRYPTED if locked else Why.CORRUPT)
            return
        budget.check_time()
        path = (*part.path, _name(lib, entry))
        if lib.archive_entry_filetype(entry) not in _FILES:
            continue
        if lib.archive_entry_is_encrypted(entry):
            yield Lost(path, Why.ENCRYPTED)
            continue
        yield _file(lib, archive, entry, path, budget, len(part.data))
        if budget.spent:
            return


def _name(lib: Any, entry: ctypes.c_void_p) -> str:
    return name_of(lib.archive_entry_pathname_utf8(entry) or lib.archive_entry_pathname(entry) or b"member")


def _file(
    lib: Any, archive: ctypes.c_void_p, entry: ctypes.c_void_p, path: tuple[str, ...], budget: Budget, packed: int
) -> Part | Lost:
    sink, buffer = Sink(budget, packed), ctypes.create_string_buffer(_STEP)
    try:
        while (count := lib.archive_read_data(archive, buffer, _STEP)) > 0:
            sink.add(buffer.raw[:count])
    except Incomplete as fault:
        return Lost(path, Why(fault.why))
    whole = not lib.archive_entry_size_is_set(entry) or lib.archive_entry_size(entry) == len(sink)
    return Part(path=path, data=sink.value()) if count == 0 and whole else Lost(path, Why.CORRUPT)
