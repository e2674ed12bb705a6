"""Incidents: what was chosen for each, and the leave to name its people."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from quarantine import exposure
from quarantine.audit import Event
from quarantine.exposure import Values
from quarantine.stores import rows
from quarantine.stores.base import Leave, StoredIncident
from quarantine.stores.database import Database


class Incidents(Database):
    """See :class:`quarantine.stores.base.Store`."""

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
