"""Uploads through the real gateway process by curl and Chromium, HTTP and HTTPS, to a real server."""

from __future__ import annotations

import base64
import contextlib
import gzip
import json
import os
import re
import ssl
import subprocess
import time
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from quarantine.case import Status
from tests.e2e.browser import CHROMIUM, chromium
from tests.e2e.certificates import Authority, authority
from tests.e2e.harness import Box
from tests.e2e.people import CSV, found_in
from tests.e2e.webserver import WebServer
from tests.extract import makers

pytestmark = pytest.mark.e2e
INNOCENT = "市民まつりのお知らせ。10時に開場します。\n".encode() * 500


@pytest.fixture(scope="module")
def ca(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return authority(tmp_path_factory.mktemp("ca") / "ca")


@pytest.fixture(scope="module")
def servers(ca: Authority) -> Iterator[dict[str, WebServer]]:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(*ca.issue("127.0.0.1"))
    with WebServer() as plain, WebServer(tls=context) as secure:
        yield {"http": plain, "https": secure}


@pytest.fixture(scope="module")
def box(ca: Authority, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Box]:
    off = {"enabled": False}
    web = {"upstream_ca": str(ca.path), "addresses": {"127.0.0.1": "clerk"}}
    with Box(tmp_path_factory.mktemp("web"), web=web, mail=off, media=off) as running:
        yield running


@pytest.fixture(params=["http", "https"])
def server(request: pytest.FixtureRequest, servers: dict[str, WebServer]) -> WebServer:
    chosen = servers[request.param]
    chosen.arrived.clear()
    return chosen


@pytest.fixture
def curl(need: Callable[..., None], box: Box) -> Callable[..., tuple[int, str]]:
    need("curl")

    def run(url: str, *args: str, proxy: str = "", stdin: bytes | None = None) -> tuple[int, str]:
        command = ["curl", "-sS", "--noproxy", "", "-x", proxy or box.proxy_url, "--cacert", str(box.ca_path)]
        command += ["-w", "\n%{http_code}", "--max-time", "60", *args, url]
        env = {k: v for k, v in os.environ.items() if "proxy" not in k.lower() and k != "CURL_CA_BUNDLE"}
        done = subprocess.run(command, capture_output=True, input=stdin, timeout=90, check=False, env=env)
        text, _, code = done.stdout.decode("utf-8", "replace").rpartition("\n")
        return int(code or 0), text or done.stderr.decode()

    return run


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Path]:
    made = {"innocent.txt": INNOCENT, "list.csv": CSV.encode("cp932"), "list.xlsx": makers.xlsx()}
    for name, data in made.items():
        (tmp_path / name).write_bytes(data)
    return {name: tmp_path / name for name in made}


Curl = Callable[..., tuple[int, str]]


def test_innocent_uploads_arrive_intact(server: WebServer, curl: Curl, files: dict[str, Path]) -> None:
    path = files["innocent.txt"]
    assert curl(f"{server.url}/form", "-F", f"file=@{path}", "-F", "memo=こんにちは") == (200, "received\n")
    assert curl(f"{server.url}/raw", "-T", str(path))[0] == 200
    body = json.dumps({"name": "a.txt", "data": base64.b64encode(INNOCENT).decode()})
    assert curl(f"{server.url}/json", "-H", "Content-Type: application/json", "-d", "@-", stdin=body.encode())[0] == 200
    form, raw, packed = server.arrived
    assert form.files == {"innocent.txt": INNOCENT, "memo": "こんにちは".encode()}
    assert raw.body == INNOCENT
    assert json.loads(packed.body) == json.loads(body)


