"""What stands in the bytes of a text and in the cells of a table, told by native code in one pass."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from enum import IntFlag
from functools import cached_property

import numpy as np
import numpy.typing as npt
import polars as pl

from dlp import native
from dlp.native import series


class Sign(IntFlag):
    """What bytes.c tells."""

    AMPERSAND = 1
    HASH = 2
    PERCENT = 4
    EQUALS = 8
    PLUS = 16
    BOX = 32  # [ ( <
    BACKSLASH = 64
    ODD = 128  # an override, a mark of voice, 〇, アット
    KEPT_ZERO = 256  # ="
    BARE_RETURN = 512  # a carriage return without a line feed


def signs(raw: bytes) -> Sign | None:
    """The signs that stand somewhere in `raw`; None without native code."""
    if native.library is None:
        return None
    native.library.signs.restype = ctypes.c_int64
    return Sign(native.library.signs(ctypes.c_char_p(raw), ctypes.c_int64(len(raw))))


class Words(frozenset[str]):
    """Words looked for in cells, written down once for native code."""

    @cached_property
    def written(self) -> tuple[bytes, npt.NDArray[np.int32]]:
        """One after another, and how long each is."""
        said = [word.encode("utf-8", "surrogatepass") for word in self]
        return b"".join(said), np.array(list(map(len, said)), np.int32)


def rows_with_words(columns: Sequence[pl.Series], words: Words, least: int) -> list[int] | None:
    """Rows in which at least so many cells (fewer than 256) are among `words`; None without native code."""
    if native.library is None or not columns or any(column.dtype != pl.String for column in columns):
        return None
    said, sizes = words.written
    if len({column.len() for column in columns}) > 1:
        return None
    counts = np.zeros(columns[0].len(), np.uint8)
    if series.over_all("count_words", columns, counts, said, sizes, len(sizes)) < 0:
        return None
    return [int(row) for row in np.flatnonzero(counts >= least)]


def may_tell(cells: pl.Series, kin: bytes) -> series.Marks | None:
    """Cells of several lines, and those with a figure and a colon, an honorific or one of `kin` (letters of three
    bytes in UTF-8) behind a blank; None without native code."""
    may = np.zeros(cells.len(), np.bool_)
    if native.library is None or series.over("may_tell", cells, kin, len(kin) // 3, may) < 0:
        return None
    return may


def longest(columns: Sequence[pl.Series]) -> list[int]:
    """The bytes of the longest cell of each column of text."""
    sizes = np.zeros(len(columns), np.int32)
    if columns and series.over_all("longest", columns, sizes) >= 0:
        return sizes.tolist()
    return [int(column.str.len_bytes().max() or 0) for column in columns]  # type: ignore[arg-type]


_ROOM = 1 << 14  # bytes of a sample: longer cells are taken by polars


def sampled(cells: pl.Series, start: int, most: int) -> list[str] | None:
    """Up to `most` cells that are not null, spread over a column below `start`; None without native code, and where
    they are long."""
    text, ends = np.empty(_ROOM, np.uint8), np.zeros(most, np.int64)
    if native.library is None or (taken := series.over("sampled", cells, start, most, text, _ROOM, ends)) < 0:
        return None
    whole, places = text.tobytes(), ends[:taken].tolist()
    return [whole[begin:end].decode() for begin, end in zip([0, *places], places, strict=False)]
