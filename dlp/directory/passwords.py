"""Passwords checked by the directory server itself: a search for the login, then a bind as whoever was found.

Nothing of a password is kept but a keyed digest: a browser shows it with every request, and a wrong one that is tried
again and again must not lock the person out of everything else. For a minute the same one is answered from that. Nor
must guesses: after so many different wrong ones of a login the server is asked only about one that was right before.
"""

from __future__ import annotations

import hashlib
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress

import ldap3
from ldap3.core.exceptions import LDAPOperationResult
from ldap3.utils.conv import escape_filter_chars

from dlp.directory.sources import ldap
from dlp.directory.sources.ldap import SourceFault
from dlp.settings import Ldap

_SECONDS = 60.0  # for which an answer counts
_MOST = 10_000  # answers kept
_WHILE = 600.0  # seconds in which guesses at a login add up
_GUESSES = 8  # different wrong passwords of a login; directories lock people out from about ten
_REFUSED = frozenset(
    {19, 48, 49, 53}
)  # locked, has no password, the wrong one, expired (RFC 4511): not for this person


class DirectoryPasswords:
    """Asks the server of the `[ldap]` section. Thread-safe; raises ConfigError for settings that can never work."""

    def __init__(self, settings: Ldap, *, clock: Callable[[], float] = time.monotonic) -> None:
        ldap.check(settings)
        self._settings, self._clock = settings, clock
        self._key = secrets.token_bytes(32)
        self._known: OrderedDict[bytes, tuple[float, bool]] = OrderedDict()  # (until, right)
        self._right: OrderedDict[bytes, None] = OrderedDict()  # those the server knew when it was asked last
        self._guesses: OrderedDict[str, tuple[float, set[bytes]]] = OrderedDict()  # login -> since when, which
        self._lock = threading.Lock()

    def check(self, login: str, password: str) -> bool:
        """Whether this is the login's password; blocks. Raises SourceFault when the server does not say, or is not
        asked because somebody guesses."""
        if not login or not password:  # a bind without a password is an anonymous one, and succeeds (RFC 4513, 5.1.2)
            return False
        mark = hashlib.blake2b(f"{login}\0{password}".encode(), key=self._key, digest_size=32).digest()
        with self._lock:
            until, right = self._known.get(mark, (0.0, False))
        if until > self._clock():
            return right
        if self._guessed(login, mark):
            raise SourceFault("ldap: not asked, too many wrong passwords for this login")
        right = self._ask(login, password)
        with self._lock:
            self._known[mark] = (self._clock() + _SECONDS, right)
            _latest(self._known, mark)
            self._heard(login, mark, right)
        return right

    def _guessed(self, login: str, mark: bytes) -> bool:
        """Whether it is not worth asking; else it is one of those asked about, until the server knows it."""
        name, now = login.strip().casefold(), self._clock()  # as the directory compares it
        with self._lock:
            since, guesses = self._guesses.get(name, (now, set()))
            if now - since >= _WHILE:
                since, guesses = now, set()
            if mark in self._right:
                return False
            if len(guesses) >= _GUESSES:
                return True
            guesses.add(mark)
            self._guesses[name] = since, guesses
            _latest(self._guesses, name)
            return False

    def _heard(self, login: str, mark: bytes, right: bool) -> None:
        if not right:
            self._right.pop(mark, None)
            return
        self._right[mark] = None
        _latest(self._right, mark)
        self._guesses.get(login.strip().casefold(), (0.0, set()))[1].discard(mark)

    def _ask(self, login: str, password: str) -> bool:
        try:
            return any(self._binds(dn, password) for dn in self._found(login))
        except SourceFault:
            raise
        except Exception as error:  # whatever a broken answer does to the library: it is no answer
            raise SourceFault(f"ldap: {type(error).__name__}") from None

    def _found(self, login: str) -> list[str]:
        """The one entry of this login; none where several claim it, for nobody can know whose password was meant."""
        said = escape_filter_chars(login)
        names = ldap.meaning(self._settings)["logins"]
        wanted = "".join(f"({name}={said})" for name in names)
        connection = ldap.connected(self._settings)
        try:
            connection.bind()
            connection.search(
                self._settings.base, f"(&{self._settings.filter}(|{wanted}))", attributes=[ldap3.NO_ATTRIBUTES]
            )
            found = [e["dn"] for e in connection.response or () if e["type"] == "searchResEntry"]
        finally:
            _end(connection)
        return found if len(found) == 1 else []

    def _binds(self, dn: str, password: str) -> bool:
        connection = ldap.connected(self._settings, (dn, password))
        try:
            connection.bind()
            return bool(connection.bound)
        except LDAPOperationResult as answer:
            if answer.result in _REFUSED:
                return False
            raise
        finally:
            _end(connection)


def _latest[Key, Value](kept: OrderedDict[Key, Value], key: Key) -> None:
    kept.move_to_end(key)
    while len(kept) > _MOST:
        kept.popitem(last=False)


def _end(connection: ldap3.Connection) -> None:
    with suppress(Exception):  # the farewell must not hide what went wrong
        connection.unbind()
