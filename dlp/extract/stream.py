"""A text too large to hold, chunk by chunk: a list of a gigabyte is counted in the memory of one of a few megabytes.

The encoding is told by the beginning and then believed strictly: a chunk that does not decode makes the part unread.
A file that ends within a character is read to there, as small ones are.
Only text is read so; containers need their end, and documents their whole.
"""

from __future__ import annotations

import codecs
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from typing import Protocol

from dlp.errors import Incomplete
from dlp.extract import charset, cuts, sniff
from dlp.extract.blocks import Block, Calm, Lost, Table, Text, Why
from dlp.extract.budget import Budget
from dlp.extract.plain import calm, delimited, hl7, record_types
from dlp.extract.plain.normalize import told
from dlp.extract.plain.text import find_delimiter, frame_of, table_of
from dlp.extract.plain.unfold import plain
from dlp.extract.records.webform import boundary_of
from dlp.transfer import Part

_HEAD = 1 << 20
CHUNK = 2 << 20  # bytes read at a time; what is made of them takes some ten times as much
_TABLES = 4  # so many of tables: what a piece of one costs however long it is would add up
_PLACE = "table 1"
STRETCH = 2 * CHUNK  # bytes that can be read by themselves, before those behind them are there
_OVERLAP = 1 << 16
_LONGEST = 12  # chunks of UTF-8 in which no line ends
_UTF8 = ("utf-8", "utf-8-sig")
STREAMED = ("text/plain", "text/csv")
#: Where the last whole record of a piece ends, and where the next piece begins.
type Cut = Callable[[str], tuple[int, int]]


class Content(Protocol):
    """Bytes that need not be in memory: read piece by piece. `bytes` is one."""

    def __len__(self) -> int: ...

    def __getitem__(self, piece: slice, /) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Slice:
    """A stretch of a content, itself one."""

    whole: Content
    start: int
    stop: int

    def __len__(self) -> int:
        return self.stop - self.start

    def __getitem__(self, piece: slice, /) -> bytes:
        start, stop, _ = piece.indices(len(self))
        return self.whole[self.start + start : self.start + stop]


def _never(_: int) -> bool:
    return False


def media_type(data: Content, path: tuple[str, ...], declared: str) -> str:
    """The type by its beginning; those in STREAMED can be read in chunks."""
    return sniff.media_type(Part(path=path, data=_head(data), declared=declared))


