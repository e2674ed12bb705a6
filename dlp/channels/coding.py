"""Content-Encoding of uploads, undone strictly: what a decoder would skip, a receiver could read.

mitmproxy's own decoding (12.2) stops at the end of the first stream and lets the rest pass unread, takes any of
Python's codecs for an encoding (`uu` reads only between its marks) and sets no limit to what a small body may become.
"""

from __future__ import annotations

import zlib

import brotli
import zstandard


def decoded(coding: str, body: bytes, limit: int) -> bytes | None:
    """The body without its coding; None when it is not wholly and only that, or longer than `limit` bytes."""
    word = coding.strip().lower()
    try:
        if word in ("", "identity"):
            return body
        if word in ("gzip", "x-gzip"):
            return _gzip(body, limit)
        if word == "deflate":
            return _deflate(body, limit)
        if word == "br":
            return _brotli(body, limit)
        return _zstd(body, limit) if word == "zstd" else None
    except (zlib.error, brotli.error, zstandard.ZstdError):
        return None


def _gzip(body: bytes, limit: int) -> bytes | None:
    total = bytearray()
    rest = body
    while rest:  # members one after the other are one content (RFC 1952, section 2.2)
        member = zlib.decompressobj(16 + zlib.MAX_WBITS)
        total += member.decompress(rest, limit + 1 - len(total))
        if not member.eof or len(total) > limit:
            return None
        rest = member.unused_data
    return bytes(total)


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
    return bytes(total)


def _finishes_early(body: bytes, limit: int) -> bool:
    """Whether the stream is over before the last byte."""
    stream = brotli.Decompressor()
    stream.process(body[:-1], output_buffer_limit=limit + 1)
    while not stream.is_finished() and stream.process(b"", output_buffer_limit=limit + 1):
        pass
    return bool(stream.is_finished())


def _zstd(body: bytes, limit: int) -> bytes | None:
    total = bytearray()
    rest = body
    while rest:
        size = zstandard.frame_content_size(rest)
        if size > limit:
            return None
        with zstandard.ZstdDecompressor(max_window_size=1 << 27).stream_reader(rest) as reader:
            total += reader.read(limit + 1 - len(total))
        if len(total) > limit:
            return None
        frame = zstandard.ZstdDecompressor(max_window_size=1 << 27).decompressobj()
        frame.decompress(rest)
        if not frame.eof:
            return None
        rest = frame.unused_data
    return bytes(total)
