"""The administrator's page of the texts that are told at the moment of blocking."""

from __future__ import annotations

import asyncio
import hashlib
from typing import TYPE_CHECKING

from aiohttp import web

from dlp import training
from dlp.console.pages import Link, account_of, field
from dlp.training import Training

if TYPE_CHECKING:
    from dlp.console.server import Console

_ROLES = frozenset({"administrator"})


class TrainingPages:
    """The handlers."""

    links = (Link("/training", "training", _ROLES),)

    def __init__(self, texts: Training) -> None:
        self._texts = texts

    def add_to(self, router: web.UrlDispatcher, console: Console) -> None:
        """Name every page's address."""
        self._console = console
        router.add_get("/training", self.table)
        router.add_get("/training/{code}", self.one)
        router.add_post("/training/{code}", self.save)

    async def table(self, request: web.Request) -> web.StreamResponse:
        """GET /training: every reason and what is told."""
        if account_of(request).role not in _ROLES:
            return self._console.message(request, "forbidden", status=403)
        lang = self._console.lang(request)
        rows = [
            (code, self._texts.text(code, lang), self._texts.own(code, lang) is not None) for code in training.known()
        ]
        return self._console.page(request, "training.html", rows=rows)

    async def one(self, request: web.Request, text: str = "", status: int = 200) -> web.StreamResponse:
        """GET /training/CODE: the form."""
        code = request.match_info["code"]
        if account_of(request).role not in _ROLES:
            return self._console.message(request, "forbidden", status=403)
        if code not in training.known():
            raise web.HTTPNotFound
        told = {lang: self._texts.text(code, lang) for lang in training.LANGUAGES}
        return self._console.page(
            request, "training_one.html", status=status, code=code, told=told, text=text, longest=training.LONGEST
        )

    async def save(self, request: web.Request) -> web.StreamResponse:
        """POST /training/CODE: keep both languages, or tell the shipped ones again."""
        account, code = account_of(request), request.match_info["code"]
        if account.role not in _ROLES:
            return self._console.message(request, "forbidden", status=403)
        if code not in training.known():
            raise web.HTTPNotFound
        shipped = await field(request, "shipped") == "yes"
        given = {lang: await field(request, lang, training.LONGEST + 1) for lang in training.LANGUAGES}
        try:
            await asyncio.to_thread(self._keep, account.person, code, None if shipped else given)
        except (ValueError, OSError):
            return await self.one(request, "training_refused", 422)
        raise web.HTTPSeeOther("/training")

    def _keep(self, person: str, code: str, given: dict[str, str] | None) -> None:
        for lang in training.LANGUAGES:
            if given is None:
                self._texts.forget(code, lang)
            else:
                self._texts.write(code, lang, given[lang])
        said = "".join(self._texts.text(code, lang) for lang in training.LANGUAGES)
        digest = hashlib.sha256(said.encode()).hexdigest()
        self._console.room.note(person, "training text changed", {"what": code, "digest": digest})
