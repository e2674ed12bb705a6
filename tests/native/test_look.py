"""A text read with what native code told of it at a glance is read as without."""

from __future__ import annotations

import random
import re

import pytest

from dlp import native
from dlp.extract.budget import Budget
from dlp.extract.plain import aligned, literals, normalize, runs, text, unfold, unpack
from dlp.native.look import Look

pytestmark = pytest.mark.skipif(native.library is None, reason="native code was not built")

_PIECES = (
    "\r\n", "\n", "\n", "\r", "\t", " ", "  ", "\u3000", " \u3000", "\u3000\u3000", ",", ";", "|", '"', "氏名", "田中 花子", "ア", "アット", " アット ",
    "ー", "1ー2", "３ー４", "－", "――", "1", "５", "090-1234-5678", "ａＢ", "ｶﾞ", "①", "㍻", "\u200b", "\u202e", "か\u3099", "〇一二三四五六七八",
    "&#23665;", "&amp;", "%E5%B1%B1", "%41", "=E5=B1=B1", "=\n", "\\u5c71", "\\x41\\x42\\x43", "+XHE-", "[at]", "(AT)", "<at>", "(", "\v",
    "\x1e", "\x85", "\u2028", "\u2029", "\x1c", "\0", "A" * 23, "b1+/" * 6, "xY9/" * 5, "0" * 8, "Q" * 17 + "=", "ＡＢ", "ŁŚ", "Zm9vYmFyCg==" * 7, "𠮷", "𝟎", "- ", "氏 名", "12 34 56 " * 9,
    "名氏", "8765-4321-090", "-0", "日月年生", '{"氏名": "花子"}', "insert into t", "sep=;\n", "[1,2],", "1,000円",
    "Map(", "map[", "p(", "'", "#<", "{ 氏名:", '. "', "=>", "=", "[氏名=",
)  # fmt: skip


def _texts():
    rng = random.Random(71)
    for _ in range(700):
        few = rng.sample(_PIECES, k=rng.randint(1, 12))
        yield "".join(rng.choices((*few, "市民の皆様", "\n"), k=rng.randint(60, 260)))
    yield "令和の資料、" * 90
    yield ("a,b,c\n" * 60) + "x" * 20_000
    yield "あ\r\n" * 9_000 + ",;,\n"


def _told(written: str) -> tuple[object, ...]:
    seen = normalize.told(written)
    parts = unpack.packed(written, ("a",), Budget(), seen)
    return (
        normalize.fold(written, seen),
        unfold.plain(written, seen),
        text.find_delimiter(written, seen),
        list(aligned.pieces(written, seen)),
        runs.without_blocks(written, seen),
        [(part.path, part.data) for part in parts],
    )


def test_reads_the_same_with_and_without(monkeypatch):
    written = list(_texts())
    looked = [_told(one) for one in written]
    monkeypatch.setattr("dlp.native.library", None)
    for one, found in zip(written, looked, strict=True):
        assert normalize.told(one) is None
        assert _told(one) == found, one


def test_says_what_stands_there():
    for written in _texts():
        seen = normalize.told(written)
        if seen is None:
            assert len(written) < 200 or max(written) > "\uffff"
            continue
        spans = [match.span() for match in normalize._STRETCHES.finditer(written)]
        assert seen.spans == tuple(place for span in spans for place in span)
        assert (seen.longest >= 24) == runs._long_run(written)
        assert seen.lines <= sum(bool(line.strip()) for line in written.splitlines())
        assert seen.parting == max(map(written.count, text.DELIMITERS))
        assert seen.ends_otherwise == any(map(written.count, text._OTHER_ENDS))
        assert seen.turned or not unpack.reads_backwards(written[: unpack.LOOK] + written[-unpack.LOOK :])
        assert seen.printed or not literals.may_hold(written)
        assert seen.tallest == max(len(p.split("\n")) for p in re.split(r"\n\n+", written.strip("\n")))
        assert (seen.quoted, seen.returns) == ('"' in written, "\r" in written)


def test_a_short_text_is_not_looked_at():
    assert normalize.told("あ" * 199) is None
    assert isinstance(normalize.told("あ" * 200), Look)
