"""SMTP smuggling against a real Postfix that still takes bare line ends: of no variant does a second mail come out.

The variants are those of SEC Consult's list (2023), of Postfix's, Exim's and Sendmail's own notes on it, and ends of
lines and headers put into commands. The other direction, answers a next hop puts into answers: tests/delivery.
"""

from __future__ import annotations

import itertools
import os
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from tests.e2e.harness import Box
from tests.e2e.nexthop import NextHop
from tests.e2e.postfix import Postfix

pytestmark = pytest.mark.e2e
VICTIM = "victim@outside.example"
SECOND = b"MAIL FROM:<boss@town.example>\r\nRCPT TO:<victim@outside.example>\r\nDATA\r\nSubject: two\r\n\r\nx\r\n.\r\n"

#: What some server somewhere takes for the end of a mail. None holds CR LF . CR LF, which is one everywhere.
ENDS = [
    *(before + b"." + after for before, after in itertools.product((b"\n", b"\r", b"\r\n", b"\n\n", b"\r\r\n", b"\r\r"),
      (b"\n", b"\r", b"\r\n", b"\n\r\n", b"\r\r\n", b"\r\n\n")) if b"\r\n.\r\n" not in before + b"." + after),
    b"\r\n\0.\r\n", b"\r\n.\0\r\n", b"\r\0\n.\r\n", b"\r\n.\r\0\n", b"\r\n\0.\0\r\n", b"\n\0.\n", b"\0\r\n.\n",
    b"\r\n .\r\n", b"\r\n. \r\n", b"\r\n\t.\r\n", b"\r\n.\t\r\n", b"\r\n\x0b.\r\n", b"\x0b.\x0b", b"\x0c.\x0c", b"\x1c.\x1c",
    b"\xc2\x85.\xc2\x85", b"\x85.\x85", b"\xe2\x80\xa8.\xe2\x80\xa8", b"\r\n..\r\n", b"\r\n...\r\n", b"\r\n..\n", b"\n..\n",
    b"\x8d\x8a.\x8d\x8a", b"\xe5\x98\x8d\xe5\x98\x8a.\xe5\x98\x8d\xe5\x98\x8a", b"\r\n" + b"z" * 2000 + b"\n.\n",
    b"\r\n" + b"z" * 998 + b".\r\n", b"\r\n" + b"z" * 70_000 + b".\r\n",
]  # fmt: skip
PARAMETERS = [b"", b" BODY=8BITMIME", b" BODY=7BIT", b" SMTPUTF8 BODY=8BITMIME", b" SIZE=100"]

#: Commands that carry a second one, or a header; none may be taken as it stands.
COMMANDS = [
    b"MAIL FROM:<clerk@town.example>\nRCPT TO:<victim@outside.example>\r\n",
    b"MAIL FROM:<clerk@town.example\r> RCPT TO:<victim@outside.example>\r\n",
    b"MAIL FROM:<clerk@town.example> RET=FULL\rRCPT TO:<victim@outside.example>\r\n",
    b"MAIL FROM:<clerk@town.example> BODY=BINARYMIME\r\n",
    b"MAIL FROM:<clerk@town.example> AUTH=<>\rX\r\n",
    b"MAIL FROM:<clerk@town.example>\0\r\n",
    b'MAIL FROM:<"a\r\nRCPT TO:<victim@outside.example>"@town.example>\r\n',
    b"RCPT TO:<partner@outside.example\rRCPT TO:<victim@outside.example>\r\n",
    b'RCPT TO:<"x\0"@outside.example>\r\n',
    b"RCPT TO:<partner@outside.example>\x0bRCPT TO:<victim@outside.example>\r\n",
    b"RCPT TO:<partner@outside.example> ORCPT=rfc822;a\rX-Injected:1\r\n",
    b"BDAT 60 LAST\r\n",
    b"XFORWARD NAME=a\rMAIL\r\n",
]


@dataclass
class Street:
    """Client's port, the last hop, and the Postfix between it and the gateway."""

    port: int
    hop: NextHop
    postfix: Postfix
    wait: Callable[[Callable[[], object]], object]


