"""How large a picture is, by its header alone, and whether it can hold a list."""

from __future__ import annotations

import struct
from collections.abc import Iterator

_LEAST = (120, 40)  # pixels: below, no line with a name and a number is legible
_LEAST_AREA = 40_000
_JPEG_SIZES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


def size(data: bytes) -> tuple[int, int]:
    """(width, height) in pixels of PNG, GIF, BMP and JPEG; (0, 0) when the header does not say."""
    try:
        if data.startswith(b"\x89PNG\r\n\x1a\n"):
            return struct.unpack_from(">II", data, 16)
        if data.startswith(b"GIF8"):
            return struct.unpack_from("<HH", data, 6)
        if data.startswith(b"BM"):
            width, height = struct.unpack_from("<ii", data, 18)
            return abs(width), abs(height)
        if data.startswith(b"\xff\xd8"):
            return _jpeg(data)
    except struct.error:
        pass
    return 0, 0


def _jpeg(data: bytes) -> tuple[int, int]:
    at = 2
    while at + 9 < len(data):
        if data[at] != 0xFF:
            return 0, 0
        kind = data[at + 1]
        if kind in _JPEG_SIZES:
            height, width = struct.unpack_from(">HH", data, at + 5)
            return width, height
        at += 1 if kind == 0xFF else 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    return 0, 0


def may_hold_text(data: bytes) -> bool:
    """False for what is surely an icon, a logo or a rule; True for everything else, also what cannot be told."""
    width, height = size(data)
    if not width or not height:
        return True
    return width >= _LEAST[0] and height >= _LEAST[1] and width * height >= _LEAST_AREA


_PNG, _JPEG = b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"


def carve(data: bytes) -> Iterator[bytes]:
    """PNG and JPEG pictures that lie in other bytes and may hold text."""
    at = 0
    while True:
        starts = [found for found in (data.find(_PNG, at), data.find(_JPEG, at)) if found >= 0]
        if not starts:
            return
        start = min(starts)
        is_png = data.startswith(_PNG, start)
        end = data.find(b"IEND", start) + 8 if is_png else data.find(b"\xff\xd9", _scan_of(data, start)) + 2
        if end < start + 8:
            end = len(data)
        if may_hold_text(data[start:end]):
            yield data[start:end]
        at = end


def _scan_of(data: bytes, start: int) -> int:
    """Where a JPEG's own picture begins: after its segments, which may hold a thumbnail."""
    at = start + 2
    while at + 4 < len(data) and data[at] == 0xFF and data[at + 1] not in (0xDA, 0xFF):
        at += 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    return at
