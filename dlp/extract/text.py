"""Plain text and delimited tables. A text that is really a table becomes one."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence

import polars as pl

from dlp.extract import charset
from dlp.extract.blocks import Block, Extracted, Table, Text
from dlp.extract.budget import Budget
from dlp.transfer import Part

DELIMITERS = (",", "\t", ";", "|")
_DUMP = re.compile(r"^\s*INSERT\s+INTO\b", re.IGNORECASE | re.MULTILINE)
_SEP = re.compile(r"\A\ufeff?sep=(.)\r?\n", re.IGNORECASE)


def extract(part: Part, budget: Budget) -> Extracted:
    """Text or a table of any delimiter."""
    match = re.search(r"charset=\"?([\w.:-]+)", part.declared, re.IGNORECASE)
    text = charset.decode(part.data, match.group(1) if match else "")
    return of_text(text)


def of_text(text: str) -> Extracted:
    """A table when the lines have one delimiter and one shape, else running text."""
    blocks = blocks_of(text)
    return Extracted("text/csv" if isinstance(blocks[0], Table) else "text/plain", blocks)


def blocks_of(text: str) -> tuple[Block, ...]:
    """The same, as blocks alone."""
    delimiter = find_delimiter(text)
    if delimiter:
        return (table_of(text, delimiter),)
    return (Text(text.replace("\r\n", "\n").replace("\r", "\n")),)


def find_delimiter(text: str) -> str:
    """The delimiter of a text that is a table: most lines have the same number of it; "" when it is none."""
    match = _SEP.match(text)
    if match:
        return match.group(1)
    if _DUMP.search(text[:100_000]):
        return ""  # a statement's commas are not the table's: the counter reads the tuples
    lines = [line for line in text[:100_000].splitlines() if line.strip()][:200]
    if len(lines) < 2:
        return ""
    best, share = "", 0.0
    for delimiter in DELIMITERS:
        counts = [line.count(delimiter) for line in lines]
        common = max(set(counts), key=counts.count)
        if common == 0:
            continue
        fit = sum(c >= common > 0 or line.count('"') % 2 for c, line in zip(counts, lines, strict=True)) / len(lines)
        if fit > share:
            best, share = delimiter, fit
    return best if share >= 0.7 else ""


def table_of(text: str, delimiter: str, place: str = "") -> Table:
    """The cells of a delimited text. Well-formed text goes through polars, the rest through the csv module."""
    text = _SEP.sub("", text).lstrip("\ufeff")
    frame = _by_polars(text, delimiter)
    return Table(frame if frame is not None else _by_csv(text, delimiter), place)


def _by_polars(text: str, delimiter: str) -> pl.DataFrame | None:
    first = text.split("\n", 1)[0]
    width = max(line.count(delimiter) for line in text[:20_000].splitlines() or [""]) + 1
    if "\r" in text.replace("\r\n", "") or (first.count('"') % 2):
        return None
    try:
        frame = pl.read_csv(
            io.BytesIO(text.encode("utf-8", "replace")),
            separator=delimiter,
            has_header=False,
            infer_schema=False,
            new_columns=[f"c{i}" for i in range(width)],
            schema={f"c{i}": pl.String for i in range(width)},
            truncate_ragged_lines=False,
            quote_char='"' if '"' in text else None,
        )
    except (pl.exceptions.PolarsError, ValueError, OSError):
        return None
    return frame


def _by_csv(text: str, delimiter: str) -> pl.DataFrame:
    limit = csv.field_size_limit(1 << 30)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=False))
    except csv.Error:
        rows = [line.split(delimiter) for line in text.splitlines()]
    finally:
        csv.field_size_limit(limit)
    return frame_of(rows)


def frame_of(rows: Sequence[Sequence[str | None]]) -> pl.DataFrame:
    """Rows of any lengths as a frame of String columns c0, c1, …; empty cells are null."""
    width = max((len(row) for row in rows), default=0)
    columns: dict[str, list[str | None]] = {f"c{i}": [] for i in range(width)}
    for row in rows:
        for i in range(width):
            columns[f"c{i}"].append((row[i] or None) if i < len(row) else None)
    return pl.DataFrame(columns, schema={name: pl.String for name in columns})


def lines_block(lines: Sequence[str], place: str = "") -> Block:
    """Some lines as one text block."""
    return Text("\n".join(lines) + "\n", place)
