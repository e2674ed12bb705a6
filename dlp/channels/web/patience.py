"""Nobody waits for ever: clients that say nothing or half a head, servers that take no connection or no greeting.

mitmproxy gives an idle connection up after ten minutes. Until then it holds a place among `max_connections`, with or
without a login; a few hundred silent ones are all there are.
"""

from __future__ import annotations

import asyncio
import logging
import time
from dataclasses import dataclass, field

from mitmproxy import connection, http, tcp, tls
from mitmproxy.addons.proxyserver import Proxyserver
from mitmproxy.proxy import server_hooks
from mitmproxy.proxy.server import ConnectionHandler

from dlp.channels.web import http_bounds

log = logging.getLogger(__name__)

#: Seconds from a connection's (a tunnel's) first moment to its first whole head: TLS is said in this time, too.
#: Browsers drop a connection they opened ahead and did not use after 10.
_FIRST_SECONDS = 30.0
_IDLE_SECONDS = 120.0  # between two requests; whoever has another to send then opens another connection
_GRACE_SECONDS = 5.0  # on top, where a head has begun: its 408 comes first
_EARLY_SECONDS = 0.5  # a timer may go off before the other clock says so
_REACH_SECONDS = 30.0  # for a server to take our connection, and again to finish its TLS greeting


@dataclass(slots=True)
class _Seat:
    """A client's connection; `due`: time of the loop by which a head has to be whole, unless something is under way."""

    due: float
    timer: asyncio.TimerHandle | None = None
    under_way: set[str] = field(default_factory=set)


