"""A text that is read as its bytes stand is read as any other: nothing would have been done with it."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest

from dlp import native
from dlp.detect.ruleset import Ruleset
from dlp.extract import charset
from dlp.extract.blocks import Calm, Text
from dlp.extract.budget import Budget
from dlp.extract.plain import aligned, calm, normalize, runs, text, unfold, unpack
from dlp.inspection import Inspection, inspect
from dlp.native import calm as native_calm
from dlp.subjects.lines.rows import Rows, changed
from dlp.transfer import Channel, Part, Transfer

pytestmark = pytest.mark.skipif(native.library is None, reason="native code was not built")
_CALM = (
    *("市民の皆様", "令和6年4月1日", "昭和55年3月2日", "資料、", "説明です。", "\n", "\n", "\n\n", " ", "1", "12", "ー", "カー", "-", "/", ":", ".", ","),
    *("佐藤 花子", "鈴木一郎", "氏名:", "住所:", "電話:", "霞が関1-2-3", "090-1234-5678", "長男 ", "様", "さん", "歳", "男", "平塚市本町2-3", "a", "Sato"),
    *("被保険者 ", "生年月日: ", "・", "「", "」", "【", "】", "〒254-0000", "障害者手帳2級", "ア", "日", "号", "名", "話", "第二水曜日配布"),
)  # fmt: skip
_OTHER = (
    *("\t", "\r\n", "(", "）", "１", "　", "  ", "ッ", "氏", "電", "月", "番", "ガ", "ナ", "1ー2", "-090", "begin 644 x\n", "A" * 24, "〇", "〓", "\u3099", "é"),
    *("𠮷", "=E5=B1", "&#23665;", "b1" * 11 + "\n", "\x00", "%E5", "+", '"', ";", "|", "12 34 56 " * 9, "ab 12 " * 4, "TABLE", "11101"),
)  # fmt: skip


@pytest.fixture(autouse=True)
def _short_ones_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(native_calm, "LEAST", 0)


def _texts(count: int, others: float) -> Iterator[str]:
    rng = random.Random(61)
    for _ in range(count):
        few = rng.sample(_CALM, k=rng.randint(3, 20)) + rng.sample(_OTHER, k=int(rng.random() < others))
        yield "".join(rng.choices(few, k=rng.randint(60, 300))) + "市民の皆様に配布します。" * 12


def test_nothing_is_done_with_a_calm_text() -> None:
    found = 0
    for written in _texts(3000, 0.6):
        raw = written.encode()
        block = calm.block(raw)
        if block is None:
            continue
        found += 1
        seen = normalize.told(written)
        assert charset.utf8(raw)[0] == raw
        assert block.lines == written.count("\n") + 1
        assert normalize.fold(written) == unfold.plain(written, seen) == runs.without_blocks(written, seen) == written
        assert list(aligned.pieces(written, seen)) == [(written, None)]
        assert unpack.packed(written, ("a",), Budget(), seen) == []
        (made,) = text.blocks_of(written, raw)
        assert isinstance(made, Text) == (not ("," in written and text.find_delimiter(written)))
    assert 400 < found < 2800


def test_it_is_told_the_same_character_by_character(monkeypatch: pytest.MonkeyPatch) -> None:
    one = native.Function("calm_by_one", *native_calm._calm._arguments)
    for written in _texts(3000, 0.9):
        raw = written.encode()
        assert native_calm.lines(raw) == one(raw, len(raw)), written
        torn = raw[random.Random(len(raw)).randrange(30) :]
        assert native_calm.lines(torn) == one(torn, len(torn))


@pytest.mark.parametrize("code", range(0, 1 << 16, 1 << 12))
def test_no_character_is_calm_that_is_folded_or_undone(code: int) -> None:
    calm_ones = 0
    for letter in map(chr, range(code, code + (1 << 12))):
        if "\ud800" <= letter <= "\udfff":
            continue
        written = "あ" * 300 + letter + "い" * 30
        if native_calm.lines(written.encode()):
            calm_ones += 1
            assert unfold.plain(written) == normalize.fold(written) == written, letter
            seen = normalize.told(written)
            assert seen is not None
            assert not (seen.signs or seen.spans) or letter in ",\n", letter
    assert calm_ones or code not in (0, 0x3000, 0x4000, 0x9000)


def test_lines_are_those_of_the_text() -> None:
    for written in _texts(200, 0):
        rows = written.split("\n")
        lazy = Rows(written.encode(), len(rows))
        assert len(lazy) == len(rows)
        assert [lazy[i] for i in range(len(rows))] == rows
        assert (lazy[-1], lazy[1:3], lazy[len(rows) - 2 :]) == (rows[-1], rows[1:3], rows[len(rows) - 2 :])
        assert list(lazy) == rows == lazy[:]
        assert changed(lazy, {}) is lazy
        assert changed(lazy, {0: "x"}) == ["x", *rows[1:]]


def _read(raw: bytes, ruleset: Ruleset) -> Inspection:
    transfer = Transfer(
        channel=Channel.WEB, name="", data=raw, digest="0" * 64, sender="x", destination=("x",), declared="text/plain"
    )
    return inspect(transfer, ruleset, token_key=b"k" * 32, town="平塚市")


def test_the_same_people_are_found(ruleset: Ruleset, monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [raw for written in _texts(500, 0.1) if calm.block(raw := written.encode()) is not None]
    # A line that is long enough, and people among such lines.
    lines = "施設の利用料は一回につき300円とし、減免の取扱いは従来どおりとします。\n" * 700
    told = (
        "佐藤花子様（令和6年4月1日生）から、電話 090-8765-4321 でご連絡をいただきました。\n".replace("（", " ").replace(
            "）", " "
        ),
        "氏名:佐藤 花子\n住所:神奈川県平塚市浅間町9-1\n電話:0463-23-1111\n",
        "長男 佐藤 一郎 昭和55年3月2日\n",
        "「椋久 杜颯」さん、昭和55年3月2日、住所は神奈川県平塚市浅間町9-1です。\n",
        "個人番号 621498320257\n",
        # A date in kanji makes lines others than the bytes hold; the dots of a list are looked for in them.
        "昭和五十五年三月二日に改正\n"
        + "".join(
            f"{who}....0463-23-111{i}\n" for i, who in enumerate(("佐藤 花子", "椋久 杜颯", "鈴木 一郎", "田中 健太"))
        ),
    )
    texts += [(lines + said + lines).encode() for said in told]
    monkeypatch.setattr(text.charset, "_LONG", 0)
    by_bytes = [_read(raw, ruleset) for raw in texts]
    opened = [text.extract(Part(path=("x",), data=raw), Budget()).blocks for raw in texts]
    assert sum(isinstance(block, Calm) for blocks in opened for block in blocks) > 300
    monkeypatch.setattr(native_calm, "lines", lambda _: 0)
    people = 0
    for raw, seen in zip(texts, by_bytes, strict=True):
        other = _read(raw, ruleset)
        people += other.subjects
        assert (seen.subjects, seen.counts, seen.findings, seen.tokens, seen.traces, seen.samples, seen.tree) == (
            other.subjects,
            other.counts,
            other.findings,
            other.tokens,
            other.traces,
            other.samples,
            other.tree,
        ), raw.decode()
    assert people > 50
