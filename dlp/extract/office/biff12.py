"""Records of xlsb members ([MS-XLSB] 2.1.4): only what the texts beside the cells need."""

from __future__ import annotations

import re
from collections.abc import Iterator

_SST_ITEM = 19
_FIRST_CELL, _LAST_CELL = 1, 18  # cell records: calamine's and `sheet_binary`'s
_WIDE = re.compile(
    rb"(?:[\x20-\x7e]\0|[\x00-\xff][\x30-\x9f\xff]|[\x00-\xff][\x20-\x2f]){2,}", re.DOTALL
)  # Latin, kana, kanji, full width


def records(data: bytes) -> Iterator[tuple[int, bytes]]:
    """(type, payload) of each record; ends where the bytes end."""
    at, end = 0, len(data)
    while at < end:
        kind = data[at]
        at += 1
        if kind & 0x80 and at < end:
            kind = (kind & 0x7F) | (data[at] << 7)
            at += 1
        size = shift = 0
        while at < end:
            byte = data[at]
            at += 1
            size |= (byte & 0x7F) << shift
            shift += 7
            if not byte & 0x80 or shift > 21:
                break
        yield kind, data[at : at + size]
        at += size


def texts(data: bytes, *, rows: bool = True) -> list[str]:
    """Every length-prefixed UTF-16 text in the records, cells left out unless `rows`."""
    found: list[str] = []
    for kind, payload in records(data):
        if rows or not _FIRST_CELL <= kind <= _LAST_CELL:
            found += _strings(payload)
    return found


def _strings(payload: bytes) -> Iterator[str]:
    at, end = 0, len(payload)
    while at + 6 <= end:
        count = int.from_bytes(payload[at : at + 4], "little")
        raw = payload[at + 4 : at + 4 + count * 2]
        if 0 < count <= (end - at - 4) // 2 and _WIDE.fullmatch(raw):
            yield raw.decode("utf-16-le", "replace")
            at += 4 + count * 2
        else:
            at += 1


def items(data: bytes) -> Iterator[str]:
    """The texts of a shared string table, as cells number them."""
    for kind, payload in records(data):
        if kind == _SST_ITEM and len(payload) >= 5:
            yield payload[5 : 5 + int.from_bytes(payload[1:5], "little") * 2].decode("utf-16-le", "replace")


def shared_strings(data: bytes) -> list[str]:
    """The texts of a shared string table, phonetic guides after them."""
    found: list[str] = []
    for kind, payload in records(data):
        if kind == _SST_ITEM and len(payload) >= 5:
            count = int.from_bytes(payload[1:5], "little")
            found.append(payload[5 : 5 + count * 2].decode("utf-16-le", "replace"))
            found += _strings(payload[5 + count * 2 :])
    return found
