"""The years of a life beside a name, "しげる 1904-1946", told from a lot with a branch number, "平塚市岡崎1520-1601"."""

from __future__ import annotations

import re
from collections.abc import Callable, Container

_YEARS = re.compile(r"((?:1[5-9]|20)\d\d)-((?:1[5-9]|20)\d\d)")
_LONGEST = 120  # years that anybody has lived, about
#: What an address says before its number, in letters that run on to it; no word for where somebody comes from.
_PLACED = re.compile(r"(?:..[市区町村郡]|字)(?!の|立|出身|生まれ|長|議)|番地|地内")
#: What says before that it is one.
_ASKED = re.compile(r"(?:住所|居所|自宅|住まい|所在地|本籍地?|地番|番地)[ :は]{0,3}$")
_BEFORE = 12  # letters of that, at most
_TOWN = 5  # letters of a town's name


def of_a_life(place: re.Match[str], towns: Container[str], named: Callable[[str], bool]) -> bool:
    """Whether the number of a place, as `numbered` matches it, is two years, and what stands before it no address.
    `towns`: names of some, which a number follows at once; `named`: whether letters are surely somebody's name."""
    span = _YEARS.fullmatch(place["number"])
    if span is None or not 0 < int(span[2]) - int(span[1]) <= _LONGEST:
        return False
    where = place["where"]
    if named(where.rpartition("の")[2]):
        return True
    if _PLACED.search(where) or _ASKED.search(place.string[max(0, place.start() - _BEFORE) : place.start()]):
        return False
    if place.end("where") < place.start("number"):
        return True
    return not any(where[-size:] in towns for size in range(2, min(_TOWN, len(where)) + 1))
