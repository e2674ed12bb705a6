"""Who is the same person.

Two mentions are one person when they share a number only one person has, or the same normalised name and a birth
date, telephone, mail address, postal address, account or insured number, unless their birth dates or numbers
differ. Two mentions of one name that neither share nor contradict anything are one; namesakes who contradict each
other are two. Pairs are compared as columns; Python sees only pairs that belong together.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import polars as pl

#: What tells namesakes apart whatever else they share.
HARD = ("number", "birth")
#: What makes two mentions of a name one person.
STRONG = ("number", "code", "policy", "local", "birth", "email", "phone", "address", "account")
#: What makes two namesakes that share nothing strong different people.
SOFT = ("kana", "code", "policy", "local", "care", "email", "phone", "address", "account", "sex", "age")
#: Facts of several kinds, "kind:value": different values of one kind contradict each other, different kinds do not.
_KINDS = ("code", "policy", "local", "care")
#: Namesakes beyond this many different mentions are compared by what they share only.
_CROWD = 120
_COMPARED = tuple(dict.fromkeys((*HARD, *STRONG, *SOFT)))
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


def who_is_who(mentions: pl.DataFrame) -> People:
    """Group mentions (see `people.SCHEMA`) by person."""
    if mentions.is_empty():
        return People(mentions.with_columns(pl.lit(None, dtype=pl.UInt32).alias("person")), 0, 0, 0)
    facts = list(dict.fromkeys(("name", "kana", "latin", *HARD, *STRONG, *SOFT)))
    distinct = mentions.select(facts).unique(maintain_order=True).with_row_index("id")
    distinct = distinct.with_columns(pl.coalesce("name", "kana", "latin").alias("who"))
    groups, merged = _groups(distinct)
    roots = pl.DataFrame({"id": distinct["id"], "root": groups}, schema={"id": pl.UInt32, "root": pl.UInt32})
    roots = roots.with_columns((pl.col("root").rank("dense") - 1).cast(pl.UInt32).alias("person"))
    numbered = mentions.join(
        distinct.join(roots, on="id"), on=facts, how="left", nulls_equal=True, maintain_order="left"
    )
    numbered = numbered.select(*mentions.columns, "who", "person")
    count = int(roots["person"].n_unique())
    return People(numbered, count, _lower(numbered), count + merged)


def _lower(numbered: pl.DataFrame) -> int:
    """Names, and birth dates or numbers within a name: what nobody could take for fewer people."""
    sure = numbered.filter(pl.col("sure"))
    if sure.is_empty():
        return 0
    people = sure.group_by("person").agg(pl.col("who").first(), pl.col("birth").max(), pl.col("number").max())
    per_name = people.group_by("who").agg(
        pl.col("birth").drop_nulls().n_unique().alias("births"),
        pl.col("number").drop_nulls().n_unique().alias("numbers"),
        pl.len().alias("all"),
    )
    named = per_name.filter(pl.col("who").is_not_null())
    nameless = per_name.filter(pl.col("who").is_null())["all"].sum()
    return int(named.select(pl.max_horizontal("births", "numbers", pl.lit(1)).sum()).item()) + int(nameless)


def _groups(distinct: pl.DataFrame) -> tuple[list[int], int]:
    """The root of each mention, and how many merges rest on nothing but the name."""
    forest = _Forest(distinct.height)
    repeated = distinct.filter(pl.col("who").is_not_null() & pl.col("who").is_duplicated())
    for key in ("number", "code"):
        same = distinct.filter(pl.col(key).is_not_null() & pl.col(key).is_duplicated())
        forest.join_runs(same.sort(key).select(key, "id").iter_rows())
    merged = 0
    if not repeated.is_empty():
        pairs = _pairs(repeated)
        facts = _facts(distinct, pairs)
        for a, b in pairs.filter(pl.col("agree")).select("id", "id_b").iter_rows():
            forest.join(a, b, facts, HARD)
        for a, b in pairs.filter(~pl.col("agree")).select("id", "id_b").iter_rows():
            merged += forest.join(a, b, facts, (*HARD, *SOFT))
    _across_spellings(distinct, forest)
    return [forest.root(i) for i in range(distinct.height)], merged


def _pairs(repeated: pl.DataFrame) -> pl.DataFrame:
    """Pairs of namesakes that agree in something strong, or contradict in nothing: (id, id_b, agree), in order."""
    coded = _coded(repeated)
    many = pl.len().over("who") > _CROWD
    crowd, rest = coded.filter(many), coded.filter(~many)
    found = [_judge(near) for near in _candidates(rest)]
    found += [_judge(near) for key in STRONG for near in _neighbours(crowd, key)]
    ordered = pl.concat(found).select(
        pl.min_horizontal("id", "id_b"), pl.max_horizontal("id", "id_b").alias("id_b"), "agree"
    )
    return ordered.unique(["id", "id_b"]).sort("id", "id_b")


def _coded(repeated: pl.DataFrame) -> pl.DataFrame:
    """Facts as integers, which compare and join faster than strings: no fact but equality is needed."""
    coded = repeated.select(
        "id",
        pl.col("who").hash(),
        *(pl.when(pl.col(f).is_not_null()).then(_integer(repeated[f])).alias(f) for f in _COMPARED),
    )
    kinds = {f: repeated[f] for f in _KINDS if repeated[f].null_count() < repeated.height}
    return coded.with_columns(
        *(cells.str.split(":").list.first().hash().alias(f"{f}_kind") for f, cells in kinds.items()),
        *(pl.lit(None, pl.UInt64).alias(f"{f}_kind") for f in _KINDS if f not in kinds),
    )


def _integer(cells: pl.Series) -> pl.Expr:
    column = pl.col(cells.name)
    return column.hash() if cells.dtype == pl.String else column.cast(pl.UInt64)


def _candidates(rest: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """Pairs of namesakes, with the facts of both; of a large table only those that may be one person."""
    if _pair_count(rest, rest) <= _FEW_PAIRS:
        yield rest.join(rest, on="who", suffix="_b").filter(pl.col("id") < pl.col("id_b"))
        return
    for key in STRONG:
        yield _sharing(rest, rest, key)
    yield from _not_contradicting(rest, rest, list(_COMPARED))


def _not_contradicting(left: pl.DataFrame, right: pl.DataFrame, facts: list[str]) -> Iterator[pl.DataFrame]:
    """Pairs that do not differ in the fact most rows have; where one lacks it, in the next one, until few are left."""
    if left.is_empty() or right.is_empty():
        return
    usable = [f for f in facts if f not in _KINDS or left[f"{f}_kind"].append(right[f"{f}_kind"]).n_unique() <= 1]
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
    one, other = left.filter(some).with_columns(both), right.filter(some).with_columns(both)
    if left is right:
        one = other = one.filter(pl.col("both").is_duplicated())
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
    differ = {f: (pl.col(f) != pl.col(f"{f}_b")).fill_null(value=False) for f in _COMPARED}
    same = {f: (pl.col(f) == pl.col(f"{f}_b")).fill_null(value=False) for f in STRONG}
    for f in _KINDS:
        differ[f] = differ[f] & (pl.col(f"{f}_kind") == pl.col(f"{f}_kind_b"))
    hard = pl.any_horizontal(differ[f] for f in HARD)
    agree = pl.any_horizontal(same.values())
    soft = pl.any_horizontal(differ[f] for f in SOFT)
    judged = pairs.lazy().with_columns(agree.alias("agree")).filter(~hard & (agree | ~soft))
    return judged.select("id", "id_b", "agree").collect()


def _facts(distinct: pl.DataFrame, pairs: pl.DataFrame) -> dict[int, Facts]:
    """Facts of the mentions that take part in a pair."""
    taking = distinct.filter(pl.col("id").is_in(pl.concat([pairs["id"], pairs["id_b"]]).unique().implode()))
    rows = taking.select("id", *dict.fromkeys((*HARD, *SOFT))).iter_rows(named=True)
    return {row.pop("id"): {_named(f, v): {v} for f, v in row.items() if v is not None} for row in rows}


def _named(fact: str, value: object) -> tuple[str, str]:
    return fact, str(value).partition(":")[0] if fact in _KINDS else ""


def _across_spellings(distinct: pl.DataFrame, forest: _Forest) -> None:
    """A mention by reading or in Latin letters only is the kanji name's person when reading and a strong fact agree."""
    for spelling in ("kana", "latin"):
        bare = distinct.filter(pl.col("name").is_null() & pl.col(spelling).is_not_null())
        full = distinct.filter(pl.col("name").is_not_null() & pl.col(spelling).is_not_null())
        if bare.is_empty() or full.is_empty():
            continue
        for fact in STRONG:
            same = bare.filter(pl.col(fact).is_not_null()).join(full, on=[spelling, fact], suffix="_b")
            clash = (
                (pl.col("birth") != pl.col("birth_b")).fill_null(value=False)
                if fact != "birth"
                else pl.lit(value=False)
            )
            for a, b in same.filter(~clash).select("id", "id_b").iter_rows():
                forest.join(a, b, {}, ())


class _Forest:
    """Union-find over mentions; a union may be refused where the two groups contradict each other."""

    def __init__(self, size: int) -> None:
        self._parent = list(range(size))
        self._known: dict[int, Facts] = {}

    def root(self, i: int) -> int:
        parent = self._parent
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

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
