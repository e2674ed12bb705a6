"""What time does to a case: expiry, shredding. Time is given, never waited for."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from quarantine.case import Case, IllegalMove, Move, Notice, Purged, Status
from quarantine.keys import KeyRing
from quarantine.room import Room

type Decide = Callable[..., Case]
type Hold = Callable[..., Case]


def expire(room: Room, days: float, notices: Callable[[Case], list[Notice]] | None = None) -> list[Case]:
    now = datetime.now(UTC) + timedelta(days=days)
    return room.expire(now, expire_days=30, purge_days=365, notices=notices)


def test_silence_is_rejection_with_a_notice(room: Room, hold: Hold, decide: Decide) -> None:
    waiting, half = hold(), hold(approvals_needed=2)
    decide(half, "boss", Move.APPROVE)
    approved = decide(hold(), "boss", Move.APPROVE)
    assert expire(room, 29) == []

    def tell(case: Case) -> list[Notice]:
        return [Notice(to="sender@x", subject="期限 {case}", body=f"{case.entry.subjects}")]

    expired = expire(room, 31, tell)
    assert [(case.id, case.status) for case in expired] == [
        (waiting.id, Status.REJECTED),
        (half.id, Status.REJECTED),
    ]
    assert room.case(approved.id).status is Status.APPROVED, "an approved case is not forgotten"
    assert [notice.subject for _, notice in room.notices()] == [f"期限 {case.id}" for case in expired]
    assert [entry.event for entry in room.entries()][-2:] == ["expire", "expire"]
    assert expire(room, 31, tell) == []
    with pytest.raises(IllegalMove):
        decide(waiting, "boss", Move.APPROVE)


def test_closed_cases_are_shredded_in_time(room: Room, hold: Hold, decide: Decide, folder: Path) -> None:
    released, open_still = hold(b"secret one"), hold(b"secret two")
    rejected, withdrawn = hold(b"secret three"), hold(b"secret four")
    decide(released, "boss", Move.APPROVE)
    room.settle(released.id, Move.DELIVERED, "250 ok")
    decide(rejected, "boss", Move.REJECT, "reason kept")
    decide(withdrawn, "sender", Move.WITHDRAW)
    assert [case.id for case in expire(room, 364)] == [open_still.id]
    purged = expire(room, 366)
    assert {case.id for case in purged} == {released.id, rejected.id, withdrawn.id}
    assert {case.status for case in purged} == {Status.PURGED}
    for case in purged:
        with pytest.raises(Purged):
            room.content(case.id, "boss", "look")
        with pytest.raises(Purged):
            room.preview(case.id, "boss")
        assert room.case(case.id).envelope == {}
    assert len([path for path in (folder / "blobs").rglob("*") if path.is_file()]) == 1
    assert room.content(open_still.id, "boss", "look") == b"secret two", "rejected later, so kept longer"
    account = room.case(rejected.id)
    assert account.closing is not None
    assert account.closing.reason == "reason kept"
    assert account.entry == rejected.entry
    assert room.verify() == []


def test_a_shredded_key_is_nowhere_on_the_disk(room: Room, hold: Hold, decide: Decide, folder: Path) -> None:
    case = decide(hold(b"content"), "boss", Move.REJECT)
    with sqlite3.connect(folder / "room.db") as db:
        row = db.execute("SELECT wrapped, inner, preview, blob FROM held WHERE id = ?", [case.id]).fetchone()
    db.close()
    secrets = [value.encode() if isinstance(value, str) else value for value in row]

    def found() -> list[bool]:
        everything = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
        return [secret in everything for secret in secrets]

    assert found() == [True] * 4
    expire(room, 366)
    assert found() == [False] * 4


def test_a_blob_left_by_a_crash_in_shredding_is_swept(
    room: Room, hold: Hold, decide: Decide, folder: Path, ring: KeyRing, monkeypatch: pytest.MonkeyPatch
) -> None:
    decide(hold(), "boss", Move.REJECT)
    with monkeypatch.context() as patch:

        def crash(self: object, blob: str) -> None:
            raise KeyboardInterrupt

        patch.setattr("quarantine.vault.Vault.drop", crash)
        with pytest.raises(KeyboardInterrupt):
            expire(room, 366)
    assert [case.status for case in room.cases()] == [Status.PURGED]
    Room.open(folder, ring).close()
    assert [path for path in (folder / "blobs").rglob("*") if path.is_file()] == []


def test_a_case_decided_at_the_same_moment_is_left_alone(room: Room, hold: Hold, decide: Decide) -> None:
    first, second = hold(), hold()

    def tell(case: Case) -> list[Notice]:
        return []

    decide(second, "boss", Move.APPROVE)
    assert [case.id for case in expire(room, 31, tell)] == [first.id]
    assert room.case(second.id).status is Status.APPROVED


def test_more_than_a_batch(room: Room, hold: Hold, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("quarantine.retention._BATCH", 3)
    ids = {hold().id for _ in range(10)}
    assert {case.id for case in expire(room, 31)} == ids
    assert room.rotate() == 10
