"""Who sees which report."""

from __future__ import annotations

import pytest

from dlp.console import views
from tests.console.conftest import Browser, Place


@pytest.mark.parametrize(
    ("login", "status"),
    [("boss", 200), ("auditor", 200), ("admin", 200), ("privacy", 403), ("clerk", 403)],
)
async def test_role_walls(place: Place, browser: Browser, login: str, status: int) -> None:
    place.hold()
    await browser.login(login)
    for path in ("/reports", "/reports/month.csv", "/reports/inspection"):
        assert await browser.get(path) == status
    assert ("report" in place.events()) is (status == 200)


async def test_a_supervisor_sees_the_own_department_only(place: Place, browser: Browser) -> None:
    place.hold(person="E001", people=150)
    place.hold(person="S002", people=777)
    await browser.login("boss")
    assert await browser.get("/reports") == 200
    assert "150" in browser.page
    assert "777" not in browser.page
    assert await browser.get("/reports?department=税務課") == 403
    assert await browser.get("/reports/month.csv?department=税務課") == 403
    assert await browser.get("/reports/inspection?department=税務課") == 403


async def test_an_auditor_sees_all_and_chooses(place: Place, browser: Browser) -> None:
    place.hold(person="E001", people=150)
    place.hold(person="S002", people=777)
    await browser.login("auditor")
    await browser.get("/reports")
    assert "927" in browser.page
    assert "<svg" in browser.page
    assert "style=" not in browser.page, "the policy would not have it"
    await browser.get("/reports?department=税務課")
    assert "777" in browser.page
    assert "927" not in browser.page
    assert await browser.get("/reports?month=2026-99") == 400


async def test_the_sheet_brings_its_style_and_nothing_else(place: Place, browser: Browser) -> None:
    await browser.login("auditor")
    await browser.get("/reports/inspection")
    policy = browser.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script" not in policy
    assert "自己点検票" in browser.page


async def test_an_alarm_stands_on_the_status_page_until_it_is_over(place: Place, browser: Browser) -> None:
    await browser.login("admin")
    place.console.alarms.sound("disk")
    await browser.get("/status")
    assert "ディスクの空きが少なくなっています" in browser.page
    place.console.alarms.over("disk")
    await browser.get("/status")
    assert "ディスクの空き" not in browser.page
    assert [word for word in place.events() if word.startswith("alarm")] == ["alarm", "alarm over"]


async def test_a_long_chain_is_verified_when_asked(
    place: Place, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "_QUICK", 0)
    await browser.login("auditor")
    await browser.get("/audit")
    assert "連鎖は正常です" not in browser.page
    assert "/audit?verify=1" in browser.page
    await browser.get("/audit?verify=1")
    assert "連鎖は正常です" in browser.page
    told = [entry.detail["problems"] for entry in place.room.entries(limit=100) if entry.event == "audit viewed"]
    assert told[-2:] == [-1, 0]


async def test_the_audit_page_says_up_to_where_it_is_signed(place: Place, browser: Browser) -> None:
    place.hold()
    place.room.checkpoint()
    await browser.login("auditor")
    await browser.get("/audit")
    assert "署名済み：第1号" in browser.page
