"""Lists as clerks type and print them: headings run together, titles with a marking beside them, local telephones."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from dlp.extract.blocks import Table, Text
from dlp.extract.plain.text import frame_of
from dlp.subjects.counter import Count
from tests.subjects.clerks import Clerk

type Counting = Callable[..., Count]
SIZE = 24
CLERKS = [Clerk(i) for i in range(SIZE)]


def _table(*rows: Sequence[str | None]) -> Table:
    width = max(map(len, rows))
    return Table(frame_of([[*row, *[None] * (width - len(row))] for row in rows]))


def _local(i: int) -> str:
    return f"{21 + i % 30}-{1000 + 37 * i}"


def _mobile(i: int) -> str:
    return f"090-{3000 + i * 7}-{4000 + i * 13}"


@pytest.mark.parametrize("heading", ["電話番号 ＦＡＸ", "電話番号　備考", "電話番号 ＦＡＸ 備考"])
def test_a_heading_into_which_those_of_empty_columns_ran(count: Counting, heading: str) -> None:
    listed = _table(("班", "氏名", heading), *((str(c.i % 3), c.name, _local(c.i)) for c in CLERKS))
    assert count(listed).subjects == SIZE


def test_accounts_without_headings(count: Counting) -> None:
    paid = [
        ("2", "0143", "ﾊﾁｼﾞﾕｳﾆ", f"{310 + c.i % 4}", "ｲｲﾀﾞ", "1", f"{1234567 + 7919 * c.i}", c.kana, f"{1000 + c.i}")
        for c in CLERKS
    ]
    assert count(_table(*paid)).subjects == SIZE
    firms = [(*row[:7], f"ｶ){row[7].split()[0]}ｹﾝｾﾂ", row[8]) for row in paid]
    assert count(_table(*firms)).subjects == 0
    stock = [(f"{c.i}", "1", f"{1234567 + 7919 * c.i}", "ｷﾔﾋﾞﾈﾂﾄ" if c.i % 2 else "ﾂｸｴ", "12") for c in CLERKS]
    assert count(_table(*stock)).subjects == 0


@pytest.mark.parametrize("ending", ["になる人", "となる方"])
def test_who_is_to_be_husband_and_wife(count: Counting, ending: str) -> None:
    couples = [
        ("R8.11.1", CLERKS[i].name, f"平成{3 + i}年4月{1 + i}日", CLERKS[i + 1].name, f"平成{5 + i}年6月{2 + i}日")
        for i in range(0, 20, 2)
    ]
    head = ("届出日", f"夫{ending}", "生年月日", f"妻{ending}", "生年月日")
    assert count(_table(head, *couples)).subjects == 20


def test_two_on_duty_a_day_are_no_surname_and_given_name(count: Counting) -> None:
    turns = [(f"{i + 1}", c.surname, Clerk(i + 3).surname, "0463-23-1111") for i, c in enumerate(CLERKS)]
    assert count(_table(("日", "日直", "夜直", "電話"), *turns)).subjects == 0
    reached = [(*row[:3], _mobile(i)) for i, row in enumerate(turns)]
    assert count(_table(("日", "日直", "夜直", "電話"), *reached)).subjects == 0
    people = [(f"{i + 1}", c.surname, c.given, _mobile(i)) for i, c in enumerate(CLERKS)]
    assert count(_table(("日", "見守り", "", "電話"), *people)).subjects == SIZE


def test_officers_of_neighbourhoods_and_who_lives_in_them(count: Counting) -> None:
    officers = [(f"{c.town}{1 + c.i}区", c.name, Clerk(c.i + 30).name, Clerk(c.i + 60).name) for c in CLERKS]
    assert count(_table(("自治会", "会長", "副会長", "会計"), *officers)).subjects == 0
    people = [(f"{c.town}1区", c.name, _mobile(c.i), "会計" if c.i % 5 else "会長") for c in CLERKS]
    assert count(_table(("自治会", "氏名", "電話", "役"), *people)).subjects == SIZE


@pytest.mark.parametrize("title", ["避難行動要支援者名簿", "要支援者一覧（令和8年度）", "見守り台帳"])
def test_a_title_with_a_marking_at_the_end_of_its_line(count: Counting, title: str) -> None:
    rows = [
        (f"{c.i}", c.name, f"{c.town}{c.i}-2-3", Clerk(i // 3 + 100).name, _mobile(i // 3))
        for i, c in enumerate(CLERKS)
    ]
    head = ("整理番号", "氏名", "住所", "避難支援等関係者", "関係者電話")
    listed = _table((title, None, None, None, "取扱注意"), head, *rows)
    assert count(listed).subjects == SIZE + SIZE // 3


def test_telephones_as_they_are_dialled_in_town(count: Counting) -> None:
    assert count(_table(*((c.name, _local(c.i)) for c in CLERKS))).subjects == SIZE
    pairs = list(zip(CLERKS[::2], CLERKS[1::2], strict=True))
    assert count(_table(*((a.name, _local(a.i), b.name, _local(b.i)) for a, b in pairs))).counts["phone"] == SIZE
    led = "\n".join("".join(f"{c.name}．．．．．．{_local(c.i)}　　" for c in pair) for pair in pairs)
    assert count(Text(f"有線電話番号簿\n\n{led}\n")).subjects == SIZE
    results = [(f"{c.i + 1}", c.name, f"{c.i % 4 + 1}-{c.i}", f"{15 + c.i}:20") for c in CLERKS]
    assert count(_table(*results)).subjects == 0


@pytest.mark.parametrize("between", ["、", "\n", " ／ ", "・"])
@pytest.mark.parametrize("full", [True, False])
def test_several_named_in_one_cell(count: Counting, between: str, full: bool) -> None:
    """Couples and joint owners: separated by 、 none of a list's people was found."""
    rows = [
        (f"{c.i}", f"{c.name}{between}{f'{c.surname} ' if full else ''}{Clerk(c.i + 140).given}", f"平塚市{c.town}{1 + c.i}-2-3")
        for c in CLERKS
    ]  # fmt: skip
    assert count(_table(("整理番号", "所有者氏名", "住所"), *rows)).subjects == 2 * SIZE
    counted = [(n, f"{c.name}、外{1 + c.i % 3}名", home) for (n, _, home), c in zip(rows, CLERKS, strict=True)]
    assert count(_table(("整理番号", "所有者氏名", "住所"), *counted)).subjects == SIZE


