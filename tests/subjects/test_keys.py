from __future__ import annotations

import re
import sys

import polars as pl
import pytest

from dlp.subjects import words
from dlp.subjects.cells import birth_keys, folding, keys


def of(key, *values):
    frame = pl.DataFrame({"x": list(values)}, schema={"x": pl.String})
    return frame.select(key(pl.col("x"))).to_series().to_list()


def same(key, *values):
    found = of(key, *values)
    assert found[0] is not None
    assert set(found) == {found[0]}, found


def test_spellings_of_one_name():
    same(
        keys.name_key, "髙橋 花子", "高橋　花子", "高橋花子様", "高 橋 花 子", "高橋花子（旧姓 山田）", "髙橋花子 さん"
    )
    same(
        keys.name_key,
        "髙橋花子",
        "高橋（旧姓 山田）花子",
        "高橋(山田)花子",
        "高橋 （旧姓：山田） 花子",
        "高橋［タカハシ］花子",
    )
    assert of(keys.name_key, "髙橋(株)商店", "髙橋花子(母)高橋一郎") == ["高橋", "高橋花子"]
    same(keys.name_key, "斎藤 邊太", "齋藤 辺太", "斉藤 邉太", "齊藤 辺太")
    same(keys.name_key, "山﨑 實", "山崎　実", "山嵜 實")
    same(keys.name_key, "佐々木 寿々子", "佐佐木寿寿子", "佐佐木　壽寿子 様")
    assert of(keys.name_key, "比嘉 嘉津枝", "嘉津枝", "奈々々", "々") == ["比嘉嘉津枝", "嘉津枝", "奈奈奈", "々"]
    assert keys.mirrored("佐佐木花") == ("花木佐佐", "花木木佐")  # of 佐々木花 from the end: 花木々佐


def test_spellings_of_one_reading():
    same(keys.kana_key, "サトウ ハナコ", "さとう　はなこ", "サトウハナコ", "サトゥハナコ"[:3] + "ハナコ")
    same(keys.kana_key, "オオノ ジョウジ", "おおの じょうじ", "オオノ ジヨウジ")
    assert of(keys.kana_key, "佐藤", "12", "") == [None, None, None]


def test_telephones():
    same(
        keys.phone_key,
        "0463-23-1111",
        "0463(23)1111",
        "(0463) 23-1111",
        "0463231111",
        "463231111",
        "+81 463-23-1111",
        "0463−23−1111",
    )
    assert of(keys.phone_key, "090-1234-5678", "9012345678", "TEL 090-1234-5678（母）") == ["09012345678"] * 3
    assert (
        of(keys.phone_key, "0120-444-444", "0570-00-1234", "なし", "110", "0000-00-0000", "123456789012") == [None] * 6
    )


def test_telephones_of_the_own_town_are_written_without_area_code():
    same(keys.phone_key, "21-1234", "(21)-1234", "21 - 1234", "21−1234")
    assert of(keys.phone_key, "221-1234", "1234-1234", "内線 21-1234", "21-123", "1-2-3", "2018-11-29") == [
        "2211234",
        "12341234",
        None,
        None,
        None,
        None,
    ]


@pytest.mark.parametrize(
    "text",
    ["1985/3/2", "1985-03-02", "1985.3.2", "1985年3月2日", "昭和60年3月2日", "S60.3.2", "S60/03/02", "昭60.3.2", "19850302",
     "S600302", "3600302", "1985-03-02 00:00:00", "1985/3/2生", "昭和60年 3月 2日", "31108"],
)  # fmt: skip
def test_dates_of_birth(text):
    assert of(birth_keys.birth_key, text) == [19850302]


def test_first_years_and_what_is_no_date():
    assert of(birth_keys.birth_key, "平成元年1月8日", "令和元年5月1日", "H1.1.8") == [19890108, 20190501, 19890108]
    assert of(birth_keys.birth_key, "3/2", "1985", "不明", "1985/13/1", "99999999", "0463-23-1111", "5") == [None] * 7


