"""What the pages of devices, loans and inventories have in common: who is shown what."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import quote

from aiohttp import web

from dlp import texts
from dlp.console.accounts import Account
from dlp.directory.desks import Desks
from dlp.directory.loans import Refused, Request
from dlp.standing import Device

if TYPE_CHECKING:
    from dlp.console.server import Console

SEE_ALL = ("administrator", "auditor", "privacy")


class MediaPages:
    """Who may do what is `dlp.directory.keepers`' to say; an auditor does nothing."""

    _console: Console

    def __init__(self, desks: Desks) -> None:
        self._desks = desks

    def _awaited(self, request: Request, devices: dict[str, Device], account: Account, now: datetime) -> bool:
        device = devices.get(request.loan.serial)
        return device is not None and self._desks.lending.may_decide(request, device, account.person, now)

    def _may_see(self, account: Account, device: Device, now: datetime) -> bool:
        """All for those who oversee; else the own department's, and what one keeps."""
        if account.role in SEE_ALL:
            return True
        me = self._desks.directory.person(account.person)
        own = me is not None and device.department in ("", me.department)
        return own or self._desks.lending.keeps(device, account.person, now)

    def _administers(self, account: Account, now: datetime) -> bool:
        return account.role == "administrator" and self._desks.lending.administers(account.person, now)

    def _said(self, request: web.Request, refused: Refused) -> str:
        return texts.pick(texts.MEDIA_RULES, refused.code, self._console.lang(request))


def address(serial: str) -> str:
    """The page of a device."""
    return f"/device/{quote(serial, safe='')}"
