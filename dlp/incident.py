"""Between the gateway's words and the evidence room's: Verdict -> NewCase, Case + bytes -> Transfer. Pure."""

from __future__ import annotations

from base64 import b64decode, b64encode
from dataclasses import asdict
from pathlib import Path

import orjson

from dlp.inspection import Inspection
from dlp.standing import Standing
from dlp.transfer import Channel, Transfer
from dlp.verdict import Verdict
from quarantine.case import Case, LedgerEntry, NewCase, Notice, Traces


def entry_of(transfer: Transfer, inspection: Inspection, standing: Standing, verdict: Verdict) -> LedgerEntry:
    """The ledger's line for a transfer: who, when, channel, destination, counts and tokens. No content."""
    person, found = standing.person, inspection.traces
    return LedgerEntry(
        transfer=transfer.id,
        at=transfer.at,
        channel=transfer.channel.value,
        sender=transfer.sender,
        person=person.id if person else "",
        department=person.department if person else "",
        destination=transfer.destination,
        digest=transfer.digest,
        size=transfer.size,
        media_type=inspection.media_type,
        verdict=verdict.action.value,
        reasons=tuple({"code": reason.code, "values": reason.values} for reason in verdict.reasons),
        ruleset=verdict.ruleset,
        subjects=inspection.subjects,
        counts=dict(inspection.counts),
        tokens=inspection.tokens,
        traces=Traces(tokens=found.tokens, parts=found.parts, paths=found.paths) if found.tokens else None,
    )


def case_of(
    transfer: Transfer, inspection: Inspection, standing: Standing, verdict: Verdict, notices: tuple[Notice, ...]
) -> NewCase:
    """What is handed to the evidence room to be held."""
    return NewCase(
        entry=entry_of(transfer, inspection, standing, verdict),
        envelope=transfer.envelope | {"declared": transfer.declared} | _beside(transfer),
        approvals_needed=max(1, verdict.approvals),
        supervisor=standing.supervisor.id if standing.supervisor else "",
        reportable=verdict.reportable,
        preview=_preview(transfer, inspection),
        notices=notices,
    )


def _beside(transfer: Transfer) -> dict[str, str]:
    """What was said beside the content and was judged with it; sealed with the envelope, for it is content."""
    return {"beside": b64encode(transfer.beside).decode()} if transfer.beside else {}


def _preview(transfer: Transfer, inspection: Inspection) -> bytes:
    """What a supervisor may see, masked (JSON)."""
    return orjson.dumps(
        {
            "name": inspection.masked_name,
            "tree": [asdict(entry) for entry in inspection.tree],
            "samples": [asdict(sample) for sample in inspection.samples],
            "unread": [asdict(unread) for unread in inspection.unread],
            "destination": list(transfer.destination),
        }
    )


def transfer_of(case: Case, content: bytes | Path) -> Transfer:
    """The held transfer again, for delivery: exactly the stored bytes, to the stored envelope."""
    envelope = dict(case.envelope)
    return Transfer(
        channel=Channel(case.entry.channel),
        sender=case.entry.sender,
        destination=case.entry.destination,
        name="",  # not needed to deliver
        data=content if isinstance(content, bytes) else None,
        spool=content if isinstance(content, Path) else None,
        declared=str(envelope.pop("declared", "")),
        beside=b64decode(envelope.pop("beside", "")),
        digest=case.entry.digest,
        envelope=envelope,
        id=case.entry.transfer,
        at=case.entry.at,
    )
