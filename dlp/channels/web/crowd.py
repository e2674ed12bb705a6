"""Clients' connections, counted: beyond a number they are told to come again, and none stays open behind its end."""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import logging
import resource
from collections import Counter

from mitmproxy import connection
from mitmproxy.addons.proxyserver import Proxyserver
from mitmproxy.proxy import server_hooks
from mitmproxy.proxy.server import ConnectionHandler, ConnectionIO

log = logging.getLogger(__name__)

_ALL = "接続が集中しています。しばらくしてからもう一度お試しください。\nToo many connections; please try again.\n"
_SHARE = (
    "この端末からの接続が多すぎます。使っていない画面を閉じてから、もう一度お試しください。\n"
    "Too many connections from this address; close what is not needed and try again.\n"
)
_TOLD = 100  # clients at a time that get this answer; more are closed without
_TOLD_SECONDS = 2.0  # for which their request is taken in, so that they see it
_EACH = 3  # descriptors of a connection: the client's, its server's, a body on disk


class Crowd:
    """The addon. `most`: connections of clients at a time in this process; `each`: of one address among them, but of
    those in `front`, behind which there are many people."""

    def __init__(self, server: Proxyserver, most: int, each: int, front: frozenset[str] = frozenset()) -> None:
        self._server, self._most, self._each, self._front = server, most, each, front
        self._here: dict[str, str] = {}  # connection -> whose share it is of
        self._shares: Counter[str] = Counter()
        self._told = 0
        _enough_descriptors(most * _EACH)

    async def client_connected(self, client: connection.Client) -> None:
        """One more, or one too many."""
        share = self._share(client)
        full, greedy = len(self._here) >= self._most, share != "" and self._shares[share] >= self._each
        if not full and not greedy:
            self._here[client.id] = share
            self._shares[share] += 1
            return
        told = {"channel": "web", "most": self._most} | ({"address": share, "each": self._each} if greedy else {})
        log.warning("too many connections", extra=told)
        there = self._transport(client, client)
        if there is not None and self._told < _TOLD:
            self._told += 1
            try:
                await _tell(there, _SHARE if greedy else _ALL)
            finally:
                self._told -= 1
        client.error = "too many connections"

    def client_disconnected(self, client: connection.Client) -> None:
        """Close what mitmproxy leaves open.

        A connection that is closed by a hook while its client sends is not closed: its task is cancelled as it waits
        for the lock on its layers, past the line that would close it.
        """
        if (share := self._here.pop(client.id, None)) is not None:
            self._shares[share] -= 1
            if not self._shares[share]:
                del self._shares[share]
        _close(self._transport(client, client))

    def server_disconnected(self, data: server_hooks.ServerConnectionHookData) -> None:
        """The same on the other side: a server whose answer was cut off went on sending into a connection of nobody."""
        _close(self._transport(data.client, data.server))

    def _share(self, client: connection.Client) -> str:
        """Whose it is: an address, or of IPv6 a /64, all of which one machine may have; "" where nobody counts."""
        address = str(client.peername[0]).removeprefix("::ffff:").partition("%")[0] if client.peername else ""
        if address in self._front:
            return ""
        with contextlib.suppress(ValueError):
            if (read := ipaddress.ip_address(address)).version == 6:
                return str(ipaddress.ip_network((read, 64), strict=False))
        return address

    def _transport(self, client: connection.Client, of: connection.Connection) -> ConnectionIO | None:
        handler: ConnectionHandler | None = self._server.connections.get(client.id)
        return handler.transports.get(of) if handler is not None else None


def _close(there: ConnectionIO | None) -> None:
    if there is not None and isinstance(there.writer, asyncio.StreamWriter):
        there.writer.close()


def _busy(page: str) -> bytes:
    body = page.encode()
    return (
        b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 10\r\nConnection: close\r\n"
        b"Content-Type: text/plain; charset=utf-8\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)
    )


async def _tell(there: ConnectionIO, page: str) -> None:
    if not isinstance(there.reader, asyncio.StreamReader) or not isinstance(there.writer, asyncio.StreamWriter):
        return
    with contextlib.suppress(OSError, TimeoutError):
        there.writer.write(_busy(page))
        there.writer.write_eof()
        async with asyncio.timeout(_TOLD_SECONDS):
            while await there.reader.read(65536):
                pass


def _enough_descriptors(wanted: int) -> None:
    """As many as this process may have, where it has fewer than it may need."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    enough = wanted + 512
    if soft != resource.RLIM_INFINITY and soft < enough:
        given = enough if hard == resource.RLIM_INFINITY else min(enough, hard)
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (given, hard))
        if given < enough:
            log.warning("few file descriptors", extra={"channel": "web", "have": given, "may need": enough})
