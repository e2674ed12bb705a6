"""What a period's ledger and decisions add up to: counts by department, channel, person and kind. No I/O, no values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class TransferTally:
    """Transfers of one person through one channel with one verdict."""

    department: str
    channel: str
    person: str
    verdict: str
    transfers: int
    people: int  # found in them, counted per transfer
    largest: int  # people in the largest of them


@dataclass(frozen=True, slots=True)
class KindTally:
    """People of whom one kind of data was found."""

    department: str
    kind: str
    transfers: int
    people: int


@dataclass(frozen=True, slots=True)
class DecisionTally:
    """One word on a case."""

    department: str  # the sender's
    actor: str
    move: str
    seconds: float  # since the case was opened


@dataclass(frozen=True, slots=True)
class CaseTally:
    """Cases opened in the period, by where they stand now."""

    department: str
    status: str
    cases: int


@dataclass(frozen=True, slots=True)
class TrendTally:
    """One part of the time before."""

    since: datetime
    verdict: str
    transfers: int
    people: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Tallies:
    """Everything of one period."""

    since: datetime
    until: datetime
    transfers: tuple[TransferTally, ...]
    kinds: tuple[KindTally, ...]
    decisions: tuple[DecisionTally, ...]
    cases: tuple[CaseTally, ...]
    trend: tuple[TrendTally, ...]
