"""Protocol buffers without their schema, as gRPC sends them: texts and large numbers of each message, as its line.

The wire format tells a field's kind, not whether bytes are a text, a message or a file: what may be a message is read
as one, what is text as text, both where both are possible, and all other bytes are a part of their own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from dlp.errors import Incomplete
from dlp.extract.blocks import Extracted, Text, Why
from dlp.extract.budget import Budget
from dlp.transfer import Part

KIND = "application/grpc"  # messages, each after a byte of flags and four of its length
IN_BASE64 = "application/grpc-web-text"  # a call whose channel could not undo it
_DEPTH = 20
_ID = 32  # bytes that are neither text nor message: up to here digests and ids
_NUMBER = 10**7  # from here on a number may name somebody
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
type Field = int | bytes


def extract(part: Part, budget: Budget) -> Extracted:
    """The messages of a gRPC request, uncompressed. What is no protocol buffer is a part of its own."""
    lines: list[str] = []
    children: list[Part] = []
    for number, message in enumerate(frames(part.data), 1):
        budget.check_time()
        fields = parsed(message)
        if fields is None:
            children.append(Part(path=(*part.path, f"message {number}"), data=message))
        else:
            _read(fields, lines, children, part.path, _DEPTH)
    return Extracted(KIND, (Text("\n".join(lines) + "\n", "messages"),), tuple(children))


def unread(part: Part, budget: Budget) -> Extracted:
    """Nothing: whoever receives it reads it in his own way. Raises Incomplete(CORRUPT)."""
    raise Incomplete(Why.CORRUPT)


def frames(body: bytes) -> Iterator[bytes]:
    """The messages of a gRPC body. Raises Incomplete(CORRUPT) unless they are all of it, and none is compressed."""
    at = 0
    while at < len(body):
        size = int.from_bytes(body[at + 1 : at + 5])
        if body[at] or at + 5 + size > len(body) or at + 5 > len(body):
            raise Incomplete(Why.CORRUPT)
        yield body[at + 5 : at + 5 + size]
        at += 5 + size


def parsed(data: bytes) -> list[Field] | None:
    """The values of a message in their order; None for what is none."""
    values: list[Field] = []
    at = 0
    try:
        while at < len(data):
            tag, at = _varint(data, at)
            kind = tag & 7
            if not tag >> 3 or kind not in (0, 1, 2, 5):
                return None
            if kind == 0:
                value, at = _varint(data, at)
                values.append(value)
                continue
            size = {1: 8, 5: 4}.get(kind, 0)
            if kind == 2:
                size, at = _varint(data, at)
            if at + size > len(data):
                return None
            values.append(data[at : at + size] if kind == 2 else int.from_bytes(data[at : at + size], "little"))
            at += size
    except IndexError:
        return None
    return values


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while shift < 70:
        byte = data[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return value, at
    raise IndexError


def _read(values: list[Field], lines: list[str], children: list[Part], path: tuple[str, ...], depth: int) -> None:
    words: list[str] = []
    place = len(lines)
    for value in values:
        if isinstance(value, int):
            words += [str(value)] if value >= _NUMBER else []
            continue
        inner = parsed(value) if depth else None
        text = _text(value)
        if text is not None:
            words.append(text)
        if inner and any(isinstance(one, bytes) for one in inner):
            _read(inner, lines, children, path, depth - 1)
        elif text is None and inner is None and len(value) > _ID:
            children.append(Part(path=(*path, f"field {len(children) + 1}"), data=value))
    if words:
        lines.insert(place, "\t".join(words))


def _text(value: bytes) -> str | None:
    try:
        text = value.decode()
    except UnicodeDecodeError:
        return None
    return None if _CONTROL.search(text) else text
