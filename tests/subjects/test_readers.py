"""Counts that readers found wrong: whose name, value or telephone it is, and what is no person's at all."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence

import pytest

from dlp.detect.ruleset import Ruleset
from dlp.extract.blocks import Table, Text
from dlp.subjects.counter import Count
from tests.subjects.clerks import Case, inspected
from tests.subjects.town import frame

pytestmark = pytest.mark.timeout(60)

type Counted = Callable[..., Count]

PEOPLE = [("霞見", "壮太"), ("碧江", "楓子"), ("蒼沢", "紬香"), ("鱒木戸", "蓮"), ("樋畑", "穣美"), ("楡杜", "一郎")]
OTHERS = [("汀本", "詢平"), ("朧瀬", "巌平"), ("蕗久保", "緋香"), ("硯瀬", "碩一"), ("澪原", "澄江"), ("栃洞", "健")]
PHONES = [f"090-1111-22{i:02}" for i in range(12)]


def _subjects(ruleset: Ruleset, data: str, name: str = "a.txt") -> int:
    return inspected(Case("x", 0, data, name), ruleset).subjects


@pytest.mark.parametrize(
    "form",
    [
        "氏名：\n{a} {b}　電話：\n{phone}　住所：\n霧ヶ森1-2-3\n\n",
        "氏名：\n{a} {b}　電話：{phone}\n\n",
        "氏名：{a} {b}　電話：\n{phone}　年齢：\n{age}歳\n\n",
    ],
)
def test_a_value_below_its_label_stands_before_the_next_label(count: Counted, form: str) -> None:
    text = "".join(
        form.format(a=a, b=b, phone=PHONES[i], age=41 + i)
        for i, (a, b) in enumerate(PEOPLE)
    )  # fmt: skip
    found = count(Text(text))
    assert found.subjects == found.counts["phone"] == 6
    assert ("年齢" not in form) or found.counts["age"] == 6


def test_a_name_beside_the_halves_of_another(count: Counted) -> None:
    """The child's two columns were taken for another spelling of the parent's."""
    pairs = list(zip(PEOPLE, OTHERS, PHONES, strict=False))
    head = ["氏名", "姓", "名", "電話"]
    two = [head, *([f"{a} {b}", c, d, phone] for (a, b), (c, d), phone in pairs)]
    one = [head, *([f"{a}{b}", a, b, phone] for (a, b), _, phone in pairs)]
    assert count(Table(frame(two))).subjects == 12
    assert count(Table(frame(one))).subjects == 6
    family = [head, *([f"{a} {b}", a, d, phone] for (a, b), (_, d), phone in pairs)]
    assert count(Table(frame(family))).subjects == 12


def test_a_word_for_what_each_is_before_the_name_is_no_label(count: Counted) -> None:
    """A list with 申請者 in each row was read as a form of nothing but names."""
    for word in ("申請者", "患者", "Patient", "対象者"):
        rows = [["種別", "氏名", "電話"], *([word, f"{a} {b}", PHONES[i]] for i, (a, b) in enumerate(PEOPLE))]
        assert count(Table(frame(rows))).subjects == 6, word
    form = [["申請者", "霞見 壮太"], ["住所", "霧ヶ森1-2-3"], ["電話", PHONES[0]]]
    assert count(Table(frame(form))).subjects == 1


def _lines(names: Sequence[str], form: str) -> str:
    return "\n".join(form.format(name=name, phone=PHONES[i]) for i, name in enumerate(names))


@pytest.mark.parametrize("form", ["{name} ({phone})", "{name}, {phone}", "- {name} {phone}", "{name}\t{phone}"])
def test_shops_and_companies_in_latin_letters_are_nobody(count: Counted, form: str) -> None:
    shops = ["Cafe Sakura", "Hair Salon Mika", "Bistro Makoto", "Dance Studio Mai", "Pizza Ken", "Flower Shop Hana"]
    bodies = ["Tanaka Kogyo", "Suzuki Motors", "Mori Trading", "Abe Printing Inc", "Hara Systems", "Ono Electric"]
    people = ["Kenji Tanaka", "Nguyen Thi Lan", "Silva Carlos", "Ono Hanako", "Mai Sakura", "Ram Gurung"]
    assert count(Text(_lines([*shops, *bodies], form))).subjects == 0
    assert count(Text(_lines(people, form))).subjects == 6
    rows = [["Name", "Tel"], *([name, PHONES[i]] for i, name in enumerate([*shops, *people]))]
    assert count(Table(frame(rows))).subjects == 6


def test_clubs_that_hold_accounts_are_nobody(count: Counted) -> None:
    clubs = [
        "ミドリ サツカー クラブ",
        "ナカマチ ジチカイ",
        "アオバ ロウジン クラブ",
        "サクラ コドモ カイ",
        "ヒバリ ホゴシヤカイ",
        "ｱｹﾎﾞﾉ ｼｮｳﾃﾝｶｲ",
    ]
    people = ["アサクラ ブンタ", "オオクラ ブンペイ", "オノ カイ", "サトウ センタロウ", "ジチ カイト", "クラ ブンゴ"]
    for form in (
        "横浜銀行 平塚支店 普通 1234{i}0 {name} {i},000円",
        "1234{i}0 普通 {name} {i}000",
        "口座名義：{name}\n口座番号：普通 1234{i}0\n",
    ):
        listed = [
            "\n".join(form.format(i=i, name=name) for i, name in enumerate(names, 10)) for names in (clubs, people)
        ]
        assert [count(Text(text)).subjects for text in listed] == [0, 6], form
    for heading in ("口座名義", "口座名義カナ"):
        rows = [[heading, "口座番号"], *([name, f"1234{i}0"] for i, name in enumerate([*clubs, *people], 10))]
        assert count(Table(frame(rows))).subjects == 6, heading


def test_the_day_of_what_somebody_asked_for_is_no_birth(count: Counted) -> None:
    for party in ("請求者", "申請者", "申込人", "相談者"):
        assert count(Text(f"{party} 霞見 壮太 平成5年4月1日\n")).subjects == 0
        assert count(Text(f"{party} 霞見 壮太 昭和45年4月1日\n")).subjects == 1
    assert count(Text("被保険者 霞見 壮太 平成5年4月1日\n")).subjects == 1


def test_a_municipality_is_a_party_and_nobody(count: Counted) -> None:
    text = "貸主（甲） 平塚市\n借主（乙） 住所 霧ヶ森40\n　　　　　 氏名 霞見 壮太　㊞\n連帯保証人 （なし）\n"
    assert count(Text(text)).subjects == 1
    rows = [["氏名", "電話"], ["平塚市", PHONES[0]], ["碧江 楓子　㊞", PHONES[1]], ["神奈川県", PHONES[2]]]
    assert count(Table(frame(rows))).subjects == 1
    thrice = [["氏名", "電話"], *([name, PHONES[1]] for name in ("碧江 楓子 印", "碧江 楓子", "碧江　楓子　㊞"))]
    assert count(Table(frame(thrice))).subjects == 1


@pytest.mark.parametrize("kind", ["system", "type", "kind", "種別"])
@pytest.mark.parametrize("said", ["value", "body", "text", "number", "内容"])
def test_a_kind_and_what_is_of_it_in_json(ruleset: Ruleset, kind: str, said: str) -> None:
    several = [
        {"name": [{"text": f"{a} {b}"}], "contact": [{kind: "phone", said: phone}, {kind: "email", said: f"u{i}@example.jp"}]}
        for i, ((a, b), phone) in enumerate(zip(PEOPLE, PHONES, strict=False))
    ]  # fmt: skip
    assert _subjects(ruleset, json.dumps(several, ensure_ascii=False), "a.json") == 6
    one = [{"resourceType": "Patient", "name": f"{a} {b}", "telecom": [{kind: "phone", said: phone, "use": "home"}]}
           for (a, b), phone in zip(PEOPLE, PHONES, strict=False)]  # fmt: skip
    assert _subjects(ruleset, json.dumps(one, ensure_ascii=False), "a.json") == 6


def test_two_of_a_kind_in_json_are_both_kept(ruleset: Ruleset) -> None:
    rows = [
        {"番号": i, "members": [{"type": "氏名", "value": f"{a} {b}"}, {"type": "氏名", "value": f"{c} {d}"}], "tel": phone}
        for i, ((a, b), (c, d), phone) in enumerate(zip(PEOPLE, OTHERS, PHONES, strict=False))
    ]  # fmt: skip
    assert _subjects(ruleset, json.dumps(rows, ensure_ascii=False), "a.json") == 12
