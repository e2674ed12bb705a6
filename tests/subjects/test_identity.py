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


@pytest.mark.parametrize(
    ("mentions", "count"),
    [
        # In kana in one list, in Latin letters in another: they sound alike, and share something.
        ([{"kana": "カスミソウタ", "phone": "1"}, {"latin": "kasumi sota", "phone": "1"}], 1),
        ([{"kana": "カスミソウタ", "phone": "1"}, {"latin": "kasumi souta", "phone": "2"}], 2),
        ([{"kana": "カスミソウタ", "phone": "1"}, {"latin": "kaede kasumi", "phone": "1"}], 2),
        ([{"name": "霞見壮太", "kana": "カスミソウタ", "phone": "1"}, {"latin": "kasumi sohta", "phone": "1"}], 1),
        # In kanji without a reading: a birth and something more, and nobody else who has both.
        (
            [
                {"name": "霞見壮太", "birth": 19850302, "phone": "1"},
                {"kana": "カスミ", "birth": 19850302, "phone": "1"},
            ],
            1,
        ),
        (
            [
                {"name": "霞見壮太", "birth": 19850302, "phone": "1"},
                {"kana": "カスミ", "birth": 19850302, "phone": "2"},
            ],
            2,
        ),
        ([{"name": "霞見壮太", "phone": "1", "email": "a"}, {"kana": "カスミ", "phone": "1", "email": "a"}], 2),
        (
            [
                {"name": "霞見壮太", "birth": 19850302, "phone": "1"},
                {"name": "霞見楓子", "birth": 19850302, "phone": "1"},
                {"kana": "カスミソウタ", "birth": 19850302, "phone": "1"},
            ],
            3,
        ),
        ([{"name": "霞見壮太", "local": "宛名番号:123456789"}, {"kana": "カスミ", "local": "宛名番号:123456789"}], 1),
        ([{"name": "霞見壮太", "local": "番号:12"}, {"kana": "カスミ", "local": "番号:12"}], 2),
    ],
)
def test_who_is_written_in_another_script(mentions, count):
    found = people(*mentions)
    assert found.count == count
    assert found.lower < max(count, 2)
    assert found.upper >= count


@pytest.mark.parametrize("pair", [("ユキ", "ユキオ", "yuki", "yukio"), ("ミナ", "ナミ", "mina", "nami")])
@pytest.mark.parametrize("kanji", [False, True])
def test_two_of_one_house_whose_names_have_nearly_the_same_syllables(pair, kanji):
    names = ("霞見由紀", "霞見由紀夫") if kanji else (None, None)
    listed = [{"name": name, "kana": f"カスミ{kana}", "phone": "1"} for name, kana in zip(names, pair[:2], strict=True)]
    again = [{"latin": f"kasumi {latin}", "phone": "1"} for latin in pair[2:]]
    assert people(*listed, *again).count == 2


def test_who_changed_a_name_is_known_by_a_register_and_a_birth():
    listed = [{"name": f"霞見{n}", "local": f"宛名番号:{n}", "birth": 19850302} for n in range(9)]
    renamed = [m | {"name": "碧江楓子", "phone": "1"} if n == 4 else m | {"phone": "1"} for n, m in enumerate(listed)]
    assert people(*listed, *renamed).count == 9
    without = [m | {"birth": None} for m in renamed]
    assert people(*listed, *without).count == 10


def test_a_register_listed_twice_with_some_names_mistyped_is_listed_once():
    """Whoever is said of the same in both lists is told once before; he counts among the register's people."""
    listed = [{"name": f"霞見{n}", "local": f"宛名番号:{n}", "birth": 19850302} for n in range(9)]
    assert people(*listed, *(m | {"name": "碧江楓子"} if n == 4 else m for n, m in enumerate(listed))).count == 9


def test_twins_of_one_household_number_are_two():
    twins = [{"name": f"霞見{n}{k}", "local": f"世帯番号:{n}", "birth": 20150302} for n in range(9) for k in "壮楓"]
    assert people(*twins).count == 18


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
