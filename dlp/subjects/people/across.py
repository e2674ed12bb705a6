"""Who is written in kanji in one place and in kana or Latin letters in another, or under one register's number otherwise.

Names that are not equal make one person only where more than one thing says so, and where nobody else could be meant:
what is asked here is asked after namesakes were compared (:mod:`identity`, :mod:`acquaintance`), of columns or of a
handful; a test holds both together.

* A name in kana or Latin letters alone, and one that sounds alike, with one strong fact.
* A name in kana or Latin letters alone, and one in kanji of which no reading is known, with one birth and one more strong
  fact, or with one long number of a register, if nobody else has it: twins share a birth, and are two in each list.
* Names that differ, with one number of a register and one birth: a name was changed, or mistyped. A register of
  households, or one whose numbers count rows, has other people under most of its numbers.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

import polars as pl

from dlp.subjects.people import pairs, spoken
from dlp.subjects.people.pairs import REGISTERED

type Pair = tuple[int, int]
type Mention = Mapping[str, Any]

SPELLINGS = ("kana", "latin")
#: What tells with a birth whom a reading means.
_BESIDE = ("code", "local", "email", "phone", "address", "account")
_NOT_OTHER = ("sex", "birth")
_LONG = re.compile(REGISTERED)
_OTHERS = 3  # one in so many numbers of a register may be told of several names


def of_columns(distinct: pl.DataFrame) -> Iterator[tuple[Pair, bool]]:
    """Pairs of packed mentions that are one person, and whether that may be doubted."""
    if _some_bare(distinct):
        for pair in _alike(distinct):
            yield pair, False
        for pair in _meant(distinct):
            yield pair, True
    for pair in _registered_columns(distinct):
        yield pair, False


def _some_bare(distinct: pl.DataFrame) -> bool:
    """Whether anybody is named in kana or Latin letters alone."""
    spelled = pairs.held(distinct, SPELLINGS)
    if not spelled:
        return False
    return "name" not in distinct.columns or distinct["name"].null_count() > 0


def _unnamed() -> pl.Expr:
    return pl.col("name").is_null()


def _alike(distinct: pl.DataFrame) -> Iterator[Pair]:
    """Of those named in kana or Latin letters alone, with whom they sound alike and share a strong fact."""
    frame = distinct if "name" in distinct.columns else distinct.with_columns(name=pl.lit(None, pl.UInt64))
    for spelling in pairs.held(frame, (*SPELLINGS, "spoken")):
        said = pl.col(spelling).is_not_null()
        bare = frame.filter(_unnamed() & said)
        full = frame.filter((~_unnamed() if spelling != "spoken" else pl.lit(value=True)) & said)
        if bare.is_empty() or full.is_empty():
            continue
        for fact in pairs.held(distinct, pairs.STRONG):
            same = bare.filter(pl.col(fact).is_not_null()).join(full, on=[spelling, fact], suffix="_b")
            clash = pl.lit(value=False)
            if fact != "birth" and "birth" in frame.columns:
                clash = (pl.col("birth") != pl.col("birth_b")).fill_null(value=False)
            if spelling == "spoken":  # 小野 and 大野 sound alike, in kana they do not
                for other in pairs.held(frame, SPELLINGS):
                    clash = clash | (pl.col(other).is_not_null() & pl.col(f"{other}_b").is_not_null())
            yield from same.filter(~clash & (pl.col("id") != pl.col("id_b"))).select("id", "id_b").iter_rows()


def _meant(distinct: pl.DataFrame) -> Iterator[Pair]:
    """Of those named in kana or Latin letters alone, whom of those without a reading their birth and a fact mean."""
    if "name" not in distinct.columns:
        return
    spelled = pairs.held(distinct, SPELLINGS)
    read = pl.any_horizontal(pl.col(spelling).is_not_null() for spelling in spelled)
    said = [pl.col(fact).max().alias(fact) for fact in pairs.held(distinct, _NOT_OTHER)]
    for both in _together(distinct):
        told = distinct.filter(pl.all_horizontal(pl.col(both).is_not_null()))
        full = told.filter(~_unnamed()).with_columns(read=read).group_by(both)
        facts = [fact for fact in said if fact.meta.output_name() not in both]
        one = full.agg(pl.col("id").min(), *facts, pl.col("name").n_unique().alias("n"), pl.col("read").any())
        one = one.filter((pl.col("n") == 1) & ~pl.col("read"))
        for spelling in spelled if not one.is_empty() else ():
            bare = told.filter(_unnamed() & pl.col(spelling).is_not_null()).group_by(both)
            other = bare.agg(pl.col("id").min(), *facts, pl.col(spelling).n_unique().alias("n"))
            met = one.join(other.filter(pl.col("n") == 1), on=both, suffix="_b")
            for fact in facts:
                name = fact.meta.output_name()
                met = met.filter((pl.col(name) == pl.col(f"{name}_b")).fill_null(value=True))
            yield from met.select("id", "id_b").iter_rows()


def _together(distinct: pl.DataFrame) -> Iterator[list[str]]:
    if "birth" in distinct.columns:
        yield from (["birth", fact] for fact in pairs.held(distinct, _BESIDE))
    if "register" in distinct.columns:
        yield ["register"]


def _registered_columns(distinct: pl.DataFrame) -> Iterator[Pair]:
    if not {"local", "birth", "name"} <= set(distinct.columns):
        return
    held = distinct.filter(pl.col("local").is_not_null() & ~_unnamed())
    again = held.filter(pl.col("local").is_duplicated())
    if again.is_empty():
        return
    wanted = ["id", "name", "local", "local_kind", "birth", *pairs.held(distinct, ("number",))]
    names = again.group_by("local_kind", "local").agg(pl.col("name").n_unique().alias("names"))
    named = names.filter(pl.col("names") > 1)
    if named.is_empty():
        return
    numbers = held.group_by("local_kind").agg(pl.col("local").n_unique().alias("all"))
    kinds = named.group_by("local_kind").agg(pl.len().alias("several")).join(numbers, on="local_kind")
    few = kinds.filter(pl.col("several") * _OTHERS <= pl.col("all"))
    several = named.join(few, on="local_kind").select("local")
    rows = again.join(several, on="local").select(wanted).iter_rows(named=True)
    yield from _one_born(rows)


def _one_born(rows: Iterable[Mention]) -> Iterator[Pair]:
    """Neighbours among those of one register's number and birth, unless their Individual Numbers differ."""
    groups: defaultdict[tuple[object, object], list[Mention]] = defaultdict(list)
    for row in rows:
        if row["birth"] is not None:
            groups[row["local"], row["birth"]].append(row)
    for group in groups.values():
        numbers = {row["number"] for row in group if row.get("number") is not None}
        if len(numbers) < 2:
            yield from ((a["id"], b["id"]) for a, b in pairwise(group))


