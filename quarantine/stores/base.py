"""What the room asks of its store, in verbs of intent.

Every verb that changes something is one transaction, together with its audit entry, and has reached the disk
when it returns. A store sees free text only sealed. All raise RoomUnavailable when the store cannot answer.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from quarantine import proof
from quarantine.audit import Entry, Event, Mark
from quarantine.case import LedgerEntry, Move, Permit, RoomError, Status
from quarantine.checkpoint import Basis
from quarantine.exposure import Sample, Values
from quarantine.tallies import Tallies


class CaseIdTaken(RoomError):
    """A case has this id already: take another."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Sealed:
    """Where a case's content is and what opens it."""

    key: str  # id of the ring's key that wraps the data key
    wrapped: bytes = field(repr=False)
    blob: str
    inner: bytes = field(repr=False)  # sealed JSON {"envelope", "sha256", "size"}
    preview: bytes = field(repr=False)  # sealed


@dataclass(frozen=True, slots=True)
class Earlier:
    """What `earlier` is asked: transfers of this very content by this sender since then."""

    channel: str
    sender: str
    digest: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Recorded:
    """What `record` is told."""

    entry: LedgerEntry
    notices: Sequence[bytes]
    event: Event
    places: bytes = b""
    row: Mapping[str, Any] = field(default_factory=dict)  # the entry as it is stored, where that was made already


