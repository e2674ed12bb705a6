"""Whole columns give what single values give."""

from __future__ import annotations

import random
from collections.abc import Callable

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dlp.detect import checks, column_checks

#: Check -> the lengths at which it can say yes.
LENGTHS = {
    "individual_number": (12,),
    "corporate_number": (13,),
    "resident_code": (11,),
    "licence": (12,),
    "insurer": (6, 8),
    "municipality_code": (6,),
    "parcel": (12,),
    "jan": (13,),
    "luhn": tuple(range(14, 20)),
    "card": (14, 15, 16, 19),
    "phone": (10, 11),
}
#: How values that may pass begin, where random ones hardly would.
BEGINNINGS = {
    "licence": "30",
    "jan": "49",
    "card": "4",
    "phone": "0",
}
ODD = [
    "",
    "x" * 12,
    "1" * 12,
    "1" * 30,
    "-1",
    " 123456789018",
    "１２３４５６７８９０１２",
    "²²²²²²²²²²²²",
    "12345678901x",
]


def column(values: list[str | None], expression: pl.Expr) -> list[bool]:
    return pl.DataFrame({"c": values}, schema={"c": pl.String}).select(expression.alias("ok"))["ok"].to_list()


def values(name: str, rng: random.Random) -> list[str]:
    made = ["".join(rng.choices("0123456789", k=rng.randint(1, 20))) for _ in range(50)]
    for length in LENGTHS[name]:
        for beginning in ("", BEGINNINGS.get(name, "")):
            made += [beginning + "".join(rng.choices("0123456789", k=length - len(beginning))) for _ in range(150)]
    return made + ODD


@pytest.mark.parametrize("name", sorted(LENGTHS))
@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_columns_agree_with_single_values(name: str, seed: int) -> None:
    expression: Callable[[pl.Expr], pl.Expr] = getattr(column_checks, name)
    made = values(name, random.Random(seed))
    if name == "phone":  # a column holds bare digits; the scalar reads marks, too
        made = [value for value in made if value.isascii() and value.isdigit()]
    scalar = checks.BY_NAME[name]
    assert column([*made, None], expression(pl.col("c"))) == [*map(scalar, made), False]


@pytest.mark.parametrize("name", sorted(LENGTHS))
def test_some_values_pass_and_most_do_not(name: str) -> None:
    made = values(name, random.Random(7))
    passed = column(list(made), getattr(column_checks, name)(pl.col("c")))
    assert 0 < sum(passed) < len(made) * 0.8


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_yucho_in_two_columns(seed: int) -> None:
    rng = random.Random(seed)
    signs = [f"1{rng.randint(0, 9999):04}" for _ in range(200)] + ["", "1234", "22330"]
    numbers = [str(rng.randint(0, 10 ** rng.randint(1, 8) - 1)) for _ in signs]
    frame = pl.DataFrame({"s": signs, "n": numbers})
    got = frame.select(column_checks.yucho(pl.col("s"), pl.col("n")).alias("ok"))["ok"].to_list()
    assert got == [checks.yucho(f"{s}-{n}") for s, n in zip(signs, numbers, strict=True)]
    assert any(got)


def test_bank_and_branch_in_two_columns() -> None:
    branches = {"0001": frozenset({"001", "110"}), "9900": frozenset({"008"})}
    frame = pl.DataFrame(
        {"bank": ["0001", "1", "0001", "9900", None, "7777"], "branch": ["001", "1", "2", "8", "1", "1"]}
    )
    ok = frame.select(column_checks.bank_branch(pl.col("bank"), pl.col("branch"), branches).alias("ok"))["ok"]
    assert ok.to_list() == [True, True, False, True, False, False]


def test_numbers_abroad_and_for_everybody_are_no_persons_telephones() -> None:
    digits = ["0120000111", "0570012345", "0800" + "1234567", "01063223284", "0990500111"]
    assert column(list(digits), column_checks.phone(pl.col("c"))) == [False] * 5
    assert not any(map(checks.phone, digits))
