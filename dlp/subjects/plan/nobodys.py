"""Readings in a table that are not how anybody's name is read, and names that are those of the posts before them."""

from __future__ import annotations

from collections.abc import Sequence

from dlp.subjects.books import Books
from dlp.subjects.plan.columns import NAMES, OWN, SHARED, Column, with_role
from dlp.subjects.words import listed

_ROWS, _FEW, _EACH = (
    12,
    0.25,
    0.9,
)  # rows; share of the names that differ, at most; of what is said beside them, at least
#: Roles that name something which is nobody.
_THINGS = frozenset(listed("org facility event item office official author bank"))
_BODIES = frozenset(("org", "facility"))


def readings(columns: list[Column], books: Books) -> list[Column]:
    """A reading right of what names a place, a body or a thing is how that is read, where nobody is named; so is one
    elsewhere in a row that tells of a body, where it reads as no name and nothing is anybody's own."""
    if any(c.role in (*NAMES, "latin") for c in columns):
        return columns
    weights = books.weights
    carried = any(c.role == "phone" and c.look.mobile > weights.mobiles for c in columns)
    of_bodies = any(c.role in _BODIES for c in columns) and not carried and not any(c.role in OWN for c in columns)
    return [
        with_role(right, "note")
        if right.role == "kana"
        and ((left is not None and _is_thing(left)) or (of_bodies and right.look.name < weights.names_beside_more))
        else right
        for left, right in zip([None, *columns], columns, strict=False)
    ]


def behind_posts(columns: list[Column], books: Books) -> list[Column]:
    """Columns without a heading behind one that heads people in their function and holds their posts alone: 代表者職氏名 over
    代表取締役 | 佐藤 | 花子, which a print lets run apart."""
    held, result = False, list[Column]()
    for column in columns:
        if column.label.text:
            held = column.role == "official" and column.look.title >= books.weights.column_title
        elif held and not column.role and column.look.shape >= books.weights.column_letters:
            column = with_role(column, "official")
        else:
            held = False
        result.append(column)
    return result


def dealing(column: Column, columns: Sequence[Column]) -> bool:
    """Whether a column under a heading that is no name's names the same few again and again beside homes, telephones or
    births that all differ: 調査員 of houses, who live in none of them."""
    seen = column.look
    if not column.label.text or column.label.role or seen.n < _ROWS or seen.distinct > _FEW:
        return False
    return any(c.role in SHARED | OWN and c.look.n >= _ROWS and c.look.distinct >= _EACH for c in columns)


def _is_thing(column: Column) -> bool:
    """Whether a column names what is nobody: a body, a thing, a town or a field without a number."""
    placed = column.role == "address" and column.look.some and not column.look.address
    return column.role in _THINGS or placed
