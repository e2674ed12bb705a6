"""People named by what stands before them in a line: labels parted by commas, a party's word, an account, Mr. and Ms."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product

import pytest

from dlp.extract.blocks import Text
from dlp.extract.plain import keyed
from dlp.extract.plain.text import blocks_of
from dlp.subjects.counter import Count

#: Names no list knows, and names of a list.
NAMES = ("霞見 壮太", "碧江 楓子", "佐藤花子")
MOBILE = "090-1234-5{n:03}"
SIGNS = ("：", ":", "=", "＝", " ")
BETWEEN = ("、", ", ", ",", "; ", "；", "　", " / ", "｜")


@pytest.mark.parametrize(("sign", "between"), list(product(SIGNS, BETWEEN)))
def test_labels_of_one_line_whatever_parts_them(count: Callable[..., Count], sign: str, between: str) -> None:
    """One line and several: name, birth and telephone are one person's."""
    if sign == " " and between in (",", "；", "｜"):
        pytest.skip("a blank after the label, and none after the sign between: nobody writes so")
    rows = [
        between.join((f"氏名{sign}{name}", f"生年月日{sign}19{60 + n}/06/11", f"電話番号{sign}{MOBILE.format(n=n)}"))
        for n, name in enumerate(NAMES)
    ]
    for lines in (rows[:1], rows[1:2], rows):
        found = count(Text("\n".join(lines)))
        assert found.subjects == len(lines)
        assert found.counts["birth_date"] == found.counts["phone"] == len(lines)


@pytest.mark.parametrize(
    "line",
    [
        "name=霞見壮太 birth=1975/06/11 tel=090-1234-5678",
        'name="霞見壮太" birth="1975/06/11" tel="090-1234-5678"',
        "name=霞見壮太&birth=1975/06/11&tel=090-1234-5678",
        "Name: Nguyen Thi Lan, DOB: 1995/06/11, Tel: 080-1234-0987",
        "Name: John Smith, Date of birth: 1995/06/11, Phone number: 080-1234-0987",
        "Mr. John Smith, born 1995/06/11, phone 080-1234-0987",
        "Ms. Nguyen Thi Lan (080-1234-0987)",
        "Applicant: Silva Carlos Eduardo, DOB 1988/01/30, tel 090-5678-4321",
    ],
)
def test_programs_and_foreigners_write_labels_too(count: Callable[..., Count], line: str) -> None:
    assert count(Text(line)).subjects == 1


def test_a_label_of_several_words_is_no_part_of_the_name_before_it(count: Callable[..., Count]) -> None:
    found = count(Text("Name: John Smith, Date of birth: 1995/06/11"))
    assert (found.subjects, found.counts) == (1, {"name": 1, "birth_date": 1})


@pytest.mark.parametrize("party", ["接種者", "被保険者", "患者", "届出人", "名義人", "氏名", "児童"])
@pytest.mark.parametrize("day", ["昭和52年5月5日", "S52.5.5", "1977/5/5", "平成7年5月5日"])
def test_a_day_right_after_a_partys_name_is_a_birth(count: Callable[..., Count], party: str, day: str) -> None:
    found = count(Text(f"{party} 霞見 壮太 {day} モデルナ3回目\n{party} 碧江 楓子 {day} ファイザー4回目"))
    assert found.subjects == found.counts["birth_date"] == 2


@pytest.mark.parametrize(
    "line",
    [
        "氏名 霞見 壮太 昭和50年4月1日就任",
        "申請者 霞見 壮太 平成9年4月1日 申請",
        "申請者 霞見建設 0463-22-1111",
        "申請者 株式会社霞見 0463-22-1111",
        "利用者 霞見公民館 0463-22-1111",
        "届出人 霞見市 0463-22-1111",
        "施設管理者 霞見 壮太 0463-22-1111",
        "申請者 霞見 壮太 令和6年5月9日",
    ],
)
def test_what_a_party_is_or_did_makes_nobody(count: Callable[..., Count], line: str) -> None:
    assert count(Text(line)).subjects == 0


