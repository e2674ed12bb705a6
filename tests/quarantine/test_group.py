"""Writes of many threads share a synced commit, and each still stands or falls alone."""

from __future__ import annotations

import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from quarantine.case import RoomError
from quarantine.keys import KeyRing
from quarantine.room import Room
from quarantine.stores.sqlite import SqliteStore
from tests.quarantine.conftest import entry
from tests.quarantine.test_full_disk import leave, make_room, small_disk, tight

__all__ = ["small_disk", "tight"]  # fixtures


@pytest.fixture
def room(tmp_path: Path, ring: KeyRing) -> Room:
    return Room.open(tmp_path / "room", ring)


def commits(room: Room) -> list[str]:
    """The COMMIT statements from now on."""
    return statements(room, "COMMIT")


def statements(room: Room, *wanted: str) -> list[str]:
    """The statements from now on that begin so."""
    store = room._store
    assert isinstance(store, SqliteStore)
    found: list[str] = []
    store._writer.set_trace_callback(lambda text: found.append(text) if text.startswith(wanted) else None)
    return found


def test_more_than_a_stroke_takes_are_written_once_by_one_statement_a_table(room: Room) -> None:
    """How many an UPDATE with a WITH before it has changed is not told: all was rolled back and done row by row."""
    first, second = ([entry(verdict="allow", subjects=0, tokens=()) for _ in range(20)] for _ in range(2))
    assert room.write([room.recording(one) for one in first]) == [None] * 20
    done = statements(room, "INSERT INTO ledger", "UPDATE ledger", "INSERT INTO audit", "ROLLBACK", "COMMIT")
    ended = [room.concluding(one.transfer, "delivered", "250") for one in first]
    assert room.write([*map(room.recording, second), *ended]) == [None] * 40
    assert [" ".join(text.split()[:3]) for text in done] == [  # at most 16 rows in one statement
        *["INSERT INTO ledger"] * 2,
        *["UPDATE ledger SET"] * 2,
        *["INSERT INTO audit"] * 3,
        "COMMIT",
    ]
    assert [row.outcome for row in room.ledger()].count("delivered") == 20
    room.close()


def test_many_writes_share_commits_and_all_are_there(room: Room) -> None:
    done = commits(room)
    entries = [entry(verdict="allow") for _ in range(400)]
    with ThreadPoolExecutor(16) as threads:
        list(threads.map(lambda e: room.record(e, ()), entries))
        list(threads.map(lambda e: room.outcome(e.transfer, "delivered", ""), entries))
    assert len(done) < 750  # of 800: how many meet each other is the scheduler's word
    assert {row.entry.transfer for row in room.ledger(limit=1000)} >= {e.transfer for e in entries}
    assert all(row.outcome == "delivered" for row in room.ledger(limit=1000))
    assert room.verify() == []
    room.close()


def test_what_is_written_together_is_what_each_would_have_written(room: Room) -> None:
    before = [entry(verdict="allow") for _ in range(20)]
    for one in before:
        room.record(one, ())
    new = [entry(verdict="allow", sender=f"職員{n}@town.example", subjects=0, tokens=()) for n in range(40)]
    done = commits(room)
    recorded = [room.recording(one, ()) for one in new]
    ended = [room.concluding(one.transfer, "delivered", f"250 {n}") for n, one in enumerate(before)]
    assert room.write([*recorded[:20], *ended, *recorded[20:]]) == [None] * 60
    assert len(done) == 1
    found = {row.entry.transfer: row for row in room.ledger(limit=1000)}
    assert all(found[one.transfer].entry == one for one in new)
    assert [found[one.transfer].detail for one in before] == [f"250 {n}" for n in range(20)]
    assert [e.subject for e in room.entries(room.last_entry() - 60)] == [
        *(one.transfer for one in new[:20]),
        *(one.transfer for one in before),
        *(one.transfer for one in new[20:]),
    ]
    assert room.verify() == []
    room.close()


def test_one_of_several_that_changes_nothing_is_told_and_the_others_are_written(room: Room) -> None:
    known, new = (entry(verdict="allow", subjects=0, tokens=()) for _ in range(2))
    room.record(known, ())
    none = room.concluding("f" * 26, "delivered")
    first, second, third = room.write([room.recording(new), none, room.recording(known)])
    assert (first, third) == (None, None)
    assert isinstance(second, RoomError)
    assert sorted(row.entry.transfer for row in room.ledger()) == sorted([known.transfer, new.transfer])
    assert [e.subject for e in room.entries() if e.event == "record"] == [known.transfer, new.transfer]
    assert room.verify() == []
    room.close()


def test_a_write_that_fails_fails_alone(room: Room) -> None:
    store = room._store
    assert isinstance(store, SqliteStore)
    begun, go = threading.Event(), threading.Event()

    def slow(tx: sqlite3.Connection) -> str:
        begun.set()
        go.wait(10)
        return "slow"

    def bad(tx: sqlite3.Connection) -> str:
        tx.execute("INSERT INTO ring (key, seen) VALUES ('left behind', 0)")
        raise KeyError("mine")

    with ThreadPoolExecutor(8) as threads:
        first = threads.submit(store._together, slow)
        begun.wait(10)
        others = [threads.submit(store._together, work) for work in (bad, lambda tx: "good", bad, lambda tx: "good")]
        while len(store._group._waiting) < 4:
            pass
        go.set()
        assert first.result() == "slow"
        assert [str(o.exception()) if o.exception() else o.result() for o in others] == ["'mine'", "good"] * 2
    assert "left behind" not in store.known_keys()
    room.close()


def test_without_room_none_of_them_is_said_to_be_written(tight: Room, small_disk: Path) -> None:
    leave(small_disk, 0)
    entries = [entry(verdict="allow", destination=("x" * 20_000,)) for _ in range(64)]

    def write(number: int) -> bool:
        try:
            return tight.record(entries[number], ())
        except Exception:
            return False

    with ThreadPoolExecutor(16) as threads:
        said = list(threads.map(write, range(64)))
    make_room(small_disk)
    there = {row.entry.transfer for row in tight.ledger(limit=1000)}
    assert not all(said)
    assert {e.transfer for e, ok in zip(entries, said, strict=True) if ok} == there & {e.transfer for e in entries}
    assert tight.verify() == []
