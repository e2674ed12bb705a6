"""Rows in which a table's plan found nobody, looked at again by themselves.

A plan is made by a sample of a table's columns. Where a list stands among rows of another kind (another list, figures,
rows of dots) the sample is of those, and the plan says that there is no list. So rows that hold what people are known
by are put together with those written like them, and each such group gets a plan of its own: under the table's header
if that finds anybody, else without where the header stands over rows of another kind.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from dlp.detect.headers import PERSONAL
from dlp.subjects.cells import shapes
from dlp.subjects.cells.shapes import EMPTY, LETTERS, STRONG, Shapes
from dlp.subjects.cells.values import Names, clean
from dlp.subjects.plan.columns import NAMES, READINGS, Plan, in_function
from dlp.subjects.plan.header import Header, Label, Row
from dlp.subjects.plan.nobodys import dealing
from dlp.subjects.tables import unsaid
from dlp.subjects.words import listed

type Marks = npt.NDArray[np.bool_]
type Rows = npt.NDArray[np.intp]

_LOOK, _ITEMS = 200, 30  # rows by which it is told what a column of few different words says
_ROUNDS = 120  # groups that get a plan, by how many rows they have; as many again by the names in them
_FEW = 3  # rows of a group without a header, at least
_SURE, _MANY, _NEAR = 5, 30, 3  # names surely known that tell people among others: near each other, or anywhere
_OTHERS = 0.3  # share of the rows under a header that are of another kind, from which it is not the group's
#: Roles of columns that name those whom nobody holds.
_IN_OFFICE = ("official", "author")
_NAMED = frozenset(listed("official author org facility title bank"))
#: What a heading over a shape says where it is its own.
_SAID = {
    shapes.SEX: ("sex",),
    shapes.EMAIL: ("email",),
    shapes.PHONE: ("phone",),
    shapes.DATE: ("birth_date", "date"),
    shapes.POSTAL: ("postal_code", "address"),
    shapes.NUMBER: ("individual_number", "id"),
    shapes.ADDRESS: ("address",),
}
_APART, _ACCIDENT = 25, 5  # rows between rows of a list; others written alike to one of them
_SOME = 0.1  # share of names surely known under a header, from which it heads them
HEADED = 20  # rows under a header that tell what it stands over


@dataclass(frozen=True, slots=True)
class Left:
    """What a table's plan left."""

    header: Header | None
    plan: Plan
    headed: Sequence[Row]  # the first rows under the header
    alone: bool  # whether these are all the rows there are


class Picked(Protocol):
    """Rows of a table."""

    @property
    def height(self) -> int:
        """How many."""
        ...

    def pick(self, rows: Rows) -> Any:
        """Some of them."""
        ...

    def column(self, at: int) -> Sequence[str | None]:
        """The cells of a column."""
        ...

    def shapes(self) -> Shapes:
        """What each cell is written like."""
        ...


class Found(Protocol):
    """What rows say of people."""

    @property
    def plan(self) -> Plan:
        """How they were read."""
        ...

    @property
    def left(self) -> Sequence[int] | Rows:
        """Those in which nobody was found."""
        ...


