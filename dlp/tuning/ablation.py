"""How many people a text holds by a ruleset, and by the same ruleset without one of its lists."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from dlp.detect.ruleset import Ruleset
from dlp.detect.schema import read_signature
from dlp.detect.terms import Terms
from dlp.inspection import inspect
from dlp.transfer import Channel, Transfer

#: Matchers of signatures that find nothing by themselves: the counter asks them.
LISTS = ("words", "headers")
_NOBODY = frozenset(["\ue000\ue001"])  # a word that stands in no text
_NEVER = re.compile(r"(?!)")


class People:
    """Counts by one ruleset. `declared`: signature.toml by signature."""

    def __init__(self, ruleset: Ruleset, declared: Mapping[str, bytes]) -> None:
        self._ruleset, self._declared = ruleset, declared
        self._waiting: list[tuple[str, str, bytes, int]] = []

    def decides(self, signature: str, fault: str, sample: bytes) -> None:
        """Note that a file must be read differently without a signature; `undecided` tells."""
        self._waiting.append((signature, fault, sample, self.of(sample)))

    def undecided(self) -> list[str]:
        """Faults of the noted files that are read as before without their signature."""
        waiting, self._waiting = self._waiting, []
        without = {signature: self._without(signature) for signature, *_ in waiting}
        return [f for signature, f, sample, people in waiting if self.of(sample, without[signature]) == people]

    def of(self, sample: bytes, ruleset: Ruleset | None = None) -> int:
        """Distinct people in a file."""
        name = "sample.csv" if b"," in sample.split(b"\n")[0] else "sample.txt"
        transfer = Transfer(channel=Channel.MEDIA, sender="check", destination=("check",), name=name, data=sample)
        return inspect(transfer, ruleset or self._ruleset, token_key=None).subjects

    def _without(self, name: str) -> Ruleset:
        declared, whole = read_signature(name, self._declared[name]), self._ruleset
        books = dict.fromkeys(declared.books, _NOBODY)
        return replace(
            whole,
            digest=f"{whole.digest} without {name}",
            words={**whole.words, **books},
            patterns={**whole.patterns, **dict.fromkeys(declared.patterns, _NEVER)},
            headers={} if declared.signature.matcher == "headers" else whole.headers,
            _books={book: Terms(books[book]) if book in books else terms for book, terms in whole._books.items()},
        )
