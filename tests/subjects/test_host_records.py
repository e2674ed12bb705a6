"""Registers of hosts: records of one length, with and without ends of lines."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

import pytest

from dlp.detect.ruleset import Ruleset
from tests.subjects.clerks import Case, Clerk, inspected

SIZE = 40
CLERKS = [Clerk(i) for i in range(SIZE)]


def _wide(text: str, size: int) -> bytes:
    """A field of `size` bytes in kanji, filled up by wide blanks."""
    held = text.encode("cp932")
    held += b" " * (len(held) % 2)
    return (held + "\u3000".encode("cp932") * size)[:size]


def _narrow(text: str, size: int) -> bytes:
    return text.encode("cp932").ljust(size)[:size]


def _registered(c: Clerk) -> bytes:
    number, home = f"{7_000_000_000 + 37 * c.i}", f"平塚市{c.town}{1 + c.i}番地"
    return (
        _narrow(number, 10)
        + _wide(c.name.replace(" ", "\u3000"), 20)
        + f"19{40 + c.i}0203{1 + c.i % 2}".encode()
        + _wide(home, 44)
    )


def _half_width(text: str) -> str:
    narrow = {unicodedata.normalize("NFKC", chr(code)): chr(code) for code in range(0xFF66, 0xFF9E)}
    apart = unicodedata.normalize("NFD", text).replace("\u3099", "ﾞ").replace("\u309a", "ﾟ")
    return "".join(narrow.get(sign, sign) for sign in apart)


def _file(records: Sequence[bytes], between: bytes) -> Case:
    return Case("a.dat", SIZE, between.join(records))


@pytest.mark.parametrize("between", [b"", b"\r\n"])
def test_registers_of_a_host(ruleset: Ruleset, between: bytes) -> None:
    assert inspected(_file(list(map(_registered, CLERKS)), between), ruleset).subjects == SIZE


@pytest.mark.parametrize("between", [b"", b"\r\n"])
def test_names_in_half_width_kana_and_coded_births(ruleset: Ruleset, between: bytes) -> None:
    records = [
        b"1"
        + _narrow(_half_width(c.kana), 30)
        + f"3{20 + c.i}{1 + c.i % 12:02}{1 + c.i % 28:02}254{c.i:04}".encode()
        + b"  "
        for c in CLERKS
    ]
    assert inspected(_file(records, between), ruleset).subjects == SIZE
