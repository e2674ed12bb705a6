"""Envelope encryption: AES-256-GCM under a data key that belongs to one case.

Short things are sealed whole (nonce, then ciphertext and tag). Content is sealed in chunks after the STREAM
construction (Hoang, Reyhanitabar, Rogaway, Vizár 2015): the nonce of chunk i is prefix ‖ i ‖ last-flag, so that
a chunk left out, moved, repeated or cut off at the end fails to open. Case id and purpose are associated data
everywhere: a seal moved to another case does not open.
"""

from __future__ import annotations

import os
import secrets
import struct
from collections.abc import Iterable, Iterator
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from quarantine.case import SealBroken

CHUNK = 256 * 1024  # bytes of plaintext in a chunk
TAG = 16
NONCE = 12
_HEADER = struct.Struct(">4sI7s")  # magic, chunk size, nonce prefix
_MAGIC = b"SKS1"
_MOST = 16 * 1024 * 1024  # bytes: a larger chunk size is not ours


def new_key() -> bytes:
    """A random 256-bit key."""
    return secrets.token_bytes(32)


def derive(key: bytes, purpose: str) -> bytes:
    """HKDF-SHA256 of a uniformly random `key`, 32 bytes."""
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose.encode()).derive(key)


def seal(key: bytes, data: bytes, bound: str) -> bytes:
    """`data` sealed whole; opens only with the same `bound`."""
    nonce = os.urandom(NONCE)
    return nonce + AESGCM(key).encrypt(nonce, data, bound.encode("utf-8", "surrogatepass"))


def unseal(key: bytes, sealed: bytes, bound: str) -> bytes:
    """What `seal` took. Raises SealBroken."""
    try:
        return AESGCM(key).decrypt(sealed[:NONCE], sealed[NONCE:], bound.encode("utf-8", "surrogatepass"))
    except (InvalidTag, ValueError) as error:
        raise SealBroken("a sealed record does not open") from error


def seal_stream(key: bytes, pieces: Iterable[bytes], bound: str, chunk: int = CHUNK) -> Iterator[bytes]:
    """`pieces` (of any sizes) as a header and sealed chunks; holds two chunks in memory at most.

    `key` must seal no other stream.
    """
    header = _HEADER.pack(_MAGIC, chunk, secrets.token_bytes(7))
    cipher, also = AESGCM(key), header + bound.encode("utf-8", "surrogatepass")
    yield header
    for counter, (data, last) in enumerate(_marked(_cut(pieces, chunk))):
        yield cipher.encrypt(_nonce(header, counter, last), data, also)


def unseal_stream(key: bytes, source: BinaryIO, bound: str) -> Iterator[bytes]:
    """The plaintext of `seal_stream`, chunk by chunk; each is authentic in its place when it is yielded.

    Raises SealBroken, at the latest after the last chunk: only a reader that saw the iterator end has the whole.
    """
    header = source.read(_HEADER.size)
    chunk = _chunk_size(header)
    cipher, also = AESGCM(key), header + bound.encode("utf-8", "surrogatepass")
    sealed = iter(lambda: source.read(chunk + TAG), b"")
    counter = -1
    for counter, (data, last) in enumerate(_marked(sealed)):
        try:
            yield cipher.decrypt(_nonce(header, counter, last), data, also)
        except (InvalidTag, ValueError) as error:
            raise SealBroken("sealed content does not open") from error
    if counter < 0:
        raise SealBroken("sealed content is cut off")


def _chunk_size(header: bytes) -> int:
    if len(header) != _HEADER.size:
        raise SealBroken("sealed content is cut off")
    magic, chunk, _ = _HEADER.unpack(header)
    if magic != _MAGIC or not 0 < chunk <= _MOST:
        raise SealBroken("sealed content is of no known form")
    return int(chunk)


def _nonce(header: bytes, counter: int, last: bool) -> bytes:
    return header[-7:] + struct.pack(">IB", counter, last)


def _cut(pieces: Iterable[bytes], size: int) -> Iterator[bytes]:
    """`pieces` regrouped to `size` bytes each, the last one shorter; one empty piece for nothing at all."""
    buffer, empty = bytearray(), True
    for piece in pieces:
        for start in range(0, len(piece), size):  # never more than two chunks at once, however large a piece
            buffer += memoryview(piece)[start : start + size]
            while len(buffer) >= size:
                yield bytes(buffer[:size])
                del buffer[:size]
                empty = False
    if buffer or empty:
        yield bytes(buffer)


def _marked(items: Iterable[bytes]) -> Iterator[tuple[bytes, bool]]:
    """Each item with whether it is the last."""
    waiting: bytes | None = None
    for item in items:
        if waiting is not None:
            yield waiting, False
        waiting = item
    if waiting is not None:
        yield waiting, True


class CaseSeal:
    """All seals of one case: its data key, its id as associated data, a key of its own for each purpose."""

    def __init__(self, case_id: str, data_key: bytes) -> None:
        self._case = case_id
        self._key = data_key

    def _parts(self, purpose: str) -> tuple[bytes, str]:
        return derive(self._key, f"sekisho case {purpose}"), f"{purpose} of case {self._case}"

    def seal(self, purpose: str, data: bytes) -> bytes:
        """A short record."""
        key, bound = self._parts(purpose)
        return seal(key, data, bound)

    def unseal(self, purpose: str, sealed: bytes) -> bytes:
        """The record again. Raises SealBroken."""
        key, bound = self._parts(purpose)
        return unseal(key, sealed, bound)

    def seal_stream(self, purpose: str, pieces: Iterable[bytes]) -> Iterator[bytes]:
        """Content of any size; once for each purpose."""
        key, bound = self._parts(purpose)
        return seal_stream(key, pieces, bound)

    def unseal_stream(self, purpose: str, source: BinaryIO) -> Iterator[bytes]:
        """The content again. Raises SealBroken."""
        key, bound = self._parts(purpose)
        return unseal_stream(key, source, bound)
