"""People from LDAP or Active Directory: one whole answer, or a fault and nothing.

Read in a thread of the keeper's; pages, each with a time limit. The password is read when it is needed and goes
nowhere but to the server, over TLS; without TLS only a server on loopback is spoken to.
"""

from __future__ import annotations

import ipaddress
import ssl
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import SplitResult, urlsplit
from zoneinfo import ZoneInfo

import ldap3

from dlp.directory.merge import same_person
from dlp.errors import ConfigError, GatewayFault
from dlp.settings import Ldap
from dlp.standing import Person

NAME = "ldap"

#: Our field -> attributes that tell it.
KINDS: Mapping[str, Mapping[str, str]] = {
    "inetorgperson": {
        "id": "employeeNumber",
        "name": "cn",
        "mail": "mail",
        "logins": "uid",
        "department": "departmentNumber",
        "supervisor": "manager",
        "end": "shadowExpire",
    },
    "ad": {
        "id": "employeeID",
        "name": "displayName",
        "mail": "mail proxyAddresses",
        "logins": "sAMAccountName",
        "department": "department",
        "supervisor": "manager",
        "end": "accountExpires",
        "active": "userAccountControl",
    },
}
_FIELDS = frozenset({"id", "name", "mail", "logins", "department", "supervisor", "start", "end", "active", "duties"})
_DISABLED = 2  # in userAccountControl
_NEVER = (0, 0x7FFFFFFFFFFFFFFF)  # accountExpires
_PATIENCE = 20  # answers' time limits that a whole reading may take

type Values = Mapping[str, list[str]]


class SourceFault(GatewayFault):
    """The source did not tell everything; its last good copy goes on counting."""


def check(settings: Ldap) -> None:
    """Raises ConfigError for settings that can never work, or would say a password in the clear."""
    url = _url(settings)
    if not settings.base:
        raise ConfigError("[ldap] base: name where people stand, e.g. ou=people,dc=town,dc=example")
    if settings.kind not in KINDS:
        raise ConfigError(f"[ldap] kind: {settings.kind!r} is none of {', '.join(KINDS)}")
    if unknown := set(settings.attributes) - _FIELDS:
        raise ConfigError(f"[ldap] attributes: {min(unknown)!r} is none of {', '.join(sorted(_FIELDS))}")
    if url.scheme == "ldap" and not settings.starttls and not _is_here(url.hostname or ""):
        raise ConfigError("[ldap] url: without TLS only a server on loopback; use ldaps:// or starttls = true")


def read(settings: Ldap, zone: ZoneInfo) -> list[Person]:
    """Everybody the directory server tells of. Raises SourceFault for anything less than a whole answer."""
    known = meaning(settings)
    try:
        entries = list(_entries(settings, sorted({name for names in known.values() for name in names if name})))
    except (ConfigError, SourceFault):
        raise
    except Exception as error:  # whatever a broken answer does to the library: it is no answer
        raise SourceFault(f"ldap: {type(error).__name__}") from None
    numbers = {_dn(dn): _number(values, known, dn) for dn, values in entries}
    people: dict[str, Person] = {}
    for dn, values in entries:
        person = _person(numbers[_dn(dn)], values, known, zone)
        person = replace(person, supervisor=numbers.get(_dn(person.supervisor), person.supervisor))
        before = people.get(person.id)
        people[person.id] = person if before is None else same_person(before, person)
    return list(people.values())


def meaning(settings: Ldap) -> Mapping[str, list[str]]:
    """Our field -> the attributes that tell it."""
    return {field: names.split() for field, names in {**KINDS[settings.kind], **settings.attributes}.items()}


# the conversation


def _url(settings: Ldap) -> SplitResult:
    url = urlsplit(settings.url)
    if url.scheme not in ("ldap", "ldaps") or not url.hostname:
        raise ConfigError(f"[ldap] url: {settings.url!r} is no ldap://host or ldaps://host")
    return url


