"""WebSocket connections, each outward message held until it is judged.

mitmproxy's own layer sends a message when an addon raises, passes on what no hook sees (pings and the reason of a
close carry up to 125 bytes each) and sets no limit to a message. This one asks :class:`SocketMessageHook` for leave,
answers pings itself, and closes both sides where leave is not given. What comes in is passed on as it comes.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import accumulate

from mitmproxy import http
from mitmproxy.proxy import commands, context, events, layer
from mitmproxy.proxy.layers import http as http_layer
from mitmproxy.proxy.layers import websocket
from wsproto import events as ws
from wsproto.connection import ConnectionState

LIMIT = 16 * 1024 * 1024  # bytes of one outward message, and of what may wait while one is judged
_ALL = 64 * 1024 * 1024  # bytes of all connections' messages that have not ended, wait or are judged, in this process
_SHARE = 64 * 1024  # bytes of them that every connection may have, however many there are
_SLICE = 4 * 1024  # bytes of what is compressed that are undone at a time: they become a thousand times as many at most
_CUTS = 1000  # frames of a message that are sent as they were cut; what comes in more goes out as one
_REASON = 120  # bytes of a close's reason; the protocol has 123
_TOO_BIG, _GOING_AWAY, _LATER = 1009, 1001, 1013


@dataclass
class Outward:
    """A message from the client, whole. The hook says whether it passes, and what the client is told if not."""

    flow: http.HTTPFlow
    content: bytes
    text: bool
    passes: bool = False
    code: int = 1011
    reason: str = "Sekisho: not checked, so not sent"


@dataclass
class SocketMessageHook(commands.StartHook):
    """An outward message is whole: may it pass?"""

    message: Outward  # one argument: mitmproxy takes no hook with more
    name = "socket_message"


class SocketLayer(websocket.WebsocketLayer):
    """`WebsocketLayer` that sends nothing outward without leave."""

    kept = 0  # bytes of `_ALL`

    def __init__(self, context: context.Context, flow: http.HTTPFlow) -> None:
        super().__init__(context, flow)
        self._said = bytearray()  # of the outward message that has not ended
        self._cuts = [0]  # bytes of each of its frames, but of the first frames alone where they are many
        self._judged = 0  # bytes of the message that is judged
        self._waiting = 0  # bytes that arrived while messages before them were judged
        self._flooded = False  # something of them was not kept
        self._counted = 0  # bytes of ours in `kept`
        self._compressed = flow.response is not None and "sec-websocket-extensions" in flow.response.headers

    def _count(self) -> bool:
        """Take stock of what is kept for this connection: whether with that of all others it is too much."""
        kept = len(self._said) + self._judged + self._waiting
        SocketLayer.kept += kept - self._counted
        self._counted = kept
        return SocketLayer.kept > _ALL and kept > _SHARE

    def _forget(self) -> None:
        self._said, self._cuts, self._judged, self._waiting = bytearray(), [0], 0, 0
        self._count()

    def __del__(self) -> None:
        SocketLayer.kept -= self._counted

    def handle_event(self, event: events.Event) -> layer.CommandGenerator[None]:
        """A client that floods us while we judge is cut off, not kept."""
        if self._paused and isinstance(event, events.DataReceived) and event.connection == self.context.client:
            self._waiting += len(event.data)
            if self._flooded or self._waiting > LIMIT or self._count():
                self._flooded, self._waiting = True, self._waiting - len(event.data)
                return
        yield from super().handle_event(event)

    def relay_messages(self, event: events.Event) -> layer.CommandGenerator[None]:
        """One side has sent something, or has gone."""
        if not isinstance(event, events.DataReceived | events.ConnectionClosed):
            return  # nobody says anything in the client's place
        outward = event.connection == self.context.client
        source, target = (self.client_ws, self.server_ws) if outward else (self.server_ws, self.client_ws)
        if outward and isinstance(event, events.DataReceived):
            self._waiting = max(0, self._waiting - len(event.data))
        if outward and self._flooded:
            yield from self._end(_TOO_BIG, "Sekisho: too much at once")
            return
        for piece in _pieces(event, outward and self._compressed):
            source.receive_data(piece)
            for found in source.events():
                yield from self._seen(found, source, target, outward)
                if self._handle_event == self.done:
                    return

    def _seen(
        self,
        found: ws.Event,
        source: websocket.WebsocketConnection,
        target: websocket.WebsocketConnection,
        outward: bool,
    ) -> layer.CommandGenerator[None]:
        if isinstance(found, ws.TextMessage | ws.BytesMessage) and outward:
            yield from self._collect(found, target)
        elif isinstance(found, ws.TextMessage | ws.BytesMessage):
            yield target.send2(replace(found, frame_finished=True))
        elif isinstance(found, ws.Ping):
            yield source.send2(found.response())
        elif isinstance(found, ws.CloseConnection):
            yield from self._end(found.code, "" if outward else found.reason or "", server_code=found.code)

    def _collect(
        self, found: ws.TextMessage | ws.BytesMessage, target: websocket.WebsocketConnection
    ) -> layer.CommandGenerator[None]:
        """A piece of an outward message; with the last one it is judged, and sent as it was cut."""
        data = found.data.encode() if isinstance(found.data, str) else found.data
        self._said += data
        self._cuts[-1] += len(data)
        if len(self._said) > LIMIT:
            yield from self._end(_TOO_BIG, "Sekisho: message too large")
        elif self._count():
            yield from self._end(_LATER, "Sekisho: too many large messages; try again later")
        elif found.message_finished:
            frames, message = self._frames(), Outward(self.flow, bytes(self._said), isinstance(found.data, str))
            self._said, self._cuts, self._judged = bytearray(), [0], len(message.content)
            yield SocketMessageHook(message)
            self._judged = 0
            if not message.passes:
                yield from self._end(message.code, message.reason)
                return
            self._count()
            for piece in websocket.Fragmentizer(frames, message.text)(message.content):
                yield target.send2(piece)
        elif found.frame_finished and len(self._cuts) <= _CUTS:
            self._cuts.append(0)

    def _frames(self) -> list[bytes]:
        """The message as it was cut; a client may cut it into a million frames, or into frames of nothing."""
        if len(self._cuts) > _CUTS:
            return [bytes(self._said)]
        ends = list(accumulate(self._cuts))
        return [bytes(self._said[end - size : end]) for size, end in zip(self._cuts, ends, strict=True)]

    def _end(self, code: int, reason: str, *, server_code: int = _GOING_AWAY) -> layer.CommandGenerator[None]:
        """Close both sides; the client hears why."""
        told = reason.encode()[:_REASON].decode(errors="ignore")
        for side, number, text in ((self.server_ws, server_code, ""), (self.client_ws, code, told)):
            if side.state in (ConnectionState.OPEN, ConnectionState.REMOTE_CLOSING):
                yield side.send2(ws.CloseConnection(code=number, reason=text or None))
            yield commands.CloseConnection(side.conn)
        self._forget()
        assert self.flow.websocket
        self.flow.websocket.timestamp_end = time.time()
        self.flow.live = False
        self._handle_event = self.done
        yield websocket.WebsocketEndHook(self.flow)


def _pieces(event: events.DataReceived | events.ConnectionClosed, compressed: bool) -> Iterator[bytes | None]:
    """What was said, so that little becomes much of it at a time; None for an end."""
    if not isinstance(event, events.DataReceived):
        yield None
    elif not compressed:
        yield event.data
    else:
        for start in range(0, len(event.data), _SLICE):
            yield event.data[start : start + _SLICE]


def use() -> None:
    """Make mitmproxy take this layer for every WebSocket connection from now on."""
    websocket.WebsocketLayer = SocketLayer  # type: ignore[misc]


def in_force() -> bool:
    """Whether this mitmproxy's HTTP layer makes its WebSocket layers of our class."""
    module = getattr(http_layer, "websocket", None)
    flow_done = http_layer.HttpStream.flow_done.__code__
    return getattr(module, "WebsocketLayer", None) is SocketLayer and "WebsocketLayer" in flow_done.co_names