@pytest.mark.parametrize(
    "line",
    [
        "霞銀行 霞台支店 普通 {account} カスミ ソウタ 35,000円",
        "霞銀行 本店営業部 普通 {account} カスミ ソウタ",
        "振込先：霞銀行 本店営業部 普通預金 口座番号{account} 名義 カスミ ソウタ",
        "口座 霞銀行霞台支店 普通{account} 名義 カスミ ソウタ",
        "霞銀行 霞台支店 普通 {account} 佐藤 花子 35,000円",
        "佐藤 花子 普通 {account}",
    ],
)
def test_whose_an_account_is(count: Callable[..., Count], line: str) -> None:
    found = count(Text(line.format(account=1234567)))
    assert (found.subjects, found.counts.get("bank_account")) == (1, 1)
    assert (
        count(
            Text(line.format(account=1234567).replace("カスミ ソウタ", "カ)カスミ").replace("佐藤 花子", ""))
        ).subjects
        == 0
    )


FOREIGN = (
    ("Nguyen Thi Lan", "1995/06/11", "080-1234-0987"),
    ("Silva Carlos Eduardo", "1988/01/30", "090-5678-4321"),
    ("Tran Van Hung", "1991/12/05", "080-1111-2323"),
    ("Maria Santos", "1979/03/15", "070-2222-3434"),
    ("Li Wei", "2001/08/08", "090-3333-4545"),
)


@pytest.mark.parametrize("sign", [", ", "\t", "; ", "|"])
@pytest.mark.parametrize("title", ["", "Ms. "])
@pytest.mark.parametrize("people", [2, 3, 5])
def test_a_list_of_foreign_residents_needs_no_header(
    count: Callable[..., Count], people: int, title: str, sign: str
) -> None:
    rows = [title + sign.join(person) for person in FOREIGN[:people]]
    assert count(Text("\n".join(rows))).subjects == people


@pytest.mark.parametrize(
    "rows",
    [
        "Harry Potter, 1997/06/26, 3500\nWar and Peace, 1869/01/01, 4200\nDon Quixote, 1905/01/16, 2800",
        "Canon Eos Kiss, 2019/06/26, 0463-21-1111\nNikon Fifty, 2009/01/01, 0463-21-1112\nSony Seven, 2001/01/16, 0463-21-1113",
    ],
)
def test_goods_and_books_in_latin_letters_are_nobody(count: Callable[..., Count], rows: str) -> None:
    assert count(Text(rows)).subjects == 0


def test_an_address_by_prefecture_and_bare_lot(count: Callable[..., Count]) -> None:
    for where in ("神奈川県碧野町霞台22", "北海道霞市碧野町5", "東京都霞区碧野町12"):
        found = count(Text(f"佐藤 花子（{where}）"))
        assert (found.subjects, found.counts.get("address")) == (1, 1), where


def test_a_form_of_two_kinds_of_blanks_is_one_form(count: Callable[..., Count]) -> None:
    found = count(Text("申請者\n氏名　　霞見　壮太\n住所　　碧野市霞台3丁目12番7号\n生年月日　昭和44年2月3日"))
    assert (found.subjects, found.counts) == (1, {"name": 1, "address": 1, "birth_date": 1})


def test_a_label_above_lines_already_read_waits_for_no_other(count: Callable[..., Count]) -> None:
    """飼い主 stands over the owner's name; the dog's is not the owner's."""
    text = "飼い主\n　氏　名　　霞見　壮太\n　住　所　　碧野市霞台3丁目12番7号\n犬の名前　ポチ\n犬の種類　柴犬\n生年月日　令和4年2月"
    assert count(Text(text)).subjects == 1


@pytest.mark.parametrize("heading", ["アレルゲン", "除去食品", "エピペン"])
def test_allergens_are_said_of_a_child(count: Callable[..., Count], heading: str) -> None:
    found = count(Text(f"出席番号,児童氏名,{heading}\n3,霞見 壮太,卵\n9,碧江 楓子,乳・小麦\n17,佐藤 花子,そば"))
    assert (found.subjects, found.counts.get("sensitive")) == (3, 3)


