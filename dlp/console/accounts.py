"""Who may log in: accounts, passwords (Argon2id), lockout and sessions, in an SQLite file of their own."""

from __future__ import annotations

import hashlib
import secrets
import sqlite3
import threading
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from dlp.errors import ConfigError

ROLES = ("supervisor", "privacy", "administrator", "auditor", "staff")
_SCHEMA = """
CREATE TABLE IF NOT EXISTS account (
  login TEXT PRIMARY KEY, person TEXT NOT NULL, role TEXT NOT NULL, hash TEXT NOT NULL,
  failed INTEGER NOT NULL DEFAULT 0, locked_until TEXT
) STRICT;
CREATE TABLE IF NOT EXISTS session (
  id TEXT PRIMARY KEY, login TEXT NOT NULL REFERENCES account ON DELETE CASCADE, csrf TEXT NOT NULL, seen TEXT NOT NULL
) STRICT;
"""


@dataclass(frozen=True, slots=True)
class Account:
    """One login."""

    login: str
    person: str  # employee number
    role: str


@dataclass(frozen=True, slots=True)
class Session:
    """A logged-in browser."""

    account: Account
    csrf: str


class Locked(Exception):
    """Too many wrong passwords: nobody gets in until `until`."""

    def __init__(self, until: datetime) -> None:
        super().__init__("locked")
        self.until = until


class Accounts:
    """Accounts and sessions. Thread-safe; hashing takes tens of milliseconds, so call it off the event loop."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.touch(mode=0o600, exist_ok=True)
        path.chmod(0o600)
        self._lock = threading.Lock()
        self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None, timeout=10)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA foreign_keys=ON")
        self._db.executescript(_SCHEMA)
        self._hasher = PasswordHasher()
        # Checked for logins that do not exist, so that they take as long as those that do.
        self._nobody = self._hasher.hash(secrets.token_hex(16))

    @classmethod
    def open(cls, path: Path) -> Accounts:
        """Open or make the file, mode 0600."""
        return cls(path)

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def empty(self) -> bool:
        """Whether there is no account yet."""
        return self._one("SELECT 1 FROM account LIMIT 1") is None

    def exists(self, login: str) -> bool:
        """Whether this login has an account."""
        return self._one("SELECT 1 FROM account WHERE login = ?", login.lower()) is not None

    def create(self, login: str, person: str, role: str, password: str) -> None:
        """Make an account. Raises ConfigError for an unknown role or a login that is taken."""
        if role not in ROLES:
            raise ConfigError(f"role {role!r} is none of {', '.join(ROLES)}")
        digest = self._hasher.hash(password)
        with self._lock:
            try:
                self._db.execute(
                    "INSERT INTO account (login, person, role, hash) VALUES (?,?,?,?)",
                    (login.lower(), person, role, digest),
                )
            except sqlite3.IntegrityError:
                raise ConfigError(f"{login}: this login has an account already") from None

    def set_password(self, login: str, password: str) -> None:
        """Replace a password; ends its sessions and lifts a lock."""
        digest = self._hasher.hash(password)
        with self._lock:
            self._db.execute(
                "UPDATE account SET hash = ?, failed = 0, locked_until = NULL WHERE login = ?", (digest, login.lower())
            )
            self._db.execute("DELETE FROM session WHERE login = ?", (login.lower(),))

    def verify(self, login: str, password: str, *, now: datetime, attempts: int, minutes: int) -> Account | None:
        """The account, if the password is right. Raises Locked; counts wrong ones and locks after `attempts`."""
        login = login.lower()
        row = self._one("SELECT person, role, hash, locked_until FROM account WHERE login = ?", login)
        until = datetime.fromisoformat(row[3]) if row and row[3] else None
        if until is not None and now < until:
            raise Locked(until)
        right = self._right(row[2] if row else self._nobody, password)
        if row is None:
            return None
        if right:
            with self._lock:
                self._db.execute("UPDATE account SET failed = 0, locked_until = NULL WHERE login = ?", (login,))
            return Account(login, row[0], row[1])
        self._count_wrong(login, now, attempts, minutes)
        return None

    def _count_wrong(self, login: str, now: datetime, attempts: int, minutes: int) -> None:
        with self._lock:
            self._db.execute("UPDATE account SET failed = failed + 1 WHERE login = ?", (login,))
            (failed,) = self._db.execute("SELECT failed FROM account WHERE login = ?", (login,)).fetchone()
            if failed < attempts:
                return
            until = now + timedelta(minutes=minutes)
            self._db.execute(
                "UPDATE account SET failed = 0, locked_until = ? WHERE login = ?", (until.isoformat(), login)
            )
        raise Locked(until)

    def _right(self, digest: str, password: str) -> bool:
        try:
            return self._hasher.verify(digest, password)
        except (VerificationError, InvalidHashError):
            return False

    # sessions: the cookie holds a random id, the file only its hash

    def begin(self, account: Account, now: datetime) -> str:
        """A fresh session; the cookie's value (256 random bits)."""
        secret = secrets.token_urlsafe(32)
        with self._lock:
            self._db.execute(
                "INSERT INTO session (id, login, csrf, seen) VALUES (?,?,?,?)",
                (_hash(secret), account.login, secrets.token_urlsafe(32), now.isoformat()),
            )
        return secret

    def session(self, secret: str, *, now: datetime, minutes: int) -> Session | None:
        """The session of a cookie, if it was seen within `minutes`; this look counts as one."""
        row = self._one(
            "SELECT s.login, s.csrf, s.seen, a.person, a.role FROM session s JOIN account a USING (login)"
            " WHERE s.id = ?",
            _hash(secret),
        )
        if row is None:
            return None
        with self._lock:
            if now - datetime.fromisoformat(row[2]) > timedelta(minutes=minutes):
                self._db.execute("DELETE FROM session WHERE id = ?", (_hash(secret),))
                return None
            self._db.execute("UPDATE session SET seen = ? WHERE id = ?", (now.isoformat(), _hash(secret)))
        return Session(Account(row[0], row[3], row[4]), row[1])

    def end(self, secret: str) -> None:
        """Log out."""
        with self._lock:
            self._db.execute("DELETE FROM session WHERE id = ?", (_hash(secret),))

    def _one(self, query: str, *values: str) -> tuple[str, ...] | None:
        with self._lock:
            row: tuple[str, ...] | None = self._db.execute(query, values).fetchone()
        return row


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
