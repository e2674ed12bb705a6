"""zip: members as child parts, within the budget; what lies before, between and after them as well."""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from io import BytesIO
from typing import IO

from dlp.errors import Incomplete
from dlp.extract.blocks import Extracted, Lost, Text, Why
from dlp.extract.budget import Budget
from dlp.extract.containers import winzip_aes
from dlp.extract.containers.members import CHUNK, beside, collect, name_of
from dlp.transfer import Part

KIND = "application/zip"
_END = b"PK\x05\x06"
_ENTRIES = 100_000  # in a directory; the library reads it whole
_TOLD_BEHIND = 8  # flag of a member whose size stands behind it
_DESCRIPTOR = 24  # bytes after a member that are its data descriptor
_READABLE = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA}


def extract_zip(part: Part, budget: Budget) -> Extracted:
    """Every member as a child. Encrypted ones are opened only with a password that the transfer itself gives."""
    end = part.data.rfind(_END)
    if part.data.count(b"PK\x01\x02") > _ENTRIES:
        raise Incomplete(Why.TOO_MANY)
    length = int.from_bytes(part.data[end + 20 : end + 22], "little") if end >= 0 else 0
    stop = min(len(part.data), end + 22 + length) if end >= 0 else len(part.data)
    try:
        archive = zipfile.ZipFile(BytesIO(part.data[:stop] if stop < len(part.data) else part.data))
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError, struct.error):
        return Extracted(KIND, children=_without_directory(part, budget), unread=(Why.CORRUPT,))
    if any(member.header_offset >= archive.start_dir for member in archive.infolist()):  # behind the directory: nowhere
        return Extracted(KIND, children=_without_directory(part, budget), unread=(Why.CORRUPT,))
    if _overlap(archive):
        return Extracted(KIND, unread=(Why.CORRUPT,))
    password = _password(archive, part.data, budget)
    blocks = [Text(name_of(archive.comment) + "\n", "comment")] if archive.comment.strip(b"\0 ") else []
    notes = ("password_in_mail",) if password else ()
    return Extracted(KIND, blocks, _children(archive, part, budget, password, stop), notes=notes)


def _children(
    archive: zipfile.ZipFile, part: Part, budget: Budget, password: bytes, stop: int
) -> Iterator[Part | Lost]:
    with archive:
        for member in archive.infolist():
            path = (*part.path, _name(member))
            if member.is_dir() and not member.file_size:
                continue
            try:
                yield Part(path=path, data=_member(archive, part.data, member, password, budget))
            except Incomplete as fault:
                yield Lost(path, Why(fault.why))
                if budget.spent:
                    return
        yield from _hidden(archive, part)
    yield from beside(part, part.data[stop:], "after the archive")


def _overlap(archive: zipfile.ZipFile) -> bool:
    """Whether members share bytes: no honest writer does that, a bomb does."""
    ends = 0
    for member in sorted(archive.infolist(), key=lambda m: m.header_offset):
        if member.header_offset < ends:
            return True
        ends = member.header_offset + 30 + member.compress_size
    return False


def _hidden(archive: zipfile.ZipFile, part: Part) -> Iterator[Part]:
    """What stands before the first member (an image, a program) and between members."""
    at, between = 0, bytearray()
    for member in sorted(archive.infolist(), key=lambda m: m.header_offset):
        gap = part.data[at : member.header_offset]
        if not at:
            yield from beside(part, gap, "before the archive")
        elif len(gap) > _DESCRIPTOR:
            between += gap
        at = max(_body(part.data, member) + member.compress_size, at)
    gap = part.data[at : archive.start_dir] if at else b""
    if len(gap) > _DESCRIPTOR:
        between += gap
    yield from beside(part, bytes(between), "between the members")


def _body(data: bytes, member: zipfile.ZipInfo) -> int:
    """Where a member's own bytes begin."""
    at = member.header_offset
    name, extra = int.from_bytes(data[at + 26 : at + 28], "little"), int.from_bytes(data[at + 28 : at + 30], "little")
    return at + 30 + name + extra


