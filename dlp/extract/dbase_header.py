"""What tells a dBase table: a header that fits itself."""

from __future__ import annotations

import struct

KIND = "application/x-dbf"
_VERSIONS = {0x02, 0x03, 0x04, 0x05, 0x30, 0x31, 0x32, 0x43, 0x63, 0x83, 0x8B, 0x8C, 0xCB, 0xF5, 0xFB}
_END = 0x0D


def is_dbf(data: bytes) -> bool:
    """Whether the header fits itself: version, date, sizes, fields that add up to a record."""
    if len(data) < 65 or data[0] not in _VERSIONS or not (1 <= data[2] <= 12 and 1 <= data[3] <= 31):
        return False
    start, width = struct.unpack_from("<HH", data, 8)
    found = fields(data, start)
    return bool(found) and sum(size for _, _, size in found) + 1 == width and start <= len(data)


def fields(data: bytes, start: int) -> list[tuple[bytes, str, int]]:
    """Name, type and width of each field."""
    found: list[tuple[bytes, str, int]] = []
    at = 32
    while at + 32 <= min(start, len(data)) and data[at] != _END:
        kind = chr(data[at + 11])
        size = int.from_bytes(data[at + 16 : at + 18], "little") if kind == "C" else data[at + 16]
        found.append((data[at : at + 11].partition(b"\0")[0], kind, size))
        at += 32
    return found if at < len(data) and data[at] == _END else []
