"""Hosts that pin their certificate, passed through undecrypted: named, dated, logged, counted for the coverage page.

What is inside cannot be read, so this is as narrow as it can be: a host named to the letter, port 443, a TLS greeting
that names the same host, a sender in good standing, until a date. mitmproxy's own `ignore_hosts` is not used: it
believes the name in the greeting, which the sender chooses, and would pass a connection to anywhere.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from mitmproxy import connection, http, tcp
from mitmproxy.net.tls import starts_like_tls_record
from mitmproxy.proxy import layer, layers
from mitmproxy.proxy.layers.tls import parse_client_hello

from dlp.directory.bypass_list import Permitted, parse

log = logging.getLogger(__name__)

_PAUSE = timedelta(minutes=1)  # between two tellings of a tunnel that goes on


@dataclass(frozen=True, kw_only=True, slots=True)
class Tunnel:
    """One connection that went through undecrypted, from what was told of it before to what is told now."""

    host: str
    login: str
    begun: datetime
    ended: datetime
    bytes: int  # sent outward in that time
    anew: bool = True  # nothing was told of this connection before


class Bypass:
    """An addon. `may` tells whether a login is in good standing; `told` gets what went
    through each tunnel, once a minute and at its end; `zone` is the one in which days end."""

    def __init__(
        self,
        entries: Mapping[str, str],
        *,
        may: Callable[[str], Coroutine[None, None, bool]],
        told: Callable[[Tunnel], None],
        zone: ZoneInfo,
    ) -> None:
        self._hosts = parse(entries)
        self.may, self.told, self.zone = may, told, zone
        self._logins: dict[str, str] = {}  # connection id -> who opened its tunnel
        self._granted: dict[str, Permitted] = {}  # connection id -> what it was let through by
        self._open: dict[str, tuple[datetime, int]] = {}  # connection id -> since when, bytes
        self._told: set[str] = set()  # connection ids of which something was told
        self._cut: set[str] = set()  # connection ids that nothing passes through any more
        self.home: asyncio.AbstractEventLoop | None = None  # in which `may` is asked
        for entry in self._hosts.values():
            if entry.until < self._today():
                ended = {"host": entry.name, "until": entry.until.isoformat()}
                log.warning("a bypass has ended and is not used", extra=ended)

    def _today(self) -> date:
        return datetime.now(self.zone).date()

    def connected(self, flow: http.HTTPFlow, login: str) -> None:
        """A CONNECT was taken from this login."""
        if self._hosts:
            self._logins[flow.client_conn.id] = login

    async def next_layer(self, nextlayer: layer.NextLayer) -> None:
        """Decide on the first bytes inside a CONNECT."""
        context, login = nextlayer.context, self._logins.get(nextlayer.context.client.id)
        if nextlayer.layer or login is None or context.client.tls or not context.server.address:
            return
        host, port = str(context.server.address[0]).lower().rstrip("."), int(context.server.address[1])
        entry = self._hosts.get((host, port))
        if entry is None or self._today() > entry.until or _named(nextlayer.data_client()) != host:
            return
        if await self._in_good_standing(login):
            self._granted[context.client.id] = entry
            nextlayer.layer = layers.TCPLayer(context)

    async def _in_good_standing(self, login: str) -> bool:
        """Asked in the gateway's loop, for the proxy has one of its own."""
        assert self.home is not None
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(self.may(login), self.home))

    def knows(self, flow: tcp.TCPFlow) -> bool:
        """Whether a raw stream is one of ours; it is counted from now on."""
        key = flow.client_conn.id
        if key not in self._granted:
            return False
        self._open[key] = (datetime.now(UTC), 0)
        log.warning(
            "passed through undecrypted", extra={"host": self._granted[key].name, "login": self._logins.get(key)}
        )
        return True

    async def count(self, flow: tcp.TCPFlow) -> None:
        """A message goes by: its bytes count, its content is forgotten, or left out where it may not go by any more."""
        key, now = flow.client_conn.id, datetime.now(UTC)
        begun, total = self._open.get(key, (now, 0))
        if now - begun >= _PAUSE:  # some stay for days, and we may be killed meanwhile
            self._tell(key, over=False)
            begun, total = now, 0
            if not await self._goes_on(key):
                self._cut.add(key)
        for message in flow.messages if key in self._cut else ():
            message.content = b""
        total += sum(len(message.content) for message in flow.messages if message.from_client)
        flow.messages.clear()
        self._open[key] = (begun, total)

    async def _goes_on(self, key: str) -> bool:
        """Whether a tunnel that is open would be let through again: neither its last day nor its person's is over."""
        entry, login = self._granted[key], self._logins.get(key, "")
        try:
            goes_on = self._today() <= entry.until and await self._in_good_standing(login)
        except Exception as error:  # raised here, it would let the message by
            log.error("bypass not judged", extra={"host": entry.name, "error": type(error).__name__})
            goes_on = False
        if not goes_on:
            log.warning("undecrypted connection cut", extra={"host": entry.name, "login": login})
        return goes_on

    def client_disconnected(self, client: connection.Client) -> None:
        """Tell what a tunnel came to."""
        if client.id in self._granted:
            self._tell(client.id, over=True)
        for table in (self._granted, self._logins, self._open):
            table.pop(client.id, None)
        self._told.discard(client.id)
        self._cut.discard(client.id)

    def _tell(self, key: str, *, over: bool) -> None:
        host, login, now = self._granted[key].name, self._logins.get(key, ""), datetime.now(UTC)
        begun, total = self._open.get(key, (now, 0))
        said = "undecrypted connection ended" if over else "undecrypted connection goes on"
        log.info(said, extra={"host": host, "login": login, "bytes": total})
        self.told(Tunnel(host=host, login=login, begun=begun, ended=now, bytes=total, anew=key not in self._told))
        self._told.add(key)


def _named(data: bytes) -> str:
    """The host a TLS greeting names; "" for anything else, or one that has not wholly arrived."""
    if not starts_like_tls_record(data):
        return ""
    try:
        hello = parse_client_hello(data)
    except ValueError:
        return ""
    return (hello.sni or "").lower().rstrip(".") if hello else ""
