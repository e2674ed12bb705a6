from __future__ import annotations

import random

import pytest

from dlp.extract.blocks import Text
from dlp.extract.plain.normalize import fold
from tests.subjects.town import individual_number

PEOPLE = [
    "佐藤花子さん（34歳）が窓口に来られました。",
    "昨日、鈴木一郎様（電話090-1234-5678）から苦情がありました。",
    "住所は平塚市本町2-3-1、氏名は高橋 健太、生年月日は昭和60年3月2日生まれです。",
    "高橋健太\n平塚市本町2-3-1\n0463-22-3333\n",
    "相談者：田中美咲（女性、昭和58年生まれ、生活保護受給中）",
    "伊藤 誠 090-1234-5678",
    "お名前　山本 さくら\nご住所　平塚市宝町3-1\n",
    "佐　藤　太　郎　様　電話０４６３−２２−３３３３",
    "対象者は渡邉真由美（昭和40年5月6日生）である。",
    "〒254-0041\n平塚市浅間町9-1\n中村 優子 様\n",
    "BEGIN:VCARD\nFN:吉田 直樹\nTEL;TYPE=CELL:090-3333-4444\nEMAIL:yoshida@example.jp\nEND:VCARD\n",
    "参加希望です。\n松本 翼\n平塚市八重咲町1-2\nよろしくお願いします。",
    "氏名　木村 拓也　（きむら たくや）　男　昭和47年11月13日生（51歳）\n住所　東京都港区芝1-2-3",
    "申請者：霞見 壮太\n電話：090-1234-5678\n",
]
NOBODY = [
    "佐藤さんから電話がありました。0463-22-1111です。",
    "市長 佐藤太郎は0463-23-1111まで。",
    "総務課長の鈴木一郎です。電話は0463-23-1111です。",
    "山田駅前の大野ビル（本町1-2-3）に集合。電話 0463-21-1111",
    "著者 佐藤太郎、1985年、霞書房。ISBN978-4-12-345678-9",
    "From: 佐藤太郎 <sato@example.jp>\nTo: 鈴木一郎 <suzuki@example.jp>\n\n添付をご確認ください。",
    "佐々木さんの息子の健太くん(8歳)",
    "職員の佐藤太郎（総務課）が対応しました。内線2345",
    "講師：東京大学教授 佐藤太郎 電話03-1234-5678",
    "被害者の女性（34）は市内の病院へ。市長の佐藤太郎氏は…",
    "株式会社平塚建設\n代表取締役 佐藤太郎\n平塚市本町1-2-3\nTEL 0463-22-1111",
    "佐藤太郎\n平塚市役所 総務部 総務課\n〒254-8686 平塚市浅間町9-1\nTEL 0463-23-1111\nsato@city.example.lg.jp",
]  # fmt: skip


@pytest.mark.parametrize("text", PEOPLE)
def test_a_person_in_text(count, text):
    assert count(Text(text)).subjects == 1


@pytest.mark.parametrize("text", NOBODY)
def test_nobody_in_text(count, text):
    assert count(Text(text)).subjects == 0


def test_two_people_on_one_line(count):
    found = count(Text("小林大輔（090-2222-3333）と小林恵（090-2222-4444）が参加します。"))
    assert found.subjects == 2


def test_a_number_needs_a_word(count):
    number = individual_number(random.Random(4))
    assert count(Text(f"個人番号：{number} の件です")).subjects == 1
    assert count(Text(f"マイナンバーは {number[:4]} {number[4:8]} {number[8:]} です")).subjects == 1
    assert count(Text(f"受付 {number} の件です")).subjects == 0


@pytest.mark.parametrize(
    "text",
    [
        "霞見 壮太様から電話。固定資産税の件。0463-58-2222",
        "霞見 壮太様より固定資産税の件。折り返し要。TEL 0463-58-2222",
        "電話メモ 5/1 10:15 〔霞見 壮太様〕より。固定資産税の件。折返し要。℡0463-58-2222",
        "4年 霞見 壮太さん　ADHDの診断あり。投薬中。",
        "霞見 壮太さんは糖尿病の治療中で、付き添いが要る。",
        "霞見 壮太さんががんの手術を受けた。",
    ],
)
def test_memos_of_calls_and_of_illness(count, text):
    assert count(Text(text)).subjects == 1


@pytest.mark.parametrize(
    "text",
    [
        "霞見 壮太様から電話。担当は市民課、内線2101。0463-23-1111",
        "医師の霞見 壮太さんが糖尿病の治療について講演します。",
        "有限会社アオイ電機 代表 霞見 壮太 TEL 0463-11-9999",
    ],
)
def test_memos_that_say_nothing_of_him(count, text):
    assert count(Text(text)).subjects == 0


@pytest.mark.parametrize(
    "number", ["318472619500", "3184-7261-9500", "3184 7261 9500", "3184ー7261ー9500", "３１８４－７２６１－９５００"]
)
def test_an_individual_number_is_no_address_of_who_has_it(count, number):
    found = count(Text(fold(f"矢島健太さんのマイナンバーは{number}です")))
    assert (found.subjects, found.counts.get("address"), found.counts.get("individual_number")) == (1, None, 1)


def test_an_individual_number_is_that_of_whom_its_line_names(count):
    number = "3184-7261-9500"
    found = count(Text(f"佐藤一郎様 マイナンバー {number} 住所 長野県上田市天神1-2-3"))
    assert (found.subjects, found.counts.get("address"), found.counts.get("individual_number")) == (1, 1, 1)
    two = count(Text(f"佐藤一郎様（090-3827-1928）と鈴木花子様（090-3827-1929） マイナンバー {number}"))
    assert (two.subjects, two.counts.get("individual_number")) == (3, 1)  # whose it is is not told
