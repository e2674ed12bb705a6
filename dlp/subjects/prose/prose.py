"""People in running text: a name together with an attribute on the same line or the next.

Names at the beginning of lines that make a list are `listed`'s, those in sentences `spoken`'s; which attribute is whose
says `nearness`, what belongs to an office and to nobody `offices`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Container, Iterable, Iterator, Mapping, Sequence

from dlp.detect.anchored import Anchored
from dlp.detect.ruleset import Ruleset
from dlp.native import hold
from dlp.subjects.cells.values import Names
from dlp.subjects.forms.form_records import Pair
from dlp.subjects.hints import Hinted
from dlp.subjects.lines import signs
from dlp.subjects.mask import mask
from dlp.subjects.own import OwnTown
from dlp.subjects.plan import guests
from dlp.subjects.plan.context import ELECTED
from dlp.subjects.plan.header import Reader
from dlp.subjects.plan.public import PROFILE
from dlp.subjects.prose import english, told_numbers
from dlp.subjects.prose.above import Above, Context
from dlp.subjects.prose.authors import Authors
from dlp.subjects.prose.beside import RELATED_BITS, Beside
from dlp.subjects.prose.births import Births
from dlp.subjects.prose.facts import SAID_BITS, SAYING, SAYING_WORDS, Fact, Facts, dates, saying, says_more
from dlp.subjects.prose.found import Found, in_town
from dlp.subjects.prose.genres import Genres
from dlp.subjects.prose.journals import Journals
from dlp.subjects.prose.labelled import Labelled
from dlp.subjects.prose.listed import Leading, Listed, closed_up
from dlp.subjects.prose.matters import Matters
from dlp.subjects.prose.nearness import PRIVATE, Nearness
from dlp.subjects.prose.offices import Offices
from dlp.subjects.prose.outline import Outline
from dlp.subjects.prose.slotted import Slotted
from dlp.subjects.prose.spoken import Spoken
from dlp.subjects.prose.told_numbers import ToldNumbers
from dlp.subjects.prose.volunteers import Volunteers
from dlp.subjects.prose.western import Western

_ANY = re.compile(r"@|\d|(?:男|女)(?:性|児)?(?:[\s)）、,・/]|$)|[一二三四五六七八九十]丁目")
_FURTHER = re.compile(r"。[^。]{4}")  # another sentence
_EXAMPLES = 3  # lines of a text that are examples, at most
_GREETING = 8  # lines in which a mail says who writes it


class Prose:
    """Reads lines by one ruleset's names and titles."""

    def __init__(self, ruleset: Ruleset, names: Names, reader: Reader, own: OwnTown) -> None:
        titles = tuple(sorted(ruleset.words.get("titles", frozenset()), key=len, reverse=True))
        self._books = books = names.books
        self._parties = frozenset(books.parties)
        self._own, self._facts = own, Facts(ruleset, own, names.likelihood)
        self._told_numbers = ToldNumbers(books)
        self._elected = Anchored(books.patterns.elected)
        self._account, self._example = Anchored(books.patterns.account_told), books.example_line
        self._offices = Offices(books, titles)
        self._listed = Listed(names, reader, titles)
        self._outline = Outline(self._listed)
        self._spoken = Spoken(ruleset, names, self._listed, self._offices)
        #: Whom the fields below a sentence are about.
        self.matters = Matters(names, reader, self._spoken, self._offices)
        self._nearness = Nearness(books, self._offices)
        self._genres = Genres(books)
        self._authors = Authors(books, self._genres)
        self._told = Beside(names, reader, self._offices)
        self._journals = Journals(self._told, books)
        self._births = Births(books)
        self._above = Above(names, reader, self._spoken, self._told, self._offices)
        self._volunteers, self._western = Volunteers(names), Western(names, reader, self._offices)
        self._labelled = Labelled(reader, self._offices)
        self._slotted = Slotted(names, reader, self._offices)
        words = dict(self._facts.hints.kinds)
        ours = (*self._told.words.items(), *((word, SAYING) for word in SAYING_WORDS), *signs.words(books))
        for word, bits in ours:
            words[word] = words.get(word, 0) | bits
        self._hold = hold.Hold(words)
        #: Bits of lines; in lines without any of them `read` finds nobody: no attribute stands there, nor a number.
        self.speaks = hold.DIGIT | hold.DATED | SAID_BITS | signs.AILING | self._facts.hints.bits

    @property
    def offices(self) -> Offices:
        """What it knows of offices."""
        return self._offices

    @property
    def authors(self) -> Authors:
        """What it knows of a program's authors."""
        return self._authors

    def held(self, rows: Sequence[str], text: str | None = None, raw: bytes | None = None) -> hold.Held:
        """What each line can hold, for whoever passes over lines; None where he must look himself. `text`: all of them,
        if they stand in one; `raw`: the same in UTF-8."""
        return self._hold.lines(rows, text, raw)

    def again(self, held: hold.Held, before: Sequence[str], after: Sequence[str]) -> hold.Held:
        """The same of lines made of others."""
        return self._hold.again(held, before, after)

    def read(
        self,
        rows: Sequence[str],
        correspondents: frozenset[str] = frozenset(),
        held: hold.Held = None,
        context: Context | None = None,
    ) -> list[list[Pair]]:
        """One record (label–value pairs) a person. `held`: what `held` says of these lines, if anything; `context`: the
        same lines before any was read."""
        if held is not None and not held.any & self.speaks:
            return []
        before = rows
        rows, numbered = told_numbers.whole(rows, held)
        held = self.again(held, before, rows)
        rows = self._told_numbers.joined(rows, numbered) if numbered else rows
        hinted = self._facts.hinted(rows, held)
        numbers = self._told_numbers.read(rows, numbered) if numbered else []
        records = [[told_numbers.said(value)] for _, value in numbers]
        if self._only_dated(rows, hinted, held):
            return records
        facts = self._said(rows, correspondents, hinted, held)
        headings = self._listed.headings(rows, held) if facts else []
        for i in (*self._listed.in_function(rows, headings), *self._shown(rows, facts)):
            facts.pop(i, None)
        if not facts:
            return records
        heading = self._outline.read(
            rows, facts, lambda i: self._more(rows[i], facts.get(i, ())) if i in hinted.any else [], held
        )
        records += [person.pairs for person in heading if len(person.pairs) > 1]
        if not facts:
            return records
        leading = Leading(rows, held)
        beside = facts.keys() | ()  # before lists complete them
        listed = self._listed.read(rows, facts, headings, leading)
        said = {i for i, found in facts.items() if says_more(found)}
        if not said and not hinted.any:
            return records  # whoever is named, nothing is said of him
        people = list(listed.values())
        more = {i: new for i in listed if i in hinted.any and (new := self._more(rows[i], facts.get(i, ())))}
        people += self._spoken_of(rows, said, beside, listed, facts, more, hinted, leading, held)
        people += self._beside(rows, people, said, facts, more, hinted, held)
        coded = bool(people) and self._genres.is_code(rows)
        if coded:  # what stands on another line of a program is not said of him, nor teaches where others stand
            people = [person for person in people if person.line in facts or person.line in more]
        people += self._slotted.read(rows, people, facts)
        for i in sorted({person.line for person in people} & more.keys()):
            facts[i] = sorted([*facts.get(i, ()), *more[i]])
        parties, towns = self._parties, self._books.places
        people = [p for p in people if p.name not in parties and not in_town(p, facts.get(p.line, ()), towns)]
        if correspondents:
            people = [person for person in people if not _writes(rows, person)]
        if coded:
            facts = {person.line: facts[person.line] for person in people}
        left = self._nearness.share(rows, people, facts, listed)
        if left and context is not None and len(context.rows) == len(rows) and not coded:
            people += self._above.read(rows, left, people, context)
        records[: len(numbers)] = told_numbers.without_owner(numbers, people)
        return records + [person.pairs for person in people if len(person.pairs) > 1]

    def below(self, context: Context, correspondents: frozenset[str]) -> list[list[Pair]]:
        """A record for each whom fields that name nobody (`context.fields`) are about, by a name above them."""
        return self._above.of_fields(context, lambda row: self._facts.of(row, correspondents))

    def _shown(self, rows: Sequence[str], facts: Iterable[int]) -> list[int]:
        """Lines that show how something is written; of more than a few nobody believes it."""
        found = [i for i in facts if self._example.match(rows[i])]
        return found if len(found) <= _EXAMPLES else []

    def _only_dated(self, rows: Sequence[str], hinted: Hinted, held: hold.Held) -> bool:
        """Whether native code tells that nothing but dates is said, and none of them of anybody: no birth in a list
        or of a household. What `read` does would come to that, too."""
        if held is None or hinted.any or held.any & (SAID_BITS | signs.AILING | signs.ENGLISH) or self._own.lines(rows):
            return False
        if self._births.read(rows, held) or self._listed.headings(rows, held):
            return False
        leading = Leading(rows, held)
        where = held.both(hold.DATED, hold.LEADS)
        return not self._listed.may_list({i: dates(rows[i]) for i in where}, leading)

    def _spoken_of(
        self,
        rows: Sequence[str],
        said: Iterable[int],
        beside: Collection[int],
        listed: Mapping[int, Found],
        facts: Mapping[int, Sequence[Fact]],
        more: dict[int, list[Fact]],
        hinted: Hinted,
        leading: Leading,
        held: hold.Held,
    ) -> Iterator[Found]:
        """People in the sentences of lines near `beside`, of those `listed` in the sentences after the first, where
        anything can be said of them (`said`: lines that say more than dates).

        `more` becomes what the signatures know of those lines.
        """
        reached = _reached(said)
        first = min(facts)  # whether the first name stands above the first attribute tells how all of them are laid out
        above = (first - 2, first - 1, first)
        near = self._near(rows, beside, {*reached, *above, *(j for i in hinted.any for j in (i - 1, i, i + 1))}, held)
        near = [i for i in near if i not in listed or _FURTHER.search(rows[i], listed[i].start)]
        signed = {i: new for i in near if i in hinted.any and (new := self._more(rows[i], facts.get(i, ())))}
        may = {*reached, *above, *(j for i in signed for j in (i - 1, i, i + 1))} if reached or signed else ()
        ways = self._spoken.ways(rows, [i for i in near if i in may], leading, held)
        for i in signed.keys() & ways.all:
            more[i] = signed[i]
            reached.update((i - 1, i, i + 1))
        reached.update(above if reached else ())
        for i in near:
            if i in reached and i in ways.all:
                found = self._spoken.read(rows, i, ways)
                yield from found if i not in listed else _further(found, rows[i], listed[i])

    def _more(self, row: str, facts: Sequence[Fact]) -> list[Fact]:
        """What the signatures know of a line beyond what is known."""
        known = {(role, value) for _, role, value in facts}
        return [fact for fact in self._facts.signed(row) if fact[1:] not in known]

    def _beside(
        self,
        rows: Sequence[str],
        people: Iterable[Found],
        said: Iterable[int],
        facts: Mapping[int, Sequence[Fact]],
        more: dict[int, list[Fact]],
        hinted: Hinted,
        held: hold.Held,
    ) -> list[Found]:
        """Names that need no dictionary, where no other was found and anything can be said of them; the first line
        that says anything tells how all are laid out."""
        taken = {(f.line, place) for f in people for place in range(f.start, f.start + len(f.name))}
        found = list[Found]()
        lines = list(facts)
        told_of = (
            *self._journals.journal(rows, lines, held),
            *self._journals.asked(rows, lines, held),
            *self._volunteers.read(rows, lines, held),
            *self._western.read(rows, lines, facts),
        )
        found += [f for f in told_of if self._free(f, taken)]
        near = {min(facts), *_reached(said), *_reached(hinted.any)}
        for i in self._told.where(rows, [i for i in lines if i in near], held):
            line = closed_up(rows[i])
            related = held is None or line != rows[i] or held.lines[i] & RELATED_BITS > 0
            told = [
                *self._told.read(line, i, related=related),
                *(self._told.honoured(line, i) if _private(facts[i]) else ()),
            ]
            free = [f for f in told if self._free(f, taken)]
            if free and not self._offices.at_desk(rows[i - 1] if i else "", line):
                found += free
                if i not in more and i in hinted.any and (signed := self._more(rows[i], facts[i])):
                    more[i] = signed
        named = {line for line, _ in taken}
        return [*found, *self._before_labels(rows, [i for i in said if i not in named], facts, more, hinted)]

    def _before_labels(
        self,
        rows: Sequence[str],
        where: Iterable[int],
        facts: Mapping[int, Sequence[Fact]],
        more: dict[int, list[Fact]],
        hinted: Hinted,
    ) -> Iterator[Found]:
        """Names before the label of what some lines say of a person."""
        for i in where:
            line = closed_up(rows[i])
            found = [*self._labelled.read(line, i)] or [*self._labelled.of_secrets(line, i)]
            if found and not self._offices.at_desk(rows[i - 1] if i else "", rows[i]):
                if i not in more and i in hinted.any and (signed := self._more(rows[i], facts[i])):
                    more[i] = signed
                yield from found

    @staticmethod
    def _free(found: Found, taken: set[tuple[int, int]]) -> bool:
        """Whether a name stands where none was found yet; from then on one was."""
        places = {(found.line, place) for place in range(found.start, found.start + len(found.name))}
        free = taken.isdisjoint(places)
        taken |= places
        return free

    def addressee(self, rows: Sequence[str]) -> str:
        """The one person a letter is written to; "" if not one."""
        return self._spoken.addressee(rows)

    def addressees(self, rows: Sequence[str], told: Sequence[bool], held: hold.Held = None) -> list[tuple[int, str]]:
        """Whom the letters of a text are written to, each with the line that says so. `told`: lines that are known to
        tell of people."""
        return self._spoken.addressees(rows, hold.where(held, hold.ADDRESSEE, rows), told)

    def mask(self, text: str) -> str:
        """Names and addresses in a subject line or file name masked."""
        out = text
        for start, role, value in reversed(self._facts.of(text, frozenset())):
            if role == "address" and text[start : start + len(value)] == value:
                out = out[:start] + mask(value) + out[start + len(value) :]
        return self._spoken.mask(out)

    # -- attributes

    def _said(
        self, rows: Sequence[str], correspondents: frozenset[str], hinted: Hinted, held: hold.Held
    ) -> dict[int, list[Fact]]:
        """What each line says, lines that say nothing left out."""
        facts: dict[int, list[Fact]] = {}
        said = self._own.lines(rows).union(saying(rows, held))
        ailing = set(hold.where(held, signs.AILING, rows))
        ailing = self._facts.ailing(rows, sorted(ailing))
        said |= ailing
        told = {i: found for i in hold.where(held, signs.ENGLISH, rows) if (found := [*english.facts(rows[i])])}
        said.update(told)
        dated = hold.where(held, hold.DATED, rows)
        births = self._births.read(rows, held)
        leading: Container[int] = range(len(rows)) if held is None else set(held.both(hold.DATED, hold.LEADS))
        invited = guests.among(rows, guests.titled(rows[: guests.TITLES], self._books), self._books)
        homes = self._facts.ages.homes(rows)
        for i in sorted(said.union(dated)):
            row = rows[i]
            if i not in said:
                found = dates(row, first=i not in births and i not in leading) if row else []
            else:
                asked = _ANY.search(row) or i in ailing
                of = self._facts.of
                found = of(row, correspondents, ails=i in ailing, guests=invited, homes=homes) if asked else []
                if i in told:
                    found = sorted([*found, *told[i]])
            if found and i in births:
                born = births[i]
                found = [
                    (at, self._facts.born(row, at, value, told=born(at)) if role == "date" else role, value)
                    for at, role, value in found
                ]
            if found:
                facts[i] = found
        self._without_profiles(rows, facts, {*said, *births} & facts.keys())
        self._genres.silence(rows, facts, held)
        for i in sorted(hinted.any - facts.keys()):
            row = rows[i]
            wanted = i in hinted.needed and any(map(str.isdigit, row))
            wanted = wanted or self._account.search(row) is not None
            wanted = wanted or self._above.cares(rows, i) or self._told.by_noun(row) is not None
            if (wanted or self._addressed(row)) and (found := self._facts.signed(row)):
                facts[i] = found
        return facts

    def _without_profiles(self, rows: Sequence[str], facts: dict[int, list[Fact]], where: Iterable[int]) -> None:
        """Take away what is told to everybody of members of a council and candidates, as many as there may be. `where`:
        the lines that say more than dates."""
        told = [i for i in sorted(where) if any(role in PROFILE for _, role, _ in facts[i])]
        elected = [i for i in told if self._elected.search(rows[i])]
        for i in elected if len(elected) <= ELECTED else ():
            if left := [fact for fact in facts[i] if fact[1] not in PROFILE]:
                facts[i] = left
            else:
                del facts[i]

    def _near(self, rows: Sequence[str], facts: Collection[int], wanted: Iterable[int], held: hold.Held) -> list[int]:
        """Of the lines that are wanted, those that say something and those next to them; and who is addressed two
        lines before."""
        there = sorted(j for j in wanted if 0 <= j < len(rows) and rows[j].strip())
        near = [j for j in there if j in facts or j - 1 in facts or j + 1 in facts]
        known = {*near}
        above = [j for j in there if j + 2 in facts and j not in known and self._addressed(rows[j])]
        return near + above

    def _addressed(self, row: str) -> bool:
        return bool(self._offices.addressed.search(row))


