"""The audit chain and what stands beside it: checkpoints, exports, notices owed, keys known."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime

from quarantine import bonds, checkpoint
from quarantine.audit import Entry, Event, Mark
from quarantine.checkpoint import Basis
from quarantine.stores import rows
from quarantine.stores.base import Evidence
from quarantine.stores.database import Database, connect, room_errors
from quarantine.stores.snapshot import Snapshot


class Chain(Database):
    """See :class:`quarantine.stores.base.Store`."""

    def append(self, event: Event) -> Entry:
        """See :class:`quarantine.stores.base.Store`."""
        with self._transaction() as tx:
            return self._link(tx, event)

    def append_all(self, events: Sequence[Event], notices: Sequence[bytes]) -> None:
        """See :class:`quarantine.stores.base.Store`."""

        def write(tx: sqlite3.Connection) -> None:
            self._add_notices(tx, notices)
            for event in events:
                self._link(tx, event)

        self._together(write)

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

    def last_event(self, event: str) -> Entry | None:
        """See :class:`quarantine.stores.base.Store`."""
        with self._snapshot() as tx:
            found = self._one(tx, "last_event", event=event)
        return None if found is None else rows.to_link(found)

    def last_about(self, event: str, subject: str) -> Entry | None:
        """See :class:`quarantine.stores.base.Store`."""
        with self._snapshot() as tx:
            found = self._one(tx, "last_about", event=event, subject=subject)
        return None if found is None else rows.to_link(found)

    def last_move(self, case_id: str) -> Entry | None:
        """See :class:`quarantine.stores.base.Store`."""
        with self._snapshot() as tx:
            found = self._one(tx, "last_move", case=case_id)
        return None if found is None else rows.to_link(found)

    @contextmanager
    def evidence(self, *, lenient: bool = False) -> Iterator[Evidence]:
        """See :class:`quarantine.stores.base.Store`."""
        with room_errors(), ExitStack() as undo:
            yield Snapshot(connect(self._path, undo), self._sql, lenient=lenient)

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

    def learn_keys(self, ids: Sequence[str], at: datetime) -> list[str]:
        """See :class:`quarantine.stores.base.Store`."""
        with self._transaction() as tx:
            new = [name for name in ids if self._one(tx, "add_key", key=name, at=rows.to_number(at)) is not None]
            for name in new:
                self._link(tx, Event(at=at, actor="room", event="key", subject=name))
            return new
