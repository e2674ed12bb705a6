"""A subclass of aiosmtpd's SMTP with what a relay between two MTAs needs.

aiosmtpd 1.4.6 knows no DSN, XFORWARD or ENHANCEDSTATUSCODES, answers a handler's exception with a permanent 500 and
its text, cuts a client off by the clock while its mail is being worked on, and logs bodies at DEBUG. Here: a fixed
451, parameters kept, the clock stopped while we work, the logger silent.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol

import aiosmtpd.smtp
from aiosmtpd.proxy_protocol import AF, V2_CMD, get_proxy
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword, Session
from aiosmtpd.smtp import Envelope as BaseEnvelope

from dlp.channels.mail import esmtp
from dlp.channels.mail.dialogue import Dialogue
from dlp.channels.mail.intake import Intake
from dlp.channels.mail.smtp_peers import Demand, MailUsers, Peers
from dlp.delivery.asking import Asking

logging.getLogger("mail.log").setLevel(logging.CRITICAL + 1)
aiosmtpd.smtp.sanitized_log = lambda *args, **more: None  # cleans each line for a log that is silent, twice
log = logging.getLogger(__name__)

CLOSING = "421 4.3.2 closing down; try again later"

_MAX_RECIPIENTS = 1000  # of one mail
_BLOCK = 1 << 16
_NOT_YOURS = "550 5.7.1 XFORWARD is for relays of our own"
_PROXY_SECONDS = 5.0  # for the line a proxy begins with
_MAX_PASSWORDS = 3  # wrong ones in one connection


class Envelope(BaseEnvelope):
    """One mail on its way in: the envelope with each recipient's DSN wishes and the client Postfix speaks for."""

    def __init__(self) -> None:
        super().__init__()
        self.wishes: list[list[str]] = []  # NOTIFY and ORCPT, one list a recipient
        self.xforward: dict[str, str] = {}
        self.received: Intake | None = None  # the whole content, once it is there
        self.asking: Asking | None = None  # what the next hop was told of it so far

    def over(self) -> None:
        """Nothing more comes of this mail."""
        if self.asking is not None:
            self.asking.end()


class Desk(Protocol):
    """What a connection asks of its channel."""

    async def onward(self) -> Mapping[str, str]:
        """The extensions mail can use on its whole way, in lower case, with what they say."""

    async def recipient(self, envelope: Envelope, command: esmtp.Command) -> str:
        """The reply to a well-formed RCPT of this mail."""

    async def handle_DATA(self, server: Server, session: Session, envelope: Envelope) -> str:
        """The reply to a whole mail, in `envelope.received`."""


class _Handler:
    """A connection's task, as the library knows it: to be cancelled when the connection ends, but while its mail is on
    its way onward not before that is over."""

    def __init__(self, task: asyncio.Task[None]) -> None:
        self._task = task
        self._sending = self._cancelled = False

    def cancel(self) -> None:
        """Now, or as soon as it may be."""
        if self._sending:
            self._cancelled = True
        else:
            self._task.cancel()

    def __enter__(self) -> None:
        self._sending = True

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._sending = False
        if self._cancelled:
            self._task.cancel()


