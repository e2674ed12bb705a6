"""Running text: lists in it are lifted into tables, forms into records, the rest is read as prose."""

from __future__ import annotations

import re
from collections.abc import Generator, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import chain

import polars as pl

from dlp.detect.headers import PERSONAL
from dlp.detect.ruleset import Ruleset
from dlp.extract.blocks import Calm
from dlp.extract.plain.unpack import LDIF_VALUE, value_of
from dlp.native import hold
from dlp.native.text import may_tell
from dlp.subjects.cells.values import Names
from dlp.subjects.examples import Examples
from dlp.subjects.forms import addressed, form_records, forms, headed, households, owning, recipients, ruled, spaced
from dlp.subjects.forms import spelled as spelled_labels
from dlp.subjects.lines import (
    birthnames,
    dated,
    honoured,
    lines,
    maps,
    marks,
    mistyped,
    signs,
    solo,
    sql,
    timed,
    worded,
)
from dlp.subjects.lines.rows import Rows
from dlp.subjects.mask import mask_figures
from dlp.subjects.own import OwnTown
from dlp.subjects.plan import guests
from dlp.subjects.plan.columns import Plan, of_office
from dlp.subjects.prose import english, filled, inline
from dlp.subjects.prose import twofold as records_of_two
from dlp.subjects.prose.above import Context
from dlp.subjects.prose.beside import TOLD_BIT
from dlp.subjects.prose.prose import prose
from dlp.subjects.tables import hailed
from dlp.subjects.tables.frames import Read
from dlp.subjects.tables.tables import Tables

_LETTERS = re.compile(r"[A-Za-z々〆ヶぁ-ゖァ-ヺー一-鿿、。・]*")
_BOLD = re.compile(r"\*\*([^*\n]{1,80})\*\*")
_LOT = re.compile(
    r"(?<=\d[-－‐−])\n(?=[\d０-９－‐−-]{1,8}\s*(?:\n|$))"
)  # a lot that is broken over two rows: 6-13-, 11
_BETWEEN_LABELS = "\n\n\n\n"  # more blank lines than one of them has
_LABEL_ROWS = 20_000
_PAIR = 2  # cells of a label and its value
_REGISTERED = 0.5  # people of a register read as a table, at least, to its records
_OFFICES = 4  # lines of a list of people in their function, at least
_NOTES = ("", "note", "item", "event")  # columns in which a guest may be told of, as these patterns find him
_HEADING = 40  # letters of a heading of several lines
_EXAMPLE_LINES, _EXAMPLES = 2_000, 3  # lines in which a form says that it is an example; people it shows, at most
#: A cell that is a text: of several lines, or with labels, people addressed or sentences and figures in it.
_TOLD = (
    r"\n|[^\d\s][:：].*[^\d\s/][:：].*[\d@]|(?:さん|様|氏)(?:[^名\s]|[ \u3000]\S).*[\d@]"
    r"|[(（:：\s](?:世帯主|夫|妻|[長次二三四]?[男女]|子|父|母|祖父|祖母|孫|兄|姉|弟|妹)[^名\d@]{1,12}\d"
)
_GUEST = re.compile(rf"{_TOLD}|(?:さん|様|氏)|0[789]0[-(]?\d{{4}}")
#: What the words for relations in it begin with.
_KIN = "世夫妻長次二三四男女子父母祖孫兄姉弟妹".encode()


def _decoded(match: re.Match[str]) -> str:
    """A value of LDIF in base64, readable."""
    value = value_of(match)
    return f"{match[1]}: {value}" if value else match[0]


def _bare(text: str) -> str:
    """A text, base64 in it read and marks of bold letters left out."""
    if ":: " in text:
        text = LDIF_VALUE.sub(_decoded, text)
    return _BOLD.sub(r"\1", text) if "**" in text else text


def _as_line(row: Iterable[str | None]) -> str:
    """The cells of a row apart; those that begin with a blank are parts of a sentence with commas."""
    return "\t".join(filter(None, row)).replace("\t ", ", ")


def _names(records: Sequence[Sequence[form_records.Pair]]) -> bool:
    """Whether a form names anybody."""
    return any(label.role in form_records.NAMED for record in records for label, _ in record)


