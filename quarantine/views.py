"""What the store keeps, as the room's callers see it: texts unsealed, envelopes opened when asked for."""

from __future__ import annotations

import json
import logging

from quarantine.case import Case, Decision, Move, SealBroken
from quarantine.ledger import LedgerRow
from quarantine.stores.base import StoredCase, StoredRow
from quarantine.vault import Vault

_log = logging.getLogger("quarantine")


def reason_of(case_id: str) -> str:
    """What a decision's sealed reason is bound to."""
    return f"reason on case {case_id}"


def detail_of(case_id: str) -> str:
    """What a case's sealed detail is bound to."""
    return f"detail of case {case_id}"


def outcome_of(transfer: str) -> str:
    """What a transfer's sealed detail is bound to."""
    return f"outcome of {transfer}"


def case(stored: StoredCase, vault: Vault, *, opened: bool = True) -> Case:
    """A case; not `opened`: with {} for its envelope. Raises SealBroken for an envelope that does not open."""
    decisions = [
        Decision(actor=word.actor, move=word.move, reason=told(vault, word.reason, reason_of(stored.id)), at=word.at)
        for word in stored.decisions
    ]
    closing = [word for word in decisions if word.move is not Move.APPROVE]
    return Case(
        id=stored.id,
        entry=stored.entry,
        envelope=vault.envelope(stored) if opened else {},
        status=stored.status,
        approvals_needed=stored.approvals_needed,
        approvals=tuple(word for word in decisions if word.move is Move.APPROVE),
        supervisor=stored.supervisor,
        reportable=stored.reportable,
        opened=stored.opened,
        changed=stored.changed,
        detail=told(vault, stored.detail, detail_of(stored.id)),
        closing=closing[-1] if closing else None,
    )


def ledger_row(row: StoredRow, vault: Vault) -> LedgerRow:
    """A ledger row."""
    return LedgerRow(
        entry=row.entry,
        left=row.left,
        outcome=row.outcome,
        detail=told(vault, row.detail, outcome_of(row.entry.transfer)),
        case=row.case,
        status=row.status,
    )


def places_of(transfer: str) -> str:
    """What the sealed paths inside a transfer are bound to."""
    return f"places of {transfer}"


def places(row: StoredRow, vault: Vault) -> tuple[tuple[str, ...], ...]:
    """The paths inside a transfer, by the part numbers of the trace index; () where they cannot be told."""
    try:
        text = vault.show(row.places, places_of(row.entry.transfer))
    except SealBroken:
        _log.error("sealed paths cannot be opened")
        return ()
    return tuple(tuple(path) for path in json.loads(text)) if text else ()


def told(vault: Vault, sealed: bytes, bound: str) -> str:
    """Free text to be shown: one broken seal does not hide the rest of a list."""
    try:
        return vault.show(sealed, bound)
    except SealBroken:
        _log.error("a sealed text cannot be opened")
        return "[seal broken]"
