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
    STALE = "stale"  # the directory is older than policy allows, or the personnel feed was never read
    ABSENT = "absent"  # has an account, but the personnel feed does not know this person
    DISABLED = "disabled"  # a source says that the account is switched off

    @property
    def gone(self) -> bool:
        """Whether this person has no business sending any more, so that even what cannot be read is refused."""
        return self in (PersonStatus.RETIRED, PersonStatus.ABSENT, PersonStatus.DISABLED)


class DeviceStatus(StrEnum):
    """Whether this device may be written to."""

    IN_USE = "in_use"
    LENT = "lent"
    RETURNED = "returned"  # back with its custodian and erased: a new loan before it is written to again
    LOST = "lost"
    RETIRED = "retired"
    UNREGISTERED = "unregistered"
    FROZEN = "frozen"  # written to past the gateway; kept beside the state it has in the ledger


@dataclass(frozen=True, slots=True)
class Deputy:
    """Who stands in for a supervisor, and when; without dates always."""

    person: str  # person id
    since: date | None = None
    until: date | None = None  # last day, inclusive


class LoanStatus(StrEnum):
    """Whether this person holds a loan of this device today."""

    NONE = "none"
    VALID = "valid"
    NOT_BEGUN = "not_begun"  # approved or handed over, the period is still to come
    EXPIRED = "expired"  # handed over, the period is over
    OTHERS = "others"  # somebody else has it


@dataclass(frozen=True, kw_only=True, slots=True)
class Person:
    """One person, as a source or all of them together tell."""

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
    deputies: tuple[Deputy, ...] = ()  # more of them
    duties: tuple[str, ...] = ()  # duties with Individual Numbers (個人番号利用事務)
    active: bool = True  # False: a source says the account is switched off
    known: bool = True  # False: only sources of accounts tell of this person, not the personnel feed


@dataclass(frozen=True, kw_only=True, slots=True)
class Device:
    """One line of the device ledger."""

    serial: str
    number: str = ""  # 登録番号
    product: str = ""
    department: str = ""
    holder: str = ""  # person id of the custodian (所属長)
    state: DeviceStatus = DeviceStatus.IN_USE
    encrypted: bool = False
    folder: str = ""  # where the device's file system is reachable on this machine
    registered: date | None = None  # 登録年月日
    hardware: str = ""  # serial the hardware itself reports, where it differs from `serial`
    vendor_id: str = ""  # USB ids, four hex digits
    product_id: str = ""
    number_work: bool = False  # kept for マイナンバー利用事務系: only with the IT department head's approval
    remark: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Loan:
    """Leave for one person to carry one device out, for a purpose and a period."""

    id: int
    serial: str
    person: str  # employee number of the borrower
    purpose: str
    first: date
    last: date  # inclusive; at most 31 March of the fiscal year
    number_work: bool = False  # the IT department head has approved work with Individual Numbers


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """The sender's (and for media the device's) standing at the time of a transfer."""

    status: PersonStatus
    person: Person | None = None
    supervisor: Person | None = None  # who decides; None: nobody, so a held transfer stays held
    device_status: DeviceStatus | None = None  # None: not a media transfer
    device: Device | None = None
    leaves_in: int | None = None  # days until the end date, 0 on the last day; None: no end date is near or known
    exception: str = ""  # number of the superior's exception by which a refused person counts as active
    loan_status: LoanStatus = LoanStatus.NONE
    loan: Loan | None = None  # the valid one
    other_stick: bool = False  # what is plugged in is not the hardware that the ledger names
