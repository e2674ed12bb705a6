"""Pages of the directory: where people come from and what is wrong with it; leavers, tasks, look-backs, exceptions."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from aiohttp import web

from dlp.console.accounts import Account
from dlp.console.pages import Link, account_of, hidden
from dlp.directory import Directory, exemptions, letters, lookback, offboarding
from dlp.directory.exemptions import Exemption
from dlp.directory.offboarding import Task
from dlp.directory.register import Register
from dlp.errors import SenderFault
from dlp.standing import Person, PersonStatus

if TYPE_CHECKING:
    from dlp.console.server import Console

_OVERSEERS = ("administrator", "privacy", "auditor")
_FAULTS: dict[str, tuple[str, str]] = {
    "need_reason": ("理由を入力してください。", "Give a reason."),
    "exemption_own": ("自分に例外を許可することはできません。", "Nobody grants an exception to oneself."),
    "exemption_channels": ("経路を選んでください。", "Choose a channel."),
    "exemption_days": (
        f"期間を正しく入力してください（{exemptions.LONGEST_DAYS}日まで）。",
        f"Give a period of at most {exemptions.LONGEST_DAYS} days.",
    ),
}


@dataclass(frozen=True, slots=True)
class _Row:
    """One leaver as the list shows it."""

    person: Person
    status: PersonStatus
    task: Task | None
    days: int  # until the end date; negative: since
    late: int


class LeaverPages:
    """Handlers of /people and /leavers."""

    links = (
        Link("/leavers", "leavers", frozenset({"supervisor", *_OVERSEERS})),
        Link("/people", "people_told", frozenset(_OVERSEERS)),
    )

    def __init__(self, register: Register) -> None:
        self._register = register

    def add_to(self, router: web.UrlDispatcher, console: Console) -> None:
        """Name every page's address."""
        self._console, self._directory, self._room = console, console.directory, console.room
        router.add_get("/people", self.people)
        router.add_get("/leavers", self.leavers)
        router.add_get("/leavers/{person}", self.leaver)
        router.add_post("/leavers/tasks/{task}/done", self.done)
        router.add_post("/leavers/tasks/{task}/owner", self.assign)
        router.add_post("/leavers/exceptions/{number}/revoke", self.revoke)
        router.add_post("/leavers/{person}/exceptions", self.grant)

    # where people come from

    async def people(self, request: web.Request) -> web.StreamResponse:
        """GET /people: the sources, how old they are, where they differ."""
        if account_of(request).role not in _OVERSEERS:
            return self._console.message(request, "forbidden", status=403)
        now, directory = datetime.now(UTC), self._directory
        found = await asyncio.to_thread(directory.people)
        rows = [(person, directory.status(person, now), directory.sources_of(person.id)) for person in found]
        return self._console.page(
            request,
            "people.html",
            ages=directory.ages(now),
            alarms=await asyncio.to_thread(alarms_of, directory, self._console.lang(request)),
            conflicts=directory.conflicts(),
            rows=rows,
            names={person.id: person.name for person in found},
        )

    # leavers

    async def leavers(self, request: web.Request) -> web.StreamResponse:
        """GET /leavers: whose end date is known, whose accounts are still there, who has to remove them."""
        account, now = account_of(request), datetime.now(UTC)
        rows = [row for row in await asyncio.to_thread(self._rows, now) if self._may_see(account, row, now)]
        if account.role == "staff" and not rows:
            return self._console.message(request, "forbidden", status=403)
        return self._console.page(
            request,
            "leavers.html",
            open=[row for row in rows if row.task and row.task.open],
            closed=[row for row in rows if row.task and not row.task.open],
            may_finish={row.task.id for row in rows if row.task and _may_finish(account, row.task)},
            may_assign=account.role == "administrator",
            people=self._employed(now),
            name=self._name,
            saved="saved" in request.query,
        )

    def _rows(self, now: datetime) -> list[_Row]:
        today = self._directory.today(now)
        with self._register.snapshot() as snapshot:
            tasks = offboarding.tasks(snapshot)
        rows = []
        for task in tasks:
            person = self._directory.person(task.person) or Person(id=task.person, name=task.name)
            days = ((person.end or task.due) - today).days
            status = self._directory.status(person, now)
            rows.append(_Row(person=person, status=status, task=task, days=days, late=task.late(today)))
        return rows

    def _employed(self, now: datetime) -> list[Person]:
        people = self._directory.people()
        return [person for person in people if self._directory.status(person, now) is PersonStatus.ACTIVE]

    def _name(self, number: str) -> str:
        person = self._directory.person(number)
        return f"{person.name}（{number}）" if person is not None else number

    def _may_see(self, account: Account, row: _Row, now: datetime) -> bool:
        owns = row.task is not None and row.task.owner == account.person
        return owns or account.role in _OVERSEERS or self._decides(account, row.person, now)

    def _decides(self, account: Account, person: Person, now: datetime) -> bool:
        """Whether this is the leaver's superior, or who stands in: deputy or privacy officer."""
        if account.role not in ("supervisor", "privacy") or account.person == person.id:
            return False
        deciders = {decider.id for decider in self._directory.deciders(person, now)}
        return account.role == "privacy" or account.person in deciders

    async def leaver(self, request: web.Request, text: str = "", status: int = 200) -> web.StreamResponse:
        """GET /leavers/PERSON: the look-back, and the exceptions."""
        account, now = account_of(request), datetime.now(UTC)
        person = self._person(request)
        superior = self._decides(account, person, now)
        if not superior and account.role not in _OVERSEERS:
            raise hidden(request)  # who leaves is not for everybody to know
        made, leaves = await asyncio.to_thread(self._about, person.id)
        if account.role == "administrator":
            made = None  # with whom somebody corresponds is nothing for the administrator
        if made is not None:
            await asyncio.to_thread(self._room.note, account.person, "lookback viewed", {"person": person.id})
        return self._console.page(
            request,
            "leaver.html",
            status=status,
            text=text,
            person=person,
            standing=self._directory.status(person, now),
            made=made,
            leaves=leaves,
            superior=superior,
            today=self._directory.today(now),
            name=self._name,
            saved="saved" in request.query,
        )

    def _about(self, person: str) -> tuple[tuple[datetime, dict[str, Any]] | None, list[Exemption]]:
        with self._register.snapshot() as now:
            return lookback.latest(now, person), exemptions.listed(now, person)

    def _person(self, request: web.Request) -> Person:
        person = self._directory.person(request.match_info["person"])
        if person is None:
            raise web.HTTPNotFound
        return person

    # words

    async def done(self, request: web.Request) -> web.StreamResponse:
        """POST /leavers/tasks/TASK/done: by its owner or an administrator."""
        account, form, task = account_of(request), await request.post(), await self._task(request)
        if not _may_finish(account, task):
            return self._console.message(request, "forbidden", status=403)
        remark = str(form.get("remark", ""))
        await asyncio.to_thread(offboarding.done, self._register, task.id, account.person, remark, self._room.binding)
        raise web.HTTPSeeOther("/leavers?saved=1")

    async def assign(self, request: web.Request) -> web.StreamResponse:
        """POST /leavers/tasks/TASK/owner: by an administrator, to somebody who works here."""
        account, form, task = account_of(request), await request.post(), await self._task(request)
        owner = str(form.get("owner", ""))
        if (
            account.role != "administrator"
            or owner == task.person
            or not self._console.employed(owner, datetime.now(UTC))
        ):
            return self._console.message(request, "forbidden", status=403)
        await asyncio.to_thread(offboarding.assign, self._register, task.id, owner, account.person)
        raise web.HTTPSeeOther("/leavers?saved=1")

    async def _task(self, request: web.Request) -> Task:
        with self._register.snapshot() as now:
            found = [task for task in offboarding.tasks(now) if str(task.id) == request.match_info["task"]]
        if not found:
            raise web.HTTPNotFound
        return found[0]

    async def grant(self, request: web.Request) -> web.StreamResponse:
        """POST /leavers/PERSON/exceptions: by the leaver's superior."""
        account, form, person = account_of(request), await request.post(), self._person(request)
        now = datetime.now(UTC)
        if not self._decides(account, person, now):
            return self._console.message(request, "forbidden", status=403)
        try:
            until = date.fromisoformat(str(form.get("until", "")))
            since = date.fromisoformat(str(form.get("since") or self._directory.today(now)))
            if until < self._directory.today(now):
                raise SenderFault("exemption_days")
            await asyncio.to_thread(
                exemptions.grant,
                self._register,
                person=person.id,
                by=account.person,
                reason=str(form.get("reason", "")),
                channels=[str(channel) for channel in form.getall("channels", [])],
                destinations=str(form.get("destinations", "")).replace(",", " ").split(),
                since=since,
                until=until,
                binding=self._room.binding,
            )
        except ValueError:
            return await self.leaver(request, self._fault(request, "exemption_days"), 422)
        except SenderFault as fault:
            return await self.leaver(request, self._fault(request, str(fault)), 422)
        raise web.HTTPSeeOther(f"/leavers/{person.id}?saved=1")

    def _fault(self, request: web.Request, code: str) -> str:
        return _FAULTS[code][0 if self._console.lang(request) == "ja" else 1]

    async def revoke(self, request: web.Request) -> web.StreamResponse:
        """POST /leavers/exceptions/NUMBER/revoke: by a superior, privacy officer or administrator."""
        account, number = account_of(request), request.match_info["number"]
        with self._register.snapshot() as snapshot:
            found = [leave for leave in exemptions.listed(snapshot) if str(leave.id) == number]
        if not found:
            raise web.HTTPNotFound
        person = self._directory.person(found[0].person) or Person(id=found[0].person, name="")
        if account.role != "administrator" and not self._decides(account, person, datetime.now(UTC)):
            return self._console.message(request, "forbidden", status=403)
        await asyncio.to_thread(exemptions.revoke, self._register, found[0].id, account.person)
        raise web.HTTPSeeOther(f"/leavers/{found[0].person}?saved=1")


def alarms_of(directory: Directory, lang: str) -> list[tuple[str, datetime | None]]:
    """(what is wrong with the sources of people, since when); blocks."""
    return [(letters.told(alarm, lang), alarm.raised) for alarm in directory.alarms()]


def _may_finish(account: Account, task: Task) -> bool:
    return task.open and (account.person == task.owner != "" or account.role == "administrator")
