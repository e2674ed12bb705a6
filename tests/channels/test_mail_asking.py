"""The mail channel asks its next hop at RCPT: whatever the client does then, its next hop hears no more than it should."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from dlp.channels.mail.mail import MailChannel
from dlp.delivery.letter import ROOM
from dlp.delivery.routes import Relays
from dlp.settings import Mail
from quarantine.stores.base import Concluded, Recorded
from tests.channels.test_smtp import Wire, until
from tests.delivery.test_mail import ALL, Hop
from tests.e2e.nexthop import NextHop
from tests.test_gateway import Place

pytestmark = pytest.mark.timeout(60)

HELLO = b"EHLO c.example\r\n"
MAIL = b"MAIL FROM:<clerk@town.example>\r\n"
CONTENT = b"Subject: x\r\n\r\nhello\r\n.\r\n"
REFUSED = {"RCPT": ["250 ok", "550 5.1.1 no such user", "450 4.2.0 full", "250 ok"]}


@pytest.fixture
def room(tmp_path: Path):  # type: ignore[no-untyped-def]
    made = Place(tmp_path)
    yield made
    made.room.close()


@contextlib.asynccontextmanager
async def channel(room: Place, hop: Hop | NextHop, **more: object) -> AsyncIterator[tuple[MailChannel, Wire]]:
    values: dict[str, object] = {"port": 0, "next_hop": f"127.0.0.1:{hop.port}", "next_hop_tls": "none"} | more
    config = Mail(**values)  # type: ignore[arg-type]
    relay = Relays(config)
    made = MailChannel(config, room.gateway, relay)
    await made.start()
    wire = Wire(*await asyncio.open_connection("127.0.0.1", made.port))
    try:
        yield made, wire
    finally:
        wire.vanish()
        await made.stop()
        await relay.close()


def to(*names: str) -> bytes:
    return b"".join(b"RCPT TO:<%s@y.example>\r\n" % name.encode() for name in names)


async def test_a_client_that_sends_all_at_once_hears_each_answer_in_its_place(room: Place) -> None:
    async with Hop(*ALL, **REFUSED) as hop, channel(room, hop) as (made, wire):
        await wire.send(HELLO + MAIL + to("one", "two", "three", "four") + b"DATA\r\n" + CONTENT + b"NOOP\r\n")
        assert await wire.codes(3) == ["220", "250", "250"]
        assert [await wire.answer() for _ in range(4)] == [
            "250 2.1.5 Ok",
            "550 5.1.1 no such user",
            "450 4.2.0 full",
            "250 2.1.5 Ok",
        ]
        assert await wire.codes(3) == ["354", "250", "250"]
        assert (len(hop.mails), len(hop.heard("MAIL")), hop.connections) == (1, 1, 1)
        await until(lambda: not made._sending)
        (row,) = room.room.ledger()
        assert (row.entry.destination, row.outcome) == (("one@y.example", "four@y.example"), "delivered")


async def test_with_all_refused_there_is_no_mail(room: Place) -> None:
    async with Hop(*ALL, RCPT="550 5.1.1 no such user") as hop, channel(room, hop) as (_, wire):
        await wire.send(HELLO + MAIL + to("one", "two") + b"DATA\r\nQUIT\r\n")
        assert await wire.codes(7) == ["220", "250", "250", "550", "550", "503", "221"]
        await until(lambda: hop.heard("RSET"))
        assert (room.room.ledger(), hop.heard("DATA")) == ([], [])


async def test_not_asked_where_it_is_not_wished(room: Place) -> None:
    async with Hop(*ALL, **REFUSED) as hop, channel(room, hop, ask_recipients=False) as (_, wire):
        await wire.send(HELLO + MAIL + to("one", "two"))
        assert await wire.codes(5) == ["220", "250", "250", "250", "250"]
        assert hop.heard("RCPT") == []


async def test_of_a_held_mail_the_next_hop_hears_its_envelope_alone(room: Place) -> None:
    room.reader.people = list(range(20))
    async with Hop(*ALL) as hop, channel(room, hop) as (_, wire):
        await wire.send(HELLO + MAIL + to("one") + b"DATA\r\n" + CONTENT)
        assert (await wire.codes(5))[:5] == ["220", "250", "250", "250", "354"]
        assert "held for review" in await wire.answer()
        await until(lambda: hop.heard("RSET"))
        assert (hop.heard("DATA"), hop.mails) == ([], [])
        room.reader.people = []
        await wire.send(MAIL + to("two") + b"DATA\r\n" + CONTENT.replace(b"hello", b"again"))
        assert await wire.codes(4) == ["250", "250", "354", "250"]
        assert (len(hop.mails), hop.connections) == (1, 1)


@pytest.mark.parametrize("last", [b"RSET\r\n", b"EHLO again\r\n", b"QUIT\r\n", b"", None])
async def test_a_mail_given_up_after_its_recipients(room: Place, last: bytes | None) -> None:
    """`b""`: the client ends the connection; None: it vanishes."""
    async with Hop(*ALL) as hop, channel(room, hop) as (made, wire):
        await wire.send(HELLO + MAIL + to("one", "two"))
        assert await wire.codes(5) == ["220", "250", "250", "250", "250"]
        if last is None:
            wire.vanish()
        elif last:
            await wire.say(last)
        else:
            wire.writer.write_eof()
        await until(lambda: hop.heard("RSET"))
        other = Wire(*await asyncio.open_connection("127.0.0.1", made.port))
        await other.send(HELLO + MAIL + to("three") + b"DATA\r\n" + CONTENT)
        assert await other.codes(6) == ["220", "250", "250", "250", "354", "250"]
        other.vanish()
        assert (len(hop.mails), hop.connections, len(hop.heard("DATA"))) == (1, 1, 1)


async def test_who_vanishes_while_its_recipient_is_asked_about(room: Place) -> None:
    async with Hop(*ALL, RCPT=["250 ok", "silence"]) as hop, channel(room, hop) as (made, wire):
        await wire.send(HELLO + MAIL + to("one", "two"))
        await until(lambda: len(hop.heard("RCPT")) == 2)
        wire.vanish()
        await until(lambda: not made._live)
        assert (hop.mails, hop.heard("DATA"), room.room.ledger()) == ([], [], [])


async def test_who_vanishes_while_its_mail_is_sent_has_sent_it_once(room: Place) -> None:
    async with Hop(*ALL, DATA=["silence"]) as hop, channel(room, hop, timeout=1.0) as (made, wire):
        await wire.send(HELLO + MAIL + to("one") + b"DATA\r\n" + CONTENT)
        assert await wire.codes(5) == ["220", "250", "250", "250", "354"]
        await until(lambda: hop.heard("DATA"))
        wire.vanish()
        await until(lambda: not made._live and not made._sending)
        assert (len(hop.mails), [row.outcome for row in room.room.ledger()]) == (0, ["failed"])
        other = Wire(*await asyncio.open_connection("127.0.0.1", made.port))
        await other.send(HELLO + MAIL + to("one") + b"DATA\r\n" + CONTENT)
        assert await other.codes(6) == ["220", "250", "250", "250", "354", "250"]
        other.vanish()
        assert len(hop.mails) == 1


async def test_who_ends_its_side_while_its_mail_is_sent_is_answered_once_and_closed(
    room: Place, caplog: pytest.LogCaptureFixture
) -> None:
    async with Hop(*ALL, DATA=["silence"]) as hop, channel(room, hop, timeout=1.0) as (made, wire):
        await wire.send(HELLO + MAIL + to("one") + b"DATA\r\n" + CONTENT)
        assert await wire.codes(5) == ["220", "250", "250", "250", "354"]
        await until(lambda: hop.heard("DATA"))
        wire.writer.write_eof()
        assert (await wire.answer())[:3] == "451"
        assert await wire.answer() == ""
        await until(lambda: not made._live and not made._sending)
    assert [one for one in caplog.records if one.name == "dlp.channels.mail.dialogue"] == []


async def test_a_client_is_answered_before_what_became_of_its_mail_is_on_disk_and_its_retry_is_not(room: Place) -> None:
    go, written = threading.Event(), room.room.commit

    def slowly(writes: Sequence[Recorded | Concluded]) -> list[BaseException | None]:
        assert not any(isinstance(one, Concluded) for one in writes) or go.wait(30)
        return written(writes)

    mail = MAIL + to("one") + b"DATA\r\nMessage-ID: <1@c.example>\r\n" + CONTENT
    async with Hop(*ALL) as hop, channel(room, hop) as (made, wire):
        await wire.send(HELLO + mail)
        assert await wire.codes(6) == ["220", "250", "250", "250", "354", "250"]
        await wire.send(mail)  # it is still on its way to the record
        assert await wire.codes(3) == ["250", "250", "354"]
        assert await wire.answer() == "250 2.0.0 delivered before; not sent again"
        room.gateway._writes._work = slowly
        await wire.send(mail.replace(b"hello", b"other"))
        assert await wire.codes(4) == ["250", "250", "354", "250"]
        assert [row.outcome for row in room.room.ledger()] == ["", "delivered"]
        stopped = asyncio.create_task(made.stop())
        await asyncio.sleep(0.1)
        assert not stopped.done()
        go.set()
        await stopped
    assert [row.outcome for row in room.room.ledger()] == ["delivered", "delivered"]


async def test_a_slow_next_hop_does_not_run_down_the_clients_clock(room: Place) -> None:
    async with Hop(*ALL, RCPT=["silence"]) as hop, channel(room, hop, timeout=1.0) as (_, wire):
        await wire.send(HELLO + MAIL + to("one"))
        assert await wire.codes(4) == ["220", "250", "250", "250"]
        await wire.send(b"DATA\r\n" + CONTENT)
        assert await wire.codes(2) == ["354", "250"]
        assert len(hop.mails) == 1


@pytest.mark.parametrize("declared", [b" SIZE=%d", b""])
async def test_the_largest_mail_we_announce_fits_the_next_hop_with_our_header(room: Place, declared: bytes) -> None:
    with NextHop(size=30_000) as hop:
        async with channel(room, hop, hostname=f"{'g' * 60}.{'a' * 60}.{'t' * 60}.{'e' * 60}.example") as (_, wire):
            await wire.send(HELLO)
            assert await wire.codes(2) == ["220", "250"]
            size = 30_000 - ROOM
            content = b"Subject: x\r\n\r\n" + b"y" * 78 + b"\r\n"
            content += b"z" * (size - len(content) - 2) + b"\r\n"
            for more, codes in ((b"", ["250", "250", "354", "250"]), (b"!", ["250", "250", "354", "552"])):
                wanted = declared % size if declared else b""
                await wire.send(MAIL.replace(b"\r\n", wanted + b"\r\n") + to("one") + b"DATA\r\n")
                await wire.send(more + content + b".\r\n")
                assert await wire.codes(4) == codes
            (mail,) = hop.mails
            assert 0 < len(mail.content) - size <= ROOM


async def test_each_recipient_is_asked_about_where_its_mail_would_go(room: Place) -> None:
    async with (
        Hop(*ALL, RCPT="550 5.1.1 no such user") as usual,
        Hop(*ALL) as other,
        channel(room, usual, routes={"other.example": f"127.0.0.1:{other.port}"}) as (_, wire),
    ):
        await wire.send(HELLO + MAIL + to("one") + b"RCPT TO:<a@other.example> NOTIFY=NEVER\r\n" + to("two"))
        assert await wire.codes(6) == ["220", "250", "250", "550", "250", "452"]
        await wire.send(b"DATA\r\n" + CONTENT)
        assert await wire.codes(2) == ["354", "250"]
        assert (usual.mails, len(other.mails), len(other.heard("MAIL"))) == ([], 1, 1)
        assert other.heard("RCPT") == ["RCPT TO:<a@other.example> NOTIFY=NEVER"]
        await until(lambda: usual.heard("RSET"))
