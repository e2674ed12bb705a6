"""MediaGuard: nobody but the gateway opens a file of a stick for writing (fanotify, Linux).

The mount and the drop folder are the ways to a stick; its own file system should be closed to everybody else by its
folder's mode. Against whoever gets there all the same (root, a second mount, a service) the kernel asks us before a
file of it is opened: an opening that could write is denied, and recorded. What was changed nevertheless, by a file
opened before we came or without one (`media_changes`), is noticed, and the device is frozen: nothing more is written
to it until it is thawed.

Facts used (fanotify(7), fanotify_init(2), fanotify_mark(2)): permission events name the thread, not its flags; the
thread stands still in its system call, whose number and arguments /proc/TID/syscall shows. FAN_MARK_FILESYSTEM covers
every mount of a file system. Not covered: the block device itself. io_uring is denied whatever it wants.
"""

from __future__ import annotations

import ctypes
import logging
import os
import platform
import queue
import select
import struct
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from dlp.channels.media.changes import MODIFY, OVERFLOW, Change, Changes

log = logging.getLogger(__name__)

_CLASS_CONTENT, _CLOEXEC, _UNLIMITED_QUEUE, _REPORT_TID = 0x4, 0x1, 0x10, 0x100
_MARK_ADD, _MARK_FILESYSTEM = 0x1, 0x100
_OPEN_PERM = 0x10000
_ALLOW, _DENY = 1, 2
_EVENT = struct.Struct("=IBBHQii")  # event_len, vers, reserved, metadata_len, mask, fd, pid
_AT_FDCWD = -100
_PATIENCE = 1.0  # seconds a thread may take to fall asleep in the call it asks for
_EVERY_SECONDS = 2.0  # how often newly plugged sticks are looked for
#: Machine -> system call number -> which argument holds the flags of open(2); None: it opens for reading only.
_CALLS: dict[str, dict[int, int | None]] = {
    "x86_64": {2: 1, 257: 2, 304: 2, 59: None, 322: None},
    "aarch64": {56: 2, 265: 2, 221: None, 281: None},
}
_OPENAT2 = 437  # flags are the first eight bytes of what its third argument points to


@dataclass(frozen=True, kw_only=True, slots=True)
class Attempt:
    """Somebody else's hand on a stick."""

    serial: str
    program: str  # name of its executable, no path
    uid: int
    written: bool  # False: it was denied