def test_spellings_of_one_address():
    same(
        keys.address_key,
        "神奈川県平塚市浅間町2丁目3番4号", "平塚市浅間町2-3-4", "平塚市浅間町二丁目3番4号", "平塚市 浅間町２－３－４",
        "〒254-0041 神奈川県平塚市浅間町2-3-4", "平塚市浅間町2‐3‐4 ハイツ本町101", "平塚市浅間町2丁目3-4",
    )  # fmt: skip
    same(keys.address_key, "平塚市大字土屋123番地の4", "平塚市土屋123-4", "平塚市土屋123番地4", "土屋１２３番地の４")


def test_an_address_is_the_house_with_a_room_or_without():
    same(
        keys.address_key,
        "平塚市浅間町2-3-4", "平塚市浅間町2-3-4-101", "浅間町2丁目3番4号 101号室", "浅間町2-3-4　１０１号室", "浅間町2-3-4 101",
        "浅間町2-3-4-101号室", "浅間町2丁目3番4号101室", "浅間町２ー３ー４　２０１", "浅間町2-3-4 2F", "浅間町二丁目三番四号 101号室",
        "浅間町2-3-4 A101号室",
    )  # fmt: skip
    same(keys.address_key, "平塚市土屋123番地", "土屋123番地 202号室", "土屋123番地‐202号室")
    told = of(
        keys.address_key, "土屋123", "土屋123-202", "土屋1-2-3", "土屋1-2-303", "土屋1丁目 2番 3号", "土屋12番 3号"
    )
    assert told == ["土屋123", "土屋123-202", "土屋1-2-3", "土屋1-2-303", "土屋1-2-3", "土屋12-3"]


def test_houses_at_two_streets_or_of_no_town_have_an_address():
    same(keys.address_key, "札幌市中央区北1条西2丁目3", "北海道札幌市中央区北1条西2-3", "北１条西２丁目３番")
    same(keys.address_key, "帯広市西5条南7丁目1", "北海道帯広市西5条南7-1")
    same(keys.address_key, "高松市番町ロ123", "番町ロ123番地", "香川県高松市番町ロ123")
    same(keys.address_key, "茨城県龍ケ崎市3710", "竜ケ崎市3710番地")
    told = of(keys.address_key, "北1条西2丁目3", "北1条西3丁目3", "北1条東2丁目3", "北2条西2丁目3", "旭川市7条通10丁目")
    assert None not in told
    assert len(set(told)) == 5


def test_a_municipality_is_no_address():
    assert (
        of(keys.address_key, "神奈川県平塚市", "平塚市", "横浜市中区", "神奈川県", "県外", "神奈川県12") == [None] * 6
    )
    assert None not in of(keys.address_key, "本町2-3-1", "平塚市浅間町", "中郡大磯町東小磯183")


def test_small_things():
    assert of(keys.sex_key, "男", "女性", "F", "1", "不詳") == [1, 2, 2, 1, None]
    assert of(birth_keys.age_key, "34", "34歳", "満5歳", "340", "三") == [34, 34, 5, None, None]
    assert of(keys.email_key, "A.b@Example.JP", "連絡先 a@b.jp まで", "a@b") == ["a.b@example.jp", "a@b.jp", None]
    same(keys.latin_key, "SATO, Hanako", "Hanako Sato", "sato hanako")


@pytest.mark.parametrize("cell", ["佐\u200b藤", "٠٤٦٣", "佐\u200b藤 ０٤"])
def test_a_folded_column_keeps_its_name(cell):
    """Else two columns of an address would be one, and no row of the list could be read."""
    assert folding.said(pl.Series("c7", ["平塚市", cell])).name == "c7"


def test_columns_are_folded_only_where_they_need_it():
    plain = pl.Series("x", ["abc", None, "123"])
    assert folding.folded(plain) is plain
    assert folding.folded(pl.Series("x", ["ｻﾄｳ ﾊﾅｺ", "佐\u200b藤", "０４６３"])).to_list() == [
        "サトウ ハナコ",
        "佐藤",
        "0463",
    ]


def test_a_class_of_ranges_holds_what_is_in_them_and_nothing_else():
    shown = re.compile(f"[{words.HIDDEN}]")
    assert set(filter(shown.match, map(chr, range(sys.maxunicode + 1)))) == set(words.INVISIBLE)
    assert len(words.HIDDEN) < len(words.INVISIBLE) / 4
    assert words.ranges("cabx") == "a-cx"
