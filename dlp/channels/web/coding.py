"""Content-Encoding of uploads, undone strictly: what a decoder would skip, a receiver could read.

That is also what lies in the heads of gzip, in the skippable frames of zstd and in the metadata of brotli.
mitmproxy's own decoding (12.2) stops at the end of the first stream and lets the rest pass unread, takes any of
Python's codecs for an encoding (`uu` reads only between its marks) and sets no limit to what a small body may become.
"""

from __future__ import annotations

import re
import zlib

import brotli
import zstandard

from dlp.channels.web.brotli_gaps import has_gaps
from dlp.extract.containers.gzip_heads import head_at

_AWS_CHUNK = re.compile(rb"([0-9a-fA-F]{1,8})(?:;chunk-signature=[0-9a-f]{64})?\r\n")
_AWS_END = re.compile(rb"(?:x-amz-(?:checksum-\w{1,16}|trailer-signature):[\w+/=]{1,100}\r?\n){0,4}(?:\r\n)?")
_AWS = "aws-chunked"
_MOST_CODINGS = 4
_NAMES = 64  # bytes of file names in gzip's heads: programs write them, and nobody reads them
_FRAME = b"\x28\xb5\x2f\xfd"  # how a frame of zstd begins that is no skippable one
_MOST_STREAMS = 1000  # members of gzip or frames of zstd: each takes its time, and 32 MB hold millions of empty ones
_STEP = 1 << 16  # bytes given to a decompressor at a time: what it leaves is copied
_ZSTD_STEP = 1 << 10  # likewise; zstd does not limit what it gives back, of a kilobyte 32 MB at most
_ZSTD_HEAD = 18  # bytes of a frame's head at most (RFC 8878, section 3.1.1.1)
_AWS_LEAST = 8192  # bytes of a chunk but the last, as the protocol demands: smaller ones could talk in their signatures


def decoded(coding: str, body: bytes, limit: int) -> bytes | None:
    """The body without its coding, or codings in the order in which they were applied (RFC 9110, section 8.4); None
    when it is not wholly and only that, or longer than `limit` bytes."""
    if limit < 0:  # zlib takes a bound of 0 for none
        return None
    words = [word.strip().lower() for word in coding.split(",")]
    if _AWS in words:  # S3's clients write it first or last; it is always the outermost
        words.remove(_AWS)
        words.append(_AWS)
    if len(words) > _MOST_CODINGS:
        return None
    plain: bytes | None = body
    for word in reversed(words):
        plain = None if plain is None else _without(word, plain, limit)
    return plain


def _without(word: str, body: bytes, limit: int) -> bytes | None:
    try:
        if word in ("", "identity"):
            return body
        if word in ("gzip", "x-gzip"):
            return _gzip(body, limit)
        if word == "deflate":
            return _deflate(body, limit)
        if word == "br":
            return _brotli(body, limit)
        if word == _AWS:
            return _aws_chunked(body)
        return _zstd(body, limit) if word == "zstd" else None
    except (zlib.error, brotli.error, zstandard.ZstdError):
        return None


def _aws_chunked(body: bytes) -> bytes | None:
    """What S3's clients send: lengths and signatures between the content, checksums behind it."""
    chunks: list[bytes] = []
    at = 0
    while head := _AWS_CHUNK.match(body, at):
        size, at = int(head[1], 16), head.end()
        if not size:
            return b"".join(chunks) if _AWS_END.fullmatch(body, at) else None
        small = chunks and len(chunks[-1]) < _AWS_LEAST
        if small or body[at + size : at + size + 2] != b"\r\n":
            return None
        chunks.append(body[at : at + size])
        at += size + 2
    return None


def _gzip(body: bytes, limit: int) -> bytes | None:
    total, names, at = bytearray(), 0, 0
    for _ in range(_MOST_STREAMS):  # members one after the other are one content (RFC 1952, section 2.2)
        if at == len(body):
            return bytes(total)
        member = zlib.decompressobj(16 + zlib.MAX_WBITS)
        head = head_at(body, at)
        names += len(head.name)
        if head.extra or head.comment or names > _NAMES:
            return None
        while not member.eof and at < len(body):
            piece = member.unconsumed_tail or body[at : at + _STEP]
            at += 0 if member.unconsumed_tail else len(piece)
            total += member.decompress(piece, limit + 1 - len(total))
            if len(total) > limit:
                return None
        if not member.eof:
            return None
        at -= len(member.unused_data)
    return None


def _deflate(body: bytes, limit: int) -> bytes | None:
    for window in (zlib.MAX_WBITS, -zlib.MAX_WBITS):  # with its header as the RFC says, without as some programs do
        stream = zlib.decompressobj(window)
        try:
            data = stream.decompress(body, limit + 1)
        except zlib.error:
            continue
        return data if stream.eof and not stream.unused_data and len(data) <= limit else None
    return None


def _brotli(body: bytes, limit: int) -> bytes | None:
    stream = brotli.Decompressor()
    total = bytearray(stream.process(body, output_buffer_limit=limit + 1))
    while not stream.is_finished() and len(total) <= limit:
        more = stream.process(b"", output_buffer_limit=limit + 1)
        if not more:
            return None  # cut short
        total += more
    # It takes bytes behind its end without a word: only what this decoder needed to the last byte is read.
    if len(total) > limit or (body and _finishes_early(body, limit)):
        return None
    return None if has_gaps(body, bytes(total)) else bytes(total)


def _finishes_early(body: bytes, limit: int) -> bool:
    """Whether the stream is over before the last byte."""
    stream = brotli.Decompressor()
    stream.process(body[:-1], output_buffer_limit=limit + 1)
    while not stream.is_finished() and stream.process(b"", output_buffer_limit=limit + 1):
        pass
    return bool(stream.is_finished())


def _zstd(body: bytes, limit: int) -> bytes | None:
    total, at = bytearray(), 0
    opener = zstandard.ZstdDecompressor(max_window_size=1 << 27)
    for _ in range(_MOST_STREAMS):
        if at == len(body):
            return bytes(total)
        if not body.startswith(_FRAME, at) or zstandard.frame_content_size(body[at : at + _ZSTD_HEAD]) > limit:
            return None
        frame = opener.decompressobj()
        while not frame.eof and at < len(body):
            piece = body[at : at + _ZSTD_STEP]
            at += len(piece)
            total += frame.decompress(piece)
            if len(total) > limit:
                return None
        if not frame.eof:
            return None
        at -= len(frame.unused_data)
    return None
