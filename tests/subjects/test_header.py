from __future__ import annotations

import math
import random

import pytest

from dlp.subjects.books import Books
from dlp.subjects.plan.header import Reader


@pytest.fixture(scope="module")
def reader(ruleset):
    return Reader(ruleset.headers, Books(ruleset))


@pytest.mark.parametrize(
    ("text", "role", "group"),
    [
        ("氏　名", "name", ""),
        ("氏名（カナ）", "kana", ""),
        ("保護者氏名", "name", "保護者"),
        ("児童の生年月日", "birth_date", "児童"),
        ("ｼﾒｲ", "kana", ""),
        ("電話番号（自宅）", "phone", ""),
        ("緊急連絡先電話番号", "phone", "緊急連絡先"),
        ("住所2", "address", ""),
        ("氏名2", "name", "2"),
        ("蒼海県鏡ノ浜1258番地", "", ""),
        ("ご記入ください。", "", ""),
    ],
)
def test_what_a_header_cell_says(reader, text, role, group):
    label = reader.label(text)
    assert (label.role, label.group) == (role, group)


def test_the_header_is_found_below_titles(reader):
    rows = [["名簿", None, None], [None] * 3, ["No", "氏名", "住所"], ["1", "霞見 壮太", "碧野1-2"]]
    header = reader.find(rows, 3)
    assert header.row == 2
    assert [label.role for label in header.labels] == ["id", "name", "address"]


def test_rows_of_people_are_no_header(reader):
    assert reader.find([["霞見 壮太", "男", "碧野1-2-3"], ["碧江 楓子", "女", "朧坂4-5"]], 3) is None
    assert reader.score(["霞見壮太", "妻", "子"]) == 0


def test_two_rows_make_one_header(reader):
    rows = [["夫", None, "妻", None], ["氏名", "生年月日", "氏名", "生年月日"], ["a", "1985/1/1", "b", "1986/1/1"]]
    header = reader.find(rows, 4)
    assert header.row == 1
    assert [(x.role, x.group) for x in header.labels] == [
        ("name", "夫"), ("birth_date", "夫"), ("name", "妻"), ("birth_date", "妻"),
    ]  # fmt: skip


def test_a_name_that_ends_in_no_is_no_number(reader):
    """Else a page of romanised names would be headed by MIZUNO Kano, who ends as "member_no" does."""
    assert reader.label("member_no").role == "id"
    assert [reader.label(name).role for name in ("MIZUNO Kano", "SAGIGURA Runo", "Ueno Mano")] == [""] * 3


def test_rows_that_are_passed_over_are_no_headers(reader, monkeypatch):
    rng = random.Random(3)
    cells = "氏名 住所 電話番号 生年月日 備考 年 月 日 会員 歳 男 合計 1 2 3 1日 2日 3日 第1回 第2回 佐藤花子 1985/1/2".split()
    tables = []
    for _ in range(600):
        width = rng.randint(1, 7)
        tables.append([rng.choices([*cells, None], k=width) for _ in range(rng.randint(1, 9))])
    found = [reader.find(rows, len(rows[0])) for rows in tables]
    monkeypatch.setattr(Reader, "_at_most", lambda self, row: math.inf)
    assert found == [reader.find(rows, len(rows[0])) for rows in tables]
    assert sum(header is not None for header in found) > 100
