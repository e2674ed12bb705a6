"""What a content is known by, and whether a device gives the same back."""

from __future__ import annotations

import errno
import fcntl
import hashlib
import os
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from dlp.delivery import media
from dlp.delivery.prints import PIECE, Print, Printing

SIZES = [
    0,
    1,
    4096,
    PIECE - 1,
    PIECE,
    PIECE + 1,
    3 * PIECE,
    3 * PIECE + 12345,
    16 * PIECE,
    17 * PIECE + 77,
]  # by two from 16


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "device").mkdir()
    (tmp_path / "device" / media.MARK).touch()
    return tmp_path / "device"


def spool(tmp_path: Path, content: bytes) -> Path:
    (tmp_path / "spool").write_bytes(content)
    return tmp_path / "spool"


def is_of(known: Print, path: Path) -> bool:
    fd = os.open(path, os.O_RDONLY)
    try:
        return known.is_of(fd)
    finally:
        os.close(fd)


@pytest.mark.parametrize("size", SIZES)
def test_the_print_of_what_was_read_while_it_was_written_is_that_of_the_whole(tmp_path: Path, size: int) -> None:
    content = os.urandom(size)
    growing, path = Printing(tmp_path / "spool"), spool(tmp_path, b"")
    with path.open("ab", buffering=0) as file:
        for begin in range(0, size, 1_000_000):
            file.write(content[begin : begin + 1_000_000])
            growing.go_on(file.tell())
    known = growing.end()
    assert (known.digest, known.size) == (hashlib.sha256(content).hexdigest(), size)
    assert is_of(known, path)


