"""The mail channel: SMTP in, a Transfer, and an answer that is always true.

Never 250 for a mail that exists only in memory: either the next hop has it or the sealed case is committed.
"""

from __future__ import annotations

import asyncio
import contextlib
import email
import email.policy
import logging
import re
import ssl
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol
from weakref import WeakValueDictionary

from aiosmtpd.smtp import Session

from dlp.channels.mail import beside, retries
from dlp.channels.mail.dialogue import FAULT
from dlp.channels.mail.esmtp import Command
from dlp.channels.mail.intake import Intake
from dlp.channels.mail.smtp import Envelope, Server
from dlp.channels.mail.smtp_peers import MailUsers, Peers
from dlp.delivery.asking import Asking
from dlp.delivery.letter import ROOM, Reply
from dlp.delivery.routes import size_of
from dlp.delivery.spooled import Spooled
from dlp.errors import ConfigError, GatewayFault, Incomplete, cannot_listen
from dlp.extract.mail.heads import header_text
from dlp.outcome import Outcome
from dlp.recipients import for_recipients, is_mixed
from dlp.settings import Mail
from dlp.transfer import Channel, Transfer
from dlp.verdict import Action
from quarantine.ledger import LedgerRow

log = logging.getLogger(__name__)

TRACE = b"X-Sekisho-Trace"
_MESSAGE_ID = re.compile(rb"^message-id:[ \t]*(?:\r\n[ \t]+)?[^ \t\r\n]", re.IGNORECASE | re.MULTILINE)
_SUBJECTS = re.compile(rb"^subject:[ \t]*([^\r\n]*)\r\n([ \t]?)", re.IGNORECASE | re.MULTILINE)
_PLAIN = re.compile(rb"[ -<>-~]*")  # no encoded word, nothing to decode
_QUEUE_ID = re.compile(r"[0-9A-Za-z]{4,40}")  # anything else might be somebody's name: not logged
_MAX_HOPS = 5  # our own trace headers in one mail: more is a loop
_CLOSING_SECONDS = 10.0  # at stop, for the mails whose verdict is being found
_OK = "250 2.1.5 Ok"
_EVERY_EXTENSION = {"8bitmime": "", "smtputf8": "", "dsn": ""}


class Gate(Protocol):
    """What this channel needs of the gateway."""

    async def submit(self, transfer: Transfer) -> Outcome: ...  # noqa: D102
    def conclude(self, transfer_id: str, word: str, detail: str = "") -> asyncio.Future[None]: ...  # noqa: D102
    async def earlier(self, transfer: Transfer) -> list[LedgerRow]: ...  # noqa: D102


class Onward(Protocol):
    """The way to the next hops."""

    async def extensions(self, address: str = "") -> Mapping[str, str]: ...  # noqa: D102
    def same_way(self, one: str, other: str) -> bool: ...  # noqa: D102
    def asking(  # noqa: D102
        self, address: str, mail_from: str, *, mail_options: Sequence[str] = (), xforward: Mapping[str, str]
    ) -> Asking: ...
    async def send(  # noqa: D102
        self,
        mail_from: str,
        rcpt_to: Sequence[str],
        content: bytes | Spooled,
        *,
        mail_options: Sequence[str] = (),
        rcpt_options: Sequence[Sequence[str]] = (),
        xforward: Mapping[str, str] | None = None,
        asking: Asking | None = None,
    ) -> Reply: ...


