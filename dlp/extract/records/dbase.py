"""dBase and FoxPro tables (.dbf): records as rows, those marked as deleted with them."""

from __future__ import annotations

import struct

from dlp.errors import Incomplete
from dlp.extract import charset
from dlp.extract.blocks import Extracted, Table, Why
from dlp.extract.budget import Budget
from dlp.extract.containers.members import beside
from dlp.extract.dbase_header import KIND
from dlp.extract.dbase_header import fields as fields_of
from dlp.extract.plain.text import frame_of
from dlp.transfer import Part

_MEMO = "BGMP"  # kept in a file beside it
_DRIVERS = {0x13: "cp932", 0x7B: "cp932"}


def extract(part: Part, budget: Budget) -> Extracted:
    """One table. A memo field's text lies in another file, so a record that has one is not all here."""
    data = part.data
    (count,) = struct.unpack_from("<I", data, 4)
    start, width = struct.unpack_from("<HH", data, 8)
    fields = fields_of(data, start)
    records = [data[at : at + width] for at in range(start, min(len(data), start + count * width), width)]
    whole = [record for record in records if len(record) == width]
    budget.check_time()
    declared = _DRIVERS.get(data[29], "")
    rows = [[_text(name, "") for name, _, _ in fields]]
    columns = _columns(whole, fields, declared)
    rows += [list(row) for row in zip(*columns, strict=True)]
    unread = (Why.CORRUPT,) if len(whole) < count else ()
    after = tuple(beside(part, data[start + count * width :], "after the records"))
    return Extracted(KIND, (Table(frame_of(rows), "records"),), after, unread)


def _columns(records: list[bytes], fields: list[tuple[bytes, str, int]], declared: str) -> list[list[str]]:
    columns, at = [], 1
    for _, kind, size in fields:
        cells = [record[at : at + size].strip(b" \0") for record in records]
        # A whole column tells its encoding; one cell may be too short to.
        column = [""] * len(cells) if kind in _MEMO else _text(b"\n".join(cells), declared).split("\n")
        columns.append(column if len(column) == len(cells) else [_text(cell, declared) for cell in cells])
        at += size
    return columns


def _text(raw: bytes, declared: str) -> str:
    if declared and not raw.isascii():
        try:
            return raw.decode(declared)
        except UnicodeDecodeError:
            pass
    try:
        return charset.decode(raw)
    except Incomplete:
        return raw.decode("latin-1")
