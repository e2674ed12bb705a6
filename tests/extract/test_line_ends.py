"""Lists whose lines end by a sign of their own: each line is a row, however long the list."""

from __future__ import annotations

import pytest

from dlp.extract import text
from dlp.extract.blocks import Table
from dlp.extract.budget import Budget
from dlp.transfer import Part

_ROW = "{0},佐藤 花子,090-1234-{0:04},平塚市浅間町{0}"


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\v", "\x85", "\u2028", "\u2029"])
@pytest.mark.parametrize("rows", [40, 6000])
def test_each_line_is_a_row(end: str, rows: int) -> None:
    lines = ["番号,氏名,電話,住所", *(_ROW.format(number) for number in range(rows))]
    found = text.extract(Part(path=("list.csv",), data=end.join(lines).encode()), Budget())
    (table,) = found.blocks
    assert isinstance(table, Table)
    assert table.frame.height >= rows
    assert table.frame.width == 4
