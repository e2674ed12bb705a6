"""Protocol buffers without their schema: each message a line, files as parts, and nothing raises."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from dlp.extract.budget import Budget
from dlp.extract.records.protobuf import KIND
from dlp.extract.registry import extract
from dlp.transfer import Part
from tests.extract import makers


def varint(value: int) -> bytes:
    return bytes([value & 0x7F | 0x80]) + varint(value >> 7) if value > 0x7F else bytes([value])


def field(number: int, value: bytes | str | int) -> bytes:
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    raw = value.encode() if isinstance(value, str) else value
    return varint(number << 3 | 2) + varint(len(raw)) + raw


def frame(message: bytes) -> bytes:
    return b"\0" + len(message).to_bytes(4) + message


def read(body: bytes) -> tuple[str, list[bytes], tuple[str, ...]]:
    found = extract(Part(path=("call",), data=body, declared=KIND), Budget())
    text = "".join(getattr(block, "text", "") for block in found.blocks)
    return text, [getattr(child, "data", b"") for child in found.children], tuple(w.value for w in found.unread)


def test_each_message_is_a_line() -> None:
    people = [("山田 太郎", "本町2-3-1", 9012345678), ("佐藤 花子", "港町4-5", 8011112222)]
    rows = b"".join(field(2, field(1, n) + field(2, a) + field(3, t)) for n, a, t in people)
    text, children, unread = read(frame(field(1, "名簿") + rows) + frame(field(1, "終わり")))
    assert text.splitlines() == [
        "名簿", "山田 太郎\t本町2-3-1\t9012345678", "佐藤 花子\t港町4-5\t8011112222", "終わり",
    ]  # fmt: skip
    assert (children, unread) == ([], ())


def test_a_file_in_a_field_is_a_part() -> None:
    packed = makers.xlsx()
    assert read(frame(field(1, "a.xlsx") + field(2, packed)))[1] == [packed]


def test_what_is_no_call_is_unread() -> None:
    for body in (b"\0\0\0\0\x09abc", b"\1\0\0\0\0", b"\0\0\0", frame(b"") + b"x"):
        assert read(body)[2] == ("corrupt",)
    assert read(frame(b"\xff\xfe nothing of the kind" * 3))[1] == [b"\xff\xfe nothing of the kind" * 3]


@given(st.binary(max_size=300))
def test_whatever_comes_it_ends(message: bytes) -> None:
    read(frame(message))
    read(message)
