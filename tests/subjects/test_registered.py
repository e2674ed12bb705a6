"""Lists of names and nothing but the numbers that a register of the town's gives people or households."""

from __future__ import annotations

import pytest

from tests.extract.people import inspected

_NAMES = [f"{surname} {given}" for surname in "鏑木 相楽 生方 鵜飼 仁科 沼尻".split() for given in "奏汰 芽依".split()]


def _count(heading: str, numbers: list[str], *, name: str = "氏名", more: str = "", cell: str = "") -> int:
    rows = [f"{heading},{name}{more}"]
    rows += [f"{number},{person}{cell}" for number, person in zip(numbers, _NAMES, strict=True)]
    return inspected("\n".join(rows).encode(), "a.csv").subjects


_NUMBERS = [str(1_000_203 + 7919 * i) for i in range(len(_NAMES))]


@pytest.mark.parametrize(
    "heading", ["宛名番号", "宛名コード", "個人コード", "住民番号", "納税義務者番号", "患者番号", "世帯番号"]
)
def test_a_name_with_its_number_in_a_register_is_somebody(heading):
    assert _count(heading, _NUMBERS) == len(_NAMES)
    assert _count(heading, _NUMBERS, more=",税額", cell=",12000") == len(_NAMES)


def test_a_household_s_number_makes_no_two_one():
    shared = [str(1_000_203 + i // 3) for i in range(len(_NAMES))]
    assert _count("世帯番号", shared) == len(_NAMES)
    assert _count("世帯番号", shared, more=",続柄", cell=",子") == len(_NAMES)


@pytest.mark.parametrize(
    ("heading", "numbers", "name"),
    [
        ("受験番号", _NUMBERS, "氏名"),
        ("整理番号", _NUMBERS, "氏名"),
        ("番号", _NUMBERS, "氏名"),
        ("世帯番号", [str(i + 1) for i in range(len(_NAMES))], "氏名"),
        ("宛名番号", ["1000203"] * len(_NAMES), "氏名"),
        ("職員番号", _NUMBERS, "職員名"),
        ("宛名番号", _NUMBERS, "担当者"),
    ],
)
def test_running_numbers_those_of_things_and_of_staff_make_nobody(heading, numbers, name):
    assert _count(heading, numbers, name=name) == 0