@dataclass(frozen=True, slots=True)
class Concluded:
    """What `outcome` is told."""

    transfer: str
    word: str
    detail: bytes
    event: Event


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredDecision:
    """A decision, its reason sealed."""

    actor: str
    move: Move
    reason: bytes
    at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredCase:
    """A case as the store keeps it."""

    id: str
    entry: LedgerEntry
    status: Status
    approvals_needed: int
    supervisor: str
    reportable: tuple[str, ...]
    opened: datetime
    changed: datetime
    detail: bytes = b""  # sealed; b"" for none
    decisions: tuple[StoredDecision, ...] = ()  # since it was last quarantined, in their order
    sealed: Sealed | None  # None: purged


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """What one step does to a case."""

    status: Status
    changed: datetime
    event: Event
    detail: bytes | None = None  # sealed; None: as it was
    decision: StoredDecision | None = None
    afresh: bool = False  # decisions so far no longer count
    left: datetime | None = None  # the transfer has left
    shred: bool = False  # forget key, envelope and preview
    permit: Permit | None = None
    notices: tuple[bytes, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredRow:
    """A ledger row, its detail sealed."""

    entry: LedgerEntry
    left: datetime | None
    outcome: str
    detail: bytes
    case: str
    status: Status | None
    places: bytes = b""  # sealed; b"" for none, and where they were not asked for


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredSearch:
    """One search for a citizen, its reason sealed."""

    id: int
    at: datetime
    actor: str
    fields: str
    found: int
    reason: bytes


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredIncident:
    """An incident, its body sealed."""

    id: str
    opened: datetime
    actor: str
    body: bytes


@dataclass(frozen=True, kw_only=True, slots=True)
class Leave:
    """Who asked to see an incident's affected people, and who allowed it."""

    asked_by: str
    asked_at: datetime
    given_by: str = ""
    given_at: datetime | None = None


class Evidence(proof.Evidence, Protocol):
    """Everything as it stood at one moment."""

    def checkpoints(self) -> Iterator[str]:
        """Lines, by number."""
        ...

    def tallies(self, steps: Sequence[datetime], departments: Collection[str] | None) -> Tallies:
        """What the last of the periods between `steps` adds up to, and the trend over all of them."""
        ...


class Store(Protocol):
    """The room's memory. Thread-safe, and safe between processes."""

    # cases
    def admit(self, case: StoredCase, notices: Sequence[bytes], event: Event, places: bytes = b"") -> str:
        """Keep a case with its ledger entry, tokens, traces (their paths sealed: `places`), notices and event. The id
        of the case that now stands for this transfer: an earlier admit of the same transfer wins. Raises CaseIdTaken,
        and RoomError when the transfer was recorded without a case."""
        ...

    def case(self, case_id: str) -> StoredCase:
        """Raises NoSuchCase."""
        ...

    def case_of(self, transfer: str) -> str | None:
        """Id of the case that holds this transfer."""
        ...

    def cases(self, *, status: Collection[Status], departments: Collection[str] | None, limit: int) -> list[StoredCase]:
        """Oldest first. No status: any; `departments` None: any."""
        ...

    def change(self, case_id: str, step: Callable[[StoredCase], Change]) -> StoredCase:
        """Let `step` judge the case as it stands and do what it says, all in one transaction: nobody else can
        change the case in between. What `step` raises changes nothing. The case as it then stands."""
        ...

    def due(self, status: Collection[Status], before: datetime, limit: int) -> list[str]:
        """Ids of cases that have stood so since before that time, oldest first."""
        ...

    def rewrap(self, case_id: str, key: str, wrapped: bytes, instead_of: bytes, event: Event) -> bool:
        """Exchange a wrapped data key, if it is still the one named."""
        ...

    def locked(self, sender: str, since: datetime, limit: int) -> list[str]:
        """Ids of this sender's mails since then that are held for what is locked in them, the latest first; not those
        for which an event "password" is on record."""
        ...

    def holds(self, blob: str) -> bool:
        """Whether a case needs this blob."""
        ...

    # ledger
    def record(self, entry: LedgerEntry, notices: Sequence[bytes], event: Event, places: bytes = b"") -> bool:
        """Keep a transfer that is not held. False: it was recorded before, and nothing changed."""
        ...

    def record_all(self, kept: Sequence[tuple[LedgerEntry, Event, bytes]]) -> int:
        """`record` for many (entry, event, places) in one transaction; how many were new."""
        ...

    def outcome(self, transfer: str, word: str, detail: bytes, event: Event) -> bool:
        """What became of a transfer. False: there is no such transfer."""
        ...

    def write(self, writes: Sequence[Recorded | Concluded]) -> list[bool | BaseException]:
        """`record` or `outcome` for each, in one transaction, yet what one of them raises undoes that one alone. Its
        witness may hear of it only at `attest`."""
        ...

    def attest(self) -> None:
        """Tell the witness of what `write` has committed, if it was not told yet."""
        ...

    def earlier_all(self, asked: Sequence[Earlier]) -> list[list[StoredRow]]:
        """`earlier` for each."""
        ...

    def exposed(self, person: str, since: datetime) -> list[tuple[datetime, Sample]]:
        """(when it left, whom it held) of each transfer of this person since then; of more than `exposure.EXACT`
        people in all, samples."""
        ...

    def ledger(self, *, limit: int, person: str | None) -> list[StoredRow]:
        """Newest first."""
        ...

    def rows(self, ids: Collection[int]) -> dict[int, StoredRow]:
        """Rows of the ledger by their numbers, newest first, with their sealed places."""
        ...

    # trace index
    def find(self, tokens: Collection[int]) -> Mapping[int, Mapping[int, set[int]]]:
        """Ledger row -> token -> parts, wherever one of these tokens is."""
        ...

    def behind(self) -> bool:
        """Whether so much waits to be tidied that a search would take long."""
        ...

    def tidy(self, *, everything: bool = False) -> bool:
        """Keep the trace index quick to search; by one process at a time. Whether there was anything to do."""
        ...

    def searched(self, search: StoredSearch, event: Event) -> None:
        """Put a search on record."""
        ...

    def searches(self, limit: int) -> list[StoredSearch]:
        """Newest first."""
        ...

    # incidents
    def save_incident(self, incident: StoredIncident, transfers: Collection[str], event: Event) -> None:
        """Open an incident or change its body, and add transfers to it."""
        ...

    def incidents(self, limit: int) -> list[StoredIncident]:
        """Newest first."""
        ...

    def incident(self, incident_id: str) -> tuple[StoredIncident, list[int], dict[int, Values], Leave | None] | None:
        """One incident, its ledger rows, the people of each that has any, and the last request for leave."""
        ...

    def ask_leave(
        self, incident_id: str, actor: str, at: datetime, event: Event, notices: Sequence[bytes] = ()
    ) -> None:
        """Ask to see the affected people; the notices go to who may allow it."""
        ...

    def give_leave(self, incident_id: str, actor: str, at: datetime, event: Event) -> bool:
        """Allow what somebody else asked for last. False: there is nothing to allow, or `actor` asked."""
        ...

    def between(self, since: datetime, until: datetime, person: str | None, limit: int) -> list[int]:
        """Ledger rows of transfers with people in a span of time, oldest first."""
        ...

    def earlier(self, channel: str, sender: str, digest: str, since: datetime) -> list[StoredRow]:
        """Transfers of this very content by this sender since then, oldest first."""
        ...

    def has_permit(self, *, person: str, digest: str, destination: str, now: datetime) -> bool:
        """Whether there is a fitting unused permit."""
        ...

    def use_permit(
        self,
        *,
        person: str,
        digest: str,
        destination: str,
        now: datetime,
        transfer: str,
        event: Event,
        record: Callable[[Permit], Recorded] | None = None,
    ) -> Permit | None:
        """Take the fitting unused permit that ends first, and `record` what leaves by it: both or neither. The event
        gets the case id as its subject. Raises RoomError for a transfer that was recorded before."""
        ...

    # notices, keys
    def notices(self, limit: int) -> list[tuple[int, bytes]]:
        """Those not sent, oldest first."""
        ...

    def notice_sent(self, notice_id: int) -> None:
        """It is sent; its text is forgotten."""
        ...

    def known_keys(self) -> set[str]:
        """Ids of the ring's keys noted so far."""
        ...

    def wrapped_by_others(self, key: str, after: str, limit: int) -> list[str]:
        """Ids, above `after` and in their order, of unpurged cases whose data key another key wraps."""
        ...

    def learn_keys(self, ids: Sequence[str], at: datetime) -> list[str]:
        """Note keys of the ring, with an audit entry for each that is new. The new ones."""
        ...

    # audit
    def append(self, event: Event) -> Entry:
        """An entry of its own."""
        ...

    def append_all(self, events: Sequence[Event], notices: Sequence[bytes]) -> None:
        """Entries of their own, and notices, together."""
        ...

    def entries(self, since: int, limit: int) -> list[Entry]:
        """Entries with seq > `since`, in order."""
        ...

    def last(self) -> Mark | None:
        """The chain's last entry."""
        ...

    def hash_at(self, seq: int) -> str | None:
        """The hash of one entry."""
        ...

    def last_event(self, event: str) -> Entry | None:
        """The last entry of this kind; read from the end, so for what happens now and then."""
        ...

    def last_about(self, event: str, subject: str) -> Entry | None:
        """The last entry of this event about `subject`."""
        ...

    def last_move(self, case_id: str) -> Entry | None:
        """The last entry that says how a case stands: an admit, decide, settle or expire."""
        ...

    def evidence(self, *, lenient: bool = False) -> AbstractContextManager[Evidence]:
        """Everything as it stands now, to be verified; nobody waits for its reader. `lenient`: also texts that are
        none, which raise RoomUnavailable otherwise (slower)."""
        ...

    def add_checkpoint(self, announce: Callable[[int, str], Event | None], make: Callable[[Basis], str]) -> str | None:
        """Keep the line `make` gives for the chain and ledger as they stand, in one transaction. `announce` is told the
        last entry's number and the line before, and gives the entry to append first; None: none is due."""
        ...

    def checkpoints(self, since: int, limit: int) -> list[tuple[int, str]]:
        """Checkpoints with number > `since`, in order: (number, line)."""
        ...

    def last_checkpoint(self) -> str:
        """The last line; "" for none."""
        ...

    def exported(self, place: str) -> int:
        """The last number that a place has; 0 for none."""
        ...

    def set_exported(self, place: str, done: int) -> None:
        """A place has everything up to this number."""
        ...

    def forget(self) -> None:
        """Leave no trace of what was shredded in the store's own files."""
        ...

    def close(self) -> None:
        """Close; the store is not used afterwards."""
        ...
