"""Whom the columns of a table tell of: the people of a row, and what is each one's."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from dlp.subjects.books import Books
from dlp.subjects.letters import HAN
from dlp.subjects.plan.columns import NAMES, OWN, REACHED, READINGS, SHARED, Column, Person, group_of
from dlp.subjects.plan.context import office_only
from dlp.subjects.words import listed

#: Roles that say what a table is about.
_CONTEXT = frozenset(listed("title office org facility official author event item count note id date"))
_PAIR = 2
_KANJI = re.compile(f"[{HAN}]")
#: What a row says of the one it is about, wherever it stands: a pupil's allergies after the guardian's name.
_OF_THE_ROW = frozenset(listed("sensitive levied insurance"))


def people_of(columns: Sequence[Column], beside: Callable[[int, int], list[str]], books: Books) -> list[Person]:
    """The people of each row, with the columns that tell of them; nobody who is told of as the holder of an office."""
    people = _people(columns, beside, books)
    _attach(people, columns, books)
    people = [person for person in people if not office_only(person.group, _facts(person, columns, books), books)]
    return _without_parents(people, columns, books)


def _people(columns: Sequence[Column], beside: Callable[[int, int], list[str]], books: Books) -> list[Person]:
    """One Person for each name in a row."""
    people: list[Person] = []
    for column in columns:
        group = group_of(column)
        if column.role == "name":
            alias = group.startswith(books.alias_groups) and any(
                c.role in NAMES and group_of(c) != group for c in columns
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
        group = group_of(column)
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


def _attach(people: list[Person], columns: Sequence[Column], books: Books) -> None:
    """Attributes to people: by group, else shared, else to the name before them."""
    if not people:
        return
    groups = {p.group for p in people if p.group}
    loose: list[Column] = []
    for column in columns:
        if (
            column.role not in SHARED | OWN
            and column.role not in ("secret", "colleague")
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
    if sum(c.role == "name" for c in columns) == 1 and not any(c.role in REACHED for c in columns):
        facts["elected"] += [
            c for c in columns if c.label.text in books.fallen
        ]  # else the bereaved are named or called
    return facts
