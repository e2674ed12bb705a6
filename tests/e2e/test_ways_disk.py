"""All ways out while the disk under the gateway's state is full, read-only or cut off, and its room is locked."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait

import pytest

from quarantine.case import RoomUnavailable
from tests.e2e.disk import Disk
from tests.e2e.ways import DELIVERED, FAULT, HELD, TAKEN, WAYS, Ways
from tests.faults.troubles import kill_a_worker, locked, replug

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]

WELL = {way: [DELIVERED, HELD] if way != "drop" else [TAKEN, TAKEN] for way in WAYS}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory, need: Callable[..., None]) -> Iterator[tuple[Ways, Disk]]:
    need("fusermount3", "/dev/fuse", "mkfs.ext4", "/dev/loop-control")
    tmp = tmp_path_factory.mktemp("ways")
    with Disk(tmp / "var") as disk, Ways(tmp) as ways:
        yield ways, disk


def test_everything_works_at_first(place: tuple[Ways, Disk]) -> None:
    ways, _ = place
    assert ways.round("first") == WELL
    ways.account()


def test_a_full_disk(place: tuple[Ways, Disk]) -> None:
    ways, disk = place
    disk.fill()
    told = ways.round("full")
    for way in ("mail", "web", "mount"):  # what needs no new block may still be put on record, and then it is
        assert told[way] in ([FAULT, FAULT], [DELIVERED, FAULT]), told
    disk.relieve()
    ways.persist("full")
    ways.account()


@pytest.mark.parametrize("fault", ["turn_read_only", "lose_power"])
def test_a_disk_that_ends_amid_work(place: tuple[Ways, Disk], fault: str) -> None:
    """What was answered before stays true; nothing is accepted meanwhile; afterwards all goes on."""
    ways, disk = place
    before = ways.round(f"{fault}-before-")
    assert before == WELL
    getattr(disk, fault)()
    told = ways.round(f"{fault}-amid-")
    assert told["mail"] == told["web"] == told["mount"] == [FAULT, FAULT], told
    ways.box.kill()
    replug(disk)
    ways.box.start()
    ways.persist(f"{fault}-amid-")
    ways.account()


def test_a_room_that_another_process_has_locked(place: tuple[Ways, Disk]) -> None:
    """Senders wait and are answered as ever; beyond thirty seconds they would be told to come again."""
    ways, _ = place
    with ThreadPoolExecutor(8) as threads:
        with locked(ways.box):
            sent = {(way, kind): threads.submit(ways.send, way, f"locked{kind}") for way in WAYS for kind in "ml"}
            # The drop folder takes at once, and the mount may promise what is about nobody.
            assert len(wait(sent.values(), 2.0).not_done) >= 5
        told = {way: [sent[way, kind].result() for kind in "ml"] for way in WAYS}
    assert told == WELL
    ways.account()


def test_a_room_that_stays_locked_is_a_fault(place: tuple[Ways, Disk], monkeypatch: pytest.MonkeyPatch) -> None:
    ways, _ = place
    ways.box.stop()
    monkeypatch.setattr("quarantine.stores.database._BUSY", 0.5)
    room = ways.box.room()
    try:
        with locked(ways.box), pytest.raises(RoomUnavailable):
            room.outcome("none", "delivered")
    finally:
        room.close()


def test_workers_that_die(place: tuple[Ways, Disk]) -> None:
    """Whatever was being read is held or refused for now; nothing is lost."""
    ways, _ = place
    if ways.box.process is None:
        ways.box.start()
    with ThreadPoolExecutor(8) as threads:
        sent = [threads.submit(ways.send, way, f"killed{kind}") for way in WAYS for kind in "ml"]
        while not all(one.done() for one in sent):
            kill_a_worker(ways.box, random.Random(1))
            wait(sent, 0.3)
    ways.persist("killed")
    ways.account()
