"""A client's connection is read in large steps, and nothing else of it changes."""

from __future__ import annotations

import asyncio
from pathlib import Path

from mitmproxy.addons.proxyserver import Proxyserver

from dlp.channels.web.authority import Authority
from dlp.channels.web.web import WebChannel
from dlp.channels.web.wide import WideReader
from dlp.settings import Web


async def test_all_that_is_there_comes_at_once_and_then_the_end() -> None:
    stream = asyncio.StreamReader()
    stream.feed_data(b"x" * 200_000)
    stream.feed_eof()
    wide = WideReader(stream)
    assert [len(await wide.read(65_535)) for _ in range(2)] == [200_000, 0]


async def test_what_comes_later_is_waited_for() -> None:
    stream = asyncio.StreamReader()
    asking = asyncio.create_task(WideReader(stream).read(65_535))
    await asyncio.sleep(0)
    assert not asking.done()
    stream.feed_data(b"late")
    assert await asking == b"late"


async def _submit(_: object) -> None:
    raise AssertionError("nothing is asked here")


def _readers(server: Proxyserver) -> list[object]:
    return [there.reader for one in list(server.connections.values()) for there in list(one.transports.values())]


async def test_the_proxy_reads_its_clients_so(tmp_path: Path) -> None:
    channel = WebChannel(Web(port=0), _submit, Authority(tmp_path / "ca", "test"), spool=tmp_path / "spool")  # type: ignore[arg-type]
    await channel.start()
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", channel.port)
        assert channel._proxy is not None
        server = channel._proxy._gate.server
        assert server is not None
        async with asyncio.timeout(30):
            while not any(isinstance(reader, WideReader) for reader in _readers(server)):
                await asyncio.sleep(0.01)
        writer.close()
    finally:
        await channel.stop()
