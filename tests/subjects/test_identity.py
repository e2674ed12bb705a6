from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dlp.subjects.people.identity import who_is_who
from dlp.subjects.people.people import SCHEMA


def people(*mentions):
    rows = [{key: None for key in SCHEMA} | {"cats": 1, "sure": True, "part": 0} | m for m in mentions]
    return who_is_who(pl.DataFrame(rows, schema=SCHEMA, orient="row"))


@pytest.mark.parametrize(
    ("mentions", "count"),
    [
        ([{"name": "霞見壮太", "phone": "1"}, {"name": "霞見壮太", "phone": "1"}], 1),
        ([{"name": "霞見壮太", "phone": "1"}, {"name": "霞見壮太", "phone": "2"}], 2),
        ([{"name": "霞見壮太", "phone": "1"}, {"name": "霞見壮太", "email": "a"}], 1),
        ([{"name": "霞見壮太", "phone": "1"}, {"name": "碧江楓子", "phone": "1"}], 2),
        (
            [
                {"name": "霞見壮太", "birth": 19850302, "phone": "1"},
                {"name": "霞見壮太", "birth": 19850302, "phone": "2"},
            ],
            1,
        ),
        (
            [
                {"name": "霞見壮太", "birth": 19850302, "phone": "1"},
                {"name": "霞見壮太", "birth": 19900302, "phone": "1"},
            ],
            2,
        ),
        ([{"name": "霞見壮太", "sex": 1}, {"name": "霞見壮太", "sex": 2}], 2),
        ([{"name": "霞見壮太", "number": "1"}, {"number": "1"}], 1),
        ([{"name": "霞見壮太", "number": "1"}, {"name": "霞見荘太", "number": "1"}], 1),
        ([{"name": "霞見壮太", "number": "1", "phone": "1"}, {"name": "霞見壮太", "number": "2", "phone": "1"}], 2),
        ([{"name": "霞見壮太", "policy": "insurance:1"}, {"name": "霞見楓子", "policy": "insurance:1"}], 2),
        ([{"name": "霞見壮太", "kana": "カスミ", "phone": "1"}, {"kana": "カスミ", "phone": "1"}], 1),
        ([{"name": "霞見壮太", "kana": "カスミ", "phone": "1"}, {"kana": "カスミ", "phone": "2"}], 2),
        # A shares with B, B with C; A and C differ in birth: never one person.
        (
            [
                {"name": "霞見壮太", "birth": 19850302, "phone": "1"},
                {"name": "霞見壮太", "phone": "1", "email": "a"},
                {"name": "霞見壮太", "birth": 19900302, "email": "a"},
            ],
            2,
        ),
        ([{"number": "1"}, {"number": "2"}], 2),
    ],
)
def test_who_is_the_same(mentions, count):
    found = people(*mentions)
    assert found.count == count
    assert found.mentions["person"].n_unique() == count
    assert found.lower <= count <= found.upper


def test_a_crowd_of_namesakes_is_counted_by_what_they_share():
    found = people(*({"name": "霞見壮太", "phone": str(i % 500), "address": str(i % 500)} for i in range(1000)))
    assert found.count == 500


def test_bounds_say_what_rests_on_the_name_alone():
    found = people({"name": "霞見壮太", "phone": "1"}, {"name": "霞見壮太", "email": "a"})
    assert (found.lower, found.count, found.upper) == (1, 1, 2)
    found = people({"name": "霞見壮太", "phone": "1"}, {"name": "霞見壮太", "phone": "2"})
    assert (found.lower, found.count) == (1, 2)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.fixed_dictionaries(
            {
                "name": st.sampled_from(["霞", "碧", "蒼"]),
                "birth": st.sampled_from([None, 19850302, 19900101]),
                "phone": st.sampled_from([None, "1", "2"]),
                "email": st.sampled_from([None, "a", "b"]),
            }
        ),
        min_size=1,
        max_size=12,
    ),
    st.randoms(),
)
def test_two_births_are_never_one_and_twins_in_everything_never_two(mentions, rng):
    found = people(*mentions).mentions
    for group in found.partition_by("person"):
        assert group["name"].n_unique() == 1
        assert group["birth"].drop_nulls().n_unique() <= 1
    same = found.group_by("name", "birth", "phone", "email").agg(pl.col("person").n_unique())
    assert same["person"].max() == 1
    assert people(*mentions, *mentions).count == people(*mentions).count