def _is_here(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _password(settings: Ldap) -> str:
    if settings.password_file is None:
        return settings.password
    try:
        if settings.password_file.stat().st_mode & 0o077:
            raise ConfigError(f"{settings.password_file}: others may read the password; chmod 600")
        return settings.password_file.read_text(encoding="utf-8").rstrip("\r\n")
    except OSError as error:
        raise ConfigError(f"{settings.password_file}: {error.strerror}") from None


def connected(settings: Ldap, who: tuple[str, str] | None = None) -> ldap3.Connection:
    """A connection over TLS where there is to be one, not bound yet: as `who` (DN and password), else as ourselves."""
    connection = _connection(settings, who)
    connection.open()
    if settings.starttls and not connection.server.ssl:
        connection.start_tls()
    return connection


def _connection(settings: Ldap, who: tuple[str, str] | None) -> ldap3.Connection:
    dn, password = who or (settings.bind_dn, _password(settings) if settings.bind_dn else "")
    url = _url(settings)
    tls = ldap3.Tls(validate=ssl.CERT_REQUIRED, ca_certs_file=str(settings.ca) if settings.ca else None)
    server = ldap3.Server(
        url.hostname,
        port=url.port or (636 if url.scheme == "ldaps" else 389),
        use_ssl=url.scheme == "ldaps",
        tls=tls,
        connect_timeout=settings.timeout,
        get_info=ldap3.NONE,
    )
    return ldap3.Connection(
        server,
        user=dn or None,
        password=password if dn else None,
        authentication=ldap3.SIMPLE if dn else ldap3.ANONYMOUS,
        auto_referrals=False,
        read_only=True,
        raise_exceptions=True,
        receive_timeout=max(1, int(settings.timeout)),  # the library takes whole seconds
    )


def _entries(settings: Ldap, attributes: list[str]) -> Iterator[tuple[str, Values]]:
    """(DN, attribute in small letters -> texts) of every entry."""
    began = time.monotonic()
    connection = connected(settings)
    try:
        connection.bind()
        cookie: bytes | None = None
        while cookie != b"":
            if time.monotonic() - began > _PATIENCE * settings.timeout:
                raise SourceFault("ldap: it took too long")
            connection.search(
                settings.base,
                settings.filter,
                attributes=attributes,
                paged_size=settings.page_size,
                paged_cookie=cookie,
            )
            yield from _page(connection)
            cookie = _cookie(connection)
    finally:
        with suppress(Exception):  # the farewell must not hide what went wrong
            connection.unbind()


def _page(connection: ldap3.Connection) -> Iterator[tuple[str, Values]]:
    if connection.result["result"] != 0:
        raise SourceFault(f"ldap: {connection.result['description']}")
    for entry in connection.response or ():
        if entry["type"] == "searchResEntry":
            yield entry["dn"], {name.lower(): _texts(raw) for name, raw in entry["raw_attributes"].items()}


def _cookie(connection: ldap3.Connection) -> bytes:
    """Where the next page begins; b"" after the last one."""
    control = connection.result.get("controls", {}).get("1.2.840.113556.1.4.319")
    return control["value"]["cookie"] or b"" if control else b""


def _texts(raw: list[bytes]) -> list[str]:
    try:
        return [value.decode("utf-8").strip() for value in raw]
    except UnicodeDecodeError:
        raise SourceFault("ldap: a value is no UTF-8") from None


# what it means


def _dn(text: str) -> str:
    return text.lower().replace(", ", ",")


def _all(values: Values, names: list[str]) -> list[str]:
    return [text for name in names for text in values.get(name.lower(), ()) if text]


def _number(values: Values, meaning: Mapping[str, list[str]], dn: str) -> str:
    """The employee number; an account without one is somebody whom no personnel feed knows."""
    named = _all(values, meaning["id"]) or [f"{NAME}:{login}" for login in _all(values, meaning["logins"])]
    return named[0] if named else f"{NAME}:{dn}"


def _person(number: str, values: Values, meaning: Mapping[str, list[str]], zone: ZoneInfo) -> Person:
    told: dict[str, Any] = {key: "".join(_all(values, meaning.get(key, []))[:1]) for key in _TEXTS}
    for key in ("start", "end"):
        days = [d for name in meaning.get(key, []) for t in _all(values, [name]) if (d := _day(name, t, zone))]
        told[key] = min(days, default=None)
    active = all(_is_on(name, text) for name in meaning.get("active", []) for text in _all(values, [name]))
    return Person(
        id=number,
        mail=tuple(dict.fromkeys(a for t in _all(values, meaning.get("mail", [])) if (a := _address(t)))),
        logins=tuple(dict.fromkeys(t.lower() for t in _all(values, meaning["logins"]))),
        duties=tuple(_all(values, meaning.get("duties", []))),
        active=active,
        **told,
    )


_TEXTS = ("name", "department", "supervisor")


def _address(text: str) -> str:
    """An address; of proxyAddresses those that begin with "smtp:"."""
    scheme, _, rest = text.partition(":")
    if not rest:
        return text.lower()
    return rest.lower() if scheme.lower() == "smtp" else ""


def _day(name: str, text: str, zone: ZoneInfo) -> date | None:
    """The last (or first) day a value tells; None: no limit. An account that expires at midnight has the day before."""
    try:
        if name.lower() == "accountexpires":
            return None if int(text) in _NEVER else _before(_EPOCH_AD + timedelta(microseconds=int(text) // 10), zone)
        if name.lower() == "shadowexpire":
            return None if int(text) < 0 else date(1970, 1, 1) + timedelta(days=int(text) - 1)
        if len(text) >= 14 and text[:14].isdigit():
            return datetime.strptime(text[:14], "%Y%m%d%H%M%S").replace(tzinfo=UTC).astimezone(zone).date()
        return date.fromisoformat(text.replace("/", "-"))
    except (ValueError, OverflowError):
        raise SourceFault(f"ldap: {name} holds no date") from None


_EPOCH_AD = datetime(1601, 1, 1, tzinfo=UTC)


def _before(moment: datetime, zone: ZoneInfo) -> date:
    return (moment - timedelta(microseconds=1)).astimezone(zone).date()


def _is_on(name: str, text: str) -> bool:
    if name.lower() == "useraccountcontrol":
        return not int(text) & _DISABLED if text.lstrip("-").isdigit() else False
    if name.lower() in ("nsaccountlock", "pwdaccountlockedtime"):
        return text.lower() == "false"
    return text.lower() not in ("false", "no", "0", "無効", "停止")
