"""`python -m benchmarks.smtp_peers sink | count | relay PORT`: sinks, a relay that does not look.

`count` is the sink that writes a dot to its output for each mail, so that whoever started it can wait for the last one.
"""

from __future__ import annotations

import asyncio
import os
import sys

import aiosmtplib
import uvloop
from aiosmtpd.smtp import SMTP, Envelope, Session


class Sink:
    """Takes every mail and forgets it; its reply says so, and is passed back through whoever relays."""

    def __init__(self, *, tells: bool = False) -> None:
        self._tells = tells

    async def handle_EHLO(
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        """Offer PIPELINING, as every mail server that is a next hop does; aiosmtpd can, but does not say so."""
        session.host_name = hostname
        return [*responses[:-1], "250-PIPELINING", responses[-1]]

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Accept."""
        if self._tells:
            os.write(1, b".")
        return "250 taken by the sink"


class Bare:
    """Relays by pooled connections, without reading."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._idle: list[aiosmtplib.SMTP] = []

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Relay; the next hop's reply is ours."""
        client = self._idle.pop() if self._idle else None
        if client is None:
            client = aiosmtplib.SMTP(hostname="127.0.0.1", port=self._port, start_tls=False)
            await client.connect()
        _, text = await client.sendmail(envelope.mail_from, envelope.rcpt_tos, envelope.original_content)
        self._idle.append(client)
        return f"250 {text}"


async def main() -> None:
    """Serve on a free port, which is printed."""
    what = sys.argv[1]
    handler = Bare(int(sys.argv[2])) if what == "relay" else Sink(tells=what == "count")
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(handler, decode_data=False), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


uvloop.run(main())
