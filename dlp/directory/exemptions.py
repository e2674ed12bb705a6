"""Exceptions: a superior's leave for somebody who would be refused, with name, reason, scope and end."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

import orjson

from dlp.directory.register import Register, Snapshot
from dlp.errors import SenderFault
from dlp.transfer import Channel

LONGEST_DAYS = 92  # a leave longer than a quarter is an employment, which belongs into the personnel system
_MAX_REASON = 500


@dataclass(frozen=True, kw_only=True, slots=True)
class Exemption:
    """One leave as the register keeps it."""

    id: int
    person: str
    granted_by: str
    reason: str
    channels: tuple[str, ...]
    destinations: tuple[str, ...]  # "a@b.example", "@b.example", a host, a device's serial; none: any
    since: date
    until: date  # last day, inclusive
    granted: datetime
    revoked: datetime | None = None
    revoked_by: str = ""

    def covers(self, channel: Channel, destinations: Sequence[str], today: date) -> bool:
        """Whether this transfer is within it: day, channel and every single destination."""
        if self.revoked is not None or not self.since <= today <= self.until or channel.value not in self.channels:
            return False
        if not self.destinations:
            return True
        return bool(destinations) and all(self._names(destination) for destination in destinations)

    def _names(self, destination: str) -> bool:
        told = destination.lower()
        host = told.partition("://")[2].partition("/")[0].rpartition(":")[0]
        domain = "@" + told.rpartition("@")[2] if "@" in told else ""
        return any(wanted.lower() in (told, host, domain) for wanted in self.destinations)


def listed(snapshot: Snapshot, person: str | None = None) -> list[Exemption]:
    """Every leave, newest first; of one person, or of all."""
    rows = snapshot.all(
        "SELECT * FROM exemption WHERE :person IS NULL OR person = :person ORDER BY id DESC", person=person
    )
    return [
        Exemption(
            id=row["id"],
            person=row["person"],
            granted_by=row["granted_by"],
            reason=row["reason"],
            channels=tuple(orjson.loads(row["channels"])),
            destinations=tuple(orjson.loads(row["destinations"])),
            since=date.fromisoformat(row["since"]),
            until=date.fromisoformat(row["until"]),
            granted=datetime.fromisoformat(row["granted"]),
            revoked=datetime.fromisoformat(row["revoked"]) if row["revoked"] else None,
            revoked_by=row["revoked_by"] or "",
        )
        for row in rows
    ]


def grant(
    register: Register,
    *,
    person: str,
    by: str,
    reason: str,
    channels: Sequence[str],
    destinations: Sequence[str],
    since: date,
    until: date,
    binding: Callable[[str], str],
) -> int:
    """Keep a leave; its number. The chain is told of its scope; of reason and destinations by a keyed digest.

    Raises SenderFault saying which part of it cannot be.
    """
    reason = reason.strip()[:_MAX_REASON]
    if not reason:
        raise SenderFault("need_reason")
    if by == person:
        raise SenderFault("exemption_own")
    if not channels or any(channel not in {c.value for c in Channel} for channel in channels):
        raise SenderFault("exemption_channels")
    if not since <= until or (until - since).days >= LONGEST_DAYS:
        raise SenderFault("exemption_days")
    wanted = [item.strip() for item in destinations if item.strip()]
    with register.change(by) as change:
        row = change.one(
            "INSERT INTO exemption (person, granted_by, reason, channels, destinations, since, until, granted)"
            " VALUES (:person, :by, :reason, :channels, :destinations, :since, :until, :now) RETURNING id",
            person=person,
            by=by,
            reason=reason,
            channels=orjson.dumps(list(channels)).decode(),
            destinations=orjson.dumps(wanted).decode(),
            since=since.isoformat(),
            until=until.isoformat(),
            now=datetime.now(UTC).isoformat(timespec="seconds"),
        )
        assert row is not None
        number = int(row["id"])
        change.tell(
            "exemption",
            f"exemption {number}",
            person=person,
            channels=" ".join(channels),
            destinations=binding(" ".join(wanted)),
            since=since.isoformat(),
            until=until.isoformat(),
            reason=binding(reason),
        )
    return number


def revoke(register: Register, number: int, by: str) -> bool:
    """End a leave at once; False when there is none that still stands."""
    with register.change(by) as change:
        done = change.run(
            "UPDATE exemption SET revoked = :now, revoked_by = :by WHERE id = :id AND revoked IS NULL",
            now=datetime.now(UTC).isoformat(timespec="seconds"),
            by=by,
            id=number,
        )
        if done:
            change.tell("exemption revoked", f"exemption {number}")
    return bool(done)
