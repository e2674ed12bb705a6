"""Native code gives each cell the key Python gives it, whatever stands beside it, or leaves it."""

from __future__ import annotations

import random
import re

import polars as pl
import pytest

from dlp import native
from dlp.subjects.books import Books
from dlp.subjects.cells import bulk, keys, naming, quick
from dlp.subjects.people import people
from dlp.subjects.people.body import Body
from dlp.subjects.plan.columns import Person, Plan
from dlp.subjects.words import BLANKS

pytestmark = pytest.mark.skipif(native.library is None, reason="native code was not built")

#: Pieces of cells: plain ones, and whatever folding, trimming and each key treats apart.
_PIECES = {
    "name": [*"佐藤髙橋花子太郎一二信実町有会社部課合計小無々〆〇ヶヵゝゞァーヽ・･.,、｡ ﾊﾝ様殿氏君さんん先生(（[", " ", "\u3000", "\t", "\n", "\xa0",
             "\u3099", "\u200b", "\ufe0f", "\U000e0100", "𠮷", "﨑", "か", "が", "é", "㍻", "１", "1", "sato", "S", "株式会社", "合計", "記入例", "その他", "なし", "以下"],
    "kana": [*"アイウエオカガサタナハマヤラワンヴヂヅァィゥェォッャュョヮー・ヽヾあいがん漢ｱｶﾞ-‐−ｰ (（,、", " ", "\u3000", "\u3099", "\u200b", "ナシ", "なし", "\xad"],
    "phone": [*"0123456789-‐−ー() +", "090", "0120", "0800", "0463", "-", "-", "１", "\u200b", "なし", " "],
    "email": [*"abz059._%+-@@.AZ 　ａ", "example", ".jp", "@town.example", "@", "<", "\u200b"],
    "birth": [*"0123456789/-.年月日 　１", "1999", "2001", "/1/2", "-12-31", "1985年", "4月", "3日", "昭和60年", "S60.1.2", "生", "20010203", "\u200b"],
    "sex": ["男", "女", "男性", "女性", "M", "F", "m", "1", "2", "9", "x", "0", "1:男", "１", " 男", "女 ", "その他", "オトコ", "ｵﾄｺ", "男\u200b", "なし", "♂"],
    "id": [*"0123456789-aAZ 　１.", "100", "0", "-", "なし", "\u200b", ".0"],
    "code": [*"0123456789-〒１ －", "254-0041", "2540041", "0", "-", "なし", "健康", "×", "NO"],
    "address": [*"東京都港区本町大字一丁目番地号のノ之ヶケがガ0123456789-‐−ー 　〒１(（", "東京都", "神奈川県", "霞台市", "本町", "2-3-1", "10", "丁目", "番地の", "254-0041 ", "\n", "\u200b", "𠮷", "が", "か\u3099", "ᄀ", "ᅡ", "…", "m³", "ハイツ101", "北1条西2丁目3", "7条通", "番町", "ロ", "市", "号室", "-101", " 101号室", "階", "F"],
}  # fmt: skip


def _cells(kind: str, seed: int, odd: float) -> list[str | None]:
    rng = random.Random(seed)
    pieces, plain = _PIECES[kind], _PLAIN[kind]

    def one() -> str | None:
        if rng.random() < 0.1:
            return rng.choice((None, "", *sorted(BLANKS)))
        cell = rng.choice(plain)
        if rng.random() < odd:
            place = rng.randrange(len(cell) + 1)
            cell = cell[:place] + rng.choice(pieces) + cell[place + rng.randrange(2) :]
        return cell if rng.random() < 0.9 else "".join(rng.choices(pieces, k=rng.randrange(1, 14)))

    return [one() for _ in range(400)]


_PLAIN = {
    "name": ["佐藤 花子", "髙橋　太郎", "林", "阿部信一", "町田実", "渡邊ゝの", "アンナ・マリア", "五十嵐 々", "無"],
    "kana": ["サトウ ハナコ", "たかはし　たろう", "オオノ・ジョウジ", "ヴァンナ", "アー"],
    "phone": ["0463-23-1111", "090-8012-3456", "0120-12-3456", "0463231111", "03-1234-567", "80-1234-5678"],
    "email": ["hanako.sato@town.example", "a@b.jp", "x_%+-1@a-b.c-d.info", "a@b.c", "a@b..jp", "a@.jp", ".a@b.jp"],
    "birth": ["1985/03/02", "1999-1-2", "2001.12.31", "1985年3月2日", "2099年12月31", "1999/13/1", "1899/1/1", "85/3/2"],
    "sex": ["男", "女", "男性", "F"],
    "id": ["1", "100", "0012", "012", "1-2", "2020-001"],
    "code": ["254-0041", "2540041", "0", "00", "-"],
    "address": ["神奈川県霞台市本町2-3-1", "本町2-3", "霞台市", "東京都港区一丁目2番3号", "本町2丁目3番地の4", "大字本町12-", "町1", "12-3", "霞台市中央区北1条西2丁目3", "霞台市7条通10丁目", "霞台市番町ロ123", "霞台市3710", "神奈川県12", "本町2-3-1-101", "本町2-3-1 101号室", "2-3-1-1010", "本町2-3-101", "本町2-3--1-101"],
}  # fmt: skip


