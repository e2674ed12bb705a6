"""Columns of those who are called by what they do (講師, 出店者名, 当番), where they are told of as private people."""

from __future__ import annotations

from collections.abc import Sequence

from dlp.subjects.books import Books
from dlp.subjects.plan import lives
from dlp.subjects.plan.columns import FUNCTIONS, NAMES, OWN, SHARED, SHARED_BY, Column, with_role
from dlp.subjects.plan.public import PROFILE, born_in_public

_OF_BODIES = frozenset(("org", "office", "facility", "title"))
#: Bodies that people in a function may have it in.
_BODIES = frozenset(("org", "facility", "office", "title", "item", "event"))
_PROFILE = PROFILE - {"birth_date"}  # what is told of who speaks in public
_BODILY = ("birth_date", "age", "sex")
_LIVED = "住所"  # what heads where people live
_HOME = "自宅"  # whose telephone is nobody's but his own
_ALL_DIFFER = 0.9  # share of what is each one's own


def turns(columns: list[Column], books: Books) -> list[Column]:
    """Who takes turns at something (当番) is in no office where the telephones beside them are carried about; nor is
    who is asked to do it (講師) where what is told is his own."""
    if all(c.role not in FUNCTIONS for c in columns) or any(c.role in NAMES for c in columns):
        return columns
    carried = any(c.role == "phone" and _is_carried(c, books) for c in columns)
    at_home = (carried and _at_home(columns)) or _of_his_own(columns, books) or _of_makers(columns)
    private = lives.column(columns, books)
    return [
        with_role(c, "name")
        if c is private
        or (carried and _takes_turns(c, books))
        or (at_home and _names(c, books))
        or _invited(c, columns, books)
        else c
        for c in columns
    ]


def _invited(column: Column, columns: Sequence[Column], books: Books) -> bool:
    """Whether a column names who was asked to teach or to judge, beside a birth, an account or a home of his own."""
    if not _written(column, books) or not column.label.text.startswith(books.invited):
        return False
    if any(c.role in OWN - _PROFILE and not (c.role == "birth_date" and born_in_public(c)) for c in columns):
        return True
    reached = [c for c in columns if c.role in SHARED]
    own = (*books.own_headings, *books.invited)
    if any(c.label.text.startswith(own) for c in reached):
        return True
    homes = any(c.role == "address" and c.look.n >= SHARED_BY and c.look.distinct >= _ALL_DIFFER for c in reached)
    return homes and {c.role for c in columns}.isdisjoint(_OF_BODIES)


def traders(columns: list[Column], books: Books) -> list[Column]:
    """Who trades under his own name (出店者名) is a person where a list tells of births or ages, of homes by their
    headings, or of telephones that are carried about, and nobody else is named."""
    if any(c.role in NAMES for c in columns) or not any(_is_trader(c, books) for c in columns):
        return columns
    private = any(c.role in _BODILY for c in columns) or any(
        (c.role == "phone" and _is_carried(c, books))
        or (c.role == "address" and c.label.text.startswith(books.own_headings))
        for c in columns
    )
    return [with_role(c, "name") if private and _is_trader(c, books) else c for c in columns]


def _is_trader(column: Column, books: Books) -> bool:
    seen = column.look
    named = column.role == "org" and seen.name >= books.weights.names_beside and seen.distinct >= _ALL_DIFFER
    return named and seen.org <= books.weights.column_org


def _at_home(columns: Sequence[Column]) -> bool:
    """Whether a list tells where somebody lives, or how old he is, and of no body: with a mobile telephone beside that (防災士 | 住所 | 携帯),
    whoever is called by what he can or does is told of as a private person."""
    roles = {c.role for c in columns}
    return not roles.isdisjoint(("address", *_BODILY)) and roles.isdisjoint(_BODIES)


def _of_his_own(columns: Sequence[Column], books: Books) -> bool:
    """Whether a heading says of the one who is named by what he is where he is at home: 会長 beside 自宅."""
    if sum(c.role in FUNCTIONS for c in columns) != 1:
        return False
    at_home = any(c.role == "phone" and c.look.some and c.label.text.startswith(_HOME) for c in columns)
    return at_home or any(
        c.role == "address" and c.look.some and c.label.text.startswith(books.own_headings) for c in columns
    )


def _of_makers(columns: Sequence[Column]) -> bool:
    """Whether whoever has made what is listed is told of where he lives, as those are who show it: 作者 | 住所; or where
    what he does is paid to him: 委員氏名 | 住所 | 振込口座. Books and stones are not."""
    called = [c.role for c in columns if c.role in FUNCTIONS]
    homes = (c for c in columns if c.role == "address" and c.label.text.startswith(_LIVED))
    paid = any(c.role == "bank_account" and c.look.some for c in columns)
    told = called == ["author"] or (len(called) == 1 and paid)
    return told and any(c.look.n >= SHARED_BY and c.look.distinct >= _ALL_DIFFER for c in homes)


def _names(column: Column, books: Books) -> bool:
    return column.role in FUNCTIONS and column.look.name >= books.weights.listed


def _is_carried(column: Column, books: Books) -> bool:
    """Whether a column's telephones are mostly mobile ones, or are headed so (携帯) and some are."""
    most = books.weights.bodies
    return column.look.mobile > (most / 2 if column.label.text.startswith(books.carried) else most)


def _takes_turns(column: Column, books: Books) -> bool:
    return _written(column, books) and column.label.text.startswith(books.turns)


def _written(column: Column, books: Books) -> bool:
    """Whether a column of people in a function holds what names are written in."""
    seen = column.look
    written = seen.shape >= books.weights.column_letters and seen.org <= books.weights.column_org
    return column.role == "official" and written
