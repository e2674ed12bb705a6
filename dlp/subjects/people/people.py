"""Mentions of people: one row a person met at one place, with comparable keys. Built column by column."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import reduce

import numpy as np
import numpy.typing as npt
import polars as pl

from dlp.finding import ATTRIBUTES, Category
from dlp.subjects.books import Books
from dlp.subjects.cells import birth_keys, bulk, keys, naming, quick, restored
from dlp.subjects.people.body import Body
from dlp.subjects.plan.columns import OWN, SHARED, Column, Person, Plan

type Marks = npt.NDArray[np.bool_]

#: Bit of each category in a mention's `cats`.
BIT = {category: 1 << i for i, category in enumerate(Category)}
ATTRIBUTE_BITS = sum(BIT[category] for category in ATTRIBUTES)

#: Columns of a mention. Keys are comparable strings or integers, null where unknown.
SCHEMA: dict[str, pl.DataType] = {
    "name": pl.String(),  # kanji name without spaces, variants folded
    "kana": pl.String(),
    "latin": pl.String(),
    "number": pl.String(),  # Individual Number, valid
    "code": pl.String(),  # "licence:…": a number one person alone has
    "policy": pl.String(),  # insured person's number: a household may share it
    "local": pl.String(),  # "宛名番号:…": a person's number in one register
    "care": pl.String(),  # "要介護度:…": illness, care need and the like
    "birth": pl.Int32(),  # yyyymmdd
    "phone": pl.String(),
    "email": pl.String(),
    "address": pl.String(),
    "account": pl.String(),
    "sex": pl.Int8(),
    "age": pl.Int16(),
    "cats": pl.UInt32(),
    "sure": pl.Boolean(),  # False where the name was only guessed to be one
    "part": pl.UInt32(),
}
#: What a mention says, the rest being about it.
FACTS = tuple(name for name in SCHEMA if name not in ("cats", "sure", "part"))
#: Numbers of one person each, by rank of how much they say.
CODES = ("resident_code", "licence", "passport", "residence_card", "pension")
POLICIES = ("insurance", "card")


def empty() -> pl.DataFrame:
    """No mentions."""
    return pl.DataFrame(schema=SCHEMA)


def mentions(frame: pl.DataFrame, plan: Plan, part: int, books: Books) -> tuple[pl.DataFrame, Marks]:
    """People of a table, rows without a name and attribute left out; and which rows below its header are read."""
    below = frame.slice(plan.start)
    shown = _shown(below, plan, books)
    body = below if shown is None else below.filter(~shown)
    used = {c.index for p in plan.people for found in all_columns(p) for c in found} | {c.index for c in plan.numbers}
    if body.is_empty() or not used:
        return empty(), np.zeros(below.height, np.bool_)
    columns = Body(body)
    found = [_person(columns, person, part, books) for person in plan.people]
    taken = {c.index for p in plan.people for c in p.roles.get("individual_number", ())}
    found += [_bare(columns, column, part) for column in plan.numbers if column.index not in taken]
    told = reduce(np.logical_or, (told.to_numpy() for _, told in found))
    return pl.concat(people for people, _ in found), told if shown is None else _with_shown(told, shown)


def all_columns(person: Person) -> Iterable[Sequence[Column]]:
    """The columns that say something of a person, by what they say."""
    return [person.names, person.readings, person.latin, *person.roles.values()]


def _shown(body: pl.DataFrame, plan: Plan, books: Books) -> pl.Series | None:
    """The rows that are examples; None where none is."""
    if not plan.people:
        return None
    shown: Marks = np.zeros(body.height, np.bool_)
    for i in marked(plan):
        cells = body[f"c{i}"]
        may = quick.begins(cells, books.example_firsts)
        if may is None:
            shown |= _examples(cells, books)
        elif may.any():
            places = np.flatnonzero(may)
            shown[places] |= _examples(cells.gather(places), books)
    return pl.Series(shown) if 0 < shown.sum() <= EXAMPLES else None


def _examples(cells: pl.Series, books: Books) -> Marks:
    found: Marks = cells.str.contains(books.example_row).fill_null(value=False).to_numpy()
    return found


def _with_shown(told: Marks, shown: pl.Series) -> Marks:
    """Marks of the rows without examples as those of all; examples are read."""
    marks: Marks = shown.to_numpy().copy()
    marks[~marks] = told
    return marks


#: Rows that a table marks as examples; more of them are a list that calls itself one.
EXAMPLES = 3


def marked(plan: Plan) -> list[int]:
    """Columns in which an example row says that it is one."""
    first = plan.people[0].place
    return sorted({0, first, max(0, first - 1)})


def _col(column: Column) -> pl.Expr:
    return pl.col(f"c{column.index}")


def _person(body: Body, person: Person, part: int, books: Books) -> tuple[pl.DataFrame, pl.Series]:
    roles = person.roles
    found = {
        "name": _name(body, person, books),
        "kana": _reading(body, person, books),
        "latin": body.first(_each(person.latin), keys.over(lambda text: naming.latin_name(text, books))),
        "number": body.first(_each(roles.get("individual_number", ())), restored.numbers),
        "code": _coded(body, CODES, roles),
        "policy": _coded(body, POLICIES, roles),
        "local": _labelled(body, roles.get("id", ())),
        "care": _labelled(body, roles.get("sensitive", ())),
        "birth": _birth(body, roles.get("birth_date", ())),
        "phone": body.first(_each(roles.get("phone", ())), bulk.phones, quick.phones),
        "email": _emails(body, roles, books),
        "address": body.first(
            _indices(address_chains(roles.get("address", ()), books)), bulk.addresses, _QUICK_ADDRESSES
        ),
        "account": _coded(body, ("bank_account",), roles),
        "sex": body.first(_each(roles.get("sex", ())), keys.over(keys.sex_key), quick.sexes),
        "age": body.first(_each(roles.get("age", ())), keys.over(birth_keys.age_key)),
        "other": _bits(body, roles, books),
        "secret": _secret(body, roles, books),
    }
    keyed = pl.DataFrame([key.rename(name) for name, key in found.items() if key is not None])
    return finish(keyed, part, sure=person.sure)


def _emails(body: Body, roles: Mapping[str, Sequence[Column]], books: Books) -> pl.Series | None:
    """Mail addresses; of the office's own columns those of others alone."""
    found = body.first(_each(roles.get("email", ())), bulk.emails, quick.emails)
    for role, says in books.staff.items():
        theirs = body.first(_each(roles.get(role, ())), bulk.emails, quick.emails)
        if theirs is None:
            continue
        hosts = theirs.str.extract("(@.*)$", 1)
        ours = [host for host in hosts.unique().drop_nulls() if says.search(host)]
        others = theirs.zip_with(~hosts.is_in(ours).fill_null(value=False), pl.Series([None], dtype=pl.String))
        found = others if found is None else found.zip_with(found.is_not_null(), others)
    return found


