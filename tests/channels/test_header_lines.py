"""Headers in which a server could read other lines than we do."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from types import SimpleNamespace

import pytest
from mitmproxy import http

from dlp.channels.web.authority import Authority
from dlp.channels.web.header_lines import are_sound
from dlp.channels.web.web import WebChannel
from dlp.settings import Web
from dlp.verdict import Action

_PASSES = SimpleNamespace(
    passes=True, verdict=SimpleNamespace(action=Action.ALLOW), case="", inspection=SimpleNamespace(subjects=0)
)


@pytest.mark.parametrize("value", [b"a\rTransfer-Encoding: chunked", b"a\0b", b"a\nb: c", b"\r", b"a\r\nb"])
def test_what_could_be_another_line_is_none(value: bytes) -> None:
    assert not are_sound(http.Headers([(b"a", b"b"), (b"x", value)]))
    assert not are_sound(http.Headers([(b"x", value)]))


def test_what_is_folded_is_made_one_line() -> None:
    headers = http.Headers([(b"host", b"h"), (b"content-type", b"multipart/form-data;\r\n\tboundary=x\r\n ; y=z")])
    assert are_sound(headers)
    assert headers["content-type"] == "multipart/form-data; boundary=x ; y=z"


def test_nearly_all_are_left_alone() -> None:
    fields = ((b"host", b"h"), (b"cookie", "名=値".encode()), (b"x", b""))
    headers = http.Headers(fields)
    assert are_sound(headers)
    assert headers.fields == fields
    assert are_sound(http.Headers([]))


def test_folds_without_an_end_take_no_square() -> None:
    began = time.perf_counter()
    for sign in (b" ", b"\t", b"\r", b"\n", b"\r\n", b" \r"):
        are_sound(http.Headers([(b"x", sign * 30_000 + b"x\n")]))
    assert time.perf_counter() - began < 2.0


async def _submit(_: object) -> object:
    return _PASSES


@pytest.mark.parametrize(
    ("header", "status", "arrives"),
    [
        (b"X: a\rTransfer-Encoding: chunked", b" 400 ", None),
        (b"X: a\r\n Transfer-Encoding: chunked", b" 200 ", b"X: a Transfer-Encoding: chunked\r\n"),
    ],
)
async def test_nothing_of_it_reaches_a_server(
    tmp_path: Path, header: bytes, status: bytes, arrives: bytes | None
) -> None:
    heard = bytearray()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.extend(await reader.readuntil(b"\r\n\r\n"))
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    host = b"127.0.0.1:%d" % server.sockets[0].getsockname()[1]
    made = WebChannel(Web(port=0), _submit, Authority(tmp_path / "ca", "test"), spool=tmp_path / "spool")  # type: ignore[arg-type]
    await made.start()
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", made.port)
        writer.write(b"POST http://" + host + b"/ HTTP/1.1\r\nHost: " + host + b"\r\n" + header + b"\r\n")
        writer.write(b"Content-Length: 5\r\n\r\nhello")
        assert status in await asyncio.wait_for(reader.readline(), 20)
        writer.close()
    finally:
        await made.stop()
        server.close()
    assert arrives in heard if arrives else not heard
