"""An address in two columns, the second of which holds lots alone: 行政区 beside 番地."""

from __future__ import annotations

from collections.abc import Sequence

from dlp.subjects.books import Books
from dlp.subjects.plan.columns import Column, with_role


def placed(columns: Sequence[Column], books: Books) -> list[Column]:
    """The columns, with the one that names the place said to be part of the address where no other one tells it."""
    homes = [c for c in columns if c.role == "address"]
    if len(homes) != 1 or homes[0].label.text not in books.lots:
        return [*columns]
    where = next((c for c in columns if c.label.text in books.districts and c.look.some), None)
    return [with_role(c, "address") if c is where else c for c in columns]