def uploads(url: str, files: dict[str, Path]) -> dict[str, list[str]]:
    packed = files["list.csv"].with_name("body.json")
    packed.write_text(json.dumps({"file": base64.b64encode(files["list.csv"].read_bytes()).decode()}))
    zipped = files["list.csv"].with_name("list.gz")
    zipped.write_bytes(gzip.compress(files["list.csv"].read_bytes()))
    return {
        "form": ["-F", f"file=@{files['list.csv']}", f"{url}/form"],
        "form xlsx": ["-F", f"file=@{files['list.xlsx']}", f"{url}/form"],
        "put": ["-T", str(files["list.csv"]), f"{url}/raw"],
        "json": ["-H", "Content-Type: application/json", "-d", f"@{packed}", f"{url}/json"],
        "chunked": ["-H", "Transfer-Encoding: chunked", "-T", str(files["list.csv"]), f"{url}/raw"],
        "expect": ["-H", "Expect: 100-continue", "--data-binary", f"@{files['list.csv']}", f"{url}/raw"],
        "gzip": ["-H", "Content-Encoding: gzip", "--data-binary", f"@{zipped}", f"{url}/raw"],
        "renamed": ["-H", "Content-Type: image/png", "--data-binary", f"@{files['list.csv']}", f"{url}/a.png"],
    }


@pytest.mark.parametrize("kind", ["form", "form xlsx", "put", "json", "chunked", "expect", "gzip", "renamed"])
def test_the_list_does_not_reach_the_server(
    kind: str, server: WebServer, curl: Curl, files: dict[str, Path], box: Box
) -> None:
    *args, url = uploads(server.url, files)[kind]
    code, page = curl(url, *args)
    assert code == 403
    assert server.arrived == []
    case_id = re.search(r'class="case">(\w+)<', page)
    assert case_id, page
    for words in ("送信を保留しました", "Upload held", "150人分", "150 people", "上司 一"):
        assert words in page
    assert found_in(page.encode()) == []
    case = next(case for case in box.cases() if case.id == case_id[1])
    assert (case.entry.channel, case.entry.subjects, case.entry.person) == ("web", 150, "E001")


def test_a_program_gets_json(servers: dict[str, WebServer], curl: Curl, files: dict[str, Path]) -> None:
    code, text = curl(f"{servers['http'].url}/x", "-H", "Accept: application/json", "-T", str(files["list.csv"]))
    answer = json.loads(text)
    assert (code, len(answer["case"]) >= 6, "150人分" in "".join(answer["ja"])) == (403, True, True)


def test_a_list_beside_the_body_is_held(servers: dict[str, WebServer], curl: Curl) -> None:
    from urllib.parse import quote

    server = servers["http"]
    server.arrived.clear()
    text = quote("".join(line + "\n" for line in CSV.splitlines()[:16]))
    assert curl(f"{server.url}/{text}/a.txt")[0] == 403
    assert curl(f"{server.url}/a.txt", "-H", f"X-Note: {text}")[0] == 403
    assert curl(f"{server.url}/a.txt", "-H", f"Cookie: c={text}")[0] == 403
    usual = ["Accept", "Referer", "If-None-Match", "Cache-Control", "Origin", "Range", "Pragma", "DNT", "Via", "Date"]
    usual += ["User-Agent", "Accept-Language", "If-Range", "Priority", "Save-Data", "Sec-GPC", "TE", "X-Requested-With"]
    rows = (f"{name}: " + " ".join(row.split(",")) for name, row in zip(usual, CSV.splitlines()[1:], strict=False))
    assert curl(f"{server.url}/a.txt", *(word for row in rows for word in ("-H", row)))[0] == 403
    for method in ("GET", "DELETE", "PATCH", "OPTIONS"):
        assert curl(f"{server.url}/a.txt", "-X", method, "--data-binary", "@-", stdin=CSV.encode("cp932"))[0] == 403
    assert server.arrived == []


