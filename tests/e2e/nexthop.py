"""A real SMTP sink on loopback: keeps what it is given with its envelope, answers what it is told."""

from __future__ import annotations

import asyncio
import ssl
import threading
from dataclasses import dataclass, field

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session


@dataclass
class Delivered:
    mail_from: str
    rcpt_to: list[str]
    content: bytes
    tls: bool


class _Server(SMTP):
    line_length_limit = 1 << 16


@dataclass
class NextHop:
    """`with NextHop() as hop:` then hop.port, hop.mails, hop.answer."""

    tls: ssl.SSLContext | None = None
    answer: str = "250 2.0.0 stored as 4711"
    utf8: bool = True
    size: int = 1 << 25  # bytes of the largest mail it takes
    users: dict[str, str] = field(default_factory=dict)  # login -> password: AUTH is offered
    knows: bool = True  # whether a password is right
    logins: list[str] = field(default_factory=list)  # that were tried
    refuse: dict[str, str] = field(default_factory=dict)  # recipient -> reply at RCPT
    mails: list[Delivered] = field(default_factory=list)
    port: int = 0

    def __enter__(self) -> NextHop:
        self._loop = asyncio.new_event_loop()
        started = threading.Event()

        async def serve() -> None:
            def make() -> SMTP:
                return _Server(
                    self,
                    tls_context=self.tls,
                    require_starttls=bool(self.tls),
                    loop=self._loop,
                    enable_SMTPUTF8=self.utf8,
                    data_size_limit=self.size,
                    authenticator=self._known if self.users else None,
                )

            self._server = await self._loop.create_server(make, "127.0.0.1", self.port)
            self.port = self._server.sockets[0].getsockname()[1]
            started.set()

        self._loop.create_task(serve())
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        assert started.wait(10)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._server.close)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)

    def _known(self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: object) -> AuthResult:
        assert isinstance(data, LoginPassword)
        self.logins.append(data.login.decode())
        if not self.knows:
            return AuthResult(success=False, handled=False, message="454 4.7.0 cannot say")
        right = self.users.get(data.login.decode()) == data.password.decode()
        said = None if right else "535 5.7.8 the next hop knows no such password"
        return AuthResult(success=right, handled=False, message=said)

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address in self.refuse:
            return self.refuse[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.answer.startswith("2"):
            content = envelope.original_content or b""
            self.mails.append(
                Delivered(envelope.mail_from or "", list(envelope.rcpt_tos), content, session.ssl is not None)
            )
        return self.answer

    def to(self, recipient: str) -> list[Delivered]:
        return [mail for mail in self.mails if recipient in mail.rcpt_to]
