"""The domain paper's vectors, and what no number is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlp.detect import checks

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


def test_checks_say_no_to_what_is_no_number() -> None:
    for name, check in checks.BY_NAME.items():
        for odd in ("", " ", "x", "１２３４５６７８９０１２", "²" * 12, "12330-²", "-", "1" * 400, "\ud800", "0" * 12):
            assert check(odd) is False or (name, odd) == ("parcel", "0" * 12), (name, odd)


@pytest.mark.parametrize("name", ["individual_number", "resident_code", "insurer", "card", "corporate_number"])
@given(data=st.data())
def test_one_wrong_digit_is_seen(name: str, data: st.DataObject) -> None:
    """The last digit of a valid value admits no other. (Rules modulo 11 map two sums to 0, elsewhere one may hide.)"""
    place = {"corporate_number": 0}.get(name, -1)
    value = list(back(next(v for n, v, ok in VECTORS if n == name and ok)))
    value[place] = data.draw(st.sampled_from([d for d in "0123456789" if d != value[place]]))
    assert not checks.BY_NAME[name]("".join(value))


@pytest.mark.parametrize(
    ("text", "ok"), [("35歳", True), ("満 7 才", True), ("120", True), ("121歳", False), ("35 m", False), ("", False)]
)
def test_ages(text: str, ok: bool) -> None:
    assert checks.age(text) is ok


def test_banks_and_branches() -> None:
    branches = {"0001": frozenset({"001"})}
    assert checks.bank_branch("0001" + "001" + "7654321", branches)
    assert not checks.bank_branch("0001" + "002" + "7654321", branches)
    assert not checks.bank_branch("", branches)


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
        ("S64.1.7", "1989-01-07"),
        ("h元.1.8", "1989-01-08"),
        ("令和5年2月29日", None),
        ("明治30年1月1日", None),
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
        ("+81-90-1234-5678", True),
        ("010-6322-3284", False),
        ("060-1234-5678", True),
    ],
)
def test_telephones(text: str, personal: bool) -> None:
    assert checks.phone(text) is personal
