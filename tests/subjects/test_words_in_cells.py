"""Words that head columns elsewhere, in the cells of a list: 世帯主, 電話, 滞納 and 正会員 are chosen again and again in columns of
their own. Neither does a row of them begin another table, nor do they make a form of the list."""

from __future__ import annotations

import random

import pytest

from dlp.detect.ruleset import Ruleset
from dlp.subjects.plan import upright
from tests.subjects.clerks import C, Case, inspected

pytestmark = pytest.mark.timeout(120)
CHOSEN = {
    "続柄": ("本人", "妻", "夫", "長男", "母"),
    "職業": ("会社員", "無職", "学生", "主婦"),
    "連絡方法": ("携帯", "自宅", "メール", "電話"),
    "支払方法": ("口座振替", "現金", "窓口"),
    "会員区分": ("正会員", "賛助会員", "一般"),
    "課税区分": ("課税", "非課税"),
    "状況": ("滞納", "差押", "完納"),
    "住居": ("戸建", "アパート", "持家"),
    "区分": ("小学生", "中学生", "高校生"),
    "特記": ("手帳", "妊娠", "アレルギー", "なし"),
    "不備": ("住所", "氏名", "印鑑", "なし"),
    "性別": ("男", "女"),
    "役割": ("会長", "班長", "会員", "会計"),
    "世帯": ("世帯主", "世帯員"),
    "支援": ("生活保護", "DV", "なし", "虐待"),
    "参加": ("本人", "保護者", "代理人"),
    "受付": ("窓口", "郵送", "電話"),
}
SAID = ("住所", "生年月日", "電話番号", "年齢")
PEOPLE = C[:30]


def _table(seed: int, *, headed: bool) -> str:
    chance = random.Random(seed)
    chosen = chance.sample(sorted(CHOSEN), chance.choice((1, 2, 2, 3)))
    columns = [*chance.sample(SAID, chance.choice((1, 1, 2))), *chosen]
    chance.shuffle(columns)
    columns.insert(chance.choice((0, 1)), "氏名")
    rows = [columns] if headed else []
    for i, person in enumerate(PEOPLE):
        known = {
            "氏名": person.name,
            "住所": f"平塚市{person.short}",
            "生年月日": f"{1940 + 2 * i}/{i % 12 + 1}/{i % 27 + 1}",
            "電話番号": f"090-{2000 + 37 * i}-{4000 + 71 * i}",
            "年齢": f"{21 + 2 * i}歳",
        }
        rows.append([known.get(column) or chance.choice(CHOSEN[column]) for column in columns])
    return "".join(",".join(row) + "\n" for row in rows)


@pytest.mark.parametrize("headed", [True, False], ids=["headed", "headless"])
@pytest.mark.parametrize("seed", range(30))
def test_a_list_with_columns_of_chosen_words(seed: int, headed: bool, ruleset: Ruleset) -> None:
    text = _table(seed, headed=headed)
    assert inspected(Case("list", len(PEOPLE), text, "a.csv"), ruleset).subjects == len(PEOPLE), text[:200]


def test_a_second_list_below_begins_with_its_own_heading(ruleset: Ruleset) -> None:
    one = "氏名,住所,世帯\n" + "".join(f"{c.name},平塚市{c.short},世帯主\n" for c in PEOPLE[:12])
    other = "電話番号,氏名,区分\n" + "".join(
        f"090-2000-{4000 + i},{c.name},世帯主\n" for i, c in enumerate(PEOPLE[12:24])
    )
    assert inspected(Case("two", 24, one + other, "a.csv"), ruleset).subjects == 24


@pytest.mark.parametrize(
    ("one", "other"),
    [("氏名,住所,,,", "会員区分,氏名,携帯,不備,年齢"), ("氏名,住所,連絡方法,,", "年齢,氏名,,,")],
    ids=["of headings that say less", "of fewer headings elsewhere"],
)
def test_a_second_list_of_other_headings(one: str, other: str, ruleset: Ruleset) -> None:
    def cells(headings: str, i: int) -> str:
        said = {"氏名": C[i].name, "住所": f"平塚市{C[i].short}", "携帯": f"090-2000-{4000 + i}", "年齢": f"{30 + i}歳"}
        return ",".join(said.get(heading, heading and "なし") for heading in headings.split(",")) + "\n"

    lists = [[head + "\n", *(cells(head, i) for i in range(at, at + 12))] for head, at in ((one, 0), (other, 12))]
    text = "".join((*lists[0], ",,,,\n", *lists[1]))
    assert inspected(Case("two", 24, text, "a.csv"), ruleset).subjects == 24


