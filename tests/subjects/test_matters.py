"""Fields below a sentence that says whom they are about: a person's, and nobody's below what tells of an office or a shop."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from dlp.extract.blocks import Text
from dlp.subjects.counter import Count
from tests.subjects.test_spared import rows

type Counting = Callable[..., Count]

BORN = "生年月日：昭和12年5月5日"
SENTENCES = (
    "お尋ねのあった、{whole}様の件、下記のとおり回答いたします。\n\n",
    "{whole}様の件\n　",
    "ご照会のありました{apart}様についてお知らせします。\n・",
    "標記の件、{whole}氏につきましては以下のとおりです。\n　",
    "{whole}さんから電話がありました。\n至急、折り返してください。\n",
    "{whole}さんが来庁。\n",
    "{whole}様より転入の相談。\n",
    "対象者は{whole}です。\n",
)


@pytest.mark.parametrize("sentence", SENTENCES)
@pytest.mark.parametrize(
    "fields", ["住所：{home}\n電話：{mobile}", BORN + "\n性別：女", "携帯：{mobile}\nメール：{mail}"]
)
def test_fields_are_about_whom_the_sentence_above_them_names(count: Counting, sentence: str, fields: str) -> None:
    text = rows(sentence + fields, between="\n\n")
    assert count(Text(text)).subjects == 30


def test_whoever_is_told_of_by_a_sentence_is_none_of_those_a_form_names(count: Counting) -> None:
    text = f"佐藤花子様の件、下記のとおり回答いたします。\n氏名：鈴木一郎\n{BORN}\n"
    assert count(Text(text)).subjects == 1


@pytest.mark.parametrize(
    "text",
    [
        "担当の佐藤花子さんまでご連絡ください。\n電話：0463-21-8777\nメール：fukushi@city.kagamihama.lg.jp\n",
        "講師の佐藤花子さんの講演会です。\n会場：中央公民館\n住所：鏡浜市本町1-2-3\n電話：0463-21-8777\n",
        "佐藤課長の件\n電話：0463-21-8777\n",
        "佐藤花子様の件、承知しました。\n--\n福祉課\n電話：0463-21-8777\n",
    ],
)
def test_fields_of_an_office_or_a_hall_are_nobodys(count: Counting, text: str) -> None:
    assert count(Text(text)).subjects == 0
