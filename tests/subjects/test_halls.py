"""Lists and papers as town halls lay them out, with people whose names the lists do not all know."""

from __future__ import annotations

import pytest

from dlp.detect.ruleset import Ruleset
from tests.subjects.clerks import C, Case, inspected

pytestmark = pytest.mark.timeout(60)

#: Known names, that teach where names stand, and strange ones that are told by that alone.
KNOWN = [p.name for p in C[:6]]
PEOPLE = [*KNOWN[:3], "葭葉 典膳", "莅戸 直躬", "蕪木 叶和", "首 妃奈", *KNOWN[3:]]
CARD = (
    "<table><tr><td>地権者番号</td><td>{i}</td><td>面談日</td><td>令和7年9月2{i}日</td></tr>"
    "<tr><td>権利者氏名</td><td>{name}</td><td>続柄</td><td>共有者</td></tr>"
    "<tr><td>住所</td><td>本町{i}-2-3</td><td>電話</td><td></td></tr>"
    "<tr><td>交渉場所</td><td>市役所会議室</td><td>対応職員</td><td>用地係 2名</td></tr>"
    "<tr><td>内容</td><td>代替地の希望あり</td><td>次回</td><td>調整中</td></tr></table>"
)


def _lines(form: str, *, apart: bool = False) -> str:
    people = [name if apart else name.replace(" ", "") for name in PEOPLE]
    return "\n".join(form.format(i=i % 9 + 1, name=name, at="@") for i, name in enumerate(people))


def _table(heads: str, row: str) -> str:
    rows = "".join(
        f"<tr><td>{row.replace('|', '</td><td>')}</td></tr>\n".format(i=i, name=n) for i, n in enumerate(PEOPLE)
    )
    return f"<table><tr><td>{heads.replace('|', '</td><td>')}</td></tr>\n{rows}</table>"


