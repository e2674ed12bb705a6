"""Directory: the standing of a sender and a device at one moment, from files that may change under us."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from dlp.directory import devices as device_file
from dlp.directory import hardware
from dlp.directory import people as people_file
from dlp.directory.alarms import Alarm
from dlp.directory.devicebook import DeviceBook, merged
from dlp.directory.merge import Conflict
from dlp.directory.register import Register
from dlp.directory.staff import FILE, Sources, Staff, mtime
from dlp.errors import ConfigError
from dlp.standing import Device, DeviceStatus, Loan, LoanStatus, Person, PersonStatus, Standing
from dlp.transfer import Channel

log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Seen:
    """What was last read of one file: its identity on disk."""

    stamp: tuple[int, int, int] | None = None  # mtime in ns, size, inode


def _stamp(path: Path | str) -> tuple[int, int, int] | None:
    try:
        stat = os.stat(path)  # noqa: PTH116  one system call on the hot path
    except FileNotFoundError:
        return None
    return stat.st_mtime_ns, stat.st_size, stat.st_ino


class Directory:
    """Reads the people file and the device ledger at start and whenever they change, and what the register holds
    of other sources.

    A file that turns wrong while we run does not replace what stands: the fault is logged and the last
    good state serves on (end dates go on counting: they are in it). At start a wrong file is an error, unless the
    register has a good copy.
    """

    def __init__(
        self,
        people: Path,
        devices: Path,
        *,
        timezone: str = "Asia/Tokyo",
        max_age_hours: float = 0.0,
        register: Register | None = None,
        sources: Sources | None = None,
    ) -> None:
        self._people_path, self._devices_path = people, devices
        self._files = str(people), str(devices)  # each is asked for at every transfer
        self._zone = ZoneInfo(timezone)
        self._max_age = max_age_hours * 3600
        self._lock = threading.Lock()
        self._sources = sources or Sources()
        self._staff, self._devices = Staff(register, self._sources), dict[str, Device]()
        self._people_seen, self._devices_seen = _Seen(), _Seen()
        self._faults: dict[Path, str] = {}
        #: The register's ledger of media; it goes before the file.
        self.book: DeviceBook | None = DeviceBook(register) if register is not None else None
        self.udev = hardware.UDEV  # where udev keeps what it found of each device
        self._refresh(strict=True)

    # reading

    def _refresh(self, *, strict: bool = False) -> None:
        with self._lock:
            if not strict and self._stands():  # as nearly always
                self._staff.look()
                return
            for path, seen, take in (
                (self._people_path, self._people_seen, self._take_people),
                (self._devices_path, self._devices_seen, self._take_devices),
            ):
                stamp = _stamp(path)
                if stamp is None and (seen.stamp is not None or (path is self._people_path and self._has_copy())):
                    self._fault(path, "is gone")
                if stamp is None or (stamp == seen.stamp and self._faults.get(path) != "is gone"):
                    continue
                seen.stamp = stamp
                try:
                    take(path)
                    self._faults.pop(path, None)
                except (ConfigError, OSError) as error:
                    if strict and not (path is self._people_path and self._has_copy()):
                        raise ConfigError(f"{path}: {error}") from None
                    self._fault(path, str(error))
            self._staff.look()

    def _stands(self) -> bool:
        """Whether neither file has changed since it was read."""
        found = _stamp(self._files[0]), _stamp(self._files[1])
        return not self._faults and None not in found and found == (self._people_seen.stamp, self._devices_seen.stamp)

    def _has_copy(self) -> bool:
        return self._staff.taken().get(FILE) is not None

    def _fault(self, path: Path, why: str) -> None:
        """Say it once, and keep it for the console until the file is good again."""
        if self._faults.get(path) != why:
            self._faults[path] = why
            log.error("directory file not taken over, the last good one serves", extra={"error": f"{path.name}: {why}"})

    def faults(self) -> list[str]:
        """What is wrong with the files now; the last good state serves meanwhile."""
        self._refresh()
        return [f"{path.name}: {why}" for path, why in self._faults.items()]

    def _take_people(self, path: Path) -> None:
        assert self._people_seen.stamp is not None
        self._staff.take_file(path.read_bytes(), path.suffix, mtime(self._people_seen.stamp))

    def _take_devices(self, path: Path) -> None:
        self._devices = device_file.parse(path.read_bytes(), suffix=path.suffix)

    # asking

    def today(self, now: datetime) -> date:
        """The local date at `now` (aware)."""
        return now.astimezone(self._zone).date()

    def span(self, first: date, last: date) -> tuple[datetime, datetime]:
        """The moments at which these local days begin and end."""
        begin, end = (datetime(d.year, d.month, d.day, tzinfo=self._zone) for d in (first, last + timedelta(days=1)))
        return begin.astimezone(UTC), end.astimezone(UTC)

    def local(self, now: datetime) -> datetime:
        """The local time at `now` (aware)."""
        return now.astimezone(self._zone)

    def standing(
        self, channel: Channel, sender: str, now: datetime, serial: str = "", destination: Sequence[str] = ()
    ) -> Standing:
        """The standing of `sender` (address for mail, login otherwise) and of the device `serial` at `now`.

        `destination` is where it would go, for exceptions that name it.
        """
        self._refresh()
        today = self.today(now)
        person = self._find(channel, sender, today)
        status, exception = self._status(person, channel, destination or ((serial,) if serial else ()), today)
        if status is PersonStatus.ACTIVE and self._stale(now):
            status = PersonStatus.STALE
        device = self._device(serial) if serial else None
        device_status = None
        if channel is Channel.MEDIA:
            device_status = device.state if device else DeviceStatus.UNREGISTERED
            if self.book is not None and serial and self.book.frozen(serial):
                device_status = DeviceStatus.FROZEN
        loan_status, loan = self._loan(serial, person, now)
        return Standing(
            status=status,
            person=person,
            supervisor=self._supervisor(person),
            device=device,
            device_status=device_status,
            leaves_in=0 if exception else _days_left(person, today),
            exception=exception,
            loan_status=loan_status,
            loan=loan,
            other_stick=device is not None and self._is_other(device),
        )

    def _is_other(self, device: Device) -> bool:
        """Whether another stick is plugged in where this one belongs, or one that does not say which it is."""
        if not device.hardware or not device.folder:
            return False
        told = hardware.serial_of(device.folder, udev=self.udev)
        return told is not None and not hardware.is_same(told, device.hardware)

    def _status(
        self, person: Person | None, channel: Channel, destination: Sequence[str], today: date
    ) -> tuple[PersonStatus, str]:
        """By the calendar, and the number of the exception by which somebody refused may send this all the same."""
        status = people_file.status(person, today)
        if person is None or status is PersonStatus.ACTIVE:
            return status, ""
        for leave in self._staff.exemptions.get(person.id, ()):
            if leave.covers(channel, destination, today):
                return PersonStatus.ACTIVE, str(leave.id)
        return status, ""

    def _find(self, channel: Channel, sender: str, today: date) -> Person | None:
        """Who this is; of several who claim the address or login, the one of the strictest standing."""
        people = self._staff.merged.people
        by_mail = channel is Channel.MAIL or "@" in sender
        owners = people.owners_of_mail(sender) if by_mail else people.owners_of_login(sender)
        return max(owners, key=lambda person: _strictness(person, today), default=None)

    def _stale(self, now: datetime) -> bool:
        if not self._staff.heard_authority():
            return True
        if not self._max_age:
            return False
        return any(age is None or age > self._max_age for age in self.ages(now).values())

    def ages(self, now: datetime) -> dict[str, float | None]:
        """Seconds since each source was last heard; None: never. A file kept by hand has no age."""
        heard = self._staff.taken()
        if self._sources.hand_kept:
            heard.pop(FILE, None)
        return {name: None if at is None else (now - at).total_seconds() for name, at in heard.items()}

    def alarms(self) -> list[Alarm]:
        """What is wrong with the sources and tasks, by the register."""
        return self._staff.alarms()

    def conflicts(self) -> tuple[Conflict, ...]:
        """Where the sources differ, and what was taken."""
        self._refresh()
        return self._staff.merged.conflicts

    def sources_of(self, person: str) -> tuple[str, ...]:
        """Which sources tell of this person; none: only the register remembers."""
        return self._staff.merged.sources.get(person, ())

    def _supervisor(self, person: Person | None) -> Person | None:
        return self._staff.merged.people.by_id(person.supervisor) if person and person.supervisor else None

    def person(self, person: str) -> Person | None:
        """The person of this employee number."""
        self._refresh()
        return self._staff.merged.people.by_id(person)

    def by_login(self, login: str) -> Person | None:
        """The person of this login."""
        self._refresh()
        return self._staff.merged.people.by_login(login)

    def by_mail(self, address: str) -> Person | None:
        """The person of this mail address."""
        self._refresh()
        return self._staff.merged.people.by_mail(address)

    def people(self) -> list[Person]:
        """Everybody, in file order."""
        self._refresh()
        return list(self._staff.merged.people)

    def status(self, person: Person | None, now: datetime) -> PersonStatus:
        """Whether this person is employed at `now`."""
        return people_file.status(person, self.today(now))

    def deputies(self, person: Person, now: datetime) -> list[Person]:
        """Who stands in for `person` at `now`."""
        named = (self._staff.merged.people.by_id(p) for p in people_file.deputies_of(person, self.today(now)))
        return [deputy for deputy in named if deputy is not None]

    def deciders(self, person: Person | None, now: datetime) -> list[Person]:
        """Who may decide on this sender's transfers: supervisor and deputies, never the sender; employed only."""
        supervisor = self._supervisor(person)
        if supervisor is None:
            return []
        found = dict.fromkeys([supervisor, *self.deputies(supervisor, now)])
        return [p for p in found if p is not person and self.status(p, now) is PersonStatus.ACTIVE]

    def administrators(self) -> list[Person]:
        """Everybody with the role of administrator."""
        self._refresh()
        return [p for p in self._staff.merged.people if p.role == "administrator"]

    def device(self, serial: str) -> Device | None:
        """The device of this serial: as the register has it, else the file."""
        self._refresh()
        return self._device(serial)

    def devices(self) -> list[Device]:
        """The whole ledger: the file's in its order, then those only the register knows."""
        self._refresh()
        booked = {device.serial: device for device in self.book.devices()} if self.book else {}
        files = [merged(booked.pop(serial, None), device) for serial, device in self._devices.items()]
        return [*(device for device in files if device), *booked.values()]

    def filed(self) -> list[Device]:
        """The devices of the file, as it stands."""
        self._refresh()
        return list(self._devices.values())

    def _device(self, serial: str) -> Device | None:
        return merged(self.book.device(serial) if self.book else None, self._devices.get(serial))

    def _loan(self, serial: str, person: Person | None, now: datetime) -> tuple[LoanStatus, Loan | None]:
        if self.book is None or not serial or person is None:
            return LoanStatus.NONE, None
        return self.book.standing(serial, person.id, self.today(now))


#: The more to the right, the stricter.
_STRICTER = (PersonStatus.ACTIVE, PersonStatus.NOT_STARTED, PersonStatus.DISABLED, PersonStatus.ABSENT)


def _strictness(person: Person, today: date) -> int:
    status = people_file.status(person, today)
    return _STRICTER.index(status) if status in _STRICTER else len(_STRICTER)


def _days_left(person: Person | None, today: date) -> int | None:
    return (person.end - today).days if person is not None and person.end is not None else None
