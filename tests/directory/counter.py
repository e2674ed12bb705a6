"""Counter: the real register, room, directory and lending over one stick, for tests of the ledger of media."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

from dlp.directory import Directory
from dlp.directory.devicebook import DeviceBook
from dlp.directory.inventory import Inventory
from dlp.directory.lending import Lending
from dlp.directory.register import Register
from dlp.standing import Device, Person
from quarantine.keys import KeyRing
from quarantine.room import Room
from tests.e2e.harness import PEOPLE

NOW = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)
STICK = Device(
    serial="USB-7",
    number="市-0007",
    product="Security USB",
    department="市民課",
    holder="S001",
    encrypted=True,
    hardware="4C530001",
    vendor_id="0781",
    product_id="5581",
    registered=date(2026, 4, 1),
)


class Counter:
    """Everything between a request and the end of a loan."""

    def __init__(self, tmp: Path, *, number_approver: str = "A001") -> None:
        (tmp / "people.toml").write_text(PEOPLE, encoding="utf-8")
        self.room = Room.open(tmp / "room", KeyRing.open_or_create(tmp / "keys.json"))
        self.register = Register(tmp / "register.db", self.room.enter)
        self.directory = Directory(tmp / "people.toml", tmp / "devices.toml")
        self.book = self.directory.book = DeviceBook(self.register)
        self.left: int | None = None  # files on the returned device; None: it is not here
        self.lending = Lending(
            self.book, self.directory, look=lambda device: self.left, number_approver=number_approver
        )
        self.inventory = Inventory(self.lending)

    def person(self, number: str) -> Person:
        found = self.directory.person(number)
        assert found is not None
        return found

    def ask(self, person: str = "E001", *, serial: str = "USB-7", number_work: bool = False) -> int:
        first, last = date(2026, 11, 25), date(2026, 11, 30)
        return self.lending.request(
            serial, self.person(person), "国勢調査の提出", first, last, NOW, number_work=number_work
        )

    def lent(self, person: str = "E001") -> int:
        """A device handed over to this person."""
        number = self.ask(person)
        self.lending.approve(number, "S001", NOW)
        self.lending.lend(number, "S001", NOW)
        return number

    def events(self) -> list[tuple[str, str, str]]:
        """(actor, event, subject) of the audit chain."""
        return [(e.actor, e.event, e.subject) for e in self.room.entries(limit=10_000)]

    def close(self) -> None:
        assert self.room.verify() == []
        self.register.close()
        self.room.close()
