"""More than the gateway can read, and a gateway that is asked to stop amid work: told to come again, nothing lost."""

from __future__ import annotations

import http.client
import os
import signal
import smtplib
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait

import pytest

from tests.e2e.ways import DELIVERED, FAULT, HELD, TAKEN, WAYS, Ways, mail_of
from tests.faults.troubles import workers

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(240)]

_QUEUE = 4


@pytest.fixture(scope="module")
def ways(tmp_path_factory: pytest.TempPathFactory, need: Callable[..., None]) -> Iterator[Ways]:
    need("fusermount3", "/dev/fuse")
    with Ways(tmp_path_factory.mktemp("load"), inspection={"workers": 1, "queue": _QUEUE}) as ways:
        yield ways


def _all(processes: list[int], number: signal.Signals) -> None:
    for one in processes:
        os.kill(one, number)


def _mail(ways: Ways, name: str) -> str:
    with smtplib.SMTP("127.0.0.1", ways.box.smtp_port, timeout=60) as client:
        client.ehlo()
        client.mail("clerk@town.example")
        client.rcpt(f"{name}@outside.example")
        code, said = client.data(mail_of(name))
    return f"{code} {said.decode()}"


def _upload(ways: Ways, name: str) -> tuple[int, str | None]:
    connection = http.client.HTTPConnection("127.0.0.1", ways.box.proxy_port, timeout=60)
    connection.request("POST", f"{ways.server.url}/{name}", b"words")
    answer = connection.getresponse()
    return answer.status, answer.getheader("Retry-After")


def test_more_than_may_wait_is_told_to_come_again(ways: Ways) -> None:
    readers = workers(ways.box)
    names, taken = [f"wait{n}m" for n in range(_QUEUE + 8)], _QUEUE + len(readers)  # some are being read
    _all(readers, signal.SIGSTOP)
    with ThreadPoolExecutor(32) as threads:
        try:
            sent = [threads.submit(ways.send, "mail", name) for name in names]
            ways.box.wait(lambda: sum(one.done() for one in sent) == len(names) - taken)
            assert _mail(ways, "morem").startswith("451 4.3.0")
            assert _upload(ways, "morem") == (503, "30")
            assert ways.send("mount", "morem") == FAULT
            assert ways.send("drop", "morem") == TAKEN  # and waits there
        finally:
            _all(readers, signal.SIGCONT)
        assert Counter(one.result() for one in sent) == {DELIVERED: taken, FAULT: len(names) - taken}
    for way, name in [("mail", name) for name in names] + [(way, "morem") for way in WAYS]:
        assert (way, name) in ways.told or ways.send(way, name) == DELIVERED
    ways.account()


def test_a_gateway_that_is_asked_to_stop_answers_what_it_has(ways: Ways) -> None:
    with ThreadPoolExecutor(16) as threads:
        sent = [threads.submit(ways.send, way, f"last{n}{kind}") for way in WAYS for n in range(2) for kind in "ml"]
        wait(sent, return_when="FIRST_COMPLETED")
        assert ways.box.stop() == 0
        told = [one.result() for one in sent]
    assert set(told) <= {DELIVERED, HELD, FAULT, TAKEN}
    ways.box.start()
    for n in range(2):
        ways.persist(f"last{n}")
    ways.account()


def test_an_upload_under_way_is_finished_and_a_new_one_refused(ways: Ways) -> None:
    """The worker stands still while the gateway is asked to stop: who waits is answered once it goes on."""
    readers = workers(ways.box)
    _all(readers, signal.SIGSTOP)
    with ThreadPoolExecutor(4) as threads:
        try:
            under_way = threads.submit(_upload, ways, "underwaym")
            before = ways.box.log.read_text().count("finishing uploads")
            wait([under_way], 1.0)  # nothing tells that it has arrived
            stopping = threads.submit(ways.box.stop)
            ways.box.wait(lambda: ways.box.log.read_text().count("finishing uploads") > before)
            assert _upload(ways, "newm") == (503, "30")
        finally:
            _all(readers, signal.SIGCONT)
        assert under_way.result() == (200, None)
        assert stopping.result() == 0
    assert [one.path for one in ways.server.arrived].count("/underwaym") == 1
    ways.box.start()
