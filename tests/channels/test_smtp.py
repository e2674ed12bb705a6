"""The SMTP server on loopback, driven by raw sockets: whatever a client does, a mail is taken whole or not at all."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from dlp.channels.mail.intake import has_longer_line
from dlp.channels.mail.mail import MailChannel
from dlp.channels.mail.smtp import Envelope, Server
from dlp.channels.mail.smtp_peers import Peers, is_trusted
from dlp.delivery.routes import Relays
from dlp.settings import Mail
from tests.e2e.certificates import authority
from tests.e2e.nexthop import NextHop
from tests.test_gateway import Place

LIMIT = 20_000
ENVELOPE = b"MAIL FROM:<a@b.example>\r\nRCPT TO:<x@y.example>\r\n"


class Desk:
    """Keeps what it is given; answers when its gate is open."""

    def __init__(self) -> None:
        self.mails: list[tuple[str, list[str], bytes]] = []
        self.envelopes: list[Envelope] = []
        self.gate = asyncio.Event()
        self.gate.set()
        self.reached = asyncio.Event()
        self.fault: Exception | None = None
        self.more: dict[str, str] = {}  # what the next hop offers besides

    async def onward(self) -> dict[str, str]:
        return {"8bitmime": "", "smtputf8": "", "dsn": ""} | self.more

    async def recipient(self, envelope: Envelope, command: Any) -> str:
        return "250 2.1.5 Ok"

    async def handle_DATA(self, server: Any, session: Any, envelope: Envelope) -> str:
        self.reached.set()
        await self.gate.wait()
        if self.fault is not None:
            raise self.fault
        self.envelopes.append(envelope)
        self.mails.append((envelope.mail_from or "", envelope.rcpt_tos, envelope.original_content or b""))
        return "250 2.0.0 kept"


class Wire:
    """A raw client. Every wait has a limit."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    async def send(self, data: bytes) -> None:
        self.writer.write(data)
        await asyncio.wait_for(self.writer.drain(), 10)

    async def answer(self, seconds: float = 60) -> str:
        """One reply's last line, without its end; "" when the server has closed."""
        while True:
            try:
                line = await asyncio.wait_for(self.reader.readline(), seconds)
            except ConnectionError:
                return ""
            if line[3:4] != b"-":
                return line.decode().rstrip("\r\n")

    async def say(self, data: bytes) -> str:
        await self.send(data)
        return await self.answer()

    async def codes(self, count: int) -> list[str]:
        return [(await self.answer())[:3] for _ in range(count)]

    async def begin(self) -> None:
        """Greeting, EHLO, MAIL, RCPT, DATA."""
        await self.send(b"EHLO c.example\r\n" + ENVELOPE + b"DATA\r\n")
        assert await self.codes(5) == ["220", "250", "250", "250", "354"]

    def vanish(self) -> None:
        self.writer.transport.abort()


class Listener:
    """A server with options of its own."""

    def __init__(self, **options: Any) -> None:
        self.desk = Desk()
        self.live: set[Server] = set()
        self.options: dict[str, Any] = {
            "peers": Peers(["127.0.0.0/8"]),
            "max_sessions": 5,
            "line_length": 5000,
            "data_size_limit": LIMIT,
            "enable_SMTPUTF8": True,
            "hostname": "gate.example",
            "timeout": 20.0,
        } | options
        self.wires: list[Wire] = []

    async def start(self) -> None:
        loop = asyncio.get_running_loop()
        options = self.options | {"loop": loop}
        self.server = await loop.create_server(lambda: Server(self.desk, live=self.live, **options), "127.0.0.1", 0)

    async def wire(self) -> Wire:
        port = self.server.sockets[0].getsockname()[1]
        made = Wire(*await asyncio.wait_for(asyncio.open_connection("127.0.0.1", port), 10))
        self.wires.append(made)
        return made

    async def stop(self) -> None:
        self.server.close()
        for wire in self.wires:
            wire.vanish()
        await until(lambda: not self.live)


async def until(condition: Callable[[], object], seconds: float = 60) -> None:
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.01)


