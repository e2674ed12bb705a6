"""What native code says of lines is never less than they hold: readers that go by it find what they find without it."""

from __future__ import annotations

import random
import re

import pytest

from dlp import native
from dlp.detect.ruleset import Ruleset
from dlp.extract.normalize import fold
from dlp.inspection import Inspection, inspect
from dlp.native import hold
from dlp.subjects import addressed, beside, facts, forms, inline, listed, prose
from dlp.subjects.books import Books
from dlp.subjects.facts import Facts, saying
from dlp.subjects.header import Reader
from dlp.subjects.own import OwnTown
from dlp.subjects.values import Names
from dlp.transfer import Channel, Transfer
from dlp.tuning import corpus
from dlp.tuning.corpus import people

pytestmark = pytest.mark.skipif(native.library is None, reason="native code was not built")
_PIECES = (
    *"0123456789-()（） 、,・/男女歳才生年月日号番の一二十@.:=[【●*m級)>|\t\r。々ー①㍻é١٣\u3000\u2028\U00020bb7\ud800",
    *("19", "20", "元", "明治", "大正", "昭和", "平成", "令和", "M", "T", "S", "H", "R", "丁目", "番地", "...", "…", "＝", "："),
    *("090-", "0463", "+81", "1234", "要介護", "手帳", "佐藤", "花子", "さん", "様", "氏", "さま", "夫妻", "長男", "妻", "と申します"),
    *("氏名", "住所", "電話", "在住", "サトウ", "ハナコ", "口座番号", "普通", "1234567", "Sato", "a@b.jp", " 太 ", "資料は当日配布します"),
)  # fmt: skip


def _texts(count: int = 600) -> list[list[str]]:
    rng = random.Random(19)
    return [
        [fold("".join(rng.choices(_PIECES, k=rng.randrange(16)))) for _ in range(rng.randrange(4, 30))]
        for _ in range(count)
    ]


def _bits(*patterns: tuple[int, re.Pattern[str]]) -> None:
    told = 0
    nothing = hold.Hold({})
    for rows in _texts():
        held = nothing.lines(rows)
        assert held is not None
        assert len(held) == len(rows)
        for row, mask in zip(rows, held, strict=True):
            for bit, pattern in patterns:
                assert mask & bit or not pattern.search(row), (bit, row)
                told += not mask & bit
    assert told > 1000  # lines are passed over at all


def test_a_line_has_the_bits_of_what_matches_in_it() -> None:
    _bits(
        (hold.DIGIT, re.compile(r"\d")),
        (hold.SEVERAL, re.compile(inline._SEVERAL)),
        (hold.RUN12, re.compile(f"{prose._NUMBER_AT_ALL}|{prose._APART_AT_ALL}(?=.{{8}})|[\\d -]{{12}}")),
        (hold.RUN12, prose._APART),
        (hold.CALLS, beside._LAST),
        (hold.SEVEN, re.compile(addressed._TRANSFER)),
        (hold.SPREAD, listed.SPREAD),
        (hold.DATED, facts._DATE),
        (hold.NUMBER, re.compile(r"[0-9](?:[- ()]{0,2}[0-9]){5}")),
        (hold.PARTED, re.compile(r"\s")),
    )


def test_a_line_that_is_plain_to_native_code_is_plain() -> None:
    plain = 0
    for rows in _texts():
        for row, mask in zip(rows, hold.Hold({}).lines(rows) or (), strict=True):
            if not mask & hold.UNPLAIN:
                plain += 1
                assert forms._plain(row, forms._BESIDE), row
            assert mask & hold.MARKED or row[0].isalnum()
    assert plain > 100


def test_words_have_their_bits_and_lines_without_them_do_not() -> None:
    words = {"様": 1, "さん": 2, "ab": 4, "@": 8, "花子": 1 | 4, "電話": 16, "a": 32}
    asked = hold.Hold(words)
    for rows in _texts(100):
        for row, mask in zip(rows, asked.lines(rows) or (), strict=True):
            bits = 0
            for word, bit in words.items():
                bits |= bit if word in row else 0
            assert mask >> hold.word(1).bit_length() - 1 == bits, row
    assert asked.lines([]) is None
    assert asked.lines(["a\nb", "c"]) is None


def test_readers_find_the_same_by_masks(ruleset: Ruleset) -> None:
    names = Names(ruleset)
    reader = Reader(ruleset.headers, Books(ruleset))
    asked, known = prose.Prose(ruleset, names, reader, OwnTown(ruleset, "")), Facts(ruleset, OwnTown(ruleset, ""))
    for rows in _texts():
        held = asked.held(rows)
        assert held is not None
        assert saying(rows, held) == saying(rows)
        assert known.hinted(rows, held).needed == known.hinted(rows).needed
        assert known.hinted(rows, held).any >= {i for i, row in enumerate(rows) if known.signed(row)}
        assert inline.broken(rows, held) == inline.broken(rows)
        lists = [[*forms.text_records(rows, reader, (used := [False] * len(rows)), x), used] for x in (held, None)]
        assert lists[0] == lists[1]
        assert asked.read(rows, frozenset(), held) == asked.read(rows), rows


def _read(data: bytes, name: str, ruleset: Ruleset) -> Inspection:
    transfer = Transfer(channel=Channel.MEDIA, name=name, data=data, digest="0" * 64, sender="x", destination=("x",))
    return inspect(transfer, ruleset, token_key=b"k" * 32)


def _said(seen: Inspection) -> tuple[object, ...]:
    """All that was read; the order of traces over several parts is no matter, and not the same twice."""
    tokens = seen.traces.tokens
    traces = sorted(tokens[i : i + 8] for i in range(0, len(tokens), 8))
    return (
        *(seen.subjects, seen.lower, seen.upper, seen.counts, seen.findings, seen.tokens),
        *(traces, seen.traces.paths, seen.unread, seen.tree, seen.samples, seen.masked_name),
    )


def test_files_of_all_layouts_are_read_the_same(ruleset: Ruleset, monkeypatch: pytest.MonkeyPatch) -> None:
    books = people.strangers(ruleset.words)
    files = [f for f in corpus.made(books, each=1, seed=41, sizes=((3, 25),)) if f.kind in ("txt", "eml", "html", "md")]
    files += [corpus.innocent(name, 12, books, 5) for name in corpus.INNOCENTS]
    by_masks = [_said(_read(f.data, f.name, ruleset)) for f in files]
    monkeypatch.setattr(hold.Hold, "lines", lambda *_: None)
    assert len(files) > 60
    for one, seen in zip(files, by_masks, strict=True):
        assert _said(_read(one.data, one.name, ruleset)) == seen, one.layout
