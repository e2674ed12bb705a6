"""The room as its callers see it."""

from __future__ import annotations

import hashlib
import io
import re
import stat
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from quarantine.case import (
    Case,
    Decision,
    IllegalMove,
    LedgerEntry,
    Move,
    NewCase,
    NoSuchCase,
    NotAllowed,
    Notice,
    Permit,
    RoomError,
    SealBroken,
    Status,
)
from quarantine.keys import KeyRing, KeysRefused
from quarantine.room import Room

type Decide = Callable[..., Case]
type Hold = Callable[..., Case]
type Make = Callable[..., NewCase]
type Enter = Callable[..., LedgerEntry]

LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


def blobs(folder: Path) -> list[Path]:
    return [path for path in (folder / "blobs").rglob("*") if path.is_file()]


def words(room: Room) -> list[str]:
    return [entry.event for entry in room.entries()]


# what comes in


def test_a_room_is_private(room: Room, folder: Path, hold: Hold) -> None:
    hold()
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert {path.name for path in files} >= {"room.db", "room.db-wal", "audit.head"}
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}


def test_a_folder_open_to_others_is_closed(folder: Path, ring: KeyRing) -> None:
    folder.mkdir(mode=0o777)
    folder.chmod(0o777)
    Room.open(folder, ring).close()
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_what_is_admitted_is_held_with_everything(room: Room, make_case: Make, tmp_path: Path) -> None:
    content = b"line\r\n" * 300_000
    (tmp_path / "spool").write_bytes(content)
    new = make_case(content, reportable=("4",), approvals_needed=2)
    case = room.admit(new, tmp_path / "spool")
    assert case == room.case(case.id)
    assert case.entry == LedgerEntry(
        **{name: getattr(new.entry, name) for name in LedgerEntry.__dataclass_fields__ if name != "tokens"}
    )
    assert (case.status, case.approvals, case.approvals_needed, case.supervisor, case.reportable) == (
        Status.QUARANTINED,
        (),
        2,
        "boss",
        ("4",),
    )
    assert case.envelope == new.envelope
    assert room.content(case.id, "boss", "look") == content
    assert room.preview(case.id, "boss") == new.preview


@pytest.mark.parametrize("content", [b"", b"x", b"x" * 262_144, b"x" * 262_145])
def test_content_of_any_size(room: Room, hold: Hold, content: bytes) -> None:
    case = hold(content)
    into = io.BytesIO()
    assert room.content(case.id, "boss", "look") == content
    assert room.content_into(case.id, "boss", "look", into) == len(content)
    assert into.getvalue() == content


def test_the_digest_of_an_entry_may_be_another_than_of_the_bytes(room: Room, make_case: Make) -> None:
    """A form upload is the same content with another boundary: its channel says what its identity is."""
    new = make_case(digest="1" * 64)
    assert room.content(room.admit(new, b"--boundary").id, "boss", "look") == b"--boundary"


def test_case_ids_can_be_read_out(room: Room, hold: Hold) -> None:
    ids = {hold().id for _ in range(30)}
    assert len(ids) == 30
    assert all(re.fullmatch("[0-9ABCDEFGHJKMNPQRSTVWXYZ]{6,}", case_id) for case_id in ids)
    one = next(iter(ids))
    written = one.lower().replace("0", "o").replace("1", "l")
    assert room.case(f" {written[:3]}-{written[3:]} ").id == one


