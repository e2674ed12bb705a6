"""Relay: hands a mail to the next hop, over connections that are kept.

aiosmtplib greets and secures a connection; the commands and the content are written here, because its own `mail`,
`rcpt` and `data` rewrite addresses and line ends (4.0), and what leaves must be what came. Where the next hop offers
PIPELINING a mail's commands go out together (`dlp/delivery/talk.py`).
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import re
import ssl
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import aiosmtplib

from dlp.delivery.spooled import Spooled, is_sound
from dlp.delivery.talk import Answer, Garbled, Lost, Talk
from dlp.errors import ConfigError, GatewayFault, SenderFault
from dlp.settings import Mail

log = logging.getLogger(__name__)

_IDLE_SECONDS = 30.0  # below Postfix's smtpd_timeout under stress
_MAX_IDLE = 16
_CONNECT_SECONDS = 30.0
_LEAVING_SECONDS = 2.0
_MAX_XFORWARD = 480  # bytes of one XFORWARD command; Postfix's limit is 512
_BROKEN = (Lost, Garbled, TimeoutError)


@dataclass(frozen=True, slots=True)
class Reply:
    """The next hop's last word: 2xx when it has taken the mail for every recipient, else nothing was sent."""

    code: int
    text: str  # one line of printable ASCII, with its enhanced code
    refused: Mapping[str, tuple[int, str]] = field(default_factory=dict)  # recipient -> (code, text)

    @property
    def taken(self) -> bool:
        """Whether the next hop is responsible now."""
        return 200 <= self.code < 300


@dataclass(frozen=True, kw_only=True, slots=True)
class _Letter:
    mail_from: str
    rcpt_to: Sequence[str]
    content: bytes | Spooled
    mail_options: Sequence[str]
    rcpt_options: Sequence[Sequence[str]]
    xforward: Mapping[str, str]


class Unreached(GatewayFault):
    """This next hop could not be had; it has heard nothing of the mail's content, so another may be asked."""


