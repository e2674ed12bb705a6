"""Columns whose heading says nothing by itself, and that name somebody because of those beside them.

承継者 beside 承継者住所; 受入家庭 before 住所 and 電話 that would be nobody's in a list that goes on to name others.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from dlp.subjects.books import Books
from dlp.subjects.plan.columns import NAMES, OWN, SHARED, Column, group_of
from dlp.subjects.plan.header import Label

_SHORTEST = 3  # letters that tell whose a telephone is
_ALL = 0.9  # share of the cells that are written as names are, and that differ


def named(columns: Sequence[Column], books: Books) -> list[Column]:
    """The columns, those that must name somebody said to."""
    if not any(c.role in NAMES for c in columns):
        return list(columns)
    spoken = {group_of(c) for c in columns if c.role in SHARED | OWN}  # of whom other headings tell
    return [_implied(c, columns, spoken, books) for c in columns]


def _implied(column: Column, columns: Sequence[Column], spoken: Collection[str], books: Books) -> Column:
    text = column.label.text
    group = text if text in spoken else next((said for said in spoken if _is_short_for(said, text)), "")
    if (group and _written(column)) or _before_its_own(column, columns, books):
        return Column(column.index, "name", Label(text, "name", group or text), column.look)
    return column


def _is_short_for(said: str, text: str) -> bool:
    """Whether another heading only says shorter of whom it tells: 関係者電話 beside 避難支援等関係者."""
    return len(said) >= _SHORTEST and text.endswith(said)


def _written(column: Column) -> bool:
    """Whether a column without a role holds what people are called, and no bodies."""
    seen = column.look
    return not column.role and bool(column.label.text) and seen.some and seen.shape >= _ALL and seen.org < 1 - _ALL


def _before_its_own(column: Column, columns: Sequence[Column], books: Books) -> bool:
    """Whether names, all different, stand right before an address and a telephone, and those before all that are said
    to be names."""
    if not _written(column) or column.look.distinct < _ALL or column.look.name < books.weights.names_distinct:
        return False
    first = next(c.index for c in columns if c.role in NAMES)
    behind = {c.role for c in columns[column.index + 1 : column.index + 3] if not group_of(c)}
    return column.index + 2 < first and {"address", "phone"} <= behind
