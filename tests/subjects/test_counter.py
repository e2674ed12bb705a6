from __future__ import annotations

import random

import pytest

from dlp.extract.blocks import Table, Text
from dlp.finding import Category
from dlp.subjects.counter import Counter
from tests.subjects import town
from tests.subjects.innocent import INNOCENT
from tests.subjects.layouts import LAYOUTS


@pytest.fixture(params=["strangers", "book"])
def book(request, ruleset, monkeypatch):
    """Names that no shipped book has, and names that are all in it."""
    if request.param == "book":
        monkeypatch.setattr(town, "BOOK", (sorted(ruleset.words["surnames"]), sorted(ruleset.words["given_names"])))
    return request.param


def test_the_town_is_not_in_the_books(ruleset):
    people = town.make(300, 1)
    assert not {c.surname for c in people} & ruleset.words["surnames"]
    assert not {c.given for c in people} & ruleset.words["given_names"]
    assert not any(t in ruleset.words["towns"] for t in town.TOWNS)


@pytest.mark.parametrize("name", LAYOUTS)
@pytest.mark.parametrize("size", [2, 12, 150, 3000])
def test_count_is_true_within_one_percent(count, book, name, size):
    blocks, truth = LAYOUTS[name](town.make(size, size * 7 + 1), random.Random(size))
    found = count(*blocks)
    assert abs(found.subjects - truth) <= 0.01 * truth
    assert found.lower <= found.subjects <= found.upper
    assert len(found.tokens) == found.subjects


@pytest.mark.parametrize("name", [name for name in LAYOUTS if name not in ("guardian_and_child", "couple_two_rows")])
def test_one_person_is_found(count, book, name):
    blocks, truth = LAYOUTS[name](town.make(1, 8), random.Random(1))
    assert count(*blocks).subjects == truth


@pytest.mark.parametrize("name", INNOCENT)
@pytest.mark.parametrize("size", [1, 12, 150])
def test_innocent_files_hold_nobody(count, book, name, size):
    assert count(*INNOCENT[name](random.Random(size), size)).subjects == 0


def test_counts_say_how_many_carry_a_category(count):
    people = town.make(20, 5)
    rows = [[c.name, c.phone if i < 7 else None, c.sex] for i, c in enumerate(people)]
    found = count(Table(town.frame([["氏名", "電話", "性別"], *rows])))
    assert found.counts == {Category.NAME: 20, Category.PHONE: 7, Category.SEX: 20}


def test_names_without_attributes_are_nobody(count):
    people = town.make(50, 6)
    rows = [[c.name, c.phone if i < 5 else None] for i, c in enumerate(people)]
    assert count(Table(town.frame([["氏名", "電話"], *rows]))).subjects == 5


def test_parts_are_counted_by_themselves_and_together(ruleset):
    people = town.make(30, 7)
    counter = Counter(ruleset, b"k")
    rows = [[c.name, c.phone] for c in people]
    counter.feed(("zip", "a"), Table(town.frame([["氏名", "電話"], *rows[:20]])))
    counter.feed(("zip", "b"), Table(town.frame([["氏名", "電話"], *rows[10:]])))
    assert counter.subjects_of(("zip", "a")) == 20
    assert counter.subjects_of(("zip", "b")) == 20
    assert counter.subjects_of(("zip",)) == 0
    assert counter.result().subjects == 30


def test_correspondents_are_nobody(count):
    table = Table(town.frame([["氏名", "メール"], ["霞見 壮太", "kasumi@example.jp"], ["碧江 楓子", "aoe@example.jp"]]))
    assert count(table, correspondents=frozenset({"kasumi@example.jp"})).subjects == 1


def test_nothing_found_says_nothing_of_anybody(count):
    people = town.make(12, 9)
    rows = [[c.surname + " " + c.given, c.address, c.phone, c.email, "1985/3/2", c.number] for c in people]
    found = count(Table(town.frame([["氏名", "住所", "電話", "メール", "生年月日", "個人番号"], *rows])))
    said = repr(found.findings) + repr(found.samples) + repr(found)
    for row in rows:
        for cell in row:
            assert cell not in said
        assert row[0].replace(" ", "") not in said
    assert {f.category for f in found.findings} >= {
        "name",
        "address",
        "phone",
        "email",
        "birth_date",
        "individual_number",
    }
    assert found.samples[0].header[:2] == ("name", "address")
    assert len(found.samples[0].rows) == 3


def test_empty_and_odd_blocks_do_no_harm(count):
    import polars as pl

    assert count().subjects == 0
    odd = [
        Table(pl.DataFrame()),
        Table(pl.DataFrame({"c0": [None, None]}, schema={"c0": pl.String})),
        Table(pl.DataFrame({"c0": ["氏名"]})),
        Table(town.frame([["氏名", "住所"]])),
        Table(town.frame([["\x00", "\ud83d\ude00"[:0]], ["（", "）"]])),
        Text(""),
        Text("\n\n\r\n：：：\n【】\n,,,,\n,,,,\n\t\t\t\n"),
        Text("氏名" * 5000),
    ]
    assert count(*odd).subjects == 0


def test_subject_lines_are_masked(ruleset):
    counter = Counter(ruleset, b"k")
    masked = counter.mask("佐藤花子様の申請（090-1234-5678）hanako@example.jp")
    assert "佐藤花子" not in masked
    assert "1234" not in masked
    assert "hanako@" not in masked
    assert "申請" in masked
    assert counter.mask("会議資料.docx") == "会議資料.docx"
