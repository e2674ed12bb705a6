"""Lines that the hints leave out are lines in which the signatures find nothing."""

from __future__ import annotations

import random
import re

import pytest

from dlp.detect.ruleset import Ruleset
from dlp.subjects.hints import held
from dlp.subjects.own import OwnTown
from dlp.subjects.prose.facts import Facts

_SAID = (
    "普通預金 1234567 口座番号、旅券 AB1234567 と在留カード AB12345678CD、記号 12340-1 番号 1234567、基礎年金番号 1234-567890、"
    "被保険者番号：12-345678、免許証 123456789012、要介護 3、身体障害者手帳 2級、病名 F32.1、前科がある、保護観察対象、"
    "カード 4111 1111 1111 1112、住民票コード 12345678901、離職票 1234-567890-1、保険 記号 12 番号 34、令和5年4月1日、様"
).split("、")


def _lines() -> list[str]:
    rng = random.Random(6)
    pieces = [*_SAID, "資料は当日配布します。", "道路の拡幅", "電話 0463-21-0000", " ", "12", "の", "は"]
    words = [word for said in _SAID for word in said.split()]
    whole = ["".join(rng.choices(pieces, k=rng.randint(1, 4))) for _ in range(1500)]
    return [*_SAID, *whole, *(" ".join(rng.choices(words, k=rng.randint(1, 5))) for _ in range(1500)), ""]


def test_nothing_is_said_where_no_hint_is(ruleset: Ruleset) -> None:
    facts, rows = Facts(ruleset, OwnTown(ruleset, "")), _lines()
    hinted = facts.hinted(rows)
    said = {i for i, row in enumerate(rows) if facts.signed(row)}
    assert said <= hinted.any
    assert len(said) > 300
    needed = {i for i, row in enumerate(rows) if any(w in row for s in facts._signatures for w in s.near)}
    assert hinted.needed == needed
    assert not facts.hinted(["資料は当日配布しますので、各課で必要な部数を確認してください。"] * 3).any


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        ("(?:普通|当座)(?:預金)?[:]*(?P<value>[0-9]{7})", {"普通", "当座"}),
        ("(?:カード|VISA)?[0-9]{4}", set()),
        ("(?<!旅券)[A-Z]{2}(?=番号)", set()),
        ("要介護度?[1-5]|要支援[12]", {"介護", "支援"}),
        ("(?:等級)+[1-6]", {"等級"}),
        ("(?i:visa)[0-9]", set()),
        ("(?i)visa[0-9]", set()),
        ("(?:手帳|)[1-6]級", {"級"}),
        ("第[0-9]保険者番号", {"保険者番号"}),
    ],
)
def test_the_words_that_every_match_holds(pattern: str, words: set[str]) -> None:
    assert held(re.compile(pattern)) == words
