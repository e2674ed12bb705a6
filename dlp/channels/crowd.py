"""Clients' connections, counted: beyond a number they are told to come again, and none stays open behind its end."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import resource

from mitmproxy import connection
from mitmproxy.addons.proxyserver import Proxyserver
from mitmproxy.proxy.server import ConnectionHandler, ConnectionIO

log = logging.getLogger(__name__)

_PAGE = (
    "接続が集中しています。しばらくしてからもう一度お試しください。\nToo many connections; please try again.\n".encode()
)
_BUSY = (
    b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 10\r\nConnection: close\r\n"
    b"Content-Type: text/plain; charset=utf-8\r\nContent-Length: %d\r\n\r\n%s" % (len(_PAGE), _PAGE)
)
_TOLD = 100  # clients at a time that get this answer; more are closed without
_TOLD_SECONDS = 2.0  # for which their request is taken in, so that they see it
_EACH = 3  # descriptors of a connection: the client's, its server's, a body on disk


class Crowd:
    """The addon. `most`: connections of clients at a time in this process."""

    def __init__(self, server: Proxyserver, most: int) -> None:
        self._server, self._most = server, most
        self._here: set[str] = set()
        self._told = 0
        _enough_descriptors(most * _EACH)

    async def client_connected(self, client: connection.Client) -> None:
        """One more, or one too many."""
        if len(self._here) < self._most:
            self._here.add(client.id)
            return
        log.warning("too many connections", extra={"channel": "web", "most": self._most})
        there = self._transport(client)
        if there is not None and self._told < _TOLD:
            self._told += 1
            try:
                await _tell(there)
            finally:
                self._told -= 1
        client.error = "too many connections"

    def client_disconnected(self, client: connection.Client) -> None:
        """Close what mitmproxy leaves open.

        A connection that is closed by a hook while its client sends is not closed: its task is cancelled as it waits
        for the lock on its layers, past the line that would close it.
        """
        self._here.discard(client.id)
        there = self._transport(client)
        if there is not None and isinstance(there.writer, asyncio.StreamWriter):
            there.writer.close()

    def _transport(self, client: connection.Client) -> ConnectionIO | None:
        """The newest stands last."""
        connections: list[ConnectionHandler] = [*self._server.connections.values()]
        handler = next((one for one in reversed(connections) if one.client is client), None)
        return handler.transports.get(client) if handler is not None else None


async def _tell(there: ConnectionIO) -> None:
    if not isinstance(there.reader, asyncio.StreamReader) or not isinstance(there.writer, asyncio.StreamWriter):
        return
    with contextlib.suppress(OSError, TimeoutError):
        there.writer.write(_BUSY)
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
