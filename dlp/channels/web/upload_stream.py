"""An upload held whole on disk, judged, and only then sent onward: bounded memory, and still a block page.

mitmproxy either keeps a whole body in memory (three times over) or streams it, and then it has left before anything
can refuse it. This stream puts what a client sends into a file, runs the `request` hook at its end, and sends the
answer or the file, piece by piece and no faster than the server takes it. It replaces `HttpStream` in mitmproxy's HTTP
layer; :func:`in_force` says whether this version of mitmproxy really uses it.
"""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from pathlib import Path

from mitmproxy import connection, flow, http, options
from mitmproxy.net.http.http1 import expected_http_body_size
from mitmproxy.proxy import commands, context, events, layer, mode_specs
from mitmproxy.proxy.layers import http as http_layer
from mitmproxy.proxy.layers.http import HTTPMode, SendHttp
from mitmproxy.proxy.layers.http._events import (
    ErrorCode,
    RequestData,
    RequestEndOfMessage,
    RequestHeaders,
    RequestProtocolError,
    RequestTrailers,
    ResponseHeaders,
    ResponseProtocolError,
)
from mitmproxy.proxy.layers.http._hooks import (
    HttpErrorHook,
    HttpRequestHeadersHook,
    HttpRequestHook,
    HttpResponseHeadersHook,
)
from mitmproxy.proxy.layers.http._http2 import Http2Client

from dlp.channels.web import block_page, coming
from dlp.channels.web.upload_file import KEY, PREFIX, Upload

log = logging.getLogger(__name__)

_IN_MEMORY = 256 * 1024  # bytes of a body up to which no file is made
_ALL_IN_MEMORY = 32 * 1024 * 1024  # bytes of all bodies that have not ended, beyond which a file is made at once
_UNASKED = 16  # pieces sent on to a server that takes them at once, before others have their turn
_PATIENCE = 4  # times the limit that are heard before the connection is closed


@dataclass
class UploadPieceHook(commands.StartHook):
    """A piece was handed to the server's connection: wait until there is room for the next."""

    flow: http.HTTPFlow
    name = "upload_piece"


@dataclass
class StreamRefusedHook(commands.StartHook):
    """A call was refused because it does not end before it is answered."""

    flow: http.HTTPFlow
    name = "stream_refused"