class MediaGuard:
    """Watches the file systems of `folders()` (serial -> folder); `told` hears of each attempt, in a thread."""

    def __init__(self, folders: Callable[[], Mapping[str, Path]], told: Callable[[Attempt], None]) -> None:
        self._folders, self._told = folders, told
        self._libc = ctypes.CDLL(None, use_errno=True)
        self._group = -1
        self._marked: dict[int, str] = {}  # device number -> serial
        self._changes: Changes | None = None
        self._changed: dict[int, str] = {}  # what changes name a file system by -> serial
        self._heard: queue.SimpleQueue[Attempt | None] = queue.SimpleQueue()
        self._ending = threading.Event()
        self._threads: list[threading.Thread] = []

    async def start(self) -> None:
        """Begin; without the right to (CAP_SYS_ADMIN) or the kernel for it, say so and do without."""
        flags = _CLASS_CONTENT | _CLOEXEC | _UNLIMITED_QUEUE | _REPORT_TID
        self._group = self._libc.fanotify_init(flags, os.O_RDONLY | os.O_CLOEXEC | getattr(os, "O_LARGEFILE", 0))
        if self._group < 0:
            log.warning("sticks are not guarded against other programs", extra={"error": _errno()})
            return
        self._changes = Changes(self._libc)
        if self._changes.group < 0:
            log.warning("names and attributes on sticks are not watched", extra={"error": _errno()})
        self._mark()
        for name, work in (("guard", self._watch), ("guard told", self._tell)):
            thread = threading.Thread(target=work, name=name, daemon=True)
            thread.start()
            self._threads.append(thread)

    async def stop(self) -> None:
        """End; the kernel lets through what waits."""
        self._ending.set()
        self._heard.put(None)
        for thread in self._threads:
            thread.join(2 * _EVERY_SECONDS)
        if self._group >= 0:
            os.close(self._group)
            self._group = -1
        if self._changes is not None:
            self._changes.close()

    def _mark(self) -> None:
        """Guard every stick that is plugged in; only a folder with a file system of its own, never the disk below.

        Each time anew, for a stick that was taken out and put back has lost its mark and may have its old number.
        """
        found: dict[int, str] = {}
        changed: dict[int, str] = {}
        for serial, folder in self._folders().items():
            with suppress(OSError):
                if not os.path.ismount(folder):
                    continue
                watched = self._changes.mark(folder) if self._changes is not None else None
                if watched is not None:
                    changed[watched] = serial
                mask = ctypes.c_uint64(_OPEN_PERM | (MODIFY if watched is None else 0))
                how = _MARK_ADD | _MARK_FILESYSTEM
                if self._libc.fanotify_mark(self._group, how, mask, _AT_FDCWD, os.fsencode(folder)):
                    log.error("a stick is not guarded", extra={"error": _errno()})
                    continue
                found[folder.stat().st_dev] = serial
        self._marked, self._changed = found, changed

    def _watch(self) -> None:
        poll, last = select.poll(), time.monotonic()
        poll.register(self._group, select.POLLIN)
        if self._changes is not None and self._changes.group >= 0:
            poll.register(self._changes.group, select.POLLIN)
        while not self._ending.is_set():
            try:
                for ready, _ in poll.poll(_EVERY_SECONDS * 1000):
                    if ready == self._group:
                        self._read()
                    else:
                        self._read_changes()
                if time.monotonic() - last >= _EVERY_SECONDS:
                    self._mark()
                    last = time.monotonic()
            except Exception as error:  # whoever waits for our word must get one, so we go on
                log.error("guard", extra={"error": type(error).__name__})

    def _read(self) -> None:
        data = os.read(self._group, 65536)
        at = 0
        while at + _EVENT.size <= len(data):
            size, _, _, _, mask, file, thread = _EVENT.unpack_from(data, at)
            at += size
            if mask & OVERFLOW:
                log.error("guard: too much at once")
            if file < 0:
                continue
            try:
                self._event(mask, file, thread)
            finally:
                os.close(file)

    def _event(self, mask: int, file: int, thread: int) -> None:
        serial, word = "", _DENY
        try:
            serial = self._marked.get(os.fstat(file).st_dev, "")
            ours = is_ours(thread)
            if ours or (mask & _OPEN_PERM and only_reads(thread)):
                word = _ALLOW
        finally:
            if mask & _OPEN_PERM:
                os.write(self._group, struct.pack("=iI", file, word))
        if ours or word == _ALLOW:
            return
        program, uid = _who(thread)
        self._heard.put(Attempt(serial=serial, program=program, uid=uid, written=not mask & _OPEN_PERM))

    def _read_changes(self) -> None:
        assert self._changes is not None
        ours: dict[int, bool] = {os.getpid(): True}
        for change in self._changes.read():
            if change.mask & OVERFLOW:
                log.error("guard: too much at once")
                continue
            if change.pid not in ours:
                ours[change.pid] = is_ours(change.pid)
            if not ours[change.pid]:
                self._change(change, self._changes)

    def _change(self, change: Change, changes: Changes) -> None:
        serial = self._changed.get(change.file_system)
        if serial is not None and not changes.says_nothing(change):
            program, uid = _who(change.pid)
            self._heard.put(Attempt(serial=serial, program=program, uid=uid, written=True))

    def _tell(self) -> None:
        while (attempt := self._heard.get()) is not None:
            try:
                self._told(attempt)
            except Exception as error:
                log.error("guard: not told", extra={"error": type(error).__name__})


def is_ours(thread: int) -> bool:
    """Whether a thread belongs to this process or to one it has started."""
    own, seen = os.getpid(), 0
    while thread > 1 and seen < 64:
        status = _status(thread)
        if status.get("Tgid") == str(own):
            return True
        thread, seen = int(status.get("PPid", "0")), seen + 1
    return False


def only_reads(thread: int) -> bool:
    """Whether the system call a thread stands in opens a file for nothing but reading; False where it is unknown."""
    try:
        words = _standing(thread)
        number, arguments = int(words[0]), [int(word, 16) for word in words[1:7]]
    except (OSError, ValueError, IndexError):  # gone, or running on
        return False
    calls = _CALLS.get(platform.machine(), {})
    if number == _OPENAT2 and calls:
        return _harmless(_memory(thread, arguments[2]))
    if number not in calls:
        return False
    place = calls[number]
    return place is None or _harmless(arguments[place])


def _standing(thread: int) -> list[str]:
    """The words of /proc/TID/syscall, once the thread stands still.

    The kernel wakes us first and lays the thread to sleep afterwards; on a busy machine we are here before that.
    """
    until = time.monotonic() + _PATIENCE
    while True:
        words = Path(f"/proc/{thread}/syscall").read_text().split()
        if words[:1] != ["running"] or time.monotonic() > until:
            return words
        time.sleep(0.0005)


def _harmless(flags: int | None) -> bool:
    return flags is not None and not flags & (os.O_ACCMODE | os.O_CREAT | os.O_TRUNC)


def _memory(thread: int, address: int) -> int | None:
    try:
        with Path(f"/proc/{thread}/mem").open("rb", buffering=0) as memory:
            return int.from_bytes(os.pread(memory.fileno(), 8, address), "little")
    except OSError:
        return None


def _status(thread: int) -> dict[str, str]:
    try:
        lines = Path(f"/proc/{thread}/status").read_text().splitlines()
    except OSError:
        return {}
    return {name: value.strip() for name, _, value in (line.partition(":") for line in lines)}


def _who(thread: int) -> tuple[str, int]:
    status = _status(thread)
    return status.get("Name", "?")[:32], int(status.get("Uid", "-1").split()[0])


def _errno() -> str:
    return os.strerror(ctypes.get_errno())
