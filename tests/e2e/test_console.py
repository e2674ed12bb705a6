"""From a held mail to its release, in a real browser, by keyboard; and the pictures for the documents."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

from quarantine.case import Status
from tests.e2e.browser import CHROMIUM, chromium
from tests.e2e.harness import REPO, Box
from tests.e2e.nexthop import NextHop
from tests.e2e.people import CSV, found_in
from tests.e2e.test_mail import OUTSIDE, send, without_trace
from tests.extract import makers

pytestmark = pytest.mark.e2e
PASSWORD = "correct horse battery"
#: Where pictures go: the environment names it (docs/console.md), otherwise a scratch folder.
SHOTS = os.environ.get("SCREENSHOTS", "")


@pytest.fixture
def shots(tmp_path: Path) -> Path:
    return Path(SHOTS) if SHOTS else tmp_path


@pytest.fixture(scope="module")
def hop() -> Iterator[NextHop]:
    with NextHop() as running:
        yield running


@pytest.fixture(scope="module")
def box(hop: NextHop, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Box]:
    off = {"enabled": False}
    settings = {"next_hop": f"127.0.0.1:{hop.port}", "next_hop_tls": "none"}
    with Box(tmp_path_factory.mktemp("console"), mail=settings, web=off, media=off) as running:
        for login in ("boss", "boss2", "clerk"):
            command = [sys.executable, "-m", "dlp", "people", "password", login, "--var", str(running.var)]
            subprocess.run(command, input=PASSWORD + "\n", text=True, check=True, cwd=REPO, capture_output=True)
        yield running


@pytest.fixture
def page(need: Callable[..., None]) -> Iterator[Page]:
    need(CHROMIUM)
    with chromium() as browser:
        made = browser.new_context(locale="ja-JP", viewport={"width": 1180, "height": 820}).new_page()
        made.set_default_timeout(45_000)
        yield made


def login(page: Page, box: Box, who: str) -> None:
    page.goto(box.console_url)
    page.wait_for_selector("#login:focus")
    page.keyboard.type(who)  # the first field has the focus
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_selector("form[action='/logout']")
    page.wait_for_load_state()


def logout(page: Page) -> None:
    page.click("form[action='/logout'] button")
    page.wait_for_selector("#password")


def tab_to(page: Page, selector: str) -> None:
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("s => document.activeElement.matches(s)", selector):
            return
    raise AssertionError(f"{selector} cannot be reached by keyboard")


def approve(page: Page, reason: str) -> None:
    tab_to(page, "#reason-approve")
    page.keyboard.type(reason)
    tab_to(page, "input[name=confirm]")
    page.keyboard.press("Space")
    tab_to(page, "button.main")
    with page.expect_navigation():
        page.keyboard.press("Enter")


def test_a_case_from_mail_to_release_by_keyboard(box: Box, hop: NextHop, page: Page, shots: Path) -> None:
    content = makers.eml(attachment=makers.xlsx(), name="受講者名簿.xlsx", kind="application/octet-stream")
    case_id = send(box.smtp_port, content)[1].rpartition(" ")[2]
    send(box.smtp_port, makers.eml(body="\r\n".join(CSV.splitlines()[:31])))

    page.goto(box.console_url)
    page.screenshot(path=shots / "login.png")
    login(page, box, "boss")
    assert page.inner_text(f"tr:has(a[href='/cases/{case_id}']) .subject").strip()
    assert found_in(page.content().encode()) == []
    page.screenshot(path=shots / "cases.png")
    tab_to(page, f"a[href='/cases/{case_id}']")
    page.keyboard.press("Enter")
    page.wait_for_selector("#reason-approve")
    page.wait_for_load_state()
    page.screenshot(path=shots / "case.png", full_page=True)
    text = page.inner_text("body")
    assert "150" in text
    assert "異なる2名の承認" in text
    assert page.locator("table.sample tbody tr").count() == 3
    assert "●" in page.inner_text("table.sample tbody")
    assert "受講者名簿.xlsx" in page.inner_text("table.tree")
    assert found_in(page.content().encode()) == []
    approve(page, "委託先への定例提供")
    assert "2人目の承認待ち" in page.inner_text("h1")
    page.screenshot(path=shots / "first-approval.png", full_page=True)
    logout(page)

    login(page, box, "boss2")
    page.goto(f"{box.console_url}/cases/{case_id}?lang=en")
    assert "One more is needed" in page.inner_text("body")
    page.screenshot(path=shots / "case-en.png", full_page=True)
    approve(page, "業務に必要と確認した")
    box.wait(lambda: hop.to(OUTSIDE))
    assert without_trace(hop.to(OUTSIDE)[0].content) == content
    room = box.room()
    try:
        box.wait(lambda: room.case(case_id).status is Status.RELEASED)
    finally:
        room.close()
    page.goto(f"{box.console_url}/cases/{case_id}?lang=ja")
    assert "送出済み" in page.inner_text("h1")
    page.screenshot(path=shots / "released.png", full_page=True)


def test_reject_and_withdraw(box: Box, hop: NextHop, page: Page) -> None:
    hop.mails.clear()
    rejected, withdrawn = (send(box.smtp_port, makers.eml(body=CSV))[1].rpartition(" ")[2] for _ in range(2))
    login(page, box, "boss")
    page.goto(f"{box.console_url}/cases/{rejected}")
    page.fill("#reason-reject", "宛先が誤っている")
    with page.expect_navigation():
        page.click("button.danger")
    assert "却下" in page.inner_text("h1")
    box.wait(lambda: any(b"Auto-Submitted" in mail.content for mail in hop.to("clerk@town.example")))
    logout(page)
    login(page, box, "clerk")
    page.goto(f"{box.console_url}/cases/{withdrawn}")
    assert page.locator("#reason-approve").count() == 0
    page.fill("#reason-withdraw", "送り先の誤り")
    with page.expect_navigation():
        page.click("button.danger")
    assert "取下げ" in page.inner_text("h1")
    assert hop.to(OUTSIDE) == []


def test_twice_the_size_needs_no_sideways_scrolling(box: Box, page: Page) -> None:
    case_id = send(box.smtp_port, makers.eml(body=CSV))[1].rpartition(" ")[2]
    login(page, box, "boss")
    page.set_viewport_size({"width": 590, "height": 600})  # 1180 at 200 %
    page.goto(f"{box.console_url}/cases/{case_id}")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_the_pages_ask_nothing_from_outside(box: Box, page: Page) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    login(page, box, "boss")
    assert asked
    assert [url for url in asked if not url.startswith(box.console_url)] == []
