"""Who is the same person.

Two mentions are one person when they share a number only one person has, or the same normalised name and a birth
date, telephone, mail address, postal address, account or insured number, unless their birth dates or numbers
differ. Two mentions of one name that neither share nor contradict anything are one; namesakes who contradict each
other are two. Pairs are compared as columns; Python sees only pairs that belong together.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import polars as pl

from dlp.native import namesakes
from dlp.subjects.people import across, pairs
from dlp.subjects.people.pairs import HARD, KINDS, KNOWN_BY, SOFT

type Facts = dict[tuple[str, str], set[object]]
#: Merges by name alone that may be a layout's, their share of the people, share of these whose names differ; and the
#: share of people in a list who have a namesake there.
_FEW, _HALF, _UNLIKE, _NAMESAKES = 4, 0.5, 0.9, 0.05


@dataclass(frozen=True, slots=True)
class People:
    """Mentions with a column "person" (0 … n-1), and how sure the number of people is."""

    mentions: pl.DataFrame
    packed: pl.DataFrame  # the same rows, their facts as integers, with "person"
    count: int
    lower: int
    upper: int

    def in_part(self, part: int) -> int:
        """Distinct people of one part."""
        return int(self.packed.filter(pl.col("part") == part)["person"].n_unique())


def who_is_who(mentions: pl.DataFrame) -> People:
    """Group mentions (see `people.SCHEMA`) by person."""
    if mentions.is_empty():
        nobody = pl.lit(None, dtype=pl.UInt32).alias("person")
        return People(mentions.with_columns(nobody), pairs.packed(mentions).with_columns(nobody), 0, 0, 0)
    packed, merged = grouped(pairs.packed(mentions))
    count = packed["person"].n_unique()
    least = certain(packed)
    return People(mentions.with_columns(packed["person"]), packed, count, least, count + doubted(merged, count, least))


def doubted(merged: int, count: int, least: int) -> int:
    """How many merges that rest on nothing but a name may have taken two for one: all of them, unless half of those
    counted, no two of one name, were met twice. That is how papers are laid out (an address in one place, a birth in
    another), and of those the share that namesakes have."""
    laid_out = merged >= max(_FEW, _HALF * count) and least >= _UNLIKE * count
    return min(merged, math.ceil(_NAMESAKES * count)) if laid_out else merged


def grouped(packed: pl.DataFrame) -> tuple[pl.DataFrame, int]:
    """Packed mentions with "person", and how many merges rest on nothing but the name."""
    facts = pairs.held(packed, KNOWN_BY)
    if _all_differ(packed, facts):
        roots, merged = _groups(packed.with_row_index("id"))
        return packed.with_columns(_dense(roots)), merged
    distinct = packed.unique(facts, maintain_order=True).with_row_index("id")
    roots, merged = _groups(distinct)
    told = distinct.select(*facts, _dense(roots))
    return packed.join(told, on=facts, how="left", nulls_equal=True, maintain_order="left"), merged


def _all_differ(packed: pl.DataFrame, facts: list[str]) -> bool:
    """Whether no two mentions say the same. Equal rows have equal hashes."""
    for fact in ("number", "local"):
        if fact in facts and not packed[fact].null_count() and packed[fact].n_unique() == packed.height:
            return True
    return packed.select(facts).hash_rows().n_unique() == packed.height


def _dense(roots: pl.Series) -> pl.Series:
    """Roots numbered from 0 without gaps."""
    if roots.is_sorted() and roots.n_unique() == roots.len():
        return roots.alias("person")  # nobody was met twice: the ids themselves
    return (roots.rank("dense") - 1).cast(pl.UInt32).alias("person")


def certain(packed: pl.DataFrame) -> int:
    """`lower`, less those who may be the same in another script."""
    return max(lower(packed) - across.unsure(packed.filter(pl.col("sure"))), 0)


def lower(packed: pl.DataFrame) -> int:
    """Names, and birth dates or numbers within a name: what nobody could take for fewer people."""
    facts = pairs.held(packed, HARD)
    sure = packed.select("person", "who", *facts)
    if not packed["sure"].all():
        sure = sure.filter(packed["sure"])
    if sure.is_empty():
        return 0
    again = pairs.met_again(sure["person"])
    if again is not None:
        met = sure.filter(again).group_by("person").agg(pl.col("who").first(), *(pl.col(f).max() for f in facts))
        sure = pl.concat([sure.filter(~again).select(met.columns), met])
    nameless = sure["who"].null_count()
    if (quickly := namesakes.at_least([sure[c] for c in ("who", *facts)])) is not None:
        return quickly + nameless
    most = sure.select(pl.col("who").drop_nulls().unique())
    for fact in facts:
        told = sure.select("who", fact).drop_nulls().unique().group_by("who").len(fact)
        most = most.join(told, on="who", how="left")
    each = pl.max_horizontal(*facts, pl.col("who").is_not_null().cast(pl.UInt32))
    return int(most.select(each.sum()).item()) + nameless


def _groups(distinct: pl.DataFrame) -> tuple[pl.Series, int]:
    """The root of each mention, and how many merges rest on nothing but the name."""
    forest = Forest()
    for key in pairs.held(distinct, ("number", "code")):
        same = distinct.select(key, "id").filter(pl.col(key).is_not_null() & pl.col(key).is_duplicated())
        forest.join_runs(same.sort(key).iter_rows())
    merged = 0
    near = pairs.of(distinct)
    if not near.is_empty():
        facts = _facts(distinct, near)
        for a, b in near.filter(pl.col("agree")).select("id", "id_b").iter_rows():
            forest.join(a, b, facts, HARD)
        for a, b in near.filter(~pl.col("agree")).select("id", "id_b").iter_rows():
            merged += forest.join(a, b, facts, (*HARD, *SOFT))
    for (a, b), doubted_of in across.of_columns(distinct):
        merged += forest.join(a, b, {}, ()) * doubted_of
    return forest.roots(distinct["id"]), merged


def _facts(distinct: pl.DataFrame, near: pl.DataFrame) -> dict[int, Facts]:
    """Facts of the mentions that take part in a pair."""
    if near.is_empty():
        return {}
    names = pairs.held(distinct, dict.fromkeys((*HARD, *SOFT)))
    kinds = [f"{f}_kind" for f in names if f in KINDS]
    taking = pl.concat([near["id"], near["id_b"]]).unique()
    rows = distinct.select("id", *names, *kinds).filter(pl.col("id").is_in(taking.implode())).iter_rows(named=True)
    return {row["id"]: {(f, row.get(f"{f}_kind", "")): {row[f]} for f in names if row[f] is not None} for row in rows}


def named(fact: str, value: object) -> tuple[str, str]:
    """What a fact is called, and its kind where there are several."""
    return fact, str(value).partition(":")[0] if fact in KINDS else ""


class Forest:
    """Union-find over mentions; a union may be refused where the two groups contradict each other."""

    def __init__(self) -> None:
        self._parent: dict[int, int] = {}  # of those that were joined
        self._known: dict[int, Facts] = {}

    def root(self, i: int) -> int:
        """The mention that stands for the person of mention `i`."""
        parent = self._parent
        while (above := parent.get(i, i)) != i:
            parent[i] = parent.get(above, above)
            i = parent[i]
        return i

    def roots(self, ids: pl.Series) -> pl.Series:
        """The root of each of `ids`, which count from 0."""
        moved = list(self._parent)
        return ids.scatter(moved, [self.root(i) for i in moved]) if moved else ids

    def join_runs(self, rows: Iterable[tuple[object, int]]) -> None:
        """Join neighbours with an equal key."""
        last_key, last = None, -1
        for key, i in rows:
            if key == last_key:
                self.join(last, i, {}, ())
            last_key, last = key, i

    def join(self, a: int, b: int, facts: dict[int, Facts], unlike: tuple[str, ...]) -> int:
        """1 if `a` and `b` were joined; 0 if they were one already or differ in a fact of `unlike`."""
        x, y = self.root(a), self.root(b)
        if x == y:
            return 0
        known_x = self._known.setdefault(x, dict(facts.get(x, {})))
        known_y = self._known.setdefault(y, dict(facts.get(y, {})))
        if any(
            name in unlike and known_x[name, kind].isdisjoint(known_y[name, kind])
            for name, kind in known_x.keys() & known_y.keys()
        ):
            return 0
        low, high = min(x, y), max(x, y)
        self._parent[high] = low
        del self._known[x], self._known[y]
        self._known[low] = _together(known_x, known_y)
        return 1


def _together(one: Facts, other: Facts) -> Facts:
    """Both, in the larger sets of the two: a crowd that is joined one by one must not be copied each time."""
    for fact, values in other.items():
        small, large = sorted((one.get(fact, set()), values), key=len)
        large |= small
        one[fact] = large
    return one
