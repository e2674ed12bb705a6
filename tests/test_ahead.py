"""A large text read stretch by stretch, before all of it is there and by several workers, says what it says as a whole."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from dlp import bundle
from dlp.ahead import Ahead
from dlp.detect.loader import load
from dlp.detect.ruleset import Ruleset
from dlp.errors import Incomplete
from dlp.extract import cuts, stream
from dlp.extract.budget import Budget
from dlp.extract.settled import Held, Known, Settled, tag_of
from dlp.inspection import Inspection, inspect, nothing_in
from dlp.transfer import Channel, Transfer
from dlp.tuning.town import citizens, csv_text

_CHUNK = 4_000
_KEY = b"k" * 32
_FILL = "第二公園の工事の図面を水曜日に配布します。\n令和6年4月1日の定例会では、予算、人員、日程を説明しました。\n\n"
_LIST = csv_text(citizens(12, seed=5))


def _transfer(data: bytes | None = None, spool: Path | None = None, name: str = "minutes.txt") -> Transfer:
    return Transfer(
        channel=Channel.MEDIA, sender="a", destination=("USB-7",), name=name, data=data, spool=spool, digest="0" * 64
    )


@pytest.fixture(scope="module")
def ruleset() -> Ruleset:
    return load(bundle.read().files)


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "CHUNK", _CHUNK)
    monkeypatch.setattr(stream, "STRETCH", 2 * _CHUNK)
    monkeypatch.setattr(stream, "_HEAD", _CHUNK)
    monkeypatch.setattr(stream, "_OVERLAP", 500)
    monkeypatch.setattr(cuts, "_NEAR", 200)


def _texts() -> Iterator[str]:
    """Running text with people, lists, what goes on as a list, packed bytes and markings in it, anywhere."""
    rng = random.Random(31)
    rows = _LIST.splitlines()
    tabbed = [row.replace(",", "\t") for row in rows]
    planted = (
        "佐藤花子様（1990年4月1日生）から、電話 090-8765-4321 でご連絡をいただきました。\n",
        "\n" + "\n".join(tabbed) + "\n",
        "\n" + "\n".join(tabbed[1:]) + "\n",
        "氏名: 佐藤花子\n住所: 鏡浜市本町一丁目2-3\n電話: 090-8765-4321\n\n",
        "機密性3情報 取扱注意\n",
        "5bGx55Sw5aSq6YOO44CA6Zu76KmxIDA5MC04NzY1LTQzMjEKNeS9j+aJgA==\n",
        "a\tb\tc\nd\te\tf\ng\th\ti\n" * 3,
        "x" * (2 * _CHUNK),
        "\r\n\r\n",
    )
    for number in range(40):
        pieces = rng.choices((_FILL, _FILL * 5, _FILL * 40), k=rng.randint(4, 10))
        for _ in range(number % 5):
            pieces.insert(rng.randrange(len(pieces) + 1), rng.choice(planted))
        yield ("\ufeff" if number % 7 == 6 else "") + _FILL * 3 + "".join(pieces)


def _known(transfer: Transfer, data: bytes, ruleset: Ruleset) -> Known:
    """What is told of each stretch by itself, when there is nothing behind it yet but a byte."""
    found = {}
    first = tag_of(data[:_CHUNK], _KEY)
    for number in range(stream.stretches(len(data))):
        there = data[: (number + 1) * stream.STRETCH + 1]
        lead = stream.lead_of(there, (transfer.name,), "")
        held = Held(there, number)
        told = None if lead is None else nothing_in(transfer, held, (number, lead), ruleset, town="", budget=Budget())
        if told is not None:
            found[number] = Settled(told, held.tag(first, _KEY))
    return Known(key=_KEY, stretches=found)


def _said_of(data: bytes, widths: frozenset[int], numbers: range) -> Known:
    """As if that had been told of these stretches."""
    first = tag_of(data[:_CHUNK], _KEY)
    found = {number: Settled(widths, Held(data, number).tag(first, _KEY)) for number in numbers}
    return Known(key=_KEY, stretches=found)


def _said(seen: Inspection) -> Inspection:
    return replace(seen, seconds=0.0)


def test_what_is_settled_changes_nothing(ruleset: Ruleset) -> None:
    settled = told = counted = 0
    for text in _texts():
        data = text.encode()
        transfer = _transfer(data)
        known = _known(transfer, data, ruleset)
        whole = inspect(transfer, ruleset, token_key=b"k" * 32, large=data)
        by_stretches = inspect(transfer, ruleset, token_key=b"k" * 32, large=data, known=known)
        assert _said(by_stretches) == _said(whole)
        settled, told, counted = (
            settled + len(known.stretches),
            told + stream.stretches(len(data)),
            counted + whole.subjects,
        )
    assert settled > told / 3
    assert told - settled > 20
    assert counted > 50


def test_a_list_that_goes_on_where_nothing_seems_to_be_is_read(ruleset: Ruleset) -> None:
    rows = [f"{person.name}\t{person.phone}" for person in citizens(400, seed=9)]
    data = (_FILL * 40 + "氏名\t電話番号\n" + "\n".join(rows) + "\n" + _FILL * 100).encode()
    transfer = _transfer(data)
    whole = inspect(transfer, ruleset, token_key=b"k" * 32, large=data)
    assert whole.subjects > 300
    numbers = range(2, stream.stretches(len(data)))
    known = _said_of(data, frozenset({2}), numbers)
    assert _said(inspect(transfer, ruleset, token_key=b"k" * 32, large=data, known=known)) == _said(whole)
    known = _said_of(data, frozenset(), numbers)  # as if it went on with no list
    assert inspect(transfer, ruleset, token_key=b"k" * 32, large=data, known=known).subjects < whole.subjects


@pytest.mark.parametrize("place", [_CHUNK // 2, 3 * _CHUNK + 100, 4 * _CHUNK + 100, 6 * _CHUNK - 100])
def test_what_changed_after_it_was_told_is_read_again(ruleset: Ruleset, place: int) -> None:
    """In the first chunk, in the one before a stretch, in either of its own: no stretch told by that is believed."""
    data = (_FILL * 500).encode()
    transfer = _transfer(data)
    known = _known(transfer, data, ruleset)
    assert len(known.stretches) == stream.stretches(len(data))
    assert len(known.unchanged(data, Budget())) == len(known.stretches)
    row = _LIST.replace(",", "\t").encode()
    at = data.index(b"\n", place) + 1
    changed = data[:at] + row + data[at + len(row) :]
    changed = changed[: at + len(row)].decode(errors="ignore").encode() + b"\n" + changed[at + len(row) :]
    changed = changed[: at + len(row)] + changed[changed.index("第".encode(), at + len(row)) :]
    left = set(known.unchanged(changed, Budget()))
    chunk = at // _CHUNK
    assert left.isdisjoint({chunk // 2} if chunk else known.stretches)
    if chunk % 2:
        assert chunk // 2 + 1 not in left
    whole = inspect(transfer, ruleset, token_key=b"k" * 32, large=changed)
    assert whole.subjects == 12
    assert _said(inspect(transfer, ruleset, token_key=b"k" * 32, large=changed, known=known)) == _said(whole)
    other = Known(key=b"x" * 32, stretches=known.stretches)
    assert not other.unchanged(data, Budget())


def test_a_stretch_says_the_same_whatever_comes_behind_it() -> None:
    for text in _texts():
        data = text.encode()
        lead = stream.lead_of(data, ("a.txt",), "") or ""
        for number in range(stream.stretches(len(data))):
            end = (number + 1) * stream.STRETCH
            try:
                alone = [block.text for block in stream.stretch(data[: end + 1], number, lead)]
            except Incomplete:
                continue
            assert alone == [block.text for block in stream.stretch(data, number, lead)]
            skipped = "".join(b.text for b in stream.blocks(data, Budget(), lambda n, k=number: n == k))  # type: ignore[union-attr,misc]
            whole = "".join(block.text for block in stream.blocks(data, Budget()))  # type: ignore[union-attr]
            assert whole.replace("".join(alone), "", 1) == skipped or whole.count("".join(alone)) > 1


@pytest.mark.parametrize(
    ("name", "data"), [("a.csv", _LIST * 40), ("a.txt", _LIST * 40), ("a.zip", "PK\x03\x04" * 9000)]
)
def test_a_table_and_an_archive_are_no_running_text(name: str, data: str) -> None:
    assert stream.lead_of(data.encode(), (name,), "") is None
    assert stream.lead_of((_FILL * 500).encode(), ("a.txt",), "multipart/form-data; boundary=x") is None
    assert stream.lead_of((_FILL * 500).encode(), ("a.txt",), "") == ""


async def test_no_more_is_read_where_something_is_in_most_of_it() -> None:
    asked: list[int] = []

    async def read(_: str, number: int) -> frozenset[int] | None:
        asked.append(number)
        return None

    ahead = Ahead(lambda: "worker", read)
    for there in range(40):
        ahead.grown(there)
        await asyncio.sleep(0)
    assert await ahead.settled(5.0) == {}
    assert len(asked) < 10


async def test_who_has_no_worker_waits_for_none() -> None:
    free: list[str] = ["worker"]

    async def read(worker: str, number: int) -> frozenset[int] | None:
        await asyncio.sleep(0)
        if number < 2:
            free.append(worker)
        return frozenset()

    ahead = Ahead(lambda: free.pop() if free else None, read)
    ahead.grown(6)
    assert sorted(await ahead.settled(5.0)) == [0, 1, 2]
    ahead.grown(9)
    assert sorted(await ahead.settled(5.0)) == [0, 1, 2]
