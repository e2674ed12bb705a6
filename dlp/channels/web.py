"""The web channel: an HTTP(S) proxy that denies first.

The refusal is put in place before anything else happens and lifted only when the gateway says so: mitmproxy lets a
request through when an addon raises, so nothing here may depend on not raising. mitmproxy runs in a thread with an
event loop of its own: its eager tasks and uvloop do not agree, and a busy proxy must not hold up the mail.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import re
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from weakref import WeakSet

from mitmproxy import http, options, tcp, udp
from mitmproxy.addons import core, disable_h2c, next_layer, proxyserver, tlsconfig
from mitmproxy.master import Master
from mitmproxy.proxy.mode_specs import TransparentMode

from dlp.channels import block_page, pac, pieces, socket_layer, sockets, upload, upload_stream
from dlp.channels.bypass import Bypass
from dlp.channels.front import Front, peer_of
from dlp.channels.joining import Joining
from dlp.channels.piece_store import PieceStore
from dlp.channels.proxy_users import ProxyUsers
from dlp.errors import ConfigError, cannot_listen
from dlp.gateway import Outcome, Submit
from dlp.settings import Web
from dlp.transfer import LARGE, SoFar, Transfer

log = logging.getLogger(__name__)

_START_SECONDS = 30.0
_CLOSING_SECONDS = 10.0  # at stop, for the uploads whose verdict is being found or that are being sent
_POLICY = 1008  # WebSocket's code for what a policy does not allow
_CODED = 4  # bodies in memory at a time because their coding is undone or they are joined
_UPSTREAM = re.compile(r"upstream:https?://[\w.:\[\]-]+")


class WebChannel:
    """Runs the proxy; `start`, then `.port` and `.ca_path`, then `stop`."""

    def __init__(
        self,
        config: Web,
        submit: Submit,
        confdir: Path,
        *,
        spool: Path,
        bypass: Bypass | None = None,
        users: ProxyUsers | None = None,
        pieces_key: bytes = b"",
        large: int = 1,
    ) -> None:
        """`large` is the number of large uploads inspected at a time: less than there are workers.

        Raises ConfigError for a mode that is none."""
        if config.mode not in ("regular", "transparent") and not _UPSTREAM.fullmatch(config.mode):
            raise ConfigError(f"[web] mode: {config.mode!r} is none of regular, transparent, upstream:http://host:port")
        if config.websocket not in ("inspect", "refuse"):
            raise ConfigError(f"[web] websocket: {config.websocket!r} is none of inspect, refuse")
        self._config = config
        self._bypass = bypass
        self._pieces_key = pieces_key or secrets.token_bytes(32)  # without one a restart forgets open uploads
        self._users = users or ProxyUsers()
        self._users.exempt = frozenset(config.front)
        self._spool = spool
        self._large = large
        self._submit = submit
        self._confdir = confdir
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._master: Master | None = None
        self._listening: asyncio.Future[int] | None = None
        self._gate: Gate | None = None
        self._port = 0

    @property
    def port(self) -> int:
        """The port listened on."""
        return self._port

    @property
    def ca_path(self) -> Path:
        """The certificate (PEM) to distribute to browsers; its key stays in the same folder, mode 0600."""
        return self._confdir / "mitmproxy-ca-cert.pem"

    async def start(self) -> None:
        """Listen. Raises ConfigError when the address cannot be had."""
        self._confdir.mkdir(mode=0o700, parents=True, exist_ok=True)
        home = asyncio.get_running_loop()
        listening: asyncio.Future[int] = home.create_future()
        if self._bypass is not None:
            self._bypass.home = home
        store = PieceStore(self._spool.parent / "pieces", self._config.max_size, self._pieces_key)
        await asyncio.to_thread(store.begin)
        joining = Joining(store, self._config.resumable_hosts)
        gate = Gate(self._config, _across(self._submit, home), joining, self._bypass, large=self._large)
        self._gate = gate
        await asyncio.to_thread(upload_stream.use, self._spool, self._config.max_size)

        def tell(result: int | Exception) -> None:
            if listening.done():
                return
            if isinstance(result, Exception):
                listening.set_exception(result)
            else:
                listening.set_result(result)

        def serve() -> None:
            try:
                asyncio.run(self._serve(gate, lambda result: home.call_soon_threadsafe(tell, result)))
            except Exception as error:
                log.exception("proxy ended")
                home.call_soon_threadsafe(tell, error)

        self._thread = threading.Thread(target=serve, name="proxy", daemon=True)
        self._thread.start()
        self._port = await asyncio.wait_for(listening, _START_SECONDS)

    async def stop(self) -> None:
        """Take no more uploads; finish those that are judged or on their way, then close all connections."""
        loop, master, thread = self._loop, self._master, self._thread
        if self._gate is not None:
            self._gate.closing = True
            if self._port:
                log.info("finishing uploads, taking no more", extra={"channel": "web"})
            until = time.monotonic() + _CLOSING_SECONDS
            while self._gate.busy and time.monotonic() < until:  # noqa: ASYNC110  another thread's
                await asyncio.sleep(0.02)
        if loop is not None and master is not None and loop.is_running():
            loop.call_soon_threadsafe(master.shutdown)
        if thread is not None:
            await asyncio.to_thread(thread.join, 10.0)

    async def _serve(self, gate: Gate, tell: Callable[[int | Exception], object]) -> None:
        self._loop = asyncio.get_running_loop()
        config = self._config
        master = self._master = Master(options.Options(confdir=str(self._confdir)), with_termlog=False)
        server = gate.server = proxyserver.Proxyserver()
        master.addons.add(
            core.Core(),
            disable_h2c.DisableH2C(),
            self._users,
            *([self._bypass] if self._bypass else []),
            next_layer.NextLayer(),
            server,
            tlsconfig.TlsConfig(),
            gate,
        )
        master.options.update(
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
        socket_layer.use()
        if not upload_stream.in_force(master.options) or not socket_layer.in_force():
            raise ConfigError(f"web: mitmproxy {version('mitmproxy')} passes by our streams; install 12.2")
        for name in ("mitmproxy", "mitmproxy.proxy", "mitmproxy.proxy.server"):
            logging.getLogger(name).setLevel(logging.CRITICAL)  # its records hold URLs
        running = asyncio.create_task(master.run())
        while not running.done():
            if server.listen_addrs():
                tell(int(server.listen_addrs()[0][1]))
                break
            faults = [instance.last_exception for instance in server.servers if instance.last_exception]
            if faults:
                tell(cannot_listen("web", config.host, config.port, faults[0]))
                master.shutdown()
                break
            await asyncio.sleep(0.02)
        await running


def _across(submit: Submit, home: asyncio.AbstractEventLoop) -> Submit:
    """`submit`, callable from another thread's loop."""

    async def crossed(transfer: Transfer, so_far: SoFar | None = None, /) -> Outcome:
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(_run(submit, transfer, so_far), home))

    return crossed