class Texts:
    """Reads text by one ruleset."""

    def __init__(self, ruleset: Ruleset, names: Names, tables: Tables, own: OwnTown) -> None:
        self._tables, self._names = tables, names
        self._books = names.books
        self._examples = Examples(names.books)
        self._prose = prose(ruleset, names, tables.reader, own)
        self._offices, self._authors = self._prose.offices, self._prose.authors

    def read(self, text: str, part: int, correspondents: frozenset[str], raw: bytes | None = None) -> Iterator[Read]:
        """See `_read`; a form filled in to show how (記入例), with names and values made up for it, is nobody's. `raw`:
        the text in UTF-8, where that is known."""
        rows = text.split("\n")
        held = self._prose.held(rows, text, raw)
        if not self._says_nothing(rows, held):
            yield from self._filled(text, rows, held, part, correspondents)

    def read_calm(self, block: Calm, part: int, correspondents: frozenset[str]) -> Iterator[Read]:
        """The same of text that stands as it is read: no more of it is decoded than is asked for."""
        rows = Rows(block.raw, block.lines)
        held = self._prose.held(rows, raw=block.raw)
        if held is None or held.any & signs.WRITTEN:
            yield from self.read(block.raw.decode(), part, correspondents, block.raw)
        elif not self._says_nothing(rows, held):
            yield from self._filled(rows[0], rows, held, part, correspondents)

    def _filled(
        self, text: str, rows: Sequence[str], held: hold.Held, part: int, correspondents: frozenset[str]
    ) -> Iterator[Read]:
        """What stands in `rows`, the lines of `text`. Of calm lines `text` is the first: what it is asked for has signs
        that are not calm, or stands there."""
        if held is None:
            likely = any(word in text for word in self._books.example_words)
        else:
            likely = bool(held.any & signs.EXAMPLE)
        if not likely or not any(self._books.example_form.search(row) for row in rows[:_EXAMPLE_LINES]):
            yield from self._written(text, rows, held, part, correspondents)
            return
        for reading in self._written(text, rows, held, part, correspondents):
            few = len(reading.mentions) <= _EXAMPLES
            yield replace(reading, mentions=self._examples.without(reading.mentions, form=True)) if few else reading  # type: ignore[arg-type]

    def _says_nothing(self, rows: Sequence[str], held: hold.Held) -> bool:
        """Whether a text is one line of letters, as most names and subjects are, in which prose finds nobody: a form
        has a sign, a bracket or a blank beside a label, and all that is laid out has several lines."""
        one = len(rows) == 1 or (len(rows) == 2 and not rows[1])
        return (
            one and held is not None and not held.any & self._prose.speaks and _LETTERS.fullmatch(rows[0]) is not None
        )

    def _written(
        self, text: str, rows: Sequence[str], held: hold.Held, part: int, correspondents: frozenset[str]
    ) -> Iterator[Read]:
        """What programs write about a text taken off it first: the rows of a dump, base64, marks of bold letters."""
        if held is None or held.any & signs.WRITTEN:
            bare = _bare((yield from self._dumped(text, part)))
            if bare is not text:
                text, rows = bare, bare.split("\n")
                held = self._prose.held(rows)
        yield from self._read(text, rows, held, part, correspondents)

    def _dumped(self, text: str, part: int) -> Generator[Read, None, str]:
        """The tables of a database's dump; returns the text without them."""
        if sql.may_hold(text):
            dump = sql.parsed(text, self._tables.role)
            for table in dump.tables:
                yield from self._tables.read(table, part)
            text = sql.without(text, dump.places)
        if "FROM stdin" in text or "from stdin" in text:
            for table in sql.copied(text, self._tables.role):
                yield from self._tables.read(table, part)
            text = sql.without_copies(text)
        return text

    def _read(
        self, text: str, rows: Sequence[str], held: hold.Held, part: int, correspondents: frozenset[str]
    ) -> Iterator[Read]:
        """Lists, forms and people in prose of folded text, in this order; a line is read once."""
        self._tables.invite(part, guests.titled(rows[: guests.TITLES], self._books))
        coupled = any(word in text for word in signs.COUPLES) if held is None else held.any & signs.COUPLE > 0
        given, said = rows, held
        rows, held = self._plain(text, rows, held)
        used = [False] * len(rows)
        laid_out = [
            *addressed.payees(text),
            *recipients.told(text, rows, used, self._books),
            *addressed.transfers(rows, used, self._books, held),
            *addressed.labels(rows, used, self._books, held),
            *addressed.paragraphs(rows, used, self._names, self._tables.reader, held),
        ]
        if made := form_records.rows_of(laid_out):
            yield self._tables.read_with(*made, part)
        couples = self._couples(rows, used) if coupled else list(used)
        sentences = english.told(rows, held)
        for i in sentences:
            couples[i] = True
        as_given: Iterable[lines.Run] = ()
        if len(given) == len(rows):
            as_given = maps.lists(given, couples, said)
            if given is not rows:
                as_given = chain(as_given, worded.lists(given, couples, self._tables.reader, said))
        yield from self._lists(rows, used, couples, part, held, as_given)
        if registers := records_of_two.registers(rows, used, held):
            for register in registers:
                yield from self._register(rows, used, register, part)
            twofold = records_of_two.joined(rows, [register for register in registers if not used[register[0]]])
            rows, held = twofold, self._prose.again(held, rows, twofold)
            yield from self._lists(rows, used, couples, part, held)
        sentences = [i for i in english.told(rows, held) if not used[i]]
        for i in sentences:
            used[i] = True
        before = list(used)
        filled_in = filled.records(rows, used, self._tables.reader, self._prose, held)
        for i in sentences:
            used[i] = False
        if made := form_records.rows_of(filled_in):
            yield self._tables.read_with(*made, part)
        left = ["" if taken else row for row, taken in zip(rows, used, strict=True)] if any(used) else rows
        held = self._prose.again(held, rows, left)  # what was taken holds nothing any more
        told = inline.without_senders(left, self._books.patterns.staff, held)
        held = self._prose.again(held, left, told)
        left = english.parted(told, held)
        held = self._prose.again(held, told, left)
        left, whole = inline.broken(left, held, self._books.patterns.elliptic), left
        held = held if len(left) == len(whole) else self._prose.held(left)  # of parts of lines the same can be said
        fields = (
            () if not filled_in or _names(filled_in) else [i for i, taken in enumerate(used) if taken and not before[i]]
        )
        context = Context(
            rows, {*map(self._names.without_honorific, form_records.told([*laid_out, *filled_in]))}, fields
        )
        if made := form_records.rows_of(self._prose.read(left, correspondents, held, context)):
            yield self._tables.read_with(*made, part)
        if fields and (made := form_records.rows_of(self._prose.below(context, correspondents))):
            yield self._tables.read_with(*made, part)

    def _lists(
        self,
        rows: Sequence[str],
        used: list[bool],
        couples: list[bool],
        part: int,
        held: hold.Held,
        as_given: Iterable[lines.Run] = (),
    ) -> Iterator[Read]:
        """Lines that share a delimiter, or words for each heading, where they name people; they are marked in `used` and
        `couples`. `as_given`: such as stood below headings before what is about the lines was taken off."""
        alone = solo.column(rows, used, self._tables.reader)
        below = chain(as_given, worded.lists(rows, couples, self._tables.reader, held))
        for run in chain([alone] if alone else (), lines.delimited(rows, couples, held), below):
            if self._of_form(run, rows):
                continue
            titled = run.lines[0] <= guests.TITLES + 1
            self._tables.public = titled and guests.public(rows[: guests.TITLES], self._books)
            readings = list(self._tables.read_rows(run.table, part))
            if any(len(reading.mentions) for reading in readings):
                for i in run.lines:
                    used[i] = couples[i] = True
                yield from readings
            elif len(run.lines) >= _OFFICES and readings and of_office(readings[0].plan):
                for i in self._of_nobody(run, readings[0].plan):
                    used[i] = couples[i] = True

    @staticmethod
    def _of_nobody(run: lines.Run, plan: Plan) -> Iterator[int]:
        """The lines of a list of people in their function whose notes tell of nobody else."""
        notes = [c.index for c in plan.columns if c.role in _NOTES]
        for i, row in zip(run.lines, run.table, strict=False):
            said = [row[at] for at in notes] if len(row) == len(plan.columns) else row  # cells were taken apart
            if not any(_GUEST.search(cell or "") for cell in said):
                yield i

    def _register(self, rows: Sequence[str], used: list[bool], register: Sequence[int], part: int) -> Iterator[Read]:
        """A register whose records have two lines each, where it names most of them as a table."""
        table = records_of_two.table(rows, register)
        readings = list(self._tables.read_rows(table, part)) if table else []
        if sum(len(reading.mentions) for reading in readings) >= _REGISTERED * len(register):
            for i in register:
                used[i] = used[i + 1] = True
            yield from readings

    def _plain(self, text: str, rows: Sequence[str], held: hold.Held) -> tuple[Sequence[str], hold.Held]:
        """The lines of a text without what is about them, each a whole: boxes, signatures, marks, ends of lines."""
        given = rows
        rows = mistyped.mended(dated.apart(dated.in_figures(rows, held), held), held)
        rows = spaced.nearer(rows, self._tables.reader, self._names, held)
        rows = birthnames.without(rows, self._names, held)
        held = self._prose.again(held, given, rows)
        given = rows
        rows = ruled.led(ruled.unboxed(rows, text, held), text, held)
        held = self._prose.again(held, given, rows)
        bare = self._authors.without(rows, held)
        bare = self._offices.without_shops(self._offices.without_signatures(bare, held), held)
        bare = timed.untimed(marks.unmarked(bare, text, self._books, held), held)
        whole = inline.unwrapped(bare, held)
        held = self._prose.again(held, rows, whole)
        closed = ruled.closed(whole, self._tables.reader, held)
        held = self._prose.again(held, whole, closed)
        alone = households.parted(closed, self._tables.reader, held)
        held, closed = held if alone is closed else self._prose.again(held, closed, alone), alone
        called: Sequence[int] = range(len(closed)) if held is None else held.both(signs.QUOTED, TOLD_BIT)
        plain = honoured.unquoted(closed, called, honoured.quoting(self._books.honoured))
        held, closed = held if plain is closed else self._prose.again(held, closed, plain), plain
        told: Sequence[int] = range(len(closed))
        if held is not None:  # beside labels: in sentences it is read as it stands
            told = [i for i in held.both(hold.PARTED | signs.COLON, hold.DIGIT) if held.lines[i] & TOLD_BIT]
        parted = honoured.parted(closed, told, honoured.parting(self._books.honoured), self._books.honorifics_said)
        held, closed = held if parted is closed else self._prose.again(held, closed, parted), parted
        spelled = spelled_labels.labelled(closed, self._tables.reader, held)
        held = held if spelled is closed else self._prose.again(held, closed, spelled)
        named = headed.labelled(spelled, self._tables.reader, self._names, held)
        held = held if named is spelled else self._prose.again(held, spelled, named)
        owned = owning.labelled(named, self._tables.reader, self._names, held)
        held = held if owned is named else self._prose.again(held, named, owned)
        about = self._prose.matters.labelled(owned, held)
        return about, held if about is owned else self._prose.again(held, owned, about)

    def _of_form(self, run: lines.Run, rows: Sequence[str]) -> bool:
        """Whether lines of a label and a value each go on in a line that keeps them apart by other blanks."""
        reader = self._tables.reader
        if any(len(row) != _PAIR or not row[0] or not reader.knows(reader.label(row[0]).text) for row in run.table):
            return False
        beside = [i for i in (run.lines[0] - 1, run.lines[-1] + 1) if 0 <= i < len(rows)]
        return any(label.role in PERSONAL for i in beside for label, _ in forms.pairs_of(rows[i], reader))

    def _couples(self, rows: Sequence[str], used: list[bool]) -> list[bool]:
        """`used`, lines that name two of one surname (佐藤太郎・花子夫妻) with them: the sign between parts no cells."""
        couple = self._books.patterns.couple
        return [taken or couple.search(row) is not None for row, taken in zip(rows, used, strict=True)]

    def beside(self, frame: pl.DataFrame, *, listed: bool, headed: bool, naming: bool = True) -> Iterator[str]:
        """What a table's cells say as text: `listed`, whether people were found in its columns; `headed`, whether it
        has header words; `naming`, whether a column of names. Where there are neither people nor header words, it may
        be no list at all but a page laid out in cells; where no column names anybody, a row may tell of a guest."""
        if text := self._cells(frame):
            yield text
        if headed and not naming and (told := hailed.told(frame, self._names)):
            yield told
        if listed or frame.height > _LABEL_ROWS:
            return
        labels = list(self._labels(frame))
        yield from labels
        if not headed and not labels:
            rest = frame.select(pl.when(~pl.all().str.contains(_TOLD)).then(pl.all()))
            yield "\n".join(map(_as_line, rest.iter_rows()))

    @staticmethod
    def _labels(frame: pl.DataFrame) -> Iterator[str]:
        """Address labels laid out in rows (〒, address, name 様): each column as text."""
        for series in frame.get_columns():
            if series.str.contains(r"\S\s*(?:様|殿)\s*$").any():
                cells = [cell or "" for cell in series.to_list()]
                whole = any(["\n" in cell for cell in cells])  # each cell a label: none goes on in the next
                yield _BETWEEN_LABELS.join(cells) if whole else _LOT.sub("", "\n".join(cells))

    def _cells(self, frame: pl.DataFrame) -> str:
        """Cells of several lines (address labels, notes with people in them), and those that hold a form of their
        own, as one text."""
        found: list[str] = []
        for series in frame.get_columns():
            may = may_tell(series, _KIN)
            some = series if may is None else series.filter(pl.Series(may)) if may.any() else series.clear()
            if some.len():
                found += some.filter(some.str.contains(_TOLD).fill_null(value=False)).to_list()
        return _BETWEEN_LABELS.join(cell for cell in found if not self._heading(cell))

    def _heading(self, cell: str) -> bool:
        """Whether a cell of several lines is nothing but header words: フリガナ over 氏名 is no form to fill in."""
        lines = [line for line in cell.split("\n") if line.strip()] if len(cell) <= _HEADING else []
        return len(lines) > 1 and all(self._tables.reader.label(line).role for line in lines)

    def mask(self, text: str) -> str:
        """`text` with names, telephones, numbers and addresses masked."""
        bare = mask_figures(text) if text else text
        return bare if bare.isascii() else self._prose.mask(bare)  # all it knows are names and places in Japanese