def test_what_stands_beside_a_name_in_its_cell_and_is_nobody(count: Counting) -> None:
    rows = [(f"{c.i}", f"{c.name}/{('本人', '世帯主')[c.i % 2]}", _mobile(c.i)) for c in CLERKS]
    assert count(_table(("番号", "氏名", "電話"), *rows)).subjects <= SIZE
    read = [(f"{c.i}", f"{c.name}\n{c.kana}", _mobile(c.i)) for c in CLERKS]
    assert count(_table(("番号", "氏名", "電話"), *read)).subjects == SIZE
    born = [
        (f"{c.i}", f"{c.name}\n{c.surname} 光", f"平成{2 + c.i % 20}年1月2日\n令和2年3月{1 + c.i}日") for c in CLERKS
    ]
    assert count(_table(("番号", "氏名", "生年月日"), *born)).counts["birth_date"] == 2 * SIZE


def test_families_by_given_names_that_are_counted_on(count: Counting) -> None:
    rows = [
        (c.name, f"{c.town}{1 + c.i}-2-3", Clerk(c.i + 20).given, f"H{3 + c.i}.4.1", Clerk(c.i + 41).given, f"R{1 + c.i % 6}.5.2")
        for c in CLERKS
    ]  # fmt: skip
    head = ("世帯主氏名", "住所", "家族1", "生年月日", "家族2", "生年月日")
    assert count(_table(head, *rows)).subjects == 3 * SIZE


def test_where_something_is_fetched_or_built_is_where_somebody_lives(count: Counting) -> None:
    rows = [(f"11/{1 + c.i}", c.name, f"{c.town}{1 + c.i}-2-3", "タンス") for c in CLERKS]
    assert count(_table(("受付日", "申込者", "収集場所", "品目"), *rows)).subjects == SIZE
    stations = [(f"{c.i}", "可燃・資源", f"{c.town}{1 + c.i}-2-3", f"{c.town}自治会") for c in CLERKS]
    assert count(_table(("番号", "種別", "収集場所", "管理"), *stations)).subjects == 0


def test_schools_and_heats_before_a_time_are_no_homes(count: Counting) -> None:
    heats = [
        (f"{1 + c.i % 8}", c.name, ("一中", "東AC")[c.i % 2], f"{1 + c.i // 8}-{1 + c.i % 8}", f"{25 + c.i}.{30 + c.i}")
        for c in CLERKS
    ]
    assert count(_table(*heats)).subjects == 0
    assert (
        count(
            Text("校内マラソン\n" + "".join(f"{c.i + 1}位　{c.name}　3-{1 + c.i}　9分{10 + c.i}秒\n" for c in CLERKS))
        ).subjects
        == 0
    )
    homes = [(c.name, f"{c.town} {1 + c.i}-{2 + c.i}-3", f"{c.i + 20}歳") for c in CLERKS]
    assert count(_table(*homes)).counts["address"] == SIZE


