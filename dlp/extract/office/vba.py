"""Macros ([MS-OVBA] 2.4.1): the source of each module, so that a workbook with macros need not be held for them."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator

#: Every module's source begins with "Attribute"; packed, its first eight letters stand as they are.
_BEGIN = re.compile(rb"\x01.[\xb0-\xbf]\x00Attribut", re.DOTALL)
_MOST = 1 << 22


def sources(stream: bytes) -> Iterator[str]:
    """The source of the modules in a stream."""
    for match in _BEGIN.finditer(stream):
        yield decompress(stream[match.start() :]).decode("cp932", "replace")


def decompress(data: bytes) -> bytes:
    """A compressed container, as far as its chunks go."""
    out, at = bytearray(), 1
    while at + 2 <= len(data) and len(out) < _MOST:
        header = struct.unpack_from("<H", data, at)[0]
        if header >> 12 & 7 != 3:
            break
        end = min(at + (header & 0xFFF) + 3, len(data))
        if header >> 15:
            _chunk(data[at + 2 : end], out)
        else:
            out += data[at + 2 : end]
        at = end
    return bytes(out)


def _chunk(data: bytes, out: bytearray) -> None:
    begin, at = len(out), 0
    while at < len(data):
        flags = data[at]
        at += 1
        for bit in range(8):
            if at >= len(data):
                return
            if not flags >> bit & 1:
                out.append(data[at])
                at += 1
                continue
            if at + 2 > len(data):
                return
            token = struct.unpack_from("<H", data, at)[0]
            at += 2
            bits = max(4, (len(out) - begin - 1).bit_length())
            offset, length = (token >> (16 - bits)) + 1, (token & 0xFFFF >> bits) + 3
            if offset > len(out) - begin:
                return
            for _ in range(length):
                out.append(out[-offset])