def of_rows(distinct: Sequence[Mention]) -> Iterator[tuple[Pair, bool]]:
    """The same of a handful, whose ids are their places."""
    bare = [i for i, m in enumerate(distinct) if m["name"] is None and (m["kana"] or m["latin"])]
    if bare:
        for pair in _alike_rows(distinct, bare):
            yield pair, False
        for pair in _meant_rows(distinct, bare):
            yield pair, True
    if any(m["local"] is not None for m in distinct):
        for pair in _registered_rows(distinct):
            yield pair, False


def _alike_rows(distinct: Sequence[Mention], bare: Sequence[int]) -> Iterator[Pair]:
    for a in bare:
        for b, other in enumerate(distinct):
            if a != b and _sounds_alike(distinct[a], other) and _one_person(distinct[a], other):
                yield a, b


def _sounds_alike(one: Mention, other: Mention) -> bool:
    if other["name"] is not None and any(one[s] is not None and one[s] == other[s] for s in SPELLINGS):
        return True
    if any(one[s] is not None and other[s] is not None for s in SPELLINGS):
        return False
    sound = _sound(one)
    return sound is not None and sound == _sound(other)


def _sound(mention: Mention) -> str | None:
    if mention["kana"] is not None:
        return spoken.of_reading(mention["kana"])
    return spoken.of_latin(mention["latin"]) if mention["latin"] is not None else None


def _one_person(one: Mention, other: Mention) -> bool:
    """Whether two of one reading share a fact, and not another birth date."""
    births = one["birth"], other["birth"]
    if None not in births and births[0] != births[1]:
        return False
    return any(one[fact] is not None and one[fact] == other[fact] for fact in pairs.STRONG)


