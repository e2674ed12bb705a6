"""Blobs as files in 256 folders, named at random.

A file in flight is locked (flock) by its writer from its making to the end of `put`; the lock goes with the
inode through the rename and dies with the process. So a sweep can tell a crash from work in hand without clocks.
"""

from __future__ import annotations

import fcntl
import os
import re
import secrets
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from quarantine.blobs.base import NoSuchBlob
from quarantine.case import RoomUnavailable
from quarantine.disk import sync_folder

_NAME = re.compile(r"[0-9a-f]{32}")
_UNFINISHED = ".part"


class FileBlobs:
    """Implements :class:`quarantine.blobs.base.Blobs` on a local file system."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            for number in range(256):  # all at once, so that no `put` depends on a folder not yet on disk
                (folder / f"{number:02x}").mkdir(mode=0o700, exist_ok=True)
            sync_folder(folder)
            sync_folder(folder.parent)
        except OSError as error:
            raise _unavailable("making the folders", error) from error

    def _path(self, name: str) -> Path:
        if not _NAME.fullmatch(name):
            raise NoSuchBlob("not the name of a blob")
        return self._folder / name[:2] / name

    @contextmanager
    def put(self, pieces: Iterable[bytes]) -> Iterator[str]:
        """See :meth:`quarantine.blobs.base.Blobs.put`."""
        try:
            name, file = self._claim()
        except OSError as error:
            raise _unavailable("making a file", error) from error
        try:
            self._fill(name, file, pieces)
            yield name
        finally:
            os.close(file)

    def _claim(self) -> tuple[str, int]:
        """A new, locked, unfinished file."""
        while True:
            name = secrets.token_hex(16)
            path = self._path(name).with_suffix(_UNFINISHED)
            file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
            fcntl.flock(file, fcntl.LOCK_EX)
            if os.fstat(file).st_nlink:
                return name, file
            os.close(file)  # a sweep took it between its making and its lock

    def _fill(self, name: str, file: int, pieces: Iterable[bytes]) -> None:
        path = self._path(name)
        unfinished = path.with_suffix(_UNFINISHED)
        try:
            for piece in pieces:
                _write_all(file, piece)
            os.fsync(file)
            unfinished.rename(path)
            sync_folder(path.parent)
        except BaseException as error:
            unfinished.unlink(missing_ok=True)
            path.unlink(missing_ok=True)
            if isinstance(error, OSError):
                raise _unavailable("writing a file", error) from error
            raise

    def open(self, name: str) -> BinaryIO:
        """See :meth:`quarantine.blobs.base.Blobs.open`."""
        try:
            return self._path(name).open("rb")
        except FileNotFoundError:
            raise NoSuchBlob("the blob is missing") from None
        except OSError as error:
            raise _unavailable("opening a file", error) from error

    def remove(self, name: str) -> None:
        """See :meth:`quarantine.blobs.base.Blobs.remove`."""
        path = self._path(name)
        try:
            path.unlink(missing_ok=True)
            sync_folder(path.parent)
        except OSError as error:
            raise _unavailable("removing a file", error) from error

    def sweep(self, wanted: Callable[[str], bool]) -> int:
        """See :meth:`quarantine.blobs.base.Blobs.sweep`."""
        swept = 0
        for path in self._folder.glob("[0-9a-f][0-9a-f]/*"):
            name = path.name.removesuffix(_UNFINISHED)
            if _NAME.fullmatch(name) and not wanted(name):
                swept += self._sweep_one(path, name, wanted)
        return swept

    def _sweep_one(self, path: Path, name: str, wanted: Callable[[str], bool]) -> bool:
        try:
            file = os.open(path, os.O_RDWR | os.O_CLOEXEC)
        except FileNotFoundError:
            return False  # finished or removed meanwhile
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if wanted(name):  # asked again under the lock: its writer may have committed since
                return False
            path.unlink(missing_ok=True)
            return True
        except BlockingIOError:
            return False  # in flight
        finally:
            os.close(file)


def _write_all(file: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(file, view) :]


def _unavailable(doing: str, error: OSError) -> RoomUnavailable:
    return RoomUnavailable(f"{doing} of the evidence room failed: {error.strerror or type(error).__name__}")
