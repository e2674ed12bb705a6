"""Cells packed each by itself, and letters that stand below each other."""

from __future__ import annotations

import base64
from collections.abc import Callable
from itertools import zip_longest

import pytest

from dlp.detect.ruleset import Ruleset
from dlp.extract.blocks import Table
from dlp.extract.plain.text import frame_of
from dlp.subjects.people.few import ROWS
from dlp.subjects.tables import coded
from tests.subjects.clerks import C, Case, inspected

PACKINGS: dict[str, Callable[[str], str]] = {
    "base64": lambda text: base64.b64encode(text.encode()).decode(),
    "base64 of CP932": lambda text: base64.b64encode(text.encode("cp932")).decode(),
    "base64 for addresses of pages": lambda text: base64.urlsafe_b64encode(text.encode()).decode(),
    "hex": lambda text: text.encode().hex(),
    "points": lambda text: " ".join(f"U+{ord(letter):04X}" for letter in text),
}


@pytest.mark.parametrize("packing", PACKINGS)
@pytest.mark.parametrize("times", [1, ROWS // len(C) + 2], ids=["few", "many"])
def test_cells_packed_each_by_itself(count, packing: str, times: int) -> None:
    rows = [[PACKINGS[packing](cell) for cell in (c.name, c.short, c.phone)] for c in C] * times
    assert len(rows) > ROWS or times == 1
    assert count(Table(frame_of([["氏名", "住所", "電話番号"], *rows]))).subjects == len(C)


def test_the_same_person_packed_and_plain(count) -> None:
    rows = [[c.name, c.short, c.phone] for c in C]
    packed = [[PACKINGS["base64"](cell) for cell in row] for row in rows]
    tables = [Table(frame_of([["氏名", "住所", "電話番号"], *some])) for some in (rows, packed)]
    assert count(*tables).subjects == len(C)


def test_other_words_of_those_letters_stay() -> None:
    rows = [("AB12CD34", "deadbeefcafe0123", "cGxhaW4gd29yZHM=", None, "09012345678", "1990-01-01", "HanakoSato12")] * 5
    assert coded.rows_unpacked(rows) == rows


def test_letters_below_each_other(ruleset: Ruleset) -> None:
    wide = str.maketrans("0123456789-", "０１２３４５６７８９－")
    lines = [f"{c.name.replace(' ', '　')}　　{c.phone}　{c.short}".translate(wide) for c in C]
    text = "\n".join("".join(column) for column in zip_longest(*reversed(lines), fillvalue="　"))
    assert inspected(Case("columns", len(C), text, "a.txt"), ruleset).subjects == len(C)


def test_a_table_that_reads_backwards_in_a_mail(ruleset: Ruleset) -> None:
    table = "\n".join(["氏名,住所,電話番号", *(f"{c.name},{c.short},{c.phone}" for c in C)])
    head = (
        "From: a@town.example\r\nTo: b@outside.example\r\nSubject: x\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
    )
    body = "\n".join(line[::-1] for line in table.splitlines())
    found = inspected(Case("mail", len(C), head + body, "a.eml"), ruleset)
    assert found.subjects >= len(C)