def test_a_coding_hides_nothing(servers: dict[str, WebServer], curl: Curl) -> None:
    import brotli
    import zstandard

    server, data = servers["https"], CSV.encode("cp932")
    server.arrived.clear()
    innocent = gzip.compress(INNOCENT)
    bodies = {
        "br": brotli.compress(data),
        "zstd": zstandard.compress(data),
        "deflate": zlib.compress(data),
        "gzip": innocent + data,  # behind the end of the stream
        "uu": b"begin 644 a\n#86)C\n`\nend\n" + data,  # a codec of Python's that reads only between its marks
        "gzip, gzip": gzip.compress(gzip.compress(data)),
    }
    for coding, body in bodies.items():
        args = ("-H", f"Content-Encoding: {coding}", "-H", "Content-Type: text/csv", "--data-binary", "@-")
        assert curl(f"{server.url}/raw", *args, stdin=body)[0] == 403, coding
    assert server.arrived == []
    args = ("-H", "Content-Encoding: gzip", "-H", "Content-Type: text/plain", "--data-binary", "@-")
    assert curl(f"{server.url}/raw", *args, stdin=innocent)[0] == 200
    assert server.arrived[0].headers["Content-Encoding"] == "gzip"


def test_a_part_in_a_coding_of_its_own_is_read(servers: dict[str, WebServer], curl: Curl) -> None:
    server = servers["http"]
    server.arrived.clear()
    head = b'--b\r\nContent-Disposition: form-data; name="f"; filename="a.csv"\r\nContent-Type: text/csv\r\n'
    coded = base64.encodebytes(CSV.encode("cp932"))
    body = head + b"Content-Transfer-Encoding: base64\r\n\r\n" + coded + b"\r\n--b--\r\n"
    form = ("-H", "Content-Type: multipart/form-data; boundary=b", "--data-binary", "@-")
    assert curl(f"{server.url}/form", *form, stdin=body)[0] == 403
    assert server.arrived == []


def test_http2_is_read_like_http1(servers: dict[str, WebServer], curl: Curl, files: dict[str, Path]) -> None:
    server = servers["https"]
    server.arrived.clear()
    assert curl(f"{server.url}/raw", "--http2", "-T", str(files["list.csv"]))[0] == 403
    assert curl(f"{server.url}/raw", "--http2", "-T", str(files["innocent.txt"]))[0] == 200
    assert [arrived.body for arrived in server.arrived] == [INNOCENT]


def test_a_file_in_pieces_is_held_before_a_hundred_have_left(
    ca: Authority, curl: Curl, servers: dict[str, WebServer], files: dict[str, Path], tmp_path: Path
) -> None:
    server, off = servers["http"], {"enabled": False}
    server.arrived.clear()
    with Box(tmp_path / "box", web={"addresses": {"127.0.0.1": "clerk2"}}, mail=off, media=off) as box:
        lines = CSV.splitlines(keepends=True)
        codes = []
        for start in range(1, 151, 10):  # each begins an upload of its own
            body = (lines[0] + "".join(lines[start : start + 10])).encode("cp932")
            args = ("-X", "PUT", "-H", f"Content-Range: bytes 0-{len(body) - 1}/99999", "--data-binary", "@-")
            codes.append(curl(f"{server.url}/raw/{start}", *args, stdin=body, proxy=box.proxy_url)[0])
        assert codes[0] == 200
        assert set(codes) <= {200, 403}
        assert codes[10:] == [403] * 5  # the eleventh ten would make it more than a hundred
        packed = files["list.xlsx"].read_bytes()
        server.arrived.clear()
        half = len(packed) // 2
        for start, piece in ((0, packed[:half]), (half, packed[half:])):
            span = f"Content-Range: bytes {start}-{start + len(piece) - 1}/{len(packed)}"
            args = ("-X", "PUT", "-H", span, "--data-binary", "@-")
            assert curl(f"{server.url}/raw", *args, stdin=piece, proxy=box.proxy_url)[0] == 403, box.log.read_text()[
                -2500:
            ]
        assert server.arrived == []


SMUGGLED = b"POST /hidden HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nlist"


