"""Thirty private people each, in words that elsewhere tell of nobody: counts, scores, desks, authors, opening hours."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from dlp.extract.blocks import Block, Table, Text
from dlp.extract.plain.text import frame_of
from dlp.subjects.counter import Count

type Counting = Callable[..., Count]

SURNAMES = (
    "石井 小野 村上 近藤 遠藤 青木 坂本 藤井 西村 福田 太田 三浦 岡本 松田 中川 "
    "中島 原田 小川 竹内 金子 和田 中野 上田 森田 原 柴田 酒井 工藤 横山 宮崎"
).split()
GIVEN = (
    "正子 一郎 さくら 修 洋子 健太 千代 実 純 桃子 涼 加奈 義男 恵 茂 "
    "信子 進 文子 亮 雅子 悠斗 和子 清 里奈 剛 貴子 博 緑 勇 節子"
).split()
PEOPLE = list(zip(SURNAMES, GIVEN, strict=True))
TOWNS = "御殿 高森 西町 末広町 桜ケ丘".split()


def rows(line: str, head: str = "", between: str = "\n") -> str:
    """A text with a line for each of thirty people: {whole} (or {apart}) of {home}, {mobile}, {mail} …, {other} one of them."""
    return head + between.join(
        line.format(
            n=n,
            whole=surname + given,
            apart=f"{surname} {given}",
            surname=surname,
            other="".join(PEOPLE[-1 - n]),
            town=TOWNS[n % 5],
            home=f"鏡浜市{TOWNS[n % 5]}{n % 5 + 1}-{n + 2}-3",
            mobile=f"080-{5000 + n * 41}-{2000 + n * 83}",
            phone=f"0463-{21 + n}-{1000 + n}",
            mail=f"me{n}@gmail.com",
            ours=f"k{n}@city.kagamihama.lg.jp",
            school=f"s{n}@edu.city.kagamihama.lg.jp",
            either="me7@gmail.com" if n == 7 else f"k{n}@city.kagamihama.lg.jp",
            age=30 + n,
        )
        for n, (surname, given) in enumerate(PEOPLE)
    )


def table(head: str, line: str) -> Table:
    """The same as rows of a table, its cells between commas."""
    return Table(frame_of([row.split(",") for row in rows(line, head + "\n").split("\n")]))


PRIVATE = {
    "a sex and an amount": rows("{apart} 女 2,{age}0", "補助金の一覧\n"),
    "a sex and yen": rows("{n} {whole} 男 {n},500 円"),
    "a sex in brackets and what is owed": rows("{n}. {apart}（男）1,2{age}円 滞納"),
    "with an honorific": rows("{whole}さん 女 1,2{age}円 未納"),
    "who came to headquarters": rows("災害対策本部（受付）へ{whole}さん（{home}）から通報"),
    "behind headquarters": rows("災害ボランティア本部 {whole}様（{home}）が来所"),
    "in headquarters": rows("【本部】{n} {whole} {age}歳 {home} 本部（確認済）", "避難者名簿\n"),
    "who came to a section": rows("福祉課（窓口）に{whole}さん（{home}）が来庁した"),
    "who rang up an office": rows("事務局（担当）へ{whole}さん（{mobile}）から電話"),
    "at the town hall": rows("市役所（1階）で{whole}様（{home}、{mobile}）と面談"),
    "authors": rows("Author: {whole} <{mail}>"),
    "authors, called on": rows("author {whole}さん {mail}"),
    "contributors": rows("- contributor: {whole} ({mail})", "# 応募者\n"),
    "authors and their homes": rows("Author: {whole}\n{home} {mobile}\n"),
    "authors' cards": rows("Author: {whole} <{mail}>\nTel: {mobile}\n住所: {home}\n"),
    "reviewers and their homes": rows("Reviewed-by: {whole}\nTitle: {n}\nAddress: {home}\n"),
    "reviewers and their telephones": rows("Reviewed-by: {whole} <{mail}>\nPhone: {phone}\n"),
    "authors and what they wrote": rows("Author: {whole}\nAuthor-email: {mail}\nSummary: x\n"),
    "called on when a shop is closed": rows("{whole}さん（{home}）は店の定休日に来庁。", between="\n\n"),
    "rung back on a working day": rows("{whole}様（{home}、{phone}）営業日に折り返し希望。", between="\n\n"),
    "at home when a hall is closed": rows("休館日に{whole}さん宅（{home}）を訪問した。"),
    "heads of households": rows("{whole} 世帯主 {home}"),
    "heads of households with telephones": rows("{whole} 世帯主　{home}　{mobile}", "名簿\n"),
    "ages": rows("{whole} 年齢 {age}歳"),
    "who rang up": rows("{whole}から、{home}の件で電話。{mobile}"),
    "welfare volunteers": rows("{whole}民生委員 {home} {mobile}", "緊急連絡網\n"),
    "children's volunteers": rows("{n} {whole}児童委員 {mobile}"),
    "towns like surnames": rows("{whole} {town} {n}-2"),
    "towns like surnames in brackets": rows("{whole}さん（{town} 2-{n}）"),
    "towns like surnames before a helper": rows("{whole} {town} 2-{n} {other}", "名簿 住所 世話人\n"),
}
PRIVATE_LISTS: dict[str, Block] = {
    "pupils with the town's addresses": table("児童氏名,メールアドレス", "{whole},{ours}"),
    "addresses of a school": table("氏名,メール", "{whole},{school}"),
    "teachers' own addresses": table("教諭氏名,メール", "{whole},{mail}"),
    "pupils and who teaches them": table("氏名,担任教諭名,メール", "{whole},原田先生,{school}"),
    "guardians": table("保護者名,連絡先", "{whole},{ours}"),
    "under a title": table("防災講座 参加者名簿,\n氏名,メール", "{whole},{either}"),
    "who took part": table("参加者氏名,連絡先", "{whole},{either}"),
    "lines under a title": Text(rows("{whole} {either}", "講座受講者名簿\n")),
    "pupils' lines": Text(rows("{whole} {school}", "児童名簿\n")),
    "stalls": table("区画,出店者名,住所,携帯電話", "{n},{apart},{home},{mobile}"),
    "stalls and births": table("出店者,生年月日,住所", "{apart},19{age}-1-2,{home}"),
    "owners at home": table("番号,事業主,自宅住所,電話番号", "{n},{apart},{home},{phone}"),
    "stalls and ages": table("出店者名,年齢,電話番号", "{apart},{age},{phone}"),
}
NOBODY_LISTED: dict[str, Block] = {
    "staff": table("氏名,メール,職員番号", "{whole},{ours},4{age}"),
    "staff on a course": table("新規採用職員研修 受講者名簿,\n氏名,メール", "{whole},{ours}"),
    "staff who use a system": table("利用者氏名,メール", "{whole},{ours}"),
    "whom a check-up is for": table("対象者氏名,メールアドレス", "{whole},{ours}"),
    "teachers": table("教諭氏名,メール", "{whole},{school}"),
    "lines of staff at a meeting": Text(rows("{whole} {ours}", "会議参加者一覧\n")),
    "lines of who uses a system": Text(rows("{whole} {ours}", "住民票システム利用者一覧\n")),
    "lines of staff": Text(rows("{whole} {ours}", "総務課 職員一覧\n")),
    "shops": table("出店者名,住所,携帯電話", "{surname}屋,{home},{mobile}"),
    "shops with a telephone": table("落札者,所在地,電話番号", "{whole},{home},{phone}"),
}
NOBODY = {
    "inhabitants of towns": rows("{town} 男 1,2{age} 女 1,3{age}"),
    "inhabitants of a sex": rows("{surname}町 男 1,2{age}人", "町別人口\n"),
    "headquarters' telephones": rows("{surname}地区本部：{whole}　{phone}", "災害対策本部の連絡先\n"),
    "sections' telephones": rows("福祉課（担当 {whole}） 電話 {phone}"),
    "a program's authors": rows("# Author: {whole} <k{n}@example.co.jp>\nimport os\ndef f{n}():\n    return {n}\n"),
    "a log's authors": rows(
        "commit {age}a1b2c3d4e5f60718293a4b5c6d7e8f9012{age}\nAuthor: {whole} <k{n}@example.co.jp>\nDate:   Mon Nov 3 10:00 2025\n\n    Fix {n}\n"
    ),
    "patches": rows(
        "    Fix {n}\n\n    Signed-off-by: {whole} <k{n}@example.co.jp>\n    Reviewed-by: {other} <r{n}@example.co.jp>\n---\n a.c | 2 +-\n 1 file changed\n"
    ),
    "a file of authors": rows("- Maintainer: {whole} <k{n}@example.co.jp>", "# AUTHORS\nThis file lists contributors.\n"),
    "who contributed": rows("Author: {whole} <k{n}@example.co.jp>\n", "# CONTRIBUTORS\n\n"),
    "who signed off": rows("Signed-off-by: {whole} <k{n}@example.co.jp>", "Merge branch\n\n"),
    "who wrote together": rows("pick {age}a1b2c Fix\nCo-authored-by: {whole} <k{n}@example.co.jp>"),
    "who committed": rows("  - committer: {whole} <k{n}@example.co.jp>\n    date: 2020", "svn export\n"),
    "mails of patches": rows("Subject: [PATCH {n}] x\nReviewed-by: {whole} <k{n}@example.co.jp>\n---\n"),
    "packages": rows("Package: p{n}\nVersion: 1.{n}\nMaintainer: {whole} <k{n}@example.co.jp>\nDescription: x\n"),
    "packages shown": rows(
        "Name: p{n}\nVersion: 1.{n}\nSummary: x\nAuthor: {whole}\nAuthor-email: k{n}@example.co.jp\nLicense: MIT\n"
    ),
    "few authors": "# Portal\n\n" + "\n".join(rows("Author: {whole} <k{n}@example.co.jp>").split("\n")[:9]),
    "shops in sentences": rows("パン屋を営む{whole}さん（鏡浜市西町1-{n}-3、{phone}）。火曜定休。", between="\n\n"),
    "shops": rows("{surname}商店\n{home}\n電話 {phone}\n営業時間 10時～18時", between="\n\n"),
    "matches": rows("第{n}試合　{whole} 2-1 {other}"),
    "matches without a number": rows("{whole} 2-1 {other}", "テニス大会 結果\n"),
}  # fmt: skip


@pytest.mark.parametrize("text", PRIVATE.values(), ids=PRIVATE)
def test_private_people_are_counted_whatever_stands_beside_them(text: str, count: Counting) -> None:
    assert count(Text(text)).subjects == len(PEOPLE)


@pytest.mark.parametrize("text", NOBODY.values(), ids=NOBODY)
def test_the_same_words_tell_of_nobody_elsewhere(text: str, count: Counting) -> None:
    assert count(Text(text)).subjects == 0


@pytest.mark.parametrize("block", PRIVATE_LISTS.values(), ids=PRIVATE_LISTS)
def test_lists_of_private_people_are_counted_whatever_heads_them(block: Block, count: Counting) -> None:
    assert count(block).subjects == len(PEOPLE)


@pytest.mark.parametrize("block", NOBODY_LISTED.values(), ids=NOBODY_LISTED)
def test_lists_of_staff_and_shops_are_of_nobody(block: Block, count: Counting) -> None:
    assert count(block).subjects == 0


@pytest.mark.parametrize(
    ("head", "host"),
    [("氏名", "city.kagamihama.lg.jp"), ("教諭氏名", "edu.city.kagamihama.lg.jp")],
    ids=["staff", "teachers"],
)
@pytest.mark.parametrize("times", [1, 40], ids=["few", "many"])
def test_of_staff_with_other_addresses_among_them_those_are_counted(
    head: str, host: str, times: int, count: Counting
) -> None:
    listed = [[f"{surname}{given}{n}子", f"k{n}@{host}"] for n in range(times) for surname, given in PEOPLE]
    listed[7] = ["石井花枝", "hanae@gmail.com"]
    assert count(Table(frame_of([[head, "メール"], *listed]))).subjects == 1
