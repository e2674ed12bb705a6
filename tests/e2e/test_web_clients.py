"""Real clients through the real proxy: curl's ways to upload, S3 clients against an S3 server, tus, h2load."""

from __future__ import annotations

import base64
import gzip
import json
import os
import socket
import ssl
import subprocess
import threading
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import brotli
import pytest
import zstandard

from tests.e2e.certificates import Authority, authority
from tests.e2e.harness import Box
from tests.e2e.people import CSV
from tests.e2e.webserver import WebServer
from tests.extract.test_gzip_heads import member

pytestmark = pytest.mark.e2e
OFF = {"enabled": False}
INNOCENT = "市民まつりのお知らせ。10時に開場します。\n".encode() * 500
ENV = {k: v for k, v in os.environ.items() if "proxy" not in k.lower() and k != "CURL_CA_BUNDLE"}
MEGABYTE = 1 << 20


@pytest.fixture(scope="module")
def ca(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return authority(tmp_path_factory.mktemp("ca") / "ca")


@pytest.fixture(scope="module")
def box(ca: Authority, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Box]:
    import bcrypt

    users = tmp_path_factory.mktemp("users") / "htpasswd"
    users.write_text(f"clerk:{bcrypt.hashpw(b'pa:ss', bcrypt.gensalt(4)).decode()}\n")
    web = {"upstream_ca": str(ca.path), "users": str(users)}
    with Box(tmp_path_factory.mktemp("web"), web=web, mail=OFF, media=OFF) as running:
        yield running


@pytest.fixture(scope="module")
def servers(ca: Authority) -> Iterator[dict[str, WebServer]]:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(*ca.issue("127.0.0.1"))
    with WebServer() as plain, WebServer(tls=context) as secure:
        yield {"http": plain, "https": secure}


@pytest.fixture(params=["http", "https"])
def server(request: pytest.FixtureRequest, servers: dict[str, WebServer]) -> WebServer:
    servers[request.param].arrived.clear()
    return servers[request.param]


@pytest.fixture
def curl(need: Callable[..., None], box: Box) -> Callable[..., tuple[str, str]]:
    need("curl")

    def run(*args: str, stdin: bytes = b"", user: str = "clerk:pa:ss") -> tuple[str, str]:
        """(the status of the last answer; what was said)."""
        command = ["curl", "-sS", "--noproxy", "", "-x", box.proxy_url, "--proxy-user", user, "--max-time", "60"]
        command += ["--cacert", str(box.ca_path), "-w", "\n%{http_code}", *args]
        done = subprocess.run(command, capture_output=True, input=stdin, timeout=90, check=False, env=ENV)
        text, _, code = done.stdout.decode("utf-8", "replace").rpartition("\n")
        return code, text + done.stderr.decode()

    return run


Curl = Callable[..., tuple[str, str]]


@pytest.fixture
def files(tmp_path: Path) -> dict[str, str]:
    (tmp_path / "innocent.txt").write_bytes(INNOCENT)
    (tmp_path / "list.csv").write_bytes(CSV.encode("cp932"))
    (tmp_path / "large.txt").write_bytes(INNOCENT * 20)
    return {
        "innocent": str(tmp_path / "innocent.txt"),
        "list": str(tmp_path / "list.csv"),
        "large": str(tmp_path / "large.txt"),
    }


#: curl's ways to send a file, by the manual's own words for them.
WAYS: dict[str, Callable[[str], list[str]]] = {
    "--upload-file": lambda path: ["-T", path],
    "--upload-file .": lambda path: ["-T", "."],
    "--upload-file -": lambda path: ["-T", "-"],
    "--form": lambda path: ["-F", f"file=@{path}"],
    "--form with a type and a name": lambda path: ["-F", f"file=@{path};type=image/png;filename=名簿.png"],
    "--form from a file as text": lambda path: ["-F", f"memo=<{path}"],
    "--form nested": lambda path: ["-F", "=(;type=multipart/mixed", "-F", f"file=@{path}", "-F", "=)"],
    "--form encoded": lambda path: ["-F", f"file=@{path};encoder=base64"],
    "--form quoted-printable": lambda path: ["-F", f"file=@{path};encoder=quoted-printable"],
    "--form-escape": lambda path: ["--form-escape", "-F", f'file=@{path};filename="a\\"b.csv"'],
    "--data-binary": lambda path: ["--data-binary", f"@{path}"],
    "--data": lambda path: ["-d", f"@{path}"],
    "--data-urlencode": lambda path: ["--data-urlencode", f"memo@{path}"],
    "--data-raw": lambda path: ["--data-raw", _text(path)],
    "--get": lambda path: ["-G", "--data-urlencode", "q@-"],
    "--json": lambda path: ["--json", "@-"],
    "--request": lambda path: ["-X", "PATCH", "--data-binary", f"@{path}"],
    "--proxytunnel": lambda path: ["--proxytunnel", "-T", path],
    "--http2": lambda path: ["--http2", "-T", path],
    "--http1.0": lambda path: ["--http1.0", "-T", path],
    "--expect100-timeout": lambda path: ["-H", "Expect: 100-continue", "--expect100-timeout", "30", "-T", path],
    "--header Transfer-Encoding": lambda path: ["-H", "Transfer-Encoding: chunked", "--data-binary", f"@{path}"],
    "--proxy-anyauth": lambda path: ["--proxy-anyauth", "-T", path],
}


def _text(path: str) -> str:
    return Path(path).read_bytes().decode("cp932" if path.endswith("csv") else "utf-8")[:9000]


@pytest.mark.parametrize("way", WAYS)
def test_curl(way: str, server: WebServer, curl: Curl, files: dict[str, str]) -> None:
    def send(name: str, stdin: bytes) -> tuple[str, str]:
        return curl(*WAYS[way](files[name]), f"{server.url}/a/b", stdin=stdin)

    rows = CSV if way != "--get" else "".join(line + "\n" for line in CSV.splitlines()[:16])
    innocent = INNOCENT if way != "--get" else INNOCENT[:600]
    code, text = send("innocent", innocent)
    assert code == "200", text[-600:]
    assert len(server.arrived) == 1
    code, text = send("list", rows.encode())
    assert code == "403", text[-600:]
    assert 'class="case"' in text or '"case"' in text
    assert len(server.arrived) == 1


def test_curl_follows_to_where_it_is_sent_and_is_held_there(
    servers: dict[str, WebServer], curl: Curl, files: dict[str, str]
) -> None:
    server = servers["http"]
    for name, expected in (("innocent", "200"), ("list", "403")):
        server.arrived.clear()
        server.answers = [(307, {"Location": f"{server.url}/there"})]
        assert curl("-L", "-T", files[name], f"{server.url}/here")[0] == expected
        assert [one.path for one in server.arrived] == (["/here", "/there"] if name == "innocent" else [])
    server.answers.clear()


def test_curl_tries_again_after_a_fault_of_the_server_and_not_what_is_held(
    servers: dict[str, WebServer], curl: Curl, files: dict[str, str]
) -> None:
    server = servers["http"]
    again = ("--retry", "2", "--retry-delay", "0")
    server.arrived.clear()
    server.answers = [(503, {}), (503, {})]
    assert curl(*again, "-T", files["innocent"], f"{server.url}/a")[0] == "200"
    assert [one.body for one in server.arrived] == [INNOCENT] * 3
    assert curl(*again, "-T", files["list"], f"{server.url}/a")[0] == "403"
    assert len(server.arrived) == 3


def test_curl_goes_on_where_it_stopped(servers: dict[str, WebServer], curl: Curl, files: dict[str, str]) -> None:
    server = servers["http"]
    server.arrived.clear()
    assert curl("-C", "1000", "-T", files["innocent"], f"{server.url}/a")[0] == "200"
    assert [one.body for one in server.arrived] == [INNOCENT[1000:]]
    assert curl("-C", "100", "-T", files["list"], f"{server.url}/b")[0] == "403"
    assert len(server.arrived) == 1


def test_curl_asks_for_packed_answers_and_gets_them(servers: dict[str, WebServer], curl: Curl) -> None:
    server = servers["http"]
    server.arrived.clear()
    code, said = curl("--compressed", "-v", "-d", "memo=text", f"{server.url}/packed")
    assert (code, said.splitlines()[0]) == ("200", "received")
    assert "< Content-Encoding: deflate" in said or "< Content-Encoding: gzip" in said
    (one,) = server.arrived
    assert "gzip" in one.headers["Accept-Encoding"]


def _packs_its_transfer(server: socket.socket, heads: list[bytes]) -> None:
    """Answer one request by Transfer-Encoding: gzip, which no server of Python's does."""
    packed = gzip.compress(b"received\n")
    peer, _ = server.accept()
    with peer:
        while not (head := b"".join(heads)).endswith(b"memo=text"):
            heads.append(peer.recv(65536))
        coding = b"gzip, chunked" if b"te: gzip" in head.lower() else b"chunked"
        body = packed if b"gzip" in coding else b"received\n"
        pieces = b"".join(b"%x\r\n%s\r\n" % (len(one), one) for one in (body[:5], body[5:]))
        peer.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: " + coding + b"\r\n\r\n" + pieces + b"0\r\n\r\n")


def test_curl_asks_for_a_packed_transfer_and_gets_it(curl: Curl) -> None:
    heads: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        answering = threading.Thread(target=_packs_its_transfer, args=(server, heads))
        answering.start()
        url = f"http://127.0.0.1:{server.getsockname()[1]}/packed"
        code, said = curl("--tr-encoding", "-v", "-d", "memo=text", url)
        answering.join(60)
    assert (code, said.splitlines()[0]) == ("200", "received")
    assert "< Transfer-Encoding: gzip, chunked" in said
    assert b"\r\nte: gzip\r\n" in b"".join(heads).lower()


def test_curl_sends_no_faster_than_it_is_told_and_waits_for_its_end(
    servers: dict[str, WebServer], curl: Curl, files: dict[str, str]
) -> None:
    server = servers["http"]
    server.arrived.clear()
    size = Path(files["innocent"]).stat().st_size
    code, said = curl(
        "--limit-rate", "20K", "-w", "\n%{time_total}\n%{http_code}", "-T", files["innocent"], f"{server.url}/a"
    )
    assert code == "200"
    assert float(said.strip().splitlines()[-1]) > size / 20_480 / 2  # it came drop by drop
    assert [one.body for one in server.arrived] == [INNOCENT]


def in_base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def multipart(*fields: tuple[str, str]) -> bytes:
    return b"".join(f"--b\r\n{head}\r\n\r\n{body}\r\n".encode() for head, body in fields) + b"--b--\r\n"


FORM = "multipart/form-data; boundary=b"
FILE = 'Content-Disposition: form-data; name="0"; filename="a.csv"\r\nContent-Type: application/octet-stream'
OPERATION = 'Content-Disposition: form-data; name="operations"'
#: name -> (Content-Type, Content-Encoding, the body that carries a text)
BODIES: dict[str, tuple[str, str, Callable[[str], bytes]]] = {
    "multipart in multipart": (
        FORM,
        "",
        lambda text: multipart(
            (
                'Content-Disposition: form-data; name="f"\r\nContent-Type: multipart/mixed; boundary=c',
                f'--c\r\nContent-Disposition: file; filename="a.csv"\r\n\r\n{text}\r\n--c--',
            )
        ),
    ),
    "filename*": (
        FORM,
        "",
        lambda text: multipart(
            ("Content-Disposition: form-data; name=\"f\"; filename*=UTF-8''%E5%90%8D%E7%B0%BF.csv", text)
        ),
    ),
    "GraphQL upload": (
        FORM,
        "",
        lambda text: multipart((OPERATION, '{"query":"mutation{save}","variables":{"file":null}}'), (FILE, text)),
    ),
    "GraphQL variables": (
        "application/json",
        "",
        lambda text: json.dumps({"query": "mutation($t:String){save(text:$t)}", "variables": {"t": text}}).encode(),
    ),
    "urlencoded": ("application/x-www-form-urlencoded", "", lambda text: f"a=1&memo={quote(text)}".encode()),
    "JSON, text": ("application/json", "", lambda text: json.dumps({"rows": text.splitlines()}).encode()),
    "JSON, base64": ("application/json", "", lambda text: json.dumps({"file": {"data": in_base64(text)}}).encode()),
    "JSON, data: address": (
        "application/json",
        "",
        lambda text: json.dumps({"file": f"data:text/csv;base64,{in_base64(text)}"}).encode(),
    ),
    "NDJSON": (
        "application/x-ndjson",
        "",
        lambda text: "".join(
            json.dumps({"row": line}, ensure_ascii=False) + "\n" for line in text.splitlines()
        ).encode(),
    ),
    "NDJSON, base64": (
        "application/x-ndjson",
        "",
        lambda text: (json.dumps({"part": 1}) + "\n" + json.dumps({"data": in_base64(text)}) + "\n").encode(),
    ),
    "XML": ("application/xml", "", lambda text: f"<?xml version='1.0'?><a><![CDATA[{text}]]></a>".encode()),
    "SOAP, base64": ("text/xml", "", lambda text: f"<Envelope><Body>{in_base64(text)}</Body></Envelope>".encode()),
    "raw, a type that lies": ("video/mp4", "", str.encode),
    "raw, no type": ("", "", str.encode),
    "gzip": ("text/csv", "gzip", lambda text: gzip.compress(text.encode())),
    "deflate": ("text/csv", "deflate", lambda text: zlib.compress(text.encode())),
    "br": ("text/csv", "br", lambda text: brotli.compress(text.encode())),
    "zstd": ("text/csv", "zstd", lambda text: zstandard.compress(text.encode())),
    "gzip, br": ("text/csv", "gzip, br", lambda text: brotli.compress(gzip.compress(text.encode()))),
    "in the head of gzip": ("text/csv", "gzip", lambda text: member(comment=text.encode())),
}


@pytest.mark.parametrize("kind", BODIES)
def test_a_body(kind: str, servers: dict[str, WebServer], curl: Curl, tmp_path: Path) -> None:
    server = servers["http"]
    server.arrived.clear()
    declared, coding, made = BODIES[kind]
    head = ["-H", f"Content-Type: {declared}" if declared else "Content-Type:", "-H", "Transfer-Encoding: chunked"]
    head += ["-H", f"Content-Encoding: {coding}"] if coding else []
    for name, text, expected in (("innocent", INNOCENT.decode()[:3000], "200"), ("list", CSV, "403")):
        (tmp_path / name).write_bytes(made(text))
        code, said = curl(f"{server.url}/graphql", *head, "--data-binary", f"@{tmp_path / name}")
        assert code == expected, said[-400:]
    assert len(server.arrived) == 1


@pytest.mark.parametrize("place", ["query", "header", "path", "cookie", "referer"])
def test_a_large_value_beside_the_body(place: str, servers: dict[str, WebServer], curl: Curl) -> None:
    server = servers["http"]
    server.arrived.clear()

    def send(text: str) -> str:
        value, there = quote(text), f"{server.url}/a"
        args = {
            "query": [f"{there}?q={value}"],
            "path": [f"{there}/{value}/b"],
            "header": [there, "-H", f"X-Note: {value}"],
            "cookie": [there, "-H", f"Cookie: c={value}"],
            "referer": [there, "-e", f"http://a.example/?q={value}"],
        }[place]
        return curl(*args)[0]

    assert send("市民まつりのお知らせ。" * 10) == "200"
    assert send("".join(line + "\n" for line in CSV.splitlines()[:16])) == "403"
    assert len(server.arrived) == 1


def test_the_password_over_tls(server: WebServer, curl: Curl, files: dict[str, str], box: Box) -> None:
    """The connection to the proxy itself is encrypted, so that the password of Basic does not go in clear."""
    there = ("-x", f"https://127.0.0.1:{box.proxy_port}", "--proxy-cacert", str(box.ca_path))
    assert curl(*there, "-T", files["innocent"], f"{server.url}/a")[0] == "200"
    assert curl(*there, "-T", files["list"], f"{server.url}/a")[0] == "403"
    assert curl(*there, "-T", files["innocent"], f"{server.url}/a", user="clerk:pa")[0] in ("000", "407")
    assert len(server.arrived) == 1
