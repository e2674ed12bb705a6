"""Login, sessions, CSRF, headers."""

from __future__ import annotations

import sqlite3
import stat
from datetime import UTC, datetime, timedelta

import pytest
from aiohttp import ClientSession, CookieJar

from dlp.console import Accounts
from dlp.console.accounts import Locked
from dlp.errors import ConfigError
from tests.console.conftest import PASSWORD, Browser, Place


async def test_nothing_without_a_login(place: Place, browser: Browser) -> None:
    case = place.hold()
    for path in ("/", "/mine", "/audit", "/status", f"/cases/{case.id}"):
        await browser.get(path)
        assert 'name="password"' in browser.page
    assert await browser.post(f"/cases/{case.id}/approve", reason="x", confirm="yes") == 403


async def test_every_answer_has_its_headers(place: Place, browser: Browser) -> None:
    await browser.login("boss")
    for path in ("/", "/login", "/cases/NOPE00", "/static/console.css", "/nowhere"):
        await browser.get(path)
        policy = browser.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "script" not in policy
        assert browser.headers["X-Content-Type-Options"] == "nosniff"
        assert browser.headers["Cache-Control"] == "no-store"
        assert "<script" not in browser.page
        assert "http://" not in browser.page.replace(place.console.url, "")
        assert "https://" not in browser.page


async def test_wrong_passwords_lock_and_a_restart_does_not_unlock(place: Place, browser: Browser) -> None:
    assert await browser.login("boss", "wrong") == 401
    assert await browser.login("nobody", "wrong") == 401
    assert await browser.login("boss", "wrong") == 401
    assert await browser.login("boss", "wrong") == 429
    assert await browser.login("boss") == 429
    again = Accounts.open(place.path / "accounts.sqlite")
    with pytest.raises(Locked):
        again.verify("boss", PASSWORD, now=datetime.now(UTC), attempts=3, minutes=10)
    later = datetime.now(UTC) + timedelta(minutes=11)
    assert again.verify("boss", PASSWORD, now=later, attempts=3, minutes=10) is not None
    again.close()
    assert {"login failed", "login locked"} <= set(place.events())


async def test_a_leaver_cannot_log_in(browser: Browser) -> None:
    assert await browser.login("retired") == 401


async def test_the_cookie_is_out_of_reach(place: Place) -> None:
    async with ClientSession() as http:
        async with http.get(place.console.url + "/login") as page:
            text = await page.text()
            seed = page.cookies["sekisho-login"]
        csrf = text.partition('name="csrf" value="')[2].partition('"')[0]
        form = {"csrf": csrf, "login": "boss", "password": PASSWORD}
        async with http.post(
            place.console.url + "/login", data=form, allow_redirects=False, cookies={"sekisho-login": seed.value}
        ) as answer:
            cookie = answer.cookies["sekisho"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Strict"
    raw = (place.path / "accounts.sqlite").read_bytes() + (place.path / "accounts.sqlite-wal").read_bytes()
    assert cookie.value.encode() not in raw  # the file holds only its hash
    assert PASSWORD.encode() not in raw
    assert stat.S_IMODE((place.path / "accounts.sqlite").stat().st_mode) == 0o600


async def test_csrf_and_origin(place: Place, browser: Browser) -> None:
    case = place.hold()
    await browser.login("boss")
    path = f"/cases/{case.id}/approve"
    await browser.get(f"/cases/{case.id}")
    form = {"reason": "業務", "confirm": "yes"}
    good = browser.page
    assert await browser.post(path, csrf="wrong", **form) == 403
    browser.page = good
    assert await browser.post(path, headers={"Origin": "http://evil.example"}, **form) == 403
    browser.page = good
    assert await browser.post(path, headers={"Sec-Fetch-Site": "cross-site"}, **form) == 403
    assert place.room.case(case.id).approvals == ()
    browser.page = good
    assert await browser.post(path, **form) == 200
    assert len(place.room.case(case.id).approvals) == 1


async def test_a_foreign_host_header_is_refused(browser: Browser) -> None:
    assert await browser.get("/login", Host="evil.example") == 400


async def test_logout_and_idle_time_end_a_session(place: Place, browser: Browser) -> None:
    await browser.login("boss")
    await browser.get("/")
    assert await browser.post("/logout") == 200
    await browser.get("/")
    assert 'name="password"' in browser.page
    await browser.login("boss")
    db = sqlite3.connect(place.path / "accounts.sqlite")
    db.execute("UPDATE session SET seen = ?", ((datetime.now(UTC) - timedelta(minutes=31)).isoformat(),))
    db.commit()
    db.close()
    await browser.get("/")
    assert 'name="password"' in browser.page


async def test_who_retires_while_logged_in_is_out(place: Place, browser: Browser) -> None:
    await browser.login("boss")
    people = place.path / "people.toml"
    people.write_text(
        people.read_text(encoding="utf-8").replace('role = "supervisor"', 'role = "supervisor"\nend = 2020-01-01'),
        encoding="utf-8",
    )
    await browser.get("/")
    assert 'name="password"' in browser.page


async def test_a_login_is_made_once(place: Place) -> None:
    with pytest.raises(ConfigError, match="already"):
        place.accounts.create("boss", "S001", "supervisor", PASSWORD)
    with pytest.raises(ConfigError, match="king"):
        place.accounts.create("x", "S001", "king", PASSWORD)


async def test_a_huge_form_is_refused(browser: Browser) -> None:
    await browser.get("/login")
    assert await browser.post("/login", login="boss", password="x" * 200_000) == 413


async def test_a_notices_link_leads_through_the_login_to_its_case(place: Place) -> None:
    case = place.hold()
    async with ClientSession(cookie_jar=CookieJar(unsafe=True)) as http:
        async with http.get(f"{place.console.url}/cases/{case.id}") as page:
            text = await page.text()
            assert page.url.path == "/login"
        csrf = text.partition('name="csrf" value="')[2].partition('"')[0]
        assert f'name="case" value="{case.id}"' in text
        form = {"csrf": csrf, "case": case.id, "login": "boss", "password": PASSWORD}
        async with http.post(place.console.url + "/login", data=form) as answer:
            assert (answer.status, answer.url.path) == (200, f"/cases/{case.id}")


@pytest.mark.parametrize("elsewhere", ["//evil.example", "https://evil.example", "../status", "a" * 13, "%0d%0aX"])
async def test_the_login_leads_nowhere_else(place: Place, elsewhere: str) -> None:
    async with ClientSession(cookie_jar=CookieJar(unsafe=True)) as http:
        async with http.get(place.console.url + "/login", params={"case": elsewhere}) as page:
            text = await page.text()
        csrf = text.partition('name="csrf" value="')[2].partition('"')[0]
        assert 'name="case"' not in text
        form = {"csrf": csrf, "case": elsewhere, "login": "boss", "password": PASSWORD}
        async with http.post(place.console.url + "/login", data=form, allow_redirects=False) as answer:
            assert answer.headers["Location"] == "/"
