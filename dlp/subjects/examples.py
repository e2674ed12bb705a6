"""Example people of forms, manuals and programs (山田 太郎, 090-1234-5678): nobody, when all that is said is made up.

The name alone decides nothing: a real 太郎 would hide behind it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import polars as pl

from dlp.subjects.books import Books

#: Facts a mention may have, each with what is written where nothing real is meant …
_MADE_UP = {
    "phone": re.compile(
        r"0\d{1,4}0{6,}|0\d{1,3}0{2}\d{0,2}0{4}|0\d{1,2}12345678|0[5789]0(?:0{4}\d{4}|(\d)\1{7}|11112222)"
    ),
    "email": re.compile(
        r"(?:test|sample|example|xxx+|abc|aaa+|taro|hanako|yamada|user\d*|foo|hoge|mail|name|your)[\w.+-]*"
        r"@(?:[\w-]+\.)*(?:example|test|sample|xxx+|hoge|domain)\.[\w.]+"
    ),
    "address": re.compile(r".*(?:[○〇△×□◯]|例).*|.*\D(?:1-2-3|1-1-1|0-0-0|0-0)(?:\D.*)?"),
    "birth": re.compile(r"\d{4}(?:0101|0202|0303|0404|0505|0606|0707|0808|0909|1010|1111|1212)"),
    "account": re.compile(r".*(?:1234567|(\d)\1{6})"),
    "policy": re.compile(r".*(?:12345678|(\d)\1{7})"),
    "code": re.compile(r".*(?:12345678|(\d)\1{7})"),
}
#: … and, beside those, on a form that says it shows how to fill it in: an office's address will do.
_ON_A_FORM = _MADE_UP | {"address": re.compile(r".*")}
#: What no real person has, were he called so.
_SURE = ("phone", "email")
_CARRIED = re.compile("0[5789]0")  # how a telephone begins that is somebody's own
_BLANK = re.compile("[○〇◯△×□]{2}")  # … or where nobody lives

#: A telephone of nothing but noughts, which nobody has, and all that a mention may say beside it.
_NOUGHTS = "000000"
_NO_TELEPHONE, _NOTHING = (
    re.compile(r"0\d{1,4}0{6,}|0[5789]00{8}"),
    frozenset(("name", "kana", "latin", "phone", "cats", "sure", "part")),
)

type Mentions = pl.DataFrame | list[dict[str, Any]]


def _has_no_telephone(mention: Mapping[str, Any]) -> bool:
    """Whether all that is said of somebody is a telephone that was made up."""
    phone = mention["phone"]
    if phone is None or _NOUGHTS not in phone or _NO_TELEPHONE.fullmatch(phone) is None:
        return False
    return all(value is None for fact, value in mention.items() if fact not in _NOTHING)


class Examples:
    """Knows them by one ruleset's example names."""

    def __init__(self, books: Books) -> None:
        self._given, self._whole = tuple(books.example_names), books.example_people
        #: A municipality's name with one of those: 平塚太郎.
        self._towns = books.place_stems

    def _known(self, name: str) -> bool:
        """Whether a name is written where nobody is meant."""
        given = next((given for given in self._given if name.endswith(given)), "")
        return name in self._whole or bool(given and name.removesuffix(given) in self._towns)

    def _of_town(self, name: str) -> bool:
        """Whether a name is a municipality's, of two letters and more, with a given name that examples have."""
        given = next((given for given in self._given if name.endswith(given)), "")
        town = name.removesuffix(given) if given and name not in self._whole else ""
        return len(town) > 1 and town in self._towns

    def is_one(self, mention: Mapping[str, Any], *, form: bool, alone: bool = False) -> bool:
        """Whether a mention (see `people.SCHEMA`) is an example: its name, and all it is known by. `form`: the document
        says that it shows how to fill in a form; then any surname will do. `alone`: it names nobody else."""
        name = mention["name"]
        if name is not None and _has_no_telephone(mention):
            return True
        named = name is not None and (name.endswith(self._given) if form else self._known(name))
        if not named or mention["number"] is not None:
            return False
        if alone and self._of_town(name) and not _CARRIED.match(str(mention["phone"] or "")):
            return True  # 平塚太郎, with an office's telephone, on a form that shows how to fill it in
        said = {fact: str(mention[fact]) for fact in _MADE_UP if mention[fact] is not None}
        sure = any(fact in said for fact in _SURE) or _BLANK.search(said.get("address", "")) is not None
        made_up = _ON_A_FORM if sure and (form or self._known(name)) else _MADE_UP
        return (sure or (form and bool(said))) and all(made_up[fact].fullmatch(value) for fact, value in said.items())

    def without(self, found: Mentions, *, form: bool = False) -> Mentions:
        """The mentions that are no examples."""
        if isinstance(found, list):
            alone = form and len(found) == 1
            return [mention for mention in found if not self.is_one(mention, form=form, alone=alone)]
        name = pl.col("name")
        called = pl.any_horizontal(name.is_in(list(self._whole)), *map(name.str.ends_with, self._given))
        noughts = pl.col("phone").str.ends_with("000000")
        likely = pl.lit(value=True) if form else (called | noughts).fill_null(value=False)
        some = found.with_row_index("row").filter(likely)
        gone = [
            row["row"]
            for row in some.iter_rows(named=True)
            if self.is_one(row, form=form, alone=form and found.height == 1)
        ]
        return found.with_row_index("row").filter(~pl.col("row").is_in(gone)).drop("row") if gone else found
