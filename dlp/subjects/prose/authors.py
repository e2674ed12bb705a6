"""Who wrote a program or a part of it, by lines that say so: nobody, unless there are many and it is no program."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import islice

from dlp.native import hold
from dlp.subjects.books import Books
from dlp.subjects.lines import signs
from dlp.subjects.lines.rows import changed
from dlp.subjects.prose.adjoined import DASHED_TELEPHONE, MOBILE
from dlp.subjects.prose.genres import Genres
from dlp.subjects.prose.numbered import places

_FEW = 9  # of them in a text that may be anything
_BELOW = 2  # lines below such a line that tell more of whom it names
_FIELD = re.compile(r"[ \t]+[^\s:]+:\s")
_TITLES = 5  # lines of a text among which its title is
_LOOK, _SURE, _SHARE = 1000, 3, 0.1  # lines by which a program's work is told; those that say so, and their share


class Authors:
    """Tells by one ruleset's patterns."""

    def __init__(self, books: Books, genres: Genres) -> None:
        self._says, self._genres = books.patterns, genres
        self._honoured = re.compile(rf"(?:{books.honoured})(?=[\s(<]|$)")

    def without(self, rows: Sequence[str], held: hold.Held = None) -> Sequence[str]:
        """`rows` without lines that say who wrote a program and at most his mail address; those that say so of others
        without that word. `held`: what is told of each line."""
        if held is not None and not held.any & signs.AUTHOR:
            return rows
        told = (i for i in hold.where(held, signs.AUTHOR, rows) if any(word in rows[i] for word in signs.AUTHORS))
        found = {
            i: match
            for i in told
            if (match := self._says.author_line.match(rows[i])) and (match["sure"] or not self._opens(rows, i))
        }
        program = len(found) <= _FEW or self._is_program(rows)
        return changed(
            rows,
            {
                i: ""
                if (program or match["sure"]) and not self._is_private(rows, i)
                else match.string[match.end("head") :]
                for i, match in found.items()
            },
        )

    def _opens(self, rows: Sequence[str], i: int) -> bool:
        """Whether a line opens a record whose other fields stand below it, as YAML has them."""
        below = rows[i + 1] if i + 1 < len(rows) else ""
        return _FIELD.match(below) is not None and not self._says.author_line.match(below)

    def _is_private(self, rows: Sequence[str], i: int) -> bool:
        """Whether a line names somebody with an honorific, or those below tell his telephone, his birth or where he lives."""
        below = rows[i + 1 : i + 1 + _BELOW]
        return self._honoured.search(rows[i]) is not None or any(
            MOBILE.search(row) or DASHED_TELEPHONE.search(row) or self._says.private.search(row) or any(places(row))
            for row in below
        )

    def _is_program(self, rows: Sequence[str]) -> bool:
        """Whether lines are a program's, or of the log and the patches of one."""
        if self._genres.is_code(rows):
            return True
        if any(map(self._says.programmers.match, islice(rows, _TITLES))):
            return True
        told = [row for row in islice(rows, _LOOK) if row.strip()]
        signs = sum(self._says.programmed.search(row) is not None for row in told)
        return signs >= _SURE and signs >= _SHARE * len(told)