class _Stale(Exception):
    """This connection is no good any more and the mail's content was not begun on it: take another one."""


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
        self._idle: list[tuple[float, Talk]] = []
        self._offered: Mapping[str, str] | None = None
        self._tls = self._tls_context() if config.next_hop_tls != "none" else None

    def _tls_context(self) -> ssl.SSLContext:
        config = self._config
        try:
            context = ssl.create_default_context(cafile=str(config.next_hop_ca) if config.next_hop_ca else None)
        except (OSError, ssl.SSLError) as error:
            raise ConfigError(f"[mail] next_hop_ca: {config.next_hop_ca}: {error}") from None
        if config.next_hop_tls == "may":  # opportunistic: against listeners, not against impostors (RFC 7435)
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        return context

    @property
    def name(self) -> str:
        """host:port."""
        return self._config.next_hop

    async def send(
        self,
        mail_from: str,
        rcpt_to: Sequence[str],
        content: bytes | Spooled,
        *,
        mail_options: Sequence[str] = (),
        rcpt_options: Sequence[Sequence[str]] = (),
        xforward: Mapping[str, str] | None = None,
    ) -> Reply:
        """Offer one mail for all its recipients: all of them or none.

        Addresses, parameters and bytes go out as given; `content` has CRLF line ends. Parameters whose extension the
        next hop does not offer are left out when nothing is lost by it, else the reply is a 5xx. The reply is the next
        hop's: when it refuses a recipient, its refusal is the reply for the whole mail (a permanent one before a
        temporary one), `refused` names them all and nothing was sent. Raises GatewayFault when the next hop gives no
        answer, SenderFault for content with bare CR or LF.
        """
        if not await _sound(content):
            raise SenderFault("bare CR or LF in the content")
        letter = _Letter(
            mail_from=mail_from,
            rcpt_to=rcpt_to,
            content=content,
            mail_options=mail_options,
            rcpt_options=rcpt_options,
            xforward=xforward or {},
        )
        while (kept := self._take()) is not None:
            with contextlib.suppress(_Stale):
                return await self._offer(kept, letter)
        try:
            return await self._offer(await self._connect(), letter)
        except _Stale as error:
            raise Unreached("next hop: went away") from error

    async def extensions(self) -> Mapping[str, str]:
        """The ESMTP extensions the next hop offers, in lower case, with what they say, as last seen. Raises
        GatewayFault."""
        if self._offered is None:
            self._give(await self._connect())
        assert self._offered is not None
        return self._offered

    async def close(self) -> None:
        """Leave all kept connections."""
        idle, self._idle = self._idle, []
        for _, talk in idle:
            with contextlib.suppress(*_BROKEN):
                async with asyncio.timeout(_LEAVING_SECONDS):
                    await talk.ask(b"QUIT")
            talk.close()

    # connections

    def _take(self) -> Talk | None:
        while self._idle:
            since, talk = self._idle.pop()
            if talk.alive and time.monotonic() - since < _IDLE_SECONDS:
                return talk
            talk.close()
        return None

    def _give(self, talk: Talk) -> None:
        if talk.alive and len(self._idle) < _MAX_IDLE:
            self._idle.append((time.monotonic(), talk))
        else:
            talk.close()

    async def _connect(self) -> Talk:
        """A greeted connection, under TLS as configured. Raises GatewayFault."""
        try:
            client = await self._greet()
            try:
                client = await self._secure(client)
                talk = Talk(client, self._config.timeout)
            except BaseException:
                client.close()
                raise
        except (aiosmtplib.SMTPException, OSError, TimeoutError, Lost) as error:
            raise Unreached(f"next hop: {type(error).__name__}") from error
        self._offered = talk.offered
        return talk

    async def _greet(self) -> aiosmtplib.SMTP:
        client = aiosmtplib.SMTP(
            hostname=self._host,
            port=self._port,
            local_hostname=self._config.hostname,
            timeout=self._config.timeout,
            start_tls=False,
            tls_context=self._tls,
        )
        try:
            await client.connect(timeout=min(_CONNECT_SECONDS, self._config.timeout))
            await client.ehlo()
        except BaseException:
            client.close()
            raise
        return client

    async def _secure(self, client: aiosmtplib.SMTP) -> aiosmtplib.SMTP:
        wish = self._config.next_hop_tls
        if wish == "none":
            return client
        if not client.supports_extension("starttls"):
            if wish == "require":
                raise Unreached("next hop: offers no STARTTLS, and next_hop_tls is require")
            return client
        try:
            await client.starttls(tls_context=self._tls, timeout=_CONNECT_SECONDS)
        except (aiosmtplib.SMTPException, OSError, TimeoutError):
            client.close()
            if wish == "require":
                raise
            log.warning("the next hop's STARTTLS does not work; next_hop_tls is may: sent in clear")
            return await self._greet()
        await client.ehlo()
        return client

    # one mail on one connection

    async def _offer(self, talk: Talk, letter: _Letter) -> Reply:
        """The next hop's answer, the connection kept. Raises _Stale before the content is begun, else GatewayFault."""
        done = False
        try:
            reply = await self._envelope(talk, letter) or await self._content(talk, letter.content)
            done = True
        except Lost as error:
            raise _Stale from error
        except TimeoutError as error:
            # Not on yet another connection: each may be as slow, and our own client's patience ends.
            raise GatewayFault("next hop: no answer in time") from error
        except Garbled as error:
            raise GatewayFault("next hop: an answer that is none") from error
        finally:
            if not done:
                talk.close()
        if 300 <= reply.code < 400:  # the middle of a conversation cannot be its end
            talk.close()
            raise GatewayFault("next hop: an answer that is none")
        if reply.code == 421:  # it closes now; to our client that is a fault for this mail, not for the connection
            talk.close()
            return Reply(451, reply.text, reply.refused)
        if not reply.taken:
            await self._reset(talk)
        self._give(talk)
        return reply

    async def _reset(self, talk: Talk) -> None:
        try:
            await talk.ask(b"RSET")
        except _BROKEN:
            talk.close()

    async def _envelope(self, talk: Talk, letter: _Letter) -> Reply | None:
        """XFORWARD, MAIL, RCPT…, DATA; None when all were accepted and the content is waited for."""
        options, refusal = _mail_options(letter, talk.offered)
        if refusal is not None or not letter.rcpt_to:
            return refusal or _refusal({}, 0)
        for command in _xforward(letter.xforward, talk.offered):
            await self._say(talk, command)  # for its log alone: whatever it answers, the mail goes on
        commands = [_command("MAIL FROM", letter.mail_from, options), *_recipients(letter, talk.offered)]
        ahead = "pipelining" in talk.offered
        # All or none: where one of several may be refused, DATA waits for them, for nothing takes it back.
        hasty = ahead and len(letter.rcpt_to) == 1
        if ahead:
            talk.tell(*commands, *([b"DATA"] if hasty else []))
        refusal = await self._accepted(talk, letter, commands, ahead)
        if refusal is None:
            return await self._data(talk, ahead=hasty)
        if ahead:
            await self._unheard(talk)
        return refusal

    async def _accepted(self, talk: Talk, letter: _Letter, commands: Sequence[bytes], ahead: bool) -> Reply | None:
        """Hear the answers to MAIL and RCPT…, sent `ahead` or one by one; None when all were accepted."""
        reply = await self._say(talk, commands[0], ahead=ahead)
        if reply.code == 421:
            raise _Stale  # a connection kept too long is told so here
        if not reply.taken:
            return reply
        refused: dict[str, Reply] = {}
        for recipient, command in zip(letter.rcpt_to, commands[1:], strict=True):
            reply = await self._say(talk, command, ahead=ahead)
            if not reply.taken:
                refused[recipient] = reply
            if reply.code == 421:
                break
        return _refusal(refused, len(letter.rcpt_to)) if refused else None

    async def _unheard(self, talk: Talk) -> None:
        """After a refusal: hear the answers to what was sent ahead. Only leaving takes back an accepted DATA."""
        try:
            while talk.awaited:
                if 300 <= (await talk.answer()).code < 400:
                    talk.close()
        except _BROKEN:
            talk.close()

    async def _say(self, talk: Talk, command: bytes, *, ahead: bool = False) -> Reply:
        if not ahead:
            talk.tell(command)
        return _reply(await talk.answer())

    async def _data(self, talk: Talk, *, ahead: bool) -> Reply | None:
        """None when the next hop waits for the content."""
        reply = await self._say(talk, b"DATA", ahead=ahead)
        if reply.code == 354:
            return None
        return reply if not reply.taken else Reply(451, "4.3.0 the next hop does not take the content")

    async def _content(self, talk: Talk, content: bytes | Spooled) -> Reply:
        if not isinstance(content, Spooled):
            talk.write(_stuffed(content))
        try:
            if isinstance(content, Spooled):
                await talk.pour(content.stuffed())
            answer = await talk.answer()
        except (*_BROKEN, OSError) as error:
            # It may have taken the mail: to send it again on another connection could deliver it twice.
            raise GatewayFault("the next hop was lost after DATA") from error
        return _reply(answer)


