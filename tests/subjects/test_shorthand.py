"""People as clerks jot them down: a time first, sexes with ages, eras and kinds of account by one letter, mistyped figures."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from dlp.extract.blocks import Text
from dlp.subjects.counter import Count
from tests.subjects.test_spared import rows

type Counting = Callable[..., Count]

KANA = "サトウ　ハナコ|スズキ　イチロウ|タカハシ　ナオキ|フジモト　タツヤ".split("|")


@pytest.mark.parametrize(
    ("line", "head"),
    [
        ("9:{age} {apart} {mobile} 2回目", "予約\n"),
        ("○{whole}（男{age}）車いす", "体育館\n"),
        ("・{whole}（女・{age}）持病あり", "体育館\n"),
        ("{whole}（{age}F）", "当日\n"),
        ("{whole}さん（{age}・男）から電話", ""),
        ("{n}) {whole}　横浜銀行平塚支店 普 50{age}678　還付", "還付\n"),
        ("{whole}　平塚信用金庫本店（普）50{age}678", "還付\n"),
        ("予約登録 {whole} 様 TEL={mobile}", ""),
        ("お名前::{whole}\n携帯::{mobile}\n", ""),
        ("宛先：{whole}様{mobile}", ""),
        ("{whole}さん（ベトナム、{age}歳）", ""),
    ],
)
def test_people_in_shorthand_are_counted(count: Counting, line: str, head: str) -> None:
    assert count(Text(rows(line, head))).subjects == 30


def test_names_in_kana_behind_a_time_begin_their_lines(count: Counting) -> None:
    lines = [f"9:0{n} {name} S1{n}/11/17 070-5893-749{n} 2回目" for n, name in enumerate(KANA)]
    found = count(Text("\n".join(lines)))
    assert (found.subjects, found.counts["phone"]) == (4, 4)
    lines = [f"{8 + n}:30 {name} {50 + n}M DM" for n, name in enumerate(KANA)]
    assert count(Text("\n".join(lines))).counts["age"] == 4


def test_a_birth_by_one_letter_of_its_era_is_one(count: Counting) -> None:
    text = "来春入学予定\n佐藤花子（令2.7.26）、鈴木一郎（令2.5.17）、高橋直樹（令2.7.11）"
    found = count(Text(text))
    assert (found.subjects, found.counts["birth_date"]) == (3, 3)
    assert count(Text("佐藤花子 平2-7-26\n")).counts.get("birth_date", 0) == 0  # a lot


@pytest.mark.parametrize(
    "mobile", ["O9O-1234-567{n}", "〇八〇-l234-567{n}".replace("八", "8"), "o7o-I234-567{n}", "090-l234-567{n}"]
)
def test_letters_that_look_like_figures_make_a_telephone(count: Counting, mobile: str) -> None:
    text = "\n".join(f"{name}さん {mobile.format(n=n)}" for n, name in enumerate(("佐藤花子", "鈴木一郎", "高橋直樹")))
    assert count(Text(text)).counts["phone"] == 3


def test_a_list_below_the_word_for_individual_numbers_holds_them(count: Counting) -> None:
    numbers = ("6214 9832 0257", "9832 0567 3214", "1234 5678 9018")
    people = zip(("佐藤花子", "鈴木一郎", "高橋澪"), numbers, strict=True)
    text = "扶養家族の個人番号です。\n" + "\n".join(f"{name}　{number}" for name, number in people)
    found = count(Text(text))
    assert (found.subjects, found.counts["individual_number"]) == (3, 3)


def test_who_says_in_english_what_he_is_called_is_told_of(count: Counting) -> None:
    text = "My name is Maria Clara Villanueva and I live in Hiratsuka.\nPlease call me at 090-1234-5678.\n"
    assert count(Text(text)).subjects == 1
    text = "My name is Thomas Bergmann from Nordwind Systems.\nPlease call me at 090-1234-5678.\n"
    assert count(Text(text)).subjects == 0


def test_an_officer_of_a_club_is_told_of_where_he_is_at_home(count: Counting) -> None:
    text = rows("■{apart}（会長）\n　自宅　{home}\n　携帯　{mobile}")
    assert count(Text(text)).subjects == 30


@pytest.mark.parametrize(
    "line",
    [
        "{apart} 50M 自由形 32.{age}",
        "{apart} 女{age} 1:23:45",
        "{apart} 男{age} 湘南陸協 15:03.22",
        "{apart} {age}F 優勝",
        "{apart}　1863-1933　画家。県会議員。{age}歳で没。",
        "{surname}設備　{home}　TEL:{phone}　責任者:{whole}",
        "■手打ちそば　{home}　TEL {phone}　店主{apart}さんのおすすめは鴨せいろ",
        "■カフェ・ド・ミナト　{home}　TEL {phone}　オーナー {apart}",
        "撮影　{apart}\n製作　株式会社湘南映像　{home}　{phone}",
        "{whole}\n東海大学 建築学部 〒254-0001 {home}\n",
        "[2026/11/26 9:{age}] {whole} (税務課): 業者は{phone}です",
        "運転者　税務課主任　{apart}　電話　{phone}",
    ],
)
def test_these_tell_of_nobody(count: Counting, line: str) -> None:
    assert count(Text(rows(line))).subjects == 0
