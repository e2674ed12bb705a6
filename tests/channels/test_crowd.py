"""Connections beyond a number are told to come again, and many half-sent bodies do not lie in memory."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from mitmproxy import connection
from mitmproxy.addons.proxyserver import Proxyserver

from dlp.channels.web import upload_stream
from dlp.channels.web.authority import Authority
from dlp.channels.web.crowd import Crowd
from dlp.channels.web.proxy import Proxy
from dlp.channels.web.upload_stream import UploadStream
from dlp.channels.web.web import WebChannel
from dlp.errors import ConfigError
from dlp.settings import Web

HALF = b"POST http://127.0.0.1:1/ HTTP/1.1\r\nHost: 127.0.0.1:1\r\nContent-Length: 100000\r\n\r\n" + b"x" * 50_000


async def submit(_: object) -> None:
    raise OSError("nobody judges here")


@pytest.fixture
async def channel(tmp_path: Path) -> AsyncIterator[WebChannel]:
    ca = Authority(tmp_path / "ca", "test")
    made = WebChannel(Web(port=0, max_connections=5), submit, ca, spool=tmp_path / "spool")  # type: ignore[arg-type]
    await made.start()
    yield made
    await made.stop()


async def _first(reader: asyncio.StreamReader) -> bytes:
    return await asyncio.wait_for(reader.readline(), 60)


async def test_one_connection_too_many_is_told_to_come_again_until_one_is_over(channel: WebChannel) -> None:
    begun = [await asyncio.open_connection("127.0.0.1", channel.port) for _ in range(5)]
    for _, writer in begun:
        writer.write(HALF)
    late, ending = await asyncio.open_connection("127.0.0.1", channel.port)
    ending.write(HALF)
    answer = await asyncio.wait_for(late.read(), 60)
    assert b" 503 " in answer.splitlines()[0]
    assert b"Retry-After" in answer
    ending.close()
    for reader, writer in begun:
        writer.write(b"x" * 50_000)
        assert b" 503 " in await _first(reader)  # judged: whoever judges here raises
        writer.close()
    async with asyncio.timeout(60):
        while True:
            reader, writer = await asyncio.open_connection("127.0.0.1", channel.port)
            writer.write(HALF + b"x" * 50_000)
            page = await asyncio.wait_for(reader.read(2000), 60)
            writer.close()
            if b"Too many" not in page:
                return


async def test_one_address_has_a_share_and_others_theirs(tmp_path: Path) -> None:
    ca, web = Authority(tmp_path / "ca", "test"), Web(port=0, max_connections_each=3, front=("127.0.0.3",))
    made = WebChannel(web, submit, ca, spool=tmp_path / "spool")  # type: ignore[arg-type]
    await made.start()
    try:
        begun = [await _from("127.0.0.1", made.port) for _ in range(3)]
        greedy, _ = await _from("127.0.0.1", made.port)
        answer = (await asyncio.wait_for(greedy.read(), 60)).decode()
        assert answer.startswith("HTTP/1.1 503 ")
        assert "Retry-After" in answer
        assert "この端末からの接続が多すぎます" in answer
        others = [await _from(local, made.port) for local in ["127.0.0.2"] * 3 + ["127.0.0.3"] * 8]
        for reader, writer in begun + others:
            writer.write(b"GET / HTTP/1.1\r\n\r\n")
            assert b" 503 " not in await _first(reader)
            writer.close()
        async with asyncio.timeout(60):
            while True:
                reader, writer = await _from("127.0.0.1", made.port)
                writer.write(b"GET / HTTP/1.1\r\n\r\n")
                line = await _first(reader)
                writer.close()
                if b" 503 " not in line:
                    return
    finally:
        await made.stop()


async def _from(local: str, port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    return await asyncio.open_connection("127.0.0.1", port, local_addr=(local, 0))


@pytest.mark.parametrize(
    ("address", "share"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("192.0.2.1", ""),
    ],
)
def test_whose_share_a_connection_is_of(address: str, share: str) -> None:
    crowd = Crowd(Proxyserver(), 5, 5, frozenset({"192.0.2.1"}))
    client = connection.Client(peername=(address, 1), sockname=("", 0), timestamp_start=0.0)
    assert crowd._share(client) == share


async def test_what_is_cancelled_as_it_waits_for_its_turn_is_closed(channel: WebChannel) -> None:
    """A server's connection is cut off in just that moment: mitmproxy goes past the line that would close it."""
    spoken, gone = asyncio.Event(), asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        spoken.set()
        with contextlib.suppress(OSError):
            writer.write(b"HTTP/1.1 200 OK\r\nX: ")
            while True:
                writer.write(b"a")
                await writer.drain()
                await asyncio.sleep(0.01)
        gone.set()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        host = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
        _, writer = await asyncio.open_connection("127.0.0.1", channel.port)
        writer.write(f"GET http://{host}/ HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
        await asyncio.wait_for(spoken.wait(), 60)
        proxy = channel._proxy
        assert proxy is not None
        assert proxy._loop is not None
        await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(_cut_amid_its_turn(proxy), proxy._loop))
        await asyncio.wait_for(gone.wait(), 60)
        writer.close()


async def _cut_amid_its_turn(proxy: Proxy) -> None:
    assert proxy._gate.server is not None
    (handler,) = proxy._gate.server.connections.values()
    (there,) = [one for end, one in handler.transports.items() if isinstance(end, connection.Server)]
    async with handler._server_event_lock:
        while not handler._server_event_lock._waiters:
            await asyncio.sleep(0.01)
        assert there.handler is not None
        there.handler.cancel("closed by command")
        await asyncio.wait([there.handler])


async def test_bodies_that_have_not_ended_lie_on_disk_beyond_a_sum(
    channel: WebChannel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upload_stream, "_ALL_IN_MEMORY", 120_000)
    before = UploadStream.coming
    begun = [await asyncio.open_connection("127.0.0.1", channel.port) for _ in range(5)]
    for _, writer in begun:
        writer.write(HALF)
    async with asyncio.timeout(60):
        # A file is there a moment before what was kept of its body is let go of.
        while len(on_disk := list((tmp_path / "spool").glob("upload-*"))) < 3 or UploadStream.coming > 120_000:
            await asyncio.sleep(0.02)
    for reader, writer in begun:
        writer.write(b"x" * 50_000)
        assert b" 503 " in await _first(reader)
        writer.close()
    async with asyncio.timeout(60):
        while UploadStream.coming > before or any(path.exists() for path in on_disk):
            await asyncio.sleep(0.02)


async def test_a_client_that_goes_amid_its_body_is_not_counted_any_more(channel: WebChannel) -> None:
    before = UploadStream.coming
    _, writer = await asyncio.open_connection("127.0.0.1", channel.port)
    writer.write(HALF)
    async with asyncio.timeout(60):
        while UploadStream.coming <= before:
            await asyncio.sleep(0.02)
        writer.close()
        while UploadStream.coming > before:
            await asyncio.sleep(0.02)


def test_fewer_connections_than_processes_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="less than there are processes"):
        WebChannel(Web(max_connections=1, processes=2), submit, Authority(tmp_path, "test"), spool=tmp_path)  # type: ignore[arg-type]
