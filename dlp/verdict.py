"""Verdict: what happens to a transfer, and why."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Action(StrEnum):
    """What happens to a transfer, weakest first."""

    ALLOW = "allow"
    MONITOR = "monitor"  # passes, marked for the supervisor's later look
    QUARANTINE = "quarantine"
    BLOCK = "block"

    @property
    def passes(self) -> bool:
        """Whether the transfer leaves now."""
        return self in (Action.ALLOW, Action.MONITOR)


@dataclass(frozen=True, slots=True)
class Reason:
    """Why, as a code of :mod:`dlp.texts` with its numbers; never content."""

    code: str
    values: dict[str, int | str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """The decision on one transfer. Equal inputs give an equal verdict."""

    action: Action
    reasons: tuple[Reason, ...]
    ruleset: str  # digest of the rules that read it
    approvals: int = 0  # different approvers a release needs
    reportable: tuple[str, ...] = ()  # items of 個人情報保護法施行規則 第43条, e.g. ("1", "4")
