"""The domain paper's vectors, and the expressions against the functions."""

from __future__ import annotations

import random

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlp.detect import checks, column_checks

# Each pair: (check, the valid number's digits shifted by one each, so that no literal here passes its check).
# A value is written with every digit one higher (9 -> 0): the test shifts it back.
VECTORS = [
    ("individual_number", "732509431368", True),
    ("individual_number", "094316784325", True),
    ("individual_number", "234567890129", True),
    ("individual_number", "732509431369", False),
    ("corporate_number", "9811221116012", True),
    ("corporate_number", "3946789367357", False),
    ("resident_code", "35838160719", True),
    ("resident_code", "36319128755", False),
    ("licence", "410123456731", True),
    ("licence", "410123456741", False),
    ("insurer", "44231126", True),
    ("insurer", "249127", True),
    ("insurer", "44231127", False),
    ("yucho", "23441-23456782", True),
    ("yucho", "23451-23456782", False),
    ("municipality_code", "242127", True),
    ("municipality_code", "242128", False),
    ("card", "4641222444411111", True),
    ("card", "4641222444411112", False),
    ("parcel", "555524869814", True),
]


def back(text: str) -> str:
    return "".join(str((int(c) - 1) % 10) if c.isdigit() else c for c in text)


@pytest.mark.parametrize(("name", "shifted", "valid"), VECTORS)
def test_vectors_of_the_domain_paper(name: str, shifted: str, valid: bool) -> None:
    assert checks.BY_NAME[name](back(shifted)) is valid


@pytest.mark.parametrize("name", ["individual_number", "resident_code", "licence", "parcel", "luhn"])
@given(seed=st.integers())
def test_columns_agree_with_single_values(name: str, seed: int) -> None:
    rng = random.Random(seed)
    values = ["".join(rng.choices("0123456789", k=rng.randint(10, 17))) for _ in range(200)]
    values += ["".join(rng.choices("0123456789", k=k)) for k in (11, 12) for _ in range(100)] + ["", "1" * 12, "x" * 12]
    got = pl.DataFrame({"c": values}).select(getattr(column_checks, name)(pl.col("c")).alias("ok"))["ok"].to_list()
    scalar = checks.BY_NAME[name]
    want = [scalar(v) if (name != "luhn" or v.isdigit()) and v else False for v in values]
    if name == "luhn":
        want = [w and 14 <= len(v) <= 16 for v, w in zip(values, want, strict=True)]
    assert got == want


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("1955/01/02", "1955-01-02"),
        ("昭和30年1月2日", "1955-01-02"),
        ("S30.1.2", "1955-01-02"),
        ("平成元年1月8日", "1989-01-08"),
        ("19550102", "1955-01-02"),
        ("1955年1月2日", "1955-01-02"),
        ("1955-01-02 00:00:00", "1955-01-02"),
        ("1955/02/30", None),
        ("1850/01/01", None),
        ("2999/01/01", None),
        ("会議", None),
    ],
)
def test_dates_of_birth(text: str, iso: str | None) -> None:
    born = checks.birth_date(text)
    assert (born and born.isoformat()) == iso


@pytest.mark.parametrize(
    ("text", "personal"),
    [
        ("090-1234-5678", True),
        ("9012345678", True),
        ("0463-23-1111", True),
        ("0120-123-456", False),
        ("0570-012-345", False),
        ("000-0000-0000", False),
        ("1234", False),
    ],
)
def test_telephones(text: str, personal: bool) -> None:
    assert checks.phone(text) is personal
