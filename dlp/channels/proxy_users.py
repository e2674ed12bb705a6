"""Who may use the proxy: mitmproxy's check of login and password, which also tells of attempts that failed."""

from __future__ import annotations

import base64
import threading
import time
from collections.abc import Callable
from contextlib import suppress

from mitmproxy import http
from mitmproxy.addons import proxyauth

from dlp.channels.front import peer_of

_PAUSE = 60.0  # seconds: a browser that goes on trying is one entry a minute, not hundreds


class ProxyUsers(proxyauth.ProxyAuth):
    """An addon. `who` names the person of a login as typed ("unknown": nobody's), `told` gets that name and how many
    attempts failed since it was last told of it.

    Asking without credentials is no attempt: every browser's first request is one.
    """

    def __init__(
        self,
        who: Callable[[str], str] = lambda login: "unknown",
        told: Callable[[str, int], None] = lambda who, attempts: None,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__()
        self._who, self._told, self._clock = who, told, clock
        self.exempt: frozenset[str] = frozenset()  # addresses that are not asked: proxies that have
        self._failed: dict[str, tuple[float, int]] = {}  # person -> last told, attempts since

    def http_connect(self, f: http.HTTPFlow) -> None:
        """A tunnel is asked for."""
        if peer_of(f) not in self.exempt:
            super().http_connect(f)

    def requestheaders(self, f: http.HTTPFlow) -> None:
        """A request has begun."""
        if peer_of(f) not in self.exempt:
            super().requestheaders(f)

    def authenticate_http(self, f: http.HTTPFlow) -> bool:
        """As mitmproxy does it, but for passwords with a colon; then an attempt that failed is told."""
        header = proxyauth.http_auth_header(proxyauth.is_http_proxy(f))
        given = f.request.headers.get(header, "")
        login, password = _credentials(given)
        if self._admits(login, password):
            f.metadata["proxyauth"] = (login, password)
            del f.request.headers[header]
            return True
        f.response = proxyauth.make_auth_required_response(proxyauth.is_http_proxy(f))
        if given:
            self.failed(login)
        return False

    def failed(self, login: str) -> None:
        """Somebody typed this login with a password that is not its own."""
        self._tell(self._who(login))

    def _admits(self, login: str, password: str) -> bool:
        with suppress(Exception):
            return bool(login and self.validator and self.validator(login, password))
        return False

    def _tell(self, person: str) -> None:
        now, (last, attempts) = self._clock(), self._failed.get(person, (float("-inf"), 0))
        attempts += 1
        if now - last >= _PAUSE:
            # A thread of its own: the proxy's loop must not wait for the disk, nor fail when it is full.
            threading.Thread(target=self._told, args=(person, attempts), name="proxy-users").start()
            last, attempts = now, 0
        self._failed[person] = last, attempts


def _credentials(given: str) -> tuple[str, str]:
    """Login and password in a header; both "" where it cannot be read. A password may hold colons."""
    kind, _, coded = given.strip().partition(" ")
    with suppress(ValueError):
        if kind.lower() == "basic":
            login, _, password = base64.b64decode(coded.strip(), validate=True).decode().partition(":")
            return login, password
    return "", ""
