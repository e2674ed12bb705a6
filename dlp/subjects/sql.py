"""SQL dumps: INSERT statements as tables, wherever an extractor cut them."""

from __future__ import annotations

import re
from collections.abc import Iterator

import polars as pl

_COPY = re.compile(
    r"^COPY\s+(\S+)\s*\(([^)]*)\)\s+FROM\s+stdin[^\n]*\n(.*?)^\\\.", re.IGNORECASE | re.MULTILINE | re.DOTALL
)
COPY_LINE = re.compile(r"COPY\s+\S+\s*\(([^)]*)\)\s+FROM\s+stdin", re.IGNORECASE)
#: How a statement begins: SQL Server leaves INTO away before a name in brackets, MySQL writes REPLACE and INSERT IGNORE.
BEGINS = r"(?i)(?:INSERT\s+(?:IGNORE\s+)?(?:INTO\b|\[)|REPLACE\s+INTO\b)"
_BEGINS = re.compile(BEGINS)
#: A line of a statement: its beginning, or a tuple of values.
STATEMENT = rf"(?i)^\s*(?:{BEGINS[4:]}|\(.*\)\s*[,;]\s*$)"
#: The name of a table or a column: within quotes it may hold what else ends it.
_QUOTED = r"\[[^\]]*\]|`[^`]*`|\"[^\"]*\""
_INSERT = re.compile(
    rf"(?:INSERT\s+(?:IGNORE\s+)?(?:INTO\b)?|REPLACE\s+INTO\b)\s*((?:{_QUOTED}|[^\s(\[`\"])+)\s*(\(((?:{_QUOTED}|[^()\[`\"])*)\))?\s*VALUES\s*",
    re.IGNORECASE,
)
_NAMES = re.compile(rf"(?:{_QUOTED}|[^,\[`\"])+")
#: The columns of a table as it is made, each up to the comma after it: in brackets and quotes there may be others.
_CREATE = re.compile(rf"CREATE\s+TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?((?:{_QUOTED}|[^\s(\[`\"])+)\s*\(", re.IGNORECASE)
_COLUMN = re.compile(
    rf"\s*({_QUOTED}|[^\s,()\[`\"']+)((?:{_QUOTED}|'(?:[^']|'')*+'|\((?:[^()']|'[^']*+')*+\)|[^,()'\[`\"])*+)([,)])"
)
_COMMENT = re.compile(r"\bCOMMENT\s+'((?:[^']|'')+)'", re.IGNORECASE)
_NO_COLUMN = frozenset("PRIMARY KEY UNIQUE CONSTRAINT INDEX FOREIGN FULLTEXT SPATIAL CHECK".split())
_MARKS = ' `"[]\n\r\t'
#: A value; also one that is said to be a date: CAST(N'1980-01-01' AS Date), to_date('80-01-01', 'RR-MM-DD').
_VALUE = re.compile(
    r"\s*(?:\w+\s*\(\s*[Nn]?'((?:[^'\\]|'')*)'[^()]*\)|[NnEe]?'((?:[^'\\]|''|\\.)*)'|([^,()']+))\s*([,)])", re.DOTALL
)


def looks_like_dump(cells: pl.Series) -> bool:
    """Whether a column holds INSERT statements."""
    return bool(cells.head(2000).str.contains(BEGINS).any())


def may_hold(text: str) -> bool:
    """Whether there may be statements in a text."""
    return _BEGINS.search(text) is not None


def tables(text: str) -> Iterator[pl.DataFrame]:
    """One table for each table name and list of columns; the first row is the list of columns, if it is written."""
    found: dict[tuple[str, str], list[list[str | None]]] = {}
    for match in _INSERT.finditer(text):
        rows = found.setdefault((match[1], match[3] or ""), [])
        rows += _tuples(text, match.end())
    made = _made(text) if found else {}
    for (name, columns), rows in found.items():
        width = max(map(len, rows), default=0)
        if not width:
            continue
        named = _named(_NAMES.findall(columns), made.get(name, {})) if columns else [*made.get(name, {}).values()]
        head: list[list[str | None]] = [[*named]] if columns or len(named) == width else []
        padded = [row[:width] + [None] * (width - len(row)) for row in (*head, *rows)]
        yield pl.DataFrame(padded, schema={f"c{i}": pl.String for i in range(width)}, orient="row")


def _made(text: str) -> dict[str, dict[str, str]]:
    """What the tables that a text makes call their columns: table -> column -> its comment, which is for people, or
    its name."""
    tables: dict[str, dict[str, str]] = {}
    for match in _CREATE.finditer(text):
        columns, at = tables.setdefault(match[1], {}), match.end()
        while column := _COLUMN.match(text, at):
            if column[1].upper() not in _NO_COLUMN:
                said = _COMMENT.search(column[2])
                columns[column[1].strip(_MARKS)] = said[1].replace("''", "'") if said else column[1].strip(_MARKS)
            at = column.end()
            if column[3] == ")":
                break
    return tables


def _named(columns: list[str], made: dict[str, str]) -> list[str]:
    """The columns of a statement, each as its table's comment has it."""
    bare = [column.strip(_MARKS) for column in columns]
    return [made.get(column, column) for column in bare]


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
            bare = (value[3] or "").strip()
            quoted = value[1] if value[1] is not None else value[2]
            if quoted is not None:
                row.append(quoted.replace("''", "'").replace("\\'", "'"))
            else:
                row.append(None if bare.upper() == "NULL" else bare)
            at = value.end()
            if value[4] == ")":
                break
        yield row
        while at < len(text) and text[at] in ", \r\n\t":
            at += 1
