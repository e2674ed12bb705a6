"""One proxy process of several: mitmproxy on one side, the gateway (our parent) on the other.

It decides nothing: each transfer is handed to the parent, a large one as a file in our folder of the spool, and passes
only when the parent says so. When the parent is gone we end at once, and with us every connection: no parent, no
verdict. The kernel sees to that (PR_SET_PDEATHSIG) even where our event loop is busy.
"""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import os
import secrets
import signal
import socket
import sys
from collections.abc import Coroutine, Iterator
from dataclasses import fields
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from dlp import log as logs
from dlp.channels.web import upload_stream, wire
from dlp.channels.web.authority import Authority
from dlp.channels.web.bypass import Bypass, Tunnel
from dlp.channels.web.gate import Gate
from dlp.channels.web.judging import Answer, Piece
from dlp.channels.web.naming import Naming, Sent
from dlp.channels.web.piece_store import PieceStore
from dlp.channels.web.proxy import Proxy
from dlp.channels.web.proxy_users import ProxyUsers
from dlp.errors import ConfigError, GatewayFault
from dlp.settings import Web
from dlp.transfer import SoFar, Transfer

_PDEATHSIG = 1  # prctl(2)


class _Parent:
    """The judge in the gateway's process."""

    def __init__(self, link: wire.Link, folder: Path) -> None:
        self._link, self._folder = link, folder

    async def judge(self, transfer: Transfer, piece: Piece | None) -> tuple[Answer | None, Sent | None]:
        """As :class:`dlp.channels.web.judging.Judge` has it."""
        with self._handed(transfer) as (head, data):
            reply = await self._link.ask("judge", data, transfer=head, piece=wire.piece_said(piece))
        return wire.answer_heard(reply)

    async def submit(self, transfer: Transfer, so_far: SoFar | None = None, /) -> Answer:
        """As :class:`dlp.channels.web.judging.Judge` has it."""
        joined = so_far.joined if so_far else None
        with self._handed(transfer) as (head, data), self._handed(joined) as (more, rest):
            said = wire.so_far_said(so_far, more or None) if so_far else None
            reply = await self._link.ask("submit", data + rest, transfer=head, so_far=said)
        answer, _ = wire.answer_heard(reply)
        if answer is None:
            raise GatewayFault("no answer")
        return answer

    @contextlib.contextmanager
    def _handed(self, transfer: Transfer | None) -> Iterator[tuple[wire.Head, bytes]]:
        """How a transfer is said; what is large and in memory lies in a file meanwhile. Raises OSError."""
        if transfer is None:
            yield {}, b""
        elif transfer.data is None or len(transfer.data) <= wire.INLINE:
            yield wire.transfer_said(transfer)
        else:
            there = self._folder / f"handed-{secrets.token_hex(8)}"
            try:
                with os.fdopen(os.open(there, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                    file.write(transfer.data)
                yield wire.transfer_said(transfer, there)
            finally:
                there.unlink(missing_ok=True)


def _unknown(login: str, password: str) -> bool:
    """That a password is asked for; what it is, another process knows."""
    return False


class _Users(ProxyUsers):
    """Whose login it was, and how often, is the parent's to know; and its password, where the directory is asked."""

    def __init__(self, link: wire.Link, *, ask: bool) -> None:
        super().__init__(passwords=_unknown if ask else None)
        self._link, self._ask = link, ask
        self._tasks: set[asyncio.Task[None]] = set()

    async def admits(self, login: str, password: str) -> bool:
        """Ask it. Raises GatewayFault."""
        if not self._ask:
            return await super().admits(login, password)
        return (await self._link.ask("admits", login=login, password=password))["admits"] is True

    def failed(self, login: str) -> None:
        """Tell it."""
        task = asyncio.get_running_loop().create_task(self._link.tell("failed", login=login))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


class _Child:
    """This process."""

    def __init__(self) -> None:
        self._orders: asyncio.Future[wire.Head] = asyncio.get_running_loop().create_future()
        self._proxy: Proxy | None = None
        self._telling: set[asyncio.Task[None]] = set()
        self.link: wire.Link

    async def serve(self, word: str, head: wire.Head, _: bytes) -> wire.Head | None:
        """What the parent says."""
        if word == "begin":
            self._orders.set_result(head)
        elif word == "close" and self._proxy is not None:
            await self._proxy.finish()
        return {}

    async def run(self, end: socket.socket) -> None:
        """Serve until told to close. Ends the process when the parent is gone."""
        self.link = wire.Link(*await asyncio.open_connection(sock=end, limit=1 << 20), self.serve)
        hearing = asyncio.create_task(self._hear())
        orders = await self._orders
        proxy = self._proxy = self._made(orders)
        try:
            await proxy.run(lambda port: self._later(self.link.tell("listening", port=port)))
        except ConfigError as error:
            await self.link.tell("failed to listen", why=str(error))
        await asyncio.gather(*self._telling)
        hearing.cancel()  # and that is our end

    async def _hear(self) -> None:
        try:
            await self.link.run()
        finally:
            os._exit(0)  # nobody is left who could allow anything

    def _made(self, orders: wire.Head) -> Proxy:
        config, folder = web_heard(orders["web"]), Path(orders["folder"])
        upload_stream.use(folder, config.max_size, config.slowest_upload)
        naming = Naming(PieceStore(Path(orders["pieces"]), config.max_size, b""))  # names only: we have no key
        bypass = self._bypass(config, ZoneInfo(orders["zone"])) if orders["bypass"] else None
        ca = Authority(Path(orders["ca"][0]), orders["ca"][1])
        users = _Users(self.link, ask=config.directory)
        gate = Gate(config, _Parent(self.link, folder), naming, bypass, self._barred)
        return Proxy(config, gate, ca, users=users, bypass=bypass, shared=True)

    def _bypass(self, config: Web, zone: ZoneInfo) -> Bypass:
        async def may(login: str) -> bool:
            return (await self.link.ask("may", login=login))["may"] is True

        def told(tunnel: Tunnel) -> None:
            self._later(self.link.tell("tunnel", **tunnel_said(tunnel)))

        made = Bypass(config.bypass, may=may, told=told, zone=zone)
        made.home = asyncio.get_running_loop()
        return made

    def _barred(self, kind: str, host: str, login: str) -> None:
        self._later(self.link.tell("barred", kind=kind, host=host, login=login))

    def _later(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._telling.add(task)
        task.add_done_callback(self._telling.discard)


def tunnel_said(tunnel: Tunnel) -> wire.Head:
    """An ended tunnel, as said over the link."""
    return {
        "host": tunnel.host,
        "login": tunnel.login,
        "begun": tunnel.begun.isoformat(),
        "ended": tunnel.ended.isoformat(),
        "bytes": tunnel.bytes,
        "anew": tunnel.anew,
    }


def tunnel_heard(head: wire.Head) -> Tunnel:
    """As it was said."""
    begun, ended = datetime.fromisoformat(head["begun"]), datetime.fromisoformat(head["ended"])
    names = {"host": str(head["host"]), "login": str(head["login"])}
    return Tunnel(**names, begun=begun, ended=ended, bytes=int(head["bytes"]), anew=head["anew"] is True)


def web_said(config: Web) -> wire.Head:
    """The channel's settings, as said over the link."""
    said = {item.name: getattr(config, item.name) for item in fields(Web)}
    return {name: str(value) if isinstance(value, Path) else _plain(value) for name, value in said.items()}


def _plain(value: Any) -> Any:
    return dict(value) if hasattr(value, "items") else value


def web_heard(head: wire.Head) -> Web:
    """As they were said."""
    said: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in head.items()}
    for name in ("upstream_ca", "users"):
        said[name] = Path(said[name]) if said[name] else None
    return Web(**said)


def _die_with(parent: int) -> None:
    """Have the kernel kill us when the parent ends. Raises SystemExit where it has ended already."""
    ctypes.CDLL(None, use_errno=True).prctl(_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        raise SystemExit(0)


def main() -> None:
    """`python -m dlp.channels.web.child DESCRIPTOR PARENT`: arguments are the parent's."""
    end, parent = socket.socket(fileno=int(sys.argv[1])), int(sys.argv[2])
    _die_with(parent)
    logs.setup()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)  # the parent ends us, after the verdicts under way
    os.umask(0o077)
    end.setblocking(False)

    async def run() -> None:
        await _Child().run(end)

    asyncio.run(run())
    os._exit(0)


if __name__ == "__main__":
    main()
