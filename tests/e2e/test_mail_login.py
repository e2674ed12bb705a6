"""AUTH checked by others: passed on to a real next hop over TLS, or bound at a real directory server."""

from __future__ import annotations

import base64
import smtplib
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.directory.slapd import ADMIN, BASE, Slapd, entry
from tests.e2e.certificates import Authority, authority
from tests.e2e.harness import Box
from tests.e2e.nexthop import NextHop

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(120)]

OUTSIDE = "partner@outside.example"
MAIL = b"From: clerk@town.example\r\nSubject: meeting\r\n\r\nat ten\r\n"
WORD, WRONG = "kaki-no-ha-7", "sakura-no-ki-8"
_OFF = {"enabled": False}


@dataclass
class Gate:
    box: Box
    hop: NextHop
    ca: Authority

    def client(self) -> smtplib.SMTP:
        client = smtplib.SMTP("127.0.0.1", self.box.smtp_port, timeout=60)
        client.starttls(context=ssl.create_default_context(cafile=str(self.ca.path)))
        return client

    def told(self, login: str, password: str = WORD, sender: str = "clerk@town.example") -> tuple[int, str]:
        """The last reply to a mail sent with a password."""
        with self.client() as client:
            try:
                client.ehlo()
                client.user, client.password = login, password  # type: ignore[attr-defined]
                client.auth("PLAIN", client.auth_plain)
            except smtplib.SMTPAuthenticationError as refusal:
                return refusal.smtp_code, bytes(refusal.smtp_error).decode()
            code, text = client.mail(sender)
            if code == 250:
                code, text = client.rcpt(OUTSIDE)
            if code == 250:
                code, text = client.data(MAIL)
            return code, text.decode()

    def failed(self) -> list[tuple[str, object, object]]:
        room = self.box.room()
        try:
            entries = [entry for entry in room.entries() if entry.event == "login failed"]
            return [(entry.actor, entry.detail["channel"], entry.detail["attempts"]) for entry in entries]
        finally:
            room.close()

    def left_of(self, *words: str) -> list[Path]:
        """Where a word is to be read, plain or coded."""
        coded = [word.encode() for word in words]
        coded += [base64.b64encode(word.encode()).rstrip(b"=") for word in words]
        coded += [base64.b64encode(f"\0clerk\0{word}".encode()).rstrip(b"=") for word in words]
        files = [path for path in self.box.var.rglob("*") if path.is_file()]
        return [path for path in (*files, self.box.log) if any(word in path.read_bytes() for word in coded)]


@pytest.fixture(scope="module")
def passed_on(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gate]:
    tmp = tmp_path_factory.mktemp("passed")
    ca = authority(tmp / "ca")
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    server.load_cert_chain(*ca.issue("127.0.0.1"))
    cert, key = ca.issue("127.0.0.1")
    with NextHop(tls=server, users={"clerk": WORD, "clerk@town.example": WORD, "retired": WORD}) as hop:
        mail = {"next_hop": f"127.0.0.1:{hop.port}", "next_hop_tls": "require", "next_hop_ca": str(ca.path)}
        mail |= {"tls_cert": str(cert), "tls_key": str(key), "trusted": ["192.0.2.0/24"]}
        with Box(tmp / "box", mail=mail | {"passwords": "next_hop"}, web=_OFF, media=_OFF) as box:
            yield Gate(box, hop, ca)


def test_the_next_hop_says_whose_password_it_is(passed_on: Gate) -> None:
    gate = passed_on
    assert gate.told("clerk")[0] == 250
    assert gate.told("clerk@town.example")[0] == 250
    assert [mail.tls for mail in gate.hop.to(OUTSIDE)] == [True, True]
    assert gate.told("clerk", sender="clerk2@town.example")[0] == 553
    assert gate.told("clerk", WRONG) == (535, "5.7.8 the next hop knows no such password")
    assert gate.told("retired", sender="retired@town.example")[0] == 550, "a password does not outlive the post"
    for _ in range(3):
        assert gate.told("clerk", WRONG)[0] == 535
    assert gate.box.wait(gate.failed) == [("E001", "mail", 1)]  # told at most once a minute
    assert len(gate.hop.to(OUTSIDE)) == 2
    assert gate.left_of(WORD, WRONG) == []


