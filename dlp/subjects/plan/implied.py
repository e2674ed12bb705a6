"""Columns whose heading says nothing by itself, and that name somebody because of those beside them.

承継者 beside 承継者住所; 第1子 beside 第1子生年月日; 同居者1名 beside 同居者1年齢; 受入家庭 before 住所 and 電話 that would be nobody's in a
list that goes on to name others.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from dlp.subjects.books import Books
from dlp.subjects.plan.columns import NAMES, OWN, SHARED, Column, group_of
from dlp.subjects.plan.header import Label

_SHORTEST = 3  # letters that tell whose a telephone is
_ALL = 0.9  # share of the cells that are written as names are, and that differ
_COUNT = re.compile(r"第?(\d{1,2})(?:人目|番目)?の?")


def named(columns: Sequence[Column], books: Books) -> list[Column]:
    """The columns, those that must name somebody said to."""
    if not any(c.role in NAMES for c in columns):
        return list(columns)
    spoken = {group_of(c) for c in columns if c.role in SHARED | OWN} - {""}  # of whom other headings tell
    return [_implied(c, columns, spoken, books) for c in columns]


def _implied(column: Column, columns: Sequence[Column], spoken: Collection[str], books: Books) -> Column:
    text = column.label.text
    group = text if text in spoken else next((said for said in spoken if _is_short_for(said, text)), "")
    if (
        not group
        and not column.role
        and (said := _called(text, spoken, books))
        and _names(column, columns, said, books)
    ):
        group = said
    if (group and _written(column)) or _before_its_own(column, columns, books):
        return Column(column.index, "name", Label(text, "name", group or text), column.look)
    return column


def _called(text: str, spoken: Collection[str], books: Books) -> str:
    """Whom of those that other headings tell of a heading names, with a number or a word for a name: 第1子, 同居者1名; "" for none."""
    if not text or not spoken:
        return ""
    end = next((end for end in books.name_ends if text.endswith(end)), "")
    bare = _counted(text.removesuffix(end).rstrip("の"))
    return next((said for said in spoken if _counted(said) == bare), "") if bare[0] else ""


def _counted(text: str) -> tuple[str, str]:
    """A word and its number, however it stands: 第1子 and 子1."""
    match = _COUNT.search(text)
    return (text[: match.start()] + text[match.end() :], match[1]) if match else (text, "")


def _names(column: Column, columns: Sequence[Column], group: str, books: Books) -> bool:
    """Whether cells are likely names, or given names of a family, each of whom more is said of that is a person's alone."""
    if column.look.name >= books.weights.names_distinct:
        return True
    own = any(c.role in OWN and group_of(c) == group for c in columns)
    return own and column.look.word_shape >= _ALL


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