def test_a_taken_id_is_not_given_again(room: Room, hold: Hold, monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    first = hold(b"first")
    ids = iter([first.id, first.id, "ZZZZZZ"])
    monkeypatch.setattr("quarantine.admission.new_case_id", lambda: next(ids))
    assert hold(b"second").id == "ZZZZZZ"
    assert room.content(first.id, "boss", "look") == b"first"
    assert room.content("ZZZZZZ", "boss", "look") == b"second"
    assert len(blobs(folder)) == 2


def test_what_is_sealed_ahead_is_the_case_s_content(room: Room, make_case: Make, folder: Path) -> None:
    new = make_case(b"content")
    with room.sealing(b"content") as ahead:
        (sealed,) = blobs(folder)
        case = room.admit(new, b"not read again", ahead)
    assert (case.id, blobs(folder)) == (ahead.case, [sealed])
    assert room.content(case.id, "boss", "look") == b"content"
    with room.sealing(b"content") as again:
        assert room.admit(new, b"content", again).id == case.id  # the same transfer
    assert blobs(folder) == [sealed]


def test_what_is_sealed_ahead_and_not_held_leaves_nothing(room: Room, folder: Path) -> None:
    with room.sealing(b"content"):
        assert len(blobs(folder)) == 1
    assert blobs(folder) == []


def test_what_is_sealed_for_an_id_that_another_case_has_is_sealed_again(
    room: Room, hold: Hold, make_case: Make, monkeypatch: pytest.MonkeyPatch, folder: Path
) -> None:
    first = hold(b"first")
    ids = iter([first.id, "ZZZZZZ"])
    monkeypatch.setattr("quarantine.admission.new_case_id", lambda: next(ids))
    with room.sealing(b"second") as ahead:
        case = room.admit(make_case(b"second"), b"second", ahead)
    assert (case.id, len(blobs(folder))) == ("ZZZZZZ", 2)
    assert room.content(case.id, "boss", "look") == b"second"


def test_the_same_transfer_is_held_once(room: Room, make_case: Make, folder: Path) -> None:
    new = make_case(notices=(Notice(to="a@x", subject="s", body="b"),))
    assert room.admit(new, b"content") == room.admit(new, b"content")
    assert len(blobs(folder)) == len(room.cases()) == len(room.notices()) == len(room.ledger()) == 1


def test_the_same_transfer_at_once_is_held_once(room: Room, make_case: Make, folder: Path) -> None:
    new, ids = make_case(), list[str]()
    start = threading.Barrier(8)

    def admit() -> None:
        start.wait()
        ids.append(room.admit(new, b"content").id)

    threads = [threading.Thread(target=admit) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(ids) == 8
    assert len(set(ids)) == 1
    assert len(blobs(folder)) == 1, "the losers' blobs are gone"


def test_a_transfer_with_two_contents_is_refused(room: Room, make_case: Make) -> None:
    room.admit(make_case(b"one", transfer="same"), b"one")
    with pytest.raises(RoomError, match="another content"):
        room.admit(make_case(b"two", transfer="same"), b"two")


def test_a_transfer_recorded_as_passed_is_not_held(
    room: Room, make_case: Make, make_entry: Enter, folder: Path
) -> None:
    room.record(make_entry(transfer="same", verdict="allow"))
    with pytest.raises(RoomError, match="recorded before"):
        room.admit(make_case(transfer="same"), b"content")
    assert blobs(folder) == []


def test_a_case_that_needs_no_approval_is_refused(room: Room, make_case: Make) -> None:
    with pytest.raises(ValueError):
        room.admit(make_case(approvals_needed=0), b"content")
    assert room.cases() == []


def test_notices_know_their_case(room: Room, make_case: Make, make_entry: Enter) -> None:
    text = Notice(to="a@x", subject="保留 {case}", body="案件{case}（{case}）{other} {0}")
    case = room.admit(make_case(notices=(text,)), b"content")
    room.record(make_entry(verdict="block"), notices=[Notice(to="b@x", subject="拒否", body="理由")])
    (first, held), (second, refused) = room.notices()
    assert held == Notice(to="a@x", subject=f"保留 {case.id}", body=f"案件{case.id}（{case.id}）{{other}} {{0}}")
    assert refused == Notice(to="b@x", subject="拒否", body="理由")
    room.notice_sent(first)
    assert room.notices() == [(second, refused)]


def test_what_is_no_utf_8_is_kept(room: Room, make_case: Make) -> None:
    odd = b"\xe3\x81".decode("utf-8", "surrogateescape")
    new = make_case(
        sender=odd,
        person=odd,
        destination=(odd,),
        envelope={"mail_from": odd},
        notices=(Notice(to="a@x", subject=odd, body=odd),),
    )
    case = room.admit(new, b"content")
    assert case.envelope == {"mail_from": odd}
    assert room.notices()[0][1].subject == odd
    room.note(odd, "login_failed", {"name": odd})
    assert room.verify() == []


# ledger


def test_outcomes(room: Room, make_entry: Enter) -> None:
    room.record(make_entry(transfer="one", verdict="allow"))
    assert room.ledger()[0].outcome == ""
    room.outcome("one", "delivered", "250 2.0.0 Ok")
    (row,) = room.ledger()
    assert (row.outcome, row.detail, row.left) == ("delivered", "250 2.0.0 Ok", row.entry.at)
    with pytest.raises(RoomError):
        room.outcome("none", "delivered")
    assert words(room)[-2:] == ["record", "outcome"]


def test_exposure(room: Room, make_entry: Enter, hold: Hold, decide: Decide) -> None:
    def token(*numbers: int) -> tuple[bytes, ...]:
        return tuple(bytes([number]) * 16 for number in numbers)

    now = datetime.now(UTC)
    room.record(make_entry(verdict="allow", channel="web", tokens=token(1, 2), at=now - timedelta(days=10)))
    room.record(make_entry(verdict="monitor", channel="media", tokens=token(2, 3), at=now))
    room.record(make_entry(verdict="block", tokens=token(4)))
    held, gone = hold(tokens=token(5)), hold(tokens=token(6), at=now - timedelta(days=400))
    decide(hold(tokens=token(7)), "boss", Move.REJECT)

    def exposure(*numbers: int, days: int = 30, person: str = "sender") -> int:
        return room.exposure(person, token(*numbers), now - timedelta(days=days))

    assert exposure() == 3
    assert exposure(2, 3, 8, 8) == 4, "people sent again count once"
    assert exposure(days=5) == 2
    assert exposure(9, person="other") == 1
    decide(gone, "boss", Move.APPROVE)
    assert exposure() == 3, "approved has not left"
    room.settle(gone.id, Move.DELIVERED, "250 ok")
    assert exposure() == 4, "released counts from its release, not from when it was held"
    decide(held, "boss", Move.APPROVE)
    room.settle(held.id, Move.UNDELIVERABLE, "550 no")
    assert exposure() == 4


def test_the_ledger_tells_the_case(room: Room, hold: Hold, make_entry: Enter) -> None:
    case = hold()
    room.record(make_entry(person="other", verdict="allow"))
    assert {(row.entry.person, row.case, row.status) for row in room.ledger()} == {
        ("sender", case.id, Status.QUARANTINED),
        ("other", "", None),
    }
    assert [row.entry.person for row in room.ledger(person="other")] == ["other"]


# supervision


def test_the_way_of_a_case_with_two_approvals(room: Room, hold: Hold, decide: Decide) -> None:
    case = hold(approvals_needed=2)
    assert room.approved() == []
    case = decide(case, "boss", Move.APPROVE, "  needed for the assembly ")
    assert case.status is Status.AWAITING_SECOND
    assert [(word.actor, word.reason) for word in case.approvals] == [("boss", "needed for the assembly")]
    with pytest.raises(NotAllowed):
        decide(case, "boss", Move.APPROVE)
    assert room.approved() == []
    case = decide(case, "privacy", Move.APPROVE)
    assert case.status is Status.APPROVED
    assert [found.id for found in room.approved()] == [case.id]
    assert room.approved()[0].envelope == case.envelope != {}
    case = room.settle(case.id, Move.DELIVERED, "250 ok")
    assert (case.status, case.detail) == (Status.RELEASED, "250 ok")
    assert room.approved() == []


def test_undeliverable_needs_approval_anew_and_says_why(room: Room, hold: Hold, decide: Decide) -> None:
    case = hold(approvals_needed=2)
    for actor in ("boss", "privacy"):
        decide(case, actor, Move.APPROVE)
    notice = Notice(to="boss@x", subject="{case}", body="undeliverable")
    case = room.settle(case.id, Move.UNDELIVERABLE, "550 no such user", notices=[notice])
    assert (case.status, case.approvals, case.detail) == (Status.QUARANTINED, (), "550 no such user")
    assert room.approved() == []
    assert [found.subject for _, found in room.notices()] == [case.id]
    case = decide(case, "boss", Move.APPROVE)
    assert (case.status, case.detail) == (Status.AWAITING_SECOND, "550 no such user")
    assert decide(case, "privacy", Move.APPROVE).status is Status.APPROVED


@pytest.mark.parametrize(("actor", "move"), [("boss", Move.REJECT), ("sender", Move.WITHDRAW)])
def test_what_ended_a_case_is_told(room: Room, hold: Hold, decide: Decide, actor: str, move: Move) -> None:
    case = decide(hold(), actor, move, "名簿は不要")
    assert case.closing is not None
    assert (case.closing.actor, case.closing.move, case.closing.reason) == (actor, move, "名簿は不要")
    assert case.approvals == ()
    with pytest.raises(IllegalMove):
        decide(case, "boss", Move.APPROVE)


@pytest.mark.parametrize(
    ("actor", "move", "reason", "error"),
    [
        ("sender", Move.APPROVE, "x", NotAllowed),
        ("sender", Move.REJECT, "x", NotAllowed),
        ("boss", Move.WITHDRAW, "x", NotAllowed),
        ("boss", Move.APPROVE, " ", NotAllowed),
        ("boss", Move.DELIVERED, "x", IllegalMove),
        ("boss", Move.EXPIRE, "x", IllegalMove),
    ],
)
def test_what_is_refused_changes_nothing(
    room: Room, hold: Hold, decide: Decide, actor: str, move: Move, reason: str, error: type[Exception]
) -> None:
    case, before = hold(), words(room)
    with pytest.raises(error):
        decide(case, actor, move, reason)
    assert room.case(case.id) == case
    assert words(room) == before


@pytest.mark.parametrize("move", [Move.DELIVERED, Move.UNDELIVERABLE])
def test_only_what_is_approved_is_settled(room: Room, hold: Hold, move: Move) -> None:
    case = hold()
    with pytest.raises(IllegalMove):
        room.settle(case.id, move, "")
    assert room.case(case.id).status is Status.QUARANTINED


def test_there_is_no_such_case(room: Room) -> None:
    word = Decision(actor="boss", move=Move.APPROVE, reason="x", at=datetime.now(UTC))
    asks: list[Callable[[], Any]] = [
        lambda: room.case("NONE00"),
        lambda: room.preview("NONE00", "boss"),
        lambda: room.content("NONE00", "boss", "x"),
        lambda: room.decide("NONE00", word),
        lambda: room.settle("NONE00", Move.DELIVERED, ""),
    ]
    for ask in asks:
        with pytest.raises(NoSuchCase):
            ask()
    assert words(room) == ["key"]


def test_cases_by_status_and_department(room: Room, hold: Hold, decide: Decide) -> None:
    first, second, third = hold(department="a"), hold(department="b"), hold(department="a")
    decide(third, "boss", Move.APPROVE)
    assert [case.id for case in room.cases()] == [first.id, second.id, third.id]
    assert [case.id for case in room.cases(departments=["a"], status=[Status.QUARANTINED])] == [first.id]
    assert [case.id for case in room.cases(limit=1)] == [first.id]
    assert room.cases(departments=[]) == []
    assert all(case.envelope == {} for case in room.cases())


# permits


def grant(room: Room, case: Case, decide: Decide, /, **fields: Any) -> Case:
    decide(case, "boss", Move.APPROVE)
    usual = {
        "case": case.id,
        "person": case.entry.person,
        "digest": case.entry.digest,
        "destination": case.entry.destination[0],
        "until": datetime.now(UTC) + timedelta(hours=1),
    }
    return room.settle(case.id, Move.DELIVERED, "permit", permit=Permit(**{**usual, **fields}))


def take(room: Room, case: Case, **fields: Any) -> Permit | None:
    usual = {
        "person": case.entry.person,
        "digest": case.entry.digest,
        "destination": case.entry.destination[0],
        "now": datetime.now(UTC),
        "transfer": "later",
    }
    return room.use_permit(**{**usual, **fields})


def test_a_permit_lets_the_same_pass_once(room: Room, hold: Hold, decide: Decide) -> None:
    case = hold(channel="web", destination=("https://host:443",))
    assert take(room, case) is None
    assert grant(room, case, decide).status is Status.RELEASED
    for other in ({"person": "x"}, {"digest": "x"}, {"destination": "https://other:443"}):
        assert take(room, case, **other) is None
    permit = take(room, case)
    assert permit is not None
    assert permit.case == case.id
    assert take(room, case) is None
    assert words(room)[-2:] == ["settle", "permit"]


def test_a_permit_ends(room: Room, hold: Hold, decide: Decide) -> None:
    case, until = hold(), datetime.now(UTC) + timedelta(hours=1)
    grant(room, case, decide, until=until)
    assert take(room, case, now=until) is None
    assert take(room, case, now=until - timedelta(microseconds=1)) is not None


@pytest.mark.parametrize("wrong", [{"person": "other"}, {"digest": "other"}, {"destination": "x"}, {"case": "ZZZZZZ"}])
def test_a_permit_for_something_else_is_not_granted(
    room: Room, hold: Hold, decide: Decide, wrong: dict[str, str]
) -> None:
    case = hold()
    with pytest.raises(NotAllowed):
        grant(room, case, decide, **wrong)
    assert room.case(case.id).status is Status.APPROVED, "permit and move are one"


def test_nobody_gets_no_permit(room: Room, hold: Hold, decide: Decide) -> None:
    with pytest.raises(NotAllowed):
        grant(room, hold(person=""), decide)


def test_a_permit_comes_with_delivery_only(room: Room, hold: Hold, decide: Decide) -> None:
    case = decide(hold(), "boss", Move.APPROVE)
    permit = Permit(case=case.id, person="sender", digest=case.entry.digest, destination="x", until=LONG_AGO)
    with pytest.raises(ValueError):
        room.settle(case.id, Move.UNDELIVERABLE, "", permit=permit)


# seals and records


def test_every_view_and_decision_is_on_record(room: Room, hold: Hold, decide: Decide) -> None:
    case = hold()
    room.preview(case.id, "boss")
    decide(case, "boss", Move.APPROVE, "理由")
    room.content(case.id, "releaser", "release")
    room.settle(case.id, Move.DELIVERED, "ok")
    room.note("admin", "login")
    entries = room.entries(since=1)
    assert [(entry.event, entry.actor, entry.subject) for entry in entries] == [
        ("admit", "gateway", case.id),
        ("view", "boss", case.id),
        ("decide", "boss", case.id),
        ("open", "releaser", case.id),
        ("settle", "releaser", case.id),
        ("login", "admin", ""),
    ]
    assert entries[0].detail["verdict"] == "quarantine"
    assert entries[2].detail["status"] == "approved"
    assert "理由" not in str(entries[2].detail)
    assert room.verify() == []


def test_a_list_of_previews_is_on_record_before_it_is_given(room: Room, hold: Hold, decide: Decide) -> None:
    first, second = hold(preview=b"one"), hold(preview=b"two")
    decide(second, "boss", Move.REJECT)
    assert room.previews([first.id, second.id, "NOPE00"], "boss") == {first.id: b"one", second.id: b"two"}
    entry = room.entries()[-1]
    assert (entry.event, entry.actor, entry.detail["cases"]) == ("list", "boss", f"{first.id} {second.id} NOPE00")
    room.expire(datetime.now(UTC) + timedelta(days=500), expire_days=999, purge_days=365)
    assert room.previews([first.id, second.id], "boss") == {first.id: b"one"}, "what was purged is left out"
    count = len(room.entries())
    assert room.previews([], "boss") == {}
    assert len(room.entries()) == count
    assert room.verify() == []


def test_a_changed_blob_does_not_open(room: Room, hold: Hold, folder: Path) -> None:
    case = hold(b"x" * 1000)
    (blob,) = blobs(folder)
    data = bytearray(blob.read_bytes())
    data[500] ^= 1
    blob.write_bytes(data)
    with pytest.raises(SealBroken):
        room.content(case.id, "boss", "look")
    assert words(room)[-2:] == ["open", "seal_broken"]
    blob.unlink()
    with pytest.raises(SealBroken, match="missing"):
        room.content(case.id, "boss", "look")


def test_blobs_exchanged_between_cases_do_not_open(room: Room, hold: Hold, folder: Path) -> None:
    one, two = hold(b"one"), hold(b"two")
    first, second = blobs(folder)
    third = first.with_name("third")
    first.rename(third)
    second.rename(first)
    third.rename(second)
    for case in (one, two):
        with pytest.raises(SealBroken):
            room.content(case.id, "boss", "look")


def test_a_foreign_ring_is_refused(room: Room, hold: Hold, folder: Path, tmp_path: Path) -> None:
    hold()
    with pytest.raises(KeysRefused, match="restore"):
        Room.open(folder, KeyRing.open_or_create(tmp_path / "other.json"))
    assert room.verify() == []


def test_rotation_keeps_everything_open(room: Room, hold: Hold, folder: Path, ring: KeyRing) -> None:
    before = hold(b"before")
    old = ring.current
    assert room.rotate() == 1
    assert room.rewrap() == 0
    after = hold(b"after")
    assert room.content(before.id, "boss", "look") == b"before"
    assert room.content(after.id, "boss", "look") == b"after"
    assert {entry.detail.get("key") for entry in room.entries() if entry.event == "admit"} == {old, ring.current}
    assert words(room)[:4] == ["key", "admit", "key", "rewrap"]
    reopened = Room.open(folder, ring)
    assert reopened.content(before.id, "boss", "look") == b"before"
    reopened.close()


def test_a_reopened_room_is_the_same(room: Room, hold: Hold, folder: Path, ring: KeyRing) -> None:
    case = hold(b"content")
    room.close()
    again = Room.open(folder, ring)
    assert again.case(case.id) == case
    assert hashlib.sha256(again.content(case.id, "boss", "x")).hexdigest() == case.entry.digest
    assert again.verify() == []
    again.close()
