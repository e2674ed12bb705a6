"""POST /api/heartbeat as agents use it: curl, osquery's and Wazuh's lines; and what is refused."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime
from typing import Any

import pytest

from dlp.console.heartbeat import MAX_ITEMS, Rates, TooMany
from tests.console.conftest import Browser, Place
from tests.directory.test_usb_events import USB, kernel, osquery

NOW = datetime.now(UTC)


async def post(browser: Browser, token: str, body: object, query: str = "", **headers: str) -> int:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    sent = {"Authorization": f"Bearer {token}"} if token else {}
    url = f"{browser.url}/api/heartbeat{query}"
    async with browser.http.post(url, data=data, headers=sent | headers) as answer:
        browser.headers = dict(answer.headers)
        return answer.status


@pytest.fixture
def collector(place: Place) -> str:
    return place.desks.coverage.admit("", "A001", NOW)[1]


async def test_curl_reports_a_terminal_and_its_stick(place: Place, collector: str) -> None:
    body = {"host": "PC-01", "version": "1.2", "usb": [{"serial": "EVIL", "vendor_id": "0781", "login": "clerk"}]}
    process = await asyncio.create_subprocess_exec(
        *("curl", "-sS", "-o", "/dev/null", "-w", "%{http_code}", "-X", "POST", "--max-time", "20"),
        *("-H", f"Authorization: Bearer {collector}", "--data", json.dumps(body), f"{place.console.url}/api/heartbeat"),
        stdout=asyncio.subprocess.PIPE,
    )
    out, _ = await asyncio.wait_for(process.communicate(), 30)
    assert out == b"204"
    gaps = place.desks.gaps(datetime.now(UTC))
    assert [(t.name, t.version) for t in gaps.unlisted] == [("pc-01", "1.2")]
    assert [(s.host, s.serial, s.login) for s in gaps.unknown_devices] == [("pc-01", "EVIL", "clerk")]


async def test_a_gateway_reports_servers_and_routes(place: Place, browser: Browser, collector: str) -> None:
    body = {
        "host": "proxy-2",
        "kind": "gateway",
        "passthrough": [{"host": "bank.example", "bytes": 5000, "count": 2}],
        "routes": [{"route": "own-smtp", "login": "clerk", "count": 3, "bytes": 9}],
    }
    assert await post(browser, collector, body) == 204
    gaps = place.desks.gaps(datetime.now(UTC))
    assert [(p.host, p.via, p.bytes, p.count) for p in gaps.undecrypted] == [("bank.example", "proxy-2", 5000, 2)]
    assert [(u.route, u.person, u.count) for u in gaps.routes] == [("own-smtp", "E001", 3)]


async def test_osquery_s_and_wazuh_s_own_lines_are_read(place: Place, browser: Browser, collector: str) -> None:
    lines = b"\n".join(json.dumps(osquery(columns=USB, action="added")).encode() for _ in range(2))
    assert await post(browser, collector, lines, "?kind=osquery") == 204
    text = kernel("usb 1-1: New USB device found, idVendor=0951, idProduct=1666, bcdDevice= 1.00")
    assert await post(browser, collector, text, "?kind=wazuh") == 204
    assert {s.host for s in place.desks.gaps(datetime.now(UTC)).unknown_devices} == {"pc-01", "pc-02"}
    assert await post(browser, collector, b"nonsense", "?kind=osquery") == 400
    assert await post(browser, collector, lines, "?kind=syslog") == 400


@pytest.mark.parametrize("header", ["", "Bearer ", "Bearer wrong", "Basic x", "Bearer " + "x" * 5000])
async def test_without_a_token_nobody_is_heard(place: Place, browser: Browser, header: str) -> None:
    assert await post(browser, "", {"host": "x"}, **({"Authorization": header} if header else {})) == 401
    assert place.desks.coverage.terminals() == []


async def test_a_revoked_token_and_another_host_are_refused(place: Place, browser: Browser) -> None:
    agent, token = place.desks.coverage.admit("PC-01", "A001", NOW)
    assert await post(browser, token, {}) == 204
    assert await post(browser, token, {"host": "PC-02"}) == 403
    assert await post(browser, token, {"usb": [{"serial": "x"}]}) == 204
    place.desks.coverage.revoke(agent, "A001", NOW)
    assert await post(browser, token, {}) == 401
    assert [t.name for t in place.desks.coverage.terminals()] == ["pc-01"]


BAD: list[Any] = [
    [],
    "x",
    {"host": 3},
    {"host": "a", "kind": "route"},
    {"host": "a", "usb": {}},
    {"host": "a", "usb": [3]},
    {"host": "a", "usb": [{}] * (MAX_ITEMS + 1)},
    {"host": "a", "usb": [{"serial": 5}]},
    {"host": "a", "usb": [{"at": "yesterday"}]},
    {"host": "a", "passthrough": [{"host": "b", "bytes": -1}]},
    {"host": "a", "passthrough": [{"host": "b", "bytes": True}]},
    {"host": "a", "passthrough": [{"host": "b", "count": 2**60}]},
    {"host": "a", "passthrough": [{}]},
    {"host": "a", "routes": [{"login": "x"}]},
    {},
]


async def test_what_is_no_report_is_refused_whole(place: Place, browser: Browser) -> None:
    tokens = [place.desks.coverage.admit("", "A001", NOW)[1] for _ in range(2)]
    for number, body in enumerate(BAD):
        assert await post(browser, tokens[number % 2], body) == 400, body
    assert await post(browser, tokens[0], b"{") == 400
    assert place.desks.coverage.terminals() == []


async def test_a_body_of_more_than_64_kib_is_refused(place: Place, browser: Browser, collector: str) -> None:
    async def chunks():  # type: ignore[no-untyped-def]
        for _ in range(20):
            yield b" " * 8192

    assert await post(browser, collector, b" " * 70_000) == 413
    url = f"{browser.url}/api/heartbeat"
    async with browser.http.post(url, data=chunks(), headers={"Authorization": f"Bearer {collector}"}) as answer:
        assert answer.status == 413


async def test_an_agent_and_a_stranger_have_a_rate(place: Place, browser: Browser, collector: str) -> None:
    found = [await post(browser, collector, {"host": "a"}) for _ in range(25)]
    assert found.count(204) >= 20
    assert 429 in found
    assert int(browser.headers["Retry-After"]) >= 1 or found[-1] == 204
    strangers = [await post(browser, "wrong", {}) for _ in range(8)]
    assert strangers[:5] == [401] * 5
    assert 429 in strangers


def test_a_bucket_fills_again() -> None:
    now = [0.0]
    rates = Rates(2.0, 10.0, clock=lambda: now[0])
    rates.take("a")
    rates.take("a")
    with pytest.raises(TooMany) as told:
        rates.take("a")
    assert told.value.seconds == pytest.approx(10.0)
    rates.take("b")
    now[0] = 10.0
    rates.take("a")
    with pytest.raises(TooMany):
        rates.take("a")


async def test_a_heartbeat_needs_no_session_and_gives_none(place: Place, browser: Browser, collector: str) -> None:
    assert await post(browser, collector, {"host": "a"}) == 204
    assert "Set-Cookie" not in browser.headers
    assert await browser.get("/api/heartbeat") in (404, 405, 200)
    assert "pc" not in browser.page
