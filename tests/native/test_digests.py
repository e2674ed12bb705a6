from __future__ import annotations

import hashlib
import random

import numpy as np
import polars as pl
import pytest

from dlp import native
from dlp.native import digests
from dlp.subjects.people import people, tokens, trace

pytestmark = pytest.mark.skipif(native.library is None, reason="native code was not built")


def _lines(cells, key, width):
    nothing = [pl.Series([None] * len(cells), dtype=pl.String)] * (3 + len(tokens.STRONGEST))
    return digests.lines([pl.Series(cells, dtype=pl.String), *nothing], tokens.STRONGEST, key, width)


@pytest.mark.parametrize(("key", "width"), [(b"k" * 32, 16), (b"k", 64), (bytes(range(64)), 1)])
def test_blake2b_is_the_standard_library_s(key, width):
    cells = [None, "", *("佐" * n for n in range(90)), *("x" * n for n in (123, 124, 125, 251, 252, 253, 1000, 9000))]
    found = _lines(cells, key, width)
    each = [found[i : i + width] for i in range(0, len(found), width)]
    said = [f"p|{cell or ''}||".encode() for cell in cells]
    assert each == [hashlib.blake2b(line, key=key, digest_size=width).digest() for line in said]


@pytest.mark.parametrize("count", [*range(1, 18), 100])
def test_lines_hashed_side_by_side_are_hashed_as_each_alone(count):
    rng = random.Random(count)
    cells = ["x" * rng.choice((1, 50, 123, 124, 125, 126, 300)) + str(i) for i in range(count)]
    assert _lines(cells, b"k" * 32, 16) == b"".join(
        hashlib.blake2b(f"p|{cell}||".encode(), key=b"k" * 32, digest_size=16).digest() for cell in cells
    )


def test_without_a_key_or_with_one_too_long_there_is_none():
    assert _lines(["a"], b"", 16) is None
    assert _lines(["a"], b"k" * 65, 16) is None
    assert digests.lines([pl.Series(["a"])] * 3, (), b"k", 16) is None


def test_digests_are_sorted_however_many_are_alike():
    rng = random.Random(3)
    for size, heads in ((0, 1), (1, 1), (500, 1), (500, 3), (5000, 200), (3000, 1 << 16)):
        each = [
            rng.randrange(heads).to_bytes(2) + bytes((rng.randrange(3),)) + bytes(12) + rng.randbytes(1)
            for _ in range(size)
        ]
        assert digests.in_order(b"".join(each)) == sorted(each)


def _people(count: int, alike: int = 0) -> pl.DataFrame:
    numbers = range(count)
    made = {
        "name": [f"佐藤{i if i >= alike else 0}" for i in numbers],
        "kana": [("サトウ" * 5 if i % 9 == 0 else f"サ{i % 7}") if i % 5 else None for i in numbers],
        "birth": [19000101 + i if i % 3 == 0 and i >= alike else None for i in numbers],
        "phone": [f"0463{i:06}" if i % 4 == 0 and i >= alike else None for i in numbers],
        "email": [
            f"a{i}@town.example" if i % 4 == 1 and i >= alike else None for i in numbers
        ],  # never beside a telephone
        "address": [f"本町{i}" if i >= alike else None for i in numbers],
    }
    whole = {name: made.get(name, [None] * count) for name in people.SCHEMA}
    frame = pl.DataFrame(whole, schema=people.SCHEMA)
    return frame.with_columns(pl.Series("person", list(numbers), pl.UInt32), pl.lit(0, pl.UInt32).alias("part"))


@pytest.mark.parametrize("alike", [0, 700])
def test_tokens_are_those_of_python(monkeypatch, alike):
    crowd = _people(1500, alike)
    quickly = tokens.of(crowd, b"k" * 32), tokens.unsorted(crowd, b"k" * 32)
    traced, masks = trace.Tokens(b"k" * 32).of(crowd)
    monkeypatch.setattr("dlp.native.library", None)
    assert quickly == (tokens.of(crowd, b"k" * 32), tokens.unsorted(crowd, b"k" * 32))
    assert len(set(quickly[0])) == 1500 - max(0, alike - 1)
    slowly, marks = trace.Tokens(b"k" * 32).of(crowd)
    assert np.array_equal(np.concatenate(traced), np.concatenate(slowly))
    assert all(np.array_equal(a, b) for a, b in zip(masks, marks, strict=True))
