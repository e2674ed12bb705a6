"""What an intruder with the database can do, and what verify says of it."""

from __future__ import annotations

import shutil
import sqlite3
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from quarantine.audit import Event, Mark, chain, link_of
from quarantine.case import Case, Decision, Move, Notice, RoomUnavailable, SealBroken
from quarantine.keys import KeyRing
from quarantine.room import Room

type Hold = Callable[..., Case]


@pytest.fixture
def tamper(folder: Path) -> Callable[..., None]:
    """Run SQL on the database behind the room's back, its triggers taken away."""

    def run(*statements: str) -> None:
        db = sqlite3.connect(folder / "room.db")
        for trigger in ("audit_is_not_edited", "audit_is_not_shortened"):
            db.execute(f"DROP TRIGGER IF EXISTS {trigger}")
        for statement in statements:
            db.execute(statement)
        db.commit()
        db.close()

    return run


@pytest.fixture(autouse=True)
def history(room: Room, hold: Hold) -> None:
    """Six entries: a key and five cases."""
    for _ in range(5):
        hold()
    assert room.verify() == []


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        ("UPDATE audit SET actor = 'nobody' WHERE seq = 3", "entry 3: was edited"),
        ("UPDATE audit SET detail = '{}' WHERE seq = 6", "entry 6: was edited"),
        ("DELETE FROM audit WHERE seq = 3", "entries 3 to 3 are missing"),
        ("DELETE FROM audit WHERE seq = 1", "entries 1 to 1 are missing"),
        ("DELETE FROM audit WHERE seq = 6", "entries 6 to 6 are missing from the end"),
        ("DELETE FROM audit", "entries 1 to 6 are missing from the end"),
        ("UPDATE audit SET seq = CASE seq WHEN 3 THEN -4 WHEN 4 THEN 3 ELSE seq END", "entry -4: out of order"),
    ],
)
def test_verify_names_it(room: Room, tamper: Callable[..., None], statement: str, fault: str) -> None:
    tamper(statement)
    assert any(found.startswith(fault) for found in room.verify()), room.verify()


def test_what_was_cut_off_is_not_hidden_by_going_on(room: Room, tamper: Callable[..., None], hold: Hold) -> None:
    tamper("DELETE FROM audit WHERE seq >= 5")
    for _ in range(5):
        hold()
    assert "entry 6: not the entry that was attested; the chain was written anew" in room.verify()


@pytest.mark.parametrize("head", ["gone", "rubbish", "old"])
def test_a_head_that_does_not_fit_is_told_for_ever(
    room: Room, tamper: Callable[..., None], folder: Path, ring: KeyRing, head: str
) -> None:
    path = folder / "audit.head"
    if head == "gone":
        path.unlink()
    elif head == "rubbish":
        path.write_text("0 0 0\n")
    else:
        tamper("DELETE FROM audit WHERE seq >= 5")
    assert room.verify() != []
    for _ in range(2):
        again = Room.open(folder, ring)
        number = 5 if head == "old" else 7
        told = f"entry {number}: the attested head was missing or did not fit when the room was opened"
        assert [fault for fault in again.verify() if "head" in fault] == [told]
        again.close()


@pytest.mark.parametrize(
    ("column", "value"),
    [("verdict", "allow"), ("person", "other"), ("digest", "0"), ("size", 1), ("subjects", 1), ("ruleset", "r0")],
)
def test_a_changed_ledger_is_named(room: Room, tamper: Callable[..., None], column: str, value: object) -> None:
    tamper(f"UPDATE ledger SET {column} = {value!r} WHERE id = 3")
    assert room.verify() == ["entry 4: its transfer was changed in the ledger"]


def test_what_is_gone_from_the_tables_is_named(room: Room, tamper: Callable[..., None], folder: Path) -> None:
    gone = room.cases()[2].id
    tamper(
        "DELETE FROM people WHERE ledger = 3", "DELETE FROM held WHERE ledger = 3", "DELETE FROM ledger WHERE id = 3"
    )
    assert room.verify() == [
        "entry 4: its transfer is missing from the ledger",
        f"case {gone} is missing; the chain says quarantined",
    ]


def test_what_was_slipped_in_is_named(room: Room, tamper: Callable[..., None]) -> None:
    columns = "at, channel, sender, person, department, destination, digest, size, media_type, verdict"
    columns += ", reasons, ruleset, subjects, counts"
    tamper(f"INSERT INTO ledger (transfer, {columns}) SELECT 'new', {columns} FROM ledger WHERE id = 1")
    assert room.verify() == ["transfer new in the ledger has no entry"]


def test_an_approval_by_sql_releases_nothing(
    room: Room, tamper: Callable[..., None], caplog: pytest.LogCaptureFixture
) -> None:
    forged, case = room.cases()[:2]
    tamper(f"UPDATE held SET status = 'approved' WHERE id = '{forged.id}'")
    word = Decision(actor="boss", move=Move.APPROVE, reason="checked", at=case.opened)
    room.decide(case.id, word)
    assert [found.id for found in room.approved()] == [case.id]
    assert [record.__dict__.get("case") for record in caplog.records] == [forged.id]
    assert room.verify() == [f"case {forged.id} stands as approved; the chain says quarantined"]


