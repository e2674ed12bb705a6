"""Counts that readers found wrong: whose name, value or telephone it is, and what is no person's at all."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence

import polars as pl
import pytest

from dlp.detect.ruleset import Ruleset
from dlp.extract.blocks import Table, Text
from dlp.subjects.counter import Count, Counter
from dlp.subjects.forms import forms
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


@pytest.mark.timeout(20)
def test_where_pairs_of_a_line_begin_is_found_in_one_pass() -> None:
    """Signs between pairs, and no pair: from each of them all that follow were looked at."""
    for sign in (" ", " ,", "/ ", "&"):
        line = "a=b" + sign * 200_000 + "c:d=e"
        end = line.index("c:d")
        assert [m.end() for m in forms._NEXT_EQUAL.finditer(line)] == [0, end]
        assert [*forms._labels(line), *(m.end() for m in forms._NEXT_LATIN.finditer(line))] == [end]
    assert forms._starts("氏名=霞見壮太 電話=090-1111-2222、住所=霧ヶ森1") == [0, 8, 25]


@pytest.mark.parametrize("label", ["DOB: ", "DOB ", "生年月日：", "Date of Birth="])
def test_cells_that_carry_their_heading(ruleset: Ruleset, label: str) -> None:
    names = "Kenji Tanaka,Nguyen Van An,Silva Maria,Lee Min,Santos Jose,Ono Hanako,Gurung Ram".split(",")
    rows = [(name, f"{label}19{60 + i}-04-1{i}") for i, name in enumerate(names)]
    for sign, file in ((",", "a.csv"), ("\t", "a.txt"), (" | ", "a.txt")):
        listed = "\n".join(map(sign.join, rows))
        assert _subjects(ruleset, listed, file) == 7
        assert _subjects(ruleset, f"Name{sign}Details\n{listed}", file) == 7
    parts = "ka mi to no ra shi su ne ho yu".split()
    spelled = (
        f"{a}{b}{c}".title() + f" {c}{a}{d}".title() for a in parts for b in parts for c in parts for d in parts[:4]
    )
    large = pl.DataFrame(
        [(name, f"{label}19{i % 40 + 50}-0{i % 9 + 1}-1{i % 10}") for i, name in enumerate(spelled)],
        schema={"c0": pl.String, "c1": pl.String},
        orient="row",
    )
    counter = Counter(ruleset, b"k")
    counter.feed(("x",), Table(large))
    assert counter.result().counts["birth_date"] == 4000
    notes = [["会場", "備考"], *([f"第{i}会議室", f"電話：0463-22-11{i}0"] for i in range(1, 8))]
    counter = Counter(ruleset, b"k")
    counter.feed(("x",), Table(frame(notes)))
    assert counter.result().subjects == 0


def test_how_somebody_is_who_is_away(count: Counted) -> None:
    away = "本日の欠席\n2-1 谷口 楓 発熱38.5℃ 母より電話\n2-3 大西 隼人（インフルエンザA型）父より\n3-2 平野 彩さん　胃腸炎\n"
    found = count(Text(away))
    assert found.subjects == found.counts["sensitive"] == 3
    for said in (
        "講師 谷口 楓 インフルエンザ予防講演会\n",
        "谷口 楓 インフルエンザ対策室\n",
        "今週は発熱・胃腸炎の欠席が多い。谷口 楓\n",
        "出演：平野 彩（認知症サポーター）\n",
    ):
        assert count(Text(said)).subjects == 0, said


@pytest.mark.parametrize("label", ["内容", "状態", "結果", "認定", "備考"])
def test_a_level_of_care_under_any_label(count: Counted, label: str) -> None:
    assert count(Text(f"氏名：霞見 壮太\n{label}：要介護3\n")).counts == {"name": 1, "sensitive": 1}
    assert count(Text(f"谷口 恵 様\n{label}：要支援2\n")).subjects == 1
    assert count(Text(f"氏名：霞見 壮太\n{label}：要介護3以上の方\n")).subjects == 0


@pytest.mark.parametrize("head", ["({i}) {name}", "{i}. {name}", "{name}", "■{name}"])
@pytest.mark.parametrize(
    "below", ["新住所 霧ヶ森{i}-2-3", "住所：霧ヶ森{i}-2-3\n電話 {phone}", "電話 {phone}\n住所 霧ヶ森{i}-2-3"]
)
def test_a_name_and_labelled_lines_below_it(count: Counted, head: str, below: str) -> None:
    names = "谷口 恵,赤坂 健太,北川 修,大西 真弓,平野 彩".split(",")
    if head == "{name}" and below.startswith("電話"):
        return  # as signatures of staff begin; of many it is told by each other
    for many in (2, 5):
        text = "\n".join(f"{head}\n{below}".format(i=i + 1, name=names[i], phone=PHONES[i]) for i in range(many))
        assert count(Text(text)).subjects == many, text
    for nobody in ("開催概要", "中央公民館", "総務課 庶務係"):
        assert count(Text(f"{head}\n{below}".format(i=1, name=nobody, phone="0463-22-1110"))).subjects == 0


def test_who_is_in_the_news_is_in_his_function(count: Counted) -> None:
    for said in (
        "平塚市議の谷口恵氏（63）は欠席した。",
        "大磯町長の赤坂健太氏（45）が当選した。",
        "北川修代議士（70）",
    ):
        assert count(Text(said)).subjects == 0, said
    assert count(Text("平塚市の谷口恵さん（63）は欠席した。")).subjects == 1


def test_a_lone_surname_is_no_data_subject(count: Counted) -> None:
    """By the issue, surname and given name with another attribute are one."""
    assert count(Text("・谷口様 090-1111-2222\n・赤坂様 080-1111-2222\n")).subjects == 0


def test_a_town_in_brackets_after_a_name(count: Counted) -> None:
    for said in (
        "寄附者：宝木 明夫（平塚市豊原町1番地）10万円、谷口 恵（大磯町国府本郷22）5万円",
        "旧所有者　谷口 恵（平塚市山下500）\n新所有者　赤坂 健太（神奈川県平塚市山下500）",
        "訪問先 大西 真弓 様宅（豊田本郷1800）\n訪問先 赤坂 健太 様方（豊田本郷1801）",
    ):
        assert count(Text(said)).counts == {"name": 2, "address": 2}, said
    assert count(Text("谷口 恵（平塚市役所第3会議室）\n赤坂 健太（大磯町議会12月定例会）")).subjects == 0


def test_what_he_is_to_the_household_stands_before_his_name(count: Counted) -> None:
    text = "世帯票　北町3-3\n" + "".join(
        f"{kin} 谷口 {given} {born} {sex}\n"
        for kin, given, born, sex in (("世帯主", "恵", "S45.5.5", "男"), ("妻", "楓", "S47.6.6", "女"), ("長男", "岳", "H12.7.7", "男"), ("母", "フサ", "S18.9.9", "女"))
    )  # fmt: skip
    assert count(Text(text)).counts == {"name": 4, "birth_date": 4, "sex": 4}
    assert count(Text("孫 正義 S32.8.11 男\n谷口 恵 S45.5.5 女\n赤坂 健太 S50.1.1 男")).subjects == 3


def test_an_age_and_what_else_stands_behind_it(count: Counted) -> None:
    assert count(Text("氏名 谷口 恵　年齢 80歳　身長 162cm\n")).counts == {"name": 1, "age": 1}
    assert count(Text("氏名 谷口 恵　年齢 80歳 以上\n")).subjects == 0


def test_words_of_forms_are_nobody(count: Counted) -> None:
    for said in (
        "・男性 谷口氏 0463-90-1122 隣家の騒音",
        "住宅　中原団地 2-305",
        "主訴 胸痛 既往 高血圧、糖尿病",
        "新名義人\n住宅　中原団地 2-305",
    ):
        assert count(Text(said)).subjects == 0, said


def test_a_line_that_shows_how_to_write_is_of_nobody_and_hides_no_list(count: Counted) -> None:
    shown = "1 氏名・住所・電話番号を確認する。\n2 例）谷口恵 様　平塚市浅間町9-1　0463-22-1111\n"
    assert count(Text(shown)).subjects == 0
    names = "谷口恵,赤坂健太,北川修,大西真弓,平野彩".split(",")
    hidden = "".join(f"例）{name} 様　霧ヶ森{i}-1　{PHONES[i]}\n" for i, name in enumerate(names))
    assert count(Text(hidden)).subjects == 5


@pytest.mark.parametrize(("heading", "mobile", "subjects"), [("携帯", 2, 12), ("携帯", 0, 0), ("電話番号", 2, 0)])
def test_who_takes_turns_has_a_telephone_that_is_carried(
    ruleset: Ruleset, heading: str, mobile: int, subjects: int
) -> None:
    """At home many still have none: of those under 携帯 a third may be mobile ones."""
    rows = [f"日付,当番①,{heading},当番②,{heading}"]
    for i, (one, other) in enumerate(zip(PEOPLE, OTHERS, strict=True)):
        phones = [PHONES[i], PHONES[i + 6]] if i < mobile else [f"0463-21-11{i:02}", f"0463-22-11{i:02}"]
        rows.append(f"10/{i + 1},{''.join(one)},{phones[0]},{''.join(other)},{phones[1]}")
    assert _subjects(ruleset, "\n".join(rows), "a.csv") == subjects


_STREET = [f"平塚市浅間町{i + 1}-2-3" for i in range(6)]


@pytest.mark.parametrize(
    ("name", "head", "row", "tail"),
    [
        ("a.html", "<body><div>", "<div><div>{a}<!-- --> <!-- -->{b}</div><div>{place}</div><div>{phone}</div></div>", "</div>"),
        ("a.txt", "", "{a} {b} 対 平塚市 損害賠償請求事件 原告住所 {place}\n", ""),
    ],
    ids=["comments of a page", "suits"],
)  # fmt: skip
def test_nobody_is_lost_to_a_reader_of_something_else(
    ruleset: Ruleset, name: str, head: str, row: str, tail: str
) -> None:
    """A reader counted none of them: a text behind a comment, what UPDATE sets, a score that a house number was."""
    rows = (row.format(a=a, b=b, place=_STREET[i], phone=PHONES[i]) for i, (a, b) in enumerate(PEOPLE))
    assert _subjects(ruleset, head + "".join(rows) + tail, name) == 6


def test_what_an_update_sets_is_no_table_of_two_columns(ruleset: Ruleset) -> None:
    """Nobody was counted. (Read as running text one of six is taken for two.)"""
    rows = (
        f"UPDATE meibo SET 住所='{_STREET[i]}', 電話='{PHONES[i]}' WHERE 氏名='{a} {b}';\n"
        for i, (a, b) in enumerate(PEOPLE)
    )
    assert _subjects(ruleset, "".join(rows), "a.sql") in (6, 7)


def test_words_that_are_names_as_well_make_no_shop(ruleset: Ruleset) -> None:
    names = ["Michael Barber", "Nail Akhmetov", "Beauty Moyo", "Rivka Bar", "Ruth Bank", "Union Okafor"]
    rows = "".join(f"{name},米国,永住者,198{i}/04/1{i},{_STREET[i]}\n" for i, name in enumerate(names))
    assert _subjects(ruleset, f"氏名,国籍,在留資格,生年月日,住所\n{rows}", "a.csv") == 6


def test_a_year_at_school_is_no_house(ruleset: Ruleset) -> None:
    schools = ["平塚市立浜岳中1", "平塚市立春日野中2", "平塚市崇善小3", "厚木市三田小5", "大磯町国府2", "平塚市リーグ1"]
    rows = "".join(
        f"{i + 1} {a}{b}（{school}）\n" for i, ((a, b), school) in enumerate(zip(PEOPLE, schools, strict=True))
    )
    assert _subjects(ruleset, "結果\n" + rows) == 0


@pytest.mark.parametrize(
    "text", ['x = ["a"]\n' + "cell" * 25_000, "浅間町1-2-3" + " 対" * 20_000], ids=["cells", "sides"]
)
def test_hostile_words_end_soon(ruleset: Ruleset, text: str) -> None:
    """Half a minute each; the test's own time limit tells."""
    assert _subjects(ruleset, text) == 0


