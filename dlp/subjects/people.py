"""Mentions of people: one row a person met at one place, with comparable keys. Built column by column."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import polars as pl

from dlp.detect import column_checks
from dlp.finding import ATTRIBUTES, Category
from dlp.subjects import keys
from dlp.subjects.books import Books
from dlp.subjects.columns import Column, Person, Plan

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
NAME = rf"^(?:[{keys.HAN}{keys.HIRA}{keys.KANA}]{{1,20}}|[a-zà-ÿ'\-]{{3,40}})$"


def empty() -> pl.DataFrame:
    """No mentions."""
    return pl.DataFrame(schema=SCHEMA)


def mentions(frame: pl.DataFrame, plan: Plan, part: int, books: Books) -> pl.DataFrame:
    """People of a table, rows without a name and attribute left out."""
    body = _body(frame, plan, books)
    used = {c.index for p in plan.people for found in all_columns(p) for c in found} | {c.index for c in plan.numbers}
    if body.is_empty() or not used:
        return empty()
    body = keys.said(body.select(f"c{i}" for i in sorted(used)))
    found = [_person(body, person, part, books) for person in plan.people]
    taken = {c.index for p in plan.people for c in p.roles.get("individual_number", ())}
    found += [_bare(body, column, part) for column in plan.numbers if column.index not in taken]
    return pl.concat(found) if found else empty()


def all_columns(person: Person) -> Iterable[Sequence[Column]]:
    """The columns that say something of a person, by what they say."""
    return [person.names, person.readings, person.latin, *person.roles.values()]


def _body(frame: pl.DataFrame, plan: Plan, books: Books) -> pl.DataFrame:
    """The rows of data: no example rows, no repeated headers."""
    body = frame.slice(plan.start)
    if not plan.people:
        return body
    example = books.example_row
    keep = pl.all_horizontal(~pl.col(f"c{i}").str.contains(example).fill_null(value=False) for i in marked(plan))
    return body.filter(keep)


def marked(plan: Plan) -> list[int]:
    """Columns in which an example row says that it is one."""
    first = plan.people[0].place
    return sorted({0, first, max(0, first - 1)})


def _col(column: Column) -> pl.Expr:
    return pl.col(f"c{column.index}")


def _first(columns: Sequence[Column], key: object, kind: pl.DataType) -> pl.Expr:
    """The first of several columns that has a key."""
    assert callable(key)
    return pl.coalesce([key(_col(c)) for c in columns]) if columns else pl.lit(None, dtype=kind)


def _person(body: pl.DataFrame, person: Person, part: int, books: Books) -> pl.DataFrame:
    roles = person.roles
    keyed = keys.compute(
        body,
        _name(person, books).alias("name"),
        _reading(person).alias("kana"),
        _first(person.latin, keys.latin_key, pl.String()).alias("latin"),
        _first(roles.get("individual_number", ()), _number, pl.String()).alias("number"),
        _coded(CODES, roles).alias("code"),
        _coded(POLICIES, roles).alias("policy"),
        _labelled(roles.get("id", ())).alias("local"),
        _labelled(roles.get("sensitive", ())).alias("care"),
        _coded(("bank_account",), roles).alias("account"),
        _first(roles.get("sex", ()), keys.sex_key, pl.Int8()).alias("sex"),
        _first(roles.get("age", ()), keys.age_key, pl.Int16()).alias("age"),
        _bits(roles, books).alias("other"),
    ).with_columns(
        _staged(body, [[c] for c in roles.get("phone", ())], keys.plain_phone_key, keys.phone_key, pl.String()).alias(
            "phone"
        ),
        _staged(body, [[c] for c in roles.get("email", ())], keys.plain_email_key, keys.email_key, pl.String()).alias(
            "email"
        ),
        _birth(body, roles.get("birth_date", ())).alias("birth"),
        _address(body, roles.get("address", ()), books).alias("address"),
    )
    return finish(keyed, part, sure=person.sure)


def finish(keyed: pl.DataFrame, part: int, *, sure: bool) -> pl.DataFrame:
    """Keys with a column "other" (bits of categories without a key) to mentions; nobody left out but those without
    name and attribute or number."""
    named = pl.col("name").is_not_null() | pl.col("kana").is_not_null() | pl.col("latin").is_not_null()
    cats = sum(
        (pl.col(key).is_not_null().cast(pl.UInt32) * BIT[category] for key, category in KEYED.items()),
        start=pl.col("other"),
    )
    for category in (*CODES, *POLICIES):
        key = pl.col("code" if category in CODES else "policy")
        cats = cats + key.str.starts_with(category).fill_null(value=False).cast(pl.UInt32) * BIT[Category(category)]
    people = keyed.with_columns(
        cats.cast(pl.UInt32).alias("cats"), pl.lit(sure).alias("sure"), pl.lit(part, pl.UInt32).alias("part")
    )
    whole = named & (pl.col("cats") & ATTRIBUTE_BITS != 0) | pl.col("number").is_not_null()
    return people.filter(whole).select(pl.col(name).cast(kind) for name, kind in SCHEMA.items())


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


def _name(person: Person, books: Books) -> pl.Expr:
    if not person.names:
        return pl.lit(None, dtype=pl.String)
    parts = [keys.name_key(_col(c), books.honorifics) for c in sorted(person.names, key=lambda c: c.role == "given")]
    joined = parts[0] if len(parts) == 1 else pl.concat_str(parts, ignore_nulls=True)
    return person_name(joined, books, paired=len(parts) > 1)


def person_name(key: pl.Expr, books: Books, *, paired: bool = False) -> pl.Expr:
    """`key` where it may be a person's name; totals, notes, bodies and single signs are null."""
    good = key.str.contains(NAME) & ~key.is_in(list(books.not_persons))
    good = good & ~key.str.contains_any(list(books.bodies_in_names)) & ~key.str.slice(0, 2).is_in(list(books.sums))
    if not paired:
        good = good & ~key.is_in(list(books.single_signs))
    return pl.when(good).then(key).otherwise(None)


