"""What a sentence says of somebody that the law wants guarded, and sentences that say it of nobody."""

from __future__ import annotations

import polars as pl
import pytest

from dlp.extract.blocks import Table, Text
from dlp.extract.plain.normalize import fold


@pytest.mark.parametrize("name", ["佐藤花子", "佐藤 花子", "鉢嶺 嘉津夫", "百目鬼沙羅江"])
@pytest.mark.parametrize(
    "line",
    [
        "{}の本籍は神奈川県平塚市浅間町9番です。", "{} 前科2犯", "{}は前科一犯で、現在は無職。", "{}さんは創価学会の信者です。", "{}さんは非課税世帯です。",
        "{}様は住民税非課税世帯に該当します。", "{}さんは元暴力団員です。", "{}さんは在日韓国人です。", "{}さんは窃盗で服役", "{}さんは固定資産税を滞納しています。",
        "{}さんは共産党員です。",
    ],
)  # fmt: skip
def test_what_is_said_of_somebody(count, line, name):
    result = count(Text(fold(line.format(name) + "\n")))
    assert (result.subjects, result.counts.get("sensitive")) == (1, 1)


@pytest.mark.parametrize(
    "line",
    [
        "本籍地の記載について 市民課 佐藤花子", "本籍は記入不要です。市民課 佐藤花子", "前科の有無を問わない 人事課長 佐藤花子", "創価学会の会館 平塚市",
        "非課税世帯に該当する方の申請 窓口 佐藤花子", "市税を滞納している方は納税課へ 電話0463-21-8769 担当 佐藤", "市民税を滞納していない方が対象",
        "暴力団員でないことの誓約書 株式会社佐藤建設 代表取締役 佐藤花子", "在日韓国人社会の歴史 講師 佐藤花子 大学教授", "詐欺に注意 平塚署 佐藤花子巡査部長",
        "滞納者 一覧", "要保護児童 対策協議会",
    ],
)  # fmt: skip
def test_what_is_said_of_nobody(count, line):
    assert count(Text(fold(line + "\n"))).subjects == 0


def _list(title: str) -> Table:
    rows = [
        (title, None),
        ("番号", "氏名"),
        *((str(i + 1), name) for i, name in enumerate(("佐藤 花子", "鉢嶺 嘉津夫", "浅川 由美子"))),
    ]
    return Table(pl.DataFrame(rows, schema=["c0", "c1"], orient="row"))


@pytest.mark.parametrize(
    "title", ["生活保護受給者一覧", "市税滞納者名簿", "要介護認定者一覧（令和7年4月1日現在）", "児童虐待ケース一覧"]
)
def test_a_list_whose_title_says_it_is_held_by_the_upper_bound(count, title):
    found = count(_list(title))
    assert (found.subjects, found.upper) == (0, 3)


@pytest.mark.parametrize(
    "title", ["要介護認定審査会委員名簿", "生活保護担当職員名簿", "滞納者数一覧", "参加者名簿", "虐待防止研修 講師一覧"]
)
def test_a_list_of_others_is_not(count, title):
    assert count(_list(title)).upper == 0
