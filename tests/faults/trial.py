"""Mail while everything around it is killed, filled, locked and slowed, and nothing is lost.

Mails with and without a list of people go through a real gateway to a real next hop, from a client that tries again
until it is answered, while everything goes wrong at random. Then all is counted:

    accepted = delivered + held + refused        no list ever at the next hop
    nothing answered with 250 that is neither at the next hop nor held
    nothing at the next hop again after our 250
"""

from __future__ import annotations

import asyncio
import os
import random
import sys
import time
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from quarantine.case import NoSuchCase
from tests.e2e.disk import Disk
from tests.e2e.harness import Box
from tests.faults.clients import Client, Direct, Queued, Told
from tests.faults.hop import Hop, free_port
from tests.faults.troubles import Troubles

_SAYS_EVERY = 10.0  # seconds


@dataclass
class Report:
    """What became of everything."""

    delivered: int
    held: int
    refused: int
    mails: int
    faults: dict[str, int]
    lost: list[str]
    let_through: list[str]
    doubled: list[str]  # handed on again after our 250
    twice: list[str]  # handed on more than once before it: whoever was killed could not say so
    seconds: float = 0.0

    @property
    def sound(self) -> bool:
        """Whether nothing was lost, let through or doubled, and the sum is right."""
        whole = self.delivered + self.held + self.refused == self.mails
        return whole and not (self.lost or self.let_through or self.doubled)


def run(folder: Path, *, mails: int, faults: int, seed: int, queued: bool = False, own_disk: bool = False) -> Report:
    """The whole trial in `folder`, or the rest of it: the direct client goes on with what it was not told yet.

    `queued`: by smtp-source and a Postfix instead of a client of our own. `own_disk`: the gateway's state lies on a
    file system that fills up, turns read-only and loses its power, too (as root).
    """
    begun = time.monotonic()
    chance = random.Random(seed)
    with ExitStack() as stack:
        disk = stack.enter_context(Disk(folder / "var", megabytes=256 + mails // 50)) if own_disk else None
        hop = stack.enter_context(Hop(folder))
        port = free_port()
        box = _box(folder, hop, port)
        os.sync()  # the people file: a power cut is to take what the gateway did not sync, not what we did not
        stack.enter_context(box)
        client: Client = (
            stack.enter_context(Queued(port, mails, folder)) if queued else Direct(port, mails, chance, folder / "told")
        )
        troubles = Troubles(box, hop, disk, chance)
        asyncio.run(_all(troubles, faults, mails, client))
        report = count(box, hop, client.told(), mails)
        report.faults = dict(troubles.done)
        report.seconds = time.monotonic() - begun
        return report


def _box(folder: Path, hop: Hop, port: int) -> Box:
    off = {"enabled": False}
    mail = {"port": port, "next_hop": f"127.0.0.1:{hop.port}", "next_hop_tls": "none", "timeout": 20.0}
    return Box(folder, mail=mail, web=off, media=off, console=off, notices={"enabled": False})


async def _all(troubles: Troubles, faults: int, mails: int, client: Client) -> None:
    saying = asyncio.create_task(_say(troubles, mails, client))
    async with asyncio.TaskGroup() as group:
        group.create_task(troubles.run(faults, mails, client.done))
        group.create_task(client.run())
    saying.cancel()


async def _say(troubles: Troubles, mails: int, client: Client) -> None:
    begun, before = time.monotonic(), client.done()
    while True:
        await asyncio.sleep(_SAYS_EVERY)
        done, seconds = client.done(), time.monotonic() - begun
        rate = (done - before) / seconds
        print(
            f"{seconds:6.0f} s  {done:7,} of {mails:,} answered, {rate:.0f}/s, {troubles.done.total()} faults",
            file=sys.stderr,
        )


def count(box: Box, hop: Hop, told: dict[str, Told], mails: int) -> Report:
    """Hold what the client was told against what the next hop took and the room holds."""
    taken = hop.taken()
    held = {name: one.reply.rpartition(" ")[2] for name, one in told.items() if "held for review" in one.reply}
    passed = {name for name, one in told.items() if one.reply.startswith("2") and name not in held}
    lost = [name for name in passed if name not in taken] + _missing(box, held)
    doubled = [name for name in passed if any(at > told[name].at for at in taken.get(name, ()))]
    return Report(
        delivered=len(passed),
        held=len(held),
        refused=len(told) - len(passed) - len(held),
        mails=mails,
        faults={},
        lost=lost,
        let_through=[name for name in taken if name.endswith("l")],
        doubled=doubled,
        twice=[name for name, times in taken.items() if len(times) > 1 and name not in doubled],
    )


def _missing(box: Box, held: dict[str, str]) -> list[str]:
    """Held mails whose case the room does not have, or has for another mail."""
    room = box.room()
    missing = []
    try:
        for name, number in held.items():
            try:
                case = room.case(number)
            except NoSuchCase:
                missing.append(name)
                continue
            if case.entry.destination != (f"{name}@outside.example",):
                missing.append(name)
    finally:
        room.close()
    return missing


def may_have_own_disk() -> bool:
    """Whether a file system can be made and mounted here."""
    return os.geteuid() == 0 and Path("/dev/loop-control").exists()