def _reading(person: Person) -> pl.Expr:
    if not person.readings:
        return pl.lit(None, dtype=pl.String)
    ordered = sorted(person.readings, key=lambda c: c.role == "given_kana")
    cells = [_col(c) for c in ordered]
    joined = cells[0] if len(cells) == 1 else pl.concat_str(cells, ignore_nulls=True)
    return keys.kana_key(joined)


#: What a spreadsheet puts behind a number.
POINT_ZERO = r"\.0+$"


def _number(column: pl.Expr) -> pl.Expr:
    bare = keys.digits(column.str.replace(POINT_ZERO, ""))
    return pl.when(column_checks.individual_number(bare)).then(bare).otherwise(None)


def _coded(categories: Sequence[str], roles: dict[str, list[Column]]) -> pl.Expr:
    """ "category:key" of the first number there is; several columns of one (記号, 番号) are joined."""
    found = []
    for category in categories:
        if columns := roles.get(category):
            joined = pl.concat_str([_col(c) for c in columns], separator="-", ignore_nulls=True)
            found.append(pl.lit(category + ":") + keys.code_key(joined))
    return pl.coalesce(found) if found else pl.lit(None, dtype=pl.String)


def _labelled(columns: Sequence[Column]) -> pl.Expr:
    """ "header:value" of the first column: comparable only under the same header."""
    cells = [pl.lit(f"{c.label.text}:") + _col(c).str.to_lowercase() for c in columns]
    return pl.coalesce(cells) if cells else pl.lit(None, dtype=pl.String)


def _staged(
    body: pl.DataFrame, chains: Sequence[Sequence[Column]], quick: keys.Key, full: keys.Key, kind: pl.DataType
) -> pl.Series:
    """The first key there is; each chain is one column, or several whose cells are joined."""
    found: pl.Series | None = None
    for chain in chains:
        name = f"c{chain[0].index}"
        cells = body[name]
        if len(chain) > 1:
            joined = pl.concat_str([_col(c) for c in chain], ignore_nulls=True)
            cells = body.select(pl.when(joined == "").then(None).otherwise(joined).alias(name)).to_series()
        key = keys.staged(cells, quick, full)
        found = key if found is None else found.zip_with(found.is_not_null(), key)
    return found if found is not None else pl.repeat(None, body.height, dtype=kind, eager=True)


#: An era in a column of its own.
ERA_POINT = r"^([^0-9]+)\."


def _birth(body: pl.DataFrame, columns: Sequence[Column]) -> pl.Series:
    if len(columns) < 3:
        return _staged(body, [[c] for c in columns], keys.western_birth_key, keys.any_birth_key, pl.Int32())
    # Year, month and day in columns of their own, the era before them.
    pieces = pl.concat_str([_col(c).str.strip_chars_end("年月日") for c in columns], separator=".")
    return body.select(keys.birth_key(pieces.str.replace(ERA_POINT, "${1}"))).to_series()


def address_chains(columns: Sequence[Column], books: Books) -> list[list[Column]]:
    """Columns of addresses: those of one address together, the present one first; former addresses count, but do not
    tell people apart where there is a present one."""
    former = [c for c in columns if c.label.text in books.former_addresses]
    current = [c for c in columns if c not in former]
    return ([current] if current else []) + [[c] for c in former]


def _address(body: pl.DataFrame, columns: Sequence[Column], books: Books) -> pl.Series:
    return _staged(body, address_chains(columns, books), keys.numbered_address_key, keys.address_key, pl.String())


#: Roles that are said or not, and make no key.
BARE = {
    "postal_code": Category.POSTAL_CODE,
    "relationship": Category.RELATIONSHIP,
    "sensitive": Category.SENSITIVE,
}


def _bits(roles: dict[str, list[Column]], books: Books) -> pl.Expr:
    """Categories that are present or not, and have no key."""
    bits = pl.lit(0, dtype=pl.UInt32)
    for role, category in BARE.items():
        if columns := roles.get(role):
            bits = bits + _present(columns, books).cast(pl.UInt32) * BIT[category]
    return bits


def _present(columns: Sequence[Column], books: Books) -> pl.Expr:
    nothing = list(books.nothing_said)
    held = [(_col(c).is_not_null() & ~_col(c).str.to_lowercase().is_in(nothing)) for c in columns]
    return pl.any_horizontal(held).fill_null(value=False)


def _bare(body: pl.DataFrame, column: Column, part: int) -> pl.DataFrame:
    """Individual Numbers in a table without names."""
    found = body.select(_number(_col(column)).alias("number"))
    blank = [
        pl.lit(None, dtype=kind).alias(name) for name, kind in SCHEMA.items() if name in FACTS and name != "number"
    ]
    return finish(found.with_columns(*blank, pl.lit(0, pl.UInt32).alias("other")), part, sure=True)