def _present(cells: pl.Series, books: Books) -> pl.Series:
    nothing = list(books.nothing_said)
    return keys.over(lambda cell: (cell.is_not_null() & ~cell.str.to_lowercase().is_in(nothing)).fill_null(False))(
        cells
    )


_sexes = keys.over(keys.sex_key)


def _ways(books: Books) -> dict[str, list[tuple]]:
    person = keys.over(lambda key: naming.person_name(key, books))
    said = keys.over(lambda key: pl.lit("整理番号:") + key.str.to_lowercase())
    return {
        "name": [
            (lambda cells: person(bulk.names(cells, books)), quick.names(books)),
            (lambda cells: bulk.names(cells, books), quick.halves(books)),
        ],
        "kana": [(bulk.readings, quick.readings)],
        "phone": [(bulk.phones, quick.phones)],
        "email": [(bulk.emails, quick.emails)],
        "birth": [(bulk.births, quick.births)],
        "sex": [(_sexes, quick.sexes)],
        "id": [(said, quick.labelled("整理番号:"))],
        "code": [(lambda cells: _present(cells, books), quick.present)],
        "address": [(bulk.addresses, quick.addresses(bulk.towns_kept))],
    }


@pytest.mark.parametrize("kind", _PIECES)
@pytest.mark.parametrize("odd", [0.0, 0.1, 0.7])
def test_keys_are_those_of_python(ruleset, kind, odd):
    for of, fast in _ways(Books(ruleset))[kind]:
        for seed in range(12):
            cells = pl.DataFrame({"c0": _cells(kind, seed, odd)}, schema={"c0": pl.String})
            slow, quickly = Body(cells).key(0, of), Body(cells).key(0, of, fast)
            if kind == "code":
                slow, quickly = slow.fill_null(False), quickly.fill_null(False)
            told = list(zip(cells["c0"], slow, quickly, strict=True))
            assert quickly.equals(slow), [one for one in told if one[1] != one[2]]


@pytest.mark.parametrize("kind", _PIECES)
def test_plain_cells_are_read_natively(ruleset, kind):
    for of, fast in _ways(Books(ruleset))[kind]:
        found = fast(pl.Series(_PLAIN[kind][:2] * 10))
        assert found is not None
        assert not found[1].any()
        assert found[0].null_count() == 0
        assert found[0].equals(of(pl.Series(_PLAIN[kind][:2] * 10)))


def test_slices_chunks_and_long_cells():
    whole = pl.Series(["a@b.jp", None, "x" * 300 + "@town.example", "c@d.jp", ""])
    chunked = pl.concat([whole.slice(1, 3), whole, whole.clear()], rechunk=False)
    for cells in (whole, whole.slice(2), chunked, whole.clear(), pl.Series([None, None], dtype=pl.String)):
        keyed, hard = quick.emails(cells)
        assert not hard.any()
        assert keyed.to_list() == [cell or None for cell in cells]


def test_without_native_code_nothing_is_found(monkeypatch):
    monkeypatch.setattr("dlp.native.library", None)
    assert quick.phones(pl.Series(["0463-23-1111"])) is None


_EXAMPLES = [
    "記入例",
    "例",
    "例１",
    "（例）",
    "※ 見本",
    "見本 太郎",
    "\u3000【記載例】",
    "入力例:1",
    "<サンプル>",
    "例\u3099",
    "𠮷例",
    "サンプル",
    "＜例＞",
]
_NO_EXAMPLES = ["見城 花子", "入江 太郎", "記", "例題", "佐藤 花子", "1", "", None, "(株)例", " "]


def test_example_rows_are_those_of_python(ruleset, monkeypatch):
    books, rng, found = Books(ruleset), random.Random(4), 0
    for _ in range(200):
        cells = rng.choices(_NO_EXAMPLES, k=30)
        for place in rng.sample(range(30), rng.randrange(5)):
            cells[place] = rng.choice(_EXAMPLES)
        body = pl.DataFrame({"c0": cells, "c1": rng.sample(cells, 30)}, schema={"c0": pl.String, "c1": pl.String})
        plan = Plan(0, (), (Person("", 1),), ())
        quickly = people._shown(body, plan, books)
        with monkeypatch.context() as without:
            without.setattr("dlp.native.library", None)
            slowly = people._shown(body, plan, books)
        assert (quickly is None) == (slowly is None)
        if quickly is not None:
            found += 1
            assert quickly.equals(slowly)
            assert quickly.to_list() == [
                any(cell is not None and re.match(books.example_row, cell) for cell in row) for row in body.rows()
            ]
    assert found > 20
