"""SQL dumps: INSERT statements as tables, wherever an extractor cut them."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

import polars as pl

from dlp.subjects.lines import sql_updates

#: What a header cell says is in its column; "" if nothing.
type Role = Callable[[str], str]

_COPY = re.compile(r"^COPY\s+(\S+)\s*+\(([^()]*+)\)\s++FROM\s++stdin[^\n]*+\n", re.IGNORECASE | re.MULTILINE)
COPY_LINE = re.compile(r"COPY\s+\S+\s*\(([^)]*)\)\s+FROM\s+stdin", re.IGNORECASE)
#: How a statement begins: SQL Server leaves INTO away before a name in brackets, MySQL writes REPLACE and INSERT IGNORE,
#: Oracle INSERT ALL once and INTO for each row.
BEGINS = rf"(?i)(?:INSERT\s+(?:IGNORE\s+)?(?:INTO\b|\[)|INSERT\s+(?:ALL|FIRST)\b|REPLACE\s+INTO\b)|{sql_updates.BEGINS}"
_BEGINS = re.compile(BEGINS)
#: The name of a table or a column: within quotes it may hold what else ends it.
_QUOTED = r"\[[^\]]{0,256}\]|`[^`]{0,256}`|\"[^\"]{0,256}\""
_INSERT = re.compile(
    rf"(?:INSERT\s++(?:IGNORE\s++)?(?:INTO\b)?|REPLACE\s++INTO\b|(?<=[\n)])[ \t]*+INTO\b)\s*+((?:{_QUOTED}|[^\s(\[`\"])++)\s*+"
    rf"(?:(\(((?:{_QUOTED}|\([^()]{{0,64}}\)|[^()\[`\"])*+)\))\s*+)?VALUES\s*+",  # 氏名(漢字) is a name, too
    re.IGNORECASE,
)
_NAMES = re.compile(rf"(?:{_QUOTED}|[^,\[`\"])+")
#: The columns of a table as it is made, each up to the comma after it: in brackets and quotes there may be others.
_CREATE = re.compile(
    rf"CREATE\s++TABLE\s++(?:IF\s++NOT\s++EXISTS\s++)?((?:{_QUOTED}|[^\s(\[`\"])++)\s*+\(", re.IGNORECASE
)
_COLUMN = re.compile(
    rf"\s*({_QUOTED}|[^\s,()\[`\"']+)((?:{_QUOTED}|'(?:[^']|'')*+'|\((?:[^()']|'[^']*+')*+\)|[^,()'\[`\"])*+)([,)])"
)
_COMMENTED = re.compile(
    rf"\bCOMMENT\s++ON\s++COLUMN\s++((?:{_QUOTED}|[^\s.(\[`\"])++(?:\s*+\.\s*+(?:{_QUOTED}|[^\s.(\[`\"])++)??)"
    rf"\s*+\.\s*+((?:{_QUOTED}|[^\s.(\[`\"])++)\s++IS\s++[NnEe]?'((?:[^']|'')++)'",
    re.IGNORECASE,
)
_COMMENT = re.compile(r"\bCOMMENT\s+'((?:[^']|'')+)'", re.IGNORECASE)
_NO_COLUMN = frozenset("PRIMARY KEY UNIQUE CONSTRAINT INDEX FOREIGN FULLTEXT SPATIAL CHECK".split())
_MARKS = ' `"[]\n\r\t'
#: A value; also one that is said to be a date: CAST(N'1980-01-01' AS Date), to_date('80-01-01', 'RR-MM-DD').
_VALUE = re.compile(
    r"\s*(?:\w+\s*\(\s*[Nn]?'((?:[^'\\]|'')*)'[^()]*\)|(?:[NnEe]|(?i:DATE|TIMESTAMP)\s+)?'((?:[^'\\]|''|\\.)*)'|([^,()']+))\s*([,)])",
    re.DOTALL,
)


def looks_like_dump(cells: pl.Series) -> bool:
    """Whether a column holds INSERT statements."""
    return bool(cells.head(2000).str.contains(BEGINS).any())


def may_hold(text: str) -> bool:
    """Whether there may be statements in a text."""
    return _BEGINS.search(text) is not None


class Dump(NamedTuple):
    """What the statements of a text hold, and where each of them stands."""

    tables: list[pl.DataFrame]
    places: list[tuple[int, int]]


def parsed(text: str, role: Role) -> Dump:
    """One table for each table name and list of columns; the first row is the list of columns, if it is written. Of
    what cannot be read as a statement no place is named: it may be somebody's, with a word of SQL before it."""
    found: dict[tuple[str, str], list[list[str | None]]] = {}
    places: list[tuple[int, int]] = []
    for match in _INSERT.finditer(text):
        rows, end = _tuples(text, match.end())
        if rows:
            found.setdefault((match[1], match[3] or ""), []).extend(rows)
            places.append((match.start(), end))
    begins = [begin for begin, _ in places]
    for said in sql_updates.statements(text):
        before = bisect_right(begins, said.begin) - 1
        if before < 0 or said.begin >= places[before][1]:  # in none of those
            found.setdefault((said.table, ",".join(said.row)), []).append([*said.row.values()])
            places.append((said.begin, said.end))
    places.sort()
    columns = made(text, role) if found else {}
    return Dump([*_frames(found, columns)], places)


def _frames(
    found: Mapping[tuple[str, str], list[list[str | None]]], made: Mapping[str, Mapping[str, str]]
) -> Iterator[pl.DataFrame]:
    for (name, columns), rows in found.items():
        width = max(map(len, rows))
        known = made.get(_table(name), {})
        named = _named(_NAMES.findall(columns), known) if columns else [*known.values()]
        head: list[list[str | None]] = [[*named]] if columns or len(named) == width else []
        padded = [row[:width] + [None] * (width - len(row)) for row in (*head, *rows)]
        yield pl.DataFrame(padded, schema={f"c{i}": pl.String for i in range(width)}, orient="row")


