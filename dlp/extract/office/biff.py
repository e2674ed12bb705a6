"""Excel 5–2003 (xls): cells by python-calamine; what is in no cell by the records themselves ([MS-XLS])."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from itertools import zip_longest

from dlp.errors import Incomplete
from dlp.extract.blocks import Block, Extracted, Table, Text, Why
from dlp.extract.budget import Budget
from dlp.extract.containers.cfb import Compound
from dlp.extract.office import biff_cells, sheet
from dlp.extract.plain.text import frame_of
from dlp.transfer import Part

KIND = "application/vnd.ms-excel"
_FILEPASS, _CONTINUE, _SST, _TXO, _NOTE, _CRN = 0x2F, 0x3C, 0xFC, 0x1B6, 0x1C, 0x5A
_HEADERS = (0x14, 0x15)
#: Records with texts in them beside the cells: names, links, prompts, other books, long headers, chart titles.
_OTHERS = (0x18, 0x1B8, 0x1BE, 0x1AE, 0x23, 0x89C, 0x100D, 0x85, 0x800)
_WIDE = re.compile(rb"(?:[\x20-\x7e]\0|[\x00-\xff][\x30-\x9f\xff]){2,}", re.DOTALL)
_NARROW = re.compile(rb"[\x20-\x7e\x80-\xfc]{4,}")
_FIELD, _ITEM = 0xC7, 0xCD  # of a pivot cache


def extract(file: Compound, part: Part, budget: Budget) -> Extracted:
    """Cells of every sheet, then comments, text boxes, headers, names, caches, deleted texts. Raises Incomplete."""
    stream = file.read("Workbook" if file.has("Workbook") else "Book")
    found = list(_records(stream))
    if any(kind == _FILEPASS for kind, _ in found):
        raise Incomplete(Why.ENCRYPTED)
    tables = _tables(found, part, budget)
    if not tables and not found:
        raise Incomplete(Why.CORRUPT)
    blocks: list[Block] = [*tables, *sheet.lines_of(tables)]
    for place, lines in (("beside the cells", list(_beside(found))), ("deleted cells", _unused(found, tables))):
        if lines:
            blocks.append(Text("\n".join(lines) + "\n", place))
    blocks += [_pivot(list(_records(file.read(*path)))) for path in file.paths if path[0] == "_SX_DB_CUR"]
    return Extracted(KIND, blocks)


def _tables(found: list[tuple[int, bytes]], part: Part, budget: Budget) -> list[Table]:
    """The sheets: calamine's, or by the records themselves where they span too much."""
    if biff_cells.rectangle(found) > biff_cells.WIDEST:
        return sheet.sparse(biff_cells.everything(found, list(_shared(found, guides=False))), budget)
    return sheet.tables(part.data, budget, biff_cells.texts(found) if biff_cells.in_code_page(found) else ())


