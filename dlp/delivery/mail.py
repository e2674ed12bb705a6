"""Relay: hands a mail to the next hop, over connections that are kept.

aiosmtplib greets and secures a connection; the commands and the content are written here (`envelope.py`), because its
own `mail`, `rcpt` and `data` rewrite addresses and line ends (4.0), and what leaves must be what came. Where the next
hop offers PIPELINING a mail's commands go out together (`dlp/delivery/talk.py`).
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import ssl
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence

import aiosmtplib

from dlp.delivery import login as login_at
from dlp.delivery.asking import Conversation
from dlp.delivery.envelope import BROKEN, TOO_MANY_REFUSALS, Stale, begin, offer, reset
from dlp.delivery.letter import Letter, Opening, Reply
from dlp.delivery.spooled import Spooled, is_sound
from dlp.delivery.talk import Lost, Talk
from dlp.errors import ConfigError, GatewayFault, SenderFault
from dlp.settings import Mail

log = logging.getLogger(__name__)

_IDLE_SECONDS = 30.0  # below Postfix's smtpd_timeout under stress
_MAX_IDLE = 16
_CONNECT_SECONDS = 30.0
_LEAVING_SECONDS = 2.0
_LOGIN_SECONDS = 30.0
_MAX_ASKED = 32  # connections kept for mails not yet let go; below Postfix's smtpd_client_connection_count_limit


class Unreached(GatewayFault):
    """This next hop could not be had; it has heard nothing of the mail's content, so another may be asked."""


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
        self._asked: set[Talk] = set()  # those kept for mails whose verdict is not found yet
        self._released: set[asyncio.Task[None]] = set()
        self._offered: Mapping[str, str] | None = None
        self._tls = self._tls_context() if config.next_hop_tls != "none" else None

    def _tls_context(self) -> ssl.SSLContext:
        config = self._config
        try:
            context = ssl.create_default_context(cafile=str(config.next_hop_ca) if config.next_hop_ca else None)
        except (OSError, ssl.SSLError) as error:
            raise ConfigError(f"[mail] next_hop_ca: {config.next_hop_ca}: {error}") from None
        if config.next_hop_cert is not None:
            try:
                context.load_cert_chain(config.next_hop_cert, config.next_hop_key)
            except (OSError, ssl.SSLError) as error:
                raise ConfigError(f"[mail] next_hop_cert/next_hop_key: {error}") from None
        if config.next_hop_tls == "may":  # opportunistic: against listeners, not against impostors (RFC 7435)
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        return context

    @property
    def name(self) -> str:
        """host:port."""
        return self._config.next_hop

    async def send(self, letter: Letter, begun: Conversation | None = None) -> Reply:
        """Offer one mail for all its recipients: all of them or none; on the connection where it was `begun`.

        Addresses, parameters and bytes go out as given; the content has CRLF line ends. Parameters whose extension the
        next hop does not offer are left out when nothing is lost by it, else the reply is a 5xx. The reply is the next
        hop's: when it refuses a recipient, its refusal is the reply for the whole mail (a permanent one before a
        temporary one), `refused` names them all and nothing was sent. Raises GatewayFault when the next hop gives no
        answer, SenderFault for content with bare CR or LF.
        """
        if not await _sound(letter.content):
            raise SenderFault("bare CR or LF in the content")
        if begun is not None and (talk := begun.take()) is not None:
            self._asked.discard(talk)
            with contextlib.suppress(Stale):
                return self._after(talk, await offer(talk, letter, begun.told))
        return await self._on_one(lambda talk: self._sent(talk, letter))

    async def begin(self, opening: Opening, address: str, wishes: Sequence[str]) -> tuple[Reply, Conversation | None]:
        """Say MAIL and a first RCPT; the answer, and the conversation to go on with.

        No conversation where MAIL was refused, or where enough connections are kept already. Raises GatewayFault.
        """
        return await self._on_one(lambda talk: self._begun(talk, opening, address, wishes))

    async def _on_one[Result](self, act: Callable[[Talk], Awaitable[Result]]) -> Result:
        """Do it on a kept connection, or on a new one where those kept are stale."""
        while (kept := self._take()) is not None:
            with contextlib.suppress(Stale):
                return await act(kept)
        try:
            return await act(await self._connect())
        except Stale as error:
            raise Unreached("next hop: went away") from error

    async def _sent(self, talk: Talk, letter: Letter) -> Reply:
        return self._after(talk, await offer(talk, letter))

    def _after(self, talk: Talk, reply: Reply) -> Reply:
        self._give(talk)
        return reply

    async def _begun(
        self, talk: Talk, opening: Opening, address: str, wishes: Sequence[str]
    ) -> tuple[Reply, Conversation | None]:
        reply, accepted = await begin(talk, opening, address, wishes)
        if not accepted or not talk.alive:
            return self._after(talk, reply), None
        if len(self._asked) >= _MAX_ASKED:
            self._asked = {one for one in self._asked if one.alive}
        if len(self._asked) >= _MAX_ASKED:
            self.release(talk)
            return reply, None
        self._asked.add(talk)
        conversation = Conversation(self, talk)
        conversation.heard(address, wishes, reply)
        return reply, conversation

    async def refusal(self, login: str, password: str) -> str:
        """Nothing where this next hop knows them, else its refusal. Raises GatewayFault where it does not say."""
        talk = await self._connect()
        try:
            async with asyncio.timeout(_LOGIN_SECONDS):
                return await login_at.refusal(talk, login, password)
        except TimeoutError as error:
            raise GatewayFault("next hop: no answer to AUTH") from error
        finally:
            talk.close()  # nobody else's mail goes out in this one's name

    def release(self, talk: Talk) -> None:
        """Take back a connection on which an envelope was begun that does not go on."""
        self._asked.discard(talk)
        task = asyncio.create_task(self._recovered(talk))
        self._released.add(task)
        task.add_done_callback(self._released.discard)

    async def _recovered(self, talk: Talk) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_LEAVING_SECONDS):
                await reset(talk)
                self._give(talk)
                return
        talk.close()

    async def extensions(self) -> Mapping[str, str]:
        """The ESMTP extensions the next hop offers, in lower case, with what they say, as last seen. Raises
        GatewayFault."""
        if self._offered is None:
            self._give(await self._connect())
        assert self._offered is not None
        return self._offered

    async def close(self) -> None:
        """Leave all kept connections."""
        while self._released:
            await asyncio.wait(set(self._released))
        idle, self._idle = self._idle, []
        for _, talk in idle:
            with contextlib.suppress(*BROKEN):
                async with asyncio.timeout(_LEAVING_SECONDS):
                    await talk.ask(b"QUIT")
            talk.close()

    # connections

    def forget(self) -> None:
        """Trust no kept connection any more."""
        idle, self._idle = self._idle, []
        for _, talk in idle:
            talk.close()

    def _take(self) -> Talk | None:
        while self._idle:
            since, talk = self._idle.pop()
            if talk.alive and time.monotonic() - since < _IDLE_SECONDS:
                return talk
            talk.close()
        return None

    def _give(self, talk: Talk) -> None:
        if talk.alive and talk.refusals < TOO_MANY_REFUSALS and len(self._idle) < _MAX_IDLE:
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


async def _sound(content: bytes | Spooled) -> bool:
    """Whether CR and LF stand together everywhere."""
    if isinstance(content, Spooled):
        return await asyncio.to_thread(content.sound)
    return is_sound(content)
