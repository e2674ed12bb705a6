"""Ages in a line: of somebody today, at a time of which a line of care tells, or in brackets with where he lives."""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from functools import cached_property

from dlp.detect.anchored import Anchored
from dlp.detect.ruleset import Ruleset

_SUFFIX = "市区町村"
_LEAST = 3  # letters of a municipality with its suffix
_HOMES, _SHARE = 2, 0.2  # of the places in a text's brackets that are known, before others are taken for homes


class Ages:
    """Reads them by one ruleset's patterns and places."""

    def __init__(self, ruleset: Ruleset) -> None:
        words = ruleset.words
        self._said, self._when = Anchored(ruleset.patterns["age_said"]), Anchored(ruleset.patterns["age_when"])
        self._care, self._terms = ruleset.patterns["cared_for"], tuple(ruleset.terms)
        self._events, self._practised = tuple(words.get("events", ())), ruleset.patterns["practised"]
        self._cities, self._towns = words.get("municipalities", frozenset()), words.get("towns", frozenset())
        prefectures = words.get("prefectures", frozenset())
        self._wide = prefectures | {name[:-1] for name in prefectures}
        self._schools, self._lives = ruleset.patterns["schools"], ruleset.patterns["lives_there"]
        self._not_lived_in, self._circumstances = ruleset.patterns["not_lived_in"], ruleset.patterns["circumstances"]
        self._ranked, self._kin = ruleset.patterns["ranked"], words.get("kin", frozenset())

    def homes(self, rows: Sequence[str]) -> Container[str]:
        """What else tells of private people behind their ages: towns that no list has, where some stand in lines with known
        ones; kinship; and, in no list of prizes or results, what somebody does, how he lives and his prefecture. Nothing
        is looked at before it is asked for."""
        return _Homes(self, rows)

    def of_unknown(self, rows: Sequence[str]) -> frozenset[str]:
        """See `homes`."""
        found = (match["place"] for row in rows if "(" in row for match in self._said.finditer(row))
        places = {place for place in found if place}
        known = {place for place in places if self._is_home(place)}
        told = {place for place in places if place in self._kin}
        if not any(map(self._ranked.search, rows)):
            told |= {place for place in places if self._circumstances.fullmatch(place)}
        if len(known) >= max(_HOMES, _SHARE * len(places)):
            told |= {place for place in places if not self._not_lived_in.search(place)}
        return frozenset(told - known)

    def read(self, line: str, homes: Container[str] = ()) -> Iterator[tuple[int, int, str]]:
        """Where each stands, and the age in figures; a bare 0 says nothing. `homes`: places besides the known ones."""
        for match in self._said.finditer(line):
            if match["place"] is None or self._is_home(match["place"]) or match["place"] in homes:
                yield *match.span(), next(filter(None, match.groups()))
        for match in self._when.finditer(line):
            if self._tells_of_care(line):
                yield *match.span(), match[1]

    def _tells_of_care(self, line: str) -> bool:
        """Whether a line tells of somebody's illness or care: what was when he was thirty is no story of his life then,
        unless it is told at an event or by a doctor."""
        told = self._care.search(line) is not None or any(map(line.__contains__, self._terms))
        return told and not any(map(line.__contains__, self._events)) and not self._practised.search(line)

    def _is_home(self, place: str) -> bool:
        """Whether somebody lives where brackets say behind his age: a municipality, a town, or both; no prefecture, no
        team, no party and no school that is called by its town."""
        place, said = self._lives.subn("", place)
        if not said and (place in self._wide or self._schools.fullmatch(place)):
            return False
        if said or place in self._towns or place in self._cities:
            return True
        ends = [i + 1 for i, letter in enumerate(place) if letter in _SUFFIX and i + 1 >= _LEAST]
        return any(end == len(place) or (place[:end] in self._cities and place[end:] in self._towns) for end in ends)


class _Homes:
    """Places of one text."""

    def __init__(self, ages: Ages, rows: Sequence[str]) -> None:
        self._ages, self._rows = ages, rows

    @cached_property
    def _places(self) -> frozenset[str]:
        return self._ages.of_unknown(self._rows)

    def __contains__(self, place: object) -> bool:
        return place in self._places