_QUICK_ADDRESSES = quick.addresses(bulk.towns_kept)


def _indices(chains: Iterable[Sequence[Column]]) -> list[list[int]]:
    return [[column.index for column in chain] for chain in chains]


def _each(columns: Iterable[Column]) -> list[list[int]]:
    return [[column.index] for column in columns]


def finish(keyed: pl.DataFrame, part: int, *, sure: bool) -> tuple[pl.DataFrame, pl.Series]:
    """Keys, and columns "other" and "secret" (bits of categories without a key; of what makes nobody), to mentions; nobody left out but those without
    name and attribute or number. A column that is missing is known of nobody. And which rows are mentions."""
    held = set(keyed.columns)
    cats = pl.col("other") if "other" in held else pl.lit(0, pl.UInt32)
    for key, kind in KEYED.items():
        if key in held:
            cats = cats | pl.col(key).is_not_null().cast(pl.UInt32) * BIT[kind]
    if "latin" in held:  # a name, too
        unwritten = pl.col("name").is_null() if "name" in held else pl.lit(value=True)
        cats = cats + (pl.col("latin").is_not_null() & unwritten).cast(pl.UInt32) * BIT[Category.NAME]
    for key, categories in (("code", CODES), ("policy", POLICIES)):
        for category in categories if key in held else ():
            said = pl.col(key).str.starts_with(category).fill_null(value=False)
            cats = cats + said.cast(pl.UInt32) * BIT[Category(category)]
    people = keyed.with_columns(cats.cast(pl.UInt32).alias("cats"))
    named = pl.any_horizontal(pl.lit(value=False), *(pl.col(n).is_not_null() for n in NAMES if n in held))
    whole = named & (pl.col("cats") & ATTRIBUTE_BITS != 0)
    if "number" in held:
        whole = whole | pl.col("number").is_not_null()
    about = {"sure": pl.lit(sure), "part": pl.lit(part, pl.UInt32)}
    told = people.select(whole.alias("told")).to_series()
    if "secret" in held:
        people = people.with_columns(pl.col("cats") | pl.col("secret"))
    kept = (people if told.all() else people.filter(told)).select(
        (pl.col(name) if name in people.columns else about.get(name, pl.lit(None))).cast(kind).alias(name)
        for name, kind in SCHEMA.items()
    )
    return kept, told


