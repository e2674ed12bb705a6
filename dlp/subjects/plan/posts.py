"""Headings of posts that no list of headings has (会長, 団長名), and the rows of headings that they make."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Protocol

from dlp.subjects.books import Books

_NAMED = re.compile("氏?名$")
_BELOW, _WORDS, _ALIKE = 5, 3, 0.8  # rows below a heading, cells of it, share of values in a column of theirs
_ROWS, _LONGEST = 40, 10  # rows that are looked at, letters of a heading


class Heading(Protocol):
    """What is asked of a heading here."""

    @property
    def text(self) -> str:
        """As it is normalised."""

    @property
    def role(self) -> str:
        """What it says; "" for nothing known."""


def bare(heading: str) -> str:
    """A heading without the word for a name at its end: 団長名."""
    return _NAMED.sub("", heading)


def is_post(heading: str, books: Books) -> bool:
    """Whether a normalised heading names a post that somebody holds."""
    return bare(heading).endswith(books.office_ends)


def heads(
    rows: Sequence[Sequence[str | None]],
    label: Callable[[str], Heading],
    calls: Callable[[str], bool],
    is_value: Callable[[str], bool],
    books: Books,
) -> bool:
    """Whether the first row is one of words, of which one at least is a heading or a post and none a name, and a column
    below it holds what no word is: 代 | 校長名 | 着任. A column's code (SEI) tells too little: what is below tells more."""
    cells = [cell.strip() for cell in rows[0] if cell and cell.strip()] if len(rows) > _BELOW else []
    if len(cells) < _WORDS or any(len(cell) > _LONGEST or is_value(cell) for cell in cells):
        return False
    also = books.also_values
    spoken = (a for a in map(label, cells) if not a.text.isascii())
    if not any(a.text not in also if a.role else is_post(a.text, books) for a in spoken):
        return False
    if len(set(cells)) < len(cells) or any(map(calls, cells)):
        return False
    below = rows[1 : _ROWS + 1]
    headed = [at for at, cell in enumerate(rows[0]) if cell and cell.strip()]
    return any(sum(is_value(row[at] or "") for row in below) >= _ALIKE * len(below) for at in headed)
