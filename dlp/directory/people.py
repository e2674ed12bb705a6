"""The people file (TOML or CSV): who works here, until when, and who decides for whom."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import Any

from dlp.directory import rows
from dlp.errors import ConfigError
from dlp.standing import Deputy, Person, PersonStatus

ROLES = ("staff", "supervisor", "privacy", "administrator", "auditor")
_DATES = ("start", "end", "deputy_from", "deputy_until")
_LISTS = ("mail", "logins")
_KNOWN = {field for field in Person.__dataclass_fields__} - {"known"}
_YES, _NO = ("true", "yes", "1", "有効", "在職"), ("false", "no", "0", "無効", "停止")

#: Headers of a personnel system's export, beside our own names.
COLUMNS = {
    "職員番号": "id",
    "職員コード": "id",
    "氏名": "name",
    "職員氏名": "name",
    "メールアドレス": "mail",
    "メール": "mail",
    "ログイン": "logins",
    "ログインID": "logins",
    "ユーザーID": "logins",
    "所属": "department",
    "所属名": "department",
    "所属長": "supervisor",
    "所属長職員番号": "supervisor",
    "代理": "deputy",
    "代理者": "deputy",
    "代理開始日": "deputy_from",
    "代理終了日": "deputy_until",
    "採用日": "start",
    "採用年月日": "start",
    "任用開始日": "start",
    "退職日": "end",
    "退職年月日": "end",
    "任期満了日": "end",
    "任用終了日": "end",
    "役割": "role",
    "個人番号利用事務": "duties",
    "在職": "active",
}


class People:
    """Everybody, found by employee number, mail address or login.

    `shared`: several people may claim one address or login (sources disagree); else that is a ConfigError.
    """

    def __init__(self, persons: Iterable[Person], *, shared: bool = False) -> None:
        self._shared = shared
        self._by_id: dict[str, Person] = {}
        self._by_mail: dict[str, list[Person]] = {}
        self._by_login: dict[str, list[Person]] = {}
        for person in persons:
            other = self._by_id.setdefault(person.id, person)
            if other is not person:
                raise ConfigError(f"people file: id {person.id} also belongs to {other.id}; each may stand once")
            for address in dict.fromkeys(person.mail):
                self._claim(self._by_mail, address, person, "mail address of")
            for login in dict.fromkeys(person.logins):
                self._claim(self._by_login, login, person, "login of")

    def _claim(self, index: dict[str, list[Person]], key: str, person: Person, what: str) -> None:
        owners = index.setdefault(key, [])
        if owners and not self._shared:
            raise ConfigError(f"people file: {what} {person.id} also belongs to {owners[0].id}; each may stand once")
        owners.append(person)

    def __iter__(self) -> Iterator[Person]:
        return iter(self._by_id.values())

    def __len__(self) -> int:
        return len(self._by_id)

    def by_id(self, person: str) -> Person | None:
        """The person of this employee number."""
        return self._by_id.get(person)

    def by_mail(self, address: str) -> Person | None:
        """The person of this address; case does not matter, a +tag is ignored."""
        return next(iter(self.owners_of_mail(address)), None)

    def by_login(self, login: str) -> Person | None:
        """The person of this login; a DOMAIN\\ prefix and case do not matter."""
        return next(iter(self.owners_of_login(login)), None)

    def owners_of_mail(self, address: str) -> list[Person]:
        """Everybody who claims this address, the one the best source names first."""
        local, _, domain = address.strip().lower().rpartition("@")
        return self._by_mail.get(f"{local}@{domain}") or self._by_mail.get(f"{local.split('+')[0]}@{domain}") or []

    def owners_of_login(self, login: str) -> list[Person]:
        """Everybody who claims this login, the one the best source names first."""
        return self._by_login.get(login.strip().lower().rpartition("\\")[2], [])

    def claimed_twice(self) -> Iterator[tuple[str, str, list[Person]]]:
        """("mail" or "logins", the address or login, its owners) of those with several owners."""
        for field, index in (("mail", self._by_mail), ("logins", self._by_login)):
            yield from ((field, key, owners) for key, owners in index.items() if len(owners) > 1)


def status(person: Person | None, today: date) -> PersonStatus:
    """Standing by the calendar: refused from 00:00 of the day after the end date, with no human action."""
    if person is None:
        return PersonStatus.UNKNOWN
    if person.end is not None and today > person.end:
        return PersonStatus.RETIRED
    if not person.known:
        return PersonStatus.ABSENT
    if not person.active:
        return PersonStatus.DISABLED
    if person.start is not None and today < person.start:
        return PersonStatus.NOT_STARTED
    return PersonStatus.ACTIVE


def deputies_of(person: Person, today: date) -> list[str]:
    """The employee numbers of this person's deputies today; undated ones hold always."""
    named = (Deputy(person.deputy, person.deputy_from, person.deputy_until), *person.deputies)
    return list(dict.fromkeys(d.person for d in named if d.person and _holds(d, today)))


