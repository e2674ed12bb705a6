"""Large delimited tables as UTF-8: read by native code from the bytes, no str is made of them.

`text` reads the same tables from a str. What this module declines (None) is read there, and gives the same cells.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable

import numpy as np
import polars as pl

from dlp.extract.blocks import Table
from dlp.extract.plain import quoted_cells
from dlp.extract.plain.unfold import nothing_written_oddly
from dlp.extract.plain.unpack import LOOK, reads_backwards
from dlp.native import cells
from dlp.native.text import Sign, signs

#: Bytes from which a table is read here: below, a str costs next to nothing.
LONG = 50_000
SEP = re.compile(r"\A\ufeff?sep=(.)\r?\n", re.IGNORECASE)
_BOM = "\ufeff".encode()
_HEAD, _WIDTH = 100_000, 20_000  # characters by which the delimiter and the number of columns are told
_MOST = 4  # bytes of a character


def table(raw: bytes, delimiter_of: Callable[[str], str]) -> Table | None:
    """The table that `raw` (valid UTF-8) is; None where it is none, or none that is read quickly."""
    head = _head(raw)
    if SEP.match(head) or not (delimiter := delimiter_of(head)):  # first: most text is no table
        return None
    held = signs(raw)
    if _reads_backwards(raw) or not nothing_written_oddly(raw, held):
        return None
    return _read(raw, delimiter, head, held)


def piece(raw: bytes, delimiter: str, place: str) -> Table | None:
    """The same of a piece of a large table, cut between records, whose delimiter is known."""
    head = raw[: _MOST * _WIDTH].decode("utf-8", "ignore")
    held = signs(raw)
    plain = not SEP.match(head) and nothing_written_oddly(raw, held)
    return _read(raw, delimiter, head, held, place) if plain else None


def _read(raw: bytes, delimiter: str, head: str, held: Sign | None, place: str = "") -> Table | None:
    frame = frame_of(raw, delimiter, head, held)
    if frame is None:
        return None
    if b'="' in raw if held is None else held & Sign.KEPT_ZERO:  # how a spreadsheet is told to keep a leading zero
        frame = frame.with_columns(pl.all().str.replace(r'^="(.*)"$', "${1}"))
    return Table(quoted_cells.unmarked(frame, head), place)


def frame_of(raw: bytes, delimiter: str, head: str = "", held: Sign | None = None) -> pl.DataFrame | None:
    """The cells of a delimited text in UTF-8; None where it is not well-formed. `held`: the signs in it, if known."""
    while raw.startswith(_BOM):
        raw = raw[len(_BOM) :]
    head = (head or _head(raw)).lstrip("\ufeff")
    first, lines = raw[: raw.find(b"\n") + 1] or raw, head[:_WIDTH].splitlines()
    if first.count(b'"') % 2 or (_bare_returns(raw) if held is None else held & Sign.BARE_RETURN):
        return None
    schema = {f"c{i}": pl.String() for i in range(max((line.count(delimiter) for line in lines), default=0) + 1)}
    if len(raw) >= LONG and (read := cells.frame(raw, delimiter, len(schema))) is not None:
        return read
    try:
        return pl.read_csv(
            io.BytesIO(raw),
            separator=delimiter,
            has_header=False,
            infer_schema=False,
            new_columns=list(schema),
            schema=schema,
            truncate_ragged_lines=False,
            quote_char='"' if b'"' in raw else None,
        ).rechunk()  # each key would else do so for itself
    except (pl.exceptions.PolarsError, ValueError, OSError):
        return None


def _head(raw: bytes) -> str:
    half = raw[: _MOST * _HEAD // 2].decode("utf-8", "ignore")[:_HEAD]  # characters of two bytes, on the average, do
    return half if len(half) == _HEAD else raw[: _MOST * _HEAD].decode("utf-8", "ignore")[:_HEAD]


def _reads_backwards(raw: bytes) -> bool:
    tail = raw[-_MOST * (LOOK + 1) :].decode("utf-8", "ignore")[-LOOK:]
    return reads_backwards(raw[: _MOST * LOOK].decode("utf-8", "ignore")[:LOOK] + tail)


def _bare_returns(raw: bytes) -> bool:
    """Whether a carriage return stands without a line feed after it."""
    if b"\r" not in raw:
        return False
    letters = np.frombuffer(raw, np.uint8)
    return bool(raw.endswith(b"\r") or ((letters[:-1] == 13) & (letters[1:] != 10)).any())