class Patience:
    """The addon. One timer a connection, which looks again when it is early: requests only move `due`."""

    def __init__(self, server: Proxyserver) -> None:
        self._server = server
        self._seats: dict[str, _Seat] = {}
        self._reaching: dict[str, asyncio.TimerHandle] = {}  # by server connection

    # clients

    def client_connected(self, client: connection.Client) -> None:
        """Sit down, unless there is no room."""
        if not client.error:
            seat = self._seats[client.id] = _Seat(_now() + _FIRST_SECONDS)
            self._look_later(client, seat)

    def head_begun(self, client: connection.Client) -> None:
        """A part of an HTTP/1 head is there. It is answered when it does not end, so that has its time."""
        self._expect(client, http_bounds.HEAD_SECONDS + _GRACE_SECONDS)

    def requestheaders(self, flow: http.HTTPFlow) -> None:
        """A request has begun."""
        self._begun(flow.client_conn, flow.id)

    def response(self, flow: http.HTTPFlow) -> None:
        """And is answered."""
        self._over(flow.client_conn, flow.id)

    def error(self, flow: http.HTTPFlow) -> None:
        """Or broken off."""
        self._over(flow.client_conn, flow.id)

    def websocket_start(self, flow: http.HTTPFlow) -> None:
        """What was answered goes on."""
        self._begun(flow.client_conn, flow.id)

    def websocket_end(self, flow: http.HTTPFlow) -> None:
        """Until here."""
        self._over(flow.client_conn, flow.id)

    def tcp_start(self, flow: tcp.TCPFlow) -> None:
        """A connection of the bypass list, which nobody reads."""
        self._begun(flow.client_conn, flow.id)

    def tcp_end(self, flow: tcp.TCPFlow) -> None:
        """It is over."""
        self._over(flow.client_conn, flow.id)

    def tcp_error(self, flow: tcp.TCPFlow) -> None:
        """The same."""
        self._over(flow.client_conn, flow.id)

    def http_connected(self, flow: http.HTTPFlow) -> None:
        """A tunnel begins like a connection."""
        self._expect(flow.client_conn, _FIRST_SECONDS)

    def http_connect_error(self, flow: http.HTTPFlow) -> None:
        """Refused: a client may ask again, with its password."""
        self._expect(flow.client_conn, _IDLE_SECONDS)

    def client_disconnected(self, client: connection.Client) -> None:
        """Its seat is free."""
        seat = self._seats.pop(client.id, None)
        if seat is not None and seat.timer is not None:
            seat.timer.cancel()

    def _begun(self, client: connection.Client, what: str) -> None:
        if (seat := self._seats.get(client.id)) is not None:
            seat.under_way.add(what)

    def _over(self, client: connection.Client, what: str) -> None:
        if (seat := self._seats.get(client.id)) is not None:
            seat.under_way.discard(what)
            seat.due = _now() + _IDLE_SECONDS

    def _expect(self, client: connection.Client, seconds: float) -> None:
        if (seat := self._seats.get(client.id)) is not None:
            seat.due = _now() + seconds

    def _look_later(self, client: connection.Client, seat: _Seat) -> None:
        # Moved forward a request may only be missed for a while: it is looked for no later than the shortest wait.
        wait = min(_FIRST_SECONDS, max(0.05, seat.due - _now()))
        seat.timer = asyncio.get_running_loop().call_later(wait, self._look, client, seat)

    def _look(self, client: connection.Client, seat: _Seat) -> None:
        if seat.under_way or seat.due > _now():
            self._look_later(client, seat)
            return
        log.info("a client said nothing for too long", extra={"channel": "web"})
        self._cut(client, client, "nothing was said")

    # servers

    def server_connect(self, data: server_hooks.ServerConnectionHookData) -> None:
        """We ask a server for a connection."""
        self._reach(data.client, data.server, data.server, "it did not answer in time")

    def server_connected(self, data: server_hooks.ServerConnectionHookData) -> None:
        """It took it."""
        self._reached(data.server)

    def server_connect_error(self, data: server_hooks.ServerConnectionHookData) -> None:
        """It did not."""
        self._reached(data.server)

    def server_disconnected(self, data: server_hooks.ServerConnectionHookData) -> None:
        """It has gone."""
        self._reached(data.server)

    def tls_start_server(self, data: tls.TlsData) -> None:
        """It is greeted; through a proxy above us the connection that can be cut is the one to that proxy."""
        carrier = self._carrier(data.context.client, data.conn)
        if carrier is not None:
            self._reach(data.context.client, carrier, data.conn, "it did not finish its greeting in time")

    def tls_established_server(self, data: tls.TlsData) -> None:
        """It has greeted us."""
        self._reached(data.conn)

    def tls_failed_server(self, data: tls.TlsData) -> None:
        """We do not understand each other."""
        self._reached(data.conn)

    def _carrier(self, client: connection.Client, conn: connection.Connection) -> connection.Connection | None:
        transports = handler.transports if (handler := self._handler(client)) is not None else {}
        if conn in transports:
            return conn
        via = conn.via[1] if isinstance(conn, connection.Server) and conn.via else None
        carriers = [one for one in transports if isinstance(one, connection.Server) and one.address == via]
        return carriers[-1] if carriers else None

    def _reach(
        self, client: connection.Client, carrier: connection.Connection, what: connection.Connection, why: str
    ) -> None:
        self._reached(what)
        loop = asyncio.get_running_loop()
        self._reaching[what.id] = loop.call_later(_REACH_SECONDS, self._give_up, client, carrier, what, why)

    def _reached(self, what: connection.Connection) -> None:
        if (timer := self._reaching.pop(what.id, None)) is not None:
            timer.cancel()

    def _give_up(
        self, client: connection.Client, carrier: connection.Connection, what: connection.Connection, why: str
    ) -> None:
        self._reaching.pop(what.id, None)
        if what is carrier and what.state is connection.ConnectionState.CLOSED and _asked_since(what) < _REACH_SECONDS:
            self._reach(client, carrier, what, why)  # mitmproxy has it wait its turn: so many to a server, no more
            return
        log.info("a server was given up", extra={"channel": "web", "why": why})
        self._cut(client, carrier, why)

    def _handler(self, client: connection.Client) -> ConnectionHandler | None:
        return self._server.connections.get(client.id)

    def _cut(self, client: connection.Client, what: connection.Connection, why: str) -> None:
        handler = self._handler(client)
        there = handler.transports.get(what) if handler is not None else None
        if there is not None and there.handler is not None:
            there.handler.cancel(why)


def _asked_since(server: connection.Connection) -> float:
    """Seconds since a server was asked for a connection; 0: it has not been yet."""
    return 0.0 if server.timestamp_start is None else time.time() - server.timestamp_start + _EARLY_SECONDS


def _now() -> float:
    return asyncio.get_running_loop().time()
