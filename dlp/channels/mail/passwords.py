"""Where a password is checked: a file of the people's, the directory, or whoever else says so (a next hop)."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from mitmproxy.utils.htpasswd import HtpasswdFile

from dlp.errors import ConfigError

WRONG = "535 5.7.8 Authentication credentials invalid"


class Passwords(Protocol):
    """Knows whether a password is a login's. Keeps and logs neither."""

    async def refusal(self, login: str, password: str) -> str:
        """Nothing for the right one, else what an SMTP client is told. Raises GatewayFault when nobody can say."""


class FilePasswords:
    """An htpasswd file (bcrypt), read again when it changes; a fault in it lets nobody in.

    Raises ConfigError for a file that cannot be read at start.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._stamp: tuple[int, int] | None = None
        try:
            self._known = self._read()
        except (OSError, ValueError):
            raise ConfigError(f"[mail] users: {path} cannot be read as an htpasswd file of bcrypt hashes") from None

    def _read(self) -> HtpasswdFile:
        found = self._path.stat()
        stamp = (found.st_mtime_ns, found.st_size)
        if stamp != self._stamp:
            self._known = HtpasswdFile.from_file(self._path)
            self._stamp = stamp
        return self._known

    async def refusal(self, login: str, password: str) -> str:
        """As `Passwords.refusal`."""
        return "" if await asyncio.to_thread(self._right, login, password) else WRONG

    def _right(self, login: str, password: str) -> bool:
        with self._lock:  # one at a time: bcrypt is slow on purpose, and guesses shall not take the whole machine
            try:
                return bool(self._read().check_password(login, password))
            except (OSError, ValueError):
                return False


class PasswordsOf:
    """`right(login, password)`, which waits for a server (the directory's); it raises GatewayFault."""

    def __init__(self, right: Callable[[str, str], bool]) -> None:
        self._right = right
        self._turns = asyncio.Semaphore(4)  # a server that does not answer takes no more of our threads

    async def refusal(self, login: str, password: str) -> str:
        """As `Passwords.refusal`."""
        async with self._turns:
            return "" if await asyncio.to_thread(self._right, login, password) else WRONG
