"""Who is the same person.

Two mentions are one person when they share a number only one person has, or the same normalised name and a birth
date, telephone, mail address, postal address, account or insured number, unless their birth dates or numbers
differ. Two mentions of one name that neither share nor contradict anything are one; namesakes who contradict each
other are two. Pairs are compared as columns; Python sees only pairs that belong together.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain

import polars as pl

#: What tells namesakes apart whatever else they share.
HARD = ("number", "birth")
#: What makes two mentions of a name one person.
STRONG = ("number", "code", "policy", "local", "birth", "email", "phone", "address", "account")
#: What makes two namesakes that share nothing strong different people.
SOFT = ("kana", "code", "policy", "local", "care", "email", "phone", "address", "account", "sex", "age")
#: Facts of several kinds, "kind:value": different values of one kind contradict each other, different kinds do not.
KINDS = ("code", "policy", "local", "care")
#: Namesakes beyond this many different mentions are compared by what they share only.
_CROWD = 120
_COMPARED = tuple(dict.fromkeys((*HARD, *STRONG, *SOFT)))
KNOWN_BY = tuple(dict.fromkeys(("name", "kana", "latin", *_COMPARED)))
#: Pairs up to which all pairs of namesakes are compared; above, only those that share a fact or lack one.
_FEW_PAIRS = 50_000


type Facts = dict[tuple[str, str], set[object]]


@dataclass(frozen=True, slots=True)
class People:
    """Mentions with a column "person" (0 … n-1), and how sure the number of people is."""

    mentions: pl.DataFrame
    count: int
    lower: int
    upper: int

    def in_part(self, part: int) -> int:
        """Distinct people of one part."""
        return int(self.mentions.filter(pl.col("part") == part)["person"].n_unique())


def who_is_who(mentions: pl.DataFrame) -> People:
    """Group mentions (see `people.SCHEMA`) by person."""
    if mentions.is_empty():
        return People(mentions.with_columns(pl.lit(None, dtype=pl.UInt32).alias("person")), 0, 0, 0)
    facts = [f for f in KNOWN_BY if mentions[f].null_count() < mentions.height]
    who = pl.coalesce("name", "kana", "latin").alias("who")
    # Equal rows have equal hashes: where no two hashes are equal, every mention is one of its own.
    if mentions.select(facts).hash_rows().n_unique() == mentions.height:
        distinct = mentions.with_columns(who).with_row_index("id")
        roots, merged = _groups(distinct)
        numbered = mentions.with_columns(distinct["who"], _dense(roots))
    else:
        distinct = mentions.unique(facts, maintain_order=True).with_columns(who).with_row_index("id")
        roots, merged = _groups(distinct)
        told = distinct.select(*facts, "who", _dense(roots))
        numbered = mentions.join(told, on=facts, how="left", nulls_equal=True, maintain_order="left")
    count = numbered["person"].n_unique()
    return People(numbered, count, _lower(numbered), count + merged)


def _dense(roots: pl.Series) -> pl.Series:
    """Roots numbered from 0 without gaps."""
    if roots.is_sorted() and roots.n_unique() == roots.len():
        return roots.alias("person")  # nobody was met twice: the ids themselves
    return (roots.rank("dense") - 1).cast(pl.UInt32).alias("person")


def _lower(numbered: pl.DataFrame) -> int:
    """Names, and birth dates or numbers within a name: what nobody could take for fewer people."""
    sure = numbered.select("person", "who", "birth", "number", "sure").filter(pl.col("sure"))
    if sure.is_empty():
        return 0
    again = sure.filter(pl.col("person").is_duplicated())
    if not again.is_empty():
        met = again.group_by("person").agg(pl.col("who").first(), pl.col("birth").max(), pl.col("number").max())
        once = sure.filter(~pl.col("person").is_duplicated()).select(met.columns)
        sure = pl.concat([once, met])
    nameless = int(sure["who"].null_count())
    most = sure.select(pl.col("who").drop_nulls().unique())
    for fact in ("birth", "number"):
        told = sure.select("who", fact).drop_nulls().unique().group_by("who").len(fact)
        most = most.join(told, on="who", how="left")
    return int(most.select(pl.max_horizontal("birth", "number", pl.lit(1)).sum()).item()) + nameless


def _groups(distinct: pl.DataFrame) -> tuple[pl.Series, int]:
    """The root of each mention, and how many merges rest on nothing but the name."""
    forest = Forest()
    for key in ("number", "code"):
        if distinct[key].null_count() < distinct.height:
            same = distinct.select(key, "id").filter(pl.col(key).is_not_null() & pl.col(key).is_duplicated())
            forest.join_runs(same.sort(key).iter_rows())
    merged = 0
    repeated = distinct.filter(pl.col("who").is_not_null() & pl.col("who").is_duplicated())
    if not repeated.is_empty():
        pairs = _pairs(repeated)
        facts = _facts(distinct, pairs)
        for a, b in pairs.filter(pl.col("agree")).select("id", "id_b").iter_rows():
            forest.join(a, b, facts, HARD)
        for a, b in pairs.filter(~pl.col("agree")).select("id", "id_b").iter_rows():
            merged += forest.join(a, b, facts, (*HARD, *SOFT))
    _across_spellings(distinct, forest)
    return forest.roots(distinct["id"]), merged


_PAIRS = {"id": pl.UInt32(), "id_b": pl.UInt32(), "agree": pl.Boolean()}


def _pairs(repeated: pl.DataFrame) -> pl.DataFrame:
    """Pairs of namesakes that agree in something strong, or contradict in nothing: (id, id_b, agree), in order."""
    coded = _coded(repeated)
    many = pl.len().over("who") > _CROWD
    crowd, rest = coded.filter(many), coded.filter(~many)
    near = chain(_candidates(rest), *(_neighbours(crowd, key) for key in _held(crowd, STRONG)))
    found = [pl.DataFrame(schema=_PAIRS), *(_judge(pairs) for pairs in near if not pairs.is_empty())]
    ordered = pl.concat(found).select(
        pl.min_horizontal("id", "id_b"), pl.max_horizontal("id", "id_b").alias("id_b"), "agree"
    )
    return ordered.unique(["id", "id_b"]).sort("id", "id_b")


def _coded(repeated: pl.DataFrame) -> pl.DataFrame:
    """Facts as integers, which compare and join faster than strings: no fact but equality is needed. A fact nobody
    has gets no column."""
    held = [f for f in _COMPARED if repeated[f].null_count() < repeated.height]
    kinds = [f for f in KINDS if f in held]
    return repeated.select(
        "id",
        pl.col("who").hash(),
        *(pl.when(pl.col(f).is_not_null()).then(_integer(repeated[f])).alias(f) for f in held),
        *(pl.col(f).str.extract("^([^:]*)").hash().alias(f"{f}_kind") for f in kinds),
    )


def _held(coded: pl.DataFrame, facts: Iterable[str]) -> list[str]:
    """Those of `facts` that have a column."""
    return [f for f in facts if f in coded.columns]


def _integer(cells: pl.Series) -> pl.Expr:
    column = pl.col(cells.name)
    return column.hash() if cells.dtype == pl.String else column.cast(pl.UInt64)


def _candidates(rest: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """Pairs of namesakes, with the facts of both; of a large table only those that may be one person."""
    if _pair_count(rest, rest) <= _FEW_PAIRS:
        yield rest.join(rest, on="who", suffix="_b").filter(pl.col("id") < pl.col("id_b"))
        return
    for key in _held(rest, STRONG):
        yield _sharing(rest, rest, key)
    yield from _not_contradicting(rest, rest, _held(rest, _COMPARED))


def _not_contradicting(left: pl.DataFrame, right: pl.DataFrame, facts: list[str]) -> Iterator[pl.DataFrame]:
    """Pairs that do not differ in the fact most rows have; where one lacks it, in the next one, until few are left."""
    if left.is_empty() or right.is_empty():
        return
    usable = [f for f in facts if f not in KINDS or left[f"{f}_kind"].append(right[f"{f}_kind"]).n_unique() <= 1]
    if not usable or _pair_count(left, right) <= _FEW_PAIRS:
        yield left.join(right, on="who", suffix="_b").filter(pl.col("id") != pl.col("id_b"))
        return
    pivot = min(usable, key=lambda f: left[f].null_count() + right[f].null_count())
    facts = [f for f in facts if f != pivot]
    has = pl.col(pivot).is_not_null()
    yield _sharing(left, right, pivot)
    yield from _not_contradicting(left.filter(~has), right, facts)
    yield from _not_contradicting(left.filter(has), right.filter(~has), facts)


def _pair_count(left: pl.DataFrame, right: pl.DataFrame) -> int:
    """How many pairs of rows have one name."""
    sizes = right.group_by("who").len()
    return int(left.select("who").join(sizes, on="who")["len"].sum())


def _sharing(left: pl.DataFrame, right: pl.DataFrame, key: str) -> pl.DataFrame:
    """Pairs with one name and one value of a fact."""
    both = (pl.col("who") ^ (pl.col(key) * 2 + 1)).alias("both")  # a collision costs a comparison, no more
    some = pl.col(key).is_not_null()
    if left is right:
        one = other = left.with_columns(pl.when(some).then(both)).filter(some & pl.col("both").is_duplicated())
    else:
        one, other = left.filter(some).with_columns(both), right.filter(some).with_columns(both)
    if one.is_empty() or other.is_empty():
        return one.clear()
    met = one.join(other, on="both", suffix="_b")
    return met.filter((pl.col("id") < pl.col("id_b")) & (pl.col("who") == pl.col("who_b"))).select(
        pl.exclude("both", "who_b")
    )


def _neighbours(crowd: pl.DataFrame, key: str) -> Iterator[pl.DataFrame]:
    """Of a name so common that all its pairs are too many: neighbours in the order of one fact."""
    some = crowd.filter(pl.col(key).is_not_null())
    if some.height > 1:
        near = some.sort("who", key).with_columns(
            *(pl.col(c).shift(-1).over("who", key).alias(f"{c}_b") for c in crowd.columns if c != "who")
        )
        yield near.filter(pl.col("id_b").is_not_null())


def _judge(pairs: pl.DataFrame) -> pl.DataFrame:
    no = pl.lit(value=False)
    differ = {f: (pl.col(f) != pl.col(f"{f}_b")).fill_null(value=False) for f in _held(pairs, _COMPARED)}
    same = [(pl.col(f) == pl.col(f"{f}_b")).fill_null(value=False) for f in _held(pairs, STRONG)]
    for f in _held(pairs, KINDS):
        differ[f] = differ[f] & (pl.col(f"{f}_kind") == pl.col(f"{f}_kind_b"))
    hard = pl.any_horizontal(no, *(differ[f] for f in HARD if f in differ))
    agree = pl.any_horizontal(no, *same)
    soft = pl.any_horizontal(no, *(differ[f] for f in SOFT if f in differ))
    judged = pairs.lazy().with_columns(agree.alias("agree")).filter(~hard & (agree | ~soft))
    return judged.select("id", "id_b", "agree").collect()


def _facts(distinct: pl.DataFrame, pairs: pl.DataFrame) -> dict[int, Facts]:
    """Facts of the mentions that take part in a pair."""
    facts = distinct.select("id", *dict.fromkeys((*HARD, *SOFT)))
    taking = pl.concat([pairs["id"], pairs["id_b"]]).unique()
    rows = facts.filter(pl.col("id").is_in(taking.implode())).iter_rows(named=True)
    return {row.pop("id"): {named(f, v): {v} for f, v in row.items() if v is not None} for row in rows}


def named(fact: str, value: object) -> tuple[str, str]:
    """What a fact is called, and its kind where there are several."""
    return fact, str(value).partition(":")[0] if fact in KINDS else ""


def _across_spellings(distinct: pl.DataFrame, forest: Forest) -> None:
    """A mention by reading or in Latin letters only is the kanji name's person when reading and a strong fact agree."""
    if not distinct["name"].null_count():
        return
    for spelling in ("kana", "latin"):
        bare = distinct.filter(pl.col("name").is_null() & pl.col(spelling).is_not_null())
        full = distinct.filter(pl.col("name").is_not_null() & pl.col(spelling).is_not_null())
        if bare.is_empty() or full.is_empty():
            continue
        for fact in STRONG:
            if bare[fact].null_count() == bare.height:
                continue
            same = bare.filter(pl.col(fact).is_not_null()).join(full, on=[spelling, fact], suffix="_b")
            clash = (
                (pl.col("birth") != pl.col("birth_b")).fill_null(value=False)
                if fact != "birth"
                else pl.lit(value=False)
            )
            for a, b in same.filter(~clash).select("id", "id_b").iter_rows():
                forest.join(a, b, {}, ())


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
        self._known[low] = known_x | {fact: known_x.get(fact, set()) | values for fact, values in known_y.items()}
        return 1
