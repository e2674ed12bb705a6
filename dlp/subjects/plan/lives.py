"""Columns of people in a function (委員, 職員名) of whom a list tells what only their private lives have.

Told by the kinds of what stands beside them and by how that differs from row to row, not by words: an official in each
row is named again and again, and the age and the home beside him are those of whom he deals with.
"""

from __future__ import annotations

from collections.abc import Sequence

from dlp.subjects.books import Books
from dlp.subjects.plan.columns import FUNCTIONS, Column
from dlp.subjects.plan.public import born_in_public

_LIVED = "住所"  # what heads where people live: 所在地 is a body's
_BODIES = frozenset(("org", "office", "facility", "title"))
_LEAST, _EACH = 3, 0.9  # cells by which it is told; share of them that differ where each is somebody's own


def column(columns: Sequence[Column], books: Books) -> Column | None:
    """The column of those in a function whose private lives the others tell; None where nobody's is. Not of councils,
    whose members' births and homes are published, nor of those who came into an office by turns, or fell."""
    named = [c for c in columns if c.role in FUNCTIONS]
    if len(named) != 1 or not _each_own(named[0]) or not _names(named[0], books):
        return None
    told = {c.label.text for c in columns}
    public = books.elected | books.successions | books.fallen
    if not told.isdisjoint(public) or named[0].label.text.startswith(books.elective):
        return None
    return named[0] if _private(columns, books) else None


def _private(columns: Sequence[Column], books: Books) -> bool:
    """Whether births with homes or with telephones that are carried about, or ages with either, or births with a sex;
    or accounts, where no body is told of whose they are."""
    if any(c.role == "bank_account" and _each_own(c) for c in columns) and _BODIES.isdisjoint(c.role for c in columns):
        return True
    born = any(c.role == "birth_date" and _is_living(c) for c in columns)
    aged = any(c.role == "age" and c.look.some for c in columns)
    if not born and not aged:
        return False
    reached = any(_is_home(c, books) or _is_carried(c, books) for c in columns if _each_own(c))
    return reached or (born and any(c.role == "sex" and c.look.some for c in columns))


def _each_own(column: Column) -> bool:
    """Whether hardly any two rows say the same."""
    return column.look.n >= _LEAST and column.look.distinct >= _EACH


def _names(column: Column, books: Books) -> bool:
    return column.look.name >= books.weights.listed and column.look.org <= books.weights.column_org


def _is_living(column: Column) -> bool:
    """Whether days are told on which people were born who are mostly alive."""
    return _each_own(column) and not born_in_public(column) and column.look.alive


def _is_home(column: Column, books: Books) -> bool:
    return column.role == "address" and column.label.text.startswith((_LIVED, *books.own_headings))


def _is_carried(column: Column, books: Books) -> bool:
    return column.role == "phone" and column.look.mobile > books.weights.bodies
