"""Surnames at birth between a surname and a given name, as sentences have them: 佐藤（旧姓 鈴木）花子. They are left out, so
that the name is read as one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from dlp.native import hold
from dlp.subjects.cells.values import CLASS, Names
from dlp.subjects.lines import signs
from dlp.subjects.lines.rows import changed


@cache
def _between(word: str) -> re.Pattern[str]:
    """Such a name, by an expression of what its surname at birth is called."""
    return re.compile(
        rf"(?<!{CLASS})(?P<surname>{CLASS}{{1,4}}) ?\((?:{word}) ?[:・]? ?{CLASS}{{1,6}}\) ?(?P<given>{CLASS}{{1,4}})"
    )


def without(rows: Sequence[str], names: Names, held: hold.Held = None) -> Sequence[str]:
    """`rows`, each such name with a blank in place of the brackets; those behind a whole name (佐藤花子（旧姓 鈴木）様)
    stay."""
    if held is not None and not held.any & signs.BORN_AS:
        return rows

    def whole(match: re.Match[str]) -> str:
        surname, given = match["surname"], match["given"]
        known = (given[:k] for k in range(len(given), 0, -1))
        named = any(part in names.given or names.is_spelled(part) for part in known)
        parts = named and (surname in names.surnames or not names.surely(surname))
        return f"{surname} {given}" if parts else match[0]

    born_as = names.books.patterns.born_as
    between = _between(born_as.pattern)
    made: dict[int, str] = {}
    for i in hold.where(held, signs.BORN_AS, rows):
        if born_as.search(rows[i]) and (new := between.sub(whole, rows[i])) != rows[i]:
            made[i] = new
    return changed(rows, made)
