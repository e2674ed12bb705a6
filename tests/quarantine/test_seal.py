"""Seals open whole, for their own case, in their own order, or not at all."""

from __future__ import annotations

import io
import secrets
import tracemalloc
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quarantine import seal
from quarantine.case import SealBroken

KEY = seal.new_key()
CHUNK = 64
HEADER = 15
SEALED = CHUNK + seal.TAG


def sealed(data: bytes, bound: str = "case A", chunk: int = CHUNK) -> bytes:
    return b"".join(seal.seal_stream(KEY, [data], bound, chunk))


def opened(data: bytes, bound: str = "case A") -> bytes:
    return b"".join(seal.unseal_stream(KEY, io.BytesIO(data), bound))


def pieces(stream: bytes) -> tuple[bytes, list[bytes]]:
    body = stream[HEADER:]
    return stream[:HEADER], [body[at : at + SEALED] for at in range(0, len(body), SEALED)]


@given(parts=st.lists(st.binary(max_size=200), max_size=8), chunk=st.integers(1, 70))
def test_a_stream_comes_back_however_it_was_cut(parts: list[bytes], chunk: int) -> None:
    stream = b"".join(seal.seal_stream(KEY, parts, "case A", chunk))
    assert opened(stream) == b"".join(parts)


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK])
def test_sizes_about_the_chunk(size: int) -> None:
    data = secrets.token_bytes(size)
    assert opened(sealed(data)) == data


@pytest.mark.parametrize("size", [0, 1, CHUNK, 3 * CHUNK, 3 * CHUNK + 5])
def test_every_truncation_is_detected(size: int) -> None:
    stream = sealed(secrets.token_bytes(size))
    for length in range(len(stream)):
        with pytest.raises(SealBroken):
            opened(stream[:length])


@pytest.mark.parametrize(
    "order", [[1, 0, 2, 3], [0, 2, 3], [0, 1, 1, 2, 3], [0, 1, 3, 2], [1, 2, 3], [0, 1, 2, 3, 3], [3]]
)
def test_every_other_order_is_detected(order: list[int]) -> None:
    header, chunks = pieces(sealed(secrets.token_bytes(4 * CHUNK)))
    with pytest.raises(SealBroken):
        opened(header + b"".join(chunks[at] for at in order))


def test_every_changed_byte_is_detected() -> None:
    stream = sealed(secrets.token_bytes(2 * CHUNK + 9))
    for at in range(len(stream)):
        broken = bytearray(stream)
        broken[at] ^= 1
        with pytest.raises(SealBroken):
            opened(bytes(broken))


def test_chunks_of_another_stream_under_the_same_key_do_not_fit() -> None:
    (header, chunks), (_, other) = pieces(sealed(b"x" * 128)), pieces(sealed(b"y" * 128))
    with pytest.raises(SealBroken):
        opened(header + chunks[0] + other[1])


def test_a_seal_opens_for_its_own_case_only() -> None:
    with pytest.raises(SealBroken):
        opened(sealed(b"data", "case A"), "case B")
    own, other = seal.CaseSeal("A", KEY), seal.CaseSeal("B", KEY)
    record = own.seal("preview", b"data")
    assert own.unseal("preview", record) == b"data"
    for wrong, purpose in ((other, "preview"), (own, "envelope")):
        with pytest.raises(SealBroken):
            wrong.unseal(purpose, record)


@pytest.mark.parametrize("data", [b"", b"short", b"n" * 12, b"n" * 27])
def test_rubbish_does_not_open(data: bytes) -> None:
    with pytest.raises(SealBroken):
        seal.unseal(KEY, data, "x")
    with pytest.raises(SealBroken):
        opened(data)


def test_a_gigantic_chunk_size_is_refused_before_anything_is_read() -> None:
    with pytest.raises(SealBroken):
        opened(b"SKS1" + b"\xff\xff\xff\xff" + b"p" * 7 + b"data")


def test_memory_stays_bounded() -> None:
    """256 MiB through seal and unseal, with less than 8 MiB held by Python at any time."""
    piece, count = secrets.token_bytes(1024 * 1024), 256

    class Joined(io.RawIOBase):
        """The sealed pieces, read as a file."""

        def __init__(self, source: Iterator[bytes]) -> None:
            self.source, self.rest = source, b""

        def read(self, size: int = -1) -> bytes:
            while len(self.rest) < size and (more := next(self.source, b"")):
                self.rest += more
            taken, self.rest = self.rest[:size], self.rest[size:]
            return taken

    tracemalloc.start()
    try:
        stream = Joined(seal.seal_stream(KEY, (piece for _ in range(count)), "case A"))
        total = sum(len(part) for part in seal.unseal_stream(KEY, stream, "case A"))  # type: ignore[arg-type,misc]
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert total == count * len(piece)
    assert peak < 8 * 1024 * 1024
