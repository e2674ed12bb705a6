"""Runs of text in bytes of no known format are those that the expressions find."""

from __future__ import annotations

import random

import pytest

from dlp import native
from dlp.extract.plain import binary
from dlp.native import scan

pytestmark = pytest.mark.skipif(native.library is None, reason="native code was not built")
_TEXT = "氏名、佐藤 花子ｻﾄｳﾊﾅｺ 090-1234-5678\r\n令和6年\té𠮷髙"
_ODD = (
    b"\r",
    b"\n",
    b"\r\n",
    b"\x8e",
    b"\x8f",
    b"\xa1",
    b"\xf0",
    b"\0",
    b"\x1b",
    b"\xff",
    b"\x80",
    b"\x30",
    b"\xe3\x81",
    b"A\0",
    b"\0A",
)


def _data(rng: random.Random) -> bytes:
    pieces = [rng.randbytes(rng.randrange(12)), *rng.sample(_ODD, 4)]
    for codec in binary._RUNS:
        raw = _TEXT.encode(codec, "replace")
        begin = rng.randrange(len(raw))
        pieces.append(raw[begin : begin + rng.randrange(20)])
    return b"".join(rng.choices(pieces, k=rng.randrange(30)))


@pytest.mark.parametrize("number", range(len(binary._RUNS)))
def test_runs_are_found_as_the_expressions_find_them(number: int) -> None:
    rng, found = random.Random(number), 0
    expression = list(binary._RUNS.values())[number]
    for data in (*(_data(rng) for _ in range(6000)), rng.randbytes(100_000), b"", b"a" * 6, b"\xf0\x90\x80" * 9):
        runs = scan.text_runs(data, number)
        if number == len(binary._RUNS) - 1:
            assert runs is None
            continue
        assert runs == expression.findall(data), data
        found += len(runs)
    assert found > 1000 or number == len(binary._RUNS) - 1
