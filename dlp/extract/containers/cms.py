"""S/MIME containers (CMS, .p7m): what is signed is read, what is encrypted is said to be."""

from __future__ import annotations

import base64
import binascii
import re

from dlp.extract.blocks import Extracted, Why
from dlp.extract.budget import Budget
from dlp.transfer import Part

KIND = "application/pkcs7-mime"
_OID = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07"  # 1.2.840.113549.1.7, and the kind as one more byte
_DATA, _SIGNED, _DIGESTED = 1, 2, 5
_COMPRESSED = b"\x06\x0b\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x01\x09"
_PEM = re.compile(rb"\A\s*-----BEGIN (?:PKCS7|CMS)-----(.*?)-----END", re.DOTALL)
_OCTETS, _SEQUENCE = 0x04, 0x30
_DEEPEST = 40


def is_cms(data: bytes) -> bool:
    """Whether this is a CMS container, as DER, BER or PEM."""
    if data[:40].lstrip().startswith((b"-----BEGIN PKCS7", b"-----BEGIN CMS")):
        return True
    return data[:1] == b"\x30" and (_OID in data[2:24] or _COMPRESSED in data[2:24])


def extract(part: Part, budget: Budget) -> Extracted:
    """The signed content as a child; a signature that stands beside its content holds none."""
    data = _der(part.data)
    kind, at = _kind(data)
    if kind not in (_SIGNED, _DIGESTED):
        return Extracted(KIND, unread=(Why.ENCRYPTED if kind != _DATA else Why.UNKNOWN,))
    try:
        content = _content(data, at)
    except (IndexError, ValueError):
        return Extracted(KIND, unread=(Why.CORRUPT,))
    if content is None:
        return Extracted(KIND)
    budget.take_bytes(len(content))
    name = part.path[-1].removesuffix(".p7m") if part.path else "content"
    return Extracted(KIND, children=(Part(path=(*part.path, name), data=content),))


def _der(data: bytes) -> bytes:
    match = _PEM.match(data)
    if match is None:
        return data
    try:
        return base64.b64decode(match.group(1))
    except binascii.Error:
        return b""


def _kind(data: bytes) -> tuple[int, int]:
    """The last number of the container's kind, and where its content begins."""
    at = data.find(_OID, 0, 24)
    if at < 0 or at + len(_OID) >= len(data):
        return -1, 0
    return data[at + len(_OID)], at + len(_OID) + 1


def _content(data: bytes, start: int) -> bytes | None:
    """The octets of what is signed; None when it stands beside its signature."""
    _, at, _ = _header(data, start)  # [0]
    _, at, _ = _header(data, at)  # SignedData
    at = _skip(data, _skip(data, at))  # version, digest algorithms
    _, at, size = _header(data, at)  # what is signed: its kind, and the content if it is here
    end = at + size if size >= 0 else len(data)
    at = _skip(data, at)
    if at >= end or data[at] != 0xA0:
        return None
    _, body, _ = _header(data, at)
    return _octets(data, body, 0)[0]


def _skip(data: bytes, at: int, depth: int = 0) -> int:
    """Past one element."""
    _, body, size = _header(data, at)
    if size >= 0:
        return body + size
    if depth > _DEEPEST:
        raise ValueError("too deep")
    while data[body : body + 2] != b"\0\0":
        body = _skip(data, body, depth + 1)
    return body + 2


def _header(data: bytes, at: int) -> tuple[int, int, int]:
    """Tag, where the content begins, its size; -1 for one that ends with a mark."""
    tag, size = data[at], data[at + 1]
    at += 2
    if size == 0x80:
        return tag, at, -1
    if size > 0x80:
        count = size & 0x7F
        if count > 8:
            raise ValueError("length")
        size = int.from_bytes(data[at : at + count], "big")
        at += count
    return tag, at, size


def _octets(data: bytes, at: int, depth: int) -> tuple[bytes, int]:
    """An octet string, also one in pieces, and where it ends."""
    if depth > _DEEPEST:
        raise ValueError("too deep")
    tag, body, size = _header(data, at)
    if tag == _OCTETS:
        if size < 0 or body + size > len(data):
            raise ValueError("torn")
        return data[body : body + size], body + size
    if tag & ~0x20 != _OCTETS and tag != _SEQUENCE:
        raise ValueError("no octets")
    pieces: list[bytes] = []
    end = body + size if size >= 0 else len(data)
    at = body
    while at < end:
        if size < 0 and data[at : at + 2] == b"\0\0":
            return b"".join(pieces), at + 2
        piece, at = _octets(data, at, depth + 1)
        pieces.append(piece)
    if size < 0 or at > len(data):
        raise ValueError("torn")
    return b"".join(pieces), at
