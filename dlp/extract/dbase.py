"""dBase and FoxPro tables (.dbf): records as rows, those marked as deleted with them."""

from __future__ import annotations

import struct

from dlp.errors import Incomplete
from dlp.extract import charset
from dlp.extract.blocks import Extracted, Table, Why
from dlp.extract.budget import Budget
from dlp.extract.members import beside
from dlp.extract.text import frame_of
from dlp.transfer import Part

KIND = "application/x-dbf"
_VERSIONS = {0x02, 0x03, 0x04, 0x05, 0x30, 0x31, 0x32, 0x43, 0x63, 0x83, 0x8B, 0x8C, 0xCB, 0xF5, 0xFB}
_END = 0x0D
_MEMO = "BGMP"  # kept in a file beside it
_DRIVERS = {0x13: "cp932", 0x7B: "cp932"}


def is_dbf(data: bytes) -> bool:
    """Whether the header fits itself: version, date, sizes, fields that add up to a record."""
    if len(data) < 65 or data[0] not in _VERSIONS or not (1 <= data[2] <= 12 and 1 <= data[3] <= 31):
        return False
    start, width = struct.unpack_from("<HH", data, 8)
    fields = _fields(data, start)
    return bool(fields) and sum(size for _, _, size in fields) + 1 == width and start <= len(data)


def _fields(data: bytes, start: int) -> list[tuple[bytes, str, int]]:
    fields, at = [], 32
    while at + 32 <= min(start, len(data)) and data[at] != _END:
        kind = chr(data[at + 11])
        size = int.from_bytes(data[at + 16 : at + 18], "little") if kind == "C" else data[at + 16]
        fields.append((data[at : at + 11].partition(b"\0")[0], kind, size))
        at += 32
    return fields if at < len(data) and data[at] == _END else []


def extract(part: Part, budget: Budget) -> Extracted:
    """One table. A memo field's text lies in another file, so a record that has one is not all here."""
    data = part.data
    (count,) = struct.unpack_from("<I", data, 4)
    start, width = struct.unpack_from("<HH", data, 8)
    fields = _fields(data, start)
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
