"""Dates as they are written abroad, with two figures for the year, and in kanji: "14 Mar 1991", "3/14/1991", "91/3/14",
"大正十二年九月一日".

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
#: Names of eras, and one of two kanji figures.
ERA = "明治|大正|昭和|平成|令和"
TENS = "[一二三四五六七八九十]{1,3}"
#: Kanji for every figure; 元年 is the first.
KANJI = f"(?:{ERA})?[元〇零一二三四五六七八九十]{{1,4}}年{TENS}月{TENS}日(?:生まれ|生)?"
#: What any of them begins with, and little else does.
BEGINS = (
    r"^\s*(?:\d{1,2}[a-z \-/.]|(?i:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)"
    r"|[明大昭平令]?[治正和成]?[元一二三四五六七八九十])"
)

_DAY_FIRST = re.compile(rf"(\d{{1,2}}){_ORDINAL}[ \-/.]*(?:of )?({MONTH})\.?,?[ \-/.]*(\d{{4}}|\d{{2}})")
_MONTH_FIRST = re.compile(rf"({MONTH})\.?[ \-/.]*(\d{{1,2}}){_ORDINAL},?[ \-/.]*(\d{{4}})")
_FIGURES = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4}|\d{1,2})")
_KANJI = re.compile(f"({ERA})?([元〇零一二三四五六七八九十]{{1,4}})年({TENS})月({TENS})日(?:生まれ|生)?")
#: The year before an era's first, and its last one.
_ERAS = {"明治": (1867, 45), "大正": (1911, 15), "昭和": (1925, 64), "平成": (1988, 31), "令和": (2018, 99)}
_KANJI_FIGURES = {"元": 1, "零": 0} | {sign: value for value, sign in enumerate("〇一二三四五六七八九")}
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
    return in_kanji(text)


def in_kanji(text: str) -> tuple[int, int, int] | None:
    """The same of a date whose figures are kanji.

    >>> in_kanji("昭和五十二年三月四日"), in_kanji("一九七七年三月四日"), in_kanji("昭和七十年一月一日")
    ((1977, 3, 4), (1977, 3, 4), None)
    """
    found = _KANJI.fullmatch(text)
    if not found:
        return None
    before, last = _ERAS.get(found[1], (0, 9999))
    year, month, day = map(_kanji_number, found.groups()[1:])
    return (before + year, month, day) if year <= last else None


def _kanji_number(signs: str) -> int:
    """Kanji as a number, by tens (四十六) or figure by figure (一九七一).

    >>> _kanji_number("四十六"), _kanji_number("十"), _kanji_number("一九七一"), _kanji_number("元")
    (46, 10, 1971, 1)
    """
    tens, ten, ones = signs.rpartition("十")
    if ten:
        return 10 * (_kanji_number(tens) if tens else 1) + (_kanji_number(ones) if ones else 0)
    number = 0
    for sign in signs:
        number = number * 10 + _KANJI_FIGURES[sign]
    return number


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
