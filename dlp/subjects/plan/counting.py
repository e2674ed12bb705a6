"""Headings that count on from each other, as the days of a month do over a list of who came."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

DAYS = 5  # figures that count on from each other in a heading
_PARTS = re.compile(r"\d+|[^\d]+")  # of such a heading
_LONGEST, _YEAR = 6, 4  # letters of any of them, figures of a number in it


def counts_on(cells: Sequence[str]) -> bool:
    """Whether cells count on from each other: 1 2 3, 1日 2日, 4/1 4/8, 第1回 第2回."""
    run = best = 1
    for before, cell in pairwise(cells):
        run = run + 1 if _goes_on(_PARTS.findall(before), _PARTS.findall(cell)) else 1
        best = max(best, run)
    return best >= DAYS


def _goes_on(before: Sequence[str], after: Sequence[str]) -> bool:
    """Whether a heading of figures is the next of its kind: by one alone, or later where more than figures is said."""
    figures = [part for part in before if part.isdecimal()], [part for part in after if part.isdecimal()]
    said = [part for part in before if not part.isdecimal()], [part for part in after if not part.isdecimal()]
    if not figures[0] or len(figures[0]) != len(figures[1]) or any(len(part) > _LONGEST for part in after):
        return False
    if not said[0] and not said[1]:
        return int(figures[1][0]) == int(figures[0][0]) + 1
    if len(said[0]) != len(said[1]):
        return False
    return [*map(int, figures[1])] > [*map(int, figures[0])] and max(len(x) for x in figures[1]) <= _YEAR
