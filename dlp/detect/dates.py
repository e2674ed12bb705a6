"""Dates as they are written abroad, and with two figures for the year: "14 Mar 1991", "3/14/1991", "91/3/14".

Which of two numbers is the month is told by the one that can be none; where both can, American order is taken, as
spreadsheets write it, and years first where a year has two figures, as Japan writes it.
"""

from __future__ import annotations

import re

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
#: A month's name, whole or by its first letters, in any case.
MONTH = (
    r"(?i:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?"
    r"|Nov(?:ember)?|Dec(?:ember)?)"
)
_ORDINAL = r"(?:st|nd|rd|th)?"
#: A day, a month's name and a year, in either order.
NAMED = (
    rf"(?:\d{{1,2}}{_ORDINAL}[ \-/.]{{0,2}}(?:of )?{MONTH}\.?,?[ \-/.]{{0,2}}(?:\d{{4}}|\d{{2}})"
    rf"|{MONTH}\.?[ \-/.]{{0,2}}\d{{1,2}}{_ORDINAL},? ?[ \-/.]?\d{{4}})"
)
#: Figures alone, the year last.
FIGURES = r"\d{1,2}[-/.]\d{1,2}[-/.](?:19|20)\d\d"
#: What any of them begins with, and little else does.
BEGINS = r"^\s*(?:\d{1,2}[a-z \-/.]|(?i:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec))"

_DAY_FIRST = re.compile(rf"(\d{{1,2}}){_ORDINAL}[ \-/.]*(?:of )?({MONTH})\.?,?[ \-/.]*(\d{{4}}|\d{{2}})")
_MONTH_FIRST = re.compile(rf"({MONTH})\.?[ \-/.]*(\d{{1,2}}){_ORDINAL},?[ \-/.]*(\d{{4}})")
_FIGURES = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4}|\d{1,2})")
_TIME = re.compile(r"[ T]+\d{1,2}:\d{2}.*")
_LAST_MONTH, _LAST_DAY = 12, 31
_SHORT = 2  # figures of a year written short
_CENTURY = 30  # two figures of a year from here on are of the last century


def abroad(text: str) -> tuple[int, int, int] | None:
    """Year, month and day of a date written as above, not held against the calendar; None for anything else.

    >>> abroad("14 Mar 1991"), abroad("3/14/1991"), abroad("91/3/14")
    ((1991, 3, 14), (1991, 3, 14), (1991, 3, 14))
    """
    text = _TIME.sub("", text.strip())
    if found := _DAY_FIRST.fullmatch(text):
        return _year(found[3]), _month(found[2]), int(found[1])
    if found := _MONTH_FIRST.fullmatch(text):
        return int(found[3]), _month(found[1]), int(found[2])
    if found := _FIGURES.fullmatch(text):
        return _ordered(*found.groups())
    return None


def _ordered(first: str, second: str, last: str) -> tuple[int, int, int] | None:
    a, b, c = int(first), int(second), int(last)
    if c <= _LAST_DAY and len(first) == _SHORT:
        return _year(first), b, c
    if len(last) < _SHORT:
        return None
    return (_year(last), b, a) if a > _LAST_MONTH else (_year(last), a, b)


def _year(figures: str) -> int:
    number = int(figures)
    return number if len(figures) > _SHORT else number + (1900 if number >= _CENTURY else 2000)


def _month(name: str) -> int:
    return MONTHS.index(name[:3].lower()) + 1
