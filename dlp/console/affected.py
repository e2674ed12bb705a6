"""The list of an incident's affected people: made by reading again what is still sealed, when two people want it."""

from __future__ import annotations

import asyncio
import csv
import io
import logging
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from aiohttp import web

from dlp import texts
from dlp.console import words
from dlp.console.incident import attachment, find
from dlp.console.pages import Link, account_of, hidden
from dlp.errors import GatewayFault
from dlp.incident import transfer_of
from dlp.inspector import Inspector
from dlp.subjects.people.affected import Affected
from quarantine.case import NotAllowed, Notice, RoomError, Status
from quarantine.inquiry import Incident

if TYPE_CHECKING:
    from dlp.console.server import Console

log = logging.getLogger(__name__)

_OFFICER = frozenset({"privacy"})
_SECOND = frozenset({"privacy", "supervisor"})
_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Listed:
    """The people of an incident, and of how many transfers they could not be told."""

    people: tuple[Affected, ...]
    without: int  # transfers whose content is not there
    unread: int


class AffectedPages:
    """/incidents/ID/people: asked for by the privacy officer, allowed by a second person, made in a worker."""

    links: tuple[Link, ...] = ()

    def __init__(self, inspector: Inspector) -> None:
        self._inspector = inspector

    def add_to(self, router: web.UrlDispatcher, console: Console) -> None:
        """Name every page's address."""
        self._console, self._room = console, console.room
        router.add_post("/incidents/{id}/ask", self.ask)
        router.add_get("/incidents/{id}/allow", self.second)
        router.add_post("/incidents/{id}/allow", self.allow)
        router.add_post("/incidents/{id}/people", self.people)
        router.add_post("/incidents/{id}/people.csv", self.csv)

    async def ask(self, request: web.Request) -> web.StreamResponse:
        """POST /incidents/ID/ask."""
        actor, incident = self._as(request, _OFFICER), await find(self._room, request)
        await asyncio.to_thread(self._room.inquiry.ask_leave, incident.id, actor, self._told(incident, actor))
        raise web.HTTPSeeOther(f"/incidents/{incident.id}#affected")

    def _told(self, incident: Incident, actor: str) -> list[Notice]:
        """Notices to those who may allow it: other privacy officers, and the officer's supervisor."""
        directory = self._console.directory
        asker = directory.person(actor)
        seconds = [p for p in directory.people() if p.role == "privacy" and p.id != actor]
        supervisor = directory.person(asker.supervisor) if asker and asker.supervisor else None
        mails = [person.mail[0] for person in (*seconds, *filter(None, [supervisor])) if person.mail]
        url = f"{self._console.url}/incidents/{incident.id}/allow"
        body = f"漏えい等事案 {incident.id} の対象者一覧の作成に、あなたの承認が求められています。\n確認画面： {url}\n"
        subject = f"【関所】対象者一覧の承認依頼（事案 {incident.id}）"
        return [Notice(to=mail, subject=subject, body=body) for mail in dict.fromkeys(mails)]

    async def second(self, request: web.Request, text: str = "", status: int = 200) -> web.StreamResponse:
        """GET /incidents/ID/allow: what a second person is asked; nothing of the incident but its size."""
        actor, incident = self._as(request, _SECOND), await find(self._room, request)
        leave = incident.leave
        if leave is None:
            raise web.HTTPNotFound
        asker = self._console.directory.person(leave.asked_by)
        return self._console.page(
            request,
            "allow.html",
            status=status,
            incident=incident,
            text=text,
            asker=asker.name if asker else leave.asked_by,
            open=leave.given_at is None and leave.asked_by != actor,
        )

    async def allow(self, request: web.Request) -> web.StreamResponse:
        """POST /incidents/ID/allow."""
        actor, incident = self._as(request, _SECOND), await find(self._room, request)
        lang = self._console.lang(request)
        try:
            await asyncio.to_thread(self._room.inquiry.give_leave, incident.id, actor)
        except NotAllowed:
            return await self.second(request, words.word("refused", lang), 403)
        return await self.second(request, words.word("affected_done", lang))

    async def people(self, request: web.Request) -> web.StreamResponse:
        """POST /incidents/ID/people: the list on a page."""
        listed = await self._listed(request)
        if listed is None:
            return self._console.message(request, "affected_not", status=403)
        incident, found = listed
        return self._console.page(
            request, "affected.html", incident=incident, listed=found, shown=found.people[:_SHOWN]
        )

    async def csv(self, request: web.Request) -> web.StreamResponse:
        """POST /incidents/ID/people.csv: the list to write letters by."""
        listed = await self._listed(request)
        if listed is None:
            return self._console.message(request, "affected_not", status=403)
        return attachment(_csv(listed[1].people), "text/csv", f"通知用一覧_{listed[0].id}.csv")

    async def _listed(self, request: web.Request) -> tuple[Incident, Listed] | None:
        actor = self._as(request, _OFFICER)
        await find(self._room, request)
        try:
            incident = await asyncio.to_thread(self._room.inquiry.listed, request.match_info["id"], actor)
        except NotAllowed:
            return None
        return incident, await self._read(incident, actor)

    async def _read(self, incident: Incident, actor: str) -> Listed:
        """Read every sealed transfer again, one after the other: content of one at a time is in memory."""
        people: dict[tuple[str, ...], Affected] = {}
        without = unread = 0
        for hit in incident.hits:
            if hit.row.status is None or hit.row.status is Status.PURGED:
                without += 1
                continue
            try:
                case = await asyncio.to_thread(self._room.case, hit.row.case)
                content = await asyncio.to_thread(self._room.content, case.id, actor, "incident")
                found = await self._inspector.affected(transfer_of(case, content))
            except (RoomError, GatewayFault) as error:
                log.warning("a transfer is not listed", extra={"case": hit.row.case, "error": type(error).__name__})
                unread += 1
                continue
            unread += bool(found.unread)
            for person in found.affected:
                _meet(people, person)
        ordered = sorted(people.values(), key=lambda person: (person.kana or person.name, person.name))
        return Listed(tuple(ordered), without, unread)

    def _as(self, request: web.Request, roles: frozenset[str]) -> str:
        account = account_of(request)
        if account.role not in roles:
            raise hidden(request)
        return account.person


def _meet(people: dict[tuple[str, ...], Affected], person: Affected) -> None:
    """Once a person: the same name and the strongest fact there is."""
    strongest = person.birth or person.phone or person.email or person.address
    key = (person.name or person.kana, strongest)
    before = people.get(key)
    if before is None:
        people[key] = person
        return
    facts = {name: getattr(before, name) or getattr(person, name) for name in _FACTS}
    people[key] = replace(before, **facts, kinds=tuple(dict.fromkeys((*before.kinds, *person.kinds))))


_FACTS = ("name", "kana", "birth", "address", "phone", "email")
_HEAD = ("番号", "氏名", "フリガナ", "生年月日", "住所", "電話番号", "メールアドレス", "含まれた項目")


def _csv(people: tuple[Affected, ...]) -> bytes:
    """For a spreadsheet: UTF-8 with its mark, nothing that would be taken for a formula."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerow(_HEAD)
    for number, person in enumerate(people, 1):
        kinds = "・".join(texts.pick(texts.CATEGORIES, kind, "ja") for kind in person.kinds)
        writer.writerow([number, *(_plain(getattr(person, name)) for name in _FACTS), kinds])
    return b"\xef\xbb\xbf" + file.getvalue().encode("utf-8", "replace")


def _plain(cell: str) -> str:
    return f"'{cell}" if cell[:1] in tuple("=+-@\t\r") else cell
