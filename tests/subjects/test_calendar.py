"""Dates of birth: read as clerks write them, and none that never was."""

from __future__ import annotations

import polars as pl
import pytest

from dlp.detect import checks
from dlp.detect.ruleset import Ruleset
from dlp.subjects.cells import birth_keys, bulk, cells, keys, quick
from tests.subjects.clerks import C, Case, inspected

WRITTEN = {
    "昭46・3・5": 19710305,
    "1971・3・5": 19710305,
    "大正十二年九月一日": 19230901,
    "昭和四十六年十二月三十一日生": 19711231,
    "平成元年一月八日": 19890108,
    "一九七一年三月五日": 19710305,
    "昭和64年1月7日": 19890107,
}
NEVER = [
    "1971/13/45", "1700/1/1", "昭和70年1月1日", "令和元年2月30日", "1971/4/31", "1971年2月30日", "19710230", "S70.1.1",
    "H320101", "大正十六年一月一日", "平成二年二月三十日", "2/30/1971",
]  # fmt: skip


@pytest.mark.parametrize("text", [*WRITTEN, *NEVER])
def test_cells_and_columns_are_read_alike(text: str) -> None:
    column, day = pl.Series("x", [text]), WRITTEN.get(text)
    assert cells.birth_key(text) == day
    assert keys.over(birth_keys.birth_key)(column).to_list() == [day]
    assert bulk.births(column).to_list() == [day]
    found = quick.births(column)
    assert found is None or found[0].to_list() == [day] or found[1].all()


@pytest.mark.parametrize("text", WRITTEN)
def test_a_date_is_of_somebody(ruleset: Ruleset, text: str) -> None:
    for content, name in (
        (f"氏名,生年月日\n{C[0].name},{text}\n", "a.csv"),
        (f"氏名：{C[0].name}\n生年月日：{text}\n", "a.txt"),
    ):
        assert inspected(Case("date", 1, content, name), ruleset).counts.get("birth_date") == 1


def test_dates_that_never_were_make_nobody(ruleset: Ruleset) -> None:
    rows = "".join(f"{clerk.name},{text}\n" for clerk, text in zip(C, NEVER, strict=False))
    assert inspected(Case("never", 0, "氏名,生年月日\n" + rows, "a.csv"), ruleset).subjects == 0
    assert not any(map(checks.is_birth_date, NEVER))