def _head(data: Content) -> bytes:
    """The beginning, ended at a line so that no character is torn; of wide characters, at a whole one."""
    head = data[: _HEAD // 4 * 4]
    return head if b"\0" in head else head[: head.rfind(b"\n") + 1] or head


def blocks(data: Content, budget: Budget, skips: Callable[[int], bool] = _never) -> Iterator[Block | Lost]:
    """Tables or texts of some megabytes each, cut between records; of a running text without the stretches that `skips`
    says hold nothing, asked when all before them was read. Raises Incomplete."""
    shape = _Shape.of(_head(data))
    if shape.delimiter and not shape.quoted and shape.encoding == "utf-8":
        yield from _tables(data, shape.delimiter, budget)
        return
    if shape.kinds:
        for text in _chunks(data, shape.encoding, _of_rows, CHUNK):
            budget.check_time()
            yield from (Table(frame_of(rows), _PLACE) for rows in record_types.parted(plain(text), shape.kinds))
        return
    if not shape.delimiter and shape.encoding in _UTF8:
        yield from _texts(data, budget, shape.lead, skips)
        return
    records = partial(cuts.end_of_record, lead=shape.lead)
    cut = _of_quoted if shape.quoted else _of_rows if shape.delimiter else records
    for text in _chunks(data, shape.encoding, cut, _TABLES * CHUNK if shape.delimiter else CHUNK):
        budget.check_time()
        yield table_of(plain(text), shape.delimiter, _PLACE) if shape.delimiter else _block(text)


@dataclass(frozen=True, slots=True)
class _Shape:
    """What the beginning of a content tells of all of it."""

    delimiter: str  # if it is a table
    quoted: bool  # cells of it
    encoding: str
    lead: str  # what records begin with, see `cuts`
    kinds: str  # the delimiter of lines of several kinds, each of which is a table

    @classmethod
    def of(cls, head: bytes) -> _Shape:
        """Raises Incomplete, of messages in segments as well: they are read whole or not at all."""
        begun = plain(charset.decode(head))
        if hl7.begins(begun):
            raise Incomplete(Why.TOO_LARGE)
        if kinds := record_types.delimiter_of(begun):
            return cls("", quoted=False, encoding=charset.encoding_of(head), lead="", kinds=kinds)
        delimiter = find_delimiter(begun)
        quoted = bool(delimiter) and b'"' in head
        return cls(delimiter, quoted, charset.encoding_of(head), cuts.lead(begun), kinds="")


def lead_of(data: Content, path: tuple[str, ...], declared: str) -> str | None:
    """Of a running text in UTF-8, each stretch of which can be read by itself, what its records begin with; None of
    anything else. Told by its beginning."""
    if boundary_of(declared) or media_type(data, path, declared) not in STREAMED:
        return None
    try:
        shape = _Shape.of(_head(data))
    except Incomplete:
        return None
    return None if shape.delimiter or shape.kinds or shape.encoding not in _UTF8 else shape.lead


def stretches(size: int) -> int:
    """How many stretches of a content of so many bytes can be read by themselves: those with something behind them."""
    return max(0, size - 1) // STRETCH


def stretch(data: Content, number: int, lead: str) -> Iterator[Text | Calm]:
    """The texts of a stretch of running text, which nothing outside of it changes. Raises Incomplete, where its ends
    are not ends of lines."""
    begin = number * STRETCH
    places = [_cut(data, at, lead) if at else (0, 0) for at in range(begin, begin + STRETCH + 1, CHUNK)]
    for before, after in pairwise(places):
        if before is None or after is None:
            raise Incomplete(Why.TOO_LARGE)
        start, stop = before[1], after[0]
        yield _of_utf8(data[start:stop].removeprefix(codecs.BOM_UTF8 if not start else b""))


def _texts(data: Content, budget: Budget, lead: str, skips: Callable[[int], bool]) -> Iterator[Text | Calm]:
    """Pieces of running text in UTF-8; where each ends is told by the bytes of its own chunk."""
    begin, size, skipped = 0, len(data), False
    for at in range(0, size, CHUNK):
        skipped = skipped if at % STRETCH else skips(at // STRETCH)
        stop = at + CHUNK
        cut = _cut(data, stop, lead) if stop < size else (size, size)
        if cut is None and stop - begin > _LONGEST * CHUNK:
            raise Incomplete(Why.TOO_LARGE)  # no line ends in all that: no text at all
        if cut is None:
            continue
        end, following = cut
        if not skipped:
            budget.check_time()
            raw = data[begin:end] if begin else data[begin:end].removeprefix(codecs.BOM_UTF8)
            if isinstance(block := _of_utf8(raw, whole=end < size), Calm) or block.text:
                yield block
        begin = following


def _cut(data: Content, stop: int, lead: str) -> tuple[int, int] | None:
    """Where the last record of the chunk that ends at `stop` does, and what comes next begins, as `cuts` has it. None
    where no line ends in the chunk."""
    for size in (min(CHUNK, _OVERLAP), CHUNK):  # few lines are long
        raw = data[stop - size : stop]
        first, last = raw.find(b"\n") + 1, raw.rfind(b"\n") + 1
        if last > first or (last and size == CHUNK):
            text = raw[first:last].decode("utf-8", "surrogateescape")
            places = cuts.end_of_record(text, lead) if text else (0, 0)
            end, following = (len(text[:at].encode("utf-8", "surrogateescape")) for at in places)
            return stop - size + first + end, stop - size + first + following
    return None


def _of_utf8(raw: bytes, *, whole: bool = True) -> Text | Calm:
    """A piece as text. `whole`: it ends with a character; else a part of one at its end says nothing."""
    if (calmly := calm.block(raw)) is not None:
        return calmly
    try:
        text, taken = codecs.utf_8_decode(raw, "strict", whole)
    except UnicodeDecodeError:
        raise Incomplete(Why.CHARSET) from None
    if "\r" in text:
        return _block(text.replace("\r\n", "\n"))
    return _block(text, raw[:taken])


def _block(text: str, raw: bytes | None = None) -> Text:
    made = plain(text, seen := told(text))
    return Text(text, raw=raw, seen=seen) if made is text else Text(made)


def _tables(data: Content, delimiter: str, budget: Budget) -> Iterator[Block]:
    """Pieces of a table in UTF-8 without quotes, read from their bytes where they are plain."""
    size, begin = _TABLES * CHUNK, 0
    for stop in range(size, len(data) + size, size):
        budget.check_time()
        end = _end_of_line(data, begin, stop) if stop < len(data) else len(data)
        if end == begin and stop - begin > 4 * size:
            raise Incomplete(Why.TOO_LARGE)
        if end > begin:
            yield _table(data[begin:end], delimiter)
            begin = end


def _end_of_line(data: Content, begin: int, stop: int) -> int:
    """Where the last whole line between two places ends; where none does, the first. No more is copied than a line."""
    for at in range(stop, begin, -_OVERLAP):
        low = max(begin, at - _OVERLAP)
        found = data[low:at].rfind(b"\n")
        if found >= 0:
            return low + found + 1
    return begin


def _table(raw: bytes, delimiter: str) -> Block:
    if charset.is_utf8(raw) and (found := delimited.piece(raw, delimiter, _PLACE)) is not None:
        return found
    try:
        text = codecs.getincrementaldecoder("utf-8")().decode(raw)  # what the very end cuts off says nothing
    except UnicodeDecodeError:
        raise Incomplete(Why.CHARSET) from None
    return table_of(plain(text.replace("\r\n", "\n")), delimiter, _PLACE)


def _chunks(data: Content, encoding: str, cut: Cut, size: int) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder(encoding)()
    rest = ""
    for start in range(0, len(data), size):
        piece = data[start : start + size]
        try:
            text = rest + decoder.decode(piece)  # a character cut off by the very end says nothing and costs nothing
        except UnicodeDecodeError:
            raise Incomplete(Why.CHARSET) from None
        del piece
        end, following = cut(text) if start + size < len(data) else (len(text), len(text))
        if not end and len(text) > 4 * size:
            raise Incomplete(Why.TOO_LARGE)  # no line ends in all that: a quote never closed, or no text at all
        rest = text[following:]
        if end:
            whole = text[:end]
            yield whole.replace("\r\n", "\n") if "\r" in whole else whole


def _of_rows(text: str) -> tuple[int, int]:
    end = text.rfind("\n") + 1
    return end, end


def _of_quoted(text: str) -> tuple[int, int]:
    """Where the last whole row ends: a line break outside of quotes."""
    end = text.rfind("\n") + 1
    marks = text.count('"', 0, end)
    while end and marks % 2:  # inside a cell: back to where the marks before it are even
        before = text.rfind("\n", 0, end - 1) + 1
        marks -= text.count('"', before, end)
        end = before
    return end, end


def fields(data: Content, declared: str, budget: Budget) -> Iterator[tuple[bytes, Slice]]:
    """The fields of a large multipart body: their headers, and what they hold where it lies.

    What stands before the first and after the last boundary comes too, without headers, for it leaves as well.
    Raises Incomplete(CORRUPT) where there is no end.
    """
    mark = boundary_of(declared)
    found = list(_places(data, mark, budget)) if mark else []
    if not found or data[found[-1] + len(mark) : found[-1] + len(mark) + 2] != b"--":
        raise Incomplete(Why.CORRUPT)
    yield b"\r\n\r\n", Slice(data, 0, found[0])
    for start, stop in pairwise(found):
        yield _field(Slice(data, start + len(mark), stop))
    yield b"\r\n\r\n", Slice(data, found[-1] + len(mark) + 2, len(data))


def _places(data: Content, mark: bytes, budget: Budget) -> Iterator[int]:
    """Where boundaries begin, each at the start of a line."""
    for start in range(0, len(data), CHUNK):
        budget.check_time()
        piece = data[max(0, start - 1) : start + CHUNK + len(mark) - 1]  # a byte before, to see the line's start
        at = piece.find(mark)
        while at >= 0:
            if (at == 0 and start == 0) or (at and piece[at - 1] == 10):
                yield max(0, start - 1) + at
            at = piece.find(mark, at + 1)


def _field(whole: Slice) -> tuple[bytes, Slice]:
    head = whole[:_OVERLAP]
    separator = next((mark for mark in (b"\r\n\r\n", b"\n\n") if mark in head), b"")
    if not separator:
        return b"\r\n\r\n", whole
    size = head.index(separator) + len(separator)
    return head[:size], Slice(whole.whole, whole.start + size, whole.stop)


def windows(data: Content, known: Collection[int] = ()) -> Iterator[bytes]:
    """The raw bytes in pieces that overlap, for signatures of bytes; without stretches `known` to hold none."""
    return (window(data, number) for number in range(-(-len(data) // STRETCH)) if number not in known)


def window(data: Content, number: int) -> bytes:
    """The raw bytes of a stretch, with some of those before it."""
    return data[max(0, number * STRETCH - _OVERLAP) : (number + 1) * STRETCH]


def hollow(data: Content, budget: Budget) -> bool:
    """Whether there are nothing but zeros: room that a program has taken and not written to yet. Raises Incomplete."""
    for window in windows(data):
        budget.check_time()
        if window.strip(b"\0"):
            return False
    return True
