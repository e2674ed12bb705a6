"""What may be a person's name among keys of names, in columns: no total, no note, no company, no club.

Of a handful, cell by cell, :mod:`dlp.subjects.people.few` says the same; a test holds the two together.
"""

from __future__ import annotations

import re
from functools import lru_cache

import polars as pl

from dlp.subjects.books import Books
from dlp.subjects.cells import cells, folding, keys

#: A key that letters of names make.
NAME = rf"^(?:[{folding.HAN}{folding.HIRA}{folding.KANA}]{{1,20}}|[{folding.KANA}]{{21,40}}|[a-zà-ÿ'\-]{{3,40}})$"
#: What only somebody who lives has: where a table says it, no word makes a club or a town of a name.
LIVED = frozenset(("birth_date", "sex", "age"))


def person_name(key: pl.Expr, books: Books, said: pl.Expr | None = None, *, alone: bool = False) -> pl.Expr:
    """`key` where it may be a person's name; totals, notes, bodies and single signs are null. `alone`: it stands in one
    cell; `said`: that cell, where it may be a body's."""
    good = key.str.contains(NAME) & ~key.is_in(list(books.not_persons))
    good = good & ~key.str.contains_any(list(books.bodies_in_names)) & ~key.str.slice(0, 2).is_in(list(books.sums))
    if alone:
        good = good & ~key.is_in(list(books.single_signs))
    if said is not None:
        halves = said.str.replace(honoured(books), "").str.contains(HALVES)
        good = good & (halves | ~key.is_in([*books.places, *books.parties])) & ~is_body(key, said, books)
    return pl.when(good).then(key).otherwise(None)


def is_body(key: pl.Expr, said: pl.Expr, books: Books) -> pl.Expr:
    """Whether `key`, which stands in the cell `said`, is what a company or a club is called."""
    bare = said.str.replace(honoured(books), "")
    called = (
        pl.when(bare.str.contains(HALVES))
        .then(bare.str.contains(kana_body_apart(books)))
        .otherwise(key.str.contains(kana_body(books)))
    )
    return called | bare.str.contains(INCORPORATED)


#: A company's form in brackets, which a key leaves out: 佐藤(有), (株)佐藤.
INCORPORATED = r"[(（](?:有|株|合|名|資|同|医|社|財|福|学|宗|一社|一財|公社|公財|特非|独)[)）]|[㈱㈲㈳㈶]"
#: A surname and a given name with a blank between: 上山 市 is no town, 大汲 愛 (オオクミ アイ) no union.
HALVES = rf"^[{folding.HAN}{folding.HIRA}{folding.KANA}]+[ \u3000]+[{folding.HAN}{folding.HIRA}{folding.KANA}]+$"


@lru_cache(2)
def honoured(books: Books) -> str:
    """An honorific at a cell's end, as a pattern."""
    return rf"[ \u3000]*(?:{'|'.join(map(re.escape, books.honorifics))})$"


def latin_name(column: pl.Expr, books: Books) -> pl.Expr:
    """See `few.latin_name`."""
    key = keys.latin_key(column)
    body = key.str.split(" ").list.set_intersection(sorted(books.bodies_in_latin)).list.len() > 0
    return pl.when(~body).then(key)


_LONG = 6  # letters of a word in kana that no person's name holds


@lru_cache(2)
def kana_body(books: Books) -> str:
    """What companies and clubs are called in kana, as a pattern of keys: their word at the end, a long one anywhere.
    朝倉文太 (アサクラブンタ) is no club."""
    words = _kana_words(books)
    return f"{'|'.join(word for word in words if len(word) >= _LONG)}|.{{2}}(?:{'|'.join(words)})$"


@lru_cache(2)
def kana_body_apart(books: Books) -> str:
    """The same of cells of two words: in one of them, not in both."""
    words = _kana_words(books)
    return f"{'|'.join(word for word in words if len(word) >= _LONG)}|(?:{'|'.join(words)})$"


def _kana_words(books: Books) -> list[str]:
    keyed = (cells.kana_key(word) for word in books.bodies_in_kana)
    return sorted({*books.bodies_in_kana, *filter(None, keyed)})
