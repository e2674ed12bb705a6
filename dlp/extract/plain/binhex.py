"""BinHex 4.0 (RFC 1741): a file of a Macintosh in letters: two forks with their checksums, runs of a byte in short."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Iterator

MARK = "with BinHex"
_LETTERS = b"!\"#$%&'()*+,-012345689@ABCDEFGHIJKLMNPQRSTUVXYZ[`abcdefhijklmpqr"
_BASE64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_AS_BASE64 = bytes.maketrans(_LETTERS, _BASE64)
_FILE = re.compile(r"with BinHex[^\n]{0,40}\n\s{0,20}:([!-r\s]{20,}):")
_TIMES = re.compile(rb"(.?)\x90(.)", re.DOTALL)
_HEAD = 22  # bytes of a header beside the name: its length and end, kinds, flags, sizes, checksum


def files(text: str) -> Iterator[bytes]:
    """The forks of each file in a text that say something; where one is torn, what there is of it."""
    for match in _FILE.finditer(text) if MARK in text else ():
        letters = re.sub(r"\s", "", match[1]).encode("ascii", "replace").translate(_AS_BASE64)
        try:
            packed = base64.b64decode(letters[: len(letters) // 4 * 4 if len(letters) % 4 == 1 else None] + b"==")
        except binascii.Error:
            continue
        yield from _forks(_TIMES.sub(_many, packed))


def around(text: str, made: Callable[[str], str]) -> str | None:
    """`text` with what stands around such files put through `made`: letters of theirs look like percent signs and
    entities. None where it has none."""
    out, at = [], 0
    for match in _FILE.finditer(text) if MARK in text else ():
        out += [made(text[at : match.start()]), match.group()]
        at = match.end()
    return "".join((*out, made(text[at:]))) if out else None


def _many(match: re.Match[bytes]) -> bytes:
    times = match[2][0]
    return match[1] * times if times else match[1] + b"\x90"


def _forks(data: bytes) -> Iterator[bytes]:
    if len(data) <= _HEAD or len(data) < _HEAD + data[0]:
        return
    begin = _HEAD + data[0]
    sizes = data[begin - 10 : begin - 2]
    for size in (int.from_bytes(sizes[:4]), int.from_bytes(sizes[4:])):
        if size:
            yield data[begin : begin + size]
        begin += size + 2
