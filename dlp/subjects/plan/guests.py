"""Lists whose titles or headings say that those they name are private people, whatever mail addresses they have."""

from __future__ import annotations

from collections.abc import Iterable

from dlp.subjects.books import Books
from dlp.subjects.plan.columns import NAMES
from dlp.subjects.plan.header import Label

TITLES = 5  # lines or rows of a list among which its title is
_LETTERS = 40  # of a title, at most


def titled(rows: Iterable[str], books: Books) -> bool:
    """Whether one of some lines is the title of such a list: 児童名簿, 参加者一覧."""
    return any(len(row) <= _LETTERS and books.patterns.guests_titled.search(row) for row in rows)


def headed(labels: Iterable[Label], books: Books) -> bool:
    """Whether a heading says so of those it stands over: 児童氏名."""
    return any(label.role in NAMES and books.patterns.guests.search(label.text) for label in labels)
