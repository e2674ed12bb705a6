"""Names in line after line of one kind: right before a telephone, as journals have them, or in "…様の件、電話は…"."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from dlp.native import hold
from dlp.subjects.books import Books
from dlp.subjects.prose import adjoined
from dlp.subjects.prose.beside import POLITE_BIT, WEIGHT, Beside
from dlp.subjects.prose.found import Found, named

#: Lines that make a journal; share of mobiles; share of names that differ; share of names like people's.
_JOURNAL, _CARRIED, _DISTINCT, _PEOPLE = 5, 0.3, 0.6, 0.5


class Journals:
    """Reads lines by what stands beside names, and one ruleset's words."""

    def __init__(self, beside: Beside, books: Books) -> None:
        self._beside, self._towns, self._polite = beside, books.towns, books.honorifics_polite

    def journal(self, rows: Sequence[str], where: Sequence[int], held: hold.Held = None) -> list[Found]:
        """Names right before a telephone, in line after line of one layout; most telephones are carried about. No town's:
        佐藤花子　1964-07-01　桜ヶ丘　090-…."""
        where = where if held is None else [i for i in where if held.lines[i] & hold.CALLS]
        found = [
            f
            for i in where
            if (match := adjoined.LAST.search(rows[i]))
            for f in self._beside.found(rows[i], i, *match.span("name"))
            if f.name not in self._towns
        ]
        found = [
            f
            for f in self._without_word(found)
            if not self._beside.official(rows[f.line], f.start, f.start + len(f.name))
        ]
        carried = sum(1 for f in found if adjoined.MOBILE.search(rows[f.line], f.start))
        return found if _enough({f.name for f in found}, found) and carried > _CARRIED * len(found) else []

    def asked(self, rows: Sequence[str], where: Sequence[int], held: hold.Held = None) -> list[Found]:
        """Names in line after line of "…様の件、電話は…": people's where most of them are like people's."""
        if held is not None:
            where = [i for i in where if held.lines[i] & POLITE_BIT and held.lines[i] & hold.SAYS]
        likely = [i for i in where if any(word in rows[i] for word in self._polite)]
        if len(likely) < _JOURNAL:
            return []
        found = [
            named(i, start, match["name"], WEIGHT)
            for i in likely
            if self._beside.asks(rows[i])
            and (match := self._beside.addressed.search(rows[i]))
            and self._beside.told(match["name"])
            if not self._beside.official(rows[i], start := match.start("name"), match.end("name"))
        ]
        people = sum(self._beside.likely(f.name, rows[f.line]) for f in found)
        return found if _enough({f.name for f in found}, found) and people >= _PEOPLE * len(found) else []

    def _without_word(self, found: list[Found]) -> list[Found]:
        """Names without the word before them that other lines have, too: 転入届 佐藤花子."""
        firsts = Counter(f.name.partition(" ")[0] for f in found)
        return [
            named(f.line, f.start + f.name.index(" ") + 1, f.name.partition(" ")[2], WEIGHT)
            if " " in f.name and firsts[f.name.partition(" ")[0]] > max(_JOURNAL, _CARRIED * len(found))
            else f
            for f in found
        ]  # fmt: skip


def _enough(names: set[str], found: Sequence[Found]) -> bool:
    return len(found) >= _JOURNAL and len(names) >= _DISTINCT * len(found)
