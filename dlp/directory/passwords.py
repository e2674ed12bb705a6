"""Passwords checked by the directory server itself: a search for the login, then a bind as whoever was found.

Nothing of a password is kept but a keyed digest, for a minute: a browser shows it with every request, and a wrong one
that is tried again and again must not lock the person out of everything else.
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
        self._lock = threading.Lock()

    def check(self, login: str, password: str) -> bool:
        """Whether this is the login's password; blocks. Raises SourceFault when the server does not say."""
        if not login or not password:  # a bind without a password is an anonymous one, and succeeds (RFC 4513, 5.1.2)
            return False
        mark = hashlib.blake2b(f"{login}\0{password}".encode(), key=self._key, digest_size=32).digest()
        with self._lock:
            until, right = self._known.get(mark, (0.0, False))
        if until > self._clock():
            return right
        right = self._ask(login, password)
        with self._lock:
            self._known[mark] = (self._clock() + _SECONDS, right)
            self._known.move_to_end(mark)
            while len(self._known) > _MOST:
                self._known.popitem(last=False)
        return right

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


def _end(connection: ldap3.Connection) -> None:
    with suppress(Exception):  # the farewell must not hide what went wrong
        connection.unbind()
