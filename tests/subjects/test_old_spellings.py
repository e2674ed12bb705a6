"""Names written with old characters in running text: who is called so is somebody, and the same as in the new ones."""

from __future__ import annotations

import pytest

from dlp.extract.blocks import Text

NAMES = ["髙橋 由美子", "山﨑 眞由美", "關口 惠子", "𠮷田 龍一", "德永 壽夫", "黑沢 靜江", "齋藤 正彥", "長嶌 榮一"]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "line",
    [
        "{0} 090-1234-9876",
        "{0}　宮ノ前3丁目31番14号",
        "相談者は{1}、平塚市宮ノ前3-31-14在住。",
        "昨日、{1}（090-1234-9876）から電話があった。",
    ],
)
def test_old_characters_name_somebody(count, name, line):
    assert count(Text(line.format(name, name.replace(" ", "")))).subjects == 1


def test_old_and_new_characters_name_one(count):
    line = "相談者は{0}、090-1234-9876。\n\n"
    assert count(Text(line.format("關口惠子") + line.format("関口恵子"))).subjects == 1


def test_a_place_in_old_characters_is_nobody(count):
    assert count(Text("會場は澁谷區役所前、電話 03-1234-5678。\n櫻木町から濱松町まで歩く。")).subjects == 0
