"""DeviceBook: the devices and loans the register keeps, read and written; who may do what is `lending`'s to say."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Collection, Hashable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from dlp.directory.loans import LoanState, Request, standing
from dlp.directory.register import Change, Register, Snapshot
from dlp.standing import Device, DeviceStatus, Loan, LoanStatus

_MOST = 1000  # answers that are kept
_FIELDS = (
    "serial number registered hardware vendor_id product_id product encrypted department holder number_work folder"
    " remark state"
).split()
_PUT = (
    f"INSERT INTO device ({', '.join(_FIELDS)}, changed) VALUES ({', '.join(':' + name for name in _FIELDS)}, :changed)"  # noqa: S608
    " ON CONFLICT (serial) DO UPDATE SET "
    + ", ".join(f"{name} = excluded.{name}" for name in (*_FIELDS[1:], "changed"))
)


@dataclass(frozen=True, kw_only=True, slots=True)
class DeviceEvent:
    """One line of a device's history."""

    at: datetime
    actor: str
    event: str
    state: DeviceStatus
    loan: int | None
    remark: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Written:
    """One file written to a device, as its manifest line says."""

    transfer: str
    serial: str
    at: datetime
    person: str
    loan: int | None
    purpose: str
    size: int
    sha256: str


def _standing_in(now: Snapshot, serial: str, person: str, today: date) -> tuple[LoanStatus, Loan | None]:
    out = now.one("SELECT * FROM loan WHERE serial = :serial AND state = 'lent'", serial=serial)
    waits = now.one(
        "SELECT * FROM loan WHERE serial = :serial AND person = :person AND state = 'approved' LIMIT 1",
        serial=serial,
        person=person,
    )
    handed = _loan(out) if out else None
    status = standing(handed, _loan(waits) if waits else None, person, today)
    return status, handed.loan if handed and status is LoanStatus.VALID else None


