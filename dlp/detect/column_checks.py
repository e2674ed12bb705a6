"""The checks as polars expressions over a String column of bare digits: whole columns at native speed.

Each gives a Boolean column; null and malformed values give false. Tests hold them equal to `checks`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

import polars as pl

from dlp.detect.checks import BRANDS, INDIVIDUAL_WEIGHTS, LICENCE_AUTHORITIES, LICENCE_WEIGHTS, RESIDENT_WEIGHTS


def _of_length(column: pl.Expr, length: int) -> pl.Expr:
    return column.str.contains(rf"^[0-9]{{{length}}}$").fill_null(False)


def _numbers(column: pl.Expr, length: int) -> pl.Expr:
    """The digits as one integer, null where not `length` digits: digits are then had by division."""
    return pl.when(_of_length(column, length)).then(column).cast(pl.Int64, strict=False)


def _digit(number: pl.Expr, length: int, place: int) -> pl.Expr:
    return number // int(10 ** (length - 1 - place)) % 10


def _weighted(number: pl.Expr, length: int, weights: Sequence[int], first: int = 0) -> pl.Expr:
    return pl.sum_horizontal(*(_digit(number, length, first + i) * w for i, w in enumerate(weights)))


def _folded(product: pl.Expr) -> pl.Expr:
    """The digits of a product of at most 18, summed."""
    return pl.when(product > 9).then(product - 9).otherwise(product)


def individual_number(column: pl.Expr) -> pl.Expr:
    """個人番号, 12 digits."""
    number = _numbers(column, 12)
    rest = _weighted(number, 12, INDIVIDUAL_WEIGHTS) % 11
    check = pl.when(rest <= 1).then(0).otherwise(11 - rest)
    equal = number == _digit(number, 12, 0) * 111111111111
    return ((check == number % 10) & ~equal).fill_null(False)


def corporate_number(column: pl.Expr) -> pl.Expr:
    """法人番号, 13 digits, check digit first: public."""
    number = _numbers(column, 13)
    total = _weighted(number, 13, (2, 1) * 6, first=1)
    return (_digit(number, 13, 0) == 9 - total % 9).fill_null(False)


def resident_code(column: pl.Expr) -> pl.Expr:
    """住民票コード, 11 digits."""
    number = _numbers(column, 11)
    rest = _weighted(number, 11, RESIDENT_WEIGHTS) % 11
    return (pl.when(rest <= 1).then(0).otherwise(11 - rest) == number % 10).fill_null(False)


def licence(column: pl.Expr) -> pl.Expr:
    """運転免許証番号, 12 digits."""
    number = _numbers(column, 12)
    check = (11 - _weighted(number, 12, LICENCE_WEIGHTS) % 11) % 10
    known = column.str.slice(0, 2).is_in(sorted(LICENCE_AUTHORITIES))
    return (known & (check == _digit(number, 12, 10))).fill_null(False)


def insurer(column: pl.Expr) -> pl.Expr:
    """保険者番号, 8 or 6 digits."""

    def of(length: int) -> pl.Expr:
        number = _numbers(column, length)
        parts = []
        for place in range(length - 1):
            twice = (length - 2 - place) % 2 == 0
            parts.append(_folded(_digit(number, length, place) * (2 if twice else 1)))
        return ((10 - pl.sum_horizontal(*parts) % 10) % 10 == number % 10) & _of_length(column, length)

    return (of(8) | of(6)).fill_null(False)


def municipality_code(column: pl.Expr) -> pl.Expr:
    """全国地方公共団体コード, 6 digits: not personal."""
    number = _numbers(column, 6)
    return ((11 - _weighted(number, 6, (6, 5, 4, 3, 2)) % 11) % 10 == number % 10).fill_null(False)


def parcel(column: pl.Expr) -> pl.Expr:
    """Parcel number, 12 digits: a decoy."""
    number = _numbers(column, 12)
    return (number // 10 % 7 == number % 10).fill_null(False)


def jan(column: pl.Expr) -> pl.Expr:
    """JAN/EAN-13 with a Japanese or book prefix: a decoy."""
    number = _numbers(column, 13)
    check = (10 - _weighted(number, 13, (1, 3) * 6) % 10) % 10
    return (column.str.slice(0, 2).is_in(["45", "49", "97"]) & (check == number % 10)).fill_null(False)


def luhn(column: pl.Expr) -> pl.Expr:
    """Luhn's check over 14 to 19 digits."""

    def of(length: int) -> pl.Expr:
        # 19 digits overflow no Int64 only up to 9.2e18: take the digits from two halves.
        whole = pl.when(_of_length(column, length)).then(column)
        high = whole.str.slice(0, length - 9).cast(pl.Int64, strict=False)
        low = whole.str.slice(length - 9, 9).cast(pl.Int64, strict=False)
        parts = []
        for place in range(length):
            upper = place < length - 9
            digit = _digit(high, length - 9, place) if upper else _digit(low, 9, place - (length - 9))
            parts.append(_folded(digit * 2) if (length - 1 - place) % 2 else digit)
        return (pl.sum_horizontal(*parts) % 10 == 0) & _of_length(column, length)

    return pl.any_horizontal(*(of(length) for length in range(14, 20))).fill_null(False)


