"""Delivery to media: whole files only, written beside, synced, read back and then put in place."""

from __future__ import annotations

import asyncio
import errno
import hashlib
import os
import secrets
import stat
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path, PurePosixPath
from typing import IO

from dlp.delivery import beneath, mounts, names
from dlp.errors import GatewayFault, SenderFault
from dlp.standing import Device, DeviceStatus
from dlp.transfer import Transfer

#: A plain folder that carries this file counts as a device; a real device is known by being mounted.
MARK = f"{beneath.RESERVED}device"

#: States of the ledger in which a device may be written to.
WRITABLE = frozenset({DeviceStatus.IN_USE, DeviceStatus.LENT})

#: Told of a content's SHA-256 (hex) and size once the device has given it back, and before it gets its name.
type Seal = Callable[[str, int], None]
#: Told how many bytes of how many are on their way, now and then while a large content is written.
type Progress = Callable[[int, int], None]

_CHUNK = 1 << 20
_TOLD_EVERY = 32 * _CHUNK  # bytes between two words of progress: a stick takes some seconds for them
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


async def write(
    folder: Path,
    relative: str,
    content: Path | bytes,
    seal: Seal | None = None,
    told: Progress | None = None,
    digest: str = "",
) -> Path:
    """Put `content` at `folder`/`relative`, whole and on the device when this returns.

    `digest` is the SHA-256 (hex) of what was judged: nothing else is left on the device. Without it, what is read
    of `content` is taken for that. Raises Absent when the device is not there, SenderFault when the path leads out of
    the folder or something that is no file stands there, OSError (ENOSPC, EIO, …) when the device does not take it;
    then nothing of it stays visible, and what was there before is still there. So also when `seal` raises.
    """
    return await asyncio.to_thread(write_now, folder, relative, content, seal, told, digest)


def write_now(
    folder: Path,
    relative: str,
    content: Path | bytes,
    seal: Seal | None = None,
    told: Progress | None = None,
    digest: str = "",
) -> Path:
    """`write`, blocking."""
    *above, name = beneath.steps(relative)
    if not present(folder):
        raise Absent("the device is not present")
    made: list[Path] = []
    try:
        with _source(content) as (stream, size):
            names.require(names.kind(folder), (*above, name), size)
            _check_space(folder, size)
            with beneath.folder(folder, tuple(above), make=True, made=made) as at:
                _require_same(folder, at)
                _sweep(at)
                _put(at, name, _telling(stream, size, told), seal, digest)
    except Absent:
        _remove(made)
        raise
    except OSError as error:
        _remove(made)
        if beneath.in_the_way(error):
            raise SenderFault("a link or a file stands in the way") from None
        raise
    return folder.joinpath(*above, name)


def _require_same(folder: Path, at: int) -> None:
    """A stick pulled between the look and the opening leaves us in an empty folder of our own disk."""
    if not present(folder) or folder.stat().st_dev != os.fstat(at).st_dev:
        raise Absent("the device is not present")


@contextmanager
def _source(content: Path | bytes) -> Iterator[tuple[Callable[[], Iterator[bytes]], int]]:
    """A way to read the content piece by piece, and its size."""
    if isinstance(content, bytes):
        yield lambda: iter([content]), len(content)
        return
    with content.open("rb") as file:
        yield lambda: _pieces(file), os.fstat(file.fileno()).st_size


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    file.seek(0)
    while piece := file.read(_CHUNK):
        yield piece


def _telling(pieces: Callable[[], Iterator[bytes]], size: int, told: Progress | None) -> Callable[[], Iterator[bytes]]:
    """The same pieces; `told` hears of them, unless they are few."""
    if told is None or size < 2 * _TOLD_EVERY:
        return pieces

    def going() -> Iterator[bytes]:
        done = said = 0
        for piece in pieces():
            yield piece
            done += len(piece)
            if done - said >= _TOLD_EVERY:
                said = done
                told(done, size)

    return going


