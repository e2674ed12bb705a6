"""Households whose address stands once, in a cell that all rows of its members share: it is said of each of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import polars as pl

from dlp.subjects.plan.header import NAMED, Header, Row

type Home = tuple[int, int, str]

_MOSTLY, _HARDLY = 0.7, 0.2  # share of the rows with an address whose 続柄 is the head's; of those without


def column(rows: Sequence[Row], header: Header | None) -> Home | None:
    """Where the address stands, what each is to the head (続柄), and what the head is called there; None where each row
    has its own address."""
    roles = [label.role for label in header.labels] if header else []
    if roles.count("address") != 1 or roles.count("relationship") != 1 or not set(roles) & set(NAMED):
        return None
    home, kin = roles.index("address"), roles.index("relationship")
    below = rows[header.row + 1 :] if header else ()
    heads = Counter(row[kin] for row in below if row[home] and row[kin])
    members = Counter(row[kin] for row in below if not row[home] and row[kin])
    if not heads or not members:
        return None
    head, times = heads.most_common(1)[0]
    alike = times >= _MOSTLY * heads.total() and members[head] <= _HARDLY * members.total()
    return (home, kin, head or "") if alike else None


def in_rows(rows: Sequence[Row], header: Header, at: Home) -> list[Row]:
    """Rows with the address of the household."""
    home, kin, head = at
    held: str | None = None
    found: list[Row] = list(rows[: header.row + 1])
    for row in rows[header.row + 1 :]:
        held = row[home] or (held if row[kin] and row[kin] != head else None)
        found.append([*row[:home], held, *row[home + 1 :]])
    return found


def in_frame(frame: pl.DataFrame, header: Header, at: Home) -> pl.DataFrame:
    """The same of a large table."""
    above, body = frame[: header.row + 1], frame[header.row + 1 :]
    home, kin = (pl.col(f"c{i}") for i in at[:2])
    begun = (home.is_not_null() | kin.is_null() | (kin == at[2])).cum_sum()
    return pl.concat([above, body.with_columns(home.forward_fill().over(begun))])