def test_shops_and_firms_among_people(count: Counting) -> None:
    called = ("{}商店", "{}(有)", "㈱{}", "{}工務店")
    rows = [(f"{c.i}", c.name, f"平塚市{c.town}{1 + c.i}-2-3") for c in CLERKS]
    firms = [(f"{c.i}", called[c.i % 4].format(c.surname), f"平塚市{c.town}{41 + c.i}-2-3") for c in CLERKS]
    assert count(_table(("番号", "氏名又は名称", "住所又は所在地"), *rows, *firms)).subjects == SIZE
    many = [*rows, *firms] * 6  # a large table is read by columns
    assert count(_table(("番号", "氏名又は名称", "住所又は所在地"), *many)).subjects == SIZE
    trading = [(f"{c.i}", f"{c.surname}商店 {c.name}", _mobile(c.i)) for c in CLERKS]
    assert count(_table(("番号", "氏名又は名称", "電話"), *trading)).subjects == SIZE


def test_registers_of_places_offices_and_pay(count: Counting) -> None:
    fields = [(f"{c.i:05}", "大沢", f"{c.surname}前", c.kana.split()[0]) for c in CLERKS]
    assert count(_table(("字コード", "大字", "小字", "読み"), *fields)).subjects == 0
    read = [(f"{c.town}{1 + c.i}-2-3", c.kana, _mobile(c.i)) for c in CLERKS]
    assert count(_table(("住所", "フリガナ", "電話"), *read)).subjects == SIZE
    paid = [(c.name, "税務課", "主事", f"{1 + c.i % 6}級", f"{c.i}") for c in CLERKS]
    assert count(_table(("氏名", "所属", "職", "等級", "号給"), *paid)).subjects == 0
    disabled = [(c.name, "肢体不自由", f"{1 + c.i % 6}級") for c in CLERKS]
    assert count(_table(("氏名", "障害名", "等級"), *disabled)).subjects == SIZE
    mayors = [(f"{1 + c.i}", c.name, f"昭和{20 + c.i}年4月1日", f"昭和{24 + c.i}年3月31日") for c in CLERKS]
    assert count(_table(("代", "市長名", "就任", "退任"), *mayors)).subjects == 0
    held = [("助役", c.name, day, until) for c, (_, _, day, until) in zip(CLERKS, mayors, strict=True)]
    for heads in (("就任", "退任"), ("委嘱年月日", "任期終了")):  # days of an office are no births
        assert count(_table(("職名", "氏名", *heads), *held)).subjects == 0
    born = [(f"{1 + c.i}", c.name, f"昭和{20 + c.i}年4月1日") for c in CLERKS]
    assert count(_table(("代", "会員名", "生年月日"), *born)).subjects == SIZE
    unions = [(f"{c.surname}水利組合", c.name, "農林課内", f"0463-21-{1000 + c.i}") for c in CLERKS]
    assert count(_table(("組合名", "組合長", "事務局", "電話"), *unions)).subjects == 0
    mounds = [(f"{c.surname}古墳", "6世紀", f"{c.surname}氏一族", f"大沢{1 + c.i}番地3", "市指定") for c in CLERKS]
    assert count(_table(("史跡名", "時代", "被葬者", "所在地", "指定"), *mounds)).subjects == 0


def test_families_with_a_sign_for_the_surname_above(count: Counting) -> None:
    rows: list[tuple[str, ...]] = []
    for c in CLERKS:
        rows += [
            (f"{c.i}", c.name, f"S{30 + c.i}.2.3", "世帯主"),
            ("", f"　〃　　{Clerk(c.i + 20).given}", f"H{1 + c.i}.4.5", ""),
        ]
    assert count(_table(("世帯", "氏名", "生年月日", "備考"), *rows)).subjects == 2 * SIZE


def test_births_by_their_shortest_heading_and_by_none(count: Counting) -> None:
    born = [(c.name, f"S{20 + c.i}.{1 + c.i % 12}.3", "254-0041") for c in CLERKS]
    assert count(_table(("利用者", "生", "郵便番号"), *born)).subjects == SIZE
    aged = [(c.name, "254-0041", f"19{40 + c.i}0{1 + c.i % 9}03", "済") for c in CLERKS]
    old = [*aged, (Clerk(90).name, "254-0041", "19981203", "未")]
    assert count(_table(("使用者氏名", "〒", "", "状況"), *old)).subjects == SIZE + 1
    asked = [(c.name, "254-0041", f"20250{1 + c.i % 9}03", "済") for c in CLERKS]
    assert count(_table(("使用者氏名", "〒", "", "状況"), *asked)).subjects == 0


def test_which_group_is_no_address_beside_one(count: Counting) -> None:
    rows = [(f"第{1 + c.i % 3}", f"平塚市{c.town}{1 + c.i}-2-3", c.name) for c in CLERKS]
    for heading in ("班", "ブロック"):
        assert count(_table((heading, "連絡先住所", "使用者氏名"), *rows)).counts["address"] == SIZE
    assert count(_table(("ブロック", "使用者氏名"), *((row[0], row[2]) for row in rows))).subjects == 0
