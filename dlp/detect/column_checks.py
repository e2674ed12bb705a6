"""The checks as polars expressions over a String column of bare digits: whole columns at native speed.

Each gives a Boolean column; null and malformed values give false. Tests hold them equal to `checks`.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from dlp.detect.checks import INDIVIDUAL_WEIGHTS, LICENCE_AUTHORITIES, LICENCE_WEIGHTS, RESIDENT_WEIGHTS


def _of_length(column: pl.Expr, length: int) -> pl.Expr:
    return column.str.contains(rf"^[0-9]{{{length}}}$").fill_null(False)


def _numbers(column: pl.Expr, length: int) -> pl.Expr:
    """The digits as one integer, null where not `length` digits: digits are then had by division."""
    return pl.when(_of_length(column, length)).then(column).cast(pl.Int64, strict=False)


def _digit(number: pl.Expr, length: int, place: int) -> pl.Expr:
    power: int = 10 ** (length - 1 - place)
    return number // power % 10


def _weighted(number: pl.Expr, length: int, weights: Sequence[int]) -> pl.Expr:
    return pl.sum_horizontal(*(_digit(number, length, i) * w for i, w in enumerate(weights)))


def individual_number(column: pl.Expr) -> pl.Expr:
    """個人番号, 12 digits."""
    number = _numbers(column, 12)
    rest = _weighted(number, 12, INDIVIDUAL_WEIGHTS) % 11
    check = pl.when(rest <= 1).then(0).otherwise(11 - rest)
    equal = number == _digit(number, 12, 0) * 111111111111
    return ((check == number % 10) & ~equal).fill_null(False)


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


def parcel(column: pl.Expr) -> pl.Expr:
    """Parcel number, 12 digits: a decoy."""
    number = _numbers(column, 12)
    return (number // 10 % 7 == number % 10).fill_null(False)


def luhn(column: pl.Expr) -> pl.Expr:
    """Luhn's check over 14 to 16 digits."""

    def of(length: int) -> pl.Expr:
        number = _numbers(column, length)
        parts = []
        for place in range(length):
            digit = _digit(number, length, place)
            if (length - 1 - place) % 2:
                digit = digit * 2
                digit = pl.when(digit > 9).then(digit - 9).otherwise(digit)
            parts.append(digit)
        return (pl.sum_horizontal(*parts) % 10 == 0) & _of_length(column, length)

    return (of(14) | of(15) | of(16)).fill_null(False)
