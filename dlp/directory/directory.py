"""Directory: the standing of a sender and a device at one moment, from files that may change under us."""

from __future__ import annotations

import logging
import os
import threading
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from dlp.directory import devices as device_file
from dlp.directory import people as people_file
from dlp.directory.people import People
from dlp.errors import ConfigError
from dlp.standing import Device, DeviceStatus, Person, PersonStatus, Standing
from dlp.transfer import Channel

log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Seen:
    """What was last read of one file: its identity on disk."""

    stamp: tuple[int, int, int] | None = None  # mtime in ns, size, inode


def _stamp(path: Path) -> tuple[int, int, int] | None:
    try:
        stat = os.stat(path)  # noqa: PTH116  one system call on the hot path
    except FileNotFoundError:
        return None
    return stat.st_mtime_ns, stat.st_size, stat.st_ino


class Directory:
    """Reads the people file and the device ledger at start and whenever they change.

    A file that turns wrong while we run does not replace what stands: the fault is logged and the last
    good state serves on (end dates go on counting: they are in it). At start a wrong file is an error.
    """

    def __init__(
        self, people: Path, devices: Path, *, timezone: str = "Asia/Tokyo", max_age_hours: float = 0.0
    ) -> None:
        self._people_path, self._devices_path = people, devices
        self._zone = ZoneInfo(timezone)
        self._max_age = max_age_hours * 3600
        self._lock = threading.Lock()
        self._people, self._devices = People(()), dict[str, Device]()
        self._people_seen, self._devices_seen = _Seen(), _Seen()
        self._faults: dict[Path, str] = {}
        self._refresh(strict=True)

    # reading

    def _refresh(self, *, strict: bool = False) -> None:
        with self._lock:
            for path, seen, take in (
                (self._people_path, self._people_seen, self._take_people),
                (self._devices_path, self._devices_seen, self._take_devices),
            ):
                stamp = _stamp(path)
                if stamp is None and seen.stamp is not None:
                    self._fault(path, "is gone")
                if stamp is None or (stamp == seen.stamp and self._faults.get(path) != "is gone"):
                    continue
                seen.stamp = stamp
                try:
                    take(path)
                    self._faults.pop(path, None)
                except (ConfigError, OSError) as error:
                    if strict:
                        raise ConfigError(f"{path}: {error}") from None
                    self._fault(path, str(error))

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
        self._people = people_file.parse(path.read_bytes(), suffix=path.suffix)

    def _take_devices(self, path: Path) -> None:
        self._devices = device_file.parse(path.read_bytes(), suffix=path.suffix)

    # asking

    def today(self, now: datetime) -> date:
        """The local date at `now` (aware)."""
        return now.astimezone(self._zone).date()

    def standing(self, channel: Channel, sender: str, now: datetime, serial: str = "") -> Standing:
        """The standing of `sender` (address for mail, login otherwise) and of the device `serial` at `now`."""
        self._refresh()
        person = self._find(channel, sender)
        status = people_file.status(person, self.today(now))
        if status is PersonStatus.ACTIVE and self._stale(now):
            status = PersonStatus.STALE
        device = self._devices.get(serial) if serial else None
        device_status = None
        if channel is Channel.MEDIA:
            device_status = device.state if device else DeviceStatus.UNREGISTERED
        return Standing(
            status=status,
            person=person,
            supervisor=self._supervisor(person),
            device=device,
            device_status=device_status,
        )

    def _find(self, channel: Channel, sender: str) -> Person | None:
        if channel is Channel.MAIL or "@" in sender:
            return self._people.by_mail(sender)
        return self._people.by_login(sender)

    def _stale(self, now: datetime) -> bool:
        stamp = self._people_seen.stamp
        return bool(self._max_age) and (stamp is None or now.timestamp() - stamp[0] / 1e9 > self._max_age)

    def _supervisor(self, person: Person | None) -> Person | None:
        return self._people.by_id(person.supervisor) if person and person.supervisor else None

    def person(self, person: str) -> Person | None:
        """The person of this employee number."""
        self._refresh()
        return self._people.by_id(person)

    def by_login(self, login: str) -> Person | None:
        """The person of this login."""
        self._refresh()
        return self._people.by_login(login)

    def by_mail(self, address: str) -> Person | None:
        """The person of this mail address."""
        self._refresh()
        return self._people.by_mail(address)

    def people(self) -> list[Person]:
        """Everybody, in file order."""
        self._refresh()
        return list(self._people)

    def status(self, person: Person | None, now: datetime) -> PersonStatus:
        """Whether this person is employed at `now`."""
        return people_file.status(person, self.today(now))

    def deputy(self, person: Person, now: datetime) -> Person | None:
        """Who stands in for `person` at `now`."""
        return self._people.by_id(people_file.deputy_of(person, self.today(now)))

    def deciders(self, person: Person | None, now: datetime) -> list[Person]:
        """Who may decide on this sender's transfers: supervisor and deputy, never the sender; employed only."""
        supervisor = self._supervisor(person)
        if supervisor is None:
            return []
        found = [supervisor, self.deputy(supervisor, now)]
        return [p for p in found if p and p is not person and self.status(p, now) is PersonStatus.ACTIVE]

    def administrators(self) -> list[Person]:
        """Everybody with the role of administrator."""
        self._refresh()
        return [p for p in self._people if p.role == "administrator"]

    def device(self, serial: str) -> Device | None:
        """The device of this serial."""
        self._refresh()
        return self._devices.get(serial)

    def devices(self) -> list[Device]:
        """The whole ledger, in file order."""
        self._refresh()
        return list(self._devices.values())
