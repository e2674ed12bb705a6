"""What every way of writing to a device does: is it there, is there room, written, synced, read back, swept.

A content is written beside its place under a name of ours, and gets its own name when the device has given it back.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import os
import secrets
import stat
import threading
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from dlp.delivery import beneath, mounts
from dlp.delivery.prints import PAGE, PIECE, Print, pieces
from dlp.errors import GatewayFault

#: A plain folder that carries this file counts as a device; a real device is known by being mounted.
MARK = f"{beneath.RESERVED}device"

_LARGE = PIECE  # bytes of a piece, or of a file, that goes past the page cache

_FLAGS = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_swept: set[tuple[int, int]] = set()  # folders (device, inode) cleared of what a crash left half-written
_swept_lock = threading.Lock()


class Absent(GatewayFault):
    """The device is not there just now; what is meant for it waits."""


def present(folder: Path) -> bool:
    """Whether the device behind `folder` is there: something is mounted on it, or it carries the MARK.

    An empty folder on which nothing is mounted is an unplugged stick: writing there would fill the
    gateway's own disk and call it delivered.
    """
    root = os.fspath(folder)
    try:
        here, above = os.stat(root), os.stat(f"{root}/..")  # noqa: PTH116  asked of every call on a mount
        if here.st_dev != above.st_dev or here.st_ino == above.st_ino:
            return stat.S_ISDIR(here.st_mode)
        return os.path.isfile(f"{root}/{MARK}") or os.path.realpath(root) in mounts.TABLE.points()  # noqa: PTH113
    except OSError:
        return False


def require_same(folder: Path, at: int) -> None:
    """A stick pulled between the look and the opening leaves us in an empty folder of our own disk."""
    if not present(folder) or folder.stat().st_dev != os.fstat(at).st_dev:
        raise Absent("the device is not present")


def free(folder: Path) -> int:
    """Bytes that the device has room for; to ask costs up to a third of a millisecond."""
    found = os.statvfs(folder)
    return found.f_bavail * found.f_frsize


def check_space(folder: Path, size: int) -> None:
    """Raises ENOSPC where so much does not fit."""
    if size > free(folder):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def made(at: int) -> tuple[int, str]:
    """A new file in the folder `at`, under a name of ours: its descriptor and that name."""
    name = f"{beneath.RESERVED}{secrets.token_hex(8)}.part"
    return os.open(name, _FLAGS, 0o666, dir_fd=at), name


def written(fd: int, content: Iterable[bytes | memoryview], digest: str) -> str:
    """Write it all; the SHA-256 that the device has to give back: the one told, else that of what was written."""
    told = None if digest else hashlib.sha256()
    for piece in content:
        if told is not None:
            told.update(piece)
        _write(fd, memoryview(piece))
    return digest if told is None else told.hexdigest()


def _write(fd: int, rest: memoryview) -> None:
    """A large piece goes past the page cache, where the file system knows how: pages for it cost more than the writing,
    and what is read back is not to come from there anyway."""
    past = len(rest) // PAGE * PAGE if len(rest) >= _LARGE else 0
    if past and _direct(fd, on=True):
        try:
            while past:
                done = os.write(fd, rest[:past])
                rest, past = rest[done:], past - done
        except OSError as error:
            if error.errno != errno.EINVAL:  # not like this, or not from here
                raise
        finally:
            _direct(fd, on=False)
    while rest:
        rest = rest[os.write(fd, rest) :]


def _direct(fd: int, *, on: bool) -> bool:
    """Whether reading and writing goes past the page cache (or, off, through it) from now on."""
    flags = fcntl.fcntl(fd, fcntl.F_GETFL)
    try:
        fcntl.fcntl(fd, fcntl.F_SETFL, flags | os.O_DIRECT if on else flags & ~os.O_DIRECT)
    except OSError:
        return False
    return True


def read_back(fd: int, expected: str | Print) -> int:
    """Compare with what the device gives back, not with what the page cache remembers; how many bytes that are."""
    os.posix_fadvise(fd, 0, 0, os.POSIX_FADV_DONTNEED)
    size = os.fstat(fd).st_size
    if not (_gives_directly(fd, expected) if size >= _LARGE else _gives(fd, expected)):
        raise OSError(errno.EIO, "the device gives back something else")
    return size


def _gives_directly(fd: int, expected: str | Print) -> bool:
    if _direct(fd, on=True):
        try:
            return _gives(fd, expected)
        except OSError as error:
            if error.errno != errno.EINVAL:
                raise
        finally:
            _direct(fd, on=False)
    return _gives(fd, expected)


def _gives(fd: int, expected: str | Print) -> bool:
    if isinstance(expected, Print):
        return expected.is_of(fd)
    found, begin = hashlib.sha256(), 0
    if os.fstat(fd).st_size < _LARGE:  # most are small, and need no place of their own
        while data := os.pread(fd, _LARGE, begin):
            found.update(data)
            begin += len(data)
    else:
        for piece in pieces(fd):
            found.update(piece)
    return found.hexdigest() == expected


def sweep(at: int) -> None:
    """Remove, once a folder and process, what an earlier process left half-written there."""
    here = os.fstat(at)
    with _swept_lock:
        if (here.st_dev, here.st_ino) in _swept:
            return
        _swept.add((here.st_dev, here.st_ino))
        for name in os.listdir(at):
            if name.startswith(beneath.RESERVED) and name.endswith(".part"):
                os.unlink(name, dir_fd=at)


def remove(folders: list[Path]) -> None:
    """Take away folders that were made, where nothing came into them."""
    for path in reversed(folders):
        with suppress(OSError):
            path.rmdir()
