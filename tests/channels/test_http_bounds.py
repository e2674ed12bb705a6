"""Nobody makes the proxy grow by a head, a chunk line, trailers or pipelined requests that do not end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from h2.config import H2Configuration
from h2.connection import H2Connection
from hyperframe.frame import ContinuationFrame, HeadersFrame
from mitmproxy import connection, http, options
from mitmproxy.addons import next_layer
from mitmproxy.addons.proxyserver import Proxyserver
from mitmproxy.proxy import commands, context, events, layers, mode_specs
from mitmproxy.proxy.layers import http as http_layer
from mitmproxy.proxy.layers.http import HTTPMode, _http1, _http2, _upstream_proxy
from mitmproxy.proxy.layers.http._base import HttpEvent, ReceiveHttp
from mitmproxy.proxy.layers.http._events import (
    ErrorCode,
    RequestData,
    RequestEndOfMessage,
    RequestHeaders,
    RequestProtocolError,
)
from mitmproxy.test import taddons

from dlp.channels.web import greetings, http_bounds, socket_layer, upload_stream
from dlp.channels.web.authority import Authority
from dlp.channels.web.http_bounds import BoundedServer, BoundedServer2
from dlp.channels.web.web import WebChannel
from dlp.errors import ConfigError
from dlp.settings import Web
from tests.e2e.webserver import WebServer

BLOCK = b"a" * 65536
MOST = 16 * 1024 * 1024  # bytes a client can send before it is cut off: what two sockets' buffers take


async def submit(_: object) -> None:
    raise OSError("nobody judges here")


@pytest.fixture
async def channel(tmp_path: Path) -> AsyncIterator[WebChannel]:
    made = WebChannel(Web(port=0), submit, Authority(tmp_path / "ca", "test"), spool=tmp_path / "spool")  # type: ignore[arg-type]
    await made.start()
    yield made
    await made.stop()


async def _sent(port: int, head: bytes, block: bytes, most: int = MOST) -> tuple[int, bytes]:
    """Bytes that could be sent of an endless `head`, `block`, `block`…, and the first line answered."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    sent = 0
    writer.write(head)
    try:
        async with asyncio.timeout(60):
            while sent < most:
                writer.write(block)
                await writer.drain()
                sent += len(block)
    except OSError:
        pass
    try:
        answer = await asyncio.wait_for(reader.readline(), 60)
    except OSError:
        answer = b""
    writer.close()
    return sent, answer


ENDLESS = {
    "one line": (b"GET http://127.0.0.1/ HTTP/1.1\r\nX: ", BLOCK, 431),
    "many headers": (b"GET http://127.0.0.1/ HTTP/1.1\r\n", b"X-N: " + b"a" * 9000 + b"\r\n", 431),
    "short headers": (b"GET http://127.0.0.1/ HTTP/1.1\r\n", b"a:\r\n" * 500, 431),
    "request line": (b"GET http://127.0.0.1/", BLOCK, 431),
    "chunk extension": (b"POST http://127.0.0.1/ HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5;x=", BLOCK, 400),
    "trailers": (
        b"POST http://127.0.0.1/ HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n",
        b"X-T: " + b"a" * 9000 + b"\r\n",
        400,
    ),
    "no chunk": (b"POST http://127.0.0.1/ HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzzz\r\n", BLOCK, 400),
}


@pytest.mark.parametrize("kind", ENDLESS)
async def test_what_does_not_end_is_answered_and_cut_off(channel: WebChannel, kind: str) -> None:
    head, block, status = ENDLESS[kind]
    sent, _ = await _sent(channel.port, head, block, most=300_000_000)
    assert sent < 300_000_000
    sent, answer = await _sent(channel.port, head, block, most=200_000)
    assert f" {status} ".encode() in answer


async def test_requests_sent_ahead_of_an_answer_are_bounded(channel: WebChannel) -> None:
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()  # to the end
        writer.close()

    async with await asyncio.start_server(silent, "127.0.0.1", 0) as server:
        host = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
        head = f"GET http://{host}/ HTTP/1.1\r\nHost: {host}\r\n\r\n".encode()
        sent, _ = await _sent(channel.port, head, BLOCK, most=300_000_000)
        assert sent < 300_000_000


async def _answer_to(port: int, request: bytes) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request)
    try:
        return await asyncio.wait_for(reader.read(100), 30)
    finally:
        writer.close()


async def test_a_head_within_bounds_passes(channel: WebChannel) -> None:
    with WebServer() as server:
        host = f"127.0.0.1:{server.port}"
        cookies = b"".join(b"Cookie: id%d=%s\r\n" % (number, b"a-" * 75) for number in range(40))
        asked = f"GET http://{host}/ HTTP/1.1\r\nHost: {host}\r\n".encode() + cookies + b"\r\n"
        assert b" 200 " in await _answer_to(channel.port, asked)


