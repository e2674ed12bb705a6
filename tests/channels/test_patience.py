"""Who says nothing, or half of something, holds no place; who is being answered keeps it however long that takes."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
from h2.connection import H2Connection
from h2.events import Event, ResponseReceived

from dlp.channels.web import coming, greetings, http_bounds, patience, upload_room, upload_stream
from dlp.channels.web.authority import Authority
from dlp.channels.web.web import WebChannel
from dlp.settings import Web
from tests.channels.desk import Desk
from tests.e2e.certificates import authority

SOON = 0.5  # seconds in the place of half a minute
HELLO = b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"  # how a ClientHello of 508 bytes begins
LONG_HELLO = b"\x16\x03\x01\x40\x00\x01\xff\xff\xff\x03\x03"  # of 16 MB
Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


async def submit(_: object) -> None:
    raise OSError("nobody judges here")


@contextlib.asynccontextmanager
async def proxy(folder: Path, **more: object) -> AsyncIterator[WebChannel]:
    made = WebChannel(Web(port=0, **more), submit, Authority(folder / "ca", "test"), spool=folder / "spool")  # type: ignore[arg-type]
    await made.start()
    try:
        yield made
    finally:
        await made.stop()


@contextlib.asynccontextmanager
async def listening(serve: Serve, tls: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    """A server's port."""
    writers: list[asyncio.StreamWriter] = []

    async def kept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writers.append(writer)
        with contextlib.suppress(OSError):
            await serve(reader, writer)

    server = await asyncio.start_server(kept, "127.0.0.1", 0, ssl=tls)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        for writer in writers:
            writer.transport.abort()
        server.close()


async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Take all, say nothing."""
    while await reader.read(65536):
        pass


@pytest.fixture
async def channel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[WebChannel]:
    monkeypatch.setattr(patience, "_FIRST_SECONDS", 2 * SOON)
    monkeypatch.setattr(patience, "_IDLE_SECONDS", 2 * SOON)
    monkeypatch.setattr(patience, "_REACH_SECONDS", SOON)
    monkeypatch.setattr(http_bounds, "HEAD_SECONDS", SOON)
    async with proxy(tmp_path) as made:
        yield made


async def _curl(*words: str) -> str:
    made = await asyncio.create_subprocess_exec("curl", "-s", *words, stdout=asyncio.subprocess.PIPE)
    told, _ = await asyncio.wait_for(made.communicate(), 60)
    return told.decode()


async def _heard(port: int, *said: bytes, every: float = 0.0, local: str = "127.0.0.1") -> bytes:
    """All that the proxy answers until it hangs up."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, local_addr=(local, 0))
    try:
        hearing = asyncio.ensure_future(reader.read())
        for one in said:
            with contextlib.suppress(OSError):
                writer.write(one)
                await writer.drain()
                await asyncio.sleep(every)
        return await asyncio.wait_for(hearing, 30)
    except OSError:
        return b"cut"
    finally:
        writer.close()


async def test_a_client_that_says_nothing_is_let_go(channel: WebChannel) -> None:
    assert await _heard(channel.port) == b""


async def test_half_a_head_is_told_so(channel: WebChannel) -> None:
    assert (await _heard(channel.port, b"GET http://127.0.0.1/ HTTP/1.1\r\nX: ")).startswith(b"HTTP/1.1 408 ")


async def test_a_head_by_drops_has_no_more_time_than_any(channel: WebChannel) -> None:
    drops = [b"GET http://127.0.0.1/ HTTP/1.1\r\n", *[b"X: y\r\n"] * 40]
    began = time.monotonic()
    assert (await _heard(channel.port, *drops, every=0.1)).startswith(b"HTTP/1.1 408 ")
    assert time.monotonic() - began < 30


async def test_the_second_head_has_its_time_as_well(channel: WebChannel) -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while await reader.readuntil(b"\r\n\r\n"):
            writer.write(b"HTTP/1.1 204 No Content\r\n\r\n")

    async with listening(answer) as port:
        asked = f"GET http://127.0.0.1:{port}/ HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode()
        told = await _heard(channel.port, asked, asked, b"GET http://127.0.0.1/ HTTP/1.1\r\n", every=SOON / 2)
    assert [line.split()[1] for line in told.splitlines() if line.startswith(b"HTTP/1.1")] == [b"204", b"204", b"408"]


async def test_a_connection_without_another_request_is_let_go(channel: WebChannel) -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 204 No Content\r\n\r\n")
        await silent(reader, writer)

    async with listening(answer) as port:
        asked = f"GET http://127.0.0.1:{port}/ HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode()
        assert (await _heard(channel.port, asked)).count(b"HTTP/1.1") == 1


