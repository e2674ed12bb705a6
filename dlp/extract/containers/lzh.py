"""LZH (.lzh), once Japan's own archive format: headers of levels 0 to 3, methods -lh0- and -lh4- to -lh7-."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from dlp.errors import Incomplete
from dlp.extract.blocks import Extracted, Lost, Why
from dlp.extract.budget import Budget
from dlp.extract.containers import lzhuf
from dlp.extract.containers.members import beside, collect, name_of
from dlp.transfer import Part

KIND = "application/x-lzh-compressed"
_STORED, _FOLDER = (b"-lh0-", b"-lz4-"), b"-lhd-"
_NAME, _DIRECTORY, _WIDE_NAME, _WIDE_DIRECTORY = 0x01, 0x02, 0x44, 0x45


@dataclass(frozen=True, slots=True)
class _Header:
    method: bytes
    name: str
    start: int
    packed: int
    size: int
    crc: int


def is_lzh(data: bytes) -> bool:
    """Whether a header of LHA's stands at the beginning."""
    return len(data) > 22 and data[2:5] in (b"-lh", b"-lz") and data[6:7] == b"-" and data[20] <= 3


def extract(part: Part, budget: Budget) -> Extracted:
    """Every file as a child."""
    return Extracted(KIND, children=_children(part, budget))


def _children(part: Part, budget: Budget) -> Iterator[Part | Lost]:
    at, data = 0, part.data
    while at < len(data) and data[at]:
        try:
            header = _header(data, at)
        except (struct.error, IndexError, ValueError):
            yield Lost(part.path, Why.CORRUPT)
            return
        at = header.start + header.packed
        if header.method != _FOLDER:
            yield _member(header, part, budget)
        if budget.spent:
            return
    yield from beside(part, data[at + 1 :], "after the archive")


def _member(header: _Header, part: Part, budget: Budget) -> Part | Lost:
    path = (*part.path, header.name or "member")
    packed = part.data[header.start : header.start + header.packed]
    if len(packed) != header.packed:
        return Lost(path, Why.CORRUPT)
    try:
        budget.check_ratio(header.size, header.packed)
        if header.method in _STORED:
            data = collect((packed,), budget, header.packed)
        elif header.method in lzhuf.METHODS:
            data = collect(lzhuf.decode(packed, header.method, header.size), budget, header.packed)
        else:
            return Lost(path, Why.UNKNOWN)
    except Incomplete as fault:
        return Lost(path, Why(fault.why))
    except (ValueError, IndexError):
        return Lost(path, Why.CORRUPT)
    if len(data) != header.size or lzhuf.crc16(data) != header.crc:
        return Lost(path, Why.CORRUPT)
    return Part(path=path, data=data)


def _header(data: bytes, at: int) -> _Header:
    level = data[at + 20]
    method = data[at + 2 : at + 7]
    if method[:1] != b"-" or method[4:] != b"-":
        raise ValueError("no header")
    packed, size = struct.unpack_from("<II", data, at + 7)
    if level <= 1:
        return _old(data, at, level, method, packed, size)
    if level == 2:
        total, crc = struct.unpack_from("<H19xH", data, at)
        first, width = at + 24, 2
    elif level == 3:
        crc, total = struct.unpack_from("<21xHxI", data, at)
        first, width = at + 28, 4
    else:
        raise ValueError("unknown level")
    if total < 26:
        raise ValueError("header too short")
    name, _ = _extended(data, first, width, "")
    return _Header(method, name, at + total, packed, size, crc)


def _old(data: bytes, at: int, level: int, method: bytes, packed: int, size: int) -> _Header:
    length = data[at + 21]
    name = name_of(data[at + 22 : at + 22 + length])
    (crc,) = struct.unpack_from("<H", data, at + 22 + length)
    start = at + 2 + data[at]
    if level == 1:
        name, end = _extended(data, start - 2, 2, name)
        packed -= end - start  # what level 1 calls the packed size has its extended headers in it
        start = end
    if packed < 0 or start <= at:
        raise ValueError("sizes")
    return _Header(method, name, start, packed, size, crc)


def _extended(data: bytes, at: int, width: int, name: str) -> tuple[str, int]:
    """The name with its folder, and where the extended headers end."""
    folder = ""
    size = int.from_bytes(data[at : at + width], "little")
    at += width
    while size:
        if size < width + 1 or at + size > len(data):
            raise ValueError("extended header")
        kind, body = data[at], data[at + 1 : at + size - width]
        if kind == _NAME:
            name = name or name_of(body)
        elif kind == _DIRECTORY:
            folder = folder or "/".join(map(name_of, body.split(b"\xff")))
        elif kind == _WIDE_NAME:
            name = body.decode("utf-16-le", "replace")
        elif kind == _WIDE_DIRECTORY:
            folder = body.decode("utf-16-le", "replace").replace("\uffff", "/")
        size = int.from_bytes(data[at + size - width : at + size], "little")
        at += len(body) + 1 + width
    return "/".join(filter(None, (folder.strip("/"), name))), at