@pytest.mark.parametrize(("times", "kind"), [(1, "氏名"), (1, "口座名義"), (30, "氏名"), (30, "口座名義")])
def test_a_name_of_two_words_is_no_body_that_both_together_spell(ruleset: Ruleset, times: int, kind: str) -> None:
    """大汲 愛 is no union (クミアイ), 親野 花衣 no parents' club; a town's name with a blank in it is somebody's."""
    names = ["オオクミ アイ", "オヤノ カイ", "サトウ ケンイチ", "スズキ ミサキ", "タナカ ハナコ", "アサクラ ブンタ"]
    bodies = [
        "ヒラツカ クラブ",
        "アサヒクミアイ",
        "サクラ コドモカイ",
        "ヒガシ ジチカイ",
        "ミドリ サークル 様",
        "ニシクラブ",
    ]

    def listed(cells: Sequence[str]) -> str:
        return "".join(f"0005,001,{1234560 + i},{cell}\n" for i, cell in enumerate([*cells] * times))

    head = f"銀行コード,支店コード,口座番号,{kind}\n"
    assert _subjects(ruleset, head + listed(names), "a.csv") == 6 * times
    assert _subjects(ruleset, head + listed(bodies), "a.csv") == 0


@pytest.mark.parametrize("times", [1, 30])
def test_a_blank_makes_a_name_of_a_town(ruleset: Ruleset, times: int) -> None:
    def listed(names: Sequence[str]) -> str:
        rows = (f"{name},平塚市浅間町{i + 1}-2,090-{i:04}-1111\n" for i, name in enumerate([*names] * times))
        return "氏名,住所,電話\n" + "".join(rows)

    people = ["上山 市", "原 告", "佐藤 健一", "鈴木 美咲", "上山　市 様", "霞見 壮太"]
    assert _subjects(ruleset, listed(people), "a.csv") == 6 * times
    assert _subjects(ruleset, listed([*people[2:4], *people[5:], "上山市", "平塚市", "申請者"]), "a.csv") == 3 * times