def _records(stream: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at + 4 <= len(stream):
        kind, size = struct.unpack_from("<HH", stream, at)
        yield kind, stream[at + 4 : at + 4 + size]
        at += 4 + size


def _beside(found: list[tuple[int, bytes]]) -> Iterator[str]:
    """Texts of drawings and comments follow their record in CONTINUE records; the others hold their own."""
    boxed = ""
    open_box = False
    for kind, payload in found:
        if kind == _CONTINUE and open_box:
            if boxed and payload[:1] not in (b"\0", b"\1"):
                open_box = False
            elif payload:
                boxed += _characters(payload[1:], payload[0] & 1)
                continue
        if boxed and kind != _CONTINUE:
            yield boxed.replace("\r", "\n").partition("\0")[0]
            boxed = ""
        open_box = kind == _TXO or (open_box and kind == _CONTINUE)
        if kind == _NOTE and len(payload) > 12:
            yield from _narrow(payload[6:])  # BIFF5: the comment itself; BIFF8: who wrote it
        elif kind in _HEADERS:
            text = "\n".join(_any(payload))
            yield re.sub(r"&(?:\"[^\"]*\"|[LCR]|\d+)", "\n", text)
        elif kind in _OTHERS:
            yield from _any(payload)
        elif kind == _CRN:
            yield "\t".join(_any(payload))
    if boxed:
        yield boxed.replace("\r", "\n").partition("\0")[0]


def _characters(raw: bytes, wide: int) -> str:
    return raw[: len(raw) // 2 * 2].decode("utf-16-le", "replace") if wide else raw.decode("latin-1")


def _any(payload: bytes) -> Iterator[str]:
    """Texts in a record whatever its layout: wide runs at either alignment, else narrow ones."""
    wide = [m.group().decode("utf-16-le", "replace") for m in _WIDE.finditer(payload)]
    if any(re.search("[ぁ-んァ-ヶ一-龥]", text) or len(text) > 3 for text in wide):
        yield from wide
    else:
        yield from _narrow(payload)


def _narrow(payload: bytes) -> Iterator[str]:
    for match in _NARROW.finditer(payload):
        yield match.group().decode("cp932", "replace")


def _unused(found: list[tuple[int, bytes]], tables: list[Table]) -> list[str]:
    """Shared strings that no cell shows: deleted rows may stay in the file."""
    texts = list(dict.fromkeys(_shared(found)))
    shown = {text for t in tables for series in t.frame.get_columns() for text in series.unique().drop_nulls()}
    return [text for text in texts if text.strip() and text not in shown]


def _shared(found: list[tuple[int, bytes]], *, guides: bool = True) -> Iterator[str]:
    pieces: list[bytes] = []
    for kind, payload in found:
        if kind == _SST:
            pieces = [payload]
        elif kind == _CONTINUE and pieces:
            pieces.append(payload)
        elif pieces:
            break
    if pieces:
        yield from _Strings(pieces).all(guides=guides)


class _Strings:
    """The shared string table over its CONTINUE records; where characters are cut, the width is said again."""

    def __init__(self, pieces: list[bytes]) -> None:
        self._pieces, self._which, self._at = pieces, 0, 8
        self._count = struct.unpack_from("<I", pieces[0], 4)[0] if len(pieces[0]) >= 8 else 0

    def all(self, *, guides: bool) -> Iterator[str]:
        """Each string, as far as the bytes go; phonetic guides after their string where asked for."""
        try:
            for _ in range(self._count):
                count, flags = struct.unpack("<HB", self._take(3))
                runs = struct.unpack("<H", self._take(2))[0] if flags & 8 else 0
                extra = struct.unpack("<I", self._take(4))[0] if flags & 4 else 0
                yield self._text(count, flags & 1)
                self._take(runs * 4)
                said = _WIDE.findall(self._take(extra))
                yield from (run.decode("utf-16-le", "replace") for run in said if guides)
        except (struct.error, IndexError):
            return

    def _take(self, size: int) -> bytes:
        out = b""
        while len(out) < size:
            piece = self._pieces[self._which]
            got = piece[self._at : self._at + size - len(out)]
            out += got
            self._at += len(got)
            if len(out) < size:
                self._which, self._at = self._which + 1, 0
        return out

    def _text(self, count: int, wide: int) -> str:
        out = ""
        while count > 0:
            piece = self._pieces[self._which]
            if self._at >= len(piece):
                self._which, self._at = self._which + 1, 1
                wide = self._pieces[self._which][0] & 1
                continue
            width = 2 if wide else 1
            here = min(count, (len(piece) - self._at) // width)
            if here == 0:
                raise IndexError
            out += _characters(piece[self._at : self._at + here * width], wide)
            self._at += here * width
            count -= here
        return out


def _pivot(found: list[tuple[int, bytes]]) -> Table:
    """The fields and items of a pivot cache, a column a field."""
    columns: list[list[str]] = []
    for kind, payload in found:
        if kind == _FIELD:
            columns.append(["".join(_any(payload[14:]))])
        elif kind == _ITEM and columns and len(payload) > 3:
            count, flags = struct.unpack_from("<HB", payload, 0)
            columns[-1].append(_characters(payload[3 : 3 + count * (1 + (flags & 1))], flags & 1))
    return Table(frame_of([list(row) for row in zip_longest(*columns, fillvalue="")]), "pivot cache")
