"""A name met in running text, where it stands, and what is said of it."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from dlp.detect import checks
from dlp.subjects.cells import cohort
from dlp.subjects.forms.form_records import Pair
from dlp.subjects.plan.header import Label


@dataclass(slots=True)
class Found:
    """A name at a place, and what stands near it."""

    line: int
    start: int
    name: str
    likelihood: float
    pairs: list[Pair]


def pair(role: str, value: str) -> Pair:
    """What prose says, as a form would."""
    return Label(role, role), value


def named(line: int, start: int, name: str, likelihood: float, role: str = "name") -> Found:
    """A name of which nothing is said yet."""
    return Found(line, start, name, likelihood, [pair(role, name)])


_TOWN = range(3, 7)  # letters of a municipality's name with its kind


def in_town(person: Found, facts: Iterable[tuple[int, str, str]], towns: Container[str]) -> bool:
    """Whether a name is a municipality's and the first letters of a place in it, where an address is: 平塚市松が枝5-24.
    `facts`: what its line says, each with its place and role; `towns`: municipalities."""
    if not any(person.name[:size] in towns for size in _TOWN):
        return False
    said = (value for at, role, value in facts if role == "address" and at == person.start)
    return any(value.startswith(person.name) for value in said)


#: How the days begin that are found in running text.
_BEGIN = re.compile(r"(明治|大正|昭和|平成|令和|[MTSHR明大昭平令])(元|\d{1,2})|(?:19|20)\d\d")


def spread(dates: Sequence[str], least: float) -> bool:
    """Whether dates of running text, in their order, are spread over so many years, or are likely births of people of one
    age: what they begin with rules out most that are not."""
    begun = [_BEGIN.match(date) for date in set(dates)]
    if not begun:
        return least <= 0
    if all(begun):
        early = [_begun(match) for match in begun if match]
        if max(early) - min(early) < least:
            if len(dates) < cohort.FEW:
                return False
            late = max(early) > date.today().year - 2  # noqa: DTZ011  a year more or less does not matter here
            return not late and cohort.born(dates)
    return years(dates) >= least or cohort.born(dates)


def _begun(match: re.Match[str]) -> int:
    if not match[1]:
        return int(match[0])
    return checks.ERAS[match[1]] + (1 if match[2] == "元" else int(match[2]))


def years(dates: Sequence[str]) -> int:
    """Over how many years dates are spread."""
    known = [born.year for born in map(checks.birth_date, set(dates)) if born]
    return max(known) - min(known) if known else 0
