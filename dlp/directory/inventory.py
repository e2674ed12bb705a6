"""Inventory (棚卸): campaigns in which each device is seen by somebody, and those nobody has seen are listed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from dlp.directory import loans
from dlp.directory.devicebook import device_in, put_event
from dlp.directory.lending import Lending
from dlp.directory.loans import Refused
from dlp.standing import DeviceStatus


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One device of a campaign."""

    serial: str
    state: DeviceStatus  # when the campaign was opened
    seen: datetime | None = None
    seen_by: str = ""
    remark: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Campaign:
    """One inventory."""

    id: int
    name: str
    opened: datetime
    opened_by: str
    closed: datetime | None
    closed_by: str
    lines: tuple[Line, ...]

    @property
    def missing(self) -> tuple[Line, ...]:
        """Devices nobody has seen."""
        return tuple(line for line in self.lines if line.seen is None)


class Inventory:
    """Opens, ticks and closes campaigns. One is open at a time."""

    def __init__(self, lending: Lending) -> None:
        self._lending = lending
        self._register = lending.book.register

    def open(self, name: str, actor: str, now: datetime) -> int:
        """Open a campaign over every device that is not retired or lost; its number. Administrators."""
        name = loans.check_text(name, "no_name")
        if not self._lending.administers(actor, now):
            raise Refused("not_yours")
        with self._register.change(actor) as change:
            if change.one("SELECT 1 FROM inventory WHERE closed IS NULL") is not None:
                raise Refused("inventory_open")
            row = change.one(
                "INSERT INTO inventory (name, opened, opened_by) VALUES (:name, :at, :actor) RETURNING id",
                name=name,
                at=now.isoformat(),
                actor=actor,
            )
            assert row is not None
            number = int(row["id"])
            lines = change.run(
                "INSERT INTO inventory_line (inventory, serial, state) SELECT :id, serial, state FROM device"
                " WHERE state NOT IN ('retired', 'lost')",
                id=number,
            )
            change.tell("inventory_open", str(number), devices=lines)
        return number

    def tick(self, serial: str, actor: str, remark: str, now: datetime) -> None:
        """This device was seen, by whom and when: its custodian, the deputy, or an administrator."""
        with self._register.change(actor) as change:
            device = device_in(change, serial)
            if device is None:
                raise Refused("unknown_device")
            if not (self._lending.administers(actor, now) or self._lending.keeps(device, actor, now)):
                raise Refused("not_yours")
            ticked = change.run(
                "UPDATE inventory_line SET seen = :at, seen_by = :actor, remark = :remark WHERE serial = :serial"
                " AND seen IS NULL AND inventory = (SELECT id FROM inventory WHERE closed IS NULL)",
                at=now.isoformat(),
                actor=actor,
                remark=" ".join(remark.split())[: loans.MAX_TEXT],
                serial=serial,
            )
            if not ticked:
                raise Refused("inventory_line")
            put_event(change, device, "inventory", actor, now, remark=remark)
            change.tell("inventory_tick", serial)

    def close(self, actor: str, now: datetime) -> Campaign:
        """Close the open campaign; what is missing then stays on record. Administrators."""
        if not self._lending.administers(actor, now):
            raise Refused("not_yours")
        with self._register.change(actor) as change:
            row = change.one("SELECT id FROM inventory WHERE closed IS NULL")
            if row is None:
                raise Refused("inventory_none")
            missing = change.all(
                "SELECT serial FROM inventory_line WHERE inventory = :id AND seen IS NULL", id=row["id"]
            )
            change.run(
                "UPDATE inventory SET closed = :at, closed_by = :actor WHERE id = :id",
                at=now.isoformat(),
                actor=actor,
                id=row["id"],
            )
            change.tell("inventory_close", str(row["id"]), missing=len(missing))
            for line in missing:
                change.tell("inventory_missing", line["serial"], inventory=row["id"])
        found = self.campaign(int(row["id"]))
        assert found is not None
        return found

    def campaign(self, number: int) -> Campaign | None:
        """One campaign with its lines."""
        with self._register.snapshot() as now:
            row = now.one("SELECT * FROM inventory WHERE id = :id", id=number)
            if row is None:
                return None
            lines = now.all("SELECT * FROM inventory_line WHERE inventory = :id ORDER BY serial", id=number)
        return Campaign(
            id=row["id"],
            name=row["name"],
            opened=datetime.fromisoformat(row["opened"]),
            opened_by=row["opened_by"],
            closed=datetime.fromisoformat(row["closed"]) if row["closed"] else None,
            closed_by=row["closed_by"],
            lines=tuple(
                Line(
                    serial=line["serial"],
                    state=DeviceStatus(line["state"]),
                    seen=datetime.fromisoformat(line["seen"]) if line["seen"] else None,
                    seen_by=line["seen_by"],
                    remark=line["remark"],
                )
                for line in lines
            ),
        )

    def campaigns(self) -> list[Campaign]:
        """All, newest first."""
        with self._register.snapshot() as now:
            numbers = [int(row["id"]) for row in now.all("SELECT id FROM inventory ORDER BY id DESC LIMIT 50")]
        return [found for number in numbers if (found := self.campaign(number)) is not None]
