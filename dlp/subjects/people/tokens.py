"""Keyed tokens of people: to count who was sent without storing anybody (to find again: `trace`).

A token is the 16-byte BLAKE2b digest, keyed with the city's token key, of one line:

* "n|<Individual Number>" where a valid one is known, else
* "p|<name>|<kind>|<value>", with the strongest of these the content gave, in this order:
  birth (yyyymmdd), phone (digits), email, address (address_key), account, policy, code, else "" and no value.

<name> is the kanji name as `keys.name_key` folds it, else the reading, else the Latin words. The same person has
the same token in mail, web and media whenever name and strongest attribute are the same.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import polars as pl

from dlp.native.digests import in_order
from dlp.native.digests import lines as line_digests
from dlp.subjects.cells.stretches import stretches

SIZE = 16
_MANY = 100  # people from which native code writes their lines
#: Attributes that make a token, strongest first: column of a mention -> kind in the line.
STRONGEST = ("birth", "phone", "email", "address", "account", "policy", "code")


def lines(people: pl.DataFrame) -> pl.Series:
    """One line a person: `people` has one row each with the key columns of a mention."""
    who = pl.coalesce("name", "kana", "latin", pl.lit("")).alias("who")
    left = people.select(who, "number", *STRONGEST).with_row_index("row")
    found = []
    for fact in ("number", *STRONGEST):  # each person is written down once, by the first fact there is
        if left[fact].null_count() < left.height:
            known = pl.col(fact).is_not_null()
            found.append(left.filter(known).select("row", _line(fact).alias("line")))
            left = left.filter(~known)
    found.append(left.select("row", pl.concat_str(pl.lit("p|"), "who", pl.lit("||")).alias("line")))
    written = pl.concat(found)
    return written["line"].gather(written["row"].arg_sort())


def _line(fact: str) -> pl.Expr:
    if fact == "number":
        return pl.concat_str(pl.lit("n|"), fact)
    return pl.concat_str(pl.lit("p|"), "who", pl.lit(f"|{fact}|"), fact)


def rank() -> pl.Expr:
    """How much a token of a person says, least for the most: by his number, by the strongest attribute, by the name
    alone; and of the same attribute, one of a kanji name before one of a reading."""
    attribute = pl.coalesce(
        pl.when(pl.col("number").is_not_null()).then(0),
        *(pl.when(pl.col(k).is_not_null()).then(i) for i, k in enumerate(STRONGEST, 1)),
        pl.lit(len(STRONGEST) + 1),
    )
    name = pl.coalesce(*(pl.when(pl.col(n).is_not_null()).then(i) for i, n in enumerate(("name", "kana"))), pl.lit(2))
    return (attribute * 3 + name).cast(pl.UInt8)


def line(person: Mapping[str, Any]) -> str:
    """The line of one person, by the facts of one mention."""
    if person["number"] is not None:
        return f"n|{person['number']}"
    kind = next((f"{k}|{person[k]}" for k in STRONGEST if person[k] is not None), "|")
    return f"p|{person['name'] or person['kana'] or person['latin'] or ''}|{kind}"


def of(people: pl.DataFrame, key: bytes) -> tuple[bytes, ...]:
    """Sorted tokens of people, one each."""
    if (found := _quickly(people, key)) is not None and (ordered := in_order(found)) is not None:
        return tuple(ordered)
    return tuple(sorted(unsorted(people, key)))


def unsorted(people: pl.DataFrame, key: bytes) -> list[bytes]:
    """The same, in the order of the people."""
    if (found := _quickly(people, key)) is not None:
        return list(np.frombuffer(found, f"V{SIZE}").tolist())
    return _digests(lines(people).cast(pl.Binary).to_list(), key)


def _quickly(people: pl.DataFrame, key: bytes) -> bytes | None:
    """Tokens one after another, by native code."""
    if people.height < _MANY:
        return None
    found = [_of_stretch(some, key) for some in stretches(people)]
    return None if None in found else b"".join(filter(None, found))


def _of_stretch(people: pl.DataFrame, key: bytes) -> bytes | None:
    columns = [people[name].cast(pl.String) for name in ("name", "kana", "latin", "number", *STRONGEST)]
    return line_digests(columns, STRONGEST, key[:64], SIZE)


def digests(texts: Iterable[str], key: bytes) -> tuple[bytes, ...]:
    """Sorted tokens of lines; equal lines (people nobody could tell apart) keep one token each time they stand."""
    return tuple(sorted(_digests((text.encode("utf-8", "surrogatepass") for text in texts), key)))


def _digests(texts: Iterable[bytes], key: bytes) -> list[bytes]:
    copy = hashlib.blake2b(key=key[:64], digest_size=SIZE).copy  # the key is taken in once
    found = []
    for text in texts:
        state = copy()
        state.update(text)
        found.append(state.digest())
    return found