class Server(Dialogue):
    """One client's connection. `live` holds all connections of a channel, this one while it lasts."""

    AuthLoginUsernameChallenge = "Username:"  # as every other server asks: some scanners look at the words
    AuthLoginPasswordChallenge = "Password:"

    def __init__(
        self,
        desk: Desk,
        *,
        peers: Peers,
        users: MailUsers | None = None,
        live: set[Server],
        max_sessions: int,
        line_length: int,
        spool: Path | None = None,
        **options: Any,
    ) -> None:
        super().__init__(desk, authenticator=_as_given, auth_require_tls=True, **options)
        self._desk = desk
        self._peers, self._users = peers, users
        self._spoken_for: tuple[str, int] | None = None  # whom a proxy in front of us speaks for
        self._live = live
        self._max_sessions = max_sessions
        self._max_line = line_length
        self._max_size = self.data_size_limit
        self._spool = spool
        self._wrong_passwords = 0
        self._known: tuple[Any, bool, Demand] | None = None  # a peer, and what the channel says of it
        self._working = False  # a whole mail is in our hands, its answer not yet given
        self._leaving = False

    def _create_envelope(self) -> Envelope:
        self._over()
        return Envelope()

    def _over(self) -> None:
        if isinstance(self.envelope, Envelope):
            self.envelope.over()

    def _mail(self) -> Envelope:
        """The mail of this moment; there is one from the greeting on."""
        assert isinstance(self.envelope, Envelope)
        return self.envelope

    # the connection

    async def _handle_client(self) -> None:
        if self._peers.is_proxy(self._peer()) and not await self._takes_proxy():
            self.abort()
            return
        refusal = self._refusal()
        if refusal:
            await self.push(refusal)
            assert self.transport is not None
            self.transport.close()
            return
        self._live.add(self)
        try:
            await self.converse()
        finally:
            self._over()
            self._live.discard(self)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Once for the connection, and once more for the TLS in it, when the library forgets for whom a proxy spoke."""
        super().connection_made(transport)
        if isinstance(self._handler_coroutine, asyncio.Task):
            self.to_the_end = _Handler(self._handler_coroutine)
            self._handler_coroutine: Any = self.to_the_end
        if self._spoken_for is not None and self.session is not None:
            self.session.peer = self._spoken_for  # type: ignore[assignment]  # a str to the library's stubs only

    def _serves(self) -> bool:
        return self._said_of_peer()[1]

    def _said_of_peer(self) -> tuple[Any, bool, Demand]:
        """Asked once: it stays the same while the connection lasts, unless a proxy speaks for somebody."""
        peer = self._peer()
        if self._known is None or self._known[0] != peer:
            self._known = (peer, self._peers.serves(peer), self._peers.demand(peer))
        return self._known

    def _peer(self) -> Any:
        return self.session.peer if self.session else None

    async def _takes_proxy(self) -> bool:
        """Read the PROXY line, version 1 or 2, that every connection of a proxy begins with; False for none."""
        self._reset_timeout(_PROXY_SECONDS)
        try:
            told = await get_proxy(self._reader)
        except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, ValueError):
            return False
        self._reset_timeout()
        if not told.valid or told.family == AF.UNIX:  # whose client has no address, so that nobody knows who it is
            log.warning("no PROXY line from a proxy")
            return False
        if told.src_addr is not None and told.command != V2_CMD.LOCAL:  # else it asks itself whether we are well
            self._spoken_for = (str(told.src_addr), int(told.src_port or 0))
            assert self.session is not None
            self.session.peer = self._spoken_for  # type: ignore[assignment]  # a str to the library's stubs only
        return True

    def _refusal(self) -> str:
        if self._users is None and not self._serves():
            return "554 5.7.1 this relay does not serve you"
        return "421 4.3.2 too many connections; try again later" if len(self._live) >= self._max_sessions else ""

    async def dismiss(self) -> None:
        """End this connection: now if it waits for a command, else once its mail is answered."""
        self._leaving = True
        if self._working or self.transport is None:
            return
        await self.push(CLOSING)
        self.transport.close()

    # commands

    async def smtp_EHLO(self, hostname: str) -> None:
        """Name our extensions."""
        if not hostname:
            await self.push("501 5.5.4 Syntax: EHLO hostname")
            return
        self._set_rset_state()  # type: ignore[no-untyped-call]
        assert self.session is not None
        self.session.extended_smtp = True
        self.session.host_name = hostname
        with self._unhurried:
            lines = [str(self.hostname), *await self._extensions()]
        self._plain_replies = True
        for line in lines[:-1]:
            await self.push(f"250-{line}")
        await self.push(f"250 {lines[-1]}")
        self._plain_replies = False

    async def _extensions(self) -> list[str]:
        """All we know that concerns the two of us, and of what concerns the mail what the next hop takes too."""
        onward = await self._desk.onward()
        size = onward.get("size", "")
        if size.isascii() and size.isdigit() and int(size):  # no more than the next hop takes (0: it names no limit)
            self.data_size_limit = min(int(size), self._max_size or int(size))
        lines = ["PIPELINING", f"SIZE {self.data_size_limit}", "ENHANCEDSTATUSCODES"]
        if self.tls_context and not self._tls_protocol:
            lines.append("STARTTLS")
        if self._users is not None and self._tls_protocol:
            lines.append("AUTH LOGIN PLAIN")
        if self._serves():
            lines.append("XFORWARD " + " ".join(esmtp.XFORWARD))
        return lines + [word for word in ("8BITMIME", "SMTPUTF8", "DSN") if word.lower() in onward]

    async def smtp_HELO(self, hostname: str) -> None:
        """The old greeting."""
        self._plain_replies = True
        await super().smtp_HELO(hostname)
        self._plain_replies = False

    async def smtp_STARTTLS(self, arg: str | None) -> None:
        """Once."""
        if self._tls_protocol:
            await self.push("503 5.5.1 TLS is on already")
            return
        await super().smtp_STARTTLS(arg)

    async def smtp_XFORWARD(self, arg: str | None) -> None:
        """Postfix's word on the original client, for this mail only (XFORWARD_README)."""
        envelope = self._mail()
        if envelope.mail_from is not None or not self._serves():
            await self.push("503 5.5.1 not during a mail" if envelope.mail_from is not None else _NOT_YOURS)
            return
        try:
            envelope.xforward.update(esmtp.xforward(arg))
        except esmtp.Malformed as error:
            await self.push(error.reply)
            return
        await self.push("250 2.0.0 Ok")

    async def smtp_MAIL(self, arg: str | None) -> None:
        """Begin a mail; the address and the parameters are kept as written."""
        if await self.check_helo_needed():
            return
        envelope = self._mail()
        if envelope.mail_from is not None:
            await self.push("503 5.5.1 nested MAIL command")
            return
        try:
            command = esmtp.mail(arg)
        except esmtp.Malformed as error:
            await self.push(error.reply)
            return
        reply = self._peer_refusal(command) or self._mail_refusal(command) or "250 2.1.0 Ok"
        if reply.startswith("2"):
            envelope.mail_from = command.address
            envelope.mail_options.extend(command.parameters)
            envelope.smtp_utf8 = command.value("SMTPUTF8") is not None
        await self.push_soon(reply)

    def _peer_refusal(self, command: esmtp.Command) -> str:
        """What this client has yet to show."""
        assert self.session is not None
        demand, tls = self._said_of_peer()[2], self.session.ssl
        if demand >= Demand.TLS and not tls:
            return "530 5.7.0 Must issue a STARTTLS command first"
        if demand >= Demand.CERTIFICATE and not (tls or {}).get("peercert"):
            return "530 5.7.0 this peer has to show a certificate"
        if not self.session.authenticated:
            return "" if self._serves() else "530 5.7.0 Authentication required"
        assert self._users is not None
        if not self._users.owns(self.session.login_data.decode("utf-8", "replace"), command.address):
            return "553 5.7.1 this sender address is not yours"
        return ""

    def _mail_refusal(self, command: esmtp.Command) -> str:
        if self.data_size_limit and int(command.value("SIZE") or 0) > self.data_size_limit:
            return "552 5.3.4 message size exceeds fixed limit"
        if not command.address.isascii() and command.value("SMTPUTF8") is None:
            return "553 5.6.7 an internationalised address needs SMTPUTF8"
        return ""

    async def smtp_RCPT(self, arg: str | None) -> None:
        """Add a recipient; the address and the parameters are kept as written."""
        envelope = self._mail()
        if envelope.mail_from is None:
            await self.push("503 5.5.1 need MAIL command")
            return
        try:
            command = esmtp.rcpt(arg)
        except esmtp.Malformed as error:
            await self.push(error.reply)
            return
        if len(envelope.rcpt_tos) >= _MAX_RECIPIENTS:
            await self.push("452 4.5.3 too many recipients")
        elif not command.address.isascii() and not envelope.smtp_utf8:
            await self.push("553 5.6.7 an internationalised address needs SMTPUTF8")
        else:
            with self._unhurried:
                reply = await self._desk.recipient(envelope, command)
            if reply.startswith("2"):
                envelope.rcpt_tos.append(command.address)
                envelope.wishes.append(list(command.parameters))
            await self.push_soon(reply)

    async def smtp_AUTH(self, arg: str | None) -> None:
        """By password, where something knows them and TLS is on; else peers are known by their address."""
        if self._users is None:
            await self.push("502 5.5.1 not implemented")
            return
        if self._mail().mail_from is not None:
            await self.push("503 5.5.1 not during a mail")
            return
        if self._wrong_passwords >= _MAX_PASSWORDS:  # what was sent before it heard of it
            return
        mechanism, *rest = (arg or "").split(" ", 1)
        await super().smtp_AUTH(" ".join([mechanism.upper(), *rest]))
        if self._wrong_passwords >= _MAX_PASSWORDS and self.transport is not None:
            await self.push("421 4.7.0 too many wrong passwords")
            self.transport.close()

    async def auth_PLAIN(self, server: object, args: list[str]) -> AuthResult:
        """RFC 4616."""
        return await self._checked(await super().auth_PLAIN(server, args))

    async def auth_LOGIN(self, server: object, args: list[str]) -> AuthResult:
        """The old way, which scanners still speak."""
        return await self._checked(await super().auth_LOGIN(server, args))

    async def _checked(self, given: AuthResult) -> AuthResult:
        """What the library has read, held against whatever knows passwords."""
        if not given.success:
            return given
        assert self._users is not None
        assert isinstance(given.auth_data, LoginPassword)
        login, password = (word.decode("utf-8", "replace") for word in given.auth_data)
        with self._unhurried:
            refusal = await self._users.refusal(login, password, str((self._peer() or ("",))[0]))
        if refusal.startswith("5"):
            self._wrong_passwords += 1
        if refusal:
            return AuthResult(success=False, handled=False, message=refusal)
        return AuthResult(success=True, auth_data=LoginPassword(given.auth_data.login, b""))  # it is not kept

    async def smtp_VRFY(self, arg: str | None) -> None:
        """We know no mailboxes."""
        await self.push("252 2.5.2 send some mail, it will be tried")

    async def smtp_HELP(self, arg: str | None) -> None:
        """Where to read on."""
        await self.push("214 2.0.0 RFC 5321")

    # the mail itself

    async def smtp_DATA(self, arg: str | None) -> None:
        """Receive one mail and answer for it."""
        envelope = self._mail()
        if arg:
            await self.push("501 5.5.4 Syntax: DATA")
        elif envelope.mail_from is None or not envelope.rcpt_tos:
            await self.push("503 5.5.1 need RCPT command")
        else:
            await self.push("354 End data with <CR><LF>.<CR><LF>")
            intake = Intake(limit=self.data_size_limit or 0, line_length=self._max_line, folder=self._spool)
            try:
                await self._receive(intake)
                await self.push(intake.refusal or await self._answer(intake))
            finally:
                intake.drop()
                self._set_post_data_state()  # type: ignore[no-untyped-call]
        if self._leaving and self.transport is not None:
            await self.push(CLOSING)
            self.transport.close()

    async def _receive(self, intake: Intake) -> None:
        """The content, read by blocks; each read has the client's time limit anew.

        `reader._buffer` takes back what a pipelining client sent behind it.
        """
        reader: Any = self._reader
        ended = False
        while not ended:
            block = await reader.read(_BLOCK)
            if not block:
                raise ConnectionResetError
            self._reset_timeout()
            ended = intake.feed(block)
        reader._buffer[:0] = intake.rest

    async def _answer(self, intake: Intake) -> str:
        """The handler's reply."""
        envelope = self._mail()
        envelope.received = intake
        envelope.content = envelope.original_content = intake.data
        self._working = True
        try:
            assert self.session is not None
            with self._unhurried:
                return await self._desk.handle_DATA(self, self.session, envelope)
        finally:
            self._working = False


def _as_given(
    server: SMTP, session: Session, envelope: BaseEnvelope, mechanism: str, data: LoginPassword
) -> AuthResult:
    """What a client sends, not yet checked (see `Server._checked`, which need not hold up everybody)."""
    return AuthResult(success=True, handled=False, auth_data=data)
