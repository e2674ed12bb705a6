"""10 MB of Japanese prose with hardly any personal data, against bare pyahocorasick with the same dictionary.

Bare is the quick use of it: UTF-8 viewed as latin-1, longest matches, counted and forgotten.
"""

from __future__ import annotations

import ahocorasick

from benchmarks.ours import inspector, one_core, rules
from benchmarks.prose import prose
from benchmarks.report import Row, rates

SIZE = 10_000_000
_BOOKS = ("surnames", "given_names", "titles", "organisations", "facilities")


def bare() -> ahocorasick.Automaton:
    """All books that are searched in text, as one automaton over bytes."""
    automaton = ahocorasick.Automaton()
    for word in {word for book in _BOOKS for word in rules().words.get(book, ())}:
        automaton.add_word(word.encode().decode("latin-1"), len(word))
    automaton.make_automaton()
    return automaton


def run(runs: int = 5) -> list[Row]:
    """Megabytes a second."""
    one_core()
    (data, people), inspect, automaton = prose(SIZE), inspector(), bare()

    def ours() -> None:
        found = inspect(data, "minutes.txt").subjects
        if found != people:
            raise SystemExit(f"counted {found}, true are {people}: a fast wrong count is not measured")

    contestants = {
        "bare pyahocorasick, latin-1 view": lambda: sum(1 for _ in automaton.iter_long(data.decode("latin-1"))),
        "sekisho, whole inspection": ours,
    }
    return rates("10 MB of prose", len(data) / 1e6, "MB/s", contestants, runs=runs)
