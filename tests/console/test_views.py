"""The pages: who sees what, and what a word does."""

from __future__ import annotations

import sqlite3

import pytest

from dlp.console import words
from quarantine.case import Move, Status
from tests.console.conftest import Browser, Place

OK = {"reason": "委託先への定例提供", "confirm": "yes"}


@pytest.mark.parametrize(
    ("login", "home", "audit", "status"),
    [
        ("boss", 200, 403, 403),
        ("privacy", 200, 403, 403),
        ("clerk", 200, 403, 403),
        ("admin", 200, 403, 200),
        ("auditor", 200, 200, 403),
    ],
)
async def test_role_walls(browser: Browser, login: str, home: int, audit: int, status: int) -> None:
    await browser.login(login)
    assert [await browser.get(path) for path in ("/", "/audit", "/status")] == [home, audit, status]


@pytest.mark.parametrize(
    ("login", "sees", "content"),
    [
        ("boss", True, True),  # supervisor of the department
        ("boss2", True, True),  # today's deputy
        ("privacy", False, False),  # not before the first approval
        ("clerk", True, False),  # the sender: the case, not what was found in it
        ("clerk2", False, False),  # a colleague
        ("admin", False, False),
        ("auditor", False, False),
    ],
)
async def test_who_sees_a_case(place: Place, browser: Browser, login: str, sees: bool, content: bool) -> None:
    case = place.hold()
    await browser.login(login)
    assert await browser.get(f"/cases/{case.id}") == (200 if sees else 404)
    assert ("霧●●●" in browser.page) is content
    assert ("view" in place.events()) is content


async def test_a_privacy_officer_sees_what_awaits_a_second_word(place: Place, browser: Browser) -> None:
    case = place.hold()
    place.decide(case, "S001")
    await browser.login("privacy")
    await browser.get("/")
    assert case.id in browser.page


async def test_the_list_has_own_departments_waiting_cases(place: Place, browser: Browser) -> None:
    mine, other = place.hold(), place.hold(person="S002")
    await browser.login("boss")
    await browser.get("/")
    assert mine.id in browser.page
    assert "<strong>150</strong>" in browser.page
    assert "氏名 150人" in browser.page
    assert other.id in browser.page  # S002's supervisor is S001, in another department


async def test_the_list_shows_the_masked_subject_and_is_on_record(place: Place, browser: Browser) -> None:
    case = place.hold(name="受講者●●（<b>霧●</b>）")
    broken = place.hold(name="破れた封", person="E002")
    await browser.login("boss")
    with sqlite3.connect(place.path / "room" / "room.db") as database:
        changed = database.execute("update held set preview = x'00' where id = ?", (broken.id,)).rowcount
    assert changed == 1
    await browser.get("/")
    assert "受講者●●（&lt;b&gt;霧●&lt;/b&gt;）" in browser.page
    assert broken.id in browser.page, "a broken seal hides neither its case nor the others"
    entry = next(entry for entry in place.room.entries(limit=10_000) if entry.event == "list")
    assert entry.actor == "S001"
    assert set(str(entry.detail["cases"]).split()) == {case.id, broken.id}
    await browser.post("/logout")
    await browser.login("clerk")
    await browser.get("/mine")
    assert case.id in browser.page
    assert "受講者" not in browser.page, "the sender sees the case, not what was found in it"


async def test_a_case_tells_that_its_password_came_in_another_mail(place: Place, browser: Browser) -> None:
    case = place.hold()
    await browser.login("boss")
    await browser.get(f"/cases/{case.id}")
    assert "PPAP" not in browser.page
    place.room.note("gateway", "password", {"mail": "0" * 26, "subjects": 1234}, subject=case.id)
    await browser.get(f"/cases/{case.id}")
    assert "別のメールで送られました（PPAP）" in browser.page
    assert "1,234人分" in browser.page


async def test_a_case_shows_all_that_a_decision_needs(place: Place, browser: Browser) -> None:
    case = place.hold(name="受講者●●")
    await browser.login("boss")
    await browser.get(f"/cases/{case.id}")
    for told in (
        "職員 一", "市民課", "a@outside.example", "受講者●●", "<strong>150</strong>", "氏名 150人、電話番号 150人",
        "名●.csv", "text/csv", "090-****-****", "（0分）", "異なる2名の承認が必要",
    ):  # fmt: skip
        assert told in browser.page, told
    assert browser.page.count("霧●●●") == 3, "three sample rows"


