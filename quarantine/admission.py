"""How a case comes in: its content is sealed first, ahead of the verdict where that is foreseen; then its record."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from quarantine import custody, views
from quarantine.case import LedgerEntry, NewCase, RoomError, Status
from quarantine.ledger import new_case_id
from quarantine.records import this_moment
from quarantine.stores.base import CaseIdTaken, Store, StoredCase
from quarantine.vault import InHand, Vault


@dataclass(frozen=True, slots=True)
class Ahead:
    """A content sealed for a case that is not there yet."""

    case: str  # the id it is sealed for
    content: InHand


class Admission:
    """See :meth:`quarantine.room.Room.admit`."""

    def __init__(self, store: Store, vault: Vault) -> None:
        self._store, self._vault = store, vault

    @contextmanager
    def sealing(self, content: bytes | Path) -> Iterator[Ahead]:
        """The content, sealed and on disk. At the end it is gone again unless a case has it."""
        case_id = new_case_id()
        with self._vault.sealing(case_id, content) as in_hand:
            try:
                yield Ahead(case_id, in_hand)
            finally:
                self._drop_unless_held(in_hand.blob)

    def admit(self, new: NewCase, content: bytes | Path, ahead: Ahead | None = None) -> str:
        """The id of the case; `content` is read where it was not sealed `ahead`, or for an id that another case has."""
        case_id = self._store.case_of(new.entry.transfer)
        if case_id is None and ahead is not None:
            with suppress(CaseIdTaken):
                return self._on_record(new, ahead)
        while case_id is None:
            with suppress(CaseIdTaken), self.sealing(content) as sealed:
                case_id = self._on_record(new, sealed)
        return case_id

    def _on_record(self, new: NewCase, ahead: Ahead) -> str:
        now, entry, case_id = this_moment(), new.entry, ahead.case
        sealed = self._vault.sealed(ahead.content, new.envelope, new.preview)
        case = StoredCase(
            id=case_id,
            entry=entry,
            status=Status.QUARANTINED,
            approvals_needed=new.approvals_needed,
            supervisor=new.supervisor,
            reportable=new.reportable,
            opened=now,
            changed=now,
            sealed=sealed,
        )
        notices = [self._vault.hide_notice(notice, case_id) for notice in new.notices]
        places, more = sealed_places(self._vault, entry), {"status": Status.QUARANTINED, "key": sealed.key}
        event = custody.verdict("admit", case_id, entry, places, **more)
        return self._store.admit(case, notices, event, places)

    def _drop_unless_held(self, blob: str) -> None:
        """Leave no blob without a case; when that cannot be told now, the next sweep will."""
        with suppress(RoomError):
            if not self._store.holds(blob):
                self._vault.drop(blob)


def sealed_places(vault: Vault, entry: LedgerEntry) -> bytes:
    """Where in the content its people are, sealed; b"" where that is not kept."""
    if entry.traces is None or not entry.traces.paths:
        return b""
    return vault.hide(json.dumps(entry.traces.paths), views.places_of(entry.transfer))
