"""The web channel: an HTTP(S) proxy that denies first (:mod:`dlp.channels.web.gate`).

With one process mitmproxy runs in a thread of ours with an event loop of its own: its eager tasks and uvloop do not
agree, and a busy proxy must not hold up the mail. With several, each is a child of ours (:mod:`dlp.channels.web.herd`).
"""

from __future__ import annotations

import asyncio
import logging
import re
import secrets
import shutil
import threading
from collections.abc import Callable
from pathlib import Path

from dlp.channels.web import upload_stream
from dlp.channels.web.authority import Authority
from dlp.channels.web.bypass import Bypass
from dlp.channels.web.gate import Gate
from dlp.channels.web.herd import Herd
from dlp.channels.web.joining import Joining
from dlp.channels.web.judging import Desk
from dlp.channels.web.naming import Naming
from dlp.channels.web.piece_store import PieceStore
from dlp.channels.web.proxy import Proxy
from dlp.channels.web.proxy_users import ProxyUsers
from dlp.errors import ConfigError
from dlp.outcome import Outcome, Submit
from dlp.settings import Web
from dlp.transfer import SoFar, Transfer

log = logging.getLogger(__name__)

_START_SECONDS = 30.0
_MOST_PROCESSES = 64
_UPSTREAM = re.compile(r"upstream:https?://[\w.:\[\]-]+")


class WebChannel:
    """Runs the proxy; `start`, then `.port` and `.ca_path`, then `stop`."""

    def __init__(
        self,
        config: Web,
        submit: Submit,
        ca: Authority,
        *,
        spool: Path,
        bypass: Bypass | None = None,
        users: ProxyUsers | None = None,
        pieces_key: bytes = b"",
        large: int = 1,
        most: int = 512,
        barred: Callable[[str, str, str], None] = lambda kind, host, login: None,
    ) -> None:
        """`large` is the number of large uploads inspected at a time: less than there are workers; `most` of how many
        may wait for their verdict in all processes together.

        Raises ConfigError for a setting that is none."""
        _check(config)
        self._config = config
        self._bypass = bypass
        self._pieces_key = pieces_key or secrets.token_bytes(32)  # without one a restart forgets open uploads
        self._users = users or ProxyUsers()
        self._spool = spool
        self._large, self._most = large, most
        self._barred = barred
        self._submit = submit
        self._ca = ca
        self._thread: threading.Thread | None = None
        self._proxy: Proxy | None = None
        self._herd: Herd | None = None
        self._port = 0

    @property
    def port(self) -> int:
        """The port listened on."""
        return self._port

    @property
    def ca_path(self) -> Path:
        """The certificate (PEM) to distribute to browsers."""
        return self._ca.path

    @property
    def alive(self) -> bool:
        """Whether all processes of the proxy serve."""
        return self._herd.alive if self._herd is not None else self._thread is not None and self._thread.is_alive()

    async def start(self) -> None:
        """Listen. Raises ConfigError when the address cannot be had."""
        await asyncio.to_thread(self._ca.prepare)
        home = asyncio.get_running_loop()
        if self._bypass is not None:
            self._bypass.home = home
        store = PieceStore(self._spool.parent / "pieces", self._config.max_size, self._pieces_key)
        await asyncio.to_thread(store.begin)
        joining = Joining(store, self._config.resumable_hosts)
        await asyncio.to_thread(_sweep, self._spool)
        config = self._config
        await asyncio.to_thread(upload_stream.use, self._spool, config.max_size, config.slowest_upload)
        if self._config.processes > 1:
            await self._start_herd(Desk(self._submit, joining, large=self._large))
        else:
            await self._start_thread(Desk(_across(self._submit, home), joining, large=self._large), Naming(store))

    async def _start_herd(self, desk: Desk) -> None:
        self._herd = Herd(
            self._config,
            desk,
            ca=self._ca,
            spool=self._spool,
            users=self._users,
            bypass=self._bypass,
            most=self._most,
            barred=self._barred,
        )
        self._port = await self._herd.start()

    async def _start_thread(self, desk: Desk, naming: Naming) -> None:
        home = asyncio.get_running_loop()
        listening: asyncio.Future[int] = home.create_future()
        gate = Gate(self._config, desk, naming, self._bypass, self._barred)
        proxy = self._proxy = Proxy(self._config, gate, self._ca, users=self._users, bypass=self._bypass)

        def tell(result: int | Exception) -> None:
            if listening.done():
                return
            if isinstance(result, Exception):
                listening.set_exception(result)
            else:
                listening.set_result(result)

        def serve() -> None:
            try:
                asyncio.run(proxy.run(lambda port: home.call_soon_threadsafe(tell, port)))
            except Exception as error:
                if not isinstance(error, ConfigError):
                    log.exception("proxy ended")
                home.call_soon_threadsafe(tell, error)

        self._thread = threading.Thread(target=serve, name="proxy", daemon=True)
        self._thread.start()
        self._port = await asyncio.wait_for(listening, _START_SECONDS)

    async def stop(self) -> None:
        """Take no more uploads; finish those that are judged or on their way, then close all connections."""
        if self._port:
            log.info("finishing uploads, taking no more", extra={"channel": "web"})
        if self._herd is not None:
            await self._herd.stop()
        if self._proxy is not None:
            await self._proxy.finish()
        if self._thread is not None:
            await asyncio.to_thread(self._thread.join, 10.0)


def _check(config: Web) -> None:
    if config.mode not in ("regular", "transparent") and not _UPSTREAM.fullmatch(config.mode):
        raise ConfigError(f"[web] mode: {config.mode!r} is none of regular, transparent, upstream:http://host:port")
    if config.websocket not in ("inspect", "refuse"):
        raise ConfigError(f"[web] websocket: {config.websocket!r} is none of inspect, refuse")
    if not 1 <= config.processes <= _MOST_PROCESSES:
        raise ConfigError(f"[web] processes: {config.processes} is not between 1 and {_MOST_PROCESSES}")
    if config.slowest_upload < 0:
        raise ConfigError(f"[web] slowest_upload: {config.slowest_upload} is less than 0")
    if config.max_connections < config.processes:
        raise ConfigError(f"[web] max_connections: {config.max_connections} is less than there are processes")
    if config.max_connections_each < config.processes:
        raise ConfigError(f"[web] max_connections_each: {config.max_connections_each} is less than there are processes")


def _sweep(spool: Path) -> None:
    """Forget what processes of an earlier run left."""
    for left in spool.glob("proxy-*"):
        shutil.rmtree(left, ignore_errors=True)


def _across(submit: Submit, home: asyncio.AbstractEventLoop) -> Submit:
    """`submit`, callable from another thread's loop."""

    async def crossed(transfer: Transfer, so_far: SoFar | None = None, /) -> Outcome:
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(_run(submit, transfer, so_far), home))

    return crossed


async def _run(submit: Submit, transfer: Transfer, so_far: SoFar | None) -> Outcome:
    return await (submit(transfer) if so_far is None else submit(transfer, so_far))
