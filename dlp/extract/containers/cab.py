"""Cabinet files (.cab): stored and MSZIP folders. LZX and Quantum are left to libarchive, where the system has it."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from dlp.errors import Incomplete
from dlp.extract.blocks import Extracted, Lost, Why
from dlp.extract.budget import Budget
from dlp.extract.containers import libarchive
from dlp.extract.containers.members import Sink, beside, name_of
from dlp.transfer import Part

KIND = "application/vnd.ms-cab-compressed"
_PREVIOUS, _NEXT, _RESERVE = 1, 2, 4
_STORED, _MSZIP = 0, 1
_UTF8 = 0x80
_BLOCK = 32768


@dataclass(frozen=True, slots=True)
class _Folder:
    start: int
    blocks: int
    method: int


@dataclass(frozen=True, slots=True)
class _File:
    name: str
    folder: int
    start: int
    size: int


def extract(part: Part, budget: Budget) -> Extracted:
    """Every file as a child; one that goes on in another cabinet is unread."""
    try:
        folders, files, reserve, size = _directory(part.data)
    except (struct.error, ValueError, IndexError):
        return Extracted(KIND, unread=(Why.CORRUPT,))
    if any(folder.method not in (_STORED, _MSZIP) for folder in folders):
        return libarchive.extract(part, budget, KIND, "cab")
    if len(files) > budget.parts_left:
        raise Incomplete(Why.TOO_MANY)
    return Extracted(KIND, children=_children(part, budget, folders, files, reserve, size))


def _directory(data: bytes) -> tuple[list[_Folder], list[_File], int, int]:
    size, first, folder_count, file_count, flags = struct.unpack_from("<8xI4xI4x2xHHH4x", data)[:5]
    at, per_folder, per_block = 36, 0, 0
    if flags & _RESERVE:
        header, per_folder, per_block = struct.unpack_from("<HBB", data, at)
        at += 4 + header
    for _ in range(2 * bool(flags & _PREVIOUS) + 2 * bool(flags & _NEXT)):
        at = data.index(b"\0", at) + 1
    folders = []
    for _ in range(folder_count):
        start, blocks, method = struct.unpack_from("<IHH", data, at)
        folders.append(_Folder(start, blocks, method & 0x0F))
        at += 8 + per_folder
    files, at = [], first
    for _ in range(file_count):
        length, start, folder, attributes = struct.unpack_from("<IIH4xH", data, at)
        end = data.index(b"\0", at + 16)
        raw = data[at + 16 : end]
        files.append(
            _File(raw.decode("utf-8", "replace") if attributes & _UTF8 else name_of(raw), folder, start, length)
        )
        at = end + 1
    return folders, files, per_block, size


def _children(
    part: Part, budget: Budget, folders: list[_Folder], files: list[_File], reserve: int, size: int
) -> Iterator[Part | Lost]:
    for number, folder in enumerate(folders):
        inside = [file for file in files if file.folder == number]
        why: Why | None = None
        sink = Sink(budget, len(part.data))
        try:
            for block in _blocks(part.data, folder, reserve):
                sink.add(block)
        except Incomplete as fault:
            why = Why(fault.why)
        except (zlib.error, struct.error):
            why = Why.CORRUPT
        unpacked = sink.value()
        for file in inside:
            path = (*part.path, file.name.replace("\\", "/"))
            if file.start + file.size > len(unpacked):
                yield Lost(path, why or Why.CORRUPT)
            else:
                yield Part(path=path, data=unpacked[file.start : file.start + file.size])
    for file in files:
        if file.folder >= len(folders):  # FFFD, FFFE, FFFF: begins or ends in another cabinet
            yield Lost((*part.path, file.name), Why.PARTIAL)
    yield from beside(part, part.data[size:], "after the archive")


def _blocks(data: bytes, folder: _Folder, reserve: int) -> Iterator[bytes]:
    at, history = folder.start, b""
    for _ in range(folder.blocks):
        packed, unpacked = struct.unpack_from("<4xHH", data, at)
        at += 8 + reserve
        body = data[at : at + packed]
        at += packed
        if folder.method == _MSZIP:
            if body[:2] != b"CK" or unpacked > _BLOCK:
                raise zlib.error("no block")
            stream = zlib.decompressobj(-15, zdict=history)
            body = stream.decompress(body[2:], _BLOCK + 1)
        if len(body) != unpacked:
            raise zlib.error("wrong size")
        history = body if len(body) == _BLOCK else (history + body)[-_BLOCK:]
        yield body
