"""Files written into the text of a mail: uuencode, its base64 kin, yEnc. They leave the text and become children."""

from __future__ import annotations

import base64
import binascii
import re
import zlib
from collections.abc import Iterator

from dlp.extract.blocks import Lost, Why
from dlp.transfer import Part

_UU = re.compile(rb"^begin(-base64)? [0-7]{3,4} ([^\r\n]+)\r?\n(.*?)^(?:end|====)[ \t]*\r?$", re.MULTILINE | re.DOTALL)
_UU_OPEN = re.compile(rb"^begin(?:-base64)? [0-7]{3,4} ([^\r\n]+)\r?\n(?:M[\x20-\x60]{60}\r?\n)", re.MULTILINE)
_YENC = re.compile(rb"^=ybegin ([^\r\n]*)\r?\n(.*?)^=yend([^\r\n]*)\r?\n?", re.MULTILINE | re.DOTALL)
_YPART = re.compile(rb"\A=ypart [^\r\n]*\r?\n")
_NAME = re.compile(rb"name=([^\r\n]+)")
_SIZE = re.compile(rb"size=(\d+)")
_CRC = re.compile(rb"\bp?crc32=([0-9a-fA-F]{1,8})")
_YESCAPED = re.compile(rb"=(.)", re.DOTALL)
_YSHIFT = bytes((i - 42) & 0xFF for i in range(256))


def taken_out(data: bytes, path: tuple[str, ...]) -> tuple[bytes, list[Part | Lost]]:
    """The text without the files in it, and the files."""
    found: list[Part | Lost] = []
    if b"begin" not in data:  # each of them begins with it
        return data, found
    for pattern, read in ((_YENC, _yenc), (_UU, _uu)):
        if pattern.search(data):
            found += [read(match, path) for match in pattern.finditer(data)]
            data = pattern.sub(b"", data)
    for match in _UU_OPEN.finditer(data):  # never ended: torn
        found.append(Lost((*path, _text(match.group(1))), Why.CORRUPT))
    return data, found


def _text(raw: bytes) -> str:
    for encoding in ("utf-8", "cp932"):
        try:
            return raw.decode(encoding).strip()
        except UnicodeDecodeError:
            continue
    return raw.decode("latin-1").strip()


def _uu(match: re.Match[bytes], path: tuple[str, ...]) -> Part | Lost:
    path = (*path, _text(match.group(2)))
    try:
        if match.group(1):
            return Part(path=path, data=base64.b64decode(match.group(3)))
        return Part(path=path, data=b"".join(_uu_lines(match.group(3))))
    except (binascii.Error, ValueError):
        return Lost(path, Why.CORRUPT)


def _uu_lines(body: bytes) -> Iterator[bytes]:
    for line in body.splitlines():
        if not line.strip():
            continue
        size = (line[0] - 32) & 63
        # Trailing blanks are lost on the way, and some writers add a character: both are put right.
        yield binascii.a2b_uu(line[: 1 + (size + 2) // 3 * 4].ljust(1 + (size + 2) // 3 * 4))


def _yenc(match: re.Match[bytes], path: tuple[str, ...]) -> Part | Lost:
    head, body, tail = match.groups()
    name = _NAME.search(head)
    path = (*path, _text(name.group(1)) if name else "yenc")
    part = _YPART.match(body)
    body = body[part.end() :] if part else body
    packed = body.replace(b"\r", b"").replace(b"\n", b"")
    data = _YESCAPED.sub(lambda m: bytes(((m.group(1)[0] - 64) & 0xFF,)), packed).translate(_YSHIFT)
    whole = _SIZE.search(head)
    if part and whole and int(whole.group(1)) != len(data):
        return Lost(path, Why.PARTIAL)
    wanted, crc = _SIZE.search(tail), _CRC.search(tail)
    if (wanted and int(wanted.group(1)) != len(data)) or (crc and int(crc.group(1), 16) != zlib.crc32(data)):
        return Lost(path, Why.CORRUPT)
    return Part(path=path, data=data)
