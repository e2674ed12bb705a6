"""The register: what the directory must not forget, in one SQLite file whose every change is in the audit chain.

Copies of the sources, tasks of offboarding, exceptions, the ledger of media: each in tables of its own, made by
numbered scripts in `sql/`. Thread-safe, and safe between processes; what a method returns is on disk.

A change is entered in the room's chain just before it is committed: a change the chain cannot take is not made.
(A crash between the two leaves an entry of a change that was not made; it never leaves a change without an entry.)
"""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any, Protocol

from dlp.errors import ConfigError, GatewayFault
from quarantine.audit import Event
from quarantine.case import Notice, RoomError
from quarantine.stores.queries import statements

#: Where it stands, below the gateway's folder.
REGISTER = Path("register.db")
_SQL = files("dlp.directory") / "sql"
_BUSY = 30.0  # seconds to wait for another process's transaction
_PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "trusted_schema=OFF", "temp_store=MEMORY")


class RegisterUnavailable(GatewayFault):
    """The register cannot keep or read anything just now; nothing was changed."""


class Enter(Protocol):
    """How a change reaches the audit chain: :meth:`quarantine.room.Room.enter`."""

    def __call__(self, events: Sequence[Event], notices: Sequence[Notice] = ()) -> None:
        """Keep the entries and the notices owed, in one transaction."""
        ...


class Snapshot:
    """The register as it stood at one moment, to be read."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def one(self, sql: str, **values: Any) -> sqlite3.Row | None:
        """The first row, or None."""
        found: sqlite3.Row | None = self._connection.execute(sql, values).fetchone()
        return found

    def all(self, sql: str, **values: Any) -> list[sqlite3.Row]:
        """Every row."""
        return self._connection.execute(sql, values).fetchall()


class Change(Snapshot):
    """One change under way: what it writes, what the chain is told of it, and who must be written to."""

    def __init__(self, connection: sqlite3.Connection, actor: str) -> None:
        super().__init__(connection)
        self._actor = actor
        self.events: list[Event] = []
        self.notices: list[Notice] = []

    def run(self, sql: str, **values: Any) -> int:
        """Write; how many rows were changed."""
        return self._connection.execute(sql, values).rowcount

    def tell(self, event: str, subject: str = "", /, **detail: str | int) -> None:
        """An audit entry of this change. Words of ours, numbers and ids; no personal values."""
        entry = Event(at=datetime.now(UTC), actor=self._actor, event=event, subject=subject, detail=detail)
        self.events.append(entry)

    def owe(self, notices: Sequence[Notice]) -> None:
        """Messages this change owes to people."""
        self.notices.extend(notices)


class Register:
    """One open register. `enter` is the room's; without one (a tool that only looks) nothing can be changed."""

    def __init__(self, path: Path, enter: Enter | None) -> None:
        self._enter = enter
        self._writing, self._reading = threading.RLock(), threading.RLock()
        #: How many changes were made through this register; others' are told by `version` alone.
        self.changes = 0
        with _said():
            os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))  # its log inherits the mode
            with ExitStack() as undo:
                self._writer = _connect(path, undo)
                _migrate(self._writer)
                self._reader = _connect(path, undo)
                self._reader.execute("PRAGMA query_only=ON")
                undo.pop_all()

    @property
    def writable(self) -> bool:
        """Whether changes can be made here."""
        return self._enter is not None

    def close(self) -> None:
        """Close; the register is not used afterwards."""
        with self._writing, self._reading, _said():
            self._reader.close()
            self._writer.close()

    @contextmanager
    def change(self, actor: str) -> Iterator[Change]:
        """One transaction, committed when the block ends well, undone when it raises.

        `actor` is the employee number of who does it, or a word of ours ("directory"). A block that changes a row
        must tell the chain of it.
        """
        with self._transaction(actor) as change:
            before = self._writer.total_changes
            yield change
            if self._writer.total_changes > before and not change.events:
                raise ValueError("a change of the register tells the audit chain what it was")
            self._record(change)

    @contextmanager
    def pulse(self) -> Iterator[Change]:
        """A transaction for signs of life (a feed was read again, a terminal reported), which decide nothing by
        themselves and would flood the chain. Whatever somebody answers for is a `change`."""
        with self._transaction("") as change:
            yield change

    @contextmanager
    def _transaction(self, actor: str) -> Iterator[Change]:
        with self._writing, _said():
            self._writer.execute("BEGIN IMMEDIATE")
            try:
                yield Change(self._writer, actor)
                self._writer.execute("COMMIT")
                self.changes += 1
            except BaseException:
                if self._writer.in_transaction:
                    self._writer.execute("ROLLBACK")
                raise

    def _record(self, change: Change) -> None:
        if not change.events and not change.notices:
            return
        if self._enter is None:
            raise RegisterUnavailable("the register is open for reading only")
        self._enter(change.events, change.notices)

    @contextmanager
    def snapshot(self) -> Iterator[Snapshot]:
        """The register as it stands now, for several questions that must agree."""
        with self._reading, _said():
            self._reader.execute("BEGIN")
            try:
                yield Snapshot(self._reader)
            finally:
                self._reader.execute("ROLLBACK")

    def version(self) -> int:
        """A number that differs from an earlier one if anybody, another process too, has changed something."""
        try:
            with self._reading:
                return int(self._reader.execute("PRAGMA data_version").fetchone()[0])
        except sqlite3.Error:
            with _said():  # entered for a fault alone: this is asked with every transfer
                raise


def _connect(path: Path, undo: ExitStack) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=_BUSY, isolation_level=None, check_same_thread=False)
    undo.callback(connection.close)
    connection.row_factory = sqlite3.Row
    for pragma in _PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")
    return connection


def _scripts() -> list[tuple[int, str]]:
    found = [item for item in _SQL.iterdir() if item.name.endswith(".sql")]
    return sorted((int(item.name[:4]), item.read_text("utf-8")) for item in found)


def _migrate(connection: sqlite3.Connection) -> None:
    """Run the scripts that have not run yet. Rooms number theirs apart, so each number is remembered, not the last."""
    connection.execute("CREATE TABLE IF NOT EXISTS migration (number INTEGER PRIMARY KEY, at TEXT NOT NULL) STRICT")
    scripts = _scripts()
    for number, script in scripts:
        connection.execute("BEGIN IMMEDIATE")
        try:
            if connection.execute("SELECT 1 FROM migration WHERE number = ?", (number,)).fetchone() is None:
                for statement in statements(script):
                    connection.execute(statement)
                connection.execute("INSERT INTO migration VALUES (?, ?)", (number, datetime.now(UTC).isoformat()))
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise
    known = {number for number, _ in scripts}
    if any(row[0] not in known for row in connection.execute("SELECT number FROM migration")):
        raise ConfigError("the register was made by a newer version of this program")


@contextmanager
def _said() -> Iterator[None]:
    """Faults of SQLite and of the room in our words, by their name: never with a value."""
    try:
        yield
    except sqlite3.IntegrityError:
        raise
    except sqlite3.Error as error:
        name = getattr(error, "sqlite_errorname", type(error).__name__)
        raise RegisterUnavailable(f"the register failed: {name}") from error
    except OSError as error:
        raise RegisterUnavailable(f"the register cannot be opened: {error.strerror}") from error
    except RoomError as error:
        raise RegisterUnavailable(f"the audit chain did not take the change: {type(error).__name__}") from error
