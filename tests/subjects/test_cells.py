"""One cell and whole columns: the same key, whatever the cell holds."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from dlp import bundle
from dlp.detect import loader
from dlp.detect.variants import VARIANTS
from dlp.subjects.books import Books
from dlp.subjects.cells import birth_keys, bulk, cells, folding, keys
from dlp.subjects.words import BLANKS, DASHES, HONORIFICS, INVISIBLE, SPACES
from dlp.tuning.town import citizens

#: Pieces of which cells of office lists are made, true and broken ones.
_PIECES = (
    *"髙﨑齋邊々〆ヶがのノ之大字〒()（）[【「.,、・-－ー〜:;@+/\\#元年月日生満歳才男女子郎町村市区県都道府郡丁目番地号",
    *("十", "二十", "三", "丁目", "番地の", "番の", "昭和", "平成", "令和", "大正", "明治", "S", "h", "R", "T", "生まれ", "株式会社"),
    *("0463", "090", "0120", "+81", "21", "1234", "12345678", "1985", "3", "02", "0", "20240131", "45123.0", "ＡＢＣ", "１２"),
    *("佐藤", "花子", "サトウ", "ハナコ", "さとう", "ｻﾄｳ", "Sato", "HANAKO", "o'neil", "é", "例", "無し", "不明", "N/A", "null"),
    *("東京都", "神奈川県", "海霧市", "中郡大磯町", "本町", "ビル", "101号室", "a@b.jp", "X_y.z@mail.example.co.jp", "男性", "その他"),
    *("佐藤(鈴木)花子", "（旧姓 鈴木）", "佐佐木", "佐々木", "林", "林林", "々", "奈々々", "様様", "齋斎", "ささ"),
    *("14 Mar 1991", "March 3, 88", "/14/", "Dec", "91/3/14"),
    *("\u200b", "\u3099", "\ufe00", "①", "㍻", "𠮷", "٣", "\x1c", "\n", "\x00"),
    *SPACES, *DASHES, *HONORIFICS, *sorted(BLANKS)[:12], *INVISIBLE[:8], *list(VARIANTS)[:20],
)  # fmt: skip
_CELLS = st.one_of(
    st.lists(st.sampled_from(_PIECES), max_size=9).map("".join),
    st.text(alphabet=st.characters(max_codepoint=0xFFFF, exclude_categories=("Cs", "Cn")), max_size=12),
)
_SAME: dict[str, tuple[Callable[[str], object], keys.Key]] = {
    "name": (cells.name_key, keys.name_key),
    "latin": (cells.latin_key, keys.latin_key),
    "kana": (cells.kana_key, keys.kana_key),
    "digits": (cells.digits, keys.digits),
    "email": (cells.email_key, keys.email_key),
    "birth": (cells.birth_key, birth_keys.birth_key),
    "year": (cells.birth_year, birth_keys.birth_year),
    "age": (cells.age_key, birth_keys.age_key),
    "sex": (cells.sex_key, keys.sex_key),
    "spelling": (cells.spelling, keys.spelling),
    "code": (cells.code_key, keys.code_key),
}
_BOOKS = Books(loader.load(bundle.read(None).files))


def _name(cell: str) -> str:
    return cells.name_key(cell, _BOOKS.honorifics)


#: Keys that a column gets in several steps, the quick ways first.
_STAGED: dict[str, tuple[Callable[[str], object], Callable[[pl.Series], pl.Series]]] = {
    "name": (_name, lambda column: bulk.names(column, _BOOKS)),
    "kana": (cells.kana_key, bulk.readings),
    "phone": (cells.phone_key, bulk.phones),
    "email": (cells.email_key, bulk.emails),
    "birth": (cells.any_birth_key, bulk.births),
    "address": (cells.address_key, bulk.addresses),
}


def _agree(column: list[str]) -> None:
    frame = pl.DataFrame({"x": column}, schema={"x": pl.String})
    for kind, (one, whole) in _SAME.items():
        assert [one(cell) for cell in column] == keys.compute(frame, whole(pl.col("x")).alias("x"))["x"].to_list(), kind
    lines = [cell for cell in column if "\n" not in cell]  # of others, whole columns are not read by letters
    for kind, (one, staged) in _STAGED.items():
        assert [one(cell) for cell in column] == staged(frame["x"]).to_list(), kind
        assert [one(cell) for cell in lines] == staged(pl.Series("x", lines, dtype=pl.String)).to_list(), kind


@settings(max_examples=150, deadline=None)
@given(st.lists(_CELLS, min_size=1, max_size=40))
@example(["𠮷々", "佐々木 𠮷々", "々𠮷"])
def test_every_key_of_random_cells(column: list[str]) -> None:
    _agree(column)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.none() | _CELLS, min_size=1, max_size=12))
def test_what_a_column_says(column: list[str | None]) -> None:
    assert cells.said(column) == folding.said(pl.Series("x", column, dtype=pl.String)).to_list()


def test_every_key_of_citizens() -> None:
    column = []
    for one in citizens(300, seed=5):
        born = (
            f"{one.birth:%Y/%m/%d}",
            f"{one.birth:%Y年%-m月%-d日}",
            f"{one.birth:%Y%m%d}",
            f"S{one.birth.year - 1925}.1.2",
            f"{one.birth:%d-%b-%Y}",
            f"{one.birth:%-m/%-d/%Y}",
            f"{one.birth:%y/%-m/%-d}",
        )
        column += [one.name, one.kana, one.address, one.phone, one.phone.replace("-", ""), one.email, one.sex, *born]
    _agree(column)


@pytest.mark.parametrize("pattern", [r"\s$", r"^[\s　]+$", r"\p{Han}", r"^[\p{Han}々]{2}$"])
def test_a_pattern_means_the_same_in_python(pattern: str) -> None:
    signs = [chr(c) for c in (*range(0x250), *range(0x2000, 0x3400), *range(0x9F00, 0xA000), *range(0xF900, 0x10000))]
    texts = [sign * n for sign in signs for n in (1, 2)] + [f"{sign}\n" for sign in signs]
    native = pl.Series("x", texts).str.contains(pattern).to_list()
    mine = cells.compiled(pattern)
    assert [bool(mine.search(text)) for text in texts] == native
