"""What the room has on record: the audit chain, its checkpoints, the ledger, and what they add up to."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from quarantine import transcript, views
from quarantine.audit import Entry, Event
from quarantine.case import Notice
from quarantine.custody import Custody
from quarantine.ledger import LedgerRow
from quarantine.stores.base import Store
from quarantine.tallies import Tallies
from quarantine.vault import Vault

_BATCH = 1000


class Records:
    """The part of the room that is about nothing but what was written down. See :class:`quarantine.room.Room`."""

    def __init__(self, store: Store, vault: Vault, custody: Custody) -> None:
        self._store, self._vault, self._custody = store, vault, custody

    def note(self, actor: str, event: str, detail: Mapping[str, str | int] | None = None, *, subject: str = "") -> None:
        """An audit entry of the caller's own (login, policy change). No personal values in `detail`."""
        self._store.append(self._event(actor, event, subject, **dict(detail or {})))

    def enter(self, events: Sequence[Event], notices: Sequence[Notice] = ()) -> None:
        """Audit entries of another store's change and the notices it owes, in one transaction. No personal values
        in the entries."""
        self._store.append_all(events, [self._vault.hide_notice(notice) for notice in notices])

    def binding(self, text: str) -> str:
        """A keyed digest by which an entry can attest a text without saying it; "" of none."""
        return self._vault.binding(text)

    def entries(self, since: int = 0, limit: int = _BATCH) -> list[Entry]:
        """Audit entries after number `since`, in order."""
        return self._store.entries(since, limit)

    def verify(self, elsewhere: Sequence[str] | None = None) -> list[str]:
        """What is wrong with the audit chain, and where cases, ledger or checkpoints do not stand as it says; []
        when all is whole. `elsewhere`: the lines of the checkpoints as a second place has them."""
        return self._custody.verify(elsewhere)

    def tallies(self, steps: Sequence[datetime], actor: str, departments: Collection[str] | None = None) -> Tallies:
        """What the last of the periods between `steps` adds up to (None: of all departments); on record before."""
        said = "all" if departments is None else " ".join(sorted(departments))
        self._store.append(self._event(actor, "report", since=str(steps[-2]), until=str(steps[-1]), departments=said))
        with self._store.evidence() as evidence:
            return evidence.tallies(steps, departments)

    def last_event(self, event: str) -> Entry | None:
        """The last audit entry of this kind."""
        return self._store.last_event(event)

    def last_about(self, event: str, subject: str) -> Entry | None:
        """The last entry of this event about `subject`: a case, a person, a transfer."""
        return self._store.last_about(event, subject)

    def last_entry(self) -> int:
        """Number of the last audit entry; 0 for none."""
        last = self._store.last()
        return last.seq if last else 0

    def transcript(self) -> Iterator[bytes]:
        """JSON lines of all that a verification needs, as it stands now: no content, no tokens."""
        with self._store.evidence() as evidence:
            yield from transcript.lines(evidence)

    def checkpoint(self, *, entries: int = 1, age: timedelta = timedelta.max) -> str | None:
        """Sign the chain as it stands, if it has that many new entries, or any and the last checkpoint is older
        than `age`. The line, or None."""
        return self._custody.sign(entries=entries, age=age)

    def checkpoints(self, since: int = 0, limit: int = _BATCH) -> list[tuple[int, str]]:
        """Checkpoints after number `since`: (number, line as it is exported)."""
        return self._store.checkpoints(since, limit)

    def last_checkpoint(self) -> str:
        """The last line; "" for none."""
        return self._store.last_checkpoint()

    def public_key(self) -> str:
        """The key that verifies checkpoints, as PEM."""
        return self._custody.signer.pem()

    def exported(self, place: str) -> int:
        """The last number (of a checkpoint or an entry) that a place elsewhere has."""
        return self._store.exported(place)

    def set_exported(self, place: str, done: int) -> None:
        """A place elsewhere has everything up to this number."""
        self._store.set_exported(place, done)

    def ledger(self, *, limit: int = 200, person: str | None = None) -> list[LedgerRow]:
        """Every transfer, newest first, without tokens."""
        return [views.ledger_row(row, self._vault) for row in self._store.ledger(limit=limit, person=person)]

    def _event(self, actor: str, event: str, subject: str = "", /, **detail: str | int) -> Event:
        return Event(at=this_moment(), actor=actor, event=event, subject=subject, detail=detail)


def this_moment() -> datetime:
    """With its zone, as everything is dated that is written down."""
    return datetime.now(UTC)
