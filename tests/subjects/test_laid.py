"""Sheets laid out as pages: cards side by side, one letter a box, grids inside cards; and what ends a signature."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import pytest

from dlp.detect.ruleset import Ruleset
from dlp.extract.blocks import Table, Text
from dlp.extract.plain.text import frame_of
from dlp.inspection import Inspection, inspect
from dlp.subjects.books import Books
from dlp.subjects.counter import Count
from dlp.subjects.plan.header import Reader
from dlp.subjects.tables import laid
from dlp.transfer import Channel, Transfer

type Counting = Callable[..., Count]
SURNAMES = "佐藤 鈴木 高橋 田中 伊藤 渡辺 山本 中村 小林 加藤 吉田 山田".split()
GIVEN = "花子 太一 健太 美咲 直樹 陽子 和夫 恵子 修 彩 翔太 久美".split()
PEOPLE = [(f"{surname}　{given}", f"碧野{n}-2-{n + 3}", f"0463-2{n % 8 + 1}-55{n:02}") for n, (surname, given) in
          enumerate(zip(SURNAMES, GIVEN, strict=True), 1)]  # fmt: skip
type Cells = list[list[str | None]]


def _table(rows: Cells) -> Table:
    width = max(map(len, rows))
    return Table(frame_of([[*row, *[None] * (width - len(row))] for row in rows]))  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def reader(ruleset: Ruleset) -> Reader:
    return Reader(ruleset.headers, Books(ruleset))


def _listed(ruleset: Ruleset, data: bytes, name: str) -> Inspection:
    transfer = Transfer(channel=Channel.MEDIA, sender="a", destination=("b",), name=name, data=data)
    return inspect(transfer, ruleset, token_key=b"k" * 32, listing=True)


def test_cards_side_by_side_are_people_of_their_own(count: Counting) -> None:
    rows: Cells = []
    for (name, address, phone), (other, elsewhere, number) in zip(PEOPLE[::2], PEOPLE[1::2], strict=True):
        rows += [
            ["氏名", name, None, "氏名", other],
            ["生年月日", "昭和40年1月2日", None, "生年月日", "昭和41年1月2日"],
            ["住所", address, None, "住所", elsewhere],
            ["電話", phone, None, "電話", number],
            [None] * 5,
        ]
    found = count(_table(rows))
    assert (found.subjects, found.lower) == (12, 12)


def test_a_list_on_two_halves_of_a_page_is_no_card(reader: Reader) -> None:
    rows: Cells = [["氏名", "住所", "電話", "氏名", "住所", "電話"], [*PEOPLE[0], *PEOPLE[1]], [*PEOPLE[2], *PEOPLE[3]]]
    assert laid.beside(rows, rows, reader) is None


@pytest.mark.parametrize("blank", [True, False])
def test_who_lives_in_a_household_is_told_in_the_grid_of_its_card(count: Counting, blank: bool) -> None:
    rows: Cells = []
    for n, (name, address, _) in enumerate(PEOPLE):
        surname = name.partition("　")[0]
        rows += [
            ["世帯番号", f"84522{n:02}", "住所", address],
            ["続柄", "氏名", "生年月日", "性別"],
            ["世帯主", name, f"S4{n % 10}.3.5", "男"],
            ["妻", f"{surname}　陽菜", f"S5{n % 10}.4.6", "女"],
            ["子", f"{surname}　大翔", f"H1{n % 10}.5.7", "男"],
        ]
        rows += [[None] * 4] if blank else []
    found = count(_table(rows))
    assert found.subjects == 36
    assert found.counts["address"] == 36


def test_letters_in_boxes_are_put_together(ruleset: Ruleset, count: Counting, reader: Reader) -> None:
    rows: Cells = []
    for n, (name, address, phone) in enumerate(PEOPLE):
        rows += [["申請書"], ["フリガナ", None, *"サトウ メイ"], ["氏　名", None, *name], ["住所", None, address]]
        rows += [["生年月日", None, *"196301" + f"{n + 10}"], ["電話番号", None, *phone.replace("-", "")]]
    found = count(_table(rows))
    assert (found.subjects, found.lower, found.counts["phone"], found.counts["kana"]) == (12, 12, 12, 12)
    heading: Cells = [["氏名", *"123456789"], ["佐藤　花子", *"○×○○×○○○○"], ["鈴木　太一", *"○×○○×○○○○"]]
    assert laid.spelled(heading, heading, reader) is None
    classes: Cells = [["児童氏名", "年", "組", "番", "父", "母"], ["佐藤 花", "1", "2", "3", "山", "川"]] * 2
    assert laid.spelled(classes, classes, reader) is None


SIGNATURE = "-- \n○○市役所　福祉課　主事\nTEL 0463-23-1111　FAX 0463-23-9467\nE-mail: fukushi@city.example.lg.jp\n"


@pytest.mark.parametrize(
    "between", ["\n", "\n2026年5月1日(金) 10:00 山本 <fukushi@city.example.lg.jp>:\n", "\n下記の方です。\n"]
)
@pytest.mark.parametrize("mark", ["> ", ""])
def test_what_follows_a_signature_is_read(count: Counting, between: str, mark: str) -> None:
    people = "".join(f"{mark}{n}. {name} {phone}\n" for n, (name, _, phone) in enumerate(PEOPLE[:5], 1))
    assert count(Text(f"承知しました。\n\n{SIGNATURE}{between}{people}")).subjects == 5


def test_a_list_under_a_rule_is_no_signature(count: Counting) -> None:
    people = "".join(f"{name} 090-5555-{n:04}\n" for n, (name, _, _) in enumerate(PEOPLE[:6]))
    assert count(Text(f"----------\n福祉課 対象者 TEL\n{people}")).subjects == 6


def test_what_a_line_of_a_log_says_by_name_is_its_own(count: Counting) -> None:
    names = ["蕨 智", "辻 友美", "川上 佳代", "間 元", "壽 明"]
    rows: Cells = [
        [f"2026-05-0{n} 10:00:11", f"00{n} [exec-{n}] INFO 予約登録 name={name}", f" tel=0809475819{n}", f" mail=m{n}k@gmail.com"]
        for n, name in enumerate(names, 1)
    ]  # fmt: skip
    assert count(_table(rows)).subjects == 5


@pytest.mark.parametrize(
    "line", ["{name}様\n三潴町玉満185 レオパレス青葉282\n{phone}", "{name}\n中原12 コーポ松風3号室\n{phone}"]
)
def test_a_house_with_a_name_after_a_lot_number_is_an_address(count: Counting, line: str) -> None:
    cells = [line.format(name=name.replace("　", " "), phone=phone) for name, _, phone in PEOPLE]
    found = count(_table([["日付", "訪問先"], *([f"2026-04-{n:02}", cell] for n, cell in enumerate(cells, 1))]))
    assert (found.subjects, found.counts["address"]) == (12, 12)


def test_a_house_is_nobody(ruleset: Ruleset) -> None:
    text = "須藤 薫様 乳児訪問　島根県出雲市大津町5丁目21-3　第3山本荘193　TEL 090-6841-5785\n"
    assert [one.name for one in _listed(ruleset, text.encode(), "a.txt").affected] == ["須藤薫"]


def test_who_lives_somewhere_is_not_called_so(ruleset: Ruleset) -> None:
    text = "平塚市中央1丁目26番28号にお住まいの中山 薫様より通報あり。折り返し先080-5600-4622。\n"
    assert [one.name for one in _listed(ruleset, text.encode(), "a.txt").affected] == ["中山薫"]


@pytest.mark.parametrize("title", ["<h3>{}</h3>", "<p>{}</p>"])
def test_a_card_of_a_page_has_its_title(ruleset: Ruleset, title: str) -> None:
    cards = "".join(
        f"<div>{title.format(name)}<dl><dt>住所</dt><dd>{address}</dd><dt>電話</dt><dd>{phone}</dd></dl></div>"
        for name, address, phone in [("大城 静江", "熊谷市妻沼80", "048-563-3251"), ("蕨 道子", "四万十市西土佐117", "0880-34-1111"), *PEOPLE]
    )  # fmt: skip
    found = _listed(ruleset, f"<html><meta charset=utf-8><body>{cards}</body></html>".encode(), "a.html")
    assert (found.subjects, found.lower) == (14, 14)
    assert found.affected[0].address == "妻沼80"


def test_blocks_side_by_side_that_end_in_a_telephone_are_people(count: Counting) -> None:
    rows: Cells = [["敬老バス旅行　座席・緊急連絡先"]]
    for at in range(0, 12, 4):
        four = PEOPLE[at : at + 4]
        rows += [[f"{at}{letter}" for letter in "ABCD"], [name for name, _, _ in four], [phone for *_, phone in four]]
    found = count(_table(rows))
    assert (found.subjects, found.counts["phone"]) == (12, 12)


@pytest.mark.parametrize("head", ["◆{name}様（さとう はなこ）", "■{name}", "●{name} 様"])
def test_a_head_may_say_how_it_is_read(count: Counting, head: str) -> None:
    text = "".join(
        f"{head.format(name=name)}\n　ご連絡先：{phone}\n　ご住所：{address}\n\n" for name, address, phone in PEOPLE
    )
    assert count(Text(f"辞退の連絡がありました。\n\n{text}")).subjects == 12


@pytest.mark.parametrize("number", ["| 宛名番号    1234567       |\n", ""])
def test_a_box_about_whole_lines_is_a_form(ruleset: Ruleset, number: str) -> None:
    text = "".join(
        f"+----------------------------+\n|   国民健康保険税　納税通知書    |\n| 納税義務者  {name}       |\n"
        f"| 住    所    {address}   |\n{number}+----------------------------+\n\f\n"
        for name, address, _ in PEOPLE
    )
    assert _listed(ruleset, text.encode(), "a.txt").subjects == 12


def test_a_table_between_bars_stays_one(ruleset: Ruleset) -> None:
    rows = "".join(f"| {name} | {address} | {phone} |\n" for name, address, phone in PEOPLE)
    bar = "+------+------+------+\n"
    text = f"{bar}| 氏名 | 住所 | 電話 |\n{bar}{rows}{bar}"
    assert _listed(ruleset, text.encode(), "a.txt").subjects == 12


def test_two_sides_of_a_match_live_nowhere(count: Counting) -> None:
    rows: Cells = [["試合", "対戦", "結果", "主審"]]
    rows += [
        [str(n), f"{a[0][:2]}・{b[0][:2]}組 対 {b[0][:2]}・{a[0][:2]}組", f"2-{n % 2}", a[0]]
        for n, (a, b) in enumerate(itertools.pairwise(PEOPLE))
    ]
    assert count(_table(rows)).subjects == 0


def test_who_is_called_by_a_reading_alone_is_somebody(count: Counting) -> None:
    rows: Cells = [
        [
            "タイムスタンプ",
            "保護者の方のお名前をご記入ください",
            "お子さまのお名前（ひらがな）",
            "お子さまの生年月日",
            "電話番号",
        ]
    ]
    children = "つちや あい,おざわ ひろし,おおの れん,こやま いおり,おおいし みづき,はら けん".split(",")
    rows += [
        [f"2026/05/0{n} 10:11:12", parent, child, f"201{n}/07/1{n}", phone]
        for n, ((parent, _, phone), child) in enumerate(zip(PEOPLE, children, strict=False), 1)
    ]
    assert count(_table(rows)).subjects == 12
    read: Cells = [
        ["申請者氏名", "申請者氏名（カナ）", "申請者生年月日", "電話"],
        ["佐藤 花子", "サトウ ハナコ", "1980/1/3", "0463-21-1234"],
    ]
    assert count(_table(read)).subjects == 1


def test_who_asks_is_no_desk(count: Counting) -> None:
    text = "".join(
        f"5/{n} 9:{n + 10} {name.replace('　', ' ')}（真土） 090-5555-11{n:02} 認知症カフェの問合せ 対応:山本\n"
        for n, (name, _, _) in enumerate(PEOPLE, 1)
    )
    assert count(Text(f"電話受付簿（高齢福祉課）\n\n{text}")).subjects == 12
    desk = "".join(
        f"講師 {name.replace('　', ' ')} 講座のお問合せ 090-5555-11{n:02}\n" for n, (name, _, _) in enumerate(PEOPLE, 1)
    )
    assert count(Text(desk)).subjects == 0