async def _sound(content: bytes | Spooled) -> bool:
    """Whether CR and LF stand together everywhere."""
    if isinstance(content, Spooled):
        return await asyncio.to_thread(content.sound)
    return is_sound(content)


def _reply(answer: Answer) -> Reply:
    """An answer in one printable line. Raises GatewayFault for a code that is none."""
    if not 200 <= answer.code < 600:
        raise GatewayFault("next hop: an answer that is none")
    return Reply(answer.code, " ".join(re.sub(r"[^!-~]+", " ", answer.text).split())[:400])


def _command(verb: str, address: str, parameters: Sequence[str]) -> bytes:
    return " ".join([f"{verb}:<{address}>", *parameters]).encode()


def _recipients(letter: _Letter, offered: Mapping[str, str]) -> Iterator[bytes]:
    """RCPT commands, with the DSN wishes the next hop understands."""
    for index, recipient in enumerate(letter.rcpt_to):
        wishes = letter.rcpt_options[index] if "dsn" in offered and index < len(letter.rcpt_options) else ()
        yield _command("RCPT TO", recipient, wishes)


def _stuffed(content: bytes) -> bytes:
    """Content as it goes over the wire: dots doubled, ended."""
    if content.startswith(b"."):
        content = b"." + content
    end = b".\r\n" if not content or content.endswith(b"\r\n") else b"\r\n.\r\n"
    return content.replace(b"\r\n.", b"\r\n..") + end


def _mail_options(letter: _Letter, offered: Mapping[str, str]) -> tuple[list[str], Reply | None]:
    """The MAIL parameters this next hop understands, or the refusal when the mail cannot go without one."""
    kept: list[str] = [f"SIZE={len(letter.content)}"] if "size" in offered else []
    for option in letter.mail_options:
        name, _, value = option.upper().partition("=")
        if name == "SMTPUTF8" and "smtputf8" not in offered:
            return [], Reply(553, "5.6.7 the next hop does not take SMTPUTF8")
        if name == "BODY" and "8bitmime" not in offered:
            if value == "8BITMIME" and not letter.content.isascii():
                return [], Reply(554, "5.6.3 the next hop does not take 8BITMIME")
        elif name in ("SMTPUTF8", "BODY") or (name in ("RET", "ENVID") and "dsn" in offered):
            kept.append(option)
    return kept, None


def _xforward(attributes: Mapping[str, str], offered: Mapping[str, str]) -> Iterator[bytes]:
    """XFORWARD commands for the attributes the next hop wants, each short enough."""
    wanted = offered.get("xforward", "").upper().split()
    line = b""
    for pair in (f" {name}={value}".encode() for name, value in attributes.items() if name in wanted):
        if line and len(line) + len(pair) > _MAX_XFORWARD:
            yield b"XFORWARD" + line
            line = b""
        line += pair
    if line:
        yield b"XFORWARD" + line


def _refusal(refused: Mapping[str, Reply], recipients: int) -> Reply:
    """One reply for a mail of which some recipients are refused: the first permanent refusal, else the first."""
    replies = list(refused.values())
    if not replies:
        return Reply(554, "5.5.1 no recipients")
    worst = next((reply for reply in replies if reply.code >= 500), replies[0])
    text = worst.text
    if recipients > 1:
        text += f" ({len(replies)} of {recipients} recipients refused; nothing was sent)"
    return Reply(worst.code, text, {recipient: (reply.code, reply.text) for recipient, reply in refused.items()})