@pytest.mark.parametrize("some", [b"", b"x" * 1000])
async def test_a_body_that_stops_is_told_so(channel: WebChannel, monkeypatch: pytest.MonkeyPatch, some: bytes) -> None:
    monkeypatch.setattr(coming, "LOOK_SECONDS", 0.1)
    monkeypatch.setattr(coming, "_SILENT_SECONDS", SOON)
    head = b"POST http://127.0.0.1:1/ HTTP/1.1\r\nHost: 127.0.0.1:1\r\nContent-Length: 5000\r\n\r\n"
    told = await _heard(channel.port, head + some)
    assert told.startswith(b"HTTP/1.1 408 ")
    assert "続きが届かない".encode() in told


async def test_a_refused_body_that_stops_is_told_so(channel: WebChannel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(coming, "LOOK_SECONDS", 0.1)
    monkeypatch.setattr(coming, "_SILENT_SECONDS", SOON)
    monkeypatch.setattr(upload_stream.UploadStream, "limit", 100)
    head = b"POST http://127.0.0.1:1/ HTTP/1.1\r\nHost: 127.0.0.1:1\r\nTransfer-Encoding: chunked\r\n\r\n"
    assert (await _heard(channel.port, head + b"c8\r\n" + b"x" * 200)).startswith(b"HTTP/1.1 413 ")


@pytest.mark.parametrize(("drop", "answer"), [(10, b"HTTP/1.1 408 "), (1000, b"HTTP/1.1 503 ")])
async def test_a_body_by_drops_keeps_no_place(
    channel: WebChannel, monkeypatch: pytest.MonkeyPatch, drop: int, answer: bytes
) -> None:
    """Of the default, 1,000 bytes a second: a tenth of it, and ten times as much, which comes to its judge."""
    monkeypatch.setattr(coming, "LOOK_SECONDS", 0.1)
    monkeypatch.setattr(coming, "_SLOW_SECONDS", SOON)
    head = f"POST http://127.0.0.1:1/ HTTP/1.1\r\nHost: 127.0.0.1:1\r\nContent-Length: {20 * drop}\r\n\r\n"
    told = await _heard(channel.port, head.encode(), *[b"x" * drop] * 20, every=0.1)
    assert told.startswith(answer)
    assert ("遅すぎる".encode() in told) == (drop == 10)


async def test_an_upload_that_is_given_up_keeps_no_place_on_a_connection_of_many(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patience, "_FIRST_SECONDS", 10 * SOON)
    monkeypatch.setattr(patience, "_IDLE_SECONDS", 2 * SOON)
    monkeypatch.setattr(upload_room, "_STALL_SECONDS", SOON)
    ca, desk, size = authority(tmp_path / "theirs"), Desk(tmp_path, ""), 14_000_000
    inside = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    inside.load_cert_chain(*ca.issue("localhost"))

    async def taking_nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        await asyncio.sleep(60)

    web = Web(port=0, upstream_ca=ca.path, addresses={"127.0.0.1": "clerk"})
    spool = tmp_path / "spool"
    made = WebChannel(web, desk.gateway.submit, Authority(tmp_path / "ca", "test"), spool=spool)
    await made.start()
    try:
        async with listening(taking_nothing, inside) as port:
            told = await _until_hung_up(made, port, size)
        assert desk.verdicts() == ["allow"]
    finally:
        await made.stop()
        desk.room.close()
    assert [dict(event.headers)[b":status"] for event in told if isinstance(event, ResponseReceived)] == [b"502"]


async def _until_hung_up(channel: WebChannel, port: int, size: int) -> list[Event]:
    """What HTTP/2 tells of one upload of zeros, until the proxy closes the connection, on which nothing else is said."""
    reader, writer = await asyncio.open_connection("127.0.0.1", channel.port)
    writer.write(f"CONNECT localhost:{port} HTTP/1.1\r\nHost: localhost:{port}\r\n\r\n".encode())
    await reader.readuntil(b"\r\n\r\n")
    outside = ssl.create_default_context(cafile=channel.ca_path)
    outside.set_alpn_protocols(["h2"])
    await writer.start_tls(outside, server_hostname="localhost")
    client, told = H2Connection(), list[Event]()
    client.initiate_connection()
    head = [(":method", "POST"), (":scheme", "https"), (":authority", f"localhost:{port}"), (":path", "/x")]
    client.send_headers(1, [*head, ("content-length", str(size))])
    left, line = size, b"0" * 79 + b"\n"
    async with asyncio.timeout(60):
        while True:
            while left and (room := min(left, client.local_flow_control_window(1), client.max_outbound_frame_size)):
                client.send_data(1, (line * (room // 80 + 1))[:room], end_stream=room == left)
                left -= room
            writer.write(client.data_to_send())
            await writer.drain()
            if not (some := await reader.read(65536)):
                break
            told += client.receive_data(some)
    writer.close()
    return told


async def test_a_slow_answer_is_waited_for(channel: WebChannel) -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        await asyncio.sleep(6 * SOON)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\nConnection: close\r\n\r\nlate")

    async with listening(answer) as port:
        asked = f"GET http://127.0.0.1:{port}/ HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode()
        assert (await _heard(channel.port, asked)).endswith(b"late")


@pytest.mark.parametrize("said", [HELLO, b"GET / HTTP/1.1\r\n"], ids=["half a greeting", "half a head"])
async def test_a_tunnel_with_half_of_something_is_closed(channel: WebChannel, said: bytes) -> None:
    connect = b"CONNECT town.example:443 HTTP/1.1\r\nHost: town.example:443\r\n\r\n"
    told = await _heard(channel.port, connect, said, every=0.1)
    assert told.startswith(b"HTTP/1.1 200 ")


async def test_a_tunnel_in_tls_without_a_request_is_closed(channel: WebChannel) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", channel.port)
    writer.write(b"CONNECT town.example:443 HTTP/1.1\r\nHost: town.example:443\r\n\r\n")
    await reader.readuntil(b"\r\n\r\n")
    await writer.start_tls(ssl.create_default_context(cafile=channel.ca_path), server_hostname="town.example")
    assert await asyncio.wait_for(reader.read(), 30) == b""
    writer.close()


@pytest.mark.parametrize("tunnel", [False, True])
async def test_a_greeting_without_an_end_is_cut_off(channel: WebChannel, tunnel: bool) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", channel.port)
    sent = 0
    if tunnel:
        writer.write(b"CONNECT town.example:443 HTTP/1.1\r\nHost: town.example:443\r\n\r\n")
        await reader.readuntil(b"\r\n\r\n")
    with contextlib.suppress(OSError):
        async with asyncio.timeout(30):
            writer.write(LONG_HELLO + b"a" * (0x4000 - 6))
            while sent < 15_000_000:
                writer.write(b"\x16\x03\x01\x40\x00" + b"a" * 0x4000)
                await writer.drain()
                sent += 0x4000
    writer.close()
    assert sent < 10_000_000  # what the sockets' buffers take


async def test_a_server_that_does_not_greet_is_a_502(channel: WebChannel) -> None:
    async with listening(silent) as port:
        host = f"127.0.0.1:{port}"
        told = await _heard(channel.port, f"GET https://{host}/ HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
    assert told.startswith(b"HTTP/1.1 502 ")


async def test_requests_that_wait_their_turn_at_a_server_are_not_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """mitmproxy makes five connections to one address, for each client: here for one of HTTP/2, to a server of HTTP/1."""
    monkeypatch.setattr(patience, "_REACH_SECONDS", 4.0)  # the last two wait for 6, and a greeting takes its time here
    ca = authority(tmp_path / "theirs")
    inside = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    inside.load_cert_chain(*ca.issue("localhost"))

    async def slow(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        await asyncio.sleep(3.0)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")

    async with listening(slow, inside) as port, proxy(tmp_path, upstream_ca=ca.path) as made:
        told = await _curl(
            *("--parallel", "--parallel-max", "20", "--http2", "--proxy", f"http://127.0.0.1:{made.port}"),
            *("-w", "%{http_version} %{http_code}\n", "--cacert", str(made.ca_path)),
            *[word for n in range(12) for word in ("-o", "/dev/null", f"https://localhost:{port}/{n}")],
        )
    assert told.split("\n") == ["2 200"] * 12 + [""]


@pytest.mark.parametrize(
    ("said", "again"), [(b"", b""), (b"HTTP/1.1 200 OK\r\nX: ", b"a" * 65536)], ids=["silent", "endless"]
)
async def test_a_proxy_above_that_does_not_answer_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: bytes, again: bytes
) -> None:
    sent = 0

    async def above(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        await reader.readuntil(b"\r\n\r\n")
        writer.write(said)
        while again and sent < 100_000_000:
            writer.write(again)
            await writer.drain()
            sent += len(again)
        await silent(reader, writer)

    monkeypatch.setattr(greetings, "_ANSWER_SECONDS", 30.0 if again else SOON)
    async with listening(above) as port, proxy(tmp_path, mode=f"upstream:http://127.0.0.1:{port}") as channel:
        here = f"http://127.0.0.1:{channel.port}"
        told = await _curl("-k", "--proxy", here, "-w", "%{http_code}", "https://town.example/")
    assert "受け取りませんでした" in told
    assert told.endswith("502")
    assert sent < 20_000_000