class DeviceBook:
    """Devices, loans and manifest lines in the register. Thread-safe."""

    def __init__(self, register: Register) -> None:
        self.register = register
        self._kept: dict[tuple[Hashable, ...], Any] = {}  # answers by the register's version, and what was asked

    def _asked[T](self, asked: Hashable, answer: Callable[[Snapshot], T]) -> T:
        """What the register says, which is asked for each file that goes to a device: looked up once for each of its
        versions."""
        kept, key = self._kept, (self.register.version(), asked)
        if key in kept:
            known: T = kept[key]
            return known
        with self.register.snapshot() as now:  # perhaps of a later version: then nobody asks by this key any more
            found = answer(now)
        if len(kept) >= _MOST:
            kept = self._kept = {}
        kept[key] = found
        return found

    # devices

    def device(self, serial: str) -> Device | None:
        """The device of this serial."""
        return self._asked(("device", serial), lambda now: device_in(now, serial))

    def devices(self) -> list[Device]:
        """All, by registration number."""
        with self.register.snapshot() as now:
            return [_device(row) for row in now.all("SELECT * FROM device ORDER BY number, serial")]

    def history(self, serial: str) -> list[DeviceEvent]:
        """What happened to a device, oldest first."""
        with self.register.snapshot() as now:
            rows = now.all("SELECT * FROM device_event WHERE serial = :serial ORDER BY id", serial=serial)
        return [
            DeviceEvent(
                at=_time(row["at"]),
                actor=row["actor"],
                event=row["event"],
                state=DeviceStatus(row["state"]),
                loan=row["loan"],
                remark=row["remark"],
            )
            for row in rows
        ]

    # what was done past the gateway

    def frozen(self, serial: str) -> bool:
        """Whether a device was written to past the gateway and nobody has looked since."""
        sql = "SELECT 1 FROM frozen WHERE serial = :serial"
        return self._asked(("frozen", serial), lambda now: now.one(sql, serial=serial) is not None)

    def attempted(self, serial: str, program: str, uid: int, at: datetime, *, written: bool) -> None:
        """Somebody else's hand on a device: on record; one that has written freezes it."""
        with self.register.change("gateway") as change:
            if written:
                sql = "INSERT INTO frozen VALUES (:serial, :at, :program, :uid) ON CONFLICT DO NOTHING"
                change.run(sql, serial=serial, at=at.isoformat(), program=program, uid=uid)
            change.tell("media_bypassed" if written else "media_denied", serial, program=program, uid=uid)

    def thaw(self, serial: str, actor: str, remark: str) -> bool:
        """Somebody has looked: it may be used again. False: it was not frozen."""
        with self.register.change(actor) as change:
            if not change.run("DELETE FROM frozen WHERE serial = :serial", serial=serial):
                return False
            change.tell("media_thawed", serial, remark_given=int(bool(remark)))
            return True

    # loans

    def loan(self, number: int) -> Request | None:
        """One loan."""
        with self.register.snapshot() as now:
            return loan_in(now, number)

    def loans(
        self, *, states: Collection[LoanState] = (), serial: str = "", person: str = "", limit: int = 500
    ) -> list[Request]:
        """Newest first; no states: any."""
        words = ",".join(f"'{state.value}'" for state in states)
        where = f"state IN ({words})" if words else "1"
        sql = (
            f"SELECT * FROM loan WHERE {where} AND (:serial = '' OR serial = :serial)"  # noqa: S608  our own words
            " AND (:person = '' OR person = :person) ORDER BY id DESC LIMIT :limit"
        )
        with self.register.snapshot() as now:
            return [_loan(row) for row in now.all(sql, serial=serial, person=person, limit=limit)]

    def standing(self, serial: str, person: str, today: date) -> tuple[LoanStatus, Loan | None]:
        """What this device's loans mean for this person today, and the loan when it is valid."""
        asked = ("loans", serial, person, today)
        return self._asked(asked, lambda now: _standing_in(now, serial, person, today))

    # what was written

    def record(self, *lines: Written) -> None:
        """Keep manifest lines, all or none; the same transfer again changes nothing."""
        with self.register.change("gateway") as change:
            for line in lines:
                if not self._written_in(change, line):
                    _keep_line(change, line)

    def _written_in(self, now: Snapshot, line: Written) -> bool:
        sql = "SELECT 1 FROM manifest WHERE transfer = :transfer AND serial = :serial"
        return now.one(sql, transfer=line.transfer, serial=line.serial) is not None

    def written(
        self,
        *,
        serial: str = "",
        persons: Sequence[str] | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        limit: int = 1000,
    ) -> list[Written]:
        """Manifest lines, newest first. `persons` None: anybody's."""
        sql = (
            "SELECT * FROM manifest WHERE (:serial = '' OR serial = :serial) AND at >= :since AND at < :until"
            " ORDER BY at DESC, transfer DESC"
        )
        with self.register.snapshot() as now:
            rows = now.all(
                sql,
                serial=serial,
                since=since.isoformat() if since else "",
                until=until.isoformat() if until else "~",
            )
        wanted = None if persons is None else frozenset(persons)
        kept = [row for row in rows if wanted is None or row["person"] in wanted]
        return [
            Written(**{name: row[name] for name in Written.__dataclass_fields__ if name != "at"}, at=_time(row["at"]))
            for row in kept[:limit]
        ]


def merged(booked: Device | None, filed: Device | None) -> Device | None:
    """What holds of a device the register and the file both know: the register's word, but the stricter state.

    A file that says "lost" is believed; one that has not heard of a loss yet does not undo it.
    """
    if booked is None or filed is None:
        return booked or filed
    worse = filed.state if filed.state in (DeviceStatus.LOST, DeviceStatus.RETIRED) else booked.state
    state = booked.state if booked.state is DeviceStatus.LOST else worse
    return replace(booked, state=state, folder=booked.folder or filed.folder)


# one row, within a transaction


def device_in(now: Snapshot, serial: str) -> Device | None:
    """The device as this transaction sees it."""
    row = now.one("SELECT * FROM device WHERE serial = :serial", serial=serial)
    return _device(row) if row else None


