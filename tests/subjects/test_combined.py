"""Cells that say several things, and what stands beside what."""

from __future__ import annotations

import polars as pl
import pytest

from dlp.extract.blocks import Table, Text
from dlp.subjects.plan.header import Header, Label
from dlp.subjects.tables import combined, tables
from tests.subjects.town import frame

ROWS = [
    ("霞見 壮太", "カスミ ソウタ"),
    ("碧江 楓子", "アオエ フウコ"),
    ("楡沢 暁彦", "ニレザワ アキヒコ"),
    ("椛里 紬", "モミザト ツムギ"),
]


@pytest.mark.parametrize("style", ["{0}（{1}）", "{0}\n{1}", "{0}({1})", "{1}\n{0}"])
def test_a_name_with_its_reading_is_one_person(count, style):
    rows = [[style.format(*pair), f"090-1111-222{i}"] for i, pair in enumerate(ROWS)]
    found = count(Table(frame([["氏名（フリガナ）", "電話"], *rows])))
    assert (found.subjects, found.counts.get("name"), found.counts.get("kana")) == (4, 4, 4)


def test_telephone_or_mail_in_one_column(count):
    contacts = ["090-1111-2221", "a@example.jp", "b@example.jp", "090-1111-2222"]
    found = count(Table(frame([["氏名", "連絡先"], *([name, c] for (name, _), c in zip(ROWS, contacts, strict=True))])))
    assert found.subjects == 4
    assert (found.counts["phone"], found.counts["email"]) == (2, 2)


def test_surname_and_given_name_without_header_words(count):
    rows = [[*name.split(), f"090-1111-222{i}", f"m{i}@example.jp"] for i, (name, _) in enumerate(ROWS)]
    assert count(Table(frame(rows))).subjects == 4


def test_members_counted_in_the_header(count):
    rows = [
        ["霞見 壮太", "鏡浜市碧野1-2-3", "霞見 楓子", "1980/3/2"],
        ["楡沢 暁彦", "鏡浜市碧野4-5-6", "楡沢 紬", "2001/4/5"],
    ]
    assert count(Table(frame([["世帯主氏名", "住所", "世帯員1氏名", "世帯員1生年月日"], *rows]))).subjects == 4


def test_a_spelling_of_the_reading_makes_no_second_person(count):
    for header in ("よみがな", "読み仮名", "ヨミガナ", "氏名（ひらがな）"):
        rows = [[name, kana, f"090-1111-222{i}"] for i, (name, kana) in enumerate(ROWS)]
        assert count(Table(frame([["受診者氏名", header, "電話"], *rows]))).subjects == 4


def test_labels_and_paragraphs(count):
    label = "〒254-0001\n鏡浜市碧野{0}-2-3 ハイツ澪101\n\n{1}　様\n\n"
    assert count(Text("".join(label.format(i + 1, n) for i, (n, _) in enumerate(ROWS)))).subjects == 4
    block = "{1}\n090-1111-222{0}\n1980年3月2日\n\n"
    assert count(Text("".join(block.format(i, n) for i, (n, _) in enumerate(ROWS)))).subjects == 4


def test_a_company_on_a_label_is_nobody(count):
    assert count(Text("〒254-0001\n鏡浜市碧野1-2-3\n株式会社碧野工業\n総務部長　霞見 壮太　様\n")).subjects == 0


@pytest.mark.parametrize("heading", ["氏名", "対象者", "申込者"])
@pytest.mark.parametrize(
    "style",
    [
        "{0}（45歳・男）碧野{1}-2-3",
        "{0} 碧野{1}-2-3 （45歳）",
        "{0}\n碧野{1}-2-3\n090-1111-222{1}",
        "{0}　昭和5{1}年4月3日生　碧野{1}-2-3",
        "{0} 090-1111-222{1}",
    ],
)
def test_an_entry_in_a_cell_under_a_name_s_heading_is_a_person(count, heading, style):
    rows = [[str(i), style.format(name, i), "2024/5/1"] for i, (name, _) in enumerate(ROWS, 1)]
    assert count(Table(frame([["No.", heading, "受付日"], *rows]))).subjects == len(ROWS)


def test_sections_and_days_behind_a_name_make_nobody(count):
    rows = [[str(i), f"{name}（広報課、内線12{i}）", "2024/5/1"] for i, (name, _) in enumerate(ROWS, 1)]
    assert count(Table(frame([["No.", "氏名", "受付日"], *rows]))).subjects == 0


def test_telephones_written_in_many_ways_are_telephones_only(count):
    """Else what another dash leaves of a number is taken for where somebody lives, and many for nothing at all."""
    numbers = [
        "090‐1111‐2221", "+81 463 92 2249", "TEL 090-1111-2222", "+81(0)80-1111-2223", "0463ー29ー1331", "080.1111.2224",
        "090 1111 2225", "(0463)27-2218", "0463(27)2219", "０９０－１１１１－２２２６", "08011112227", "090−1111−2228",
    ]  # fmt: skip
    rows = [[name, number] for number, (name, _) in zip(numbers, ROWS * 3, strict=True)]
    found = count(Table(frame([["氏名", "電話番号"], *rows])))
    assert (found.subjects, found.counts) == (12, {"name": 12, "phone": 12})


def test_many_small_tables_under_each_other_are_read_by_rows(count, monkeypatch):
    """A query for each key of each of the people of a row takes a hundred times as long as the few rows do."""
    monkeypatch.setattr(tables, "mentions", lambda *_: pytest.fail("read as columns"))
    rows = []
    for n in range(40):
        rows.append(["氏名（フリガナ）", *(("電話", "備考") if n % 2 else ("携帯電話", "続柄"))])
        rows += [[f"{name}（{kana}）", f"090-11{n:02}-222{i}", "子"] for i, (name, kana) in enumerate(ROWS)]
    found = count(Table(frame(rows)))
    assert found.subjects == found.counts["kana"] == 160


@pytest.mark.parametrize("blank", [1, 3000])
def test_columns_without_a_cell_say_nothing(blank):
    """One was taken apart into names and readings; thousands of them, as a sheet has that was once wide, took a minute."""
    made = frame(
        [
            ["氏名", "電話", *[""] * blank],
            *([name, f"090-1111-222{i}", *[""] * blank] for i, (name, _) in enumerate(ROWS)),
        ]
    )
    nothing = made.with_columns(pl.lit(None, pl.String).alias(column) for column in made.columns[2:])
    taken, _, samples = combined.split(nothing, Header(0, (Label("氏名", "name"), Label("電話", "phone")), 2))
    assert (taken.width, samples) == (
        blank + 2,
        [[*(name for name, _ in ROWS)], [f"090-1111-222{i}" for i in range(4)], *[[]] * blank],
    )
    assert not combined.apart(Label("", ""), [])
