"""Readings in a table that are not how anybody's name is read."""

from __future__ import annotations

from dlp.subjects.plan.columns import NAMES, Column, with_role
from dlp.subjects.words import listed

#: Roles that name something which is nobody.
_THINGS = frozenset(listed("org facility event item office official author bank"))


def readings(columns: list[Column]) -> list[Column]:
    """A reading right of what names a place, a body or a thing is how that is read, where nobody is named."""
    if any(c.role in (*NAMES, "latin") for c in columns):
        return columns
    return [
        with_role(right, "note") if right.role == "kana" and left is not None and _is_thing(left) else right
        for left, right in zip([None, *columns], columns, strict=False)
    ]


def _is_thing(column: Column) -> bool:
    """Whether a column names what is nobody: a body, a thing, a town or a field without a number."""
    placed = column.role == "address" and column.look.some and not column.look.address
    return column.role in _THINGS or placed
