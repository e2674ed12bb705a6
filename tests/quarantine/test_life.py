"""Who may do what, case by case of the one table."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime

import pytest

from quarantine import life
from quarantine.case import MOVES, Decision, IllegalMove, Move, NotAllowed, Permit, Status


def situation(status: Status = Status.QUARANTINED, approvers: tuple[str, ...] = (), needed: int = 1) -> life.Situation:
    return life.Situation(status=status, person="sender", approvers=approvers, needed=needed)


def decision(move: Move, actor: str = "boss", reason: str = "checked") -> Decision:
    return Decision(actor=actor, move=move, reason=reason, at=datetime.now(UTC))


@pytest.mark.parametrize(("status", "move"), list(itertools.product(Status, Move)))
def test_the_table_and_nothing_else(status: Status, move: Move) -> None:
    if (status, move) in MOVES:
        assert life.stepped(status, move) is MOVES[status, move]
    else:
        with pytest.raises(IllegalMove):
            life.stepped(status, move)


def test_nothing_moves_towards_release_without_a_person() -> None:
    onward = {(status, move) for (status, move), after in MOVES.items() if after in (Status.APPROVED, Status.RELEASED)}
    assert onward == {
        (Status.QUARANTINED, Move.APPROVE),
        (Status.AWAITING_SECOND, Move.APPROVE),
        (Status.APPROVED, Move.DELIVERED),
    }


def test_one_approval_where_one_is_needed() -> None:
    assert life.decided(situation(), decision(Move.APPROVE)) is Status.APPROVED


@pytest.mark.parametrize("needed", [2, 3])
def test_as_many_different_approvers_as_needed(needed: int) -> None:
    status, approvers = Status.QUARANTINED, list[str]()
    for number in range(needed):
        now = situation(status, tuple(approvers), needed)
        status = life.decided(now, decision(Move.APPROVE, f"boss{number}"))
        approvers.append(f"boss{number}")
        assert status is (Status.APPROVED if number == needed - 1 else Status.AWAITING_SECOND)


def test_the_same_approver_does_not_count_twice() -> None:
    with pytest.raises(NotAllowed, match="another"):
        life.decided(situation(Status.AWAITING_SECOND, ("boss",), 2), decision(Move.APPROVE))


@pytest.mark.parametrize("move", [Move.APPROVE, Move.REJECT])
@pytest.mark.parametrize("status", [Status.QUARANTINED, Status.AWAITING_SECOND])
def test_nobody_decides_an_own_transfer(move: Move, status: Status) -> None:
    with pytest.raises(NotAllowed, match="own"):
        life.decided(situation(status, needed=2), decision(move, "sender"))


@pytest.mark.parametrize("status", [Status.QUARANTINED, Status.AWAITING_SECOND])
def test_only_the_sender_withdraws(status: Status) -> None:
    assert life.decided(situation(status), decision(Move.WITHDRAW, "sender")) is Status.WITHDRAWN
    with pytest.raises(NotAllowed, match="sender"):
        life.decided(situation(status), decision(Move.WITHDRAW, "boss"))


@pytest.mark.parametrize("reason", ["", " ", "\n\t", "　"])
def test_a_reason_is_needed(reason: str) -> None:
    with pytest.raises(NotAllowed, match="reason"):
        life.decided(situation(), decision(Move.APPROVE, reason=reason))


@pytest.mark.parametrize("actor", ["", " "])
def test_a_person_is_needed(actor: str) -> None:
    with pytest.raises(NotAllowed):
        life.decided(situation(), decision(Move.REJECT, actor))


def test_a_sender_whom_nobody_knows_cannot_withdraw() -> None:
    nobody = life.Situation(status=Status.QUARANTINED, person="", approvers=(), needed=1)
    with pytest.raises(NotAllowed):
        life.decided(nobody, decision(Move.WITHDRAW, ""))


@pytest.mark.parametrize("move", [Move.EXPIRE, Move.DELIVERED, Move.UNDELIVERABLE])
def test_what_no_person_decides(move: Move) -> None:
    for status in Status:
        with pytest.raises(IllegalMove):
            life.decided(situation(status), decision(move))


@pytest.mark.parametrize("move", [Move.APPROVE, Move.REJECT, Move.WITHDRAW, Move.EXPIRE])
def test_what_does_not_settle(move: Move) -> None:
    for status in Status:
        with pytest.raises(IllegalMove):
            life.settled(status, move)


@pytest.mark.parametrize(
    "wrong", [{"case": "B"}, {"person": "other"}, {"person": ""}, {"digest": "e"}, {"destination": "https://other"}]
)
def test_a_permit_is_for_the_case_it_comes_from(wrong: dict[str, str]) -> None:
    fields = {"case": "A", "person": "sender", "digest": "d", "destination": "https://host"}
    own = {"case": "A", "person": "sender", "digest": "d", "destination": ("https://host",)}
    life.check_permit(Permit(**fields, until=datetime.now(UTC)), **own)  # type: ignore[arg-type]
    with pytest.raises(NotAllowed):
        life.check_permit(Permit(**{**fields, **wrong}, until=datetime.now(UTC)), **own)  # type: ignore[arg-type]
