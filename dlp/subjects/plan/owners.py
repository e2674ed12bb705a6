"""Whom the columns of a table tell of: the people of a row, and what is each one's."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise, starmap

from dlp.subjects.books import Books
from dlp.subjects.letters import HAN
from dlp.subjects.plan.columns import NAMES, OWN, REACHED, READINGS, SHARED, Column, Person, group_of
from dlp.subjects.plan.context import office_only
from dlp.subjects.plan.header import Label
from dlp.subjects.words import listed

#: Roles that say what a table is about.
_CONTEXT = frozenset(listed("title office org facility official author event item count note id date"))
_PAIR = 2
_SIDES = 4  # lists side by side, at most
_DIGITS = "0123456789"
_KANJI = re.compile(f"[{HAN}]")
#: What a row says of the one it is about, wherever it stands: a pupil's allergies after the guardian's name.
_OF_THE_ROW = frozenset(listed("sensitive levied insurance"))


def people_of(columns: Sequence[Column], beside: Callable[[int, int], list[str]], books: Books) -> list[Person]:
    """The people of each row, with the columns that tell of them; nobody who is told of as the holder of an office."""
    people = _people(columns, beside, books)
    for block in _blocks(columns) if len(people) > 1 else (range(len(columns)),):
        of_it = [person for person in people if person.place in block]
        _attach(of_it, [c for c in columns if c.index in block], books)
    context = _context(columns, books)
    people = [person for person in people if not office_only(person.group, _facts(person, context), books)]
    return _without_parents(people, columns, books)


def _blocks(columns: Sequence[Column]) -> Sequence[range]:
    """The places of lists side by side, each with names and what is said of them: of the same headings again and again, or
    with a blank column between; one of all columns where there is but one list."""
    headed = [c for c in columns if c.label.text]
    texts = [c.label.text for c in headed]
    for times in range(2, _SIDES + 1):
        size = len(texts) // times
        if size > 1 and texts[:size] * times == texts:
            starts = [0, *(headed[size * k].index for k in range(1, times)), len(columns)]
            return [range(a, b) for a, b in pairwise(starts)]
    blank = [c.index for c in columns if not c.label.text and not c.look.some]
    starts = sorted({0, *(at + 1 for at in blank), len(columns)})
    blocks = [block for block in starmap(range, pairwise(starts)) if any(columns[i].look.some for i in block)]
    told = [{columns[i].role for i in block} for block in blocks]
    whole = all(roles & {*NAMES, *READINGS} and roles & (SHARED | OWN) for roles in told)
    return blocks if whole and len(blocks) > 1 and headed else [range(len(columns))]


def _people(columns: Sequence[Column], beside: Callable[[int, int], list[str]], books: Books) -> list[Person]:
    """One Person for each name in a row."""
    people: list[Person] = []
    for column in columns:
        group = group_of(column)
        if column.role == "name":
            alias = group.startswith(books.alias_groups) and any(
                c.role in NAMES
                and group_of(c) != group
                and not group_of(c).startswith(books.companions)
                and beside(column.index, c.index)  # else each names others: 名義人 of some, 契約者 of the rest
                for c in columns
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
    people = _told_once(people, beside, books)
    people = [p for p in people if p.names[0].role != "given" or len(people) == 1 or p.group]
    _attach_spellings(people, columns, books)
    return people


def _told_once(people: list[Person], beside: Callable[[int, int], list[str]], books: Books) -> list[Person]:
    """Name, surname and given name of one person, as address books export them: the fuller of both spellings. Of two
    people, the child's beside the parent's, both are kept; what is not written as names are is called so (the name of
    a place in a record of its own) and nobody."""
    kept = list(people)
    for whole in [p for p in people if p.names[0].role == "name"]:
        parts = [p for p in kept if p.group == whole.group and p.names[0].role in ("surname", "given")]
        if len(parts) != 1 or parts[0] not in kept or sum(p.group == whole.group for p in kept) > 2:
            continue
        if any(_of_others(beside(whole.names[0].index, c.index)) for c in parts[0].names if c.role == "given"):
            if whole.names[0].look.name < books.weights.names_distinct:
                kept.remove(whole)
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
    groups = sorted({p.group for p in people if p.group}, key=len, reverse=True)
    alike: dict[tuple[str, Label], list[int]] = {}
    for column in columns:
        alike.setdefault((column.role, column.label), []).append(column.index)
    owners: dict[tuple[str, str, Label], Mapping[int, Sequence[Person]]] = {}
    loose: list[Column] = []
    for column in columns:
        if (
            column.role not in SHARED | OWN
            and column.role not in ("secret", *books.staff)
            and column.label.text not in books.register_numbers
        ):
            continue
        named = _named(column.label.group, groups)
        if named:
            told = (named[0], column.role, column.label)
            if told not in owners:
                owners[told] = _whose(alike[told[1:]], [p for p in people if p.group in named])
            for person in owners[told][column.index]:
                person.roles.setdefault(column.role, []).append(column)
        else:
            loose.append(column)
    _attach_loose(people, loose)


def _named(said: str, groups: Sequence[str]) -> Sequence[str]:
    """Which groups of people, the longest first, a column's heading means: one, or all that are counted; none."""
    if group := next((g for g in groups if said.startswith(g)), ""):
        return (group,)
    longer = [g for g in groups if g.endswith(said)] if said else []  # 保証人住所 beside 連帯保証人
    if len(longer) == 1:
        return longer
    return [g for g in groups if said and g.rstrip(_DIGITS) == said]  # 保護者住所 beside 保護者1 and 保護者2


