"""How dates and addresses are written where towns number houses their own way, and papers their days."""

from __future__ import annotations

import pytest

from dlp.extract.blocks import Text
from dlp.extract.plain.normalize import fold

BORN = [
    "昭和五十二年三月四日",
    "昭和52・3・4",
    "S52・3・4",
    "昭52・3・4",
    "一九七七年三月四日",
    "昭和五二年三月四日",
    "1977・3・4",
]
HOUSES = [
    "札幌市中央区北1条西2丁目3", "北海道札幌市北区北24条西5丁目", "旭川市7条通10丁目", "高松市番町ロ123", "今治市別宮町甲12番地",
    "茨城県龍ケ崎市3710", "盛岡市内丸第12地割34番", "金沢市長町ホ12番地",
]  # fmt: skip


@pytest.mark.parametrize("born", BORN)
@pytest.mark.parametrize("line", ["鏑木嘉津夫さんは{}生まれ。", "鏑木 嘉津夫（{}生）", "佐藤花子 生年月日 {}"])
def test_a_birth_in_a_sentence(count, line, born):
    result = count(Text(fold(line.format(born))))
    assert (result.subjects, result.counts.get("birth_date")) == (1, 1)


@pytest.mark.parametrize(
    "line",
    [
        "昭和七十年三月四日生まれの佐藤花子さん", "佐藤花子さんは昭和五十二年三月四日、窓口に来た。", "一九七七年三月四日 議長 佐藤花子",
        "佐藤花子さん 3・4・5組", "昭和五十二年二月三十日生 佐藤花子",
    ],
)  # fmt: skip
def test_days_that_are_no_birth(count, line):
    assert count(Text(line)).subjects == 0


@pytest.mark.parametrize("house", HOUSES)
@pytest.mark.parametrize(
    "line", ["氏名 鏑木 嘉津夫\n住所 {}\n", "鏑木嘉津夫さんは{}に住んでいます。", "鏑木 嘉津夫（{}）", "{} 佐藤花子様"]
)
def test_a_house_of_its_own_kind(count, line, house):
    result = count(Text(fold(line.format(house))))
    assert (result.subjects, result.counts.get("address")) == (1, 1)


@pytest.mark.parametrize(
    "line",
    [
        "会場 文化会館（札幌市中央区北1条西2丁目3）", "高松市番町ロ123 文化会館", "茨城県龍ケ崎市3710 市役所", "佐藤花子さんは茨城県龍ケ崎市2024年度の委員",
        "憲法第9条第2項 佐藤花子", "佐藤花子さんは平塚市町ロビー2階にいます",
    ],
)  # fmt: skip
def test_places_of_nobody(count, line):
    assert count(Text(fold(line))).subjects == 0
