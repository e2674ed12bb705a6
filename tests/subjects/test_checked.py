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


@pytest.mark.parametrize("row", ["{at} INFO app={number} GET /index.html 200", "{at},{number}", "{number}"])
def test_one_number_all_over_a_log_is_nobody(ruleset: Ruleset, row: str) -> None:
    lines = "".join(row.format(at=f"2026-04-01T12:{i:02}:01", number=C[0].number) + "\n" for i in range(40))
    for name in ("a.log", "a.csv"):
        assert inspected(Case("log", 0, lines, name), ruleset).subjects == 0


def test_many_numbers_in_a_log_are_as_many_people(ruleset: Ruleset) -> None:
    lines = "".join(f"2026-04-01T12:{i:02}:01 INFO app={C[i % 8].number} GET 200\n" for i in range(40))
    assert inspected(Case("log", 8, lines, "a.log"), ruleset).subjects == 8
