"""Cells of Excel 5 and 95 (BIFF5, BIFF7): texts are in the code page of who wrote them; calamine takes each byte for a
letter. Numbers and dates are calamine's.
"""

from __future__ import annotations

import codecs
import struct
from collections.abc import Sequence

from dlp.extract.blocks import Cells

_BOF, _BOUNDSHEET, _CODEPAGE, _EOF = 0x809, 0x85, 0x42, 0x0A
_LABELS = (0x204, 0xD6)  # LABEL, RSTRING: row, column, format, length, letters
_FORMULAS, _STRING = (0x06, 0x206, 0x406), 0x207
_VERSION = 0x0500
_MACINTOSH = {10000: "mac_roman", 10001: "shift_jis", 32768: "mac_roman", 32769: "cp1252"}


def is_own(found: Sequence[tuple[int, bytes]]) -> bool:
    """Whether a stream's records are BIFF5's."""
    return bool(found) and found[0][0] == _BOF and found[0][1][:2] == _VERSION.to_bytes(2, "little")


def cells(found: Sequence[tuple[int, bytes]]) -> list[Cells]:
    """Text cells of each sheet, in the workbook's order."""
    page = next((int.from_bytes(payload[:2], "little") for kind, payload in found if kind == _CODEPAGE), 932)
    at, streams, depth = 0, dict[int, Cells](), 0
    order = [int.from_bytes(payload[:4], "little") for kind, payload in found if kind == _BOUNDSHEET]
    here: Cells = {}
    formula = (0, 0)
    for kind, payload in found:
        if kind == _BOF:
            depth += 1
            if depth == 1:
                here = streams.setdefault(at, {})
        elif kind == _EOF:
            depth -= 1
        elif kind in _LABELS and depth == 1 and len(payload) >= 8:
            row, column, _, size = struct.unpack_from("<4H", payload)
            here[row, column] = decoded(payload[8 : 8 + size], page)
        elif kind in _FORMULAS and len(payload) >= 4:
            formula = struct.unpack_from("<2H", payload)
        elif kind == _STRING and depth == 1 and len(payload) >= 2:
            here[formula] = decoded(payload[2 : 2 + int.from_bytes(payload[:2], "little")], page)
        at += 4 + len(payload)
    return [streams.get(offset, {}) for offset in order]


def decoded(raw: bytes, page: int) -> str:
    """Letters in a code page; in Japan's where it is unknown or does not fit."""
    for name in (_MACINTOSH.get(page, f"cp{page}"), "cp932"):
        try:
            codecs.lookup(name)
            return raw.decode(name)
        except (LookupError, UnicodeDecodeError):
            continue
    return raw.decode("cp932", "replace")
