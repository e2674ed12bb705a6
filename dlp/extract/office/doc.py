"""Word 97–2003 (doc) by its piece table ([MS-DOC] 2.8.35): body, notes, headers, comments, text boxes, deletions.

All of a document's stories stand one after another in one sequence of characters, deleted text among them; the piece
table says where each run of it lies. Tables are told by the paragraph properties that mark the ends of rows.
"""

from __future__ import annotations

import re
import struct
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from dlp.errors import Incomplete
from dlp.extract.blocks import Block, Extracted, Table, Text, Why
from dlp.extract.budget import Budget
from dlp.extract.containers.cfb import Compound
from dlp.extract.plain.text import frame_of

KIND = "application/msword"
_STORIES = ("body", "footnotes", "headers", "macros", "comments", "endnotes", "text boxes", "header text boxes")
_ENCRYPTED, _TABLE_1, _COMPLEX = 0x0100, 0x0200, 0x0004
_ROW_END = (0x2417, 0x244C)  # sprmPFTtp, sprmPFInnerTtp
_IN_TABLE = (0x2416,)  # sprmPFInTable
_ELSEWHERE = (0x6646, 0x6645, 0x646B)  # sprmPHugePapx and its elders
#: Size of a property's operand by its three highest bits; 6 says its own.
_OPERAND = (1, 1, 2, 4, 2, 2, 0, 3)
_CONTROL = {1: "", 2: "", 3: "", 4: "", 5: "", 8: "", 11: "\n", 12: "\n", 13: "\n", 14: "\n", 30: "-", 31: "", 40: "("}
_FIELD = re.compile("[\x13\x14\x15]")


@dataclass(frozen=True, slots=True)
class _Piece:
    first: int  # character position
    last: int
    at: int  # byte position
    wide: bool


def extract(file: Compound, budget: Budget) -> Extracted:
    """Every story of a Word file. Raises Incomplete."""
    data = file.read("WordDocument")
    try:
        ident, version = struct.unpack_from("<HH", data, 0)
        flags = struct.unpack_from("<H", data, 10)[0]
        if flags & _ENCRYPTED:
            raise Incomplete(Why.ENCRYPTED)
        if ident != 0xA5EC or version < 0xC1:
            return Extracted(KIND, _word_95(data, flags))
        blocks = list(_word_97(file, data, flags, budget))
    except (struct.error, IndexError):
        raise Incomplete(Why.CORRUPT) from None
    return Extracted(KIND, blocks)


def _word_97(file: Compound, data: bytes, flags: int, budget: Budget) -> Iterator[Block]:
    table = file.read("1Table" if flags & _TABLE_1 else "0Table")
    pieces = _pieces(table, *struct.unpack_from("<II", data, 0x01A2))
    text = "".join(_text_of(data, piece) for piece in pieces)
    budget.take_bytes(len(text))
    ends, outside = _paragraphs(data, table, pieces, file.read("Data") if file.has("Data") else b"")
    if not ends:  # no paragraph says so: then a cell's mark right after a cell's
        ends = {match.end() - 1 for match in re.finditer("\x07\x07", text)}
    lengths = struct.unpack_from("<8I", data, 0x4C)
    if sum(lengths) > len(text) + 8:
        raise Incomplete(Why.CORRUPT)
    at = 0
    for name, length in zip(_STORIES, lengths, strict=True):
        yield from _blocks(text[at : at + length], at, ends, outside, name)
        at += length
    if text[at:].strip("\r\0"):
        yield from _blocks(text[at:], at, ends, outside, "beyond")


