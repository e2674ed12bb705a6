"""The look-back: what somebody who leaves has sent in the last days, for the supervisor. Counts, no content."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson

from dlp.directory.register import Change, Snapshot
from quarantine.ledger import LedgerRow
from quarantine.room import Room

_MOST = 100_000  # transfers of one person looked at
_TOP = 20


def report(room: Room, person: str, now: datetime, days: int) -> dict[str, Any]:
    """The report of one person's last `days`, as JSON types."""
    since = now - timedelta(days=days)
    rows = [row for row in room.ledger(limit=_MOST, person=person) if since <= row.entry.at <= now]
    return {
        "since": since.date().isoformat(),
        "until": now.date().isoformat(),
        "days": days,
        "transfers": len(rows),
        "left": sum(row.left is not None for row in rows),
        "people": room.exposure(person, (), since),
        "channels": _by_channel(rows),
        "verdicts": dict(Counter(row.entry.verdict for row in rows)),
        "destinations": _destinations(rows),
        "cases": [_case(row) for row in rows if row.case][:200],
    }


def _by_channel(rows: Iterable[LedgerRow]) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for row in rows:
        counts = found.setdefault(row.entry.channel, {"transfers": 0, "people": 0, "bytes": 0})
        counts["transfers"] += 1
        counts["people"] += row.entry.subjects
        counts["bytes"] += row.entry.size
    return found


def _destinations(rows: Iterable[LedgerRow]) -> list[dict[str, Any]]:
    """Where it went, most people first: addresses, hosts, devices."""
    transfers: Counter[tuple[str, str]] = Counter()
    people: Counter[tuple[str, str]] = Counter()
    for row in rows:
        for destination in row.entry.destination:
            transfers[row.entry.channel, destination] += 1
            people[row.entry.channel, destination] += row.entry.subjects
    order = sorted(transfers, key=lambda key: (-people[key], -transfers[key], key))
    return [{"channel": c, "to": to, "transfers": transfers[c, to], "people": people[c, to]} for c, to in order[:_TOP]]


def _case(row: LedgerRow) -> dict[str, Any]:
    status = row.status.value if row.status else ""
    entry = row.entry
    return {
        "id": row.case,
        "at": entry.at.isoformat(),
        "channel": entry.channel,
        "people": entry.subjects,
        "status": status,
    }


def keep(change: Change, person: str, made: dict[str, Any]) -> None:
    """Keep a report with the departure that asked for it."""
    values = {"person": person, "now": datetime.now(UTC).isoformat(timespec="seconds")}
    text = orjson.dumps(made).decode()
    change.run("INSERT INTO lookback (person, made, report) VALUES (:person, :now, :report)", report=text, **values)
    change.tell("lookback", person, transfers=made["transfers"], people=made["people"], days=made["days"])


def latest(snapshot: Snapshot, person: str) -> tuple[datetime, dict[str, Any]] | None:
    """The newest report on somebody, and when it was made."""
    row = snapshot.one(
        "SELECT made, report FROM lookback WHERE person = :person ORDER BY id DESC LIMIT 1", person=person
    )
    return None if row is None else (datetime.fromisoformat(row["made"]), orjson.loads(row["report"]))