def _attach_loose(people: Sequence[Person], loose: Sequence[Column]) -> None:
    """Attributes that no group is named for, once those are given that one is."""
    repeated = Counter((c.role, c.label.text) for c in loose)
    having = [{role for role, own in p.roles.items() if p.group and _has(p.group, own)} for p in people]
    for column in loose:
        often = repeated[column.role, column.label.text]
        if column.role in SHARED and not (often > 1 and often >= len(people) > 1):
            for person, roles in zip(people, having, strict=True):
                if column.role not in roles:
                    person.roles.setdefault(column.role, []).append(column)
        else:
            before = _before(people, column.index) if column.role not in _OF_THE_ROW else []
            owner = before[0] if before else people[0]
            owner.roles.setdefault(column.role, []).append(column)


def _has(group: str, columns: Sequence[Column]) -> bool:
    return any(c.label.group == group for c in columns)


def _before(people: Sequence[Person], place: int) -> Sequence[Person]:
    """The last of people, who stand as they are sorted, before a place, if there is one."""
    at = bisect_left(people, place, key=lambda p: p.place)
    return people[at - 1 : at] if at else []


def _whose(places: Sequence[int], people: Sequence[Person]) -> Mapping[int, Sequence[Person]]:
    """Whose of the people of one group each of its columns of one heading is: all of them's, or that of the name before
    it, where there is one for each (事件本人 over 夫 | 生年月日 | 妻 | 生年月日)."""
    owners = {place: _before(people, place) for place in places}
    each = all(owners.values()) and len({owner[0].place for owner in owners.values()}) == len(people)
    return owners if each and len(people) >= _PAIR else dict.fromkeys(places, people)


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


def _context(columns: Sequence[Column], books: Books) -> dict[str, list[Column]]:
    """Columns about offices and bodies, by their role, for the judgement of everybody's context."""
    facts: dict[str, list[Column]] = {}
    for column in columns:
        if column.role in _CONTEXT:
            facts.setdefault(column.role, []).append(column)
    facts["elected"] = [c for c in columns if c.label.text in books.elected]
    facts["practice"] = [c for c in columns if c.label.text in books.practices]
    if any(c.label.text in books.successions for c in columns):  # else of staff, or of members who leave
        facts["term"] = [c for c in columns if c.label.text in books.terms]
    facts["profile"] = [c for c in columns if c.label.text in books.profiles]
    if sum(c.role == "name" for c in columns) == 1 and not any(c.role in REACHED for c in columns):
        facts["elected"] += [
            c for c in columns if c.label.text in books.fallen
        ]  # else the bereaved are named or called
    return facts


def _facts(person: Person, context: Mapping[str, list[Column]]) -> dict[str, list[Column]]:
    """Roles of the person's own columns and, behind them, of those in the context."""
    own = {role: [*found, *context.get(role, ())] for role, found in person.roles.items() if role != "elected"}
    return {**context, **own, "names": person.names}
