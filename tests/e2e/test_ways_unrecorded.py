"""The disk fills up between the next hop's word and our own record of it: nobody's mail goes twice, no row lacks it."""

from __future__ import annotations

import signal
import time
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.e2e.disk import Disk
from tests.e2e.ways import DELIVERED, FAULT, Ways

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(240)]
_OFF = {"enabled": False}


@pytest.fixture
def place(tmp_path_factory: pytest.TempPathFactory, need: Callable[..., None]) -> Iterator[tuple[Ways, Disk]]:
    need("mkfs.ext4", "/dev/loop-control")
    tmp = tmp_path_factory.mktemp("unrecorded")
    with (
        Disk(tmp / "var") as disk,
        Ways(tmp, web=_OFF, media=_OFF | {"mounts": {}}, metrics={"enabled": True, "port": 0}) as ways,
    ):
        yield ways, disk


def _waiting(ways: Ways) -> int:
    """Outcomes that the room does not have yet."""
    with urllib.request.urlopen(ways.box.places["metrics"], timeout=20) as answer:
        lines = answer.read().decode().splitlines()
    return int(float(next(line for line in lines if line.startswith("sekisho_outcomes_unrecorded ")).split()[1]))


def _outcomes(ways: Ways, name: str) -> list[str]:
    room = ways.box.room()
    try:
        return [row.outcome for row in room.ledger() if row.entry.destination == (f"{name}@outside.example",)]
    finally:
        room.close()


def _deliver_onto_a_full_disk(ways: Ways, disk: Disk, name: str) -> None:
    """The next hop takes a mail, and only then the disk is full; the client is told that it is delivered."""
    ways.hop.misbehave("dot", "silent")
    with ThreadPoolExecutor(1) as threads:
        sent = threads.submit(ways.send, "mail", name)
        ways.box.wait(lambda: name in ways.hop.taken(), 30)
        disk.fill()
        ways.hop.behave()
        assert sent.result(60) == DELIVERED


def test_an_outcome_the_disk_has_no_room_for_is_kept_held_against_repeats_and_written_later(
    place: tuple[Ways, Disk],
) -> None:
    ways, disk = place
    _deliver_onto_a_full_disk(ways, disk, "first")
    ways.box.wait(lambda: _waiting(ways) == 1, 30)
    assert ways.send("mail", "first") == DELIVERED  # it heard nothing, say, and tries again
    assert ways.send("mail", "another") == FAULT
    assert list(map(len, ways.hop.taken().values())) == [1]
    disk.relieve()
    ways.box.wait(lambda: _waiting(ways) == 0, 30)
    assert _outcomes(ways, "first") == ["delivered"]
    assert ways.send("mail", "first") == ways.send("mail", "another") == DELIVERED
    assert list(map(len, ways.hop.taken().values())) == [1, 1]


def test_a_gateway_that_is_stopped_writes_it_down_at_its_end(place: tuple[Ways, Disk]) -> None:
    ways, disk = place
    _deliver_onto_a_full_disk(ways, disk, "last")
    ways.box.wait(lambda: _waiting(ways) == 1, 30)
    process = ways.box.process
    assert process is not None
    process.send_signal(signal.SIGTERM)
    time.sleep(2.0)  # it is on its way out
    disk.relieve()
    assert ways.box.stop() == 0
    assert _outcomes(ways, "last") == ["delivered"]
    ways.box.start()
    assert ways.send("mail", "last") == DELIVERED
    assert list(map(len, ways.hop.taken().values())) == [1]
