"""The embedded store: one SQLite file in WAL mode, every commit synced.

One connection writes, one reads, each behind its own lock; other processes wait for the writer by SQLite's own
lock. Facts used (sqlite.org): in WAL mode with synchronous=FULL the log is synced at each commit; BEGIN IMMEDIATE
takes the write lock before anything is read, so what was read is still true at the commit.
"""

from __future__ import annotations

import logging
import os
import sqlite3
import threading
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from quarantine import audit, bonds, checkpoint, exposure
from quarantine.audit import Entry, Event, Mark
from quarantine.case import LedgerEntry, NoSuchCase, Permit, RoomError, RoomUnavailable, Status
from quarantine.checkpoint import Basis
from quarantine.exposure import Sample, Values
from quarantine.stores import queries, rows
from quarantine.stores.base import (
    CaseIdTaken,
    Change,
    Evidence,
    Leave,
    StoredCase,
    StoredIncident,
    StoredRow,
    StoredSearch,
)
from quarantine.stores.group import Group
from quarantine.stores.snapshot import Snapshot
from quarantine.stores.tracing import Tracing

_log = logging.getLogger("quarantine")
_BUSY = 30.0  # seconds to wait for another process's transaction
_PRAGMAS = ("foreign_keys=ON", "synchronous=FULL", "secure_delete=ON", "trusted_schema=OFF", "temp_store=MEMORY")

type Witness = Callable[[Entry, Callable[[int], str | None]], None]


