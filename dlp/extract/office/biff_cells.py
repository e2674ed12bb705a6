"""Cells of an xls by its records, where calamine will not do: Excel 5 and 95 (BIFF5, BIFF7) write texts in a code page,
of which it takes each byte for a letter; a sheet with cells in two far corners it lays out whole: all of nothing.
"""

from __future__ import annotations

import codecs
import struct
from collections.abc import Iterator, Sequence

from dlp.extract.blocks import Cells
from dlp.extract.office.sheet_binary import number_in_thirty_bits, shown

type Records = Sequence[tuple[int, bytes]]

_BOF, _BOUNDSHEET, _CODEPAGE, _EOF = 0x809, 0x85, 0x42, 0x0A
_LABEL, _RICH, _SHARED = 0x204, 0xD6, 0xFD  # row, column, format; then length and letters, or a shared string's number
_RK, _MULRK, _NUMBER = 0x27E, 0xBD, 0x203
_FORMULAS, _STRING = (0x06, 0x206, 0x406), 0x207
_PLACED = (_LABEL, _RICH, _SHARED, _RK, _MULRK, _NUMBER, *_FORMULAS)
_MACINTOSH = {10000: "mac_roman", 10001: "shift_jis", 32768: "mac_roman", 32769: "cp1252"}
#: Cells of a rectangle from which on calamine's copy of it costs more than a worker has.
WIDEST = 4_000_000


def in_code_page(found: Records) -> bool:
    """Whether a stream's records are BIFF5's."""
    return bool(found) and found[0][0] == _BOF and found[0][1][:2] == b"\x00\x05"


def rectangle(found: Records) -> int:
    """Cells of the largest rectangle any sheet spans."""
    places = [_place(payload) for kind, payload in found if kind in _PLACED and len(payload) >= 4]
    return max((row + 1 for row, _ in places), default=0) * max((column + 1 for _, column in places), default=0)


def texts(found: Records) -> list[Cells]:
    """Text cells of each sheet of a BIFF5 workbook, in its order. Numbers and dates are calamine's."""
    page = next((int.from_bytes(payload[:2], "little") for kind, payload in found if kind == _CODEPAGE), 932)
    return _by_sheet(found, page, None)


def everything(found: Records, shared: Sequence[str]) -> list[Cells]:
    """All cells of each sheet, dates as their serial."""
    page = next((int.from_bytes(payload[:2], "little") for kind, payload in found if kind == _CODEPAGE), 932)
    return _by_sheet(found, page if in_code_page(found) else 0, shared)


def _by_sheet(found: Records, page: int, shared: Sequence[str] | None) -> list[Cells]:
    """`page` 0: texts say themselves how wide they are; `shared` None: texts alone."""
    at, depth, sheets = 0, 0, dict[int, Cells]()
    order = [int.from_bytes(payload[:4], "little") for kind, payload in found if kind == _BOUNDSHEET]
    here: Cells = {}
    formula = (0, 0)
    for kind, payload in found:
        if kind == _BOF:
            depth += 1
            here = sheets.setdefault(at, {}) if depth == 1 else here
        elif kind == _EOF:
            depth -= 1
        elif depth == 1 and kind == _STRING:
            here[formula] = _text(payload, page)
        elif depth == 1 and kind in _PLACED and len(payload) >= 8:
            formula = _place(payload)
            here.update(_cells(kind, payload, page, shared))
        at += 4 + len(payload)
    return [sheets.get(offset, {}) for offset in order]


def _place(payload: bytes) -> tuple[int, int]:
    return int.from_bytes(payload[:2], "little"), int.from_bytes(payload[2:4], "little")


def _cells(kind: int, payload: bytes, page: int, shared: Sequence[str] | None) -> Iterator[tuple[tuple[int, int], str]]:
    place = row, column = _place(payload)
    if kind in (_LABEL, _RICH):
        yield place, _text(payload[6:], page)
    elif shared is None:
        return
    elif kind == _SHARED:
        number = int.from_bytes(payload[6:10], "little")
        yield place, shared[number] if number < len(shared) else ""
    elif kind == _MULRK:
        for i in range((len(payload) - 6) // 6):
            packed = int.from_bytes(payload[6 + 6 * i : 10 + 6 * i], "little")
            yield (row, column + i), shown(number_in_thirty_bits(packed))
    elif kind == _RK:
        yield place, shown(number_in_thirty_bits(int.from_bytes(payload[6:10], "little")))
    elif len(payload) >= 14 and payload[12:14] != b"\xff\xff":  # a formula's text follows in a record of its own
        yield place, shown(struct.unpack_from("<d", payload, 6)[0])


def _text(payload: bytes, page: int) -> str:
    size = int.from_bytes(payload[:2], "little")
    if page:
        return decoded(payload[2 : 2 + size], page)
    wide = payload[2:3] == b"\x01"
    return payload[3 : 3 + size * (1 + wide)].decode("utf-16-le" if wide else "latin-1", "replace")


def decoded(raw: bytes, page: int) -> str:
    """Letters in a code page; in Japan's where it is unknown or does not fit."""
    for name in (_MACINTOSH.get(page, f"cp{page}"), "cp932"):
        try:
            codecs.lookup(name)
            return raw.decode(name)
        except (LookupError, UnicodeDecodeError):
            continue
    return raw.decode("cp932", "replace")
