"""What the directory knows of a sender and a device today. Nouns only; `dlp.directory` makes them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class PersonStatus(StrEnum):
    """Whether this person may send at all."""

    ACTIVE = "active"
    RETIRED = "retired"  # on or after 00:00 local time of the day after the end date
    NOT_STARTED = "not_started"
    UNKNOWN = "unknown"
    STALE = "stale"  # the people file is older than policy allows


class DeviceStatus(StrEnum):
    """Whether this device may be written to."""

    IN_USE = "in_use"
    LENT = "lent"
    LOST = "lost"
    RETIRED = "retired"
    UNREGISTERED = "unregistered"


@dataclass(frozen=True, kw_only=True, slots=True)
class Person:
    """One line of the people file."""

    id: str  # employee number
    name: str
    mail: tuple[str, ...] = ()  # lower case
    logins: tuple[str, ...] = ()
    department: str = ""
    supervisor: str = ""  # person id
    deputy: str = ""  # person id
    deputy_from: date | None = None
    deputy_until: date | None = None  # last day, inclusive
    start: date | None = None
    end: date | None = None  # last day of employment, inclusive
    role: str = "staff"  # staff | supervisor | privacy | administrator | auditor


@dataclass(frozen=True, kw_only=True, slots=True)
class Device:
    """One line of the device ledger."""

    serial: str
    number: str = ""  # 登録番号
    product: str = ""
    department: str = ""
    holder: str = ""  # person id of the custodian
    state: DeviceStatus = DeviceStatus.IN_USE
    encrypted: bool = False
    folder: str = ""  # where the device's file system is reachable on this machine


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """The sender's (and for media the device's) standing at the time of a transfer."""

    status: PersonStatus
    person: Person | None = None
    supervisor: Person | None = None  # who decides; None: nobody, so a held transfer stays held
    device_status: DeviceStatus | None = None  # None: not a media transfer
    device: Device | None = None
