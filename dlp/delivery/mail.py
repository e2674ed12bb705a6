"""Relay: hands a mail to the next hop, over connections that are kept."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import ssl
import time
from collections.abc import Sequence
from dataclasses import dataclass

import aiosmtplib

from dlp.errors import ConfigError, GatewayFault
from dlp.settings import Mail

log = logging.getLogger(__name__)

_IDLE_SECONDS = 30.0  # below Postfix's smtpd_timeout under stress
_MAX_IDLE = 16


@dataclass(frozen=True, slots=True)
class Reply:
    """The next hop's last word: code 250 when it has taken the mail for every recipient."""

    code: int
    text: str

    @property
    def taken(self) -> bool:
        """Whether the next hop is responsible now."""
        return 200 <= self.code < 300


class Relay:
    """Sends mails to the next hop of [mail]. Safe for many at once; `close` at the end."""

    def __init__(self, config: Mail) -> None:
        host, _, port = config.next_hop.rpartition(":")
        if not host or not port.isdigit():
            raise ConfigError(f"[mail] next_hop: {config.next_hop!r} is not host:port")
        if config.next_hop_tls not in ("none", "may", "require"):
            raise ConfigError(f"[mail] next_hop_tls: {config.next_hop_tls!r} is none of none, may, require")
        self._host, self._port = host.strip("[]"), int(port)
        self._config = config
        self._idle: list[tuple[float, aiosmtplib.SMTP]] = []
        self._tls = self._tls_context() if config.next_hop_tls != "none" else None

    def _tls_context(self) -> ssl.SSLContext:
        config = self._config
        context = ssl.create_default_context(cafile=str(config.next_hop_ca) if config.next_hop_ca else None)
        if config.next_hop_tls == "may":  # opportunistic: against listeners, not against impostors (RFC 7435)
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        return context

    async def send(
        self,
        mail_from: str,
        rcpt_to: Sequence[str],
        content: bytes,
        *,
        mail_options: Sequence[str] = (),
        rcpt_options: Sequence[Sequence[str]] = (),
    ) -> Reply:
        """Offer one mail for all its recipients; all or none.

        `content` has CRLF line ends. The reply is the next hop's: a refusal of any recipient is the reply for the
        whole mail, and nothing was sent. Raises GatewayFault when the next hop gives no answer.
        """
        kept = self._take()
        if kept is not None:
            try:
                return await self._offer(kept, mail_from, rcpt_to, content, mail_options, rcpt_options)
            except (aiosmtplib.SMTPServerDisconnected, OSError, TimeoutError) as error:
                kept.close()
                if getattr(kept, "sekisho_in_data", False):
                    # It may have taken the mail: sending again could deliver it twice.
                    raise GatewayFault("the next hop was lost after DATA") from error
        client = await self._connect()
        try:
            return await self._offer(client, mail_from, rcpt_to, content, mail_options, rcpt_options)
        except (aiosmtplib.SMTPException, OSError, TimeoutError) as error:
            client.close()
            raise GatewayFault(f"next hop: {type(error).__name__}") from error

    async def close(self) -> None:
        """Leave all kept connections."""
        idle, self._idle = self._idle, []
        for _, client in idle:
            with contextlib.suppress(aiosmtplib.SMTPException, OSError, TimeoutError):
                await asyncio.wait_for(client.quit(), 2.0)

    async def offers(self, extension: str) -> bool:
        """Whether the next hop offers an ESMTP extension. Raises GatewayFault when it cannot be asked."""
        client = self._take() or await self._connect()
        self._give(client)
        return client.supports_extension(extension)

    def _take(self) -> aiosmtplib.SMTP | None:
        while self._idle:
            since, client = self._idle.pop()
            if client.is_connected and time.monotonic() - since < _IDLE_SECONDS:
                return client
            client.close()
        return None

    def _give(self, client: aiosmtplib.SMTP) -> None:
        if client.is_connected and len(self._idle) < _MAX_IDLE:
            self._idle.append((time.monotonic(), client))
        else:
            client.close()

    async def _connect(self) -> aiosmtplib.SMTP:
        config = self._config
        client = aiosmtplib.SMTP(
            hostname=self._host,
            port=self._port,
            local_hostname=config.hostname,
            timeout=config.timeout,
            start_tls=False,
            tls_context=self._tls,
        )
        try:
            await client.connect(timeout=30.0)
            await client.ehlo()
            if config.next_hop_tls != "none":
                if client.supports_extension("starttls"):
                    await client.starttls(tls_context=self._tls)
                    await client.ehlo()
                elif config.next_hop_tls == "require":
                    raise GatewayFault("next hop: offers no STARTTLS, and next_hop_tls is require")
        except (aiosmtplib.SMTPException, OSError, TimeoutError) as error:
            client.close()
            raise GatewayFault(f"next hop: {type(error).__name__}") from error
        except GatewayFault:
            client.close()
            raise
        return client

    async def _offer(
        self,
        client: aiosmtplib.SMTP,
        mail_from: str,
        rcpt_to: Sequence[str],
        content: bytes,
        mail_options: Sequence[str],
        rcpt_options: Sequence[Sequence[str]],
    ) -> Reply:
        client.sekisho_in_data = False  # type: ignore[attr-defined]
        try:
            options, encoding = _supported(client, mail_options)
            await client.mail(mail_from, options=options, encoding=encoding)
            for index, recipient in enumerate(rcpt_to):
                wishes = rcpt_options[index] if index < len(rcpt_options) else ()
                wishes = list(wishes) if client.supports_extension("dsn") else []
                await client.rcpt(recipient, options=wishes, encoding=encoding)
            client.sekisho_in_data = True  # type: ignore[attr-defined]
            done = await client.data(content)
            reply = Reply(done.code, " ".join(done.message.split()))
        except aiosmtplib.SMTPResponseException as error:
            if error.code == 421 or not client.is_connected:
                client.close()
                return Reply(451 if error.code == 421 else error.code, " ".join(error.message.split()))
            with contextlib.suppress(aiosmtplib.SMTPException, OSError, TimeoutError):
                await client.rset()
            reply = Reply(error.code, " ".join(error.message.split()))
        self._give(client)
        return reply


def _supported(client: aiosmtplib.SMTP, options: Sequence[str]) -> tuple[list[str], str]:
    """The MAIL options this next hop understands, and the encoding of addresses."""
    kept: list[str] = []
    encoding = "ascii"
    for option in options:
        word = option.partition("=")[0].upper()
        if word == "SMTPUTF8":
            if not client.supports_extension("smtputf8"):
                raise aiosmtplib.SMTPResponseException(553, "5.6.7 the next hop does not take SMTPUTF8")
            kept.append(option)
            encoding = "utf-8"
        elif (word == "BODY" and client.supports_extension("8bitmime")) or (
            word in ("RET", "ENVID") and client.supports_extension("dsn")
        ):
            kept.append(option)
    return kept, encoding
