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
        self._words = [(pattern, held(pattern, letters=True)) for pattern in patterns]

    def among(self, texts: Iterable[str]) -> Told:
        """Whether one of them is found in a text, which is one of `texts` or a piece of one. What it says is kept."""
        joined = "\n".join(texts)
        asked = [p.search for p, words in self._words if not words or any(map(joined.__contains__, words))]
        return cache(lambda text: any(search(text) for search in asked)) if asked else _nothing


def _nothing(text: str) -> bool:
    return False
