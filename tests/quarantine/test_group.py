"""Writes of many threads share a synced commit, and each still stands or falls alone."""

from __future__ import annotations

import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

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
    store = room._store
    assert isinstance(store, SqliteStore)
    found: list[str] = []
    store._writer.set_trace_callback(lambda text: found.append(text) if text == "COMMIT" else None)
    return found


def test_many_writes_share_commits_and_all_are_there(room: Room) -> None:
    done = commits(room)
    entries = [entry(verdict="allow") for _ in range(400)]
    with ThreadPoolExecutor(16) as threads:
        list(threads.map(lambda e: room.record(e, ()), entries))
        list(threads.map(lambda e: room.outcome(e.transfer, "delivered", ""), entries))
    assert len(done) < 500  # 800 writes
    assert {row.entry.transfer for row in room.ledger(limit=1000)} >= {e.transfer for e in entries}
    assert all(row.outcome == "delivered" for row in room.ledger(limit=1000))
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
