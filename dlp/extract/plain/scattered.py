"""Words that a drawing puts at places of a page, one by one: those that stand in rows and columns are a table."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

ROWS, _COLUMNS, _MOST = 3, 2, 100  # of a table, at least; columns at most
_SHARE = 0.6  # of the words that stand in rows of as many
_NEAR = 0.3  # of the way from one row to the next: words so near stand in one


class Word(NamedTuple):
    """A text and where it begins; rows go on as `y` grows."""

    x: float
    y: float
    text: str


type Rows = list[list[str | None]]


def table(words: Sequence[Word], fewest: int = ROWS) -> Rows | None:
    """The rows that words stand in, at least `fewest`; None where they do not stand so."""
    if len(words) < fewest * _COLUMNS:
        return None
    lines = _lines(words)
    several = [line for line in lines if len(line) >= _COLUMNS]
    if len(several) < fewest or sum(map(len, several)) < _SHARE * len(words):
        return None
    lefts = sorted({word.x for line in several for word in line})
    wide = max(map(len, several))
    apart = (lefts[-1] - lefts[0]) / max(1, 4 * wide)
    starts = [lefts[0], *(after for before, after in pairwise(lefts) if after - before > apart)]
    if not _COLUMNS <= len(starts) <= min(_MOST, 2 * wide):
        return None
    rows: Rows = []
    for line in lines:
        row: list[str | None] = [None] * len(starts)
        for word in line:
            at = max(i for i, start in enumerate(starts) if start <= word.x or not i)
            row[at] = f"{row[at]} {word.text}" if row[at] else word.text
        rows.append(row)
    return rows


def _lines(words: Sequence[Word]) -> list[list[Word]]:
    """Words side by side, from top to bottom, each line from left to right."""
    down = sorted(words, key=lambda word: word.y)
    steps = [after.y - before.y for before, after in pairwise(down) if after.y > before.y]
    near = _NEAR * (statistics.median(steps) if steps else 1.0)
    lines: list[list[Word]] = []
    for word in down:
        if lines and word.y - lines[-1][0].y <= near:
            lines[-1].append(word)
        else:
            lines.append([word])
    return [sorted(line, key=lambda word: word.x) for line in lines]