def _holds(deputy: Deputy, today: date) -> bool:
    begun = deputy.since is None or today >= deputy.since
    return begun and not (deputy.until is not None and today > deputy.until)


def parse(data: bytes, *, suffix: str) -> People:
    """Read a people file: TOML `[[person]]` tables or CSV with a header (UTF-8 or CP932), ours or Japanese.

    CSV lists (mail, logins) are separated by spaces or ";". Raises ConfigError naming the line's id.
    """
    found = rows.read(data, suffix=suffix, table="person", what="people file")
    return People(person_of(row, number) for number, row in enumerate(found, 1))


def person_of(row: Mapping[str, Any], number: int, what: str = "people file") -> Person:
    """One person from a mapping of texts, lists and dates. Raises ConfigError."""
    row = {COLUMNS.get(key, key): value for key, value in row.items()}
    where = f"{what}: entry {number} ({row.get('id', 'without id')})"
    unknown = set(row) - _KNOWN
    if unknown:
        raise ConfigError(f"{where}: unknown field {min(map(str, unknown))!r}; known: {', '.join(sorted(_KNOWN))}")
    if not row.get("id"):
        raise ConfigError(f"{where}: every person needs an id (employee number)")
    values: dict[str, Any] = {"id": str(row["id"]), "name": str(row.get("name", ""))}
    values |= {key: _value(key, value, f"{where} {key}") for key, value in row.items()}
    if values.get("role", "staff") not in ROLES:
        raise ConfigError(f"{where}: role {values['role']!r} is none of {', '.join(ROLES)}")
    return Person(**values)


def _value(key: str, value: Any, where: str) -> Any:
    if key in _DATES:
        return _date(value, where)
    if key in _LISTS:
        return tuple(str(item).strip().lower() for item in _items(value, where))
    if key == "duties":
        return tuple(str(item).strip() for item in _items(value, where))
    if key == "deputies":
        return tuple(_deputy(item, where) for item in _items(value, where))
    if key == "active":
        return _flag(value, where)
    return str(value)


def row_of(person: Person) -> dict[str, Any]:
    """What `person_of` makes the same person of, in JSON types; only what is said."""
    row: dict[str, Any] = {"id": person.id}
    for key in _KNOWN - {"id", "deputies"}:
        value = getattr(person, key)
        if value not in ("", (), None) and not (key == "active" and value):
            row[key] = value.isoformat() if isinstance(value, date) else list(value) if key in _ARRAYS else value
    if person.deputies:
        row["deputies"] = [f"{d.person}:{_day(d.since)}:{_day(d.until)}" for d in person.deputies]
    return row


_ARRAYS = (*_LISTS, "duties")


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""


def _deputy(item: Any, where: str) -> Deputy:
    """ "S002", "S002:2026-04-01:2026-04-30" or a table {person, since, until}."""
    if isinstance(item, Mapping):
        person, since, until = (item.get(key, "") for key in ("person", "since", "until"))
    else:
        person, since, until, *_ = [*str(item).split(":"), "", ""]
    if not person:
        raise ConfigError(f"{where}: {item!r} names no deputy")
    return Deputy(str(person), _date(since, where), _date(until, where))


def _flag(value: Any, where: str) -> bool:
    if isinstance(value, bool):
        return value
    word = str(value).strip().lower()
    if word in _YES or word in _NO:
        return word in _YES
    raise ConfigError(f"{where}: {value!r} is neither true nor false")


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
