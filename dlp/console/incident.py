"""The incident workbench: transfers chosen, whether the law asks for a report and until when, and its draft."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from aiohttp import web

from dlp.breach import assess, draft
from dlp.breach.assess import Facts, Line
from dlp.breach.docx import MEDIA_TYPE, docx
from dlp.console import words
from dlp.console.pages import Link, account_of, field, hidden
from dlp.console.trace import described
from quarantine.case import NoSuchCase, Status
from quarantine.inquiry import Hit, Incident, NoSuchIncident, TooMany
from quarantine.room import Room

if TYPE_CHECKING:
    from dlp.console.server import Console

_OFFICER = frozenset({"privacy"})
_LONG_AGO = timedelta(days=3650)  # a day the town came to know that is earlier, or to come, is mistyped
_WORDS = 20_000  # characters of one item of the report


class IncidentPages:
    """/incidents, for the privacy officer alone. `town`: who reports."""

    links = (Link("/incidents", "incidents", _OFFICER),)

    def __init__(self, town: str) -> None:
        self._town = town

    def add_to(self, router: web.UrlDispatcher, console: Console) -> None:
        """Name every page's address."""
        self._console, self._room = console, console.room
        router.add_get("/incidents", self.incidents)
        router.add_post("/incidents", self.open)
        router.add_get("/incidents/{id}", self.incident)
        router.add_post("/incidents/{id}", self.save)
        router.add_post("/incidents/{id}/add", self.add)
        router.add_get("/incidents/{id}/report.docx", self.word)
        router.add_get("/incidents/{id}/report.html", self.html)

    async def incidents(self, request: web.Request, text: str = "", status: int = 200) -> web.StreamResponse:
        """GET /incidents."""
        self._officer(request)
        found = await asyncio.to_thread(self._room.inquiry.incidents)
        today = datetime.now(self._console.zone).date()
        return self._console.page(
            request, "incidents.html", status=status, text=text, incidents=found, today=today.isoformat()
        )

    async def open(self, request: web.Request) -> web.StreamResponse:
        """POST /incidents: with the transfers that were ticked, or those of a span of time or a case."""
        account, form = self._officer(request), await request.post()
        chosen = [str(value) for value in form.getall("transfer", [])]
        try:
            chosen += await self._chosen(request)
        except TooMany:
            return await self.incidents(request, words.word("incident_many", self._console.lang(request)), 422)
        if not chosen:  # an incident of nothing would stand on record for ever
            return await self.incidents(request, words.word("incident_empty", self._console.lang(request)), 422)
        body = {"known": datetime.now(self._console.zone).date().isoformat()}
        made = await asyncio.to_thread(self._room.inquiry.open_incident, account, chosen, body)
        raise web.HTTPSeeOther(f"/incidents/{made}")

    async def add(self, request: web.Request) -> web.StreamResponse:
        """POST /incidents/ID/add: by time and person, or by case."""
        account, incident = self._officer(request), await self._find(request)
        try:
            chosen = await self._chosen(request)
        except TooMany:
            return await self.incident(request, words.word("incident_many", self._console.lang(request)), 422)
        if not chosen:
            return await self.incident(request, words.word("incident_empty", self._console.lang(request)), 422)
        save = self._room.inquiry.save_incident
        await asyncio.to_thread(save, incident.id, account, incident.body, chosen)
        raise web.HTTPSeeOther(f"/incidents/{incident.id}")

    async def _chosen(self, request: web.Request) -> list[str]:
        """The transfers that a form names by time and person, or by case."""
        chosen, case = await self._span(request), await field(request, "case", 20)
        if case:
            with suppress(NoSuchCase):
                chosen.append((await asyncio.to_thread(self._room.case, case)).entry.transfer)
        return chosen

    async def _span(self, request: web.Request) -> list[str]:
        """Transfers between two days, both included."""
        try:
            since = date.fromisoformat(await field(request, "since", 10))
            until = date.fromisoformat(await field(request, "until", 10)) + timedelta(days=1)
            zone, person = self._console.zone, await field(request, "person", 50)
            begin, end = (datetime.combine(day, time(), zone).astimezone(UTC) for day in (since, until))
        except (ValueError, OverflowError):  # no date, or one that no clock reaches
            return []
        hits = await asyncio.to_thread(self._room.inquiry.between, begin, end, person=person or None)
        return [hit.row.entry.transfer for hit in hits]

    async def incident(self, request: web.Request, text: str = "", status: int = 200) -> web.StreamResponse:
        """GET /incidents/ID."""
        self._officer(request)
        incident = await self._find(request)
        facts = self._facts(incident, self._console.lang(request))
        now, directory = datetime.now(UTC), self._console.directory
        asked_by = directory.person(incident.leave.asked_by) if incident.leave else None
        given_by = directory.person(incident.leave.given_by) if incident.leave else None
        return self._console.page(
            request,
            "incident.html",
            status=status,
            text=text,
            incident=incident,
            facts=facts,
            items=assess.items(facts),
            numbers=assess.numbers_act(facts),
            deadlines=assess.deadlines(facts),
            today=now.astimezone(self._console.zone).date(),
            nine=draft.NINE,
            words_of=draft.proposed(facts) | _own_words(incident),
            asked_by=asked_by,
            given_by=given_by,
            may_list=incident.may_list(now),
        )

    async def save(self, request: web.Request) -> web.StreamResponse:
        """POST /incidents/ID: the officer's words; what is as proposed stays proposed."""
        account, incident = self._officer(request), await self._find(request)
        proposed = draft.proposed(self._facts(incident, "ja"))
        said = {key: (await field(request, key, _WORDS)).replace("\r\n", "\n") for key in draft.NINE}
        body: dict[str, Any] = {key: text for key, text in said.items() if text and text != proposed[key]}
        with suppress(ValueError):
            day = date.fromisoformat(await field(request, "known", 10))
            if timedelta(0) <= datetime.now(self._console.zone).date() - day < _LONG_AGO:
                body["known"] = day.isoformat()
        body |= {name: bool(await field(request, name)) for name in ("improper", "ordinance")}
        body.setdefault("known", incident.body.get("known"))
        await asyncio.to_thread(self._room.inquiry.save_incident, incident.id, account, body)
        raise web.HTTPSeeOther(f"/incidents/{incident.id}#draft")

    async def word(self, request: web.Request) -> web.StreamResponse:
        """GET /incidents/ID/report.docx."""
        return await self._report(request, "docx", MEDIA_TYPE)

    async def html(self, request: web.Request) -> web.StreamResponse:
        """GET /incidents/ID/report.html."""
        return await self._report(request, "html", "text/html")

    async def _report(self, request: web.Request, kind: str, media_type: str) -> web.Response:
        account, incident = self._officer(request), await self._find(request)
        facts = self._facts(incident, "ja")
        today = datetime.now(self._console.zone).date()
        made = draft.report(facts, _own_words(incident), town=self._town, number=incident.id, today=today)
        await asyncio.to_thread(self._room.note, account, "report", {"incident": incident.id, "kind": kind})
        content = docx(made) if kind == "docx" else self._console.render("report.html", report=made).encode()
        return attachment(content, media_type, f"漏えい等報告書案_{incident.id}.{kind}")

    # inside

    def _officer(self, request: web.Request) -> str:
        account = account_of(request)
        if account.role not in _OFFICER:
            raise hidden(request)  # whether there is an incident is not for everybody to know
        return account.person

    async def _find(self, request: web.Request) -> Incident:
        return await find(self._room, request)

    def _facts(self, incident: Incident, lang: str) -> Facts:
        lines = tuple(_line(hit, self._console, lang) for hit in reversed(incident.hits))
        body = incident.body
        known = (
            date.fromisoformat(body["known"])
            if body.get("known")
            else incident.opened.astimezone(self._console.zone).date()
        )
        facts = Facts(
            lines=lines,
            people=incident.people.people,
            left=incident.gone.people,
            known=known,
            improper=bool(body.get("improper")),
            ordinance=bool(body.get("ordinance")),
            exact=incident.people.exact,
        )
        return replace(facts, counts=assess.gone_counts(lines))


