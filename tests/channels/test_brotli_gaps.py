"""What brotli's decoders pass over is not passed over by us."""

from __future__ import annotations

import os
import random
from pathlib import Path

import brotli
import pytest

from dlp.channels.web import brotli_gaps
from dlp.channels.web.coding import decoded

DOCS = Path(__file__).resolve().parents[2] / "docs"


class Stream:
    """A stream of brotli, block by block, each ended on a byte (RFC 7932, section 9)."""

    def __init__(self) -> None:
        self._bits = [0]  # a window of 64 kB
        self._done = b""

    def _put(self, *fields: tuple[int, int]) -> None:
        for value, bits in fields:
            self._bits += [value >> place & 1 for place in range(bits)]

    def _flush(self, data: bytes) -> None:
        self._bits += [0] * (-len(self._bits) % 8)
        for at in range(0, len(self._bits), 8):
            self._done += bytes([sum(bit << place for place, bit in enumerate(self._bits[at : at + 8]))])
        self._bits, self._done = [], self._done + data

    def metadata(self, data: bytes) -> Stream:
        size = max(1, ((len(data) - 1).bit_length() + 7) // 8)
        self._put((0, 1), (3, 2), (0, 1), (size, 2), (len(data) - 1, 8 * size))
        self._flush(data)
        return self

    def plain(self, data: bytes) -> Stream:
        for at in range(0, len(data), 1 << 16):
            piece = data[at : at + (1 << 16)]
            self._put((0, 1), (0, 2), (len(piece) - 1, 16), (1, 1))
            self._flush(piece)
        return self

    def end(self) -> bytes:
        self._put((3, 2))
        self._flush(b"")
        return self._done


DATA = os.urandom(20_000)


def test_the_blocks_made_here_are_brotli() -> None:
    assert brotli.decompress(Stream().plain(DATA).end()) == DATA
    assert brotli.decompress(Stream().metadata(b"x" * 300).plain(DATA).metadata(b"y").end()) == DATA
    assert decoded("br", Stream().plain(DATA).end(), 1 << 20) == DATA


def test_one_block_that_hides_something() -> None:
    for place in (0, 7000, len(DATA)):
        for size in (400, 30_000):
            hiding = Stream().plain(DATA[:place]) if place else Stream()
            hiding.metadata(os.urandom(size))
            hiding = hiding.plain(DATA[place:]) if place < len(DATA) else hiding
            body = hiding.end()
            assert brotli.decompress(body) == DATA
            assert decoded("br", body, 1 << 20) is None


@pytest.mark.parametrize("step", [1, 2, 5, 40])
def test_many_small_ones(step: int) -> None:
    secret, stream = os.urandom(4000), Stream()
    for at in range(0, len(secret), step):
        stream.plain(DATA[at : at + 3]).metadata(secret[at : at + step])
    body = stream.end()
    assert brotli.decompress(body)
    assert decoded("br", body, 1 << 20) is None


def test_hidden_among_the_tables_of_much_text() -> None:
    """Behind a long stream that is nothing but ordinary, so that few of its bytes are."""
    texts = [path.read_bytes() for path in sorted(DOCS.glob("*.md"))][:12]
    stream = Stream().plain(b"".join(texts)).metadata(os.urandom(4000))
    assert decoded("br", stream.end(), 1 << 22) is None


def test_a_stream_too_long_to_be_looked_through_is_unread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(brotli_gaps, "MOST", 10_000)
    assert decoded("br", brotli.compress(DATA), 1 << 20) is None


@pytest.mark.parametrize("quality", [0, 1, 4, 5, 9, 11])
def test_what_encoders_make_hides_nothing(quality: int) -> None:
    chance = random.Random(quality)
    texts = [path.read_bytes() for path in sorted(DOCS.glob("*.md"))[:6]]
    texts += [b"a,b,c\n" * 50_000, DATA, b"", b"x", "名前,住所\n".encode() * 400]
    texts += [bytes(chance.choices(range(256), range(256), k=100_000))]
    for text in texts:
        for mode in (brotli.MODE_GENERIC, brotli.MODE_TEXT):
            assert decoded("br", brotli.compress(text, mode, quality), 1 << 22) == text


@pytest.mark.parametrize("quality", [1, 5, 9, 11])
def test_much_text_and_streams_that_are_flushed_often_hide_nothing(quality: int) -> None:
    """Their tables and their short blocks give nothing for many bytes on end."""
    text = b"".join(path.read_bytes() for path in sorted(DOCS.glob("*.md")))
    text += b"".join(path.read_bytes() for path in sorted((DOCS.parent / "dlp").rglob("*.py")))
    assert decoded("br", brotli.compress(text, quality=quality), 1 << 23) == text
    stream = brotli.Compressor(quality=quality)
    flushed = b"".join(
        stream.process(text[at : at + 4096]) + stream.flush() for at in range(0, min(len(text), 1 << 20), 4096)
    )
    assert decoded("br", flushed + stream.finish(), 1 << 23) == text[: 1 << 20]


def test_a_few_bytes_that_stand_for_many_are_not_decoded_time_and_again(monkeypatch: pytest.MonkeyPatch) -> None:
    content, done = bytes(8 << 20), list[int]()
    alone = brotli_gaps._decodes_to

    def counted(stream: bytes, whole: bytes) -> bool:
        done.append(len(whole))
        return alone(stream, whole)

    monkeypatch.setattr(brotli_gaps, "_decodes_to", counted)
    monkeypatch.setattr(brotli_gaps, "_WORK", 32 << 20)
    assert decoded("br", brotli.compress(content), 1 << 24) in (content, None)
    assert 0 < sum(done) <= 32 << 20