@pytest.fixture(scope="module")
def street(need: Callable[..., None], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Street]:
    need("postfix")
    if os.geteuid() != 0:
        pytest.skip("a private Postfix needs root")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    off = {"enabled": False}
    settings = {"next_hop": f"127.0.0.1:{port}", "next_hop_tls": "none"}
    with NextHop() as hop, Box(tmp_path_factory.mktemp("street"), mail=settings, web=off, media=off) as box:
        main = f"relayhost = [127.0.0.1]:{hop.port}\nsmtpd_forbid_bare_newline = no\nsmtpd_forbid_unauth_pipelining = no\nsmtputf8_enable = yes\n"
        with Postfix("smuggle", main=main, master=f"127.0.0.1:{port} inet n - n - - smtpd\n") as postfix:
            yield Street(box.smtp_port, hop, postfix, box.wait)
            box.wait(lambda: "Mail queue is empty" in postfix.queue())
            assert hop.to(VICTIM) == []
            assert "victim" not in postfix.log()


class Client:
    """A raw connection."""

    def __init__(self, port: int) -> None:
        self.wire = socket.create_connection(("127.0.0.1", port), timeout=60)
        self.stream = self.wire.makefile("rb")
        self.answer()
        self.say(b"EHLO c.example\r\n")

    def answer(self) -> bytes:
        while (line := self.stream.readline())[3:4] == b"-":
            pass
        return line

    def say(self, data: bytes) -> bytes:
        self.wire.sendall(data)
        return self.answer()

    def close(self) -> None:
        self.wire.close()


@pytest.mark.parametrize("parameters", PARAMETERS)
def test_no_end_but_the_one_end(street: Street, parameters: bytes) -> None:
    client = Client(street.port)
    for end in ENDS:
        assert client.say(b"MAIL FROM:<clerk@town.example>" + parameters + b"\r\n")[:3] == b"250"
        assert client.say(b"RCPT TO:<partner@outside.example>\r\n")[:3] == b"250"
        assert client.say(b"DATA\r\n")[:3] == b"354"
        # All of it is one mail: one answer, though commands and an end follow, and the next one is to RSET.
        attack = b"Subject: one\r\n\r\nfirst" + end + SECOND
        code = client.say(attack)[:3]
        bare = not attack.count(b"\r") == attack.count(b"\n") == attack.count(b"\r\n")
        assert code in ((b"550",) if bare else (b"250", b"500")), end
        assert client.say(b"RSET\r\n").startswith(b"250 2.0.0"), end
    client.close()
    assert street.hop.to(VICTIM) == []


def test_what_comes_through_is_one_mail(street: Street) -> None:
    """The variants without bare CR or LF reach the last hop whole, their commands as text."""
    street.hop.mails.clear()
    client = Client(street.port)
    for end in (b"\r\n..\r\n", b"\r\n\0.\r\n", b"\r\n .\r\n", b"\xc2\x85.\xc2\x85"):
        for line in (b"MAIL FROM:<clerk@town.example>\r\n", b"RCPT TO:<one@outside.example>\r\n", b"DATA\r\n"):
            client.say(line)
        assert client.say(b"Subject: one\r\n\r\nfirst" + end + SECOND)[:3] == b"250"
    client.close()
    street.wait(lambda: len(street.hop.to("one@outside.example")) == 4)
    mails = street.hop.to("one@outside.example")
    assert len(mails) == 4
    assert all(b"RCPT TO:<victim@outside.example>" in mail.content for mail in mails)


@pytest.mark.parametrize("command", COMMANDS, ids=range(len(COMMANDS)))
def test_no_command_carries_another(street: Street, command: bytes) -> None:
    client = Client(street.port)
    if command.startswith((b"RCPT", b"BDAT")):
        client.say(b"MAIL FROM:<clerk@town.example>\r\n")
    client.wire.sendall(command + b"NOOP\r\nQUIT\r\n")
    answers = [line[:3] for line in client.stream]
    client.close()
    # A bare LF ends a command, as everywhere: what follows it is the client's own next command, not a smuggled one.
    assert answers[0][:1] == b"5" or b"\n" in command[:-2]
    assert answers[-1] == b"221"
    assert street.hop.to(VICTIM) == []


def test_commands_sent_with_the_content_are_taken_after_it(street: Street) -> None:
    client = Client(street.port)
    client.wire.sendall(
        b"MAIL FROM:<clerk@town.example>\r\nRCPT TO:<partner@outside.example>\r\nDATA\r\nSubject: one\r\n\r\nx\r\n.\r\nNOOP\r\nQUIT\r\n"
    )
    answers = [line[:3] for line in client.stream]
    client.close()
    assert answers == [b"250", b"250", b"354", b"250", b"250", b"221"]
