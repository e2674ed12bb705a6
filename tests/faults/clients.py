"""Who sends the mails of a fault run: a client with a queue of its own, or smtp-source before a real Postfix.

A mail's name is its recipient's: `12m` is innocent, `33l` carries a list of 150 people.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import random
import re
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from tests.e2e.people import CSV
from tests.e2e.postfix import Postfix
from tests.extract import makers
from tests.faults.hop import free_port

SENDER, DOMAIN = "clerk@town.example", "outside.example"
CONNECTIONS = 12
_A_CONNECTION = 20  # mails, until the client says goodbye
_STEPS = ("MAIL", "RCPT", "DATA", "half", "unread", "ended")  # where a client may vanish, or end its side and listen
_SHARE = 33  # one mail of so many carries a list
_PORTION = 400  # mails that Postfix has in its queue


@dataclass(frozen=True, slots=True)
class Told:
    """What was said of one mail in the end, and when."""

    reply: str
    at: float


class Client(Protocol):
    """Sends every mail until it is answered for good."""

    def told(self) -> dict[str, Told]: ...
    def done(self) -> int: ...
    async def run(self) -> None: ...


def names(mails: int) -> Iterator[str]:
    """The names of so many mails."""
    return (f"{n}{'l' if n % _SHARE == _SHARE - 1 else 'm'}" for n in range(mails))


def content(name: str) -> bytes:
    """A mail of some kilobytes with words of its own, or one with the list."""
    if name.endswith("l"):
        return f"Message-ID: <{name}@client.example>\r\n".encode() + makers.eml(body=CSV)
    head = f"Message-ID: <{name}@client.example>\r\nFrom: {SENDER}\r\nTo: {name}@{DOMAIN}\r\nSubject: meeting\r\n\r\n"
    return head.encode() + f"Meeting {name[:-1]} is at ten.\r\n".encode() * 150


class Direct:
    """Speaks SMTP itself, many mails a connection, and now and then vanishes at any step.

    What it was told is kept in `journal`, so that a run that was stopped goes on where it was.
    """

    def __init__(self, port: int, mails: int, chance: random.Random, journal: Path) -> None:
        self._port, self._mails, self._random, self._journal = port, mails, chance, journal
        journal.touch()
        lines = (line.split(" ", 2) for line in journal.read_text().splitlines())
        self._told = {name: Told(reply, float(at)) for name, at, reply in lines}
        self._tries = 0

    def told(self) -> dict[str, Told]:
        """By name."""
        return self._told

    def done(self) -> int:
        """How many are answered for good."""
        return len(self._told)

    async def run(self) -> None:
        """All of them, over some connections at once."""
        left = (name for name in names(self._mails) if name not in self._told)
        with self._journal.open("a", buffering=1) as self._out:
            await asyncio.gather(*(self._worker(left) for _ in range(CONNECTIONS)))

    async def _worker(self, left: Iterator[str]) -> None:
        queue: list[str] = []
        while queue := queue or list(itertools.islice(left, _A_CONNECTION)):
            before = len(queue)
            with contextlib.suppress(OSError, EOFError, TimeoutError):
                await self._connection(queue)
            if len(queue) == before:
                await asyncio.sleep(self._random.uniform(0.05, 0.4))

    async def _connection(self, queue: list[str]) -> None:
        """Send what is queued until it is empty, a mail is not taken, or one of us goes."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        talk = _Talk(reader, writer)
        try:
            async with asyncio.timeout(60):
                if not (await talk.hear()).startswith("2") or not (await talk.say(b"EHLO client")).startswith("2"):
                    return
            while queue:
                leave = self._random.choice(_STEPS) if self._random.random() < 0.02 else ""
                self._tries += 1
                async with asyncio.timeout(60):
                    reply = await self._mail(talk, queue[0], leave)
                if reply[:1] not in ("2", "5"):
                    return
                self._hear(queue.pop(0), reply)
                if leave:
                    return
        finally:
            writer.transport.abort()

    def _hear(self, name: str, reply: str) -> None:
        told = self._told[name] = Told(reply, time.time())
        print(name, told.at, reply, file=self._out)

    async def _mail(self, talk: _Talk, name: str, leave: str) -> str:
        """The reply; "" where we leave."""
        for word in (f"MAIL FROM:<{SENDER}>", f"RCPT TO:<{name}@{DOMAIN}>", "DATA"):
            reply = await talk.say(word.encode())
            if leave and word.startswith(leave):
                return ""
            if reply[:1] not in ("2", "3"):
                return reply
        data = content(name)
        if leave == "half":
            await talk.send(data[: len(data) // 2])
            return ""
        await talk.send(data + b"\r\n.\r\n")
        if leave in ("unread", "ended"):
            await asyncio.sleep(self._random.uniform(0, 0.1))
        if leave == "unread":
            return ""
        if leave == "ended":
            talk.end()
        return await talk.hear()


class _Talk:
    """Lines there and back."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    async def send(self, data: bytes) -> None:
        self._writer.write(data)
        await self._writer.drain()

    def end(self) -> None:
        self._writer.write_eof()

    async def say(self, line: bytes) -> str:
        await self.send(line + b"\r\n")
        return await self.hear()

    async def hear(self) -> str:
        while (line := (await self._reader.readline()).decode()) and line[3:4] == "-":
            pass
        if not line:
            raise EOFError
        return line.strip()


_SENT = re.compile(r"to=<(\d+-\d+[ml])@.*? dsn=[\d.]+, status=(sent|bounced|deferred) \((.*)\)")


class Queued:
    """smtp-source hands all mails to a Postfix, which has our gateway for its relay host and tries until it is answered."""

    def __init__(self, port: int, mails: int, folder: Path) -> None:
        self._folder = folder
        self._mails = mails
        self._port = free_port()
        main = f"relayhost = [127.0.0.1]:{port}\n" + _MAIN
        master = f"127.0.0.1:{self._port} inet n - n - 100 smtpd\n"
        self._postfix = Postfix("faults", main=main, master=master)
        self._told: dict[str, Told] = {}
        self._read = 0

    def __enter__(self) -> Queued:
        self._postfix.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self._postfix.__exit__()

    def told(self) -> dict[str, Told]:
        """By name."""
        self.done()
        return self._told

    def done(self) -> int:
        """How many are answered for good, by Postfix's log."""
        path = self._postfix.home / "mail.log"
        with path.open("rb") as log:
            log.seek(self._read)
            fresh = log.read()
        whole = fresh.rpartition(b"\n")[0] + b"\n" if b"\n" in fresh else b""
        self._read += len(whole)
        for line in whole.decode("utf-8", "replace").splitlines():
            found = _SENT.search(line)
            if found and found[2] != "deferred" and found[1] not in self._told:
                # The log tells whole seconds; nothing is delivered later than what was read just now.
                self._told[found[1]] = Told(_reply(found[3], bounced=found[2] == "bounced"), time.time())
        return len(self._told)

    async def run(self) -> None:
        """Feed Postfix by portions, so that an outage does not defer thousands at once, until all is answered."""
        fed = portion = 0
        while self.done() < self._mails:
            if fed < self._mails and fed - self.done() < _PORTION:
                portion += 1
                size = min(_PORTION, self._mails - fed)
                lists = size // _SHARE
                await asyncio.gather(self._feed(f"{portion}m", size - lists), self._feed(f"{portion}l", lists))
                fed += size
            await asyncio.sleep(0.1)

    async def _feed(self, kind: str, mails: int) -> None:
        """So many mails, to `1-KIND`, `2-KIND` and so on."""
        if not mails:
            return
        file = self._folder / f"{kind[-1]}.eml"
        file.write_bytes(content(f"0{kind}").replace(b"\r\n", b"\n"))
        command = ["smtp-source", "-d", "-N", "-s", "4", "-m", str(mails), "-f", SENDER, "-t", f"-{kind}@{DOMAIN}"]
        source = await asyncio.create_subprocess_exec(*command, "-F", str(file), f"inet:127.0.0.1:{self._port}")
        if await source.wait():
            raise SystemExit("smtp-source ended with an error")


def _reply(text: str, *, bounced: bool) -> str:
    """The gateway's reply out of Postfix's words."""
    return text.partition("said: ")[2] if bounced else text


#: No bounces to the sender, a quick queue, many mails a connection.
_MAIN = """
notify_classes =
bounce_queue_lifetime = 0
transport_maps = inline:{town.example=discard:}
smtp_connection_cache_on_demand = yes
smtp_connection_cache_destinations = 127.0.0.1
default_destination_recipient_limit = 1
smtp_destination_concurrency_limit = 20
in_flow_delay = 0
smtpd_client_connection_count_limit = 0
smtpd_client_connection_rate_limit = 0
maximal_queue_lifetime = 1d
smtp_data_done_timeout = 60s
"""


def have(*programs: str) -> bool:
    """Whether these can be run here."""
    found = subprocess.run(["which", *programs], capture_output=True, check=False)
    return found.returncode == 0
