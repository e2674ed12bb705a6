"""Counter: blocks of a transfer in, the number of distinct people in them out. Pure."""

from __future__ import annotations

from collections import Counter as TallyOf
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from dlp.detect.ruleset import Ruleset, Signature
from dlp.extract.blocks import Block, Calm, Table
from dlp.extract.plain import normalize
from dlp.extract.plain.normalize import fold
from dlp.extract.plain.text import frame_of
from dlp.finding import Category, Finding
from dlp.subjects import mask
from dlp.subjects.cells.values import Names
from dlp.subjects.examples import Examples
from dlp.subjects.forms import cell_lines
from dlp.subjects.own import OwnTown
from dlp.subjects.people import crowd, identity, reread, tally, trace
from dlp.subjects.people.acquaintance import Acquaintance
from dlp.subjects.people.affected import Affected, affected
from dlp.subjects.people.gathered import Gathered
from dlp.subjects.people.identity import People
from dlp.subjects.people.people import BIT
from dlp.subjects.plan import guests
from dlp.subjects.plan.columns import OWN, SHARED, in_function, of_office
from dlp.subjects.plan.header import NAMED, READINGS, Reader
from dlp.subjects.tables import newspaper, striped, unaligned, visiting
from dlp.subjects.tables.frames import Read
from dlp.subjects.tables.tables import Tables
from dlp.subjects.text import Texts

_SAMPLES = 3  # tables shown, and rows of each
#: Roles of columns that are shown and found; what they are called in findings.
_SHOWN = SHARED | OWN
_NAMES = {"name": "name", "surname": "name", "given": "name", "latin": "name"}
_ALSO = {"kana": "kana", "surname_kana": "kana", "given_kana": "kana", "levied": "sensitive"}
#: Rows of a list that may be its headings, roles of those who are named in their function, share of headings known.
_RECIPIENTS = ["name", "email"]
_HEADINGS, _OFFICE, _MOSTLY = 5, ("official", "author"), 0.6
_NAMING = frozenset((*NAMED, *READINGS, "latin", "official", "author"))
_CARDS = "cards"  # where visiting cards stand
_TITLE = 120  # letters of the lines before a table that may be its title
_TITLES = 3  # rows among which a list's title is
_cache: dict[str, tuple[Names, Reader, dict[str, Signature]]] = {}
_owns: dict[tuple[str, str], OwnTown] = {}


@dataclass(frozen=True, kw_only=True, slots=True)
class Count:
    """How many distinct people, and what is known of them. Free of content."""

    subjects: int
    lower: int  # certainly at least
    upper: int  # perhaps as many as
    counts: dict[str, int]  # category -> how many of the data subjects carry it
    tokens: tuple[bytes, ...] = field(repr=False)
    traces: trace.Traces = trace.Traces()  # noqa: RUF009  immutable
    findings: tuple[Finding, ...]
    samples: tuple[mask.Rows, ...]