@contextlib.asynccontextmanager
async def serving(**options: Any) -> AsyncIterator[Listener]:
    place = Listener(**options)
    await place.start()
    try:
        yield place
    finally:
        await place.stop()


@pytest.fixture
async def place() -> AsyncIterator[Listener]:
    async with serving() as made:
        yield made


async def test_what_a_client_that_waits_for_no_reply_is_told_goes_out_together(
    place: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    wire = await place.wire()
    await wire.send(b"EHLO c.example\r\n")
    assert await wire.codes(2) == ["220", "250"]
    (server,) = place.live
    writes: list[bytes] = []
    assert server._writer is not None
    monkeypatch.setattr(server._writer, "write", writes.append)
    await wire.send(ENVELOPE + b"RCPT TO:<nobody>x\r\nRCPT TO:<z@y.example>\r\nDATA\r\n")
    await until(lambda: b"354" in b"".join(writes))
    assert [line[:3] for line in b"".join(writes).splitlines()] == [b"250", b"250", b"501", b"250", b"354"]
    assert len(writes) == 2  # a refusal waits for nothing, and takes along what waits


async def test_the_library_finds_every_method_though_it_is_shown_no_more(place: Listener) -> None:
    server = Server(place.desk, live=place.live, loop=asyncio.get_running_loop(), **place.options)
    for found, kind in ((server._smtp_methods, "smtp_"), (server._auth_methods, "auth_")):
        said = [name.removeprefix(kind) for name in object.__dir__(server) if name.startswith(kind)]
        assert set(said) >= {"LOGIN", "PLAIN"} if kind == "auth_" else {"DATA", "XFORWARD", "QUIT", "NOOP"} <= set(said)
        assert set(found) == {name.replace("__", "-") for name in said}


async def test_a_reply_waits_for_no_command_that_is_not_whole(place: Listener) -> None:
    wire = await place.wire()
    await wire.send(b"EHLO c.example\r\n")
    assert await wire.codes(2) == ["220", "250"]
    assert (await wire.say(b"MAIL FROM:<a@b.example>\r\nRCPT TO:<x@"))[:3] == "250"
    assert (await wire.say(b"y.example>\r\n"))[:3] == "250"


async def test_a_whole_session_in_one_segment(place: Listener) -> None:
    wire = await place.wire()
    one = ENVELOPE + b"DATA\r\none\r\n.\r\n"
    await wire.send(b"EHLO c.example\r\n" + one + one.replace(b"one", b"two") + b"NOOP\r\nRSET\r\nQUIT\r\n")
    codes = await wire.codes(13)
    assert codes == ["220", "250", *["250", "250", "354", "250"] * 2, "250", "250", "221"]
    assert [mail[2] for mail in place.desk.mails] == [b"one\r\n", b"two\r\n"]
    assert place.desk.mails[0][:2] == ("a@b.example", ["x@y.example"])


async def test_a_session_byte_by_byte(place: Listener) -> None:
    wire = await place.wire()
    wire.writer.get_extra_info("socket").setsockopt(6, 1, 1)  # TCP_NODELAY
    for byte in b"EHLO c.example\r\n" + ENVELOPE + b"DATA\r\n..a\r\n.\r\nQUIT\r\n":
        await wire.send(bytes([byte]))
        await asyncio.sleep(0)
    assert await wire.codes(7) == ["220", "250", "250", "250", "354", "250", "221"]
    assert place.desk.mails[0][2] == b".a\r\n"


@pytest.mark.parametrize("cut", range(1, 10))
async def test_an_end_cut_anywhere(place: Listener, cut: int) -> None:
    wire = await place.wire()
    await wire.begin()
    rest = b"x\r\n.\r\nQUIT\r\n"
    await wire.send(rest[:cut])
    await asyncio.sleep(0.03)
    await wire.send(rest[cut:])
    assert await wire.codes(2) == ["250", "221"]
    assert place.desk.mails[0][2] == b"x\r\n"


@pytest.mark.parametrize("size", [*range(65530, 65542), 131072])
async def test_an_end_near_a_blocks_border(size: int) -> None:
    async with serving(data_size_limit=1 << 20, line_length=1 << 20) as place:
        wire = await place.wire()
        await wire.begin()
        content = b"x" * (size - 2) + b"\r\n"
        assert (await wire.say(content + b".\r\nNOOP\r\n"))[:3] == "250"
        assert (await wire.answer())[:3] == "250"
        assert place.desk.mails[0][2] == content


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        (b".\r\n", b""),
        (b"\r\n.\r\n", b"\r\n"),
        (b"..\r\n.\r\n", b".\r\n"),
        (b"...\r\n.\r\n", b"..\r\n"),
        (b"..first\r\nx\r\n.\r\n", b".first\r\nx\r\n"),
        (b"a\r\n..\r\n..\r\nb\r\n.\r\n", b"a\r\n.\r\n.\r\nb\r\n"),
        (b"a\r\n.b\r\n.\r\n", b"a\r\nb\r\n"),  # one who forgets to double: RFC 5321, section 4.5.2
        (b"a.\r\n.\r\n", b"a.\r\n"),
        (b"a\r\n\r\n\r\n.\r\n", b"a\r\n\r\n\r\n"),
        (bytes(range(14, 256)) + b"\x00\r\n.\r\n", bytes(range(14, 256)) + b"\x00\r\n"),
    ],
)
async def test_dots_byte_for_byte(place: Listener, sent: bytes, kept: bytes) -> None:
    wire = await place.wire()
    await wire.begin()
    assert (await wire.say(sent))[:3] == "250"
    assert place.desk.mails[0][2] == kept