def _member(archive: zipfile.ZipFile, data: bytes, member: zipfile.ZipInfo, password: bytes, budget: Budget) -> bytes:
    budget.check_ratio(member.file_size, member.compress_size)
    encrypted = member.flag_bits & 1
    if encrypted and not password:
        raise Incomplete(Why.ENCRYPTED)
    method = winzip_aes.method_of(member) if member.compress_type == winzip_aes.METHOD else member.compress_type
    if method not in _READABLE or member.flag_bits & 0x40:
        raise Incomplete(Why.ENCRYPTED if encrypted else Why.UNKNOWN)
    try:
        if member.compress_type == winzip_aes.METHOD:
            body = _body(data, member)
            packed = winzip_aes.decrypt(data[body : body + member.compress_size], member, password)
            return collect(winzip_aes.unpack(packed, method), budget, len(packed))
        with archive.open(member, pwd=password or None) as stream:
            return collect(_read(stream), budget, member.compress_size)
    except Incomplete:
        raise
    except RuntimeError:  # a wrong password: another member may have its own
        raise Incomplete(Why.ENCRYPTED) from None
    except MemoryError:
        raise Incomplete(Why.TOO_LARGE) from None
    except Exception:  # zipfile passes on whatever its decompressors raise
        raise Incomplete(Why.ENCRYPTED if encrypted else Why.CORRUPT) from None


def _read(stream: IO[bytes]) -> Iterable[bytes]:
    while chunk := stream.read(CHUNK):
        yield chunk


def _password(archive: zipfile.ZipFile, data: bytes, budget: Budget) -> bytes:
    """The password among those the transfer gives that opens the first encrypted member; b"" for none."""
    locked = [m for m in archive.infolist() if m.flag_bits & 1 and m.file_size]
    if not locked:
        return b""
    smallest = min(locked, key=lambda m: m.compress_size)
    for word in budget.passwords:
        for encoding in ("utf-8", "cp932"):
            password = word.encode(encoding, "ignore")
            try:
                _member(archive, data, smallest, password, budget)
            except Incomplete as fault:
                if fault.why != Why.ENCRYPTED:
                    raise
                continue
            return password
    return b""


def _name(member: zipfile.ZipInfo) -> str:
    """The name as Japanese archivers meant it: without the UTF-8 flag it is CP932 read as cp437."""
    if member.flag_bits & 0x800:
        return member.filename
    try:
        raw = member.orig_filename.encode("cp437")
    except UnicodeEncodeError:
        return member.filename
    for encoding in ("utf-8", "cp932"):
        try:
            return raw.decode(encoding).replace("\\", "/")
        except UnicodeDecodeError:
            continue
    return member.filename


def _without_directory(part: Part, budget: Budget) -> Iterator[Part | Lost]:
    """Members of a torn archive by their own headers: it is unread, but who is in it still counts."""
    at = part.data.find(b"PK\x03\x04")
    while at >= 0 and not budget.spent:
        fields = part.data[at : at + 30]
        if len(fields) < 30:
            return
        flags, method = struct.unpack_from("<HH", fields, 6)
        packed, _, name, extra = struct.unpack_from("<IIHH", fields, 18)
        body = at + 30 + name + extra
        empty = (
            not flags & _TOLD_BEHIND and part.data[body : body + 2] == b"PK"
        )  # a folder; else its size was not yet known
        told = packed != 0xFFFFFFFF and (packed > 0 or empty)
        stop = body + packed if told else len(part.data)
        path = (*part.path, name_of(part.data[at + 30 : at + 30 + name]))
        if not flags & 1 and method in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            try:
                yield Part(path=path, data=collect(_torn(part.data[body:stop], method), budget, stop - body))
            except Incomplete as fault:
                yield Lost(path, Why(fault.why))
        at = part.data.find(b"PK\x03\x04", max(body, stop if packed and stop < len(part.data) else body))


def _torn(packed: bytes, method: int) -> Iterator[bytes]:
    """As much of a member as can be unpacked."""
    try:
        yield from winzip_aes.unpack(packed, method)
    except (OSError, ValueError, EOFError, zlib.error):
        return
