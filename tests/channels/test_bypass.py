"""What went through an undecrypted tunnel is told while it is open, each byte once; it is open for as long as it may be."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import replace
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from mitmproxy import tcp
from mitmproxy.test import tflow

from dlp.channels.web import bypass as module
from dlp.channels.web.bypass import Bypass, Tunnel
from dlp.channels.web.child import tunnel_heard, tunnel_said
from dlp.directory.bypass_list import Permitted

TOKYO = ZoneInfo("Asia/Tokyo")
OPEN = Permitted(host="bank.example", port=443, until=date.max, reason="pins")


async def _yes(login: str) -> bool:
    return login == "clerk"


async def _no(login: str) -> bool:
    return False


async def _fault(login: str) -> bool:
    raise OSError("the directory does not answer")


async def _through(
    sizes: list[int], *, entry: Permitted = OPEN, may: Callable[[str], Coroutine[None, None, bool]] = _yes
) -> tuple[Bypass, list[Tunnel], list[tcp.TCPMessage]]:
    """One tunnel through which so many bytes go out, and some come in: what was told of it, and what passed."""
    told, said = list[Tunnel](), list[tcp.TCPMessage]()
    bypass, flow = Bypass({}, may=may, told=told.append, zone=TOKYO), tflow.ttcpflow()
    bypass.home = asyncio.get_running_loop()
    bypass._granted[flow.client_conn.id], bypass._logins[flow.client_conn.id] = entry, "clerk"
    assert bypass.knows(flow)
    for size in sizes:
        flow.messages = [tcp.TCPMessage(True, b"o" * size), tcp.TCPMessage(False, b"i" * 1000)]
        said += flow.messages
        await bypass.count(flow)
    bypass.client_disconnected(flow.client_conn)
    return bypass, told, said


@pytest.mark.parametrize(("pause", "tellings"), [(timedelta(0), 4), (timedelta(days=1), 1)])
async def test_each_byte_is_told_once(pause: timedelta, tellings: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_PAUSE", pause)
    bypass, told, said = await _through([5, 70, 900])
    assert len(told) == tellings
    assert sum(tunnel.bytes for tunnel in told) == 975
    assert [tunnel.anew for tunnel in told] == [True, *[False] * (tellings - 1)]
    assert {(tunnel.host, tunnel.login) for tunnel in told} == {("bank.example", "clerk")}
    assert [len(message.content) for message in said] == [5, 1000, 70, 1000, 900, 1000]
    for kept in (bypass._open, bypass._granted, bypass._logins, bypass._told, bypass._cut):
        assert not kept


@pytest.mark.parametrize("why", ["its last day", "its person's", "nobody can tell"])
async def test_what_is_open_is_cut_when_it_may_not_be_any_more(why: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_PAUSE", timedelta(0))
    entry = replace(OPEN, until=date(2020, 1, 1)) if why == "its last day" else OPEN
    may = {"its person's": _no, "nobody can tell": _fault}.get(why, _yes)
    _, told, said = await _through([5, 70], entry=entry, may=may)
    assert {message.content for message in said} == {b""}
    assert sum(tunnel.bytes for tunnel in told) == 0


async def test_it_is_told_over_the_link_as_it_is() -> None:
    _, told, _ = await _through([7])
    assert [tunnel_heard(tunnel_said(tunnel)) for tunnel in told] == told