def _further(found: Iterable[Found], row: str, first: Found) -> list[Found]:
    """Those of a line that are named in a later sentence than the one it begins with."""
    line = closed_up(row)
    end = line.find("。", first.start)
    return [person for person in found if 0 < end < person.start]


_kept: list[tuple[tuple[object, ...], Prose]] = []


def prose(ruleset: Ruleset, names: Names, reader: Reader, own: OwnTown) -> Prose:
    """The one of a ruleset and town, made once: its expressions are of hundreds of words, and no transfer changes it."""
    if not _kept or any(a is not b for a, b in zip(_kept[0][0], (ruleset, names, reader, own), strict=True)):
        _kept[:] = [((ruleset, names, reader, own), Prose(ruleset, names, reader, own))]
    return _kept[0][1]


def _reached(lines: Iterable[int]) -> set[int]:
    """Where somebody may be named of whom some lines say something."""
    return {j for i in lines for j in (i - 2, i - 1, i, i + 1)}


def _private(facts: Sequence[Fact]) -> bool:
    """Whether a line says what is said of private people alone."""
    return any(role in PRIVATE for _, role, _ in facts)


def _writes(rows: Sequence[str], person: Found) -> bool:
    """Whether somebody named at the beginning of a mail is who writes it: "鏡浜市の佐藤太郎です。"."""
    line = closed_up(rows[person.line])
    after = line[person.start + len(person.name) :].lstrip()
    return person.line < _GREETING and line[: person.start].endswith("の") and after.startswith(("です", "と申し"))
