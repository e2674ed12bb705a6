"""The WebSocket layer, frame by frame and without a socket: what a client may cut a message into."""

from __future__ import annotations

import gc
import struct
import tracemalloc
import zlib
from collections.abc import Iterable, Iterator

import pytest
from mitmproxy import options
from mitmproxy.connection import ConnectionState
from mitmproxy.proxy import commands, context, events
from mitmproxy.test import tflow

from dlp.channels.web import socket_layer
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

    def __init__(self, *, judges: bool = True, compressed: bool = False) -> None:
        """`judges`: at once; else each message waits for `judge`."""
        self.flow = tflow.twebsocketflow(messages=False)
        assert self.flow.response is not None
        if compressed:
            self.flow.response.headers["Sec-WebSocket-Extensions"] = "permessage-deflate"
        self.judges, self.waits = judges, list[SocketMessageHook]()
        self.told = b""
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
                self.waits.append(command)
                if not self.judges:
                    continue
            if isinstance(command, commands.SendData) and command.connection is self.here.server:
                self.sent.append(command.data)
            if isinstance(command, commands.SendData) and command.connection is self.here.client:
                self.told += command.data
            if isinstance(command, commands.StartHook):
                self._done(self.layer.handle_event(events.HookCompleted(command)))

    def hear(self, data: bytes) -> None:
        """The client says so."""
        self._done(self.layer.handle_event(events.DataReceived(self.here.client, data)))

    def judge(self) -> None:
        """The verdict on the oldest message that waits for it."""
        self._done(self.layer.handle_event(events.HookCompleted(self.waits.pop(0))))


@pytest.fixture(autouse=True)
def nothing_kept() -> Iterator[None]:
    """What is counted for all connections is theirs alone."""
    gc.collect()
    before = SocketLayer.kept
    yield
    gc.collect()
    assert SocketLayer.kept == before


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


def test_what_unfolds_to_too_much_does_not_do_so_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket_layer, "LIMIT", 100_000)
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    bomb = packer.compress(bytes(50_000_000)) + packer.flush(zlib.Z_SYNC_FLUSH)[:-4]
    talk = Conversation(compressed=True)
    tracemalloc.start()
    talk.hear(struct.pack(">BBH", 0xC2, 0x80 | 126, len(bomb)) + _MASK + bomb)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 20_000_000
    assert talk.told[2:4] == struct.pack(">H", 1009)
    assert not talk.layer._said


def test_many_connections_keep_no_more_than_may_be_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket_layer, "_ALL", SocketLayer.kept + 200_000)
    many = [Conversation() for _ in range(4)]
    for talk in many:
        for _ in range(800):
            talk.hear(frame(_TEXT if talk.layer._said == b"" else _MORE, b"a" * 100, last=False))
            if talk.told:
                break
    assert [talk.told[2:4] for talk in many] == [b"", b"", struct.pack(">H", 1013), struct.pack(">H", 1013)]
    many[0].hear(frame(_MORE, b"b", last=True))
    assert many[0].judged == [b"a" * 80_000 + b"b"]
    late = Conversation()
    for number in range(700):
        late.hear(frame(_MORE if number else _TEXT, b"a" * 100, last=False))
    assert not late.told


def test_what_waits_is_bounded_though_it_is_judged_piece_by_piece(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket_layer, "LIMIT", 10_000)
    talk = Conversation(judges=False)
    talk.hear(frame(_TEXT, b"one", last=True))
    for _ in range(100):
        for _ in range(10):
            talk.hear(frame(_TEXT, b"a" * 44, last=True))
        if talk.waits:
            talk.judge()
    assert sum(len(event.data) for event in talk.layer._paused_event_queue) < 12_000
    while talk.waits:
        talk.judge()
    assert talk.told[2:4] == struct.pack(">H", 1009)


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
