"""Compound files ([MS-CFB]): read by olefile; a storage inside one written out as a file of its own.

An embedded document lies as a storage in its host. Made into a file, it is a part like any other, and its reader need
not know where it came from.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from io import BytesIO

import olefile

from dlp.errors import Incomplete
from dlp.extract.blocks import Why

SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_SECTOR = 512
_CUTOFF = 4096  # smaller streams lie in sectors of 64 bytes
_FREE, _END, _FAT, _DIFAT, _NONE = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD, 0xFFFFFFFC, 0xFFFFFFFF


class Compound:
    """A compound file open for reading. Raises Incomplete(CORRUPT), never olefile's many."""

    def __init__(self, data: bytes) -> None:
        try:
            self._file = olefile.OleFileIO(BytesIO(data))
            self.paths: tuple[tuple[str, ...], ...] = tuple(tuple(path) for path in self._file.listdir())
        except Exception:
            raise Incomplete(Why.CORRUPT) from None

    def has(self, *path: str) -> bool:
        """Whether there is a stream of this path, letter case aside."""
        low = tuple(name.lower() for name in path)
        return any(tuple(name.lower() for name in known) == low for known in self.paths)

    def read(self, *path: str) -> bytes:
        """A stream's bytes. Raises Incomplete(CORRUPT)."""
        try:
            return bytes(self._file.openstream(list(path)).read())
        except Exception:
            raise Incomplete(Why.CORRUPT) from None

    def storages(self) -> Iterator[tuple[str, ...]]:
        """The paths of all storages that hold streams, outermost first."""
        seen = {path[:n] for path in self.paths for n in range(1, len(path))}
        yield from sorted(seen, key=lambda path: (len(path), path))

    def names(self, *storage: str) -> list[str]:
        """Names of the streams directly in a storage."""
        return [path[-1] for path in self.paths if path[:-1] == storage]

    def cut_out(self, *storage: str) -> bytes:
        """A storage as a compound file of its own."""
        depth = len(storage)
        inside = [path for path in self.paths if path[:depth] == storage and len(path) > depth]
        return write({path[depth:]: self.read(*path) for path in inside})


@dataclass(slots=True)
class _Entry:
    name: str
    kind: int  # 1 storage, 2 stream, 5 root
    data: bytes = b""
    children: list[int] = field(default_factory=list)
    left: int = _NONE
    right: int = _NONE
    child: int = _NONE
    start: int = _END


class _Sectors:
    """Sectors of one size and the table that chains them."""

    def __init__(self, size: int) -> None:
        self.size, self.data, self.table = size, bytearray(), list[int]()

    def put(self, data: bytes) -> int:
        """Append a stream; its first sector."""
        if not data:
            return _END
        first, count = len(self.table), -(-len(data) // self.size)
        self.data += data.ljust(count * self.size, b"\0")
        self.table += [*range(first + 1, first + count), _END]
        return first


def write(streams: dict[tuple[str, ...], bytes]) -> bytes:
    """A compound file, version 3, of these streams."""
    entries = _directory(streams)
    big, mini = _Sectors(_SECTOR), _Sectors(64)
    for entry in entries:
        if entry.kind == 2:
            entry.start = (mini if len(entry.data) < _CUTOFF else big).put(entry.data)
    entries[0].data, entries[0].start = bytes(mini.data), big.put(bytes(mini.data))
    directory = big.put(b"".join(map(_packed, entries)))
    mini_table = big.put(_longs(mini.table))
    mini_count = -(-len(mini.table) * 4 // _SECTOR)
    fat, difat = _own_tables(big)
    head = struct.pack("<HHHHH6xIIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, len(fat), directory, 0, _CUTOFF, mini_table)
    head += struct.pack("<III", mini_count, difat[0] if difat else _END, len(difat))
    return SIGNATURE + bytes(16) + head + _longs((fat + [_FREE] * 109)[:109]) + bytes(big.data)


def _own_tables(big: _Sectors) -> tuple[list[int], list[int]]:
    """Append the allocation table and, beyond 109 sectors of it, the table of its sectors; the places of both."""
    used, count, more = len(big.table), 0, 0
    while count * 128 < used + count + more:
        count += 1
        more = max(0, -(-(count - 109) // 127))
    fat = list(range(used, used + count))
    difat = list(range(used + count, used + count + more))
    big.data += _longs([*big.table, *[_FAT] * count, *[_DIFAT] * more, *[_FREE] * (count * 128 - used - count - more)])
    for number in range(more):
        places = fat[109 + number * 127 :][:127]
        big.data += _longs([*places, *[_FREE] * (127 - len(places)), *[*difat, _END][number + 1 :][:1]])
    return fat, difat


def _longs(numbers: Sequence[int]) -> bytes:
    return struct.pack(f"<{len(numbers)}I", *numbers)


def _directory(streams: dict[tuple[str, ...], bytes]) -> list[_Entry]:
    entries = [_Entry("Root Entry", 5)]
    known: dict[tuple[str, ...], int] = {(): 0}
    for path, data in streams.items():
        for depth in range(1, len(path) + 1):
            if path[:depth] not in known:
                known[path[:depth]] = len(entries)
                entries[known[path[: depth - 1]]].children.append(len(entries))
                last = depth == len(path)
                entries.append(_Entry(path[depth - 1], 2 if last else 1, data if last else b""))
    for entry in entries:
        entry.children.sort(key=lambda i: (len(entries[i].name), entries[i].name.upper()))
        entry.child = _balanced(entries, entry.children)
    return entries


def _balanced(entries: list[_Entry], order: Sequence[int]) -> int:
    if not order:
        return _NONE
    middle = len(order) // 2
    top = entries[order[middle]]
    top.left, top.right = _balanced(entries, order[:middle]), _balanced(entries, order[middle + 1 :])
    return order[middle]


def _packed(entry: _Entry) -> bytes:
    name = entry.name[:31].encode("utf-16-le")
    size = len(entry.data)
    return name.ljust(64, b"\0") + struct.pack(
        "<HBBIII16xI16xIII", len(name) + 2, entry.kind, 1, entry.left, entry.right, entry.child, 0, entry.start, size, 0
    )