class Counter:
    """Counts the data subjects of one transfer. Feed it every block, then ask."""

    def __init__(self, ruleset: Ruleset, token_key: bytes | None, *, town: str = "", listing: bool = False) -> None:
        self._key = token_key
        self._names, reader, self._owners = _books(ruleset)
        names = self._names
        names.forget()
        self._tables = Tables(names, reader)
        self._own = _own(ruleset, town)
        self._texts = Texts(ruleset, names, self._tables, self._own)
        self._parts: dict[tuple[str, ...], int] = {}
        self._blocks: dict[int, int] = {}
        self._mentions = Gathered(self._own)
        self._examples = Examples(names.books)
        self._findings: list[Finding] = []
        self._samples: list[tuple[int, mask.Rows]] = []
        self._titled = False  # whether the title of the table that is read says what is secret of all in it
        self._headed = False  # whether the last table read had header words
        self._naming = False  # whether it has a column of names, of whatever kind
        self._in_function = set[int]()  # its columns of those named for an office or a body
        self._offices: bool | None = None  # whether they are all it names, by its headings; None where it is no table
        self._public = False  # whether a few lines before a table are the title of one of who is named for everybody
        self._perhaps = 0  # those named beside what is secret of them (arrears), where nothing else is said of anybody
        self._touched = False  # whether a list was looked for in a table, or anything about people read
        self._crowd = crowd.Crowd(token_key or b"")
        self._listed: list[Affected] | None = [] if listing else None
        self._traced = trace.Tracer(token_key) if token_key is not None else None  # of those in the crowd

    def feed(self, path: tuple[str, ...], block: Block, correspondents: frozenset[str] = frozenset()) -> None:
        """Read one block of the part at `path`. `correspondents`: lower-case mail addresses of the mail's parties."""
        if isinstance(block, Table) and block.seams:
            for table in striped.parts(block, self._tables.reader):
                self.feed(path, table, correspondents)
                self._tables.last = None  # the next is another list
            return
        if isinstance(block, Table):
            if apart := unaligned.lists(block, self._tables.reader):
                for table in apart:
                    self.feed(path, table, correspondents)
                    self._tables.last = None
                return
            if (text := newspaper.text(block.frame, block.place, self._tables.reader)) is not None:
                self._read_text(path, fold(text), block.place, correspondents)
                return
            if block.place == _CARDS:
                block = Table(visiting.without_bodies(block.frame, self._names), _CARDS)
            self._tables.split.clear()
            people = self.feed_list(path, block, correspondents)
            known = self._tables.split if people else self._in_function
            frame = block.frame.drop(f"c{i}" for i in known if i < block.frame.width)
            for text in self._texts.beside(frame, listed=people > 0, headed=self._headed, naming=self._naming):
                self._read_text(path, fold(text), block.place, correspondents)
            return
        if isinstance(block, Calm) and cell_lines.may_be(block.head(cell_lines.HEAD), self._tables.reader):
            self._read_text(
                path, block.raw.decode("utf-8", "replace"), block.place or "text", correspondents, block.raw
            )
            return
        if isinstance(block, Calm):
            part = self._part(path)
            for reading in self._texts.read_calm(block, part, correspondents):
                self._take(path, part, reading, block.place or "text", correspondents)
            return
        text = block.text if block.folded else fold(block.text)
        raw = block.raw if text is block.text else None
        self._read_text(path, text, block.place or "text", correspondents, raw)

    def feed_list(self, path: tuple[str, ...], table: Table, correspondents: frozenset[str] = frozenset()) -> int:
        """Read a table as a list and as nothing else; how many mentions of people it holds."""
        self._touched = True
        part = self._part(path)
        number = self._blocks[part] = self._blocks.get(part, 0) + 1
        people, self._headed, self._naming, self._in_function, self._offices = 0, False, False, set(), None
        titles = self._titles(table.frame)
        books = self._tables.reader.books
        self._titled = any(map(books.patterns.secret_title.search, titles))
        self._tables.invite(part, guests.titled(titles, books))
        self._tables.public = self._public or guests.public(titles, books)
        for reading in self._tables.read(table.frame, part):
            self._take(path, part, reading, table.place or f"table {number}", correspondents)
            people += len(reading.mentions)
            plan = reading.plan
            self._offices = of_office(plan) if self._offices is None else self._offices
            self._in_function |= in_function(plan)
            self._naming |= any(column.role in _NAMING and column.index < table.frame.width for column in plan.columns)
            self._headed |= not plan.by_cells and any(column.label.role for column in plan.columns)
        return people

    def feed_recipients(self, path: tuple[str, ...], recipients: Sequence[tuple[str, str]]) -> None:
        """Names and addresses of those to whom a mail shows all of them: where many are private people's, each gets a
        list of the others (送信先を BCC にすべきところ …). A few write to each other."""
        books = self._tables.reader.books
        rows = [list(one) for one in recipients if books.patterns.private_mail.search(one[1])]
        if len(rows) >= books.weights.recipients:
            self.feed_list(path, Table(frame_of([_RECIPIENTS, *rows]), "recipients"))
            self._tables.last = None

    @staticmethod
    def _titles(frame: pl.DataFrame) -> list[str]:
        """What stands alone in one of the first rows, folded: the title, perhaps."""
        alone = ([cell for cell in row if cell] for row in frame.head(_TITLES).iter_rows())
        return [fold(row[0]).strip() for row in alone if len(row) == 1]

    def of_office(self, rows: Sequence[Sequence[str | None]]) -> bool:
        """Whether the headings of the list that was read last say that those it names are named in their function, and
        nobody else is."""
        if self._offices:
            return True
        header = self._tables.reader.find(rows[:_HEADINGS], len(rows[0]))
        roles = [label.role for label in header.labels] if header else []
        named = any(role in (*NAMED, *READINGS, "latin") for role in roles)
        return any(role in _OFFICE for role in roles) and not named and sum(map(bool, roles)) >= _MOSTLY * len(roles)

    @property
    def needs(self) -> frozenset[int] | None:
        """Whether what was fed so far left no trace: then widths of lists that, had one stood before, might go on in it.
        None where it left one."""
        return None if self._touched or self._tables.last is not None else frozenset(self._tables.asked)

    def may_go_on(self, path: tuple[str, ...], widths: Collection[int]) -> bool:
        """Whether the last list in a part is as wide as one of these."""
        last = self._tables.last
        return last is not None and last[0] == self._parts.get(path) and last[1] in widths

    def enter(self, path: tuple[str, ...]) -> None:
        """Number a part, as feeding a block of it does, of which nothing is to be read."""
        self._part(path)

    def _part(self, path: tuple[str, ...]) -> int:
        return self._parts.setdefault(path, len(self._parts))

    def _read_text(
        self,
        path: tuple[str, ...],
        text: str,
        place: str,
        correspondents: frozenset[str],
        raw: bytes | None = None,
    ) -> None:
        if (made := cell_lines.rows_of(text, self._tables.reader)) is not None:
            rows, text = made
            raw = None
            self.feed_list(path, Table(frame_of(rows), place))
            self._tables.last = None  # what stands behind it is another list
        part = self._part(path)
        self._public = len(text) <= _TITLE and guests.public(text.split("\n"), self._tables.reader.books)
        for reading in self._texts.read(text, part, correspondents, raw):
            self._take(path, part, reading, place, correspondents)

    def subjects_of(self, path: tuple[str, ...]) -> int:
        """Distinct people in one part, its own children not counted."""
        part = self._parts.get(path)
        if part is None:
            return 0
        if self._crowd:
            self._settle()
            return self._crowd.in_part(part)
        return self._mentions.people().in_part(part) if self._mentions else 0

    def mask(self, text: str) -> str:
        """A subject line or file name with what is personal in it masked."""
        # Names met so far, those kept as tokens alone left out: what is in the content may be in a file's name too.
        return self._texts.mask(mask.mask_known(text, self._mentions.named) if self._mentions else text)

    def result(self) -> Count:
        """The count over everything fed so far."""
        if self._crowd:
            return self._crowd_result()
        shown: dict[str, Any] = {"findings": tuple(self._findings), "samples": _shown(self._samples)}
        if not self._mentions:
            return Count(subjects=0, lower=0, upper=self._perhaps, counts={}, tokens=(), **shown)
        people = self._mentions.people()
        counts, found = tally.tally(people, self._key)
        return Count(
            subjects=people.count,
            lower=min(people.lower, people.count),
            upper=max(people.upper, people.count) + self._perhaps,
            counts=counts,
            tokens=found,
            traces=self._traces(people),
            **shown,
        )

    def affected(self) -> tuple[Affected, ...]:
        """The people themselves, where a listing was asked for; else none."""
        if self._listed is None:
            return ()
        rest = affected(tally.one_each(self._mentions.columns().mentions)) if self._mentions else []
        return (*self._listed, *rest)

    def _traces(self, people: People | Acquaintance) -> trace.Traces:
        if self._key is None:
            return trace.Traces()
        tracer = trace.Tracer(self._key)
        if isinstance(people, People):
            tracer.add(people.mentions, tally.one_each(people.mentions))
        else:
            tracer.add_rows(people.mentions, people.repeated())
        return tracer.result(list(self._parts))

    def _crowd_result(self) -> Count:
        self._settle()
        subjects, counts, found = 0, TallyOf[str](), list[bytes]()
        for people in self._crowd.slices():
            subjects += people.height
            counts.update(tally.counts(people))
            found += crowd.digests(people, crowd.MOST_TOKENS - len(found))
        return Count(
            subjects=subjects,
            lower=min(self._crowd.lower, subjects),
            upper=subjects + identity.doubted(self._crowd.merged, subjects, self._crowd.lower) + self._perhaps,
            counts=dict(counts),
            tokens=tuple(sorted(found)) if self._key is not None else (),
            traces=self._traced.result(list(self._parts)) if self._traced else trace.Traces(),
            findings=tuple(self._findings),
            samples=_shown(self._samples),
        )

    def _settle(self) -> None:
        """Put the mentions so far into the crowd: there are too many to keep."""
        if self._mentions:
            people = self._mentions.columns()
            one_each = tally.one_each(people.mentions)
            self._crowd.add(people, one_each)
            if self._listed is not None:
                self._listed += affected(one_each)
            if self._traced:
                self._traced.add(people.mentions, one_each)
            self._mentions.clear()

    def _take(
        self, path: tuple[str, ...], part: int, reading: Read, place: str, correspondents: frozenset[str]
    ) -> None:
        self._touched = True
        found = self._examples.without(reading.mentions)
        if reread.again(path) and (whole := self._parts.get(path[:-1])) is not None:
            self._mentions.read_again(found, whole, path[-1])
        self._mentions.add(found, correspondents)
        if len(self._mentions) >= crowd.BATCH:
            self._settle()
        people = len(found)
        if not people:
            self._perhaps += _named(reading) if self._titled else _secret(reading)
            return
        columns = [c for c in reading.plan.columns if _category(c.role)]
        for column in columns:
            count, first = reading.cells(column.index)
            if count:
                self._findings.append(
                    self._finding(_category(column.role), path, f"{place} column {column.index + 1}", count, first)
                )
        rows = reading.head([c.index for c in columns], _SAMPLES)
        header = tuple(_category(c.role) for c in columns)
        self._samples.append((people, mask.Rows(path, place, header, tuple(mask.mask_row(row) for row in rows))))

    def _finding(self, category: str, path: tuple[str, ...], place: str, count: int, first: str) -> Finding:
        owner = self._owners.get(category)
        return Finding(
            signature=owner.id if owner else category.replace("_", "-"),
            revision=owner.revision if owner else 1,
            category=category,
            part=path,
            place=place,
            count=count,
            confidence=0.9,
            mask=mask.mask(first[:24], 1 if category in ("name", "kana") else None),
        )


