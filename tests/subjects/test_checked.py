"""Columns that no heading names, told by the check digits of all their cells."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from dlp.detect import checks
from dlp.detect.ruleset import Ruleset
from tests.subjects.clerks import C, Case, inspected, with_check

NUMBERS: dict[str, Callable[[int], str]] = {
    "resident_code": lambda i: with_check(f"{4182739506 + 91733 * i}", checks.resident_code),
    "licence": lambda i: with_check(f"30{98123456 + 7919 * i}0", checks.licence, 10),
    "card": lambda i: with_check(f"4{12893746501928 + 104729 * i}", checks.card),
}


@pytest.mark.parametrize("category", NUMBERS)
@pytest.mark.parametrize("head", ["", "a,b\n"])
def test_names_beside_numbers_that_all_pass(ruleset: Ruleset, category: str, head: str) -> None:
    rows = "".join(f"{clerk.name},{NUMBERS[category](i)}\n" for i, clerk in enumerate(C[:20]))
    found = inspected(Case("checked", 20, head + rows, "a.csv"), ruleset)
    assert found.subjects == 20
    assert found.counts[category] == 20


@pytest.mark.parametrize("category", NUMBERS)
def test_two_that_fail_leave_them_unknown(ruleset: Ruleset, category: str) -> None:
    numbers = [NUMBERS[category](i) for i in range(20)]
    for i in (3, 5):
        numbers[i] = numbers[i][:-2] + f"{(int(numbers[i][-2:]) + 11) % 100:02}"
    rows = "".join(f"{clerk.name},{number}\n" for clerk, number in zip(C, numbers, strict=False))
    assert category not in inspected(Case("checked", 0, rows, "a.csv"), ruleset).counts