def without(text: str, places: Sequence[tuple[int, int]]) -> str:
    """A text without the statements at `places`."""
    begins, ends = [0, *(end for _, end in places)], [*(begin for begin, _ in places), len(text)]
    return "".join(text[a:b] for a, b in zip(begins, ends, strict=True))


def made(text: str, role: Role) -> dict[str, dict[str, str]]:
    """What the tables that a text makes call their columns: table -> column -> its comment, which is for people, or
    its name, where that alone says what is in it."""
    tables: dict[str, dict[str, str]] = {}
    at = 0
    for match in _CREATE.finditer(text):
        if match.start() < at:
            continue
        columns, at = tables.setdefault(_table(match[1]), {}), match.end()
        while column := _COLUMN.match(text, at):
            if column[1].upper() not in _NO_COLUMN:
                said = _COMMENT.search(column[2])
                name = column[1].strip(_MARKS)
                columns[name] = _called(name, said[1] if said else "", role)
            at = column.end()
            if column[3] == ")":
                break
    for match in _COMMENTED.finditer(text):
        name = match[2].strip(_MARKS)
        tables.setdefault(_table(match[1]), {})[name] = _called(name, match[3], role)
    return tables


def _called(name: str, comment: str, role: Role) -> str:
    """What a column is called: its comment, unless its name alone is a header word."""
    said = comment.replace("''", "'")
    return said if said and (role(said) or not role(name)) else name


def _table(name: str) -> str:
    """A table without its schema, as statements may name it both ways."""
    return re.split(r"(?<=[\]`\"\w])\.(?=[\[`\"\w])", name)[-1].strip(_MARKS).lower()


def _named(columns: list[str], made: Mapping[str, str]) -> list[str]:
    """The columns of a statement, each as its table has it."""
    bare = [column.strip(_MARKS) for column in columns]
    return [made.get(column, column) for column in bare]


class Copy(NamedTuple):
    """A table of PostgreSQL's COPY … FROM stdin: its lines, and where they and what is around them stand."""

    table: str
    columns: list[str]
    lines: list[str]
    begin: int
    end: int


def copies(text: str) -> Iterator[Copy]:
    """The tables that are ended: of one that is not, nobody knows which lines are its own."""
    at = 0
    while (head := _COPY.search(text, at)) and (end := text.find("\n\\.", head.end() - 1)) >= 0:
        at = end + len("\n\\.")
        yield Copy(head[1], head[2].split(","), text[head.end() : end + 1].splitlines(), head.start(), at)


def copied(text: str, role: Role) -> Iterator[pl.DataFrame]:
    """Tables of PostgreSQL's COPY … FROM stdin: lines with tabs, \\N for nothing."""
    known = made(text, role)
    for copy in copies(text):
        head: list[str | None] = [*_named(copy.columns, known.get(_table(copy.table), {}))]
        rows: list[list[str | None]] = [head]
        for line in copy.lines:
            cells: list[str | None] = [None if cell == "\\N" else cell for cell in line.split("\t")]
            if len(cells) == len(head):
                rows.append(cells)
        yield pl.DataFrame(rows, schema={f"c{i}": pl.String for i in range(len(head))}, orient="row")


def in_cells(frame: pl.DataFrame, role: Role) -> tuple[list[pl.DataFrame], pl.DataFrame]:
    """The tables of the statements in a table's cells, and it without these: what stands beside one is no part of it."""
    rows = frame.rows()
    dump = parsed("\n".join(";".join(cell or "" for cell in row) for row in rows), role)
    if not dump.places:
        return [], frame
    kept: list[tuple[str | None, ...]] = []
    at, places = 0, [*reversed(dump.places)]
    for row in rows:
        cells: list[str | None] = []
        for cell in row:
            end = at + len(cell or "")
            while places and places[-1][1] <= at:
                places.pop()
            cells.append(None if places and places[-1][0] < end else cell)
            at = end + 1
        if any(cells):
            kept.append(tuple(cells))
    return dump.tables, pl.DataFrame(kept, schema=frame.schema, orient="row")


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
    """`text` without what `copied` reads: of its lines those of other cells than the table has columns stay."""
    kept, at = [], 0
    for copy in copies(text):
        others = (line for line in copy.lines if line.count("\t") + 1 != len(copy.columns))
        kept += [text[at : copy.begin], "\n".join(others)]
        at = copy.end
    return "".join([*kept, text[at:]])


def _tuples(text: str, at: int) -> tuple[list[list[str | None]], int]:
    """The tuples of a statement, and where they and the sign that ends it end."""
    rows: list[list[str | None]] = []
    end = at
    while read := _tuple(text, at):
        row, end = read
        rows.append(row)
        at = end
        while at < len(text) and text[at] in ", \r\n\t":
            at += 1
    return rows, end + (text[end : end + 1] == ";")


def _tuple(text: str, at: int) -> tuple[list[str | None], int] | None:
    """One tuple and where it ends; None where none stands, or one that cannot be read to its end."""
    if text[at : at + 1] != "(":
        return None
    row: list[str | None] = []
    at += 1
    while value := _VALUE.match(text, at):
        bare = (value[3] or "").strip()
        quoted = value[1] if value[1] is not None else value[2]
        if quoted is not None:
            row.append(quoted.replace("''", "'").replace("\\'", "'"))
        else:
            row.append(None if bare.upper() == "NULL" else bare)
        at = value.end()
        if value[4] == ")":
            return row, at
    return None
