"""A real slapd: up, down, with a wrong password, half an answer, over TLS; and Active Directory's own notation."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from dlp import config
from dlp.directory.sources import ldap
from dlp.directory.sources.ldap import SourceFault
from dlp.errors import ConfigError
from dlp.settings import Ldap
from dlp.standing import Person
from tests.directory.slapd import ADMIN, BASE, PASSWORD, Slapd, Wire, entry

TOKYO = ZoneInfo("Asia/Tokyo")
LAST = (date(2018, 12, 21) - date(1970, 1, 1)).days + 1  # the day the account is off
CLERKS = [entry(f"clerk{n:04d}", f"C{n:04d}") for n in range(1200)]
PEOPLE = [
    entry("boss", "S1", departmentNumber="市民課"),
    entry("leaver", "E1", manager=f"uid=boss,{BASE}", shadowExpire=str(LAST)),
    entry("second", "E1"),
    entry("ghost"),
    *CLERKS,
]


@pytest.fixture(scope="module")
def slapd(tmp_path_factory: pytest.TempPathFactory, need: Callable[..., None]) -> Iterator[Slapd]:
    need("slapd", "ldapmodify")
    server = Slapd(tmp_path_factory.mktemp("ldap"), *PEOPLE)
    server.start()
    yield server
    server.kill()


def settings(slapd: Slapd, **more: object) -> Ldap:
    values: dict[str, object] = {
        "enabled": True,
        "url": f"ldap://127.0.0.1:{slapd.port}",
        "ca": slapd.ca,
        "bind_dn": ADMIN,
        "password_file": slapd.password_file,
        "base": BASE,
        "filter": "(objectClass=inetOrgPerson)",
        "page_size": 100,
        "timeout": 10.0,
    }
    return Ldap(**(values | more))  # type: ignore[arg-type]


def by_id(people: list[Person]) -> dict[str, Person]:
    return {person.id: person for person in people}


@pytest.mark.parametrize("way", ["starttls", "ldaps", "loopback"])
def test_everybody_is_read_page_by_page(slapd: Slapd, way: str) -> None:
    more: dict[str, object] = {"url": f"ldaps://127.0.0.1:{slapd.tls_port}"} if way == "ldaps" else {}
    found = ldap.read(settings(slapd, starttls=way == "starttls", **more), TOKYO)
    people = by_id(found)
    assert len(people) == 1203
    leaver = people["E1"]
    assert (leaver.end, leaver.supervisor) == (date(2018, 12, 21), "S1")
    assert leaver.logins == ("leaver", "second")
    assert people["S1"].department == "市民課"
    assert people["ldap:ghost"].mail == ("ghost@town.example",)


def test_a_wrong_password_is_a_fault_that_does_not_tell_it(slapd: Slapd, caplog: pytest.LogCaptureFixture) -> None:
    wrong = settings(slapd, password_file=None, password="not the password")
    with caplog.at_level(logging.DEBUG), pytest.raises(SourceFault) as fault:
        ldap.read(wrong, TOKYO)
    assert "InvalidCredentials" in str(fault.value)
    said = caplog.text + str(fault.value) + repr(wrong)
    assert "not the password" not in said
    assert PASSWORD not in said


def test_a_password_others_can_read_is_refused(slapd: Slapd, tmp_path: Path) -> None:
    open_file = tmp_path / "password"
    open_file.write_text(PASSWORD, encoding="utf-8")
    open_file.chmod(0o644)
    with pytest.raises(ConfigError, match="chmod 600"):
        ldap.read(settings(slapd, password_file=open_file), TOKYO)


def test_a_server_that_cannot_prove_its_name_gets_no_password(slapd: Slapd, tmp_path: Path) -> None:
    other = Slapd(tmp_path)  # for its authority, which has not signed this server
    for more in ({}, {"url": f"ldaps://127.0.0.1:{slapd.tls_port}"}, {"url": f"ldap://localhost:{slapd.port}"}):
        ca = slapd.ca if "localhost" in more.get("url", "") else other.ca
        with pytest.raises(SourceFault, match=r"SSL|TLS|SocketOpen|Certificate"):
            ldap.read(settings(slapd, ca=ca, **more), TOKYO)


@pytest.mark.parametrize("after", [100, 5_000, 40_000, 120_000])
def test_half_an_answer_is_a_fault(slapd: Slapd, after: int) -> None:
    wire = Wire(slapd.port, after)
    try:
        with pytest.raises(SourceFault):
            ldap.read(settings(slapd, url=f"ldap://127.0.0.1:{wire.port}", starttls=False), TOKYO)
        assert wire.passed >= after
    finally:
        wire.close()


def test_a_server_that_falls_silent_is_a_fault_in_time(slapd: Slapd) -> None:
    wire = Wire(slapd.port, 20_000, hang=True)
    began = time.monotonic()
    try:
        with pytest.raises(SourceFault):
            ldap.read(settings(slapd, url=f"ldap://127.0.0.1:{wire.port}", starttls=False, timeout=1.0), TOKYO)
    finally:
        wire.close()
    assert time.monotonic() - began < 15


def test_a_server_that_gives_fewer_than_there_are_is_a_fault(tmp_path: Path, need: Callable[..., None]) -> None:
    need("slapd")
    limited = Slapd(
        tmp_path,
        *CLERKS[:50],
        extra="limits * size.soft=20 size.hard=20 size.prtotal=20\nrootpw\n".replace("rootpw\n", ""),
    )
    limited.conf.write_text(
        limited.conf.read_text(encoding="utf-8")
        .replace(f"rootdn {ADMIN}\n", "")
        .replace(f'rootpw "{PASSWORD}"\n', "")
        .replace("disallow bind_anon\n", ""),
        encoding="utf-8",
    )
    limited.start()
    try:
        for page in (10, 500):
            with pytest.raises(SourceFault, match=r"izeLimit|dminLimit"):
                ldap.read(settings(limited, bind_dn="", page_size=page), TOKYO)
    finally:
        limited.kill()


def test_a_server_that_is_down_is_a_fault(tmp_path: Path, need: Callable[..., None]) -> None:
    need("slapd")
    down = Slapd(tmp_path, *CLERKS[:3])
    with pytest.raises(SourceFault):
        ldap.read(settings(down), TOKYO)
    try:
        down.start()
        assert len(ldap.read(settings(down), TOKYO)) == 3
    finally:
        down.kill()
    with pytest.raises(SourceFault):
        ldap.read(settings(down), TOKYO)


def test_a_base_that_is_not_there_is_a_fault_not_an_empty_town(slapd: Slapd) -> None:
    with pytest.raises(SourceFault, match="NoSuchObject"):
        ldap.read(settings(slapd, base="ou=nowhere,dc=town,dc=example"), TOKYO)


def test_a_value_that_is_no_date_is_a_fault(slapd: Slapd) -> None:
    with pytest.raises(SourceFault, match="uid holds no date"):
        ldap.read(settings(slapd, attributes={"end": "uid"}), TOKYO)


# what needs no server


def moment(text: str) -> str:
    at = datetime.fromisoformat(text)
    return str(int((at - datetime.fromisoformat("1601-01-01T00:00:00+00:00")).total_seconds()) * 10_000_000)


@pytest.mark.parametrize(
    ("name", "text", "day"),
    [
        ("accountExpires", "0", None),
        ("accountExpires", "9223372036854775807", None),
        ("accountExpires", moment("2018-12-22T00:00:00+09:00"), date(2018, 12, 21)),
        ("accountExpires", moment("2018-12-22T00:00:01+09:00"), date(2018, 12, 22)),
        ("shadowExpire", "-1", None),
        ("shadowExpire", str(LAST), date(2018, 12, 21)),
        ("endDate", "20181221145959Z", date(2018, 12, 21)),
        ("endDate", "20181221150000Z", date(2018, 12, 22)),
        ("endDate", "2018/12/21", date(2018, 12, 21)),
        ("endDate", "20181221", date(2018, 12, 21)),
    ],
)
def test_days(name: str, text: str, day: date | None) -> None:
    assert ldap._day(name, text, TOKYO) == day


def test_active_directory_s_attributes() -> None:
    meaning = {field: names.split() for field, names in ldap.KINDS["ad"].items()}
    values = {
        "employeeid": ["E1"],
        "displayname": ["山田 花子"],
        "mail": ["Hanako@town.example"],
        "proxyaddresses": ["SMTP:hanako@town.example", "smtp:h.yamada@town.example", "X500:/o=x"],
        "samaccountname": ["Hanako"],
        "useraccountcontrol": ["514"],
    }
    person = ldap._person("E1", values, meaning, TOKYO)
    assert (person.mail, person.logins) == (("hanako@town.example", "h.yamada@town.example"), ("hanako",))
    assert person.active is False
    assert ldap._person("E1", values | {"useraccountcontrol": ["512"]}, meaning, TOKYO).active is True


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"base": ""}, "base"),
        ({"url": "http://x"}, "url"),
        ({"url": "ldap://ldap.town.example", "starttls": False}, "TLS"),
        ({"kind": "novell"}, "kind"),
        ({"attributes": {"shoe": "size"}}, "shoe"),
    ],
)
def test_settings_that_cannot_be(wrong: dict[str, object], says: str) -> None:
    with pytest.raises(ConfigError, match=re.escape(says)):
        ldap.check(Ldap(**({"base": BASE} | wrong)))  # type: ignore[arg-type]


def test_the_password_is_taken_from_the_environment_never_from_the_file(tmp_path: Path) -> None:
    assert config.load(None, {"SEKISHO_LDAP_PASSWORD": "x"}).ldap.password == "x"
    path = tmp_path / "sekisho.toml"
    path.write_text('[ldap]\npassword = "x"\n', encoding="utf-8")
    with pytest.raises(ConfigError, match="password_file"):
        config.load(path, {})
