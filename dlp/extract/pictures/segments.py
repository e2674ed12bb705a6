"""What a picture's file holds beside its pixels: comments, tags of cameras and programs, profiles, anybody's segments.

Viewers pass over what they do not know, so that a list may be carried there. Structure only: what the segments say is
searched as the strings of an unknown format are, without being held for what is no text (cameras leave much of that).
"""

from __future__ import annotations

import contextlib
import struct
import zlib
from collections.abc import Callable, Iterator

from dlp.extract.pictures import picture

_PNG_PIXELS = frozenset(
    (b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"pHYs", b"sBIT", b"bKGD", b"hIST",
     b"tIME", b"acTL", b"fcTL", b"fdAT")
)  # fmt: skip
_PNG_PACKED = {b"zTXt": 2, b"iCCP": 2, b"iTXt": 3}  # bytes behind the keyword: its NUL, how it is packed
_WEBP_PIXELS = frozenset((b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF"))
_AVIF_PIXELS = frozenset((b"ftyp", b"mdat"))
_UNPACKED = 1 << 22  # bytes of one segment, unpacked
_ZLIB_OR_GZIP = 47
#: How a file begins that a segment may carry; what stands anywhere by chance, or begins tags (TIFF), is left out.
_MARKS = (
    b"%PDF-", b"PK\3\4", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"7z\xbc\xaf\x27\x1c", b"Rar!\x1a\7", b"{\\rt",
    b"MSCF", b"SQLite format 3\0", b"\xfd7zXZ\0", b"\x28\xb5\x2f\xfd",
)  # fmt: skip
_NEAR = 300  # bytes of a segment in which a packed content may begin, behind its name


def of(data: bytes, kind: str) -> list[bytes]:
    """The segments of a picture that are no pixels; what there is of them where it is torn."""
    found: list[bytes] = []
    with contextlib.suppress(struct.error, IndexError):
        found += _READERS[kind](data) if kind in _READERS else ()
    return [said for segment in found for said in (segment, _unpacked(segment)) if said]


def outside(data: bytes, taken: list[tuple[int, int]]) -> Iterator[bytes]:
    """What of a file stands outside of the places (begin, end) that are its pixels."""
    at = 0
    for begin, end in sorted(taken):
        if begin > at:
            yield data[at:begin]
        at = max(at, end)
    if at < len(data):
        yield data[at:]


def of_icon(data: bytes) -> list[tuple[int, int]]:
    """Where the directory of an icon, and each of its pictures, begins and ends."""
    count = int.from_bytes(data[4:6], "little")
    entries = (struct.unpack_from("<II", data, 6 + 16 * n + 8) for n in range(count))
    return [(0, 6 + 16 * count), *((begin, begin + size) for size, begin in entries)]


def carried(segment: bytes) -> list[bytes]:
    """Files that a segment holds: one behind a name or a mark at most, pictures anywhere that may hold a text."""
    places = (segment.find(mark, 0, _NEAR) for mark in _MARKS)
    return [*(segment[at:] for at in places if at >= 0), *picture.carve(segment)]


def _png(data: bytes) -> Iterator[bytes]:
    at = 8
    while at + 12 <= len(data):
        size, name = struct.unpack_from(">I4s", data, at)
        body = data[at + 8 : at + 8 + size]
        if name not in _PNG_PIXELS:
            yield body
            if name in _PNG_PACKED:
                yield _unpacked(body, body.find(b"\0") + _PNG_PACKED[name])
        at += 12 + size


def _unpacked(body: bytes, behind: int = 0) -> bytes:
    for at in (behind, body.find(b"\0\0", behind) + 2):  # iTXt: a language and another keyword, mostly empty
        try:
            return zlib.decompressobj(_ZLIB_OR_GZIP).decompress(body[at:], _UNPACKED)
        except zlib.error:
            continue
    return b""


def _jpeg(data: bytes) -> Iterator[bytes]:
    at = 2
    while at + 4 <= len(data) and data[at] == 0xFF:
        marker, size = data[at + 1], int.from_bytes(data[at + 2 : at + 4])
        if marker == 0xDA:  # what follows are pixels, and the end
            return
        if 0xE0 <= marker <= 0xEF or marker == 0xFE:
            yield data[at + 4 : at + 2 + size]
        at += 1 if marker == 0xFF else 2 if 0xD0 <= marker <= 0xD8 or marker == 1 else 2 + size


def _gif(data: bytes) -> Iterator[bytes]:
    at = 13 + (3 << (data[10] & 7) + 1 if data[10] & 0x80 else 0)
    while data[at] != 0x3B:
        said = data[at] == 0x21 and data[at + 1] != 0xF9
        if data[at] == 0x2C:
            at += 10 + (3 << (data[at + 9] & 7) + 1 if data[at + 9] & 0x80 else 0) + 1
        elif data[at] == 0x21:
            at += 2
        else:
            return
        pieces: list[bytes] = []
        while data[at]:
            pieces.append(data[at + 1 : at + 1 + data[at]] if said else b"")
            at += data[at] + 1
        at += 1
        yield b"".join(pieces)


def _bmp(data: bytes) -> Iterator[bytes]:
    yield data[54 : int.from_bytes(data[10:14], "little")]


def _webp(data: bytes) -> Iterator[bytes]:
    at = 12
    while at + 8 <= len(data):
        name, size = struct.unpack_from("<4sI", data, at)
        if name not in _WEBP_PIXELS:
            yield data[at + 8 : at + 8 + size]
        at += 8 + size + size % 2


def _avif(data: bytes) -> Iterator[bytes]:
    at = 0
    while at + 8 <= len(data):
        size, name = struct.unpack_from(">I4s", data, at)
        size = size if size >= 8 else len(data) - at
        if name not in _AVIF_PIXELS:
            yield data[at + 8 : at + size]
        at += size


_READERS: dict[str, Callable[[bytes], Iterator[bytes]]] = {
    "image/png": _png,
    "image/jpeg": _jpeg,
    "image/gif": _gif,
    "image/bmp": _bmp,
    "image/webp": _webp,
    "image/avif": _avif,
}
