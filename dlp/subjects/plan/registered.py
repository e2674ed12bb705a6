"""Lists of names of whom nothing is said but the number that a register of the town's gives each of them."""

from __future__ import annotations

import re

from dlp.subjects.books import Books
from dlp.subjects.plan.columns import NAMES, OWN, SHARED, Column, with_role

_NUMBER = re.compile(r"[A-Za-z]{0,3}-?\d[\d-]{3,15}")  # a running number has fewer figures
_NUMBERED = 0.8  # share of the cells
#: What makes nobody a data subject.
_MAKES_NOBODY = ("postal_code", "relationship", "levied")


def told(columns: list[Column], books: Books) -> list[Column]:
    """Columns of such numbers (宛名番号, 世帯番号) read as the official ones they are, where they alone say who is meant."""
    roles = {column.role for column in columns}
    if roles.isdisjoint(NAMES) or not (SHARED | OWN).difference(_MAKES_NOBODY).isdisjoint(roles):
        return columns
    return [with_role(c, "insurance") if _is_official(c, books) else c for c in columns]


def _is_official(column: Column, books: Books) -> bool:
    seen = column.look
    if column.role != "id" or column.label.text not in books.official_numbers or not seen.varied:
        return False
    return seen.share(lambda text: _NUMBER.fullmatch(text)) >= _NUMBERED
