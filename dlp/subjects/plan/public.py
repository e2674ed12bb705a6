"""What a table tells to everybody of those whom it names: of who practises a profession, of who plays, writes or speaks
in public, of companies by their heads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from dlp.subjects.books import Books
from dlp.subjects.cells.looks import Look
from dlp.subjects.plan import posts
from dlp.subjects.plan.columns import REACHED, Column, Person, with_role
from dlp.subjects.plan.header import Label

_YEARS = 0.9  # share of births that are told by their year alone
_HOME, _LIVED = "address", "住所"
_BODIES = frozenset(("org", "office", "facility"))
#: What is told to everybody of who is elected, or stands for it.
PROFILE = frozenset(("sex", "birth_date", "age"))
_LIFE = PROFILE - {"sex"}


class Described(Protocol):
    """What is asked of a column here."""

    @property
    def label(self) -> Label:
        """Its header."""

    @property
    def look(self) -> Look:
        """Its sample's shares."""


type Facts = Mapping[str, Sequence[Described]]


def of_companies(facts: Facts, books: Books) -> bool:
    """Whether those that are named are companies by their form, and what is paid to them is theirs: not who trades
    alone, under a name like a firm's."""
    return any(c.look.incorporated > books.weights.column_org for c in facts.get("org", ()))


def born_in_public(column: Described) -> bool:
    """Whether no more than the year of a birth is told, as programmes and books have it."""
    return column.look.year >= _YEARS


def profiled(facts: Facts, private: frozenset[str]) -> bool:
    """Whether a life is told as to an audience: the year of a birth and what somebody has done, or when he came into an
    office and left it, and nothing by which he is reached. `private`: the roles of what is told of him."""
    if not private <= PROFILE or any(facts.get(role) for role in (*REACHED, _HOME)):
        return False
    if facts.get("term"):
        return True
    if private != {"birth_date"}:
        return False
    return bool(facts.get("profile")) and all(map(born_in_public, facts["birth_date"]))


def practises(group: str, facts: Facts, books: Books, *, mobile: bool) -> bool:
    """Whether who is named practises a profession by which he is called (弁護士氏名), or beside an office of each one's
    own (事務所所在地): the telephone is the office's. `mobile`: whether it is carried about; then an office is told of,
    too."""
    offices = any(c.look.distinct >= books.weights.bodies for c in facts.get("practice", ()))
    if any(c.label.text.startswith(books.professions) for c in facts.get("names", ())):
        return offices or not mobile
    return offices and not mobile and not facts.get(_HOME) and (not group or group in books.members)


def reached_only(person: Person, books: Books) -> bool:
    """Whether nothing is told of somebody but how he is reached, and not at home; nor is he named for what he wants."""
    reached = {*REACHED, _HOME, "postal_code"}
    own = any(c.label.text.startswith(books.own_headings) for found in person.roles.values() for c in found)
    return not person.group and not own and reached.issuperset(person.roles)


def in_posts(columns: list[Column], books: Books) -> list[Column]:
    """Columns of names under headings of posts (会長), or of what somebody does for others (保健師) where no heading says
    that he lives somewhere: those of people in their function."""
    least, lived = books.weights.names_beside, _at_home(columns, books)

    def held(column: Column) -> bool:
        said = column.label.text
        if column.role or not said:
            return False
        called = posts.is_post(said, books) or (not lived and posts.bare(said).endswith(books.callings))
        return called and column.look.name >= least

    return [with_role(c, "official") if held(c) else c for c in columns]


def _at_home(columns: Sequence[Column], books: Books) -> bool:
    """Whether a list tells of lives, or addresses are headed as homes are, and no body is told of."""
    homes = (_LIVED, *books.own_headings)
    lived = any(c.role == _HOME and c.label.text.startswith(homes) for c in columns)
    told = any(c.role in _LIFE for c in columns)
    return told or (lived and not any(c.role in _BODIES for c in columns))