class MailChannel:
    """Listens for SMTP; `start`, then `.port`, then `stop`."""

    def __init__(
        self, config: Mail, gateway: Gate, relay: Onward, users: MailUsers | None = None, *, spool: Path | None = None
    ) -> None:
        """`spool`: the folder of large mails while they are judged; None keeps all in memory."""
        self._spool = spool
        self._config = config
        self._gateway = gateway
        self._relay = relay
        self._peers = Peers(config.trusted, proxies=config.proxies, demands=config.peers)
        self._tls = _tls(config, self._peers)
        self._users = users
        self._live: set[Server] = set()
        self._server: asyncio.Server | None = None
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()  # for a mail and its retries
        self._sending: set[asyncio.Future[Any]] = set()  # mails, and what became of them
        self._concluded: dict[str, asyncio.Future[None]] = {}  # by mail: what became of it, on its way to the record

    @property
    def port(self) -> int:
        """The port listened on."""
        assert self._server is not None
        return int(self._server.sockets[0].getsockname()[1])

    async def start(self) -> None:
        """Listen. Raises ConfigError when the address cannot be had."""
        loop = asyncio.get_running_loop()
        config = self._config
        if self._spool is not None:
            _swept(self._spool)
        try:
            self._server = await loop.create_server(self._connection, config.host, config.port)
        except OSError as error:
            raise cannot_listen("mail", config.host, config.port, error) from None

    def _connection(self) -> Server:
        config = self._config
        return Server(
            self,
            peers=self._peers,
            users=self._users,
            live=self._live,
            max_sessions=config.max_sessions,
            line_length=config.line_length,
            spool=self._spool,
            data_size_limit=config.max_size,
            enable_SMTPUTF8=True,
            hostname=config.hostname,
            ident="ESMTP Sekisho",
            tls_context=self._tls,
            require_starttls=config.tls_required,
            timeout=config.timeout,
            loop=asyncio.get_running_loop(),
        )

    async def stop(self) -> None:
        """Take no more connections; answer what is being judged, finish what is on its way onward."""
        if self._server is not None:
            self._server.close()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_CLOSING_SECONDS):
                await asyncio.gather(*(server.dismiss() for server in list(self._live)), return_exceptions=True)
                while self._live:  # noqa: ASYNC110  aiosmtpd tells nobody that a connection has ended
                    await asyncio.sleep(0.02)
        for server in list(self._live):
            server.abort()
        while self._sending:
            await asyncio.wait(set(self._sending))

    # what a connection asks

    async def onward(self, address: str = "") -> Mapping[str, str]:
        """What the next hop (of `address`) offers, less the room our trace header takes. While it cannot be asked,
        all: only a mail's own answer is worth a refusal."""
        try:
            offered = await self._relay.extensions(address)
        except GatewayFault as error:
            log.warning("the next hop cannot be asked", extra={"error": str(error)})
            return _EVERY_EXTENSION
        size = size_of(offered)
        return {**offered, "size": str(max(1, size - ROOM))} if size else offered

    async def recipient(self, envelope: Envelope, command: Command) -> str:
        """The reply to one more RCPT: one mail takes one way, so that it is taken whole or not at all."""
        so_far, address = envelope.rcpt_tos, command.address
        if so_far and not self._relay.same_way(so_far[0], address):
            return "452 4.5.3 this recipient takes another way: send it a mail of its own"
        if envelope.smtp_utf8 and "smtputf8" not in await self.onward(address):
            return "553 5.6.7 the next hop of this recipient does not take SMTPUTF8"
        return await self._asked(envelope, command) if self._config.ask_recipients else _OK

    async def _asked(self, envelope: Envelope, command: Command) -> str:
        """What the next hop says of it. While it cannot be asked, the mail is taken: it may be one to be held."""
        if envelope.asking is None or not envelope.rcpt_tos:
            envelope.over()
            envelope.asking = self._relay.asking(
                command.address,
                envelope.mail_from or "",
                mail_options=envelope.mail_options,
                xforward=envelope.xforward,
            )
        reply = await envelope.asking.recipient(command.address, command.parameters)
        if reply is None or reply.taken:
            return _OK
        log.info("a recipient refused by the next hop", extra={"code": reply.code})
        return f"{reply.code} {reply.text}"

    async def handle_DATA(self, server: Server, session: Session, envelope: Envelope) -> str:
        """One whole mail: submit it, obey the outcome; the reply."""
        try:
            return await self._take(server, session, envelope)
        except GatewayFault as error:
            log.warning("mail not accepted", extra={"error": str(error)})
            return FAULT
        except Exception:
            log.exception("mail not accepted")
            return FAULT

    async def _take(self, server: Server, session: Session, envelope: Envelope) -> str:
        received = envelope.received
        assert received is not None
        head = (received.head if received.data is None else received.data).partition(b"\r\n\r\n")[0]
        if head.count(TRACE) > _MAX_HOPS and self._own_hops(head):
            return "554 5.4.6 this mail goes round in a circle"
        transfer = self._transfer(session, envelope, received, head)
        if _QUEUE_ID.fullmatch(ident := envelope.xforward.get("IDENT", "")):
            log.info("a mail of Postfix's queue", extra={"transfer": transfer.id, "ident": ident})
        named = _MESSAGE_ID.search(head) is not None
        if not named and not is_mixed(transfer, self._config.internal):
            return await self._judged(server, transfer, envelope.asking)  # machines send the same again and mean it
        turn = self._turns.setdefault(retries.key(transfer), asyncio.Lock())
        async with turn:
            if (concluded := self._concluded.get(retries.key(transfer))) is not None:
                await asyncio.wait([concluded])
            earlier = await self._gateway.earlier(transfer)
            if not named:
                earlier = retries.half_done(earlier, transfer)
            done, left = retries.done(earlier, transfer)
            if not left:
                log.info("a retry was answered", extra={"transfer": transfer.id})
                return done
            return await self._judged(server, for_recipients(transfer, left), envelope.asking)

    async def _judged(self, server: Server, transfer: Transfer, asking: Asking | None) -> str:
        outcome = await self._gateway.submit(transfer)
        if outcome.passes:
            return await self._onward_whole(server, transfer, outcome, asking)
        if outcome.verdict.action is not Action.QUARANTINE:
            return "550 5.7.1 refused by policy; ask your supervisor"
        held = f"held for review, case {outcome.case}"
        if outcome.inside is not None:
            reply = await self._onward_whole(server, outcome.inside, outcome, asking)
            if not reply.startswith("2"):
                return f"{reply} (for internal recipients; the others are {held})"
        return f"250 2.0.0 {held}"

    async def _onward_whole(self, server: Server, transfer: Transfer, outcome: Outcome, asking: Asking | None) -> str:
        """Send on to the end, whatever happens to the client: a retry waits for our turn to end, and then finds what
        became of it."""
        over = asyncio.get_running_loop().create_future()
        self._sending.add(over)
        try:
            with server.to_the_end:
                return await self._send_on(transfer, outcome, asking)
        finally:
            self._sending.discard(over)
            over.set_result(None)

    def _own_hops(self, head: bytes) -> bool:
        mine = f"by {self._config.hostname}".encode()
        return sum(line.startswith(TRACE) and line.endswith(mine) for line in head.split(b"\r\n")) > _MAX_HOPS

    def _transfer(self, session: Session, envelope: Envelope, received: Intake, head: bytes) -> Transfer:
        sender = envelope.mail_from or ""
        return Transfer(
            channel=Channel.MAIL,
            sender=sender,
            destination=tuple(envelope.rcpt_tos),
            name=_subject(head),
            data=received.data,
            spool=received.spool,
            digest=received.digest,
            declared="message/rfc822",
            beside=beside.form_of(sender, envelope.rcpt_tos, envelope.mail_options, envelope.wishes),
            envelope={
                "mail_from": sender,
                "rcpt_to": list(envelope.rcpt_tos),
                "mail_options": list(envelope.mail_options),
                "rcpt_options": [list(wishes) for wishes in envelope.wishes],
                "xforward": dict(envelope.xforward),
                "peer": str(session.peer[0]) if session.peer else "",
            },
        )

    async def _send_on(self, transfer: Transfer, outcome: Outcome, asking: Asking | None) -> str:
        try:
            reply = await relay_held(self._relay, transfer, outcome.verdict.action.value, self._config.hostname, asking)
        except GatewayFault as error:
            self._conclude(transfer, "failed", str(error))
            raise
        word = "delivered" if reply.taken else "refused" if reply.code >= 500 else "failed"
        self._conclude(transfer, word, f"{reply.code} {reply.text}")
        return f"{reply.code} {reply.text}"

    def _conclude(self, transfer: Transfer, word: str, detail: str) -> None:
        """What became of a mail goes on record while its client is told: who hears the next hop's word at once does not
        try again, however we end. A retry waits for it, for the record is what it is held against."""
        key, concluded = retries.key(transfer), self._gateway.conclude(transfer.id, word, detail)
        self._sending.add(concluded)
        self._concluded[key] = concluded

        def over(done: asyncio.Future[None]) -> None:
            self._sending.discard(done)
            if self._concluded.get(key) is done:
                del self._concluded[key]

        concluded.add_done_callback(over)


