"""Frames that lie in pieces are read piece by piece, and give what they give in one."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from dlp.subjects.cells import stretches
from dlp.subjects.people import people, tally, tokens, trace


def _mentions(rows: int, first: int) -> pl.DataFrame:
    numbers = range(first, first + rows)
    made = {
        "name": [f"佐藤{i % 50}" for i in numbers],
        "birth": [19000101 + i % 300 if i % 3 else None for i in numbers],
        "address": [f"本町{i}" if i % 2 else None for i in numbers],
        "cats": [3] * rows,
        "part": [i % 2 for i in numbers],
    }
    frame = pl.DataFrame({name: made.get(name, [None] * rows) for name in people.SCHEMA}, schema=people.SCHEMA)
    return frame.with_columns(pl.Series("person", [i // 2 for i in numbers], pl.UInt32))


@pytest.fixture
def pieces(monkeypatch: pytest.MonkeyPatch) -> pl.DataFrame:
    monkeypatch.setattr(stretches, "_LEAST", 200)
    sizes = (300, 10, 250, 5, 700, 90)
    return pl.concat([_mentions(size, sum(sizes[:i])) for i, size in enumerate(sizes)])


def test_rows_come_in_their_order_and_each_stretch_lies_in_one(pieces: pl.DataFrame) -> None:
    found = list(stretches.stretches(pieces))
    assert [some.height for some in found] == [300, 260, 795]
    assert found[0].n_chunks() == 1
    assert pl.concat(found).equals(pieces)
    assert [some.height for some in stretches.stretches(pieces.clear())] == [0]


def test_tokens_and_traces_are_those_of_the_whole(pieces: pl.DataFrame) -> None:
    whole = pieces.rechunk()
    assert tally.one_each(pieces).sort("person").equals(tally.one_each(whole).sort("person"))
    assert tokens.unsorted(pieces, b"k" * 32) == tokens.unsorted(whole, b"k" * 32)
    traced = [_traced(frame) for frame in (pieces, whole)]
    assert traced[0] == traced[1]
    assert len(traced[0]) > 1_000


def _traced(mentions: pl.DataFrame) -> list[tuple[int, int]]:
    tracer = trace.Tracer(b"k" * 32)
    tracer.add(mentions, tally.one_each(mentions))
    found = tracer.result([("a",), ("b",)])
    assert found.paths == (("a",), ("b",))
    tokens_of = np.frombuffer(found.tokens, "<u8").tolist()
    return sorted(zip(tokens_of, np.frombuffer(found.parts, "<u2").tolist(), strict=True))
