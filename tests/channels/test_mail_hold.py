"""What a mail asked for is kept while it is held, and asked of the next hop when it is released."""

from __future__ import annotations

import asyncio
from pathlib import Path

from dlp.channels.mail.mail import MailChannel, relay_held
from dlp.delivery.routes import Relays
from dlp.incident import transfer_of
from dlp.settings import Mail
from tests.channels.test_smtp import Wire
from tests.delivery.test_mail import ALL, Hop
from tests.test_gateway import Place

CONTENT = b"Date: Thu, 19 Nov 2026 09:00:00 +0900\r\nMessage-ID: <1@town.example>\r\nSubject: x\r\n\r\nlist\r\n"


async def test_dsn_wishes_survive_a_hold(tmp_path: Path) -> None:
    place = Place(tmp_path)
    place.reader.people = list(range(20))
    async with Hop(*ALL) as hop:
        config = Mail(port=0, next_hop=f"127.0.0.1:{hop.port}", next_hop_tls="none")
        relay = Relays(config)
        made = MailChannel(config, place.gateway, relay)
        await made.start()
        wire = Wire(*await asyncio.open_connection("127.0.0.1", made.port))
        try:
            await wire.send(
                b"EHLO c\r\nMAIL FROM:<clerk@town.example> RET=HDRS ENVID=QQ+2B1\r\n"
                b"RCPT TO:<x@y.example> NOTIFY=SUCCESS,FAILURE ORCPT=rfc822;x+2Bz@y.example\r\n"
                b"RCPT TO:<z@y.example> NOTIFY=NEVER\r\nDATA\r\n" + CONTENT + b".\r\n"
            )
            assert await wire.codes(7) == ["220", "250", "250", "250", "250", "354", "250"]
            assert hop.mails == []
            (case,) = place.room.cases()
            held = transfer_of(place.room.case(case.id), place.room.content(case.id, "t", "test"))
            assert (await relay_held(relay, held, "released", "gate.example")).taken
        finally:
            wire.vanish()
            await made.stop()
            await relay.close()
            place.room.close()
        _asked, mail = hop.heard("MAIL")  # asked about recipients, then, much later, released
        assert mail.startswith("MAIL FROM:<clerk@town.example> ")
        assert mail.endswith(" RET=HDRS ENVID=QQ+2B1")
        assert hop.heard("RCPT")[-2:] == [
            "RCPT TO:<x@y.example> NOTIFY=SUCCESS,FAILURE ORCPT=rfc822;x+2Bz@y.example",
            "RCPT TO:<z@y.example> NOTIFY=NEVER",
        ]
        (sent,) = hop.mails
        assert sent.partition(b"\r\n")[2] == CONTENT  # behind our one header: Date and Message-ID as they were
