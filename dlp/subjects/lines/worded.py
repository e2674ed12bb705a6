"""Lists whose cells are parted by single blanks, as the names in them are: told by the line of headings over them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from dlp.detect.headers import PERSONAL
from dlp.native import hold
from dlp.subjects.lines.lines import Run
from dlp.subjects.plan.columns import FUNCTIONS, NAMES
from dlp.subjects.plan.header import Label, Reader

_FIGURE = re.compile("[0-9]")
_LEAST, _FIT = 3, 0.8  # lines below the headings; share of them that have as many cells as these
_NARROW, _WIDE = 2, 12  # headings of a list
_LETTERS = 40  # of a heading's line, at most, for each heading
_HALF = 5  # letters of a surname or a given name, at most
_KNOWN, _SOME = 0.6, 0.3  # share of the headings that are known; where they tell of a person by themselves


def lists(rows: Sequence[str], used: Sequence[bool], reader: Reader, held: hold.Held = None) -> Iterator[Run]:
    """Tables of lines with figures, right below one without that heads their words one by one: 役職 氏名 年齢 over
    会長 佐藤 花子 45. One of the headings is a name's, which may have a blank in it."""
    stretches = held.below(hold.PARTED, hold.DIGIT, _LEAST) if held is not None else _below(rows)
    for first, last in stretches:
        head = first - 1
        if used[head] or used[first]:
            continue
        at, words = _headings(rows[head], reader)
        if at < 0:
            continue
        below = {i: cells for i in range(first, last + 1) if not used[i] and (cells := _cells(rows[i], len(words), at))}
        if len(below) >= max(_LEAST, _FIT * (last - head)):
            yield Run([[*words], *below.values()], (head, *below))


def _below(rows: Sequence[str]) -> list[tuple[int, int]]:
    """The same as `Masks.below`, of lines of which nothing is told."""
    parted = [" " in row or not row.isprintable() for row in rows]
    told = bytes(part + (part and _FIGURE.search(row) is not None) for part, row in zip(parted, rows, strict=True))
    return [(m.start() + 1, m.end() - 1) for m in re.finditer(b"\1\2{%d,}" % _LEAST, told)]


def _headings(row: str, reader: Reader) -> tuple[int, list[str]]:
    """Which of the words of a line of headings is a name's, or the only one that says nothing known (選手), and the words;
    -1 where it is none, or names several."""
    words = row.split()
    if not _NARROW <= len(words) <= _WIDE or len(row) > _LETTERS * len(words) or reader.score(words) <= 0:
        return -1, []
    labels = [*map(reader.label, words)]
    named = [at for at, label in enumerate(labels) if label.role in (*NAMES, *FUNCTIONS)]
    known = sum(bool(label.role) for label in labels)
    if len(named) == 1 and labels[named[0]].role in NAMES and _is_personal(labels, reader):
        return (named[0], words) if known >= _SOME * len(words) else (-1, [])
    named = named or [at for at, label in enumerate(labels) if not label.role]
    return (named[0], words) if len(named) == 1 and known >= max(2, _KNOWN * len(words)) else (-1, [])


def _is_personal(labels: Sequence[Label], reader: Reader) -> bool:
    """Whether headings are header words as they stand, of a name and of what is said of a person."""
    known = {label.role for label in labels if reader.knows(label.text)}
    return not known.isdisjoint(NAMES) and not known.isdisjoint(PERSONAL.difference(NAMES))


def _cells(row: str, width: int, name: int) -> list[str | None]:
    """A line's words, a name's two put together; none where they are not as many as the headings."""
    words = row.split()
    if len(words) == width + 1 and all(len(word) <= _HALF for word in words[name : name + 2]):
        words[name : name + 2] = [" ".join(words[name : name + 2])]
    return [*words] if len(words) == width else []
