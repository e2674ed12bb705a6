"""zip and gzip: members as child parts, within the budget."""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Iterator
from io import BytesIO

from dlp.errors import Incomplete
from dlp.extract.blocks import Extracted, Why
from dlp.extract.budget import Budget
from dlp.transfer import Part

_CHUNK = 1 << 20


def extract_zip(part: Part, budget: Budget) -> Extracted:
    """Every member as a child. Encrypted members make the archive ENCRYPTED; the others are still read."""
    try:
        archive = zipfile.ZipFile(BytesIO(part.data))
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError, struct.error):
        return Extracted("application/zip", unread=(Why.CORRUPT,))
    unread: list[Why] = []
    children: list[Part] = []
    with archive:
        if _overlap(archive):
            return Extracted("application/zip", unread=(Why.CORRUPT,))
        for member in archive.infolist():
            if member.is_dir():
                continue
            if member.flag_bits & 1:
                unread.append(Why.ENCRYPTED)
                continue
            try:
                data = _member(archive, member, budget)
            except Incomplete as fault:
                unread.append(Why(fault.why))
                if fault.why in (Why.TOO_LARGE, Why.TIMED_OUT):
                    break
                continue
            children.append(Part(path=(*part.path, _name(member)), data=data))
    return Extracted("application/zip", (), tuple(children), tuple(dict.fromkeys(unread)))


def _overlap(archive: zipfile.ZipFile) -> bool:
    """Whether members share bytes: no honest writer does that, a bomb does."""
    ends = 0
    for member in sorted(archive.infolist(), key=lambda m: m.header_offset):
        if member.header_offset < ends:
            return True
        ends = member.header_offset + 30 + member.compress_size
    return False


def _member(archive: zipfile.ZipFile, member: zipfile.ZipInfo, budget: Budget) -> bytes:
    out = bytearray()
    try:
        with archive.open(member) as stream:
            while chunk := stream.read(_CHUNK):
                budget.take_bytes(len(chunk))
                budget.check_time()
                out += chunk
                if len(out) > _CHUNK and len(out) > max(1, member.compress_size) * budget.max_ratio:
                    raise Incomplete(Why.TOO_LARGE)
    except Incomplete:
        raise
    except Exception:  # zipfile passes on whatever its decompressors raise
        raise Incomplete(Why.CORRUPT) from None
    return bytes(out)


def _name(member: zipfile.ZipInfo) -> str:
    """The name as Japanese archivers meant it: without the UTF-8 flag it is CP932 read as cp437."""
    if member.flag_bits & 0x800:
        return member.filename
    try:
        raw = member.filename.encode("cp437")
    except UnicodeEncodeError:
        return member.filename
    for encoding in ("utf-8", "cp932"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return member.filename


def extract_gzip(part: Part, budget: Budget) -> Extracted:
    """What was packed, as one child."""
    name = part.path[-1].removesuffix(".gz") if part.path else "content"
    out = bytearray()
    try:
        for chunk in _inflate(part.data, budget):
            out += chunk
            if len(out) > _CHUNK and len(out) > len(part.data) * budget.max_ratio:
                raise Incomplete(Why.TOO_LARGE)
    except Incomplete as fault:
        return Extracted("application/gzip", unread=(Why(fault.why),))
    except zlib.error:
        return Extracted("application/gzip", unread=(Why.CORRUPT,))
    return Extracted("application/gzip", (), (Part(path=(*part.path, name), data=bytes(out)),))


def _inflate(data: bytes, budget: Budget) -> Iterator[bytes]:
    """Members of a gzip file one after another. Raises zlib.error, Incomplete."""
    while data:
        stream = zlib.decompressobj(wbits=31)
        rest = data
        while not stream.eof:
            chunk = stream.decompress(rest, _CHUNK)
            budget.take_bytes(len(chunk))
            budget.check_time()
            yield chunk
            rest = stream.unconsumed_tail
            if not rest and not stream.eof and not chunk:
                raise zlib.error("truncated")
        data = stream.unused_data.lstrip(b"\0")
