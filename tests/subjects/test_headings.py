"""Headings of tables as other hands write them: kana, questions, lists side by side, one thing in several columns."""

from __future__ import annotations

import pytest

from dlp.extract.blocks import Table, Text
from tests.subjects.town import frame

NAMES = ["霞見　壮太", "碧江　楓子", "蒼沢　紬香", "榧里　栞恵"]


@pytest.mark.parametrize("heading", ["ｾｲﾈﾝｶﾞﾂﾋﾟ", "ｾｲﾈﾝｶﾞｯﾋﾟ", "せいねんがっぴ", "セイネンガッピ"])
def test_a_heading_in_kana_is_the_same_in_any_kana(count, heading):
    rows = [["番号", "ｼﾒｲ", heading], *([str(i), "ﾔﾏﾀﾞ ﾀﾛｳ", f"3{i + 20}0103"] for i in range(4))]
    assert count(Table(frame(rows))).counts == {"kana": 4, "birth_date": 4}


def test_two_headings_of_which_one_says_what_is_told_of_a_person(count):
    assert count(Table(frame([["会員", "歳"], *([name, str(30 + i)] for i, name in enumerate(NAMES))]))).subjects == 4


def test_lists_side_by_side_under_a_heading_nobody_knows(count):
    rows = [["番", "申告された方", "生年月日"] * 2]
    rows += [["1", NAMES[0], "昭和41年11月6日", "2", NAMES[1], "平成3年2月1日"]]
    rows += [["3", NAMES[2], "昭和21年1月9日", "4", NAMES[3], "平成30年8月1日"]]
    assert count(Table(frame(rows))).subjects == 4


def test_a_telephone_in_three_columns_whatever_the_second_and_third_are_called(count):
    rows = [["氏名", "市外局番", "市内", "番号"], *([name, "0463", f"2{i}", f"111{i}"] for i, name in enumerate(NAMES))]
    assert count(Table(frame(rows))).counts == {"name": 4, "phone": 4}
    spaced = [[f" {cell} " for cell in row] for row in rows]
    assert count(Table(frame(spaced))).subjects == 4


def test_a_list_on_its_side_with_banks_and_branches(count):
    rows = [
        ["口座名義人", *NAMES, "藤見　大和"],
        ["金融機関", *["みずほ銀行", "横浜銀行", "りそな銀行"], "三井住友銀行", "横浜銀行"],
        ["支店", *["駅前支店"] * 5],
        ["口座番号", *(f"123456{i}" for i in range(5))],
    ]
    assert count(Table(frame(rows))).subjects == 5


def test_a_question_is_the_label_of_its_answer(count):
    lines = (f"お名前を教えてください：{name}\nメールアドレス：a{i}@example.com\n" for i, name in enumerate(NAMES))
    assert count(Text("\n".join(lines))).subjects == 4


@pytest.mark.parametrize("word", ["選手", "メンバー", "乗組"])
@pytest.mark.parametrize("numbers", ["１２", "①②"])
def test_people_of_a_row_under_one_word_that_is_counted_on(count, word, numbers):
    """Each with what is said of him behind him; a heading that no signature knows."""
    rows = [["チーム名", "代表者", "代表者連絡先", *(cell for n in numbers for cell in (word + n, "年齢"))]]
    rows += [["レッズ", NAMES[i], f"090-1234-567{i}", NAMES[i - 1], "21", "佐藤　花子", "34"] for i in range(2)]
    found = count(Table(frame(rows)))
    assert found.subjects == 4  # 佐藤 花子 twice, and the first is also a player
    assert found.counts["age"] == 3


def test_goods_under_one_word_that_is_counted_on_are_nobody(count):
    rows = [["店", "商品１", "電話", "商品２", "電話"]]
    rows += [["藤見屋", "佐藤米", "0463-21-1111", "高級醤油", "0463-21-1112"]] * 5
    assert count(Table(frame(rows))).subjects == 0


def test_readings_that_a_code_could_not_write_are_no_second_people(count):
    """Half-width katakana in ISO-2022-JP: 〓 in heading and cells, in a list of fixed width as well."""
    rows = [["番号", "被保険者氏名", "〓〓氏名", "住所"]]
    rows += [[str(i), name, "〓〓〓 〓〓〓〓", f"葭江{i + 1}-7-12"] for i, name in enumerate(NAMES)]
    assert count(Table(frame(rows))).subjects == len(NAMES)
    lines = "\n".join("".join(f"{cell:　<14}　　" for cell in row) for row in rows)
    assert count(Text(lines)).subjects == len(NAMES)


def test_each_of_two_under_one_heading_has_the_birth_behind_him(count):
    """事件本人 over both: whoever has none is nobody, though the other has one."""
    rows = [
        ["受付番号", "届出種別", "事件本人", "", "", "", "備考"],
        ["", "", "夫・本人", "生年月日", "妻", "生年月日", ""],
    ]
    rows += [
        ["1", "婚姻", NAMES[0], "S61.12.04", NAMES[1], "", ""],
        ["2", "離婚", NAMES[2], "", NAMES[3], "H04.08.15", ""],
    ]
    rows += [["3", "死亡", "佐藤　花子", "S47.09.09", "", "", ""]]
    assert count(Table(frame(rows))).counts == {"name": 3, "birth_date": 3}


def test_a_name_and_a_telephone_in_one_cell_are_nobodys_address(count):
    """In a list that nothing heads: it would be said of whoever is named beside it."""
    pairs = [("坂本 修", "鬼頭薫"), ("一ノ瀬 俊", "西園寺清"), ("加藤 悠真", "今翔太"), ("佐藤 花子", "陳志豪")]
    rows = [[left, f"{right}0955-32-731{i}"] for i, (left, right) in enumerate(pairs)]
    assert count(Table(frame(rows))).counts == {"name": 4, "phone": 4}
