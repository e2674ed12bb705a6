"""A real Postfix as the next hop: whom it refuses is refused while the client waits, what it takes it is given."""

from __future__ import annotations

import smtplib
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from dlp.delivery.letter import ROOM
from tests.e2e.harness import Box
from tests.e2e.nexthop import NextHop
from tests.e2e.people import CSV
from tests.e2e.postfix import Postfix
from tests.extract import makers
from tests.faults.hop import free_port

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(120)]

_LIMIT = 40_000  # bytes of a mail the next hop takes
_GOOD, _NOBODY, _FULL = (f"{name}@outside.example" for name in ("good", "nobody", "full"))
_HEAD = b"From: clerk@town.example\r\nTo: good@outside.example\r\nSubject: meeting\r\n\r\n"
_RULES = f"""
message_size_limit = {_LIMIT}
queue_minfree = 0
smtpd_recipient_restrictions =
  check_recipient_access inline:{{ {{ {_NOBODY} = 550 5.1.1 no such user here }}, {{ {_FULL} = 452 4.2.2 full }} }}
smtpd_sender_restrictions = check_sender_access inline:{{ {{ barred@town.example = 550 5.7.1 not you }} }}
smtpd_delay_reject = no
"""


@dataclass
class Town:
    box: Box
    sink: NextHop
    back: int  # the port of the Postfix behind the gateway
    front: int  # the port of a Postfix that relays through the gateway
    queue: Postfix

    def arrived(self) -> int:
        return len(self.sink.to(_GOOD))


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory, need: Callable[..., None]) -> Iterator[Town]:
    need("postfix", "swaks", "smtp-source")
    back, front = free_port(), free_port()
    off = {"enabled": False}
    settings = {"next_hop": f"127.0.0.1:{back}", "next_hop_tls": "none"}
    with (
        NextHop() as sink,
        Postfix(
            "behind",
            main=_RULES + f"relayhost = [127.0.0.1]:{sink.port}\n",
            master=f"127.0.0.1:{back} inet n - n - - smtpd\n",
        ),
        Box(tmp_path_factory.mktemp("town"), mail=settings, web=off, media=off) as box,
        Postfix(
            "front",
            main=f"relayhost = [127.0.0.1]:{box.smtp_port}\n",
            master=f"127.0.0.1:{front} inet n - n - - smtpd\n",
        ) as queue,
    ):
        yield Town(box, sink, back, front, queue)


def test_each_recipient_has_the_next_hops_own_answer(town: Town) -> None:
    before = town.arrived()
    with smtplib.SMTP("127.0.0.1", town.box.smtp_port, timeout=60) as client:
        client.ehlo()
        client.mail("clerk@town.example")
        assert client.rcpt(_NOBODY)[0] == 550
        code, text = client.rcpt(_FULL)
        assert (code, text[:5], b"full" in text) == (452, b"4.2.2", True)
        assert client.rcpt(_GOOD)[0] == 250
        assert client.data(_HEAD + b"the first\r\n")[0] == 250
        client.mail("barred@town.example")
        code, text = client.rcpt(_GOOD)
        assert (code, text[:5], b"not you" in text) == (550, b"5.7.1", True)
    town.box.wait(lambda: town.arrived() == before + 1)


def test_a_list_of_dead_addresses_is_refused_one_by_one(town: Town) -> None:
    """Postfix slows down at 10 refusals and leaves at 20, on a connection that delivers nothing."""
    before = town.arrived()
    with smtplib.SMTP("127.0.0.1", town.box.smtp_port, timeout=60) as client:
        client.ehlo()
        client.mail("clerk@town.example")
        assert client.rcpt(_GOOD)[0] == 250
        assert [client.rcpt(_NOBODY)[0] for _ in range(45)] == [550] * 45
        assert client.data(_HEAD + b"to whom there is\r\n")[0] == 250
    town.box.wait(lambda: town.arrived() == before + 1)


def test_a_pipelining_client_and_a_list(town: Town) -> None:
    before = town.arrived()
    command = ["swaks", "--server", "127.0.0.1", "--port", str(town.box.smtp_port), "--pipeline"]
    to = ["--from", "clerk@town.example", "--to", f"{_NOBODY},{_GOOD}"]
    done = subprocess.run([*command, *to, "--body", "hello"], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout
    assert "no such user here" in done.stdout
    town.box.wait(lambda: town.arrived() == before + 1)
    with smtplib.SMTP("127.0.0.1", town.box.smtp_port, timeout=60) as client:
        refused = client.sendmail("clerk@town.example", [_NOBODY, _GOOD], makers.eml(body=CSV))
    assert [code for code, _ in refused.values()] == [550]
    (case,) = town.box.cases()
    assert case.entry.destination == (_GOOD,)
    town.box.approve(case.id)
    town.box.wait(lambda: town.arrived() == before + 2)


def test_a_postfix_in_front_returns_only_what_was_refused(town: Town) -> None:
    before = town.arrived()
    with smtplib.SMTP("127.0.0.1", town.front, timeout=60) as client:
        client.sendmail("clerk@town.example", [_NOBODY, _GOOD, _FULL], _HEAD + b"from the queue\r\n")
    town.box.wait(lambda: town.arrived() == before + 1)
    town.box.wait(lambda: "no such user here" in town.queue.log())
    town.box.wait(lambda: _FULL in town.queue.queue() and _GOOD not in town.queue.queue())


def test_many_at_once_by_a_client_that_reuses_its_connections(town: Town) -> None:
    before = town.arrived()
    command = ["smtp-source", "-s", "10", "-m", "100", "-d", "-l", "2000", "-f", "clerk@town.example", "-t", _GOOD]
    done = subprocess.run([*command, f"127.0.0.1:{town.box.smtp_port}"], capture_output=True, timeout=90, check=False)
    assert done.returncode == 0, done.stderr
    town.box.wait(lambda: town.arrived() == before + 100)


def _of(size: int) -> bytes:
    lines = _HEAD + (b"x" * 70 + b"\r\n") * ((size - len(_HEAD)) // 72 - 1)
    return lines + b"y" * (size - len(lines) - 2) + b"\r\n"


def _taken(port: int, content: bytes) -> bool:
    with smtplib.SMTP("127.0.0.1", port, timeout=60) as client:
        client.ehlo()
        client.mail("clerk@town.example")
        client.rcpt(_GOOD)
        return client.data(content)[0] == 250


def test_what_the_next_hop_takes_less_our_header_is_taken(town: Town) -> None:
    """Postfix counts its queue file, a little more than the mail: so the largest it takes is found by trying."""
    taken, refused = _LIMIT // 2, _LIMIT + 1
    while refused - taken > 64:
        middle = (taken + refused) // 2
        taken, refused = (middle, refused) if _taken(town.back, _of(middle)) else (taken, middle)
    assert taken < _LIMIT
    assert _taken(town.box.smtp_port, _of(taken - ROOM))
    town.box.wait(lambda: any(_of(taken - ROOM) in mail.content for mail in town.sink.to(_GOOD)))
    with smtplib.SMTP("127.0.0.1", town.box.smtp_port, timeout=60) as client:
        client.ehlo()
        assert int(client.esmtp_features["size"]) == _LIMIT - ROOM
        with pytest.raises(smtplib.SMTPSenderRefused, match="552"):
            client.sendmail("clerk@town.example", [_GOOD], _of(_LIMIT - ROOM + 1))
