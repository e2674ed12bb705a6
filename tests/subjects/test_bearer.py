"""Whose a labelled value is that has nothing but a name beside it, and values that are nobody's."""

from __future__ import annotations

import pytest

from dlp.extract.blocks import Text
from dlp.extract.plain.normalize import fold
from dlp.finding import Category
from tests.subjects import town

#: Names that lists know, that none does, and foreign ones.
NAMES = ["佐藤 花子", "鉢嶺 嘉津夫", "グエン・バン・アン"]
NUMBERS = [
    ("カード番号 {}", "card", "3530111333300000"),
    ("クレジットカード番号 {}", "card", "3530 1113 3330 0000"),
    ("住民票コード {}", "resident_code", "24727059608"),
    ("在留カード番号 {}", "residence_card", "AB12345678CD"),
    ("パスポート番号 {}", "passport", "TK1928374"),
    ("介護保険被保険者番号 {}", "insurance", "0012345678"),
    ("基礎年金番号 {}", "pension", "4821-390571"),
    ("免許証番号 {}", "licence", "309012345620"),
]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(("said", "category", "number"), NUMBERS)
def test_a_number_and_a_name(count, said, category, number, name):
    labelled = said.format(number)
    for line in (
        f"{labelled} {name}",
        f"{name} {labelled}",
        f"{labelled} {name}様",
        f"{name}さんの{labelled.replace(' ', 'は', 1)}です。",
    ):
        result = count(Text(fold(line + "\n")))
        assert (result.subjects, result.counts.get(Category(category))) == (1, 1), line


def test_a_number_and_a_name_on_each_line(count):
    lines = [
        f"{name}（被保険者番号 001234567{i}）" for i, name in enumerate(("佐藤 花子様", "浅川由美子様", "小板橋 誠様"))
    ]
    assert count(Text(fold("\n".join(lines)))).counts == {"name": 3, "insurance": 3}


@pytest.mark.parametrize("name", ["佐藤 花子", "鉢嶺嘉津夫", "グエン・バン・アン", "百目鬼 沙羅江"])
@pytest.mark.parametrize(
    "line",
    [
        "{} 電話 0463-23-1902", "{} 携帯 090-3827-1906", "{}、電話0463-23-1919", "{}（電話 0463-23-1921）", "{} 住所 平塚市岡崎1-2-3",
        "{} 生年月日 昭和52年3月4日", "{} 生年月日：S52.3.4", "{} 年齢 54", "{}様 性別 男", "{} メール hachi.k@example.com",
        "借主 {} 平塚市岡崎4000", "被相続人 {} 平塚市岡崎4000", "所有者 {} 那珂市鴻巣3241番地",
    ],
)  # fmt: skip
def test_a_label_and_a_name(count, line, name):
    assert count(Text(fold(line.format(name) + "\n"))).subjects == 1


@pytest.mark.parametrize(
    "line",
    [
        "カード番号を入力してください 担当 矢島", "在留カード番号の確認方法 市民課長 佐藤花子", "振込先 横浜銀行平塚支店 普通 1234567 矢島自治会",
        "平塚市役所 電話 0463-23-1111", "平塚文化財保護団 電話 0463-23-1234", "四十物昆布 電話 0463-23-1234", "緑風苑 電話 0463-23-1234",
        "電話 0463-23-1900 居酒屋 太郎", "大衆食堂 花子 電話 0463-23-1908", "加藤 米店 住所 平塚市岡崎1-2-3", "弁護士 電話 0463-23-1234",
        "カフェ・ド・パリ 電話 0463-23-1902", "第一子 生年月日 H30.4.2", "性別 男 年齢 54", "平均 年齢 54", "本人 性別 男", "受付 平塚市 生年月日 S52.3.4",
        "貸主 平塚土地建物 平塚市岡崎4000", "所有者 平塚市 平塚市浅間町9-1", "所有者 鉢嶺建設 平塚市岡崎4000",
    ],
)  # fmt: skip
def test_values_of_nobody(count, line):
    assert count(Text(fold(line + "\n"))).subjects == 0


def test_a_number_written_in_groups_is_no_address(count):
    lines = [f"{one.name} カード番号 3530-1113-3330-0000" for one in town.make(4, 1)]
    assert "address" not in count(Text("\n".join(lines))).counts
