"""The proxy when something in it raises: mitmproxy would let the request through, so nothing may have arrived."""

from __future__ import annotations

import asyncio
import os
import subprocess
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from mitmproxy import http

from dlp.channels.web import block_page, coming, gate, silent_tunnel, upload, upload_stream
from dlp.channels.web.authority import Authority
from dlp.channels.web.gate import Gate
from dlp.channels.web.proxy_users import ProxyUsers
from dlp.channels.web.web import WebChannel
from dlp.errors import ConfigError
from dlp.settings import Web
from tests.e2e.webserver import WebServer


class Boom(Exception):
    pass


def boom(*_: object, **__: object) -> None:
    raise Boom("secret of a citizen")


async def submit(_: object) -> None:
    boom()


@pytest.fixture
async def channel(tmp_path: Path) -> AsyncIterator[WebChannel]:
    made = WebChannel(Web(port=0), submit, Authority(tmp_path / "ca", "test"), spool=tmp_path / "spool")  # type: ignore[arg-type]
    await made.start()
    yield made
    await made.stop()


def curl(port: int, url: str, *headers: str) -> tuple[str, str]:
    """(status, page) of an upload; of a request without a body where it has headers."""
    command = [
        "curl",
        "-sS",
        "--noproxy",
        "",
        "-x",
        f"http://127.0.0.1:{port}",
        "--max-time",
        "20",
        "-w",
        "\n%{http_code}",
    ]
    what = [word for header in headers for word in ("-H", header)] or ["-d", "memo=text"]
    env = {k: v for k, v in os.environ.items() if "proxy" not in k.lower()}
    done = subprocess.run([*command, *what, url], capture_output=True, timeout=30, check=False, env=env)
    page, _, status = done.stdout.decode().rpartition("\n")
    return status, page


@pytest.mark.parametrize(
    ("owner", "name"),
    [(None, ""), (upload, "transfer_of"), (block_page, "unavailable"), (Gate, "who"), (upload, "is_misdirected")],
    ids=["submit", "transfer_of", "page", "who", "is_misdirected"],
)
async def test_an_addon_that_raises_lets_nothing_through(
    channel: WebChannel, need: Callable[..., None], monkeypatch: pytest.MonkeyPatch, owner: object, name: str
) -> None:
    need("curl")
    if owner is not None:
        monkeypatch.setattr(owner, name, boom)
    with WebServer() as server:
        status, page = await asyncio.to_thread(curl, channel.port, server.url + "/form")
        assert status == "503"
        assert "secret" not in page
        assert server.arrived == []


def test_the_bare_refusal_is_mitmproxys_own() -> None:
    ours, theirs = gate._refusal().data, http.Response.make(503).data
    ours.timestamp_start, ours.timestamp_end = theirs.timestamp_start, theirs.timestamp_end
    assert ours == theirs


@pytest.mark.parametrize(("says", "files"), [(1_000_000, 1), (100_000, 0)], ids=["large", "small"])
async def test_what_says_that_it_is_large_is_on_disk_from_its_first_byte(
    channel: WebChannel, tmp_path: Path, says: int, files: int
) -> None:
    _, writer = await asyncio.open_connection("127.0.0.1", channel.port)
    writer.write(b"POST http://127.0.0.1/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: %d\r\n\r\nmemo=text" % says)
    await writer.drain()
    async with asyncio.timeout(10):
        while not (upload_stream.UploadStream.coming or any((tmp_path / "spool").glob("upload-*"))):
            await asyncio.sleep(0.01)
    assert [path.read_bytes() for path in (tmp_path / "spool").glob("upload-*")] == [b"memo=text"] * files
    writer.close()
    async with asyncio.timeout(10):
        while upload_stream.UploadStream.coming or any((tmp_path / "spool").glob("upload-*")):
            await asyncio.sleep(0.01)


async def test_what_nobody_sends_is_not_kept(tmp_path: Path) -> None:
    """Who has no login fills no disk, whatever he sends."""
    users, ca = ProxyUsers(passwords=lambda login, password: False), Authority(tmp_path / "ca", "test")
    made = WebChannel(Web(port=0), submit, ca, spool=tmp_path / "spool", users=users)  # type: ignore[arg-type]
    await made.start()
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", made.port)
        writer.write(b"POST http://127.0.0.1/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 2000000\r\n\r\n")
        for _ in range(19):
            writer.write(b"x" * 100_000)
            await writer.drain()
            await asyncio.sleep(0.01)
            assert not any((tmp_path / "spool").glob("upload-*"))
            assert upload_stream.UploadStream.coming == 0
        writer.write(b"x" * 100_000)
        assert b" 407 " in await asyncio.wait_for(reader.readline(), 10)
        writer.close()
    finally:
        await made.stop()


