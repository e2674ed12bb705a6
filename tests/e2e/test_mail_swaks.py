"""swaks' options, one after the other, through the real gateway to a real next hop: each does what it does elsewhere."""

from __future__ import annotations

import base64
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import bcrypt
import pytest

from tests.e2e.certificates import authority
from tests.e2e.harness import Box
from tests.e2e.nexthop import NextHop
from tests.e2e.people import CSV

pytestmark = pytest.mark.e2e
OUTSIDE = "partner@outside.example"


@dataclass
class Gate:
    box: Box
    hop: NextHop
    folder: Path
    ca: Path

    def swaks(self, *options: str, to: str = OUTSIDE, sender: str = "clerk@town.example") -> tuple[int, str]:
        """swaks' exit code and its whole transcript."""
        address = ["--server", "127.0.0.1", "--port", str(self.box.smtp_port), "--timeout", "60"]
        command = ["swaks", *address, "--from", sender, "--to", to, *options]
        done = subprocess.run(command, capture_output=True, text=True, timeout=100, check=False)
        return done.returncode, done.stdout + done.stderr


@pytest.fixture(scope="module")
def gate(need: Callable[..., None], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gate]:
    need("swaks")
    folder = tmp_path_factory.mktemp("swaks")
    ca = authority(folder / "ca")
    cert, key = ca.issue("127.0.0.1")
    users = folder / "users"
    users.write_text(f"clerk:{bcrypt.hashpw(b'right', bcrypt.gensalt(4)).decode()}\n")
    off = {"enabled": False}
    with NextHop() as hop:
        mail = {
            "next_hop": f"127.0.0.1:{hop.port}",
            "next_hop_tls": "none",
            "tls_cert": str(cert),
            "tls_key": str(key),
            "users": str(users),
        }
        (folder / "list.csv").write_bytes(CSV.encode("cp932"))
        (folder / "note.txt").write_text("The meeting is at three.\n")
        (folder / "data").write_text("From: a@b.example\nSubject: from a file\n\n.dot\nlast\n")
        with Box(folder / "box", mail=mail, web=off, media=off) as box:
            box.wait(lambda: hop.to("admin@town.example"))
            yield Gate(box, hop, folder, ca.path)


@pytest.fixture(autouse=True)
def fresh(gate: Gate) -> None:
    gate.hop.mails.clear()


@pytest.mark.parametrize(
    ("options", "found"),
    [
        ([], b"This is a test mailing"),
        (["--body", "hello there"], b"hello there"),
        (["--body", "@{folder}/note.txt"], b"The meeting is at three."),
        (["--header", "Subject: a header of ours"], b"Subject: a header of ours\r\n"),
        (["--h-Subject", "set by name"], b"Subject: set by name\r\n"),
        (["--add-header", "X-More: one"], b"X-More: one\r\n"),
        (["--h-X-Two", "2"], b"X-Two: 2\r\n"),
        (["--data", "@{folder}/data"], b"Subject: from a file\r\n\r\n.dot\r\nlast\r\n"),
        (["--no-data-fixup", "--data", "Subject: raw\r\n\r\nraw\r\n.\r\n"], b"raw"),
        (["--attach", "@{folder}/note.txt"], base64.b64encode(b"The meeting is at three.\n")[:30]),
        (["--attach-type", "text/csv", "--attach", "@{folder}/note.txt"], b"Content-Type: text/csv"),
        (["--attach-name", "minutes.txt", "--attach", "@{folder}/note.txt"], b"minutes.txt"),
        (["--attach-type", "text/html", "--attach-body", "<p>hello</p>"], b"text/html"),
        (["--helo", "scanner.town.example"], b"This is a test mailing"),
        (["--ehlo", "scanner.town.example"], b"This is a test mailing"),
        (["--protocol", "SMTP"], b"This is a test mailing"),
        (["--protocol", "ESMTP"], b"This is a test mailing"),
        (["--pipeline"], b"This is a test mailing"),
        (["--tls"], b"This is a test mailing"),
        (["--tls", "--tls-verify", "--tls-ca-path", "{ca}"], b"This is a test mailing"),
        (["--tls-optional"], b"This is a test mailing"),
        (["--tls-optional-strict"], b"This is a test mailing"),
        (["--tls", "--tls-protocol", "tlsv1_3"], b"This is a test mailing"),
        (["--tls", "--tls-protocol", "tlsv1_2"], b"This is a test mailing"),
        (["--tls", "--pipeline"], b"This is a test mailing"),
        (["--protocol", "ESMTPS"], b"This is a test mailing"),
        (["--tls", "--auth", "PLAIN", "--au", "clerk", "--ap", "right"], b"This is a test mailing"),
        (["--tls", "--auth", "LOGIN", "--au", "clerk", "--ap", "right"], b"This is a test mailing"),
        (["--protocol", "ESMTPSA", "--au", "clerk", "--ap", "right"], b"This is a test mailing"),
        (["--tls", "--auth-optional", "PLAIN", "--au", "clerk", "--ap", "right"], b"This is a test mailing"),
        (["--auth-optional", "PLAIN", "--au", "clerk", "--ap", "right"], b"This is a test mailing"),
        (["--silent", "1"], b"This is a test mailing"),
        (["--local-interface", "127.0.0.1"], b"This is a test mailing"),
        (["-4"], b"This is a test mailing"),
    ],
    ids=lambda value: " ".join(value)[:40] if isinstance(value, list) else "",
)
def test_it_arrives(gate: Gate, options: list[str], found: bytes) -> None:
    filled = [option.format(folder=gate.folder, ca=gate.ca) if "{" in option else option for option in options]
    code, said = gate.swaks(*filled)
    assert code == 0, said
    (mail,) = gate.hop.to(OUTSIDE)
    assert found in mail.content
    assert mail.mail_from == "clerk@town.example"


