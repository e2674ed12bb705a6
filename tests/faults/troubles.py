"""What goes wrong in a fault run, at random: everything that can be killed, stopped, slowed, filled or locked."""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import signal
import sqlite3
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.e2e.disk import Disk
from tests.e2e.harness import Box
from tests.faults.hop import Hop

#: At which step the next hop does what.
MISDEEDS = (
    *(f"{step} {how}" for step in ("MAIL", "RCPT", "DATA", "dot") for how in ("451", "drop", "silent", "slow")),
    *("greeting drop", "greeting 421", "EHLO 421", "RCPT 550", "dot 554", "dot lose", "DATA lose", "EHLO silent"),
)


class Troubles:
    """One fault after the other while the mails are sent."""

    def __init__(self, box: Box, hop: Hop, disk: Disk | None, chance: random.Random) -> None:
        self._box, self._hop, self._disk, self._random = box, hop, disk, chance
        self.done: Counter[str] = Counter()

    async def run(self, faults: int, mails: int, answered: Callable[[], int]) -> None:
        """So many faults, spread over the mails that are still to be answered."""
        begun = answered()
        kinds = ["gateway", "gateway", "worker", "worker", "hop", "hop misbehaves", "hop misbehaves", "stop", "locked"]
        kinds += ["power", "full", "read-only"] if self._disk is not None else []
        for number in range(1, faults + 1):
            while answered() < begun + number * (mails - begun) // (faults + 1):
                await asyncio.sleep(0.05)
            kind = self._random.choice(kinds)
            self.done[kind] += 1
            await self._one(kind)

    async def _one(self, kind: str) -> None:
        if kind == "gateway":
            self._box.kill()
            await self._pause(0, 0.3)
            await self._start()
        elif kind == "worker":
            kill_a_worker(self._box, self._random)
        elif kind == "hop":
            self._hop.kill()
            await self._pause(0, 1)
            await asyncio.to_thread(self._hop.start)
        elif kind == "hop misbehaves":
            await self._misbehave()
        elif kind == "stop":
            await self._stop()
        elif kind == "locked":
            with locked(self._box):
                await self._pause(0.2, 1.5)
        else:
            await self._of_the_disk(kind)

    async def _pause(self, least: float, most: float) -> None:
        await asyncio.sleep(self._random.uniform(least, most))

    async def _start(self) -> None:
        await asyncio.to_thread(self._box.start)

    async def _misbehave(self) -> None:
        self._hop.misbehave(*self._random.choice(MISDEEDS).split(" "))
        await self._pause(0.2, 1)
        self._hop.behave()

    async def _stop(self) -> None:
        assert self._box.process is not None
        self._box.process.send_signal(signal.SIGSTOP)
        await self._pause(0.1, 1)
        self._box.process.send_signal(signal.SIGCONT)

    async def _of_the_disk(self, kind: str) -> None:
        assert self._disk is not None
        if kind == "full":
            await asyncio.to_thread(self._disk.fill)
            await self._pause(0.2, 1)
            self._disk.relieve()
            return
        if kind == "power":
            self._disk.lose_power()
        else:
            self._disk.turn_read_only()
        await self._pause(0, 1)
        self._box.kill()
        await asyncio.to_thread(replug, self._disk)
        await self._start()


def replug(disk: Disk) -> None:
    """Mount again, once the killed gateway's workers have let go of it."""
    for _ in range(100):
        with contextlib.suppress(AssertionError):
            disk.unplug()
            break
        time.sleep(0.1)
    disk.plug()


@contextlib.contextmanager
def locked(box: Box) -> Iterator[None]:
    """The room's database is being written by another process."""
    other = sqlite3.connect(box.var / "quarantine" / "room.db", timeout=30.0, isolation_level=None)
    try:
        with contextlib.suppress(sqlite3.OperationalError):  # the gateway may be the one that has it
            other.execute("BEGIN IMMEDIATE")
        yield
    finally:
        other.close()


def kill_a_worker(box: Box, chance: random.Random) -> None:
    """SIGKILL one of the processes that read content, if there is one."""
    with contextlib.suppress(ProcessLookupError, IndexError):
        os.kill(chance.choice(workers(box)), signal.SIGKILL)


def workers(box: Box) -> list[int]:
    """The processes that read content: children of the server that forks them."""
    assert box.process is not None
    servers = [pid for pid in below(box.process.pid) if b"forkserver" in _line(pid)]
    return [pid for pid in servers if any(pid in below(server) for server in servers)]


def below(pid: int) -> list[int]:
    """A process's children and theirs."""
    found = subprocess.run(["pgrep", "-P", str(pid)], capture_output=True, text=True, check=False).stdout.split()
    return [one for child in map(int, found) for one in (child, *below(child))]


def _line(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""
