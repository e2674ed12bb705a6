"""What a mount shows: the device's files and folders as they are, and over them what is open or not yet there."""

from __future__ import annotations

import errno
import os
import stat
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from dlp.channels.mount.open import Buffered, Grown, Handle, Hasten, Judge, Landing, May, Named, fail
from dlp.delivery import beneath, media, names
from dlp.errors import SenderFault

_LONGEST = 90.0  # seconds that anybody waits for what is landing; it lands all the same
_LOOK = 0.5  # seconds after which who waits looks whether the device is still there


class Tree:
    """One mounted device and the tables over it. Paths are relative, "" is the root. Thread-safe; raises OSError."""

    def __init__(
        self,
        device: Path,
        spools: tuple[Path, Path],
        judge: Judge,
        may: May,
        *,
        max_size: int,
        hasten: Hasten = lambda: None,
        grown: Grown = lambda spool, path, uid, size: None,
        named: Named | None = None,
        sync: bool = False,
    ) -> None:
        """`spools`: the one in memory, for small contents, and the one on disk. `sync`: nothing is landing after a
        flush."""
        self._device, (self._quick, self._spool) = device, spools
        self._judge, self._may, self._max_size = judge, may, max_size
        self._hasten, self._grown, self._sync = hasten, grown, sync
        self._named = named or (lambda uid, before, path: 0 if may(uid) else errno.EACCES)
        self._lock = threading.RLock()  # over the tables below; never held while judging
        self._files: dict[str, Buffered] = {}
        self._folders: set[str] = set()  # made, but not yet on the device: that waits for the first allowed file
        self._refused: dict[str, int] = {}  # errno of the last content written there, where it was not accepted
        self._landings: dict[str, Landing] = {}  # allowed, and on their way to the device
        self._handles: dict[int, Handle] = {}
        self._listings: dict[int, str] = {}  # open folders
        self._next = 1
        self._born = time.time_ns()
        self._looked, self._free = float("-inf"), 0  # when the device's room was seen, and what it was

    @contextmanager
    def _at(self, path: str) -> Iterator[tuple[int, str]]:
        """The device's folder that holds `path`, and its last name."""
        if not media.present(self._device):
            raise fail(errno.ENODEV)
        try:
            with beneath.parent(self._device, path) as (at, name):
                yield at, name
        except SenderFault:
            raise fail(errno.EINVAL) from None
        except OSError as error:
            raise fail(errno.ENOENT) if beneath.in_the_way(error) else error from None

    def _on_device(self, path: str) -> os.stat_result | None:
        """What the device has there: a file or a folder. Links and special files are not shown."""
        try:
            with self._at(path) as (at, name):
                found = os.stat(name, dir_fd=at, follow_symlinks=False)
        except FileNotFoundError:
            return None
        return found if stat.S_ISREG(found.st_mode) or stat.S_ISDIR(found.st_mode) else None

    def _is_folder(self, path: str) -> bool:
        if path == "" or path in self._folders:
            return True
        found = self._on_device(path)
        return found is not None and stat.S_ISDIR(found.st_mode)

    # looking

    def attributes(self, path: str, handle: int | None = None) -> dict[str, Any]:
        """stat(2) of a path or an open file, times in nanoseconds. Modes are those of a FAT stick."""
        with self._lock:
            file = self._handles[handle].file if handle in self._handles else self._files.get(path)
            if file is not None and file.source >= 0:
                return self._stat(os.fstat(file.source), file.times)
            if file is None and (landing := self._landings.get(path)) is not None:
                return self._stat(os.fstat(landing.source), landing.times)
        if path == "" or path in self._folders:
            return self._folder_stat(self._born)
        found = self._on_device(path)
        if found is None:
            raise fail(errno.ENOENT)
        return self._folder_stat(found.st_mtime_ns) if stat.S_ISDIR(found.st_mode) else self._stat(found, None)

    @staticmethod
    def _stat(found: os.stat_result, times: tuple[int, int] | None) -> dict[str, Any]:
        accessed, changed = times or (found.st_atime_ns, found.st_mtime_ns)
        return {
            "st_mode": stat.S_IFREG | 0o666,
            "st_nlink": 1,
            "st_size": found.st_size,
            "st_blocks": found.st_blocks,
            "st_atime": accessed,
            "st_mtime": changed,
            "st_ctime": found.st_ctime_ns,
        }

    @staticmethod
    def _folder_stat(changed: int) -> dict[str, Any]:
        return {
            "st_mode": stat.S_IFDIR | 0o777,
            "st_nlink": 2,
            "st_atime": changed,
            "st_mtime": changed,
            "st_ctime": changed,
        }

    def names(self, path: str) -> list[str]:
        """What is in a folder."""
        if not self._is_folder(path):
            raise fail(errno.ENOENT)
        inside = f"{path}/" if path else ""
        with self._lock:
            new = self._folders | self._landings.keys() | {p for p, f in self._files.items() if f.source >= 0}
        found = {p.removeprefix(inside) for p in new if p.startswith(inside)}
        if path not in self._folders:
            found |= self._listed(path)
        return sorted(name for name in found if "/" not in name)

    def open_folder(self, path: str) -> int:
        """A handle for listing."""
        if not self._is_folder(path):
            raise fail(errno.ENOENT)
        with self._lock:
            number, self._next = self._next, self._next + 1
            self._listings[number] = path
        return number

    def folder_of(self, number: int) -> str:
        """The path behind a folder's handle."""
        return self._listings[number]

    def close_folder(self, number: int) -> None:
        """Forget a folder's handle."""
        self._listings.pop(number, None)

    def _listed(self, path: str) -> set[str]:
        with self._at(f"{path}/x" if path else "x") as (at, _), os.scandir(at) as entries:
            return {
                e.name
                for e in entries
                if not e.name.startswith(beneath.RESERVED) and (e.is_dir(follow_symlinks=False) or _is_file(e))
            }

    # for who changes something

    def _wait_for(self, landing: Landing) -> None:
        """Until its end. Raises ENODEV while the device is away, EIO when it takes too long."""
        self._hasten()
        end = time.monotonic() + _LONGEST
        while not landing.over.wait(_LOOK):
            if not media.present(self._device):
                raise fail(errno.ENODEV)
            if time.monotonic() > end:
                raise fail(errno.EIO)

    def _settle_names(self, *paths: str) -> None:
        """Wait for what is landing there: something about the name is going to change."""
        for path in paths:
            while (landing := self._landings.get(path)) is not None:
                self._wait_for(landing)

    def _arrived(self, landing: Landing | None) -> None:
        """Wait until it is on the device. Raises its end where it never was."""
        if landing is not None:
            self._wait_for(landing)
            if landing.code:
                raise fail(landing.code)

    def _settle_folder(self, folder: str) -> None:
        """`_settle_names`, of everything below a folder."""
        inside = f"{folder}/" if folder else ""
        with self._lock:
            below = [path for path in self._landings if path.startswith(inside)]
        self._settle_names(*below)

    def _now_real(self, folder: str) -> None:
        while folder:
            self._folders.discard(folder)
            folder = folder.rpartition("/")[0]

    def _require_name(self, path: str) -> None:
        """Raises EINVAL, as a FAT stick does, for a name that the device cannot keep as it is."""
        try:
            names.require(names.kind(self._device), beneath.steps(path)[-1:])
        except SenderFault:
            raise fail(errno.EINVAL) from None

    def _set_times(self, path: str, times: tuple[int, int]) -> None:
        with suppress(OSError), self._at(path) as (at, name):
            os.utime(name, ns=times, dir_fd=at, follow_symlinks=False)

    def space(self) -> dict[str, int]:
        """statvfs(3) of the device."""
        if not media.present(self._device):
            raise fail(errno.ENODEV)
        found = os.statvfs(self._device)
        return {name: getattr(found, name) for name in dir(found) if name.startswith("f_")}

    def _require(self, uid: int) -> None:
        if not self._may(uid):
            raise fail(errno.EACCES)


def _is_file(entry: os.DirEntry[str]) -> bool:
    return entry.is_file(follow_symlinks=False)
