"""Whether days beside names are births though they lie within a few years: a school year's children, people of one age.

What an office does it does on weekdays, one thing after the other, or on the first of a month; people are born on any day.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import pairwise

from dlp.detect import checks

#: Days of so many people tell by themselves; of some decades ago so few do.
LEAST, FEW = 5, 3
_LONG_AGO = 26  # years
_OLD = 400  # days at least since the last of them: what was done of late is no birth
_DIFFER = 0.5  # share of days that differ, at least: 400 people of one year have two in three
_FIRSTS = 0.25  # share of first days of a month, at most
_FREE, _FREE_OF_FEW, _MANY = (0.08, 0.55), 0.7, 10  # share of Saturdays and Sundays; of fewer days at most, and one
_RISING = 0.8  # share of days that are not before the one above them: a list by day, not by name
_SATURDAY = 5


def born(days: Sequence[str], today: date | None = None) -> bool:
    """Whether `days`, in the order in which they stand, are likely births of people of about one age."""
    if len(days) < FEW:
        return False
    told = [checks.birth_date(day) for day in days]
    known = [day for day in told if day is not None]
    last = max(known, default=None)
    if last is None or len(known) < len(told):
        return False
    past = ((today or date.today()) - last).days  # noqa: DTZ011  a day more or less does not matter here
    long_ago = past > 365.25 * _LONG_AGO
    if past < _OLD or (len(known) < LEAST and not long_ago):
        return False
    if len(set(known)) < _DIFFER * len(known) or sum(day.day == 1 for day in known) > _FIRSTS * len(known) + 1:
        return False
    if len(known) < LEAST:
        return len(set(known)) == len(known)
    rising = sum(a <= b for a, b in pairwise(known)) / (len(known) - 1)
    return 1 - _RISING < rising < _RISING and (_any_day(known) or (long_ago and len(known) < _MANY))


def _any_day(days: Sequence[date]) -> bool:
    """Whether as many are Saturdays and Sundays as of days without an order: two of seven, more or less."""
    free = sum(day.weekday() >= _SATURDAY for day in days)
    if len(days) < _MANY:
        return 1 <= free <= _FREE_OF_FEW * len(days)
    return _FREE[0] * len(days) <= free <= _FREE[1] * len(days)
