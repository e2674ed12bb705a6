"""Columns of a table, the people whom they tell of, and the plan that they make: the nouns."""

from __future__ import annotations

from dataclasses import dataclass, field

from dlp.subjects.cells.looks import Look
from dlp.subjects.plan.header import Label
from dlp.subjects.words import listed

NAMES = ("name", "surname", "given")
#: … of people in a function.
FUNCTIONS = ("official", "author")
READINGS = ("kana", "surname_kana", "given_kana")
#: Roles that all the people of a row share unless one has his own.
SHARED = frozenset({"address", "phone", "email", "postal_code"})
#: By which somebody is reached.
REACHED = ("phone", "email")
_EACH, _TRADER = 0.9, 0.5  # share of cells with a telephone; likelihood of names under a heading of firms
SHARED_BY = 8  # people whom one telephone or mail address cannot belong to
#: Roles of one person; "levied": secret without making anybody a data
#: subject where he has no other attribute of a list's, and other in each row: arrears by terms, nationality.
OWN = frozenset(
    listed(
        "sex birth_date age bank_account individual_number resident_code licence insurance pension passport residence_card "
        "card relationship sensitive levied"
    )
)


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
    by_cells: bool = False  # no heading stands above the columns: what they are called was made of their cells


def in_function(plan: Plan) -> set[int]:
    """The columns of names that the plan has nobody of: they are named for an office or a body."""
    people = {column.index for person in plan.people for column in person.names}
    return {column.index for column in plan.columns if column.role in NAMES and column.index not in people}


def of_office(plan: Plan) -> bool:
    """Whether a table with headings names people in their function, and nobody else; or says nothing of those it names
    but days that are no births, by their heading, and one telephone to ask at."""
    if plan.start <= 0 or plan.numbers:
        return False
    if not plan.people:
        return bool(in_function(plan)) or any(c.role in FUNCTIONS or _is_trader(c) for c in plan.columns)
    if any(person.roles for person in plan.people):
        return False
    loose = [c for c in plan.columns if c.role in ("", "note", "item", "event")]
    if any(c.role == "date" for c in plan.columns) and not any(c.look.told for c in loose):
        return True
    rest = [c for c in loose if c.look.varied or c.look.told_phone < _EACH]
    return len(rest) < len(loose) and not any(c.look.told_phone or c.look.email or c.look.care for c in rest)


def _is_trader(column: Column) -> bool:
    """Whether those who trade under their own names stand under a heading of firms."""
    return column.role == "org" and bool(column.label.role) and column.look.name >= _TRADER


def with_role(column: Column, role: str) -> Column:
    """The column, said to be something else."""
    return Column(column.index, role, column.label, column.look)


def group_of(column: Column) -> str:
    """What its heading names beside its own word: 保護者 of 保護者電話."""
    return column.label.group


def of_all(column: Column) -> bool:
    """Whether a telephone or a mail address is the same in every row of a list of many."""
    return column.role in REACHED and column.look.n >= SHARED_BY and not column.look.varied