def test_several_recipients_get_one_mail(gate: Gate) -> None:
    code, said = gate.swaks(to=f"{OUTSIDE},b@outside.example,c@outside.example")
    assert code == 0, said
    (mail,) = gate.hop.mails
    assert sorted(mail.rcpt_to) == sorted([OUTSIDE, "b@outside.example", "c@outside.example"])


@pytest.mark.parametrize("attach", ["@{folder}/list.csv", "@{folder}/note.txt @{folder}/list.csv"])
def test_a_list_is_held(gate: Gate, attach: str) -> None:
    files = [part.format(folder=gate.folder) for part in attach.split()]
    code, said = gate.swaks("--tls", *(word for name in files for word in ("--attach", name)))
    assert (code, "held for review, case " in said) == (0, True)
    assert gate.hop.to(OUTSIDE) == []


@pytest.mark.parametrize(
    ("options", "exit_code", "reply"),
    [
        (["--tls", "--auth", "PLAIN", "--au", "clerk", "--ap", "wrong"], 28, "535"),
        (["--auth", "PLAIN", "--au", "clerk", "--ap", "right"], 28, ""),  # no password in the clear
        (["--tls", "--auth", "CRAM-MD5", "--au", "clerk", "--ap", "right"], 28, ""),
        (["--xclient", "ADDR=10.0.0.9"], 33, ""),
        # From no listed peer: it is a command that there is not, and swaks is one answer behind from then on.
        (["--proxy", "TCP4 10.0.0.9 127.0.0.1 1000 25"], 25, '500 Error: command "PROXY" not recognized'),
        (["--quit-after", "RCPT"], 0, "250"),
        (["--quit-after", "EHLO"], 0, "250"),
        (["--drop-after", "RCPT"], 0, "<-  250 2.1.5 Ok\n=== Dropping connection"),
        (["--drop-after-send", "RCPT"], 0, f" -> RCPT TO:<{OUTSIDE}>\n=== Dropping connection"),
        (["--drop-after", "DATA"], 0, "<-  354 End data with <CR><LF>.<CR><LF>\n=== Dropping connection"),
        (["--drop-after-send", "DATA"], 0, " -> DATA\n=== Dropping connection"),
    ],
    ids=lambda value: " ".join(value)[:40] if isinstance(value, list) else "",
)
def test_nothing_leaves(gate: Gate, options: list[str], exit_code: int, reply: str) -> None:
    code, said = gate.swaks(*options)
    assert code == exit_code, said
    assert reply in said
    assert gate.swaks(to="after@outside.example")[0] == 0  # and the next one does, behind whatever was on its way
    assert (gate.hop.to(OUTSIDE), len(gate.hop.to("after@outside.example"))) == ([], 1)


def test_a_leaver_and_the_null_sender(gate: Gate) -> None:
    code, said = gate.swaks(sender="retired@town.example")
    assert (code, "550 5.7.1" in said) == (26, True)
    code, said = gate.swaks(sender="<>")
    assert (code, "held for review" in said) == (0, True)
    assert gate.hop.to(OUTSIDE) == []