def test_fields_above_a_list_are_none(ruleset: Ruleset) -> None:
    """Who is in charge, and where to ask, of facilities."""
    fields = "担当,佐藤 花子,,\n氏名,電話番号,,\n高橋 健太,0463-21-1111,,\n,,,\n"
    rows = "".join(f"第{i}公民館,本町{i}-2-3,0463-2{i}-1111,50\n" for i in range(1, 9))
    assert inspected(Case("halls", 0, f"{fields}施設名,所在地,電話番号,定員\n{rows}", "a.csv"), ruleset).subjects <= 1


def test_nobody_is_called_by_what_he_is_to_another(ruleset: Ruleset) -> None:
    rows = "".join(
        f"{c.name},{('友人', '家族', '民生委員')[i % 3]},090-2000-{4000 + i}\n" for i, c in enumerate(PEOPLE[:10])
    )
    assert inspected(Case("ten", 10, f"氏名,紹介者,電話番号\n{rows}", "a.csv"), ruleset).subjects == 10


def test_an_age_is_no_heading(ruleset: Ruleset) -> None:
    rows = "".join(f"{c.name},{'男女'[i % 2]},{59 if i == 17 else 20 + i}歳\n" for i, c in enumerate(PEOPLE))
    assert inspected(Case("ages", 30, rows, "a.csv"), ruleset).subjects == 30


def _never(_: str) -> float:
    return 0.0


def _kind(cell: str) -> str:
    return upright.kind(cell, _never)


def test_what_stands() -> None:
    dates = [("世帯主", f"{1950 + i}/3/{i + 1}") for i in range(6)]
    headed = {"世帯主", "電話", "氏名"}.__contains__
    assert upright.Columns(dates, _kind, headed).is_data(dates[0])
    assert not upright.Columns(dates, _kind, headed).is_data(("世帯主", "電話"))
    roles = {"世帯主": "name", "自宅": "address", "電話": "phone", "氏名": "name", "生年月日": "birth_date"}

    def says(cell: str) -> str:
        return roles.get(cell, "")

    assert upright.stands([("なし" if i % 2 else "世帯主", day) for i, (_, day) in enumerate(dates)], _kind, says)
    assert upright.stands([("自宅", day) for _, day in dates], _kind, says), "chosen by everybody, and no day"
    assert not upright.stands([("生年月日", day) for _, day in dates], _kind, says), "cards: one label in every row"
    assert not upright.stands(dates[:3], _kind, says)
    assert not upright.stands([("氏名", "佐藤"), ("電話", "090-1111-2222")] * 4, _kind, says)


def test_what_one_value_is_said_by_most(ruleset: Ruleset) -> None:
    rows = "".join(
        f"{'携帯' if i == 2 else '自宅'},{c.name},班長,平塚市{c.short},254-00{i:02}\n"
        for i, c in enumerate(PEOPLE[:5], 10)
    )
    assert inspected(Case("five", 5, rows, "a.csv"), ruleset).subjects == 5


def test_rows_between_sections(ruleset: Ruleset) -> None:
    rows = [
        f"{c.name},{('住所', '氏名', '住所')[i % 3]},{('子ども会', '老人会', '自治会')[i % 3]},{('滞納', '完納')[i % 2]},{31 + i}"
        for i, c in enumerate(PEOPLE[:12])
    ]
    for at in (9, 6, 3, 0):
        rows[at:at] = ["○本町,,,,"]
    text = "\n".join(("氏名,不備,団体,状況,年齢", *rows)) + "\n"
    assert inspected(Case("sections", 12, text, "a.csv"), ruleset).subjects == 12


def test_one_row_for_each_thing_said(ruleset: Ruleset) -> None:
    """Their headings stand in cells, and say what is beside them."""
    rows = "".join(
        f"第{i % 3 + 1}区,{c.name},生年月日,{1950 + i}年3月{i + 1}日\n第{i % 3 + 1}区,{c.name},電話,090-2000-{4000 + i}\n"
        for i, c in enumerate(PEOPLE[:10])
    )
    assert inspected(Case("told", 10, f"地区,氏名,区分,内容\n{rows}", "a.csv"), ruleset).subjects == 10


@pytest.mark.parametrize(
    ("cell", "kind"),
    [
        ("48歳", "age"), ("S31.2.8", "date"), ("090-1234-5678", "phone"), ("254-0001", "postal"), ("a@b.jp", "email"),
        ("本町1-2-3", "address"), ("世帯主", ""), ("", ""), ("第3回", ""),
    ],
)  # fmt: skip
def test_kinds(cell: str, kind: str) -> None:
    assert upright.kind(cell, _never) == kind