def _meant_rows(distinct: Sequence[Mention], bare: Sequence[int]) -> Iterator[Pair]:
    keyed = [dict(_keys(mention)) for mention in distinct]
    for fact in (*_BESIDE, "register"):
        full: defaultdict[object, list[int]] = defaultdict(list)
        for i, mention in enumerate(distinct):
            if mention["name"] is not None and fact in keyed[i]:
                full[keyed[i][fact]].append(i)
        for spelling in SPELLINGS if full else ():
            said: defaultdict[object, list[int]] = defaultdict(list)
            for i in bare:
                if distinct[i][spelling] is not None and fact in keyed[i]:
                    said[keyed[i][fact]].append(i)
            for key, some in said.items():
                others = full.get(key, [])
                if others and _only_one(distinct, others, some, spelling):
                    yield others[0], some[0]


def _keys(mention: Mention) -> Iterator[tuple[str, object]]:
    """What may tell whom a reading means: a birth and a fact, or the number of a register."""
    if mention["birth"] is not None:
        yield from ((fact, (mention["birth"], mention[fact])) for fact in _BESIDE if mention[fact] is not None)
    if mention["local"] is not None and _LONG.search(mention["local"]):
        yield "register", mention["local"]


def _only_one(distinct: Sequence[Mention], full: Sequence[int], bare: Sequence[int], spelling: str) -> bool:
    """Whether some are one person by name, without a reading, and others are one by a reading, of no other sex or birth."""
    if len({distinct[i]["name"] for i in full}) > 1 or len({distinct[i][spelling] for i in bare}) > 1:
        return False
    if any(distinct[i][s] is not None for i in full for s in SPELLINGS):
        return False
    for fact in _NOT_OTHER:
        one, other = (_most(distinct, some, fact) for some in (full, bare))
        if one is not None and other is not None and one != other:
            return False
    return True


def _most(distinct: Sequence[Mention], some: Sequence[int], fact: str) -> Any:
    return max((known for i in some if (known := distinct[i][fact]) is not None), default=None)


def _registered_rows(distinct: Sequence[Mention]) -> Iterator[Pair]:
    held: defaultdict[str, list[Mention]] = defaultdict(list)
    for i, mention in enumerate(distinct):
        if mention["local"] is not None and mention["name"] is not None:
            held[mention["local"]].append({**mention, "id": i})
    again = {local: rows for local, rows in held.items() if len(rows) > 1}
    several: defaultdict[str, list[str]] = defaultdict(list)
    for local, rows in again.items():
        if len({row["name"] for row in rows}) > 1:
            several[local.partition(":")[0]].append(local)
    for kind, numbers in several.items():
        count = sum(local.partition(":")[0] == kind for local in held)
        if len(numbers) * _OTHERS <= count:
            yield from _one_born(row for number in numbers for row in again[number])


def unsure(packed: pl.DataFrame) -> int:
    """How many of those counted as other names may be the same in another script: names in kana alone may be those in Latin
    letters, and both those in kanji of which no reading is known."""
    if not _some_bare(packed):
        return 0
    kana, latin, name = (
        pl.col(c).is_not_null().any().over("person") if c in packed.columns else pl.lit(value=False)
        for c in (*SPELLINGS, "name")
    )
    counts = packed.select(
        *(_distinct(packed, c, which) for c, which in (
            ("kana", ~name & kana), ("latin", ~name & ~kana & latin), ("name", name & ~kana & ~latin)
        ))
    ).row(0)  # fmt: skip
    return _may_be(*counts)


def _distinct(packed: pl.DataFrame, column: str, which: pl.Expr) -> pl.Expr:
    if column not in packed.columns:
        return pl.lit(0).alias(column)
    return pl.col(column).filter(which).drop_nulls().n_unique().alias(column)


def unsure_rows(mentions: Iterable[Mention], persons: Iterable[int]) -> int:
    """The same of a handful."""
    told: dict[int, dict[str, set[str]]] = {}
    for mention, person in zip(mentions, persons, strict=True):
        known = told.setdefault(person, {"name": set(), "kana": set(), "latin": set()})
        for script, names in known.items():
            if mention[script] is not None:
                names.add(mention[script])
    if all(known["name"] for known in told.values()):
        return 0
    kana = {n for k in told.values() if not k["name"] for n in k["kana"]}
    latin = {n for k in told.values() if not k["name"] and not k["kana"] for n in k["latin"]}
    names = {n for k in told.values() if not k["kana"] and not k["latin"] for n in k["name"]}
    return _may_be(len(kana), len(latin), len(names))


def _may_be(kana: int, latin: int, names: int) -> int:
    return min(kana, latin) + min(max(kana, latin), names)