async def relay_held(
    relay: Onward, transfer: Transfer, verdict: str, hostname: str, asking: Asking | None = None
) -> Reply:
    """Send a mail onward: its bytes as received behind our one trace header, to its envelope's recipients."""
    envelope = transfer.envelope
    trace = TRACE + f": {transfer.id}; {verdict}; by {hostname}\r\n".encode()
    return await relay.send(
        envelope["mail_from"],
        envelope["rcpt_to"],
        trace + transfer.read() if transfer.spool is None else Spooled(trace, transfer.spool),
        mail_options=envelope.get("mail_options", ()),
        rcpt_options=envelope.get("rcpt_options", ()),
        xforward=envelope.get("xforward"),
        asking=asking,
    )


def _subject(head: bytes) -> str:
    """The decoded Subject of a header, "" when there is none that can be read."""
    head = head[:65536] + b"\r\n\r\n"
    found = _SUBJECTS.findall(head)
    if len(found) == 1 and not found[0][1] and _PLAIN.fullmatch(found[0][0]):  # one line of ASCII, as most are:
        return str(found[0][0], "ascii")[:500]  # `email` takes its time over a whole head
    try:
        return header_text(email.message_from_bytes(head, policy=email.policy.compat32), "subject")[:500]
    except (Incomplete, ValueError, LookupError):
        return ""


