"""CD and DVD images: ISO 9660 with Joliet names where there are any; files as children. UDF alone is left unread."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from dlp.errors import Incomplete
from dlp.extract.blocks import Extracted, Lost, Why
from dlp.extract.budget import Budget
from dlp.extract.containers.members import name_of
from dlp.transfer import Part

KIND = "application/x-iso9660-image"
_SECTOR = 2048
_FIRST = 16
_JOLIET = (b"%/@", b"%/C", b"%/E")
_DIRECTORY, _MORE = 2, 0x80


@dataclass(frozen=True, slots=True)
class _Entry:
    name: str
    start: int
    size: int
    flags: int


def is_iso(data: bytes) -> bool:
    """Whether the first volume descriptor stands where it has to."""
    return data[_FIRST * _SECTOR + 1 : _FIRST * _SECTOR + 6] == b"CD001"


def extract(part: Part, budget: Budget) -> Extracted:
    """Every file of the tree with the longer names; what lies before the tree and in no file is padding."""
    root, wide = _root(part.data)
    if root is None:
        return Extracted(KIND, unread=(Why.CORRUPT,))
    # A disc with UDF beside ISO 9660 may hold files only there, larger than 4 GB: said, not passed over.
    only_udf = part.data.find(b"NSR0", _FIRST * _SECTOR, 64 * _SECTOR) >= 0 and not _has_files(part.data, root)
    return Extracted(KIND, children=_walk(part, budget, root, wide), unread=(Why.UNKNOWN,) if only_udf else ())


def _root(data: bytes) -> tuple[_Entry | None, bool]:
    root, wide = None, False
    for sector in range(_FIRST, _FIRST + 64):
        head = data[sector * _SECTOR : sector * _SECTOR + _SECTOR]
        if head[1:6] != b"CD001" or head[0] == 255:
            break
        joliet = head[0] == 2 and head[88:91] in _JOLIET
        if (head[0] == 1 and root is None) or joliet:
            root, wide = _folder(head), joliet
    return root, wide


def _folder(head: bytes) -> _Entry:
    start, size = struct.unpack_from("<I4xI", head, 158)
    return _Entry("", start, size, _DIRECTORY)


def _has_files(data: bytes, root: _Entry) -> bool:
    return any(True for _ in _entries(data, root, wide=False))


def _walk(part: Part, budget: Budget, root: _Entry, wide: bool) -> Iterator[Part | Lost]:
    stack: list[tuple[tuple[str, ...], _Entry]] = [((), root)]
    seen: set[int] = set()
    while stack:
        folder, entry = stack.pop()
        if entry.start in seen:
            continue  # a tree that bites its tail
        seen.add(entry.start)
        budget.check_time()
        pieces: list[bytes] = []
        for child in _entries(part.data, entry, wide):
            if child.flags & _DIRECTORY:
                stack.append(((*folder, child.name), child))
                continue
            path = (*part.path, "/".join((*folder, child.name)))
            data = part.data[child.start * _SECTOR : child.start * _SECTOR + child.size]
            if len(data) != child.size:
                yield Lost(path, Why.CORRUPT)
                continue
            pieces.append(data)
            if child.flags & _MORE:  # a file of several extents
                continue
            whole, pieces = b"".join(pieces), []
            try:
                budget.take_bytes(len(whole))
            except Incomplete as fault:
                yield Lost(path, Why(fault.why))
                return
            yield Part(path=path, data=whole)


def _entries(data: bytes, folder: _Entry, wide: bool) -> Iterator[_Entry]:
    table = data[folder.start * _SECTOR : folder.start * _SECTOR + folder.size]
    if len(table) != folder.size:
        raise Incomplete(Why.CORRUPT)
    at = 0
    while at < len(table):
        length = table[at]
        if not length:  # records do not cross sectors
            at = (at // _SECTOR + 1) * _SECTOR
            continue
        record = table[at : at + length]
        at += length
        if len(record) < 34:
            raise Incomplete(Why.CORRUPT)
        start, size, flags = struct.unpack_from("<2xI4xI4x7xB", record)
        raw = record[33 : 33 + record[32]]
        if raw in (b"\0", b"\1"):
            continue
        name = raw.decode("utf-16-be", "replace") if wide else _rock_ridge(record, raw)
        yield _Entry(name.removesuffix(";1"), start, size, flags)


def _rock_ridge(record: bytes, raw: bytes) -> str:
    """The long name in the record's system use area, else the plain one."""
    at = 33 + len(raw) + (len(raw) + 1) % 2
    name = b""
    while at + 5 <= len(record):
        size = record[at + 2]
        if size < 4:
            break
        if record[at : at + 2] == b"NM":
            name += record[at + 5 : at + size]
        at += size
    return name_of(name or raw)