def test_who_guesses_is_not_passed_on_any_more(passed_on: Gate) -> None:
    gate = passed_on
    asked = len(gate.hop.logins)
    codes = [gate.told("boss", f"guess {number}")[0] for number in range(14)]
    assert codes == [535] * 10 + [454] * 4
    assert len(gate.hop.logins) == asked + 10
    assert gate.told("boss")[0] == 454
    assert gate.told("clerk")[0] == 250  # whoever is meant by the guesses


@pytest.mark.parametrize("after", [b"AUTH LOGIN\r\n", b"AUTH PLAIN\r\n", b"AUTH PLAIN AGNsZXJrAGtha2k=\r\n"])
def test_who_vanishes_in_the_middle_of_it(passed_on: Gate, after: bytes) -> None:
    gate = passed_on
    for _ in range(3):
        client = gate.client()
        client.ehlo()
        assert client.sock is not None
        client.sock.sendall(after)
        client.sock.shutdown(socket.SHUT_RDWR)
        client.sock.close()
    assert gate.told("clerk")[0] == 250


def test_a_next_hop_that_cannot_say_is_no_wrong_password(passed_on: Gate) -> None:
    gate = passed_on
    gate.hop.knows = False
    before = gate.failed()
    for _ in range(12):
        assert gate.told("clerk")[0] == 454
    gate.hop.knows = True
    assert gate.told("clerk")[0] == 250
    assert gate.failed() == before


def test_a_way_on_which_others_listen_is_refused_at_start(tmp_path: Path) -> None:
    ca = authority(tmp_path / "ca")
    cert, key = ca.issue("127.0.0.1")
    mail = {"next_hop": "mail.town.example:25", "tls_cert": str(cert), "tls_key": str(key), "passwords": "next_hop"}
    box = Box(tmp_path / "box", mail=mail, web=_OFF, media=_OFF)
    with pytest.raises(AssertionError, match="next_hop_tls"), box:
        pass


def test_the_directory_says_whose_password_it_is(tmp_path: Path, need: Callable[..., None]) -> None:
    need("slapd")
    with ExitStack() as stack:
        slapd = Slapd(tmp_path, entry("clerk", "E001", userPassword=WORD))
        slapd.start()
        stack.callback(slapd.kill)
        hop = stack.enter_context(NextHop())
        ca = authority(tmp_path / "ca")
        cert, key = ca.issue("127.0.0.1")
        mail = {"next_hop": f"127.0.0.1:{hop.port}", "next_hop_tls": "none", "trusted": ["192.0.2.0/24"]}
        mail |= {"tls_cert": str(cert), "tls_key": str(key), "passwords": "directory"}
        ldap = {"enabled": True, "url": f"ldap://127.0.0.1:{slapd.port}", "ca": str(slapd.ca), "bind_dn": ADMIN}
        ldap |= {"password_file": str(slapd.password_file), "base": BASE, "timeout": 10.0}
        box = stack.enter_context(Box(tmp_path / "box", mail=mail, ldap=ldap, web=_OFF, media=_OFF))
        gate = Gate(box, hop, ca)
        assert gate.told("clerk")[0] == 250
        assert gate.told("clerk", sender="clerk2@town.example")[0] == 553
        assert gate.told("clerk", WRONG) == (535, "5.7.8 Authentication credentials invalid")
        assert gate.told("clerk", "")[0] == 535  # an unauthenticated bind would be a yes
        assert gate.box.wait(gate.failed) == [("E001", "mail", 1)]
        slapd.kill()
        assert gate.told("clerk", "never-seen-9")[0] == 454
        assert gate.left_of(WORD, WRONG, "never-seen-9") == []
