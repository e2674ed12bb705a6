"""Rows from which empty cells were left out are as wide as the others."""

from __future__ import annotations

from dlp.subjects.lines import ragged
from tests.test_inspection_budget import inspect_bytes

ROWS = [
    ["1", "霞見　壮太", "78", "葭江1-2-3", "0463-22-1111", "第1地区"],
    ["2", "碧江　楓子", "75", "葭江45番地", "0463-22-1112", "第2地区"],
    ["3", "蒼沢　紬香", "81", "鴇ヶ森3-1", "0463-22-1113", "第1地区"],
    ["4", "楢窪　澄穂", "", "鴇ヶ森3-7", "", "第2地区"],
    ["5", "鎌沼　汐乃", "90", "", "0463-22-1115", ""],
    ["6", "榎倉　梓葉", "77", "葭江8番地", "", "第1地区"],
]


def test_cells_stand_under_their_like() -> None:
    short = [[cell for cell in row if cell] for row in ROWS]
    assert ragged.filled(short) == ROWS


def test_people_in_a_list_without_its_empty_cells_are_counted() -> None:
    text = "\n".join("・" + "、".join(cell for cell in row if cell) for row in ROWS)
    assert inspect_bytes(text.encode()).subjects == len(ROWS)


def test_rows_of_no_width_are_left() -> None:
    assert ragged.filled([["a"], ["b", "c"], ["d", "e", "f"]]) == []
    assert ragged.filled([["霞見　壮太", "1"], ["碧江　楓子", "2"], ["0463-22-1111"]])[2] is None
