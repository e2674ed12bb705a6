"""Individual Numbers that a spreadsheet took for figures, and names in old and new characters."""

from __future__ import annotations

import polars as pl
import pytest

from dlp.detect import checks
from dlp.detect.ruleset import Ruleset
from dlp.subjects.cells import restored
from tests.subjects.clerks import C, Case, inspected

PEOPLE = C[:24]


def of_zero(serial: int) -> str:
    """A valid number that begins with a zero."""
    body = f"0{serial:010}"
    return next(body + end for end in "0123456789" if checks.individual_number(body + end))


NUMBERS = [of_zero(2_472_705_960 + 7919 * i) if i % 8 == 0 else p.number for i, p in enumerate(PEOPLE)]
WRITTEN = {
    "figures": str,
    "point": lambda number: f"{number}.0",
    "whole": lambda number: f"{number:.{len(str(number)) - 1}E}",
    "rounded": lambda number: f"{number:.5E}",
    "shorter": lambda number: f"{number:.2E}",
}


@pytest.mark.parametrize("n", [1, 3, 24])
@pytest.mark.parametrize("write", WRITTEN)
def test_each_number_is_of_somebody(ruleset: Ruleset, write: str, n: int) -> None:
    rows = [f"{p.name},{WRITTEN[write](int(number))}" for p, number in list(zip(PEOPLE, NUMBERS, strict=True))[:n]]
    found = inspected(Case("numbers", n, "\n".join(["氏名,個人番号", *rows]) + "\n", "a.csv"), ruleset)
    assert found.subjects == n
    assert found.counts["individual_number"] == n


def test_columns_and_cells_are_read_alike() -> None:
    said = [
        "24727059608", "247270596082", "2.47270596082E+11", "2.47E+11", "1E+10", "1.5E+3", "090-3827-1928", "なし", None,
        *NUMBERS, *(write(int(number)) for write in WRITTEN.values() for number in NUMBERS),
    ]  # fmt: skip
    column = pl.Series("x", said, dtype=pl.String)
    assert restored.numbers(column).to_list() == [cell and restored.number(cell) for cell in said]
    assert restored.all_rounded(column).to_list() == [bool(cell and restored.rounded(cell)) for cell in said]


def test_no_zero_is_put_before_what_is_no_figure_of_eleven() -> None:
    number = of_zero(2_472_705_960)
    assert restored.number(number[1:]) == number
    assert restored.number(f"{number[1:4]}-{number[4:8]}-{number[8:]}") is None
    assert restored.number(number[2:]) is None


def test_two_zeros_are_put_back_and_no_more() -> None:
    """A figure of eight or nine digits is of staff or of an addressee: one in ten would pass."""
    body = "0047270593"
    number = next(body + a + b for a in "123" for b in "0123456789" if checks.individual_number(body + a + b))
    assert restored.number(number.lstrip("0")) == number
    assert restored.number(f"{number.lstrip('0')}.0") == number
    shorter = next(made for i in range(100) if checks.individual_number(made := f"0004727{i:05}"))
    assert restored.number(shorter.lstrip("0")) is None


@pytest.mark.parametrize("heading", ["個人番号", "マイナンバー", '"個人番号"'])
def test_a_column_that_stands_alone(ruleset: Ruleset, heading: str) -> None:
    rows = [str(int(number)) for number in NUMBERS]
    found = inspected(Case("numbers", 24, "\n".join([heading, *rows]) + "\n", "a.csv"), ruleset)
    assert found.subjects == 24
    others = inspected(Case("numbers", 0, "\n".join(["整理番号", *rows[::8]]) + "\n", "a.csv"), ruleset)
    assert others.subjects == 0


OLD_AND_NEW = ["懷懐 傳伝", "礒磯 祿禄", "寶宝 凉涼", "埜野 凛凜", "薰薫 劍剣", "乘乗 愼慎"]


@pytest.mark.parametrize("pairs", OLD_AND_NEW)
def test_old_and_new_characters_are_one_person(ruleset: Ruleset, pairs: str) -> None:
    (old, new), (old_given, new_given) = pairs.split()
    rows = [f"{first}田 {given}子,{C[0].short}\n" for first, given in ((old, old_given), (new, new_given))]
    assert inspected(Case("variants", 1, "氏名,住所\n" + "".join(rows), "a.csv"), ruleset).subjects == 1