def _check_space(folder: Path, size: int) -> None:
    free = os.statvfs(folder)
    if size > free.f_bavail * free.f_frsize:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _put(at: int, name: str, pieces: Callable[[], Iterator[bytes]], seal: Seal | None, digest: str) -> None:
    """Write beside, sync, read back, seal, rename over `name`, sync the folder."""
    beside = f"{beneath.RESERVED}{secrets.token_hex(8)}.part"
    flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    fd = os.open(beside, flags, 0o666, dir_fd=at)
    try:
        try:
            digest = _written(fd, pieces(), digest)
            os.fsync(fd)
            size = _read_back(fd, digest)
            if seal is not None:
                seal(digest, size)
        finally:
            os.close(fd)
        os.rename(beside, name, src_dir_fd=at, dst_dir_fd=at)
    except IsADirectoryError:
        os.unlink(beside, dir_fd=at)
        raise SenderFault("a folder of that name stands there") from None
    except BaseException:
        with suppress(OSError):
            os.unlink(beside, dir_fd=at)
        raise
    os.fsync(at)


def _written(fd: int, pieces: Iterator[bytes], digest: str) -> str:
    """Write them all; the SHA-256 that the device has to give back: the one told, else that of what was written."""
    told = None if digest else hashlib.sha256()
    for piece in pieces:
        if told is not None:
            told.update(piece)
        rest = memoryview(piece)
        while rest:
            rest = rest[os.write(fd, rest) :]
    return digest if told is None else told.hexdigest()


def _read_back(fd: int, expected: str) -> int:
    """Compare with what the device gives back, not with what the page cache remembers; how many bytes that are."""
    os.posix_fadvise(fd, 0, 0, os.POSIX_FADV_DONTNEED)
    found, size = hashlib.sha256(), 0
    while piece := os.pread(fd, _CHUNK, size):
        found.update(piece)
        size += len(piece)
    if found.hexdigest() != expected:
        raise OSError(errno.EIO, "the device gives back something else")
    return size


def _sweep(at: int) -> None:
    """Remove, once a folder and process, what an earlier process left half-written there."""
    here = os.fstat(at)
    with _swept_lock:
        if (here.st_dev, here.st_ino) in _swept:
            return
        _swept.add((here.st_dev, here.st_ino))
        for name in os.listdir(at):
            if name.startswith(beneath.RESERVED) and name.endswith(".part"):
                os.unlink(name, dir_fd=at)


def _remove(made: list[Path]) -> None:
    for path in reversed(made):
        with suppress(OSError):
            path.rmdir()


async def deliver(transfer: Transfer, device: Device, seal: Seal | None = None) -> str:
    """Write a released transfer to its device; what was done, in words without names.

    Never overwrites: a newer file of that name stays, the released one stands beside it as "name (2)".
    The same content already there counts as delivered, so repeating after a crash is harmless.
    Raises GatewayFault while the device is absent or full, SenderFault when it must not be written to.
    """
    if device.state not in WRITABLE:
        raise SenderFault(f"the device is {device.state.value}")
    if not device.folder or not await asyncio.to_thread(present, Path(device.folder)):
        raise Absent("the device is not present")
    try:
        return await asyncio.to_thread(_deliver, transfer, Path(device.folder), seal)
    except OSError as error:
        raise GatewayFault(f"device: {errno.errorcode.get(error.errno or 0, 'error')}") from None


def _deliver(transfer: Transfer, folder: Path, seal: Seal | None) -> str:
    asked = str(transfer.envelope["path"])
    content: Path | bytes = transfer.spool if transfer.spool is not None else transfer.read()
    for number in range(1, 1000):
        relative = asked if number == 1 else _numbered(asked, number)
        there = _digest_at(folder, relative)
        if there is None:
            write_now(folder, relative, content, seal, digest=transfer.digest)
        elif there != transfer.digest:
            continue
        beside = "" if number == 1 else ", beside another file of that name"
        return f"written to {transfer.destination[0]}: {transfer.size} bytes, read back{beside}"
    raise SenderFault("too many files of that name stand on the device")


def _numbered(relative: str, number: int) -> str:
    path = PurePosixPath(relative)
    return str(path.with_name(f"{path.stem} ({number}){path.suffix}"))


def _digest_at(folder: Path, relative: str) -> str | None:
    """The SHA-256 of what stands at `relative`; None where nothing stands, "" where it is no file."""
    try:
        with beneath.parent(folder, relative) as (at, name):
            fd = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=at)
        with os.fdopen(fd, "rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError:
        return None
    except OSError as error:
        if error.errno in (errno.ELOOP, errno.EISDIR, errno.ENXIO):
            return ""
        if error.errno == errno.ENOTDIR:
            raise SenderFault("a link or a file stands in the way") from None
        raise
