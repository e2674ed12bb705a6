"""What goes on from one page of a PDF to the next."""

from __future__ import annotations

import polars as pl

from dlp.extract.blocks import Table
from dlp.extract.pdf.pages import run_on


def _page(number: int, rows: list[tuple[str, str]]) -> Table:
    return Table(pl.DataFrame(rows, schema={"c0": pl.String, "c1": pl.String}, orient="row"), f"page {number} columns")


def test_labels_and_values_that_a_page_break_cuts_are_one_table() -> None:
    record = [("物件{}", "平塚市"), ("所有者", "甲"), ("送付先", "乙")]
    rows = [(label.format(i), value) for i in range(4) for label, value in record]
    (joined,) = run_on([_page(1, rows[:8]), _page(2, rows[8:])])
    assert isinstance(joined, Table)
    assert joined.frame.rows() == rows
    assert joined.place == "pages 1-2 columns"


def test_lists_in_two_columns_stay_apart() -> None:
    rows = [(f"氏名{chr(0x4E00 + i)}", "090") for i in range(8)]
    assert len(run_on([_page(1, rows[:4]), _page(2, rows[4:])])) == 2


def test_other_labels_on_the_next_page_begin_another_table() -> None:
    first = [("所有者", "甲"), ("送付先", "乙")] * 2
    assert len(run_on([_page(1, first), _page(2, [("使用者", "丙"), ("送付先", "丁")] * 2)])) == 2
    assert len(run_on([_page(1, first), _page(3, first)])) == 2
