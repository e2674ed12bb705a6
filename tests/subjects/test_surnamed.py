"""Households of whom a list gives the surname once."""

from __future__ import annotations

import pytest

from dlp.extract.blocks import Table
from dlp.subjects.cells.values import Names
from dlp.subjects.tables import surnamed
from tests.subjects.town import frame

HEAD = ["世帯番号", "氏名", "続柄", "生年月日"]
FAMILY = [
    ["1", "佐藤　健一", "世帯主", "S50.1.2"],
    ["", "{}花子", "妻", "S52.3.4"],
    ["", "{}蓮", "子", "H20.5.6"],
    ["2", "關口　博之", "世帯主", "S45.7.8"],
    ["", "{}花子", "妻", "S46.9.1"],
]
FULL = [
    ["氏名", "生年月日", "電話番号"],
    *([name, born, f"090-1234-567{i}"] for i, (name, born) in enumerate([("佐藤健一", "1975/1/2"), ("佐藤 花子", "1977/3/4"),
      ("佐藤　蓮", "2008/5/6"), ("関口博之", "1970/7/8"), ("関口花子", "1971/9/1")])),
]  # fmt: skip


def _rows(before: str) -> list[list[str]]:
    return [HEAD, *([cell.format(before) for cell in row] for row in FAMILY)]


@pytest.mark.parametrize("before", ["", "　　　", "  ", "〃　", "〃", "″ "])
@pytest.mark.parametrize("times", [1, 40])
def test_they_are_those_of_the_list_with_full_names(count, before, times):
    """Few rows, and many: read as rows and as columns."""
    head, *rows = _rows(before)
    births = [
        [a, b, c, f"{2024 - n % 90}/{n % 12 + 1}/{n % 28 + 1}"]
        for n in range(5, 5 * times)
        for a, b, c, _ in [rows[n % 5]]
    ]
    found = count(Table(frame([head, *rows, *births])), Table(frame(FULL)))
    assert found.subjects == 5 + len(births)


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["佐藤　健一", "花子"], ["佐藤　健一", "佐藤　花子"]),
        (["佐藤健一", "花子", "蓮"], ["佐藤健一", "佐藤　花子", "佐藤　蓮"]),
        (["佐藤　健一", "鈴木　花子", "愛"], ["佐藤　健一", "鈴木　花子", "鈴木　愛"]),
        (["佐藤　健一", "佐藤花子", "鈴木一郎", None, ""], ["佐藤　健一", "佐藤花子", "鈴木一郎", None, ""]),
        (["花子", "蓮"], ["花子", "蓮"]),
    ],
)
def test_a_surname_is_said_once(ruleset, cells, expected):
    assert surnamed.filled(cells, Names(ruleset)) == expected
