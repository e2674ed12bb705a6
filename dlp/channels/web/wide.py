"""A client's connection read as far as something has come: mitmproxy takes 64 kB of it at a time, and each of its
layers costs the same for each time. A large upload comes in a fourth of the steps."""

from __future__ import annotations

import asyncio

from mitmproxy import connection
from mitmproxy.addons.proxyserver import Proxyserver

_MOST = 256 * 1024  # bytes: what asyncio itself reads of a socket at a time


class WideReader:
    """A stream that gives all that is there, up to some hundred kilobytes, whatever it is asked for."""

    def __init__(self, reader: asyncio.StreamReader) -> None:
        self._reader = reader

    async def read(self, size: int = -1) -> bytes:
        """What has come; b"" at the end."""
        return await self._reader.read(max(size, _MOST))


class Wide:
    """The addon: each client's stream is exchanged before anything is read of it."""

    def __init__(self, server: Proxyserver) -> None:
        self._server = server

    def client_connected(self, client: connection.Client) -> None:
        """A connection whose reading has not begun. The newest stands last."""
        for handler in reversed(self._server.connections.values()):
            if handler.client is client:
                there = handler.transports.get(client)
                if there is not None and isinstance(there.reader, asyncio.StreamReader):
                    there.reader = WideReader(there.reader)  # type: ignore[assignment]
                return
