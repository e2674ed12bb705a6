"""Pages of the directory over a real register: who sees what, tasks, look-backs, exceptions."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from dlp.console import Console
from dlp.console.leavers import LeaverPages
from dlp.directory import Directory, copies, offboarding
from dlp.directory.keeper import Keeper
from dlp.directory.register import Register
from dlp.directory.staff import Sources
from dlp.settings import Config
from dlp.settings import Console as Settings
from dlp.standing import Person, PersonStatus
from dlp.transfer import Channel
from tests.console.conftest import Browser, Place


class Desk:
    """A console whose directory has a register; R001 has left in 2018, an account in LDAP has no employment."""

    def __init__(self, place: Place, tmp: Path) -> None:
        self.place = place
        self.register = Register(tmp / "register.db", place.room.enter)
        strangers = [Person(id="X9", name="幽霊", logins=("ghost",)), Person(id="E001", name="", department="税務課")]
        copies.keep(self.register, "ldap", "account", strangers, datetime.now(UTC) - timedelta(hours=30), shrink=0.0)
        self.directory = Directory(
            tmp / "people.toml", tmp / "devices.toml", register=self.register, sources=Sources(others=("ldap",))
        )
        self.keeper = Keeper(Config(var=tmp), self.directory, self.register, place.room)
        self.keeper.sync()
        self.console = Console(
            Settings(port=0),
            place.room,
            self.directory,
            place.accounts,
            session_key=b"k" * 32,
            pages=[LeaverPages(self.register)],
        )

    def task(self) -> offboarding.Task:
        with self.register.snapshot() as now:
            return next(task for task in offboarding.tasks(now) if task.person == "R001")

    def refused(self, channel: Channel = Channel.MAIL) -> bool:
        sender = "retired@town.example" if channel is Channel.MAIL else "retired"
        found = self.directory.standing(channel, sender, datetime.now(UTC), destination=("a@pref.example",))
        return found.status is PersonStatus.RETIRED

    def events(self) -> list[tuple[str, str, str]]:
        return [(e.actor, e.event, e.subject) for e in self.place.room.entries(0, 10_000)]


@pytest.fixture
async def desk(place: Place, tmp_path: Path) -> AsyncIterator[Desk]:
    made = Desk(place, tmp_path)
    await made.console.start()
    yield made
    await made.console.stop()
    made.register.close()


@pytest.fixture
async def browser(desk: Desk) -> AsyncIterator[Browser]:
    made = Browser(desk.console.url)
    yield made
    await made.http.close()


@pytest.mark.parametrize(
    ("login", "people", "leavers", "leaver"),
    [
        ("admin", 200, 200, 200),
        ("auditor", 200, 200, 200),
        ("privacy", 200, 200, 200),
        ("boss", 403, 200, 200),  # the leaver's supervisor
        ("boss2", 403, 200, 200),  # and deputy
        ("clerk", 403, 403, 404),
    ],
)
async def test_role_walls(browser: Browser, login: str, people: int, leavers: int, leaver: int) -> None:
    await browser.login(login)
    assert [await browser.get(path) for path in ("/people", "/leavers", "/leavers/R001")] == [people, leavers, leaver]


async def test_sources_conflicts_and_alarms_are_shown(browser: Browser) -> None:
    await browser.login("admin")
    for lang, said in (("ja", "30時間更新されていません"), ("en", "not been heard for 30 hours")):
        await browser.get(f"/people?lang={lang}")
        assert said in browser.page
        await browser.get(f"/status?lang={lang}")
        assert said in browser.page
    await browser.get("/people?lang=ja")
    assert "人事の名簿になし（拒否）" in browser.page
    assert "people: 市民課; ldap: 税務課" in browser.page


async def test_a_task_is_handed_on_and_finished_by_its_owner(desk: Desk, browser: Browser) -> None:
    assert desk.task().owner == "A001"
    await browser.login("admin")
    await browser.get("/leavers?lang=ja")
    assert "日超過" in browser.page
    number = desk.task().id
    assert await browser.post(f"/leavers/tasks/{number}/owner", owner="E002") == 200
    assert desk.task().owner == "E002"
    assert await browser.post(f"/leavers/tasks/{number}/owner", owner="R001") == 403  # not to the leaver
    await browser.get("/leavers")
    await browser.post("/logout")
    await browser.login("clerk2")
    assert await browser.get("/leavers") == 200
    assert await browser.post(f"/leavers/tasks/{number}/done", remark="AD と業務系を削除") == 200
    task = desk.task()
    assert (task.done_by, task.remark, task.open) == ("E002", "AD と業務系を削除", False)
    assert [owner for owner, _, _ in task.owners] == ["A001", "E002"]
    assert ("E002", "task done", f"task {number}") in desk.events()


async def test_nobody_else_finishes_it(desk: Desk, browser: Browser) -> None:
    number = desk.task().id
    await browser.login("boss")
    await browser.get("/leavers")
    assert await browser.post(f"/leavers/tasks/{number}/done", csrf=await csrf(browser)) == 403
    assert await browser.post(f"/leavers/tasks/{number}/owner", csrf=await csrf(browser), owner="S001") == 403
    assert desk.task().open


async def csrf(browser: Browser) -> str:
    await browser.get("/leavers/R001")
    return browser.page.partition('name="csrf" value="')[2].partition('"')[0]


SCOPE = {"reason": "引継ぎ資料の送付", "channels": "mail", "destinations": "@pref.example"}


async def test_a_superior_grants_an_exception_and_takes_it_back(desk: Desk, browser: Browser) -> None:
    assert desk.refused()
    await browser.login("boss")
    await browser.get("/leavers/R001?lang=ja")
    until = (datetime.now(UTC).date() + timedelta(days=3)).isoformat()
    assert await browser.post("/leavers/R001/exceptions", until=until, **SCOPE) == 200
    assert "引継ぎ資料の送付" in browser.page
    assert not desk.refused()
    assert desk.refused(Channel.WEB)
    assert ("S001", "exemption", "exemption 1") in desk.events()
    assert await browser.post("/leavers/exceptions/1/revoke", csrf=await csrf(browser)) == 200
    assert desk.refused()


@pytest.mark.parametrize(
    "wrong", [{"reason": ""}, {"channels": "fax"}, {"until": ""}, {"until": "2018-12-31"}, {"until": "2099-01-01"}]
)
async def test_an_exception_needs_all_its_parts(desk: Desk, browser: Browser, wrong: dict[str, str]) -> None:
    await browser.login("boss")
    form = SCOPE | {"until": (datetime.now(UTC).date() + timedelta(days=3)).isoformat()} | wrong
    assert await browser.post("/leavers/R001/exceptions", csrf=await csrf(browser), **form) == 422
    assert desk.refused()


@pytest.mark.parametrize("login", ["admin", "auditor"])
async def test_only_a_superior_grants(desk: Desk, browser: Browser, login: str) -> None:
    await browser.login(login)
    form = SCOPE | {"until": (datetime.now(UTC).date() + timedelta(days=3)).isoformat()}
    assert await browser.post("/leavers/R001/exceptions", csrf=await csrf(browser), **form) == 403
    assert desk.refused()


async def test_the_look_back_is_for_the_superior_and_its_reading_on_record(desk: Desk, browser: Browser) -> None:
    await browser.login("admin")
    await browser.get("/leavers/R001?lang=en")
    assert "Look-back" not in browser.page
    await browser.post("/logout")
    await browser.login("boss")
    await browser.get("/leavers/R001?lang=en")
    assert "Look-back" in browser.page
    assert ("S001", "lookback viewed", "") in desk.events()
