"""Between a stroke and its attestation anything may happen: an entry that was undone is attested by nobody, and one that
was written by the next who comes."""

from __future__ import annotations

from pathlib import Path

import pytest

from quarantine.case import RoomUnavailable
from quarantine.keys import KeyRing
from quarantine.room import Room
from quarantine.stores.database import Database
from tests.quarantine.test_full_disk import leave, make_room, small_disk, tight
from tests.quarantine.test_stroke import nobodys

__all__ = ["small_disk", "tight"]  # fixtures


def attested(folder: Path) -> int:
    return int((folder / "audit.head").read_text()[:20])


def fill(room: Room) -> None:
    for _ in range(400):
        room.note("another thread", "note", {"text": "y" * 2000})


def test_an_entry_for_which_the_disk_had_no_room_is_not_attested(tight: Room, small_disk: Path) -> None:
    tight.note("test", "begin")
    assert tight.commit([tight.recording(nobodys())]) == [None]
    leave(small_disk, 0)
    with pytest.raises(RoomUnavailable):
        fill(tight)
    there = tight.last_entry()
    tight.attest()
    assert attested(small_disk / "room") == there
    make_room(small_disk)
    tight.note("test", "goes on")
    assert tight.verify() == []


def test_a_stroke_that_another_process_was_faster_than_is_not_attested(
    room: Room, folder: Path, ring: KeyRing, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = Room.open(folder, ring)
    room.note("test", "begin")
    assert room.commit([room.recording(nobodys())]) == [None]  # of one thread, which is about to attest it
    other._store._attest = lambda: None  # type: ignore[attr-defined]  # it is not so far yet
    other.note("test", "between")
    real = Database._all_together

    def attested_meanwhile(store: Database, writes):  # type: ignore[no-untyped-def]
        room.attest()  # by the first thread: the second one's stroke has failed, and it does not hold the writer
        return real(store, writes)

    monkeypatch.setattr(Database, "_all_together", attested_meanwhile)
    assert room.write([room.recording(nobodys())]) == [None]
    assert room.verify() == []
    other.close()


def test_a_commit_that_links_nothing_attests_what_was_not_yet(room: Room, folder: Path) -> None:
    known = nobodys()
    room.record(known)
    assert room.commit([room.recording(nobodys())]) == [None]
    with room._store._transaction():  # type: ignore[attr-defined]
        pass
    room.attest()
    assert attested(folder) == room.last_entry()
