"""Patterns tried only where they may match: near the words that each of their matches holds.

Most patterns over Japanese letters begin with a class or look behind, so that a search tries every letter of a line;
"歳" behind one to three figures stands on few lines, and there at one place.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any, NamedTuple

_parser: Any = importlib.import_module("re._parser")
_SPREAD = 24  # letters between the first and the last place at which a match may begin before a word, at most
_LETTERS = 4  # letters of a class that count as so many words
_REPEATS = ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT")


class Anchor(NamedTuple):
    """A word that stands in a match, so many letters from its beginning."""

    word: str
    low: int
    high: int


class Anchored:
    """A pattern that matches as ever, and asks for less: `search` and `finditer` give what its own give."""

    __slots__ = ("_match", "_places", "_words", "anchors", "pattern")

    def __init__(self, pattern: re.Pattern[str]) -> None:
        self.pattern = pattern
        self._match = pattern.match
        #: None where no words are told, or they stand anywhere in a match: then the pattern is searched for.
        self.anchors = anchors(pattern)
        self._words = tuple({anchor.word for anchor in self.anchors or ()})
        self._places = [
            (word, min(a.low for a in told), max(a.high for a in told))
            for word in self._words
            if (told := [anchor for anchor in self.anchors or () if anchor.word == word])
        ]

    def search(self, text: str) -> re.Match[str] | None:
        """The first match in a text."""
        if self.anchors is None:
            return self.pattern.search(text)
        return next(self._found(text), None) if any(map(text.__contains__, self._words)) else None

    def finditer(self, text: str) -> Iterable[re.Match[str]]:
        """The matches in a text, from left to right, none over another."""
        if self.anchors is None:
            return self.pattern.finditer(text)
        return self._found(text) if any(map(text.__contains__, self._words)) else ()

    def _found(self, text: str) -> Iterator[re.Match[str]]:
        starts = set[int]()
        for word, low, high in self._places:
            place = text.find(word) if word in text else -1
            while place >= 0:
                starts.update(range(max(0, place - high), place - low + 1))
                place = text.find(word, place + 1)
        at = 0
        for start in sorted(starts):
            if start >= at and (match := self._match(text, start)):
                yield match
                at = match.end()


@cache
def at_begin(pattern: re.Pattern[str]) -> bool:
    """Whether a pattern matches nowhere but at the beginning of a text: a search for it tries all other places, too."""
    first = next(iter(_parser.parse(pattern.pattern, pattern.flags)), None)
    return first is not None and str(first[1]) == "AT_BEGINNING" and not pattern.flags & re.MULTILINE


def anchors(pattern: re.Pattern[str]) -> tuple[Anchor, ...] | None:
    """Words one of which every match of a pattern holds, each with where; None where no such are told."""
    if pattern.flags & re.IGNORECASE or pattern.match(""):
        return None
    found = _told(_parser.parse(pattern.pattern, pattern.flags))
    return None if found is None else tuple(dict.fromkeys(found))


def _told(items: Any) -> list[Anchor] | None:
    """The same of a sequence: of its pieces with such words, those of the longest."""
    found: list[list[Anchor]] = []
    run, low, high = "", 0, 0
    for item in items:
        what, said = str(item[0]), item[1]
        least, most = _parser.SubPattern(items.state, [item]).getwidth()
        if what == "LITERAL":
            run += chr(said)
        else:
            found += [[Anchor(run, low - len(run), high - len(run))]] if run else []
            run = ""
            if inner := _inner(what, said):
                found.append([Anchor(word, low + first, high + last) for word, first, last in inner])
        low, high = low + least, high + most
    found += [[Anchor(run, low - len(run), high - len(run))]] if run else []
    return max(filter(_near, found), key=lambda told: min(len(one.word) for one in told), default=None)


def _near(told: Iterable[Anchor]) -> bool:
    return all(one.high - one.low <= _SPREAD for one in told)


def _inner(what: str, said: Any) -> list[Anchor] | None:
    if what == "BRANCH":
        ways = [_told(way) for way in said[1]]
        return [one for way in ways for one in way or ()] if all(ways) else None
    if what == "SUBPATTERN":
        return None if said[1] & re.IGNORECASE else _told(said[3])
    if what == "ATOMIC_GROUP":
        return _told(said)
    if what in _REPEATS:
        return _told(said[2]) if said[0] else None
    if what == "ASSERT":
        return _beside(*said)
    if what == "IN" and len(said) <= _LETTERS and all(str(kind) == "LITERAL" for kind, _ in said):
        return [Anchor(chr(code), 0, 0) for _, code in said]
    return None


def _beside(side: int, items: Any) -> list[Anchor] | None:
    """Of what stands behind a place, or before it if it is a word."""
    if side > 0:
        return _told(items)
    if any(str(what) != "LITERAL" for what, _ in items) or not len(items):
        return None
    word = "".join(chr(code) for _, code in items)
    return [Anchor(word, -len(word), -len(word))]
