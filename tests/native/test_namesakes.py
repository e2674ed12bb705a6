"""Namesakes compared by native code are those Python compares."""

from __future__ import annotations

import random

import polars as pl
import pytest

from dlp import native
from dlp.native import namesakes
from dlp.subjects.people import identity, pairs, people

pytestmark = pytest.mark.skipif(native.library is None, reason="native code was not built")


def _mentions(rows: int, names: int, values: int, seed: int) -> pl.DataFrame:
    """People of few names and few values, so that they share and contradict."""
    rng = random.Random(seed)

    def some(*choices: object, share: float = 0.5) -> list[object]:
        return [rng.choice(choices) if rng.random() < share else None for _ in range(rows)]

    made = {
        "name": some(*(f"佐藤{i}" for i in range(names)), share=0.9),
        "kana": some("サトウ", "カトウ", share=0.2),
        "number": some(*(f"{i:012}" for i in range(values * 9)), share=0.1),
        "code": some(*(f"{kind}:{i}" for i in range(values) for kind in ("licence", "pension"))),
        "local": some(*(f"整理番号:{i}" for i in range(values))),
        "birth": some(*range(19000101, 19000101 + values)),
        "phone": some(*(f"0463{i:06}" for i in range(values))),
        "address": some(*(f"本町{i}" for i in range(values))),
        "sex": some(1, 2, share=0.3),
        "sure": [rng.random() < 0.8 for _ in range(rows)],
        "cats": [3] * rows,
        "part": [0] * rows,
    }
    return pl.DataFrame({name: made.get(name, [None] * rows) for name in people.SCHEMA}, schema=people.SCHEMA)


@pytest.mark.parametrize(
    ("rows", "names", "values"),
    [(1, 1, 1), (2, 1, 1), (300, 40, 3), (300, 300, 9), (900, 60, 30), (1200, 6, 200), (700, 5, 3), (500, 2, 9)],
)
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_who_is_who_is_what_python_says(rows, names, values, seed, monkeypatch):
    mentions = _mentions(rows, names, values, seed)
    quickly = identity.who_is_who(mentions)
    distinct = pairs.packed(mentions).with_row_index("id")
    near = pairs.of(distinct)
    assert (rows < 100) or near.height > 0
    monkeypatch.setattr("dlp.native.library", None)
    slowly = identity.who_is_who(mentions)
    assert near.equals(pairs.of(distinct))
    assert (quickly.count, quickly.lower, quickly.upper) == (slowly.count, slowly.lower, slowly.upper)
    assert quickly.mentions.equals(slowly.mentions)


@pytest.mark.parametrize("apart", ["local", "birth", "phone"])
@pytest.mark.parametrize("shared", [0, 1, 40])
@pytest.mark.parametrize("kinds", [1, 2])
def test_namesakes_whom_a_fact_tells_apart_throughout(apart, shared, kinds, monkeypatch):
    """All of a name differ in one fact; some share another all the same, or the fact is of two kinds."""
    mentions = _mentions(400, 12, 100_000, 7)
    unlike = {"local": [f"{'番号整理'[: 2 * (1 + i % kinds)]}:{i}" for i in range(400)], "birth": list(range(400)),
              "phone": [f"0463{i:06}" for i in range(400)]}  # fmt: skip
    address = [f"本町{i % shared if shared and i % 3 else i}" for i in range(400)]
    told = [pl.Series(apart, unlike[apart], dtype=people.SCHEMA[apart]), pl.Series("address", address)]
    distinct = pairs.packed(mentions.with_columns(told)).with_row_index("id")
    near, least = pairs.of(distinct), identity.lower(distinct.with_columns(pl.col("id").alias("person")))
    monkeypatch.setattr("dlp.native.library", None)
    assert near.equals(pairs.of(distinct))
    assert least == identity.lower(distinct.with_columns(pl.col("id").alias("person")))


def test_pairs_of_a_large_table_and_of_a_small_one_are_the_same(monkeypatch):
    distinct = pairs.packed(_mentions(2000, 30, 40, 5)).with_row_index("id")
    near = pairs.of(distinct)
    monkeypatch.setattr("dlp.native.library", None)
    monkeypatch.setattr(pairs, "_FEW_PAIRS", 100)
    assert near.equals(pairs.of(distinct))


def test_room_is_made_for_as_many_pairs_as_there_are():
    who = pl.Series([7] * 100, dtype=pl.UInt64)
    found = namesakes.near([who], [], 100)
    assert found is not None
    assert found[0].height == 100 * 99 // 2
    assert found[0].select("id", "id_b").rows() == [(a, b) for a in range(100) for b in range(a + 1, 100)]
    assert not found[0]["agree"].any()
    nothing, crowded = namesakes.near([who], [], 99) or (None, 0)
    assert nothing is not None
    assert (nothing.height, crowded) == (0, 100)


def test_what_is_no_column_of_numbers_is_left():
    assert namesakes.near([pl.Series([], dtype=pl.UInt64)], [], 9) is None
    assert namesakes.at_least([pl.Series(["a"])]) is None
    assert namesakes.at_least([pl.Series([1, 2], dtype=pl.UInt64), pl.Series([1], dtype=pl.UInt64)]) is None
    assert namesakes.at_least([pl.Series([1], dtype=pl.UInt64)] * 33) is None


def test_at_least_as_many_as_a_name_has_birth_dates():
    who = pl.Series([1, 1, 1, None, 2, 2, 1 << 63], dtype=pl.UInt64)
    birth = pl.Series([5, 6, 5, 7, None, None, 1], dtype=pl.UInt64)
    number = pl.Series([None, 1, 2, 3, 4, 4, None], dtype=pl.UInt64)
    assert namesakes.at_least([who, birth]) == 2 + 1 + 1
    assert namesakes.at_least([who, birth, number]) == 2 + 1 + 1
    assert namesakes.at_least([who]) == 3
