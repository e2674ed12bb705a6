"""The life of a device and of a loan: two tables of moves, and the rules of a request. Pure: no I/O.

The rules are those municipal USB regulations print: a request (申請) with a purpose and a period at most to the end
of the fiscal year, approval by the custodian and never of one's own request, handing over (持出し) and return (返却)
on record, data erased before it is back, losses at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from dlp.errors import SenderFault
from dlp.standing import DeviceStatus, Loan, LoanStatus

MAX_TEXT = 500  # characters of a purpose or remark


class Refused(SenderFault):
    """The rules do not allow this; `code` names which, for `dlp.texts.MEDIA_RULES`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class DeviceMove(StrEnum):
    """What can happen to a device of the ledger."""

    LEND = "lend"
    RETURN = "return"
    PUT_IN_USE = "put_in_use"
    LOSE = "lose"
    FIND = "find"
    RETIRE = "retire"


#: The life of a device. A lent one is returned, and so erased, before it is retired.
DEVICE_MOVES: Mapping[tuple[DeviceStatus, DeviceMove], DeviceStatus] = {
    (DeviceStatus.IN_USE, DeviceMove.LEND): DeviceStatus.LENT,
    (DeviceStatus.RETURNED, DeviceMove.LEND): DeviceStatus.LENT,
    (DeviceStatus.LENT, DeviceMove.RETURN): DeviceStatus.RETURNED,
    (DeviceStatus.RETURNED, DeviceMove.PUT_IN_USE): DeviceStatus.IN_USE,
    (DeviceStatus.IN_USE, DeviceMove.LOSE): DeviceStatus.LOST,
    (DeviceStatus.LENT, DeviceMove.LOSE): DeviceStatus.LOST,
    (DeviceStatus.RETURNED, DeviceMove.LOSE): DeviceStatus.LOST,
    (DeviceStatus.LOST, DeviceMove.FIND): DeviceStatus.RETURNED,
    (DeviceStatus.IN_USE, DeviceMove.RETIRE): DeviceStatus.RETIRED,
    (DeviceStatus.RETURNED, DeviceMove.RETIRE): DeviceStatus.RETIRED,
    (DeviceStatus.LOST, DeviceMove.RETIRE): DeviceStatus.RETIRED,
}


class LoanState(StrEnum):
    """Where a request to carry a device out stands. Silence is never consent."""

    REQUESTED = "requested"
    AWAITING_IT = "awaiting_it"  # the custodian has approved; the IT department head has not yet
    APPROVED = "approved"
    LENT = "lent"
    RETURNED = "returned"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    LOST = "lost"  # the device was lost under it


class LoanMove(StrEnum):
    """What can happen to a loan."""

    APPROVE = "approve"
    REJECT = "reject"
    WITHDRAW = "withdraw"
    LEND = "lend"
    RETURN = "return"
    LOSE = "lose"


#: The life of a loan. The custodian's APPROVE of work with Individual Numbers leads to AWAITING_IT.
LOAN_MOVES: Mapping[tuple[LoanState, LoanMove], LoanState] = {
    (LoanState.REQUESTED, LoanMove.APPROVE): LoanState.APPROVED,
    (LoanState.REQUESTED, LoanMove.REJECT): LoanState.REJECTED,
    (LoanState.REQUESTED, LoanMove.WITHDRAW): LoanState.WITHDRAWN,
    (LoanState.REQUESTED, LoanMove.LOSE): LoanState.LOST,
    (LoanState.AWAITING_IT, LoanMove.APPROVE): LoanState.APPROVED,
    (LoanState.AWAITING_IT, LoanMove.REJECT): LoanState.REJECTED,
    (LoanState.AWAITING_IT, LoanMove.WITHDRAW): LoanState.WITHDRAWN,
    (LoanState.AWAITING_IT, LoanMove.LOSE): LoanState.LOST,
    (LoanState.APPROVED, LoanMove.LEND): LoanState.LENT,
    (LoanState.APPROVED, LoanMove.REJECT): LoanState.REJECTED,
    (LoanState.APPROVED, LoanMove.WITHDRAW): LoanState.WITHDRAWN,
    (LoanState.APPROVED, LoanMove.LOSE): LoanState.LOST,
    (LoanState.LENT, LoanMove.RETURN): LoanState.RETURNED,
    (LoanState.LENT, LoanMove.LOSE): LoanState.LOST,
}

#: States of a loan that still leads somewhere.
OPEN = frozenset({state for state, _ in LOAN_MOVES})


@dataclass(frozen=True, kw_only=True, slots=True)
class Request:
    """A loan as the register keeps it, from the request to its end."""

    loan: Loan
    state: LoanState
    requested: datetime
    approved_by: str = ""
    approved: datetime | None = None
    it_by: str = ""  # who approved for the IT department
    it_at: datetime | None = None
    lent_by: str = ""
    lent: datetime | None = None
    closed_by: str = ""  # who took it back, rejected it or reported the loss
    closed: datetime | None = None
    erased: str = ""  # "looked": we saw an empty file system; "stated": the custodian's word
    remark: str = ""


def device_after(state: DeviceStatus, move: DeviceMove) -> DeviceStatus:
    """Where a device stands after `move`. Raises Refused where the table has no such move."""
    after = DEVICE_MOVES.get((state, move))
    if after is None:
        raise Refused(f"device_{state.value}")
    return after


def loan_after(request: Request, move: LoanMove) -> LoanState:
    """Where a loan stands after `move`. Raises Refused where the table has no such move."""
    after = LOAN_MOVES.get((request.state, move))
    if after is None:
        raise Refused("loan_state")
    first_word = request.state is LoanState.REQUESTED and move is LoanMove.APPROVE
    return LoanState.AWAITING_IT if first_word and request.loan.number_work else after


def fiscal_year(day: date) -> int:
    """The fiscal year (年度) of a day: it begins on 1 April."""
    return day.year if day.month >= 4 else day.year - 1


def fiscal_end(day: date) -> date:
    """31 March of the fiscal year of `day`."""
    return date(fiscal_year(day) + 1, 3, 31)


def check_period(first: date, last: date, today: date) -> None:
    """Raises Refused for a period that is over, upside down, or beyond the end of the fiscal year it begins in."""
    if last < first:
        raise Refused("period_reversed")
    if last < today:
        raise Refused("period_over")
    if last > fiscal_end(first) or first > fiscal_end(today):
        raise Refused("period_beyond_year")


def check_text(text: str, code: str) -> str:
    """`text` without blanks around it. Raises Refused(code) when nothing is left or it is too long."""
    text = " ".join(text.split())
    if not text:
        raise Refused(code)
    if len(text) > MAX_TEXT:
        raise Refused("text_too_long")
    return text


def standing(handed: Request | None, approved: Request | None, person: str, today: date) -> LoanStatus:
    """What a device's loans mean for `person` today.

    `handed` is the loan under which the device is out, `approved` one of this person's that still waits.
    """
    if handed is not None and handed.loan.person != person:
        return LoanStatus.OTHERS
    if handed is None:
        return LoanStatus.NOT_BEGUN if approved is not None else LoanStatus.NONE
    if today < handed.loan.first:
        return LoanStatus.NOT_BEGUN
    return LoanStatus.VALID if today <= handed.loan.last else LoanStatus.EXPIRED
