"""Everything in an SQLite store as it stood at one moment, read row by row on a connection of its own."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping

from quarantine.audit import Link
from quarantine.proof import Row


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
