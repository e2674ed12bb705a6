"""A tunnel in which the client waits for the server to speak first: nothing passes in it, so it is closed and listed.

mitmproxy decides by a client's first bytes what a tunnel holds, and waits for them; SSH, SMTP and FTP wait for the
server's. Both would wait until the connection is given up for idle.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from mitmproxy import connection, http
from mitmproxy.addons.proxyserver import Proxyserver
from mitmproxy.proxy import layer

_PATIENCE_SECONDS = 10.0  # browsers begin with TLS at once


class SilentTunnel:
    """The addon; `unread` is told (kind, client, server) of each."""

    def __init__(
        self, server: Proxyserver, unread: Callable[[str, connection.Client, connection.Server], None]
    ) -> None:
        self._server, self._unread = server, unread
        self._waiting: dict[str, asyncio.TimerHandle] = {}

    def http_connected(self, flow: http.HTTPFlow) -> None:
        """A tunnel is open: somebody has to speak in it."""
        loop, client = asyncio.get_running_loop(), flow.client_conn
        self._spoken(client)
        self._waiting[client.id] = loop.call_later(_PATIENCE_SECONDS, self._give_up, client, flow.server_conn)

    def next_layer(self, nextlayer: layer.NextLayer) -> None:
        """The client has said something."""
        if nextlayer.data_client():
            self._spoken(nextlayer.context.client)

    def client_disconnected(self, client: connection.Client) -> None:
        """It has gone."""
        self._spoken(client)

    def _spoken(self, client: connection.Client) -> None:
        if (timer := self._waiting.pop(client.id, None)) is not None:
            timer.cancel()

    def _give_up(self, client: connection.Client, server: connection.Server) -> None:
        self._waiting.pop(client.id, None)
        self._unread("raw", client, server)
        handler = next((one for one in self._server.connections.values() if one.client is client), None)
        there = handler.transports.get(client) if handler is not None else None
        if there is not None and there.handler is not None:
            there.handler.cancel("nothing was said")
