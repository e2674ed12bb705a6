"""Rows, outcomes and audit entries by one statement: the same as by several, and nothing of it where one is wrong."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from quarantine.case import LedgerEntry, RoomError, RoomUnavailable
from quarantine.keys import KeyRing
from quarantine.room import Room
from quarantine.stores.sqlite import SqliteStore
from tests.quarantine.conftest import entry
from tests.quarantine.test_full_disk import leave, make_room, small_disk, tight

__all__ = ["small_disk", "tight"]  # fixtures


def nobodys(**fields: object) -> LedgerEntry:
    return entry(verdict="allow", subjects=0, tokens=(), **fields)


def traced(room: Room) -> list[str]:
    """The statements from now on; one is told again for each step of its triggers."""
    store = room._store
    assert isinstance(store, SqliteStore)
    found: list[str] = []
    store._writer.set_trace_callback(lambda text: found.append(text) if found[-1:] != [text] else None)
    return found


def shape(done: list[str]) -> list[str]:
    return [" ".join(text.split()[:3]) for text in done]


def test_records_and_outcomes_are_one_statement_without_begin_or_commit(room: Room) -> None:
    first = [nobodys(sender=f"職員{n}@town.example") for n in range(5)]
    second = [nobodys() for _ in range(5)]
    assert room.write([room.recording(one) for one in first]) == [None] * 5
    done = traced(room)
    ended = [room.concluding(one.transfer, "delivered", f"250 {n}") for n, one in enumerate(first)]
    assert room.write([*map(room.recording, second), *ended]) == [None] * 10
    assert shape(done) == ["INSERT INTO stroke"]
    found = {row.entry.transfer: row for row in room.ledger(limit=100)}
    assert [found[one.transfer].entry for one in (*first, *second)] == [*first, *second]
    assert [(found[one.transfer].outcome, found[one.transfer].detail) for one in first] == [
        ("delivered", f"250 {n}") for n in range(5)
    ]
    assert [e.event for e in room.entries(room.last_entry() - 10)] == ["record"] * 5 + ["outcome"] * 5
    assert room.verify() == []


def test_one_alone_is_a_stroke_too_and_so_is_a_transfer_with_what_became_of_it(room: Room) -> None:
    room.note("test", "begin")
    done, one = traced(room), nobodys()
    assert room.write([room.recording(one), room.concluding(one.transfer, "refused", "550")]) == [None] * 2
    assert room.write([room.concluding(one.transfer, "delivered", "250")]) == [None]
    assert shape(done) == ["INSERT INTO stroke"] * 2
    assert [(row.outcome, row.detail) for row in room.ledger()] == [("delivered", "250")]
    assert room.verify() == []


def test_the_head_is_attested_after_a_commit_by_whatever_comes_next(room: Room, folder: Path) -> None:
    def attested() -> int:
        return int((folder / "audit.head").read_text()[:20])

    room.note("test", "begin")
    before = attested()
    assert room.commit([room.recording(nobodys())]) == [None]
    assert (attested(), room.last_entry()) == (before, before + 1)
    room.attest()
    assert attested() == before + 1
    room.commit([room.recording(nobodys())])
    room.note("test", "next")
    assert attested() == before + 3
    room.attest()
    assert room.write([room.recording(nobodys())]) == [None]
    assert attested() == before + 4
    assert room.verify() == []


def test_a_chain_that_another_process_went_on_with_is_gone_on_from_there(
    room: Room, folder: Path, ring: KeyRing
) -> None:
    other = Room.open(folder, ring)
    one, two, three = (nobodys() for _ in range(3))
    assert room.write([room.recording(one)]) == [None]
    other.note("test", "between")
    done = traced(room)
    assert room.write([room.recording(two)]) == [None]
    assert "ROLLBACK" not in shape(done)  # the stroke has undone itself
    assert shape(done)[:2] == ["INSERT INTO stroke", "BEGIN IMMEDIATE"]
    done.clear()
    assert room.write([room.recording(three)]) == [None]
    assert shape(done) == ["INSERT INTO stroke"]
    events = [e.event for e in room.entries()]
    assert events[events.index("record") :] == ["record", "between", "record", "record"]
    assert room.verify() == []
    other.close()


def test_of_a_stroke_in_which_one_changes_nothing_nothing_is_left_and_the_others_are_written_without_it(
    room: Room,
) -> None:
    known, new = nobodys(), nobodys()
    room.record(known)
    done = traced(room)
    unknown = room.concluding("f" * 26, "delivered")
    first, second, third = room.write([room.recording(new), unknown, room.recording(known)])
    assert shape(done)[0] == "INSERT INTO stroke"
    assert (first, third) == (None, None)
    assert isinstance(second, RoomError)
    assert [e.subject for e in room.entries() if e.event in ("record", "outcome")] == [known.transfer, new.transfer]
    assert room.verify() == []


def test_a_stroke_for_which_the_disk_has_no_room_says_so_for_all_of_it(tight: Room, small_disk: Path) -> None:
    tight.note("test", "begin")
    leave(small_disk, 0)
    large = [nobodys(destination=("x" * 200_000,)) for _ in range(8)]
    said = tight.write([tight.recording(one) for one in large])
    assert [type(one) for one in said] == [RoomUnavailable] * 8
    make_room(small_disk)
    assert tight.ledger() == []
    assert tight.write([tight.recording(one) for one in large]) == [None] * 8
    assert tight.verify() == []


def test_a_store_that_is_held_by_somebody_is_waited_for(room: Room, folder: Path) -> None:
    room.note("test", "begin")
    store = room._store
    assert isinstance(store, SqliteStore)
    store._writer.execute("PRAGMA busy_timeout=50")
    holder = sqlite3.connect(folder / "room.db", isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    one = nobodys()
    (said,) = room.write([room.recording(one)])
    assert isinstance(said, RoomUnavailable)
    assert "SQLITE_BUSY" in str(said)
    holder.execute("ROLLBACK")
    assert room.write([room.recording(one)]) == [None]
    holder.close()


@pytest.mark.parametrize("count", [1, 2, 31, 32])
def test_every_size_of_a_stroke_is_written(room: Room, count: int) -> None:
    room.note("test", "begin")
    done = traced(room)
    assert room.write([room.recording(nobodys()) for _ in range(count)]) == [None] * count
    assert shape(done) == ["INSERT INTO stroke"]
    assert len(room.ledger(limit=100)) == count
    assert room.verify() == []
