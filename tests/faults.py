"""`python -m tests.faults --mails 5000 --faults 40`: mail while everything around it is killed, and nothing is lost.

A client with a queue of its own (it tries again until it is answered, as a mail server does) sends mails with and
without a list of people through a real gateway to a real next hop, while gateway, workers and next hop are killed,
stopped and slowed at random, and while the client itself vanishes at every step. Then everything is counted:

    accepted = delivered + held + refused        no list ever at the next hop
    nothing answered with 250 that is neither at the next hop nor held
    nothing at the next hop again after our 250
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from tests.e2e.harness import Box
from tests.e2e.people import CSV
from tests.extract import makers

SENDER, TO = "clerk@town.example", "partner@outside.example"
CONNECTIONS = 12
_STEPS = ("MAIL", "RCPT", "DATA", "half", "unread")  # where a client may vanish


def innocent(number: int) -> bytes:
    """A mail of some kilobytes, with a name of its own."""
    head = f"Message-ID: <m{number}@client.example>\r\nFrom: {SENDER}\r\nTo: {TO}\r\nSubject: meeting\r\n\r\n"
    return head.encode() + f"Meeting {number} is at ten.\r\n".encode() * 150


def listing(number: int) -> bytes:
    """A mail with a list of 150 people."""
    return f"Message-ID: <l{number}@client.example>\r\n".encode() + makers.eml(body=CSV)


# -- the next hop: a process of its own, so that it can be killed


async def sink(port: int, journal: Path, mode: Path) -> None:
    """Take mails and write down which, before and after saying so; misbehave as the file `mode` says."""
    out = journal.open("a", buffering=1)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            await _converse(reader, writer, out, mode)
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", port, limit=1 << 22)
    await server.serve_forever()


async def _converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, out: object, mode: Path) -> None:
    async def say(text: str) -> None:
        writer.write(text.encode() + b"\r\n")
        await writer.drain()

    await say("220 sink")
    while line := (await reader.readline()).decode().strip():
        word = line.split()[0].partition(":")[0].upper()
        how = mode.read_text() if mode.exists() else ""
        if how == "slow":
            await asyncio.sleep(0.5)
        if word == "DATA" and how != "no data":
            await say("354 go on")
            content = await reader.readuntil(b"\r\n.\r\n")
            name = next(part for part in content.split(b"\r\n") if part.startswith(b"Message-ID:"))[13:-1].decode()
            if how == "full":
                await say("452 4.3.1 full")
                continue
            print("taken", name, time.time(), file=out)  # type: ignore[call-overload]
            if how == "drop":
                return
            await say("250 2.0.0 taken")
            print("said", name, time.time(), file=out)  # type: ignore[call-overload]
        elif how in ("no data", "later") and word in ("DATA", "RCPT"):
            await say("451 4.3.0 later")
        else:
            await say("250 ok" if word != "QUIT" else "221 bye")


# -- the client with its queue


@dataclass
class Told:
    """What the gateway said of one mail in the end."""

    reply: str
    at: float
    tries: int


@dataclass
class Client:
    """Sends every mail until it is answered for good."""

    port: int
    mails: dict[str, bytes]
    random: random.Random
    told: dict[str, Told] = field(default_factory=dict)

    async def run(self) -> None:
        """All of them, over some connections at once."""
        left = iter(self.mails)
        await asyncio.gather(*(self._worker(left) for _ in range(CONNECTIONS)))

    async def _worker(self, left: object) -> None:
        for name in left:  # type: ignore[attr-defined]
            tries = 0
            while name not in self.told:
                tries += 1
                leave = self.random.choice(_STEPS) if self.random.random() < 0.05 else ""
                with contextlib.suppress(OSError, EOFError, TimeoutError):
                    async with asyncio.timeout(40):
                        await self._try(name, leave, tries)
                if name not in self.told:
                    await asyncio.sleep(self.random.uniform(0.05, 0.4))

    async def _try(self, name: str, leave: str, tries: int) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)

        async def hear() -> str:
            while (line := (await reader.readline()).decode()) and line[3:4] == "-":
                pass
            if not line:
                raise EOFError
            return line.strip()

        async def say(text: bytes) -> str:
            writer.write(text + b"\r\n")
            return await hear()

        try:
            reply = await hear()
            for word in (b"EHLO c", f"MAIL FROM:<{SENDER}>".encode(), f"RCPT TO:<{TO}>".encode(), b"DATA"):
                if reply[0] not in "23":
                    break
                reply = await say(word)
                if leave and word.startswith(leave.encode()):
                    return
            if reply.startswith("354"):
                content = self.mails[name]
                if leave == "half":
                    writer.write(content[: len(content) // 2])
                    await writer.drain()
                    return
                writer.write(content + b"\r\n.\r\n")
                await writer.drain()
                if leave == "unread":
                    await asyncio.sleep(self.random.uniform(0, 0.1))
                    return
                reply = await hear()
            if reply[0] in "25":
                self.told[name] = Told(reply, time.time(), tries)
        finally:
            writer.transport.abort()


# -- what goes wrong


class Troubles:
    """Everything that can be killed, stopped or slowed."""

    def __init__(self, box: Box, port: int, folder: Path, chance: random.Random) -> None:
        self._box, self._port, self._folder, self._random = box, port, folder, chance
        self.done: Counter[str] = Counter()
        self._sink: subprocess.Popen[bytes] | None = None

    def start_sink(self) -> None:
        """The next hop, and wait until it listens."""
        args = ["sink", str(self._port), str(self._folder / "journal"), str(self._folder / "mode")]
        self._sink = subprocess.Popen([sys.executable, "-m", "tests.faults", *args])
        for _ in range(200):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self._port), 1):
                return
            time.sleep(0.05)
        raise SystemExit("the next hop does not start")

    def end_sink(self) -> None:
        """Kill it."""
        if self._sink is not None:
            self._sink.kill()
            self._sink.wait()

    async def run(self, faults: int, client: Client) -> None:
        """So many faults, spread over the mails."""
        for number in range(1, faults + 1):
            while len(client.told) < number * len(client.mails) // (faults + 1):
                await asyncio.sleep(0.02)
            kind = self._random.choice(
                ["gateway", "gateway", "worker", "worker", "hop", "slow", "drop", "full", "later", "no data", "stop"]
            )
            self.done[kind] += 1
            await self._one(kind)

    async def _one(self, kind: str) -> None:
        box = self._box
        assert box.process is not None
        if kind == "gateway":
            box.kill()
            await asyncio.sleep(self._random.uniform(0, 0.3))
            await asyncio.to_thread(box.start)
        elif kind == "worker":
            workers = [pid for pid in _below(box.process.pid) if b"forkserver" in _line(pid)]
            with contextlib.suppress(ProcessLookupError, IndexError):
                os.kill(self._random.choice(workers), signal.SIGKILL)
        elif kind == "hop":
            self.end_sink()
            await asyncio.sleep(self._random.uniform(0, 1))
            await asyncio.to_thread(self.start_sink)
        elif kind == "stop":
            box.process.send_signal(signal.SIGSTOP)
            await asyncio.sleep(self._random.uniform(0.1, 1))
            box.process.send_signal(signal.SIGCONT)
        else:
            (self._folder / "mode").write_text(kind)
            await asyncio.sleep(self._random.uniform(0.2, 1))
            (self._folder / "mode").unlink()


def _below(pid: int) -> list[int]:
    found = subprocess.run(["pgrep", "-P", str(pid)], capture_output=True, text=True, check=False).stdout.split()
    return [one for child in map(int, found) for one in (child, *_below(child))]


def _line(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


# -- the count


@dataclass
class Report:
    """What became of everything."""

    delivered: int
    held: int
    refused: int
    mails: int
    faults: dict[str, int]
    tries: int
    lost: list[str]
    let_through: list[str]
    doubled: list[str]  # handed on again after our 250
    twice: list[str]  # handed on more than once before it: whoever was killed could not say so

    @property
    def sound(self) -> bool:
        """Whether nothing was lost, let through or doubled, and the sum is right."""
        whole = self.delivered + self.held + self.refused == self.mails
        return whole and not (self.lost or self.let_through or self.doubled)


def run(folder: Path, *, mails: int, faults: int, seed: int) -> Report:
    """The whole trial, in `folder`."""
    chance = random.Random(seed)
    every = max(2, mails // max(1, mails // 33))
    content = {
        (f"l{n}@client.example" if n % every == 0 else f"m{n}@client.example"): (
            listing if n % every == 0 else innocent
        )(n)
        for n in range(mails)
    }
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        own = free.getsockname()[1]
    off = {"enabled": False}
    mail = {"port": own, "next_hop": f"127.0.0.1:{port}", "next_hop_tls": "none", "timeout": 20.0}
    with Box(folder, mail=mail, web=off, media=off, notices={"enabled": False}) as box:
        troubles = Troubles(box, port, folder, chance)
        troubles.start_sink()
        client = Client(own, content, chance)
        try:
            asyncio.run(_both(troubles, faults, client))
        finally:
            troubles.end_sink()
        return _count(folder, box, client, troubles)


async def _both(troubles: Troubles, faults: int, client: Client) -> None:
    trouble = asyncio.create_task(troubles.run(faults, client))
    await client.run()
    await trouble


def _count(folder: Path, box: Box, client: Client, troubles: Troubles) -> Report:
    lines = [line.split() for line in (folder / "journal").read_text().splitlines()]
    taken: dict[str, list[float]] = {}
    for word, name, at in lines:
        if word == "taken":
            taken.setdefault(name.strip("<>"), []).append(float(at))
    cases = {case.id for case in box.cases()}
    held = {
        name: told.reply.rpartition(" ")[2] for name, told in client.told.items() if "held for review" in told.reply
    }
    passed = {name for name, told in client.told.items() if told.reply.startswith("2") and name not in held}
    lost = [name for name in passed if name not in taken] + [name for name, case in held.items() if case not in cases]
    doubled = [name for name in passed if any(at > client.told[name].at for at in taken.get(name, ()))]
    return Report(
        delivered=len(passed),
        held=len(held),
        refused=len(client.told) - len(passed) - len(held),
        mails=len(client.mails),
        faults=dict(troubles.done),
        tries=sum(told.tries for told in client.told.values()),
        lost=lost,
        let_through=[name for name in taken if name.startswith("l")],
        doubled=doubled,
        twice=[name for name, times in taken.items() if len(times) > 1 and name not in doubled],
    )


def main() -> int:
    """The command; 1 when something was lost, let through or doubled."""
    if sys.argv[1:2] == ["sink"]:
        asyncio.run(sink(int(sys.argv[2]), Path(sys.argv[3]), Path(sys.argv[4])))
        return 0
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--mails", type=int, default=2000)
    parser.add_argument("--faults", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        begun = time.monotonic()
        report = run(Path(folder), mails=args.mails, faults=args.faults, seed=args.seed)
        print(f"{report.mails} mails in {report.tries} tries, {time.monotonic() - begun:.0f} s; faults {report.faults}")
        print(f"delivered {report.delivered}, held {report.held}, refused {report.refused}")
        print(f"lost {report.lost}, let through {report.let_through}, doubled after our 250 {report.doubled}")
        print(f"handed on twice where a kill or a lost connection kept the first from being known: {len(report.twice)}")
    return 0 if report.sound else 1


if __name__ == "__main__":
    raise SystemExit(main())
