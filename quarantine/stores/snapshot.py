"""Everything in an SQLite store as it stood at one moment, read row by row on a connection of its own."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any

from quarantine import tallies
from quarantine.audit import Link
from quarantine.proof import Row
from quarantine.stores import rows


def _text(stored: bytes) -> str:
    """Text as stored; bytes that are no UTF-8, which we never write, must not stop a verification."""
    return stored.decode("utf-8", "surrogateescape")


class Snapshot:
    """Implements :class:`quarantine.stores.base.Evidence`. Writers do not wait for it, nor it for them."""

    def __init__(self, connection: sqlite3.Connection, sql: Mapping[str, str], *, lenient: bool = False) -> None:
        self._db = connection
        self._sql = sql
        connection.row_factory = None
        connection.execute("PRAGMA query_only=ON")
        connection.execute("BEGIN")
        connection.execute("SELECT 1 FROM audit LIMIT 1").fetchall()  # a snapshot begins at its first read
        if lenient:
            connection.text_factory = _text

    def links(self) -> Iterator[Link]:
        """See :class:`quarantine.proof.Evidence`."""
        return self._db.execute(self._sql["proof_links"])

    def rows(self) -> Iterator[Row]:
        """See :class:`quarantine.proof.Evidence`."""
        return self._db.execute(self._sql["proof_rows"])

    def row(self, transfer: str) -> Row | None:
        """See :class:`quarantine.proof.Evidence`."""
        found: Row | None = self._db.execute(self._sql["proof_row"], {"transfer": transfer}).fetchone()
        return found

    def statuses(self) -> Mapping[str, str]:
        """See :class:`quarantine.proof.Evidence`."""
        return dict(self._db.execute(self._sql["list_statuses"]).fetchall())

    def checkpoints(self) -> Iterator[str]:
        """See :class:`quarantine.stores.base.Evidence`."""
        return (line for _, line in self._db.execute(self._sql["list_checkpoints"], {"since": 0, "limit": -1}))

    def tallies(self, steps: Sequence[datetime], departments: Collection[str] | None) -> tallies.Tallies:
        """What the last of the periods between `steps` adds up to, and the trend over all of them."""
        wanted = None if departments is None else rows.to_json(list(departments))

        def all_of(name: str, since: datetime, until: datetime) -> list[tuple[Any, ...]]:
            period = {"since": rows.to_number(since), "until": rows.to_number(until), "departments": wanted}
            return self._db.execute(self._sql[name], period).fetchall()

        since, until = steps[-2:]
        trend: list[tallies.TrendTally] = []
        for first, end in pairwise(steps):
            trend += [tallies.TrendTally(first, *row) for row in all_of("tally_trend", first, end)]
        return tallies.Tallies(
            since=since,
            until=until,
            transfers=tuple(tallies.TransferTally(*row) for row in all_of("tally_transfers", since, until)),
            kinds=tuple(tallies.KindTally(*row) for row in all_of("tally_kinds", since, until)),
            decisions=tuple(tallies.DecisionTally(*row) for row in all_of("tally_decisions", since, until)),
            cases=tuple(tallies.CaseTally(*row) for row in all_of("tally_cases", since, until)),
            trend=tuple(trend),
        )