@pytest.mark.parametrize("size", SIZES[1:])
def test_no_other_content_has_it(tmp_path: Path, size: int) -> None:
    content = bytearray(os.urandom(size))
    path = spool(tmp_path, content)
    known = Printing(path).end()
    for place in {0, size // 2, size - PIECE, size - 1} - set(range(-PIECE, 0)):
        content[place] ^= 1
        assert not is_of(known, spool(tmp_path, content))
        content[place] ^= 1
    for other in (content[:-1], content + b"\0", content + content, b""):
        assert not is_of(known, spool(tmp_path, other))
    assert is_of(known, spool(tmp_path, content))


@pytest.mark.parametrize("size", SIZES)
async def test_a_content_arrives_by_its_print(folder: Path, tmp_path: Path, size: int) -> None:
    content = os.urandom(size)
    path, sealed = spool(tmp_path, content), list[tuple[str, int]]()
    known = Printing(path).end()
    await media.write(folder, "a", path, lambda *seal: sealed.append(seal), digest=known)
    assert (folder / "a").read_bytes() == content
    assert sealed == [(hashlib.sha256(content).hexdigest(), size)]


@pytest.mark.parametrize("size", SIZES[1:])
async def test_what_is_not_what_was_judged_does_not_arrive(folder: Path, tmp_path: Path, size: int) -> None:
    content = bytearray(os.urandom(size))
    known = Printing(spool(tmp_path, content)).end()
    content[-1] ^= 1
    for digest in (known, known.digest):
        with pytest.raises(OSError, match="something else"):
            await media.write(folder, "a", spool(tmp_path, content), digest=digest)
    assert [path.name for path in folder.iterdir()] == [media.MARK]


@pytest.mark.parametrize("size", [4097, PIECE + 1, 3 * PIECE, 17 * PIECE])
async def test_what_the_device_gives_back_otherwise_does_not_arrive(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    path = spool(tmp_path, os.urandom(size))
    known, real = Printing(path).end(), os.preadv

    def rotten(fd: int, rooms: list[memoryview], offset: int) -> int:
        found = real(fd, rooms, offset)
        if Path(f"/proc/self/fd/{fd}").readlink().suffix == ".part":
            rooms[0][found - 1] ^= 1
        return found

    monkeypatch.setattr(os, "preadv", rotten)
    with pytest.raises(OSError, match="something else"):
        await media.write(folder, "a", path, digest=known)
    assert [path.name for path in folder.iterdir()] == [media.MARK]


@pytest.mark.parametrize("where", ["asked", "written", "read"])
async def test_where_a_file_system_has_but_its_cache_all_goes_through_that(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    content = os.urandom(2 * PIECE + 5)
    path = spool(tmp_path, content)
    known = Printing(path).end()
    refused = 0

    def is_past(fd: int) -> bool:
        return bool(fcntl.fcntl(fd, fcntl.F_GETFL) & os.O_DIRECT)

    def refusing(real, asks):  # type: ignore[no-untyped-def]
        def call(fd: int, *rest):  # type: ignore[no-untyped-def]
            nonlocal refused
            if asks(fd, *rest):
                refused += 1
                raise OSError(22, "Invalid argument")
            return real(fd, *rest)

        return call

    if where == "asked":
        of = refusing(fcntl.fcntl, lambda fd, what, flags=0: what == fcntl.F_SETFL and flags & os.O_DIRECT)
        monkeypatch.setattr(fcntl, "fcntl", of)
    elif where == "written":
        monkeypatch.setattr(os, "write", refusing(os.write, lambda fd, *_: is_past(fd)))
    else:
        monkeypatch.setattr(os, "preadv", refusing(os.preadv, lambda fd, *_: is_past(fd)))
    await media.write(folder, "a", path, digest=known)
    assert refused
    assert (folder / "a").read_bytes() == content


def reading(monkeypatch: pytest.MonkeyPatch, told: Callable[[int], None]) -> None:
    """Tell of each piece that is about to be read, by its number."""
    real = os.preadv

    def preadv(fd: int, rooms: list[memoryview], offset: int) -> int:
        told(offset // PIECE)
        return real(fd, rooms, offset)

    monkeypatch.setattr(os, "preadv", preadv)


@pytest.mark.parametrize("fails", [False, True])
def test_where_one_reader_ends_the_other_does_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, fails: bool
) -> None:
    content = bytearray(os.urandom(20 * PIECE))
    known = Printing(spool(tmp_path, content)).end()
    content[0] ^= not fails
    path, others = spool(tmp_path, content), list[int]()

    def told(number: int) -> None:
        if number % 2:
            others.append(number)
            threading.Event().wait(0.05)
        elif fails:
            raise OSError(errno.EIO, "Input/output error")

    reading(monkeypatch, told)
    if fails:
        with pytest.raises(OSError, match="Input/output"):
            is_of(known, path)
    else:
        assert not is_of(known, path)
    assert len(others) < 10


@pytest.mark.parametrize("late", [0, 1])
def test_what_is_wrong_is_not_asked_again_where_another_piece_cannot_be_read_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, late: int
) -> None:
    content = bytearray(os.urandom(20 * PIECE))
    known = Printing(spool(tmp_path, content)).end()
    refused, wrong = threading.Event(), bytearray(content)
    for piece in range(late * 9, 10):
        wrong[2 * piece * PIECE] ^= 1
    answers = {True: errno.EINVAL, False: 0}

    def told(number: int) -> None:
        if answers[bool(number % 2)]:
            refused.set()
            raise OSError(answers[bool(number % 2)], "refused")
        refused.wait(10)

    reading(monkeypatch, told)
    assert not is_of(known, spool(tmp_path, wrong))
    with pytest.raises(OSError, match="refused") as caught:
        is_of(known, spool(tmp_path, content))
    assert caught.value.errno == errno.EINVAL
    answers = {True: errno.EIO, False: errno.EINVAL}
    with pytest.raises(OSError, match="refused") as caught:
        is_of(known, spool(tmp_path, content))
    assert caught.value.errno == errno.EIO


async def test_a_spool_is_closed_when_nobody_reads_it_any_more(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = spool(tmp_path, os.urandom(17 * PIECE))
    known = Printing(path).end()
    reads, failed, closed = threading.Event(), threading.Event(), threading.Event()
    early, close, write = list[bool](), os.close, os.write

    def told(number: int) -> None:
        if number == 1:  # read while the first is being written
            reads.set()
            failed.wait(10)
            early.append(closed.wait(0.2))

    def closing(fd: int) -> None:
        ours = Path(f"/proc/self/fd/{fd}").readlink() == path
        close(fd)
        if ours:
            closed.set()

    def full(fd: int, data: bytes) -> int:
        if Path(f"/proc/self/fd/{fd}").readlink().suffix != ".part":
            return write(fd, data)
        reads.wait(10)
        failed.set()
        raise OSError(errno.ENOSPC, "No space left on device")

    reading(monkeypatch, told)
    monkeypatch.setattr(os, "close", closing)
    monkeypatch.setattr(os, "write", full)
    with pytest.raises(OSError, match="No space"):
        await media.write(folder, "a", path, digest=known)
    assert closed.is_set()
    assert early == [False]
