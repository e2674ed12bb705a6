"""Mentions of a handful of people, row by row: what `people` makes of whole columns, without a query for each key.

The same rows give the same mentions either way; a test holds that. See :mod:`dlp.subjects.cells.cells` for why there are two.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import chain
from typing import Any

from dlp.finding import Category
from dlp.subjects.books import Books
from dlp.subjects.cells import cells, naming, restored
from dlp.subjects.cells.cells import Cell
from dlp.subjects.people import people
from dlp.subjects.people.people import BIT
from dlp.subjects.plan.columns import Column, Person, Plan

#: Rows of a table up to which this is the faster way.
ROWS = 150

#: Fields as in `people.SCHEMA`.
type Mention = dict[str, Any]
type Row = Sequence[Cell]
type Data = Mapping[int, Sequence[Cell]]

_NAME = cells.compiled(naming.NAME)
_HALVES = cells.compiled(naming.HALVES)
_ERA_POINT = cells.compiled(people.ERA_POINT)
_KEYED = tuple((key, BIT[category]) for key, category in people.KEYED.items())
_WHO = (*people.NAMES, "number")
_CODED = {category: BIT[Category(category)] for category in (*people.CODES, *people.POLICIES)}


def mentions(rows: Sequence[Row], plan: Plan, part: int, books: Books) -> tuple[list[Mention], list[int]]:
    """See `people.mentions`; the rows that are left, by their numbers in `rows`."""
    at = _body(rows, plan, books)
    body = [rows[i] for i in at]
    used = {c.index for p in plan.people for found in people.all_columns(p) for c in found}
    used |= {c.index for c in plan.numbers}
    if not body or not used:
        return [], at
    data = {i: cells.said([row[i] for row in body]) for i in used}
    found = [_person(data, person, part, books) for person in plan.people]
    taken = {c.index for p in plan.people for c in p.roles.get("individual_number", ())}
    found += [_bare(data[c.index], part) for c in plan.numbers if c.index not in taken]
    told = set(chain.from_iterable(found))
    return list(chain.from_iterable(one.values() for one in found)), [row for i, row in enumerate(at) if i not in told]


_INCORPORATED = re.compile(naming.INCORPORATED)


@lru_cache(2)
def _bodies_in_names(books: Books) -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, sorted(books.bodies_in_names))) or "(?!)")


@lru_cache(8)
def _compiled(pattern: str) -> re.Pattern[str]:
    return cells.compiled(pattern)


def _body(rows: Sequence[Row], plan: Plan, books: Books) -> list[int]:
    """The numbers of the rows of data: no example rows."""
    body = list(range(plan.start, len(rows)))
    if not plan.people:
        return body
    marks, example = people.marked(plan), _compiled(books.example_row)
    kept = [i for i in body if not any(cell and example.search(cell) for cell in map(rows[i].__getitem__, marks))]
    return kept if len(body) - len(kept) <= people.EXAMPLES else body


def _person(data: Data, person: Person, part: int, books: Books) -> dict[int, Mention]:
    roles, height = person.roles, len(next(iter(data.values())))
    of = {
        "name": _names(data, person, books, height),
        "kana": _readings(data, person, books, height),
        "latin": _keyed(data, _each(person.latin), lambda text: latin_name(text, books), height),
        "number": _keyed(data, _each(roles.get("individual_number", ())), restored.number, height),
        "code": _coded(data, people.CODES, roles, height),
        "policy": _coded(data, people.POLICIES, roles, height),
        "local": _labelled(data, roles.get("id", ()), height),
        "care": _labelled(data, roles.get("sensitive", ()), height),
        "birth": _births(data, roles.get("birth_date", ()), height),
        "phone": _keyed(data, _each(roles.get("phone", ())), cells.phone_key, height),
        "email": _emails(data, roles, books, height),
        "address": _keyed(data, people.address_chains(roles.get("address", ()), books), cells.address_key, height),
        "account": _coded(data, ("bank_account",), roles, height),
        "sex": _keyed(data, _each(roles.get("sex", ())), cells.sex_key, height),
        "age": _keyed(data, _each(roles.get("age", ())), cells.age_key, height),
    }
    found = _finished(of, _bits(data, roles, books, height), part, height, sure=person.sure)
    for column in roles.get("levied", ()):
        for i, cell in enumerate(data[column.index]):
            if i in found and cell is not None and cell.lower() not in books.nothing_said:
                found[i]["cats"] |= BIT[Category.SENSITIVE]
    return found


def _finished(
    of: Mapping[str, Sequence[Any]], bits: Sequence[int], part: int, height: int, *, sure: bool
) -> dict[int, Mention]:
    """Those with a name and an attribute, or a number, by their place."""
    found = {}
    for i in range(height):
        if all(of[key][i] is None for key in _WHO):
            continue  # nobody is told of
        mention: Mention = {key: column[i] for key, column in of.items()}
        cats = bits[i]
        for key, bit in _KEYED:
            if mention[key] is not None:
                cats |= bit
        if mention["latin"] is not None:  # a name, too
            cats |= BIT[Category.NAME]
        for key in ("code", "policy"):
            if mention[key] is not None:
                cats |= _CODED[mention[key].partition(":")[0]]
        named = mention["name"] is not None or mention["kana"] is not None or mention["latin"] is not None
        if (named and cats & people.ATTRIBUTE_BITS) or mention["number"] is not None:
            mention |= {"cats": cats, "sure": sure, "part": part}
            found[i] = mention
    return found


def _emails(data: Data, roles: Mapping[str, Sequence[Column]], books: Books, height: int) -> list[Any]:
    """See `people._emails`."""
    found = _keyed(data, _each(roles.get("email", ())), cells.email_key, height)
    staff = ((column, says) for role, says in books.staff.items() for column in roles.get(role, ()))
    for column, says in staff:
        for i, key in enumerate(_keyed(data, [[column]], cells.email_key, height)):
            if found[i] is None and key is not None and not says.search(key):
                found[i] = key
    return found


def _each(columns: Iterable[Column]) -> list[list[Column]]:
    return [[column] for column in columns]


def _joined(data: Data, columns: Sequence[Column], sign: str = "") -> Sequence[Cell]:
    """Cells of several columns as one, None where all are blank."""
    if len(columns) == 1:
        return data[columns[0].index]
    return [sign.join(filter(None, row)) or None for row in zip(*(data[c.index] for c in columns), strict=True)]


def _keyed(data: Data, chains: Sequence[Sequence[Column]], key: Callable[[str], Any], height: int) -> list[Any]:
    """In each row the first key there is; a chain is one column, or several whose cells are joined."""
    found: list[Any] = [None] * height
    for columns in chains:
        for i, cell in enumerate(_joined(data, columns)):
            if found[i] is None and cell is not None:
                found[i] = key(cell)
    return found


def _names(data: Data, person: Person, books: Books, height: int) -> list[Cell]:
    if not person.names:
        return [None] * height
    ordered = sorted(person.names, key=lambda c: c.role == "given")
    rows = zip(*(data[c.index] for c in ordered), strict=True)
    keyed = ("".join(cells.name_key(cell, books.honorifics) for cell in row if cell) for row in rows)
    if len(ordered) > 1:
        return [person_name(key, books) for key in keyed]
    lived = bool(naming.LIVED & person.roles.keys())
    said = data[ordered[0].index]
    return [
        person_name(k, books, None if lived else cell or "", alone=True) for k, cell in zip(keyed, said, strict=True)
    ]


def person_name(key: str, books: Books, said: Cell = None, *, alone: bool = False) -> Cell:
    """See `naming.person_name`."""
    if not _NAME.search(key) or key in books.not_persons or key[:2] in books.sums:
        return None
    if _bodies_in_names(books).search(key) or (alone and key in books.single_signs):
        return None
    if (
        said is not None
        and (key in books.places or key in books.parties)
        and not _HALVES.search(_unhonoured(said, books))
    ):
        return None
    return None if said is not None and _is_body(key, said, books) else key


def _unhonoured(said: str, books: Books) -> str:
    return _compiled(naming.honoured(books)).sub("", said, count=1)


def _is_body(key: str, said: str, books: Books) -> bool:
    bare = _unhonoured(said, books)
    if _INCORPORATED.search(bare):
        return True
    if _HALVES.search(bare):
        return _compiled(naming.kana_body_apart(books)).search(bare) is not None
    return _compiled(naming.kana_body(books)).search(key) is not None


def latin_name(text: str, books: Books) -> Cell:
    """The key of a name in Latin letters; None for what a shop, a company or a club is called."""
    key = cells.latin_key(text)
    return key if key and books.bodies_in_latin.isdisjoint(key.split(" ")) else None


def _readings(data: Data, person: Person, books: Books, height: int) -> list[Cell]:
    """Readings; of who is named in kana alone, those of companies and clubs left out."""
    ordered = sorted(person.readings, key=lambda c: c.role == "given_kana")
    found: list[Cell] = _keyed(data, [ordered] if ordered else [], cells.kana_key, height)
    if person.names or len(ordered) != 1 or naming.LIVED & person.roles.keys():
        return found
    said = data[ordered[0].index]
    return [None if key and _is_body(key, cell or "", books) else key for key, cell in zip(found, said, strict=True)]


def _coded(data: Data, categories: Sequence[str], roles: Mapping[str, Sequence[Column]], height: int) -> list[Cell]:
    found: list[Cell] = [None] * height
    for category in categories:
        for i, cell in enumerate(_joined(data, roles[category], "-")) if category in roles else ():
            if found[i] is None and cell is not None and (key := cells.code_key(cell)):
                found[i] = f"{category}:{key}"
    return found


def _labelled(data: Data, columns: Sequence[Column], height: int) -> list[Cell]:
    found: list[Cell] = [None] * height
    for column in columns:
        for i, cell in enumerate(data[column.index]):
            if found[i] is None and cell is not None:
                found[i] = f"{column.label.text}:{cell.lower()}"
    return found


def _births(data: Data, columns: Sequence[Column], height: int) -> list[int | None]:
    if len(columns) < 3:
        return _keyed(data, _each(columns), cells.any_birth_key, height)
    found: list[int | None] = []
    for row in zip(*(data[c.index] for c in columns), strict=True):
        pieces = ".".join(cell.rstrip("年月日") for cell in row if cell is not None)
        found.append(None if None in row else cells.birth_key(_ERA_POINT.sub(r"\1", pieces, count=1)))
    return found


def _bits(data: Data, roles: Mapping[str, Sequence[Column]], books: Books, height: int) -> list[int]:
    bits = [0] * height
    for role, category in people.BARE.items():
        for column in people.bare(role, roles, books):
            for i, cell in enumerate(data[column.index]):
                if cell is not None and cell.lower() not in books.nothing_said:
                    bits[i] |= BIT[category]
    for column in roles.get("individual_number", ()):
        for i, cell in enumerate(data[column.index]):
            if cell is not None and restored.rounded(cell):
                bits[i] |= BIT[Category.INDIVIDUAL_NUMBER]
    return bits


def _bare(column: Sequence[Cell], part: int) -> dict[int, Mention]:
    """Individual Numbers in a table without names."""
    of: dict[str, Sequence[Any]] = {key: [None] * len(column) for key in people.FACTS}
    of["number"] = [cell and restored.number(cell) for cell in column]
    return _finished(of, [0] * len(column), part, len(column), sure=True)
