"""Who may do what to a case, and where it then stands. Pure; the one table is in :mod:`quarantine.case`."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from quarantine.case import MOVES, Decision, IllegalMove, Move, NotAllowed, Permit, Status

#: A case that waits for somebody's word.
UNDECIDED = (Status.QUARANTINED, Status.AWAITING_SECOND)
#: A case whose content is kept only for a time.
CLOSED = (Status.REJECTED, Status.RELEASED, Status.WITHDRAWN)

_WORDS = frozenset({Move.APPROVE, Move.REJECT, Move.WITHDRAW})
_SETTLEMENTS = frozenset({Move.DELIVERED, Move.UNDELIVERABLE})


@dataclass(frozen=True, kw_only=True, slots=True)
class Situation:
    """What a move is judged by."""

    status: Status
    person: str  # the sender's person id
    approvers: Collection[str]  # who has approved since it was last quarantined
    needed: int  # different approvers


def decided(now: Situation, decision: Decision) -> Status:
    """Where a decision leads. Raises IllegalMove, NotAllowed."""
    if decision.move not in _WORDS:
        raise IllegalMove(f"{decision.move} is not a person's to decide")
    after = stepped(now.status, decision.move)
    _check_person(now, decision)
    if decision.move is Move.APPROVE and len({*now.approvers, decision.actor}) < now.needed:
        return Status.AWAITING_SECOND
    return after


def _check_person(now: Situation, decision: Decision) -> None:
    if not decision.actor.strip():
        raise NotAllowed("a decision needs a person")
    if not decision.reason.strip():
        raise NotAllowed("a decision needs a reason")
    own = decision.actor == now.person
    if decision.move is Move.WITHDRAW and not own:
        raise NotAllowed("only its sender may withdraw a transfer")
    if decision.move is not Move.WITHDRAW and own:
        raise NotAllowed("nobody decides an own transfer")
    if decision.move is Move.APPROVE and decision.actor in now.approvers:
        raise NotAllowed("the same person has approved already; another one is needed")


def settled(status: Status, move: Move) -> Status:
    """Where a delivery's end leads. Raises IllegalMove."""
    if move not in _SETTLEMENTS:
        raise IllegalMove(f"{move} does not settle a delivery")
    return stepped(status, move)


def stepped(status: Status, move: Move) -> Status:
    """What the table says. Raises IllegalMove."""
    try:
        return MOVES[status, move]
    except KeyError:
        raise IllegalMove(f"a case that is {status} cannot {move}") from None


def check_permit(permit: Permit, *, case: str, person: str, digest: str, destination: Collection[str]) -> None:
    """A permit is for the case's own person, content and destination. Raises NotAllowed."""
    if not permit.person:
        raise NotAllowed("a permit is for a known person")
    if (permit.case, permit.person, permit.digest) != (case, person, digest) or permit.destination not in destination:
        raise NotAllowed("a permit is for the case's own person, content and destination")
