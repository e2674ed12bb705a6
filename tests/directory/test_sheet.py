"""Ledgers that spreadsheets open without computing anything in them."""

from __future__ import annotations

import csv
import io

import pytest

from dlp.directory import daicho
from dlp.directory.sheet import guarded, to_csv


@pytest.mark.parametrize(
    "cell",
    [
        *("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "\u3000=1", "＝1+1", "＋1", "－1", "＠x"),
        '=HYPERLINK("http://x")',
    ],
)
def test_what_looks_like_a_formula_is_text(cell: str) -> None:
    assert guarded(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["", "市-0007", "2026-04-01", "a=b", "1-2", "セキュリティUSB"])
def test_what_does_not_stays_as_it_is(cell: str) -> None:
    assert guarded(cell) == cell


def test_cells_with_commas_quotes_and_lines_come_back_whole() -> None:
    lines = [["a,b", 'c"d', "e\nf"]]
    raw = to_csv(["x", "y", "z"], lines)
    assert raw.startswith(b"\xef\xbb\xbf")
    assert list(csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline="")))[1:] == lines


def test_the_printed_page_shows_markup_as_text() -> None:
    page = daicho.html_of("台帳", daicho.DEVICES, [["<script>alert(1)</script>"] * len(daicho.DEVICES)], made="x")
    assert "<script>" not in page
    assert "&lt;script&gt;" in page
