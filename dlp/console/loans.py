"""The pages of one loan, and of inventories."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import quote

from aiohttp import web

from dlp.console import media_words  # noqa: F401  its words
from dlp.console.accounts import Account
from dlp.console.media_pages import SEE_ALL, MediaPages, address
from dlp.console.pages import Link, account_of, hidden
from dlp.directory.loans import Refused, Request
from dlp.standing import Device

if TYPE_CHECKING:
    from dlp.console.server import Console


class LoanPages(MediaPages):
    """The handlers; the way to them is the list of devices."""

    links: tuple[Link, ...] = ()

    def add_to(self, router: web.UrlDispatcher, console: Console) -> None:
        """Name every page's address."""
        self._console = console
        router.add_get("/loan/{number:[0-9]{1,12}}", self.loan)
        router.add_post("/loan/{number:[0-9]{1,12}}/{move:approve|reject|withdraw|lend|return}", self.move_loan)
        router.add_get("/inventory", self.inventory)
        router.add_post("/inventory/{move:open|close}", self.move_inventory)

    async def loan(self, request: web.Request, text: str = "", status: int = 200) -> web.StreamResponse:
        """GET /loan/N."""
        account, now = account_of(request), datetime.now(UTC)
        found, device = self._find(request, account, now)
        decides = account.role != "auditor" and self._desks.lending.may_decide(found, device, account.person, now)
        return self._console.page(
            request,
            "loan.html",
            status=status,
            text=text,
            loan=found,
            device=device,
            name=self._desks.name,
            decides=decides,
            own=found.loan.person == account.person,
            address=address(device.serial),
        )

    def _find(self, request: web.Request, account: Account, now: datetime) -> tuple[Request, Device]:
        found = self._desks.book.loan(int(request.match_info["number"]))
        device = self._desks.directory.device(found.loan.serial) if found else None
        if found is None or device is None:
            raise web.HTTPNotFound
        mine = found.loan.person == account.person or self._desks.lending.keeps(device, account.person, now)
        if not (mine or account.role in SEE_ALL or self._awaited(found, {device.serial: device}, account, now)):
            raise hidden(request)
        return found, device

    async def move_loan(self, request: web.Request) -> web.StreamResponse:
        """POST /loan/N/…."""
        account, now, form = account_of(request), datetime.now(UTC), await request.post()
        found, _ = self._find(request, account, now)
        if account.role == "auditor":
            return self._console.message(request, "forbidden", status=403)
        values = {key: str(value) for key, value in form.items()}
        try:
            move = request.match_info["move"]
            await asyncio.to_thread(self._move_loan, found.loan.id, move, values, account.person, now)
        except Refused as refused:
            return await self.loan(request, self._said(request, refused), 403 if refused.code == "not_yours" else 422)
        raise web.HTTPSeeOther(f"/loan/{found.loan.id}")

    def _move_loan(self, number: int, move: str, form: dict[str, str], actor: str, now: datetime) -> None:
        lending, remark = self._desks.lending, form.get("remark", "")
        if move == "approve":
            lending.approve(number, actor, now)
        elif move == "reject":
            lending.reject(number, actor, remark, now)
        elif move == "withdraw":
            lending.withdraw(number, actor, now)
        elif move == "lend":
            lending.lend(number, actor, now)
        else:
            lending.give_back(number, actor, now, erased=form.get("erased") == "yes", remark=remark)

    # inventory

    async def inventory(self, request: web.Request, text: str = "", status: int = 200) -> web.StreamResponse:
        """GET /inventory."""
        account, now, desks = account_of(request), datetime.now(UTC), self._desks
        campaigns = await asyncio.to_thread(desks.inventory.campaigns)
        devices = {d.serial: d for d in desks.directory.devices()}
        administers = self._administers(account, now)
        keeps = {s for s, d in devices.items() if administers or desks.lending.keeps(d, account.person, now)}
        if not keeps and account.role not in SEE_ALL:
            return self._console.message(request, "forbidden", status=403)
        shown = set(devices) if account.role in SEE_ALL else keeps
        values = {"campaigns": campaigns, "devices": devices, "administers": administers, "shown": shown}
        ticks = keeps if account.role != "auditor" else set()
        return self._console.page(
            request, "inventory.html", status=status, text=text, name=desks.name, ticks=ticks, quote=quote, **values
        )

    async def move_inventory(self, request: web.Request) -> web.StreamResponse:
        """POST /inventory/open or close."""
        account, now, form = account_of(request), datetime.now(UTC), await request.post()
        if not self._administers(account, now):
            return self._console.message(request, "forbidden", status=403)
        inventory = self._desks.inventory
        try:
            if request.match_info["move"] == "open":
                await asyncio.to_thread(inventory.open, str(form.get("name", "")), account.person, now)
            else:
                await asyncio.to_thread(inventory.close, account.person, now)
        except Refused as refused:
            return await self.inventory(request, self._said(request, refused), 422)
        raise web.HTTPSeeOther("/inventory")
