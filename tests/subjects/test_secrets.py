"""要配慮個人情報 and tax secrecy under headings and labels: one person with one of them marks a case."""

from __future__ import annotations

import polars as pl
import pytest

from dlp.extract.blocks import Table, Text

PEOPLE = (("矢島 健太", "上田市天神1-2-3"), ("浅川 由美子", "上田市大手2-11-4"), ("小板橋 誠", "富岡市一ノ宮12-7"))
SAID = [
    ("滞納額", "128,000"),
    ("滞納税額", "128000"),
    ("滞納", "あり"),
    ("差押", "預金差押"),
    ("課税標準額", "1,280,000"),
    ("課税区分", "非課税"),
    ("市民税", "非課税"),
    ("住民税額", "45,000"),
    ("所得額", "1280000"),
    ("不納欠損", "15,000"),
    ("分納誓約", "R5.6月から"),
    ("徴収猶予", "承認"),
    ("児童扶養手当", "全部支給"),
    ("国籍", "ブラジル"),
    ("在留資格", "永住者"),
    ("本籍", "長野県上田市大手一丁目11番"),
    ("宗教", "キリスト教"),
    ("信条", "無宗教"),
    ("人種", "アイヌ"),
    ("同和", "対象"),
    ("前科", "あり"),
    ("犯罪歴", "窃盗 懲役1年"),
    ("支援措置", "有"),
    ("DV", "有"),
    ("虐待", "ネグレクト"),
    ("児童相談", "虐待通告"),
    ("児童相談所", "一時保護"),
    ("HbA1c", "7.8"),
    ("受給者証", "小児慢性特定疾病"),
    ("手帳", "精神2級"),
    ("妊娠", "20週"),
]


def table(rows) -> Table:
    return Table(pl.DataFrame({f"c{i}": list(column) for i, column in enumerate(zip(*rows, strict=True))}))


@pytest.mark.parametrize(("label", "value"), SAID)
def test_what_is_secret_marks_a_list_and_a_form(count, label, value):
    listed = count(table([("氏名", "住所", label), *((name, home, value) for name, home in PEOPLE)]))
    assert (listed.subjects, listed.counts.get("sensitive")) == (3, 3)
    assert "sensitive" in {finding.category for finding in listed.findings} or label == "本籍"
    name, home = PEOPLE[0]
    for form in (f"氏名：{name}\n住所：{home}\n{label}：{value}", f"氏名：{name}　住所：{home}　{label}：{value}"):
        found = count(Text(form))
        assert (found.subjects, found.counts.get("sensitive")) == (1, 1), form


@pytest.mark.parametrize(("label", "value"), [("滞納", "あり"), ("国籍", "ブラジル"), ("前科", "あり")])
def test_it_is_an_attribute_of_whoever_is_named(count, label, value):
    found = count(table([("氏名", label), *((name, value) for name, _ in PEOPLE)]))
    assert (found.subjects, found.counts.get("sensitive")) == (3, 3)


def test_an_amount_alone_is_no_attribute(count):
    assert count(table([("納税義務者", "課税標準額"), *((name, "128,000") for name, _ in PEOPLE)])).subjects == 0


def test_arrears_of_several_terms_are_one_persons(count):
    rows = [
        ("氏名", "電話", "期別", "滞納額"),
        *(("矢島 健太", "090-3827-1928", str(i), f"{i}2,000") for i in range(1, 5)),
    ]
    assert count(table(rows)).subjects == 1


@pytest.mark.parametrize("value", ["", "0", "なし", "無", "-", "該当なし", "0円"])
@pytest.mark.parametrize("label", ["滞納額", "差押", "前科", "支援措置"])
def test_nothing_said_marks_nothing(count, label, value):
    listed = count(table([("氏名", "住所", label), *((name, home, value or None) for name, home in PEOPLE)]))
    assert (listed.subjects, listed.counts.get("sensitive")) == (3, None)
    name, home = PEOPLE[0]
    assert count(Text(f"氏名：{name}\n住所：{home}\n{label}：{value}")).counts.get("sensitive") is None


def test_japanese_nationality_and_blank_forms_mark_nothing(count):
    assert count(Text("氏名：矢島 健太\n住所：上田市天神1-2-3\n国籍：日本")).counts.get("sensitive") is None
    assert count(Text("氏名：\n住所：\n国籍：\n滞納額：\n差押：")).subjects == 0


@pytest.mark.parametrize(
    "rows",
    [
        [("町名", "滞納額", "件数"), ("天神", "1,280,000", "12"), ("大手", "980,000", "9"), ("中央", "80,000", "3")],
        [("国籍", "人数"), ("ブラジル", "120"), ("ベトナム", "98"), ("中国", "77")],
        [("商品名", "税額", "合計"), ("机", "1,000", "11,000"), ("椅子", "500", "5,500"), ("棚", "700", "7,700")],
    ],
)
def test_statistics_are_nobodys(count, rows):
    found = count(table(rows))
    assert (found.subjects, found.counts) == (0, {})


@pytest.mark.parametrize("rows", [3, 2_000])
def test_where_a_list_says_more_of_people_it_makes_nobody_a_subject(count, rows):
    """An amount is no attribute: of a row that is blank but for it nobody is counted; the others' rows are marked."""
    heads = ("氏名", "住所", "滞納額", "国籍")
    cells = [
        (f"矢島 {'健太誠'[i % 3]}{'一二三四五六七八九十'[i // 3 % 10]}", f"上田市天神{i}-2-3", "1,000", "ブラジル")
        for i in range(rows)
    ]
    found = count(table([heads, *cells, ("小板橋 誠", None, "12,000", "ブラジル")]))
    assert found.counts.get("sensitive") == found.subjects
    assert found.subjects == count(table([heads, *cells])).subjects


@pytest.mark.parametrize(
    ("label", "said"), [("滞納", "ありません"), ("生活保護", "受けていない"), ("国籍", "日本人"), ("国籍", "JPN")]
)
def test_nothing_said_in_other_words_marks_nobody(count, label, said):
    found = count(Text(f"氏名：高橋健\n電話：090-1234-5678\n{label}：{said}\n"))
    assert (found.subjects, found.counts.get("sensitive")) == (1, None)
