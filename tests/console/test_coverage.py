"""The pages of coverage and of the monthly check, over a real console."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from aiohttp import FormData

from dlp.directory.bypass_list import parse
from dlp.directory.coverage import Barred, Passed
from tests.console.conftest import Browser, Place
from tests.console.test_devices import as_

NOW = datetime.now(UTC)


async def upload(browser: Browser, text: str) -> int:
    await browser.get("/coverage")
    csrf = browser.page.split('name="csrf" value="')[1].split('"')[0]
    form = FormData()
    form.add_field("csrf", csrf)
    form.add_field("file", text.encode("cp932"), filename="t.csv", content_type="text/csv")
    async with browser.http.post(f"{browser.url}/coverage/terminals", data=form) as answer:
        return await browser._keep(answer)


async def test_an_administrator_lists_terminals_and_sees_who_is_silent(place: Place, browser: Browser) -> None:
    await browser.login("admin")
    assert await upload(browser, "名称,所属\n予約端末,総務課\n") == 200
    assert "予約端末" in browser.page
    assert "一度もなし" in browser.page
    assert await upload(browser, "colour\nred\n") == 422
    assert "一覧を取り込めません" in browser.page
    place.desks.coverage.heard("予約端末", datetime.now(UTC))
    await browser.get("/coverage")
    assert "問題は見つかりませんでした" in browser.page


async def test_a_token_is_shown_once_and_revoked(place: Place, browser: Browser) -> None:
    await browser.login("admin")
    await browser.get("/coverage")
    assert await browser.post("/coverage/agents", host="PC-01") == 200
    token = browser.page.split('class="token">')[1].split("<")[0]
    agent = place.desks.coverage.agent(token)
    assert agent is not None
    await browser.get("/coverage")
    assert token not in browser.page
    assert await browser.post(f"/coverage/agents/{agent.id}/revoke") == 200
    assert place.desks.coverage.agent(token) is None


@pytest.mark.parametrize(("login", "status"), [("clerk", 403), ("boss", 403), ("privacy", 403), ("auditor", 200)])
async def test_coverage_is_for_administrators_and_auditors_to_see(
    place: Place, browser: Browser, login: str, status: int
) -> None:
    await browser.login(login)
    assert await browser.get("/coverage") == status
    await browser.get("/devices")
    assert await browser.post("/coverage/agents", host="x") == 403 or login == "auditor"
    assert await browser.post("/coverage/terminals") == 403
    assert place.desks.coverage.agents() == []


async def test_a_supervisor_confirms_the_month(place: Place, browser: Browser) -> None:
    place.hold()
    now = datetime.now(UTC)
    place.desks.checkoffs.open_due(now.replace(year=now.year + (now.month == 12), month=now.month % 12 + 1, day=1))
    found = next(c for c in place.desks.checkoffs.all() if c.supervisor == "S001")
    await browser.login("boss")
    await browser.get("/checkoff")
    assert f"/checkoff/{found.id}" in browser.page
    await browser.get(f"/checkoff/{found.id}")
    assert "職員 一（E001）" in browser.page
    assert "メール 1" in browser.page
    assert await browser.post(f"/checkoff/{found.id}/confirm", remark=" ") == 422
    assert await browser.post(f"/checkoff/{found.id}/confirm", remark="確認した") == 200
    assert "確認した" in browser.page
    assert await browser.post(f"/checkoff/{found.id}/confirm", remark="再度") in (403, 422)
    assert {"checkoff viewed", "checkoff_confirm"} <= set(place.events())
    for login, status in (("clerk", 404), ("privacy", 404), ("auditor", 200), ("admin", 200)):
        assert await as_(browser, login, f"/checkoff/{found.id}") == status, login


async def test_what_was_refused_unread_is_listed(place: Place, browser: Browser) -> None:
    seen = Barred(host="chat.example", kind="websocket", person="E001", via="gw", first=NOW, last=NOW, count=1234)
    place.desks.coverage.barred([seen])
    await browser.login("admin")
    await browser.get("/coverage")
    assert "chat.example" in browser.page
    assert "1,234" in browser.page
    assert "検査できないため止めた通信" in browser.page
    assert place.desks.name("E001") in browser.page


async def test_the_bypass_list_is_shown_used_or_not(place: Place, browser: Browser) -> None:
    days = {"bank.example": 30, "late.example:8443": -2, "new.example": 90}
    listed = {host: f"{NOW.date() + timedelta(days=day)} pins: {host}" for host, day in days.items()}
    place.desks = replace(place.desks, permitted=tuple(parse(listed).values()))
    place.desks.coverage.passed([Passed(host="bank.example", via="gw", first=NOW, last=NOW, count=2, bytes=123456)])
    uses = place.desks.bypasses(NOW)
    assert [(u.entry.name, u.ended, u.count, u.bytes) for u in uses] == [
        ("bank.example", False, 2, 123456),
        ("new.example", False, 0, 0),
        ("late.example:8443", True, 0, 0),
    ]
    place.coverage._desks = place.desks
    await browser.login("auditor")
    await browser.get("/coverage")
    rows = browser.page.split("復号しない接続先の許可一覧")[1].split("</table>")[0].split("<tr>")[2:]
    assert ["123,456" in row for row in rows] == [True, False, False]
    assert ["終了" in row for row in rows] == [False, False, True]
    assert all(f"pins: {host}" in browser.page for host in days)
