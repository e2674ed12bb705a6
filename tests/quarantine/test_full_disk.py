"""A disk without room: a clear error, nothing half there, and everything goes on once there is room again."""

from __future__ import annotations

import contextlib
import os
import subprocess
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from dlp.alarms import Alarms
from dlp.evidence import Notary
from dlp.evidence.watch import Watch
from dlp.settings import Config
from dlp.settings import Quarantine as QuarantineSettings
from quarantine.case import Decision, LedgerEntry, Move, NewCase, Notice, RoomUnavailable, Status
from quarantine.keys import KeyRing
from quarantine.room import Room

SIZE = 24 * 1024 * 1024


@pytest.fixture
def small_disk(tmp_path: Path, need: Callable[..., None]) -> Iterator[Path]:
    """A tmpfs of 24 MiB."""
    need("mount", "umount")
    if os.geteuid() != 0:
        if os.environ.get("REQUIRE") == "all":
            pytest.fail("mounting a small disk needs root")
        pytest.skip("mounting a small disk needs root")
    disk = tmp_path / "disk"
    disk.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", str(disk)], check=True)
    yield disk
    ended = subprocess.run(["umount", str(disk)], check=False)
    if ended.returncode:  # a file was left open: say so, but do not leave the mount
        subprocess.run(["umount", "--lazy", str(disk)], check=True)
    assert ended.returncode == 0


@pytest.fixture
def tight(small_disk: Path, ring: KeyRing) -> Iterator[Room]:
    """A room on the small disk."""
    room = Room.open(small_disk / "room", ring)
    yield room
    room.close()


def leave(disk: Path, free: int) -> None:
    """Fill the disk but for `free` bytes (whole pages)."""
    filler = disk / "filler"
    filler.unlink(missing_ok=True)
    space = os.statvfs(disk)
    with filler.open("wb") as file:
        file.write(b"\1" * max(0, space.f_bavail * space.f_bsize - free))


def make_room(disk: Path) -> None:
    (disk / "filler").unlink(missing_ok=True)


def check_whole(room: Room, disk: Path) -> None:
    cases = room.cases(limit=10_000)
    blobs = [path for path in (disk / "room" / "blobs").rglob("*") if path.is_file()]
    assert len(blobs) == len(cases) == len(room.ledger(limit=10_000)) == len(room.notices(10_000))
    assert len([entry for entry in room.entries(limit=1_000_000) if entry.event == "admit"]) == len(cases)
    for case in cases:
        assert len(room.content(case.id, "test", "look")) == case.entry.size
    assert room.verify() == []


def test_content_that_does_not_fit(tight: Room, small_disk: Path, make_case: Callable[..., NewCase]) -> None:
    big = b"x" * (2 * SIZE)
    with pytest.raises(RoomUnavailable, match="No space left"):
        tight.admit(make_case(big), big)
    assert tight.cases() == []
    assert not [path for path in (small_disk / "room" / "blobs").rglob("*") if path.is_file()]
    small = make_case(b"small", notices=(Notice(to="a", subject="s", body="b"),))
    tight.admit(small, b"small")
    check_whole(tight, small_disk)


def test_wherever_the_space_ends(tight: Room, small_disk: Path, make_case: Callable[..., NewCase]) -> None:
    """Space for 0, 1, 2 … pages: it ends in the blob, in the log, in the database; never half."""
    failed = admitted = 0
    for pages in range(45):
        content = b"c" * 20_000
        tokens = tuple(number.to_bytes(16) for number in range(500))
        new = make_case(content, tokens=tokens, notices=(Notice(to="a", subject="s", body="b"),))
        leave(small_disk, pages * 4096)
        try:
            tight.admit(new, content)
            admitted += 1
        except RoomUnavailable:
            failed += 1
            assert tight.ledger(limit=1) == [] or tight.ledger(limit=1)[0].entry.transfer != new.entry.transfer
        make_room(small_disk)
        check_whole(tight, small_disk)
        if not tight.cases() or tight.cases(limit=1000)[-1].entry.transfer != new.entry.transfer:
            tight.admit(new, content)  # the same transfer, once there is room again
        check_whole(tight, small_disk)
    assert failed > 5
    assert admitted > 5