async def test_websockets_can_be_refused(need: Callable[..., None], tmp_path: Path) -> None:
    need("curl")
    config, told = Web(port=0, websocket="refuse"), list[tuple[str, str, str]]()
    ca, spool = Authority(tmp_path / "ca", "test"), tmp_path / "spool"
    made = WebChannel(config, submit, ca, spool=spool, barred=lambda *what: told.append(what))  # type: ignore[arg-type]
    await made.start()
    try:
        with WebServer() as server:
            upgrade = ("Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Key: x", "Sec-WebSocket-Version: 13")
            status, page = await asyncio.to_thread(curl, made.port, server.url + "/room", *upgrade)
            assert status == "403"
            assert "WebSocket" in page
            assert server.arrived == []
            assert told == [("websocket", "127.0.0.1", "")]
    finally:
        await made.stop()


def test_a_policy_for_websockets_that_is_none_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="none of inspect, refuse"):
        WebChannel(Web(websocket="allow"), submit, Authority(tmp_path, "test"), spool=tmp_path)  # type: ignore[arg-type]


async def _endless(port: int, host: str, *, ends_after: float | None) -> bytes:
    """The first line answered to a chunked upload that says something and then nothing, and ends, or never does."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(
        f"POST http://{host}/a HTTP/1.1\r\nHost: {host}\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nsaid\r\n".encode()
    )
    if ends_after is not None:
        await asyncio.sleep(ends_after)
        writer.write(b"0\r\n\r\n")
    try:
        return await asyncio.wait_for(reader.readline(), 60)
    finally:
        writer.close()


async def test_an_upload_that_never_ends_is_refused_and_listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(coming, "LOOK_SECONDS", 0.1)
    told, ca, spool = list[tuple[str, str, str]](), Authority(tmp_path / "ca", "test"), tmp_path / "spool"
    config = Web(port=0, anonymous="clerk")
    made = WebChannel(config, submit, ca, spool=spool, barred=lambda *what: told.append(what))  # type: ignore[arg-type]
    await made.start()
    try:
        with WebServer() as server:
            host = f"127.0.0.1:{server.port}"
            assert b" 503 " in await _endless(made.port, host, ends_after=1.0)  # it was judged; the judge raises
            assert told == []
            monkeypatch.setattr(coming, "_SILENT_SECONDS", 0.5)
            assert b" 403 " in await _endless(made.port, host, ends_after=None)
            assert told == [("stream", "127.0.0.1", "clerk")]
            assert server.arrived == []
    finally:
        await made.stop()


@pytest.mark.parametrize("processes", [1, 2])
async def test_a_protocol_that_is_neither_tls_nor_http_is_refused_and_listed(processes: int, tmp_path: Path) -> None:
    told, ca, spool = list[tuple[str, str, str]](), Authority(tmp_path / "ca", "test"), tmp_path / "spool"
    config = Web(port=0, processes=processes, addresses={"127.0.0.1": "clerk"})
    made = WebChannel(config, submit, ca, spool=spool, barred=lambda *what: told.append(what))  # type: ignore[arg-type]
    await made.start()
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", made.port)
        writer.write(b"CONNECT raw.example:22 HTTP/1.1\r\nHost: raw.example:22\r\n\r\n")
        assert b" 200 " in await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 60)
        writer.write(b"SSH-2.0-OpenSSH_9.9\r\n\r\n")
        await asyncio.wait_for(reader.read(), 60)  # to the end
        writer.close()
        async with asyncio.timeout(60):
            while not told:  # the process says it to its parent
                await asyncio.sleep(0.02)
        assert told == [("raw", "raw.example", "clerk")]
    finally:
        await made.stop()


async def test_a_tunnel_whose_client_waits_for_the_server_is_closed_and_listed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(silent_tunnel, "_PATIENCE_SECONDS", 0.3)
    told, ca, spool = list[tuple[str, str, str]](), Authority(tmp_path / "ca", "test"), tmp_path / "spool"
    config = Web(port=0, addresses={"127.0.0.1": "clerk"})
    made = WebChannel(config, submit, ca, spool=spool, barred=lambda *what: told.append(what))  # type: ignore[arg-type]
    await made.start()
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", made.port)
        writer.write(b"CONNECT mail.example:25 HTTP/1.1\r\nHost: mail.example:25\r\n\r\n")
        assert b" 200 " in await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 60)
        assert await asyncio.wait_for(reader.read(), 60) == b""  # to the end
        writer.close()
        assert told == [("raw", "mail.example", "clerk")]
    finally:
        await made.stop()