class SqliteStore:
    """Implements :class:`quarantine.stores.base.Store`."""

    def __init__(self, path: Path, witness: Witness) -> None:
        """`witness` is told, after each commit, of the last entry and of a way to look up earlier hashes."""
        self._sql = queries.load()
        self._path = path
        self._witness = witness
        self._writing, self._reading = threading.RLock(), threading.RLock()
        with _said():
            os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))  # its log inherits the mode
            with ExitStack() as undo:
                self._writer = _connect(path, undo)
                _migrate(self._writer)
                self._reader = _connect(path, undo)
                self._reader.execute("PRAGMA query_only=ON")
                undo.pop_all()
        self._linked: list[Entry] = []  # by the running transaction
        self._group = Group(self._writing, self._transaction, self._linked)
        self._tracing = Tracing(self._sql, self._transaction, self._snapshot)

    def close(self) -> None:
        """See :class:`quarantine.stores.base.Store`."""
        with self._writing, self._reading, _said():
            self._reader.close()
            self._writer.close()

    # -- transactions

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._writing, _said():
            self._linked.clear()
            self._writer.execute("BEGIN IMMEDIATE")
            try:
                yield self._writer
                self._writer.execute("COMMIT")
            except BaseException:
                if self._writer.in_transaction:
                    self._writer.execute("ROLLBACK")
                raise
            self._attest()

    def _together[T](self, write: Callable[[sqlite3.Connection], T]) -> T:
        """`write` in a transaction, together with those of other threads that wait for the disk just now.

        Returns when it is on disk. What one of them raises undoes that one alone.
        """
        with _said():
            return self._group.run(write)

    def _attest(self) -> None:
        """Tell of what was committed. Nothing may fail here any more: it has happened."""
        if self._linked:
            try:
                self._witness(self._linked[-1], self._hash_at)
            except sqlite3.Error:
                _log.error("the audit head could not be compared")

    @contextmanager
    def _snapshot(self) -> Iterator[sqlite3.Connection]:
        with self._reading, _said():
            self._reader.execute("BEGIN")
            try:
                yield self._reader
            finally:
                self._reader.execute("ROLLBACK")

    def _one(self, tx: sqlite3.Connection, name: str, /, **values: Any) -> sqlite3.Row | None:
        found: sqlite3.Row | None = tx.execute(self._sql[name], values).fetchone()
        return found

    def _all(self, tx: sqlite3.Connection, name: str, /, **values: Any) -> list[sqlite3.Row]:
        return tx.execute(self._sql[name], values).fetchall()

    def _link(self, tx: sqlite3.Connection, event: Event) -> Entry:
        """Append an entry in the running transaction."""
        last = self._one(tx, "last_entry")
        entry = audit.chain(None if last is None else Mark(seq=last["seq"], hash=last["hash"]), event)
        tx.execute(self._sql["add_entry"], rows.link_values(entry))
        self._linked.append(entry)
        return entry

    # -- cases

    def admit(self, case: StoredCase, notices: Sequence[bytes], event: Event, places: bytes = b"") -> str:
        """See :class:`quarantine.stores.base.Store`."""
        with self._transaction() as tx:
            standing = self._one(tx, "case_of", transfer=case.entry.transfer)
            if standing is not None:
                return str(standing["held"])
            ledger = self._add_ledger(tx, case.entry, places)
            if ledger is None:
                raise RoomError("this transfer was recorded before, and not as a held one")
            if self._one(tx, "add_case", **rows.case_values(case, ledger)) is None:
                raise CaseIdTaken("this case id is taken")
            self._add_notices(tx, notices)
            self._link(tx, event)
            return case.id

    def _add_ledger(self, tx: sqlite3.Connection, entry: LedgerEntry, places: bytes) -> int | None:
        made = self._one(tx, "add_ledger", **rows.entry_values(entry))
        if made is None:
            return None
        ledger = int(made["id"])
        if entry.tokens:
            tx.execute(self._sql["add_people"], {"ledger": ledger, "tokens": exposure.pack(entry.tokens)})
        if entry.traces is not None:
            self._tracing.add(tx, ledger, entry.traces.tokens, entry.traces.parts)
        if places:
            tx.execute(self._sql["add_place"], {"ledger": ledger, "sealed": places})
        return ledger

    def _add_notices(self, tx: sqlite3.Connection, notices: Sequence[bytes]) -> None:
        tx.executemany(self._sql["add_notice"], [{"sealed": notice} for notice in notices])

    def case(self, case_id: str) -> StoredCase:
        """See :class:`quarantine.stores.base.Store`."""
        with self._snapshot() as tx:
            return self._case(tx, case_id)

    def _case(self, tx: sqlite3.Connection, case_id: str) -> StoredCase:
        row = self._one(tx, "get_case", case=case_id)
        if row is None:
            raise NoSuchCase("there is no such case")
        return rows.to_case(row, self._all(tx, "list_decisions", case=case_id))

    def case_of(self, transfer: str) -> str | None:
        """See :class:`quarantine.stores.base.Store`."""
        with self._snapshot() as tx:
            found = self._one(tx, "case_of", transfer=transfer)
        return None if found is None else str(found["held"])

    def cases(self, *, status: Collection[Status], departments: Collection[str] | None, limit: int) -> list[StoredCase]:
        """See :class:`quarantine.stores.base.Store`."""
        states = rows.to_json([str(word) for word in status]) if status else None
        wanted = None if departments is None else rows.to_json(list(departments))
        with self._snapshot() as tx:
            found = self._all(tx, "list_cases", status=states, departments=wanted, limit=limit)
            return [rows.to_case(row, self._all(tx, "list_decisions", case=row["held"])) for row in found]

    def change(self, case_id: str, step: Callable[[StoredCase], Change]) -> StoredCase:
        """See :class:`quarantine.stores.base.Store`."""
        with self._transaction() as tx:
            change = step(self._case(tx, case_id))
            self._apply(tx, case_id, change)
            self._link(tx, change.event)
            return self._case(tx, case_id)

    def _apply(self, tx: sqlite3.Connection, case_id: str, change: Change) -> None:
        if change.decision is not None:
            word = change.decision
            self._add_decision(tx, case_id, word.actor, word.move, word.reason, word.at)
        if change.shred:
            tx.execute(self._sql["shred_case"], {"case": case_id, "status": change.status})
        tx.execute(
            self._sql["change_case"],
            {
                "case": case_id,
                "status": change.status,
                "changed": rows.to_number(change.changed),
                "detail": change.detail,
                "afresh": int(change.afresh),
            },
        )
        if change.left is not None:
            tx.execute(self._sql["set_left"], {"case": case_id, "left_at": rows.to_number(change.left)})
        if change.permit is not None:
            self._add_permit(tx, change.permit)
        self._add_notices(tx, change.notices)

    def _add_decision(
        self, tx: sqlite3.Connection, case_id: str, actor: str, move: str, reason: bytes, when: datetime
    ) -> None:
        values = {"case": case_id, "actor": actor, "move": move, "reason": reason, "at": rows.to_number(when)}
        tx.execute(self._sql["add_decision"], values)

    def _add_permit(self, tx: sqlite3.Connection, permit: Permit) -> None:
        values = {
            "case": permit.case,
            "person": permit.person,
            "digest": permit.digest,
            "destination": permit.destination,
            "until": rows.to_number(permit.until),
        }
        tx.execute(self._sql["add_permit"], values)

    def due(self, status: Collection[Status], before: datetime, limit: int) -> list[str]:
        """See :class:`quarantine.stores.base.Store`."""
        states = rows.to_json([str(word) for word in status])
        with self._snapshot() as tx:
            found = self._all(tx, "due_cases", status=states, before=rows.to_number(before), limit=limit)
        return [row["id"] for row in found]

    def rewrap(self, case_id: str, key: str, wrapped: bytes, instead_of: bytes, event: Event) -> bool:
        """See :class:`quarantine.stores.base.Store`."""
        with self._transaction() as tx:
            values = {"case": case_id, "key": key, "wrapped": wrapped, "instead_of": instead_of}
            done = tx.execute(self._sql["rewrap_case"], values).rowcount == 1
            if done:
                self._link(tx, event)
            return done

    def holds(self, blob: str) -> bool:
        """See :class:`quarantine.stores.base.Store`."""
        with self._snapshot() as tx:
            return self._one(tx, "blob_is_held", blob=blob) is not None

    # -- ledger

    def record(self, entry: LedgerEntry, notices: Sequence[bytes], event: Event, places: bytes = b"") -> bool:
        """See :class:`quarantine.stores.base.Store`."""

        def write(tx: sqlite3.Connection) -> bool:
            if self._add_ledger(tx, entry, places) is None:
                return False
            self._add_notices(tx, notices)
            self._link(tx, event)
            return True

        return self._together(write)

    def record_all(self, kept: Sequence[tuple[LedgerEntry, Event, bytes]]) -> int:
        """See :class:`quarantine.stores.base.Store`."""
        new = 0
        with self._transaction() as tx:
            for entry, event, places in kept:
                if self._add_ledger(tx, entry, places) is not None:
                    self._link(tx, event)
                    new += 1
        return new

    def outcome(self, transfer: str, word: str, detail: bytes, event: Event) -> bool:
        """See :class:`quarantine.stores.base.Store`."""

        def write(tx: sqlite3.Connection) -> bool:
            values = {"transfer": transfer, "outcome": word, "detail": detail}
            known = tx.execute(self._sql["set_outcome"], values).rowcount == 1
            if known:
                self._link(tx, event)
            return known

        return self._together(write)

    def exposed(self, person: str, since: datetime) -> list[tuple[datetime, Sample]]:
        """See :class:`quarantine.stores.base.Store`."""
        with self._snapshot() as tx:
            found = self._all(tx, "exposed", person=person, since=rows.to_number(since))
            total = sum(row["size"] for row in found)
            return [(rows.to_time(row["left_at"]), self._sample(tx, row["id"], row["size"], total)) for row in found]

    def _sample(self, tx: sqlite3.Connection, ledger: int, size: int, total: int) -> Sample:
        wanted = exposure.share(size, total)
        if wanted == size:
            row = self._one(tx, "get_people", ledger=ledger)
            return Sample(exposure.unpack(row["tokens"] if row else b""))
        with tx.blobopen("people", "tokens", ledger, readonly=True) as blob:  # only the pages of its beginning
            return Sample(exposure.unpack(blob.read(wanted * 8)), whole=False)

    def ledger(self, *, limit: int, person: str | None) -> list[StoredRow]:
        """See :class:`quarantine.stores.base.Store`."""
        with self._snapshot() as tx:
            return [rows.to_row(row) for row in self._all(tx, "list_ledger", person=person, limit=limit)]

    def earlier(self, channel: str, sender: str, digest: str, since: datetime) -> list[StoredRow]:
        """See :class:`quarantine.stores.base.Store`."""
        asked = {"channel": channel, "sender": audit.clean(sender), "digest": digest, "since": rows.to_number(since)}
        with self._snapshot() as tx:
            return [rows.to_row(row) for row in self._all(tx, "earlier", **asked)]

    def rows(self, ids: Collection[int]) -> dict[int, StoredRow]:
        """See :class:`quarantine.stores.base.Store`."""
        with self._snapshot() as tx:
            return {
                row["id"]: rows.to_placed_row(row) for row in self._all(tx, "ledger_rows", ids=rows.to_json(list(ids)))
            }

    def between(self, since: datetime, until: datetime, person: str | None, limit: int) -> list[int]:
        """See :class:`quarantine.stores.base.Store`."""
        span = {"since": rows.to_number(since), "until": rows.to_number(until)}
        with self._snapshot() as tx:
            return [row["id"] for row in self._all(tx, "ledger_between", **span, person=person, limit=limit)]

    # -- trace index

    def find(self, tokens: Collection[int]) -> Mapping[int, Mapping[int, set[int]]]:
        """See :class:`quarantine.stores.base.Store`."""
        return self._tracing.find(tokens)

    def behind(self) -> bool:
        """See :class:`quarantine.stores.base.Store`."""
        return self._tracing.behind()

    def tidy(self, *, everything: bool = False) -> bool:
        """See :class:`quarantine.stores.base.Store`."""
        return self._tracing.tidy(everything=everything)

    def searched(self, search: StoredSearch, event: Event) -> None:
        """See :class:`quarantine.stores.base.Store`."""
        with self._transaction() as tx:
            tx.execute(self._sql["add_search"], rows.search_values(search))
            self._link(tx, event)

    def searches(self, limit: int) -> list[StoredSearch]:
        """See :class:`quarantine.stores.base.Store`."""
        with self._snapshot() as tx:
            return [rows.to_search(row) for row in self._all(tx, "list_searches", limit=limit)]

    # -- incidents

    def save_incident(self, incident: StoredIncident, transfers: Collection[str], event: Event) -> None:
        """See :class:`quarantine.stores.base.Store`."""
        values = {"id": incident.id, "opened": rows.to_number(incident.opened), "actor": incident.actor}
        with self._transaction() as tx:
            tx.execute(self._sql["save_incident"], {**values, "body": incident.body})
            chosen = [{"incident": incident.id, "transfer": transfer} for transfer in transfers]
            tx.executemany(self._sql["add_incident_ledger"], chosen)
            self._link(tx, event)

    def incidents(self, limit: int) -> list[StoredIncident]:
        """See :class:`quarantine.stores.base.Store`."""
        with self._snapshot() as tx:
            return [rows.to_incident(row) for row in self._all(tx, "list_incidents", limit=limit)]

    def incident(self, incident_id: str) -> tuple[StoredIncident, list[int], dict[int, Values], Leave | None] | None:
        """See :class:`quarantine.stores.base.Store`."""
        with self._snapshot() as tx:
            row = self._one(tx, "get_incident", id=incident_id)
            if row is None:
                return None
            ledger = [found["ledger"] for found in self._all(tx, "list_incident_ledger", incident=incident_id)]
            held = self._all(tx, "incident_people", incident=incident_id)
            people = {found["ledger"]: exposure.unpack(found["tokens"]) for found in held}
            leave = self._one(tx, "last_leave", incident=incident_id)
        return rows.to_incident(row), ledger, people, None if leave is None else rows.to_leave(leave)

    def ask_leave(
        self, incident_id: str, actor: str, at: datetime, event: Event, notices: Sequence[bytes] = ()
    ) -> None:
        """See :class:`quarantine.stores.base.Store`."""
        with self._transaction() as tx:
            tx.execute(self._sql["ask_leave"], {"incident": incident_id, "actor": actor, "at": rows.to_number(at)})
            self._add_notices(tx, notices)
            self._link(tx, event)

    def give_leave(self, incident_id: str, actor: str, at: datetime, event: Event) -> bool:
        """See :class:`quarantine.stores.base.Store`."""
        with self._transaction() as tx:
            given = self._one(tx, "give_leave", incident=incident_id, actor=actor, at=rows.to_number(at)) is not None
            if given:
                self._link(tx, event)
            return given

    def use_permit(
        self, *, person: str, digest: str, destination: str, now: datetime, transfer: str, event: Event
    ) -> Permit | None:
        """See :class:`quarantine.stores.base.Store`."""
        wanted = {"person": person, "digest": digest, "destination": destination, "now": rows.to_number(now)}
        with self._snapshot() as tx:
            if self._one(tx, "find_permit", **wanted) is None:
                return None  # nearly always, and then nobody waits for the writer
        with self._transaction() as tx:
            taken = self._one(tx, "use_permit", **wanted, transfer=transfer)
            if taken is None:
                return None
            permit = rows.to_permit(taken)
            self._link(tx, replace(event, subject=permit.case))
            return permit

    # -- notices, keys

    def notices(self, limit: int) -> list[tuple[int, bytes]]:
        """See :class:`quarantine.stores.base.Store`."""
        with self._snapshot() as tx:
            return [(row["id"], row["sealed"]) for row in self._all(tx, "list_notices", limit=limit)]

    def notice_sent(self, notice_id: int) -> None:
        """See :class:`quarantine.stores.base.Store`."""
        with self._transaction() as tx:
            tx.execute(self._sql["set_notice_sent"], {"id": notice_id, "at": rows.to_number(datetime.now(UTC))})

    def known_keys(self) -> set[str]:
        """See :class:`quarantine.stores.base.Store`."""
        with self._snapshot() as tx:
            return {row["key"] for row in self._all(tx, "list_keys")}

    def wrapped_by_others(self, key: str, after: str, limit: int) -> list[str]:
        """See :class:`quarantine.stores.base.Store`."""
        with self._snapshot() as tx:
            return [row["id"] for row in self._all(tx, "wrapped_by_others", key=key, after=after, limit=limit)]

    def learn_keys(self, ids: Sequence[str], at: datetime) -> list[str]:
        """See :class:`quarantine.stores.base.Store`."""
        with self._transaction() as tx:
            new = [name for name in ids if self._one(tx, "add_key", key=name, at=rows.to_number(at)) is not None]
            for name in new:
                self._link(tx, Event(at=at, actor="room", event="key", subject=name))
            return new

    # -- audit

    def append(self, event: Event) -> Entry:
        """See :class:`quarantine.stores.base.Store`."""
        with self._transaction() as tx:
            return self._link(tx, event)

    def append_all(self, events: Sequence[Event], notices: Sequence[bytes]) -> None:
        """See :class:`quarantine.stores.base.Store`."""
        with self._transaction() as tx:
            self._add_notices(tx, notices)
            for event in events:
                self._link(tx, event)

    def entries(self, since: int, limit: int) -> list[Entry]:
        """See :class:`quarantine.stores.base.Store`."""
        with self._snapshot() as tx:
            return [rows.to_link(row) for row in self._all(tx, "list_entries", since=since, limit=limit)]

    def last(self) -> Mark | None:
        """See :class:`quarantine.stores.base.Store`."""
        with self._snapshot() as tx:
            found = self._one(tx, "last_entry")
        return None if found is None else Mark(seq=found["seq"], hash=found["hash"])

    def hash_at(self, seq: int) -> str | None:
        """See :class:`quarantine.stores.base.Store`."""
        with self._snapshot() as tx:
            found = self._one(tx, "hash_at", seq=seq)
        return None if found is None else str(found["hash"])

    def _hash_at(self, seq: int) -> str | None:
        found = self._one(self._writer, "hash_at", seq=seq)
        return None if found is None else str(found["hash"])

    def last_event(self, event: str) -> Entry | None:
        """See :class:`quarantine.stores.base.Store`."""
        with self._snapshot() as tx:
            found = self._one(tx, "last_event", event=event)
        return None if found is None else rows.to_link(found)

    def last_move(self, case_id: str) -> Entry | None:
        """See :class:`quarantine.stores.base.Store`."""
        with self._snapshot() as tx:
            found = self._one(tx, "last_move", case=case_id)
        return None if found is None else rows.to_link(found)

    @contextmanager
    def evidence(self, *, lenient: bool = False) -> Iterator[Evidence]:
        """See :class:`quarantine.stores.base.Store`."""
        with _said(), ExitStack() as undo:
            yield Snapshot(_connect(self._path, undo), self._sql, lenient=lenient)

    def add_checkpoint(self, announce: Callable[[int, str], Event | None], make: Callable[[Basis], str]) -> str | None:
        """See :class:`quarantine.stores.base.Store`."""
        with self._transaction() as tx:
            last, before = self._one(tx, "last_entry"), self._one(tx, "last_checkpoint")
            said = before["line"] if before else ""
            event = announce(last["seq"], said) if last else None
            if event is None:
                return None
            entry = self._link(tx, event)
            row, rows_since, ledger = self._folded(tx, checkpoint.read(said).row if said else 0)
            line = make(Basis(seq=entry.seq, hash=entry.hash, row=row, rows=rows_since, ledger=ledger, last=said))
            number = before["number"] + 1 if before else 1
            tx.execute(self._sql["add_checkpoint"], {"number": number, "seq": entry.seq, "line": line})
            return line

    def _folded(self, tx: sqlite3.Connection, after: int) -> tuple[int, int, str]:
        """(id of the last row, how many rows after that one, their digest)."""
        fold = bonds.Fold()
        for row in tx.execute(self._sql["bound_rows"], {"after": after}):
            after = row["id"]
            fold.add(bonds.row_digest(tuple(row)[1:]))
        return after, *fold.take()

    def checkpoints(self, since: int, limit: int) -> list[tuple[int, str]]:
        """See :class:`quarantine.stores.base.Store`."""
        with self._snapshot() as tx:
            return [(row["number"], row["line"]) for row in self._all(tx, "list_checkpoints", since=since, limit=limit)]

    def last_checkpoint(self) -> str:
        """See :class:`quarantine.stores.base.Store`."""
        with self._snapshot() as tx:
            found = self._one(tx, "last_checkpoint")
        return "" if found is None else str(found["line"])

    def exported(self, place: str) -> int:
        """See :class:`quarantine.stores.base.Store`."""
        with self._snapshot() as tx:
            found = self._one(tx, "exported", place=place)
        return 0 if found is None else int(found["done"])

    def set_exported(self, place: str, done: int) -> None:
        """See :class:`quarantine.stores.base.Store`."""
        with self._transaction() as tx:
            tx.execute(self._sql["set_exported"], {"place": place, "done": done})

    def forget(self) -> None:
        """See :class:`quarantine.stores.base.Store`: empties the log, which still holds the old pages."""
        with self._writing, _said():
            self._writer.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _connect(path: Path, undo: ExitStack) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=_BUSY, isolation_level=None, check_same_thread=False)
    undo.callback(connection.close)
    connection.row_factory = sqlite3.Row
    queries.prepare(connection)
    connection.execute("PRAGMA journal_mode=WAL")
    for pragma in _PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")
    return connection


def _migrate(connection: sqlite3.Connection) -> None:
    """Bring the schema to the newest version; each step is one transaction, done by one process."""
    scripts = queries.migrations()
    for version, script in scripts:
        connection.execute("BEGIN IMMEDIATE")
        try:
            if _version(connection) < version:
                for statement in queries.statements(script):
                    connection.execute(statement)
                connection.execute(f"PRAGMA user_version={version:d}")
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise
    if _version(connection) > scripts[-1][0]:
        raise RoomError("the store was made by a newer version of this program")


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


@contextmanager
def _said() -> Iterator[None]:
    """SQLite's errors in the room's words, by their name: never with a value."""
    try:
        yield
    except sqlite3.Error as error:
        name = getattr(error, "sqlite_errorname", type(error).__name__)
        raise RoomUnavailable(f"the store of the evidence room failed: {name}") from error
