"""Keys of raw columns by native code: cells written plainly are read in one pass, the others are left to :mod:`bulk`.

A cell counts as plain only where nothing that folding or trimming a whole column does could change it: so it has one
key whatever stands in the cells beside it.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable
from functools import cache, lru_cache

import numpy as np
import polars as pl

from dlp import native
from dlp.native import series
from dlp.native.series import Marks
from dlp.subjects.books import Books
from dlp.subjects.cells import folding, keys
from dlp.subjects.cells.flat import DROPPED, HARD, PLAIN, Table, matching
from dlp.subjects.words import BLANKS

type Found = tuple[pl.Series, Marks]
type Quick = Callable[[pl.Series], Found | None]

_LAST, _PAIR = 8, 16  # as keys.c has them
_BMP = 1 << 16


def phones(cells: pl.Series) -> Found | None:
    """See `bulk.phones`."""
    return series.call("key_phones", cells)


def emails(cells: pl.Series) -> Found | None:
    """See `bulk.emails`."""
    return series.call("key_emails", cells)


def births(cells: pl.Series) -> Found | None:
    """See `bulk.births`."""
    return series.call("key_births", cells)


def readings(cells: pl.Series) -> Found | None:
    """See `bulk.readings`."""
    letters, pairs = _kana_signs()
    return series.call("key_letters", cells, letters, pairs, len(pairs), 2, 24)


def names(books: Books) -> Quick:
    """See `bulk.names`, and `naming.person_name` of what it gives."""
    return lambda cells: _names(cells, books, whole=True)


def halves(books: Books) -> Quick:
    """See `bulk.names`: a surname or a given name in a column of its own."""
    return lambda cells: _names(cells, books, whole=False)


def _names(cells: pl.Series, books: Books, *, whole: bool) -> Found | None:
    letters, pairs = _name_signs(books)
    return series.call("key_letters", cells, letters, pairs, len(pairs), 2 if whole else 1, 20)


def begins(cells: pl.Series, firsts: str) -> Marks | None:
    """Cells whose first character a pattern of one matches, and perhaps others; None without one or native code."""
    may = np.zeros(cells.len(), np.bool_)
    if native.library is None or not firsts or series.over("begins", cells, _matching(firsts).view(np.uint8), may) < 0:
        return None
    return may


@lru_cache(4)
def _matching(pattern: str) -> Marks:
    return matching(pattern)


def sexes(cells: pl.Series) -> Found | None:
    """See `keys.sex_key`."""
    words, sizes, numbers = _sex_words()
    return series.call("key_words", cells, words, sizes, numbers, len(sizes))


def labelled(label: str) -> Quick:
    """The cell behind its label, "整理番号:12"."""
    said = label.encode("utf-8", "surrogatepass")
    return lambda cells: series.call("key_labelled", cells, said, len(said))


def present(cells: pl.Series) -> Found | None:
    """Whether a cell says anything, as postal codes and other numbers do."""
    hard, found = np.zeros(cells.len(), np.bool_), np.zeros(cells.len(), np.bool_)
    if native.library is None or series.over("figured", cells, hard, found) < 0:
        return None
    return pl.Series(found), hard


def addresses(towns_of: Callable[[pl.Series], pl.Series]) -> Quick:
    """See `bulk.addresses`; `towns_of` reads what stands before house numbers."""
    return lambda cells: _addresses(cells, towns_of)


def _addresses(cells: pl.Series, towns_of: Callable[[pl.Series], pl.Series]) -> Found | None:
    ids, sizes = np.zeros(cells.len(), np.int32), np.zeros(cells.len(), np.int32)
    found = series.call("towns", cells, _changeable().view(np.uint8), ids, sizes)
    if found is None:
        return None
    towns, hard = found
    keyed = series.call("key_addresses", cells, towns_of(towns), ids, sizes, keys.ADDRESS_LEAST)
    return None if keyed is None else (keyed[0], hard | keyed[1])


@cache
def _changeable() -> Marks:
    """Characters that folding, normalising or trimming may change or take away; and those that stand for no text."""
    # Marks and jamo may join the letter before them.
    marks = matching(folding.FOLDED + r"|\s|\p{M}|[\x{1100}-\x{11ff}]")
    codes = np.flatnonzero(~marks)
    codes = codes[(codes < 0xD800) | (codes >= 0xE000)]
    letters = pl.Series(list(map(chr, codes.tolist())))
    marks[codes[(letters.str.normalize("NFKC") != letters).to_numpy()]] = True
    marks[0xD800:0xE000] = True
    return marks


def _signs(table: Table, words: Iterable[str], lasts: str = "") -> tuple[np.ndarray, np.ndarray]:
    """A table for native code, what each letter becomes and of which kind it is; and the pairs of letters that begin
    `words`."""
    kinds = table.kinds.copy()
    kinds[_changeable()] = HARD
    # A space of any width is dropped with the others: what folding makes of it is one.
    dropped = np.flatnonzero(table.kinds == DROPPED) if table.kinds[0x20] == DROPPED else ()
    kinds[[c for c in dropped if unicodedata.normalize("NFKC", chr(c)) == " "]] = DROPPED
    kinds[0] = kinds[ord("\n")] = HARD
    plain = kinds == PLAIN
    kinds[plain & np.isin(table.into, [ord(letter) for letter in lasts if ord(letter) < _BMP])] |= _LAST
    heads = {word[:2] for word in words if len(word) > 1 and max(map(ord, word[:2])) < _BMP}
    pairs = heads | {"".join(chr(table.into[ord(letter)]) for letter in head) for head in heads}
    firsts = [ord(pair[0]) for pair in pairs]
    kinds[plain & np.isin(table.into, firsts)] |= _PAIR
    letters = table.into.astype(np.uint32) | kinds.astype(np.uint32) << 16
    return letters, np.array(sorted(ord(pair[0]) << 16 | ord(pair[1]) for pair in pairs), np.uint32)


@cache
def _kana_signs() -> tuple[np.ndarray, np.ndarray]:
    return _signs(Table.of(keys.PLAIN_KANA, "[ァ-ヺヽヾ]"), BLANKS)


@lru_cache(2)
def _name_signs(books: Books) -> tuple[np.ndarray, np.ndarray]:
    words = (*BLANKS, *books.bodies_in_names, *books.bodies_in_kana, *books.sums, *books.not_persons, *books.parties)
    lasts = "".join(
        (
            *{word[-1] for word in (*books.honorifics, *books.places, keys.SEAL)},
            *(word for word in BLANKS if len(word) == 1),
        )
    )
    return _signs(Table.of(keys.NAME_SIGNS, f"[{folding.HAN}{folding.HIRA}{folding.KANA}]"), words, lasts)


@cache
def _sex_words() -> tuple[bytes, np.ndarray, np.ndarray]:
    odd = _changeable()
    known = {
        word.encode(): number
        for word, number in keys.SEX.items()
        if word not in BLANKS and not any(ord(letter) >= _BMP or odd[ord(letter)] for letter in word)
    }
    return b"".join(known), np.array(list(map(len, known)), np.int32), np.array(list(known.values()), np.int8)