class LeftOver[B: Picked, R: Found]:
    """Looks again: `read` reads rows by a header, or without one."""

    def __init__(self, names: Names, label: Callable[[str], Label], read: Callable[[B, Header | None], R]) -> None:
        self._names, self._label, self._read = names, label, read
        self._dealing: frozenset[int] = frozenset()  # columns of those who deal with whom a table is about

    def read(self, body: B, left: Left) -> Iterator[R]:
        """Readings of the people in `body`, which is what a plan left."""
        found, columns = body.shapes(), left.plan.columns
        self._dealing = frozenset(c.index for c in columns if not c.role and dealing(c, columns))
        open_ = np.ones(len(found), np.bool_)
        if left.header is not None and not left.plan.people:
            rows = self._under_header(body, found, left)
            yield from self._tried(body, rows, _bare(left.header), open_, whole=left.alone and rows.size == len(found))
        open_ &= _worth(found)
        if self._unsaid(body, found, open_, left):
            return
        yield from self._groups(body, found, open_, left)

    def _unsaid(self, body: B, found: Shapes, open_: Marks, left: Left) -> bool:
        """Whether a plan that found people left nothing but names of whom its header says nothing more."""
        rows = np.flatnonzero(open_)
        if left.header is None or not left.plan.people or not rows.size:
            return False
        open_rows = body.pick(rows)
        return unsaid.nobody(open_rows.column, found[rows], left.header, self._names)

    def _under_header(self, body: B, found: Shapes, left: Left) -> Rows:
        """Rows that have a name's letters under the header's word for names, and something that is a person's."""
        assert left.header is not None
        roles = [label.role for label in left.header.labels[: found.shape[1]]]
        named = [i for i, role in enumerate(roles) if role in (*NAMES, *READINGS, "latin")]
        said = [i for i, role in enumerate(roles) if role in PERSONAL and i not in named]
        rows = (found[:, named] == LETTERS).any(axis=1) & (found[:, said] != EMPTY).any(axis=1)
        places = np.flatnonzero(rows)
        if not places.size:
            return places
        cells = body.pick(places).column(named[0])
        shaped = {cell: self._names.shaped(clean(cell or "")) for cell in set(cells)}
        return places[[shaped[cell] for cell in cells]]

    def _groups(self, body: B, found: Shapes, open_: Marks, left: Left) -> Iterator[R]:
        """Rows written alike, the most common first; and of what is left then, which only rows written in very many
        ways leave, those that name people: how often a way of writing comes is whoever writes the file's to choose."""
        kinds, kind_of, every = np.unique(found, axis=0, return_inverse=True, return_counts=True)
        kind_of = kind_of.reshape(-1)
        yield from self._rounds(body, (kinds, kind_of, every), open_, left)
        if open_.any():
            open_ &= self._named(body, found, open_)
            yield from self._rounds(body, (kinds, kind_of, every), open_, left)

    def _rounds(self, body: B, grouped: tuple[Shapes, Rows, Rows], open_: Marks, left: Left) -> Iterator[R]:
        kinds, kind_of, every = grouped
        for _ in range(_ROUNDS):
            counts = np.bincount(kind_of[open_], minlength=len(kinds))
            if not counts.any():
                return
            leader = int(counts.argmax())
            alike = _alike(kinds, kinds[leader])
            rows = np.flatnonzero(open_ & alike[kind_of])
            if not _accident(rows, kinds[leader], kinds, every):
                yield from self._group(body, rows, kinds[leader], open_, left)
            open_ &= kind_of != leader

    def _named(self, body: B, found: Shapes, open_: Marks) -> Marks:
        """Open rows with a name in them that is surely somebody's."""
        named = np.zeros(len(open_), np.bool_)
        for at in range(found.shape[1]):
            rows = np.flatnonzero(open_ & ~named & (found[:, at] == LETTERS))
            cells = body.pick(rows).column(at) if rows.size else ()
            known = {cell: self._names.surely(clean(cell or "")) for cell in set(cells)}
            named[rows[[known[cell] for cell in cells]]] = True
        return named

    def _group(self, body: B, rows: Rows, kind: Shapes, open_: Marks, left: Left) -> Iterator[R]:
        whole = left.alone and rows.size == len(open_)
        if left.header is not None:
            yield from self._tried(body, rows, _bare(left.header), open_, whole=whole)
            rows = rows[open_[rows]]
            if _fits(left.header, kind) or self._in_office(body, rows, kind, left):
                return
        if rows.size < _FEW or self._itemised(body, rows, kind):
            return
        if _free(left, kind):
            for some in (rows, self._nobodies(body, rows, kind)):
                yield from self._tried(body, some, None, open_, whole=whole and left.header is None)
                if not open_[rows].all():
                    return
                whole = False
        if (sure := self._surely(body, rows, kind, left)).size:
            yield from self._tried(body, sure, None, open_, whole=False)

    def _itemised(self, body: B, rows: Rows, kind: Shapes) -> bool:
        """Whether a column says what the cell beside it is, a line for each thing: "住所", "電話", "住所", …"""
        group, around = body.pick(rows[:_LOOK]), body.pick(np.arange(min(_LOOK, body.height)))
        for at in map(int, np.flatnonzero(kind == LETTERS)):
            own, others = set(group.column(at)), set(around.column(at))
            if len(own) == 1 and len(others) <= _ITEMS:
                return any(self._label(cell).role in PERSONAL for cell in others - own if cell)
        return False

    def _tried(self, body: B, rows: Rows, header: Header | None, open_: Marks, *, whole: bool) -> Iterator[R]:
        """The reading of some rows, if anybody is in them: who was read is open no more."""
        if not rows.size or whole:
            return
        reading = self._read(body.pick(rows), header)
        told = np.ones(rows.size, np.bool_)
        told[np.asarray(reading.left, np.intp)] = False
        places = {person.place for person in reading.plan.people}
        dealt_with = bool(places) and not reading.plan.numbers and places <= self._dealing
        if told.any() and not dealt_with:
            open_[rows[told]] = False
            yield reading

    def _nobodies(self, body: B, rows: Rows, kind: Shapes) -> Rows:
        """Rows without those that name a company or an office, and nobody else beside it."""
        kept = np.ones(rows.size, np.bool_)
        group = body.pick(rows)
        lettered = np.flatnonzero(kind == LETTERS)
        for at in lettered:
            cells = group.column(int(at))
            bodies = {cell: self._names.is_body(clean(cell or "")) for cell in set(cells)}
            kept &= [not bodies[cell] for cell in cells]
        if not _FEW <= kept.sum() < rows.size:
            return rows[:0]
        others = (body.pick(rows[~kept]).shapes()[:, lettered] == LETTERS).sum(axis=1) > 1
        return rows[:0] if others.mean() > _OTHERS else rows[kept]

    def _surely(self, body: B, rows: Rows, kind: Shapes, left: Left) -> Rows:
        """Rows with names that are surely people's, where they stand among others."""
        group = body.pick(rows)
        best: Marks = np.zeros(rows.size, np.bool_)
        column = -1
        for at in np.flatnonzero(kind == LETTERS):
            cells = [clean(cell or "") for cell in group.column(int(at))]
            known = {cell: self._names.surely(cell) for cell in set(cells)}
            sure = np.array([known[cell] for cell in cells])
            if sure.sum() > best.sum():
                best, column = sure, int(at)
        if not _stand_out(best) or self._sure_under(left, column):
            return rows[:0]
        return rows[best]

    def _in_office(self, body: B, rows: Rows, kind: Shapes, left: Left) -> bool:
        """Whether all that are surely names in a group stand under headings of those who are named in their function, as
        they do in the rows under the header: cells of a print that are cut off make rows of other kinds."""
        assert left.header is not None
        group, named = body.pick(rows[:_LOOK]), list[int]()
        for at in map(int, np.flatnonzero(kind == LETTERS)):
            cells = group.column(at)
            if sum(self._names.surely(clean(cell or "")) for cell in cells) > _SOME * len(cells):
                named.append(at)
        roles = {left.header.labels[at].role for at in named}
        return bool(roles) and roles <= {*_IN_OFFICE} and all(self._heads(left, at) for at in named)

    def _heads(self, left: Left, column: int) -> bool:
        """Whether names surely known stand right under the header."""
        sure = sum(self._names.surely(clean(row[column] or "")) for row in left.headed)
        return sure > _SOME * len(left.headed)

    def _sure_under(self, left: Left, column: int) -> bool:
        """Whether the header stands over such names: then it says what they are."""
        if left.header is None or not left.headed:
            return False
        if left.header.labels[column].role in _IN_OFFICE:
            return True
        return self._heads(left, column)


