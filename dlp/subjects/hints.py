"""Which lines the signatures may say something of, by one pass of native code over all of them.

A signature matches nowhere but where a word stands that it needs beside its number, or one of the words that its
pattern holds; one that has neither needs figures. Few lines hold any, and only those are asked pattern by pattern.
The answer may name more lines, never fewer.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import ahocorasick

from dlp.detect.ruleset import Signature
from dlp.detect.terms import view
from dlp.native import hold

_NEEDED, _HELD = 1, 2  # a word beside a number; one of a pattern itself or of the terms
_NEEDED_BIT, _ANY_BIT = hold.word(_NEEDED), hold.word(_NEEDED | _HELD)
_NUMBER = re.compile(r"[0-9](?:[- ()]{0,2}[0-9]){5}")  # as the anchor "number" has it
_parser: Any = importlib.import_module("re._parser")
_REPEATS = ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT")


class Hinted(NamedTuple):
    """Lines with a word that some signature needs beside a number; lines that may say anything at all."""

    needed: set[int]
    any: set[int]


class Hints:
    """Asks by one ruleset's signatures and terms."""

    def __init__(self, signatures: Iterable[Signature], terms: Iterable[str]) -> None:
        kinds = dict.fromkeys(terms, _HELD)
        self._all = self._figures = False
        for one in signatures:
            if one.pattern is None:
                continue
            needy = one.score < one.threshold
            words = frozenset(one.near) if needy else held(one.pattern)
            for word in words:
                kinds[word] = kinds.get(word, 0) | (_NEEDED if needy else _HELD)
            for word in one.near:  # what it need not have beside it tells as well that its number may be there
                kinds[word] = kinds.get(word, 0) | _NEEDED
            self._figures |= not needy and not words and one.anchor == "number"
            self._all |= not needy and not words and one.anchor != "number"
        self._automaton = ahocorasick.Automaton()
        for word, kind in kinds.items():
            self._automaton.add_word(view(word), kind)
        if kinds:
            self._automaton.make_automaton()
        self._empty = not kinds
        self.kinds = kinds  # bits of each word, as `of` finds them in masks
        #: Bits without any of which `of` tells of no line.
        self.bits = -1 if self._all else _ANY_BIT | (hold.NUMBER if self._figures else 0)

    def of(self, held: hold.Masks) -> Hinted:
        """The same by a mask for each line, in which our words have their bits."""
        found = range(len(held.lines)) if self._all else held.having(self.bits)
        return Hinted(set(held.having(_NEEDED_BIT)), set(found))

    def lines(self, rows: Sequence[str]) -> Hinted:
        """The lines of a text to be asked, by number."""
        text = "\n".join(rows)
        needed: set[int] = set()
        found: set[int] = set(range(len(rows))) if self._all else set()
        for line, kind in self._words(view(text)):
            found.add(line)
            if kind & _NEEDED:
                needed.add(line)
        if self._figures:
            found.update(_numbered(text))
        return Hinted(needed, found)

    def _words(self, viewed: str) -> Iterator[tuple[int, int]]:
        line = at = 0
        for last, kind in () if self._empty else self._automaton.iter(viewed):
            line += viewed.count("\n", at, last)
            at = last
            yield line, kind


def _numbered(text: str) -> Iterator[int]:
    line = at = 0
    for match in _NUMBER.finditer(text):
        line += text.count("\n", at, match.start())
        at = match.start()
        yield line


def held(pattern: re.Pattern[str], *, letters: bool = False) -> frozenset[str]:
    """Words one of which every match of a pattern holds; none where no such words are told. `letters`: a choice of
    letters is one of words."""
    if pattern.flags & re.IGNORECASE:
        return frozenset()
    return frozenset(_held(_parser.parse(pattern.pattern, pattern.flags), letters) or ())


def _held(items: Iterable[tuple[Any, Any]], letters: bool) -> set[str] | None:
    """Of a sequence: of its pieces that hold such words, those of the longest."""
    found: list[set[str]] = []
    run = ""
    for what, said in items:
        if str(what) == "LITERAL":
            run += chr(said)
            continue
        found += [{run}] if run else []
        run = ""
        if inner := _inner(str(what), said, letters):
            found.append(inner)
    found += [{run}] if run else []
    return max(found, key=lambda words: min(map(len, words)), default=None)


def _inner(what: str, said: Any, letters: bool) -> set[str] | None:
    if what == "BRANCH":
        ways = [_held(way, letters) for way in said[1]]
        return set().union(*(way or () for way in ways)) if all(ways) else None
    if what == "SUBPATTERN":
        return None if said[1] & re.IGNORECASE else _held(said[3], letters)
    if what in _REPEATS:
        return _held(said[2], letters) if said[0] else None
    if what == "IN":
        return {chr(code) for _, code in said} if letters and all(str(kind) == "LITERAL" for kind, _ in said) else None
    return _held(said, letters) if what == "ATOMIC_GROUP" else None
