"""How approved content and our own notices leave."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from pathlib import Path

from dlp import policy
from dlp.channels.mail.mail import relay_held
from dlp.delivery import media as media_delivery
from dlp.delivery.manifest import Manifest
from dlp.delivery.routes import Relays
from dlp.directory import Directory
from dlp.errors import GatewayFault, SenderFault
from dlp.policy import Policy
from dlp.settings import Config
from dlp.transfer import Channel, Transfer
from quarantine.case import Notice


class Outward:
    """What the releaser delivers by.

    Each way returns what was answered. Raises SenderFault when it never will be taken, GatewayFault when another try
    may do.
    """

    def __init__(self, config: Config, relay: Relays, directory: Directory, manifest: Manifest, rules: Policy) -> None:
        self._config = config
        self._relay = relay
        self._directory = directory
        self._manifest = manifest
        self._policy = rules
        self.released: Callable[[Transfer], Awaitable[None]] | None = None  # the drop folder tidies behind a delivery

    async def mail(self, transfer: Transfer) -> str:
        """Hand an approved mail to its next hop."""
        reply = await relay_held(self._relay, transfer, "released", self._config.mail.hostname)
        return _settled(reply.code, reply.text)

    async def media(self, transfer: Transfer) -> str:
        """Write an approved file to its device."""
        device = self._directory.device(transfer.destination[0])
        if device is None:
            raise SenderFault("the device is no longer in the ledger")
        self._check_media(transfer)
        seal = self._manifest.of(
            transfer=transfer.id, sender=transfer.sender, serial=device.serial, folder=Path(device.folder)
        )
        done = await media_delivery.deliver(transfer, device, seal)
        if self.released is not None:
            await self.released(transfer)
        return done

    async def post(self, notice: Notice) -> None:
        """Mail one of our own notices."""
        message = EmailMessage()
        message["From"] = self._config.notices.sender
        message["To"] = notice.to
        message["Subject"] = notice.subject
        message["Date"] = formatdate(localtime=False)
        message["Message-ID"] = make_msgid(domain=self._config.mail.hostname)
        message["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody's autoresponder answers
        message.set_content(notice.body, cte="base64")
        reply = await self._relay.send("", [notice.to], message.as_bytes().replace(b"\n", b"\r\n"))
        _settled(reply.code, reply.text)

    def _check_media(self, transfer: Transfer) -> None:
        """An approval of the content does not stand in for a loan that has ended or a device that is gone."""
        now = datetime.now(UTC)
        standing = self._directory.standing(Channel.MEDIA, transfer.sender, now, transfer.destination[0])
        for action, code, _ in policy.device_faults(standing, self._policy):
            if not action.passes:
                raise SenderFault(code)


def _settled(code: int, text: str) -> str:
    """The next hop's word on a delivery. Raises SenderFault for 5xx, GatewayFault for 4xx."""
    if code >= 500:
        raise SenderFault(f"{code} {text}")
    if code >= 400:
        raise GatewayFault(f"{code} {text}")
    return f"{code} {text}"
