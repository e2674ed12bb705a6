"""Uploads of tens of megabytes through the real gateway: held whole on disk, judged, then sent, in bounded memory."""

from __future__ import annotations

import hashlib
import os
import re
import socket
import ssl
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.e2e.certificates import Authority, authority
from tests.e2e.harness import Box
from tests.e2e.people import CSV
from tests.e2e.sink import Sink

pytestmark = pytest.mark.e2e
MEGABYTE = 1 << 20
LINE = "市民まつりのお知らせ。午前十時に開場します。雨天中止。\n".encode()
TEXT = LINE * (40 * MEGABYTE // len(LINE))
LIST = CSV.encode()


@pytest.fixture(scope="module")
def ca(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return authority(tmp_path_factory.mktemp("ca") / "ca")


@pytest.fixture(scope="module")
def sinks(ca: Authority) -> Iterator[dict[str, Sink]]:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(*ca.issue("127.0.0.1"))
    with Sink() as plain, Sink(tls=context) as secure:
        yield {"http": plain, "https": secure}


@pytest.fixture(scope="module")
def box(ca: Authority, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Box]:
    off = {"enabled": False}
    web = {"upstream_ca": str(ca.path), "addresses": {"127.0.0.1": "clerk"}, "max_size": 100 * MEGABYTE}
    with Box(tmp_path_factory.mktemp("web"), web=web, mail=off, media=off) as running:
        yield running


@pytest.fixture(params=["http", "https"])
def sink(request: pytest.FixtureRequest, sinks: dict[str, Sink]) -> Sink:
    chosen = sinks[request.param]
    chosen.forget()
    return chosen


def command(box: Box, url: str, *args: str) -> list[str]:
    base = ["curl", "-sS", "--noproxy", "", "-x", box.proxy_url, "--cacert", str(box.ca_path)]
    return [*base, "-w", "\n%{http_code}", "--max-time", "100", *args, url]


ENV = {k: v for k, v in os.environ.items() if "proxy" not in k.lower() and k != "CURL_CA_BUNDLE"}


@pytest.fixture
def curl(need: Callable[..., None], box: Box) -> Callable[..., tuple[int, str]]:
    need("curl")

    def run(url: str, *args: str) -> tuple[int, str]:
        done = subprocess.run(command(box, url, *args), capture_output=True, timeout=120, check=False, env=ENV)
        text, _, code = done.stdout.decode("utf-8", "replace").rpartition("\n")
        return int(code or 0), text or done.stderr.decode()

    return run


Curl = Callable[..., tuple[int, str]]


def put(tmp_path: Path, data: bytes, name: str = "file.txt") -> str:
    path = tmp_path / name
    path.write_bytes(data)
    return str(path)


def left(box: Box) -> list[str]:
    return [path.name for path in (box.var / "spool" / "web").rglob("*") if path.is_file()]


def wait_until(true: Callable[[], bool], seconds: float = 30.0) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.05)


def test_a_large_innocent_upload_arrives_to_the_byte(sink: Sink, curl: Curl, box: Box, tmp_path: Path) -> None:
    path = put(tmp_path, TEXT)
    before = box.resident()
    for args in (["-T", path], ["-H", "Transfer-Encoding: chunked", "-T", path], ["--http2", "-T", path]):
        assert curl(f"{sink.url}/raw", *args) == (200, "")
    assert [one.digest for one in sink.arrived] == [hashlib.sha256(TEXT).hexdigest()] * 3
    assert curl(f"{sink.url}/form", "-F", f"file=@{path}", "-F", "memo=hello")[0] == 200
    assert sink.arrived[-1].size > len(TEXT)
    assert left(box) == []
    assert box.resident() - before < 30 * MEGABYTE  # a body held in memory would be forty


@pytest.mark.parametrize("place", [0, 8 * MEGABYTE - 1000, 16 * MEGABYTE + 1, 40 * MEGABYTE], ids=str)
def test_a_list_anywhere_in_it_is_held(
    place: int, sinks: dict[str, Sink], curl: Curl, box: Box, tmp_path: Path
) -> None:
    sink = sinks["http"]
    sink.forget()
    at = TEXT.rfind(b"\n", 0, place) + 1
    path = put(tmp_path, TEXT[:at] + LIST + TEXT[at:])
    for args in (["-T", path], ["-F", "memo=x", "-F", f"file=@{path}"]):
        code, page = curl(f"{sink.url}/x", *args)
        assert (code, sink.connections) == (403, 0)
        assert re.search(r"150人分", page)
    assert left(box) == []


def test_a_small_field_beside_a_large_one_is_read(sinks: dict[str, Sink], curl: Curl, tmp_path: Path) -> None:
    sink = sinks["http"]
    sink.forget()
    large, small = put(tmp_path, TEXT), put(tmp_path, LIST, "list.csv")
    for args in (["-F", f"a=@{large}", "-F", f"b=@{small}"], ["-F", f"b=@{small}", "-F", f"a=@{large}"]):
        assert curl(f"{sink.url}/x", *args)[0] == 403
    assert sink.connections == 0


def test_more_than_the_limit_is_refused(sink: Sink, curl: Curl, box: Box, tmp_path: Path) -> None:
    path = put(tmp_path, TEXT * 3)
    assert curl(f"{sink.url}/x", "-T", path)[0] == 413
    assert curl(f"{sink.url}/x", "-H", "Transfer-Encoding: chunked", "-T", path)[0] == 413
    assert (sink.arrived, left(box)) == ([], [])


def test_a_download_has_no_such_limit(sinks: dict[str, Sink], curl: Curl) -> None:
    sink = sinks["http"]
    code, text = curl(f"{sink.url}/download?bytes={120 * MEGABYTE}", "-o", "/dev/null")
    assert (code, text.strip()) == (200, "")


def test_a_client_that_vanishes_leaves_nothing(sinks: dict[str, Sink], box: Box, tmp_path: Path) -> None:
    sink = sinks["http"]
    sink.forget()
    path = put(tmp_path, TEXT)
    with subprocess.Popen(command(box, f"{sink.url}/x", "--limit-rate", "8M", "-T", path), env=ENV) as client:
        wait_until(lambda: bool(left(box)))
        client.kill()
    wait_until(lambda: not left(box))
    assert sink.connections == 0


def test_a_client_that_vanishes_while_it_is_sent_completes_nothing(
    sinks: dict[str, Sink], box: Box, tmp_path: Path
) -> None:
    sink = sinks["http"]
    sink.forget()
    sink.slow.set()
    try:
        with subprocess.Popen(command(box, f"{sink.url}/x", "-T", put(tmp_path, TEXT)), env=ENV) as client:
            wait_until(lambda: sink.connections == 1)
            before = box.resident()
            time.sleep(0.5)
            assert box.resident() - before < 10 * MEGABYTE  # the file waits, not the memory
            client.kill()
        time.sleep(0.3)
    finally:
        sink.slow.clear()
    wait_until(lambda: not left(box))
    assert sink.arrived == []


def test_a_server_that_refuses_early_is_heard(sinks: dict[str, Sink], curl: Curl, box: Box, tmp_path: Path) -> None:
    code, _ = answer = curl(f"{sinks['http'].url}/refuse", "-T", put(tmp_path, TEXT))
    assert code in (413, 502), answer  # its answer, or that it hung up
    assert left(box) == []


def test_what_a_crash_left_is_swept(box: Box) -> None:
    remains = box.var / "spool" / "web" / "upload-left"
    remains.write_bytes(b"x")
    box.kill()
    box.start()
    assert left(box) == []


def test_a_full_disk_refuses_and_lets_nothing_out(sinks: dict[str, Sink], tmp_path: Path) -> None:
    if os.geteuid():
        pytest.skip("needs root: a small file system is mounted")
    sink = sinks["http"]
    sink.forget()
    spool = tmp_path / "box" / "var" / "spool" / "web"
    spool.mkdir(parents=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(spool)], check=True)
    off = {"enabled": False}
    try:
        with Box(tmp_path / "box", web={"addresses": {"127.0.0.1": "clerk"}}, mail=off, media=off) as full:
            done = subprocess.run(
                command(full, f"{sink.url}/x", "-T", put(tmp_path, TEXT)), capture_output=True, env=ENV, timeout=60
            )
            assert done.stdout.decode().rpartition("\n")[2] in ("502", "503", "507")
            assert (sink.connections, left(full)) == (0, [])
    finally:
        subprocess.run(["umount", "-l", str(spool)], check=False)


def test_http2_on_both_sides(ca: Authority, need: Callable[..., None], curl: Curl, box: Box, tmp_path: Path) -> None:
    need("nghttpd")
    key_first = ca.issue("127.0.0.1")
    port = free_port()
    root = tmp_path / "root"
    root.mkdir()
    server = subprocess.Popen(
        ["nghttpd", "--echo-upload", "-d", str(root), str(port), key_first[1], key_first[0]],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_until(lambda: answers(port))
        answer = tmp_path / "answer"
        code, _ = curl(f"https://127.0.0.1:{port}/x", "--http2", "-T", put(tmp_path, TEXT), "-o", str(answer))
        assert code == 200
        assert hashlib.sha256(answer.read_bytes()).digest() == hashlib.sha256(TEXT).digest()
    finally:
        server.kill()
        server.wait()


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
