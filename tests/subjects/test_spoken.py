from __future__ import annotations

import polars as pl
import pytest

from dlp.subjects.cells import cells
from dlp.subjects.people import spoken


@pytest.mark.parametrize(
    ("reading", "latin"),
    [
        ("サトウ ヨウコ", "SATO Yoko"), ("サトウ ヨウコ", "Youko Satoh"), ("オオノ ジュンイチ", "Junichi Ohno"), ("オノ ショウタ", "Ono Shota"),
        ("ナンバ リョウ", "NAMBA RYO"), ("ハットリ ケンイチ", "Hattori Ken'ichi"), ("ハッチョウ マイ", "Hatcho Mai"), ("シマヅ ヅルコ", "Shimazu Zuruko"),
        ("ふじい ちひろ", "FUJII Chihiro"), ("ﾂﾁﾔ ｷｮｳｺ", "Tutiya Kyoko"),
    ],
)  # fmt: skip
def test_they_sound_alike(reading, latin):
    kana = cells.kana_key(cells.said([reading])[0])
    assert spoken.of_reading(kana) == spoken.of_latin(cells.latin_key(latin))
    assert spoken.of_reading(kana) is not None


@pytest.mark.parametrize(
    ("reading", "latin"),
    [
        ("ウエダ ミキオ", "Mikio Ueda"),
        ("ウエダ ミキオ", "UEDA MIKIO"),
        ("オオイ リョウ", "Ryo Oi"),
        ("イノウエ ユウコ", "Yuko Inoue"),
    ],
)
def test_a_long_vowel_at_either_end_of_a_name(reading, latin):
    assert spoken.of_reading(cells.kana_key(cells.said([reading])[0])) == spoken.of_latin(cells.latin_key(latin))


@pytest.mark.parametrize(
    ("one", "other"), [("サトウユキ", "サトウユキオ"), ("サトウミナ", "サトウナミ"), ("サトウカズ", "サトウカズオ")]
)
def test_letters_that_are_heard_make_another_name(one, other):
    assert spoken.of_reading(one) != spoken.of_reading(other)


@pytest.mark.parametrize("latin", ["Smith John", "Nguyen Thi Hoa", "Xu", "o'", "Bo Li"])
def test_other_names_are_nobody_s_reading(latin):
    assert spoken.of_latin(cells.latin_key(latin)) is None or latin == "Bo Li"
    assert spoken.of_latin("ai") is None  # two syllables tell nothing


def test_of_columns():
    kana = pl.Series(["サトウヨウコ", None, None, "アイ"], dtype=pl.String)
    latin = pl.Series([None, "sato yoko", "john smith", "ai"], dtype=pl.String)
    found = spoken.of_columns(kana, latin).to_list()
    assert found[0] == found[1] is not None
    assert found[2:] == [None, None]
