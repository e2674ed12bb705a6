"""The pages of the ledger of media: list, one device, and the ledger to print."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from aiohttp import web

from dlp.console import media_words  # noqa: F401  its words
from dlp.console.accounts import Account
from dlp.console.media_pages import SEE_ALL, MediaPages, address
from dlp.console.pages import Link, account_of, hidden
from dlp.directory import daicho
from dlp.directory.devices import device_of
from dlp.directory.loans import DEVICE_MOVES, OPEN, DeviceMove, Refused, Request, fiscal_end
from dlp.errors import ConfigError
from dlp.standing import Device, DeviceStatus

if TYPE_CHECKING:
    from dlp.console.server import Console

_STATES = {DeviceMove.PUT_IN_USE, DeviceMove.FIND, DeviceMove.RETIRE}


class DevicePages(MediaPages):
    """The handlers. Who may do what is `dlp.directory.lending`'s to say; an auditor does nothing."""

    links = (Link("/devices", "devices", frozenset({"staff", "supervisor", "privacy", "administrator", "auditor"})),)

    def add_to(self, router: web.UrlDispatcher, console: Console) -> None:
        """Name every page's address."""
        self._console = console
        router.add_get("/devices", self.devices)
        router.add_get("/devices/ledger.csv", self.ledger_csv)
        router.add_get("/devices/loans.csv", self.loans_csv)
        router.add_get("/devices/ledger", self.ledger)
        router.add_post("/devices/register", self.register)
        router.add_post("/devices/import", self.take_over)
        router.add_get("/device/{serial}", self.device)
        router.add_post("/device/{serial}/{move:request|lose|put_in_use|find|retire|tick}", self.move_device)

    # the list

    async def devices(self, request: web.Request, text: str = "", status: int = 200) -> web.StreamResponse:
        """GET /devices."""
        account, now = account_of(request), datetime.now(UTC)
        values = await asyncio.to_thread(self._listed, account, now)
        return self._console.page(request, "devices.html", status=status, text=text, **values)

    def _listed(self, account: Account, now: datetime) -> dict[str, Any]:
        desks = self._desks
        loans = desks.book.loans(states=OPEN, limit=10_000)
        devices = {d.serial: d for d in desks.directory.devices()}
        shown = [d for d in devices.values() if self._may_see(account, d, now)]
        waiting = [r for r in loans if self._awaited(r, devices, account, now)]
        out = {r.loan.serial: r for r in loans if r.state.value == "lent"}
        booked = {d.serial for d in desks.book.devices()}
        return {
            "rows": [{"device": d, "loan": out.get(d.serial), "booked": d.serial in booked} for d in shown],
            "waiting": [self._loan_row(r, devices) for r in waiting],
            "own": [self._loan_row(r, devices) for r in desks.book.loans(person=account.person, limit=20)],
            "name": desks.name,
            "today": desks.directory.today(now),
            "administers": self._administers(account, now),
            "filed": sum(d.serial not in booked for d in desks.directory.filed()),
            "see_all": account.role in SEE_ALL,
        }

    def _loan_row(self, request: Request, devices: dict[str, Device]) -> dict[str, Any]:
        return {"request": request, "device": devices.get(request.loan.serial)}

    async def ledger(self, request: web.Request) -> web.StreamResponse:
        """GET /devices/ledger: to print."""
        if account_of(request).role not in SEE_ALL:
            return self._console.message(request, "forbidden", status=403)
        lines, loans = await asyncio.to_thread(lambda: (self._desks.device_lines(), self._desks.loan_lines()))
        return self._console.page(
            request,
            "ledger.html",
            header=daicho.DEVICES,
            lines=lines,
            loan_header=daicho.LOANS,
            loan_lines=loans,
            made=datetime.now(UTC),
        )

    async def ledger_csv(self, request: web.Request) -> web.StreamResponse:
        """GET /devices/ledger.csv."""
        return await self._csv(request, "daicho.csv", daicho.DEVICES, self._desks.device_lines)

    async def loans_csv(self, request: web.Request) -> web.StreamResponse:
        """GET /devices/loans.csv."""
        return await self._csv(request, "shiyobo.csv", daicho.LOANS, self._desks.loan_lines)

    async def _csv(
        self, request: web.Request, name: str, header: tuple[str, ...], lines: Callable[[], list[list[str]]]
    ) -> web.StreamResponse:
        if account_of(request).role not in SEE_ALL:
            return self._console.message(request, "forbidden", status=403)
        found = await asyncio.to_thread(lines)
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return web.Response(
            body=daicho.csv_of(header, found), content_type="text/csv", charset="utf-8", headers=headers
        )

    async def register(self, request: web.Request) -> web.StreamResponse:
        """POST /devices/register: enter or correct a device."""
        account, now, form = account_of(request), datetime.now(UTC), await request.post()
        if not self._administers(account, now):
            return self._console.message(request, "forbidden", status=403)
        try:
            device = _device_of({key: str(value).strip() for key, value in form.items()})
            await asyncio.to_thread(self._desks.lending.register, device, account.person, now)
        except Refused as refused:
            return await self.devices(request, self._said(request, refused), 422)
        raise web.HTTPSeeOther(address(device.serial))

    async def take_over(self, request: web.Request) -> web.StreamResponse:
        """POST /devices/import: the devices of the file."""
        account, now, desks = account_of(request), datetime.now(UTC), self._desks
        if not self._administers(account, now):
            return self._console.message(request, "forbidden", status=403)
        booked = {d.serial for d in desks.book.devices()}
        fresh = [d for d in desks.directory.filed() if d.serial not in booked]
        try:
            await asyncio.to_thread(desks.lending.take_over, fresh, account.person, now)
        except Refused as refused:
            return await self.devices(request, self._said(request, refused), 422)
        raise web.HTTPSeeOther("/devices")

    # one device

    async def device(self, request: web.Request, text: str = "", status: int = 200) -> web.StreamResponse:
        """GET /device/SERIAL."""
        account, now = account_of(request), datetime.now(UTC)
        device = self._desks.directory.device(request.match_info["serial"])
        if device is None or not self._may_see(account, device, now):
            raise hidden(request)
        values = await asyncio.to_thread(self._shown, device, account, now)
        return self._console.page(request, "device.html", status=status, text=text, **values)

    def _shown(self, device: Device, account: Account, now: datetime) -> dict[str, Any]:
        desks, today = self._desks, self._desks.directory.today(now)
        keeps = desks.lending.keeps(device, account.person, now)
        oversees = account.role in SEE_ALL or keeps
        acts = account.role != "auditor"
        return {
            "device": device,
            "history": desks.book.history(device.serial),
            "loans": desks.book.loans(serial=device.serial, limit=100) if oversees else [],
            "written": desks.book.written(serial=device.serial, limit=100) if oversees else [],
            "name": desks.name,
            "today": today,
            "last_day": fiscal_end(today),
            "may_request": acts and device.state not in (DeviceStatus.LOST, DeviceStatus.RETIRED),
            "may_lose": acts and self._may_lose(device, account, now),
            "moves": _moves(device) if acts and (keeps or self._administers(account, now)) else (),
            "administers": self._administers(account, now),
            "address": address(device.serial),
        }

    def _may_lose(self, device: Device, account: Account, now: datetime) -> bool:
        known = device.state not in (DeviceStatus.LOST, DeviceStatus.RETIRED)
        return known and self._desks.lending.may_report(device, account.person, now)

    async def move_device(self, request: web.Request) -> web.StreamResponse:
        """POST /device/SERIAL/…: a request for it, a loss, another state, seen in the inventory."""
        account, now, form = account_of(request), datetime.now(UTC), await request.post()
        serial, move = request.match_info["serial"], request.match_info["move"]
        device = self._desks.directory.device(serial)
        if device is None or not self._may_see(account, device, now):
            raise hidden(request)
        if account.role == "auditor":
            return self._console.message(request, "forbidden", status=403)
        values = {key: str(value) for key, value in form.items()}
        try:
            target = await asyncio.to_thread(self._move_device, serial, move, values, account, now)
        except Refused as refused:
            return await self.device(request, self._said(request, refused), 403 if refused.code == "not_yours" else 422)
        raise web.HTTPSeeOther(target)

    def _move_device(self, serial: str, move: str, form: dict[str, str], account: Account, now: datetime) -> str:
        lending, remark = self._desks.lending, form.get("remark", "")
        if move == "request":
            person = self._desks.directory.person(account.person)
            if person is None:
                raise Refused("not_active")
            first, last = _day(form.get("first", "")), _day(form.get("last", ""))
            numbers = form.get("number_work") == "yes"
            number = lending.request(serial, person, form.get("purpose", ""), first, last, now, number_work=numbers)
            return f"/loan/{number}"
        if move == "lose":
            lending.lose(serial, account.person, remark, now)
        elif move == "tick":
            self._desks.inventory.tick(serial, account.person, remark, now)
            return "/inventory"
        else:
            lending.change_state(serial, DeviceMove(move), account.person, remark, now)
        return address(serial)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Refused("period_format") from None


def _moves(device: Device) -> tuple[str, ...]:
    return tuple(move.value for state, move in DEVICE_MOVES if state is device.state and move in _STATES)


def _device_of(form: dict[str, str]) -> Device:
    """A device from a form. Raises Refused."""
    known = ("serial", "number", "registered", "hardware", "vendor_id", "product_id", "product", "department", "holder")
    row: dict[str, Any] = {key: form.get(key, "")[:200] for key in (*known, "folder", "remark")}
    row |= {key: form.get(key) == "yes" for key in ("encrypted", "number_work")}
    try:
        return device_of(row, "form")
    except ConfigError:
        raise Refused("serial") from None
