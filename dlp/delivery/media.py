"""Delivery to media: whole files only, written beside, synced, read back and then put in place."""

from __future__ import annotations

import asyncio
import errno
import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path, PurePosixPath

from dlp.delivery import beneath, beside, names, renamed
from dlp.delivery.beside import MARK, Absent, present
from dlp.delivery.prints import Print, ahead
from dlp.errors import GatewayFault, SenderFault
from dlp.standing import Device, DeviceStatus
from dlp.transfer import Transfer

__all__ = ["MARK", "WRITABLE", "Absent", "Progress", "Seal", "deliver", "deliver_now", "present", "write", "write_now"]

#: States of the ledger in which a device may be written to.
WRITABLE = frozenset({DeviceStatus.IN_USE, DeviceStatus.LENT})

type Piece = bytes | memoryview
#: Told of a content's SHA-256 (hex) and size once the device has given it back, and before it gets its name.
type Seal = Callable[[str, int], None]
#: Told how many bytes of how many are on their way, now and then while a large content is written.
type Progress = Callable[[int, int], None]

_TOLD_EVERY = 32 << 20  # bytes between two words of progress: a stick takes some seconds for them


async def write(
    folder: Path,
    relative: str,
    content: Path | bytes,
    seal: Seal | None = None,
    told: Progress | None = None,
    digest: str | Print = "",
) -> Path:
    """Put `content` at `folder`/`relative`, whole and on the device when this returns.

    `digest` is the SHA-256 (hex) of what was judged, or its print: nothing else is left on the device. Without it, what
    is read of `content` is taken for that. Raises Absent when the device is not there, SenderFault when the path leads
    out of the folder or something that is no file stands there, OSError (ENOSPC, EIO, …) when the device does not take
    it; then nothing of it stays visible, and what was there before is still there. So also when `seal` raises.
    """
    return await asyncio.to_thread(write_now, folder, relative, content, seal, told, digest)


def write_now(
    folder: Path,
    relative: str,
    content: Path | bytes,
    seal: Seal | None = None,
    told: Progress | None = None,
    digest: str | Print = "",
) -> Path:
    """`write`, blocking."""
    *above, name = beneath.steps(relative)
    if not present(folder):
        raise Absent("the device is not present")
    made: list[Path] = []
    try:
        with _source(content) as (stream, size):
            names.require(names.kind(folder), (*above, name), size)
            beside.check_space(folder, size)
            with beneath.folder(folder, tuple(above), make=True, made=made) as at:
                beside.require_same(folder, at)
                beside.sweep(at)
                _put(at, name, _telling(stream, size, told), seal, digest)
    except Absent:
        beside.remove(made)
        raise
    except OSError as error:
        beside.remove(made)
        if beneath.in_the_way(error):
            raise SenderFault("a link or a file stands in the way") from None
        raise
    return folder.joinpath(*above, name)


@contextmanager
def _source(content: Path | bytes) -> Iterator[tuple[Callable[[], Iterator[Piece]], int]]:
    """A way to read the content piece by piece, and its size."""
    if isinstance(content, bytes):
        yield lambda: iter([content]), len(content)
        return
    fd = os.open(content, os.O_RDONLY | os.O_CLOEXEC)
    with ExitStack() as opened:
        opened.callback(os.close, fd)  # the last
        yield lambda: opened.enter_context(closing(ahead(fd))), os.fstat(fd).st_size


def _telling(source: Callable[[], Iterator[Piece]], size: int, told: Progress | None) -> Callable[[], Iterator[Piece]]:
    """The same pieces; `told` hears of them, unless they are few."""
    if told is None or size < 2 * _TOLD_EVERY:
        return source

    def going() -> Iterator[Piece]:
        done = said = 0
        for piece in source():
            yield piece
            done += len(piece)
            if done - said >= _TOLD_EVERY:
                said = done
                told(done, size)

    return going


def _put(at: int, name: str, source: Callable[[], Iterator[Piece]], seal: Seal | None, expected: str | Print) -> None:
    """Write beside, sync, read back, seal, rename over `name`, sync the folder."""
    fd, part = beside.made(at)
    try:
        try:
            known = expected.digest if isinstance(expected, Print) else expected
            digest = beside.written(fd, source(), known)
            os.fsync(fd)
            size = beside.read_back(fd, expected or digest)
            if seal is not None:
                seal(digest, size)
        finally:
            os.close(fd)
        os.rename(part, name, src_dir_fd=at, dst_dir_fd=at)
    except IsADirectoryError:
        os.unlink(part, dir_fd=at)
        raise SenderFault("a folder of that name stands there") from None
    except BaseException:
        with suppress(OSError):
            os.unlink(part, dir_fd=at)
        raise
    os.fsync(at)


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
        return await asyncio.to_thread(deliver_now, transfer, Path(device.folder), seal)
    except OSError as error:
        raise GatewayFault(f"device: {errno.errorcode.get(error.errno or 0, 'error')}") from None


def deliver_now(transfer: Transfer, folder: Path, seal: Seal | None) -> str:
    """`deliver` into a device's folder, blocking. Raises OSError and GatewayFault of the device, SenderFault."""
    if "before" in transfer.envelope:
        return renamed.rename_now(transfer, folder, _numbered)
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
