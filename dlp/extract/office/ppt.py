"""PowerPoint 97–2003 (ppt) by its records ([MS-PPT], [MS-ODRAW]): slides, notes, comments, tables, embedded files."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field

from dlp.errors import Incomplete
from dlp.extract.blocks import Block, Extracted, Table, Text, Why
from dlp.extract.budget import Budget
from dlp.extract.containers.cfb import Compound
from dlp.extract.plain.text import frame_of
from dlp.transfer import Part

KIND = "application/vnd.ms-powerpoint"
_WIDE, _NARROW, _STRING = 4000, 4008, 4026
_GROUP, _SHAPE, _ANCHOR, _OBJECT = 0xF003, 0xF004, 0xF00F, 4113
_TAGGED = 5003  # data of a later version: comments lie there, in records again
_SLIDES = (1006, 1008, 1016, 4041)  # slide, notes, master, handout
_ENCRYPTED_TOKEN, _CRYPT_SESSION = 0xF3D1C4DF, 0x2F14
_DEEPEST = 60


def extract(file: Compound, part: Part, budget: Budget) -> Extracted:
    """Every text of a presentation. Raises Incomplete."""
    data = file.read("PowerPoint Document")
    user = file.read("Current User") if file.has("Current User") else b""
    if len(user) >= 16 and struct.unpack_from("<I", user, 12)[0] == _ENCRYPTED_TOKEN:
        raise Incomplete(Why.ENCRYPTED)
    reading = _Reading(part, budget)
    reading.walk(data, 0, len(data), 0)
    reading.flush()
    if not reading.records:
        raise Incomplete(Why.CORRUPT)
    return Extracted(KIND, reading.blocks, tuple(reading.children), (Why.CORRUPT,) if reading.torn else ())


@dataclass(slots=True)
class _Reading:
    """The stream while it is walked: lines of the slide at hand, blocks made so far."""

    part: Part
    budget: Budget
    blocks: list[Block] = field(default_factory=list)
    children: list[Part] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    records: int = 0
    torn: bool = False

    def walk(self, data: bytes, at: int, end: int, depth: int) -> None:
        """All records from `at` to `end`; containers opened."""
        if depth > _DEEPEST:
            raise Incomplete(Why.TOO_DEEP)
        while at + 8 <= end:
            version, kind, size = struct.unpack_from("<HHI", data, at)
            begin, at = at + 8, at + 8 + size
            self.records += 1
            if at > end:
                self.torn, at = True, end
            if version & 15 == 15 or kind == _TAGGED:
                self._container(data, kind, begin, at, depth)
            elif kind == _OBJECT:
                self._object(data[begin:at], bool(version >> 4))
            elif text := _text(kind, data[begin:at]):
                self.lines.append(text)

    def _container(self, data: bytes, kind: int, begin: int, end: int, depth: int) -> None:
        if kind == _CRYPT_SESSION:
            raise Incomplete(Why.ENCRYPTED)
        if kind in _SLIDES:
            self.budget.take_page()
            self.flush()
        if kind == _GROUP:
            rows = _grid(list(_shapes(data, begin, end)))
            if rows:
                self.blocks.append(Table(frame_of(rows), "table"))
                return
        self.walk(data, begin, end, depth + 1)

    def _object(self, payload: bytes, packed: bool) -> None:
        """An embedded compound file, mostly deflated behind its length."""
        if packed:
            self.budget.take_bytes(min(struct.unpack_from("<I", payload, 0)[0], 1 << 40))
            stream = zlib.decompressobj()
            size = struct.unpack_from("<I", payload, 0)[0]
            try:
                payload = stream.decompress(payload[4:], size + 1)
            except zlib.error:
                self.torn = True
                return
        self.children.append(Part(path=(*self.part.path, f"object {len(self.children) + 1}"), data=payload))

    def flush(self) -> None:
        """The lines so far as one block."""
        if any(line.strip() for line in self.lines):
            self.blocks.append(Text("\n".join(self.lines) + "\n", "slide"))
        self.lines.clear()


def _text(kind: int, payload: bytes) -> str:
    if kind in (_WIDE, _STRING):
        text = payload[: len(payload) // 2 * 2].decode("utf-16-le", "replace")
    elif kind == _NARROW:
        text = payload.decode("latin-1")
    else:
        return ""
    return text.replace("\r", "\n").replace("\x0b", "\n").replace("\0", "")


def _shapes(data: bytes, at: int, end: int) -> Iterator[tuple[tuple[int, int], str]]:
    """(top, left) and text of each shape directly in a group."""
    while at + 8 <= end:
        version, kind, size = struct.unpack_from("<HHI", data, at)
        begin, at = at + 8, min(at + 8 + size, end)
        if kind == _SHAPE and version & 15 == 15:
            place: tuple[int, int] | None = None
            texts: list[str] = []
            for inner, payload in _leaves(data, begin, at, 0):
                if inner == _ANCHOR and len(payload) >= 16:
                    left, top = struct.unpack_from("<ii", payload, 0)
                    place = (top, left)
                elif text := _text(inner, payload):
                    texts.append(text)
            if place is not None:
                yield place, "\n".join(texts)


def _leaves(data: bytes, at: int, end: int, depth: int) -> Iterator[tuple[int, bytes]]:
    while at + 8 <= end and depth < _DEEPEST:
        version, kind, size = struct.unpack_from("<HHI", data, at)
        begin, at = at + 8, min(at + 8 + size, end)
        if version & 15 == 15:
            yield from _leaves(data, begin, at, depth + 1)
        else:
            yield kind, data[begin:at]


def _grid(shapes: list[tuple[tuple[int, int], str]]) -> list[list[str]]:
    """A group whose texts stand in rows and columns is a table; [] when it is not."""
    told = [(place, text) for place, text in shapes if text.strip()]
    tops = sorted({top for (top, _), _ in told})
    lefts = sorted({left for (_, left), _ in told})
    if len(told) < 4 or len(tops) < 2 or len(lefts) < 2 or len(told) * 4 < len(tops) * len(lefts):
        return []
    rows = [[""] * len(lefts) for _ in tops]
    row_of, column_of = {top: i for i, top in enumerate(tops)}, {left: i for i, left in enumerate(lefts)}
    for (top, left), text in told:
        cell = rows[row_of[top]][column_of[left]]
        rows[row_of[top]][column_of[left]] = f"{cell}\n{text}" if cell else text
    return rows
