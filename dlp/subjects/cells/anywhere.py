"""Patterns asked of a whole column: whether any of its cells can match is told by all of them at once, mostly: none."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import cache

from dlp.subjects.hints import held

type Told = Callable[[str], bool]


class Anywhere:
    """Some patterns, and the words without one of which each matches nothing."""

    def __init__(self, *patterns: re.Pattern[str]) -> None:
        self._asked = [_Asked(pattern) for pattern in patterns]

    def among(self, texts: Iterable[str]) -> Told:
        """Whether one of them is found in a text, which is one of `texts` or a piece of one. What it says is kept."""
        joined = "\n".join(texts)
        asked = [one.search for one in self._asked if one.may(joined) and one.surely_may(joined)]
        return cache(lambda text: any(search(text) for search in asked)) if asked else _nothing

    def found(self, text: str) -> bool:
        """Whether one of them is found in a text, which is short."""
        return any([one.search(text) for one in self._asked if one.may(text)])


class _Asked:
    """A pattern, the words without one of which it matches nothing, and the two letters that each of them begins with."""

    def __init__(self, pattern: re.Pattern[str]) -> None:
        self.search = pattern.search
        self._words = held(pattern, letters=True)
        self._firsts = frozenset(word[0] for word in self._words)
        self._seconds = frozenset(word[1] for word in self._words if len(word) > 1)
        self._alone = frozenset(word for word in self._words if len(word) == 1)

    def may(self, text: str) -> bool:
        """Whether such letters are in a text, as in few that are short: a fraction of the time that a search takes."""
        if not self._words or not self._alone.isdisjoint(text):
            return True
        return not (self._firsts.isdisjoint(text) or self._seconds.isdisjoint(text))

    def surely_may(self, text: str) -> bool:
        """Whether such a word is."""
        return not self._words or any(map(text.__contains__, self._words))


def _nothing(text: str) -> bool:
    return False
