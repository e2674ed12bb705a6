"""A table's plan: what each column is, and which columns make a person.

Header words decide where there are any, values where there are none, and both must not contradict each other.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
import polars as pl

from dlp.native.text import sampled
from dlp.subjects.books import Books
from dlp.subjects.context import of_things, office_only
from dlp.subjects.header import Header, Label
from dlp.subjects.looks import Look
from dlp.subjects.several import counted
from dlp.subjects.values import Names
from dlp.subjects.weights import Weights
from dlp.subjects.words import listed

SAMPLE = 60
_OF_BODIES = frozenset(("org", "office", "facility", "title"))
_SHARED_BY, _REACHED = 8, ("phone", "email")  # people whom one of these cannot belong to
#: Names in a function; bodies that they may have it in.
_CALLED_BY, _BODIES = ("official", "author"), frozenset(("org", "facility", "office", "title", "item", "event"))
#: Roles that say what a table is about.
_CONTEXT = frozenset(listed("title office org facility official author event item count note id date"))
_CODES = (2, 3)  # different cells of a column of sexes: 1 and 2, and an unknown heading
_PAIR = 2
_ALL_DIFFER = 0.9  # share of the names in Latin letters in a column that differ
_KANJI = re.compile("[㐀-䶿一-鿿豈-﫿]")
#: … and that name something which is nobody.
_THINGS = frozenset(listed("org facility event item office official author bank"))
NAMES = ("name", "surname", "given")
READINGS = ("kana", "surname_kana", "given_kana")
#: Roles that all the people of a row share unless one has his own.
SHARED = frozenset({"address", "phone", "email", "postal_code"})
#: Roles of one person; "levied": secret without making anybody a data
#: subject where he has no other attribute of a list's, and other in each row: arrears by terms, nationality.
OWN = frozenset(
    listed(
        "sex birth_date age bank_account individual_number resident_code licence insurance pension passport residence_card "
        "card relationship sensitive levied"
    )
)

#: Roles of columns that may tell of care: 備考, 内容, 状態.
_TELLING = ("note", "item", "event")
_SAID = SHARED | OWN | {*NAMES, *READINGS}
#: What a row says of the one it is about, wherever it stands: a pupil's allergies after the guardian's name.
_OF_THE_ROW = frozenset(listed("sensitive levied insurance"))


@dataclass(frozen=True, slots=True)
class Column:
    """One column and what it is."""

    index: int
    role: str  # a role of Ruleset.headers, "latin", or "" for none
    label: Label
    look: Look


@dataclass(slots=True)
class Person:
    """The columns of one person in each row."""

    group: str
    place: int  # index of the first name column
    names: list[Column] = field(default_factory=list)  # one, or surname and given
    readings: list[Column] = field(default_factory=list)
    latin: list[Column] = field(default_factory=list)
    roles: dict[str, list[Column]] = field(default_factory=dict)
    sure: bool = True


@dataclass(frozen=True, slots=True)
class Plan:
    """How to read a table: first row of data, columns, people in a row."""

    start: int
    columns: tuple[Column, ...]
    people: tuple[Person, ...]
    numbers: tuple[Column, ...]  # Individual Numbers: they count without a name


def plan(
    frame: pl.DataFrame, header: Header | None, names: Names, samples: Sequence[Sequence[str]] | None = None
) -> Plan:
    """Read a table's columns. `header` None: by values alone. `samples` of them, where they are known."""
    start = header.row + 1 if header else 0

    def beside(left: int, right: int) -> list[str]:
        body = frame.slice(start)
        pair = body.select(pl.concat_str(pl.col(f"c{left}"), pl.lit(" "), pl.col(f"c{right}")).alias("x"))
        return sample(pair["x"], 0)

    if samples is None:
        samples = [sample(series, start) for series in frame.get_columns()]
    return planned(samples, beside, header, names)


