"""Passwords asked of a real slapd: right, wrong, empty, twice claimed, with letters of a filter; up and down."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from dlp.directory.passwords import DirectoryPasswords
from dlp.directory.sources.ldap import SourceFault
from dlp.errors import ConfigError
from dlp.settings import Ldap
from tests.directory.slapd import ADMIN, BASE, Slapd, entry
from tests.directory.test_ldap import settings

PEOPLE = [
    entry("clerk", "E1", userPassword="pass:with colon"),
    entry("twin", "E2", userPassword="pass-twin"),
    entry("other", "E3", userPassword="pass-other").replace("\ncn: other", "\nuid: twin\ncn: other"),
    entry("silent", "E4"),
]


@pytest.fixture(scope="module")
def slapd(tmp_path_factory: pytest.TempPathFactory, need: Callable[..., None]) -> Iterator[Slapd]:
    need("slapd", "ldapmodify")
    server = Slapd(tmp_path_factory.mktemp("passwords"), *PEOPLE)
    server.start()
    yield server
    server.kill()


@pytest.fixture(params=["starttls", "ldaps"])
def known(request: pytest.FixtureRequest, slapd: Slapd) -> DirectoryPasswords:
    more: dict[str, object] = {"url": f"ldaps://127.0.0.1:{slapd.tls_port}"} if request.param == "ldaps" else {}
    return DirectoryPasswords(settings(slapd, **more))


@pytest.mark.parametrize(
    ("login", "password", "right"),
    [
        ("clerk", "pass:with colon", True),
        ("CLERK", "pass:with colon", True),
        ("clerk", "pass:with colon ", False),
        ("clerk", "", False),
        ("", "", False),
        ("", "pass:with colon", False),
        ("silent", "x", False),
        ("silent", "", False),
        ("nobody", "x", False),
        ("twin", "pass-twin", False),
        ("*", "pass:with colon", False),
        ("cler*", "pass:with colon", False),
        ("clerk)(uid=*", "pass:with colon", False),
        ("clerk\0", "pass:with colon", False),
        ("reader", "correct horse battery staple", False),
    ],
)
def test_who_is_right(known: DirectoryPasswords, login: str, password: str, right: bool) -> None:
    assert known.check(login, password) is right


def test_a_server_that_allows_binds_without_a_password_admits_nobody(
    tmp_path_factory: pytest.TempPathFactory, need: Callable[..., None]
) -> None:
    need("slapd")
    lax = Slapd(tmp_path_factory.mktemp("lax"), *PEOPLE)
    lax.conf.write_text(lax.conf.read_text().replace("disallow bind_anon", "allow bind_anon_dn bind_anon_cred"))
    lax.start()
    try:
        assert not DirectoryPasswords(settings(lax)).check("clerk", "")
        assert DirectoryPasswords(settings(lax)).check("clerk", "pass:with colon")
    finally:
        lax.kill()


def test_an_answer_counts_for_a_minute_and_no_longer(slapd: Slapd) -> None:
    now = 0.0
    known = DirectoryPasswords(settings(slapd), clock=lambda: now)
    assert known.check("clerk", "pass:with colon")
    assert not known.check("clerk", "new-pass")
    change = f"dn: uid=clerk,{BASE}\nchangetype: modify\nreplace: userPassword\nuserPassword: {{}}\n"
    slapd.modify(change.format("new-pass"))
    try:
        assert known.check("clerk", "pass:with colon")
        assert not known.check("clerk", "new-pass")
        now = 61.0
        assert not known.check("clerk", "pass:with colon")
        assert known.check("clerk", "new-pass")
    finally:
        slapd.modify(change.format("pass:with colon"))
    assert "pass" not in repr(vars(known)["_known"])


def test_guesses_are_not_asked_about_but_what_was_right_is(slapd: Slapd, monkeypatch: pytest.MonkeyPatch) -> None:
    now, asked = 0.0, list[str]()
    known = DirectoryPasswords(settings(slapd), clock=lambda: now)
    real = known._ask
    monkeypatch.setattr(known, "_ask", lambda login, password: asked.append(password) or real(login, password))
    assert known.check("twin", "x") is False
    assert known.check("clerk", "pass:with colon")
    for number in range(8):
        assert not known.check("Clerk " if number % 2 else "clerk", f"guess {number}")
        assert not known.check("clerk", "guess 0")  # the same one is no other guess
    for guess in ("one more", "guess 9"):
        with pytest.raises(SourceFault):
            known.check("clerk", guess)
    now = 120.0
    with pytest.raises(SourceFault):
        known.check("clerk", "guess 3")  # nor is it asked about again and again
    assert known.check("clerk", "pass:with colon")  # whoever works is not kept out by who guesses
    assert not known.check("twin", "y")  # nor is anybody else
    assert len(asked) == 12
    now = 601.0
    assert not known.check("clerk", "one more")
    assert len(asked) == 13


def test_down_is_neither_right_nor_wrong(slapd: Slapd) -> None:
    known = DirectoryPasswords(settings(slapd, timeout=2.0))
    assert known.check("clerk", "pass:with colon")
    slapd.kill()
    try:
        assert known.check("clerk", "pass:with colon")  # told within the minute
        with pytest.raises(SourceFault):
            known.check("clerk", "another")
        with pytest.raises(SourceFault):
            DirectoryPasswords(settings(slapd, timeout=2.0)).check("clerk", "pass:with colon")
    finally:
        slapd.start()
    assert not known.check("clerk", "another")


def test_a_wrong_password_of_our_own_is_a_fault(slapd: Slapd) -> None:
    mine = DirectoryPasswords(settings(slapd, password_file=None, password="wrong"))
    with pytest.raises(SourceFault):
        mine.check("clerk", "pass:with colon")


@pytest.mark.parametrize("more", [{"base": ""}, {"url": "http://x"}, {"url": "ldap://10.0.0.1", "starttls": False}])
def test_settings_that_would_never_work(slapd: Slapd, more: dict[str, object]) -> None:
    with pytest.raises(ConfigError):
        DirectoryPasswords(Ldap(**({"url": "ldaps://x", "base": BASE, "bind_dn": ADMIN} | more)))  # type: ignore[arg-type]
