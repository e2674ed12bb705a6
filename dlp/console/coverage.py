"""The page of coverage: what is silent, unlisted, unknown or unread; the list of terminals; who may report."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from aiohttp import web

from dlp.console import media_words, words  # noqa: F401  its words
from dlp.console.pages import Link, account_of
from dlp.directory import terminals
from dlp.directory.desks import Desks
from dlp.errors import ConfigError

if TYPE_CHECKING:
    from dlp.console.server import Console


class CoveragePages:
    """For administrators, and for auditors to look at."""

    links = (Link("/coverage", "coverage", frozenset({"administrator", "auditor"})),)

    def __init__(self, desks: Desks) -> None:
        self._desks = desks

    def add_to(self, router: web.UrlDispatcher, console: Console) -> None:
        """Name every page's address."""
        self._console = console
        router.add_get("/coverage", self.coverage)
        router.add_post("/coverage/terminals", self.terminals)
        router.add_post("/coverage/agents", self.admit)
        router.add_post("/coverage/agents/{id:[0-9a-f]{8}}/revoke", self.revoke)

    async def coverage(
        self, request: web.Request, text: str = "", status: int = 200, token: str = ""
    ) -> web.StreamResponse:
        """GET /coverage."""
        account, now, desks = account_of(request), datetime.now(UTC), self._desks
        if account.role not in ("administrator", "auditor"):
            return self._console.message(request, "forbidden", status=403)
        gaps = await asyncio.to_thread(desks.gaps, now)
        return self._console.page(
            request,
            "coverage.html",
            status=status,
            text=text,
            token=token,
            gaps=gaps,
            bypasses=await asyncio.to_thread(desks.bypasses, now),
            hours=f"{desks.silent_hours:g}",
            terminals=await asyncio.to_thread(desks.coverage.terminals),
            agents=await asyncio.to_thread(desks.coverage.agents),
            name=desks.name,
            administers=account.role == "administrator",
        )

    async def terminals(self, request: web.Request) -> web.StreamResponse:
        """POST /coverage/terminals: the list, from a CSV."""
        account = account_of(request)
        if account.role != "administrator":
            return self._console.message(request, "forbidden", status=403)
        file = (await request.post()).get("file")
        try:
            data = file.file.read() if isinstance(file, web.FileField) else b""
            found = terminals.parse(data)
            if not found:
                raise ConfigError("terminals: the file lists none")
        except ConfigError as error:
            wrong = words.word("terminals_wrong", self._console.lang(request))
            return await self.coverage(request, f"{wrong} {error}", 422)
        await asyncio.to_thread(self._desks.coverage.enlist, found, account.person, datetime.now(UTC))
        raise web.HTTPSeeOther("/coverage")

    async def admit(self, request: web.Request) -> web.StreamResponse:
        """POST /coverage/agents: a token, shown once."""
        account, form = account_of(request), await request.post()
        if account.role != "administrator":
            return self._console.message(request, "forbidden", status=403)
        host = str(form.get("host", ""))
        _, token = await asyncio.to_thread(self._desks.coverage.admit, host, account.person, datetime.now(UTC))
        return await self.coverage(request, token=token)

    async def revoke(self, request: web.Request) -> web.StreamResponse:
        """POST /coverage/agents/ID/revoke."""
        account = account_of(request)
        if account.role != "administrator":
            return self._console.message(request, "forbidden", status=403)
        agent = request.match_info["id"]
        await asyncio.to_thread(self._desks.coverage.revoke, agent, account.person, datetime.now(UTC))
        raise web.HTTPSeeOther("/coverage")
