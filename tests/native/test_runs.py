"""Runs of packed bytes as native code finds and reads them are those of the expressions, at every size and offset."""

from __future__ import annotations

import base64
import functools
import gzip
import operator
import random
import re
from collections.abc import Iterator

import pytest

from dlp import native
from dlp.extract.budget import Budget
from dlp.extract.plain import runs
from dlp.extract.plain.unpack import packed
from dlp.native import scan

pytestmark = pytest.mark.skipif(native.library is None, reason="native code was not built")
_RUN = re.compile(runs._RUN.encode())
_BLOCK = re.compile(runs._BLOCK.pattern.encode(), re.MULTILINE)
_SIGNS = "ABYZabgz0189+/-_"
_LIST = "".join(f"氏名：鏡原 {name}、電話 0463-21-{n:04}\n" for n, name in enumerate("一二三四五六七八九十" * 3))


def _texts() -> Iterator[bytes]:
    rng = random.Random(21)
    for _ in range(3000):
        yield "".join(rng.choices(("AbC" * 8, "xY9", "A" * 24, "=", "==", "\n", "\r\n", "\r", " ", "県", "+", "-_"), k=rng.randrange(14))).encode()  # fmt: skip
    for width in (59, 60, 61, 76, 80, 81):
        for lines in (7, 8, 9, 20):
            for end in (b"\n", b"\r\n", b"\n\n"):
                made = ["".join(rng.choices(_SIGNS[:14], k=width)).encode() for _ in range(lines)]
                made[rng.randrange(lines)] = rng.choice(
                    (b"A" * width, b"a" * width, b"B" * width, b"-" * width, made[0])
                )
                yield rng.choice((b"", b"x", b"x\n")) + end.join(made) + rng.choice((b"", end, end + b"tail"))


def test_runs_and_blocks_are_those_of_the_expressions() -> None:
    seen = [0, 0]
    for data in _texts():
        found, blocks = scan.runs(data), scan.blocks(data)
        assert found == [match.span() for match in _RUN.finditer(data)], data
        assert blocks == [match.span() for match in _BLOCK.finditer(data)], data
        seen = [seen[0] + len(found), seen[1] + len(blocks)]
    assert min(seen) > 10


def test_text_without_blocks_is_that_of_the_expression() -> None:
    changed = 0
    for data in _texts():
        text = data.decode()
        bare = runs._BLOCK.sub("\n", text) if runs._long_run(text) else text
        assert runs.without_blocks(text) == bare
        changed += bare != text
    assert changed


def _folded(data: bytes, width: int, rng: random.Random) -> str:
    run = rng.choice((base64.b64encode, base64.urlsafe_b64encode, base64.b32encode, base64.b16encode))(data).decode()
    return "\n".join(run[at : at + width] for at in range(0, len(run), width))


def _long_runs() -> Iterator[str]:
    """Noise, lists in three encodings, files and zeros, folded together or line by line, one below the other."""
    rng = random.Random(22)
    whole = [_LIST.encode(code) for code in ("utf-8", "cp932", "euc_jp", "utf-16")]
    whole += [b"plain text " * 30, gzip.compress(b"list" * 200), b"PK\x03\x04" + rng.randbytes(300), bytes(400)]
    whole += [_LIST.encode() + b"\0", b"\xff" + _LIST.encode(), rng.randbytes(500), rng.randbytes(700), b"\xaa" * 300]
    for _ in range(500):
        pieces = [_folded(rng.choice(whole), rng.choice((32, 40, 60, 76, 76, 76, 5000)), rng) for _ in range(3)]
        yield "\n".join(pieces[: rng.randint(1, 3)])


def test_long_runs_give_what_short_ones_do(monkeypatch: pytest.MonkeyPatch) -> None:
    given = 0
    for text in _long_runs():
        expected = [list(runs.lines_of(run.split())) for run in re.findall(runs._RUN, text)]
        for long in (64, 200, 1 << 14):
            monkeypatch.setattr(runs, "_LONG", long)
            assert [list(runs._lines_of_long(run.encode())) for run in re.findall(runs._RUN, text)] == expected
            assert list(runs._of_runs(text)) == functools.reduce(operator.iadd, expected, [])
        given += any(expected)
    assert given > 200


def test_a_list_in_base64_anywhere_in_noise_is_unpacked() -> None:
    rng = random.Random(23)
    noise = base64.encodebytes(rng.randbytes(60_000)).decode().split("\n")[:-1]
    lines = base64.encodebytes(_LIST.encode()).decode().split()
    for at in rng.sample(range(len(noise)), 25):
        text = "\n".join([*noise[:at], "", *lines, "", *noise[at:], ""])
        (part,) = packed(text, ("x",), Budget())
        assert _LIST.strip() in part.data.decode()
