"""The chain of custody: the audit chain, its attested head, and whether the room stands as the chain says.

The chain shows what was done to the chain; holding cases and ledger against it shows what was done to them behind
the room's back.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from quarantine import audit
from quarantine.audit import Entry, Event
from quarantine.case import LedgerEntry, Status
from quarantine.head import Head
from quarantine.stores.base import Standing, Store

_log = logging.getLogger("quarantine")
_BATCH = 1000
_VERDICTS = frozenset({"admit", "record"})
_MOVES = frozenset({"admit", "decide", "settle", "expire"})
_SAID = ("verdict", "channel", "person", "digest", "size", "subjects", "ruleset")


def verdict(word: str, subject: str, entry: LedgerEntry, **more: str) -> Event:
    """The event of a verdict: enough to show that the ledger's row was changed later."""
    detail: dict[str, str | int] = {"transfer": entry.transfer, **{name: getattr(entry, name) for name in _SAID}}
    return Event(at=datetime.now(UTC), actor="gateway", event=word, subject=subject, detail={**detail, **more})


class Custody:
    """Holds a store against its chain. Thread-safe."""

    def __init__(self, store: Store, head: Head) -> None:
        self._store = store
        self._head = head

    def begin(self) -> None:
        """Attest the chain's head; one that is missing or does not fit is itself put on record first."""
        mark, first = self._head.read(), self._store.hash_at(1)
        if mark is None and first is None:
            self._head.begin()
        elif mark is None or (mark.seq and self._store.hash_at(mark.seq) != mark.hash):
            _log.error("the attested head of the audit chain is missing or does not fit")
            detail = {"seq": mark.seq if mark else -1}
            event = Event(at=datetime.now(UTC), actor="room", event="head_broken", detail=detail)
            self._head.renew(self._store.append(event))

    def stands_as(self, case_id: str, status: Status) -> bool:
        """Whether the chain, too, says that the case stands so."""
        entry = self._store.last_move(case_id)
        return entry is not None and entry.detail.get("status") == status

    def verify(self) -> list[str]:
        """What is wrong, in words with numbers and ids only; [] when chain, head, cases and ledger agree."""
        mark, standing = self._head.read(), self._store.standing()
        faults = [] if mark else ["the attested head is missing or not ours"]
        faults += audit.verify(self._entries(), mark)
        return faults + self._disagreements(standing)

    def _entries(self) -> Iterator[Entry]:
        for batch in self._batches():
            yield from batch

    def _batches(self) -> Iterator[Sequence[Entry]]:
        since = -(2**62)  # numbers below 1 are not ours: they are told too
        while batch := self._store.entries(since, _BATCH):
            yield batch
            since = batch[-1].seq

    def _disagreements(self, standing: Standing) -> list[str]:
        faults: list[str] = []
        told: dict[str, str | int] = {}
        verdicts = 0
        for batch in self._batches():
            batch = [entry for entry in batch if entry.seq <= standing.seq]
            told |= {entry.subject: entry.detail.get("status", "") for entry in batch if entry.event in _MOVES}
            said = [entry for entry in batch if entry.event in _VERDICTS]
            verdicts += len(said)
            faults += self._changed_rows(said)
            faults += [_broken_head(entry) for entry in batch if entry.event == "head_broken"]
        if standing.transfers > verdicts:
            faults.append(f"{standing.transfers - verdicts} transfers in the ledger have no entry")
        return [*faults, *_changed_cases(standing, told)]

    def _changed_rows(self, said: Sequence[Entry]) -> Iterator[str]:
        rows = self._store.verdicts([str(entry.detail.get("transfer", "")) for entry in said])
        for entry in said:
            row = rows.get(str(entry.detail.get("transfer", "")))
            if row is None:
                yield f"entry {entry.seq}: its transfer is missing from the ledger"
            elif any(entry.detail.get(name) != getattr(row, name) for name in _SAID):
                yield f"entry {entry.seq}: its transfer was changed in the ledger"


def _broken_head(entry: Entry) -> str:
    return f"entry {entry.seq}: the attested head was missing or did not fit when the room was opened"


def _changed_cases(standing: Standing, told: dict[str, str | int]) -> Iterator[str]:
    for case_id in sorted(standing.cases.keys() | told.keys()):
        now, then = standing.cases.get(case_id), told.get(case_id)
        if now is None:
            yield f"case {case_id} is missing; the chain says {then}"
        elif now != then:
            yield f"case {case_id} stands as {now}; the chain says {then or 'nothing of it'}"