def test_who_was_born_is_no_club(ruleset: Ruleset) -> None:
    names = ["オオクミアイ", "アリマクラブ", "オヤノカイ", "サトウケンイチ", "スズキミサキ", "タナカハナコ"]
    rows = "".join(f"{name},198{i}/04/1{i},{PHONES[i]}\n" for i, name in enumerate(names))
    assert _subjects(ruleset, f"フリガナ,生年月日,電話\n{rows}", "a.csv") == 6
    assert _subjects(ruleset, f"氏名,生年月日,電話\n{rows}", "a.csv") == 6


@pytest.mark.parametrize(
    "text",
    [
        "欠席者\n" + "".join(f"{a} {b} インフルエンザ\n" for a, b in PEOPLE),
        "糖尿病教室 参加者名簿\n" + "".join(f"{a} {b} 糖尿病\n" for a, b in PEOPLE),
        "採用候補者名簿\n受験番号,氏名,生年月日\n"
        + "".join(f"{i},{a} {b},昭和5{i}年4月1日\n" for i, (a, b) in enumerate(PEOPLE)),
        "支持者名簿\n氏名,支持政党,年齢\n" + "".join(f"{a} {b},無所属,{50 + i}\n" for i, (a, b) in enumerate(PEOPLE)),
        "".join(f"{a} {b} 様\n{_STREET[i]}\n{PHONES[i]}\n定休日：月曜\n\n" for i, (a, b) in enumerate(PEOPLE)),
    ],
    ids=["away", "patients", "candidates for a post", "supporters", "who works in a shop"],
)
def test_people_beside_words_of_others_are_counted(ruleset: Ruleset, text: str) -> None:
    """Doctors, councillors and shops are nobody; who is ill, stands for a post or votes is somebody."""
    assert _subjects(ruleset, text, "a.csv" if "," in text else "a.txt") == 6


def test_a_long_list_is_of_no_council(ruleset: Ruleset) -> None:
    rows = "".join(
        f"{PEOPLE[i % 6][0]}{OTHERS[i // 6 % 6][1]},会,1970/{1 + i // 28}/{1 + i % 28}\n" for i in range(120)
    )
    assert _subjects(ruleset, f"氏名,会派,生年月日\n{rows}", "a.csv") == 120