async def test_a_request_with_trailers_is_judged(channel: WebChannel) -> None:
    asked = (
        b"POST http://127.0.0.1:1/ HTTP/1.1\r\nHost: 127.0.0.1:1\r\nTransfer-Encoding: chunked\r\nTrailer: X-T\r\n\r\n"
        b"5\r\nhello\r\n0\r\nX-T: abc\r\n\r\n"
    )
    assert b" 503 " in await _answer_to(channel.port, asked)  # whoever judges here raises


@pytest.mark.parametrize(
    ("said", "endless"),
    [
        (b"HTTP/1.1 200 OK\r\n", b"X-N: " + b"a" * 9000 + b"\r\n"),
        (b"HTTP/1.1 200 OK\r\nX: ", BLOCK),
        (b"HTTP/1.1 ", BLOCK),
    ],
    ids=["many headers", "one line", "status line"],
)
async def test_a_servers_endless_head_is_a_502(channel: WebChannel, said: bytes, endless: bytes) -> None:
    sent, cut, writers = 0, asyncio.Event(), list[asyncio.StreamWriter]()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        writers.append(writer)
        await reader.readuntil(b"\r\n\r\n")
        try:
            writer.write(said)
            while sent < 300_000_000:
                writer.write(endless)
                await writer.drain()
                sent += len(endless)
        except OSError:
            cut.set()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        host = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
        answer = await _answer_to(channel.port, f"GET http://{host}/ HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
        assert b" 502 " in answer
        await asyncio.wait_for(cut.wait(), 20)  # nobody reads on, and the connection is closed
        assert sent < 2 * MOST
    finally:
        for writer in writers:
            writer.transport.abort()
        server.close()


@pytest.fixture
def opts() -> Iterator[options.Options]:
    with taddons.context(Proxyserver()) as made:
        yield made.options


def _client() -> connection.Client:
    made = connection.Client(
        peername=("127.0.0.1", 1),
        sockname=("127.0.0.1", 2),
        timestamp_start=0.0,
        proxy_mode=mode_specs.ProxyMode.parse("regular"),
        state=connection.ConnectionState.OPEN,
    )
    made.alpn = b"h2"
    return made


_HEAD = b"POST http://h.example/ HTTP/1.1\r\nHost: h.example\r\nContent-Length: 10\r\n\r\n"


def _heard(made: BoundedServer, *said: bytes) -> list[HttpEvent]:
    """What a connection tells of a request, the body joined: of pieces that came by themselves."""
    client = made.conn
    told = [one for data in said for one in made.handle_event(events.DataReceived(client, data))]
    return [one.event for one in told if isinstance(one, ReceiveHttp)]


@pytest.mark.parametrize(
    "said",
    [
        (_HEAD + b"0123456789",),
        (_HEAD, b"0123456789"),
        (_HEAD + b"01", b"234", b"56789"),
        (_HEAD[:-3], _HEAD[-3:] + b"0", b"12345678", b"9"),
        (_HEAD, b"01234", b"56789" + _HEAD),
        (_HEAD, b"0123456789", _HEAD),
    ],
    ids=["at once", "head first", "in pieces", "head in two", "with the next", "before the next"],
)
def test_a_body_is_whole_however_it_comes(opts: options.Options, said: tuple[bytes, ...]) -> None:
    client = _client()
    made = BoundedServer(context.Context(client, opts))
    list(made.handle_event(events.Start()))
    told = _heard(made, *said)
    assert isinstance(told[0], RequestHeaders)
    assert isinstance(told[-1], RequestEndOfMessage)
    bodies = [one.data for one in told[1:-1] if isinstance(one, RequestData)]
    assert (b"".join(bodies), len(bodies)) == (b"0123456789", len(told) - 2)
    assert bytes(made.buf) == (b"".join(said)[len(_HEAD) + 10 :])


def test_a_body_that_comes_by_itself_is_not_copied(opts: options.Options) -> None:
    made = BoundedServer(context.Context(_client(), opts))
    list(made.handle_event(events.Start()))
    body = bytes(10)
    told = _heard(made, _HEAD, body)
    assert any(isinstance(one, RequestData) and one.data is body for one in told)


@pytest.mark.parametrize("size", [16_000, 130_000])
def test_an_http2_header_block_is_bounded_before_it_is_whole(opts: options.Options, size: int) -> None:
    client = _client()
    made, peer = BoundedServer2(context.Context(client, opts)), H2Connection(H2Configuration(client_side=True))
    list(made.handle_event(events.Start()))
    peer.initiate_connection()
    said = list(made.handle_event(events.DataReceived(client, peer.data_to_send())))
    frame = HeadersFrame(1)
    frame.data = b"\0" * 100
    kept, said = 0, list(made.handle_event(events.DataReceived(client, frame.serialize())))
    for _ in range(60):
        more = ContinuationFrame(1)
        more.data = b"\0" * size
        said += made.handle_event(events.DataReceived(client, more.serialize()))
        kept = max(kept, sum(len(one.data) for one in made.h2_conn.incoming_buffer._headers_buffer))
    assert any(isinstance(command, commands.CloseConnection) for command in said)
    assert kept <= http_bounds.HEAD + size


def test_an_http2_header_list_that_unpacks_to_much_is_refused(opts: options.Options) -> None:
    client = _client()
    made, peer = BoundedServer2(context.Context(client, opts)), H2Connection(H2Configuration(client_side=True))
    list(made.handle_event(events.Start()))
    peer.initiate_connection()
    usual = [(":method", "GET"), (":scheme", "https"), (":path", "/"), (":authority", "h.example")]
    peer.send_headers(1, [*usual, *[("x-a", "a" * 3000)] * 100])  # packed, each after the first is one byte
    said = list(made.handle_event(events.DataReceived(client, peer.data_to_send())))
    assert any(isinstance(command, commands.CloseConnection) for command in said)
    assert not made.streams


def test_mitmproxy_takes_our_connections_and_it_is_seen_when_it_does_not(
    opts: options.Options, monkeypatch: pytest.MonkeyPatch
) -> None:
    http_bounds.use()
    assert http_bounds.in_force(opts)
    for name in ("Http1Server", "Http1Client", "Http2Server", "Http2Client"):
        with monkeypatch.context() as patched:
            patched.setattr(http_layer, name, getattr(_http1 if "1" in name else _http2, name))
            assert not http_bounds.in_force(opts), name


def test_greetings_and_tunnels_past_our_classes_are_seen(
    opts: options.Options, monkeypatch: pytest.MonkeyPatch
) -> None:
    greetings.use()
    assert greetings.in_force(opts)
    theirs = greetings.BoundedHello.__bases__[0]
    for place in (layers, next_layer):
        with monkeypatch.context() as patched:
            patched.setattr(place, "ClientTLSLayer", theirs)
            assert not greetings.in_force(opts), place.__name__
    monkeypatch.setattr(_upstream_proxy, "HttpUpstreamProxy", greetings.BoundedConnect.__bases__[0])
    assert not greetings.in_force(opts)


@pytest.mark.parametrize(
    "owner", [greetings, http_bounds, socket_layer, upload_stream], ids=lambda owner: owner.__name__
)
async def test_the_proxy_does_not_start_past_our_classes(
    owner: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(owner, "in_force", lambda *_: False)
    made = WebChannel(Web(port=0), submit, Authority(tmp_path / "ca", "test"), spool=tmp_path / "spool")  # type: ignore[arg-type]
    with pytest.raises(ConfigError, match="passes by our streams"):
        await made.start()


def test_bodies_streamed_past_our_class_are_seen(opts: options.Options, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_layer, "HttpStream", upload_stream.UploadStream)
    assert upload_stream.in_force(opts)
    opts.stream_large_bodies = "1m"
    assert not upload_stream.in_force(opts)
    opts.stream_large_bodies = None
    monkeypatch.setattr(http_layer, "HttpStream", upload_stream.UploadStream.__bases__[0])
    assert not upload_stream.in_force(opts)


def test_messages_passed_by_our_socket_layer_are_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    socket_layer.use()
    assert socket_layer.in_force()
    monkeypatch.setattr("mitmproxy.proxy.layers.websocket.WebsocketLayer", socket_layer.SocketLayer.__bases__[0])
    assert not socket_layer.in_force()


@pytest.mark.parametrize(("version", "at_once"), [("HTTP/1.1", True), ("HTTP/2.0", False)])
def test_one_body_a_connection_has_a_file_before_it_is_large(
    opts: options.Options, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: str, at_once: bool
) -> None:
    """A hundred streams of one connection that announce much and say a byte each would take a hundred descriptors."""
    monkeypatch.setattr(http_layer, "HttpStream", upload_stream.UploadStream)
    monkeypatch.setattr(upload_stream.UploadStream, "folder", tmp_path)
    monkeypatch.setattr(upload_stream.UploadStream, "limit", 1 << 30)
    request = http.Request.make("POST", "http://h.example/")
    request.headers["content-length"] = str(1 << 20)
    request.http_version = version
    outer = http_layer.HttpLayer(context.Context(_client(), opts), HTTPMode.regular)
    list(outer.make_stream(1))
    made = outer.streams[1]
    for said in (RequestHeaders(1, request, end_stream=False), RequestData(1, b"x")):
        todo = list(made.handle_event(said))
        while todo:
            if isinstance(one := todo.pop(0), commands.StartHook) and one.blocking:
                todo += made.handle_event(events.HookCompleted(one))
    assert len([*tmp_path.iterdir()]) == int(at_once)
    list(made.handle_event(RequestProtocolError(1, "gone", ErrorCode.CLIENT_DISCONNECTED)))
    assert [*tmp_path.iterdir()] == []
