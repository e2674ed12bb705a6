"""Columns whose cells carry their own heading ("DOB: 1980/01/02"): it is put above them, where nothing known stands."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

import polars as pl

from dlp.detect.headers import PERSONAL
from dlp.subjects.plan.header import Header, Label, Reader, Row

_CELL = re.compile(r"\s*(?P<label>[^\s\d:：=][^:：=\n]{0,19}?)(?:\s*[:：=]\s*\S|\s+\d)")
_LOOK, _LEAST, _MOST = 40, 2, 0.8  # rows that are looked at, cells that tell, and the share of a column's that do
#: What is not known of a column, or says nothing of a person.
_UNKNOWN = ("", "note")

#: What cells say is in their column, and the word with which they do.
type Said = tuple[str, Label]


def found(rows: Sequence[Row], header: Header | None, reader: Reader) -> dict[int, Said]:
    """The columns of such cells, and what they say is in them."""
    below = rows[header.row + 1 :] if header else rows
    labels: dict[int, Said] = {}
    for i in range(len(rows[0]) if below else 0):
        known = header.labels[i].role if header and i < len(header.labels) else ""
        cells = [cell for row in below[:_LOOK] if (cell := row[i])] if known in _UNKNOWN else []
        if len(cells) >= _LEAST and (label := _said(cells, reader)) is not None:
            labels[i] = label
    return labels


def _said(cells: Sequence[str], reader: Reader) -> Said | None:
    """What most cells of a column say is in it."""
    matches = filter(None, map(_CELL.match, cells))
    (word, times), *_ = Counter(match["label"] for match in matches).most_common(1) or [("", 0)]
    label = reader.label(word) if times >= _MOST * len(cells) else None
    return (word, label) if label is not None and label.role in PERSONAL and reader.knows(label.text) else None


def headed(width: int, header: Header | None, labels: dict[int, Said]) -> Header:
    """The header of a table with what its cells say."""
    known = [*header.labels] if header else []
    known += [Label("", "")] * (width - len(known))
    said = tuple(labels[i][1] if i in labels else label for i, label in enumerate(known))
    return Header(header.row if header else -1, said, sum(1 for label in said if label.role))


def in_rows(rows: Sequence[Row], labels: dict[int, Said]) -> list[Row]:
    """Rows without the headings in those columns."""
    leads = {i: re.compile(_lead(word)) for i, (word, _) in labels.items()}
    return [[leads[i].sub("", cell) if cell and i in leads else cell for i, cell in enumerate(row)] for row in rows]


def in_frame(frame: pl.DataFrame, labels: dict[int, Said]) -> pl.DataFrame:
    """The same of a large table."""
    return frame.with_columns(pl.col(f"c{i}").str.replace(_lead(word), "") for i, (word, _) in labels.items())


def _lead(word: str) -> str:
    return rf"^\s*{re.escape(word)}\s*[:：=]?\s*"
