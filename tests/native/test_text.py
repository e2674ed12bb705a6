"""What native code tells of bytes and tables is what Python tells."""

from __future__ import annotations

import ctypes
import random

import polars as pl
import pytest

from dlp import native
from dlp.extract.plain import delimited, unfold
from dlp.native.text import Sign, Words, longest, may_tell, rows_with_words, signs
from dlp.subjects import text as texts
from dlp.subjects.tables.frames import FrameBody

pytestmark = pytest.mark.skipif(native.library is None, reason="native code was not built")

_PIECES = ["\r", "\n", "\r\n", '="', "=", '"', "〇", "アット", "アッ", "ト", "\u202e", "\u3099", "\u309a", "か", "佐藤", "ア", "a", "\\", "&", "#", "%41",
           "+", "[", "(", "<", "\0", "x" * 15, "𠮷"]  # fmt: skip


def _texts():
    rng = random.Random(5)
    for size in range(90):
        yield ("a" * size + rng.choice(_PIECES)).encode()
        yield (rng.choice(_PIECES) + "佐" * size).encode()
    for _ in range(1500):
        yield "".join(rng.choices(_PIECES, k=rng.randrange(12))).encode()


def test_signs_of_a_text():
    for raw in _texts():
        held, text = signs(raw), raw.decode()
        assert bool(held & Sign.BARE_RETURN) == delimited._bare_returns(raw), raw
        assert bool(held & Sign.KEPT_ZERO) == ('="' in text), raw
        if any(sign in text for sign in ("\u202e", "\u3099", "\u309a", "〇", "アット")):
            assert held & Sign.ODD, raw
        for sign, letters in ((Sign.AMPERSAND, "&"), (Sign.HASH, "#"), (Sign.BOX, "[(<"), (Sign.BACKSLASH, "\\")):
            assert bool(held & sign) == any(letter in text for letter in letters), raw
        if unfold.nothing_written_oddly(raw):
            assert unfold._nothing_odd(raw), raw
    assert signs("佐藤,花子\r\n".encode() * 9) == 0


def test_signs_are_the_same_whatever_a_processor_has():
    """AVX2 looks at 32 bytes at once: each sign at each place of such a block, before, in and behind other bytes."""
    rng = random.Random(9)
    by_sixteens = native.library.signs_by_sixteens
    by_sixteens.restype = ctypes.c_int64
    pieces = [piece.encode() for piece in _PIECES] + [bytes((c,)) for c in range(256)]
    texts = [b"\xe3\x81\x82" * 11 + b"x" * at + piece + b"y" * 37 for piece in pieces for at in range(33)]
    texts += [b"".join(rng.choices(pieces, k=rng.randrange(1, 60))) for _ in range(3000)]
    texts += [rng.randbytes(rng.randrange(1, 200)) for _ in range(2000)]
    for raw in texts:
        assert signs(raw) == by_sixteens(ctypes.c_char_p(raw), ctypes.c_int64(len(raw))), raw


def test_rows_that_hold_words_of_headers(monkeypatch):
    rng = random.Random(3)
    words = ["氏名", "住所", "電話番号", "メールアドレス（携帯）", "a", ""]
    cells = [*words, None, "氏", "住所 ", "メールアドレス（自宅）", "b"]
    frame = pl.DataFrame({f"c{i}": rng.choices(cells, k=500) for i in range(5)}, schema_overrides={"c0": pl.String})
    quickly = FrameBody(frame).holding(Words(words[:5]), 7)
    monkeypatch.setattr("dlp.native.library", None)
    assert rows_with_words(frame.get_columns(), Words(words), 2) is None
    assert quickly == FrameBody(frame).holding(Words(words[:5]), 7)
    assert 0 < len(quickly) < 493


_SAID = (":", "：", "様", "氏", "さん", "さ", "ん", "名", "(", "（", " ", "\u3000", "\xa0", "\u2003", "\t", "\x85", "\u1680", "妻", "長男", "次女",
         "祖父", "世帯主", "子", "1", "１", "\u0664", "\u07c1", "\u0967", "\u1041", "\ua621", "\U0001d7cf", "@", "a", "佐", "é", "𠮷", "\n", "-")  # fmt: skip


def test_cells_that_tell_of_people_are_among_those_that_may():
    rng = random.Random(8)
    cells = pl.Series([None, "", *("".join(rng.choices(_SAID, k=rng.randrange(9))) for _ in range(30_000))])
    told = cells.str.contains(texts._TOLD).fill_null(value=False)
    may = pl.Series(may_tell(cells, texts._KIN))
    assert told.sum() > 3_000
    assert not (told & ~may).any(), cells.filter(told & ~may).to_list()[:5]
    assert not may_tell(pl.Series(["佐藤 花子", "本町1-2-3", "平塚市 本町 1", "1999-01-02", None]), texts._KIN).any()


def test_the_longest_cell_of_each_column(monkeypatch):
    frame = pl.DataFrame(
        {"c0": ["", None, "佐藤"], "c1": [None] * 3, "c2": ["x" * 13, "a", ""]},
        schema=dict.fromkeys(("c0", "c1", "c2"), pl.String),
    )
    for piece in (frame, frame.slice(1), frame.clear()):
        quickly = longest(piece.get_columns())
        monkeypatch.setattr("dlp.native.library", None)
        assert quickly == longest(piece.get_columns())
        monkeypatch.undo()
    assert longest(frame.get_columns()) == [6, 0, 13]