@pytest.mark.parametrize("size", [LIMIT + 1, LIMIT * 2, LIMIT * 4, 400_000])
async def test_a_mail_too_large_is_refused_and_the_next_one_taken(place: Listener, size: int) -> None:
    wire = await place.wire()
    await wire.begin()
    lines = (b"y" * 78 + b"\r\n") * (size // 80) + b"z" * (size % 80)
    await wire.send(lines + b"\r\n.\r\n" + ENVELOPE + b"DATA\r\nsmall\r\n.\r\n")
    assert await wire.codes(5) == ["552", "250", "250", "354", "250"]
    assert [mail[2] for mail in place.desk.mails] == [b"small\r\n"]


async def test_a_mail_of_the_very_limit_is_taken_though_all_its_dots_are_doubled(place: Listener) -> None:
    wire = await place.wire()
    await wire.begin()
    content = b".\r\n" * (LIMIT // 3)
    assert (await wire.say(content.replace(b".", b"..") + b".\r\n"))[:3] == "250"
    assert place.desk.mails[0][2] == content


async def test_a_size_declared_too_large_is_refused_at_once(place: Listener) -> None:
    wire = await place.wire()
    await wire.send(b"EHLO c\r\n")
    await wire.codes(2)
    assert (await wire.say(b"MAIL FROM:<a@b> SIZE=%d\r\n" % (LIMIT + 1))).startswith("552 5.3.4")
    assert (await wire.say(b"MAIL FROM:<a@b> SIZE=%d\r\n" % LIMIT))[:3] == "250"


@pytest.mark.parametrize(
    ("said", "size"),
    [("5000", 5000), ("0", LIMIT), ("", LIMIT), ("99999999999", LIMIT), ("12x", LIMIT), ("\u0664", LIMIT)],
)
async def test_size_is_the_next_hops_but_no_more_than_ours(place: Listener, said: str, size: int) -> None:
    place.desk.more = {"size": said}
    wire = await place.wire()
    await wire.send(b"EHLO c\r\n")
    await wire.answer()
    lines = []
    while not lines or lines[-1][3:4] == b"-":
        lines.append(await asyncio.wait_for(wire.reader.readline(), 60))
    assert b"250-SIZE %d\r\n" % size in lines
    assert (await wire.say(b"MAIL FROM:<a@b> SIZE=%d\r\n" % (size + 1))).startswith("552 5.3.4")
    await wire.send(b"MAIL FROM:<a@b> SIZE=%d\r\nRCPT TO:<x@y>\r\nDATA\r\n" % size)
    await wire.codes(3)
    assert (await wire.say(b"y" * 70 + b"\r\n" + b"z\r\n" * (size // 3) + b".\r\n"))[:3] == "552"  # whatever it said


@pytest.mark.parametrize(("length", "code"), [(4999, "250"), (5000, "250"), (5001, "500")])
async def test_long_lines(place: Listener, length: int, code: str) -> None:
    for content in (b"x" * length + b"\r\n", b"s\r\n" + b"x" * length + b"\r\ne\r\n"):
        wire = await place.wire()
        await wire.begin()
        assert (await wire.say(content + b".\r\n"))[:3] == code


def test_a_longer_line_is_found_wherever_it_is() -> None:
    for length in range(12):
        for before in (b"", b"ab\r\n", b"abcde\r\n" * 3):
            for after in (b"", b"\r\n", b"\r\nabc\r\n"):
                assert has_longer_line(before + b"x" * length + after, 5) is (length > 5)


@pytest.mark.parametrize(
    "bare", [b"\r", b"\n", b"\n\r", b"\r\r\n", b"\n\n", b"\n.\n", b"\n.\r\n", b"\r.\r", b"\r\n.\n", b"\r\n.\r"]
)
@pytest.mark.parametrize("where", ["first", "middle", "last"])
async def test_bare_cr_and_lf_are_refused_wherever_they_stand(place: Listener, bare: bytes, where: str) -> None:
    wire = await place.wire()
    await wire.begin()
    content = {"first": bare + b"a\r\nb", "middle": b"a\r\nb" + bare + b"c", "last": b"a\r\nb" + bare}[where]
    assert (await wire.say(content + b"\r\n.\r\n")).startswith("550 5.6.0")
    assert place.desk.mails == []
    assert (await wire.say(b"NOOP\r\n"))[:3] == "250"


async def test_long_commands_are_taken_or_refused_whole(place: Listener) -> None:
    wire = await place.wire()
    await wire.send(b"EHLO c.example\r\nMAIL FROM:<>\r\n")
    assert await wire.codes(3) == ["220", "250", "250"]
    long = b"a" * 900 + b"@b.example"
    assert (await wire.say(b"RCPT TO:<" + long + b"> ORCPT=rfc822;" + b"b" * 480 + b"\r\n"))[:3] == "250"
    for length in (5000, 70_000):
        assert (await wire.say(b"RCPT TO:<" + b"a" * length + b"@b>\r\n"))[:1] == "5"
    assert (await wire.say(b"DATA\r\n"))[:3] == "354"
    assert (await wire.say(b"x\r\n.\r\n"))[:3] == "250"
    assert place.desk.mails[0][1] == [long.decode()]


async def test_addresses_wishes_and_xforward_are_kept_for_one_mail(place: Listener) -> None:
    wire = await place.wire()
    await wire.send(
        b"EHLO c.example\r\nXFORWARD NAME=pc ADDR=10.0.0.9\r\nXFORWARD HELO=c\r\n"
        b'MAIL FROM:<foo..bar.@b.example> RET=HDRS\r\nRCPT TO:<"q"@y> NOTIFY=NEVER\r\nRCPT TO:<z@y>\r\nXFORWARD PORT=1\r\n'
        b"DATA\r\nx\r\n.\r\n" + ENVELOPE + b"DATA\r\ny\r\n.\r\n"
    )
    assert await wire.codes(13) == [
        "220", "250", "250", "250", "250", "250", "250", "503", "354", "250", "250", "250", "354",
    ]  # fmt: skip
    assert (await wire.answer())[:3] == "250"
    first, second = place.desk.envelopes
    assert (first.mail_from, first.mail_options, first.rcpt_tos) == (
        "foo..bar.@b.example",
        ["RET=HDRS"],
        ['"q"@y', "z@y"],
    )
    assert (first.wishes, first.xforward) == ([["NOTIFY=NEVER"], []], {"NAME": "pc", "ADDR": "10.0.0.9", "HELO": "c"})
    assert (second.mail_options, second.wishes, second.xforward) == ([], [[]], {})


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (b"\xe5\xb8\x82\r\n", "500"),
        (b"\xff\xfe\r\n", "500"),
        (b"\r\n", "500"),
        (b"NOPE \xff\xff\r\n", "500"),
        (b"MAIL FROM:<\xff@b>\r\n", "501"),
        (b"MAIL FROM:<\xe5\xb8\x82@b>\r\n", "553"),
        (b"MAIL FROM:<\xe5\xb8\x82@b> SMTPUTF8\r\n", "250"),
        (b"RCPT TO:<x@y>\r\n", "503"),
        (b"DATA\r\n", "503"),
        (b"DATA now\r\n", "501"),
        (b"EHLO\r\n", "501"),
        (b"AUTH PLAIN AGEAYg==\r\n", "502"),
        (b"VRFY root\r\n", "252"),
        (b"HELP\r\n", "214"),
        (b"STARTTLS\r\n", "454"),
        (b"XFORWARD COLOUR=red\r\n", "501"),
    ],
)
async def test_odd_commands(place: Listener, line: bytes, code: str) -> None:
    wire = await place.wire()
    await wire.send(b"EHLO c\r\n")
    await wire.codes(2)
    reply = await wire.say(line)
    assert reply[:3] == code
    assert reply.isascii()
    assert (await wire.say(b"NOOP\r\n"))[:3] == "250"


async def test_replies_have_enhanced_codes_but_for_the_greetings(place: Listener) -> None:
    wire = await place.wire()
    await wire.send(b"EHLO c\r\nNOOP\r\nNOPE\r\nHELO c\r\nQUIT\r\n")
    replies = [await wire.answer() for _ in range(6)]
    assert [len(reply.split()[1].split(".")) == 3 and reply.split()[1][0].isdigit() for reply in replies] == [
        False, False, True, True, False, True,
    ]  # fmt: skip


async def test_more_sessions_than_allowed_are_told_to_come_again(place: Listener) -> None:
    wires = [await place.wire() for _ in range(6)]
    assert await asyncio.gather(*(wire.codes(1) for wire in wires)) == [["220"]] * 5 + [["421"]]
    assert await wires[5].answer() == ""
    wires[0].vanish()
    await until(lambda: len(place.live) == 4)
    assert await (await place.wire()).codes(1) == ["220"]


async def test_a_fault_is_451_without_its_words(place: Listener) -> None:
    place.desk.fault = RuntimeError("secret words")
    wire = await place.wire()
    await wire.begin()
    reply = await wire.say(b"x\r\n.\r\n")
    assert reply.startswith("451 4.3.0")
    assert "secret" not in reply
    place.desk.fault = None
    await wire.send(ENVELOPE + b"DATA\r\ny\r\n.\r\n")
    assert await wire.codes(4) == ["250", "250", "354", "250"]


# clients that vanish, clients that wait

STEPS = [b"EHLO c\r\n", b"MAIL FROM:<a@b>\r\n", b"RCPT TO:<x@y>\r\n", b"DATA\r\n", b"half a line", b"\r\n.", b"\r"]


@pytest.mark.parametrize("steps", range(len(STEPS) + 1))
@pytest.mark.parametrize("how", ["reset", "half"])
async def test_a_client_that_vanishes_leaves_nothing(place: Listener, steps: int, how: str) -> None:
    wire = await place.wire()
    await wire.answer()
    await wire.send(b"".join(STEPS[:steps]))
    await asyncio.sleep(0.02)
    if how == "half":
        wire.writer.write_eof()
    else:
        wire.vanish()
    await until(lambda: not place.live)
    assert place.desk.mails == []


async def test_the_clock_stands_still_while_we_work() -> None:
    async with serving(timeout=1.0) as place:  # each step of ours has to come within it, on a busy machine too
        wire = await place.wire()
        await wire.begin()
        place.desk.gate.clear()
        await wire.send(b"x\r\n.\r\n")
        await asyncio.sleep(1.6)
        place.desk.gate.set()
        assert (await wire.answer())[:3] == "250"
        begun = time.monotonic()
        assert await wire.answer(30) == ""  # and runs again afterwards
        assert time.monotonic() - begun > 0.5


async def test_a_client_that_reads_no_reply_is_cut_off() -> None:
    async with serving(timeout=0.5) as place:
        place.server.sockets[0].setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)  # connections inherit it
        with socket.socket() as client:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            client.connect(place.server.sockets[0].getsockname())
            client.setblocking(False)
            await until(lambda: place.live)
            with contextlib.suppress(TimeoutError, ConnectionError):
                async with asyncio.timeout(5):
                    await asyncio.get_running_loop().sock_sendall(client, b"NOOP\r\n" * 100_000)
            await until(lambda: not place.live)


# TLS


@pytest.fixture(scope="module")
def tls(tmp_path_factory: pytest.TempPathFactory) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """(server's, client's)"""
    ca = authority(tmp_path_factory.mktemp("tls") / "ca")
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    server.load_cert_chain(*ca.issue("127.0.0.1"))
    return server, ssl.create_default_context(cafile=str(ca.path))


async def test_starttls_once_and_nothing_from_before_it_counts(tls: tuple[ssl.SSLContext, ssl.SSLContext]) -> None:
    async with serving(tls_context=tls[0], require_starttls=True) as place:
        wire = await place.wire()
        await wire.send(b"EHLO c\r\nMAIL FROM:<early@b>\r\n")
        assert await wire.codes(3) == ["220", "250", "530"]
        # What is sent behind STARTTLS in clear must not be obeyed under TLS (CVE-2011-0411).
        assert (await wire.say(b"STARTTLS\r\nEHLO x\r\nMAIL FROM:<injected@b>\r\n"))[:3] == "220"
        await asyncio.wait_for(wire.writer.start_tls(tls[1], server_hostname="127.0.0.1"), 10)
        assert (await wire.say(b"NOOP\r\n"))[:3] == "250"  # the first answer is to this one
        assert (await wire.say(b"RCPT TO:<x@y>\r\n"))[:3] == "503"
        assert (await wire.say(b"STARTTLS\r\n"))[:3] == "503"
        await wire.send(b"EHLO c\r\n")
        assert (await wire.answer())[:3] == "250"
        await wire.send(ENVELOPE + b"DATA\r\nx\r\n.\r\n")
        assert await wire.codes(4) == ["250", "250", "354", "250"]
        assert place.desk.mails[0][:2] == ("a@b.example", ["x@y.example"])


async def test_a_handshake_that_is_none_ends_the_connection(tls: tuple[ssl.SSLContext, ssl.SSLContext]) -> None:
    async with serving(tls_context=tls[0]) as place:
        wire = await place.wire()
        await wire.send(b"EHLO c\r\nSTARTTLS\r\n")
        await wire.codes(3)
        await wire.send(b"this is no handshake\r\n" * 3)
        await until(lambda: not place.live)
        assert place.desk.mails == []


# the whole channel over a real room


@contextlib.asynccontextmanager
async def channel(place: Place, hop: NextHop) -> AsyncIterator[tuple[MailChannel, Wire]]:
    config = Mail(port=0, next_hop=f"127.0.0.1:{hop.port}", next_hop_tls="none")
    relay = Relays(config)
    made = MailChannel(config, place.gateway, relay)
    await made.start()
    wire = Wire(*await asyncio.open_connection("127.0.0.1", made.port))
    await wire.send(b"EHLO c\r\nMAIL FROM:<clerk@town.example>\r\nRCPT TO:<x@y.example>\r\nDATA\r\n")
    assert await wire.codes(5) == ["220", "250", "250", "250", "354"]
    try:
        yield made, wire
    finally:
        wire.vanish()
        await made.stop()
        await relay.close()


@pytest.fixture
def room(tmp_path: Path):  # type: ignore[no-untyped-def]
    made = Place(tmp_path)
    yield made
    made.room.close()


async def test_who_vanishes_while_the_verdict_is_found_leaves_nothing_half(room: Place) -> None:
    room.reader.people = list(range(20))
    room.reader.gate = asyncio.Event()
    with NextHop() as hop:
        async with channel(room, hop) as (made, wire):
            await wire.send(b"Subject: x\r\n\r\nlist\r\n.\r\n")
            await asyncio.sleep(0.2)
            wire.vanish()
            await until(lambda: not made._live)
            assert (room.room.cases(), room.room.ledger()) == ([], [])  # given up while reading


async def test_who_vanishes_during_the_commit_has_a_case(room: Place) -> None:
    room.reader.people = list(range(20))
    admit = room.room.admit

    def slow(*args: Any, **more: Any) -> Any:
        time.sleep(0.5)
        return admit(*args, **more)

    room.room.admit = slow  # type: ignore[method-assign]
    with NextHop() as hop:
        async with channel(room, hop) as (_, wire):
            await wire.send(b"Subject: x\r\n\r\nlist\r\n.\r\n")
            await until(lambda: room.gateway._commits)
            wire.vanish()
            await until(lambda: not room.gateway._commits)
            (case,) = room.room.cases()
            assert room.room.content(case.id, "t", "test") == b"Subject: x\r\n\r\nlist\r\n"
            assert hop.mails == []


async def test_smtputf8_is_refused_at_the_recipient_whose_next_hop_lacks_it(room: Place) -> None:
    with NextHop() as hop, NextHop(utf8=False) as old:
        config = Mail(
            port=0,
            next_hop=f"127.0.0.1:{hop.port}",
            next_hop_tls="none",
            routes={"old.example": f"127.0.0.1:{old.port}"},
        )
        relay = Relays(config)
        made = MailChannel(config, room.gateway, relay)
        await made.start()
        wire = Wire(*await asyncio.open_connection("127.0.0.1", made.port))
        try:
            await wire.send(b"EHLO c\r\nMAIL FROM:<clerk@town.example> SMTPUTF8\r\n")
            assert await wire.codes(3) == ["220", "250", "250"]
            assert (await wire.say(b"RCPT TO:<x@old.example>\r\n")).startswith("553 5.6.7")
            assert (await wire.say("RCPT TO:<課@new.example>\r\n".encode()))[:3] == "250"
            await wire.send(b"RSET\r\nMAIL FROM:<clerk@town.example>\r\nRCPT TO:<x@old.example>\r\n")
            assert await wire.codes(3) == ["250"] * 3
        finally:
            wire.vanish()
            await made.stop()
            await relay.close()


@pytest.mark.parametrize(("ident", "logged"), [("3F9A21C0D", ["3F9A21C0D"]), ("a+20b", []), ("x@y.example", [])])
async def test_postfix_s_queue_id_is_logged_with_ours(
    room: Place, caplog: pytest.LogCaptureFixture, ident: str, logged: list[str]
) -> None:
    caplog.set_level("INFO", "dlp.channels.mail.mail")
    with NextHop() as hop:
        async with channel(room, hop) as (_, wire):
            await wire.send(b"x\r\n.\r\nXFORWARD IDENT=" + ident.encode() + b"\r\n" + ENVELOPE + b"DATA\r\ny\r\n.\r\n")
            assert (await wire.codes(6))[1] == "250"
    found = [record for record in caplog.records if hasattr(record, "ident")]
    assert [record.ident for record in found] == logged
    assert all(getattr(record, "transfer", "") for record in found)


async def test_stop_answers_the_mail_that_is_judged_and_dismisses_who_waits(room: Place) -> None:
    room.reader.gate = asyncio.Event()
    with NextHop() as hop:
        async with channel(room, hop) as (made, wire):
            idle = Wire(*await asyncio.open_connection("127.0.0.1", made.port))
            assert (await idle.answer())[:3] == "220"
            await wire.send(b"Subject: x\r\n\r\nhello\r\n.\r\n")
            await until(lambda: any(server._working for server in made._live))
            stopping = asyncio.create_task(made.stop())
            assert (await idle.answer())[:3] == "421"
            room.reader.gate.set()
            assert (await wire.answer())[:3] == "250"
            assert (await wire.answer())[:3] == "421"
            assert await wire.answer() == ""
            await asyncio.wait_for(stopping, 30)
            assert len(hop.mails) == 1


def test_who_is_trusted() -> None:
    import ipaddress

    nets = [ipaddress.ip_network("10.0.0.0/8"), ipaddress.ip_network("fe80::/10")]
    peers = [("10.1.2.3", 1), ("::ffff:10.1.2.3", 1, 0, 0), ("fe80::1%eth0", 1, 0, 2), ("11.0.0.1", 1), None, "", ()]
    assert [is_trusted(peer, nets) for peer in peers] == [True, True, True, False, False, False, False]
