"""Columns that hold several things at once under a heading that says so, and what is read of one cell of them."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable

import pytest

from dlp.detect.ruleset import Ruleset
from dlp.subjects.cells.values import Names
from dlp.subjects.plan.header import Header, Label, Reader
from dlp.subjects.tables import compound
from tests.subjects.clerks import C, Case, Clerk, inspected

pytestmark = pytest.mark.timeout(120)
PEOPLE = C[:15]
_HELD: dict[str, Callable[[Clerk, int], str]] = {
    "氏名": lambda p, i: p.name,
    "フリガナ": lambda p, i: p.kana,
    "郵便番号": lambda p, i: f"254-{1000 + 37 * i}",
    "住所": lambda p, i: f"平塚市{p.short}",
    "電話番号": lambda p, i: f"0463-{21 + i}-{1000 + 91 * i}",
    "携帯": lambda p, i: f"090-{2000 + 37 * i}-{4000 + 71 * i}",
    "生年月日": lambda p, i: f"昭和{20 + 2 * i}年{i % 12 + 1}月{i % 27 + 1}日",
    "年齢": lambda p, i: f"{21 + 3 * i}歳",
    "性別": lambda p, i: "男女"[i % 2],
    "続柄": lambda p, i: ("本人", "妻", "長男")[i % 3],
    "備考": lambda p, i: ("", "要連絡", "書類未着")[i % 3],
}
PAIRS = [
    ("氏名", "フリガナ"), ("郵便番号", "住所"), ("住所", "電話番号"), ("生年月日", "年齢"), ("性別", "年齢"), ("年齢", "性別"),
    ("電話番号", "携帯"), ("氏名", "年齢"), ("氏名", "生年月日"), ("氏名", "性別"), ("住所", "氏名"), ("氏名", "住所"),
    ("続柄", "氏名"), ("氏名", "電話番号"), ("住所", "備考"), ("生年月日", "性別"),
]  # fmt: skip
WRITINGS = [
    ("{}・{}", "{}・{}"),
    ("{}（{}）", "{}（{}）"),
    ("{}／{}", "{}\n{}"),
    ("{} {}", "{}　{}"),
    ("{}\n{}", "{}\n{}"),
]


def _list(pair: tuple[str, str], heading: str, writing: str) -> str:
    others = [column for column in ("氏名", "携帯") if column not in pair]
    rows = [[*others, heading.format(*pair)]]
    for i, person in enumerate(PEOPLE):
        told = [_HELD[column](person, i) for column in others]
        rows.append([*told, writing.format(*(_HELD[column](person, i) for column in pair))])
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue()


@pytest.mark.parametrize("pair", PAIRS, ids="・".join)
def test_two_things_in_a_cell(pair: tuple[str, str], ruleset: Ruleset) -> None:
    for heading, writing in WRITINGS:
        found = inspected(Case("pair", len(PEOPLE), _list(pair, heading, writing), "a.csv"), ruleset)
        if "氏名" in pair and "携帯" in pair:
            continue
        assert found.subjects == len(PEOPLE), (heading, writing)


def test_pages_that_go_on_are_read_likewise(ruleset: Ruleset) -> None:
    rows = _list(("氏名", "フリガナ"), "{}（{}）", "{} {}").splitlines()
    html = "".join(
        "<table>" + "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row.split(','))}</tr>" for row in part) + "</table>"
        for part in (rows[:8], rows[8:])
    )  # fmt: skip
    assert inspected(Case("pages", len(PEOPLE), html, "a.html"), ruleset).subjects == len(PEOPLE)


def test_many_rows_are_read_as_few_are(ruleset: Ruleset) -> None:
    lines = ["氏名・フリガナ,生年月日（年齢）"]
    for i in range(2400):
        person = C[i % len(C)]
        lines.append(f"{person.name}　{person.kana},昭和{10 + i % 50}年{i % 12 + 1}月{i % 27 + 1}日（{40 + i % 50}歳）")
    many = inspected(Case("many", 0, "\n".join(lines) + "\n", "a.csv"), ruleset)
    few = inspected(Case("few", 0, "\n".join(lines[:200]) + "\n", "a.csv"), ruleset)
    assert few.subjects == len({(line.split(",")[0], line.split(",")[1]) for line in lines[1:200]})
    assert many.subjects > 10 * few.subjects


@pytest.mark.parametrize(
    "text",
    [
        "施設名・所在地,電話番号・FAX\n" + "".join(f"碧野会館{i}　平塚市碧野{i}-1,0463-21-10{i:02} 0463-21-20{i:02}\n" for i in range(9)),
        "担当・連絡先,日時／会場\n" + "".join(f"総務課 0463-21-10{i:02},12月{i + 1}日／会議室\n" for i in range(9)),
    ],
)  # fmt: skip
def test_halls_and_desks_are_nobody(text: str, ruleset: Ruleset) -> None:
    assert inspected(Case("halls", 0, text, "a.csv"), ruleset).subjects == 0


@pytest.mark.parametrize(
    ("cell", "roles", "parts"),
    [
        ("佐藤 花子（ｻﾄｳ ﾊﾅｺ）", "name kana", ("佐藤 花子", "サトウ ハナコ")),
        ("サトウ ハナコ／佐藤 花子", "kana name", ("サトウ ハナコ", "佐藤 花子")),
        ("昭和50年9月1日（51歳）", "birth_date age", ("昭和50年9月1日", "51歳")),
        ("女・45", "sex age", ("女", "45")),
        ("〒254-0811 本町1-2-3", "postal_code address", ("〒254-0811", "本町1-2-3")),
        ("0463-21-1111\n090-1111-2222", "phone phone", ("0463-21-1111", "090-1111-2222")),
        ("本町1-2-3 佐藤 花子", "address name", ("本町1-2-3", "佐藤 花子")),
        ("佐藤 花子（本町1-2-3）", "name address", ("佐藤 花子", "本町1-2-3")),
        ("妻・佐藤 花子", "relationship name", ("妻", "佐藤 花子")),
        ("本町1-2-3・要連絡", "address note", ("本町1-2-3", None)),
        ("", "name age", (None, None)),
    ],
)
def test_parts(cell: str, roles: str, parts: tuple[str | None, ...], ruleset: Ruleset) -> None:
    names = Names(ruleset)
    reader = Reader(ruleset.headers, names.books, names.likelihood)
    labels = [Label(role, role) for role in roles.split()]
    assert tuple(compound.parts(cell, labels, reader)) == parts


def test_a_heading_alone_splits_nothing(ruleset: Ruleset) -> None:
    names = Names(ruleset)
    reader = Reader(ruleset.headers, names.books, names.likelihood)
    rows = [["氏名・フリガナ"], ["佐藤 花子"], ["鈴木 一郎"], ["高橋 健太"]]
    assert not compound.found(rows, Header(0, (reader.label("氏名・フリガナ"),), 1), reader)


def test_lines_of_an_address_book(ruleset: Ruleset) -> None:
    blocks = [f"{p.name}\n〒254-{1000 + 37 * i}\n平塚市{p.short}\n{p.phone}\n" for i, p in enumerate(PEOPLE)]
    for between in ("\n", ""):
        assert inspected(Case("book", len(PEOPLE), between.join(blocks)), ruleset).subjects == len(PEOPLE)
