"""A raw upload server on loopback that keeps digests, not bodies; slow, rude or generous by its paths."""

from __future__ import annotations

import hashlib
import socket
import ssl
import threading
import time
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit


@dataclass
class Arrived:
    path: str
    size: int
    digest: str


@dataclass
class Sink:
    """`with Sink(tls) as sink:` then sink.url, sink.arrived (whole requests only), sink.connections."""

    tls: ssl.SSLContext | None = None
    arrived: list[Arrived] = field(default_factory=list)
    connections: int = 0
    headers: bytes = b""  # more of the answer's
    body: bytes = b""  # the answer's, where the address asks for no other
    slow: threading.Event = field(default_factory=threading.Event)  # set: read nothing

    def __enter__(self) -> Sink:
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listening.close()

    @property
    def url(self) -> str:
        return f"{'https' if self.tls else 'http'}://127.0.0.1:{self.port}"

    def forget(self) -> None:
        self.arrived.clear()
        self.connections = 0

    def _serve(self) -> None:
        while True:
            try:
                client, _ = self._listening.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._safely, args=(client,), daemon=True).start()

    def _safely(self, client: socket.socket) -> None:
        try:
            with (
                self.tls.wrap_socket(client, server_side=True) if self.tls else client as connection,
                connection.makefile("rb", buffering=1 << 16) as stream,
            ):
                while self._one(connection, stream):
                    pass
        except (OSError, ValueError, EOFError):
            pass

    def _one(self, connection: socket.socket, stream: object) -> bool:
        line = stream.readline()  # type: ignore[attr-defined]
        if not line:
            return False
        path = line.split()[1].decode()
        headers = {}
        while (line := stream.readline()) not in (b"\r\n", b""):  # type: ignore[attr-defined]
            name, _, value = line.partition(b":")
            headers[name.strip().lower().decode()] = value.strip().decode()
        if path.startswith("/refuse"):
            connection.sendall(b"HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            return False
        total = hashlib.sha256()
        size = 0
        for piece in self._body(stream, headers):
            total.update(piece)
            size += len(piece)
        self.arrived.append(Arrived(path, size, total.hexdigest()))
        self._answer(connection, path)
        return True

    def _body(self, stream: object, headers: dict[str, str]):  # type: ignore[no-untyped-def]
        read = stream.read  # type: ignore[attr-defined]
        chunked = headers.get("transfer-encoding") == "chunked"
        left = 0 if chunked else int(headers.get("content-length", "0"))
        while True:
            while self.slow.is_set():
                time.sleep(0.02)
            if chunked and not left:
                left = int(stream.readline().split(b";")[0], 16)  # type: ignore[attr-defined]
                if not left:
                    stream.readline()  # type: ignore[attr-defined]
                    return
            if not left:
                return
            piece = read(min(left, 1 << 16))
            if not piece:
                raise EOFError
            yield piece
            left -= len(piece)
            if chunked and not left:
                stream.readline()  # type: ignore[attr-defined]

    def _answer(self, connection: socket.socket, path: str) -> None:
        size = int(parse_qs(urlsplit(path).query).get("bytes", ["0"])[0])
        head = b"HTTP/1.1 200 OK\r\n%sContent-Length: %d\r\n\r\n" % (self.headers, size or len(self.body))
        connection.sendall(head + (b"" if size else self.body))
        while size > 0:
            connection.sendall(bytes(min(size, 1 << 20)))
            size -= 1 << 20
