"""Pairs of mentions that may be one person, found in columns: facts as integers, and only pairs that share something.

No fact but equality is needed, so strings are hashed once; integers compare and join faster, and take a fraction of the
memory. A collision of two hashes of 64 bits costs a comparison, or is one in some billions.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from itertools import chain

import polars as pl

from dlp.native import namesakes
from dlp.subjects.people import spoken

#: What tells namesakes apart whatever else they share.
HARD = ("number", "birth")
#: What makes two mentions of a name one person.
STRONG = ("number", "code", "policy", "local", "birth", "email", "phone", "address", "account")
#: What makes two namesakes that share nothing strong different people.
SOFT = ("kana", "code", "policy", "local", "care", "email", "phone", "address", "account", "sex", "age")
#: Facts of several kinds, "kind:value": different values of one kind contradict each other, different kinds do not.
KINDS = ("code", "policy", "local", "care")
#: A number in a register, no number that counts rows.
REGISTERED = r":.*[0-9]{6}"
#: Namesakes beyond this many different mentions are compared by what they share only.
_CROWD = 120
_COMPARED = tuple(dict.fromkeys((*HARD, *STRONG, *SOFT)))
KNOWN_BY = tuple(dict.fromkeys(("name", "kana", "latin", *_COMPARED)))
#: Pairs up to which all pairs of namesakes are compared; above, only those that share a fact or lack one.
_FEW_PAIRS = 50_000
_PAIRS = {"id": pl.UInt32(), "id_b": pl.UInt32(), "agree": pl.Boolean()}


def packed(mentions: pl.DataFrame) -> pl.DataFrame:
    """Mentions with their facts as integers: "who" (the name they are known by), each fact somebody has, the kind of
    those that have kinds, "sure" and "part"; "spoken", how they sound, where some are named in kana or Latin letters alone; and "register",
    the numbers of registers there."""
    facts = [f for f in KNOWN_BY if mentions[f].null_count() < mentions.height]
    columns = [_integers(mentions[f]) for f in facts]
    columns += [_kinds(mentions[f]) for f in KINDS if f in facts]
    names = [name for name in ("name", "kana", "latin") if name in facts]
    if {"kana", "latin"} <= set(facts) and mentions["name"].null_count():
        columns.append(_integers(spoken.of_columns(mentions["kana"], mentions["latin"])))
    if "local" in facts and mentions["name"].null_count():
        registered = pl.when(pl.col("local").str.contains(REGISTERED)).then("local").alias("register")
        columns.append(_integers(mentions.select(registered).to_series()))
    who = (pl.coalesce(names) if names else pl.lit(None, dtype=pl.UInt64)).alias("who")
    return pl.DataFrame([mentions["sure"], mentions["part"], *columns]).with_columns(who)


def _integers(cells: pl.Series) -> pl.Series:
    if cells.dtype != pl.String:
        return cells.cast(pl.UInt64)
    numbers = cells.hash()
    if not cells.null_count():
        return numbers.rename(cells.name)
    return pl.select(pl.when(cells.is_not_null()).then(numbers).alias(cells.name)).to_series()


def _kinds(cells: pl.Series) -> pl.Series:
    """What stands before the colon; one and the same in most columns."""
    first = str(cells.drop_nulls()[0]).partition(":")[0]
    alike = cells.str.starts_with(f"{first}:").all()
    if alike:
        kinds = pl.repeat(pl.Series([first]).hash()[0], cells.len(), dtype=pl.UInt64, eager=True)
    else:
        kinds = cells.str.extract("^([^:]*)").hash()
    return kinds.rename(f"{cells.name}_kind")


def met_again(persons: pl.Series) -> pl.Series | None:
    """Which of some numbers of persons stand more than once; None where none does."""
    numbers = persons.to_numpy()
    if not persons.null_count() and (numbers[1:] > numbers[:-1]).all():
        return None  # most lists: everybody once, in order; to look at neighbours is fifty times as quick as to hash
    again = persons.is_duplicated()
    return again if again.any() else None


def held(frame: pl.DataFrame, facts: Iterable[str]) -> list[str]:
    """Those of `facts` that have a column."""
    return [f for f in facts if f in frame.columns]


def of(distinct: pl.DataFrame) -> pl.DataFrame:
    """Pairs of namesakes that agree in something strong, or contradict in nothing: (id, id_b, agree), in order.

    `distinct`: packed mentions with an "id" that counts from 0.
    """
    quickly = _quickly(distinct)
    if quickly is not None and not quickly[1]:
        return quickly[0]
    repeated = distinct.filter(pl.col("who").is_not_null() & pl.col("who").is_duplicated())
    coded = repeated.select("id", "who", *(c for f in held(repeated, _COMPARED) for c in _with_kind(f)))
    sizes = coded.select(pl.len().over("who")).to_series()
    many = sizes > _CROWD
    crowd = coded.filter(many)
    near = chain.from_iterable(_neighbours(crowd, key) for key in held(crowd, STRONG))
    if quickly is None:
        near = chain(_candidates(coded.filter(~many), int(sizes.filter(~many).sum())), near)
    found = [pl.DataFrame(schema=_PAIRS), *(_judge(pairs) for pairs in near if not pairs.is_empty())]
    ordered = pl.concat(found if quickly is None else [quickly[0], *found]).select(
        pl.min_horizontal("id", "id_b"), pl.max_horizontal("id", "id_b").alias("id_b"), "agree"
    )
    return ordered.unique(["id", "id_b"]).sort("id", "id_b")


def _quickly(distinct: pl.DataFrame) -> tuple[pl.DataFrame, int] | None:
    """The pairs of all names but those of a crowd, and how many mentions have such a name, by native code."""
    facts = held(distinct, _COMPARED)
    columns = [c for f in facts for c in _with_kind(f)]
    roles = [namesakes.HARD * (c in HARD) | namesakes.STRONG * (c in STRONG) | namesakes.SOFT * (c in SOFT) | namesakes.KIND * (c not in facts)
             for c in columns]  # fmt: skip
    return namesakes.near([distinct[c] for c in ("who", *columns)], roles, _CROWD)


def _with_kind(fact: str) -> tuple[str, ...]:
    return (fact, f"{fact}_kind") if fact in KINDS else (fact,)


def _candidates(rest: pl.DataFrame, pair_count: int) -> Iterator[pl.DataFrame]:
    """Pairs of namesakes, with the facts of both; of a large table only those that may be one person."""
    if pair_count <= _FEW_PAIRS:
        yield rest.join(rest, on="who", suffix="_b").filter(pl.col("id") < pl.col("id_b"))
        return
    shared = _shared(rest, held(rest, STRONG)) | {f for f in _COMPARED if f not in STRONG}
    for key in held(rest, STRONG):
        if key in shared:
            yield _sharing(rest, rest, key)
    yield from _not_contradicting(rest, rest, held(rest, _COMPARED), shared)


def _shared(rest: pl.DataFrame, facts: Collection[str]) -> set[str]:
    """Those of some facts that two namesakes share."""
    found = rest.lazy().select(_both(f).alias(f) for f in facts)
    sums = found.select(
        *(pl.col(f).drop_nulls().n_unique().alias(f) for f in facts),
        *(pl.col(f).count().alias(f"{f} n") for f in facts),
    ).collect()
    return {f for f in facts if sums[f].item() < sums[f"{f} n"].item()}


def _both(fact: str) -> pl.Expr:
    """Name and fact as one number; a collision costs a comparison, no more."""
    return pl.col("who") ^ (pl.col(fact) * 2 + 1)


def _not_contradicting(
    left: pl.DataFrame, right: pl.DataFrame, facts: list[str], shared: set[str]
) -> Iterator[pl.DataFrame]:
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
    if pivot in shared:
        yield _sharing(left, right, pivot)
    if left[pivot].null_count():
        yield from _not_contradicting(left.filter(~has), right, facts, shared)
    if right[pivot].null_count():
        yield from _not_contradicting(left.filter(has), right.filter(~has), facts, shared)


def _pair_count(left: pl.DataFrame, right: pl.DataFrame) -> int:
    """How many pairs of rows have one name."""
    sizes = right.group_by("who").len()
    return int(left.select("who").join(sizes, on="who")["len"].sum())


def _sharing(left: pl.DataFrame, right: pl.DataFrame, key: str) -> pl.DataFrame:
    """Pairs with one name and one value of a fact."""
    both = _both(key).alias("both")
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
    differ = {f: (pl.col(f) != pl.col(f"{f}_b")).fill_null(value=False) for f in held(pairs, _COMPARED)}
    same = [(pl.col(f) == pl.col(f"{f}_b")).fill_null(value=False) for f in held(pairs, STRONG)]
    for f in held(pairs, KINDS):
        differ[f] = differ[f] & (pl.col(f"{f}_kind") == pl.col(f"{f}_kind_b"))
    hard = pl.any_horizontal(no, *(differ[f] for f in HARD if f in differ))
    agree = pl.any_horizontal(no, *same)
    soft = pl.any_horizontal(no, *(differ[f] for f in SOFT if f in differ))
    judged = pairs.lazy().with_columns(agree.alias("agree")).filter(~hard & (agree | ~soft))
    return judged.select("id", "id_b", "agree").collect()
