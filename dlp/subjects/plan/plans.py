"""A table's plan: what each column is (`roles`), and which columns make a person (`owners`)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import numpy as np
import polars as pl

from dlp.native.text import sampled
from dlp.subjects.cells.values import Names
from dlp.subjects.plan import owners, public, roles
from dlp.subjects.plan.columns import Column, Plan
from dlp.subjects.plan.guests import Guests, without_colleagues
from dlp.subjects.plan.header import Header

SAMPLE = 60


def plan(
    frame: pl.DataFrame,
    header: Header | None,
    names: Names,
    samples: Sequence[Sequence[str]] | None = None,
    *,
    guests: Guests = Guests.NONE,
) -> Plan:
    """Read a table's columns. `header` None: by values alone. `samples` of them, where they are known; `guests`:
    what its title says of whom it names."""
    start = header.row + 1 if header else 0

    def beside(left: int, right: int) -> list[str]:
        body = frame.slice(start)
        pair = body.select(pl.concat_str(pl.col(f"c{left}"), pl.lit(" "), pl.col(f"c{right}")).alias("x"))
        return sample(pair["x"], 0)

    if samples is None:
        samples = [sample(series, start) for series in frame.get_columns()]
    return planned(samples, beside, header, names, guests=guests)


def planned(
    samples: Sequence[Sequence[str]],
    beside: Callable[[int, int], list[str]],
    header: Header | None,
    names: Names,
    *,
    guests: Guests = Guests.NONE,
) -> Plan:
    """A plan by a sample of each column; `beside` gives one of two columns joined by a blank."""
    columns = roles.columns_of(samples, beside, header, names)
    columns = without_colleagues(columns, names.books, guests)
    people = owners.people_of(columns, beside, names.books)
    if guests is Guests.PUBLIC:
        people = [person for person in people if not public.reached_only(person, names.books)]
    for person in people:
        _reached_by_either(person.roles)
    numbers = tuple(c for c in columns if c.role == "individual_number")
    return Plan(header.row + 1 if header else 0, tuple(columns), tuple(people), numbers)


def _reached_by_either(roles: dict[str, list[Column]]) -> None:
    """Read mail addresses in a person's columns of telephones, too, where some are (連絡先), and the other way about."""
    phones, mails = roles.get("phone", []), roles.get("email", [])
    for role, own, others in (
        ("email", mails, [c for c in phones if c.look.email]),
        ("phone", phones, [c for c in mails if c.look.phone]),
    ):
        if others:
            roles[role] = [*own, *others]


def sample(series: pl.Series, start: int) -> list[str]:
    """Up to SAMPLE cells that are not null, spread over the column below `start`."""
    if series.dtype == pl.String and (found := sampled(series, start, SAMPLE)) is not None:
        return found
    below = series.slice(start)
    held = len(below) - below.null_count()
    step = max(1, held // SAMPLE)
    if step > 1 and held < len(below):  # where they are is told by one byte each: the cells themselves need not move
        places = np.flatnonzero(below.is_not_null().to_numpy())[::step][:SAMPLE]
        return [str(cell) for cell in below.gather(places).to_list()]
    return [str(cell) for cell in below.drop_nulls().gather_every(step).head(SAMPLE).to_list()]


def sample_of(cells: Iterable[str | None]) -> list[str]:
    """The same of cells that are in a list."""
    held = [cell for cell in cells if cell is not None]
    return held[:: max(1, len(held) // SAMPLE)][:SAMPLE]
