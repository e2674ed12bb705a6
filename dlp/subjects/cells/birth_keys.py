"""Dates of birth, years and ages to comparable keys, as polars expressions; see `keys` for all others."""

from __future__ import annotations

import polars as pl

from dlp.detect import checks, dates

#: Days of each month at most, by its number.
MONTH_DAYS = (0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
ERA_YEARS = {
    "明": 1867,
    "大": 1911,
    "昭": 1925,
    "平": 1988,
    "令": 2018,
    "m": 1867,
    "t": 1911,
    "s": 1925,
    "h": 1988,
    "r": 2018,
}
DATE = (
    r"^(?:([明大昭平令MTSHRmtshr])[治正和成]?\s*)?([0-9]{1,4}|元)\s*[-/.年・‐−－]\s*([0-9]{1,2})\s*[-/.月・‐−－]\s*([0-9]{1,2})"
    r"\s*日?(?:生まれ|生)?(?:\s*[T(（].*|\s+[0-9:.]+)?$"
)
ERA_COMPACT = r"^([明大昭平令MTSHRmtshr1-5])[治正和成]?([0-9]{2})([0-9]{2})([0-9]{2})$"
COMPACT = r"^(?:18|19|20)[0-9]{6}$"
#: Days since 1900 as spreadsheets count them.
SERIAL = r"^[1-4][0-9]{3,4}(?:\.0)?$"
ERA_DIGITS = {"1": 1867, "2": 1911, "3": 1925, "4": 1988, "5": 2018}


def birth_key(column: pl.Expr) -> pl.Expr:
    """yyyymmdd as an integer: 西暦, 和暦, era letters, 元年, YYYYMMDD, era code and six digits, spreadsheet serials, and
    as dates are written abroad."""
    text = column.str.strip_chars()
    parts = text.str.extract_groups(DATE)
    offset = parts.struct.field("1").str.to_lowercase().replace_strict(ERA_YEARS, default=None, return_dtype=pl.Int32)
    year = parts.struct.field("2").str.replace("元", "1", literal=True).cast(pl.Int32, strict=False)
    written = _date_number(
        _counted(year, offset) + offset.fill_null(0),
        parts.struct.field("3"),
        parts.struct.field("4"),
        offset.is_not_null(),
    )
    compact = pl.when(text.str.contains(COMPACT)).then(text).cast(pl.Int32, strict=False)
    compact = _plausible(compact // 10000, compact // 100 % 100, compact % 100)
    era = text.str.extract_groups(ERA_COMPACT)
    short_offset = (
        era.struct.field("1")
        .str.to_lowercase()
        .replace_strict(ERA_YEARS | ERA_DIGITS, default=None, return_dtype=pl.Int32)
    )
    era_year = short_offset + _counted(era.struct.field("2").cast(pl.Int32, strict=False), short_offset)
    short = _date_number(era_year, era.struct.field("3"), era.struct.field("4"), pl.lit(value=True))
    days = pl.when(text.str.contains(SERIAL)).then(text).cast(pl.Float64, strict=False)
    serial = (pl.date(1899, 12, 30) + pl.duration(days=days.cast(pl.Int32, strict=False))).dt
    from_serial = pl.when(days.is_between(2200, 48000)).then(
        serial.year().cast(pl.Int32) * 10000 + serial.month().cast(pl.Int32) * 100 + serial.day().cast(pl.Int32)
    )
    read = pl.coalesce(written, compact, short, from_serial)
    return pl.coalesce(read, pl.when(read.is_null()).then(text).map_batches(_abroad, return_dtype=pl.Int32))


def _counted(year: pl.Expr, offset: pl.Expr) -> pl.Expr:
    """A year of an era where the era had it, any year where it is of none."""
    last = offset.replace_strict(checks.ERA_LASTS, default=99, return_dtype=pl.Int32)
    return pl.when(offset.is_null() | (year <= last)).then(year)


def _abroad(column: pl.Series) -> pl.Series:
    """Numbers of the dates among some cells that are written as abroad; see `dates.abroad`."""
    may = column.unique().drop_nulls()
    may = may.filter(may.str.contains(dates.BEGINS))
    found = {cell: date_number(*written) for cell in may.to_list() if (written := dates.abroad(cell))}
    return column.replace_strict(found, default=None, return_dtype=pl.Int32)


def date_number(year: int, month: int, day: int) -> int | None:
    """yyyymmdd of a date that somebody alive may have been born on; else None. 29 February is of any year."""
    if 1880 <= year <= 2100 and 1 <= month <= 12 and 1 <= day <= MONTH_DAYS[month]:
        return year * 10000 + month * 100 + day
    return None


def _date_number(year: pl.Expr, month: pl.Expr, day: pl.Expr, era: pl.Expr) -> pl.Expr:
    number = _plausible(year, month.cast(pl.Int32, strict=False), day.cast(pl.Int32, strict=False))
    return pl.when(era | (year >= 1868)).then(number).otherwise(None)


def _plausible(year: pl.Expr, month: pl.Expr, day: pl.Expr) -> pl.Expr:
    last = 31 - month.is_in([4, 6, 9, 11]).cast(pl.Int32) - 2 * (month == 2).cast(pl.Int32)
    good = year.is_between(1880, 2100) & month.is_between(1, 12) & (day >= 1) & (day <= last)
    return pl.when(good).then(year * 10000 + month * 100 + day).otherwise(None)


def any_birth_key(column: pl.Expr) -> pl.Expr:
    """`birth_key`, or the year alone."""
    return pl.coalesce(birth_key(column), birth_year(column))


YEAR = r"^([明大昭平令MTSHRmtshr])?[治正和成]?\s*([0-9]{1,4}|元)\s*年?(?:[-/.\s]*[0-9]{1,2}月?)?(?:生まれ|生)?$"


def birth_year(column: pl.Expr) -> pl.Expr:
    """A year of birth alone ("1985", "昭和60年", "S60.3") as yyyy0000."""
    parts = column.str.strip_chars().str.extract_groups(YEAR)
    offset = parts.struct.field("1").str.to_lowercase().replace_strict(ERA_YEARS, default=None, return_dtype=pl.Int32)
    year = parts.struct.field("2").str.replace("元", "1", literal=True).cast(pl.Int32, strict=False) + offset.fill_null(
        0
    )
    return pl.when(year.is_between(1900, 2100)).then(year * 10000).otherwise(None)


#: A sex may stand before or behind it: 女・45歳, 45（女）.
AGE = (
    r"^(?:[男女]性?[・、,/\s(（]+)?(?:満)?\s*([0-9]{1,3})(?:\.0)?\s*"
    r"(?:[歳才](?:[\s　(（]+[^以未\s].*)?|ヶ月|か月|歳\s*[0-9]{1,2}\s*[ヶか]月|[歳才]?[・、,/\s(（]*[男女]性?)?[)）]?$"
)


def age_key(column: pl.Expr) -> pl.Expr:
    """Years, 0–120."""
    years = column.str.extract(AGE, 1)
    number = years.cast(pl.Int16, strict=False)
    return pl.when(number <= 120).then(number).otherwise(None)
