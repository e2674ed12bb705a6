"""7z, by py7zr: members as children, with a password only if the transfer itself gives it."""

from __future__ import annotations

import lzma
import zlib
from collections.abc import Iterator
from io import BytesIO

import py7zr
import py7zr.exceptions
import py7zr.io

from dlp.errors import Incomplete
from dlp.extract.blocks import Extracted, Lost, Why
from dlp.extract.budget import Budget
from dlp.extract.containers.members import Sink, beside
from dlp.transfer import Part

KIND = "application/x-7z-compressed"
_HEADER = 32


class _Member(py7zr.io.Py7zIO):
    """One member while py7zr writes it."""

    def __init__(self, name: str, budget: Budget, packed: int) -> None:
        self.name, self.sink = name, Sink(budget, packed)

    def write(self, s: bytes | bytearray) -> int:
        self.sink.add(bytes(s))
        return len(s)

    def read(self, size: int | None = None) -> bytes:
        return b""

    def seek(self, offset: int, whence: int = 0) -> int:
        return 0

    def flush(self) -> None:
        return None

    def size(self) -> int:
        return len(self.sink)


class _Members(py7zr.io.WriterFactory):
    """All members of an archive; py7zr gives no way to take them one by one from a solid one."""

    def __init__(self, budget: Budget, packed: int) -> None:
        self._budget, self._packed = budget, packed
        self.made: list[_Member] = []

    def create(self, filename: str) -> _Member:
        self._budget.check_time()
        self.made.append(_Member(filename, self._budget, self._packed))
        return self.made[-1]


def extract(part: Part, budget: Budget) -> Extracted:
    """Every member as a child. Raises Incomplete."""
    for password in (None, *budget.passwords):
        try:
            members = _members(part.data, budget, password)
        except Incomplete as fault:
            if fault.why != Why.ENCRYPTED:
                raise
            continue
        notes = ("password_in_mail",) if password else ()
        return Extracted(KIND, children=_children(members, part), notes=notes)
    return Extracted(KIND, unread=(Why.ENCRYPTED,))


def _members(data: bytes, budget: Budget, password: str | None) -> list[_Member]:
    try:
        with py7zr.SevenZipFile(BytesIO(data), "r", password=password) as archive:
            if archive.needs_password() and password is None:
                raise Incomplete(Why.ENCRYPTED)
            sizes = [info.uncompressed for info in archive.list() if not info.is_directory]
            budget.check_ratio(sum(sizes), len(data))
            if len(sizes) > budget.parts_left:
                raise Incomplete(Why.TOO_MANY)
            members = _Members(budget, len(data))
            archive.extractall(factory=members)
    except Incomplete:
        raise
    except py7zr.exceptions.PasswordRequired:
        raise Incomplete(Why.ENCRYPTED) from None
    except py7zr.exceptions.UnsupportedCompressionMethodError:
        raise Incomplete(Why.UNKNOWN) from None
    except (MemoryError, RecursionError):
        raise Incomplete(Why.TOO_LARGE) from None
    except (py7zr.exceptions.ArchiveError, lzma.LZMAError, zlib.error, Exception):  # it passes on anything
        # With a password, what comes out wrong is a wrong password as likely as a torn file.
        raise Incomplete(Why.CORRUPT if password is None else Why.ENCRYPTED) from None
    return members.made


def _children(members: list[_Member], part: Part) -> Iterator[Part | Lost]:
    while members:
        member = members.pop(0)
        yield Part(path=(*part.path, member.name), data=member.sink.value())
    yield from beside(part, part.data[_end(part.data) :], "after the archive")


def _end(data: bytes) -> int:
    """Where the archive ends, by its first header."""
    return _HEADER + int.from_bytes(data[12:20], "little") + int.from_bytes(data[20:28], "little")
