"""Held cases: their decisions, permits and wrapped keys."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import datetime

from quarantine import audit
from quarantine.audit import Event
from quarantine.case import NoSuchCase, Permit, RoomError, Status
from quarantine.stores import rows
from quarantine.stores.base import CaseIdTaken, Change, Recorded, StoredCase
from quarantine.stores.ledger import LedgerRows


class Cases(LedgerRows):
    """See :class:`quarantine.stores.base.Store`."""

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

    def locked(self, sender: str, since: datetime, limit: int) -> list[str]:
        """See :class:`quarantine.stores.base.Store`."""
        asked = {"sender": audit.clean(sender), "since": rows.to_number(since), "limit": limit}
        with self._snapshot() as tx:
            return [row["id"] for row in self._all(tx, "locked_cases", **asked)]

    def holds(self, blob: str) -> bool:
        """See :class:`quarantine.stores.base.Store`."""
        with self._snapshot() as tx:
            return self._one(tx, "blob_is_held", blob=blob) is not None

    def has_permit(self, *, person: str, digest: str, destination: str, now: datetime) -> bool:
        """See :class:`quarantine.stores.base.Store`."""
        wanted = {"person": person, "digest": digest, "destination": destination, "now": rows.to_number(now)}
        with self._snapshot() as tx:
            return self._one(tx, "find_permit", **wanted) is not None

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
        """See :class:`quarantine.stores.base.Store`."""
        if not self.has_permit(person=person, digest=digest, destination=destination, now=now):
            return None  # nearly always, and then nobody waits for the writer
        wanted = {"person": person, "digest": digest, "destination": destination, "now": rows.to_number(now)}
        with self._transaction() as tx:
            taken = self._one(tx, "use_permit", **wanted, transfer=transfer)
            if taken is None:
                return None
            permit = rows.to_permit(taken)
            self._link(tx, replace(event, subject=permit.case))
            if record is not None and not self._record(record(permit), tx):
                raise RoomError("this transfer was recorded before")
            return permit

    def wrapped_by_others(self, key: str, after: str, limit: int) -> list[str]:
        """See :class:`quarantine.stores.base.Store`."""
        with self._snapshot() as tx:
            return [row["id"] for row in self._all(tx, "wrapped_by_others", key=key, after=after, limit=limit)]
