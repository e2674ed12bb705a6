"""What is known of the people found: how many carry each category, and their tokens."""

from __future__ import annotations

from collections import Counter

import polars as pl

from dlp.subjects.people import pairs, tokens
from dlp.subjects.people.acquaintance import Acquaintance
from dlp.subjects.people.identity import People
from dlp.subjects.people.people import BIT

#: Each category's bit, and what it is called.
_CALLED = tuple((bit, category.value) for category, bit in BIT.items())


def tally(people: People | Acquaintance, key: bytes | None) -> tuple[dict[str, int], tuple[bytes, ...]]:
    """Category -> people who carry it, and a token for each of them; none without a key."""
    if isinstance(people, People):
        columns = one_each(people.mentions)
        return counts(columns), tokens.of(columns, key) if key is not None else ()
    rows = people.one_each()
    carried = Counter(mention["cats"] for mention in rows)  # few sets of categories differ
    sets = carried.items()
    counted = [(name, sum([count for cats, count in sets if cats & bit])) for bit, name in _CALLED]
    ordered = {name: count for name, count in counted if count}
    return ordered, tokens.digests(map(tokens.line, rows), key) if key is not None else ()


def one_each(mentions: pl.DataFrame) -> pl.DataFrame:
    """One row a person: the least of each fact his mentions hold, and all their categories."""
    again = pairs.met_again(mentions["person"])
    facts = [name for name in mentions.columns if name not in ("cats", "sure", "part", "person", "who")]
    once = mentions if again is None else mentions.filter(~again)
    once = pl.DataFrame([once[name] for name in ("person", *facts, "cats")])  # `select` would copy what lies in pieces
    if again is None:
        return once
    met = mentions.filter(again).group_by("person").agg(pl.col(facts).min(), pl.col("cats").bitwise_or())
    return pl.concat([once, met.select(once.columns)])


def counts(people: pl.DataFrame) -> dict[str, int]:
    """Category -> people who carry it."""
    if people.is_empty():
        return {}
    sums = people.select(((pl.col("cats") & bit) > 0).sum().alias(category.value) for category, bit in BIT.items()).row(
        0, named=True
    )
    return {category: int(count) for category, count in sums.items() if count}
