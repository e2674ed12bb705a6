"""Who may use the proxy: mitmproxy's check of login and password, which also tells of attempts that failed."""

from __future__ import annotations

import asyncio
import base64
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

from mitmproxy import http
from mitmproxy.addons import proxyauth

from dlp.channels.attempts import Attempts
from dlp.channels.web.front import peer_of
from dlp.errors import GatewayFault

log = logging.getLogger(__name__)

_THREADS = 8  # passwords checked at a time
_SILENT = (
    '<!doctype html><meta charset="utf-8"><title>503</title><p lang="ja">職員の認証サーバーが応答しないため、'
    "送信できません。しばらくしてから、もう一度お試しください。続く場合は情報システム担当へご連絡ください。"
    '<p lang="en">The directory that knows the passwords does not answer. Try again later.'
)


class ProxyUsers(proxyauth.ProxyAuth):
    """An addon. `passwords`, in place of the file, says whether a password is a login's; it may block, and raises
    GatewayFault when it cannot say.

    Asking without credentials is no attempt: every browser's first request is one.
    """

    def __init__(self, attempts: Attempts | None = None, passwords: Callable[[str, str], bool] | None = None) -> None:
        super().__init__()
        self._attempts = attempts or Attempts()
        self._passwords = passwords
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="proxy-users")
        self.exempt: frozenset[str] = frozenset()  # addresses that are not asked: proxies that have

    def configure(self, updated: set[str]) -> None:
        """The file of passwords has been named, unless somebody else knows them."""
        super().configure(updated)  # type: ignore[no-untyped-call]
        if self._passwords is not None:
            self.validator = self._passwords  # type: ignore[assignment]

    async def http_connect(self, f: http.HTTPFlow) -> None:  # type: ignore[override]
        """A tunnel is asked for."""
        if self.validator and peer_of(f) not in self.exempt and await self._authenticated(f):
            self.authenticated[f.client_conn] = f.metadata["proxyauth"]

    async def requestheaders(self, f: http.HTTPFlow) -> None:  # type: ignore[override]
        """A request has begun; one in an admitted tunnel is its owner's."""
        if not self.validator or peer_of(f) in self.exempt:
            return
        if f.client_conn in self.authenticated:
            f.metadata["proxyauth"] = self.authenticated[f.client_conn]
        else:
            await self._authenticated(f)

    def done(self) -> None:
        """The proxy ends."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _authenticated(self, f: http.HTTPFlow) -> bool:
        """As mitmproxy does it, but for passwords with a colon, and not in the proxy's loop: hashes and directories
        are slow. An attempt that failed is told; nobody is admitted while the directory does not say."""
        header = proxyauth.http_auth_header(proxyauth.is_http_proxy(f))
        given = f.request.headers.get(header, "")
        login, password = _credentials(given)
        try:
            admitted = await self.admits(login, password)
        except Exception as fault:  # whatever it is: mitmproxy lets pass what a hook raises at
            said = str(fault) if isinstance(fault, GatewayFault) else type(fault).__name__  # a text could quote
            log.error("nobody can be admitted to the proxy", extra={"error": said})
            told = {"Content-Type": "text/html; charset=utf-8", "Retry-After": "60"}
            f.response = http.Response.make(503, _SILENT, told)
            return False
        if admitted:
            f.metadata["proxyauth"] = (login, password)
            del f.request.headers[header]
            return True
        f.response = proxyauth.make_auth_required_response(proxyauth.is_http_proxy(f))
        if given:
            self.failed(login)
        return False

    def failed(self, login: str) -> None:
        """Somebody typed this login with a password that is not its own."""
        self._attempts.failed(login)

    async def admits(self, login: str, password: str) -> bool:
        """Whether this is the login's password. Raises GatewayFault when nobody can say."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._admits, login, password)

    def _admits(self, login: str, password: str) -> bool:
        known = self._passwords or self.validator
        try:
            return bool(login and known and known(login, password))
        except GatewayFault:
            raise
        except Exception:  # a file that cannot be read lets nobody in
            return False


def _credentials(given: str) -> tuple[str, str]:
    """Login and password in a header; both "" where it cannot be read. A password may hold colons."""
    kind, _, coded = given.strip().partition(" ")
    with suppress(ValueError):
        if kind.lower() == "basic":
            login, _, password = base64.b64decode(coded.strip(), validate=True).decode().partition(":")
            return login, password
    return "", ""
