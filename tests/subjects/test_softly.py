"""Names in sentences whose given names are in kana or in no list, and telephones of no area that there is."""

from __future__ import annotations

from collections.abc import Callable
from itertools import batched

import polars as pl
import pytest

from dlp.detect.ruleset import Ruleset
from dlp.extract.blocks import Table, Text
from dlp.extract.plain.normalize import fold
from dlp.subjects.counter import Count
from tests.subjects.clerks import Case, inspected


def table(rows: list[list[str]]) -> Table:
    columns = zip(*rows, strict=True)
    return Table(pl.DataFrame({f"c{i}": list(cells) for i, cells in enumerate(columns)}))


HOME = "岐阜県大垣市丸の内2-29"


@pytest.mark.parametrize(
    "line",
    [
        f"申請者は森永しずか（昭和23年11月20日生まれ、78歳）で、現住所は{HOME}。",
        f"昭和15年12月30日生まれの五十嵐さおりさん（{HOME}）から相談があった。",
        f"昭和51年10月23日生まれの蓮田みゆさん（{HOME}）から、国民健康保険について相談があった。",
        f"昭和22年5月13日生まれの富家エイジさん（{HOME}）から、相談があった。",
        f"川満ともかさん（{HOME}）から、国民健康保険について相談があった。",
        f"申請者は西郷麗奈（平成19年10月27日生まれ、19歳）で、現住所は{HOME}。",
        f"申請者は鳥飼エリ（昭和51年11月14日生まれ、50歳）で、現住所は{HOME}。",
        f"申請者は新宅 次郎（昭和42年12月29日生まれ、59歳）で、現住所は{HOME}。",
        f"市原鉄山さんの住所は{HOME}、電話番号は0852-55-5555です。",
        "なお、香月石松様の電話番号は0937-29-6221、生年月日は2007-09-08である。",
    ],
)
def test_a_name_in_a_sentence(count: Callable[..., Count], line: str) -> None:
    assert count(Text(fold(line))).subjects == 1


@pytest.mark.parametrize(
    "line",
    [
        f"森しずかに暮らす方の現住所は{HOME}。",
        f"林さんの現住所は{HOME}。",
        f"保護者様の住所は{HOME}です。",
        "金子なお、電話は0852-55-5555です。",
    ],
)
def test_a_word_behind_a_surname_is_no_given_name(count: Callable[..., Count], line: str) -> None:
    assert count(Text(fold(line))).subjects == 0


def test_a_word_that_opens_sentences_is_nobody(count: Callable[..., Count]) -> None:
    told = "本日、{}様（{}生）から電話があり、住所は兵庫県神戸市中央区{}丁目5番1号とのことでした。"
    people = [
        ("岡田 花子", "昭和41年11月23日", "加納町6"),
        ("佐藤 直子", "平成19年11月28日", "本町2"),
        ("林 翼", "昭和18年4月3日", "橘通3"),
    ]
    assert count(Text(fold("\n".join(told.format(*one) for one in people)))).subjects == 3


def test_what_a_sentence_says_before_an_address_is_no_part_of_it(count: Callable[..., Count]) -> None:
    listed = table([["氏名", "住所"], ["佐藤 花子", HOME], ["鈴木 一郎", "岐阜県大垣市本町1-5"]])
    told = Text(fold(f"佐藤花子さんの住所は{HOME}です。\n鈴木一郎さんは岐阜県大垣市本町1-5に住んでいます。"))
    assert count(listed, told).subjects == 2


@pytest.mark.parametrize("heading", ["電話番号", "TEL", "連絡先電話番号"])
def test_a_telephone_of_no_area_that_there_is(count: Callable[..., Count], heading: str) -> None:
    said = ["12-0332-7361", "+81 449 7774 2537", "080-0322-4719", "+84 90 123 4567", "92-9478-2227"]
    names = ["佐藤 花子", "鈴木 一郎", "高橋 次郎", "田中 三郎", "渡辺 良子"]
    assert count(table([["氏名", heading], *map(list, zip(names, said, strict=True))])).subjects == 5


@pytest.mark.parametrize("said", ["0120-444-444", "0800-123-4567", "0570-00-1234", "000-0000-0000", "11-1111-1111"])
def test_a_telephone_that_is_free_of_charge_or_filled_in_is_nobodys(count: Callable[..., Count], said: str) -> None:
    assert (
        count(table([["氏名", "電話番号"], ["佐藤 花子", said], ["鈴木 一郎", said], ["高橋 次郎", said]])).subjects
        == 0
    )


def event(summary: str, *description: str) -> str:
    said = "\\n".join(description)
    return f"BEGIN:VEVENT\r\nDTSTART:20261201T090000\r\nSUMMARY:{summary}\r\nDESCRIPTION:{said}\r\nEND:VEVENT\r\n"


def test_what_an_event_is_for_is_no_part_of_a_name(ruleset: Ruleset) -> None:
    people = [
        ("面談 斉藤くみ子様", "0463-82-0842"),
        ("面談 藤井智也様", "16-4822-0842"),
        ("訪問 中村淳様", "090-4207-9185"),
    ]
    events = [
        event(summary, f"電話 {phone}", f"住所 神奈川県横浜市泉区和泉町{i + 1}5-26")
        for i, (summary, phone) in enumerate(people)
    ]
    case = Case("events", 3, "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n" + "".join(events) + "END:VCALENDAR\r\n", "a.ics")
    found = inspected(case, ruleset)
    assert (found.subjects, found.counts["address"], found.counts["phone"]) == (3, 3, 2)


def test_people_on_a_line_each_of_one_event_are_each_told_of(ruleset: Ruleset) -> None:
    names = [f"{surname} {given}" for surname in ("佐藤", "鈴木", "高橋", "田中") for given in ("花子", "健太", "美咲")]
    lines = [f"{name} 090-4207-91{n:02}" for n, name in enumerate(names)]
    events = "".join(event("訪問", *pair) for pair in batched(lines, 2, strict=True))
    case = Case("event", 12, f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{events}END:VCALENDAR\r\n", "a.ics")
    assert inspected(case, ruleset).subjects == len(names)
