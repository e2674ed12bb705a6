"""Two proxy processes behind one address through the real gateway: one quarantine, one count, nothing let through."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import urllib.error
import urllib.request
from base64 import b64encode
from collections.abc import Callable, Iterator
from pathlib import Path

import bcrypt
import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from tests.e2e.harness import Box
from tests.e2e.people import CSV, PEOPLE
from tests.e2e.sink import Sink
from tests.e2e.socketserver import SocketServer
from tests.e2e.test_web_pieces import (
    LIST,
    Step,
    case_in,
    dropbox,
    held_content,
    innocent,
    plain,
    s3,
    tus_with_creation,
)
from tests.processes import accepted, children, connected, gone, request

pytestmark = pytest.mark.e2e
OFF = {"enabled": False}
MEMO = "市民まつりのお知らせ。10時に開場します。\n".encode()
ENV = {k: v for k, v in os.environ.items() if "proxy" not in k.lower()}


@pytest.fixture(scope="module")
def sink() -> Iterator[Sink]:
    with Sink() as running:
        yield running


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Box]:
    web = {"processes": 2, "addresses": {"127.0.0.1": "clerk"}, "resumable_hosts": ["127.0.0.1"]}
    metrics = {"enabled": True, "port": 0}
    with Box(tmp_path_factory.mktemp("web"), web=web, metrics=metrics, mail=OFF, media=OFF) as running:
        yield running


@pytest.fixture
def pids(box: Box) -> list[int]:
    return sorted(box.wait(lambda: len(found := of(box)) == 2 and found))


def of(box: Box) -> set[int]:
    assert box.process is not None
    return children(box.process.pid)


def sent(box: Box, pid: int, url: str, body: bytes, method: str = "POST", **headers: str) -> tuple[int, str]:
    """One upload through this process."""
    with connected(box.proxy_port, of(box), pid) as connection:
        return request(connection, url, body, method, headers)


def ready(box: Box) -> dict[str, bool]:
    with urllib.request.urlopen(box.places["metrics"].replace("/metrics", "/readyz"), timeout=20) as answer:
        found: dict[str, bool] = json.loads(answer.read())
        return found


def test_connections_are_spread_and_each_process_judges(box: Box, sink: Sink, pids: list[int]) -> None:
    many = [accepted(box.proxy_port, set(pids)) for _ in range(40)]
    assert {pid for _, pid in many} == set(pids)
    for connection, _ in many:
        connection.close()
    sink.forget()
    for pid in pids:
        assert sent(box, pid, f"{sink.url}/x", MEMO * 100)[0] == 200
        assert sent(box, pid, f"{sink.url}/x", MEMO * 20000)[0] == 200  # on disk
        status, page = sent(box, pid, f"{sink.url}/x", CSV.encode())
        assert status == 403
        assert held_content(box, case_in(page)) == CSV.encode()
    assert [one.size for one in sink.arrived] == 2 * [len(MEMO) * 100, len(MEMO) * 20000]
    assert ready(box)["proxy"] is True


def test_curl_meets_both(need: Callable[..., None], box: Box, sink: Sink, pids: list[int]) -> None:
    """Many connections at once from one curl, an innocent body each: all arrive, whichever process they met."""
    need("curl")
    sink.forget()
    urls = [word for n in range(24) for word in (f"{sink.url}/{n}", "-o", "/dev/null")]
    command = [
        "curl",
        "-sS",
        "--noproxy",
        "",
        "-x",
        box.proxy_url,
        "-Z",
        "--parallel-immediate",
        "-H",
        "Connection: close",
    ]
    command += ["-w", "%{http_code}\n", "--max-time", "60", "-d", "memo=fair"]
    done = subprocess.run([*command, *urls], capture_output=True, timeout=90, check=False, env=ENV)
    assert done.stdout.split() == [b"200"] * 24, done.stderr
    assert sorted(one.path for one in sink.arrived) == sorted(f"/{n}" for n in range(24))


def one_step(box: Box, sink: Sink, step: Step, pid: int) -> tuple[int, str]:
    sink.headers, sink.body = step.answer
    words = list(step.args)
    method = words[words.index("-X") + 1]
    told = [words[i + 1].partition(": ") for i, word in enumerate(words) if word == "-H"]
    headers = {"Content-Type": "application/octet-stream"} | {name: value for name, _, value in told}
    return sent(box, pid, f"http://127.0.0.1:{sink.port}{step.path}", step.body, method, **headers)


@pytest.mark.parametrize("protocol", [plain, tus_with_creation, s3, dropbox], ids=lambda made: made.__name__)
def test_pieces_that_come_to_both_are_one_upload(
    protocol: Callable[[bytes], list[Step]], box: Box, sink: Sink, pids: list[int]
) -> None:
    for number, step in enumerate(protocol(innocent())):
        assert one_step(box, sink, step, pids[number % 2])[0] == 200
    *earlier, last = protocol(LIST)
    for number, step in enumerate(earlier):
        assert one_step(box, sink, step, pids[number % 2])[0] == 200
    sink.forget()
    status, page = one_step(box, sink, last, pids[len(earlier) % 2])
    assert (status, "150人分" in page, sink.arrived) == (403, True, [])
    assert held_content(box, case_in(page)) == LIST


def test_a_list_cut_among_both_is_counted_as_one(box: Box, sink: Sink, pids: list[int]) -> None:
    """Few people a piece, in turn to the one and the other: held where together they are too many."""
    data = "".join(CSV.splitlines(keepends=True)[:61]).encode("cp932")
    statuses, page = [], ""
    for number, start in enumerate(range(0, len(data), 501)):
        piece = data[start : start + 501]
        span = {"Content-Type": "text/csv", "Content-Range": f"bytes {start}-{start + len(piece) - 1}/{len(data)}"}
        status, page = sent(box, pids[number % 2], f"{sink.url}/cut", piece, "PUT", **span)
        statuses.append(status)
    assert statuses == [200] * (len(statuses) - 1) + [403]
    assert "60人分" in page


def test_sockets(box: Box) -> None:
    with SocketServer() as server:
        for said in (["hello", "again"], [f"{p.name} {p.address} {p.phone}" for p in PEOPLE[:40]]):
            server.forget()
            with connect(server.url, proxy=box.proxy_url, max_size=None, open_timeout=60) as talk:
                try:
                    for message in said:
                        talk.send(message)
                        assert talk.recv(60) == message
                    held = ""
                except ConnectionClosed:
                    held = talk.protocol.close_rcvd.reason if talk.protocol.close_rcvd else ""
            assert ("held, case" in held) == (len(said) > 2)
            assert (len(server.heard) < len(said)) == (len(said) > 2)


def begun(box: Box, sink: Sink, pid: int, length: int) -> socket.socket:
    """An upload to this process, half of which has come, and lies on disk."""
    connection = connected(box.proxy_port, of(box), pid)
    head = f"POST {sink.url}/half HTTP/1.1\r\nHost: 127.0.0.1:{sink.port}\r\nContent-Length: {length}\r\n\r\n"
    connection.sendall(head.encode() + b"a" * (length // 2))
    box.wait(lambda: spooled(box))
    return connection


def spooled(box: Box) -> list[Path]:
    return [path for path in (box.var / "spool" / "web").rglob("*") if path.is_file()]


def broken(connection: socket.socket) -> bool:
    """Whether the other end has gone without an answer."""
    try:
        return connection.recv(1) == b""
    except OSError:
        return True


def test_a_killed_process_leaves_nothing_and_is_replaced(box: Box, sink: Sink, pids: list[int]) -> None:
    sink.forget()
    with begun(box, sink, pids[0], 3_000_000) as connection:
        os.kill(pids[0], signal.SIGKILL)
        assert broken(connection)
    assert sent(box, pids[1], f"{sink.url}/x", MEMO)[0] == 200
    box.wait(lambda: not spooled(box))
    assert [one.path for one in sink.arrived] == ["/x"]
    fresh = box.wait(lambda: of(box) - set(pids) if len(of(box)) == 2 else None).pop()

    def back() -> bool:
        try:
            return ready(box)["proxy"]
        except urllib.error.HTTPError as error:
            return error.code != 503

    box.wait(back)
    assert sent(box, fresh, f"{sink.url}/x", CSV.encode())[0] == 403


def test_without_the_gateway_they_end_and_let_nothing_out(box: Box, sink: Sink, pids: list[int]) -> None:
    """Killed while an upload waits for its verdict: stopped first, so that it cannot be given."""
    assert box.process is not None
    parent = box.process.pid
    sink.forget()
    with begun(box, sink, pids[0], 3_000_000) as connection, connected(box.proxy_port, set(pids), pids[1]) as other:
        os.kill(parent, signal.SIGSTOP)
        connection.sendall(b"a" * 1_500_000)
        other.sendall(
            f"POST {sink.url}/x HTTP/1.1\r\nHost: 127.0.0.1:{sink.port}\r\nContent-Length: 2\r\n\r\nhi".encode()
        )
        box.kill()
        assert broken(connection)
        assert broken(other)
    box.wait(lambda: not children(parent) and all(map(gone, pids)), 60)
    assert sink.connections == 0
    with pytest.raises(OSError, match="refused"):
        socket.create_connection(("127.0.0.1", box.proxy_port), timeout=5)
    box.start()
    assert spooled(box) == []  # swept at the start
    assert ready(box)["proxy"] is True


def test_passwords_are_asked_and_failures_are_on_record(sink: Sink, tmp_path: Path) -> None:
    users = tmp_path / "users"
    users.write_text(f"clerk:{bcrypt.hashpw(b'right:one', bcrypt.gensalt(4)).decode()}\n")
    with Box(tmp_path / "box", web={"processes": 2, "users": str(users)}, mail=OFF, media=OFF) as box:
        for pid in sorted(of(box)):
            for password, status in (("wrong", 407), ("right:one", 200)):
                told = b64encode(f"clerk:{password}".encode()).decode()
                got, _ = sent(box, pid, f"{sink.url}/x", MEMO, **{"Proxy-Authorization": f"Basic {told}"})
                assert got == status
        room = box.room()
        try:
            failed = box.wait(lambda: [e for e in room.entries(0, 1000) if e.event == "login failed"])
        finally:
            room.close()
        assert [(entry.actor, entry.detail) for entry in failed] == [("E001", {"channel": "web", "attempts": 1})]
