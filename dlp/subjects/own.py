"""The own municipality: its town names, so that residents' addresses are known without prefecture and city."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Protocol

import polars as pl

from dlp.detect.terms import Terms
from dlp.errors import ConfigError
from dlp.subjects.cells import cells

#: A house number after a town's name, however it is written; no count, year or time.
_HOUSE = re.compile(
    r" ?(?:字|大字)?(?P<more>[^\s\d、。,()「」]{0,8}?) ?"
    r"(?P<number>[1-9]\d{0,4}(?:丁目|番地?|号|-|の)?[\d番地号の-]*"
    r"|[一二三四五六七八九十]{1,3}(?:丁目|番|の)[一二三四五六七八九十\d番地号の-]*)"
    r"(?![\d:/.,%]|年|月|日|人|名|円|件|世帯|回|時|分|m|km|㎡|階|歳|才|位|便|系|台|番線|線)"
)
_PREFECTURE = re.compile(r"^(?:東京都|北海道|京都府|大阪府|.{2,3}県)")
_SHOWN = 4  # municipalities named that may be meant
_LEAST = 2  # characters of a town's name


class Towns(Protocol):
    """What a ruleset knows of municipalities."""

    @property
    def towns_by_city(self) -> Mapping[str, frozenset[str]]:
        """Municipality -> its towns' names."""
        ...


def names_of(ruleset: Towns, town: str) -> list[str]:
    """The municipalities of Japan Post's list `town` names: with or without prefecture and county, all wards of a city."""
    return _named(ruleset.towns_by_city, _PREFECTURE.sub("", town.strip()))


def _named(known: Collection[str], bare: str) -> list[str]:
    if not bare:
        return []
    return [city for city in known if city == bare or city.startswith(bare + "市") or _within(city, bare)]


def _within(city: str, bare: str) -> bool:
    """ "大磯町" names "中郡大磯町", "横浜市" its wards."""
    county, _, rest = city.partition("郡")
    return (bool(county) and rest == bare) or (bare.endswith("市") and city.startswith(bare) and city.endswith("区"))


def check_known(known: Collection[str], town: str) -> None:
    """Raises ConfigError for a `town` that is none of the municipalities `known`, naming those it may be meant for."""
    bare = _PREFECTURE.sub("", town.strip())
    if not bare or _named(known, bare):
        return
    near = _near(known, bare)
    meant_en = f"; did you mean {', '.join(near)}?" if near else "; write it in Japanese, as 平塚市"
    meant_ja = f"近い名前は{'、'.join(near)}です。" if near else "「平塚市」のように書いてください。"
    raise ConfigError(
        f"[town] name, --town: no municipality is called {town!r} in the signatures' list{meant_en} "
        f"「{town}」という市区町村は一覧にありません。{meant_ja}"
    )


def _near(known: Collection[str], bare: str) -> list[str]:
    """Municipalities that begin as `bare` does or are spelled much like it."""
    stem = bare.rstrip("市区町村")
    begin = [
        city for city in known if (stem and city.partition("郡")[2].startswith(stem)) or city.startswith(stem or bare)
    ]
    alike = difflib.get_close_matches(bare, known, n=_SHOWN, cutoff=0.5)
    return list(dict.fromkeys([*begin, *alike]))[:_SHOWN]


class OwnTown:
    """What is known of one municipality; empty for a name nobody knows."""

    def __init__(self, ruleset: Towns, town: str) -> None:
        cities = names_of(ruleset, town)
        towns = {name for city in cities for name in ruleset.towns_by_city[city] if len(name) >= _LEAST}
        self._towns = Terms(towns) if towns else None
        spelled = {form for city in cities for form in (city, city.partition("郡")[2] or city)}
        longest_first = sorted(map(cells.spelling, spelled), key=len, reverse=True)  # as address keys spell them
        self._prefix = rf"^(?:{'|'.join(map(re.escape, longest_first))})([^0-9\-])" if spelled else ""
        self._before = re.compile(self._prefix) if spelled else None

    def lines(self, rows: Sequence[str]) -> set[int]:
        """Lines in which one of the town's names stands."""
        return self._towns.lines(rows) if self._towns else set()

    def addresses(self, line: str) -> Iterator[tuple[int, int]]:
        """(start, end) of addresses that begin with one of the town's names."""
        if self._towns is None:
            return
        for start, end, _ in self._towns.find(line):
            if match := _HOUSE.match(line, end):
                yield start, match.end()

    def stripped(self, address: pl.Expr) -> pl.Expr:
        """Address keys without the own municipality: residents are written with and without it."""
        return address.str.replace(self._prefix, "${1}") if self._prefix else address

    def without(self, address: str) -> str:
        """The same for one key."""
        return self._before.sub(r"\1", address, count=1) if self._before else address