def loan_in(now: Snapshot, number: int) -> Request | None:
    """The loan as this transaction sees it."""
    row = now.one("SELECT * FROM loan WHERE id = :id", id=number)
    return _loan(row) if row else None


def put_device(change: Change, device: Device, at: datetime) -> None:
    """Write a device's line."""
    values: dict[str, Any] = {name: getattr(device, name) for name in _FIELDS}
    values |= {
        "registered": device.registered.isoformat() if device.registered else "",
        "encrypted": int(device.encrypted),
        "number_work": int(device.number_work),
        "state": device.state.value,
    }
    change.run(_PUT, **values, changed=at.isoformat())


def put_event(
    change: Change, device: Device, event: str, actor: str, at: datetime, *, loan: int | None = None, remark: str = ""
) -> None:
    """A line of a device's history."""
    change.run(
        "INSERT INTO device_event (serial, at, actor, event, state, loan, remark)"
        " VALUES (:serial, :at, :actor, :event, :state, :loan, :remark)",
        serial=device.serial,
        at=at.isoformat(),
        actor=actor,
        event=event,
        state=device.state.value,
        loan=loan,
        remark=remark,
    )


def add_loan(change: Change, loan: Loan, department: str, at: datetime) -> int:
    """Write a fresh request; its number."""
    row = change.one(
        "INSERT INTO loan (serial, person, department, purpose, number_work, first, last, state, requested)"
        " VALUES (:serial, :person, :department, :purpose, :number_work, :first, :last, :state, :requested)"
        " RETURNING id",
        serial=loan.serial,
        person=loan.person,
        department=department,
        purpose=loan.purpose,
        number_work=int(loan.number_work),
        first=loan.first.isoformat(),
        last=loan.last.isoformat(),
        state=LoanState.REQUESTED.value,
        requested=at.isoformat(),
    )
    assert row is not None
    return int(row["id"])


def set_loan(change: Change, number: int, **values: str | None) -> None:
    """Change fields of a loan."""
    assert values.keys() <= Request.__dataclass_fields__.keys()
    sets = ", ".join(f"{name} = :{name}" for name in values)
    change.run(f"UPDATE loan SET {sets} WHERE id = :id", id=number, **values)  # noqa: S608  names are checked above


def _device(row: sqlite3.Row) -> Device:
    values = {name: row[name] for name in _FIELDS}
    values["registered"] = date.fromisoformat(row["registered"]) if row["registered"] else None
    values["encrypted"], values["number_work"] = bool(row["encrypted"]), bool(row["number_work"])
    values["state"] = DeviceStatus(row["state"])
    return Device(**values)


def _loan(row: sqlite3.Row) -> Request:
    loan = Loan(
        id=row["id"],
        serial=row["serial"],
        person=row["person"],
        purpose=row["purpose"],
        first=date.fromisoformat(row["first"]),
        last=date.fromisoformat(row["last"]),
        number_work=bool(row["number_work"]),
    )
    values: dict[str, Any] = {name: row[name] for name in ("approved_by", "it_by", "lent_by", "closed_by", "remark")}
    values |= {name: _time(row[name]) if row[name] else None for name in ("approved", "it_at", "lent", "closed")}
    state = LoanState(row["state"])
    return Request(loan=loan, state=state, requested=_time(row["requested"]), erased=row["erased"], **values)


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _keep_line(change: Change, line: Written) -> None:
    change.run(
        "INSERT INTO manifest VALUES (:transfer, :serial, :at, :person, :loan, :purpose, :size, :sha256)",
        transfer=line.transfer,
        serial=line.serial,
        at=line.at.isoformat(),
        person=line.person,
        loan=line.loan,
        purpose=line.purpose,
        size=line.size,
        sha256=line.sha256,
    )
    change.tell(
        "media_written",
        line.transfer,
        serial=line.serial,
        person=line.person,
        sha256=line.sha256,
        size=line.size,
        loan=line.loan or 0,
    )
