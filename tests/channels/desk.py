"""Desk: the real gateway, room and directory for a channel's tests; only the reading of content is scripted."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

from dlp.directory import Directory
from dlp.errors import GatewayFault
from dlp.gateway import Gateway
from dlp.inspection import Inspection
from dlp.policy import Policy
from dlp.transfer import Transfer
from quarantine.keys import KeyRing
from quarantine.room import Room
from tests.e2e.harness import PEOPLE

#: A content of 150 people as the scripted reader understands it.
LIST = b"".join(b"person %d\n" % n for n in range(150))


class Reader:
    """Counts lines "person N". Waits at `gate`, fails `faults` times."""

    digest = "rules"

    def __init__(self) -> None:
        self.gate: asyncio.Event | None = None
        self.faults = 0
        self.seen = 0

    async def inspect(self, transfer: Transfer) -> Inspection:
        self.seen += 1
        data = transfer.read()
        if self.gate is not None and b"slow" in data:
            await self.gate.wait()
        if self.faults:
            self.faults -= 1
            raise GatewayFault("told to fail")
        people = {line for line in data.splitlines() if line.startswith(b"person ")}
        tokens = tuple(sorted(line[-16:].rjust(16) for line in people))
        count = len(tokens)
        return Inspection(
            subjects=count,
            lower=count,
            upper=count,
            counts={"name": count},
            tokens=tokens,
            ruleset="rules",
            bytes=len(data),
        )


class Desk:
    """Everything a channel needs, in one folder."""

    def __init__(self, tmp: Path, devices: str) -> None:
        self._tmp = tmp
        self.devices_file = tmp / "devices.toml"
        (tmp / "people.toml").write_text(PEOPLE, encoding="utf-8")
        self.devices_file.write_text(devices, encoding="utf-8")
        self.room = Room.open(tmp / "room", KeyRing.open_or_create(tmp / "keys.json"))
        self.reader = Reader()
        self.directory = Directory(tmp / "people.toml", self.devices_file)
        self.gateway = Gateway(
            directory=self.directory,
            inspector=self.reader,  # type: ignore[arg-type]
            room=self.room,
            policy=Policy(),
        )

    def people(self, text: str) -> None:
        """Replace the people file."""
        (self._tmp / "people.toml").write_text(text, encoding="utf-8")

    def rows(self) -> list[tuple[str, str, str]]:
        """(sender, verdict, outcome), oldest first."""
        return [(r.entry.sender, r.entry.verdict, r.outcome) for r in reversed(self.room.ledger())]

    def verdicts(self) -> list[str]:
        return [verdict for _, verdict, _ in self.rows()]


def ledger(serial: str, folder: Path | str, state: str = "in_use") -> str:
    """One device of devices.toml."""
    return f'[[device]]\nserial = "{serial}"\nstate = "{state}"\nfolder = "{folder}"\n'


async def until(condition: Callable[[], object], seconds: float = 60.0) -> None:
    """Wait until it holds."""
    for _ in range(int(seconds / 0.02)):
        if condition():
            return
        await asyncio.sleep(0.02)
    raise AssertionError("waited in vain")
