"""Several people a row under one word that is counted on (選手１ 年齢 選手２ 年齢), whatever the word: their names."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Sequence
from itertools import pairwise
from typing import Protocol

from dlp.subjects.cells.looks import Look
from dlp.subjects.plan.header import Label

_COUNTED = re.compile(r"(?P<word>\D{1,12})(?:\d{1,2}|[①-⑳])")


_WORDS = 0.9  # share of the cells that are a word each


class Headed(Protocol):
    """What is asked of a column here."""

    @property
    def role(self) -> str:
        """What it is."""

    @property
    def label(self) -> Label:
        """Its header."""

    @property
    def look(self) -> Look:
        """Its sample's shares."""


def counted(columns: Sequence[Headed], said: Collection[str], least: float) -> set[int]:
    """Places of columns that hold names: several headings of no role that differ in their number alone, before each
    column of the same heading of which one of `said` is told. `least`: likelihood of the names of each."""
    alike: dict[tuple[str, str], list[int]] = defaultdict(list)
    for i, (column, after) in enumerate(pairwise(columns)):
        match = _COUNTED.fullmatch(column.label.text) if not column.role and not column.label.role else None
        if match and after.role in said:
            alike[match["word"], _uncounted(after.label.text)].append(i)
    filled = [[i for i in places if columns[i].look.some] for places in alike.values() if len(places) > 1]
    headed = any(column.role == "name" for column in columns)  # whose family is told of by given names
    named = {
        i for places in filled if all(_names(columns[i].look, least, headed=headed) for i in places) for i in places
    }
    return named | _related(columns)


def _names(seen: Look, least: float, *, headed: bool) -> bool:
    """Whether cells name people, or the family of who is named beside them by given names (家族1 生年月日 家族2 生年月日)."""
    return seen.name >= least or (headed and seen.word_shape >= _WORDS)


def _related(columns: Sequence[Headed]) -> set[int]:
    """The same of families beside who heads them, by given names: each stands right before or behind what he is to him
    (続柄1 家族1 続柄2 家族2)."""
    if all(column.role != "name" for column in columns):
        return set()
    alike: dict[str, list[int]] = defaultdict(list)
    for i, column in enumerate(columns):
        match = _COUNTED.fullmatch(column.label.text) if not column.role and not column.label.role else None
        beside = {other.role for other in (*columns[max(0, i - 1) : i], *columns[i + 1 : i + 2])}
        if match and "relationship" in beside and column.look.some:
            alike[match["word"]].append(i)
    worded = ([i for i in places if columns[i].look.word_shape >= _WORDS] for places in alike.values())
    return {i for places in worded if len(places) > 1 for i in places}


def _uncounted(text: str) -> str:
    match = _COUNTED.fullmatch(text)
    return match["word"] if match else text
