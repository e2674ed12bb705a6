"""The audit chain: each entry carries the hash of the one before it. Pure: no I/O, no clock.

An entry's hash is SHA-256 over canonical JSON (keys sorted, no spaces, ASCII) of every field but the hash
itself, so that an auditor can recompute the chain with any tool. A chain alone cannot show that its end was
cut off or that all of it was written anew: for that, `verify` compares it with a `Mark`, a place in the chain
that was attested elsewhere (see :mod:`quarantine.head`).
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

import orjson

#: What stands where the first entry's predecessor would be.
GENESIS = "0" * 64

type Detail = Mapping[str, str | int]


@dataclass(frozen=True, kw_only=True, slots=True)
class Event:
    """Something worth an entry. No personal values: ids, words of ours, counts, digests."""

    at: datetime
    actor: str  # person id, or "gateway", "releaser", "room"
    event: str  # e.g. "admit", "record", "view", "list", "open", "decide", "settle", "permit", "key"
    subject: str = ""  # case id or transfer id
    detail: Detail = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """One link of the chain."""

    seq: int  # 1, 2, 3 … without gaps
    at: datetime
    actor: str
    event: str
    subject: str
    detail: Detail
    previous: str  # hash of entry seq - 1, or GENESIS
    hash: str  # SHA-256 hex over canonical(self)


@dataclass(frozen=True, kw_only=True, slots=True)
class Mark:
    """A place in the chain that was attested outside the database."""

    seq: int
    hash: str


def canonical(entry: Entry) -> bytes:
    """What an entry's hash covers."""
    fields = {
        "seq": entry.seq,
        "at": stamp(entry.at),
        "actor": entry.actor,
        "event": entry.event,
        "subject": entry.subject,
        "detail": dict(entry.detail),
        "previous": entry.previous,
    }
    return plain_json(fields)


def plain_json(fields: Mapping[str, object]) -> bytes:
    """Keys sorted, no spaces, ASCII."""
    return quick_json(fields) or json.dumps(fields, sort_keys=True, separators=(",", ":")).encode("ascii")


def quick_json(value: object) -> bytes:
    """Compact JSON, keys sorted, where it is plain, so that every writer writes the same; else b""."""
    try:
        text = orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    except TypeError:  # integers beyond 64 bits, lone surrogates
        return b""
    return text if text.isascii() and b"\\" not in text and b"\x7f" not in text else b""


def stored_json(value: object) -> str:
    """Compact JSON with readable Japanese, keys sorted, as a store keeps it."""
    if quick := quick_json(value):
        return quick.decode("ascii")
    return clean(json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True))


def stamp(at: datetime) -> str:
    """A time as the chain writes it: UTC, microseconds, always the same length."""
    return (at if at.tzinfo is UTC else at.astimezone(UTC)).isoformat(timespec="microseconds")


def digest(entry: Entry) -> str:
    """The hash an entry should carry."""
    return hashlib.sha256(canonical(entry)).hexdigest()


def chain(previous: Mark | None, event: Event) -> Entry:
    """`event` as the entry that follows `previous` (None: the first)."""
    return linked(previous, event)[0]


def linked(previous: Mark | None, event: Event) -> tuple[Entry, Link]:
    """`chain`, and the entry as a store keeps it."""
    seq, before = (previous.seq + 1, previous.hash) if previous else (1, GENESIS)
    actor, word, subject = event.actor, event.event, event.subject
    detail = quick_json(event.detail)
    if not detail or not _PLAIN(f"{actor}{word}{subject}"):
        return _cleaned(seq, before, event)
    at, said = stamp(event.at), detail.decode("ascii")
    found = hashlib.sha256(_covered(seq, at, actor, word, subject, said, before)).hexdigest()
    link = (seq, at, actor, word, subject, said, before, found)
    return _entry(seq, before, found, event.at, actor, word, subject, event.detail), link


def _cleaned(seq: int, before: str, event: Event) -> tuple[Entry, Link]:
    """`linked` for what may hold text that no store can keep."""
    actor, word, subject = clean(event.actor), clean(event.event), clean(event.subject)
    detail = {clean(name): clean(item) if isinstance(item, str) else item for name, item in event.detail.items()}
    entry = _entry(seq, before, "", event.at, actor, word, subject, detail)
    object.__setattr__(entry, "hash", digest(entry))  # nobody has seen it yet
    link = (seq, stamp(entry.at), actor, word, subject, stored_json(detail), before, entry.hash)
    return entry, link


