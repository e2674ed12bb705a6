"""What a content in a spool is known by, read once, while it is written: its SHA-256, and a tag of each piece.

A digest names a content on record and in manifests. To see whether a device gives the same bytes back, the tags do:
each is Poly1305's under a key that is drawn for one content and never leaves this process, so two contents have the
same tags by no more than chance, and to make them costs an eighth of a digest.
"""

from __future__ import annotations

import errno
import hashlib
import mmap
import os
import threading
from collections.abc import Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives.poly1305 import Poly1305

PIECE = 1 << 20  # bytes of a piece, but for the last
PAGE = 4096  # bytes, of which a device takes and gives none but wholes, where nothing is kept in memory
_KEY = 32  # bytes
_READERS = 2  # who read a large content back: while one's piece is compared the device has another's to fetch
_FEW = 16  # pieces that one reads alone


def pieces(fd: int, begin: int = 0, *, each: int = 1) -> Iterator[memoryview]:
    """The bytes of an open file from `begin`, all pieces whole but for the last, each good until the next is asked for;
    of so many pieces (`each`) one.

    They come in one place in memory, at the start of a page: to make a new one for each costs more than to read it.
    Raises OSError.
    """
    size = os.fstat(fd).st_size
    if begin >= size:
        return
    room = memoryview(mmap.mmap(-1, -(-min(PIECE, size - begin) // PAGE) * PAGE))
    while begin < size and (there := _filled(fd, room, begin, size)):
        yield room[:there]
        begin += there + (each - 1) * PIECE


def ahead(fd: int) -> Generator[memoryview]:
    """`pieces` of a whole file; of a large one the next is read while the last is being used. Raises OSError.

    To be closed before the file is: where its user stops, a piece may still be being read.
    """
    size = os.fstat(fd).st_size
    if size < _FEW * PIECE:
        yield from pieces(fd)
        return
    rooms = [memoryview(mmap.mmap(-1, PIECE)) for _ in range(2)]
    with ThreadPoolExecutor(1, thread_name_prefix="read-ahead") as reader:
        coming, begin = reader.submit(_filled, fd, rooms[0], 0, size), 0
        while there := coming.result():
            room, begin = rooms[0][:there], begin + there
            rooms.reverse()
            coming = reader.submit(_filled, fd, rooms[0], begin, size)
            yield room


def _filled(fd: int, room: memoryview, begin: int, size: int) -> int:
    wanted, done = min(len(room), size - begin), 0
    while done < wanted and (more := os.preadv(fd, [room[done:]], begin + done)):
        done += more
    return min(done, wanted)


@dataclass(frozen=True, kw_only=True, slots=True)
class Print:
    """What one content is known by."""

    digest: str  # SHA-256, hex
    size: int  # bytes
    key: bytes = field(repr=False)
    tags: tuple[bytes, ...] = field(repr=False)

    def is_of(self, fd: int) -> bool:
        """Whether an open file has these very bytes. Raises OSError."""
        if os.fstat(fd).st_size != self.size:
            return False
        if len(self.tags) < _FEW:
            return bool(self._agrees(fd, 0, 1))
        over = threading.Event()
        with ThreadPoolExecutor(_READERS, thread_name_prefix="read-back") as readers:
            asked = [readers.submit(self._agrees, fd, first, _READERS, over) for first in range(_READERS)]
        errors = [error for reader in asked if (error := reader.exception())]
        found = [reader.result() for reader in asked if not reader.exception()]
        if errors and False not in found:
            raise min(errors, key=_asks_again)
        return not errors and all(found)

    def _agrees(self, fd: int, first: int, each: int, over: threading.Event | None = None) -> bool | None:
        """Whether every piece of one reader is what it was; None where another's end made it be `over` before.

        Raises OSError. Where the file cannot be read in this way (EINVAL) the others go on: what they find to be wrong
        must not be asked again in another way.
        """
        over = over or threading.Event()
        wanted, read = self.tags[first::each], 0
        try:
            for tag, piece in zip(wanted, pieces(fd, first * PIECE, each=each), strict=False):
                if over.is_set():
                    return None
                if Poly1305.generate_tag(self.key, piece) != tag:
                    break
                read += 1
        except OSError as error:
            if not _asks_again(error):
                over.set()
            raise
        if read < len(wanted):
            over.set()
        return read == len(wanted)


def _asks_again(error: BaseException) -> bool:
    """Whether it says but that a file cannot be read past the page cache."""
    return isinstance(error, OSError) and error.errno == errno.EINVAL


class Printing:
    """The print of a spool that may still be written to: bytes that were read must not change. Thread-safe; blocks."""

    def __init__(self, spool: Path) -> None:
        self._spool = spool
        self._turn = threading.Lock()
        self._digest, self._key, self._tags, self._size = hashlib.sha256(), os.urandom(_KEY), list[bytes](), 0

    def go_on(self, size: int) -> None:
        """Read the whole pieces among so many bytes. Raises OSError."""
        with self._turn:
            self._read(size // PIECE * PIECE)

    def end(self) -> Print:
        """The print of all that is there. Raises OSError. Afterwards this is good for nothing."""
        with self._turn:
            self._read(None)
            return Print(digest=self._digest.hexdigest(), size=self._size, key=self._key, tags=tuple(self._tags))

    def _read(self, end: int | None) -> None:
        if end is not None and self._size >= end:
            return
        fd = os.open(self._spool, os.O_RDONLY | os.O_CLOEXEC)  # not kept: it would keep a removed spool's room
        try:
            for piece in pieces(fd, self._size):
                self._digest.update(piece)
                self._tags.append(Poly1305.generate_tag(self._key, piece))
                self._size += len(piece)
                if end is not None and self._size >= end:
                    return
        finally:
            os.close(fd)
