"""Lists whose lines end by a sign of their own: each line is a row, however long the list."""

from __future__ import annotations

import pytest

from dlp.extract.blocks import Table, Text
from dlp.extract.budget import Budget
from dlp.extract.plain import text
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


@pytest.mark.parametrize("said", ["町の催し\r\n駅前\r\n", "町\r駅\n前", "a\n", "", "町\ud800\n"])
def test_what_a_running_text_is_in_utf_8_is_known(said: str) -> None:
    (block,) = text.blocks_of(said)
    assert isinstance(block, Text)
    assert block.text == said.replace("\r\n", "\n").replace("\r", "\n")
    assert block.raw == (None if "\ud800" in said else block.text.encode())
