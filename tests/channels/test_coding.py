"""Content-Encoding: undone wholly or not at all."""

from __future__ import annotations

import gzip
import os
import zlib
from collections.abc import Callable

import brotli
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from dlp.channels.web.coding import decoded
from tests.extract.test_gzip_heads import member

DATA = "市民まつり\n".encode() * 200


def raw_deflate(data: bytes) -> bytes:
    stream = zlib.compressobj(wbits=-15)
    return stream.compress(data) + stream.flush()


def unsized_zstd(data: bytes) -> bytes:
    stream = zstandard.ZstdCompressor(write_content_size=False).compressobj()
    return stream.compress(data) + stream.flush()


CODINGS: list[tuple[str, Callable[[bytes], bytes]]] = [
    ("gzip", gzip.compress),
    ("x-gzip", gzip.compress),
    ("deflate", zlib.compress),
    ("deflate", raw_deflate),
    ("br", brotli.compress),
    ("zstd", zstandard.compress),
    ("zstd", unsized_zstd),
]
ANY = pytest.mark.parametrize(("coding", "encode"), CODINGS)


@ANY
def test_there_and_back(coding: str, encode: Callable[[bytes], bytes]) -> None:
    for data in (DATA, b"", b"x", bytes(range(256)) * 5000):
        assert decoded(coding, encode(data), 10_000_000) == data
        assert decoded(f" {coding.upper()} ", encode(data), 10_000_000) == data


@ANY
def test_what_stands_behind_the_end_is_not_passed_over(coding: str, encode: Callable[[bytes], bytes]) -> None:
    for more in (b"x", b"\0", DATA):
        assert decoded(coding, encode(DATA) + more, 10_000_000) is None


@ANY
def test_what_is_cut_short_is_unreadable(coding: str, encode: Callable[[bytes], bytes]) -> None:
    whole = encode(DATA)
    for size in range(1, len(whole)):
        assert decoded(coding, whole[:size], 10_000_000) is None


@ANY
def test_a_bomb_stops_at_the_limit(coding: str, encode: Callable[[bytes], bytes]) -> None:
    bomb = encode(b"\0" * 30_000_000)
    assert len(bomb) < 100_000
    assert decoded(coding, bomb, 1_000_000) is None
    assert decoded(coding, encode(b"y" * 1000), 1000) == b"y" * 1000
    assert decoded(coding, encode(b"y" * 1001), 1000) is None


def test_members_and_frames_are_one_content() -> None:
    assert decoded("gzip", gzip.compress(b"a") + gzip.compress(b"b"), 10) == b"ab"
    assert decoded("zstd", zstandard.compress(b"a") + zstandard.compress(b"b"), 10) == b"ab"
    assert decoded("gzip", gzip.compress(b"a" * 8) + gzip.compress(b"b" * 8), 10) is None


@pytest.mark.parametrize(
    "coding", ["uu", "base64", "hex", "quopri", "bz2", "utf-7", "compress", "none", "x", "gzip, x", "x, gzip"]
)
def test_an_unknown_coding_is_unreadable(coding: str) -> None:
    assert decoded(coding, DATA, 10_000_000) is None


@ANY
def test_codings_one_upon_the_other(coding: str, encode: Callable[[bytes], bytes]) -> None:
    assert decoded(f"{coding}, identity", encode(DATA), 1 << 20) == DATA
    assert decoded(f"gzip,{coding}", encode(gzip.compress(DATA)), 1 << 20) == DATA
    assert decoded(f"{coding} , gzip", gzip.compress(encode(DATA)), 1 << 20) == DATA
    assert decoded(f"gzip, {coding}", gzip.compress(encode(DATA)), 1 << 20) in (None, DATA)  # DATA: it is gzip, too
    assert decoded(f"{coding}, gzip, gzip, gzip, gzip", DATA, 1 << 20) is None
    bomb = gzip.compress(encode(b"\0" * 30_000_000))
    assert decoded(f"{coding}, gzip", bomb, 1_000_000) is None