def _secret(reading: Read) -> int:
    """How many may be named beside an amount that is secret of them, in a list that says nothing else."""
    found = 0
    for person in reading.plan.people:
        if person.names and (levied := person.roles.get("levied")):
            found += min(reading.cells(person.names[0].index)[0], max(reading.cells(c.index)[0] for c in levied))
    return found


def _named(reading: Read) -> int:
    """How many a list names."""
    return max((reading.cells(p.names[0].index)[0] for p in reading.plan.people if p.names), default=0)


def warm(ruleset: Ruleset, town: str = "") -> None:
    """Make ready what the first count by a ruleset, in a municipality, would have to; without a query of polars."""
    Counter(ruleset, bytes(32), town=town)  # any key: what ciphers need is loaded with the first
    normalize.ready()


def _books(ruleset: Ruleset) -> tuple[Names, Reader, dict[str, Signature]]:
    """One a ruleset: they are made of thousands of words, and remember what they were asked. And of each category the
    first signature."""
    if ruleset.digest not in _cache:
        _cache.clear()
        names = Names(ruleset)
        owners = {signature.category: signature for signature in reversed(ruleset.signatures)}
        _cache[ruleset.digest] = names, Reader(ruleset.headers, names.books, names.likelihood), owners
    return _cache[ruleset.digest]


def _own(ruleset: Ruleset, town: str) -> OwnTown:
    """One a ruleset and town: thousands of names are compiled in it."""
    key = (ruleset.digest, town)
    if key not in _owns:
        _owns.clear()
        _owns[key] = OwnTown(ruleset, town)
    return _owns[key]


def _shown(samples: list[tuple[int, mask.Rows]]) -> tuple[mask.Rows, ...]:
    return tuple(rows for _, rows in sorted(samples, key=lambda pair: -pair[0])[:_SAMPLES])


def _category(role: str) -> str:
    return _NAMES.get(role) or _ALSO.get(role) or (role if role in _SHOWN else "")


def categories() -> Iterable[Category]:
    """Every category counted."""
    return BIT.keys()