@pytest.mark.parametrize(
    "head",
    [
        b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
        b"Content-Length: 5\r\nContent-Length: 60\r\n",
        b"Transfer-Encoding : chunked\r\nContent-Length: 5\r\n",
        b"Transfer-Encoding: xchunked\r\nContent-Length: 5\r\n",
        b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n",
        b"Content-Length: +5\r\n",
        b"X: y\n\rContent-Length: 0\r\n",
        b"Host: approved.example\r\nContent-Length: 5\r\n",
    ],
)
def test_a_request_that_can_be_read_in_two_ways_does_not_pass(
    head: bytes, servers: dict[str, WebServer], box: Box
) -> None:
    import socket

    server = servers["http"]
    server.arrived.clear()
    host = b"" if head.startswith(b"Host") else f"Host: 127.0.0.1:{server.port}\r\n".encode()
    with socket.create_connection(("127.0.0.1", box.proxy_port), 10) as wire:
        wire.settimeout(5)
        body = b"0\r\n\r\n" + SMUGGLED
        wire.sendall(f"POST {server.url}/raw HTTP/1.1\r\n".encode() + host + head + b"Connection: close\r\n\r\n" + body)
        with contextlib.suppress(OSError):
            while wire.recv(65536):
                pass
    assert server.arrived == []


def test_a_permit_ends_with_its_time(
    ca: Authority, curl: Curl, servers: dict[str, WebServer], files: dict[str, Path], tmp_path: Path
) -> None:
    server, off = servers["http"], {"enabled": False}
    server.arrived.clear()
    users = {"addresses": {"127.0.0.1": "clerk", "127.0.0.2": "clerk2"}, "permit_hours": 0.001}  # 3.6 s
    with Box(tmp_path / "box", web=users, mail=off, media=off) as box:
        upload = (f"{server.url}/form", "-F", f"file=@{files['list.csv']}")
        found = re.search(r'class="case">(\w+)<', curl(*upload, proxy=box.proxy_url)[1])
        assert found
        box.approve(found[1])
        box.wait(lambda: box.cases()[0].status is Status.RELEASED)
        assert curl(*upload, "--interface", "127.0.0.2", proxy=box.proxy_url)[0] == 403  # another person
        time.sleep(4)
        assert curl(*upload, proxy=box.proxy_url)[0] == 403
        assert server.arrived == []


def test_a_list_in_a_query_is_held(servers: dict[str, WebServer], curl: Curl) -> None:
    from urllib.parse import quote

    server = servers["http"]
    server.arrived.clear()
    text = "".join(line + "\n" for line in CSV.splitlines()[:16])
    assert curl(f"{server.url}/search?q={quote(text)}")[0] == 403
    assert curl(f"{server.url}/search?q=hello")[0] == 200
    assert len(server.arrived) == 1


def test_after_approval_the_same_upload_passes_once(
    server: WebServer, curl: Curl, files: dict[str, Path], box: Box, servers: dict[str, WebServer]
) -> None:
    salted = files["list.csv"].with_name("other.csv")
    salted.write_bytes(f"{server.url},,,,,,,\r\n".encode() + CSV.encode("cp932"))
    args = ("-F", f"file=@{salted}")
    code, page = curl(f"{server.url}/form", *args)
    assert code == 403
    found = re.search(r'class="case">(\w+)<', page)
    assert found
    box.approve(found[1])
    room = box.room()
    try:
        box.wait(lambda: room.case(found[1]).status is Status.RELEASED)
    finally:
        room.close()
    elsewhere = servers["https" if server.tls is None else "http"]
    elsewhere.arrived.clear()
    assert curl(f"{elsewhere.url}/form", *args)[0] == 403  # another host
    assert curl(f"{server.url}/form", *args, "-F", "more=1")[0] == 403  # other content
    assert curl(f"{server.url}/form?x=1", *args)[0] == 403
    assert curl(f"{server.url}/form", *args)[0] == 200
    assert server.arrived[-1].files["other.csv"] == salted.read_bytes()
    assert curl(f"{server.url}/form", *args)[0] == 403
    assert (len(server.arrived), elsewhere.arrived) == (1, [])