@pytest.mark.parametrize("mark", ["", "1.", "1. "])
@pytest.mark.parametrize("between", ["\n", "\n\n"])
def test_labelled_lines_below_a_name_alone(count: Callable[..., Count], mark: str, between: str) -> None:
    names = ("霞見 壮太", "碧江 楓子", "佐藤 大介", "碧江 澪")
    blocks = [
        f"{mark.replace('1', str(n + 1))}{name}\n電話：{MOBILE.format(n=n)}\n住所：碧野市霞台1-2-{n}\n備考：なし"
        for n, name in enumerate(names)
    ]
    found = count(Text(between.join(blocks)))
    assert (found.subjects, found.counts["phone"], found.counts["address"]) == (4, 4, 4)


@pytest.mark.parametrize(
    "heads",
    [
        ("総務課", "税務課", "福祉課"),
        ("霞公民館", "碧図書館", "鏡体育館"),
        ("夏祭り", "花火大会", "盆踊り"),
        ("市長\n霞見 壮太", "副市長\n碧江 楓子", "教育長\n佐藤 大介"),
        ("山田屋", "田中書店", "寿司政"),
    ],
)
def test_labelled_lines_below_what_is_nobody(count: Callable[..., Count], heads: tuple[str, ...]) -> None:
    text = "\n".join(f"{head}\n住所：碧野市霞台1-2-{n}\n電話：0463-21-111{n}" for n, head in enumerate(heads))
    assert count(Text(text)).subjects == 0


PEOPLE = [(f"霞見 {end}", f"19{60 + n}/06/11", MOBILE.format(n=n)) for n, end in enumerate("壮大介翔也彦雄司蓮湊")]


@pytest.mark.parametrize("note", ["R=1.0 L=0.8", "身長=170 体重=60", "a=1 b=2 c=3"])
@pytest.mark.parametrize("sign", [",", "\t"])
def test_a_column_that_holds_pairs_is_one_column(count: Callable[..., Count], note: str, sign: str) -> None:
    rows = [sign.join((*person, note)) for person in PEOPLE]
    table = [row.split(sign) for row in (sign.join(("氏名", "生年月日", "電話", "備考")), *rows)]
    assert keyed.rows_of("\n".join(map(sign.join, table))) is None
    assert count(Text("\n".join(map(sign.join, table)))).subjects == len(PEOPLE)


@pytest.mark.parametrize("quotes", ["''", "「」", '""'])
def test_values_in_any_quotes(count: Callable[..., Count], quotes: str) -> None:
    a, b = quotes
    rows = [f"氏名={a}{name}{b} 生年月日={a}{day}{b} 電話={a}{phone}{b}" for name, day, phone in PEOPLE]
    assert count(Text("\n".join(rows))).subjects == len(PEOPLE)


def test_a_labelled_line_may_end_as_a_sentence(count: Callable[..., Count]) -> None:
    for sign in ("：", " ", "＝"):
        rows = [f"氏名{sign}{name}、生年月日{sign}{day}。" for name, day, _ in PEOPLE]
        assert count(Text("\n".join(rows))).subjects == len(PEOPLE), sign


def test_no_value_of_a_line_of_pairs_is_left_out() -> None:
    """A key that comes again, and more keys than any table has."""
    found = keyed.rows_of(
        'name="app" id="1" name="霞見 壮太" tel="090"\nname="app" id="2" name="碧江 楓子" tel="091"\n' * 3
    )
    assert found is not None
    assert any("霞見 壮太" in row for row in found[0])
    many = "\n".join(f'a="1" b="2" z{n}="x" y{n}="x" x{n}="x" w{n}="x"' for n in range(80))
    assert keyed.rows_of(many) is None


