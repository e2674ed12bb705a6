"""The pages of the ledger of media over a real console, register and audit chain: a loan from request to return by
the people it takes, and nobody else."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta

import pytest

from dlp.console import media_words, words
from dlp.directory.loans import LoanState, fiscal_end
from dlp.standing import DeviceStatus
from tests.console.conftest import Browser, Place
from tests.directory.counter import STICK

NOW = datetime.now(UTC)


@pytest.fixture
def stick(place: Place) -> str:
    place.desks.lending.register(STICK, "A001", NOW)
    return STICK.serial


async def ask(place: Place, browser: Browser, **more: str) -> int:
    """A request by the clerk; its number."""
    today = place.directory.today(datetime.now(UTC))
    await browser.login("clerk")
    await browser.get("/device/USB-7")
    form = {"purpose": "国勢調査の提出", "first": today.isoformat(), "last": today.isoformat()} | more
    assert await browser.post("/device/USB-7/request", **form) == 200, browser.page
    return place.desks.book.loans()[0].loan.id


async def as_(browser: Browser, login: str, path: str) -> int:
    await browser.post("/logout")
    await browser.login(login)
    return await browser.get(path)


async def test_a_loan_by_the_people_it_takes(place: Place, browser: Browser, stick: str) -> None:
    number = await ask(place, browser)
    assert "申請中" in browser.page
    assert await browser.post(f"/loan/{number}/approve") == 403  # the borrower's own
    await as_(browser, "boss", "/devices")
    assert f'href="/loan/{number}"' in browser.page
    await browser.get(f"/loan/{number}")
    assert "国勢調査の提出" in browser.page
    assert await browser.post(f"/loan/{number}/approve") == 200
    assert await browser.post(f"/loan/{number}/lend") == 200
    assert "持出し中" in browser.page
    assert await browser.post(f"/loan/{number}/return") == 422  # nobody says that it is erased
    place.left = 2
    assert await browser.post(f"/loan/{number}/return", erased="yes") == 422
    assert "まだファイルがあります" in browser.page
    place.left = 0
    assert await browser.post(f"/loan/{number}/return", erased="yes") == 200
    assert "ファイルがないことを装置が確認" in browser.page
    await browser.get("/device/USB-7")
    assert "返却済み" in browser.page
    assert [e for e in place.events() if e.startswith("loan_")] == [
        f"loan_{w}" for w in "request approve lend return".split()
    ]
    assert place.room.verify() == []


async def test_work_with_individual_numbers_waits_for_the_it_head(place: Place, browser: Browser, stick: str) -> None:
    number = await ask(place, browser, number_work="yes")
    await as_(browser, "boss", f"/loan/{number}")
    await browser.post(f"/loan/{number}/approve")
    assert "情報システム主管課長の承認待ち" in browser.page
    assert await browser.post(f"/loan/{number}/lend") == 422
    await as_(browser, "admin", f"/loan/{number}")
    assert await browser.post(f"/loan/{number}/approve") == 200
    found = place.desks.book.loan(number)
    assert found is not None
    assert (found.state, found.it_by) == (LoanState.APPROVED, "A001")


async def test_a_period_beyond_the_fiscal_year_is_refused(place: Place, browser: Browser, stick: str) -> None:
    today = place.directory.today(datetime.now(UTC))
    after = fiscal_end(today) + timedelta(days=1)
    await browser.login("clerk")
    await browser.get("/device/USB-7")
    form = {"purpose": "用務", "first": today.isoformat()}
    assert await browser.post("/device/USB-7/request", **form, last=after.isoformat()) == 422
    assert "年度末" in browser.page
    assert await browser.post("/device/USB-7/request", **form, last="mañana") == 422
    assert await browser.post("/device/USB-7/request", purpose=" ", first=str(today), last=str(today)) == 422
    assert place.desks.book.loans() == []


async def test_a_loss_is_at_once(place: Place, browser: Browser, stick: str) -> None:
    number = await ask(place, browser)
    for step in (place.desks.lending.approve, place.desks.lending.lend):
        step(number, "S001", datetime.now(UTC))
    await browser.get("/device/USB-7")
    assert await browser.post("/device/USB-7/lose", remark="電車内") == 200
    found = place.directory.device("USB-7")
    assert found is not None
    assert found.state is DeviceStatus.LOST
    assert "紛失" in browser.page


@pytest.mark.parametrize("login", ["clerk", "boss", "boss2", "privacy", "auditor"])
async def test_only_administrators_enter_devices(place: Place, browser: Browser, stick: str, login: str) -> None:
    await browser.login(login)
    await browser.get("/devices")
    for path in ("/devices/register", "/devices/import", "/inventory/open", "/inventory/close"):
        assert await browser.post(path, serial="X", name="x") == 403
    assert [d.serial for d in place.desks.book.devices()] == ["USB-7"]
    assert await browser.post("/device/USB-7/retire", remark="x") in (403, 200 if login.startswith("boss") else 404)


async def test_an_administrator_enters_corrects_and_takes_over(place: Place, browser: Browser, stick: str) -> None:
    (place.path / "devices.toml").write_text('[[device]]\nserial = "F 1?"\nproduct = "<b>"\n', encoding="utf-8")
    await browser.login("admin")
    await browser.get("/devices")
    assert "台帳未取込" in browser.page
    assert "&lt;b&gt;" in browser.page
    assert await browser.post("/devices/import") == 200
    assert await browser.post("/devices/register", serial="USB-9", number="市-0007") == 422  # taken
    form = {"number": "市-0009", "registered": "2026-04-01", "encrypted": "yes", "holder": "S001"}
    assert await browser.post("/devices/register", serial="USB-9", **form) == 200
    assert await browser.post("/devices/register", serial="USB-8", registered="yesterday") == 422
    assert {d.serial for d in place.desks.book.devices()} == {"USB-7", "USB-9", "F 1?"}
    assert await browser.get("/device/F%201%3F") == 200
    assert "台帳に登録" in browser.page


async def test_who_sees_which_device(place: Place, browser: Browser, stick: str) -> None:
    for login, status in (("clerk", 200), ("boss", 200), ("privacy", 200), ("auditor", 200), ("boss2", 200)):
        await browser.login(login)
        assert await browser.get("/device/USB-7") == status, login  # boss2 is the custodian's deputy
        await browser.post("/logout")
    from dataclasses import replace

    place.desks.lending.register(
        replace(STICK, serial="T-1", number="T-1", department="税務課", holder="S002"), "A001", NOW
    )
    await browser.login("clerk")
    assert await browser.get("/device/T-1") == 404
    assert await browser.post("/device/T-1/request", purpose="x", first="2026-01-01", last="2026-01-01") == 404
    await browser.get("/devices")
    assert "T-1" not in browser.page


async def test_somebody_else_s_request_is_not_there(place: Place, browser: Browser, stick: str) -> None:
    number = await ask(place, browser)
    assert await as_(browser, "clerk2", f"/loan/{number}") == 404
    assert await browser.get("/loan/99999") == 404
    assert await as_(browser, "auditor", f"/loan/{number}") == 200
    assert await browser.post(f"/loan/{number}/approve") == 403


async def test_the_ledger_as_csv_and_to_print(place: Place, browser: Browser, stick: str) -> None:
    number = await ask(place, browser, purpose="=cmd|'/C calc'!A0")
    for step in (place.desks.lending.approve, place.desks.lending.lend):
        step(number, "S001", datetime.now(UTC))
    assert await browser.get("/devices/ledger.csv") == 403
    await as_(browser, "auditor", "/devices/ledger")
    assert "登録番号" in browser.page
    assert "市-0007" in browser.page
    async with browser.http.get(browser.url + "/devices/ledger.csv") as answer:
        raw = await answer.read()
    assert raw.startswith(b"\xef\xbb\xbf")
    (line,) = csv.DictReader(io.StringIO(raw.decode("utf-8-sig")))
    assert line["登録番号"] == "市-0007"
    assert line["シリアル番号"] == "4C530001"
    assert line["使用目的"] == "'=cmd|'/C calc'!A0"
    assert (line["暗号化"], line["管理責任者"], line["状態"]) == ("有", "上司 一（S001）", "貸出中")
    assert await browser.get("/devices/loans.csv") == 200
    assert "'=cmd" in browser.page


async def test_an_inventory_by_its_people(place: Place, browser: Browser, stick: str) -> None:
    assert await browser.login("clerk") == 200
    assert await browser.get("/inventory") == 403
    await as_(browser, "admin", "/inventory")
    assert await browser.post("/inventory/open", name="令和8年度") == 200
    await as_(browser, "boss", "/inventory")
    assert await browser.post("/device/USB-7/tick", remark="金庫") == 200
    assert "金庫" in browser.page
    await as_(browser, "admin", "/inventory")
    assert "未確認 0件" in browser.page
    assert await browser.post("/inventory/close") == 200
    assert place.events().count("inventory_close") == 1


async def test_a_form_without_its_token_does_nothing(place: Place, browser: Browser, stick: str) -> None:
    await browser.login("admin")
    await browser.get("/devices")
    assert await browser.post("/devices/register", csrf="x", serial="USB-9") == 403
    assert await browser.post("/device/USB-7/lose", csrf="", remark="x") == 403
    assert [d.serial for d in place.desks.book.devices()] == ["USB-7"]


def test_a_word_shared_with_other_pages_says_the_same() -> None:
    assert {key for key, pair in media_words.OURS.items() if words.WORDS[key] != pair} == set()
