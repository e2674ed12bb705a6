"""The addon through which every request passes, or does not: it denies first.

The refusal is put in place before anything else happens and lifted only when the judge says so: mitmproxy lets a
request through when an addon raises, so nothing here may depend on not raising.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from weakref import WeakKeyDictionary, WeakSet

from mitmproxy import connection, http, tcp, tls, udp
from mitmproxy.addons import proxyserver
from mitmproxy.proxy import layer, layers
from mitmproxy.proxy.layers.http import HTTPMode
from mitmproxy.proxy.mode_specs import TransparentMode

from dlp.channels.web import beside, block_page, header_lines, pac, pieces, socket_layer, sockets, upload
from dlp.channels.web.bypass import Bypass
from dlp.channels.web.front import Front, peer_of
from dlp.channels.web.judging import Answer, Judge, Piece
from dlp.channels.web.naming import Naming
from dlp.channels.web.upload_file import upload_of
from dlp.channels.web.upload_room import room_for_more
from dlp.settings import Web
from dlp.transfer import Transfer

log = logging.getLogger(__name__)

_POLICY = 1008  # WebSocket's code for what a policy does not allow
_NO_GREETING = "connection closed early"  # mitmproxy's words for a client that went before it said anything
_QUICK = 64 * 1024  # bytes that are digested sooner than a thread is woken
_SHORT = 8 * 1024  # bytes of an address and headers, the same; what is packed in longer ones may take seconds
_CODED = 4  # bodies in memory at a time because their coding is undone or they are joined


def _known_extensions(request: http.Request) -> None:
    """Offer the server no extension of WebSocket but the one that we read."""
    offers = ",".join(request.headers.get_all("sec-websocket-extensions")).split(",")
    known = [offer.strip() for offer in offers if offer.partition(";")[0].strip().lower() == "permessage-deflate"]
    request.headers.pop("sec-websocket-extensions", None)
    if known:
        request.headers["sec-websocket-extensions"] = ", ".join(known)


def _refusal() -> http.Response:
    """A 503 and nothing else; `Response.make` takes several times as long, and this is for each request."""
    head, now = http.Headers(((b"content-length", b"0"),)), time.time()
    return http.Response(b"HTTP/1.1", 503, b"Service Unavailable", head, b"", None, now, now)


class Gate:
    """The addon: nothing passes that it has not let pass."""

    def __init__(
        self,
        config: Web,
        judge: Judge,
        naming: Naming,
        bypass: Bypass | None = None,
        barred: Callable[[str, str, str], None] = lambda kind, host, login: None,
    ) -> None:
        """`barred` is told (kind, host, login) of what nobody could read."""
        self._config = config
        self._barred = barred
        self._bypass = bypass
        self._judge = judge
        self._naming = naming
        self._front = Front(config.front, config.front_header)
        self.server: proxyserver.Proxyserver | None = None
        self.closing = False  # no more uploads are taken
        self._tunnels: WeakKeyDictionary[connection.Client, str] = WeakKeyDictionary()  # who opened them
        self._under_way: WeakSet[http.HTTPFlow] = WeakSet()  # being judged, or let pass and not answered yet
        self._coded = asyncio.Semaphore(max(1, _CODED // config.processes))

    async def request(self, flow: http.HTTPFlow) -> None:
        """Refuse, ask, and only then let through."""
        if flow.response is not None:  # another addon has refused already: no proxy authentication
            return
        flow.response = _refusal()  # bare, until it is known that somebody will read a page
        try:
            if self.closing:
                flow.response = block_page.unavailable(flow.request)
                return
            self._under_way.add(flow)
            await self._decide(flow)
        except pieces.DoesNotFit as misfit:
            flow.response = block_page.does_not_fit(flow.request)
            log.warning("a piece does not fit", extra={"channel": "web", "error": str(misfit)})
        except Exception as error:
            log.error("upload not judged", extra={"channel": "web", "error": type(error).__name__})
            with contextlib.suppress(Exception):  # even writing a page can raise: then it stays bare
                flow.response = block_page.unavailable(flow.request)
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

    async def _decide(self, flow: http.HTTPFlow) -> None:
        request = flow.request
        if not header_lines.are_sound(request.headers):
            flow.response = block_page.malformed(request)
            return
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
                self._barred("websocket", request.pretty_host, self.who(flow))
                flow.response = block_page.no_websocket(request)
                return
            _known_extensions(request)
        if upload.is_misdirected(request):
            flow.response = block_page.misdirected(request)
            return
        on_disk = upload_of(flow)
        mark = pieces.recognise(request)
        short = len(request.data.path) + sum(len(value) for _, value in request.headers.fields) <= _SHORT
        said = beside.form_of(request) if short else await asyncio.to_thread(beside.form_of, request)
        bare = not (on_disk or request.raw_content or said or upload.beside_the_body(request))
        if bare and mark is None:
            flow.response = None
            return
        body = on_disk.path if on_disk else request.raw_content or b""
        coded = "content-encoding" in request.headers or upload.is_grpc(request)
        unpacks = coded or (on_disk is not None and mark is not None)
        async with self._coded if unpacks else contextlib.nullcontext():
            answer = await self._ask(flow, body, mark, said, bare=bare)
        flow.response = None if answer is None or answer.passes else block_page.refused(request, answer)

    async def _ask(
        self, flow: http.HTTPFlow, body: bytes | Path, mark: pieces.Mark | None, said: bytes, *, bare: bool
    ) -> Answer | None:
        transfer = await self._transfer(flow, body, said, piece=mark is not None)
        transfer = replace(transfer, envelope=transfer.envelope | {"peer": peer_of(flow)})
        piece = Piece(mark=mark, begun=flow.id, bare=bare) if mark is not None else None
        answer, sent = await self._judge.judge(transfer, piece)
        self._naming.sent(flow, sent)
        return answer

    async def _transfer(self, flow: http.HTTPFlow, body: bytes | Path, said: bytes, *, piece: bool) -> Transfer:
        """The request as one. What takes its time does so in a thread, and only that: a thread's turn costs, too."""
        on_disk = upload_of(flow)
        made = partial(
            upload.transfer_of,
            flow.request,
            body,
            self.who(flow),
            self._config.max_size,
            piece=piece,
            arrived=on_disk.digest if on_disk is not None else None,
            said=said,
        )
        coded = "content-encoding" in flow.request.headers or upload.is_grpc(flow.request)
        quick = len(body) <= _QUICK if isinstance(body, bytes) else on_disk is not None
        return made() if quick and not coded and not piece else await asyncio.to_thread(made)

    async def socket_message(self, message: socket_layer.Outward) -> None:
        """A message of a WebSocket is whole: it passes where this says so, and only then."""
        try:
            talk = sockets.talk_of(message.flow, self.who(message.flow), self._config.max_size)
            answer = await sockets.judge(talk, message.content, self._judge.submit)
        except Exception as error:
            log.error("message not judged", extra={"channel": "web", "error": type(error).__name__})
            return
        message.passes = answer is None or answer.passes
        if answer is not None and not message.passes:
            message.code = _POLICY
            message.reason = f"Sekisho: held, case {answer.case}" if answer.case else "Sekisho: refused"

    def stream_refused(self, flow: http.HTTPFlow) -> None:
        """A call that goes on for as long as it is answered was refused."""
        self._barred("stream", flow.request.pretty_host, self.who(flow))

    async def upload_piece(self, flow: http.HTTPFlow) -> None:
        """A piece of an upload that may pass was written: the next when there is room."""
        if self.server is not None:
            await room_for_more(self.server, flow)

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
            self._naming.answered(flow)

    def http_connect(self, flow: http.HTTPFlow) -> None:
        """Note who opens a tunnel."""
        self._front.connected(flow)
        self._tunnels[flow.client_conn] = self.who(flow)
        if self._bypass is not None and flow.response is None:
            self._bypass.connected(flow, self.who(flow))

    def next_layer(self, nextlayer: layer.NextLayer) -> None:
        """What is neither TLS nor HTTP is taken for HTTP and answered with 400 (`rawtcp` is off): it is listed here."""
        data, chosen = nextlayer.data_client(), nextlayer.layer
        inside = isinstance(chosen, layers.HttpLayer) and chosen.mode is HTTPMode.transparent
        if inside and data and (not data[:3].isalpha() or data.startswith(b"SSH")):
            self.unread("raw", nextlayer.context.client, nextlayer.context.server)

    def tcp_start(self, flow: tcp.TCPFlow) -> None:
        """No raw streams but those of the bypass list."""
        if self._bypass is None or not self._bypass.knows(flow):
            self.unread("raw", flow.client_conn, flow.server_conn)
            flow.kill()

    def tls_failed_client(self, data: tls.TlsData) -> None:
        """A client did not go on when it saw our certificate."""
        if data.context.server.address and data.conn.error != _NO_GREETING:  # not TLS with the proxy itself
            self.unread("tls", data.context.client, data.context.server)

    def unread(self, kind: str, client: connection.Client, server: connection.Server) -> None:
        """By the name that was asked for; where connections are redirected it is in the greeting alone."""
        peer = str(client.peername[0]).removeprefix("::ffff:") if client.peername else ""
        host = str(server.address[0]) if server.address else ""
        login = self._tunnels.get(client)
        if login is None:
            login, host = self._config.addresses.get(peer, self._config.anonymous), client.sni or host
        self._barred(kind, host, login)

    async def tcp_message(self, flow: tcp.TCPFlow) -> None:
        """Counted, not kept."""
        if self._bypass is not None:
            await self._bypass.count(flow)

    def udp_start(self, flow: udp.UDPFlow) -> None:
        """No QUIC: browsers fall back to TCP."""
        flow.kill()
