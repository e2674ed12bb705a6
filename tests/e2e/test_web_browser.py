"""What pages do in a browser through the real proxy: drag and drop, fetch with files and streams, XHR, WebSocket."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.browser import CHROMIUM, chromium
from tests.e2e.certificates import Authority, authority
from tests.e2e.harness import Box
from tests.e2e.people import CSV
from tests.e2e.socketserver import SocketServer
from tests.e2e.webserver import WebServer

pytestmark = pytest.mark.e2e
OFF = {"enabled": False}
INNOCENT = "市民まつりのお知らせ。10時に開場します。\n" * 500

#: What a page does with a text; each gives the answer's status.
WAYS = {
    "fetch": "text => fetch('/x', {method: 'POST', body: text}).then(r => r.status)",
    "fetch of a blob": "text => fetch('/x', {method: 'PUT', body: new Blob([text])}).then(r => r.status)",
    "fetch of a form": """text => {
        const form = new FormData();
        form.append('file', new File([text], '名簿.csv'));
        return fetch('/x', {method: 'POST', body: form}).then(r => r.status);
    }""",
    "fetch with a stream": """text => fetch('/x', {
        method: 'POST', duplex: 'half',
        body: new ReadableStream({start(out) {
            for (let at = 0; at < text.length; at += 1000) out.enqueue(new TextEncoder().encode(text.slice(at, at + 1000)));
            out.close();
        }}),
    }).then(r => r.status)""",
    "fetch of what is compressed": """text => new Response(
        new Blob([text]).stream().pipeThrough(new CompressionStream('gzip'))).blob().then(body =>
        fetch('/x', {method: 'POST', body, headers: {'Content-Encoding': 'gzip'}})).then(r => r.status)""",
    "XMLHttpRequest": """text => new Promise(done => {
        const request = new XMLHttpRequest();
        request.open('POST', '/x');
        request.onload = () => done(request.status);
        request.send(text);
    })""",
}


@pytest.fixture(scope="module")
def ca(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return authority(tmp_path_factory.mktemp("ca") / "ca")


@pytest.fixture(scope="module")
def context(ca: Authority) -> ssl.SSLContext:
    made = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    made.load_cert_chain(*ca.issue("127.0.0.1"))
    return made


@pytest.fixture(scope="module")
def server(context: ssl.SSLContext) -> Iterator[WebServer]:
    with WebServer(tls=context) as running:
        yield running


@pytest.fixture(scope="module")
def box(ca: Authority, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Box]:
    web = {"upstream_ca": str(ca.path), "addresses": {"127.0.0.1": "clerk"}}
    with Box(tmp_path_factory.mktemp("web"), web=web, mail=OFF, media=OFF) as running:
        yield running


@pytest.fixture(scope="module")
def page(box: Box, server: WebServer, need: Callable[..., None]) -> Iterator[Any]:
    need(CHROMIUM)
    with chromium(proxy=box.proxy_url) as browser:
        made = browser.new_context(ignore_https_errors=True, locale="ja-JP").new_page()
        made.goto(server.url)
        yield made


@pytest.mark.parametrize("way", WAYS)
def test_a_page_uploads(way: str, page: Any, server: WebServer) -> None:
    server.arrived.clear()
    assert page.evaluate(WAYS[way], INNOCENT) == 200
    assert len([one for one in server.arrived if one.path == "/x"]) == 1
    assert page.evaluate(WAYS[way], CSV) == 403
    assert len([one for one in server.arrived if one.path == "/x"]) == 1


_DROP = """() => {
    document.body.style.minHeight = '300px';
    document.body.ondragover = event => event.preventDefault();
    window.sent = new Promise(done => document.body.ondrop = event => {
        event.preventDefault();
        const form = new FormData();
        form.append('file', event.dataTransfer.files[0]);
        fetch('/x', {method: 'POST', body: form}).then(r => done(r.status));
    });
}"""


def test_a_file_dragged_onto_a_page(page: Any, server: WebServer, tmp_path: Path) -> None:
    """The browser's own events of a drag from outside, with a file's path in it."""
    devtools = page.context.new_cdp_session(page)
    server.arrived.clear()
    for name, text, status in (("a.txt", INNOCENT, 200), ("list.csv", CSV, 403)):
        (tmp_path / name).write_text(text, encoding="utf-8")
        page.evaluate(_DROP)
        carried = {"items": [], "files": [str(tmp_path / name)], "dragOperationsMask": 1}
        for kind in ("dragEnter", "dragOver", "drop"):
            devtools.send("Input.dispatchDragEvent", {"type": kind, "x": 150, "y": 150, "data": carried})
        assert page.evaluate("window.sent") == status
    assert [one.files for one in server.arrived if one.path == "/x"] == [{"a.txt": INNOCENT.encode()}]


def test_the_file_chooser(page: Any, server: WebServer, tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_bytes(CSV.encode("cp932"))
    server.arrived.clear()
    page.goto(server.url)
    with page.expect_file_chooser() as chooser:
        page.click("#file")
    chooser.value.set_files(str(tmp_path / "list.csv"))
    with page.expect_navigation() as navigation:
        page.click("#go")
    assert navigation.value.status == 403
    assert page.locator("h1").inner_text() == "送信を保留しました"
    assert [one for one in server.arrived if one.method == "POST"] == []
    page.goto(server.url)


def test_a_websocket_of_a_page(page: Any, context: ssl.SSLContext) -> None:
    script = """([url, text]) => new Promise(done => {
        const socket = new WebSocket(url);
        socket.onopen = () => socket.send(text);
        socket.onmessage = event => { done(event.data); socket.close(); };
        socket.onclose = event => done(event.code + ' ' + event.reason);
    })"""
    with SocketServer(tls=context) as room:
        assert page.evaluate(script, [room.url, "市民まつりのお知らせ"]) == "市民まつりのお知らせ"
        assert page.evaluate(script, [room.url, CSV]).startswith("1008 Sekisho: held, case ")
        assert room.heard == ["市民まつりのお知らせ"]
