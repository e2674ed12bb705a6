"""Words by Aho–Corasick over UTF-8 viewed as latin-1.

The wheel of pyahocorasick scans `str`; with Japanese text as it is, the automaton's root has thousands of children
and it runs at 4 MB/s; over the bytes of UTF-8, one character a byte, at 69–143 MB/s. Never pickle an automaton: it
leaks. Build one a worker.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate

import ahocorasick


def view(text: str) -> str:
    """The bytes of `text` in UTF-8, one character a byte."""
    return text.encode("utf-8", "surrogatepass").decode("latin-1")


class Terms:
    """A set of words to find, leftmost-longest."""

    def __init__(self, words: Iterable[str]) -> None:
        automaton = ahocorasick.Automaton()
        for word in words:
            viewed = view(word)
            automaton.add_word(viewed, (len(viewed), word))
        self._empty = len(automaton) == 0
        if not self._empty:
            automaton.make_automaton()
        self._automaton = automaton

    def places(self, viewed: str) -> Iterator[tuple[int, int]]:
        """(start, end) in bytes of words in a text that is a `view` already."""
        for start, end, _ in self._leftmost(viewed):
            yield start, end

    def _leftmost(self, viewed: str) -> Iterator[tuple[int, int, str]]:
        """Leftmost-longest, chosen from all there are.

        pyahocorasick 2.3's own `iter_long` misses words: of "aba" and "b" it finds none in "ab", and none in "abc".
        """
        if self._empty:
            return
        found = [(last + 1 - length, -last, word) for last, (length, word) in self._automaton.iter(viewed)]
        found.sort()  # nearly in order already
        done = 0
        for start, last, word in found:
            if start >= done:
                done = 1 - last
                yield start, done, word

    def lines(self, rows: Sequence[str]) -> set[int]:
        """Numbers of the lines that hold a word."""
        views = [view(row) for row in rows]
        begins = list(accumulate((len(row) + 1 for row in views), initial=0))
        if self._empty:
            return set()
        found = {last for last, _ in self._automaton.iter("\n".join(views))}
        return {bisect_right(begins, last) - 1 for last in found}

    def find(self, text: str) -> Iterator[tuple[int, int, str]]:
        """(start, end, word) in characters, leftmost-longest, not overlapping."""
        viewed = view(text)
        plain = len(viewed) == len(text)
        done_bytes = done_chars = 0
        for start, end, word in self._leftmost(viewed):
            if plain:
                yield start, end, word
                continue
            # Characters up to here: bytes that are no continuation bytes of UTF-8.
            done_chars += _characters(viewed, done_bytes, start)
            done_bytes = start
            yield done_chars, done_chars + len(word), word


def _characters(viewed: str, low: int, high: int) -> int:
    return len(viewed[low:high].encode("latin-1").decode("utf-8", "surrogatepass"))
