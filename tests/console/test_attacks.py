"""What somebody with bad intent tries at the console."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from yarl import URL

from quarantine.case import Move, Status
from tests.console.conftest import PASSWORD, Browser, Place

OK = {"reason": "業務", "confirm": "yes"}


def cookie(browser: Browser, name: str = "sekisho") -> str:
    return next((c.value for c in browser.http.cookie_jar if c.key == name), "")


async def test_a_session_is_never_one_that_was_there_before(place: Place, browser: Browser) -> None:
    browser.http.cookie_jar.update_cookies({"sekisho": "fixed-by-somebody"}, URL(place.console.url))
    await browser.login("boss")
    first = cookie(browser)
    assert first not in ("", "fixed-by-somebody")
    await browser.get("/login")
    own = re.findall(r'name="csrf" value="([^"]+)"', browser.page)[-1]  # the page's own form, not the logout button's
    assert await browser.post("/login", csrf=own, login="boss2", password=PASSWORD) == 200
    assert cookie(browser) != first
    other = Browser(place.console.url)
    other.http.cookie_jar.update_cookies({"sekisho": first}, URL(place.console.url))
    await other.get("/mine")
    assert 'name="password"' in other.page  # who logs in anew has left the session before
    await other.http.close()


async def test_a_logged_out_cookie_is_worth_nothing(place: Place, browser: Browser) -> None:
    await browser.login("boss")
    stolen = cookie(browser)
    await browser.get("/mine")
    await browser.post("/logout")
    browser.http.cookie_jar.update_cookies({"sekisho": stolen}, URL(place.console.url))
    await browser.get("/mine")
    assert 'name="password"' in browser.page


async def test_a_new_password_ends_all_sessions(place: Place, browser: Browser) -> None:
    await browser.login("boss")
    place.accounts.set_password("boss", PASSWORD)
    await browser.get("/mine")
    assert 'name="password"' in browser.page


async def test_anothers_csrf_token_is_none(place: Place, browser: Browser) -> None:
    case, other = place.hold(), Browser(place.console.url)
    await other.login("boss2")
    await other.get(f"/cases/{case.id}")
    await browser.login("boss")
    await browser.get(f"/cases/{case.id}")
    browser.page = other.page
    assert await browser.post(f"/cases/{case.id}/approve", **OK) == 403
    assert place.room.case(case.id).approvals == ()
    await other.http.close()


PATHS = [
    "/static/../accounts.sqlite",
    "/static/%2e%2e/%2e%2e/accounts.sqlite",
    "/static/..%2fserver.py",
    "/static//etc/passwd",
    "//evil.example/",
    "/cases/../audit",
    "/cases/%2e%2e%2faudit",
    "/cases/{id}/../../audit",
    "/cases/{id}/approve",
    "/cases/{id}/delivered",
    "/cases/{id}%00",
    "/cases/" + "A" * 5000,
]


async def test_paths_lead_nowhere(place: Place, browser: Browser) -> None:
    case = place.hold()
    await browser.login("boss")
    for path in PATHS:
        url = URL(place.console.url + path.replace("{id}", case.id), encoded=True)
        async with browser.http.get(url, allow_redirects=False) as answer:
            text = await answer.text()
        assert answer.status in (400, 403, 404, 405), path
        assert "evil" not in answer.headers.get("Location", "")
        assert "root:" not in text
        assert "SQLite" not in text


async def test_only_peoples_words_can_be_said(place: Place, browser: Browser) -> None:
    case = place.hold()
    await browser.login("boss")
    await browser.get(f"/cases/{case.id}")
    page = browser.page
    for move in ("delivered", "expire", "undeliverable", "APPROVE", "second"):
        browser.page = page
        assert await browser.post(f"/cases/{case.id}/{move}", **OK) == 404
    assert place.room.case(case.id).status is Status.QUARANTINED


@pytest.mark.parametrize(
    ("login", "code"), [("admin", 404), ("auditor", 404), ("clerk2", 404), ("privacy", 404), ("clerk", 403)]
)
async def test_who_may_not_decide_cannot_by_asking(place: Place, browser: Browser, login: str, code: int) -> None:
    case = place.hold()
    await browser.login(login)
    for move in ("approve", "reject"):
        await browser.get("/mine")
        assert await browser.post(f"/cases/{case.id}/{move}", **OK) == code
    assert (place.room.case(case.id).approvals, place.room.case(case.id).status) == ((), Status.QUARANTINED)


async def test_one_person_with_two_accounts_is_one_approver(place: Place, browser: Browser) -> None:
    place.accounts.create("boss-again", "S001", "privacy", PASSWORD)
    case = place.hold()
    await browser.login("boss")
    await browser.get(f"/cases/{case.id}")
    assert await browser.post(f"/cases/{case.id}/approve", **OK) == 200
    await browser.get("/mine")
    await browser.post("/logout")
    await browser.login("boss-again")
    await browser.get(f"/cases/{case.id}")
    assert await browser.post(f"/cases/{case.id}/approve", **OK) == 403
    assert place.room.case(case.id).status is Status.AWAITING_SECOND


async def test_an_own_transfer_under_another_account(place: Place, browser: Browser) -> None:
    place.accounts.create("clerk-as-boss", "E001", "supervisor", PASSWORD)
    case = place.hold()
    await browser.login("clerk-as-boss")
    await browser.get(f"/cases/{case.id}")
    assert await browser.post(f"/cases/{case.id}/approve", **OK) == 403
    assert await browser.post(f"/cases/{case.id}/reject", reason="x") == 403
    assert place.room.case(case.id).status is Status.QUARANTINED


async def test_an_expired_case_is_decided_by_nobody(place: Place, browser: Browser) -> None:
    case = place.hold(approvals=1)
    await browser.login("boss")
    await browser.get(f"/cases/{case.id}")
    page = browser.page
    place.room.expire(datetime.now(UTC) + timedelta(days=31), expire_days=30, purge_days=365)
    assert place.room.case(case.id).status is Status.REJECTED
    assert await browser.post(f"/cases/{case.id}/approve", **OK) == 409
    browser.page = page
    await browser.get(f"/cases/{case.id}")
    assert "/approve" not in browser.page
    assert place.room.case(case.id).status is Status.REJECTED


async def test_two_approve_in_the_same_moment(place: Place, browser: Browser) -> None:
    import asyncio

    case = place.hold(approvals=2)
    await browser.login("boss")
    await browser.get(f"/cases/{case.id}")
    answers = await asyncio.gather(*(browser.post(f"/cases/{case.id}/approve", **OK) for _ in range(5)))
    assert len(place.room.case(case.id).approvals) == 1
    assert place.room.case(case.id).status is Status.AWAITING_SECOND
    assert 500 not in answers


async def test_a_supervisor_of_elsewhere_sees_nothing(place: Place, browser: Browser) -> None:
    people = place.path / "people.toml"
    text = people.read_text(encoding="utf-8").replace('deputy = "S002"\n', "")
    people.write_text(text, encoding="utf-8")
    case = place.hold()
    await browser.login("boss2")
    await browser.get("/")
    assert case.id not in browser.page
    assert await browser.get(f"/cases/{case.id}") == 404
    await browser.get("/mine")
    assert await browser.post(f"/cases/{case.id}/approve", **OK) == 404
    place.decide(case, "S001", Move.REJECT)


async def test_a_login_for_every_method_and_body(place: Place, browser: Browser) -> None:
    case = place.hold()
    for method in ("PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "TRACE"):
        async with browser.http.request(
            method, f"{place.console.url}/cases/{case.id}/approve", allow_redirects=False
        ) as answer:
            assert answer.status in (303, 403, 404, 405)
    assert place.room.case(case.id).approvals == ()
