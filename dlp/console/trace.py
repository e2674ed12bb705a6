"""The phone call: the privacy officer enters what a citizen says and sees every transfer that carried the citizen."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import TYPE_CHECKING, Any

from aiohttp import web

from dlp import texts
from dlp.console import words
from dlp.console.pages import Link, account_of, field
from dlp.subjects.caller import ASKED
from dlp.tracing import Answer, Finder, Sureness, TooLittle
from quarantine.inquiry import TooMany
from quarantine.ledger import LedgerRow

if TYPE_CHECKING:
    from dlp.console.server import Console

_SHOWN = 500  # answers on one page; a form of them stays below the console's limit
_OFFICER = frozenset({"privacy"})


class TracePages:
    """GET and POST /trace, for the privacy officer alone."""

    links = (Link("/trace", "trace", _OFFICER),)

    def __init__(self, finder: Finder) -> None:
        self._finder = finder

    def add_to(self, router: web.UrlDispatcher, console: Console) -> None:
        """Name every page's address."""
        self._console = console
        router.add_get("/trace", self.form)
        router.add_post("/trace", self.search)

    async def form(self, request: web.Request) -> web.StreamResponse:
        """GET /trace."""
        if account_of(request).role not in _OFFICER:
            return self._console.message(request, "forbidden", status=403)
        return await self._page(request, {}, "")

    async def search(self, request: web.Request) -> web.StreamResponse:
        """POST /trace: what was said is in the form, never in an address."""
        account = account_of(request)
        if account.role not in _OFFICER:
            return self._console.message(request, "forbidden", status=403)
        known = {word: await field(request, word, 200) for word in ASKED}
        reason, lang = await field(request, "reason"), self._console.lang(request)
        if not reason:
            return await self._page(request, known, reason, text=words.word("need_reason", lang), status=422)
        try:
            answers = await asyncio.to_thread(self._finder.search, known, actor=account.person, reason=reason)
        except TooLittle:
            return await self._page(request, known, reason, text=words.word("trace_little", lang), status=422)
        except TooMany:
            return await self._page(request, known, reason, text=words.word("trace_many", lang), status=422)
        return await self._page(request, known, reason, answers=answers)

    async def _page(
        self,
        request: web.Request,
        known: dict[str, str],
        reason: str,
        *,
        text: str = "",
        status: int = 200,
        answers: list[Answer] | None = None,
    ) -> web.Response:
        searches = await asyncio.to_thread(self._console.room.inquiry.searches, 20)
        directory = self._console.directory
        names = {item.actor: person.name for item in searches if (person := directory.person(item.actor))}
        rows = None if answers is None else [self._row(answer, request) for answer in answers[:_SHOWN]]
        return self._console.page(
            request,
            "trace.html",
            status=status,
            asked=ASKED,
            known=known,
            reason=reason,
            text=text,
            rows=rows,
            count=len(answers or ()),
            searches=searches,
            names=names,
        )

    def _row(self, answer: Answer, request: web.Request) -> dict[str, Any]:
        row, lang = answer.hit.row, self._console.lang(request)
        return {
            **described(row, self._console, lang),
            "sureness": int(answer.sureness),
            "chosen": answer.sureness is Sureness.SURE,
            "agreed": [words.word(f"trace_{kind}", lang) for kind in _asked(answer.agreed)],
            "paths": answer.paths[:5],
        }


def _asked(agreed: tuple[str, ...]) -> list[str]:
    """Kinds of facts as the form names them."""
    named = {"latin": "name", "code": "number", "policy": "number"}
    return list(dict.fromkeys(named.get(kind, kind) for kind in agreed))


def described(row: LedgerRow, console: Console, lang: str) -> dict[str, Any]:
    """One transfer in words: who, when, by which channel, to whom, and what became of it."""
    entry, directory = row.entry, console.directory
    person = directory.person(entry.person)
    device = directory.device(entry.destination[0]) if entry.channel == "media" and entry.destination else None
    named = f"{device.number or device.serial} {device.product}".strip() if device else ""
    return {
        "transfer": entry.transfer,
        "at": local(entry.at, console),
        "sender": person.name if person else entry.sender,
        "department": entry.department,
        "channel": entry.channel,
        "destination": (named,) if named else entry.destination,
        "subjects": entry.subjects,
        "left": row.out,
        "left_word": ("left_maybe" if row.outcome == "failed" else "left_yes") if row.out else "left_no",
        "state": state(row, lang),
        "case": row.case,
    }


def state(row: LedgerRow, lang: str) -> str:
    """What became of a transfer, in a few words."""
    if row.status is not None:
        return texts.pick(texts.STATUSES, row.status, lang)
    said = texts.pick(texts.ACTIONS, row.entry.verdict, lang)
    refused = row.outcome in ("refused", "failed")
    return f"{said}（{_OUTCOMES[row.outcome][lang != 'ja']}）" if refused else said


_OUTCOMES = {"refused": ("相手先が拒否", "refused by the next hop"), "failed": ("送出失敗", "failed on the way")}


def local(at: datetime, console: Console) -> datetime:
    """A time in the town's zone."""
    return at.astimezone(console.zone)
