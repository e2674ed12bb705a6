"""Columns each cell of which is packed by itself (base64, hexadecimal, U+4F50 U+85E4), unpacked before they are read.

What is packed as a whole, or in runs over many signs, is unpacked before there are cells: :mod:`dlp.extract.plain.unpack`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import polars as pl

from dlp.extract.plain.normalize import fold
from dlp.extract.plain.runs import decoded
from dlp.extract.plain.unfold import readable
from dlp.subjects.plan.header import Row

_LOOK = 24  # rows by which it is told
_TRIED = 3  # cells looked at first: a line of sums or a note may stand below
_LEAST, _SHARE = 2, 0.6  # cells of a column that are packed, and their share of those that are filled
_PACKED = re.compile(
    r"(?=.{8})(?:[A-Za-z0-9+/_-]{4})+(?:[A-Za-z0-9+/_-]{2,3}={0,2})?|(?:[0-9A-Fa-f]{2}){6,}|(?:U\+[0-9A-Fa-f]{4,5}[ ,;]?){2,}"
)
_HEX = re.compile(r"(?=.*[A-Fa-f])(?:[0-9A-Fa-f]{2}){6,}")
_WRITTEN = re.compile("[ぁ-ヶ一-鿿々]")  # of half-width kana alone consists what chance makes
_POINTS = re.compile(r"U\+([0-9A-Fa-f]{4,5})")


def rows_unpacked(rows: Sequence[Row]) -> Sequence[Row]:
    """Rows of one width with their packed columns in plain letters."""
    packed = _packed(rows[:_LOOK])
    if not packed:
        return rows
    return [tuple(_plain(cell) if i in packed else cell for i, cell in enumerate(row)) for row in rows]


def frame_unpacked(frame: pl.DataFrame) -> pl.DataFrame:
    """The same of a frame."""
    packed = _packed(frame.head(_LOOK).rows())
    made = [pl.Series(frame.columns[i], map(_plain, frame.to_series(i)), dtype=pl.String) for i in packed]
    return frame.with_columns(made) if made else frame


def _packed(rows: Sequence[Row]) -> set[int]:
    """Columns of Japanese that is packed, and beside them those of figures that are."""
    columns = {
        i: cells
        for i, column in enumerate(zip(*rows, strict=True))
        if (cells := [cell for cell in column if cell]) and any(map(_likely, cells[-_TRIED:]))
    }
    if not any(_share(cells, plain=False) for cells in columns.values()):
        return set()
    return {i for i, cells in columns.items() if _share(cells, plain=True)}


def _likely(cell: str) -> bool:
    """Whether a cell may be packed: figures alone are not, nor words of one case that are no hexadecimal."""
    if not cell.isascii() or _PACKED.fullmatch(cell) is None:
        return False
    return (cell != cell.lower() and cell != cell.upper()) or _HEX.fullmatch(cell) is not None or cell[:2] == "U+"


def _share(cells: Sequence[str], *, plain: bool) -> bool:
    found = sum(1 for cell in cells if _unpacked(cell, plain=plain))
    return found >= _LEAST and found >= _SHARE * len(cells)


def _plain(cell: str | None) -> str | None:
    return (_unpacked(cell, plain=True) or cell) if cell else cell


def _unpacked(cell: str, *, plain: bool) -> str:
    """What a cell says; "" where it is not packed. `plain`: also where that is of ASCII alone."""
    if not _likely(cell):
        return ""
    if cell.startswith("U+"):
        return fold("".join(chr(int(point, 16)) for point in _POINTS.findall(cell)))
    data = decoded(cell)
    if (text := readable(data)) and _WRITTEN.search(text):
        return fold(text)
    return data.decode("ascii") if plain and data.isascii() and data.decode("ascii").isprintable() else ""