def _entry(
    seq: int, before: str, found: str, at: datetime, actor: str, word: str, subject: str, detail: Detail
) -> Entry:
    return Entry(seq=seq, at=at, actor=actor, event=word, subject=subject, detail=detail, previous=before, hash=found)


def clean(text: str) -> str:
    """`text` as any store can keep it: bytes that were no UTF-8 (lone surrogates) written out."""
    return text if text.isascii() else text.encode("utf-8", "backslashreplace").decode("utf-8")


#: A link as a store keeps it: seq, at, actor, event, subject, detail (JSON), previous, hash.
type Link = tuple[int, str, str, str, str, str, str, str]

_PLAIN = re.compile(r"[ !#-\[\]-~]*").fullmatch  # what JSON writes as it stands


def link_digest(link: Link) -> str:
    """The hash a stored link should carry.

    What a store keeps of an entry is nearly always, letter for letter, what its hash covers, so it is put together
    from the pieces; only where a piece is not plain or the result is not the hash told is JSON read and written.
    No other pieces give the same text: none but `detail` may hold a quotation mark.
    """
    seq, at, actor, event, subject, detail, previous, told = link
    if _PLAIN(f"{at}{actor}{event}{subject}{previous}") and detail.isascii():
        found = hashlib.sha256(_covered(seq, at, actor, event, subject, detail, previous)).hexdigest()
        if found == told:
            return found
    return _slow_digest(link)


def _covered(seq: int, at: str, actor: str, event: str, subject: str, detail: str, previous: str) -> bytes:
    """`canonical` of plain pieces."""
    return (
        f'{{"actor":"{actor}","at":"{at}","detail":{detail},"event":"{event}",'
        f'"previous":"{previous}","seq":{seq},"subject":"{subject}"}}'
    ).encode()


def _slow_digest(link: Link) -> str:
    seq, at, actor, event, subject, detail, previous, _ = link
    try:
        said = json.loads(detail)
    except ValueError:
        return ""
    fields = {"seq": seq, "at": at, "actor": actor, "event": event, "subject": subject, "detail": said}
    text = json.dumps({**fields, "previous": previous}, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def link_of(entry: Entry) -> Link:
    """An entry as a store keeps it."""
    detail = plain_json(dict(entry.detail)).decode("ascii")
    at = stamp(entry.at)
    return entry.seq, at, entry.actor, entry.event, entry.subject, detail, entry.previous, entry.hash


class Walk:
    """Follows a chain link by link and names what is wrong with it.

    Tells an edited entry from missing ones, from entries out of order and, with `marks`, from an end cut off and
    from a chain written anew.
    """

    def __init__(self, marks: Iterable[Mark] = ()) -> None:
        self.seq, self.hash = 0, GENESIS
        self.faults: list[str] = []
        self._marks = {mark.seq: mark.hash for mark in marks if mark.seq > 0}

    def step(self, link: Link) -> None:
        """Take the next link in the order given."""
        seq, told = link[0], link[7]
        if seq != self.seq + 1 or link[6] != self.hash:
            self._misplaced(seq)
        if link_digest(link) != told:
            self.faults.append(f"entry {seq}: was edited")
        if seq in self._marks and self._marks.pop(seq) != told:
            self.faults.append(f"entry {seq}: not the entry that was attested; the chain was written anew")
        self.seq, self.hash = seq, told

    def _misplaced(self, seq: int) -> None:
        if seq > self.seq + 1:
            self.faults.append(f"entries {self.seq + 1} to {seq - 1} are missing")
        elif seq <= self.seq:
            self.faults.append(f"entry {seq}: out of order, after entry {self.seq}")
        else:
            self.faults.append(f"entry {seq}: does not follow entry {self.seq}")

    def end(self) -> list[str]:
        """All that was found, when there are no more links."""
        beyond = [seq for seq in self._marks if seq > self.seq]
        if beyond:
            self.faults.append(f"entries {self.seq + 1} to {max(beyond)} are missing from the end")
        return self.faults


def verify(entries: Iterable[Entry], mark: Mark | None = None) -> list[str]:
    """What is wrong with a chain, entry by entry in the order given; [] when it is whole."""
    walk = Walk([] if mark is None else [mark])
    for entry in entries:
        walk.step(link_of(entry))
    return walk.end()
