"""Removing and renaming on a mount. They carry no content, but content under way goes with its name."""

from __future__ import annotations

import errno
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager

from dlp.channels.mount.open import Buffered, fail, held
from dlp.channels.mount.tree import Tree
from dlp.delivery import beneath


class Names(Tree):
    """What is done to names."""

    def unlink(self, path: str, uid: int) -> None:
        """Remove a file."""
        self._require(uid)
        self._settle_names(path)
        with self._lock:
            file = self._files.get(path)
            self._refused.pop(path, None)
        if file is not None:
            with file.lock:
                self._settle_names(path)
                with self._lock:
                    file.gone, file.dirty = True, False
                    if self._files.get(path) is file:
                        del self._files[path]
                    if file.base < 0 and self._on_device(path) is None:
                        return
        with self._at(path) as (at, name):
            os.unlink(name, dir_fd=at)

    def rename(self, old: str, new: str, uid: int) -> None:
        """Move within the device. Content under way moves with its name and is judged at its flush; the name now."""
        self._require_name(new)  # before it is read: what is no text cannot be
        if fault := self._named(uid, old, new):
            raise fail(fault)
        self._settle_names(old, new)
        if self._is_folder(old):
            self._settle_folder(old)
            self._rename_folder(old, new)
            return
        if not self._is_folder(new.rpartition("/")[0]):
            raise fail(errno.ENOENT)
        if self._is_folder(new):
            raise fail(errno.EISDIR)
        with self._both(old, new) as (file, target):
            self._settle_names(old, new)
            there = self._on_device(old)
            self._require_saved(old, new, file, there)
            if there is not None:
                self._move_on_device(old, new)
            elif file is None:
                raise fail(errno.ENOENT)
            with self._lock:
                self._refused.pop(old, None)
                self._refused.pop(new, None)
                if target is not None and target is not file:
                    target.gone, target.dirty = True, False
                    self._files.pop(new, None)
                if file is not None:
                    self._files.pop(old, None)
                    self._files[new], file.path = file, new

    def _require_saved(self, old: str, new: str, file: Buffered | None, there: os.stat_result | None) -> None:
        """Raises the refusal of `old`, where programs that save through a temporary file would not look at close(2).

        They would put an older or empty version of it over the file that was to be saved.
        """
        fault = self._refused.get(old)
        if fault is None or there is None or (file is not None and file.dirty):
            return
        if not there.st_size or (old != new and self._on_device(new) is not None):
            raise fail(fault)

    @contextmanager
    def _both(self, old: str, new: str) -> Iterator[tuple[Buffered | None, Buffered | None]]:
        """What is open at two paths, locked. Waiting for a lock is waiting for a verdict, after which it may be
        closed or refused and something else open there: then it is looked up again."""
        while True:
            with self._lock:
                found = self._files.get(old), self._files.get(new)
            with held(*found):
                with self._lock:
                    same = found == (self._files.get(old), self._files.get(new))
                if same:
                    yield found
                    return

    def _move_on_device(self, old: str, new: str) -> None:
        folder = tuple(new.split("/")[:-1])
        with self._at(old) as (source, name), beneath.folder(self._device, folder, make=True) as target:
            beneath.steps(new)
            os.rename(name, new.rpartition("/")[2], src_dir_fd=source, dst_dir_fd=target)
            os.fsync(target)
            os.fsync(source)
        with self._lock:
            self._now_real("/".join(folder))

    def _rename_folder(self, old: str, new: str) -> None:
        if new == old or new.startswith(f"{old}/"):
            raise fail(errno.EINVAL)
        if not self._is_folder(new.rpartition("/")[0]):
            raise fail(errno.ENOENT)
        if not self._same(old, new):
            if self._is_folder(new) and self.names(new):
                raise fail(errno.ENOTEMPTY)
            if not self._is_folder(new) and self._on_device(new) is not None:
                raise fail(errno.ENOTDIR)
        with self._lock:
            inside = [file for path, file in self._files.items() if path.startswith(f"{old}/")]
        with held(*inside):
            self._settle_folder(old)
            with self._lock:
                if old not in self._folders:
                    self._move_on_device(old, new)
                    self._folders.discard(new)
                self._folders = {_moved(p, old, new) for p in self._folders}
                self._refused = {_moved(p, old, new): fault for p, fault in self._refused.items()}
                for path in [p for p in self._files if p.startswith(f"{old}/")]:
                    file = self._files.pop(path)
                    file.path = _moved(path, old, new)
                    self._files[file.path] = file

    def _same(self, old: str, new: str) -> bool:
        """Whether the device takes both names for one: those of FAT and NTFS may differ in case alone. By what it
        lists, for not every driver gives a file one number under both."""
        if old == new or old.casefold() != new.casefold() or self._on_device(new) is None:
            return False
        folder, _, name = new.rpartition("/")
        return name not in self._listed(folder)

    def mkdir(self, path: str) -> None:
        """A folder of which the device knows nothing until an allowed file is in it."""
        if self._is_folder(path) or path in self._landings or self._on_device(path) is not None or path in self._files:
            raise fail(errno.EEXIST)
        if not self._is_folder(path.rpartition("/")[0]):
            raise fail(errno.ENOENT)
        self._require_name(path)
        with self._lock:
            self._folders.add(path)

    def rmdir(self, path: str, uid: int) -> None:
        """Remove an empty folder."""
        if not self._is_folder(path):
            raise fail(errno.ENOTDIR if self._on_device(path) else errno.ENOENT)
        if self.names(path):
            raise fail(errno.ENOTEMPTY)
        with self._lock:
            if path in self._folders:
                self._folders.discard(path)
                return
        self._require(uid)
        with self._at(path) as (at, name):
            os.rmdir(name, dir_fd=at)

    def set_times(self, path: str, times: tuple[int, int] | None, uid: int) -> None:
        """Access and change time in nanoseconds; None: now."""
        both = times or (time.time_ns(), time.time_ns())
        file = self._files.get(path)
        if file is not None and file.dirty:
            file.times = both
        elif path not in self._folders and path:
            self._require(uid)
            with self._lock:
                landing = self._landings.get(path)
                if landing is not None:
                    landing.times = both
            if landing is None:
                self._set_times(path, both)


def _moved(path: str, old: str, new: str) -> str:
    return new + path[len(old) :] if path == old or path.startswith(f"{old}/") else path