async def _run(submit: Submit, transfer: Transfer, so_far: SoFar | None) -> Outcome:
    return await (submit(transfer) if so_far is None else submit(transfer, so_far))


def _known_extensions(request: http.Request) -> None:
    """Offer the server no extension of WebSocket but the one that we read."""
    offers = ",".join(request.headers.get_all("sec-websocket-extensions")).split(",")
    known = [offer.strip() for offer in offers if offer.partition(";")[0].strip().lower() == "permessage-deflate"]
    request.headers.pop("sec-websocket-extensions", None)
    if known:
        request.headers["sec-websocket-extensions"] = ", ".join(known)


class Gate:
    """The addon: nothing passes that it has not let pass."""

    def __init__(
        self, config: Web, submit: Submit, joining: Joining, bypass: Bypass | None = None, *, large: int = 1
    ) -> None:
        self._config = config
        self._bypass = bypass
        self._submit = submit
        self._joining = joining
        self._front = Front(config.front, config.front_header)
        self.server: proxyserver.Proxyserver | None = None
        self.closing = False  # no more uploads are taken
        self._under_way: WeakSet[http.HTTPFlow] = WeakSet()  # being judged, or let pass and not answered yet
        self._large = asyncio.Semaphore(large)  # so many at a time, so that small ones find a worker
        self._coded = asyncio.Semaphore(_CODED)

    async def request(self, flow: http.HTTPFlow) -> None:
        """Refuse, ask, and only then let through."""
        if flow.response is not None:  # another addon has refused already: no proxy authentication
            return
        flow.response = http.Response.make(503)  # bare: even writing a page could raise
        try:
            flow.response = block_page.unavailable(flow.request)
            if self.closing:
                return
            self._under_way.add(flow)
            await self._judge(flow)
        except pieces.DoesNotFit as misfit:
            flow.response = block_page.does_not_fit(flow.request)
            log.warning("a piece does not fit", extra={"channel": "web", "error": str(misfit)})
        except Exception as error:
            log.error("upload not judged", extra={"channel": "web", "error": type(error).__name__})
        finally:
            if flow.response is not None:
                self._under_way.discard(flow)

    @property
    def busy(self) -> bool:
        """Whether an upload is being judged or on its way."""
        return len(self._under_way) > 0

    def response(self, flow: http.HTTPFlow) -> None:
        """The server has answered."""
        self._under_way.discard(flow)

    def error(self, flow: http.HTTPFlow) -> None:
        """One side has gone."""
        self._under_way.discard(flow)

    async def _judge(self, flow: http.HTTPFlow) -> None:
        request = flow.request
        request.headers.pop("proxy-authorization", None)
        self._front.login(flow)  # takes its header away, too
        if isinstance(flow.client_conn.proxy_mode, TransparentMode) and request.host_header:
            request.host = (
                request.pretty_host
            )  # the name that is judged is the one gone to, not whatever address it had
        if (script := pac.answer(flow, self._config)) is not None:
            flow.response = script
            return
        if "websocket" in request.headers.get("upgrade", "").lower():
            if self._config.websocket != "inspect":
                flow.response = block_page.no_websocket(request)
                return
            _known_extensions(request)
        if upload.is_misdirected(request):
            flow.response = block_page.misdirected(request)
            return
        on_disk = upload_stream.upload_of(flow)
        mark = pieces.recognise(request)
        bare = not on_disk and not request.raw_content and not upload.beside_the_body(request)
        if bare and mark is None:
            flow.response = None
            return
        body = on_disk.path if on_disk else request.raw_content or b""
        coded = "content-encoding" in request.headers or upload.is_grpc(request)
        unpacks = coded or (on_disk is not None and mark is not None)
        async with self._coded if unpacks else contextlib.nullcontext():
            outcome = await self._outcome(flow, body, mark, bare=bare)
        flow.response = None if outcome is None or outcome.passes else block_page.refused(request, outcome)

    async def _outcome(
        self, flow: http.HTTPFlow, body: bytes | Path, mark: pieces.Mark | None, *, bare: bool
    ) -> Outcome | None:
        transfer = await asyncio.to_thread(
            upload.transfer_of, flow.request, body, self.who(flow), self._config.max_size, piece=mark is not None
        )
        transfer = replace(transfer, envelope=transfer.envelope | {"peer": peer_of(flow)})
        if mark is not None:
            return await self._joining.judge(flow, mark, transfer, self._submit, bare=bare, large=self._large)
        async with self._large if transfer.size > LARGE else contextlib.nullcontext():
            return await self._submit(transfer)

    async def socket_message(self, message: socket_layer.Outward) -> None:
        """A message of a WebSocket is whole: it passes where this says so, and only then."""
        try:
            talk = sockets.talk_of(message.flow, self.who(message.flow), self._config.max_size)
            outcome = await sockets.judge(talk, message.content, self._submit)
        except Exception as error:
            log.error("message not judged", extra={"channel": "web", "error": type(error).__name__})
            return
        message.passes = outcome is None or outcome.passes
        if outcome is not None and not message.passes:
            message.code = _POLICY
            message.reason = f"Sekisho: held, case {outcome.case}" if outcome.case else "Sekisho: refused"

    async def upload_piece(self, flow: http.HTTPFlow) -> None:
        """A piece of an upload that may pass was written: the next when there is room."""
        if self.server is not None:
            await upload_stream.room_for_more(self.server, flow)

    def who(self, flow: http.HTTPFlow) -> str:
        """The login behind a request: told by a proxy in front, authenticated, mapped by address, or anybody's.

        "" if unknown.
        """
        told = self._front.login(flow)
        if told is not None:
            return told
        user = flow.metadata.get("proxyauth")
        if user:
            return str(user[0])
        return self._config.addresses.get(peer_of(flow), self._config.anonymous)

    def responseheaders(self, flow: http.HTTPFlow) -> None:
        """What comes in is not inspected and not kept: downloads stream."""
        if flow.response is not None:
            flow.response.stream = True
            flow.response.headers.pop("alt-svc", None)  # it would lead browsers to QUIC, past us
            self._joining.answered(flow)

    def http_connect(self, flow: http.HTTPFlow) -> None:
        """Note who opens a tunnel."""
        self._front.connected(flow)
        if self._bypass is not None and flow.response is None:
            self._bypass.connected(flow, self.who(flow))

    def tcp_start(self, flow: tcp.TCPFlow) -> None:
        """No raw streams but those of the bypass list."""
        if self._bypass is None or not self._bypass.knows(flow):
            flow.kill()

    def tcp_message(self, flow: tcp.TCPFlow) -> None:
        """Counted, not kept."""
        if self._bypass is not None:
            self._bypass.count(flow)

    def udp_start(self, flow: udp.UDPFlow) -> None:
        """No QUIC: browsers fall back to TCP."""
        flow.kill()
