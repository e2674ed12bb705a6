"""The people file (TOML or CSV): who works here, until when, and who decides for whom."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import Any

from dlp.directory import rows
from dlp.errors import ConfigError
from dlp.standing import Person, PersonStatus

ROLES = ("staff", "supervisor", "privacy", "administrator", "auditor")
_DATES = ("start", "end", "deputy_from", "deputy_until")
_LISTS = ("mail", "logins")
_KNOWN = {field for field in Person.__dataclass_fields__}


class People:
    """Everybody in the people file, found by employee number, mail address or login."""

    def __init__(self, persons: Iterable[Person]) -> None:
        self._by_id: dict[str, Person] = {}
        self._by_mail: dict[str, Person] = {}
        self._by_login: dict[str, Person] = {}
        for person in persons:
            _add(self._by_id, person.id, person, "id")
            for address in person.mail:
                _add(self._by_mail, address, person, "mail address of")
            for login in person.logins:
                _add(self._by_login, login, person, "login of")

    def __iter__(self) -> Iterator[Person]:
        return iter(self._by_id.values())

    def __len__(self) -> int:
        return len(self._by_id)

    def by_id(self, person: str) -> Person | None:
        """The person of this employee number."""
        return self._by_id.get(person)

    def by_mail(self, address: str) -> Person | None:
        """The person of this address; case does not matter, a +tag is ignored."""
        local, _, domain = address.strip().lower().rpartition("@")
        return self._by_mail.get(f"{local}@{domain}") or self._by_mail.get(f"{local.split('+')[0]}@{domain}")

    def by_login(self, login: str) -> Person | None:
        """The person of this login; a DOMAIN\\ prefix and case do not matter."""
        return self._by_login.get(login.strip().lower().rpartition("\\")[2])


def _add(index: dict[str, Person], key: str, person: Person, what: str) -> None:
    other = index.setdefault(key, person)
    if other is not person:
        raise ConfigError(f"people file: {what} {person.id} also belongs to {other.id}; each may stand once")


def status(person: Person | None, today: date) -> PersonStatus:
    """Standing by the calendar: refused from 00:00 of the day after the end date, with no human action."""
    if person is None:
        return PersonStatus.UNKNOWN
    if person.end is not None and today > person.end:
        return PersonStatus.RETIRED
    if person.start is not None and today < person.start:
        return PersonStatus.NOT_STARTED
    return PersonStatus.ACTIVE


def deputy_of(person: Person, today: date) -> str:
    """The employee number of this person's deputy today, "" if none; undated deputies hold always."""
    if not person.deputy:
        return ""
    begun = person.deputy_from is None or today >= person.deputy_from
    over = person.deputy_until is not None and today > person.deputy_until
    return person.deputy if begun and not over else ""


def parse(data: bytes, *, suffix: str) -> People:
    """Read a people file: TOML `[[person]]` tables or CSV with a header (UTF-8 or CP932).

    CSV lists (mail, logins) are separated by spaces or ";". Raises ConfigError naming the line's id.
    """
    found = rows.read(data, suffix=suffix, table="person", what="people file")
    return People(_person(row, number) for number, row in enumerate(found, 1))


def _person(row: Mapping[str, Any], number: int) -> Person:
    where = f"people file: entry {number} ({row.get('id', 'without id')})"
    unknown = set(row) - _KNOWN
    if unknown:
        raise ConfigError(f"{where}: unknown field {min(map(str, unknown))!r}; known: {', '.join(sorted(_KNOWN))}")
    if not row.get("id"):
        raise ConfigError(f"{where}: every person needs an id (employee number)")
    values: dict[str, Any] = {"id": str(row["id"]), "name": str(row.get("name", ""))}
    for key, value in row.items():
        if key in _DATES:
            values[key] = _date(value, f"{where} {key}")
        elif key in _LISTS:
            values[key] = tuple(str(item).strip().lower() for item in _items(value, f"{where} {key}"))
        else:
            values[key] = str(value)
    if values.get("role", "staff") not in ROLES:
        raise ConfigError(f"{where}: role {values['role']!r} is none of {', '.join(ROLES)}")
    return Person(**values)


def _items(value: Any, where: str) -> list[Any]:
    if isinstance(value, str):
        return value.replace(";", " ").split()
    if not isinstance(value, list):
        raise ConfigError(f"{where}: {value!r} is not a list")
    return value


def _date(value: Any, where: str) -> date | None:
    if value == "":
        return None
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value).strip().replace("/", "-"))
    except ValueError:
        raise ConfigError(f"{where}: {value!r} is not a date such as 2026-03-31") from None
