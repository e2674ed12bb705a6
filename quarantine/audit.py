"""The audit chain: each entry carries the hash of the one before it. Pure: no I/O, no clock.

An entry's hash is SHA-256 over canonical JSON (keys sorted, no spaces, ASCII) of every field but the hash
itself, so that an auditor can recompute the chain with any tool. A chain alone cannot show that its end was
cut off or that all of it was written anew: for that, `verify` compares it with a `Mark`, a place in the chain
that was attested elsewhere (see :mod:`quarantine.head`).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

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
    return json.dumps(fields, sort_keys=True, separators=(",", ":")).encode("ascii")


def stamp(at: datetime) -> str:
    """A time as the chain writes it: UTC, microseconds, always the same length."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def digest(entry: Entry) -> str:
    """The hash an entry should carry."""
    return hashlib.sha256(canonical(entry)).hexdigest()


def chain(previous: Mark | None, event: Event) -> Entry:
    """`event` as the entry that follows `previous` (None: the first)."""
    seq, before = (previous.seq + 1, previous.hash) if previous else (1, GENESIS)
    bare = Entry(
        seq=seq,
        at=event.at,
        actor=clean(event.actor),
        event=clean(event.event),
        subject=clean(event.subject),
        detail={clean(name): clean(item) if isinstance(item, str) else item for name, item in event.detail.items()},
        previous=before,
        hash="",
    )
    return replace(bare, hash=digest(bare))


def clean(text: str) -> str:
    """`text` as any store can keep it: bytes that were no UTF-8 (lone surrogates) written out."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def verify(entries: Iterable[Entry], mark: Mark | None = None) -> list[str]:
    """What is wrong with a chain, entry by entry in the order given; [] when it is whole.

    Tells an edited entry from missing ones, from entries out of order and, with `mark`, from an end cut off
    and from a chain written anew.
    """
    faults: list[str] = []
    seq, before, marked = 0, GENESIS, mark is None or mark.seq == 0
    for entry in entries:
        faults += _link_faults(entry, seq, before)
        if mark is not None and entry.seq == mark.seq:
            marked = True
            if entry.hash != mark.hash:
                faults.append(f"entry {entry.seq}: not the entry that was attested; the chain was written anew")
        seq, before = entry.seq, entry.hash
    if mark is not None and not marked:
        faults.append(f"entries {seq + 1} to {mark.seq} are missing from the end")
    return faults


def _link_faults(entry: Entry, seq: int, before: str) -> list[str]:
    faults: list[str] = []
    if entry.seq > seq + 1:
        faults.append(f"entries {seq + 1} to {entry.seq - 1} are missing")
    elif entry.seq <= seq:
        faults.append(f"entry {entry.seq}: out of order, after entry {seq}")
    elif entry.previous != before:
        faults.append(f"entry {entry.seq}: does not follow entry {seq}")
    if digest(entry) != entry.hash:
        faults.append(f"entry {entry.seq}: was edited")
    return faults
