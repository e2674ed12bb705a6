"""What was changed on a stick's file system without a file being opened for writing, as the kernel reports it.

A list fits into names, into what symbolic links point to and into extended attributes, and truncate(2) opens nothing:
none of these can be denied by who is asked about openings, so they are noticed. (fanotify(7), events with
FAN_REPORT_DFID_NAME, Linux 5.9: they tell the process, the file system, the folder's handle and the name.)
"""

from __future__ import annotations

import ctypes
import os
import stat
import struct
import time
from collections import defaultdict, deque
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_CLOEXEC, _UNLIMITED_QUEUE, _REPORT_DFID_NAME = 0x1, 0x10, 0xC00
_MARK_ADD, _MARK_FILESYSTEM = 0x1, 0x100
MODIFY, ATTRIB, MOVED_FROM, MOVED_TO, CREATE, DELETE, OVERFLOW, _ONDIR = (
    0x2,
    0x4,
    0x40,
    0x80,
    0x100,
    0x200,
    0x4000,
    1 << 30,
)
_MASK = MODIFY | ATTRIB | MOVED_FROM | MOVED_TO | CREATE | DELETE | _ONDIR
_EVENT = struct.Struct("=IBBHQii")  # event_len, vers, reserved, metadata_len, mask, fd, pid
_INFO = struct.Struct("=BBH")  # info_type, pad, len; fsid, handle and name follow
_DFID_NAME = 2
_HANDLE = struct.Struct("=Ii")  # handle_bytes, handle_type
_AT_FDCWD = -100
_NAME = 100  # bytes of a name that a denied opening may leave behind
_NAMES, _WINDOW = 10, 60.0  # so many of them in so many seconds: more are no accident


@dataclass(frozen=True, slots=True)
class Change:
    """One change, or several of one kind that the kernel has put together."""

    file_system: int
    mask: int
    pid: int
    name: bytes = b""
    handle: bytes = b""  # of the folder, with its header

    @property
    def makes(self) -> bool:
        """Whether a name was made and nothing else was done."""
        return self.mask & ~_ONDIR == CREATE


class Changes:
    """The changes of all file systems that were marked. Not for several threads."""

    def __init__(self, libc: ctypes.CDLL) -> None:
        self._libc = libc
        self._made: dict[int, deque[float]] = defaultdict(deque)
        self._folders: dict[int, Path] = {}
        self.group: int = libc.fanotify_init(_CLOEXEC | _UNLIMITED_QUEUE | _REPORT_DFID_NAME, os.O_RDONLY)

    def close(self) -> None:
        """End."""
        if self.group >= 0:
            os.close(self.group)
            self.group = -1

    def mark(self, folder: Path) -> int | None:
        """Watch a folder's file system: what its changes name it by, or None where the kernel does not."""
        mask = ctypes.c_uint64(_MASK)
        if self.group < 0 or self._libc.fanotify_mark(
            self.group, _MARK_ADD | _MARK_FILESYSTEM, mask, _AT_FDCWD, os.fsencode(folder)
        ):
            return None
        number = os.statvfs(folder).f_fsid
        self._folders[number] = folder
        return number

    def read(self) -> Iterator[Change]:
        """What the kernel has to tell; each change of a process once."""
        data, told = os.read(self.group, 1 << 16), set()
        at = 0
        while at + _EVENT.size <= len(data):
            size, _, _, begin, mask, _, pid = _EVENT.unpack_from(data, at)
            change = _change(data[at + begin : at + size], mask, pid)
            if change not in told:
                told.add(change)
                yield change
            at += size

    def says_nothing(self, change: Change) -> bool:
        """Whether all that was done is the empty file that an opening leaves which was denied; more than a few in a
        minute, and long names, say something."""
        if not change.makes or change.mask & _ONDIR or len(change.name) > _NAME or not self._is_empty(change):
            return False
        made, now = self._made[change.file_system], time.monotonic()
        made.append(now)
        while made[0] < now - _WINDOW:
            made.popleft()
        return len(made) <= _NAMES

    def _is_empty(self, change: Change) -> bool:
        try:
            folder = os.open(self._folders[change.file_system], os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        except OSError:
            return False
        try:
            handle = ctypes.create_string_buffer(change.handle, len(change.handle))
            place = self._libc.open_by_handle_at(folder, handle, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
            if place < 0:
                return False
            try:
                found = os.stat(change.name, dir_fd=place, follow_symlinks=False)
            finally:
                os.close(place)
        except OSError:
            return False
        finally:
            os.close(folder)
        return stat.S_ISREG(found.st_mode) and not found.st_size


def _change(info: bytes, mask: int, pid: int) -> Change:
    """One event's change. Raises nothing: an event without what is looked for is of no file system."""
    if len(info) < _INFO.size + 8 + _HANDLE.size or info[0] != _DFID_NAME:
        return Change(0, mask, pid)
    (file_system,) = struct.unpack_from("=Q", info, _INFO.size)
    begin = _INFO.size + 8
    handle = info[begin : begin + _HANDLE.size + _HANDLE.unpack_from(info, begin)[0]]
    name = info[begin + len(handle) : _INFO.unpack_from(info)[2]].partition(b"\0")[0]
    return Change(file_system, mask, pid, name, handle)
