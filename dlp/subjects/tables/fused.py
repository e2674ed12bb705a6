"""Columns that run into each other on a page, under two headings in one cell: "受付日  申出者" over "令和5年9月14 佐藤 望"."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from dlp.subjects.plan.header import Reader, Row

_APART = re.compile(r"[ 　]{2,}")
_SHORTEST = 2  # letters of a heading: those of 氏　　名 stand apart, too
#: What is written without a blank: the next column begins after the first of them.
_WHOLE = frozenset(
    ("date", "id", "count", "postal_code", "phone", "email", "birth_date", "age", "sex", "office", "title")
)
_FIRST, _PAIR = ("id", "count"), 2


def parted(rows: Iterable[Row], first: Sequence[Row], reader: Reader) -> list[Row] | None:
    """The rows of a table with such columns taken apart; None where there are none. `first`: rows among which the header
    is, `rows`: all of them."""
    for heading in first:
        roles = {i: found for i, cell in enumerate(heading) if cell and (found := _roles(cell, reader))}
        if roles:
            return [_apart(row, roles) for row in rows]
    return None


def _roles(cell: str, reader: Reader) -> tuple[str, ...]:
    """What the headings in a cell say, if each is one and all of them together are none."""
    parts = _APART.split(cell.strip())
    close = len(parts) < 2
    parts = cell.split() if close else parts
    if len(parts) < 2 or min(map(len, parts)) < _SHORTEST or reader.knows("".join(parts)):
        return ()
    labels = [reader.label(part) for part in parts]
    roles = tuple(label.role for label in labels)
    if close and not all(reader.knows(label.text) for label in labels):
        return ()
    if close and (roles[0] not in _FIRST or len(roles) != _PAIR):
        return ()  # one blank alone parts a number from what follows it, and nothing else
    return roles if all(roles) else ()


def _apart(row: Row, roles: dict[int, tuple[str, ...]]) -> list[str | None]:
    made: list[str | None] = []
    for i, cell in enumerate(row):
        made += _cells(cell or "", roles[i]) if i in roles else [cell]
    return made


def _cells(cell: str, roles: tuple[str, ...]) -> list[str | None]:
    """A cell taken apart: where many blanks are, else after what is written without any."""
    parts = _APART.split(cell.strip())
    if len(parts) != len(roles):
        parts, rest = [], cell.strip()
        for role in roles[:-1]:
            head, _, tail = rest.partition(" ") if role in _WHOLE else (rest, "", "")
            parts.append(head)
            rest = tail
        parts.append(rest)
    return [part or None for part in parts]
