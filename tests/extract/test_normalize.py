from __future__ import annotations

import pytest

from dlp.extract.plain.normalize import DASHES, fold


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("０９０－１２３４－５６７８", "090-1234-5678"),
        ("０９０ー１２３４ー５６７８", "090-1234-5678"),
        ("サトウ　タロー", "サトウ タロー"),
        ("ｻﾄｳ ﾊﾅｺﾞ", "サトウ ハナゴ"),
        ("佐\u200b藤\u2060太郎", "佐藤太郎"),
        ("佐\u034f藤\U000e0020太郎", "佐藤太郎"),
        ("葛\U000e0100城", "葛城"),
        ("ＡＢＣ＠ｅｘａｍｐｌｅ．ｊｐ", "ABC@example.jp"),
        ("plain ascii", "plain ascii"),
        ("髙﨑", "髙﨑"),
        ("本町　－２３", "本町 -23"),
        ("東－１２３", "東-123"),  # what follows a wide dash is not lost with it
    ],
)
def test_fold(text: str, folded: str) -> None:
    assert fold(text) == folded


def test_every_dash() -> None:
    assert {fold(f"1{dash}2") for dash in DASHES} == {"1-2"}
