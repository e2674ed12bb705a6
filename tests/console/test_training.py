"""The administrator changes what is told at the moment of blocking; nobody else does, and it is on record."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from dlp.console import Console
from dlp.console.training import TrainingPages
from dlp.settings import Console as Settings
from dlp.training import Training
from tests.console.conftest import Browser, Place


@pytest.fixture
def texts(tmp_path: Path) -> Training:
    return Training(tmp_path / "training")


@pytest.fixture
async def browser(place: Place, texts: Training) -> AsyncIterator[Browser]:
    console = Console(
        Settings(port=0),
        place.room,
        place.directory,
        place.accounts,
        session_key=b"k" * 32,
        pages=[TrainingPages(texts)],
    )
    await console.start()
    made = Browser(console.url)
    yield made
    await made.http.close()
    await console.stop()


async def test_a_text_is_changed_and_told_and_on_record(place: Place, browser: Browser, texts: Training) -> None:
    await browser.login("admin")
    assert await browser.get("/training") == 200
    assert await browser.get("/training/sensitive") == 200
    assert await browser.post("/training/sensitive", ja="平塚市の<b>きまり</b>", en="Our rule") == 200
    assert texts.text("sensitive", "ja") == "平塚市の<b>きまり</b>"
    assert "平塚市の&lt;b&gt;きまり" in browser.page
    last = place.room.entries(place.room.last_entry() - 1)[0]
    assert (last.actor, last.event, last.detail["what"]) == ("A001", "training text changed", "sensitive")
    await browser.get("/training/sensitive")
    await browser.post("/training/sensitive", ja="x", en="x", shipped="yes")
    assert texts.own("sensitive", "ja") is None


@pytest.mark.parametrize("login", ["boss", "clerk", "auditor", "privacy"])
async def test_nobody_else_changes_it(place: Place, browser: Browser, texts: Training, login: str) -> None:
    await browser.login(login)
    assert await browser.get("/training") == 403
    assert await browser.get("/training/sensitive") == 403
    await browser.get("/reports" if login in ("boss", "auditor") else "/mine")
    assert await browser.post("/training/sensitive", ja="mine", en="mine") == 403
    assert texts.own("sensitive", "ja") is None


async def test_what_cannot_be_kept_is_said(browser: Browser, texts: Training) -> None:
    await browser.login("admin")
    await browser.get("/training/sensitive")
    assert await browser.post("/training/sensitive", ja="長" * 1001, en="") == 422
    assert texts.own("sensitive", "ja") is None
    assert await browser.get("/training/..%2Fpeople") == 404
