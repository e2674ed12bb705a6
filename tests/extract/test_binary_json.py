"""Records that programs pack: MessagePack, CBOR, BSON, written here byte by byte."""

from __future__ import annotations

import random
import struct
from typing import Any

import pytest

from dlp.extract import sniff
from dlp.tuning.town import citizens
from tests.extract.people import inspected

MANY = list(citizens(60, seed=12))
ROWS: list[dict[str, Any]] = [
    {"id": i, "氏名": one.name, "電話": one.phone, "住所": one.address, "extra": {"ok": True, "none": None, "x": 1.5}}
    for i, one in enumerate(MANY)
]


def messagepack(value: Any) -> bytes:
    if value is None or isinstance(value, bool):
        return {None: b"\xc0", False: b"\xc2", True: b"\xc3"}[value]
    if isinstance(value, int):
        return bytes([value]) if value < 128 else b"\xcd" + struct.pack(">H", value)
    if isinstance(value, float):
        return b"\xcb" + struct.pack(">d", value)
    if isinstance(value, str):
        raw = value.encode()
        return (bytes([0xA0 + len(raw)]) if len(raw) < 32 else b"\xd9" + bytes([len(raw)])) + raw
    if isinstance(value, list):
        return b"\xdc" + struct.pack(">H", len(value)) + b"".join(map(messagepack, value))
    pairs = b"".join(messagepack(key) + messagepack(one) for key, one in value.items())
    return bytes([0x80 + len(value)]) + pairs


def cbor(value: Any, endless: bool = False) -> bytes:
    def head(major: int, size: int) -> bytes:
        return bytes([major << 5 | size]) if size < 24 else bytes([major << 5 | 25]) + struct.pack(">H", size)

    if value is None or isinstance(value, bool):
        return {None: b"\xf6", False: b"\xf4", True: b"\xf5"}[value]
    if isinstance(value, int):
        return head(0, value)
    if isinstance(value, float):
        return b"\xfb" + struct.pack(">d", value)
    if isinstance(value, str):
        return head(3, len(value.encode())) + value.encode()
    if isinstance(value, list):
        inner = b"".join(cbor(one, endless) for one in value)
        return b"\x9f" + inner + b"\xff" if endless else head(4, len(value)) + inner
    inner = b"".join(cbor(key) + cbor(one, endless) for key, one in value.items())
    return b"\xbf" + inner + b"\xff" if endless else head(5, len(value)) + inner


def bson(value: dict[str, Any]) -> bytes:
    def element(key: str, one: Any) -> bytes:
        name = key.encode() + b"\0"
        if isinstance(one, bool):
            return b"\x08" + name + bytes([one])
        if one is None:
            return b"\x0a" + name
        if isinstance(one, int):
            return b"\x10" + name + struct.pack("<i", one)
        if isinstance(one, float):
            return b"\x01" + name + struct.pack("<d", one)
        if isinstance(one, str):
            return b"\x02" + name + struct.pack("<i", len(one.encode()) + 1) + one.encode() + b"\0"
        inner = dict(zip(map(str, range(len(one))), one, strict=True)) if isinstance(one, list) else one
        return (b"\x04" if isinstance(one, list) else b"\x03") + name + bson(inner)

    body = b"\x07_id\0" + bytes(12) + b"".join(element(key, one) for key, one in value.items())
    return struct.pack("<i", len(body) + 5) + body + b"\0"


FILES = {
    "messagepack": messagepack(ROWS),
    "messagepack in a map": messagepack({"rows": ROWS, "next": None}),
    "messagepack one after another": b"".join(map(messagepack, ROWS)),
    "cbor": cbor(ROWS),
    "cbor that says so": b"\xd9\xd9\xf7" + cbor({"rows": ROWS}),
    "cbor without sizes": cbor(ROWS, endless=True),
    "bson": bson({"rows": ROWS}),
    "bson one after another": b"".join(map(bson, ROWS)),
}


@pytest.mark.parametrize("name", FILES)
def test_packed_records_are_read(name: str) -> None:
    found = inspected(FILES[name])
    assert (found.subjects, found.unread) == (60, ())
    assert found.counts["address"] == 60


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("size", [0.5, 0.99])
def test_what_breaks_off_is_not_passed(name: str, size: float) -> None:
    assert inspected(FILES[name][: int(len(FILES[name]) * size)]).unread


def test_much_in_few_bytes_is_refused_in_bounded_memory() -> None:
    groups = b"\xdd" + struct.pack(">I", 30_000_000) + messagepack(["氏名", "電話"]) + b"\x80" * 29_999_999
    assert [one.why for one in inspected(groups).unread] == ["too_large"]


@pytest.mark.parametrize("deep", [b"\x91" * 100_000, b"\x81" * 100_000, b"\x9f" * 100_000, b"\xd9\xd9\xf7" * 50_000])
def test_groups_without_end_are_none(deep: bytes) -> None:
    assert inspected(deep).subjects == 0


@pytest.mark.parametrize("encoding", ["cp932", "euc-jp", "utf-16", "utf-8"])
def test_text_is_none_of_them(encoding: str) -> None:
    rng = random.Random(3)
    for _ in range(2000):
        text = "".join(rng.choices("氏名住所電話佐藤花子様一二三－、。「」アイウｱｲ￥12 \n", k=rng.randint(1, 80)))
        data = text.encode(encoding, "ignore")
        assert not sniff.form_of(data).endswith(("msgpack", "cbor", "bson")), data
    assert inspected("氏名,電話\n佐藤 花子,090-1234-5678\n".encode(encoding)).subjects == 1