def test_who_it_is_by_password(
    servers: dict[str, WebServer], ca: Authority, curl: Curl, files: dict[str, Path], tmp_path: Path
) -> None:
    import bcrypt

    users = tmp_path / "htpasswd"
    lines = [
        f"{login}:{bcrypt.hashpw(b'pass-' + login.encode(), bcrypt.gensalt(4)).decode()}"
        for login in ("clerk2", "retired")
    ]
    users.write_text("\n".join(lines) + "\n")
    off = {"enabled": False}
    server = servers["https"]
    with Box(tmp_path / "box", web={"users": str(users), "upstream_ca": str(ca.path)}, mail=off, media=off) as box:
        server.arrived.clear()
        there = f"{server.url}/raw"
        trust = ("--cacert", str(box.ca_path))

        def put(user: str, name: str) -> int:
            login = ("--proxy-user", user) if user else ()
            return curl(there, *trust, *login, "-T", str(files[name]), proxy=box.proxy_url)[0]

        assert put("", "innocent.txt") in (0, 407)
        assert put("clerk2:wrong", "innocent.txt") in (0, 407)
        assert server.arrived == []
        assert put("clerk2:pass-clerk2", "innocent.txt") == 200
        assert "proxy-authorization" not in {k.lower() for k in server.arrived[0].headers}
        assert put("clerk2:pass-clerk2", "list.csv") == 403
        assert box.cases()[0].entry.person == "E002"
        assert put("retired:pass-retired", "innocent.txt") == 403
        assert len(server.arrived) == 1
        assert put("s3cret-typed-as-a-login:x", "innocent.txt") in (0, 407)
        for _ in range(3):  # told at most once a minute
            assert put("clerk2:wrong", "innocent.txt") in (0, 407)

        def failed() -> list[tuple[str, object]]:
            room = box.room()
            try:
                entries = [entry for entry in room.entries() if entry.event == "login failed"]
            finally:
                room.close()
            return [(entry.actor, entry.detail["channel"]) for entry in entries]

        assert box.wait(lambda: len(failed()) >= 2 and failed()) == [("E002", "web"), ("unknown", "web")]


def test_raw_streams_do_not_pass(servers: dict[str, WebServer], box: Box) -> None:
    server = servers["http"]
    server.arrived.clear()
    import socket

    with socket.create_connection(("127.0.0.1", box.proxy_port), 10) as wire:
        wire.sendall(f"CONNECT 127.0.0.1:{server.port} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        assert b" 200 " in wire.recv(4000)
        wire.sendall(b"\x00\x01raw " + CSV.encode("cp932"))
        wire.settimeout(3)
        try:
            answer = wire.recv(4000)
        except (ConnectionError, TimeoutError):
            answer = b""
    assert b"received" not in answer
    assert server.arrived == []


def test_chromium(server: WebServer, box: Box, files: dict[str, Path], need: Callable[..., None]) -> None:
    need(CHROMIUM)
    with chromium(proxy=box.proxy_url) as browser:
        page = browser.new_context(ignore_https_errors=True, locale="ja-JP").new_page()
        page.goto(server.url)
        page.set_input_files("#file", str(files["innocent.txt"]))
        page.click("#go")
        page.wait_for_load_state()
        assert "received" in page.content()
        (form,) = [a for a in server.arrived if a.path == "/form"]
        assert form.files["innocent.txt"] == INNOCENT
        page.goto(server.url)
        server.arrived.clear()
        page.set_input_files("#file", str(files["list.csv"]))
        with page.expect_navigation() as navigation:
            page.click("#go")
        assert navigation.value.status == 403
        assert page.locator("h1").inner_text() == "送信を保留しました"
        assert "Upload held" in page.locator("section[lang=en]").inner_text()
        assert [a for a in server.arrived if a.method == "POST"] == []


def test_nothing_personal_is_stored_or_logged(
    box: Box, curl: Curl, servers: dict[str, WebServer], files: dict[str, Path]
) -> None:
    curl(f"{servers['https'].url}/form", "-F", f"file=@{files['list.csv']}")
    for path in [*(p for p in box.var.rglob("*") if p.is_file()), box.log]:
        assert found_in(path.read_bytes()) == [], path