def test_one_broken_seal_does_not_hide_the_rest(room: Room, tamper: Callable[..., None], hold: Hold) -> None:
    first, second, *_ = room.cases()
    word = Decision(actor="boss", move=Move.APPROVE, reason="checked", at=first.opened)
    for case in (first, second):
        room.decide(case.id, word)
    hold(notices=(Notice(to="a", subject="one", body=""), Notice(to="a", subject="two", body="")))
    tamper(
        f"UPDATE decision SET reason = x'00' WHERE held = '{first.id}'",
        f"UPDATE held SET inner = x'00' WHERE id = '{first.id}'",
        "UPDATE notice SET sealed = (SELECT preview FROM held LIMIT 1) WHERE id = 1",
    )
    assert room.cases()[0].approvals[0].reason == "[seal broken]"
    assert room.cases()[1].approvals[0].reason == "checked"
    assert [found.id for found in room.approved()] == [second.id]
    assert [notice.subject for _, notice in room.notices()] == ["two"]
    with pytest.raises(SealBroken):
        room.case(first.id)


def test_verify_does_not_mind_work_going_on(room: Room, hold: Hold) -> None:
    stop, faults = threading.Event(), list[list[str]]()

    def work() -> None:
        while not stop.is_set():
            case = hold()
            room.decide(case.id, Decision(actor="boss", move=Move.REJECT, reason="no", at=case.opened))

    worker = threading.Thread(target=work)
    worker.start()
    for _ in range(30):
        faults.append(room.verify())
    stop.set()
    worker.join()
    assert faults == [[]] * 30


def test_the_database_itself_refuses_slips(room: Room, folder: Path) -> None:
    db = sqlite3.connect(folder / "room.db")
    for statement in ("UPDATE audit SET actor = ''", "DELETE FROM audit"):
        with pytest.raises(sqlite3.IntegrityError):
            db.execute(statement)
    db.close()
    assert room.verify() == []


def forge(folder: Path) -> None:
    """Append an entry that follows as it should, without the key of the head."""
    db = sqlite3.connect(folder / "room.db")
    seq, before = db.execute("SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1").fetchone()
    made = chain(Mark(seq=seq, hash=before), Event(at=datetime.now(UTC), actor="S001", event="login"))
    db.execute("INSERT INTO audit VALUES (?,?,?,?,?,?,?,?)", link_of(made))
    db.commit()
    db.close()


def test_what_another_hand_added_to_a_closed_room_is_named_for_ever(room: Room, folder: Path, ring: KeyRing) -> None:
    room.close()
    forge(folder)
    for _ in range(2):
        again = Room.open(folder, ring)
        assert again.verify() == ["entries 8 to 8 were added after the room had been closed"]
        again.close()


@pytest.mark.parametrize("lost", [1, 2])
def test_checkpoints_cut_from_the_end_are_missed_without_a_second_place(
    room: Room, folder: Path, ring: KeyRing, tamper: Callable[..., None], hold: Hold, lost: int
) -> None:
    """The chain announces each; that closing signs anew, under the same number, does not hide it."""
    room.checkpoint()
    hold()
    room.close()
    (first, second) = (7, 9)  # the entries that announce them
    tamper(f"DELETE FROM checkpoint WHERE number > {2 - lost}")
    told = [
        f"entry {seq}: checkpoint {number}, which it announces, is missing"
        for number, seq in ((1, first), (2, second))[2 - lost :]
    ]
    for _ in range(2):
        again = Room.open(folder, ring)
        assert again.verify() == told
        again.close()


def test_a_crash_before_the_head_was_written_is_on_record_and_no_fault(room: Room, folder: Path, ring: KeyRing) -> None:
    forge(folder)  # as it would be, had the process died between commit and attestation
    again = Room.open(folder, ring)
    last = again.entries(again.last_entry() - 1)[0]
    assert (last.event, last.detail) == ("head_behind", {"attested": 6, "found": 7, "closed": 0})
    assert again.verify() == []
    again.close()


def test_a_damaged_database_is_not_a_crash(room: Room, folder: Path, ring: KeyRing, tmp_path: Path) -> None:
    room.close()
    (folder / "room.db").write_bytes(b"not a database" * 1000)
    with pytest.raises(RoomUnavailable, match="SQLITE_NOTADB"):
        Room.open(folder, ring)


def test_a_copy_of_folder_and_ring_is_a_backup(room: Room, folder: Path, ring: KeyRing, tmp_path: Path) -> None:
    (case, *_) = room.cases()
    room.close()
    shutil.copytree(folder, tmp_path / "copy")
    copy = Room.open(tmp_path / "copy", ring)
    assert copy.content(case.id, "boss", "look") == b"content"
    assert copy.verify() == []
    copy.close()
