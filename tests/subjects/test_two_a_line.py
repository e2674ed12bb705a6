"""Two people side by side in a line, wide apart, are two."""

from __future__ import annotations

import pytest

from tests.test_inspection_budget import inspect_bytes

PEOPLE = [
    ("霞見　壮太", 78, "葭江1-2-3", "0463-22-1111"),
    ("碧江　楓子", 75, "葭江45-2", "0463-22-1112"),
    ("蒼沢　紬香", 81, "鴇ヶ森3-1", "0463-22-1113"),
    ("楢窪　澄穂", 66, "鴇ヶ森3-7", "0463-22-1114"),
    ("鎌沼　汐乃", 90, "葭江7-1", "0463-22-1115"),
    ("榎倉　梓葉", 77, "葭江8-2", "0463-22-1116"),
]


@pytest.mark.parametrize("style", ["{0}　{3}", "{0}（{1}歳）{2}", "{0} {2} {3}", "{0} {1}歳 {2}"])
@pytest.mark.parametrize("gap", ["　　", "    "])
@pytest.mark.parametrize("people", [4, 5, 6])
def test_two_people_a_line_are_two(style: str, gap: str, people: int) -> None:
    items = [style.format(*person) for person in PEOPLE[:people]]
    text = "名簿\n" + "\n".join(gap.join(items[i : i + 2]) for i in range(0, people, 2))
    assert inspect_bytes(text.encode()).subjects == people
