"""Names that stand where others do on lines alike: `user="…" mail=`, "申請者 … (", "2-3 … 45歳". No dictionary.

Those that were found teach between what a text puts its names; what stands between the same on lines that say as much,
is named, too.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from dlp.subjects.cells.values import CLASS, Names
from dlp.subjects.plan.header import Reader
from dlp.subjects.prose.facts import Fact, lots, says_more
from dlp.subjects.prose.found import Found, named
from dlp.subjects.prose.listed import closed_up
from dlp.subjects.prose.offices import Offices

_NAME = rf"[ァ-ヺー]{{2,12}}(?:[ ・][ァ-ヺー]{{1,12}}){{1,4}}|{CLASS}{{1,5}} {CLASS}{{1,5}}|{CLASS}{{2,8}}"
_FIGURES, _LETTER = re.compile(r"\d+"), re.compile(CLASS)
_LATIN = r"[A-ZÀ-Þ][A-Za-zÀ-ỹ'-]+(?: [A-ZÀ-ÞĐ][A-Za-zÀ-ỹ'-]*){1,4}"
_BEFORE, _BEHIND = 2, 2  # letters before and behind a name that say where names stand
_AROUND = 40  # letters beside a name that are looked at: a line may hold a megabyte
_TELLING = 3  # letters behind it that say so by themselves, where figures are among them: " 0歳"
_TAUGHT = 3  # names found between the same, at least, before others there are believed
_HOMES = 0.5  # share of the people found whose line has an address
_SHARE, _UNLIKE = 0.25, 0.4  # share of all that stands there which was found; where others are like no name


class Slot(NamedTuple):
    """What stands right before and behind a name; figures are one 0."""

    before: str
    behind: str  # an honorific; or a sign and, if a letter of names follows it, "字"


class Slotted:
    """Reads lines by where one ruleset's names were found on others."""

    def __init__(self, names: Names, reader: Reader, offices: Offices) -> None:
        self._names, self._reader, self._offices = names, reader, offices
        self._honorifics = tuple(names.books.honorifics_said)
        self._nobody = names.books.not_persons.union(names.books.kin)

    def read(self, rows: Sequence[str], people: Iterable[Found], facts: dict[int, list[Fact]]) -> list[Found]:
        """Who stands on lines that say something of somebody and name nobody yet, between what others stand between. Bare
        lots in such lines become addresses where most of the others have one."""
        people = list(people)
        if len(people) < _TAUGHT:
            return []
        taken = {person.line for person in people}
        open_ = [i for i, said in facts.items() if i not in taken and says_more(said)]
        lines = {i: closed_up(rows[i]) for i in open_}
        found: dict[int, Found] = {}
        slots = self._slots(rows, people)
        if slots:
            lines |= _at_home(rows, people, facts, lines)
        for slot, taught in slots.items():
            pattern = _pattern(slot)
            held = {i: new for i, line in lines.items() if i not in found and (new := self._in(line, i, pattern))}
            found.update(self._believed(held, taught))
        for i in found.keys() - open_:
            facts[i] = sorted([*facts.get(i, ()), *lots(lines[i], listed=True)])
        return list(found.values())

    def _slots(self, rows: Sequence[str], people: Sequence[Found]) -> dict[Slot, set[str]]:
        """Between what names were found, the most frequent first, and which."""
        slots: dict[Slot, set[str]] = defaultdict(set)
        closed = {i: closed_up(rows[i]) for i in {person.line for person in people}}  # once: a line may name thousands
        for person in people:
            line, end = closed[person.line], person.start + len(person.name)
            if line[person.start : end] == person.name:
                for slot in self._slot(line, person.start, end):
                    slots[slot].add(person.name)
        often = sorted(slots.items(), key=lambda slot: -len(slot[1]))
        return {slot: names for slot, names in often if len(names) >= _TAUGHT}

    def _slot(self, line: str, start: int, end: int) -> Iterator[Slot]:
        before = _FIGURES.sub("0", line[max(0, start - _AROUND) : start])[-_BEFORE:]
        rest = line[end : end + _AROUND]
        honoured = next((word for word in self._honorifics if rest.lstrip(" ").startswith(word)), "")
        if not before.strip() or _LETTER.match(before[-1]):
            return  # at the beginning of a line lists are read; within a word no name begins
        if honoured:
            yield Slot(before, honoured)
            yield Slot(before[-1], honoured)
        elif not rest.strip():
            yield Slot(before, "")
        elif not _LETTER.match(rest[0]) and not rest[0].isalnum():  # else the name goes on
            signs = _FIGURES.sub("0", rest[:16])
            yield Slot(before, f"{signs[0]}字" if _LETTER.match(signs[1:_BEHIND]) else signs[:_BEHIND])
            if "0" in (telling := signs[:_TELLING]) and len(telling) == _TELLING:
                yield Slot(before[-1], telling)

    def _in(self, line: str, i: int, pattern: re.Pattern[str]) -> Found | None:
        """The likeliest of those who stand so on a line."""
        best: Found | None = None
        for match in pattern.finditer(line):
            name, start = match["name"], match.start("name")
            if not self._may_name(line, start, name):
                continue
            likelihood = self._names.likelihood(name)
            if best is None or likelihood > best.likelihood:
                best = named(i, start, name, likelihood, "latin" if name.isascii() else "name")
        return best

    def _may_name(self, line: str, start: int, name: str) -> bool:
        """Whether it is no word of records, no body, and nobody in his function."""
        words = (name, *name.split(" "))
        if any(word in self._nobody or self._reader.knows(self._reader.label(word).text) for word in words):
            return False
        if self._names.is_body(name) or name.endswith(tuple(self._names.titles)):
            return False
        return not self._offices.holder(line, start, start + len(name))

    def _believed(self, held: Mapping[int, Found], taught: Collection[str]) -> dict[int, Found]:
        """Those of a slot who are people: all, where most of what stands there was found; else those like a name."""
        share = len(taught) / (len(taught) + len({found.name for found in held.values()}) or 1)
        if share < _SHARE:
            return {}
        return {i: found for i, found in held.items() if share >= _UNLIKE or found.likelihood > 0}


def _at_home(
    rows: Sequence[str], people: Sequence[Found], facts: Mapping[int, Sequence[Fact]], said: Collection[int]
) -> dict[int, str]:
    """Lines that say nothing but a bare lot ("栄町779"), where most of those found have an address on theirs."""
    taught = {person.line for person in people}
    homes = sum(any(role == "address" for _, role, _ in facts.get(i, ())) for i in taught)
    if homes < _HOMES * len(taught):
        return {}
    bare = (i for i, row in enumerate(rows) if i not in taught and i not in said and any(map(str.isdigit, row)))
    return {i: closed_up(rows[i]) for i in bare if lots(rows[i], listed=True)}


@lru_cache(256)
def _pattern(slot: Slot) -> re.Pattern[str]:
    """Where a name may stand so."""
    before = "".join(r"\d" if sign == "0" else re.escape(sign) for sign in slot.before)
    behind = "".join({"0": r"\d+", "字": CLASS}.get(sign, re.escape(sign)) for sign in slot.behind)
    honoured = bool(slot.behind) and bool(_LETTER.match(slot.behind[0]))
    ends = r"\s*$" if not slot.behind else f" ?{behind}" if honoured else behind
    name = _NAME.replace("{2,8}", "{2,8}?") if honoured else f"{_NAME}|{_LATIN}"
    return re.compile(rf"{before}(?P<name>{name})(?={ends})")