@pytest.mark.parametrize(
    "text",
    [
        "{'a':'b','c':'d'}" + "\n" * 60_000,
        "INSERT INTO t VALUES (1);\nCREATE TABLE t (a COMMENT " + "'a'" * 40 + "\n",
        "\\begin{tabular}" * 13_000,
        "\\begin{tabular}" + "\\\\[" * 50_000,
        "a=1 b=1" + " " * 15_000 + "x\na=1 b=1" + " " * 15_000 + "x",
        "■a" + " " * 80_000 + "1",
        "県あ" * 40_000,
        "1234567890平成5年4月1日" * 50_000,
    ],
    ids=["repr", "comments", "begins", "rows", "pairs", "head", "prefectures", "figures"],
)
def test_hostile_lines_end_soon(count: Callable[..., Count], text: str) -> None:
    """Each took more than ten seconds, one of them for 160 bytes; the test's own time limit tells."""
    assert count(*blocks_of(text)).subjects == 0


def test_people_of_one_line_are_looked_for_beside_what_is_said(count: Callable[..., Count]) -> None:
    """Of twenty thousand names in a line those near a telephone alone: all of them took minutes."""
    assert count(*blocks_of("佐藤花子（090-1234-5678 " * 20_000)).subjects == 1


@pytest.mark.parametrize(
    "honour", ["様", " 様", "　殿", "様（被保険者番号 000004722{n}）", " 様（お客様番号：12-{n}）"]
)
@pytest.mark.parametrize("label", ["住所", "ご住所", "生年月日"])
def test_who_a_letter_is_addressed_to_has_the_fields_below(
    count: Callable[..., Count], honour: str, label: str
) -> None:
    """Letters put one after another, whose text goes on below the fields."""
    letter = "納付のお願い\n{name}{honour}\n\n{label}：{value}\n未納額：49,000円\n至急納付してください。\n\n\n"
    values = ["昭和41年11月6日" if label == "生年月日" else "葭江{n}丁目7番21号"] * 3
    texts = [
        letter.format(name=name, honour=honour.format(n=n), label=label, value=value.format(n=n + 1))
        for n, (name, value) in enumerate(zip((*NAMES[:2], "佐藤　花子"), values, strict=True))
    ]
    assert count(Text("".join(texts))).subjects == len(texts)


@pytest.mark.parametrize("head", ["保護者 様", "株式会社霞見 様", "各位", "利用者 様（申込番号 12）"])
def test_who_is_addressed_by_no_name_is_nobody(count: Callable[..., Count], head: str) -> None:
    letters = (f"お知らせ\n{head}\n住所：葭江{n}丁目7番21号\n至急お読みください。\n\n" for n in range(1, 6))
    assert count(Text("".join(letters))).subjects == 0


@pytest.mark.parametrize("sign", ["／", " / ", "/"])
def test_who_is_what_of_several_people_of_a_line(count: Callable[..., Count], sign: str) -> None:
    """Parted by strokes, by whichever label and name, in few lines."""
    lines = (
        f"依頼会員：{NAMES[n]}（0494-23-45{n}1）{sign}提供会員：{name}（0494-24-45{n}2）　送迎"
        for n, name in enumerate(("葭江　ひなた", "チャン ドゥック アン", "槙　恵一"))
    )
    found = count(Text("\n".join(lines)))
    assert found.counts["name"] == found.subjects
    assert found.counts["phone"] == found.subjects == 6


@pytest.mark.parametrize("kin", [("母", "児"), ("世帯主", "長男"), ("妻", "夫")])
@pytest.mark.parametrize(
    "below", ["　住所　葭江{n}-7-21　TEL 0494-23-45{n}1", "　住所　　TEL 0494-23-45{n}1", "住所：葭江{n}-7-21"]
)
def test_two_of_a_family_on_one_line_above_fields(
    count: Callable[..., Count], kin: tuple[str, str], below: str
) -> None:
    """The fields are the first one's, of whom nothing is said on the line; an empty one is nobody's."""
    rows = [
        f"●4月{n}日 10時\n　{kin[0]}　{name}　　{kin[1]}　碧江　楓（R7.4.{n}生 3210g）\n{below.format(n=n)}\n　特記なし\n"
        for n, name in enumerate(("霞見 壮太", "佐藤　花子", "葭江　ひなた"), 1)
    ]
    found = count(Text("\n".join(rows)))
    assert found.subjects == 6
    assert found.counts["birth_date"] == 3