def test_s3_s_framing_is_the_outermost_wherever_it_is_named() -> None:
    packed = gzip.compress(DATA)
    framed = b"%x\r\n%s\r\n0\r\n\r\n" % (len(packed), packed)
    assert decoded("aws-chunked,gzip", framed, 1 << 20) == decoded("gzip, aws-chunked", framed, 1 << 20) == DATA
    assert decoded("aws-chunked, aws-chunked", framed, 1 << 20) is None


SECRET = os.urandom(3000)


@pytest.mark.parametrize("field", ["extra", "name", "comment"])
def test_what_gzip_s_heads_hide_is_not_passed_over(field: str) -> None:
    hidden = SECRET.replace(b"\0", b"")
    assert decoded("gzip", member(DATA, **{field: hidden}), 1 << 20) is None
    assert decoded("gzip", member(DATA) + member(DATA, **{field: hidden}), 1 << 20) is None
    assert decoded("gzip", member(DATA, name=b"memo.txt"), 1 << 20) == DATA
    assert decoded("gzip", member(b"", name=b"x" * 9) * 100, 1 << 20) is None


def test_what_a_skippable_frame_hides_is_not_passed_over() -> None:
    hidden = b"\x50\x2a\x4d\x18" + len(SECRET).to_bytes(4, "little") + SECRET
    whole = zstandard.compress(DATA)
    for body in (hidden + whole, whole + hidden, whole + hidden + whole):
        assert decoded("zstd", body, 1 << 20) is None


def test_none_is_the_body() -> None:
    assert decoded("", DATA, 1) == decoded("identity", DATA, 1) == DATA


@given(coding=st.sampled_from(["gzip", "deflate", "br", "zstd"]), body=st.binary(min_size=1, max_size=200))
def test_any_bytes_are_read_or_not(coding: str, body: bytes) -> None:
    decoded(coding, body, 1000)


def test_the_framing_of_s3_is_undone_strictly() -> None:
    sign = b";chunk-signature=" + b"a" * 64
    large, end = b"x" * 8192, b"0\r\nx-amz-checksum-crc32:AAAAAA==\r\n\r\n"
    two = b"2000\r\n" + large + b"\r\n3\r\nabc\r\n"
    assert decoded("aws-chunked", two + end, 1 << 20) == large + b"abc"
    assert decoded("aws-chunked", b"3" + sign + b"\r\nabc\r\n0" + sign + b"\r\n\r\n", 99) == b"abc"
    for bad in (
        two,
        two + end + b"more",
        two + b"0\r\nx-other: list of people\r\n\r\n",
        b"3\r\nabc\r\n" + two + end,  # a small chunk before others
        b"4\r\nabc\r\n" + end,
        b"3;note=people\r\nabc\r\n" + end,
    ):
        assert decoded("aws-chunked", bad, 1 << 20) is None


@pytest.mark.parametrize(("coding", "pack"), [("gzip", gzip.compress), ("zstd", zstandard.compress)])
def test_streams_one_after_the_other_are_one_content_but_not_without_end(
    coding: str, pack: Callable[[bytes], bytes]
) -> None:
    """Each takes its time: 180 kB of empty frames of zstd took 23 seconds."""
    assert decoded(coding, pack(DATA) * 3 + pack(os.urandom(200_000)) + pack(DATA), 1 << 20) is not None
    assert decoded(coding, pack(DATA) * 40, 1 << 20) == DATA * 40
    assert decoded(coding, pack(b"") * 5000, 1 << 20) is None


@pytest.mark.parametrize(("coding", "pack"), CODINGS)
def test_no_room_is_not_boundless_room(coding: str, pack: Callable[[bytes], bytes]) -> None:
    for limit in (-1, -2, 0):
        assert decoded(coding, pack(bytes(1 << 20)), limit) is None
