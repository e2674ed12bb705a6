"""SQLite databases: every table, and the strings of pages and cells that were deleted but are still in the file."""

from __future__ import annotations

import sqlite3
import struct
from collections.abc import Iterator
from typing import Any

from dlp.extract import charset
from dlp.extract.blocks import Block, Extracted, Lost, Table, Why
from dlp.extract.budget import Budget
from dlp.extract.plain import binary
from dlp.extract.plain.text import frame_of
from dlp.transfer import Part

KIND = "application/vnd.sqlite3"
_ROWS = 50_000
_BLOB = 64  # bytes from which a value that is no text is a part of its own
_LEAF = 0x0D


def extract(part: Part, budget: Budget) -> Extracted:
    """All tables, row by row as they are stored; values that are files become children."""
    blobs: list[Part] = []
    return Extracted(KIND, _blocks(part, budget, blobs), (blob for blob in blobs))


def _blocks(part: Part, budget: Budget, blobs: list[Part]) -> Iterator[Block | Lost]:
    data = bytearray(part.data)
    data[18:20] = b"\1\1"  # written with a log beside it: the log is not here, the file is whole without it
    base = sqlite3.connect(":memory:")
    try:
        base.deserialize(bytes(data))
        del data
        base.text_factory = bytes
        base.execute("PRAGMA trusted_schema=OFF")
        base.execute("PRAGMA cell_size_check=ON")
        base.set_progress_handler(lambda: _late(budget), 50_000)
        for number, name in enumerate(_tables(base), 1):
            yield from _rows(base, name, f"table {number}", budget, part, blobs)
    except sqlite3.Error:
        yield Lost(part.path, Why.CORRUPT)
    finally:
        base.close()
    yield from binary.strings(_deleted(part.data), budget)


def _late(budget: Budget) -> int:
    try:
        budget.check_time()
    except Exception:
        return 1  # interrupts the statement
    return 0


def _tables(base: sqlite3.Connection) -> list[str]:
    """Tables that are stored as such; a virtual table's content lies in its shadow tables."""
    rows = base.execute("SELECT name FROM sqlite_schema WHERE type='table' AND rootpage > 0 AND sql IS NOT NULL")
    return [_word(row[0]) for row in rows]


def _word(value: Any) -> str:
    return value.decode("utf-8", "surrogateescape") if isinstance(value, bytes) else str(value)


def _rows(
    base: sqlite3.Connection, name: str, place: str, budget: Budget, part: Part, blobs: list[Part]
) -> Iterator[Block]:
    # The name is quoted as SQL has it; there is no other way to hand over the name of a table.
    cursor = base.execute('SELECT * FROM "{}"'.format(name.replace('"', '""')))  # noqa: S608
    header = [column[0] for column in cursor.description]
    while rows := cursor.fetchmany(_ROWS):
        budget.check_time()
        yield Table(frame_of([header, *([_cell(value, part, blobs) for value in row] for row in rows)]), place)


def _cell(value: Any, part: Part, blobs: list[Part]) -> str:
    if value is None:
        return ""
    if not isinstance(value, bytes):
        return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
    if len(value) < _BLOB or charset.is_text(value):
        try:
            return charset.decode(value)
        except Exception:
            return ""
    blobs.append(Part(path=(*part.path, f"value {len(blobs) + 1}"), data=value))
    return ""


def _deleted(data: bytes) -> bytes:
    """Free pages, and the space between and after the cells of leaf pages."""
    size, freed = struct.unpack_from(">16xH14xI", data)
    size = 65536 if size == 1 else size
    if size < 512:
        return b""
    found = bytearray()
    free = _free_pages(data, size, freed)
    for page in range(len(data) // size):
        body = data[page * size : page * size + size]
        if page + 1 in free:
            found += body
        elif body[(start := 100 if not page else 0)] == _LEAF:
            found += _gaps(body, start)
    return bytes(found)


def _free_pages(data: bytes, size: int, trunk: int) -> set[int]:
    free: set[int] = set()
    while trunk and trunk not in free and trunk * size <= len(data):
        at = (trunk - 1) * size
        following, count = struct.unpack_from(">II", data, at)
        free.add(trunk)
        free.update(struct.unpack_from(f">{min(count, size // 4 - 2)}I", data, at + 8))
        trunk = following
    return free


def _gaps(page: bytes, start: int) -> bytes:
    block, cells, content = struct.unpack_from(">HHH", page, start + 1)
    found = page[start + 8 + 2 * cells : content or 65536]
    seen: set[int] = set()
    while block and block not in seen and block + 4 <= len(page):
        seen.add(block)
        following, length = struct.unpack_from(">HH", page, block)
        found += b"\0" + page[block + 4 : block + length]
        block = following
    return found
