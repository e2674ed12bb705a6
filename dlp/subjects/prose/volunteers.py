"""Neighbours who see to something for the others, by a word right behind their names: 佐藤花子民生委員 090-….

Whoever holds such an office holds it at home: beside a telephone that is carried about he is told of as a private person.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from dlp.native import hold
from dlp.subjects.cells.values import CLASS, Names
from dlp.subjects.prose.adjoined import MOBILE
from dlp.subjects.prose.found import Found, named

_WEIGHT = 0.9


class Volunteers:
    """Reads lines by one ruleset's names."""

    def __init__(self, names: Names) -> None:
        self._names, self._words = names, names.books.volunteers
        words = "|".join(map(re.escape, self._words))
        self._named = re.compile(
            rf"(?<!{CLASS})(?P<name>{CLASS}{{1,5}} {CLASS}{{1,5}}?|{CLASS}{{2,8}}?)(?:{words})(?=[\s:、,(]|$)"
        )

    def read(self, rows: Sequence[str], where: Sequence[int], held: hold.Held = None) -> Iterator[Found]:
        """Names in some lines, each with its place."""
        for i in where:
            line = rows[i]
            if (held is not None and not held.lines[i] & hold.CALLS) or not any(word in line for word in self._words):
                continue
            for match in self._named.finditer(line) if MOBILE.search(line) else ():
                if self._names.surely(match["name"]):
                    yield named(i, match.start("name"), match["name"], _WEIGHT)
