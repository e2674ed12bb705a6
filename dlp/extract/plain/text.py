"""Plain text and delimited tables. A text that is really a table becomes one."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import replace

import orjson
import polars as pl

from dlp.extract import charset
from dlp.extract.blocks import Block, Extracted, Table, Text
from dlp.extract.budget import Budget
from dlp.extract.plain import (
    base85,
    binhex,
    calm,
    delimited,
    dumps,
    exchange,
    hl7,
    keyed,
    latex,
    literals,
    normalize,
    placed,
    quoted_cells,
    rare_signs,
    record_types,
    serialized,
    threaded,
    unparted,
    uuencoded,
    wiki,
)
from dlp.extract.plain.normalize import told
from dlp.extract.plain.unfold import plain
from dlp.extract.plain.unpack import TURNED, backwards
from dlp.native.look import Look
from dlp.transfer import Part

_LITERAL = re.compile(r"\s*[(\[{].*[)\]}][,;]?\s*$")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?:,|円|人|$|[^\d,]))")
_CELL_LINES = 40
_HEAD = 100_000
_MARK, _EXCHANGED = 40, (b"ID;P", b"TABLE")
_OTHER_ENDS = "\v\f\x1e\x85\u2028\u2029"
_OTHER_ENDS_BYTES = tuple(end.encode() for end in _OTHER_ENDS)
_LINES, _NEAR = 200, 20_000  # lines that are looked at, characters in which they mostly are
_SIDES = 2  # bars of a line in a box
_SHARE = 0.7  # of the lines of a table have its delimiter as often as most
DELIMITERS = (",", "\t", ";", "|")
_DUMP = re.compile(
    r"^[ \t]*+(?:INSERT\s+(?:IGNORE\s+)?(?:INTO\b|\[)|INSERT\s+(?:ALL|FIRST)\b|REPLACE\s+INTO\b|UPDATE\s+\S+\s+SET\s)",
    re.IGNORECASE | re.MULTILINE,
)
_DUMP_BEGINS = re.compile(r"\n[ \t]*+[iru]", re.IGNORECASE)  # a fifth of the time


def extract(part: Part, budget: Budget) -> Extracted:
    """Text or a table of any delimiter."""
    records = unparted.parted(part.data)
    if records is not part.data and not dumps.likely(part.data[: dumps.LOOK].decode("latin-1")):
        part = replace(part, data=records)
    match = re.search(r"charset=\"?([\w.:-]+)", part.declared, re.IGNORECASE)
    calmly = calm.block(part.data)
    raw, text = charset.utf8(part.data, match.group(1) if match else "", calm=calmly is not None)
    if (
        calmly is not None
        and raw is part.data
        and text is None
        and not rare_signs.delimiter(calmly.head(_HEAD + 1))
        and not (b"," in raw and find_delimiter(calmly.head(_HEAD + 1)))
    ):
        return Extracted("text/plain", (calmly,))
    if (whole := normalize.with_missing(raw)) is not raw:
        raw, text = whole, None
    if _raw_ends_otherwise(raw[:_HEAD]):
        raw, text = b"", raw.decode() if text is None else text  # as text, which knows such ends
    if raw[:_MARK].lstrip().startswith(_EXCHANGED) and (
        rows := exchange.rows_of(said := raw.decode("utf-8", "replace"))
    ):
        return Extracted("text/csv", (Table(frame_of(rows)), Text(exchange.beside(said))))
    if len(raw) >= delimited.LONG and (table := delimited.table(raw, find_delimiter)) is not None:
        return Extracted("text/csv", (table,))
    known = raw if text is None else None
    text = raw.decode() if text is None else text
    if (values := serialized.values_of(text)) is not None:
        child = Part(path=(*part.path, "values"), data=orjson.dumps(values[0]), declared="application/json")
        return Extracted("text/plain", blocks_of(values[1]), (child,))
    found = of_text(text, known)
    # A table written backwards is no table the right way round. What was turned is not turned back.
    if found.media_type == "text/csv" and part.path[-1:] != (TURNED,) and (turned := backwards(text)):
        child = Part(path=(*part.path, TURNED), data=turned.encode("utf-8", "replace"), declared="text/plain")
        return Extracted(found.media_type, found.blocks, (child,))
    return found


def of_text(text: str, raw: bytes | None = None) -> Extracted:
    """A table when the lines have one delimiter and one shape, else running text. `raw`: the same in UTF-8."""
    blocks = blocks_of(text, raw)
    return Extracted("text/csv" if isinstance(blocks[0], Table) else "text/plain", blocks)


def blocks_of(text: str, raw: bytes | None = None) -> tuple[Block, ...]:
    """The same, as blocks alone."""
    given, whole = text, _ended(text)
    seen = told(whole)  # of the lines as they will be read: how they end changes nothing that is asked of it here
    if (text := threaded.bare(given, seen)) is not given:
        whole = _ended(text)
        seen = told(whole)
    if (made := plain(text, seen)) is not text:
        text, whole = made, _ended(made)
        seen = told(whole)
    if (found := keyed.rows_of(text, seen) or (keyed.rows_of(given) if text is not given else None)) is not None:
        rows, rest = found
        return (Table(frame_of(rows)), *([Text("\n".join(rest) + "\n")] if rest else []))
    if tables := latex.tables(text):
        return (*(Table(frame_of(rows)) for rows in tables), Text(latex.without(text)))
    if (held := wiki.tables(text, seen)) is not None:
        return (*(Table(frame_of(rows)) for rows in held[0]), *blocks_of(held[1]))
    if (sent := hl7.tables_of(text)) is not None:
        return (*(Table(frame_of(rows)) for rows in sent[0]), Text(sent[1] + "\n"))
    if (kinds := record_types.tables_of(text)) is not None:
        return tuple(Table(frame_of(rows)) for rows in kinds)
    if (put := placed.rows_of(text)) is not None:
        return (*(Table(frame_of(rows)) for rows in put[0]), *blocks_of(put[1]))
    if (seen is None or seen.ends_otherwise or "\f" in text[:_HEAD]) and _ends_otherwise(text[:_HEAD]):
        text = "\n".join(text.splitlines())
        whole, seen = text, None
    delimiter = find_delimiter(text, seen)
    if delimiter:
        return (table_of(text, delimiter),)
    return (Text(whole, raw=raw if raw is not None and whole is given else in_utf8(whole), seen=seen),)


def in_utf8(text: str) -> bytes | None:
    """A text in UTF-8, which several ask for; None of one that has halves of characters."""
    try:
        return text.encode()
    except UnicodeEncodeError:
        return None


def _ended(text: str) -> str:
    """A text each line of which ends in "\\n"."""
    if "\r" not in text:
        return text
    return io.IncrementalNewlineDecoder(None, translate=True).decode(text, final=True)  # half of what replacing takes


def _ends_otherwise(head: str) -> bool:
    """Whether most lines end by other signs than CR and LF, as in what is copied from slides or saved by macOS."""
    return sum(map(head.count, _OTHER_ENDS)) > head.count("\n") + head.count("\r")


def _raw_ends_otherwise(head: bytes) -> bool:
    """The same of UTF-8: none of these signs begins within another."""
    return sum(map(head.count, _OTHER_ENDS_BYTES)) > head.count(b"\n") + head.count(b"\r")


_QUOTES = re.compile(r"^(?:\| ?)+")


def find_delimiter(text: str, seen: Look | None = None) -> str:
    """The delimiter of a text that is a table: most lines have the same number of it; "" when it is none. `seen`: what
    `normalize.told` said of it."""
    match = delimited.SEP.match(text)
    if match:
        return match.group(1)
    if uuencoded.begins(text) or binhex.MARK in text[:_HEAD]:
        return ""
    rare = rare_signs.delimiter(text)
    if not rare and seen is not None and _surely_none(text, seen):
        return ""
    if not rare and not any(sign in text[:_HEAD] for sign in (*DELIMITERS, '"')):
        return ""
    if keyed.likely(text, seen) or latex.BEGIN.search(text[:_HEAD]):
        return ""  # fields that name themselves; cells between &, in which commas are text
    if dumps.likely(text[: dumps.LOOK]) or base85.likely(text[:_NEAR]):
        return ""  # bytes in figures or signs
    if wiki.likely(text, seen):
        return ""  # rows are no lines there
    if placed.likely(text[:_NEAR]):
        return ""  # a program's statements
    if serialized.begins(text[:_NEAR]) or literals.likely(text[:_NEAR], seen):
        return ""  # records as a program prints them
    if _dumped(text[:_HEAD]):
        return ""  # a statement's commas are not the table's: the counter reads the tuples
    if rare:
        return rare
    lines = _records_of(text[:_NEAR])
    if len(lines) <= _LINES and len(text) > _NEAR:  # the last of them may be cut
        lines = _records_of(text[:_HEAD])
    lines = lines[:_LINES]
    if len(lines) < 2 or not (may := _may_delimit(lines)):
        return ""
    bracketed = sum("(" in line or "[" in line or "{" in line for line in lines) > 0.5 * len(lines)
    if bracketed and sum('{"' in line or bool(_LITERAL.match(line)) for line in lines) > 0.5 * len(lines):
        return ""  # JSON objects or a program's rows, each on its line
    if all("," not in line or "," not in _THOUSANDS.sub("", line) for line in lines):
        lines = [line.replace(",", "") for line in lines]
    best, share = "", 0.0
    for delimiter in may:
        counts = [line.count(delimiter) for line in lines]
        common = max(set(counts), key=counts.count)
        if common == 0:
            continue
        fit = sum(c >= common > 0 or line.count('"') % 2 for c, line in zip(counts, lines, strict=True)) / len(lines)
        if fit > share:
            best, share = delimiter, fit
    return best if share >= _SHARE and not (best == "|" and (_quoted(lines) or _boxed(lines))) else ""


def _dumped(head: str) -> bool:
    """Whether a line begins as a statement of a dump does."""
    return bool(_DUMP.match(head) or (_DUMP_BEGINS.search(head) and _DUMP.search(head)))


def _surely_none(text: str, seen: Look) -> bool:
    """Whether no sign stands in a text often enough for the lines that would be looked at: two at least."""
    lines = min(seen.lines, _LINES) if len(text) <= _NEAR else 2
    return not seen.quoted and seen.parting < _SHARE * lines


def _quoted(lines: Sequence[str]) -> bool:
    """Whether bars are a program's marks of quotations in quotations, deep and deeper, and no table's."""
    bars = [len(mark[0].replace(" ", "")) for line in lines if (mark := _QUOTES.match(line))]
    return (
        len(bars) >= _SHARE * len(lines) and len(set(bars)) > 2 and sum(bars) == sum(line.count("|") for line in lines)
    )


def _boxed(lines: Sequence[str]) -> bool:
    """Whether bars are the sides of boxes about whole lines, drawn with corners of "+": a printed form, no table."""
    barred = [line.strip() for line in lines if "|" in line]
    sides = sum(line.count("|") == _SIDES and line[0] == line[-1] == "|" for line in barred)
    return any(line.lstrip().startswith("+-") for line in lines) and sides >= _SHARE * len(barred)


def _may_delimit(lines: Sequence[str]) -> Sequence[str]:
    """The delimiters that enough lines can hold: of the others lines need not be counted one by one."""
    joined = "\n".join(lines)
    return DELIMITERS if '"' in joined else [d for d in DELIMITERS if joined.count(d) >= _SHARE * len(lines)]


def _records_of(text: str) -> list[str]:
    """Lines that are not blank; those of one quoted cell are one."""
    lines = [line for line in text.splitlines() if line.strip()]
    if '"' not in text:
        return lines
    records: list[str] = []
    open_at = -1  # first line of a cell whose quote is not closed yet
    for line in lines:
        if open_at >= 0 and len(records) - open_at < _CELL_LINES:
            records[-1] += line
        else:
            records.append(line)
            open_at = -1
        if line.count('"') % 2:
            open_at = -1 if open_at >= 0 else len(records) - 1
    return records


def table_of(text: str, delimiter: str, place: str = "") -> Table:
    """The cells of a delimited text. Well-formed text goes through polars, the rest through the csv module."""
    text = delimited.SEP.sub("", text).lstrip("\ufeff")
    frame = delimited.frame_of(text.encode("utf-8", "replace"), delimiter)
    if frame is None:
        frame = _by_csv(text, delimiter)
    if '="' in text:  # how a spreadsheet is told to keep a leading zero
        frame = frame.with_columns(pl.all().str.replace(r'^="(.*)"$', "${1}"))
    if within := quoted_cells.lines_within(frame, delimiter):
        return table_of(within, delimiter, place)
    return Table(quoted_cells.unmarked(frame, text), place)


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
