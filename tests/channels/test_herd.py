"""The proxy's processes with a judge of our own: when one dies, hangs on the way, or too many wait, nothing passes."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest

from dlp.channels.web import herd, wire
from dlp.channels.web.authority import Authority
from dlp.channels.web.child import web_heard, web_said
from dlp.channels.web.judging import Piece
from dlp.channels.web.naming import Sent
from dlp.channels.web.pieces import Mark
from dlp.channels.web.web import WebChannel
from dlp.errors import ConfigError, GatewayFault
from dlp.inspection import Inspection
from dlp.outcome import Outcome
from dlp.settings import Web
from dlp.transfer import Channel, SoFar, Transfer
from dlp.verdict import Action, Verdict
from tests.e2e.webserver import WebServer
from tests.processes import accepted, children, connected, request

TEXT = "市民まつりのお知らせ。\n".encode() * 40000  # more than is kept in memory


class Judge:
    """Keeps everybody waiting until `leave` is set."""

    def __init__(self) -> None:
        self.leave = asyncio.Event()
        self.asked: list[Transfer] = []
        self.abandoned = 0

    async def __call__(self, transfer: Transfer, so_far: SoFar | None = None, /) -> Outcome:
        self.asked.append(transfer)
        try:
            await self.leave.wait()
        except asyncio.CancelledError:
            self.abandoned += 1
            raise
        inspection = Inspection(subjects=0, lower=0, upper=0, counts={})
        verdict = Verdict(action=Action.ALLOW, reasons=(), ruleset="")
        return Outcome(verdict=verdict, transfer=transfer.id, inspection=inspection, standing=None)  # type: ignore[arg-type]


@pytest.fixture
def judge() -> Judge:
    return Judge()


@pytest.fixture
async def channel(tmp_path: Path, judge: Judge) -> AsyncIterator[WebChannel]:
    config = Web(port=0, processes=2)
    made = WebChannel(config, judge, Authority(tmp_path / "ca", "test"), spool=tmp_path / "spool" / "web", most=3)
    await made.start()
    yield made
    judge.leave.set()
    await made.stop()
    assert children(os.getpid()) == set()


@pytest.fixture
def server() -> Iterator[WebServer]:
    with WebServer() as running:
        yield running


async def until(true: Callable[[], object], seconds: float = 60.0) -> None:
    async with asyncio.timeout(seconds):
        while not true():
            await asyncio.sleep(0.02)


def upload(port: int, url: str, body: bytes, pid: int = 0) -> tuple[int, str]:
    """Status and page; 0 where the connection broke."""
    pids = children(os.getpid())
    connection = connected(port, pids, pid) if pid else accepted(port, pids)[0]
    try:
        return request(connection, url, body)
    except OSError as error:
        return 0, type(error).__name__
    except Exception as error:  # http.client's, for an answer that ends before it begins
        return 0, type(error).__name__
    finally:
        connection.close()


@pytest.mark.parametrize("body", [b"memo=text", TEXT], ids=["small", "large"])
async def test_a_killed_process_lets_nothing_through_and_comes_again(
    body: bytes, channel: WebChannel, judge: Judge, server: WebServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    again, spawn = asyncio.Event(), herd._spawn

    async def later(theirs: object) -> object:
        await again.wait()
        return await spawn(theirs)  # type: ignore[arg-type]

    monkeypatch.setattr(herd, "_spawn", later)
    pids = children(os.getpid())
    victim = min(pids)
    sending = asyncio.create_task(asyncio.to_thread(upload, channel.port, server.url + "/x", body, victim))
    await until(lambda: judge.asked)
    assert channel.alive
    os.kill(victim, signal.SIGKILL)
    assert (await sending)[0] == 0
    await until(lambda: judge.abandoned)
    await until(lambda: not channel.alive)
    await until(lambda: not [path for path in (tmp_path / "spool" / "web").rglob("*") if path.is_file()])
    judge.leave.set()
    assert (await asyncio.to_thread(upload, channel.port, server.url + "/other", b"memo=text"))[0] == 200
    assert [one.path for one in server.arrived] == ["/other"]
    again.set()
    await until(lambda: channel.alive)
    fresh = children(os.getpid())
    assert (len(fresh), victim in fresh) == (2, False)
    newcomer = (fresh - pids).pop()
    assert (await asyncio.to_thread(upload, channel.port, server.url + "/new", body, newcomer))[0] == 200


async def test_what_may_wait_is_counted_over_all(channel: WebChannel, judge: Judge, server: WebServer) -> None:
    pids = sorted(children(os.getpid()))
    work = [asyncio.to_thread(upload, channel.port, server.url + "/x", b"memo=text", pids[n % 2]) for n in range(3)]
    waiting = [asyncio.create_task(one) for one in work]
    await until(lambda: len(judge.asked) == 3)
    for pid in pids:
        status, page = await asyncio.to_thread(upload, channel.port, server.url + "/x", b"memo=text", pid)
        assert (status, "確認できませんでした" in page) == (503, True)
    judge.leave.set()
    assert [status for status, _ in await asyncio.gather(*waiting)] == [200] * 3
    assert len(server.arrived) == 3


async def test_at_the_end_uploads_under_way_are_finished(channel: WebChannel, judge: Judge, server: WebServer) -> None:
    pids = sorted(children(os.getpid()))
    work = [asyncio.to_thread(upload, channel.port, server.url + "/x", TEXT, pid) for pid in pids]
    sending = [asyncio.create_task(one) for one in work]
    await until(lambda: len(judge.asked) == 2)
    stopping = asyncio.create_task(channel.stop())
    await until(lambda: not channel.alive)
    judge.leave.set()
    assert [status for status, _ in await asyncio.gather(*sending)] == [200, 200]
    await stopping
    assert [one.body for one in server.arrived] == [TEXT, TEXT]
    assert children(os.getpid()) == set()


async def test_one_that_hangs_is_ended(channel: WebChannel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(herd, "_PING_SECONDS", 0.05)
    monkeypatch.setattr(herd, "_SILENT_SECONDS", 2.0)
    pids = children(os.getpid())
    stuck = min(pids)
    os.kill(stuck, signal.SIGSTOP)
    await until(lambda: stuck not in children(os.getpid()))
    monkeypatch.setattr(herd, "_SILENT_SECONDS", 60.0)  # those that follow have their time
    await until(lambda: channel.alive and len(children(os.getpid())) == 2)


async def test_one_that_says_what_is_none_of_our_language_is_ended_and_comes_again(channel: WebChannel) -> None:
    assert channel._herd is not None
    (mumbling, _) = channel._herd._members
    before, link = mumbling.pid, mumbling._link
    assert link is not None
    link._reader.feed_data(b"\xff" * 8)  # as if it had been said: a frame of eight gigabytes
    await until(lambda: before not in children(os.getpid()))
    await until(lambda: channel.alive and len(children(os.getpid())) == 2)


async def test_an_address_that_is_taken_is_named(channel: WebChannel, judge: Judge, tmp_path: Path) -> None:
    """Also by one that shares it: half of our connections would go there."""
    other = Web(port=channel.port, processes=2)
    second = WebChannel(other, judge, Authority(tmp_path / "ca2", "test"), spool=tmp_path / "other" / "web")
    with pytest.raises(ConfigError, match="another program uses this port"):
        await second.start()
    await second.stop()


@pytest.mark.parametrize("number", [0, -1, 65])
def test_a_number_of_processes_that_is_none_is_named(number: int, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="processes"):
        WebChannel(Web(processes=number), None, Authority(tmp_path, "test"), spool=tmp_path)  # type: ignore[arg-type]


def test_settings_arrive_as_they_are(tmp_path: Path) -> None:
    for made in (
        Web(),
        Web(
            users=tmp_path / "users",
            upstream_ca=tmp_path / "ca",
            addresses={"192.0.2.1": "clerk"},
            front=("192.0.2.2",),
            bypass={"pinned.example": "2030-01-01 why"},
            processes=3,
        ),
    ):
        assert web_heard(web_said(made)) == made


def made_transfer(**changes: object) -> Transfer:
    base = {
        "channel": Channel.WEB,
        "sender": "clerk",
        "destination": ("https://example.jp:443",),
        "name": "lone \udc83 surrogate",
        "data": b"\0\xff",
        "envelope": {"path": "/\udce3", "port": 443},
    }
    return Transfer(**(base | changes))  # type: ignore[arg-type]


def test_a_transfer_arrives_as_it_is(tmp_path: Path) -> None:
    import json

    (tmp_path / "upload").write_bytes(b"body")
    for made in (made_transfer(), made_transfer(data=b""), made_transfer(data=None, spool=tmp_path / "upload")):
        head, data = wire.transfer_said(made)
        assert wire.transfer_heard(json.loads(json.dumps(head)), data, tmp_path) == made
    there = tmp_path / "handed"
    there.write_bytes(b"\0\xff")
    head, data = wire.transfer_said(made_transfer(id="x"), there)
    assert data == b""
    assert wire.transfer_heard(head, data, tmp_path).read() == b"\0\xff"


def test_no_file_elsewhere_and_no_bytes_missing(tmp_path: Path) -> None:
    head, data = wire.transfer_said(made_transfer())
    for wrong in ({"file": "../keys.json"}, {"file": "/etc/passwd"}, {"file": ".."}, {"size": 3}):
        with pytest.raises(GatewayFault):
            wire.transfer_heard(head | wrong, data, tmp_path)


def test_pieces_and_answers_arrive_as_they_are() -> None:
    piece = Piece(mark=Mark(upload="u", start=3, size=None, total=9), begun="f", bare=False)
    assert wire.piece_heard(wire.piece_said(piece)) == piece
    assert wire.piece_heard(wire.piece_said(None)) is None
    sent = Sent(key="k", names=("clerk", "https://x:443"), begins=True, over=False)
    assert wire.answer_heard(wire.answer_said(None, sent)) == (None, sent)
    with pytest.raises((GatewayFault, KeyError, TypeError)):
        wire.answer_heard({"answer": {"passes": "yes"}, "sent": None})
