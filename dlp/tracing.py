"""From a caller's words to the transfers that carried the person: best first, with the facts that agreed."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum

from dlp.detect import loader
from dlp.subjects import caller
from dlp.subjects.own import OwnTown
from dlp.subjects.people import trace
from quarantine.inquiry import Hit
from quarantine.room import Room

_NAMES = frozenset({"name", "kana", "latin"})
_OF_A_HOUSEHOLD = frozenset({"phone", "address", "policy"})
_ENOUGH = frozenset({"number", "phone", "email"})  # by itself
_OF_ONE = frozenset({"number", "code"})


class Sureness(IntEnum):
    """How sure it is that a transfer held this very person, surest first."""

    SURE = 0  # two facts of one person agree, or a number only one person has
    HOUSEHOLD = 1  # what agrees is shared by those who live together
    NAMESAKE = 2  # only the name agrees
    FAINT = 3  # one fact alone


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """One transfer that held the person."""

    hit: Hit
    agreed: tuple[str, ...]  # kinds of facts, in the order of a form
    sureness: Sureness
    paths: tuple[tuple[str, ...], ...]  # where in the transfer


class TooLittle(Exception):
    """Not enough was said to look for anybody."""


class Finder:
    """Looks for citizens in one room. `files`: the signature bundle's, for the own town's names."""

    def __init__(self, room: Room, token_key: bytes, files: Mapping[str, bytes], town: str) -> None:
        self._room, self._files, self._town = room, files, town
        self._tokens = trace.tokens_of(token_key)
        self._own: OwnTown | None = None
        self._lock = threading.Lock()

    def search(self, known: Mapping[str, str], *, actor: str, reason: str) -> list[Answer]:
        """The transfers that carried who is known by this (see `caller.ASKED`), best first.

        Blocks. Raises TooLittle where no two facts, and no number of one person, can be read from it; ValueError
        without a reason. The search is on record before it is answered.
        """
        said = {word: text for word, text in known.items() if text.strip()}
        asked = caller.facts(said, self._town_known())
        wanted = trace.wanted(asked, self._tokens)
        if not wanted or (len(said) < 2 and not _ENOUGH & said.keys()):
            raise TooLittle
        fields = sorted(said)
        hits = self._room.inquiry.search(wanted, actor=actor, fields=fields, reason=reason)
        return sorted((_answer(hit, wanted) for hit in hits), key=_rank)

    def _town_known(self) -> OwnTown:
        with self._lock:
            if self._own is None:
                self._own = OwnTown(_Towns(loader.towns(self._files)), self._town)
            return self._own


@dataclass(frozen=True, slots=True)
class _Towns:
    towns_by_city: Mapping[str, frozenset[str]]


def _answer(hit: Hit, wanted: Mapping[int, frozenset[str]]) -> Answer:
    agreed = frozenset().union(*(wanted[token] for token in hit.found))
    best = max(len(wanted[token]) for token in hit.found)
    paths = dict.fromkeys(path for token, paths in hit.found.items() if len(wanted[token]) == best for path in paths)
    pairs = [wanted[token] for token in hit.found]
    return Answer(
        hit=hit,
        agreed=tuple(sorted(agreed, key=trace.FIELDS.index)),
        sureness=min(map(_sureness, pairs)),
        paths=tuple(paths),
    )


def _sureness(agreed: frozenset[str]) -> Sureness:
    if agreed & _OF_ONE:
        return Sureness.SURE
    if len(agreed) < 2:
        return Sureness.FAINT
    if agreed <= _NAMES:
        return Sureness.NAMESAKE
    return Sureness.HOUSEHOLD if agreed <= _OF_A_HOUSEHOLD else Sureness.SURE


def _rank(answer: Answer) -> tuple[int, int, float]:
    return answer.sureness, -len(answer.agreed), -answer.hit.row.entry.at.timestamp()