NAMES = ("name", "kana", "latin")
#: Keys whose presence is a category.
KEYED = {
    "name": Category.NAME,
    "kana": Category.KANA,
    "number": Category.INDIVIDUAL_NUMBER,
    "birth": Category.BIRTH_DATE,
    "phone": Category.PHONE,
    "email": Category.EMAIL,
    "address": Category.ADDRESS,
    "account": Category.BANK_ACCOUNT,
    "sex": Category.SEX,
    "age": Category.AGE,
}


def _name(body: Body, person: Person, books: Books) -> pl.Series | None:
    ordered = [c.index for c in sorted(person.names, key=lambda c: c.role == "given")]
    if not ordered:
        return None
    if len(ordered) == 1:
        lived = bool(naming.LIVED & person.roles.keys())
        return body.key(ordered[0], lambda cells: _alone(cells, books, lived=lived), quick.names(books))
    halves = quick.halves(books)
    parts = [body.key(i, lambda cells: bulk.names(cells, books), halves).alias(f"n{i}") for i in ordered]
    joined = pl.concat_str([part.name for part in parts], ignore_nulls=True)
    return keys.compute(pl.DataFrame(parts), naming.person_name(joined, books)).to_series()


def _alone(cells: pl.Series, books: Books, *, lived: bool) -> pl.Series:
    """Names that stand in one cell each."""
    read = pl.DataFrame([cells.alias("said"), bulk.names(cells, books).alias("key")])
    said = pl.col("said") if not lived else None
    return keys.compute(read, naming.person_name(pl.col("key"), books, said, alone=True)).to_series().rename(cells.name)


def _reading(body: Body, person: Person, books: Books) -> pl.Series | None:
    """Readings; of who is named in kana alone, in one cell, those of companies and clubs left out."""
    ordered = [c.index for c in sorted(person.readings, key=lambda c: c.role == "given_kana")]
    found = body.joined(ordered, bulk.readings, quick.readings) if ordered else None
    if found is None or person.names or len(ordered) > 1 or naming.LIVED & person.roles.keys():
        return found
    read = pl.DataFrame([body.said(ordered[0]).alias("said"), found.alias("key")])
    key = pl.col("key")
    named = pl.when(~naming.is_body(key, pl.col("said"), books)).then(key)
    return keys.compute(read, named).to_series().rename(found.name)


def _coded(body: Body, categories: Sequence[str], roles: dict[str, list[Column]]) -> pl.Series | None:
    """ "category:key" of the first number there is; several columns of one (記号, 番号) are joined."""
    known = {category: roles[category] for category in categories if roles.get(category)}
    if not known:
        return None
    found = [
        pl.lit(category + ":")
        + keys.code_key(pl.concat_str(list(map(_col, columns)), separator="-", ignore_nulls=True))
        for category, columns in known.items()
    ]
    frame = body.frame(c.index for columns in known.values() for c in columns)
    return keys.compute(frame, pl.coalesce(found)).to_series()


def _labelled(body: Body, columns: Sequence[Column]) -> pl.Series | None:
    """ "header:value" of the first column: comparable only under the same header."""
    if len(columns) == 1:
        label = f"{columns[0].label.text}:"
        said = keys.over(lambda key: pl.lit(label) + key.str.to_lowercase())
        return body.key(columns[0].index, said, quick.labelled(label))
    cells = [pl.lit(f"{c.label.text}:") + _col(c).str.to_lowercase() for c in columns]
    return keys.compute(body.frame(c.index for c in columns), pl.coalesce(cells)).to_series() if cells else None