def test_a_decision_that_does_not_fit(tight: Room, small_disk: Path, make_case: Callable[..., NewCase]) -> None:
    case = tight.admit(make_case(), b"content")
    leave(small_disk, 0)
    word = Decision(actor="boss", move=Move.APPROVE, reason="ok" * 50_000, at=case.opened)
    with pytest.raises(RoomUnavailable):
        tight.decide(case.id, word)
    shown = 0
    with contextlib.suppress(RoomUnavailable):
        while True:
            tight.preview(case.id, "boss")
            shown += 1
    assert shown == len([entry for entry in tight.entries(limit=100_000) if entry.event == "view"])
    assert tight.case(case.id).status is Status.QUARANTINED
    make_room(small_disk)
    assert tight.decide(case.id, word).status is Status.APPROVED
    assert tight.verify() == []


@pytest.mark.parametrize("pages", range(0, 80, 4))
def test_a_room_that_cannot_be_made_is_made_later(
    small_disk: Path, ring: KeyRing, make_case: Callable[..., NewCase], pages: int
) -> None:
    leave(small_disk, pages * 4096)
    try:
        Room.open(small_disk / "room", ring).close()
        assert pages > 10
    except RoomUnavailable:
        assert pages < 70
    make_room(small_disk)
    room = Room.open(small_disk / "room", ring)
    room.admit(make_case(notices=(Notice(to="a", subject="s", body="b"),)), b"content")
    check_whole(room, small_disk)
    room.close()


def test_a_full_disk_takes_nothing_away_from_what_is_kept(
    tight: Room, small_disk: Path, make_case: Callable[..., NewCase], make_entry: Callable[..., LedgerEntry]
) -> None:
    """Retention is a matter of policy and law: without space, new transfers are refused instead."""
    now = datetime.now(UTC)
    old, closed = (tight.admit(make_case(name), name) for name in (b"old", b"closed"))
    tight.decide(closed.id, Decision(actor="boss", move=Move.REJECT, reason="no", at=now))
    leave(small_disk, 0)
    blobs = sorted(path for path in (small_disk / "room" / "blobs").rglob("*") if path.is_file())
    entries = tight.last_entry()
    for number in range(3):
        with pytest.raises(RoomUnavailable):
            tight.admit(make_case(b"x" * 100_000), b"x" * 100_000)
        with contextlib.suppress(RoomUnavailable):  # a small one may still find space in a page
            tight.record(make_entry(verdict="allow", tokens=tuple(bytes([number, n]) * 8 for n in range(200))))
    with contextlib.suppress(RoomUnavailable):
        assert tight.expire(now, expire_days=30, purge_days=365) == [], "nothing was due, so nothing goes"
    assert sorted(path for path in (small_disk / "room" / "blobs").rglob("*") if path.is_file()) == blobs
    assert {case.id for case in tight.cases()} == {old.id, closed.id}
    assert tight.last_entry() >= entries
    make_room(small_disk)
    assert tight.content(old.id, "test", "look") == b"old"
    assert tight.content(closed.id, "test", "look") == b"closed"
    assert tight.verify() == []


def test_a_full_disk_is_told_though_it_cannot_be_recorded(tight: Room, small_disk: Path) -> None:
    alarms = Alarms(tight, lambda: ["admin@town.example"])
    (small_disk / "people.toml").write_text("")
    config = Config(var=small_disk, quarantine=QuarantineSettings(folder=Path("room")))
    notary = Notary(config, tight, alarms, Watch(tight, config, ruleset="r", policy=b""))
    while True:  # to the last page, with whatever fits into it
        leave(small_disk, 0)
        try:
            tight.note("somebody", "x" * 3000)
        except RoomUnavailable:
            break
    notary.round()
    assert "disk" in alarms.standing(), "for the console's status page, the log and the metrics"
    make_room(small_disk)
    tight.note("somebody", "goes on")
    assert tight.verify() == []
