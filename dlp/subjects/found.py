"""A name met in running text, where it stands, and what is said of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dlp.detect import checks
from dlp.subjects.forms import Pair
from dlp.subjects.header import Label


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


def years(dates: Sequence[str]) -> int:
    """Over how many years dates are spread."""
    known = [born.year for born in map(checks.birth_date, set(dates)) if born]
    return max(known) - min(known) if known else 0
