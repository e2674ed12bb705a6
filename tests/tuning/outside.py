"""Our checks and readings against what others publish: python-stdnum's algorithms, the telephones of libphonenumber, the
Japanese calendar of ICU. `make measure` prints it: python -m tests.tuning.outside. None but phonenumbers is shipped.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

import polars as pl

from dlp.detect import checks, column_checks
from dlp.subjects.cells import birth_keys, keys

_NUMBERS = 20_000
_DATES = 4_000
_OLDEST = 119  # years
#: How ICU writes a date: its era, letter and western patterns.
_PATTERNS = ("Gy年M月d日", "GGGGGy.M.d", "GGGGGyy/MM/dd", "Gy.M.d", "GGGGGy年M月d日")
_WESTERN = ("y年M月d日", "y/MM/dd", "y-M-d", "yyyyMMdd", "y.M.d")


@dataclass(slots=True)
class Source:
    """One table of somebody else's: how many of its values we read as it says."""

    name: str
    right: int = 0
    wrong: list[str] = field(default_factory=list)  # what it was; all of it is made up

    def hold(self, ours: Sequence[object], theirs: Sequence[object], shown: Sequence[str]) -> Source:
        """Compare value by value."""
        for mine, other, text in zip(ours, theirs, shown, strict=True):
            if mine == other:
                self.right += 1
            else:
                self.wrong.append(text)
        return self


def compare(seed: int = 1) -> Iterator[Source]:
    """Every table against ours; the random values are others for another seed."""
    rng = random.Random(seed)
    yield from _check_digits(rng)
    yield from _telephones(rng)
    yield from _calendar(rng)


def _check_digits(rng: random.Random) -> Iterator[Source]:
    from stdnum.jp import cn, in_

    known: tuple[tuple[str, int, Callable[[str], bool], Callable[[str], bool]], ...] = (
        ("python-stdnum jp.in_: individual numbers", 12, checks.individual_number, in_.is_valid),
        ("python-stdnum jp.cn: corporate numbers", 13, checks.corporate_number, cn.is_valid),
    )
    for name, length, ours, theirs in known:
        numbers = _random_numbers(rng, length)
        yield Source(name).hold([ours(n) for n in numbers], [theirs(n) for n in numbers], numbers)
    numbers = _random_numbers(rng, 12)
    column = pl.DataFrame({"x": numbers}).select(column_checks.individual_number(pl.col("x"))).to_series().to_list()
    yield Source("the same, whole columns").hold(column, [in_.is_valid(n) for n in numbers], numbers)


def _random_numbers(rng: random.Random, length: int) -> list[str]:
    return [f"{rng.randrange(10**length):0{length}}" for _ in range(_NUMBERS)]


def _telephones(rng: random.Random) -> Iterator[Source]:
    """Example numbers in every way of writing; and random digits, of which a column keeps those that can be dialled."""
    import phonenumbers
    from phonenumbers import PhoneNumberFormat as Style
    from phonenumbers import PhoneNumberType as Kind

    theirs, texts = list[bool](), list[str]()
    for kind in (Kind.MOBILE, Kind.FIXED_LINE, Kind.VOIP, Kind.TOLL_FREE, Kind.PREMIUM_RATE):
        example = phonenumbers.example_number_for_type("JP", kind)
        for style in (Style.NATIONAL, Style.INTERNATIONAL, Style.E164):
            texts.append(phonenumbers.format_number(example, style))
            theirs.append(kind in (Kind.MOBILE, Kind.FIXED_LINE, Kind.VOIP))
    yield Source("phonenumbers: examples").hold([checks.phone(t) for t in texts], theirs, texts)
    dialled = (rng.randrange(10 ** (n - 1), 10**n) for n in rng.choices((9, 10), k=_NUMBERS))
    numbers = [phonenumbers.PhoneNumber(country_code=81, national_number=digits) for digits in dialled]
    valid = [n for n in numbers if phonenumbers.is_valid_number(n) and phonenumbers.number_type(n) in _PERSONAL]
    texts = [phonenumbers.format_number(n, rng.choice((Style.NATIONAL, Style.INTERNATIONAL))) for n in valid]
    column = pl.DataFrame({"x": texts}).select(keys.phone_key(pl.col("x"))).to_series().to_list()
    yield Source("phonenumbers: columns of numbers").hold(column, [f"0{n.national_number}" for n in valid], texts)


_PERSONAL = (0, 1, 2, 6)  # PhoneNumberType: fixed, mobile, either, VoIP


def _calendar(rng: random.Random) -> Iterator[Source]:
    """Days of five eras as ICU writes them; the first and last day of each era among them."""
    days = [date.today() - timedelta(days=rng.randrange(_OLDEST * 365)) for _ in range(_DATES)]  # noqa: DTZ011
    days += [day + timedelta(days=n) for day in _CHANGES for n in (-1, 0, 1)]
    for calendar, patterns in (("japanese", _PATTERNS), ("gregorian", _WESTERN)):
        for pattern in patterns:
            texts = _written(days, calendar, pattern)
            yield Source(f"ICU {calendar} {pattern}").hold([checks.birth_date(t) for t in texts], days, texts)
            column = pl.DataFrame({"x": texts}).select(birth_keys.birth_key(pl.col("x"))).to_series().to_list()
            numbers = [day.year * 10_000 + day.month * 100 + day.day for day in days]
            yield Source(f"ICU {calendar} {pattern}, columns").hold(column, numbers, texts)


#: First days of Taishō, Shōwa, Heisei and Reiwa.
_CHANGES = (date(1912, 7, 30), date(1926, 12, 25), date(1989, 1, 8), date(2019, 5, 1))


def _written(days: Sequence[date], calendar: str, pattern: str) -> list[str]:
    import icu

    style = icu.SimpleDateFormat(pattern, icu.Locale(f"ja_JP@calendar={calendar}"))
    style.setTimeZone(icu.TimeZone.createTimeZone("UTC"))
    return [style.format(datetime(d.year, d.month, d.day, 12, tzinfo=UTC).timestamp()) for d in days]


def text(sources: Sequence[Source]) -> str:
    """One line a table."""
    lines = [f"{'outside data':52}{'right':>8}{'wrong':>8}"]
    lines += [f"{s.name:52}{s.right:8,}{len(s.wrong):8,}{'  MISSED' if s.wrong else ''}" for s in sources]
    return "\n".join(lines)


def main() -> int:
    """Print; 0, or 1 when something is read otherwise."""
    sources = list(compare())
    print(text(sources))
    return 1 if any(source.wrong for source in sources) else 0


if __name__ == "__main__":
    raise SystemExit(main())
