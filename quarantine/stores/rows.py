"""Rows to nouns and back. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from quarantine.audit import Entry, clean, stored_json
from quarantine.case import LedgerEntry, Move, Permit, Status
from quarantine.ledger import left_at
from quarantine.stores.base import (
    Leave,
    Sealed,
    StoredCase,
    StoredDecision,
    StoredIncident,
    StoredRow,
    StoredSearch,
)


class Row(Protocol):
    """A row as a database gives it."""

    def __getitem__(self, name: str, /) -> Any:
        """The value of a column."""
        ...


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def to_number(at: datetime) -> int:
    """Whole microseconds since 1970 UTC."""
    return (at - _EPOCH) // _MICROSECOND


def to_time(number: int) -> datetime:
    """The time again, in UTC."""
    return _EPOCH + number * _MICROSECOND


to_json = stored_json


def entry_values(entry: LedgerEntry) -> dict[str, Any]:
    """Parameters of `add_ledger`."""
    left = left_at(entry)
    return {
        "transfer": entry.transfer,
        "at": to_number(entry.at),
        "channel": str(entry.channel),
        "sender": clean(entry.sender),
        "person": clean(entry.person),
        "department": clean(entry.department),
        "destination": to_json(list(entry.destination)),
        "digest": entry.digest,
        "size": entry.size,
        "media_type": clean(entry.media_type),
        "verdict": str(entry.verdict),
        "reasons": to_json([dict(reason) for reason in entry.reasons]),
        "ruleset": entry.ruleset,
        "subjects": entry.subjects,
        "counts": to_json({str(kind): count for kind, count in entry.counts.items()}),
        "left_at": None if left is None else to_number(left),
    }


def to_entry(row: Row) -> LedgerEntry:
    """A ledger entry, without tokens."""
    return LedgerEntry(
        transfer=row["transfer"],
        at=to_time(row["at"]),
        channel=row["channel"],
        sender=row["sender"],
        person=row["person"],
        department=row["department"],
        destination=tuple(json.loads(row["destination"])),
        digest=row["digest"],
        size=row["size"],
        media_type=row["media_type"],
        verdict=row["verdict"],
        reasons=tuple(json.loads(row["reasons"])),
        ruleset=row["ruleset"],
        subjects=row["subjects"],
        counts=json.loads(row["counts"]),
    )


def to_row(row: Row) -> StoredRow:
    """A ledger row with what became of it."""
    return StoredRow(
        entry=to_entry(row),
        left=None if row["left_at"] is None else to_time(row["left_at"]),
        outcome=row["outcome"],
        detail=row["detail"],
        case=row["held"] or "",
        status=None if row["status"] is None else Status(row["status"]),
    )


def to_placed_row(row: Row) -> StoredRow:
    """A ledger row with its sealed places."""
    return replace(to_row(row), places=row["places"] or b"")


def search_values(search: StoredSearch) -> dict[str, Any]:
    """Parameters of `add_search`."""
    return {
        "at": to_number(search.at),
        "actor": clean(search.actor),
        "fields": search.fields,
        "found": search.found,
        "reason": search.reason,
    }


def to_search(row: Row) -> StoredSearch:
    """One search."""
    return StoredSearch(
        id=row["id"],
        at=to_time(row["at"]),
        actor=row["actor"],
        fields=row["fields"],
        found=row["found"],
        reason=row["reason"],
    )


def to_incident(row: Row) -> StoredIncident:
    """One incident."""
    return StoredIncident(id=row["id"], opened=to_time(row["opened"]), actor=row["actor"], body=row["body"])


def to_leave(row: Row) -> Leave:
    """One request for leave."""
    given = row["given_at"]
    return Leave(
        asked_by=row["asked_by"],
        asked_at=to_time(row["asked_at"]),
        given_by=row["given_by"] or "",
        given_at=None if given is None else to_time(given),
    )


def case_values(case: StoredCase, ledger: int) -> dict[str, Any]:
    """Parameters of `add_case`."""
    assert case.sealed is not None
    return {
        "id": case.id,
        "ledger": ledger,
        "status": str(case.status),
        "approvals_needed": case.approvals_needed,
        "supervisor": case.supervisor,
        "reportable": to_json(list(case.reportable)),
        "opened": to_number(case.opened),
        "changed": to_number(case.changed),
        "key": case.sealed.key,
        "wrapped": case.sealed.wrapped,
        "blob": case.sealed.blob,
        "inner": case.sealed.inner,
        "preview": case.sealed.preview,
    }


def to_case(row: Row, decisions: Iterable[Row]) -> StoredCase:
    """A case as stored."""
    return StoredCase(
        id=row["held"],
        entry=to_entry(row),
        status=Status(row["status"]),
        approvals_needed=row["approvals_needed"],
        supervisor=row["supervisor"],
        reportable=tuple(json.loads(row["reportable"])),
        opened=to_time(row["opened"]),
        changed=to_time(row["changed"]),
        detail=row["held_detail"],
        decisions=tuple(to_decision(item) for item in decisions),
        sealed=to_sealed(row),
    )


def to_sealed(row: Row) -> Sealed | None:
    """What opens a case; None once it was purged."""
    if row["wrapped"] is None:
        return None
    return Sealed(key=row["key"], wrapped=row["wrapped"], blob=row["blob"], inner=row["inner"], preview=row["preview"])


def to_decision(row: Row) -> StoredDecision:
    """One decision."""
    return StoredDecision(actor=row["actor"], move=Move(row["move"]), reason=row["reason"], at=to_time(row["at"]))


def to_permit(row: Row) -> Permit:
    """A permit that was taken."""
    return Permit(
        case=row["held"],
        person=row["person"],
        digest=row["digest"],
        destination=row["destination"],
        until=to_time(row["until"]),
    )


def to_link(row: Row) -> Entry:
    """An audit entry."""
    return Entry(
        seq=row["seq"],
        at=datetime.fromisoformat(row["at"]),
        actor=row["actor"],
        event=row["event"],
        subject=row["subject"],
        detail=json.loads(row["detail"]),
        previous=row["previous"],
        hash=row["hash"],
    )
