"""Records of two lines, as printed registers have them: who somebody is, and below it, set in, where he lives."""

from __future__ import annotations

import re
import statistics
from collections.abc import Sequence

from dlp.extract.plain import aligned
from dlp.native import hold
from dlp.subjects.lines import signs

#: A line that begins a record, in fields between blanks; one that goes on with it, set in by more than a paragraph is.
_FIRST = re.compile(r" {0,3}\S.* {2,}\S")
_SECOND = re.compile(r" {4,}(?=\S)")
_BETWEEN = re.compile(r" {2,}")
_WIDTH, _MOSTLY = 2, 0.8  # fields of a first line, at least; share of the records that have as many
_LEAST, _FAR = 3, 4  # records that make a register; lines between them that are a page's foot and head


def registers(rows: Sequence[str], used: Sequence[bool], held: hold.Held = None) -> list[list[int]]:
    """The first lines of records of two, by the registers they make."""
    if held is not None and not held.any & signs.DELIMITED["  "]:
        return []
    where = range(len(rows)) if held is None else held.having(signs.DELIMITED["  "])
    seconds = [i for i in where if i and _SECOND.match(rows[i]) and not used[i] and not used[i - 1]]
    return _runs(rows, [i - 1 for i in seconds if _FIRST.match(rows[i - 1]) and not _goes_on(rows, i)])


def table(rows: Sequence[str], register: Sequence[int]) -> list[list[str | None]] | None:
    """A register as a table: of a record's first line what blanks part, where most have as many fields; of its second
    what stands at the places of most, for there a field may be empty. None where it is no table."""
    firsts = [_BETWEEN.split(rows[i].strip()) for i in register]
    width = statistics.mode(map(len, firsts))
    if width < _WIDTH or sum(len(first) == width for first in firsts) < _MOSTLY * len(firsts):
        return None
    places = [aligned.spread(rows[i + 1]) for i in register]
    starts = [start for start in aligned.columns(places) if any(line[start : start + 1].strip() for line in places)]
    return [
        [*(first if len(first) == width else [None] * width), *(aligned.cut(line, starts) if starts else [])]
        for first, line in zip(firsts, places, strict=True)
    ]


def joined(rows: Sequence[str], found: Sequence[Sequence[int]]) -> list[str]:
    """`rows`, each record's second line put behind its first and left blank."""
    made = list(rows)
    for i in (i for run in found for i in run):
        made[i], made[i + 1] = f"{rows[i].rstrip()}  {rows[i + 1].strip()}", ""
    return made


def _goes_on(rows: Sequence[str], i: int) -> bool:
    """Whether a third line is set in as the second is: no record of two."""
    return i + 1 < len(rows) and _SECOND.match(rows[i + 1]) is not None


def _runs(rows: Sequence[str], pairs: Sequence[int]) -> list[list[int]]:
    """First lines of records that follow each other, of as many as make a register; where each begins with the same
    word, that is a label (工事名), and what is below has its own."""
    runs: list[list[int]] = []
    for i in pairs:
        if runs and i - runs[-1][-1] <= 2 + _FAR:
            runs[-1].append(i)
        else:
            runs.append([i])
    return [run for run in runs if len(run) >= _LEAST and len({rows[i].split(maxsplit=1)[0] for i in run}) > 1]
