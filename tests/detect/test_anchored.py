"""Patterns tried where they may match find what they find when they are searched for."""

from __future__ import annotations

import random
import re

import pytest

from dlp.detect.anchored import Anchor, Anchored, anchors, at_begin

_PIECES = (
    *"0123456789-()（） 、,・/男女歳才満年月日号番の一二十@.:党級", *("年齢", "無所属", "現職", "当選", "3回", "要介護", "手帳", "障害者", "佐藤", "前科"),
    *("090-1234-5678", "0463", "+81", "犯", "窃盗", "で逮捕", "された", "ので", "本籍", "鏡浜市", "は", "滞納", "中", "税を", "DV被害者", "発熱", "夫妻", "花子"),
    *("資料は当日", "配布します", "。", "一号", "二号の番", "無所属 新人 ", "党 ", "の党 現職 ", "満3才"),
)  # fmt: skip


def _spans(found: object) -> list[tuple[tuple[int, int], ...]]:
    return [tuple(m.span(i) for i in range(m.re.groups + 1)) for m in found]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "pattern",
    [
        r"(?<!\d)\d{1,3}歳(?!児)",
        r"(?<=年齢)[ :]{1,2}\d+|満(\d+)才",
        r"[^\s\d]{1,8}党(?=[ 、]|$)",
        r"\(?0\d{1,3}(?:-|\()\d+(?![\d-])|([ .])の\1",
        r"(?:男|女)(?:性)?(?=[\s,]|$)",
        r"(?:一|二){1,3}号.{0,3}番",
        r".*号",  # stands anywhere
        r"\d+",  # no words
    ],
)
def test_it_matches_what_the_pattern_matches(pattern: str) -> None:
    rng, compiled, found = random.Random(3), re.compile(pattern), 0
    anchored = Anchored(compiled)
    for _ in range(20_000):
        text = "".join(rng.choices(_PIECES, k=rng.randrange(24)))
        expected = _spans(compiled.finditer(text))
        assert _spans(anchored.finditer(text)) == expected, text
        first = anchored.search(text)
        assert ([] if first is None else [first.span()]) == [span[0] for span in expected[:1]]
        found += len(expected)
    assert found > 5


def test_a_word_is_told_with_where_it_stands_in_a_match() -> None:
    assert anchors(re.compile(r"(?:満)?\d{1,3}(?:歳|才)")) == (Anchor("歳", 1, 4), Anchor("才", 1, 4))
    assert anchors(re.compile(r"(?<=年齢)[ :]\d")) == (Anchor("年齢", -2, -2),)
    assert anchors(re.compile(r"\d{1,3}歳|\d")) is None  # one way has none
    assert anchors(re.compile(r"\d{1,80}歳")) is None  # it stands anywhere
    assert anchors(re.compile(r"(?i:tel)\d")) is None
    assert anchors(re.compile(r"(\d)\1歳")) in (None, (Anchor("歳", 2, 2),))


def test_what_matches_at_the_beginning_alone_is_told() -> None:
    assert at_begin(re.compile(r"^\s*(?:a|b)"))
    assert not at_begin(re.compile(r"^a|b"))
    assert not at_begin(re.compile(r"^a", re.MULTILINE))
    assert not at_begin(re.compile(r"a"))
