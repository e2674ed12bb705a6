"""What is tried only where it may match, a place with its number and what signatures say, is what a search over the whole
line finds."""

from __future__ import annotations

import random

import pytest

from dlp.detect.anchored import Anchored
from dlp.detect.ruleset import Ruleset
from dlp.subjects.prose import facts, numbered

_PIECES = (
    *"0123456789-の番 一二三、条ヶケアa(", *("丁目", "番地", "地割", "鏡浜市", "桜が丘", "北", "1-2", "町" * 9, "資料は当日配布します"),
)  # fmt: skip
_SAID = (
    *"0123456789-()（） 、,・/男女歳才満年月日号番の一二十@.:党級", *("年齢", "無所属", "現職", "当選", "3回", "要介護", "手帳", "障害者", "佐藤", "前科"),
    *("090-1234-5678", "0463", "+81", "犯", "窃盗", "で逮捕", "された", "ので", "本籍", "鏡浜市", "は", "滞納", "中", "税を", "DV被害者", "発熱", "夫妻", "花子"),
    *("資料は当日", "配布します", "。", "無所属 新人 ", "の党 現職 ", "満3才", "〒250-0001", "が", "茨城県龍ケ崎市", "3710", "京都府", "北海道", "町", "(平塚市岡崎", "4000", ")", "市"),
)  # fmt: skip


def test_the_same_places_are_found() -> None:
    rng, found = random.Random(5), 0
    for _ in range(20_000):
        line = "".join(rng.choices(_PIECES, k=rng.randrange(1, 20)))
        expected = [(m.span(), m.span("number")) for m in numbered._PLACE.finditer(line)]
        assert [(m.span(), m.span("number")) for m in numbered.places(line)] == expected, line
        found += len(expected)
    assert found > 2000


@pytest.mark.parametrize(
    "name",
    ["age_said", "care_said", "secret_said", "ailing_said", "elected", "telephone", "postal", "far", "bracketed"],
)
def test_the_same_is_said(ruleset: Ruleset, name: str) -> None:
    ours = {"telephone": facts._PHONE, "postal": facts._POSTAL, "far": facts._FAR, "bracketed": facts._IN_BRACKETS}
    said = ours[name] if name in ours else Anchored(ruleset.patterns[name])
    assert said.anchors is not None  # else nothing is gained
    rng, found = random.Random(4), 0
    for _ in range(10_000):
        text = "".join(rng.choices(_SAID, k=rng.randrange(24)))
        expected = [[m.span(i) for i in range(m.re.groups + 1)] for m in said.pattern.finditer(text)]
        assert [[m.span(i) for i in range(m.re.groups + 1)] for m in said.finditer(text)] == expected, text
        found += len(expected)
    assert found > 5
