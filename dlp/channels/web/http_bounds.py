"""HTTP heads, chunk lines and trailers within bounds: mitmproxy keeps whatever a peer sends until it ends.

Anybody who reaches the port could make the process grow without a login, and it may be the one that carries mail and
media. What is longer than here is answered (431, 400; of a server's answer 502) and its connection closed; so is a head
that takes too long (408).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import h11
from h11._readers import ChunkedReader, ContentLengthReader
from h11._receivebuffer import ReceiveBuffer, blank_line_regex
from mitmproxy import connection, options
from mitmproxy.proxy import commands, context, events, layer, mode_specs
from mitmproxy.proxy.layers import http as http_layer
from mitmproxy.proxy.layers.http import HTTPMode, _http1, _http2
from mitmproxy.proxy.layers.http._base import HttpConnection, ReceiveHttp
from mitmproxy.proxy.layers.http._events import (
    ErrorCode,
    HttpEvent,
    RequestProtocolError,
    RequestTrailers,
    ResponseProtocolError,
    ResponseTrailers,
)

HEAD_SECONDS = 30.0  # for a client's head to be whole, from its first byte
HEAD = 64 * 1024  # bytes of a head, of trailers, of an HTTP/2 header list
_LINES = 1000  # of a head
_CHUNK_LINE = 4 * 1024  # bytes of a chunk's size and extensions
_PIPELINED = 1024 * 1024  # bytes sent while the request before them is being answered
_LINGER_SECONDS, _LINGER = 2.0, 1024 * 1024  # for which, and bytes up to which, a refused client is heard and not kept


@dataclass
class HeadBegunHook(commands.StartHook):
    """A part of a client's head is there."""

    client: connection.Client
    name = "head_begun"
    blocking = False


class BoundedChunks(ChunkedReader):
    """A chunked body, its lines within bounds, its trailers read and left out (RFC 9112, 7.1.2)."""

    def __call__(self, buf: ReceiveBuffer) -> h11.Data | h11.EndOfMessage | None:
        """What comes next; None: not there yet. Raises h11.ProtocolError."""
        found = super().__call__(buf)
        if found is None and len(buf) > (HEAD if self._reading_trailer else _CHUNK_LINE):
            raise h11.RemoteProtocolError("trailers too long" if self._reading_trailer else "chunk line too long")
        return h11.EndOfMessage() if isinstance(found, h11.EndOfMessage) else found


def _is_too_long(buf: ReceiveBuffer) -> bool:
    """Whether the head at the start of what has come is longer than heads may be, or will be."""
    seen = buf._data
    if seen.count(b"\n", 0, HEAD) > _LINES:
        end = blank_line_regex.search(seen, 0, HEAD)
        if seen.count(b"\n", 0, end.end() if end else HEAD) > _LINES:
            return True
    return len(seen) > HEAD and blank_line_regex.search(seen, 0, HEAD) is None


class _Bounded(_http1.Http1Connection):
    """What both sides have in common."""

    def _handle_event(self, event: events.Event) -> layer.CommandGenerator[None]:
        if isinstance(event, events.DataReceived):
            if self.state == self.done:
                return  # of a connection that is being closed
            if self._is_body(event.data):
                assert self.stream_id is not None
                yield ReceiveHttp(self.ReceiveData(self.stream_id, event.data))
                yield from self.read_body(event)  # whether that was the end
                return
        yield from super()._handle_event(event)

    def _is_body(self, data: bytes) -> bool:
        """Whether all of this belongs to a body that said how long it is, and is taken off that; gathered first it
        would be copied four times."""
        if self.state != self.read_body or self.buf or type(reader := self.body_reader) is not ContentLengthReader:
            return False
        if len(data) > reader._remaining:
            return False
        reader._remaining -= len(data)
        return True

    def read_headers(self, event: events.Event) -> layer.CommandGenerator[None]:
        """Take a head in, or refuse it."""
        if isinstance(event, events.DataReceived) and _is_too_long(self.buf):
            self.buf = ReceiveBuffer()
            yield from self.refuse_head()
        else:
            yield from super().read_headers(event)  # type: ignore[arg-type]

    def refuse_head(self) -> layer.CommandGenerator[None]:
        """Answer for a head that is too long."""
        raise NotImplementedError

    def read_body(self, event: events.Event) -> layer.CommandGenerator[None]:
        """Take a body in. As mitmproxy does it, with our reader of chunks."""
        if type(self.body_reader) is ChunkedReader:
            self.body_reader = BoundedChunks()
        yield from super().read_body(event)


