"""One thing in three columns beside each other: a telephone by its parts, a birth by year, month and day, put together."""

from __future__ import annotations

import re
from collections.abc import Sequence

import polars as pl

from dlp.subjects.plan.header import Header, Row

_LOOK, _LEAST, _NEARLY = 40, 3, 0.9  # rows that are looked at, that tell, and the share of them that are so
_DIGITS = re.compile(r"[0-9]{1,5}")
#: Area code, exchange and number; what of them is a number of ten or eleven digits.
_PHONE = re.compile(r"0[0-9]{1,4}-[0-9]{1,4}-[0-9]{4}")
_BORN = re.compile(r"(?:19|20)[0-9]{2}-(?:0?[1-9]|1[0-2])-(?:0?[1-9]|[12][0-9]|3[01])")
_SHORTEST, _LONGEST = 10, 11
#: Headings under which parts of a date stand are read by their words: here only where there is none.
_PARTS = ("", "phone")


def places(rows: Sequence[Row], header: Header | None) -> list[int]:
    """The first columns of things in three."""
    below = rows[header.row + 1 :] if header else rows
    found: list[int] = []
    for at in range(len(rows[0]) - 2 if len(below) >= _LEAST else 0):
        if found and at < found[-1] + 3:
            continue
        roles = [label.role for label in header.labels[at : at + 3]] if header else ["", "", ""]
        if any(role not in _PARTS for role in roles[:1]) or any(role not in (*_PARTS, "id") for role in roles[1:]):
            continue
        triples = [
            [(cell or "").strip() for cell in row[at : at + 3]] for row in below[:_LOOK] if any(row[at : at + 3])
        ]
        if _is_one(triples, dated=header is None):
            found.append(at)
    return found


def _is_one(triples: Sequence[Sequence[str]], *, dated: bool) -> bool:
    if len(triples) < _LEAST or not all(cell and _DIGITS.fullmatch(cell) for cell in triples[0]):
        return False
    whole = ["-".join(triple) for triple in triples]
    phones = sum(bool(_PHONE.fullmatch(text)) and _SHORTEST <= len(text) - 2 <= _LONGEST for text in whole)
    if phones >= _NEARLY * len(whole):
        return True
    born = dated and sum(map(bool, map(_BORN.fullmatch, whole))) >= _NEARLY * len(whole)
    return born and len({text[:4] for text in whole}) > 1


def in_rows(rows: Sequence[Row], found: Sequence[int]) -> list[Row]:
    """Rows with those things in their first columns, the others left empty."""
    return [_joined(row, found) for row in rows]


def _joined(row: Row, found: Sequence[int]) -> Row:
    cells = list(row)
    for at in found:
        if all(cell and _DIGITS.fullmatch(cell.strip()) for cell in row[at : at + 3]):
            cells[at : at + 3] = ["-".join((cell or "").strip() for cell in row[at : at + 3]), None, None]
    return cells


def in_frame(frame: pl.DataFrame, found: Sequence[int]) -> pl.DataFrame:
    """The same of a large table."""
    for at in found:
        names = [f"c{i}" for i in range(at, at + 3)]
        whole = pl.all_horizontal(
            pl.col(name).str.contains(rf"^\s*{_DIGITS.pattern}\s*$").fill_null(value=False) for name in names
        )
        bare = (pl.col(name).str.strip_chars() for name in names)
        joined = pl.when(whole).then(pl.concat_str(bare, separator="-")).otherwise(pl.col(names[0]))
        rest = (pl.when(~whole).then(pl.col(name)).otherwise(None).alias(name) for name in names[1:])
        frame = frame.with_columns(joined.alias(names[0]), *rest)
    return frame
