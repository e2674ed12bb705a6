"""Which lines of a text may name somebody: a surname from the book with what may be a given name after it.

Surnames are common in text that names nobody (高い, 東の, 中央): the automaton finds them at its own speed, and the bytes
beside each are enough to drop nearly all. What is left is read with care elsewhere; a line may be kept in vain, but none
that names somebody is dropped.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate

from dlp.detect.ruleset import Ruleset
from dlp.detect.terms import view
from dlp.detect.variants import spellings
from dlp.subjects.cells.values import CLASS, Names

_CLASS = re.compile(CLASS)
#: A surname may follow these, though a name could be written with them.
PARTICLES = "はがのをにでとやもへ"
_WIDE = 3  # bytes of nearly all characters of names in UTF-8


class Named:
    """Reads lines by one ruleset's surnames and given names."""

    def __init__(self, ruleset: Ruleset, names: Names) -> None:
        self._ruleset = ruleset
        self._searched = "surnames" in ruleset.words
        self._heads = names.heads
        self._single = frozenset(map(view, spellings(names.single)))
        self._letters: dict[str, bool] = {}
        self._particles = frozenset(map(view, PARTICLES))
        self._following = self._particles.union(map(view, "よか"))  # … より, から

    def lines(self, rows: Sequence[str], where: Sequence[int]) -> set[int]:
        """Those of the lines `where` that may name somebody by surname and given name."""
        if not self._searched or not where:
            return set()
        views = [view(rows[i]) for i in where]
        begins = list(accumulate((len(row) + 1 for row in views), initial=0))
        text = "\n".join(views)
        hits = self._ruleset.word_places("surnames", text)
        return {where[bisect_right(begins, start) - 1] for start, end in hits if self._fits(text, start, end)}

    def _fits(self, text: str, start: int, end: int) -> bool:
        """Whether no name goes on before a surname, and one may follow it."""
        before = text[max(0, start - _WIDE) : start]
        if before and before[-1] >= "\x80" and before not in self._particles and self._letter(before):
            return False
        if text[end : end + 1] == " ":
            return self._letter(text[end + 1 : end + 1 + _WIDE])
        after = text[end : end + _WIDE]
        if after[:1] >= "\xf0":
            return True  # a character of four bytes
        if not self._letter(after):
            return False
        if text[end : end + 2 * _WIDE] in self._heads:
            return True
        second = text[end + _WIDE : end + 2 * _WIDE]
        return (after in self._single and second in self._following) or not self._letter(second, "")

    def _letter(self, character: str, unknown: str = "x") -> bool:
        """Whether three bytes are a letter of names; where they are no character, True unless `unknown` is empty."""
        found = self._letters.get(character)
        if found is None:
            try:
                text = character.encode("latin-1").decode("utf-8", "surrogatepass")
            except UnicodeDecodeError:
                return bool(unknown)
            found = self._letters[character] = bool(_CLASS.match(text))
        return found
