"""What every store promises."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from quarantine import exposure
from quarantine.audit import Entry, Event, verify
from quarantine.case import IllegalMove, LedgerEntry, Move, NoSuchCase, Permit, RoomError, Status, Traces
from quarantine.stores.base import CaseIdTaken, Change, Recorded, Sealed, Store, StoredCase, StoredDecision

NOW = datetime(2026, 4, 1, 9, 30, 0, 123456, tzinfo=UTC)
_numbers = itertools.count(1)


def event(word: str = "test", subject: str = "") -> Event:
    return Event(at=NOW, actor="tester", event=word, subject=subject)


def entry(**fields: Any) -> LedgerEntry:
    usual: dict[str, Any] = {
        "transfer": f"t{next(_numbers)}",
        "at": NOW,
        "channel": "web",
        "sender": "送信者",
        "person": "p1",
        "department": "税務課",
        "destination": ("https://host:443", "x"),
        "digest": "d1",
        "size": 7,
        "media_type": "text/csv",
        "verdict": "allow",
        "reasons": ({"code": "few", "values": {"subjects": 2, "title": "部外秘"}},),
        "ruleset": "r",
        "subjects": 2,
        "counts": {"name": 2},
        "tokens": (b"a" * 16, b"b" * 16),
    }
    return LedgerEntry(**{**usual, **fields})


def case(name: str = "", *, opened: datetime = NOW, **fields: Any) -> StoredCase:
    name = name or f"C{next(_numbers)}"
    sealed = Sealed(key="k1", wrapped=b"w" + name.encode(), blob=f"blob {name}", inner=b"inner", preview=b"preview")
    return StoredCase(
        id=name,
        entry=entry(**{"verdict": "quarantine", **fields}),
        status=Status.QUARANTINED,
        approvals_needed=2,
        supervisor="boss",
        reportable=("1", "4"),
        opened=opened,
        changed=opened,
        sealed=sealed,
    )


def admit(store: Store, new: StoredCase, *notices: bytes) -> str:
    return store.admit(new, notices, event("admit", new.id))


def to(status: Status, **fields: Any) -> Callable[[StoredCase], Change]:
    return lambda stored: Change(**{"status": status, "changed": NOW, "event": event("move", stored.id), **fields})


def left(store: Store, person: str, since: datetime) -> int:
    """Distinct people this person has sent out."""
    return exposure.count(people for _, people in store.exposed(person, since)).people


def without_tokens(full: LedgerEntry) -> LedgerEntry:
    return LedgerEntry(**{name: getattr(full, name) for name in LedgerEntry.__dataclass_fields__ if name != "tokens"})


# cases


def test_an_admitted_case_is_all_there(store: Store, open_store: Callable[[], Store]) -> None:
    new = case("C1", sender=b"\xe3".decode("utf-8", "surrogateescape"), destination=("a\udce3b",))
    assert admit(store, new, b"one", b"two") == "C1"
    for seen in (store, open_store()):
        kept = seen.case("C1")
        assert kept.sealed == new.sealed
        assert (kept.status, kept.approvals_needed, kept.supervisor) == (Status.QUARANTINED, 2, "boss")
        assert (kept.reportable, kept.opened, kept.changed) == (("1", "4"), NOW, NOW)
        assert kept.entry.sender == "\\udce3", "what is no UTF-8 is written out"
        assert kept.entry.destination == ("a\udce3b",)
        assert (kept.entry.department, kept.entry.reasons, kept.entry.counts) == (
            "税務課",
            ({"code": "few", "values": {"subjects": 2, "title": "部外秘"}},),
            {"name": 2},
        )
        assert seen.case_of(new.entry.transfer) == "C1"
        assert seen.holds("blob C1")
        assert [sealed for _, sealed in seen.notices(10)] == [b"one", b"two"]
        assert [(found.event, found.subject) for found in seen.entries(0, 10)] == [("admit", "C1")]


def test_the_same_transfer_again_gives_its_case(store: Store) -> None:
    first = case("C1", transfer="same")
    admit(store, first, b"notice")
    assert admit(store, case("C2", transfer="same"), b"notice") == "C1"
    assert not store.holds("blob C2")
    assert len(store.notices(10)) == 1
    assert len(store.entries(0, 10)) == 1


def test_a_taken_id_is_told(store: Store) -> None:
    admit(store, case("C1"))
    other = case("C1", transfer="other")
    with pytest.raises(CaseIdTaken):
        admit(store, other, b"notice")
    assert store.case_of("other") is None
    assert len(store.ledger(limit=10, person=None)) == 1
    assert store.notices(10) == []


def test_a_recorded_transfer_cannot_be_held(store: Store) -> None:
    store.record(entry(transfer="same"), (), event())
    with pytest.raises(RoomError):
        admit(store, case("C1", transfer="same"))
    with pytest.raises(NoSuchCase):
        store.case("C1")


def test_no_such_case(store: Store) -> None:
    for ask in (store.case, lambda name: store.change(name, to(Status.REJECTED))):
        with pytest.raises(NoSuchCase):
            ask("none")
    assert store.case_of("none") is None
    assert not store.holds("none")
    assert store.entries(0, 10) == []


def test_cases_oldest_first_by_status_and_department(store: Store) -> None:
    for name, days, department in (("C3", 3, "a"), ("C1", 1, "b"), ("C2", 2, "a")):
        admit(store, case(name, opened=NOW + timedelta(days=days), department=department))
    store.change("C2", to(Status.APPROVED))

    def names(*status: Status, departments: list[str] | None = None, limit: int = 10) -> list[str]:
        return [found.id for found in store.cases(status=status, departments=departments, limit=limit)]

    assert names() == ["C1", "C2", "C3"]
    assert names(limit=2) == ["C1", "C2"]
    assert names(Status.QUARANTINED) == ["C1", "C3"]
    assert names(Status.QUARANTINED, Status.APPROVED, departments=["a"]) == ["C2", "C3"]
    assert names(departments=["a' OR 1=1"]) == []
    assert names(departments=[]) == []


def test_a_change_is_whole_with_its_entry(store: Store) -> None:
    admit(store, case("C1"))
    word = StoredDecision(actor="boss", move=Move.APPROVE, reason=b"sealed", at=NOW)
    later = NOW + timedelta(hours=1)
    kept = store.change("C1", to(Status.AWAITING_SECOND, changed=later, decision=word, detail=b"x", notices=(b"n",)))
    assert kept == store.case("C1")
    assert (kept.status, kept.changed, kept.decisions, kept.detail) == (Status.AWAITING_SECOND, later, (word,), b"x")
    assert store.change("C1", to(Status.QUARANTINED)).detail == b"x", "no new detail: as it was"
    assert [sealed for _, sealed in store.notices(10)] == [b"n"]
    assert [found.event for found in store.entries(0, 10)] == ["admit", "move", "move"]


def test_a_step_that_refuses_changes_nothing(store: Store) -> None:
    admit(store, case("C1"))
    before = store.case("C1")

    def refuse(stored: StoredCase) -> Change:
        raise IllegalMove("no")

    with pytest.raises(IllegalMove):
        store.change("C1", refuse)
    assert store.case("C1") == before
    assert len(store.entries(0, 10)) == 1


def test_the_same_word_twice_in_a_round_is_impossible(store: Store) -> None:
    admit(store, case("C1"))
    word = StoredDecision(actor="boss", move=Move.APPROVE, reason=b"r", at=NOW)
    store.change("C1", to(Status.AWAITING_SECOND, decision=word))
    with pytest.raises(RoomError):
        store.change("C1", to(Status.APPROVED, decision=word))
    assert store.case("C1").status is Status.AWAITING_SECOND
    assert len(store.entries(0, 10)) == 2


def test_afresh_forgets_decisions(store: Store) -> None:
    admit(store, case("C1"))
    word = StoredDecision(actor="boss", move=Move.APPROVE, reason=b"r", at=NOW)
    store.change("C1", to(Status.APPROVED, decision=word))
    assert store.change("C1", to(Status.QUARANTINED, afresh=True)).decisions == ()
    assert store.change("C1", to(Status.APPROVED, decision=word)).decisions == (word,)


def test_shredding_forgets_what_opens_it(store: Store) -> None:
    new = case("C1")
    admit(store, new)
    store.change("C1", to(Status.REJECTED))
    assert store.change("C1", to(Status.PURGED, shred=True)).sealed is None
    assert not store.holds("blob C1")
    store.forget()
    assert store.case("C1").entry == without_tokens(new.entry)


def test_what_is_due(store: Store) -> None:
    for days in (3, 1, 2):
        admit(store, case(f"C{days}", opened=NOW + timedelta(days=days)))
    states = (Status.QUARANTINED, Status.AWAITING_SECOND)
    assert store.due(states, NOW + timedelta(days=3), 10) == ["C1", "C2"]
    assert store.due(states, NOW + timedelta(days=4), 1) == ["C1"]
    assert store.due((Status.REJECTED,), NOW + timedelta(days=9), 10) == []


def test_steps_on_one_case_never_overlap(store: Store, open_store: Callable[[], Store]) -> None:
    """Forty steps from four connections: each sees all decisions made before it."""
    admit(store, case("C1"))
    seen: list[int] = []
    faults: list[BaseException] = []

    def work(own: Store, who: int) -> None:
        def step(stored: StoredCase) -> Change:
            seen.append(len(stored.decisions))
            word = StoredDecision(actor=f"{who}.{len(seen)}", move=Move.APPROVE, reason=b"r", at=NOW)
            return to(Status.AWAITING_SECOND, decision=word)(stored)

        try:
            for _ in range(10):
                own.change("C1", step)
        except BaseException as fault:
            faults.append(fault)

    threads = [threading.Thread(target=work, args=(open_store(), who)) for who in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not faults
    assert sorted(seen) == list(range(40))
    assert verify(store.entries(0, 100)) == []


# ledger


def test_a_record_is_kept_once(store: Store) -> None:
    kept = entry()
    assert store.record(kept, (b"n",), event("record"))
    assert not store.record(kept, (b"n",), event("record"))
    (row,) = store.ledger(limit=10, person=None)
    assert row.entry == without_tokens(kept)
    assert (row.left, row.outcome, row.detail, row.case, row.status) == (NOW, "", b"", "", None)
    assert len(store.notices(10)) == 1
    assert len(store.entries(0, 10)) == 1


def test_the_ledger_newest_first_with_cases(store: Store) -> None:
    store.record(entry(transfer="old", at=NOW), (), event())
    store.record(entry(transfer="new", at=NOW + timedelta(days=2), person="p2"), (), event())
    admit(store, case("C1", transfer="held", at=NOW + timedelta(days=1)))
    found = store.ledger(limit=10, person=None)
    assert [row.entry.transfer for row in found] == ["new", "held", "old"]
    assert (found[1].case, found[1].status, found[1].left) == ("C1", Status.QUARANTINED, None)
    assert [row.entry.transfer for row in store.ledger(limit=1, person="p1")] == ["held"]


def test_an_outcome(store: Store) -> None:
    store.record(entry(transfer="one"), (), event())
    assert store.outcome("one", "delivered", b"sealed", event("outcome"))
    assert not store.outcome("none", "delivered", b"", event("outcome"))
    (row,) = store.ledger(limit=10, person=None)
    assert (row.outcome, row.detail) == ("delivered", b"sealed")
    assert len(store.entries(0, 10)) == 2


def test_exposure_is_what_left_by_this_person_since_then(store: Store) -> None:
    def token(number: int) -> bytes:
        return bytes([number]) * 16

    day = timedelta(days=1)
    store.record(entry(tokens=(token(1), token(2)), at=NOW), (), event())
    store.record(entry(tokens=(token(2), token(3)), at=NOW + day, verdict="monitor"), (), event())
    store.record(entry(tokens=(token(4),), at=NOW + day, verdict="block"), (), event())
    store.record(entry(tokens=(token(5),), at=NOW + day, person="p2"), (), event())
    admit(store, case("C1", tokens=(token(6),), at=NOW - 9 * day))
    assert left(store, "p1", NOW) == 3
    assert left(store, "p1", NOW + day) == 2
    assert left(store, "p1", NOW + 2 * day) == 0
    assert left(store, "p3", NOW) == 0
    store.change("C1", to(Status.RELEASED, left=NOW + day))
    assert left(store, "p1", NOW + day) == 3, "a released case counts from its release"


# permits


def permit(**fields: Any) -> Permit:
    usual = {"case": "C1", "person": "p1", "digest": "d1", "destination": "https://host", "until": NOW}
    return Permit(**{**usual, **fields})


def grant(store: Store, given: Permit) -> None:
    admit(store, case(given.case))
    store.change(given.case, to(Status.RELEASED, permit=given))


def use(store: Store, **fields: Any) -> Permit | None:
    usual = {
        "person": "p1",
        "digest": "d1",
        "destination": "https://host",
        "now": NOW - timedelta(microseconds=1),
        "transfer": "t",
    }
    return store.use_permit(**{**usual, **fields}, event=event("permit"))


def test_whether_there_is_a_permit_can_be_asked_without_using_it(store: Store) -> None:
    usual = {"person": "p1", "digest": "d1", "destination": "https://host", "now": NOW - timedelta(microseconds=1)}
    assert not store.has_permit(**usual)
    grant(store, permit())
    assert [store.has_permit(**usual), store.has_permit(**usual | {"person": "p2"})] == [True, False]
    assert not store.has_permit(**usual | {"now": NOW})
    use(store)
    assert not store.has_permit(**usual)


def test_a_permit_is_used_once(store: Store) -> None:
    grant(store, permit())
    assert use(store) == permit()
    assert use(store) is None
    last = store.entries(0, 10)[-1]
    assert (last.event, last.subject) == ("permit", "C1")


def test_a_permit_is_used_with_what_leaves_by_it_or_not_at_all(store: Store) -> None:
    grant(store, permit())

    def recorded(taken: Permit) -> Recorded:
        assert taken == permit()
        return Recorded(entry(transfer="by permit"), (), event("record"))

    def unwritable(_: Permit) -> Recorded:
        raise RoomError("no")

    before = len(store.entries(0, 10))
    with pytest.raises(RoomError):
        use(store, record=unwritable)
    assert len(store.entries(0, 10)) == before
    assert use(store, record=recorded) == permit()
    assert [row.entry.transfer for row in store.ledger(limit=1, person=None)] == ["by permit"]
    grant(store, permit(case="C2"))
    with pytest.raises(RoomError):
        use(store, record=lambda _: recorded(permit()))  # that transfer has left already
    assert use(store) == permit(case="C2")


@pytest.mark.parametrize(
    "other", [{"person": "p2"}, {"digest": "d2"}, {"destination": "https://host:8443"}, {"now": NOW}]
)
def test_a_permit_fits_exactly_and_ends(store: Store, other: dict[str, Any]) -> None:
    grant(store, permit())
    assert use(store, **other) is None
    assert use(store) is not None


def test_the_permit_that_ends_first_is_taken_first(store: Store) -> None:
    grant(store, permit(case="C1", until=NOW + timedelta(hours=2)))
    grant(store, permit(case="C2", until=NOW + timedelta(hours=1)))
    assert [found.case for found in (use(store), use(store)) if found] == ["C2", "C1"]


def test_a_permit_is_used_once_by_many_at_once(store: Store, open_store: Callable[[], Store]) -> None:
    grant(store, permit())
    start = threading.Barrier(6)
    taken: list[Permit | None] = []

    def work(own: Store) -> None:
        start.wait()
        taken.append(use(own))

    threads = [threading.Thread(target=work, args=(open_store(),)) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found is not None for found in taken) == [False] * 5 + [True]


# notices, keys, audit


def test_notices_wait_until_sent(store: Store) -> None:
    store.record(entry(), (b"one", b"two", b"three"), event())
    first, second, third = store.notices(10)
    assert [first[1], second[1], third[1]] == [b"one", b"two", b"three"]
    store.notice_sent(second[0])
    store.notice_sent(second[0])
    assert store.notices(10) == [first, third]
    assert store.notices(1) == [first]


def test_keys_are_noted_once(store: Store) -> None:
    assert store.learn_keys(["k1", "k2"], NOW) == ["k1", "k2"]
    assert store.learn_keys(["k1", "k2", "k3"], NOW) == ["k3"]
    assert store.known_keys() == {"k1", "k2", "k3"}
    assert [(found.event, found.subject) for found in store.entries(0, 10)] == [
        ("key", "k1"),
        ("key", "k2"),
        ("key", "k3"),
    ]


def test_rewrapping_exchanges_exactly_the_one_named(store: Store) -> None:
    admit(store, case("C1"))
    admit(store, case("C2"))
    assert store.wrapped_by_others("k2", "", 10) == ["C1", "C2"]
    assert store.wrapped_by_others("k2", "C1", 10) == ["C2"]
    assert store.wrapped_by_others("k1", "", 10) == []
    assert not store.rewrap("C1", "k2", b"new", b"not this one", event())
    assert store.rewrap("C1", "k2", b"new", b"wC1", event("rewrap"))
    kept = store.case("C1").sealed
    assert kept is not None
    assert (kept.key, kept.wrapped) == ("k2", b"new")
    assert store.wrapped_by_others("k2", "", 10) == ["C2"]


def test_the_chain_grows_in_order_and_is_witnessed(store: Store, witnessed: list[Entry]) -> None:
    made = [store.append(event(f"e{number}")) for number in range(5)]
    assert store.entries(0, 10) == made
    assert store.entries(2, 2) == made[2:4]
    assert verify(made) == []
    assert witnessed == made
    assert [store.hash_at(seq) for seq in (1, 5, 6)] == [made[0].hash, made[4].hash, None]


def test_what_was_refused_is_not_witnessed(store: Store, witnessed: list[Entry]) -> None:
    admit(store, case("C1"))
    with pytest.raises(CaseIdTaken):
        admit(store, case("C1", transfer="other"))
    store.record(entry(transfer="x"), (), event("record"))
    store.record(entry(transfer="x"), (), event("again"))
    assert [found.event for found in witnessed] == ["admit", "record"]


def test_one_chain_from_many_connections(store: Store, open_store: Callable[[], Store]) -> None:
    faults: list[BaseException] = []

    def work(own: Store) -> None:
        try:
            for _ in range(25):
                own.append(event())
        except BaseException as fault:
            faults.append(fault)

    threads = [threading.Thread(target=work, args=(open_store(),)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not faults
    found = store.entries(0, 1000)
    assert len(found) == 100
    assert verify(found) == []


def traced(*tokens: int, parts: bytes = b"") -> Traces:
    return Traces(tokens=b"".join(token.to_bytes(8, "little") for token in sorted(tokens)), parts=parts)


@pytest.mark.parametrize("tidy", [False, True])
def test_tokens_are_found_before_and_after_tidying(store: Store, open_store: Callable[[], Store], tidy: bool) -> None:
    store.record(entry(transfer="one", traces=traced(5, 2**62, parts=b"\x01\x00\x00\x00")), (), event(), b"sealed")
    admit(store, case("C1", transfer="two", traces=traced(5, 7)))
    if tidy:
        assert store.tidy(everything=True)
        assert not store.tidy(everything=True), "nothing is left to do"
    store.record(entry(transfer="three", traces=traced(7)), (), event())
    for seen in (store, open_store()):
        found = seen.find((5, 7, 9))
        rows = seen.rows(found)
        assert {rows[number].entry.transfer: dict(tokens) for number, tokens in found.items()} == {
            "one": {5: {1}},
            "two": {5: {0}, 7: {0}},
            "three": {7: {0}},
        }
        assert {row.entry.transfer: (row.case, row.places) for row in rows.values()} == {
            "one": ("", b"sealed"),
            "two": ("C1", b""),
            "three": ("", b""),
        }


def test_a_token_of_more_transfers_than_a_block_holds(store: Store) -> None:
    for number in range(700):
        store.record(entry(transfer=f"m{number}", traces=traced(1, 5, 10 + number)), (), event())
        if number % 90 == 0:
            store.tidy(everything=True)  # a run each time, and eight runs become one
    store.tidy(everything=True)
    assert len(store.find((5,))) == 700
    assert len(store.find((10 + 333,))) == 1
    assert store.find((6,)) == {}


def test_many_are_recorded_as_one_by_one(store: Store) -> None:
    kept = [(entry(transfer=f"m{n}", traces=traced(n + 1)), event("record", f"m{n}"), b"") for n in range(5)]
    assert store.record_all(kept) == 5
    assert store.record_all([*kept, (entry(transfer="m9"), event("record", "m9"), b"p")]) == 1
    assert len(store.ledger(limit=100, person=None)) == 6
    assert [found.subject for found in store.entries(0, 100)] == ["m0", "m1", "m2", "m3", "m4", "m9"]
    assert len(store.find((3,))) == 1