def _stand_out(sure: Marks) -> bool:
    """Whether names surely known stand near each other, or are many."""
    places = np.flatnonzero(sure)
    near = np.diff(places) <= _NEAR if places.size else places
    return bool(places.size >= _MANY or near.sum() >= _SURE - 1)


def _worth(found: Shapes) -> Marks:
    """Rows that hold letters beside what a person is known by, or a number of twelve figures."""
    strong = found >= STRONG
    marks: Marks = ((found == LETTERS).any(axis=1) & strong.any(axis=1)) | (found == shapes.NUMBER).any(axis=1)
    return marks


def _alike(kinds: Shapes, one: Shapes) -> Marks:
    """Kinds of rows that may be of one list: nothing in them contradicts, something agrees, and little is missing."""
    strong, own = kinds >= STRONG, one >= STRONG
    against = (strong & own & (kinds != one)).any(axis=1)
    shared = (strong & own & (kinds == one)).any(axis=1)
    letters = ((kinds == LETTERS) & (one == LETTERS)).any(axis=1) | ~(one == LETTERS).any()
    missing = (strong ^ own).sum(axis=1) <= max(1, int(own.sum()) // 2)
    marks: Marks = ~against & shared & letters & missing
    return marks


def _accident(rows: Rows, kind: Shapes, kinds: Shapes, every: Rows) -> bool:
    """Whether rows that lie apart are written as many others are but for one cell: "２号線中学校" is no address."""
    if rows.size >= _SURE and np.median(np.diff(rows)) <= _APART:
        return False
    siblings = ((kinds != kind).sum(axis=1) == 1) & ~((kinds == EMPTY) & (kind != EMPTY)).any(axis=1)
    return bool(every[siblings].sum() > _ACCIDENT * rows.size)


def _free(left: Left, kind: Shapes) -> bool:
    """Whether a group may be read without the header: there is none, or it stands over rows of another kind."""
    if left.header is None:
        return True
    return _other_kind(left.headed, kind) or _silent(left.header, left.plan, kind)


def _fits(header: Header, kind: Shapes) -> bool:
    """Whether a header names what a group holds, and who it is about: then what it says of them stands."""
    labels = [(label.role, int(shape)) for label, shape in zip(header.labels, kind, strict=False)]
    known = [role in _SAID[shape] for role, shape in labels if shape >= STRONG and role]
    named = any(role in (*_IN_OFFICE, *NAMES, *READINGS) for role, shape in labels if shape == LETTERS)
    return (bool(known) and all(known) and named) or _explains(labels)


def _explains(labels: Sequence[tuple[str, int]]) -> bool:
    """Whether a header names people in their function and says of all that is told that it is a thing's: a book's title
    that ends in a figure is no author's address."""
    strong = [(role, shape) for role, shape in labels if shape >= STRONG]
    things = all(role and (role not in PERSONAL or role in _SAID[shape]) for role, shape in strong)
    return bool(strong) and things and any(role in _IN_OFFICE for role, shape in labels if shape == LETTERS)


def _other_kind(headed: Sequence[Row], kind: Shapes) -> bool:
    """Whether many rows under a header hold nothing of what the group holds."""
    if not headed:
        return False
    under = shapes.of_rows(headed)[:, : kind.size]
    own = kind >= STRONG
    agree = ((under == kind) & own).any(axis=1)
    return bool((~agree).sum() > _OTHERS * len(under))


def _silent(header: Header, plan: Plan, kind: Shapes) -> bool:
    """Whether a header says of all that a group holds that it is something else, and names nobody of another sort, nor
    does the plan by it: 主任技術者 is a post that no list of headings has."""
    held = in_function(plan).union(c.index for c in plan.columns if c.role in _IN_OFFICE)
    if any(shape == LETTERS for at, shape in enumerate(kind) if at in held):
        return False
    roles = [(label.role, shape) for label, shape in zip(header.labels, kind, strict=False)]
    strong = [role for role, shape in roles if shape >= STRONG]
    return (
        len(strong) > 1
        and all(role and role not in PERSONAL for role in strong)
        and not any(role in _NAMED for role, shape in roles if shape == LETTERS)
    )


def _bare(header: Header) -> Header:
    return Header(-1, header.labels, header.known)
