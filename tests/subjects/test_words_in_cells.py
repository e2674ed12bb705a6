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


def test_an_age_is_no_heading(ruleset: Ruleset) -> None:
    rows = "".join(f"{c.name},{'男女'[i % 2]},{59 if i == 17 else 20 + i}歳\n" for i, c in enumerate(PEOPLE))
    assert inspected(Case("ages", 30, rows, "a.csv"), ruleset).subjects == 30


def _never(_: str) -> float:
    return 0.0


def test_what_stands() -> None:
    dates = [("世帯主", f"{1950 + i}/3/{i + 1}") for i in range(6)]
    headed = {"世帯主", "電話", "氏名"}.__contains__
    assert upright.is_data(dates[0], dates, _never, headed)
    assert not upright.is_data(("世帯主", "電話"), dates, _never, headed)
    assert upright.stands([("なし" if i % 2 else "世帯主", day) for i, (_, day) in enumerate(dates)], _never, headed)
    assert not upright.stands(dates, _never, headed), "cards: one label in every row"
    assert not upright.stands(dates[:3], _never, headed)
    assert not upright.stands([("氏名", "佐藤"), ("電話", "090-1111-2222")] * 4, _never, headed)


@pytest.mark.parametrize(
    ("cell", "kind"),
    [
        ("48歳", "age"), ("S31.2.8", "date"), ("090-1234-5678", "phone"), ("254-0001", "postal"), ("a@b.jp", "email"),
        ("本町1-2-3", "address"), ("世帯主", ""), ("", ""), ("第3回", ""),
    ],
)  # fmt: skip
def test_kinds(cell: str, kind: str) -> None:
    assert upright.kind(cell, _never) == kind
