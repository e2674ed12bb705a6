"""The pages: log in, the list, a case and the word on it, own transfers, the audit log, the status."""

from __future__ import annotations

import asyncio
import re
import secrets
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import orjson
from aiohttp import web

from dlp import notices, texts
from dlp.console import access, words
from dlp.console.accounts import Account, Locked
from dlp.console.leavers import alarms_of
from dlp.verdict import Reason
from quarantine import checkpoint
from quarantine.case import (
    Case,
    Decision,
    IllegalMove,
    Move,
    NoSuchCase,
    NotAllowed,
    Notice,
    RoomError,
    Status,
)

if TYPE_CHECKING:
    from dlp.console.server import Console

_OVERDUE_HOURS = 24
_MAX_REASON = 500
_QUICK = 100_000  # audit entries that are verified at each look; more take seconds, and are when asked


class Views:
    """The handlers of all pages."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._room = console.room

    def add_to(self, router: web.UrlDispatcher) -> None:
        """Name every page's address."""
        router.add_get("/login", self.login_form)
        router.add_post("/login", self.login)
        router.add_post("/logout", self.logout)
        router.add_get("/", self.home)
        router.add_get("/mine", self.mine)
        router.add_get("/audit", self.audit)
        router.add_get("/status", self.status)
        router.add_get("/cases/{id}", self.case)
        router.add_post("/cases/{id}/{move:approve|reject|withdraw}", self.decide)

    # in and out

    async def login_form(self, request: web.Request, text: str = "", status: int = 200) -> web.Response:
        """GET /login."""
        seed = request.cookies.get("sekisho-login") or secrets.token_urlsafe(24)
        request["login-seed"] = seed
        csrf = self._console.login_csrf(request)
        case = await self._wanted(request)
        response = self._console.page(request, "login.html", status=status, text=text, csrf=csrf, case=case)
        response.set_cookie(
            "sekisho-login", seed, httponly=True, samesite="Strict", secure=self._console.secure, path="/login"
        )
        return response

    async def login(self, request: web.Request) -> web.StreamResponse:
        """POST /login."""
        form = await request.post()
        login, password = str(form.get("login", ""))[:200], str(form.get("password", ""))[:1000]
        lang, now = self._console.lang(request), datetime.now(UTC)
        try:
            account = await asyncio.to_thread(self._check, login, password, now)
        except Locked as locked:
            until = locked.until.astimezone(self._console.zone)
            return await self.login_form(request, words.word("locked", lang, until=f"{until:%H:%M}"), 429)
        if account is None:
            return await self.login_form(request, words.word("wrong", lang), 401)
        if before := request.cookies.get(self._console.cookie):
            await asyncio.to_thread(self._console.accounts.end, before)
        secret = await asyncio.to_thread(self._console.accounts.begin, account, now)
        case = await self._wanted(request)
        answer = web.HTTPSeeOther(f"/cases/{case}" if case else "/")
        answer.set_cookie(
            self._console.cookie, secret, httponly=True, samesite="Strict", secure=self._console.secure, path="/"
        )
        return answer

    async def _wanted(self, request: web.Request) -> str:
        """The case a notice's link led to before the login; "" for none. Never another address than a case's."""
        given = (await request.post() if request.method == "POST" else request.query).get("case", "")
        return given if isinstance(given, str) and re.fullmatch(r"[0-9A-Za-z]{1,12}", given) else ""

    def _check(self, login: str, password: str, now: datetime) -> Account | None:
        config, room = self._console.config, self._room
        try:
            account = self._console.accounts.verify(
                login, password, now=now, attempts=config.lockout_attempts, minutes=config.lockout_minutes
            )
        except Locked:
            known = login.lower() if self._console.accounts.exists(login) else "unknown"
            room.note(known, "login locked")
            raise
        if account is not None and not self._console.employed(account.person, now):
            room.note(account.person, "login refused", {"why": "not employed"})
            return None
        if account is None:
            room.note(login.lower() if self._console.accounts.exists(login) else "unknown", "login failed")
            return None
        room.note(account.person, "login", {"role": account.role})
        return account

    async def logout(self, request: web.Request) -> web.StreamResponse:
        """POST /logout."""
        account = _account(request)
        await asyncio.to_thread(self._console.accounts.end, request.cookies.get(self._console.cookie, ""))
        await asyncio.to_thread(self._room.note, account.person, "logout")
        answer = web.HTTPSeeOther("/login")
        answer.del_cookie(self._console.cookie, path="/")
        return answer

    # lists

    async def home(self, request: web.Request) -> web.StreamResponse:
        """GET /: what waits for this person."""
        account = _account(request)
        first = {"administrator": "/status", "auditor": "/audit", "staff": "/mine"}.get(account.role)
        if first:
            raise web.HTTPSeeOther(first)
        now = datetime.now(UTC)
        cases = await asyncio.to_thread(self._room.cases, status=access.OPEN, limit=1000)
        mine = [
            c
            for c in cases
            if access.may_see(account, c, self._console.directory, now) and c.entry.person != account.person
        ]
        closed = [s for s in Status if s not in access.OPEN]
        done = await asyncio.to_thread(self._room.cases, status=closed, limit=1000)
        recent = [c for c in done if access.may_see(account, c, self._console.directory, now)][-20:]
        names = await asyncio.to_thread(self._names, [*mine, *recent], account, now)
        return self._console.page(
            request,
            "cases.html",
            rows=[self._row(c, now, names.get(c.id, "")) for c in mine],
            done=[self._row(c, now, names.get(c.id, "")) for c in reversed(recent)],
        )

    def _names(self, cases: list[Case], account: Account, now: datetime) -> dict[str, str]:
        """The masked subject line or file name of each case this person may see masked content of; blocks."""
        directory = self._console.directory
        wanted = [c.id for c in cases if access.may_preview(account, c, directory, now)]
        names: dict[str, str] = {}
        for case_id, preview in self._room.previews(wanted, account.person).items():
            with suppress(orjson.JSONDecodeError):
                names[case_id] = str(orjson.loads(preview).get("name", ""))
        return names

    def _row(self, case: Case, now: datetime, name: str = "") -> dict[str, Any]:
        sender = self._console.directory.person(case.entry.person)
        return {
            "case": case,
            "name": name,
            "sender": sender.name if sender else case.entry.sender,
            "device": self._console.directory.device(case.entry.destination[0])
            if case.entry.channel == "media"
            else None,
            "permitted": case.entry.channel == "web" and case.status is Status.RELEASED,
            "overdue": (now - case.opened).total_seconds() > _OVERDUE_HOURS * 3600,
            "kinds": texts.kinds(dict(case.entry.counts)),
            "kinds_en": texts.kinds(dict(case.entry.counts), "en"),
        }

    async def mine(self, request: web.Request) -> web.StreamResponse:
        """GET /mine: own held transfers."""
        account, now = _account(request), datetime.now(UTC)
        cases = await asyncio.to_thread(self._room.cases, limit=10_000)
        own = [self._row(c, now) for c in reversed(cases) if c.entry.person == account.person][:200]
        shown = " ".join(row["case"].id for row in own)
        if own:
            await asyncio.to_thread(self._room.note, account.person, "list own", {"cases": shown})
        return self._console.page(request, "mine.html", rows=own)

    # one case

    async def case(self, request: web.Request, text: str = "", status: int = 200) -> web.StreamResponse:
        """GET /cases/ID."""
        account, now = _account(request), datetime.now(UTC)
        case = await self._find(request)
        if not access.may_see(account, case, self._console.directory, now):
            await asyncio.to_thread(self._room.note, account.person, "read refused", subject=case.id)
            raise web.HTTPNotFound  # whether it exists is not for everybody to know
        preview: dict[str, Any] = {}
        if access.may_preview(account, case, self._console.directory, now):
            try:
                preview = orjson.loads(await asyncio.to_thread(self._room.preview, case.id, account.person))
            except (RoomError, orjson.JSONDecodeError):
                preview = {}
        else:  # a preview's reading is on record by itself
            await asyncio.to_thread(self._room.note, account.person, "read", subject=case.id)
        lang = self._console.lang(request)
        reasons = [texts.describe(Reason(str(r["code"]), dict(r["values"])), lang) for r in case.entry.reasons]
        return self._console.page(
            request,
            "case.html",
            status=status,
            text=text,
            row=self._row(case, now),
            case=case,
            preview=preview,
            reasons=reasons,
            may_decide=access.may_decide(account, case, self._console.directory, now),
            may_withdraw=access.may_withdraw(account, case),
            own=case.entry.person == account.person,
            approved=any(d.actor == account.person for d in case.approvals),
            people={d.actor: _name(self._console.directory.person(d.actor), d.actor) for d in case.approvals},
            open=case.status in access.OPEN,
            password=await asyncio.to_thread(self._password, case.id),
        )

    def _password(self, case_id: str) -> dict[str, Any] | None:
        """When another mail gave the password of what is locked in a case, and how many people were found by it."""
        entry = self._room.last_about("password", case_id)
        return None if entry is None else {"at": entry.at, "subjects": entry.detail["subjects"]}

    async def _find(self, request: web.Request) -> Case:
        try:
            return await asyncio.to_thread(self._room.case, request.match_info["id"])
        except NoSuchCase:
            raise web.HTTPNotFound from None

    async def decide(self, request: web.Request) -> web.StreamResponse:
        """POST /cases/ID/approve, reject or withdraw."""
        account, now = _account(request), datetime.now(UTC)
        lang, case, form = self._console.lang(request), await self._find(request), await request.post()
        move = Move(request.match_info["move"])
        allowed = (
            access.may_withdraw(account, case)
            if move is Move.WITHDRAW
            else access.may_decide(account, case, self._console.directory, now)
        )
        if not access.may_see(account, case, self._console.directory, now):
            await asyncio.to_thread(self._room.note, account.person, "decision refused", subject=case.id)
            raise web.HTTPNotFound
        if not allowed:
            await asyncio.to_thread(self._room.note, account.person, "decision refused", subject=case.id)
            gone = case.status not in access.OPEN
            return await self.case(request, words.word("changed" if gone else "refused", lang), 409 if gone else 403)
        reason = str(form.get("reason", "")).strip()[:_MAX_REASON]
        if not reason:
            return await self.case(request, words.word("need_reason", lang), 422)
        if move is Move.APPROVE and form.get("confirm") != "yes":
            return await self.case(request, words.word("need_confirm", lang), 422)
        word = Decision(actor=account.person, move=move, reason=reason, at=now)
        try:
            await asyncio.to_thread(self._decide, case, word)
        except (IllegalMove, NotAllowed):
            return await self.case(request, words.word("changed", lang), 409)
        raise web.HTTPSeeOther(f"/cases/{case.id}?saved=1")

    def _decide(self, case: Case, word: Decision) -> None:
        self._room.decide(case.id, word, notices=self._owed(case, word))

    def _owed(self, case: Case, word: Decision) -> tuple[Notice, ...]:
        """Who is to be told of this word: the sender of a rejection, the second approvers of a first approval."""
        directory, url = self._console.directory, f"{self._console.url}/cases/{case.id}"
        if word.move is Move.REJECT:
            sender = directory.person(case.entry.person)
            return notices.on_settled(case, "rejected", sender=sender, reason=word.reason, console=url)
        if word.move is Move.APPROVE and len(case.approvals) + 1 < case.approvals_needed:
            second = [p for p in directory.people() if p.role == "privacy" and p.id != word.actor and p.mail]
            return notices.on_first_approval(case, second, console=url)
        return ()

    # for those without content

    async def audit(self, request: web.Request) -> web.StreamResponse:
        """GET /audit: for the auditor."""
        account = _account(request)
        if account.role != "auditor":
            return self._console.message(request, "forbidden", status=403)
        problems, entries = await asyncio.to_thread(self._audit, "verify" in request.query)
        seen = -1 if problems is None else len(problems)  # the entry says what was seen, so it comes after
        await asyncio.to_thread(self._room.note, account.person, "audit viewed", {"problems": seen})
        line = await asyncio.to_thread(self._room.last_checkpoint)
        return self._console.page(
            request, "audit.html", problems=problems, entries=entries, signed=checkpoint.read(line) if line else None
        )

    def _audit(self, asked: bool) -> tuple[list[str] | None, list[Any]]:
        """What is wrong, or None where a long chain was not verified because nobody asked; and the last entries."""
        last = self._room.last_entry()
        problems = self._room.verify() if asked or last <= _QUICK else None
        entries = self._room.entries(since=max(0, last - 500), limit=500)
        return problems, entries[::-1]

    async def status(self, request: web.Request) -> web.StreamResponse:
        """GET /status: for the administrator; numbers only."""
        if _account(request).role != "administrator":
            return self._console.message(request, "forbidden", status=403)
        cases = await asyncio.to_thread(self._room.cases, limit=100_000)
        counts = {status: sum(c.status is status for c in cases) for status in Status}
        directory, now = self._console.directory, datetime.now(UTC)
        people = directory.people()
        active = sum(self._console.employed(p.id, now) for p in people)
        unled = sum(not p.supervisor for p in people)
        return self._console.page(
            request,
            "status.html",
            counts=counts,
            people=len(people),
            active=active,
            unled=unled,
            devices=directory.devices(),
            faults=directory.faults(),
            alarms=self._console.alarms.standing(),
            of_people=await asyncio.to_thread(alarms_of, directory, self._console.lang(request)),
        )


def _account(request: web.Request) -> Account:
    account: Account = request["session"].account
    return account


def _name(person: Any, otherwise: str) -> str:
    return person.name if person is not None else otherwise
