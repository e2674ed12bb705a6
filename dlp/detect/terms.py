"""Words by Aho–Corasick over UTF-8 viewed as latin-1.

The wheel of pyahocorasick scans `str`; with Japanese text as it is, the automaton's root has thousands of children
and it runs at 4 MB/s; over the bytes of UTF-8, one character a byte, at 69–143 MB/s. Never pickle an automaton: it
leaks. Build one a worker.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import ahocorasick


def _view(text: str) -> str:
    return text.encode("utf-8", "surrogatepass").decode("latin-1")


class Terms:
    """A set of words to find, leftmost-longest."""

    def __init__(self, words: Iterable[str]) -> None:
        automaton = ahocorasick.Automaton()
        for word in words:
            view = _view(word)
            automaton.add_word(view, (len(view), word))
        self._empty = len(automaton) == 0
        if not self._empty:
            automaton.make_automaton()
        self._automaton = automaton

    def find(self, text: str) -> Iterator[tuple[int, int, str]]:
        """(start, end, word) in characters, leftmost-longest, not overlapping."""
        if self._empty:
            return
        view = _view(text)
        plain = len(view) == len(text)
        done_bytes = done_chars = 0
        for last, (length, word) in self._automaton.iter_long(view):
            start = last + 1 - length
            if plain:
                yield start, last + 1, word
                continue
            # Characters up to here: bytes that are no continuation bytes of UTF-8.
            done_chars += _characters(view, done_bytes, start)
            done_bytes = start
            yield done_chars, done_chars + len(word), word


def _characters(view: str, low: int, high: int) -> int:
    return len(view[low:high].encode("latin-1").decode("utf-8", "surrogatepass"))
