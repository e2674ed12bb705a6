"""What a worker answers arrives as it was given, and nothing else is believed: its process may have been taken over."""

from __future__ import annotations

import json
import random
from multiprocessing.reduction import ForkingPickler
from pathlib import Path
from typing import Any

import pytest

from dlp import answer, bundle
from dlp.answer import Malformed, coded, decoded
from dlp.detect.loader import load
from dlp.extract.settled import TAG, Settled
from dlp.finding import Finding, Unread
from dlp.inspection import Inspection, Sample, TreeEntry, inspect
from dlp.transfer import Channel, Transfer

DATA = "氏名,電話番号,住所\n霞見 壮太,090-1234-5678,平塚市本町1-2\n泉川 美緒,080-2345-6789,平塚市宝町3-4\n".encode()
FULL = Inspection(
    subjects=1, lower=1, upper=2, counts={"phone": 1}, unread=(Unread(("a", "\udc80"), "encrypted"),),
    tree=(TreeEntry(("a",), "text/plain", 3, 1),), samples=(Sample(("a",), "p", ("name",), (("●",),)),),
    findings=(Finding(signature="s", revision=1, category="phone", part=("a",), place="p", count=1, confidence=0.5),),
    tokens=(b"t" * 16, b"u" * 16), notes=("ocr",), seconds=0.25, ruleset="d",
)  # fmt: skip


def _seen(*, listing: bool = False) -> Inspection:
    sent = Transfer(channel=Channel.WEB, sender="a", destination=("b",), name="名簿.csv", data=DATA)
    return inspect(sent, load(bundle.read().files), token_key=b"k" * 32, listing=listing)


@pytest.mark.parametrize("listing", [False, True])
def test_an_answer_arrives_as_it_was_given(listing: bool) -> None:
    seen = _seen(listing=listing)
    assert all((seen.findings, seen.samples, seen.tree, seen.tokens, seen.traces.tokens, seen.traces.paths))
    assert bool(seen.affected) is listing
    arrived = decoded(coded(seen))
    assert arrived == seen
    assert isinstance(arrived, Inspection)
    assert (type(arrived.tokens), type(arrived.findings[0]), type(arrived.tokens[0])) == (tuple, Finding, bytes)


def test_one_of_nothing_and_one_of_parts_unread_arrive_too() -> None:
    bare = Inspection(subjects=0, lower=0, upper=0, counts={})
    assert [decoded(coded(said)) for said in (bare, FULL)] == [bare, FULL]
    assert decoded(coded("ValueError in inspect:1")) == "ValueError in inspect:1"


def test_what_is_said_of_a_stretch_is_no_inspection() -> None:
    settled = Settled(frozenset({2, 5}), b"t" * TAG)
    assert [decoded(coded(said), stretch=True) for said in (settled, None)] == [settled, None]
    for said in (settled, None):
        with pytest.raises(Malformed):
            decoded(coded(said))
    for tag in (b"", b"t" * (TAG + 1)):
        with pytest.raises(Malformed):
            decoded(coded(Settled(frozenset(), tag)), stretch=True)


class _Bomb:
    def __init__(self, told: Path) -> None:
        self._told = told

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (self._told,)


def test_nothing_of_an_answer_is_run(tmp_path: Path) -> None:
    bomb = bytes(ForkingPickler.dumps([_Bomb(tmp_path / "run")]))
    for said in (bomb, len(bomb).to_bytes(4) + bomb, (2).to_bytes(4) + b"[]" + bomb):
        with pytest.raises(Malformed):
            decoded(said)
    assert not (tmp_path / "run").exists()


def _answer(head: str, raw: bytes = b"") -> bytes:
    return len(head.encode()).to_bytes(4) + head.encode() + raw


@pytest.mark.parametrize("value", [None, True, -1, 1.5, 1 << 60, "x", [], {}, [[]], {"a": "b"}, [None], [["a"]]])
def test_a_value_of_another_kind_is_no_answer(value: object) -> None:
    told, raw = _parts(coded(FULL))
    refused = 0
    for place in range(len(told)):
        said = _answer(json.dumps([*told[:place], value, *told[place + 1 :]]), raw)
        try:
            arrived = decoded(said)
        except Malformed:
            refused += 1
        else:
            assert json.dumps(_parts(coded(arrived))[0][place]) in (json.dumps(value), json.dumps(value) + ".0")
    assert refused >= len(told) // 3


def _parts(answer: bytes) -> tuple[list[Any], bytes]:
    size = 4 + int.from_bytes(answer[:4])
    return json.loads(answer[4:size]), answer[size:]


def test_no_bytes_but_an_answers_own_are_one() -> None:
    good = coded(_seen())
    for said in (
        b"",
        b"\0\0\0\0",
        good[:-1],
        good + b"x",
        good[:100],
        _answer("[NaN]"),
        _answer("1"),
        _answer("[" * 9999),
    ):
        with pytest.raises(Malformed):
            decoded(said)
    rng = random.Random(3)
    for _ in range(3000):
        broken = bytearray(good)
        for _ in range(rng.randrange(1, 4)):
            broken[rng.randrange(len(broken))] = rng.randrange(256)
        try:
            arrived = decoded(bytes(broken))
        except Malformed:
            continue
        assert isinstance(arrived, Inspection)
        assert coded(arrived)


def test_a_list_longer_than_any_is_not_taken_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = _seen()
    monkeypatch.setattr(answer, "_HEAD", 100)
    with pytest.raises(Malformed):
        decoded(coded(seen))
    assert decoded(coded(seen), listing=True) == seen  # an incident's, which names thousands
