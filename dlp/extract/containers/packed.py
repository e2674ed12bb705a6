"""gzip, zlib, bzip2, xz, lzma and zstd: what was packed, as one child; bytes after the end as another."""

from __future__ import annotations

import bz2
import lzma
import zlib
from collections.abc import Callable, Iterator
from typing import Protocol

import zstandard

from dlp.errors import Incomplete
from dlp.extract.blocks import Extracted, Lost, Why
from dlp.extract.budget import Budget
from dlp.extract.containers.gzip_heads import head_at
from dlp.extract.containers.members import CHUNK, Sink, beside
from dlp.transfer import Part

ZLIB = "application/zlib"
_GZIP = "application/gzip"
#: How a stream of zlib begins (RFC 1950: a window of 32 kB, one of four levels).
ZLIB_BEGINS = (b"\x78\x01", b"\x78\x5e", b"\x78\x9c", b"\x78\xda")
_TOLD = 512  # bytes by which one is told
_WINDOW = 128 << 20  # the largest dictionary a stream may ask for
_STEP = 1 << 16
_SUFFIXES = (".gz", ".bz2", ".xz", ".lzma", ".zst", ".tgz", ".tbz", ".tbz2", ".txz", ".tzst")


class _Stream(Protocol):
    """One packed stream, fed step by step."""

    eof: bool
    unused_data: bytes

    def chunks(self, data: bytes) -> Iterator[bytes]:
        """What `data` unpacks to, at most a megabyte at a time."""


class _Deflated:
    def __init__(self, wbits: int) -> None:
        self._stream = zlib.decompressobj(wbits)

    eof = property(lambda self: self._stream.eof)
    unused_data = property(lambda self: self._stream.unused_data)

    def chunks(self, data: bytes) -> Iterator[bytes]:
        while data and not self._stream.eof:
            yield self._stream.decompress(data, CHUNK)
            data = self._stream.unconsumed_tail


class _Limited:
    """bz2 and lzma: they keep what was not yet unpacked themselves."""

    def __init__(self, stream: bz2.BZ2Decompressor | lzma.LZMADecompressor) -> None:
        self._stream = stream

    eof = property(lambda self: self._stream.eof)
    unused_data = property(lambda self: self._stream.unused_data)

    def chunks(self, data: bytes) -> Iterator[bytes]:
        yield self._stream.decompress(data, CHUNK)
        while not self._stream.eof and not self._stream.needs_input:
            yield self._stream.decompress(b"", CHUNK)


class _Zstd:
    def __init__(self) -> None:
        self._stream = zstandard.ZstdDecompressor(max_window_size=_WINDOW).decompressobj()
        self._frames = 0

    eof = property(lambda self: self._stream.eof)
    unused_data = property(lambda self: self._stream.unused_data)

    def chunks(self, data: bytes) -> Iterator[bytes]:
        yield self._stream.decompress(data)


#: media type -> a fresh stream, what its streams begin with, bytes given to it at a time. zstd does not limit what
#: it gives back, so it gets little: a kilobyte holds at most eight blocks of 128 kB and a repeat of them.
_OPENERS: dict[str, tuple[Callable[[], _Stream], tuple[bytes, ...], int]] = {
    _GZIP: (lambda: _Deflated(31), (b"\x1f\x8b",), _STEP),
    ZLIB: (lambda: _Deflated(15), (), _STEP),
    "application/x-bzip2": (lambda: _Limited(bz2.BZ2Decompressor()), (b"BZh",), _STEP),
    "application/x-xz": (lambda: _Limited(lzma.LZMADecompressor(memlimit=_WINDOW)), (b"\xfd7zXZ\x00",), _STEP),
    "application/x-lzma": (lambda: _Limited(lzma.LZMADecompressor(lzma.FORMAT_ALONE, _WINDOW)), (), _STEP),
    "application/zstd": (_Zstd, (b"\x28\xb5\x2f\xfd",), 1 << 10),
}
KINDS = tuple(_OPENERS)


def is_zlib(data: bytes) -> bool:
    """Whether `data` is a stream of zlib, not two bytes by accident or a text that unpacks for a while."""
    if not data.startswith(ZLIB_BEGINS):
        return False
    stream = zlib.decompressobj()
    try:
        stream.decompress(data[:_TOLD])
    except zlib.error:
        return False
    return stream.eof or len(data) > _TOLD


def extract(part: Part, budget: Budget, kind: str) -> Extracted:
    """The unpacked content of a stream of type `kind`."""
    return Extracted(kind, children=_children(part, budget, kind))


def _children(part: Part, budget: Budget, kind: str) -> Iterator[Part | Lost]:
    sink = Sink(budget, len(part.data))
    why: Why | None = None
    at, said = 0, list[bytes]()
    try:
        at = yield_all(part.data, sink, kind, said)
    except Incomplete as fault:
        why = Why(fault.why)
    except MemoryError:
        why = Why.TOO_LARGE
    except (zlib.error, lzma.LZMAError, OSError, EOFError, ValueError, zstandard.ZstdError):
        why = Why.CORRUPT
    if why is not None:
        yield Lost(part.path, why)
    if why in (None, Why.CORRUPT) and (len(sink) or why is None):
        yield Part(path=(*part.path, _inner(part)), data=sink.value())  # of a torn stream, what there is
    heads = dict.fromkeys(text for text in said if text and text != _inner(part).encode("utf-8", "surrogatepass"))
    yield from beside(part, b"\n".join(heads), "in its heads")
    if why is None:
        yield from beside(part, part.data[at:], "after the end")


def yield_all(data: bytes, sink: Sink, kind: str, said: list[bytes]) -> int:
    """Unpack stream after stream into `sink`; the place where the last one ends. Adds to `said` what the heads of gzip
    carry. Raises what decompressors raise."""
    opener, magic, step = _OPENERS[kind]
    at = 0
    while at < len(data):
        stream = opener()
        if kind == _GZIP:
            said.append(head_at(data, at).said)
        while not stream.eof and at < len(data):
            piece = data[at : at + step]
            at += len(piece)
            for chunk in stream.chunks(piece):
                sink.add(chunk, at)
        if not stream.eof:
            raise EOFError
        at -= len(stream.unused_data)
        rest = at + len(data[at : at + 4096]) - len(data[at : at + 4096].lstrip(b"\0"))
        if not magic or not data.startswith(magic, rest):
            break
        at = rest
    return at


def _inner(part: Part) -> str:
    name = part.path[-1] if part.path else "content"
    for suffix in _SUFFIXES:
        if name.lower().endswith(suffix):
            return name[: -len(suffix)] + (".tar" if suffix.startswith(".t") else "")
    return name