def _swept(folder: Path) -> None:
    """The spool, made private; what a crash left in it was never accepted."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for left in folder.glob("mail-*"):
            left.unlink(missing_ok=True)
    except OSError as error:
        raise ConfigError(f"{folder}: {error.strerror}") from None


def _tls(config: Mail, peers: Peers) -> ssl.SSLContext | None:
    if config.tls_cert is None or config.tls_key is None:
        if config.tls_required:
            raise ConfigError("[mail] tls_required needs tls_cert and tls_key")
        if config.peers or config.users or config.passwords != "file":
            raise ConfigError("[mail] peers, users and passwords need tls_cert and tls_key")
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    try:
        context.load_cert_chain(config.tls_cert, config.tls_key)
    except (OSError, ssl.SSLError) as error:
        raise ConfigError(f"[mail] tls_cert/tls_key: {error}") from None
    if config.client_ca is not None:
        _ask_for_certificates(context, config.client_ca)
    elif peers.asks_for_certificates:
        raise ConfigError("[mail] peers: certificates need client_ca")
    return context


def _ask_for_certificates(context: ssl.SSLContext, authority: Path) -> None:
    """Clients may show one; a wrong one ends the handshake."""
    try:
        context.load_verify_locations(authority)
    except (OSError, ssl.SSLError) as error:
        raise ConfigError(f"[mail] client_ca: {error}") from None
    context.verify_mode = ssl.CERT_OPTIONAL