def planned(
    samples: Sequence[Sequence[str]], beside: Callable[[int, int], list[str]], header: Header | None, names: Names
) -> Plan:
    """A plan by a sample of each column; `beside` gives one of two columns joined by a blank."""
    blank = Label("", "")
    columns = []
    for i, cells in enumerate(samples):
        label = header.labels[i] if header and i < len(header.labels) else blank
        columns.append(_column(i, label, cells, names))
    things = of_things(columns, names.books)
    columns = [_with(c, "note") if c.index in things else c for c in columns]
    columns = _without_shared(columns)
    several = counted(columns, SHARED | OWN, names.books.weights.names_beside_more)
    columns = [_with(c, "name") if c.index in several else c for c in columns]
    columns = _of_things(_readings(_given(_turns(columns, names.books))))
    columns = _halves(_fallbacks(columns, header, names.books), beside, names)
    people = _people(columns, beside, names.books)
    _attach(people, columns, names.books)
    people = [
        person for person in people if not office_only(person.group, _facts(person, columns, names.books), names.books)
    ]
    people = _without_parents(people, columns, names.books)
    numbers = tuple(c for c in columns if c.role == "individual_number")
    return Plan(header.row + 1 if header else 0, tuple(columns), tuple(people), numbers)


def sample(series: pl.Series, start: int) -> list[str]:
    """Up to SAMPLE cells that are not null, spread over the column below `start`."""
    if series.dtype == pl.String and (found := sampled(series, start, SAMPLE)) is not None:
        return found
    below = series.slice(start)
    held = len(below) - below.null_count()
    step = max(1, held // SAMPLE)
    if step > 1 and held < len(below):  # where they are is told by one byte each: the cells themselves need not move
        places = np.flatnonzero(below.is_not_null().to_numpy())[::step][:SAMPLE]
        return [str(cell) for cell in below.gather(places).to_list()]
    return [str(cell) for cell in below.drop_nulls().gather_every(step).head(SAMPLE).to_list()]


def sample_of(cells: Iterable[str | None]) -> list[str]:
    """The same of cells that are in a list."""
    held = [cell for cell in cells if cell is not None]
    return held[:: max(1, len(held) // SAMPLE)][:SAMPLE]


def _column(index: int, label: Label, cells: Sequence[str], names: Names) -> Column:
    seen = Look(cells, names)
    return Column(index, _role(label, seen, names.books), label, seen)


def _role(label: Label, seen: Look, books: Books) -> str:
    role = label.role
    if not seen.some:
        return "" if role in NAMES else role
    if role in _SAID and label.group.startswith(books.things):
        return "note"
    if role == "name" and label.text.isascii() and seen.told_phone >= books.weights.column_told:
        return "phone"  # contact: "090-… 平塚市…"
    if role in NAMES or role in READINGS:
        if seen.lost > books.weights.bodies:
            return "note"  # of which nothing is left
        return _name_role(role, seen, books.weights)
    if role in SHARED | OWN and (label.group.startswith(books.office_prefixes) or label.text in books.office_prefixes):
        return "note"
    if role in ("phone", "address") and seen.email > 0.5:
        return "email"
    if role == "phone" and seen.address > 0.5 and seen.phone < 0.2:
        return "address"
    if role == "facility" and label.text in books.lived_at and seen.address >= books.weights.column_address:
        return "address"
    if role == "sensitive" and (label.text.startswith(books.secrets) or label.text.endswith(books.secrets)):
        return "levied"
    if role == "sensitive" and seen.broken > books.weights.bodies:
        return "note"  # 症状: 画面が映らない
    if role == "sensitive" and seen.figures > 0.5 and not _level(label, seen, books):
        return "secret"  # numbers of certificates: sensitive, yet no attribute that makes a person
    if role in ("", "id") and _numbered(seen, books.weights):
        return "individual_number"
    if role in _TELLING and seen.care >= books.weights.column_told:
        return "sensitive"
    if role == "note" and seen.told_phone >= books.weights.column_told:
        return "phone"
    if role == "birth_date" and label.text in ("年", "月", "日"):
        return role
    return role


def _without_shared(columns: list[Column]) -> list[Column]:
    """A telephone or a mail address that is the same in every row of a list of many is the office's, or the club's, where
    a column tells of one."""
    shared = [c for c in columns if c.role in _REACHED and c.look.n >= _SHARED_BY and not c.look.varied]
    if not shared or not any(c.role in NAMES and c.look.varied for c in columns):
        return columns
    if not any(c.role in _OF_BODIES for c in columns):
        return columns  # residents of one home
    return [_with(c, "note") if c in shared else c for c in columns]


def _numbered(seen: Look, weights: Weights) -> bool:
    """Whether cells are Individual Numbers by their check digits; one number in all of them is known by none."""
    return seen.n >= 4 and seen.individual >= weights.column_numbers and seen.varied


def _level(label: Label, seen: Look, books: Books) -> bool:
    """Whether figures are a level of care or of a disability, and no amount: 要介護度 3."""
    return seen.level >= books.weights.column_numbers and any(word in label.text for word in books.levels)


def _name_role(role: str, seen: Look, weights: Weights) -> str:
    """A name column must hold what names are written in; one of readings may hold kanji, and one of names readings."""
    shape = max(seen.shape, seen.word) if role != "name" else seen.shape
    if role in NAMES and (shape < weights.column_letters or seen.org > weights.column_org):
        return "org" if seen.org > weights.column_org else "note"
    if role == "name" and seen.latin >= weights.column_latin:  # fewer: foreign residents among others
        return "latin"
    return role


def _fallbacks(columns: list[Column], header: Header | None, books: Books) -> list[Column]:
    """Columns without a header word, by their values."""
    weights = books.weights
    result = [c if c.label.role or c.role else _with(c, _of_office(c, _by_values(c, weights), books)) for c in columns]
    roles = {c.role for c in result}
    if roles.isdisjoint((*NAMES, "latin")):
        named = [c for c in result if c.role in ("", "name?") and _nameable(c, header, books)]
        best = max(named, key=lambda c: c.look.name + 0.1 * c.look.distinct, default=None)
        born = any(c.role == "date?" and c.look.years >= weights.column_births for c in result)
        personal = len(roles & (SHARED | OWN | {"kana"})) + born
        floor = (weights.names_alone, weights.names_beside, weights.names_beside_more)[min(2, personal)]
        if best is not None and personal and best.look.shape >= 0.9 and best.look.distinct >= 0.9:
            floor = weights.names_distinct  # nothing but letters of names, all different, beside what is said of people
        if best is not None and best.look.name >= floor:
            again = _again(best, named, header) if header else _beside(best, named, result, floor)
            for column in (best, *again):
                result[column.index] = _with(column, "name")
        elif (not header or header.row < 0) and (western := _western(result, weights, born=born)) is not None:
            result[western.index] = _with(western, "latin")
    kept = [c if c.role != "name?" else _with(c, "") for c in result]
    if not header:
        kept = [
            _with(c, "birth_date") if c.role == "date?" and c.look.years >= weights.column_births else c for c in kept
        ]
    kept = [_with(c, "") if c.role.endswith("?") else c for c in kept]
    return kept if header else _sex_coded(kept, weights)


def _again(best: Column, named: Sequence[Column], header: Header) -> list[Column]:
    """The same column in lists that stand side by side: one of the same heading, where the headings come again."""
    if not best.label.text:
        return []
    texts = [label.text for label in header.labels if label.text]
    halves = len(texts) > len(set(texts)) and all(texts.count(text) > 1 for text in texts)
    return [c for c in named if halves and c is not best and c.label.text == best.label.text]


def _beside(best: Column, named: Sequence[Column], columns: Sequence[Column], floor: float) -> list[Column]:
    """The same of lists without headings: a name with the same things said at the same places beside it."""
    said = {c.index: c.role for c in columns if c.role in SHARED | OWN}
    found = []
    for other in named:
        away = other.index - best.index
        block = range(min(best.index, other.index), min(best.index, other.index) + abs(away))
        mine = {i: role for i, role in said.items() if i in block}
        if away and mine and other.look.name >= floor and all(said.get(i + abs(away)) == mine[i] for i in mine):
            found.append(other)
    return found


def _western(columns: Sequence[Column], weights: Weights, *, born: bool) -> Column | None:
    """A column of names in Latin letters, which may be those of goods or books as well: beside telephones that are
    carried about, births that say so, or births and something else that is said of people alone."""
    carried = any(c.role == "phone" and c.look.mobile > weights.bodies for c in columns)
    told = any(c.role == "birth_date" and c.label.role for c in columns)  # in a cell, say
    if not carried and not told and not (born and any(c.role in OWN for c in columns)):
        return None
    held = (
        c for c in columns if not c.role and c.look.latin >= weights.column_latin and c.look.distinct >= _ALL_DIFFER
    )
    return next(held, None)


def _sex_coded(columns: list[Column], weights: Weights) -> list[Column]:
    """1 and 2 beside names, their readings and births, as systems write a sex."""
    roles = {c.role for c in columns}
    if not ({"kana", "birth_date"} <= roles and roles & set(NAMES)):
        return columns
    coded = (
        c
        for c in columns
        if not c.role and c.look.coded >= weights.column_sex and round(c.look.distinct * c.look.n) in _CODES
    )
    sex = next(coded, None)
    return [_with(c, "sex") if c is sex else c for c in columns]


def _given(columns: list[Column]) -> list[Column]:
    """苗字 | 名前: beside a surname without a given name, a column of single words is the given name."""
    for left, right in pairwise(columns):
        if left.role != "surname" or right.role != "name":
            continue
        single = right.look.word_shape >= 0.9 and right.look.name < 0.3
        paired = any(c.role == "given" and _group(c) == _group(left) for c in columns)
        if single and not paired:
            columns[right.index] = Column(
                right.index, "given", Label(right.label.text, "given", _group(left)), right.look
            )
    return columns


def _turns(columns: list[Column], books: Books) -> list[Column]:
    """Who takes turns at something (当番) is in no office where the telephones beside them are carried about."""
    if all(c.role not in _CALLED_BY for c in columns) or any(c.role in NAMES for c in columns):
        return columns
    if not any(c.role == "phone" and _is_carried(c, books) for c in columns):
        return columns
    at_home = _at_home(columns)
    return [_with(c, "name") if _takes_turns(c, books) or (at_home and _names(c, books)) else c for c in columns]


def _at_home(columns: Sequence[Column]) -> bool:
    """Whether a list tells where somebody lives and of no body: with a mobile telephone beside that (防災士 | 住所 | 携帯),
    whoever is called by what he can or does is told of as a private person."""
    roles = {c.role for c in columns}
    return "address" in roles and roles.isdisjoint(_BODIES)


def _names(column: Column, books: Books) -> bool:
    return column.role in _CALLED_BY and column.look.name >= books.weights.listed


def _is_carried(column: Column, books: Books) -> bool:
    """Whether a column's telephones are mostly mobile ones, or are headed so (携帯) and some are."""
    most = books.weights.bodies
    return column.look.mobile > (most / 2 if column.label.text.startswith(books.carried) else most)


def _takes_turns(column: Column, books: Books) -> bool:
    seen = column.look
    written = seen.shape >= books.weights.column_letters and seen.org <= books.weights.column_org
    return column.role == "official" and column.label.text.startswith(books.turns) and written


def _readings(columns: list[Column]) -> list[Column]:
    """Of two columns of names side by side, the one all in kana is how the other is read."""
    for left, right in pairwise(columns):
        if left.role == right.role == "name" and right.look.kana >= 0.9 > left.look.kana + 0.3:
            columns[right.index] = Column(
                right.index, "kana", Label(right.label.text, "kana", _group(left)), right.look
            )
    return [_with(c, "name") if _called_so(c, columns) else c for c in columns]


def _called_so(column: Column, columns: Sequence[Column]) -> bool:
    """Whether a column of readings is all that somebody is called by: お子さまのお名前（ひらがな）, born on … beside 保護者氏名."""
    group = _group(column) if column.role == "kana" else ""
    if not group or not any(c.role == "name" and _group(c) not in ("", group) for c in columns):
        return False
    alike = [c.role for c in columns if c is not column and _group(c) == group]
    return any(role in OWN for role in alike) and not any(role in (*NAMES, *READINGS, "latin") for role in alike)


def _of_things(columns: list[Column]) -> list[Column]:
    """A reading right of what names a place, a body or a thing is how that is read, where nobody is named."""
    if any(c.role in (*NAMES, "latin") for c in columns):
        return columns
    return [
        _with(right, "note") if right.role == "kana" and left is not None and left.role in _THINGS else right
        for left, right in zip([None, *columns], columns, strict=False)
    ]


def _halves(columns: list[Column], beside: Callable[[int, int], list[str]], names: Names) -> list[Column]:
    """Surname and given name in neighbouring columns without header words: together they are names."""
    roles = {c.role for c in columns}
    if not roles.isdisjoint((*NAMES, "latin")) or roles.isdisjoint(SHARED | OWN | {"kana"}):
        return columns
    for left, right in pairwise(columns):
        if left.role or right.role or min(left.look.word_shape, right.look.word_shape) < 0.9 or not left.look.some:
            continue
        if right.look.distinct < 0.5 * min(1.0, 20 / right.look.n) or left.label.role or right.label.role:
            continue
        cells = beside(left.index, right.index)
        if cells and sum(map(names.likelihood, cells)) / len(cells) >= names.books.weights.names_paired:
            columns[left.index] = _with(left, "surname")
            columns[right.index] = _with(right, "given")
            _halves_read(columns, right.index + 1)
            break
    return columns


def _halves_read(columns: list[Column], at: int) -> None:
    """The readings of surname and given name, where two columns of kana follow them."""
    pair = columns[at : at + 2]
    if len(pair) == 2 and all(c.role == "kana" and not c.label.role for c in pair):
        columns[at], columns[at + 1] = _with(pair[0], "surname_kana"), _with(pair[1], "given_kana")


def _nameable(column: Column, header: Header | None, books: Books) -> bool:
    office = column.label.text.endswith(books.office_ends)
    return column.look.some and column.look.org < 0.3 and not office and (header is None or not column.label.role)


def _of_office(column: Column, role: str, books: Books) -> str:
    """A role found by values; an address or a telephone whose heading begins with an office's word is nobody's."""
    return "note" if role in SHARED and column.label.text.startswith(books.office_prefixes) else role


def _by_values(column: Column, weights: Weights) -> str:
    seen = column.look
    if not seen.some:
        return ""
    if seen.email >= weights.column_email:
        return "email"
    if seen.title >= weights.column_title:
        return "title"
    if _numbered(seen, weights):
        return "individual_number"
    if seen.checked:
        return seen.checked
    if seen.phone >= weights.column_phone and seen.twelve < 0.3:
        return "phone"
    if seen.postal >= weights.column_postal:
        return "postal_code"
    if seen.sex >= weights.column_sex and (seen.n < 6 or seen.distinct < 0.7):
        return "sex"
    if seen.date >= weights.column_date:
        return "date?"
    if seen.care >= weights.column_told:
        return "sensitive"  # 要介護3 is written as addresses are, too
    if seen.address >= weights.column_address:
        return "address"
    if seen.kana >= weights.column_kana and seen.org < 0.2 and not column.label.text:  # 遊具 is no reading of anybody
        several = seen.n == 1 or seen.distinct * seen.n > 1  # the same in every row is nobody's
        return "kana" if several and seen.distinct >= weights.kana_distinct else ""
    return ""


def _with(column: Column, role: str) -> Column:
    return Column(column.index, role, column.label, column.look)


def _people(columns: Sequence[Column], beside: Callable[[int, int], list[str]], books: Books) -> list[Person]:
    """One Person for each name in a row."""
    people: list[Person] = []
    for column in columns:
        group = _group(column)
        if column.role == "name":
            alias = group.startswith(books.alias_groups) and any(
                c.role in NAMES and _group(c) != group for c in columns
            )
            if not alias:
                sure = bool(column.label.role) or column.look.name >= books.weights.names_sure
                people.append(Person(group, column.index, [column], sure=sure))
        elif column.role == "surname":
            people.append(Person(group, column.index, [column]))
        elif column.role == "given":
            mate = next(
                (p for p in people if p.group == group and len(p.names) == 1 and p.names[0].role == "surname"), None
            )
            if mate:
                mate.names.append(column)
            else:
                people.append(Person(group, column.index, [column]))
    for late in [p for p in people if p.names[0].role == "given" and len(p.names) == 1]:
        # First name before last name, as address books have them.
        mate = next((p for p in people if p.group == late.group and [c.role for c in p.names] == ["surname"]), None)
        if mate:
            mate.names.append(late.names[0])
            mate.place = min(mate.place, late.place)
            people.remove(late)
    people = _told_once(people, beside)
    people = [p for p in people if p.names[0].role != "given" or len(people) == 1 or p.group]
    _attach_spellings(people, columns, books)
    return people


def _told_once(people: list[Person], beside: Callable[[int, int], list[str]]) -> list[Person]:
    """Name, surname and given name of one person, as address books export them: the fuller of both spellings. Of two
    people, the child's beside the parent's, both are kept."""
    kept = list(people)
    for whole in [p for p in people if p.names[0].role == "name"]:
        parts = [p for p in kept if p.group == whole.group and p.names[0].role in ("surname", "given")]
        if len(parts) != 1 or parts[0] not in kept or sum(p.group == whole.group for p in kept) > 2:
            continue
        if any(_of_others(beside(whole.names[0].index, c.index)) for c in parts[0].names if c.role == "given"):
            continue
        fuller = whole.names[0].look.n * 2 >= parts[0].names[0].look.n
        kept.remove(parts[0] if fuller else whole)
    return kept


def _of_others(cells: Sequence[str]) -> bool:
    """Whether most given names, each behind a whole name and a blank, are no part of it; such as are spelled in other
    letters tell nothing."""
    pairs = [(whole, given) for whole, _, given in (cell.strip().rpartition(" ") for cell in cells) if given]
    told = [given in whole for whole, given in pairs if _KANJI.search(whole) and _KANJI.search(given)]
    return bool(told) and sum(told) * 2 < len(told)


def _attach_spellings(people: list[Person], columns: Sequence[Column], books: Books) -> None:
    """Readings and Latin spellings to the name they belong to; a reading without a name is one itself."""
    for column in columns:
        if column.role not in (*READINGS, "latin"):
            continue
        group = _group(column)
        if group.startswith(books.alias_groups) and people and column.role in READINGS:
            continue
        kind = "latin" if column.role == "latin" else "readings"
        person = _owner(people, column, group, kind)
        if person is None:
            person = Person(group, column.index)
            people.append(person)
        getattr(person, kind).append(column)
    people.sort(key=lambda p: p.place)


def _owner(people: list[Person], column: Column, group: str, kind: str) -> Person | None:
    """Whose spelling this is: same group, else the nearest name before it (or after) that has none yet."""
    room = 2 if column.role.startswith(("surname", "given")) else 1
    free = [p for p in people if len(getattr(p, kind)) < room]
    exact = [p for p in free if p.group == group]
    if exact and (group or len(people) == 1 or len(exact) == 1):
        return min(exact, key=lambda p: abs(p.place - column.index))
    beside = [p for p in free if p.names and min(abs(c.index - column.index) for c in (*p.names, *p.readings)) == 1]
    if beside and not any(p.group == group for p in people):
        return beside[0]
    if column.role == "latin" or not group or group.startswith(("ローマ", "英")):
        before = [p for p in free if p.place < column.index]
        return max(before, key=lambda p: p.place) if before else min(free, key=lambda p: p.place, default=None)
    return None if any(p.group for p in people) else (free[0] if free else None)


def _group(column: Column) -> str:
    return column.label.group


def _attach(people: list[Person], columns: Sequence[Column], books: Books) -> None:
    """Attributes to people: by group, else shared, else to the name before them."""
    if not people:
        return
    groups = {p.group for p in people if p.group}
    loose: list[Column] = []
    for column in columns:
        if (
            column.role not in SHARED | OWN
            and column.role != "secret"
            and column.label.text not in books.register_numbers
        ):
            continue
        group = next((g for g in sorted(groups, key=len, reverse=True) if column.label.group.startswith(g)), "")
        if not group and column.label.group:  # 保証人住所 beside 連帯保証人
            longer = [g for g in groups if g.endswith(column.label.group)]
            group = longer[0] if len(longer) == 1 else ""
        if group:
            for person in _whose(column, [p for p in people if p.group == group], columns):
                person.roles.setdefault(column.role, []).append(column)
        else:
            loose.append(column)
    for column in loose:
        repeated = sum(1 for c in loose if c.role == column.role and c.label.text == column.label.text)
        if column.role in SHARED and not (repeated > 1 and repeated >= len(people) > 1):
            for person in people:
                own = person.roles.get(column.role, [])
                if not any(c.label.group == person.group and person.group for c in own):
                    person.roles.setdefault(column.role, []).append(column)
        else:
            before = [p for p in people if p.place < column.index]
            owner = before[-1] if before and column.role not in _OF_THE_ROW else people[0]
            owner.roles.setdefault(column.role, []).append(column)


def _whose(column: Column, people: list[Person], columns: Sequence[Column]) -> list[Person]:
    """Whose of the people of one group a column of it is: all of them's, or that of the name before it, where there is
    one for each (事件本人 over 夫 | 生年月日 | 妻 | 生年月日)."""
    if len(people) < _PAIR:
        return people
    places = [c.index for c in columns if c.role == column.role and c.label == column.label]
    owners = {place: [p.place for p in people if p.place < place][-1:] for place in places}
    each = all(owners.values()) and len({owner[0] for owner in owners.values()}) == len(people)
    return [p for p in people if [p.place] == owners[column.index]] if each else people


def _without_parents(people: list[Person], columns: Sequence[Column], books: Books) -> list[Person]:
    """Whose child somebody is, as a family register says it, is told of the child: nothing is of the parents."""
    if not any(c.label.text in books.descent for c in columns):
        return people
    return [p for p in people if not _is_parent(p, books)]


def _is_parent(person: Person, books: Books) -> bool:
    """Whether a parent has nothing but the register's own address, and no column of his own."""
    named = any(c.label.text in books.parents for c in person.names)
    said = [c for found in person.roles.values() for c in found]
    shared = all(c.label.text in books.descent for c in said if c.role in SHARED)
    return named and shared and not any(c.label.text.startswith(person.group or "?") for c in said)


def _facts(person: Person, columns: Sequence[Column], books: Books) -> dict[str, list[Column]]:
    """Roles of the person's own columns and of the columns about offices and bodies, for the context's judgement."""
    facts = {role: list(found) for role, found in person.roles.items()}
    for column in columns:
        if column.role in _CONTEXT:
            facts.setdefault(column.role, []).append(column)
    facts["names"] = person.names
    facts["elected"] = [c for c in columns if c.label.text in books.elected]
    if sum(c.role == "name" for c in columns) == 1 and not any(c.role in _REACHED for c in columns):
        facts["elected"] += [
            c for c in columns if c.label.text in books.fallen
        ]  # else the bereaved are named or called
    return facts
