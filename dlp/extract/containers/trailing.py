"""Bytes after a format's own end, or before its beginning: viewers pass over them, so things are hidden there."""

from __future__ import annotations

from collections.abc import Iterator

from dlp.extract.containers.members import beside
from dlp.transfer import Part

_BOXES = (b"ftyp", b"meta", b"mdat", b"moov", b"free", b"skip", b"uuid", b"pict", b"pnot")  # of ISO 14496-12
_SLACK = 4  # stray bytes at the end of a file that hold nothing


def around(part: Part, kind: str) -> Iterator[Part]:
    """What stands outside of the document, as children."""
    data = part.data
    if kind == "application/pdf":
        start = data.find(b"%PDF-", 0, 1024)
        yield from beside(part, data[: max(0, start)], "before the document")
    end = _end(data, kind)
    if 0 < end < len(data) - _SLACK:
        yield from beside(part, data[end:], "after the end")


def _end(data: bytes, kind: str) -> int:
    """Where the document ends; 0 when that cannot be told."""
    if kind == "application/pdf":
        at = data.rfind(b"%%EOF")
        return at + 5 if at >= 0 else 0
    finders = {
        "image/png": _png, "image/jpeg": _jpeg, "image/gif": _gif, "image/bmp": _bmp, "image/webp": _webp,
        "image/avif": _avif,
    }  # fmt: skip
    try:
        return finders[kind](data) if kind in finders else 0
    except IndexError:
        return 0


def _png(data: bytes) -> int:
    at = 8
    while at + 12 <= len(data):
        at += 12 + int.from_bytes(data[at : at + 4], "big")
        if data[at - 8 : at - 4] == b"IEND":
            return at
    return 0


def _jpeg(data: bytes) -> int:
    at = 2
    while at + 4 <= len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if marker == 0xD9:
            return at + 2
        if marker == 0xFF or 0xD0 <= marker <= 0xD8 or marker == 1:
            at += 1 if marker == 0xFF else 2
            continue
        at += 2 + int.from_bytes(data[at + 2 : at + 4], "big")
        if marker == 0xDA:
            at = _scan(data, at)
    return 0


def _scan(data: bytes, at: int) -> int:
    """Past the compressed lines: to the next marker that is no stuffing and no restart."""
    while True:
        at = data.find(b"\xff", at)
        if at < 0:
            return len(data)
        if data[at + 1] not in (0, 0xFF) and not 0xD0 <= data[at + 1] <= 0xD7:
            return at
        at += 1 if data[at + 1] == 0xFF else 2


def _gif(data: bytes) -> int:
    at = 13 + (3 << (data[10] & 7) + 1 if data[10] & 0x80 else 0)
    while data[at] != 0x3B:
        if data[at] == 0x2C:
            at += 10 + (3 << (data[at + 9] & 7) + 1 if data[at + 9] & 0x80 else 0) + 1
        elif data[at] == 0x21:
            at += 2
        else:
            return 0
        while data[at]:
            at += data[at] + 1
        at += 1
    return at + 1


def _bmp(data: bytes) -> int:
    size = int.from_bytes(data[2:6], "little")
    return size if 26 < size <= len(data) else 0


def _webp(data: bytes) -> int:
    return 8 + int.from_bytes(data[4:8], "little")


def _avif(data: bytes) -> int:
    """Past the last box of a known kind; one may reach to the end of the file."""
    at = 0
    while at + 8 <= len(data) and data[at + 4 : at + 8] in _BOXES:
        size = int.from_bytes(data[at : at + 4])
        if size < 8:
            return len(data)
        at += size
    return at
