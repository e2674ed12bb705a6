"""A subclass of aiosmtpd's SMTP with what a relay between two MTAs needs.

aiosmtpd 1.4.6 knows no DSN, XFORWARD or ENHANCEDSTATUSCODES, answers a handler's exception with a permanent 500 and
its text, and logs bodies at DEBUG. Here: a fixed 451, parameters kept, the logger silent.
"""

from __future__ import annotations

import ipaddress
import logging
import re
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session

logging.getLogger("mail.log").setLevel(logging.CRITICAL)

FAULT = "451 4.3.0 temporary fault, nothing was accepted; try again later"
_ENHANCED = re.compile(r"^([245]\d\d)([ -])(?!\d\.\d{1,3}\.\d{1,3})")
_DSN_MAIL = ("RET", "ENVID")
_DSN_RCPT = ("NOTIFY", "ORCPT")
_XFORWARD = ("NAME", "ADDR", "PORT", "PROTO", "HELO", "IDENT", "SOURCE")


class Server(SMTP):
    """One client's connection."""

    def __init__(self, handler: Any, *, trusted: tuple[str, ...], line_length: int, **options: Any) -> None:
        self.line_length_limit = line_length + 2
        super().__init__(handler, **options)
        self._trusted = [ipaddress.ip_network(network) for network in trusted]
        self._plain_replies = False
        self.xforward: dict[str, str] = {}

    async def push(self, status: Any) -> None:
        """Send a reply, with an enhanced code (RFC 2034) where it has none."""
        text = status.decode("utf-8") if isinstance(status, bytes) else str(status)
        if not self._plain_replies:
            text = _ENHANCED.sub(lambda m: f"{m[1]}{m[2]}{m[1][0]}.0.0 ", text)
        await super().push(text)

    async def _handle_client(self) -> None:
        peer: Any = self.session.peer if self.session else None
        address = ipaddress.ip_address(str(peer[0]).partition("%")[0]) if isinstance(peer, tuple) else None
        if address is not None and not any(address in network for network in self._trusted):
            await super().push("554 5.7.1 this relay does not serve you")
            if self.transport is not None:
                self.transport.close()
            return
        await super()._handle_client()

    async def smtp_EHLO(self, hostname: str) -> None:
        """EHLO replies name extensions, so they carry no enhanced codes (RFC 2034, section 3)."""
        self._plain_replies = True
        try:
            await super().smtp_EHLO(hostname)
        finally:
            self._plain_replies = False

    async def smtp_HELO(self, hostname: str) -> None:
        """As EHLO."""
        self._plain_replies = True
        try:
            await super().smtp_HELO(hostname)
        finally:
            self._plain_replies = False

    async def smtp_XFORWARD(self, arg: str | None) -> None:
        """Postfix's word on the original client (XFORWARD_README); kept for the log's transaction."""
        if self.session is None or arg is None:
            await self.push("501 5.5.4 Syntax: XFORWARD attribute=value")
            return
        pairs = [pair.partition("=") for pair in arg.split()]
        if not all(name.upper() in _XFORWARD and equals for name, equals, _ in pairs):
            await self.push("501 5.5.4 unknown XFORWARD attribute")
            return
        self.xforward = {name.upper(): value for name, _, value in pairs}
        await self.push("250 2.0.0 Ok")

    async def smtp_MAIL(self, arg: str | None) -> None:
        """MAIL with DSN's RET and ENVID, which aiosmtpd does not know."""
        rest, taken = _split(arg, _DSN_MAIL)
        await super().smtp_MAIL(rest)
        if self.envelope is not None and self.envelope.mail_from:
            self.envelope.mail_options.extend(taken)

    async def smtp_RCPT(self, arg: str | None) -> None:
        """RCPT with DSN's NOTIFY and ORCPT, kept for each recipient."""
        envelope = self.envelope
        before = len(envelope.rcpt_tos) if envelope is not None else 0
        rest, taken = _split(arg, _DSN_RCPT)
        await super().smtp_RCPT(rest)
        if envelope is not None and len(envelope.rcpt_tos) > before:
            wishes: list[list[str]] = vars(envelope).setdefault("wishes", [])
            wishes.append(taken)

    async def handle_exception(self, error: Exception) -> str:
        """A fixed reply; an exception's text never reaches a client."""
        logging.getLogger(__name__).error("connection failed", extra={"error": type(error).__name__})
        return FAULT


def _split(arg: str | None, words: tuple[str, ...]) -> tuple[str | None, list[str]]:
    """An argument without the parameters named in `words`, and those."""
    if arg is None or ">" not in arg:
        return arg, []
    address, _, parameters = arg.rpartition(">")
    kept: list[str] = []
    taken: list[str] = []
    for parameter in parameters.split():
        (taken if parameter.partition("=")[0].upper() in words else kept).append(parameter)
    return " ".join([f"{address}>", *kept]), taken


def greet(server: SMTP, session: Session, envelope: Envelope, hostname: str, replies: list[str]) -> list[str]:
    """The EHLO reply with the extensions of this class, before the last line."""
    session.host_name = hostname
    return [*replies[:-1], "250-PIPELINING", "250-ENHANCEDSTATUSCODES", "250-DSN", _XFORWARD_LINE, replies[-1]]


_XFORWARD_LINE = "250-XFORWARD " + " ".join(_XFORWARD)
