"""What native code finds in bytes is what Python finds there."""

from __future__ import annotations

import base64
import random

import pytest

from dlp import native
from dlp.extract.plain import binary, runs
from dlp.native import scan

pytestmark = pytest.mark.skipif(native.library is None, reason="native code was not built")
#: Bytes that begin, go on with and end the cores of each encoding.
_SIGNS = b"\xe3\xe9\x80\xbf\xf0019aZ_z @.+-,\t\x81\x83\x88\x97\x98\x40\x7e\xfc\xb1\xdf\xa6\xa1\xa4\xcf\x00\x30\x41\xfe\x1b$B("


def _pieces() -> list[bytes]:
    rng = random.Random(8)
    short = [bytes(rng.choices(_SIGNS, k=rng.randint(0, 40))) for _ in range(1500)]
    text = "氏名は海霧市の方で、住所は12-3-4です。ｶﾅ ﾓｼﾞ name@mail.example 0123 one two\r\n" * 20
    written = [
        text.encode(code, "replace") for code in ("utf-8", "cp932", "euc_jp", "utf-16", "utf-16-be", "iso2022_jp")
    ]
    long = [b"".join(rng.randbytes(rng.randint(1, 3000)) + one for one in written * 3)]
    return [*short, bytes(rng.choices(_SIGNS, k=20_000)), rng.randbytes(200_000), *written, *long]


def test_stretches_around_cores_are_those_of_the_expressions(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = dict.fromkeys(binary._CORES, 0)
    pieces = _pieces()
    for around in (1, 9, 400):
        monkeypatch.setattr(binary, "_AROUND", around)
        for number, (encoding, core) in enumerate(binary._CORES.items()):
            for data in pieces:
                expected = list(binary._by_python(data, core))
                assert scan.islands(data, number, around) == expected
                seen[encoding] += len(expected)
    assert all(seen.values())


def test_text_in_the_first_bytes_of_a_large_content_is_found() -> None:
    data = "山田太郎".encode() + bytes(2000)
    for core in (scan.islands(data, 0, 400), list(binary._by_python(data, binary._CORES["utf-8"]))):
        assert core == [(0, 412)]


def test_only_lines_go_that_hold_nothing() -> None:
    rng = random.Random(9)
    plain = [
        "佐久間町の方です。".encode(),
        b"PK\x03\x04" + rng.randbytes(40),
        b"\x1f\x8b\x08" + rng.randbytes(30),
        b"a line of text",
    ]
    lines = [base64.b64encode(rng.randbytes(rng.randint(20, 60))).decode() for _ in range(4000)]
    lines += [base64.urlsafe_b64encode(rng.randbytes(45)).decode().rstrip("=") for _ in range(500)]
    lines += [
        base64.b32encode(b"plain text of a line").decode(),
        b"plain text in hexadecimal".hex(),
        "no+line/of=base64=atall=====",
    ]
    lines += [base64.b64encode(one).decode() for one in plain for _ in range(2)]
    lines += ["A" * k for k in range(20, 80)] + ["AAAA" * 10 + "=="]
    rng.shuffle(lines)
    kept = scan.telling(lines, runs.PAIRS)
    assert len(kept) < len(lines) / 4
    assert [d for d in map(runs.decoded, kept) if runs.likely(d)] == [
        d for d in map(runs.decoded, lines) if runs.likely(d)
    ]
