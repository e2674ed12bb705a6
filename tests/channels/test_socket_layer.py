"""The WebSocket layer, frame by frame and without a socket: what a client may cut a message into."""

from __future__ import annotations

import struct
from collections.abc import Iterable

import pytest
from mitmproxy import options
from mitmproxy.connection import ConnectionState
from mitmproxy.proxy import commands, context, events
from mitmproxy.test import tflow

from dlp.channels.web.socket_layer import SocketLayer, SocketMessageHook
from dlp.channels.web.sockets import Talk
from dlp.transfer import Channel, Transfer

_MASK = b"\0\0\0\0"
_TEXT, _MORE = 1, 0


def frame(kind: int, data: bytes, *, last: bool) -> bytes:
    """As a client sends it; up to 125 bytes."""
    return struct.pack(">BB", last << 7 | kind, 0x80 | len(data)) + _MASK + data


class Conversation:
    """A layer whose messages all pass: what was judged, and what was sent to the server and in how many goes."""

    def __init__(self) -> None:
        self.flow = tflow.twebsocketflow(messages=False)
        assert self.flow.response is not None
        self.here = context.Context(self.flow.client_conn, options.Options())
        self.here.client.state = self.here.server.state = ConnectionState.OPEN
        self.layer = SocketLayer(self.here, self.flow)
        self.judged: list[bytes] = []
        self.sent: list[bytes] = []
        self._done(self.layer.handle_event(events.Start()))

    def _done(self, told: Iterable[commands.Command]) -> None:
        for command in told:
            if isinstance(command, SocketMessageHook):
                self.judged.append(command.message.content)
                command.message.passes = True
            if isinstance(command, commands.SendData) and command.connection is self.here.server:
                self.sent.append(command.data)
            if isinstance(command, commands.StartHook):
                self._done(self.layer.handle_event(events.HookCompleted(command)))

    def hear(self, data: bytes) -> None:
        """The client says so."""
        self._done(self.layer.handle_event(events.DataReceived(self.here.client, data)))


def test_a_message_goes_on_as_it_was_cut() -> None:
    talk = Conversation()
    talk.hear(frame(_TEXT, b"ab", last=False) + frame(_MORE, b"", last=False) + frame(_MORE, b"cde", last=True))
    assert talk.judged == [b"abcde"]
    assert [len(data) - 6 for data in talk.sent] == [2, 0, 3]


@pytest.mark.parametrize("piece", [b"a", b""], ids=["bytes", "nothing"])
def test_a_message_of_very_many_frames_costs_what_its_bytes_do(piece: bytes) -> None:
    talk = Conversation()
    talk.hear(frame(_TEXT, b"begin", last=False))
    for _ in range(100):
        talk.hear(frame(_MORE, piece, last=False) * 50)
    assert len(talk.layer._cuts) < 1100
    talk.hear(frame(_MORE, b"end", last=True))
    assert talk.judged == [b"begin" + piece * 5000 + b"end"]
    assert len(talk.sent) == 1


def test_what_was_said_is_kept_within_bounds_however_it_is_cut() -> None:
    talk = Talk(Transfer(channel=Channel.WEB, sender="", destination=("http://a:80",), name="", data=b""))
    for _ in range(1000):
        talk.add(b"")
    assert not talk.said
    for number in range(20_000):
        talk.add(b"%d" % (number % 10))
    assert len(talk.said) <= 8192
    talk.add(b"x" * 300_000)
    assert sum(map(len, talk.said)) == talk.size == 256 * 1024
