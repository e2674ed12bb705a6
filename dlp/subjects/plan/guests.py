"""Lists whose titles or headings say that those they name are private people, whatever mail addresses they have."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from enum import IntEnum

from dlp.subjects.books import Books
from dlp.subjects.cells.values import EMAIL
from dlp.subjects.plan.columns import NAMES, Column, with_role
from dlp.subjects.plan.header import Label

TITLES = 5  # lines or rows of a list among which its title is
_LETTERS = 40  # of a title, at most


class Guests(IntEnum):
    """How far a list tells of private people with the office's own mail addresses, from none to all."""

    PUBLIC = -1  #: 司法書士会員名簿: of who practises a profession, whom everybody may call
    NONE = 0
    MIXED = 1  #: 参加者, who may be staff: where others' addresses stand among the office's
    ALL = 2  #: 児童


def titled(rows: Iterable[str], books: Books) -> Guests:
    """What the title among some lines says: 児童名簿, 参加者一覧."""
    says = books.patterns
    titles = (row for row in rows if len(row) <= _LETTERS)
    return max((_told(row, says.guests_titled, says.invited_titled, books) for row in titles), default=Guests.NONE)


def public(rows: Iterable[str], books: Books) -> bool:
    """Whether a title among some lines says that who is listed practises a profession, or is elected."""
    return any(len(row) <= _LETTERS and books.patterns.public_titled.search(row) for row in rows)


def headed(labels: Iterable[Label], books: Books) -> Guests:
    """What a heading says of those it stands over: 児童氏名."""
    says = books.patterns
    heads = (label.text for label in labels if label.role in NAMES)
    return max((_told(head, says.guests, says.invited, books) for head in heads), default=Guests.NONE)


def among(rows: Iterable[str], guests: Guests, books: Books) -> bool:
    """Whether the office's addresses in lines under a title are those of private people as well."""
    if guests is not Guests.MIXED:
        return guests is Guests.ALL
    ours = books.patterns.colleague
    return any(not ours.search(mail) for row in rows if "@" in row for mail in EMAIL.findall(row))


def without_colleagues(columns: Sequence[Column], books: Books, guests: Guests) -> list[Column]:
    """Columns, those of the office's own mail addresses by a role of their own: in them others' alone are anybody's. Not
    where a heading, or as `guests` the title, says that those named are no staff."""
    guests = max(guests, headed([c.label for c in columns], books))
    if guests is Guests.ALL:
        return list(columns)
    least = 1.0 if guests is Guests.MIXED else books.weights.column_colleague
    teach = _of_teachers(columns, books)
    role = "faculty" if teach else "colleague"
    return [
        with_role(c, role) if c.role == "email" and (c.look.faculty if teach else c.look.colleague) >= least else c
        for c in columns
    ]


def _of_teachers(columns: Sequence[Column], books: Books) -> bool:
    """Whether a heading says that all those it stands over teach: 教諭氏名."""
    heads = [c.label.text for c in columns if c.label.role in NAMES]
    return bool(heads) and all(map(books.patterns.teachers.search, heads))


def _told(text: str, surely: re.Pattern[str], perhaps: re.Pattern[str], books: Books) -> Guests:
    if surely.search(text):
        return Guests.ALL
    mixed = perhaps.search(text) and not books.patterns.invited_staff.search(text)
    return Guests.MIXED if mixed else Guests.NONE
