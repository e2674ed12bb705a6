"""A real WebSocket server on loopback: keeps what arrives, by connection, and says it back."""

from __future__ import annotations

import ssl
import threading
from dataclasses import dataclass, field

from websockets.exceptions import ConnectionClosed
from websockets.sync.server import ServerConnection, serve


@dataclass
class SocketServer:
    """`with SocketServer(tls) as server:` then server.url, server.heard, server.ends."""

    tls: ssl.SSLContext | None = None
    heard: list[str | bytes] = field(default_factory=list)
    ends: list[tuple[int, str]] = field(default_factory=list)  # code and reason of each connection's end

    def __enter__(self) -> SocketServer:
        self._server = serve(self._talk, "127.0.0.1", 0, ssl=self.tls, max_size=None)
        self.port = self._server.socket.getsockname()[1]
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()

    @property
    def url(self) -> str:
        return f"{'wss' if self.tls else 'ws'}://127.0.0.1:{self.port}/room"

    def forget(self) -> None:
        self.heard.clear()
        self.ends.clear()

    def _talk(self, connection: ServerConnection) -> None:
        try:
            while True:
                message = connection.recv()
                self.heard.append(message)
                connection.send(message)
        except ConnectionClosed:
            end = connection.protocol.close_rcvd
            self.ends.append((end.code, end.reason) if end else (1006, ""))
