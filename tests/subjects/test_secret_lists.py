"""Names beside what is secret of them and nothing else: no data subjects by the contract, and held by the upper bound."""

from __future__ import annotations

import pytest

from tests.extract.people import inspected

NAMES = [
    f"{surname} {given}" for surname in ("佐藤", "鈴木", "高橋", "田中") for given in ("太郎", "花子", "一郎", "美咲")
]


def _csv(header: str, rows: list[str]) -> bytes:
    return "\n".join([header, *rows, ""]).encode()


@pytest.mark.parametrize("many", [4, 1600], ids=["few", "many"])
def test_arrears_without_anything_else_are_perhaps_of_people(many: int) -> None:
    rows = [f"{i}023,{NAMES[i % 16]},{i + 1}000,{i + 3}00" for i in range(16 if many == 4 else many)]
    found = inspected(_csv("宛名番号,納税義務者,課税標準額,滞納額", rows))
    assert (found.subjects, found.lower, found.upper) == (0, 0, len(rows))


@pytest.mark.parametrize(
    ("header", "rows"),
    [
        ("町名,滞納額", ["岡崎,120000", "金目,32000", "土屋,54000"]),
        ("税目,件数,滞納額", ["市民税,12,120000", "固定資産税,3,32000"]),
        ("氏名,滞納額", [",", ",", ","]),
        ("氏名,得点", [f"{name},70" for name in NAMES]),
        ("氏名,滞納額", [f"{name}," for name in NAMES]),
    ],
)
def test_statistics_forms_and_results_are_of_nobody(header: str, rows: list[str]) -> None:
    found = inspected(_csv(header, rows))
    assert (found.subjects, found.upper) == (0, 0)


def test_with_an_attribute_they_are_people() -> None:
    found = inspected(_csv("氏名,電話番号,滞納額", [f"{name},090-12{i:02}-3456,{i}00" for i, name in enumerate(NAMES)]))
    assert (found.subjects, found.upper) == (16, 16)
    assert found.counts["sensitive"] >= 15