class BoundedServer(_Bounded, _http1.Http1Server):
    """Our side towards a client."""

    _forgotten = 0  # bytes heard since it was refused
    _timed: int | None = None  # the request whose head is waited for, while there is a timer

    def _handle_event(self, event: events.Event) -> layer.CommandGenerator[None]:
        if isinstance(event, events.Wakeup) and self.state != self.linger:
            yield from self._head_is_due()
        else:
            yield from super()._handle_event(event)

    def _head_is_due(self) -> layer.CommandGenerator[None]:
        late, self._timed = self._timed, None
        if self.state != self.read_headers or not self.buf:
            return
        if late == self.stream_id:
            self.buf = ReceiveBuffer()
            yield from self._refuse(408, "Request header not sent in time.")
        else:  # of the request that came after
            yield from self._give_it_time()

    def _give_it_time(self) -> layer.CommandGenerator[None]:
        self._timed = self.stream_id
        yield HeadBegunHook(self.context.client)
        yield commands.RequestWakeup(HEAD_SECONDS)

    def read_headers(self, event: events.Event) -> layer.CommandGenerator[None]:
        """Take a head in; one that is not whole yet has its time."""
        yield from super().read_headers(event)
        if self.state == self.read_headers and self.buf and self._timed is None:
            yield from self._give_it_time()

    def send(self, event: HttpEvent) -> layer.CommandGenerator[None]:
        """Answer. Trailers of HTTP/2 have no place here."""
        if not isinstance(event, ResponseTrailers):
            yield from super().send(event)

    def refuse_head(self) -> layer.CommandGenerator[None]:
        """431, and no more is heard."""
        yield from self._refuse(431, "Request header too long.")

    def read_body(self, event: events.Event) -> layer.CommandGenerator[None]:
        """Take a body in; one that is no body is answered before the connection is closed."""
        for command in super().read_body(event):
            closes = isinstance(command, commands.CloseConnection) and command.connection == self.conn
            if closes and self.response is None and not isinstance(event, events.ConnectionClosed):
                self.buf = ReceiveBuffer()
                yield from self._refuse(400, "Bad request body.")
            else:
                yield command

    def _refuse(self, status: int, message: str) -> layer.CommandGenerator[None]:
        self.state = self.linger
        yield commands.SendData(self.conn, _http1.make_error_response(status, message))
        yield commands.RequestWakeup(_LINGER_SECONDS)

    def linger(self, event: events.Event) -> layer.CommandGenerator[None]:
        """Forget what a refused client goes on to say; closed at once, it would not see its answer."""
        self._forgotten += len(self.buf)
        self.buf = ReceiveBuffer()
        if not isinstance(event, events.DataReceived) or self._forgotten > _LINGER:
            self.state = self.done
            yield commands.CloseConnection(self.conn)

    def wait(self, event: events.Event) -> layer.CommandGenerator[None]:
        """The request is being answered; what the client sends already is its next one, and not for ever more."""
        if isinstance(event, events.DataReceived) and len(self.buf) > _PIPELINED:
            self.buf, self.state = ReceiveBuffer(), self.done
            yield commands.CloseConnection(self.conn)
            gone = RequestProtocolError(self.stream_id, "Too much at once.", ErrorCode.CLIENT_DISCONNECTED)
            yield ReceiveHttp(gone)
        else:
            yield from super().wait(event)


class BoundedClient(_Bounded, _http1.Http1Client):
    """Our side towards a server."""

    def send(self, event: HttpEvent) -> layer.CommandGenerator[None]:
        """Ask. Trailers of HTTP/2 have no place here."""
        if not isinstance(event, RequestTrailers):
            yield from super().send(event)

    def refuse_head(self) -> layer.CommandGenerator[None]:
        """502 to the client."""
        self.state = self.done
        yield commands.CloseConnection(self.conn)
        if self.stream_id is not None:
            message = "The server's header is too long."
            yield ReceiveHttp(ResponseProtocolError(self.stream_id, message, ErrorCode.GENERIC_SERVER_ERROR))


def _bounds(made: _http2.Http2Connection) -> None:
    """What h2 has by itself, said here: its own may change."""
    made.h2_conn.local_settings.max_header_list_size = HEAD
    made.h2_conn.local_settings.acknowledge()
    made.h2_conn.decoder.max_header_list_size = HEAD


class _Bounded2(_http2.Http2Connection):
    """HTTP/2 whose header blocks are bounded as they come, not only when they are whole."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        _bounds(self)

    def _handle_event(self, event: events.Event) -> layer.CommandGenerator[None]:
        yield from super()._handle_event(event)
        if isinstance(event, events.DataReceived) and self._handle_event != self.done and self._flooded():
            yield from self.protocol_error("header block too long")

    def _flooded(self) -> bool:
        """Whether a block that goes on in CONTINUATION frames is longer than its list may be: packed, it is shorter."""
        return sum(len(frame.data) for frame in self.h2_conn.incoming_buffer._headers_buffer) > HEAD


class BoundedServer2(_Bounded2, _http2.Http2Server):
    """Our side towards a client."""


class BoundedClient2(_Bounded2, _http2.Http2Client):
    """Our side towards a server."""


_OURS = {
    "Http1Server": BoundedServer,
    "Http1Client": BoundedClient,
    "Http2Server": BoundedServer2,
    "Http2Client": BoundedClient2,
}


def use() -> None:
    """Make mitmproxy take these for every connection from now on."""
    for name, ours in _OURS.items():
        setattr(http_layer, name, ours)


def in_force(opts: options.Options) -> bool:
    """Whether this mitmproxy makes its HTTP connections of our classes, on both sides, and h11 counts as it did."""
    counts = vars(ContentLengthReader(1)).get("_remaining") == 1
    return counts and all(_made(opts, alpn) for alpn in (b"", b"h2"))


def _made(opts: options.Options, alpn: bytes) -> bool:
    client = connection.Client(
        peername=("", 0), sockname=("", 0), timestamp_start=0.0, proxy_mode=mode_specs.ProxyMode.parse("regular")
    )
    client.alpn = alpn
    here = context.Context(client, opts)
    outer = http_layer.HttpLayer(here, HTTPMode.regular)
    list(outer.handle_event(events.Start()))
    here.server.state, here.server.alpn = connection.ConnectionState.OPEN, alpn
    inner = http_layer.HttpClient(here.fork())
    list(inner.handle_event(events.Start()))
    kinds: tuple[type[HttpConnection], ...] = (
        (BoundedServer2, BoundedClient2) if alpn else (BoundedServer, BoundedClient)
    )
    return isinstance(outer.connections.get(client), kinds[0]) and isinstance(inner.child_layer, kinds[1])
