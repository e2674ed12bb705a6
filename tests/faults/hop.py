"""The next hop of the fault runs: a process of its own, so that it can be killed, and a journal of what it took."""

from __future__ import annotations

import asyncio
import contextlib
import re
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import IO

#: Where it may go wrong, and how: a reply, no more answers ("silent"), slow ones, or the connection's end, after
#: the content either as taken ("drop") or as not taken ("lose").
STEPS = ("greeting", "EHLO", "MAIL", "RCPT", "DATA", "dot")
_GREETED = "250-hop\r\n250 PIPELINING"  # as every mail server offers
_NAME = re.compile(rb"TO:<([^@>]*)")


async def serve(port: int, journal: Path, mode: Path) -> None:
    """Take mails and write down which, before and after saying so; misbehave as the file `mode` says."""
    out = journal.open("a", buffering=1)

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            await _Talk(reader, writer, out, mode).run()
        writer.close()

    server = await asyncio.start_server(connected, "127.0.0.1", port, limit=1 << 22)
    await server.serve_forever()


class _Over(ConnectionError):
    """The connection ends here."""


class _Talk:
    """One connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, out: IO[str], mode: Path) -> None:
        self._reader, self._writer, self._out, self._mode = reader, writer, out, mode

    async def run(self) -> None:
        await self._say("greeting", "220 hop")
        names: list[str] = []
        while line := (await self._reader.readline()).strip():
            word = line.split()[0].partition(b":")[0].upper().decode()
            if word == "MAIL":
                names = []
            if word == "DATA":
                if await self._say("DATA", "354 go on"):
                    await self._content(names)
            elif word == "QUIT":
                await self._say(word, "221 bye")
            elif (
                await self._say(word, _GREETED if word == "EHLO" else "250 ok")
                and word == "RCPT"
                and (match := _NAME.search(line))
            ):
                names.append(match[1].decode())

    async def _content(self, names: list[str]) -> None:
        await self._reader.readuntil(b"\r\n.\r\n")
        how = self._how("dot")
        if how == "lose" or how[:1] in ("4", "5"):
            await self._say("dot", "")
            return
        self._note("taken", names)
        await self._say("dot", "250 2.0.0 taken")
        self._note("said", names)

    def _note(self, word: str, names: list[str]) -> None:
        for name in names:
            print(word, name, time.time(), file=self._out)

    def _how(self, step: str) -> str:
        with contextlib.suppress(OSError):
            where, _, how = self._mode.read_text().partition(" ")
            if where == step:
                return how
        return ""

    async def _say(self, step: str, good: str) -> bool:
        """Answer as the mode says; whether it was the good answer."""
        how = self._how(step)
        if how in ("drop", "lose"):
            raise _Over
        while how == "silent" and self._how(step) == "silent":
            await asyncio.sleep(0.05)
        if how == "slow":
            await asyncio.sleep(0.5)
        bad = how[:1] in ("4", "5")
        self._writer.write(f"{how} {how[0]}.3.0 trouble\r\n".encode() if bad else good.encode() + b"\r\n")
        await self._writer.drain()
        return not bad


class Hop:
    """The process: `start`, `kill`, `mode(step, how)`, `taken()`."""

    def __init__(self, folder: Path) -> None:
        self._journal, self._mode = folder / "journal", folder / "mode"
        self._journal.touch()
        self._mode.unlink(missing_ok=True)
        self._process: subprocess.Popen[bytes] | None = None
        self.port = free_port()

    def __enter__(self) -> Hop:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    def start(self) -> None:
        """Start it, and wait until it listens."""
        command = [sys.executable, "-m", "tests.faults.hop", str(self.port), str(self._journal), str(self._mode)]
        self._process = subprocess.Popen(command)
        for _ in range(1200):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
                return
            time.sleep(0.05)
        raise SystemExit("the next hop does not start")

    def kill(self) -> None:
        """SIGKILL."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def drop_connections(self) -> None:
        """End those that are open, so that the next mail needs a new one."""
        self.kill()
        self.start()

    def misbehave(self, step: str, how: str) -> None:
        """From now on, at this step: a reply's code, drop, lose, slow or silent."""
        fresh = self._mode.with_suffix(".new")
        fresh.write_text(f"{step} {how}")
        fresh.replace(self._mode)

    def behave(self) -> None:
        """Like any other again."""
        self._mode.unlink(missing_ok=True)

    def taken(self, word: str = "taken") -> dict[str, list[float]]:
        """When each mail was taken, by its recipient's name."""
        found: dict[str, list[float]] = {}
        for line in self._journal.read_text().splitlines():
            what, name, at = line.split()
            if what == word:
                found.setdefault(name, []).append(float(at))
        return found


def free_port() -> int:
    """A loopback port nobody listens on just now."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


if __name__ == "__main__":
    import uvloop

    uvloop.run(serve(int(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3])))
