"""Desk: the real gateway, room and directory for a channel's tests; only the reading of content is scripted."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from dlp.delivery.manifest import Manifest
from dlp.directory import Directory
from dlp.directory.devicebook import DeviceBook
from dlp.directory.lending import Lending
from dlp.directory.register import Register
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
        self.grew: list[tuple[str, int]] = []  # what it was told of contents that were being written
        self.forgot: list[Path] = []

    def grown(self, transfer: Transfer, size: int) -> None:
        self.grew.append((transfer.name, size))

    def forget(self, spool: Path) -> None:
        self.forgot.append(spool)

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

    def __init__(self, tmp: Path, devices: str, policy: Policy | None = None) -> None:
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
            policy=policy or Policy(),
        )
        self.register = Register(tmp / "register.db", self.room.enter)
        self.book = self.directory.book = DeviceBook(self.register)
        self.lending = Lending(self.book, self.directory)
        self.manifest = Manifest(self.directory, self.book)

    def lend(self, person: str = "E001", serial: str = "USB-7") -> int:
        """Request, approval and handing over of a device, for today."""
        now = datetime.now(UTC)
        today, borrower = self.directory.today(now), self.directory.person(person)
        assert borrower is not None
        number = self.lending.request(serial, borrower, "国勢調査の提出", today, today, now)
        self.lending.approve(number, "S001", now)
        self.lending.lend(number, "S001", now)
        return number

    def end_loan(self, number: int) -> None:
        """Its period was over yesterday."""
        with self.register.change("test") as change:
            change.run("UPDATE loan SET first = '2020-04-01', last = '2020-04-02' WHERE id = :id", id=number)
            change.tell("test")

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
    return f'[[device]]\nserial = "{serial}"\nholder = "S001"\nstate = "{state}"\nfolder = "{folder}"\n'


async def until(condition: Callable[[], object], seconds: float = 60.0) -> None:
    """Wait until it holds."""
    for _ in range(int(seconds / 0.02)):
        if condition():
            return
        await asyncio.sleep(0.02)
    raise AssertionError("waited in vain")
