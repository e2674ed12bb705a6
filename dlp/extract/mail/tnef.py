"""winmail.dat ([MS-OXTNEF]): the message Outlook wraps up when it thinks the other side has Outlook too."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from dlp.errors import Incomplete
from dlp.extract.blocks import Extracted, Why
from dlp.extract.budget import Budget
from dlp.extract.mail import mapi
from dlp.transfer import Part

KIND = "application/vnd.ms-tnef"
SIGNATURE = b"\x78\x9f\x3e\x22"
_SUBJECT, _BODY, _PROPERTIES, _CODE_PAGE = 0x8004, 0x800C, 0x9003, 0x9007
_RENDER, _TITLE, _DATA, _ATTACHMENT = 0x9002, 0x8010, 0x800F, 0x9005
_MANY = 0x1000
_FIXED = {2: 2, 3: 4, 4: 4, 5: 8, 6: 8, 7: 8, 10: 4, 11: 2, 20: 8, 64: 8, 72: 16}
_TEXTS, _BINARIES, _OBJECT = (0x1E, 0x1F), (0x102, 0x0D), 0x0D
_MESSAGE = bytes.fromhex("0703020000000000c000000000000046")  # IID_IMessage, before an attached message


def extract(part: Part, budget: Budget) -> Extracted:
    """The wrapped message; its attachments as parts. Raises Incomplete(CORRUPT)."""
    own, attachments = mapi.Properties(), list[mapi.Properties]()
    whole = True
    try:
        for kind, data in _attributes(part.data):
            _take(kind, data, own, attachments)
    except (struct.error, IndexError):
        whole = False
    children, unread = [], [] if whole else [Why.CORRUPT]
    for number, one in enumerate(attachments, 1):
        child = mapi.attachment(one, part.path, number)
        if child is None:
            unread.append(Why.UNKNOWN)
            continue
        if child.data.startswith(_MESSAGE):
            child = Part(path=child.path, data=child.data[16:], declared=KIND)
        children.append(child)
    read = mapi.message(KIND, part, budget, own, (), children)
    return Extracted(KIND, read.blocks, read.children, tuple(dict.fromkeys(unread)), read.correspondents)


def _attributes(data: bytes) -> Iterator[tuple[int, bytes]]:
    """(number, bytes) of each attribute. Raises struct.error where one is cut off."""
    at = 6
    while at < len(data):
        _, number, _, size = struct.unpack_from("<BHHI", data, at)
        body = data[at + 9 : at + 9 + size]
        if len(body) < size:
            raise struct.error("cut off")
        yield number, body
        at += 9 + size + 2


def _take(kind: int, data: bytes, own: mapi.Properties, attachments: list[mapi.Properties]) -> None:
    if kind == _RENDER or (kind in (_TITLE, _DATA, _ATTACHMENT) and not attachments):
        attachments.append(mapi.Properties(dict(own.values)))
        attachments[-1].values = {n: v for n, v in own.values.items() if n in mapi.CODE_PAGES}
    if kind == _CODE_PAGE and len(data) >= 4:
        own.values.setdefault(mapi.CODE_PAGES[1], struct.unpack_from("<I", data)[0])
    elif kind == _SUBJECT:
        own.values.setdefault(mapi.SUBJECT, data)
    elif kind == _BODY:
        own.values.setdefault(mapi.BODY, data)
    elif kind == _PROPERTIES:
        _properties(data, own)
    elif kind == _TITLE:
        attachments[-1].values.setdefault(mapi.NAME, data)
    elif kind == _DATA:
        attachments[-1].values.setdefault(mapi.DATA, data)
    elif kind == _ATTACHMENT:
        _properties(data, attachments[-1])


def _properties(data: bytes, own: mapi.Properties) -> None:
    count, at = struct.unpack_from("<I", data)[0], 4
    for _ in range(min(count, 10_000)):
        kind, number = struct.unpack_from("<HH", data, at)
        at += 4
        if number >= 0x8000:
            at = _past_name(data, at)
        if (kind & ~_MANY) in _FIXED:
            at = _fixed(data, at, kind, number, own)
        elif (kind & ~_MANY) in (*_TEXTS, *_BINARIES):
            at = _variable(data, at, kind & ~_MANY, number, own)
        else:
            raise struct.error("unknown kind")


def _past_name(data: bytes, at: int) -> int:
    if struct.unpack_from("<I", data, at + 16)[0] == 0:
        return at + 24
    length: int = struct.unpack_from("<I", data, at + 20)[0]
    return at + 24 + (length + 3 & ~3)


def _fixed(data: bytes, at: int, kind: int, number: int, own: mapi.Properties) -> int:
    many: int = struct.unpack_from("<I", data, at)[0] if kind & _MANY else 1
    at += 4 if kind & _MANY else 0
    if kind == 3 and number < 0x8000:
        own.values[number] = struct.unpack_from("<I", data, at)[0]
    return at + many * max(4, _FIXED[kind & ~_MANY])


def _variable(data: bytes, at: int, kind: int, number: int, own: mapi.Properties) -> int:
    many = struct.unpack_from("<I", data, at)[0]
    at += 4
    for _ in range(min(many, 10_000)):
        size = struct.unpack_from("<I", data, at)[0]
        raw = data[at + 4 : at + 4 + size]
        if len(raw) < size:
            raise Incomplete(Why.CORRUPT)
        at += 4 + (size + 3 & ~3)
        value: mapi.Value = raw
        if kind == _TEXTS[1]:
            value = raw[: len(raw) // 2 * 2].decode("utf-16-le", "replace").rstrip("\0")
        if number < 0x8000:
            own.values[number] = value
        elif isinstance(value, str):
            own.extra.append(value)
        elif kind == _TEXTS[0]:
            own.extra.append(raw.decode("cp932", "replace").rstrip("\0"))
    return at
