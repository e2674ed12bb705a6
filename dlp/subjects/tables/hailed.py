"""Tables that name nobody in a column of its own and somebody in what is written to him: "佐藤花子様 ご予約ありがとう…" beside
his telephone. His name is put into a column behind the others."""

from __future__ import annotations

import re
from collections.abc import Sequence

import polars as pl

from dlp.subjects.cells.values import CLASS, Names, clean
from dlp.subjects.plan.columns import NAMES, OWN, REACHED, READINGS
from dlp.subjects.plan.header import Header, Label, Row

#: Roles of columns that somebody may be addressed in; those that name somebody; what makes it worth while to look.
_SAYING, _NAMING = ("", "note", "item", "event"), frozenset((*NAMES, *READINGS, "latin", "official", "author"))
_TELLING = OWN | {*REACHED, "address"}
_LOOK, _LEAST, _MOST, _DISTINCT = (
    40,
    3,
    0.6,
    0.6,
)  # rows looked at, cells that tell, shares of them that name, that differ
_REACHED = re.compile(r"\s*(?:(?:\+81[ -]?|0)[\d() -]{8,14}|[\w.+-]{1,64}@[\w.-]{3,})\s*")
_ROWS, _FIGURES, _TOLD = 2_000, re.compile(r"[\d\s:/.年月日時分~〜-]+"), re.compile(r"\d|@")
_NAME = f"{CLASS}{{1,5}}?[ 　]?{CLASS}{{1,5}}?"


def found(rows: Sequence[Row], header: Header | None, names: Names) -> int | None:
    """The column in whose cells people are addressed by name; None in tables that name them otherwise."""
    roles = [label.role for label in header.labels] if header else [""] * len(rows[0])
    if _NAMING.intersection(roles):
        return None
    below = rows[header.row + 1 if header else 0 :][:_LOOK]
    if _TELLING.isdisjoint(roles) and not any(map(_reaches, zip(*below, strict=True))):
        return None
    columns = [[cell for cell in cells if cell] for cells in zip(*below, strict=True)]
    said = (i for i, role in enumerate(roles) if role in _SAYING and i < len(columns))
    column = next((i for i in said if _addresses(columns[i], names)), None)
    named = column is not None and any(_names_people(cells, names) for cells in columns)
    return None if named else column


def _reaches(cells: Sequence[str | None]) -> bool:
    """Whether most cells of a column are telephones or mail addresses, and nothing else."""
    return sum(cell is not None and _REACHED.fullmatch(cell) is not None for cell in cells) >= _MOST * len(cells)


def _names_people(cells: Sequence[str], names: Names) -> bool:
    """Whether a column without a known heading holds names and nothing else."""
    likely = sum(names.likelihood(clean(cell)) for cell in cells)
    return bool(cells) and likely >= names.books.weights.names_beside * len(cells)


def _addresses(cells: Sequence[str], names: Names) -> bool:
    if len(cells) < _LEAST or not any(
        word in cell for cell in cells[:_LEAST] for word in names.books.honorifics_polite
    ):
        return False
    called = [match[1] for match in map(re.compile(pattern(names)).search, cells) if match]
    likely = sum(names.likelihood(clean(name)) for name in called)
    least = max(_MOST * len(cells), _LEAST)
    return (
        likely >= names.books.weights.names_beside * len(called)
        and least <= len(called) <= len(set(called)) / _DISTINCT
    )


def pattern(names: Names) -> str:
    """A name with an honorific, as Python's and polars' expressions read it."""
    said = "|".join(map(re.escape, names.books.honorifics_polite))
    return rf"(?:^|[\s。、,「」】)）])({_NAME})[ 　]?(?:{said})"


def headed(header: Header | None, width: int) -> Header:
    """The header, if there is one, with a heading for the names."""
    known = header.labels if header else ()
    labels = (*known, *[Label("", "")] * (width - len(known)), Label("氏名", "name"))
    return Header(header.row, labels, header.known + 1) if header else Header(-1, labels, 1)


def in_rows(rows: Sequence[Row], column: int, names: Names) -> list[Row]:
    """Rows with the names behind them."""
    said = re.compile(pattern(names))
    matches = (said.search(row[column] or "") for row in rows)
    return [[*row, match[1] if match else None] for row, match in zip(rows, matches, strict=True)]


def in_frame(frame: pl.DataFrame, column: int, names: Names) -> pl.DataFrame:
    """The same of a large table."""
    return frame.with_columns(pl.col(f"c{column}").str.extract(pattern(names), 1).alias(f"c{frame.width}"))


def told(frame: pl.DataFrame, names: Names) -> str:
    """Rows in which somebody is addressed and something is told in figures, a line each, without the cells that are
    figures alone (days, times): a calendar's bookings, whose telephone or birth stands in a note."""
    if frame.height > _ROWS:
        return ""
    said = re.compile(pattern(names))
    rows = ([cell for cell in row if cell and not _FIGURES.fullmatch(cell)] for row in frame.iter_rows())
    return "\n".join(line for cells in rows if (line := _line(cells, said)))


def _line(cells: Sequence[str], said: re.Pattern[str]) -> str:
    """The cells of a row as a line that begins with whom one of them addresses; "" where none does, or none tells."""
    for i, cell in enumerate(cells):
        if match := said.search(cell):
            if match.end() == len(cell.rstrip()) and "\n" in cell:
                return ""  # an address label, which is read by itself: what stands beside it is another's
            about = [cell[match.end() :], *cells[:i], *cells[i + 1 :]]
            if any(map(_TOLD.search, about)):
                return " ".join([f"{match[1]}様", *filter(None, about)]).replace("\n", " ")
            return ""
    return ""
