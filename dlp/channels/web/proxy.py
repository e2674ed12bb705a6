"""mitmproxy with our addons and layers, on one address, in the event loop that calls it.

Alone on its address, or one of several processes that share it: then the kernel gives each new connection to one of
them (SO_REUSEPORT), and to the others when one is gone.
"""

from __future__ import annotations

import asyncio
import logging
import socket
import time
from collections.abc import Callable, Sequence
from importlib.metadata import version
from typing import Any

from mitmproxy import options
from mitmproxy.addons import core, disable_h2c, next_layer, proxyserver, tlsconfig
from mitmproxy.master import Master
from mitmproxy.proxy import mode_servers

from dlp.channels.web import greetings, http_bounds, patience, socket_layer, upload_stream, wide
from dlp.channels.web.authority import Authority
from dlp.channels.web.bypass import Bypass
from dlp.channels.web.crowd import Crowd
from dlp.channels.web.gate import Gate
from dlp.channels.web.hooks import Hooked, leave_types
from dlp.channels.web.proxy_users import ProxyUsers
from dlp.channels.web.silent_tunnel import SilentTunnel
from dlp.errors import ConfigError, cannot_listen
from dlp.settings import Web

log = logging.getLogger(__name__)

CLOSING_SECONDS = 10.0  # at stop, for the uploads whose verdict is being found or that are being sent


class Proxy:
    """`run`, and from any thread `finish` or `shutdown`."""

    def __init__(
        self, config: Web, gate: Gate, ca: Authority, *, users: ProxyUsers, bypass: Bypass | None, shared: bool = False
    ) -> None:
        self._config, self._gate, self._ca = config, gate, ca
        self._users, self._bypass, self._shared = users, bypass, shared
        self._loop: asyncio.AbstractEventLoop | None = None
        self._master: Master | None = None
        users.exempt = frozenset(config.front)

    async def run(self, listening: Callable[[int], object]) -> None:
        """Serve until shut down; `listening` is told the port. Raises ConfigError when the address cannot be had."""
        self._loop = asyncio.get_running_loop()
        if self._shared:
            mode_servers.AsyncioServerInstance.listen = _listen_beside_others  # type: ignore[method-assign, assignment]
        master: Master = Hooked(self._ca.options())
        self._master = master
        server = self._gate.server = proxyserver.Proxyserver()
        master.addons.add(
            core.Core(),
            disable_h2c.DisableH2C(),
            self._users,
            *([self._bypass] if self._bypass else []),
            next_layer.NextLayer(),
            server,
            tlsconfig.TlsConfig(),
            self._crowd(server),
            patience.Patience(server),
            wide.Wide(server),
            SilentTunnel(server, self._gate.unread),
            self._gate,
        )
        self._set(master.options)
        socket_layer.use()
        http_bounds.use()
        greetings.use()
        leave_types()
        if not _in_force(master.options):
            raise ConfigError(f"web: mitmproxy {version('mitmproxy')} passes by our streams; install 12.2")
        for name in ("mitmproxy", "mitmproxy.proxy", "mitmproxy.proxy.server"):
            logging.getLogger(name).setLevel(logging.CRITICAL)  # its records hold URLs
        running = asyncio.create_task(master.run())
        try:
            await self._until_listening(server, running, listening)
        except ConfigError:
            master.shutdown()
            await running
            raise
        await running

    def _crowd(self, server: proxyserver.Proxyserver) -> Crowd:
        """This process's part of all: the kernel deals connections out evenly."""
        config = self._config
        most = max(1, config.max_connections // config.processes)
        each = max(1, config.max_connections_each // config.processes)
        return Crowd(server, most, each, frozenset(config.front))

    def _set(self, chosen: options.Options) -> None:
        config = self._config
        chosen.update(
            mode=[config.mode],
            listen_host=config.host,
            listen_port=config.port,
            http3=False,
            websocket=config.websocket == "inspect",
            rawtcp=False,  # what is neither HTTP nor TLS in a tunnel is not passed on unread
            connection_strategy="lazy",
            body_size_limit=None,  # would hold for downloads too; upload_stream has a limit of its own
            stream_large_bodies=None,  # with it a body has left before the hook can refuse
            ssl_verify_upstream_trusted_ca=str(config.upstream_ca) if config.upstream_ca else None,
            proxyauth=f"@{config.users}" if config.users else None,
        )

    async def _until_listening(
        self, server: proxyserver.Proxyserver, running: asyncio.Task[None], listening: Callable[[int], object]
    ) -> None:
        while not running.done():
            if server.listen_addrs():
                if self._shared and not _shares(server):
                    raise ConfigError(
                        f"web: mitmproxy {version('mitmproxy')} listens in a way of its own; install 12.2"
                    )
                listening(int(server.listen_addrs()[0][1]))
                return
            faults = [instance.last_exception for instance in server.servers if instance.last_exception]
            if faults:
                raise cannot_listen("web", self._config.host, self._config.port, faults[0])
            await asyncio.sleep(0.02)

    async def finish(self) -> None:
        """Take no more uploads; finish those that are judged or on their way, then close all connections."""
        self._gate.closing = True
        until = time.monotonic() + CLOSING_SECONDS
        while self._gate.busy and time.monotonic() < until:  # noqa: ASYNC110  mitmproxy has no event for it
            await asyncio.sleep(0.02)
        self.shutdown()

    def shutdown(self) -> None:
        """Close all connections."""
        if self._loop is not None and self._master is not None and self._loop.is_running():
            self._loop.call_soon_threadsafe(self._master.shutdown)


def _in_force(chosen: options.Options) -> bool:
    """Whether all that this mitmproxy makes of a connection is ours: else it would pass things by, or grow."""
    ours = upload_stream.in_force(chosen) and socket_layer.in_force() and http_bounds.in_force(chosen)
    return ours and greetings.in_force(chosen)


async def _listen_beside_others(
    self: mode_servers.AsyncioServerInstance[Any], host: str, port: int
) -> list[asyncio.Server]:
    """In place of mitmproxy's own, which would have the address for itself alone. TCP is all that our modes have."""
    return [await asyncio.start_server(self.handle_stream, host or None, port, reuse_port=True)]


def _shares(server: proxyserver.Proxyserver) -> bool:
    """Whether all that is listened on is open to others of ours."""
    instances = [one for one in server.servers if isinstance(one, mode_servers.AsyncioServerInstance)]
    listening = [sock for one in instances for made in one._servers for sock in _sockets(made)]
    return bool(listening) and all(sock.getsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT) for sock in listening)


def _sockets(made: object) -> Sequence[Any]:
    return made.sockets if isinstance(made, asyncio.Server) else ()
