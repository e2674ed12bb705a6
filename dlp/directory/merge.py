"""Several sources of people, made one by employee number. Pure.

Whoever a source wants gone is gone: the earliest end date wins, the latest start, and one "switched off" is enough.
Else the personnel feed's word counts before the others'. Where sources differ, a conflict is shown, never hidden.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from dlp.directory.people import People
from dlp.standing import Person

_PREFERRED = ("name", "department", "supervisor")
_TOGETHER = ("mail", "logins", "duties", "deputies")


@dataclass(frozen=True, kw_only=True, slots=True)
class Feed:
    """What one source tells of people."""

    name: str
    people: tuple[Person, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Conflict:
    """Sources that differ on a field of one person, and what was taken."""

    person: str
    field: str
    taken: str
    said: tuple[tuple[str, str], ...]  # (source, value)


@dataclass(frozen=True, kw_only=True, slots=True)
class Merged:
    """Everybody, and where the sources differ."""

    people: People
    conflicts: tuple[Conflict, ...] = ()
    sources: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # employee number -> names of sources


def merge(feeds: Sequence[Feed], authority: str, departed: Iterable[Person] = ()) -> Merged:
    """The people of all `feeds`; `authority` names the personnel feed, whose word on who works here counts.

    `departed` are leavers the register remembers: who is in no feed any more stays refused by them.
    """
    said: dict[str, list[tuple[str, Person]]] = {}
    for feed in sorted(feeds, key=lambda feed: feed.name != authority):
        for person in feed.people:
            said.setdefault(person.id, []).append((feed.name, person))
    personnel_was_read = any(feed.name == authority for feed in feeds)
    found: list[Person] = []
    conflicts: list[Conflict] = []
    for words in said.values():
        known = not personnel_was_read or words[0][0] == authority
        person, differing = _one(words, authority, known=known)
        found.append(person)
        conflicts += differing
    found += [replace(person, known=False) for person in departed if person.id not in said]
    people = People(found, shared=True)
    sources = {number: tuple(name for name, _ in words) for number, words in said.items()}
    return Merged(people=people, conflicts=(*conflicts, *_claims(people)), sources=sources)


def same_person(one: Person, other: Person) -> Person:
    """Two accounts of one person in one source: addresses together, and one that is off or ends is enough."""
    return replace(
        one,
        mail=tuple(dict.fromkeys((*one.mail, *other.mail))),
        logins=tuple(dict.fromkeys((*one.logins, *other.logins))),
        active=one.active and other.active,
        end=min((day for day in (one.end, other.end) if day), default=None),
    )


def _one(words: list[tuple[str, Person]], authority: str, *, known: bool) -> tuple[Person, list[Conflict]]:
    """One person out of what the sources say, the personnel feed first."""
    first = words[0][1]
    values: dict[str, Any] = {key: next((v for _, p in words if (v := getattr(p, key))), "") for key in _PREFERRED}
    values |= {key: tuple(dict.fromkeys(v for _, p in words for v in getattr(p, key))) for key in _TOGETHER}
    values["end"] = min((p.end for _, p in words if p.end), default=None)
    values["start"] = max((p.start for _, p in words if p.start), default=None)
    values["active"] = all(p.active for _, p in words)
    lead = next((p for _, p in words if p.deputy), first)
    values |= {key: getattr(lead, key) for key in ("deputy", "deputy_from", "deputy_until")}
    values["role"] = first.role if words[0][0] == authority else _local_role(words)
    person = replace(first, **values, known=known)
    conflicts = [_conflict(person, key, words) for key in (*_PREFERRED, "deputy", "start", "end", "active")]
    if not known:
        told = tuple((name, "account") for name, _ in words)
        conflicts.append(Conflict(person=person.id, field="personnel", taken="refused", said=told))
    return person, [conflict for conflict in conflicts if conflict is not None]


def _local_role(words: list[tuple[str, Person]]) -> str:
    """A role in the gateway is given by the personnel feed or by the file the administrator keeps, by no other."""
    return next((person.role for name, person in words if name == "people"), "staff")


def _conflict(person: Person, key: str, words: list[tuple[str, Person]]) -> Conflict | None:
    told = tuple((name, _text(getattr(p, key))) for name, p in words)
    if len({_plain(value) for _, value in told if value}) < 2:
        return None
    return Conflict(person=person.id, field=key, taken=_text(getattr(person, key)), said=told)


def _claims(people: People) -> list[Conflict]:
    """Addresses and logins that several people claim: until it is settled, the strictest standing of them counts."""
    return [
        Conflict(person=owners[0].id, field=key, taken=value, said=tuple((owner.id, value) for owner in owners))
        for key, value, owners in people.claimed_twice()
    ]


def _plain(text: str) -> str:
    """Spaces, widths and case aside: they make no other person or department."""
    return "".join(unicodedata.normalize("NFKC", text).split()).casefold()


def _text(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value or "")
