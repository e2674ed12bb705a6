"""What native code drops must hold nothing: each sieve against the patterns it stands for."""

from __future__ import annotations

import random

import pytest

from dlp.extract.plain import sieve
from dlp.subjects.books import Books
from dlp.subjects.cells.values import Names
from dlp.subjects.own import OwnTown
from dlp.subjects.plan.header import Reader
from dlp.subjects.prose.named import Named
from dlp.subjects.prose.prose import Prose

_PIECES = [
    *"佐藤花子高橋一郎東西の、は。様 さん　氏 生まれ 令和6年4月1日 0463-12-3456 要介護2 本町2-3-1 a@b.jp 52歳 男 女性 (1985/3/2) 𠮷田 林".split(),
    "平塚市宝町5", "宝町12", "明石町三番", "佐藤花子", "佐藤 花子", "高 橋 一 郎", "Taro SATO", " ", "\t", "-----", "１２３", "八番地の5", "問い合わせ先", "\ud800",
]  # fmt: skip


def _lines(seed: int, count: int = 400) -> list[str]:
    rng = random.Random(seed)
    return ["".join(rng.choices(_PIECES, k=rng.randint(0, 7))) for _ in range(count)]


@pytest.mark.parametrize("seed", range(3))
def test_prose_finds_the_same_with_and_without_the_sieve(ruleset, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    names = Names(ruleset)
    prose = Prose(ruleset, names, Reader(ruleset.headers, Books(ruleset)), OwnTown(ruleset, "平塚市"))
    rows = [row.replace("\ud800", "") for row in _lines(seed)]
    sifted = prose.read(rows)
    monkeypatch.setattr(sieve, "_FEW", 1 << 40)  # every line may hold everything
    monkeypatch.setattr(Named, "lines", lambda self, rows, where: set(where))
    assert sifted == prose.read(rows)
    assert sifted


def test_half_a_surrogate_pair_is_no_reason_to_fail(ruleset) -> None:
    rows = _lines(7)
    assert any("\ud800" in row for row in rows)
    assert sieve.lines(rows, "佐藤")[0] == [i for i, row in enumerate(rows) if "佐藤" in row]
    Prose(ruleset, Names(ruleset), Reader(ruleset.headers, Books(ruleset)), OwnTown(ruleset, "")).read(rows)


def test_a_line_that_names_somebody_is_kept_and_most_others_are_not(ruleset) -> None:
    named = Named(ruleset, Names(ruleset))
    rows = ["佐藤花子が来た", "会議は東の部屋で行う", "担当は高橋 一郎です", "", "中央公園の整備", "(林花子)"]
    kept = named.lines(rows, range(len(rows)))
    assert {0, 2, 5} <= kept
    assert 3 not in kept
    assert named.lines([], []) == set()


def test_names_with_an_honorific_are_those_that_a_search_over_the_line_finds(ruleset) -> None:
    names = Names(ruleset)
    spoken = Prose(ruleset, names, Reader(ruleset.headers, Books(ruleset)), OwnTown(ruleset, ""))._spoken
    rng, found = random.Random(4), 0
    pieces = "様 さん さま 氏 名 さ ん ちゃん 君 殿 佐藤 花子 アンナ ー グエン・ の 、 ( 1 𠮷 皆".split()
    for _ in range(4000):
        line = "".join(rng.choice([*pieces, " ", " "]) for _ in range(rng.randrange(40)))
        searched = [match.span() for match in spoken._honoured.finditer(line)]
        assert [match.span() for match in spoken.honoured_in(line)] == searched, line
        found += len(searched)
    assert found > 4000
