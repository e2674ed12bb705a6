"""Cells of xlsb that follow each other and do not say their column (BrtShort…, [MS-XLSB]): calamine leaves them out."""

from __future__ import annotations

import re
import struct
import zipfile
from collections.abc import Iterator

from dlp.extract.blocks import Cells
from dlp.extract.office import biff12, ooxml

_ROW, _SHEET = 0, 156
_BLANK, _NUMBER, _REAL, _TEXT, _SHARED = 1, 2, 5, 6, 7  # BrtCell…; formulas follow
_FORMULA = 8
_SHORT = {12: _BLANK, 13: _NUMBER, 14: _BLANK, 15: _BLANK, 16: _REAL, 17: _TEXT, 18: _SHARED}
_RELATION = re.compile(rb"<(?:\w+:)?Relationship\b[^>]*>")
_ATTRIBUTE = re.compile(rb"\b(Id|Target)=[\"']([^\"']*)[\"']")


def told(archive: zipfile.ZipFile) -> list[Cells]:
    """Of each sheet of a binary workbook, in its order, the short cells; nothing for another workbook."""
    names = {name.lower(): name for name in archive.namelist()}
    book = names.get("xl/workbook.bin")
    if book is None:
        return []
    rels = ooxml.read_member(archive, names.get("xl/_rels/workbook.bin.rels", book))
    targets = {id_: target for id_, target in map(_relation, _RELATION.findall(rels))}
    strings = names.get("xl/sharedstrings.bin")
    shared = list(biff12.items(ooxml.read_member(archive, strings))) if strings else []
    found = []
    for id_ in _sheets(ooxml.read_member(archive, book)):
        target = targets.get(id_, "").lower()
        name = names.get(target.lstrip("/") if target.startswith("/") else f"xl/{target}")
        found.append(_cells(ooxml.read_member(archive, name), shared) if name else {})
    return found


def _relation(tag: bytes) -> tuple[str, str]:
    said = {key: value.decode("utf-8", "replace") for key, value in _ATTRIBUTE.findall(tag)}
    return said.get(b"Id", ""), said.get(b"Target", "")


def _sheets(data: bytes) -> Iterator[str]:
    """Relation of each sheet of a workbook."""
    for kind, payload in biff12.records(data):
        if kind == _SHEET and len(payload) >= 12:
            size = int.from_bytes(payload[8:12], "little")
            yield payload[12 : 12 + size * 2].decode("utf-16-le", "replace")


def _cells(data: bytes, shared: list[str]) -> Cells:
    found: Cells = {}
    row = column = 0
    for kind, payload in biff12.records(data):
        if kind == _ROW and len(payload) >= 4:
            row, column = int.from_bytes(payload[:4], "little") & 0xFFFFF, -1
        elif kind in _SHORT:
            column += 1
            if text := _text(_SHORT[kind], payload[4:], shared):
                found[row, column & 0x3FFF] = text
        elif _BLANK <= kind < _FORMULA + 4 and len(payload) >= 4:
            column = int.from_bytes(payload[:4], "little")
    return found


def _text(kind: int, value: bytes, shared: list[str]) -> str:
    """What a cell shows, dates as their serial."""
    if kind == _TEXT and len(value) >= 4:
        return value[4 : 4 + int.from_bytes(value[:4], "little") * 2].decode("utf-16-le", "replace")
    if kind == _SHARED and len(value) >= 4:
        number = int.from_bytes(value[:4], "little")
        return shared[number] if number < len(shared) else ""
    if kind == _REAL and len(value) >= 8:
        return shown(struct.unpack_from("<d", value)[0])
    if kind == _NUMBER and len(value) >= 4:
        return shown(number_in_thirty_bits(int.from_bytes(value[:4], "little")))
    return ""


def number_in_thirty_bits(packed: int) -> float:
    """A number in thirty bits: an integer or the upper half of a double, perhaps a hundredth."""
    if packed & 2:
        number = float((packed >> 2) - (1 << 30) * (packed >> 31))
    else:
        number = struct.unpack("<d", bytes(4) + (packed & ~3 & 0xFFFFFFFF).to_bytes(4, "little"))[0]
    return number / 100 if packed & 1 else number


def shown(number: float) -> str:
    """A number as a person reads it."""
    return str(int(number)) if number.is_integer() and abs(number) < 1e18 else repr(number)
