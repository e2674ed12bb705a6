"""The pages of reports: auditors and administrators see all departments, a supervisor the own one."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import quote

from aiohttp import web

from dlp.console.accounts import Account
from dlp.errors import ConfigError
from dlp.reports import month as months
from dlp.reports import page
from dlp.reports.month import Month

if TYPE_CHECKING:
    from dlp.console.server import Console

_EVERYTHING = ("auditor", "administrator")
#: The self-inspection sheet is a page of its own, with its own sheet of style.
_SHEET_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'"


class Reports:
    """The handlers."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def add_to(self, router: web.UrlDispatcher) -> None:
        """Name every page's address."""
        router.add_get("/reports", self.month)
        router.add_get("/reports/month.csv", self.table)
        router.add_get("/reports/inspection", self.sheet)

    async def month(self, request: web.Request) -> web.StreamResponse:
        """GET /reports: the month, as a page."""
        report = await self._report(request)
        if report is None:
            return self._console.message(request, "forbidden", status=403)
        lang = self._console.lang(request)
        body = await asyncio.to_thread(page.part, report, lang, self._name)
        departments = sorted({p.department for p in self._console.directory.people() if p.department})
        chooses = self._account(request).role in _EVERYTHING
        query = f"month={report.month}&department={quote(report.department)}"
        return self._console.page(
            request, "reports.html", body=body, report=report, query=query, departments=departments if chooses else []
        )

    async def table(self, request: web.Request) -> web.StreamResponse:
        """GET /reports/month.csv."""
        report = await self._report(request)
        if report is None:
            return self._console.message(request, "forbidden", status=403)
        text = page.table(report, self._console.lang(request), self._name)
        headers = {"Content-Disposition": f'attachment; filename="sekisho-{report.month}.csv"'}
        return web.Response(body=text.encode(), content_type="text/csv", charset="utf-8", headers=headers)

    async def sheet(self, request: web.Request) -> web.StreamResponse:
        """GET /reports/inspection: 自己点検票, to be printed."""
        report = await self._report(request)
        if report is None:
            return self._console.message(request, "forbidden", status=403)
        text = page.sheet(report, self._name)
        answer = web.Response(text=text, content_type="text/html", charset="utf-8")
        request["policy"] = _SHEET_POLICY
        return answer

    async def _report(self, request: web.Request) -> Month | None:
        """The report asked for; None for who may not see it. That it was seen is on record."""
        account, zone = self._account(request), self._console.zone
        month = request.query.get("month") or months.month_of(datetime.now(UTC), zone)
        department = request.query.get("department", "")[:100]
        if account.role == "supervisor":
            me = self._console.directory.person(account.person)
            own = me.department if me else ""
            if not own or department not in ("", own):
                return None
            department = own
        elif account.role not in _EVERYTHING:
            return None
        try:
            steps = months.steps(month, zone)
        except ConfigError:
            raise web.HTTPBadRequest from None
        wanted = [department] if department else None
        tallies = await asyncio.to_thread(self._console.room.tallies, steps, account.person, wanted)
        return months.of(tallies, month, starts=steps[:-1], department=department)

    def _name(self, person: str) -> str:
        found = self._console.directory.person(person)
        return f"{found.name}（{person}）" if found else person or "-"

    def _account(self, request: web.Request) -> Account:
        account: Account = request["session"].account
        return account
