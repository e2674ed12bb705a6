"""Pages of records of two lines, each line with columns of its own: number, name, birth, and below them an address.

Taken together the lines would leave no gap between the columns.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from dlp.extract.plain import aligned

_RECORDS, _SHARE = 3, 0.8  # records that tell; share of the lines, and of upper lines with a lower one below
_TOLD = 0.2  # share of the lines that end a sentence, from which they are no records
_NEAR = 1  # places: what begins no further apart begins a column together
_WIDER = 1.2  # times as far as from the upper line to the lower is it to the next record, at least


@dataclass(frozen=True, slots=True)
class Turns:
    """Where upper and lower lines begin, and where the columns of each do."""

    begins: tuple[int, int]  # places of a line's first letter; both the same where only the distances tell
    starts: tuple[list[int], list[int]]

    def fit(self, lines: Sequence[str], middles: Sequence[float]) -> bool:
        """Whether the lines of a page, few perhaps, take turns as well."""
        return bool(_turn(lines, middles, self.begins, 1))

    def cut(self, lines: Sequence[str], middles: Sequence[float]) -> list[list[str]]:
        """The cells of each line, in as many columns as both kinds have together."""
        both = _together(self.starts)
        which = _turn(lines, middles, self.begins, 1)
        rows = []
        for line, turn in zip(lines, which, strict=True):
            row = [""] * len(both)
            for start, cell in zip(self.starts[turn], aligned.cut(line, self.starts[turn]), strict=True):
                row[max(i for i, place in enumerate(both) if place <= start + _NEAR)] += cell
            rows.append(row)
        return rows


def found(lines: Sequence[str], middles: Sequence[float]) -> Turns | None:
    """How the lines of a page take turns; None where they do not, where all of them share their columns or are
    sentences."""
    if len(lines) < 2 * _RECORDS or sum("。" in line for line in lines) > _TOLD * len(lines):
        return None
    often = Counter(map(_begin, lines)).most_common(2)
    begins = min(place for place, _ in often), max(place for place, _ in often)
    which = _turn(lines, middles, begins, _RECORDS)
    upper, lower = ([line for line, turn in zip(lines, which, strict=bool(which)) if turn == one] for one in (0, 1))
    if min(len(upper), len(lower)) < _RECORDS:
        return None
    starts = aligned.columns(upper), aligned.columns(lower)
    shared = aligned.columns(lines)
    return Turns(begins, starts) if len(_together(starts)) > len(shared) > 1 else None


def _begin(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _turn(lines: Sequence[str], middles: Sequence[float], begins: tuple[int, int], fewest: int) -> list[int]:
    """Which line is a lower one, by where it begins or else by what is above it; none where they do not take turns."""
    for which in (_by_begin(lines, begins), _by_distance(middles)):
        if _alternate(which, fewest):
            return which
    return []


def _by_begin(lines: Sequence[str], begins: tuple[int, int]) -> list[int]:
    """Which line is a lower one, by where it begins; none where both kinds begin at the same place."""
    upper, lower = begins
    return [int(abs(_begin(line) - lower) <= _NEAR) for line in lines] if lower - upper > _NEAR else []


def _by_distance(middles: Sequence[float]) -> list[int]:
    """The same by how near it stands to the line above it."""
    steps = [above - below for above, below in pairwise(middles)]
    if not steps or max(steps) <= 0:
        return [0] * len(middles)
    near = min(steps)
    return [0, *(int(step < _WIDER * near) for step in steps)]


def _alternate(which: Sequence[int], fewest: int) -> bool:
    """Whether nearly each upper line has one lower line below it."""
    pairs = sum(a == 0 and b == 1 for a, b in pairwise(which))
    return pairs >= fewest and 2 * pairs >= _SHARE * len(which)


def _together(starts: tuple[list[int], list[int]]) -> list[int]:
    """Where columns of either kind of line begin."""
    both: list[int] = []
    for start in sorted({*starts[0], *starts[1]}):
        if not both or start - both[-1] > _NEAR:
            both.append(start)
    return both
