"""The people of a content by name: for the list of an incident's affected people alone, made on demand."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from dlp.subjects.people.people import BIT


@dataclass(frozen=True, slots=True)
class Affected:
    """One person as the content tells of him, in the spelling people are compared by."""

    name: str
    kana: str
    birth: str  # yyyy-mm-dd, or the year
    address: str  # without the own municipality
    phone: str
    email: str
    kinds: tuple[str, ...]  # categories the content tells of him


_FACTS = ("name", "kana", "latin", "birth", "address", "phone", "email", "cats")


def affected(one_each: pl.DataFrame) -> list[Affected]:
    """One line a person."""
    return [_line(*row) for row in one_each.select(_FACTS).iter_rows()]


def _line(
    name: str | None,
    kana: str | None,
    latin: str | None,
    birth: int | None,
    address: str | None,
    phone: str | None,
    email: str | None,
    cats: int,
) -> Affected:
    kinds = tuple(category.value for category, bit in BIT.items() if cats & bit)
    return Affected(name or latin or "", kana or "", _day(birth), address or "", phone or "", email or "", kinds)


def _day(birth: int | None) -> str:
    if birth is None:
        return ""
    year, rest = divmod(birth, 10_000)
    return f"{year}-{rest // 100:02}-{rest % 100:02}" if rest else str(year)