def _pieces(table: bytes, at: int, size: int) -> list[_Piece]:
    """The piece table, after any property modifiers. Raises Incomplete(CORRUPT)."""
    clx = table[at : at + size]
    here = 0
    while here < len(clx) and clx[here] == 1:
        here += 3 + struct.unpack_from("<H", clx, here + 1)[0]
    if here >= len(clx) or clx[here] != 2:
        raise Incomplete(Why.CORRUPT)
    length = struct.unpack_from("<I", clx, here + 1)[0]
    plc = clx[here + 5 : here + 5 + length]
    count = (length - 4) // 12
    starts = struct.unpack_from(f"<{count + 1}I", plc, 0)
    pieces = []
    for i in range(count):
        place = struct.unpack_from("<I", plc, (count + 1) * 4 + i * 8 + 2)[0]
        narrow = bool(place & 0x40000000)
        place &= 0x3FFFFFFF
        pieces.append(_Piece(starts[i], starts[i + 1], place // 2 if narrow else place, not narrow))
    return pieces


def _text_of(data: bytes, piece: _Piece) -> str:
    count = piece.last - piece.first
    width = 2 if piece.wide else 1
    raw = data[piece.at : piece.at + count * width]
    if count < 0 or len(raw) < count * width:
        raise Incomplete(Why.CORRUPT)
    if piece.wide:  # surrogates stay two, so that positions hold
        return "".join(map(chr, struct.unpack(f"<{count}H", raw)))
    return raw.decode("cp1252", "replace")


def _paragraphs(data: bytes, table: bytes, pieces: list[_Piece], more: bytes) -> tuple[set[int], set[int]]:
    """Character positions of the marks that end a table's row, and of those that end a paragraph outside of tables."""
    at, size = struct.unpack_from("<II", data, 0x0102)
    plc = table[at : at + size]
    count = max(0, (len(plc) - 4) // 8)
    pages = struct.unpack_from(f"<{count}I", plc, (count + 1) * 4) if count else ()
    ends: set[int] = set()
    outside: set[int] = set()
    by_place = sorted(pieces, key=lambda piece: piece.at)
    starts = [piece.at for piece in by_place]
    for page in pages:
        for end, ends_row in _ending(data[(page & 0x3FFFFF) * 512 :][:512], more):
            which = bisect_right(starts, end - 1) - 1
            if which >= 0:
                piece = by_place[which]
                place = piece.first + (end - 1 - piece.at) // (2 if piece.wide else 1)
                (ends if ends_row else outside).add(place)
    return ends, outside


def _ending(page: bytes, more: bytes) -> Iterator[tuple[int, bool]]:
    """Ends (byte positions) of the paragraphs of a page of properties that end a row (True), or are in no table."""
    if len(page) < 512:
        return
    count = page[511]
    ends = struct.unpack_from(f"<{count + 1}I", page, 0)
    for i in range(count):
        offset = page[(count + 1) * 4 + i * 13] * 2
        if not offset:
            yield ends[i + 1], False
            continue
        size = page[offset] * 2 - 1 if page[offset] else page[offset + 1] * 2
        begin = offset + (1 if page[offset] else 2)
        properties = page[begin + 2 : begin + size]
        if _says(_ROW_END, properties, more):
            yield ends[i + 1], True
        elif not _says(_IN_TABLE, properties, more):
            yield ends[i + 1], False


def _says(codes: tuple[int, ...], properties: bytes, more: bytes) -> bool:
    """Whether a paragraph's properties say so; those too long for the page lie in `more` (the stream Data)."""
    at = 0
    while at + 3 <= len(properties):
        code = struct.unpack_from("<H", properties, at)[0]
        if code in codes:
            return properties[at + 2] == 1
        if code in _ELSEWHERE and more:
            place = struct.unpack_from("<I", properties, at + 2)[0]
            if place + 2 <= len(more):
                return _says(codes, more[place + 2 : place + 2 + struct.unpack_from("<H", more, place)[0]], b"")
        size = _OPERAND[code >> 13]
        if code in (0xD606, 0xD608):  # tables' own, with a length of two bytes
            size = struct.unpack_from("<H", properties, at + 2)[0] + 1
        elif not size:
            size = properties[at + 2] + 1
        at += 2 + size
    return False


def _blocks(story: str, base: int, ends: set[int], outside: set[int], place: str) -> Iterator[Block]:
    """Paragraphs as text, cells and rows as tables."""
    lines: list[str] = []
    rows: list[list[str]] = []
    row: list[str] = []
    begin = 0
    for mark in re.finditer("[\r\x07\x0c]", story):
        cell, begin, at = _clean(story[begin : mark.start()]), mark.end(), mark.start()
        if mark.group() != "\x07":
            if rows and not row and base + at in outside:  # the table is over, and a title of the next one is no cell
                yield Table(frame_of(rows), f"{place} table")
                rows = []
            lines.append(cell)
            continue
        if base + at in ends:
            rows.append(row)
            row = []
        else:
            if not row and not rows:
                if any(line.strip() for line in lines):
                    yield Text("\n".join(lines) + "\n", place)
                lines = []
            row.append("\n".join([*lines, cell]) if rows or row else cell)
            lines = []
        following = story[begin : begin + 2000]
        if not row and rows and not _goes_on(following):
            yield Table(frame_of(rows), f"{place} table")
            rows = []
    rest = [*lines, _clean(story[begin:])]
    if row or rows:
        yield Table(frame_of([*rows, row]), f"{place} table")
    if any(line.strip() for line in rest):
        yield Text("\n".join(rest) + "\n", place)


def _goes_on(following: str) -> bool:
    """Whether a cell's mark comes before a second paragraph's: then the table goes on."""
    cell = following.find("\x07")
    return cell >= 0 and following.count("\r", 0, cell) < 3


def _clean(text: str) -> str:
    text = _FIELD.sub(" ", text).translate(_CONTROL)
    if any("\ud800" <= c <= "\udfff" for c in text):
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text


def _word_95(data: bytes, flags: int) -> list[Block]:
    """Word 6 and 95: one run of text in the system's code page."""
    if flags & _COMPLEX:
        raise Incomplete(Why.UNKNOWN)
    first, last = struct.unpack_from("<II", data, 0x18)
    if not 0 < first < last <= len(data):
        raise Incomplete(Why.CORRUPT)
    text = data[first:last].decode("cp932", "replace")
    return [Text(_clean(text.replace("\x07\x07", "\n").replace("\x07", "\t")) + "\n", "body")]