async def test_two_different_people_release_a_bulk_case(place: Place, browser: Browser) -> None:
    case = place.hold()
    path = f"/cases/{case.id}"
    await browser.login("boss")
    await browser.get(path)
    assert "異なる2名の承認が必要" in browser.page
    assert await browser.post(f"{path}/approve", reason=" ", confirm="yes") == 422
    assert await browser.post(f"{path}/approve", reason="業務") == 422
    assert await browser.post(f"{path}/approve", **OK) == 200
    assert place.room.case(case.id).status is Status.AWAITING_SECOND
    assert "あなたは承認済みです" in browser.page
    assert await browser.post(f"{path}/approve", **OK) == 403
    assert {notice.to for _, notice in place.room.notices()} == {"privacy@town.example"}
    await browser.post("/logout")
    await browser.login("boss2")
    await browser.get(path)
    assert "あと1名" in browser.page
    assert await browser.post(f"{path}/approve", **OK) == 200
    assert place.room.case(case.id).status is Status.APPROVED


async def test_nobody_decides_an_own_transfer(place: Place, browser: Browser) -> None:
    case = place.hold(person="S001")  # sent by boss; boss2 supervises
    await browser.login("boss")
    await browser.get(f"/cases/{case.id}")
    assert "/approve" not in browser.page
    assert await browser.post(f"/cases/{case.id}/approve", **OK) == 403
    assert await browser.post(f"/cases/{case.id}/reject", reason="x") == 403
    assert place.room.case(case.id).status is Status.QUARANTINED


async def test_a_rejection_tells_the_sender_why(place: Place, browser: Browser) -> None:
    case = place.hold()
    await browser.login("boss")
    await browser.get(f"/cases/{case.id}")
    assert await browser.post(f"/cases/{case.id}/reject", reason="宛先が誤っている") == 200
    assert place.room.case(case.id).status is Status.REJECTED
    ((_, notice),) = place.room.notices()
    assert (notice.to, "宛先が誤っている" in notice.body) == ("clerk@town.example", True)


async def test_a_sender_withdraws(place: Place, browser: Browser) -> None:
    case = place.hold()
    await browser.login("clerk")
    await browser.get("/mine")
    assert case.id in browser.page
    await browser.get(f"/cases/{case.id}")
    assert await browser.post(f"/cases/{case.id}/withdraw", reason="宛先の誤り") == 200
    assert place.room.case(case.id).status is Status.WITHDRAWN


async def test_somebody_was_faster(place: Place, browser: Browser) -> None:
    case = place.hold(approvals=1)
    await browser.login("boss")
    await browser.get(f"/cases/{case.id}")
    place.decide(case, "S002", Move.REJECT)
    assert await browser.post(f"/cases/{case.id}/approve", **OK) == 409
    assert "ほかの人が先に判断しました" in browser.page


async def test_what_a_subject_line_may_try(place: Place, browser: Browser) -> None:
    case = place.hold(name="<script>alert(1)</script>")
    await browser.login("boss")
    await browser.get(f"/cases/{case.id}")
    assert "<script>" not in browser.page
    assert "&lt;script&gt;" in browser.page


async def test_english_and_back(place: Place, browser: Browser) -> None:
    await browser.login("boss")
    await browser.get("/?lang=en")
    assert 'lang="en"' in browser.page
    assert "Cases waiting for you" in browser.page
    await browser.get("/mine")
    assert "My transfers" in browser.page
    await browser.get("/?lang=ja")
    assert "承認待ちの案件" in browser.page


@pytest.mark.parametrize("path", ["/cases/NOPE00", "/cases/%3Cscript%3E", "/nowhere"])
async def test_what_is_not_there(browser: Browser, path: str) -> None:
    await browser.login("boss")
    assert await browser.get(path) == 404
    assert "見つかりません" in browser.page
    assert "Not found" in browser.page


async def test_the_auditor_reads_the_chain(place: Place, browser: Browser) -> None:
    place.hold()
    await browser.login("auditor")
    assert await browser.get("/audit") == 200
    assert "連鎖は正常" in browser.page
    assert "login" in browser.page


def test_places_are_told_in_the_readers_language() -> None:
    assert words.place("sheet 2 table 1", "ja") == "シート 2 表 1"
    assert words.place("pivot cache", "ja") == "pivot cache"
    assert words.place("sheet 2", "en") == "sheet 2"
