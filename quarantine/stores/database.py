"""One SQLite file in WAL mode, every commit synced.

One connection writes, one reads, each behind its own lock; other processes wait for the writer by SQLite's own
lock. Facts used (sqlite.org): in WAL mode with synchronous=FULL the log is synced at each commit; BEGIN IMMEDIATE
takes the write lock before anything is read, so what was read is still true at the commit.
"""

from __future__ import annotations

import logging
import os
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from quarantine import audit
from quarantine.audit import Entry, Event, Link, Mark
from quarantine.case import RoomError, RoomUnavailable
from quarantine.stores import queries
from quarantine.stores.group import Group

_log = logging.getLogger("quarantine")
_ROWS = 16  # of one statement
_BUSY = 30.0  # seconds to wait for another process's transaction
_PRAGMAS = ("foreign_keys=ON", "synchronous=FULL", "secure_delete=ON", "trusted_schema=OFF", "temp_store=MEMORY")

type Witness = Callable[[Entry, Callable[[int], str | None]], None]


class Database:
    """The file, its transactions, and what every room of the store does in them."""

    def __init__(self, path: Path, witness: Witness) -> None:
        """`witness` is told, after each commit, of the last entry and of a way to look up earlier hashes."""
        self._sql = queries.load()
        self._path = path
        self._witness = witness
        self._writing, self._reading = threading.RLock(), threading.RLock()
        with room_errors():
            os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))  # its log inherits the mode
            with ExitStack() as undo:
                self._writer = connect(path, undo)
                _migrate(self._writer)
                queries.prepare_writer(self._writer)
                self._reader = connect(path, undo)
                self._reader.execute("PRAGMA query_only=ON")
                undo.pop_all()
        self._linked: list[tuple[Entry, Link]] = []  # by the running transaction; written at its end
        self._mark: Mark | None = None  # the chain's end as we have left it; another process may have gone on since
        self._unattested: tuple[Entry, Entry] | None = None  # first and last on disk of which it has yet to hear
        self._group = Group(self._writing, self._transaction, self._linked)

    def close(self) -> None:
        """See :class:`quarantine.stores.base.Store`."""
        with self._writing, self._reading, room_errors():
            self._reader.close()
            self._writer.close()

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._writing, room_errors():
            self._linked.clear()
            self._writer.execute("BEGIN IMMEDIATE")
            try:
                yield self._writer
                self._insert("add_entries", [link for _, link in self._linked])
                self._writer.execute("COMMIT")
                if self._linked:
                    self._unattested = self._linked[0][0], self._linked[-1][0]
                    self._mark = _mark_of(self._linked[-1][0])
            except BaseException:
                self._mark = None
                if self._writer.in_transaction:
                    self._writer.execute("ROLLBACK")
                raise
            self._attest()

    def _at_a_stroke(self, events: Sequence[Event], written: Sequence[Sequence[Any]]) -> bool:
        """Write rows of `stroke`, each with its event's entry, by one statement that is its own transaction.

        Whether that was done, and is to be attested. It was not, and nothing was, where another process has gone on
        with the chain since our last commit, or where a row would change nothing.
        """
        with self._writing, room_errors():
            mark, self._mark = self._mark, None
            if mark is None:
                return False
            linked: list[Entry] = []  # not `_linked`: what was not written must not be attested
            values: list[Any] = []
            for event, row in zip(events, written, strict=True):
                made, link = audit.linked(mark, event)
                linked.append(made)
                mark = _mark_of(made)
                values += (*link, *row)
            try:
                self._writer.execute(queries.of_many(self._sql["add_strokes"], len(written)), values)
            except sqlite3.IntegrityError:
                return False
            self._mark, self._unattested = mark, (linked[0], linked[-1])
            return True

    def attest(self) -> None:
        """See :class:`quarantine.stores.base.Store`."""
        with self._writing:
            self._attest()

    def _together[T](self, write: Callable[[sqlite3.Connection], T]) -> T:
        """`write` in a transaction, together with those of other threads that wait for the disk just now.

        Returns when it is on disk. What one of them raises undoes that one alone.
        """
        with room_errors():
            return self._group.run(write)

    def _all_together[T](self, writes: Sequence[Callable[[sqlite3.Connection], T]]) -> list[T | BaseException]:
        """`_together` for each: what it returns, or raises."""
        return [_in_words(done) for done in self._group.run_all(writes)]

    def _attest(self) -> None:
        """Tell of what was committed. Nothing may fail here any more: it has happened."""
        told, self._unattested = self._unattested, None
        if told is not None:
            first, last = told

            def hash_at(seq: int) -> str | None:
                return first.previous if seq == first.seq - 1 else self._hash_at(seq)

            try:
                self._witness(last, hash_at)
            except sqlite3.Error:
                _log.error("the audit head could not be compared")

    @contextmanager
    def _snapshot(self) -> Iterator[sqlite3.Connection]:
        with self._reading, room_errors():
            self._reader.execute("BEGIN")
            try:
                yield self._reader
            finally:
                self._reader.execute("ROLLBACK")

    def _one(self, tx: sqlite3.Connection, name: str, /, **values: Any) -> sqlite3.Row | None:
        found: sqlite3.Row | None = tx.execute(self._sql[name], values).fetchone()
        return found

    def _all(self, tx: sqlite3.Connection, name: str, /, **values: Any) -> list[sqlite3.Row]:
        return tx.execute(self._sql[name], values).fetchall()

    def _link(self, tx: sqlite3.Connection, event: Event) -> Entry:
        """Append an entry in the running transaction, at its end."""
        self._linked.append(audit.linked(self._last(tx), event))
        return self._linked[-1][0]

    def _insert(self, name: str, found: Sequence[Sequence[Any]]) -> int:
        """Give a query that takes several rows all of these; how many it has written. Each statement costs a turn at
        the interpreter's lock, which a busy event loop seldom lets go."""
        written = 0
        for start in range(0, len(found), _ROWS):
            some = found[start : start + _ROWS]
            values = [value for row in some for value in row]
            written += self._writer.execute(queries.of_many(self._sql[name], len(some)), values).rowcount
        return written

    def _last(self, tx: sqlite3.Connection) -> Mark | None:
        if self._linked:  # ours: nobody else writes while this transaction runs
            return _mark_of(self._linked[-1][0])
        last = self._one(tx, "last_entry")
        return None if last is None else Mark(seq=last["seq"], hash=last["hash"])

    def _add_notices(self, tx: sqlite3.Connection, notices: Sequence[bytes]) -> None:
        if notices:
            tx.executemany(self._sql["add_notice"], [{"sealed": notice} for notice in notices])

    def _hash_at(self, seq: int) -> str | None:
        found = self._one(self._writer, "hash_at", seq=seq)
        return None if found is None else str(found["hash"])

    def forget(self) -> None:
        """See :class:`quarantine.stores.base.Store`: empties the log, which still holds the old pages."""
        with self._writing, room_errors():
            self._writer.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def connect(path: Path, undo: ExitStack) -> sqlite3.Connection:
    """One more connection to the file, closed with `undo`. Raises sqlite3.Error."""
    connection = sqlite3.connect(path, timeout=_BUSY, isolation_level=None, check_same_thread=False)
    undo.callback(connection.close)
    connection.row_factory = sqlite3.Row
    queries.prepare(connection)
    connection.execute("PRAGMA journal_mode=WAL")
    for pragma in _PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")
    return connection


def _migrate(connection: sqlite3.Connection) -> None:
    """Bring the schema to the newest version; each step is one transaction, done by one process."""
    scripts = queries.migrations()
    for version, script in scripts:
        connection.execute("BEGIN IMMEDIATE")
        try:
            if _version(connection) < version:
                for statement in queries.statements(script):
                    connection.execute(statement)
                connection.execute(f"PRAGMA user_version={version:d}")
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise
    if _version(connection) > scripts[-1][0]:
        raise RoomError("the store was made by a newer version of this program")


def _mark_of(entry: Entry) -> Mark:
    return Mark(seq=entry.seq, hash=entry.hash)


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _in_words[T](done: T | BaseException) -> T | BaseException:
    """What a write came to, SQLite's errors in the room's words."""
    if isinstance(done, sqlite3.Error):
        try:
            with room_errors():
                raise done
        except RoomUnavailable as error:
            return error
    return done


@contextmanager
def room_errors() -> Iterator[None]:
    """SQLite's errors in the room's words, by their name: never with a value."""
    try:
        yield
    except sqlite3.Error as error:
        name = getattr(error, "sqlite_errorname", type(error).__name__)
        raise RoomUnavailable(f"the store of the evidence room failed: {name}") from error