#: An era in a column of its own.
ERA_POINT = r"^([^0-9]+)\."


def _birth(body: Body, columns: Sequence[Column]) -> pl.Series | None:
    if len(columns) < 3:
        return body.first(_each(columns), bulk.births, quick.births)
    # Year, month and day in columns of their own, the era before them.
    pieces = pl.concat_str([_col(c).str.strip_chars_end("年月日") for c in columns], separator=".")
    frame = body.frame(c.index for c in columns)
    return keys.compute(frame, birth_keys.birth_key(pieces.str.replace(ERA_POINT, "${1}"))).to_series()


def address_chains(columns: Sequence[Column], books: Books) -> list[list[Column]]:
    """Columns of addresses: those of one address together, the present one first; former addresses count, but do not
    tell people apart where there is a present one."""
    former = [c for c in columns if c.label.text in books.former_addresses]
    current = [c for c in columns if c not in former]
    return ([current] if current else []) + [[c] for c in former]


_AMOUNTS = 0.5  # share of figures from which a column is one of amounts
#: Roles whose columns make a name a data subject.
_MAKING = (SHARED | OWN) - {"postal_code", "relationship", "levied"}
#: Roles that are said or not, and make no key.
BARE = {
    "postal_code": Category.POSTAL_CODE,
    "relationship": Category.RELATIONSHIP,
    "sensitive": Category.SENSITIVE,
}


def _bits(body: Body, roles: dict[str, list[Column]], books: Books) -> pl.Series | None:
    """Categories that are present or not, and have no key."""
    known = {category: filled for role, category in BARE.items() if (filled := bare(role, roles, books))}
    said = {c.index: _present(body, c, books) for columns in known.values() for c in columns}
    numbered = {c.index: restored.all_rounded(body.said(c.index)) for c in roles.get("individual_number", ())}
    if any(column.any() for column in numbered.values()):
        known[Category.INDIVIDUAL_NUMBER], said = roles["individual_number"], said | numbered
    if not known:
        return None
    bits = pl.lit(0, dtype=pl.UInt32)
    for category, columns in known.items():
        bits = bits + pl.any_horizontal(said[c.index] for c in columns).cast(pl.UInt32) * BIT[category]
    return pl.select(bits).to_series()


def bare(role: str, roles: Mapping[str, Sequence[Column]], books: Books) -> list[Column]:
    """The columns that say a category without a key by being filled in: of 要配慮 also those of where a family is
    registered (本籍), which are addresses, and of a list that says nothing else of anybody what is secret and no amount."""
    if role != "sensitive":
        return list(roles.get(role, ()))
    registered = (c for c in roles.get("address", ()) if c.label.text in books.domiciles)
    secret = () if told_more(roles) else (c for c in roles.get("levied", ()) if c.look.figures <= _AMOUNTS)
    return [*roles.get(role, ()), *registered, *secret]


def told_more(roles: Mapping[str, Sequence[Column]]) -> bool:
    """Whether a list says anything of people that makes them data subjects, beside what is secret: arrears, say, where
    everything else is blank, are no attribute then."""
    return not _MAKING.isdisjoint(roles)


def _secret(body: Body, roles: Mapping[str, Sequence[Column]], books: Books) -> pl.Series | None:
    """Bits of what is secret about a data subject without making one."""
    said = [_present(body, c, books) for c in roles.get("levied", ())]
    if not said:
        return None
    return pl.select(pl.any_horizontal(said).cast(pl.UInt32) * BIT[Category.SENSITIVE]).to_series()


def _present(body: Body, column: Column, books: Books) -> pl.Series:
    nothing = list(books.nothing_said)
    said = keys.over(lambda cell: (cell.is_not_null() & ~cell.str.to_lowercase().is_in(nothing)).fill_null(value=False))
    return body.key(column.index, said, quick.present).fill_null(value=False)


def _bare(body: Body, column: Column, part: int) -> tuple[pl.DataFrame, pl.Series]:
    """Individual Numbers in a table without names."""
    found = restored.numbers(body.said(column.index))
    return finish(pl.DataFrame({"number": found}), part, sure=True)
