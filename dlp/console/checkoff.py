"""The monthly check of usage: what the own people sent and wrote to devices, and the word on it."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from aiohttp import web

from dlp import texts
from dlp.console import media_words  # noqa: F401  its words
from dlp.console.accounts import Account
from dlp.console.pages import Link, account_of, hidden
from dlp.directory.checkoff import Checkoff
from dlp.directory.desks import Desks
from dlp.directory.loans import Refused

if TYPE_CHECKING:
    from dlp.console.server import Console

_OVERSEE = ("administrator", "auditor")


class CheckoffPages:
    """For supervisors and their deputies; administrators and auditors see how it stands."""

    links = (Link("/checkoff", "checkoff", frozenset({"supervisor", "privacy", "administrator", "auditor"})),)

    def __init__(self, desks: Desks) -> None:
        self._desks = desks

    def add_to(self, router: web.UrlDispatcher, console: Console) -> None:
        """Name every page's address."""
        self._console = console
        router.add_get("/checkoff", self.checkoffs)
        router.add_get("/checkoff/{number:[0-9]{1,12}}", self.checkoff)
        router.add_post("/checkoff/{number:[0-9]{1,12}}/confirm", self.confirm)

    async def checkoffs(self, request: web.Request) -> web.StreamResponse:
        """GET /checkoff."""
        account, now = account_of(request), datetime.now(UTC)
        found = await asyncio.to_thread(self._desks.checkoffs.all)
        shown = [c for c in found if self._may_see(c, account, now)]
        today = self._desks.directory.today(now)
        return self._console.page(request, "checkoffs.html", rows=shown, name=self._desks.name, today=today)

    def _may_see(self, found: Checkoff, account: Account, now: datetime) -> bool:
        if account.role in _OVERSEE or account.person in (found.supervisor, found.by):
            return True
        return self._desks.checkoffs.may_confirm(found, account.person, now)

    async def checkoff(self, request: web.Request, text: str = "", status: int = 200) -> web.StreamResponse:
        """GET /checkoff/N; that it was looked at is on record."""
        account, now = account_of(request), datetime.now(UTC)
        found = await self._find(request, account, now)
        detail = {"month": found.month, "supervisor": found.supervisor}
        await asyncio.to_thread(self._console.room.note, account.person, "checkoff viewed", detail)
        may = account.role != "auditor" and found.confirmed is None
        return self._console.page(
            request,
            "checkoff.html",
            status=status,
            text=text,
            found=found,
            name=self._desks.name,
            late=found.late(self._desks.directory.today(now)),
            may_confirm=may and self._desks.checkoffs.may_confirm(found, account.person, now),
            numbers={d.serial: d.number or d.serial for d in self._desks.directory.devices()},
        )

    async def _find(self, request: web.Request, account: Account, now: datetime) -> Checkoff:
        found = await asyncio.to_thread(self._desks.checkoffs.get, int(request.match_info["number"]))
        if found is None or not self._may_see(found, account, now):
            raise hidden(request)
        return found

    async def confirm(self, request: web.Request) -> web.StreamResponse:
        """POST /checkoff/N/confirm."""
        account, now, form = account_of(request), datetime.now(UTC), await request.post()
        found = await self._find(request, account, now)
        if account.role == "auditor":
            return self._console.message(request, "forbidden", status=403)
        try:
            remark = str(form.get("remark", ""))
            await asyncio.to_thread(self._desks.checkoffs.confirm, found.id, account.person, remark, now)
        except Refused as refused:
            said = texts.pick(texts.MEDIA_RULES, refused.code, self._console.lang(request))
            return await self.checkoff(request, said, 403 if refused.code == "not_yours" else 422)
        raise web.HTTPSeeOther(f"/checkoff/{found.id}")
