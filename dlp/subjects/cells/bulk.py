"""Keys of large columns, by stages: the plain spelling most cells have costs a tenth of what any spelling costs.

Each stage equals the expression of `keys` (or `people`) that is the last, wherever it gives a key; tests hold that.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import polars as pl

from dlp.subjects.books import Books
from dlp.subjects.cells import birth_keys, folding, keys
from dlp.subjects.cells.cells import compiled, spelling
from dlp.subjects.cells.flat import Flat, Letters, Marks, Places, Table, marked

_ZERO = ord("0")
#: Telephones as `keys.TELEPHONE` has them, but for those in `keys.TOLL_FREE`.
_TELEPHONE = (
    r"^0(?:[5-9]0[1-9]\d{7}|(?:[23467]\d\d|1(?:[0134569]\d|[278][1-9])|5(?:[0-689]\d|7[1-9])|8(?:[1-9]\d|0[1-9])"
    r"|9(?:[02-8]\d|[19][1-9]))\d{6})$"
)
_NUMBER = r"^[0-9]+(?:-[0-9]+)*$"
_NUMBER_BEGINS = rf"^([0-9]*{keys.ADDRESS_STREET}(?:-+[0-9]+)*)"
_TOWN = r"^[^０-９]*[^\s〒０-９][^０-９]*$"
_CORE, _NO_TOWN = compiled(keys.ADDRESS_CORE), compiled(keys.PREFECTURE_ALONE)
_TOWN_ALONE = compiled(_TOWN)
_END = ord("\n")  # of a cell
_FEW = 300  # towns that Python reads sooner than a query


def names(cells: pl.Series, books: Books) -> pl.Series:
    """Names of persons, each in a cell of its own."""
    return keys.staged(cells, lambda x: _plain_names(x, books), keys.over(lambda x: keys.name_key(x, books.honorifics)))


def readings(cells: pl.Series) -> pl.Series:
    """Readings in kana."""
    return keys.staged(cells, _plain_readings, keys.over(keys.kana_key))


def phones(cells: pl.Series) -> pl.Series:
    """Telephones of persons."""
    stages = (_dashed_phone_key, keys.plain_phone_key, keys.phone_key)
    return keys.staged(cells, *map(keys.over, stages))


def emails(cells: pl.Series) -> pl.Series:
    """Mail addresses."""
    return keys.staged(cells, keys.over(keys.plain_email_key), keys.over(keys.email_key))


def births(cells: pl.Series) -> pl.Series:
    """Dates, or years, of birth."""
    return keys.staged(cells, _western, keys.over(birth_keys.any_birth_key))


def addresses(cells: pl.Series) -> pl.Series:
    """Addresses, each whole in a cell."""
    return keys.staged(cells, _numbered, keys.over(keys.address_key))


@cache
def _name_letters() -> Table:
    return Table.of(keys.NAME_SIGNS, f"[{folding.HAN}{folding.HIRA}{folding.KANA}]")


@cache
def _kana_letters() -> Table:
    return Table.of(keys.PLAIN_KANA, "[ァ-ヺヽヾ]")


def _plain_names(cells: pl.Series, books: Books) -> pl.Series | None:
    """Names in Japanese letters without brackets and honorific."""
    flat = Flat.of(cells)
    if flat is None:
        return None
    bare, hard = _name_letters().over(flat)
    ends = marked("".join(word[-1] for word in books.honorifics))
    good = ~hard & (bare.sizes > 0) & ~ends[bare.last]
    _repeat(bare.letters)
    return bare.series(good)


def _repeat(letters: Letters) -> None:
    """The letter before each 々 in its place; that of a cell's begin stays, and that behind a letter of two units, of
    which one alone is no text."""
    for at in np.flatnonzero(letters == ord(keys.AGAIN)).tolist():
        if at and letters[at - 1] != _END and not 0xD800 <= letters[at - 1] < 0xE000:
            letters[at] = letters[at - 1]


def _plain_readings(cells: pl.Series) -> pl.Series | None:
    """Kana and nothing else."""
    flat = Flat.of(cells)
    if flat is None:
        return None
    bare, hard = _kana_letters().over(flat)
    return bare.series(~hard & (bare.sizes >= 2) & (bare.sizes <= 24))


def _dashed_phone_key(column: pl.Expr) -> pl.Expr:
    bare = column.str.replace_all("-", "", literal=True)
    return pl.when(bare.str.contains(_TELEPHONE)).then(bare)


def _numbered(cells: pl.Series) -> pl.Series:
    """Addresses with a house number that begins with a Latin digit: towns, which repeat, are read once each."""
    x = pl.col("x")
    at = cells.to_frame("x").select(x.cast(pl.Binary), x.str.find("[0-9]").alias("at"))
    parts = at.select(x.bin.slice(0, "at").alias("town"), x.bin.slice("at").cast(pl.String).alias("number"))
    towns = parts["town"].drop_nulls().unique()
    town = parts["town"].replace_strict(towns, towns_kept(towns.cast(pl.String)), default=None, return_dtype=pl.String)
    number = keys.staged(parts["number"], keys.over(_plain_number), keys.over(_any_number))
    long_enough = town.str.len_chars() + number.str.len_bytes() >= keys.ADDRESS_LEAST
    joined = pl.concat_str(pl.lit(town), pl.lit(number))
    return pl.select(pl.when(long_enough).then(keys.house(joined))).to_series()


def towns_kept(towns: pl.Series) -> pl.Series:
    """What an address keeps of what stands before its house number; null where that cannot be said of itself."""
    if towns.len() <= _FEW:  # a query builds an automaton, however few they are
        return pl.Series([None if town is None else _town_kept(town) for town in towns], dtype=pl.String)
    x = pl.col("x")
    numbered = keys.spelling(x) + "0"  # as if a number followed: is it read to its end?
    kept = numbered.str.extract(keys.ADDRESS_CORE, 1)
    whole = numbered.str.ends_with(kept) & ~kept.str.contains(keys.PREFECTURE_ALONE) & x.str.contains(_TOWN)
    return keys.compute(towns.to_frame("x"), pl.when(whole).then(kept.str.strip_suffix("0"))).to_series()


def _town_kept(town: str) -> str | None:
    """See `towns_kept`: of one town."""
    numbered = f"{spelling(town)}0"
    found = _CORE.match(numbered)
    kept = found[1] if found else ""
    whole = kept and numbered.endswith(kept) and not _NO_TOWN.match(kept) and _TOWN_ALONE.search(town)
    return kept.removesuffix("0") if whole else None


def _plain_number(column: pl.Expr) -> pl.Expr:
    return pl.when(column.str.contains(_NUMBER)).then(column)


def _any_number(column: pl.Expr) -> pl.Expr:
    house = column.str.replace(keys.ROOM, keys.HOUSE)
    return keys.spelling(house).str.extract(_NUMBER_BEGINS, 1).str.strip_chars_end("-")


def _western(cells: pl.Series) -> pl.Series | None:
    """Western dates: year of four digits, month and day of one or two."""
    flat = Flat.of(cells)
    if flat is None:
        return None
    letters = [flat.at(flat.starts + i) for i in range(8)]
    figures = [_figure(one) for one in letters]
    year = figures[0] * 1000 + figures[1] * 100 + figures[2] * 10 + figures[3]
    good = _all_figures(figures[:4]) & _figured(figures[5]) & np.isin(letters[4], _signs("-/.年"))
    short = np.isin(letters[6], _signs("-/.月"))
    month = np.where(short, figures[5], figures[5] * 10 + figures[6])
    good &= short | (_figured(figures[6]) & np.isin(letters[7], _signs("-/.月")))
    day, fits = _day(flat, flat.starts + np.where(short, 7, 8))
    good &= fits & (year >= 1900) & (year < 2100) & (month >= 1) & (month <= 12) & (day >= 1)
    good &= day <= np.array(birth_keys.MONTH_DAYS)[np.clip(month, 0, 12)]
    numbers = pl.Series((year * 10000 + month * 100 + day).astype(np.int32))
    return pl.select(pl.when(pl.Series(good)).then(numbers)).to_series()


def _day(flat: Flat, at: Places) -> tuple[Places, Marks]:
    """The number at some places that ends the cells, perhaps with 日, and where there is one."""
    first, second = _figure(flat.at(at)), _figure(flat.at(at + 1))
    two = _figured(second)
    size = flat.ends - (flat.last == ord("日")) - at
    return np.where(two, first * 10 + second, first), _figured(first) & (size == np.where(two, 2, 1))


def _figure(letters: Letters) -> Places:
    return letters.astype(np.intp) - _ZERO


def _figured(figure: Places) -> Marks:
    return (figure >= 0) & (figure <= 9)


def _all_figures(figures: list[Places]) -> Marks:
    marks: Marks = np.logical_and.reduce([_figured(one) for one in figures])
    return marks


def _signs(signs: str) -> Places:
    return np.array([ord(sign) for sign in signs], np.intp)
