"""Members of a zip encrypted with AES (WinZip's AE-1 and AE-2), opened with a known password."""

from __future__ import annotations

import bz2
import hashlib
import hmac
import lzma
import zipfile
import zlib
from collections.abc import Iterator

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from dlp.errors import Incomplete
from dlp.extract.blocks import Why

METHOD = 99
_FIELD = 0x9901
_MAC = 10
_BLOCKS = 1 << 16
_CHUNK = 1 << 20


def _field(member: zipfile.ZipInfo) -> bytes:
    extra, at = member.extra, 0
    while at + 4 <= len(extra):
        kind, size = int.from_bytes(extra[at : at + 2], "little"), int.from_bytes(extra[at + 2 : at + 4], "little")
        if kind == _FIELD and size >= 7:
            return extra[at + 4 : at + 4 + size]
        at += 4 + size
    return b""


def method_of(member: zipfile.ZipInfo) -> int:
    """How the member is packed below its encryption; -1 when it does not say."""
    field = _field(member)
    return int.from_bytes(field[5:7], "little") if len(field) >= 7 else -1


def decrypt(data: bytes, member: zipfile.ZipInfo, password: bytes) -> bytes:
    """The packed bytes. Raises Incomplete(ENCRYPTED) for a wrong password, Incomplete(CORRUPT) for changed bytes."""
    strength = _field(member)[4]
    if strength not in (1, 2, 3):
        raise Incomplete(Why.UNKNOWN)
    salt_size, key_size = 4 + 4 * strength, 8 + 8 * strength
    salt, check = data[:salt_size], data[salt_size : salt_size + 2]
    keys = hashlib.pbkdf2_hmac("sha1", password, salt, 1000, 2 * key_size + 2)
    if not hmac.compare_digest(keys[-2:], check):
        raise Incomplete(Why.ENCRYPTED)
    body, mac = data[salt_size + 2 : -_MAC], data[-_MAC:]
    if not hmac.compare_digest(hmac.new(keys[key_size : 2 * key_size], body, "sha1").digest()[:_MAC], mac):
        raise Incomplete(Why.CORRUPT)
    return b"".join(_counter_mode(body, keys[:key_size]))


def _counter_mode(body: bytes, key: bytes) -> Iterator[bytes]:
    """CTR with a little-endian counter from 1, which no library offers: the counters are encrypted as blocks."""
    # ECB is the block function itself; the blocks are counters, each used once.
    encryptor = Cipher(algorithms.AES(key), modes.ECB()).encryptor()  # noqa: S305
    for start in range(0, len(body), _BLOCKS * 16):
        piece = body[start : start + _BLOCKS * 16]
        first = start // 16 + 1
        counters = b"".join(i.to_bytes(16, "little") for i in range(first, first + (len(piece) + 15) // 16))
        stream = encryptor.update(counters)[: len(piece)]
        yield (int.from_bytes(piece, "big") ^ int.from_bytes(stream, "big")).to_bytes(len(piece), "big")


def unpack(packed: bytes, method: int) -> Iterator[bytes]:
    """The chunks of a member packed by one of zip's methods. Raises what the decompressor raises."""
    if method == zipfile.ZIP_STORED:
        yield packed
    elif method == zipfile.ZIP_DEFLATED:
        yield from _inflate(packed)
    elif method == zipfile.ZIP_BZIP2:
        yield from _all(bz2.BZ2Decompressor(), packed)
    else:
        size = int.from_bytes(packed[2:4], "little")
        properties = lzma._decode_filter_properties(lzma.FILTER_LZMA1, packed[4 : 4 + size])  # type: ignore[attr-defined]
        yield from _all(lzma.LZMADecompressor(lzma.FORMAT_RAW, filters=[properties]), packed[4 + size :])


def _inflate(packed: bytes) -> Iterator[bytes]:
    stream = zlib.decompressobj(wbits=-15)
    while packed and not stream.eof:
        yield stream.decompress(packed, _CHUNK)
        packed = stream.unconsumed_tail
    yield stream.flush()
    if not stream.eof:
        raise EOFError


def _all(stream: bz2.BZ2Decompressor | lzma.LZMADecompressor, packed: bytes) -> Iterator[bytes]:
    while not stream.eof:
        chunk = stream.decompress(packed, _CHUNK)
        packed = b""
        if not chunk and stream.needs_input:
            raise EOFError
        yield chunk
