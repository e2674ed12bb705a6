"""What looks like a list of people since lists are read more widely, and is none: ordinances, minutes, shops, letters."""

from __future__ import annotations

import polars as pl
import pytest

from dlp.extract.blocks import Table, Text
from dlp.extract.plain.normalize import fold

SURNAMES = "佐藤 鈴木 高橋 田中 伊藤 渡辺 山本 中村".split()
NAMES = [
    f"{surname} {given}"
    for surname, given in zip(SURNAMES, "太郎 花子 健一 美咲 翔太 陽子 誠 直樹".split(), strict=True)
]
SPEAKERS = [f"{surname}{given}" for surname in SURNAMES for given in ("陽子", "健一")]


def _lines(line: str, words: list[str]) -> Text:
    return Text(fold("".join(line.format(word, n=n) for n, word in enumerate(words, 11))))


@pytest.mark.parametrize(
    "day", ["五十三年三月二十日条例第五十三号", "53年3月20日条例第53号", "53年3月20日規則第5号", "53年3月20日告示第5号"]
)
@pytest.mark.parametrize("word", ["附　則", "佐藤　花子"])
def test_a_day_of_an_ordinance_is_nobodys_birth(count, day, word):
    assert count(Text(fold(f"{word}（昭和{day}）\nこの条例は、公布の日から施行する。\n"))).subjects == 0


@pytest.mark.parametrize(
    "said",
    [
        "前科がある者の就労支援はどうか。", "前科がある場合の取扱いは。", "窃盗などで逮捕された者の更生について対応している。", "詐欺で逮捕された事件の経過は。",
        "本籍は神奈川県平塚市である場合、添付は要らない。", "前科　有・無",
    ],
)  # fmt: skip
def test_what_minutes_say_of_others_is_no_secret_of_who_says_it(count, said):
    text = "会議録\n" + "".join(
        f"{name}{title} {said}\n" for name, title in zip(SPEAKERS, ("委員", "課長") * 8, strict=True)
    )
    found = count(Text(fold(text)))
    assert (found.subjects, found.upper, found.counts) == (0, 0, {})


@pytest.mark.parametrize(
    "title",
    [
        "指定難病指定医一覧",
        "養護教諭一覧",
        "身体障害者手帳診断書作成医師名簿",
        "不登校相談員一覧",
        "障害者手帳制度 研修講座一覧",
        "虐待防止法 判例一覧",
        "児童虐待 文献一覧",
        "DV防止月間 ポスター入賞者一覧",
    ],
)
def test_a_list_of_who_works_for_them_or_writes_of_them_is_not_secret(count, title):
    rows = [(title, None), ("番号", "氏名"), *((str(n), name) for n, name in enumerate(NAMES, 1))]
    frame = pl.DataFrame(rows, schema=["a", "b"], orient="row")
    assert count(Table(frame)).upper == 0


def test_a_list_of_those_it_is_secret_of_is(count):
    rows = [("不登校児童一覧", None), ("番号", "氏名"), *((str(n), name) for n, name in enumerate(NAMES, 1))]
    assert count(Table(pl.DataFrame(rows, schema=["a", "b"], orient="row"))).upper == len(NAMES)


@pytest.mark.parametrize(
    "kind", ["製麺", "精肉", "園芸", "鉄工", "牧場", "総本家", "道場", "石材", "屋", "庵", "塾", "堂"]
)
@pytest.mark.parametrize("line", ["■{}\n平塚市岡崎{n}-1-2 0463-21-11{n}\n\n", "{}……………0463-21-11{n}\n"])
def test_shops_under_their_owners_surnames_are_nobody(count, line, kind):
    assert count(_lines(line, [surname + kind for surname in SURNAMES])).subjects == 0


def test_marked_places_are_nobody(count):
    towns = [f"{surname}町" for surname in SURNAMES]
    assert count(_lines("●{}\n平塚市岡崎{n}-1-2 254-00{n}\n\n", towns)).subjects == 0


def test_marked_people_are_counted(count):
    assert count(_lines("■{}\n平塚市岡崎{n}-1-2 0463-21-11{n}\n\n", NAMES)).subjects == len(NAMES)


@pytest.mark.parametrize(
    "shop", ["キム・ファーム", "ロバート・カフェ", "スミス・アンド・サンズ", "チャン・ラーメン", "キム・アカデミー"]
)
def test_shops_with_a_foreign_name_are_nobody(count, shop):
    assert count(Text(fold(f"{shop} 電話 0463-21-1111\n"))).subjects == 0


def test_letters_are_not_told_by_their_senders_telephone(count):
    letter = "{} 様\n\n会議のご案内\n日時：令和8年12月{n}日\n会場：平塚市浅間町9-1 市役所\n電話：0463-23-1111\nメール：info@example.jp\n\n"
    assert count(_lines(letter, NAMES)).subjects == 0


def test_letters_that_tell_their_readers_telephones_are_counted(count):
    letter = "{} 様\n\n会議のご案内\n日時：令和8年12月{n}日\n電話：090-1234-56{n}\n\n"
    assert count(_lines(letter, NAMES)).subjects == len(NAMES)


def test_works_with_labels_of_their_own_are_no_register(count):
    towns = "岡崎 豊田 真土 田村 中原 御殿 本町 土屋".split()
    work = "工事名  {}線改良\n      受注者  鈴木建設  0463-21-11{n}\n"
    assert count(_lines(work, towns)).subjects == 0


def test_what_is_lent_for_events_is_nobodys_name(count):
    rows = [("事業名", "名義", "電話"), *((f"岡崎まつり{n}", "後援", f"0463-21-11{n + 10}") for n in range(12))]
    assert count(Table(pl.DataFrame(rows, schema=["a", "b", "c"], orient="row"))).subjects == 0
