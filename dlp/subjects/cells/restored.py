"""Individual Numbers as spreadsheets leave them: without their leading zeros, with ".0", as 3.18473E+11.

A spreadsheet that takes the twelve digits for a figure drops the zeros before them and shows fewer digits or an
exponent. The zeros are put back where the check digit then holds. An exponent that keeps all digits is the number; one
that keeps fewer says that a number of somebody stood there, but not which.
"""

from __future__ import annotations

import re

import polars as pl

from dlp.detect import checks, column_checks
from dlp.subjects.cells import cells, keys

_POINT_ZERO = r"\.0+$"
#: A figure that lost a zero or two before it, and how many digits it had. One number in a thousand loses more; those of
#: staff and addressees have eight or nine digits, and one in ten of them would pass.
_SHORT, _DIGITS = "^[1-9][0-9]{9,10}$", 12
_FULL = r"^[0-9]\.(?:[0-9]{11}[Ee]\+?11|[0-9]{10}[Ee]\+?10)$"
_EXPONENT = r"[Ee]\+?1[01]$"
#: A figure of eleven or twelve digits by its first ones.
_ROUNDED = r"^[1-9](?:\.[0-9]{1,11})?[Ee]\+?1[01]$"
_point_zero, _exponent = cells.compiled(_POINT_ZERO), cells.compiled(_EXPONENT)
_short, _full, _rounded = re.compile(_SHORT), re.compile(_FULL), re.compile(_ROUNDED)


def number(cell: str) -> str | None:
    """The Individual Number in a cell under a heading for it, twelve digits; None where it holds none that is whole."""
    bare = cells.digits(_point_zero.sub("", cell, count=1))
    if checks.individual_number(bare):
        return bare
    figure = _figure(cell)
    padded = figure.zfill(_DIGITS) if _short.match(figure) else figure
    return padded if checks.individual_number(padded) else None


def rounded(cell: str) -> bool:
    """Whether a cell under such a heading shows a number by its first digits alone."""
    return _rounded.match(cell) is not None and number(cell) is None


def _figure(cell: str) -> str:
    return (
        _exponent.sub("", cell, count=1).replace(".", "") if _full.match(cell) else _point_zero.sub("", cell, count=1)
    )


def numbers(column: pl.Series) -> pl.Series:
    """`number` of each cell."""
    found = keys.over(_plain)(column)
    if found.null_count() == column.null_count():
        return found
    both = pl.DataFrame([found.alias("found"), column.alias("said")])
    return keys.compute(both, pl.coalesce("found", _restored(pl.col("said")))).to_series().rename(column.name)


def all_rounded(column: pl.Series) -> pl.Series:
    """`rounded` of each cell, false for null."""
    shown = column.str.contains(_ROUNDED).fill_null(value=False)
    return shown & numbers(column).is_null() if shown.any() else shown


def _plain(column: pl.Expr) -> pl.Expr:
    bare = keys.digits(column.str.replace(_POINT_ZERO, ""))
    return pl.when(column_checks.individual_number(bare)).then(bare).otherwise(None)


def _restored(column: pl.Expr) -> pl.Expr:
    whole = pl.when(column.str.contains(_FULL)).then(
        column.str.replace(_EXPONENT, "").str.replace(".", "", literal=True)
    )
    figure = whole.otherwise(column.str.replace(_POINT_ZERO, ""))
    padded = pl.when(figure.str.contains(_SHORT)).then(figure.str.zfill(_DIGITS)).otherwise(figure)
    return pl.when(column_checks.individual_number(padded)).then(padded).otherwise(None)
