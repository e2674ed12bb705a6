"""Connections beyond a number are told to come again, and many half-sent bodies do not lie in memory."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from dlp.channels import upload_stream
from dlp.channels.authority import Authority
from dlp.channels.upload_stream import UploadStream
from dlp.channels.web import WebChannel
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


async def test_bodies_that_have_not_ended_lie_on_disk_beyond_a_sum(
    channel: WebChannel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upload_stream, "_ALL_IN_MEMORY", 120_000)
    before = UploadStream.coming
    begun = [await asyncio.open_connection("127.0.0.1", channel.port) for _ in range(5)]
    for _, writer in begun:
        writer.write(HALF)
    async with asyncio.timeout(60):
        while len(on_disk := list((tmp_path / "spool").glob("upload-*"))) < 3:
            await asyncio.sleep(0.02)
    assert UploadStream.coming <= 120_000
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
