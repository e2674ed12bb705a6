"""Records as programs pack them: MessagePack, CBOR (RFC 8949), BSON. Each holds what JSON does, and is read on as JSON.

Their texts are UTF-8 between bytes that are no text in it, so that they would decode as CP932 and say nothing at all.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import orjson

from dlp.errors import Incomplete
from dlp.extract.blocks import Extracted, Why
from dlp.extract.budget import Budget
from dlp.transfer import Part

MESSAGEPACK, CBOR, BSON = "application/vnd.msgpack", "application/cbor", "application/bson"
_DEPTH = 40  # groups in groups
_GLANCE = 64  # values by which a format is told
_WEIGHT = 100  # bytes that a value takes, about
_OFTEN = 1000  # values between two looks at the clock


class _None(ValueError):
    """It is no such format."""


class _Enough(Exception):
    """As many values as were asked for."""


@dataclass(slots=True)
class _Bytes:
    """Where a reader is, and what it may still read."""

    data: bytes
    at: int = 0
    values: int = 0
    texts: int = 0
    most: int = 0  # values; 0: all
    budget: Budget | None = None

    def take(self, count: int) -> bytes:
        """The next bytes."""
        piece = self.data[self.at : self.at + count]
        if len(piece) < count:
            raise _None
        self.at += count
        return piece

    def number(self, form: str) -> Any:
        """The next number, as `struct` has it."""
        return struct.unpack(form, self.take(struct.calcsize(form)))[0]

    def text(self, count: int) -> str:
        """The next text."""
        try:
            made = self.take(count).decode()
        except UnicodeDecodeError:
            raise _None from None
        self.texts += bool(made)
        return made

    def count(self, depth: int) -> None:
        """One more value."""
        self.values += 1
        if depth > _DEPTH:
            raise _None
        if self.most and self.values > self.most:
            raise _Enough
        if self.budget and self.values % _OFTEN == 0:
            self.budget.check_time()
            if self.values * _WEIGHT > self.budget.memory:
                raise Incomplete(Why.TOO_LARGE)


def _bytes_of(raw: bytes) -> str:
    """Bytes that are a text, as older writers have it; of others nothing is said."""
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return ""


def _key(value: Any) -> str:
    if isinstance(value, dict | list):
        raise _None
    return str(value)


_PACKED = {0xC0: None, 0xC2: False, 0xC3: True}
_PACKED_NUMBERS = dict(zip(range(0xCA, 0xD4), (">f", ">d", "B", ">H", ">I", ">Q", "b", ">h", ">i", ">q"), strict=True))
#: How a size is written, of bytes, extensions, texts, arrays and maps.
_PACKED_SIZES = {
    **dict(zip(range(0xC4, 0xCA), ("B", ">H", ">I") * 2, strict=True)),
    **dict(zip(range(0xD9, 0xE0), ("B", ">H", ">I", ">H", ">I", ">H", ">I"), strict=True)),
}


def _messagepack(held: _Bytes, depth: int = 0) -> Any:
    held.count(depth)
    sign = held.take(1)[0]
    if sign < 0x80 or sign >= 0xE0:
        return sign if sign < 0x80 else sign - 0x100
    if sign in _PACKED:
        return _PACKED[sign]
    if sign in _PACKED_NUMBERS:
        return held.number(_PACKED_NUMBERS[sign])
    if 0xD4 <= sign <= 0xD8:
        held.take(1 + (1 << sign - 0xD4))
        return None
    if sign == 0xC1:
        raise _None
    size = held.number(_PACKED_SIZES[sign]) if sign >= 0xC0 else sign & (0x1F if sign >= 0xA0 else 0x0F)
    if 0xA0 <= sign < 0xC0 or sign in (0xD9, 0xDA, 0xDB):
        return held.text(size)
    if sign in (0xC4, 0xC5, 0xC6):
        return _bytes_of(held.take(size))
    if sign in (0xC7, 0xC8, 0xC9):
        held.take(size + 1)
        return None
    if sign in (0xDC, 0xDD) or 0x90 <= sign < 0xA0:
        return [_messagepack(held, depth + 1) for _ in range(size)]
    return {_key(_messagepack(held, depth + 1)): _messagepack(held, depth + 1) for _ in range(size)}


_STOP = object()
_SIMPLE = {20: False, 21: True, 22: None, 23: None}
_WIDTHS = {24: "B", 25: ">H", 26: ">I", 27: ">Q"}
_FLOATS = {25: ">e", 26: ">f", 27: ">d"}
_ENDLESS = 31


def _cbor(held: _Bytes, depth: int = 0) -> Any:
    held.count(depth)
    sign = held.take(1)[0]
    major, info = sign >> 5, sign & 31
    if major == 7:
        if info == _ENDLESS:
            return _STOP
        if info in _FLOATS:
            return held.number(_FLOATS[info])
        if info in _SIMPLE:
            return _SIMPLE[info]
        raise _None
    if info == _ENDLESS and major in (2, 3, 4, 5):
        return _endless(held, major, depth)
    if info > 27:
        raise _None
    size = held.number(_WIDTHS[info]) if info in _WIDTHS else info
    if major == 0:
        return size
    if major == 1:
        return -1 - size
    if major == 2:
        return _bytes_of(held.take(size))
    if major == 3:
        return held.text(size)
    if major == 4:
        return [_whole(held, depth) for _ in range(size)]
    if major == 5:
        return {_key(_whole(held, depth)): _whole(held, depth) for _ in range(size)}
    return _whole(held, depth)  # a tag says what a value is


def _whole(held: _Bytes, depth: int) -> Any:
    value = _cbor(held, depth + 1)
    if value is _STOP:
        raise _None
    return value


def _endless(held: _Bytes, major: int, depth: int) -> Any:
    """A group or text whose end stands behind it."""
    values = []
    while (value := _cbor(held, depth + 1)) is not _STOP:
        values.append(value)
    if major in (2, 3):
        return "".join(value for value in values if isinstance(value, str))
    if major == 4:
        return values
    if len(values) % 2:
        raise _None
    return {_key(key): value for key, value in zip(values[::2], values[1::2], strict=True)}


_FIXED = {0x01: "<d", 0x08: "?", 0x09: "<q", 0x10: "<i", 0x11: "<Q", 0x12: "<q"}
_EMPTY = frozenset((0x06, 0x0A, 0x7F, 0xFF))
_SKIPPED = {0x07: 12, 0x13: 16}


def _bson(held: _Bytes, depth: int = 0) -> Any:
    held.count(depth)
    end = held.at + held.number("<i")
    if end - held.at < 1 or end > len(held.data) or held.data[end - 1]:
        raise _None
    made: dict[str, Any] = {}
    while (kind := held.take(1)[0]) != 0:
        name = _named(held)
        made[name] = _bson_value(held, kind, depth)
    if held.at != end:
        raise _None
    return made


def _named(held: _Bytes) -> str:
    end = held.data.find(b"\0", held.at, held.at + 1000)
    if end < 0:
        raise _None
    name = held.text(end - held.at)
    held.at += 1
    return name


def _bson_value(held: _Bytes, kind: int, depth: int) -> Any:
    held.count(depth)
    if kind in _FIXED:
        return held.number(_FIXED[kind])
    if kind in _EMPTY:
        return None
    if kind in _SKIPPED:
        held.take(_SKIPPED[kind])
        return None
    if kind in (0x02, 0x0D, 0x0E):
        made = held.text(max(held.number("<i") - 1, 0))
        held.take(1)
        return made
    if kind == 0x03:
        return _bson(held, depth + 1)
    if kind == 0x04:
        return list(_bson(held, depth + 1).values())
    if kind == 0x05:
        size = held.number("<i")
        held.take(1)
        return _bytes_of(held.take(max(size, 0)))
    if kind == 0x0B:
        return f"{_named(held)}{_named(held)}"
    raise _None


_READERS: dict[str, Callable[[_Bytes], Any]] = {MESSAGEPACK: _messagepack, CBOR: _cbor, BSON: _bson}


def is_messagepack(data: bytes) -> bool:
    """Whether `data` begins as a group of MessagePack."""
    return bool(data) and (0x80 <= data[0] < 0xA0 or 0xDC <= data[0] <= 0xDF) and _begins(data, MESSAGEPACK)


def is_cbor(data: bytes) -> bool:
    """Whether `data` begins as a group of CBOR, or says that it is CBOR."""
    return bool(data) and (0x80 <= data[0] < 0xC0 or data[:3] == b"\xd9\xd9\xf7") and _begins(data, CBOR)


def is_bson(data: bytes) -> bool:
    """Whether `data` begins with a document of BSON."""
    size = int.from_bytes(data[:4], "little")
    return (
        7 <= size <= len(data)
        and data[3] == 0
        and data[size - 1] == 0
        and data[4] in range(1, 20)
        and _begins(data, BSON)
    )


def _begins(data: bytes, kind: str) -> bool:
    """Whether the first values can be read, and some are text; all of them, where they are few."""
    held = _Bytes(data, most=_GLANCE)
    try:
        first = _READERS[kind](held)
    except _Enough:
        return held.texts > 1
    except (_None, RecursionError):
        return False
    return (
        held.texts > 1 and isinstance(first, dict | list) and (held.at == len(data) or _may_follow(data, held.at, kind))
    )


def _may_follow(data: bytes, at: int, kind: str) -> bool:
    """Whether another value begins behind the first."""
    held = _Bytes(data, at, most=_GLANCE)
    try:
        return isinstance(_READERS[kind](held), dict | list)
    except _Enough:
        return True
    except (_None, RecursionError):
        return False


def _extract(part: Part, budget: Budget, kind: str) -> Extracted:
    """All values, as a part in JSON. Raises Incomplete(CORRUPT) for what cannot be read to its end."""
    held, found = _Bytes(part.data, budget=budget), list[Any]()
    try:
        while held.at < len(part.data):
            found.append(_READERS[kind](held))
        data = orjson.dumps(found[0] if len(found) == 1 else found)
    except (_None, RecursionError, orjson.JSONEncodeError):
        raise Incomplete(Why.CORRUPT) from None
    budget.take_bytes(len(data))
    return Extracted(kind, (), (Part(path=(*part.path, "values"), data=data, declared="application/json"),))


#: What reads each of them.
EXTRACTORS = {kind: partial(_extract, kind=kind) for kind in _READERS}