SLOTS = [
    Case(
        "log", 10, _lines('2026-01-0{i} 10:0{i}:11 INFO [subscribe] user="{name}" mail=<a{i}x{at}example.jp> area=東部')
    ),
    Case("postcards", 10, _lines("254-000{i} 本町{i}-2-3 {name} 4{i}歳 答え:2 感想:いつも楽しみ")),
    Case("minutes", 10, _lines("({i}) 申請者 {name}(平塚市本町{i}-2-3) 世帯人数3人、総所得200万円。認定とする。")),
    Case("calls", 10, _lines("8:1{i}　{name}様　本町{i}-2-3　　学習机　800円　→1/20(火)収集")),
    Case("ambulance", 10, _lines("[{i}] 覚知 10:1{i}\n    傷病者 {name} 男 7{i}才  主訴 胸痛\n    収容 市民病院\n")),
]
LAID = [
    Case("cards", 10, "".join(CARD.format(i=i % 9 + 1, name=name) for i, name in enumerate(PEOPLE)), "a.html"),
    Case("visits", 10, _table("月日|訪問先（氏名・年齢）|住所|様子", "1/{i}|{name}（7{i}）||元気"), "a.html"),
    Case(
        "turned",
        3,
        "項目,相談者1,相談者2,相談者3\n氏名," + ",".join(p.name for p in C[:3]) + "\n電話," + ",".join(p.mobile for p in C[:3])
        + "\n住所," + ",".join(p.short for p in C[:3]) + "\n相談内容,就労,家計,就労\n",
        "a.csv",
    ),
    Case(
        "halves",
        3,
        "番号,氏名,,性別,身長,体重,視力,\n,姓,名,,cm,kg,右,左\n"
        + "".join(f"{p.i},{p.surname},{g},女,13{p.i}.2,3{p.i}.1,A,B\n" for p, g in zip([C[1]] * 3, ("花子", "恵", "結衣"), strict=True)),
        "a.csv",
    ),
    Case("insured", 10, "No.,被保険者,,備考\n,番号,氏名,\n" + _lines("{i},000012340{i},{name},", apart=True), "a.csv"),
]  # fmt: skip
LEDGER = (
    "<table><tr><td>義務者コード</td><td>1234{i}</td><td>氏名又は名称</td><td>{name}</td></tr>"
    "<tr><td>住所又は所在</td><td>本町{i}-2-3</td><td>共有者</td><td></td></tr>"
    "<tr><td>区分</td><td>所在地番</td><td>地目・種類</td><td>評価額</td></tr>"
    + "<tr><td>土地</td><td>字前田12</td><td>田</td><td>1,200</td></tr>" * 4
    + "</table>"
)
CUT = "地番,1{i},面談日,令和7年9月2{i}日\n権利者氏名,{name},続柄,本人\n住所,本町{i}-2-3,電話,\n場所,会議室,職員,用地係\n\n"
LAID += [
    Case("ledgers", 10, "".join(LEDGER.format(i=i % 9 + 1, name=name) for i, name in enumerate(PEOPLE)), "a.html"),
    Case(
        "key persons",
        20,
        "利用者名,性,介護度,キーパーソン,KP電話\n"
        + "".join(f"{n},女,要介護{i % 5 + 1},{n.split()[0]} 花乃（長女）,090-1234-56{i}0\n" for i, n in enumerate(PEOPLE)),
        "a.csv",
    ),
    Case("taps", 10, "水栓番号,使用者名,設置場所,口径\n" + _lines("0012{i}-1,{name},本町{i}-2-3,20", apart=True), "a.csv"),
    Case("brackets", 10, "区画,氏名,住所,期間\n,（カナ）,（電話）,\n" + _lines("A-{i},{name},本町{i}-2-3,R8.3まで\n,（アイ ウエオ）,（090-1234-56{i}0）,", apart=True), "a.csv"),
    Case("ruined homes", 10, "受付№,申請者,,罹災住家,判定\n,氏名,電話,所在地,\n" + _lines("{i},{name},,平塚市本町{i}番地,半壊", apart=True), "a.csv"),
]  # fmt: skip
LAID += [
    Case(
        "bare lots",
        13,
        _lines("({i}) 申請者 {name}(平塚市本町{i}-2-3) 世帯人数3人。認定とする。")
        + "".join(f"\n(1{i}) 申請者 {n}(緑が丘1{i}30) 世帯人数3人。認定とする。" for i, n in enumerate(["纐纈典膳", "躑躅森叶和", "栗花落妃奈"])),
    ),
]  # fmt: skip
ROOMS = "254-000{i} 平塚市本町{i}-2-3 コーポ春40{i}号室 {name} 4{i}歳 答え:2 感想:いつも楽しみ"
LAID += [Case("rooms", 10, _lines(ROOMS))]
NOBODY = [
    Case(
        "dogs",
        0,
        "鑑札番号,犬の名前,犬種,性別,生年月日,飼い主氏名\n"
        + _lines("12{i},レオ,柴犬,オス,H2{i}.5.1,{name}", apart=True),
        "a.csv",
    ),
    Case("machines", 0, "番号,設置場所,型式,管理業者\n" + _lines("{i},本町{i}-2-3,XJ-{i}00,湘南防災設備"), "a.csv"),
    Case("shops", 0, _lines("{i}. 加盟店 喫茶もみの木{i}号店(本町{i}-2-3) 0463-21-11{i}0")),
    Case("works", 0, _lines("({i}) 作者 {name}(油彩) 朝の港 市長賞")),
]


@pytest.mark.parametrize("case", [*SLOTS, *LAID, *NOBODY], ids=lambda case: case.id)
def test_people_are_counted_as_town_halls_lay_them_out(case: Case, ruleset: Ruleset) -> None:
    found = inspected(case, ruleset)
    assert (found.subjects, found.inspected) == (case.people, True), found.counts


def test_a_form_may_begin_on_the_page_before(ruleset: Ruleset) -> None:
    forms = _lines(CUT, apart=True).split("\n")
    rows = [line.split(",") if line else ["", "", "", ""] for line in forms[2:]]  # without the first one's name
    table = "".join(f"<tr><td>{'</td><td>'.join(row)}</td></tr>" for row in rows)
    found = inspected(Case("cut", 9, f"<table>{table}</table>", "a.html"), ruleset)
    assert found.subjects == 9
    assert found.counts["address"] == 9


def test_who_belongs_to_a_class_is_named_without_it(ruleset: Ruleset) -> None:
    text = "".join(
        f"3年{i}組の{name}(平成25年3月{i}日生、男)は、登校している。\n" for i, name in enumerate(PEOPLE[3:7], 1)
    )
    twice = text + "".join(f"{name}(平成25年3月{i}日生)\n" for i, name in enumerate(PEOPLE[3:7], 1))
    assert inspected(Case("classes", 4, twice), ruleset).subjects == 4


def test_a_level_of_care_is_no_address(ruleset: Ruleset) -> None:
    rows = _lines("{i},{name},S1{i}.2.3,要介護{i}", apart=True)
    found = inspected(Case("care", 10, f"番号,氏名,生年月日,認定情報\n{rows}", "a.csv"), ruleset)
    assert (found.subjects, found.counts.get("address", 0)) == (10, 0)
    assert found.counts["sensitive"] == 10
