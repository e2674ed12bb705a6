"""SQL dumps: INSERT statements as tables, wherever an extractor cut them."""

from __future__ import annotations

import re
from collections.abc import Iterator

import polars as pl

_COPY = re.compile(
    r"^COPY\s+(\S+)\s*\(([^)]*)\)\s+FROM\s+stdin[^\n]*\n(.*?)^\\\.", re.IGNORECASE | re.MULTILINE | re.DOTALL
)
COPY_LINE = re.compile(r"COPY\s+\S+\s*\(([^)]*)\)\s+FROM\s+stdin", re.IGNORECASE)
#: A line of a statement: its beginning, or a tuple of values.
STATEMENT = r"(?i)^\s*(?:INSERT\s+INTO\b|\(.*\)\s*[,;]\s*$)"
_INSERT = re.compile(r"INSERT\s+INTO\s+([^\s(]+)\s*(\(([^)]*)\))?\s*VALUES\s*", re.IGNORECASE)
_VALUE = re.compile(r"\s*(?:[NEe]?'((?:[^'\\]|''|\\.)*)'|([^,()']+))\s*([,)])", re.DOTALL)


def looks_like_dump(cells: pl.Series) -> bool:
    """Whether a column holds INSERT statements."""
    return bool(cells.head(2000).str.contains(r"(?i)INSERT\s+INTO").any())


def tables(text: str) -> Iterator[pl.DataFrame]:
    """One table for each table name and list of columns; the first row is the list of columns, if it is written."""
    found: dict[tuple[str, str], list[list[str | None]]] = {}
    for match in _INSERT.finditer(text):
        rows = found.setdefault((match[1], match[3] or ""), [])
        rows += _tuples(text, match.end())
    for (_, columns), rows in found.items():
        width = max(map(len, rows), default=0)
        if not width:
            continue
        head: list[list[str | None]] = [[c.strip(' `"[]') for c in columns.split(",")]] if columns else []
        padded = [row[:width] + [None] * (width - len(row)) for row in (*head, *rows)]
        yield pl.DataFrame(padded, schema={f"c{i}": pl.String for i in range(width)}, orient="row")


def copied(text: str) -> Iterator[pl.DataFrame]:
    """Tables of PostgreSQL's COPY … FROM stdin: lines with tabs, \\N for nothing."""
    for match in _COPY.finditer(text):
        head: list[str | None] = [c.strip(' "') for c in match[2].split(",")]
        rows: list[list[str | None]] = [head]
        for line in match[3].splitlines():
            cells: list[str | None] = [None if cell == "\\N" else cell for cell in line.split("\t")]
            if len(cells) == len(head):
                rows.append(cells)
        yield pl.DataFrame(rows, schema={f"c{i}": pl.String for i in range(len(head))}, orient="row")


def copy_header(frame: pl.DataFrame) -> pl.DataFrame | None:
    """A table that begins with COPY … FROM stdin: its columns are the header."""
    for i, cell in enumerate(frame["c0"].head(20).to_list()):
        match = COPY_LINE.match(cell or "")
        if match:
            head = [c.strip(' "') for c in match[1].split(",")][: frame.width]
            row = pl.DataFrame([head + [None] * (frame.width - len(head))], schema=frame.schema, orient="row")
            return pl.concat([row, frame.slice(i + 1)])
    return None


def without_copies(text: str) -> str:
    """`text` without what `copied` reads."""
    return _COPY.sub("", text)


def _tuples(text: str, at: int) -> Iterator[list[str | None]]:
    while at < len(text) and text[at] == "(":
        row: list[str | None] = []
        at += 1
        while True:
            value = _VALUE.match(text, at)
            if value is None:
                return
            bare = (value[2] or "").strip()
            quoted = value[1]
            if quoted is not None:
                row.append(quoted.replace("''", "'").replace("\\'", "'"))
            else:
                row.append(None if bare.upper() == "NULL" else bare)
            at = value.end()
            if value[3] == ")":
                break
        yield row
        while at < len(text) and text[at] in ", \r\n\t":
            at += 1
