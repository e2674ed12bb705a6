"""Two to four rows a person under a heading of as many rows: made one row, as wide as all of them together.

Paper registers and databases' reports do so: number, reading and sex above, name and birth below, telephone below that.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from dlp.detect.headers import PERSONAL
from dlp.subjects.cells.kinds import fits, looks, strange
from dlp.subjects.cells.values import Names
from dlp.subjects.plan.header import Reader, Row, looks_like_value

_MOST = 4  # rows a person
_LEAST, _LOOK = 2, 30  # people that tell, and that are looked at
_BRACKETED = re.compile(r"[(（\[［]([^()（）\[\]［］]+)[)）\]］]")
_HEADED = 0.6  # share of a heading row's cells that are header words


def heading(first: Sequence[Row], reader: Reader) -> Sequence[Row]:
    """The rows of a heading of several rows, which pages that go on leave out; none where there is no such heading."""
    start, count = _heading(first, reader)
    return first[start : start + count] if count > 1 else ()


def uncycled(rows: Iterable[Row], first: Sequence[Row], reader: Reader, names: Names) -> list[Row] | None:
    """The rows under a heading of several rows, as many put side by side; None where each row is a person."""
    start, count = _heading(first, reader)
    if count < 2:
        return None
    if any(cell and _BRACKETED.fullmatch(cell.strip()) for row in first[start : start + count] for cell in row):
        first, rows = [_unbracketed(row) for row in first], map(_unbracketed, rows)  # (カナ) below, (電話) below
    heads = first[start : start + count]
    some = list(_people(first[start:], heads))[:_LOOK]
    if len(some) < _LEAST or not _cycles(heads, some, reader, names):
        return None
    return [_side_by_side(heads), *map(_side_by_side, _people(list(rows)[start:], heads))]


def _unbracketed(row: Row) -> Row:
    """Cells without the brackets about all of them."""
    return [cell and (m[1] if (m := _BRACKETED.fullmatch(cell.strip())) else cell) for cell in row]


def _heading(first: Sequence[Row], reader: Reader) -> tuple[int, int]:
    """Where a heading of several rows begins, and how many they are."""
    begin = count = 0
    for i, row in enumerate(first):
        if _heads(row, reader):
            begin, count = (i, 1) if not count else (begin, count + 1)
        elif count > 1:
            break
        else:
            count = 0
    return (begin, count) if count <= _MOST else (0, 0)


def _heads(row: Row, reader: Reader) -> bool:
    cells = [cell for cell in row if cell and cell.strip()]
    if len(cells) < 2 or any(map(looks_like_value, cells)):
        return False
    labels = [reader.label(cell) for cell in cells]
    sure = [x for x in labels if x.role in PERSONAL and x.text not in reader.books.also_values]
    return bool(sure) and sum(1 for x in labels if x.role) >= _HEADED * len(cells)


def _people(rows: Sequence[Row], heads: Sequence[Row]) -> Iterator[list[Row]]:
    """Rows by person; the heading again, as on each page, begins anew and what is left before it is a page's title.

    A column with a heading in the first row alone, as a number has, tells where a person begins: a blank row is gone.
    """
    first = [i for i, cell in enumerate(heads[0]) if cell and not any(head[i] for head in heads[1:])]
    held: list[Row] = []
    for row in rows:
        heading = row in heads
        if held and (heading or len(held) == len(heads) or any(row[i] for i in first)):
            if not heading or _told(held, first):
                yield [*held, *[[None] * len(row)] * (len(heads) - len(held))]
            held = []
        if not heading:
            held.append(row)
    if held:
        yield [*held, *[[None] * len(held[0])] * (len(heads) - len(held))]


def _told(rows: Sequence[Row], first: Sequence[int]) -> bool:
    """Whether rows before a heading are a person's, or the title of a page."""
    return any(rows[0][i] for i in first) if first else len(rows) > 1


def _cycles(heads: Sequence[Row], people: Sequence[Sequence[Row]], reader: Reader, names: Names) -> bool:
    """Whether the cells below are of their own heading's kind, and not of the other headings' in the same column."""
    told = 0
    for column in range(len(heads[0])):
        roles = [reader.label(head[column] or "").role for head in heads]
        if len(set(filter(None, roles))) < 2:
            continue
        seen = [looks([rows[turn][column] for rows in people], names) for turn in range(len(heads))]
        if any(fits(role, look) is False and strange(role, look) for role, look in zip(roles, seen, strict=True)):
            return False
        own = [turn for turn, role in enumerate(roles) if fits(role, seen[turn])]
        told += sum(
            any(strange(roles[turn], seen[other]) for other in range(len(heads)) if other != turn) for turn in own
        )
    return told > 1


def _side_by_side(rows: Sequence[Row]) -> Row:
    return [cell for row in rows for cell in row]