class UploadStream(http_layer.HttpStream):
    """`HttpStream` with its request bodies on disk. `folder` and `limit` hold for all of them in this process."""

    folder: Path | None = None
    limit: int = 0  # bytes of one body
    slowest: int = 0  # bytes a second, see `coming`
    coming = 0  # bytes in memory of all bodies that have not ended
    _upload: Upload | None = None
    _size = 0
    _counted = 0  # bytes of this one in `coming`
    _watched = False  # it has not ended, and is looked at again
    _refusal: http.Response | None = None

    def __init__(self, context: context.Context, stream_id: int) -> None:
        super().__init__(context, stream_id)
        self._coming = coming.Coming()

    def _handle_event(self, event: events.Event) -> layer.CommandGenerator[None]:
        if not isinstance(event, events.Wakeup):
            yield from super()._handle_event(event)
        elif self.client_state == self.state_consume_request_body:
            yield from self._see_how_it_comes()

    def state_wait_for_request_headers(self, event: RequestHeaders) -> layer.CommandGenerator[None]:
        """A request begins; what it announces has to come."""
        yield from super().state_wait_for_request_headers(event)
        if self.client_state == self.state_consume_request_body and not event.end_stream:
            if self.flow.response is not None:  # nobody's, or one in vain: not a byte of it is kept
                self._refuse(self.flow.response)
            yield from self._watch()

    def state_consume_request_body(self, event: events.Event) -> layer.CommandGenerator[None]:
        """Take the body in; at its end judge it and answer or send it."""
        if isinstance(event, RequestData):
            yield from self._take(event.data)
            yield from self._watch()
        elif isinstance(event, RequestEndOfMessage) and self._refusal is not None:
            yield from self._answer(self._refusal)
        elif isinstance(event, RequestEndOfMessage) and self._upload is not None:
            self._say_length()
            yield from self._end(self._upload)
        else:
            self._say_length()
            if isinstance(event, RequestEndOfMessage):
                self._count(0)
            yield from super().state_consume_request_body(event)

    def _count(self, size: int) -> None:
        """So many bytes of this body are in memory while it comes."""
        UploadStream.coming += size - self._counted
        self._counted = size

    def __del__(self) -> None:
        self._count(0)

    def _watch(self) -> layer.CommandGenerator[None]:
        """A call that goes on for as long as it is answered would wait for ever: it has to go on, or end, in a time."""
        if not self._watched:
            self._watched = True
            yield commands.RequestWakeup(coming.LOOK_SECONDS)

    def _see_how_it_comes(self) -> layer.CommandGenerator[None]:
        self._watched = False
        found = self._coming.looked(self.flow.request, self._size, self.slowest)
        if found is None:
            yield from self._watch()
        elif self._refusal is not None or found is not coming.Fault.STREAMS:
            slow = found is coming.Fault.SLOW
            page = block_page.too_slow if slow else block_page.not_come
            yield from self._answer(self._refusal or page(self.flow.request))
        else:
            log.warning("a streaming call is refused", extra={"channel": "web", "host": self.flow.request.host})
            yield StreamRefusedHook(self.flow)
            yield from self._answer(block_page.no_stream(self.flow.request))

    def _say_length(self) -> None:
        """HTTP/2 needs no length, HTTP/1.1 does: without one a server would take the body for its next request."""
        headers = self.flow.request.headers
        if self._size and "content-length" not in headers and "transfer-encoding" not in headers:
            headers["content-length"] = str(self._size)

    def _take(self, data: bytes) -> layer.CommandGenerator[None]:
        self._size += len(data)
        if self._size > self.limit:
            self._refuse(block_page.too_large(self.flow.request))
        if self._refusal is not None:  # the rest is taken in and forgotten: a client hears no answer while it sends
            if self._size > _PATIENCE * self.limit:
                yield from self._hang_up()
            return
        try:
            self._keep(data)
        except OSError:  # a full disk: nothing is taken that cannot be judged
            log.error("no room for an upload", extra={"channel": "web"})
            self._refuse(block_page.unavailable(self.flow.request))

    def _keep(self, data: bytes) -> None:
        first = self._upload is None and self._size == len(data)
        if first and not self.flow.request.is_http2 and self._declared() > _IN_MEMORY:
            self._begin()  # at once: what is gathered is copied; but not for a hundred at a time that say a byte each
        if self._upload is not None:
            self._upload.write(data)
            return
        self.request_body_buf += data
        self._count(len(self.request_body_buf))
        if (self._counted > _IN_MEMORY or UploadStream.coming > _ALL_IN_MEMORY) and (made := self._begin()):
            made.write(bytes(self.request_body_buf))
            self._clear()

    def _begin(self) -> Upload | None:
        """A file for the body, where there is a folder for it. Raises OSError."""
        if self.folder is not None:
            declared = self.flow.request.headers.get("content-type", "")
            self._upload = self.flow.metadata[KEY] = Upload(self.folder, declared)
        return self._upload

    def _refuse(self, page: http.Response) -> None:
        """Answer with this page when all has come in."""
        if self._refusal is None:
            self._refusal = page
        self._forget()
        self._clear()

    def _clear(self) -> None:
        self.request_body_buf.clear()
        self._count(0)

    def _hang_up(self) -> layer.CommandGenerator[None]:
        message = "Request body exceeds the limit."
        self.flow.error = flow.Error(message)
        yield HttpErrorHook(self.flow)
        yield SendHttp(ResponseProtocolError(self.stream_id, message, ErrorCode.REQUEST_TOO_LARGE), self.context.client)
        yield from self._drop()

    def check_body_size(self, request: bool) -> layer.CommandGenerator[bool]:
        """Whether a request declares more than the limit to somebody who waits for leave to send it.

        Whoever sends without asking is heard to the end and answered then. Answers of servers have no limit.
        """
        if not request or self._declared() <= self.limit:
            return False
        if self.flow.request.headers.get("expect", "").lower() != "100-continue":
            self._refuse(block_page.too_large(self.flow.request))
            return False
        yield HttpRequestHeadersHook(self.flow)
        yield from self._hang_up()
        return True

    def _declared(self) -> int:
        try:
            return expected_http_body_size(self.flow.request) or 0
        except ValueError:
            return 0

    def _end(self, upload: Upload) -> layer.CommandGenerator[None]:
        """The body is whole: the hook decides. As HttpStream does it, but for where the body is."""
        self.flow.request.timestamp_end = time.time()
        self.flow.request.data.content = None
        self.client_state = self.state_done
        yield HttpRequestHook(self.flow)
        if (yield from self.check_killed(True)):
            self._forget()
        elif self.flow.response:
            yield from self._answer(self.flow.response)
        elif (yield from self.make_server_connection()):
            yield from self._send(upload)
        self._forget()

    def _answer(self, page: http.Response) -> layer.CommandGenerator[None]:
        self._forget()
        self.client_state = self.state_done
        self.flow.response = page
        page.timestamp_start = time.time()
        yield HttpResponseHeadersHook(self.flow)
        if not (yield from self.check_killed(True)):
            yield from self.send_response()

    def _send(self, upload: Upload) -> layer.CommandGenerator[None]:
        server = self.context.server
        yield SendHttp(RequestHeaders(self.stream_id, self.flow.request, False), server)
        sent, upload.unsent = 0, self.unsent
        try:
            for number, piece in enumerate(upload.pieces()):
                sent += len(piece)
                yield SendHttp(RequestData(self.stream_id, piece), server)
                if sent == upload.size or (number % _UNASKED and upload.has_room()):
                    continue  # for the last nobody waits, as for a body that is not on disk
                yield UploadPieceHook(self.flow)
                if self._interrupted():
                    return  # by an event that comes next, and is seen to then
                if self.flow.error:
                    break
        except OSError:
            log.error("upload cannot be read back", extra={"channel": "web"})
        if sent != upload.size or self.flow.error:
            yield from self._give_up()
            return
        if self.flow.request.trailers:
            yield SendHttp(RequestTrailers(self.stream_id, self.flow.request.trailers), server)
        yield SendHttp(RequestEndOfMessage(self.stream_id), server)

    def _interrupted(self) -> bool:
        """Whether one side has gone, or the server refuses what it has only in part."""
        return any(
            isinstance(event, RequestProtocolError | ResponseProtocolError)
            or (isinstance(event, ResponseHeaders) and event.response.status_code >= 300)
            for event in self._paused_event_queue
        )

    def _give_up(self) -> layer.CommandGenerator[None]:
        """Neither side may take a part for the whole; and whoever counts flows hears that this one is over."""
        self.flow.error = self.flow.error or flow.Error("not sent on")
        yield HttpErrorHook(self.flow)
        yield SendHttp(RequestProtocolError(self.stream_id, "given up", ErrorCode.CANCEL), self.context.server)
        yield SendHttp(
            ResponseProtocolError(self.stream_id, "not sent on", ErrorCode.GENERIC_SERVER_ERROR), self.context.client
        )
        yield from self._drop()

    def _drop(self) -> layer.CommandGenerator[None]:
        """Nothing more comes of it: on a connection of many streams it would stay as long as that."""
        self.client_state = self.server_state = self.state_errored
        self.flow.live = False
        yield http_layer.DropStream(self.stream_id)

    def handle_protocol_error(
        self, event: RequestProtocolError | ResponseProtocolError
    ) -> layer.CommandGenerator[None]:
        """A client that went leaves nothing behind; for a server that hung up we say so.

        mitmproxy itself would close without a word after a "100 Continue", which it takes for the answer.
        """
        self._forget()
        self._clear()
        unanswered = self.client_state == self.state_done and self.server_state == self.state_wait_for_response_headers
        if isinstance(event, ResponseProtocolError) and unanswered and event.code.http_status_code():
            yield from self._answer(block_page.not_taken(self.flow.request))
        else:
            yield from super().handle_protocol_error(event)

    def _forget(self) -> None:
        if self._upload is not None:
            self._upload.close()
            self._upload = None
            self.flow.metadata.pop(KEY, None)

    def unsent(self) -> int:
        """Bytes handed to an HTTP/2 connection that its peer's window does not let out yet."""
        parent = self.context.layers[self.context.layers.index(self) - 1]
        assert isinstance(parent, http_layer.HttpLayer)
        found: object = parent.connections.get(self.context.server)
        while found is not None and not isinstance(found, Http2Client):
            found = getattr(found, "child_layer", None)
        if found is None:
            return 0
        number = found.our_stream_id.get(self.stream_id, -1)
        return sum(len(piece.data) for piece in found.h2_conn.stream_buffers.get(number, ()))


def use(folder: Path, limit: int, slowest: int = 0) -> None:
    """Put request bodies on disk from now on, below `folder` (made 0700, emptied of what a crash left)."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    for left in folder.glob(f"{PREFIX}*"):
        left.unlink(missing_ok=True)
    UploadStream.folder, UploadStream.limit, UploadStream.slowest = folder, limit, slowest
    http_layer.HttpStream = UploadStream  # type: ignore[misc]


def in_force(opts: options.Options) -> bool:
    """Whether this mitmproxy makes its streams of our class and streams no body past it."""
    client = connection.Client(
        peername=("", 0), sockname=("", 0), timestamp_start=0.0, proxy_mode=mode_specs.ProxyMode.parse("regular")
    )
    made = http_layer.HttpLayer(context.Context(client, opts), HTTPMode.regular)
    list(made.make_stream(1))
    return isinstance(made.streams.get(1), UploadStream) and opts.stream_large_bodies is None
