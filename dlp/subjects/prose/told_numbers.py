"""Individual Numbers in running text: told by a word near them, or by their check digits where there are many of them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from dlp.detect import checks
from dlp.extract.plain import sieve
from dlp.native import hold
from dlp.subjects.books import Books
from dlp.subjects.forms.form_records import Pair
from dlp.subjects.plan.header import Label
from dlp.subjects.prose.found import Found

_NUMBER = re.compile(r"(?<![\d-])\d{4}[ -]?\d{4}[ -]?\d{4}(?![\d-])")
_APART = re.compile(r"(?<![\d.])(?:\d ?- ?|\d ){8,14}\d(?!\d)")
_FIGURE, _FIGURES = re.compile(r"[\d -]"), re.compile(r"[\d -]{12}")
# What native code looks for first (see `sieve`): each matches wherever the pattern it stands for does.
_NUMBER_AT_ALL = r"\d{4}[ -]?\d{4}[ -]?\d{4}"
_APART_AT_ALL = r"(?:\d ?- ?|\d ){8}\d"


class ToldNumbers:
    """Reads lines by one ruleset's words for such numbers."""

    def __init__(self, books: Books) -> None:
        self._weights, self._number_word = books.weights, books.patterns.number_word

    def read(self, rows: Sequence[str], where: Sequence[int]) -> list[tuple[int, str]]:
        """Individual Numbers in running text, each with its line: by a word near them, or many of them."""
        bare, named, seen = list[tuple[int, str]](), list[tuple[int, str]](), set[str]()
        for i in where:
            said = self._said(rows, i) or (bool(named) and named[-1][0] == i - 1)  # a list below the word
            for m in _NUMBER.finditer(rows[i]):
                value = re.sub(r"[ -]", "", m.group())
                valid = checks.individual_number(value)
                if valid and said:
                    named.append((i, value))
                    continue
                seen.add(value)
                bare += [(i, value)] if valid else []
        weights = self._weights
        told = len({value for _, value in bare})  # one number on each line of a log is told by no check digit
        if told >= weights.bare_numbers and told >= weights.bare_numbers_valid * len(seen):
            named += bare
        return named

    def joined(self, rows: Sequence[str], where: Iterable[int]) -> Sequence[str]:
        """Lines whose Individual Numbers are written without hyphens: 1234-5678-9012 is no address."""
        made = list(rows)
        for i in where:
            if self._said(rows, i) or (i and made[i - 1] is not rows[i - 1]):
                made[i] = _NUMBER.sub(_whole_number, rows[i])
        return made

    def _said(self, rows: Sequence[str], i: int) -> bool:
        """Whether the word for such numbers stands in a line or right above it."""
        return any(self._number_word.search(row) for row in rows[max(0, i - 1) : i + 1])


def whole(rows: Sequence[str], held: hold.Held) -> tuple[Sequence[str], Sequence[int]]:
    """`rows`, those whose digits stand apart with them together, and the lines in which such a number may stand."""
    long = sieve.lines(rows, _NUMBER_AT_ALL, _APART_AT_ALL) if held is None and _long_figures(rows) else ((), ())
    numbered, apart = long if held is None else [held.having(hold.RUN12)] * 2
    if not apart:
        return rows, numbered
    rows = _closed_up(rows, apart)
    return rows, sieve.lines(rows, _NUMBER_AT_ALL)[0] if held is None else numbered


def _long_figures(rows: Sequence[str]) -> bool:
    """Whether there are twelve digits, blanks or hyphens on end: one must stand over every twelfth place of them."""
    text = "\n".join(rows)
    places = (12 * match.start() + 11 for match in _FIGURE.finditer(text[11::12]))
    return any(_FIGURES.search(text, max(0, at - 11), at + 12) for at in places)


def said(value: str) -> Pair:
    """A record's pair of an Individual Number."""
    return Label("個人番号", "individual_number"), value


def without_owner(numbers: Sequence[tuple[int, str]], people: Sequence[Found]) -> list[list[Pair]]:
    """Records of the Individual Numbers that are nobody's; where one person alone is named on a line, he has its one."""
    named, told = Counter(person.line for person in people), Counter(line for line, _ in numbers)
    owners = {person.line: person for person in people if named[person.line] == told[person.line] == 1}
    for line, value in numbers:
        if line in owners:
            owners[line].pairs.append(said(value))
    return [[said(value)] for line, value in numbers if line not in owners]


def _whole_number(match: re.Match[str]) -> str:
    value = re.sub(r"[ -]", "", match.group())
    return value if checks.individual_number(value) else match.group()


def _closed_up(rows: Sequence[str], where: Sequence[int]) -> list[str]:
    """Lines whose digits stand apart, with them together."""
    closed = list(rows)
    for i in where:
        closed[i] = _APART.sub(lambda m: m.group().replace(" ", ""), rows[i])
    return closed
