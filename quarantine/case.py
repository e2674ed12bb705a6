"""A held transfer under supervision, and the one table of its life. No I/O."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class Status(StrEnum):
    """Where a case stands. Silence is never consent: nothing moves towards RELEASED by itself."""

    QUARANTINED = "quarantined"
    AWAITING_SECOND = "awaiting_second"
    APPROVED = "approved"
    RELEASED = "released"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    PURGED = "purged"


class Move(StrEnum):
    """What can happen to a case."""

    APPROVE = "approve"
    REJECT = "reject"
    WITHDRAW = "withdraw"
    EXPIRE = "expire"
    DELIVERED = "delivered"
    UNDELIVERABLE = "undeliverable"


#: The life of a case. An APPROVE that is not the last one needed leads to AWAITING_SECOND.
MOVES: Mapping[tuple[Status, Move], Status] = {
    (Status.QUARANTINED, Move.APPROVE): Status.APPROVED,
    (Status.QUARANTINED, Move.REJECT): Status.REJECTED,
    (Status.QUARANTINED, Move.EXPIRE): Status.REJECTED,
    (Status.QUARANTINED, Move.WITHDRAW): Status.WITHDRAWN,
    (Status.AWAITING_SECOND, Move.APPROVE): Status.APPROVED,
    (Status.AWAITING_SECOND, Move.REJECT): Status.REJECTED,
    (Status.AWAITING_SECOND, Move.EXPIRE): Status.REJECTED,
    (Status.AWAITING_SECOND, Move.WITHDRAW): Status.WITHDRAWN,
    (Status.APPROVED, Move.DELIVERED): Status.RELEASED,
    (Status.APPROVED, Move.UNDELIVERABLE): Status.QUARANTINED,
    (Status.REJECTED, Move.EXPIRE): Status.PURGED,
    (Status.RELEASED, Move.EXPIRE): Status.PURGED,
    (Status.WITHDRAWN, Move.EXPIRE): Status.PURGED,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Traces:
    """What a transfer adds to the trace index: keyed tokens of field pairs, and in which part each was."""

    tokens: bytes = field(default=b"", repr=False)  # 8 bytes each, little-endian, below 2**63
    parts: bytes = field(default=b"", repr=False)  # 2 bytes each, numbers into `paths`; b"": all in the first
    paths: tuple[tuple[str, ...], ...] = ()  # masked by the caller, sealed by the room


@dataclass(frozen=True, kw_only=True, slots=True)
class LedgerEntry:
    """One transfer, also an allowed one: who, when, channel, destination, counts, tokens. No content."""

    transfer: str  # transfer id
    at: datetime
    channel: str
    sender: str  # as the channel knew it
    person: str  # employee number, "" if unknown
    department: str
    destination: tuple[str, ...]
    digest: str  # SHA-256 hex of the content
    size: int  # bytes
    media_type: str
    verdict: str  # allow | monitor | quarantine | block
    reasons: tuple[Mapping[str, Any], ...]  # {"code": str, "values": {...}}
    ruleset: str
    subjects: int
    counts: Mapping[str, int] = field(default_factory=dict)
    tokens: tuple[bytes, ...] = field(default=(), repr=False)
    traces: Traces | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Notice:
    """A message owed to somebody, kept until it is sent. Kinds and counts only, never values."""

    to: str  # mail address
    subject: str
    body: str  # may hold the placeholder "{case}", filled with the case id when it is known


@dataclass(frozen=True, kw_only=True, slots=True)
class NewCase:
    """What the gateway hands over to be held."""

    entry: LedgerEntry
    envelope: Mapping[str, Any]  # what delivery needs to repeat the sending exactly (JSON types)
    approvals_needed: int  # 1, or 2 different approvers
    supervisor: str  # person id of who decides, "" if nobody: then it stays held
    reportable: tuple[str, ...] = ()
    preview: bytes = field(default=b"", repr=False)  # JSON of masked subject, tree, samples; sealed like content
    notices: tuple[Notice, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Decision:
    """One person's word on a case."""

    actor: str  # person id
    move: Move  # APPROVE, REJECT or WITHDRAW
    reason: str
    at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Case:
    """A held transfer as the room knows it."""

    id: str  # e.g. "7F3K9Q": Crockford base 32, six characters or more
    entry: LedgerEntry  # without tokens
    envelope: Mapping[str, Any]
    status: Status
    approvals_needed: int
    approvals: tuple[Decision, ...]
    supervisor: str
    reportable: tuple[str, ...]
    opened: datetime
    changed: datetime
    detail: str = ""  # of the last settle: the next hop's reply, or what stood in the way
    closing: Decision | None = None  # the rejection or withdrawal that ended it; None: open, released or expired


@dataclass(frozen=True, kw_only=True, slots=True)
class Permit:
    """Leave for one digest, person and destination, until a time, once (web, media)."""

    case: str
    person: str
    digest: str
    destination: str
    until: datetime


class RoomError(Exception):
    """Base of what the room refuses."""


class NoSuchCase(RoomError):
    """There is no case of this id."""


class IllegalMove(RoomError):
    """The life of a case has no such step from where it stands."""


class NotAllowed(RoomError):
    """This person may not do this: an own transfer, or a second approval by the first approver."""


class SealBroken(RoomError):
    """Content does not match its seal, its case or its key: evidence of tampering or of a lost key."""


class Purged(RoomError):
    """The content was shredded; ledger, decisions and audit entries of the case remain."""


class RoomUnavailable(RoomError):
    """The room cannot keep or read anything just now: disk full, locked, damaged. Nothing was accepted."""
