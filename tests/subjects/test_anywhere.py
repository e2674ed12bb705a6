"""What is told of many cells at once is what each of them, asked alone, would have said."""

from __future__ import annotations

import random
import re
from collections.abc import Callable

import polars as pl
import pytest

from dlp.detect.ruleset import Ruleset
from dlp.extract.blocks import Text
from dlp.subjects import counter
from dlp.subjects.books import Books
from dlp.subjects.cells import bulk
from dlp.subjects.cells.anywhere import Anywhere
from dlp.subjects.cells.looks import Look
from dlp.subjects.cells.values import Names
from dlp.subjects.counter import Count
from dlp.subjects.tables import combined

_CELLS = (
    "株式会社榧野|榧野建設|高橋 花子|雫寺 太郎様|★霞台駅 霞線|(有)椋鳥|㈱榧|教育総務課|神社|八幡神社|橋|榧野 橋|公園|センター|要介護3|要支援 1|手帳|"
    "生活保護|障害者手帳 2級|12|3-1|(12)榧野|①|男|サトウ ハナコ|(代)榧野太郎|榧野太郎(館)|社|団|a@b.example|Hana Sato|"
).split("|")
_PLACES = (
    "神奈川県,東京都,北海道,海霧市,霧立区,楢林,大字,字,本町,三丁目,二十一番地の,番,号,の,ノ,之,ヶ丘,が,ガ,ヵ,〒,０,３,一,十,-,ー,−,地割,町,"
    "村,郡,区,市,\n, ,　,髙,澤,A,\u00a0,都道府県,四日市市,五十,番町,𠮷"
).split(",")
_MIXED = (
    "a@b.example,090-1234-5678,〒259-0100,昭和60年1月2日,1985/3/4生,満40歳,TEL,電話:,メール,海霧市楢林1-2,海霧市楢林二丁目, ,：,/,榧野,12,三"
).split(",")


def _put_together(pieces: list[str], count: int, most: int, seed: int) -> list[str]:
    rng = random.Random(seed)
    return ["".join(rng.choices(pieces, k=rng.randint(0, most))) for _ in range(count)]


@pytest.mark.parametrize("seed", range(8))
def test_a_pattern_is_found_among_cells_where_each_holds_it(ruleset: Ruleset, seed: int) -> None:
    patterns = Books(ruleset).patterns
    for asked in ((patterns.body, patterns.body_end), (patterns.care_told,), (patterns.desk_end, patterns.nobody)):
        cells = _put_together(list(_CELLS), (3, 300)[seed % 2], 1 + seed % 3, seed)
        told = Anywhere(*asked).among(cells)
        assert [told(cell) for cell in cells] == [any(p.search(cell) for p in asked) for cell in cells]
        assert [told(cell[1:-1]) for cell in cells] == [any(p.search(cell[1:-1]) for p in asked) for cell in cells]


def test_a_pattern_is_found_in_one_text_where_a_search_finds_it(ruleset: Ruleset) -> None:
    patterns = Books(ruleset).patterns
    for asked in (
        (patterns.body, patterns.body_end),
        (patterns.care_told,),
        (re.compile("[榧館]$|橋.?社"), patterns.nobody),
    ):
        found = Anywhere(*asked).found
        cells = _put_together([*_CELLS, *"榧館橋社"], 600, 3, 5)
        told = [any(pattern.search(cell) for pattern in asked) for cell in cells]
        assert [found(cell) for cell in cells] == told
        assert 10 < sum(told) < len(told)


def test_what_was_asked_of_one_transfer_is_forgotten_with_the_next(
    ruleset: Ruleset, count: Callable[..., Count]
) -> None:
    count(Text("榧野花子様（電話 090-1234-5678）"))
    names = counter._books(ruleset)[0]
    known = dict(names._known)
    assert any("榧野花子" in text for text in known)
    assert {text: Names(ruleset).likelihood(text) for text in known} == known
    count(Text("議事録"))
    assert not names._known


def test_a_column_looks_as_its_cells_do_one_by_one(ruleset: Ruleset) -> None:
    names = Names(ruleset)
    seen = set()
    for seed in range(40):
        cells = [cell for cell in _put_together(list(_CELLS), 20, 2, seed) if cell]
        column, alone = Look(cells, names), [Look([cell], names) for cell in cells]
        for kind in ("shape", "org", "care", "name", "title"):
            share = sum(getattr(one, kind) * one.n for one in alone) / max(1, column.n)
            assert getattr(column, kind) == pytest.approx(share)
            seen.add((kind, share > 0))
    assert {kind for kind, said in seen if said} >= {"shape", "org", "care", "name"}


def test_a_few_towns_are_kept_as_many_are(monkeypatch: pytest.MonkeyPatch) -> None:
    towns = pl.Series([*_put_together(_PLACES, 6000, 7, 3), None, "0"], dtype=pl.String)
    many = bulk.towns_kept(towns)
    monkeypatch.setattr(bulk, "_FEW", towns.len())
    assert bulk.towns_kept(towns).equals(many, null_equal=True)
    assert 1000 < many.null_count() < 5500


def test_what_is_left_of_a_cell_is_told_though_it_is_cut_short() -> None:
    def slowly(text: str) -> str:
        for found in combined._FOUND.values():
            text = found.sub(" ", text)
        return combined._BESIDE.sub("", text)

    cells = _put_together(_MIXED, 3000, 4, 9)
    for cell in cells:
        left, whole = combined._rest(cell), slowly(cell)
        assert left == whole or (left == "" and len(whole) < combined._LEFT)
    assert sum(combined._rest(cell) != "" for cell in cells) > 500