async def find(room: Room, request: web.Request) -> Incident:
    """The incident an address names."""
    try:
        return await asyncio.to_thread(room.inquiry.incident, request.match_info["id"])
    except NoSuchIncident:
        raise web.HTTPNotFound from None


def attachment(content: bytes, media_type: str, name: str) -> web.Response:
    """A file to be saved, its name as RFC 6266 writes Japanese."""
    disposition = f"attachment; filename=\"report\"; filename*=UTF-8''{quote(name)}"
    return web.Response(body=content, content_type=media_type, headers={"Content-Disposition": disposition})


def _own_words(incident: Incident) -> dict[str, str]:
    return {key: str(incident.body[key]) for key in draft.NINE if incident.body.get(key)}


def _line(hit: Hit, console: Console, lang: str) -> Line:
    row, said = hit.row, described(hit.row, console, lang)
    return Line(
        transfer=row.entry.transfer,
        at=said["at"],
        sender=said["sender"],
        department=said["department"],
        channel=said["channel"],
        destination=tuple(said["destination"]),
        files=tuple(" / ".join(path) for path in hit.paths),
        subjects=row.entry.subjects,
        counts=row.entry.counts,
        left=said["left"],
        state=f"{words.word(said['left_word'], lang)}（{said['state']}）",
        case=row.case,
        sealed=row.status is not None and row.status is not Status.PURGED,
    )