def card(column: pl.Expr) -> pl.Expr:
    """Payment card: a brand's prefix and Luhn's check."""
    return luhn(column) & column.str.contains(f"^(?:{BRANDS.pattern})$").fill_null(False)


def yucho(sign: pl.Expr, number: pl.Expr) -> pl.Expr:
    """ゆうちょ 記号 (five digits) and 番号 (up to eight), each in a column."""
    s = _numbers(sign, 5)
    n = pl.when(number.str.contains("^[0-9]{1,8}$")).then(number).cast(pl.Int64, strict=False)
    total = _digit(s, 5, 0) + 3 * _digit(s, 5, 1) + _folded(2 * _digit(s, 5, 2)) + 3 * _digit(s, 5, 4)
    for place, weight in enumerate((2, 1, 3, 2, 1, 3, 2, 1)):
        product = _digit(n, 8, place) * weight
        total = total + (_folded(product) if weight == 2 else product)
    return ((_digit(s, 5, 0) == 1) & (_digit(s, 5, 3) == total % 10)).fill_null(False)


def bank_branch(bank: pl.Expr, branch: pl.Expr, branches: Mapping[str, frozenset[str]]) -> pl.Expr:
    """Whether bank (four digits) and branch (three) exist; `branches` as in Ruleset.branches."""
    known = pl.Series([bank + branch for bank, codes in branches.items() for branch in codes], dtype=pl.String)
    return (bank.str.zfill(4) + branch.str.zfill(3)).is_in(known.implode()).fill_null(False)


@cache
def _phone_patterns() -> tuple[str, str]:
    """(valid, impersonal): the library's own patterns for Japan over numbers without their leading 0."""
    import phonenumbers

    japan = phonenumbers.PhoneMetadata.metadata_for_region("JP")
    assert japan is not None

    def any_of(*kinds: str) -> str:
        described = (getattr(japan, kind) for kind in kinds)
        return "|".join(d.national_number_pattern for d in described if d and d.national_number_pattern)

    # A number is of the first kind that fits, in the library's order; 050 (voip) comes before 0570 (uan).
    valid = any_of("voip", "personal_number", "pager", "fixed_line", "mobile")
    impersonal = any_of("premium_rate", "toll_free", "shared_cost", "uan")
    return f"^(?:{valid})$", f"^(?:{impersonal})$"


def phone(column: pl.Expr) -> pl.Expr:
    """Telephone numbers of persons or small places, over digits (dashes and brackets removed).

    Ten or eleven digits with the leading 0, or one less where a spreadsheet dropped it.
    """
    valid, impersonal = _phone_patterns()
    digits = pl.when(column.str.contains("^(?:0[0-9]{9,10}|[1-9][0-9]{8,9})$")).then(column)
    national = digits.str.strip_prefix("0")
    return (national.str.contains(valid) & ~national.str.contains(impersonal)).fill_null(False)
