"""Names in a list that are nobody's by what stands beside them, and the lists like them that are people's."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from dlp.extract.blocks import Table, Text
from dlp.extract.plain.text import frame_of
from dlp.subjects.counter import Count
from tests.subjects.test_laid import PEOPLE

type Counting = Callable[..., Count]


def _rows(head: str, line: str, people: list[tuple[str, str, str]] = PEOPLE) -> Table:
    """A table: `line` is a row with {name}, {address}, {phone} and {n} in it, cells parted by commas."""
    rows = [line.format(name=name, address=a, phone=p, n=n) for n, (name, a, p) in enumerate(people, 1)]
    return Table(frame_of([row.split(",") for row in (head, *rows)]))


NOBODY = {
    "visiting cards": _rows("団体,部署,役職,氏名,電話,住所", "碧野市役所,総務課,係長,{name},{phone},{address}"),
    "one telephone": _rows("団体名,代表者,活動場所,連絡先（社協）", "ひまわりの会{n},{name},公民館,0463-22-1111"),
    "fire brigade": _rows("分団,職名,氏名,詰所所在地,詰所電話", "第{n}分団,部長,{name},{address},{phone}"),
    "dogs": _rows("名前,犬種,性別,年齢", "モモ{n},柴,オス,{n}歳"),
    "makers of stones": _rows("碑名,建立年月日,建立者,撰文,所在地", "句碑,大正{n}年1月2日,{name},{name},{address}"),
    "lords": _rows("代,藩主,官位,享年", "{n},{name},従五位下,6{n}"),
    "bidders": _rows("入札者,代表者,所在地,金額", "碧野{n}組,代表取締役 {name},{address},{n}000"),
    "titles with a figure": _rows("書名,著者,出版者", "農村の記録 {n},{name},碧野書店"),
    "architects": _rows(
        "登録番号,事務所名,開設者,管理建築士,所在地,電話", "第{n}号,碧野設計,{name},{name},{address},{phone}"
    ),
    "fallen soldiers": _rows("階級,氏名,戦没年月日,享年", "陸軍上等兵,{name},昭和20年1月{n}日,2{n}"),
    "planters of trees": _rows("樹種,植樹者,植樹日,場所", "桜,{name},昭和5{n}年4月2日,{address}"),
    "parties to agreements": _rows(
        "協定名,相手方,代表者名,所在地,連絡先", "物資供給,碧野{n}設計,{name},{address},{phone}"
    ),
    "hosts of advice": _rows("委員,氏名,相談会場,会場住所,予約電話", "人権擁護委員,{name},公民館,{address},{phone}"),
    "firms that carry out works": _rows("件名,契約の相手方,代表者,電話番号", "草刈,碧野{n}造園,{name},{phone}"),
    "companies under contract": _rows("契約の相手方,代表者,電話", "碧野{n}建設株式会社,{name},090-5511-20{n:02}"),
    "companies that are paid": _rows(
        "支払先,代表者名,電話番号,所在地", "(株)碧野{n}土木,{name},090-5511-20{n:02},{address}"
    ),
    "firms and whom to ask for": _rows("会社名,担当者,携帯電話", "碧野{n}造園,{name},090-5511-20{n:02}"),
    "lecturers and where": _rows("講座名,講師氏名,会場,電話番号", "陶芸,{name},中央公民館,{phone}"),
    "lecturers at one place": _rows("講座名,講師氏名,住所", "陶芸,{name},碧野市本町1-2-3"),
    "machines": _rows("受付日,連絡者,症状", "4/{n},{name},画面が映らない"),
}
PEOPLES = {
    "officers of a club": _rows("団体,役職,氏名,住所,電話", "碧野自治会,会長,{name},{address},{phone}"),
    "owners and their dogs": _rows("鑑札番号,飼い主,犬の名,犬種,所在地", "70{n}83,{name},モモ,柴,{address}"),
    "owners of dogs": _rows("名前,犬種,住所,電話", "{name},柴,{address},{phone}"),
    "patients": _rows("受付日,氏名,症状", "4/{n},{name},咳が出る"),
    "whom a certificate names": _rows("番号,保育士,自宅住所,生年月日", "{n},{name},{address},昭和3{n}年3月4日"),
    "who has a certificate": _rows("防災士,住所,電話番号", "{name},{address},090-5511-20{n:02}"),
    "poets who sent in": _rows("俳人,住所,年齢,電話番号", "{name},{address},6{n},090-5511-20{n:02}"),
    "who sees to a house": _rows("管理者,住所,電話", "{name},{address},090-5511-20{n:02}"),
    "who has booked": _rows("氏名,予約者電話,受取日", "{name},090-5511-20{n:02},4月{n}日"),
    "next of kin": _rows("氏名,住所,電話,戦没年月日,戦没地", "{name},{address},{phone},昭和20年3月{n}日,比島"),
    "traders": _rows("件名,契約の相手方,代表者,電話番号", "草刈,碧野{n}造園,{name},090-5511-20{n:02}"),
    "traders who take orders": _rows("受注者,代表者,電話", "碧野{n}造園,{name},090-5511-20{n:02}"),
    "people under contract": _rows("受注者,代表者,電話,住所", "{name},{name},090-5511-20{n:02},{address}"),
    "whose home is told": _rows("会社名,代表者,代表者住所,電話", "碧野{n}造園,{name},{address},{phone}"),
    "lecturers at home": _rows("講座名,講師氏名,自宅住所,自宅電話", "陶芸,{name},{address},{phone}"),
    "lecturers' addresses": _rows("講座名,会場,講師氏名,講師住所", "陶芸,中央公民館,{name},{address}"),
    "lecturers who are paid": _rows("講座名,講師氏名,生年月日,謝礼", "陶芸,{name},昭和{n}年3月4日,5000"),
    "lecturers called up": _rows("講座名,講師氏名,住所,携帯電話", "陶芸,{name},{address},090-5511-20{n:02}"),
    "who is across": _rows("相手方,電話,内容", "{name},{phone},照会"),
}


@pytest.mark.parametrize("table", NOBODY.values(), ids=NOBODY)
def test_nobody(table: Table, count: Counting) -> None:
    assert count(table).subjects == 0


@pytest.mark.parametrize("table", PEOPLES.values(), ids=PEOPLES)
def test_people(table: Table, count: Counting) -> None:
    assert count(table).subjects == len(PEOPLE)


def test_a_few_share_a_telephone(count: Counting) -> None:
    assert count(_rows("氏名,電話", "{name},0463-22-1111", PEOPLE[:4])).subjects == 4


def test_speakers_by_their_seats_are_nobody(count: Counting) -> None:
    said = [f"○{n}番（{name}君）　{n}番、{name}です。\n○議長　電話での相談は{phone}で受けます。" for n, (name, _, phone)
            in enumerate(PEOPLE, 1)]  # fmt: skip
    assert count(Text("\n".join(said).replace("　", ""))).subjects == 0


@pytest.mark.parametrize("line", ["{n}番 {name}君 9歳 {address}", "{n}番 {name}君　保護者電話 {phone}"])
def test_pupils_by_their_numbers_are_people(line: str, count: Counting) -> None:
    lines = [
        line.format(name=name.replace("　", " "), address=a, phone=p, n=n) for n, (name, a, p) in enumerate(PEOPLE, 1)
    ]
    assert count(Text("\n".join(["学童名簿", *lines]))).subjects == len(PEOPLE)


def test_candidates_and_actors_are_nobody_by_their_ages(count: Counting) -> None:
    lines = [f"{n}　{name}（4{n % 10}）　立憲・新　農業" for n, (name, _, _) in enumerate(PEOPLE, 1)]
    lines += [f"{9 + n}:30　出演　{name}（3{n}）、高橋 新 ほか" for n, (name, _, _) in enumerate(PEOPLE[:9])]
    assert count(Text("\n".join(lines))).subjects == 0


def test_whom_a_note_of_a_call_is_about(count: Counting) -> None:
    assert count(Text("電話メモ\n相手方：高橋健一様\n連絡先：070-1006-4016\n用件：相談\n")).subjects == 1


def test_an_example_by_its_telephone(count: Counting) -> None:
    made = "氏名：山田 太郎\n住所：東京都千代田区千代田1-1\n電話：03-0000-0000\n"
    assert count(Text(made)).subjects == 0
    assert count(Text(made.replace("03-0000-0000", "0463-22-1111"))).subjects == 1
    assert (
        count(
            Text("児童手当請求書（記入例）\n氏名：花水 太郎\n住所：磯浜町本町1-1-1\n電話番号：090-1234-5678\n")
        ).subjects
        == 0
    )


def test_columns_that_a_page_lets_run_together(count: Counting) -> None:
    rows = [[f"令和5年9月{n} {name}", address, "090-1", "騒音"] for n, (name, address, _) in enumerate(PEOPLE, 1)]
    table = Table(frame_of([["苦情処理簿", None, None, None], ["受付日  申出者", "住所", "電話", "内容"], *rows]))
    assert count(table).subjects == len(PEOPLE)
    apart = Table(frame_of([["氏　　名", "住所"], *([name, address] for name, address, _ in PEOPLE)]))
    assert count(apart).subjects == len(PEOPLE)
