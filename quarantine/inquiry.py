"""What is asked of the ledger after the fact: where a citizen was, and what an incident comes to.

Reached as `room.inquiry`. Every question is on record, with its reason sealed, before it is answered; whom it was
about is never kept. What these methods raise is what the room raises.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from quarantine import exposure, views
from quarantine.audit import Event
from quarantine.case import NotAllowed, Notice, RoomError
from quarantine.disk import alone
from quarantine.exposure import Distinct, Sample
from quarantine.ledger import LedgerRow, is_out, new_case_id
from quarantine.stores.base import Leave, Store, StoredIncident, StoredSearch
from quarantine.vault import Vault

#: How long a second person's leave to see the affected people is good.
LEAVE_HOURS = 24
_ROWS = 20_000  # transfers told in answer to one question


@dataclass(frozen=True, kw_only=True, slots=True)
class Hit:
    """A transfer that held what was looked for."""

    row: LedgerRow
    found: Mapping[int, tuple[tuple[str, ...], ...]]  # token -> paths of the parts it was in, as far as known
    paths: tuple[tuple[str, ...], ...] = ()  # of all parts with people in them


@dataclass(frozen=True, kw_only=True, slots=True)
class Search:
    """One search for a citizen."""

    at: datetime
    actor: str
    fields: tuple[str, ...]  # kinds of what was known
    found: int
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Incident:
    """An incident under work."""

    id: str
    opened: datetime
    actor: str
    body: Mapping[str, Any] = field(repr=False)
    hits: tuple[Hit, ...] = ()  # its transfers, newest first
    people: Distinct = Distinct(0)  # noqa: RUF009  immutable; in all of them
    gone: Distinct = Distinct(0)  # noqa: RUF009  in those that have left
    leave: Leave | None = None

    def may_list(self, now: datetime) -> bool:
        """Whether two people have agreed, not long ago, that the affected people be listed."""
        leave = self.leave
        return leave is not None and leave.given_at is not None and now - leave.given_at < timedelta(hours=LEAVE_HOURS)


class NoSuchIncident(RoomError):
    """There is no incident of this id."""


class TooMany(RoomError):
    """More transfers answer a question than can be looked at: it has to be asked more narrowly."""


class Inquiry:
    """Questions to one room's ledger. Thread-safe."""

    def __init__(self, store: Store, vault: Vault, lock: Path | None) -> None:
        self._store, self._vault, self._lock = store, vault, lock

    # -- the trace index

    def tidy(self, *, everything: bool = False) -> bool:
        """Keep the trace index quick to search; whether there was anything to do."""
        if self._lock is None:
            return self._store.tidy(everything=everything)
        with alone(self._lock):
            return self._store.tidy(everything=everything)

    def search(self, tokens: Collection[int], *, actor: str, fields: Sequence[str], reason: str) -> list[Hit]:
        """The transfers with one of these tokens, newest first; who asked and why is on record before they are given.

        Raises ValueError without a reason, TooMany (on record, too) rather than leave some out.
        """
        if not reason.strip():
            raise ValueError("a search needs a reason")
        if self._store.behind():
            self.tidy()  # the gateway was away for long; otherwise no caller waits for a merge
        found = self._store.find(tokens)
        too_many = len(found) > _ROWS
        hits = [] if too_many else self._hits(list(found), found)
        self._put_on_record(actor, " ".join(sorted(fields)), len(found) if too_many else len(hits), reason.strip())
        if too_many:
            raise TooMany(f"{len(found)} transfers answer to this")
        return hits

    def _put_on_record(self, actor: str, fields: str, found: int, reason: str) -> None:
        now = datetime.now(UTC)
        hidden = self._vault.hide(reason, "search")
        detail: dict[str, str | int] = {"fields": fields, "found": found, "reason": self._vault.binding(reason)}
        search = StoredSearch(id=0, at=now, actor=actor, fields=fields, found=found, reason=hidden)
        self._store.searched(search, Event(at=now, actor=actor, event="trace", detail=detail))

    def _hits(self, ids: Sequence[int], found: Mapping[int, Mapping[int, set[int]]]) -> list[Hit]:
        hits = []
        for number, stored in self._store.rows(ids).items():
            paths = views.places(stored, self._vault)
            tokens = {
                token: tuple(paths[part] for part in sorted(parts) if part < len(paths))
                for token, parts in found.get(number, {}).items()
            }
            hits.append(Hit(row=views.ledger_row(stored, self._vault), found=tokens, paths=paths))
        return hits

    def searches(self, limit: int = 50) -> list[Search]:
        """Newest first."""
        return [
            Search(
                at=item.at,
                actor=item.actor,
                fields=tuple(item.fields.split()),
                found=item.found,
                reason=views.told(self._vault, item.reason, "search"),
            )
            for item in self._store.searches(limit)
        ]

    def between(self, since: datetime, until: datetime, *, person: str | None = None) -> list[Hit]:
        """Transfers with people in a span of time, newest first. Raises TooMany rather than leave some out."""
        found = self._store.between(since, until, person, _ROWS + 1)
        if len(found) > _ROWS:
            raise TooMany(f"more than {_ROWS} transfers in this time")
        return self._hits(found, {})

    # -- incidents

    def open_incident(self, actor: str, transfers: Collection[str], body: Mapping[str, Any]) -> str:
        """A new incident; its id."""
        incident_id = new_case_id(8)
        self._save(
            StoredIncident(id=incident_id, opened=datetime.now(UTC), actor=actor, body=b""), actor, body, transfers
        )
        return incident_id

    def save_incident(
        self, incident_id: str, actor: str, body: Mapping[str, Any], transfers: Collection[str] = ()
    ) -> None:
        """Change what is said of an incident, and add transfers to it. Raises NoSuchIncident."""
        self._save(self._stored(incident_id)[0], actor, body, transfers)

    def _save(self, stored: StoredIncident, actor: str, body: Mapping[str, Any], transfers: Collection[str]) -> None:
        text = json.dumps(dict(body), ensure_ascii=False)
        hidden = self._vault.hide(text, f"incident {stored.id}")
        detail: dict[str, str | int] = {"transfers": len(transfers), "body": self._vault.binding(text)}
        event = Event(at=datetime.now(UTC), actor=actor, event="incident", subject=stored.id, detail=detail)
        kept = StoredIncident(id=stored.id, opened=stored.opened, actor=stored.actor, body=hidden)
        self._store.save_incident(kept, transfers, event)

    def incidents(self, limit: int = 100) -> list[Incident]:
        """Newest first, without their transfers."""
        return [self._incident(item) for item in self._store.incidents(limit)]

    def incident(self, incident_id: str) -> Incident:
        """One incident with its transfers. Raises NoSuchIncident."""
        stored, ledger, people, leave = self._stored(incident_id)
        left = {number for number, row in self._store.rows(ledger).items() if is_out(row.left, row.outcome)}
        gone = exposure.count(Sample(values) for number, values in people.items() if number in left)
        everybody = exposure.count(map(Sample, people.values()))
        return self._incident(stored, hits=tuple(self._hits(ledger, {})), people=everybody, gone=gone, leave=leave)

    def _incident(self, stored: StoredIncident, **more: Any) -> Incident:
        text = self._vault.show(stored.body, f"incident {stored.id}")
        return Incident(id=stored.id, opened=stored.opened, actor=stored.actor, body=json.loads(text or "{}"), **more)

    def _stored(self, incident_id: str) -> tuple[StoredIncident, list[int], dict[int, exposure.Values], Leave | None]:
        found = self._store.incident(incident_id)
        if found is None:
            raise NoSuchIncident("there is no such incident")
        return found

    def ask_leave(self, incident_id: str, actor: str, notices: Sequence[Notice] = ()) -> None:
        """Ask that the affected people be listed; the notices go to who may allow it. Raises NoSuchIncident."""
        self._stored(incident_id)
        now = datetime.now(UTC)
        event = Event(at=now, actor=actor, event="list_ask", subject=incident_id)
        hidden = [self._vault.hide_notice(notice) for notice in notices]
        self._store.ask_leave(incident_id, actor, now, event, hidden)

    def give_leave(self, incident_id: str, actor: str) -> None:
        """Allow what another person has asked for. Raises NoSuchIncident, NotAllowed."""
        self._stored(incident_id)
        now = datetime.now(UTC)
        event = Event(at=now, actor=actor, event="list_allow", subject=incident_id)
        if not self._store.give_leave(incident_id, actor, now, event):
            raise NotAllowed("nobody else has asked to see this list")

    def listed(self, incident_id: str, actor: str) -> Incident:
        """The incident, for the list of its affected people: that it is made is on record before it is.

        Raises NoSuchIncident, NotAllowed without a second person's leave that is still good.
        """
        incident, now = self.incident(incident_id), datetime.now(UTC)
        if not incident.may_list(now):
            raise NotAllowed("a second person has to allow this list")
        self._store.append(Event(at=now, actor=actor, event="list_people", subject=incident_id))
        return incident
