"""A real console on loopback over a real room; a small HTTP client that behaves like a browser."""

from __future__ import annotations

import re
import shutil
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from aiohttp import ClientSession, CookieJar

from dlp.console import Accounts, Console
from dlp.console.checkoff import CheckoffPages
from dlp.console.coverage import CoveragePages
from dlp.console.devices import DevicePages
from dlp.console.heartbeat import Heartbeat
from dlp.console.loans import LoanPages
from dlp.directory import Directory
from dlp.directory.desks import Desks
from dlp.directory.devicebook import DeviceBook
from dlp.directory.register import Register
from dlp.incident import case_of
from dlp.inspection import Inspection, Sample, TreeEntry
from dlp.settings import Config, Media
from dlp.settings import Console as Settings
from dlp.standing import PersonStatus, Standing
from dlp.transfer import Channel, Transfer
from dlp.verdict import Action, Reason, Verdict
from quarantine.case import Case, Decision, Move
from quarantine.keys import KeyRing
from quarantine.room import Room
from tests.e2e.harness import PEOPLE

PASSWORD = "a long enough password"
ROLES = {
    "boss": ("S001", "supervisor"),
    "boss2": ("S002", "supervisor"),
    "privacy": ("P001", "privacy"),
    "admin": ("A001", "administrator"),
    "clerk": ("E001", "staff"),
    "clerk2": ("E002", "staff"),
    "auditor": ("A001", "auditor"),
    "retired": ("R001", "supervisor"),
}


class Place:
    """The console, its room and its people."""

    def __init__(self, tmp: Path, accounts: Path) -> None:
        (tmp / "people.toml").write_text(PEOPLE, encoding="utf-8")
        self.room = Room.open(tmp / "room", KeyRing.open_or_create(tmp / "keys.json"))
        self.directory = Directory(tmp / "people.toml", tmp / "devices.toml")
        shutil.copy(accounts, tmp / "accounts.sqlite")
        self.accounts = Accounts.open(tmp / "accounts.sqlite")
        self.path = tmp
        settings = Settings(port=0, lockout_attempts=3, lockout_minutes=10)
        self.register = Register(tmp / "register.db", self.room.enter)
        self.directory.book = DeviceBook(self.register)
        config = Config(media=Media(number_approver="A001"))
        self.desks = Desks.over(config, self.register, self.directory, self.room, lambda device: self.left)
        self.left: int | None = None  # files on a device that is returned
        self.coverage = CoveragePages(self.desks)
        self.console = Console(
            settings,
            self.room,
            self.directory,
            self.accounts,
            session_key=b"k" * 32,
            pages=(
                DevicePages(self.desks),
                LoanPages(self.desks),
                self.coverage,
                CheckoffPages(self.desks),
                Heartbeat(self.desks),
            ),
        )

    def hold(self, *, person: str = "E001", people: int = 150, name: str = "件名", approvals: int = 2) -> Case:
        sender = self.directory.person(person)
        assert sender
        standing = Standing(
            status=PersonStatus.ACTIVE, person=sender, supervisor=self.directory.person(sender.supervisor)
        )
        transfer = Transfer(
            channel=Channel.MAIL, sender=sender.mail[0], destination=("a@outside.example",), name=name, data=b"bytes"
        )
        inspection = Inspection(
            subjects=people,
            lower=people,
            upper=people,
            counts={"name": people, "phone": people},
            masked_name=name,
            tree=(TreeEntry(("名●.csv",), "text/csv", 20, people),),
            samples=(Sample(("名●.csv",), "table 1", ("name", "phone"), (("霧●●●", "090-****-****"),) * 3),),
        )
        reason = Reason("bulk_subjects", {"subjects": people, "limit": 100})
        verdict = Verdict(
            action=Action.QUARANTINE, reasons=(reason,), ruleset="r", approvals=approvals, reportable=("4",)
        )
        return self.room.admit(case_of(transfer, inspection, standing, verdict, ()), b"bytes")

    def decide(self, case: Case, actor: str, move: Move = Move.APPROVE) -> None:
        self.room.decide(case.id, Decision(actor=actor, move=move, reason="業務", at=datetime.now(UTC)))

    def events(self) -> list[str]:
        return [entry.event for entry in self.room.entries(limit=10_000)]


class Browser:
    """Keeps cookies, follows redirects, knows the last page."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.http = ClientSession(cookie_jar=CookieJar(unsafe=True))
        self.page, self.status = "", 0
        self.headers: dict[str, str] = {}

    async def get(self, path: str, **headers: str) -> int:
        async with self.http.get(self.url + path, headers=headers) as answer:
            return await self._keep(answer)

    async def post(
        self, path: str, *, csrf: str | None = None, headers: dict[str, str] | None = None, **form: str
    ) -> int:
        if csrf is None:
            found = re.search(r'name="csrf" value="([^"]+)"', self.page)
            csrf = found[1] if found else ""
        async with self.http.post(self.url + path, data={"csrf": csrf, **form}, headers=headers or {}) as answer:
            return await self._keep(answer)

    async def _keep(self, answer) -> int:  # type: ignore[no-untyped-def]
        self.page, self.status, self.headers = await answer.text(), answer.status, dict(answer.headers)
        return self.status

    async def login(self, login: str, password: str = PASSWORD) -> int:
        await self.get("/login")
        return await self.post("/login", login=login, password=password)


@pytest.fixture(scope="session")
def accounts_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Everybody's account, hashed once: Argon2 is slow on purpose."""
    path = tmp_path_factory.mktemp("accounts") / "accounts.sqlite"
    accounts = Accounts.open(path)
    for login, (person, role) in ROLES.items():
        accounts.create(login, person, role, PASSWORD)
    accounts.close()
    return path


@pytest.fixture
async def place(tmp_path: Path, accounts_file: Path) -> AsyncIterator[Place]:
    made = Place(tmp_path, accounts_file)
    await made.console.start()
    yield made
    await made.console.stop()
    made.accounts.close()
    made.room.close()


@pytest.fixture
async def browser(place: Place) -> AsyncIterator[Browser]:
    made = Browser(place.console.url)
    yield made
    await made.http.close()
