"""Lending: who may do what with a device of the ledger, and the record of it. Every step is one transaction with
its audit entry and the notices it owes.

The custodian (所属長) keeps the device and decides; the custodian's deputies stand in; of a custodian's own request the
custodian's supervisor decides. Nobody decides on an own request, takes it over the counter or confirms its erasure.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime

from dlp.directory import lending_letters as letters
from dlp.directory import loans
from dlp.directory.coverage import begin_round, round_done
from dlp.directory.devicebook import (
    DeviceBook,
    add_loan,
    device_in,
    loan_in,
    put_device,
    put_event,
    set_loan,
)
from dlp.directory.directory import Directory
from dlp.directory.keepers import Keepers
from dlp.directory.loans import DeviceMove, LoanMove, LoanState, Refused, Request
from dlp.directory.register import Change
from dlp.standing import Device, DeviceStatus, Loan, Person
from quarantine.case import Notice

#: Where the device is reachable here: how many files are on it; None: it is not here, so somebody's word counts.
type Look = Callable[[Device], int | None]


class Lending(Keepers):
    """The counter at which devices are requested, approved, handed over, taken back and reported lost."""

    def __init__(
        self,
        book: DeviceBook,
        directory: Directory,
        *,
        look: Look = lambda device: None,
        number_approver: str = "",
        console: str = "",
    ) -> None:
        super().__init__(book, directory, number_approver)
        self._look = look
        self.console = console

    # the ledger

    def register(self, device: Device, actor: str, now: datetime) -> None:
        """Enter a device, or correct what is written of one; its state is changed by moves alone. Administrators."""
        if not self.administers(actor, now):
            raise Refused("not_yours")
        with self.book.register.change(actor) as change:
            self._register_in(change, device, actor, now)

    def _register_in(self, change: Change, device: Device, actor: str, now: datetime) -> bool:
        """False when it stands so already."""
        wrong = not device.serial or "/" in device.serial or device.serial in (".", "..")
        if wrong or device.state is DeviceStatus.UNREGISTERED:
            raise Refused("serial")
        before = device_in(change, device.serial)
        state = before.state if before else device.state
        if before is None and state is DeviceStatus.LENT:
            state = DeviceStatus.IN_USE  # a file's word; no loan is on record that could end it
        kept = before.registered if before else None
        fresh = replace(device, state=state, registered=device.registered or kept or self._directory.today(now))
        if fresh == before:
            return False
        other = change.one(
            "SELECT serial FROM device WHERE number = :number AND number <> '' AND serial <> :serial",
            number=fresh.number,
            serial=fresh.serial,
        )
        if other is not None:
            raise Refused("number_taken")
        word = "edit" if before else "register"
        put_device(change, fresh, now)
        put_event(change, fresh, word, actor, now)
        change.tell(f"device_{word}", fresh.serial, number=fresh.number, state=fresh.state.value, holder=fresh.holder)
        return True

    def take_over(self, found: Sequence[Device], actor: str, now: datetime) -> int:
        """Enter the devices of a file; how many were new or changed. States of known ones stay. All or nothing."""
        with self.book.register.change(actor) as change:
            return sum(self._register_in(change, device, actor, now) for device in found)

    # a loan

    def request(
        self,
        serial: str,
        person: Person,
        purpose: str,
        first: date,
        last: date,
        now: datetime,
        *,
        number_work: bool = False,
    ) -> int:
        """A request (申請); its number. Raises Refused."""
        if not self._active(person, now):
            raise Refused("not_active")
        purpose = loans.check_text(purpose, "no_purpose")
        loans.check_period(first, last, self._directory.today(now))
        with self.book.register.change(person.id) as change:
            device = self._taken_in(change, serial, now)
            if device.state in (DeviceStatus.LOST, DeviceStatus.RETIRED):
                raise Refused(f"device_{device.state.value}")
            number_work = number_work or device.number_work
            loan = Loan(
                id=0,
                serial=serial,
                person=person.id,
                purpose=purpose,
                first=first,
                last=last,
                number_work=number_work,
            )
            number = add_loan(change, loan, person.department, now)
            change.tell("loan_request", serial, loan=number, until=last.isoformat(), number_work=int(number_work))
            change.owe(letters.ask(self.deciders(device, person.id, now), device, person.id, number, self.console))
        return number

    def approve(self, number: int, actor: str, now: datetime) -> LoanState:
        """The awaited word: the custodian's, then for work with Individual Numbers the IT department head's."""
        with self.book.register.change(actor) as change:
            request, device = self._open(change, number)
            after = loans.loan_after(request, LoanMove.APPROVE)
            self._require(self.may_decide(request, device, actor, now))
            if request.loan.last < self._directory.today(now):
                raise Refused("period_over")
            stamps = {"it_by": actor, "it_at": now.isoformat()}
            if request.state is LoanState.REQUESTED:
                stamps = {"approved_by": actor, "approved": now.isoformat()}
            set_loan(change, number, state=after.value, **stamps)
            change.tell("loan_approve", device.serial, loan=number, state=after.value)
            if after is LoanState.AWAITING_IT:
                heads, borrower = self.it_heads(request.loan.person, now), request.loan.person
                change.owe(letters.ask(heads, device, borrower, number, self.console))
            else:
                change.owe(self._say(request, device, "approve"))
        return after

    def reject(self, number: int, actor: str, remark: str, now: datetime) -> None:
        """A no, with a reason; an approval not yet used is taken back the same way."""
        remark = loans.check_text(remark, "no_reason")
        with self.book.register.change(actor) as change:
            request, device = self._open(change, number)
            after = loans.loan_after(request, LoanMove.REJECT)
            self._require(self.may_decide(request, device, actor, now))
            set_loan(change, number, state=after.value, closed_by=actor, closed=now.isoformat(), remark=remark)
            change.tell("loan_reject", device.serial, loan=number)
            change.owe(self._say(request, device, "reject", remark))

    def withdraw(self, number: int, actor: str, now: datetime) -> None:
        """The borrower no longer wants it."""
        with self.book.register.change(actor) as change:
            request, device = self._open(change, number)
            after = loans.loan_after(request, LoanMove.WITHDRAW)
            self._require(request.loan.person == actor)
            set_loan(change, number, state=after.value, closed_by=actor, closed=now.isoformat())
            change.tell("loan_withdraw", device.serial, loan=number)

    def lend(self, number: int, actor: str, now: datetime) -> None:
        """Hand it over (持出し), within the period."""
        today = self._directory.today(now)
        with self.book.register.change(actor) as change:
            request, device = self._open(change, number)
            after = loans.loan_after(request, LoanMove.LEND)
            self._require(self.may_decide(request, device, actor, now))
            if not request.loan.first <= today <= request.loan.last:
                raise Refused("period_over" if today > request.loan.last else "period_not_begun")
            if not self._active(self._directory.person(request.loan.person), now):
                raise Refused("not_active")
            self._move(change, device, DeviceMove.LEND, actor, now, loan=number)
            set_loan(change, number, state=after.value, lent_by=actor, lent=now.isoformat())
            change.tell("loan_lend", device.serial, loan=number, person=request.loan.person)
            change.owe(self._say(request, device, "lend"))

    def give_back(self, number: int, actor: str, now: datetime, *, erased: bool, remark: str = "") -> str:
        """Take it back (返却): not before its data is erased. "looked" when we saw so, "stated" when it was said.

        Raises Refused("not_erased") where nobody says so, Refused("still_data") where we see files.
        """
        if not erased:
            raise Refused("not_erased")
        left = self._files_on(number)
        with self.book.register.change(actor) as change:
            request, device = self._open(change, number)
            after = loans.loan_after(request, LoanMove.RETURN)
            self._require(self.may_decide(request, device, actor, now))
            if left:
                raise Refused("still_data")
            how = "stated" if left is None else "looked"
            self._move(change, device, DeviceMove.RETURN, actor, now, loan=number, remark=remark.strip())
            set_loan(
                change, number, state=after.value, closed_by=actor, closed=now.isoformat(), erased=how, remark=remark
            )
            change.tell("loan_return", device.serial, loan=number, person=request.loan.person, erased=how)
        return how

    def _files_on(self, number: int) -> int | None:
        """What is left on a loan's device; looked at before any transaction, because a device may be slow."""
        request = self.book.loan(number)
        device = self._directory.device(request.loan.serial) if request else None
        return self._look(device) if device else None

    # a device

    def lose(self, serial: str, actor: str, remark: str, now: datetime) -> None:
        """Report a loss: from its commit on nothing is written to it, also while it is mounted."""
        remark = loans.check_text(remark, "no_reason")
        with self.book.register.change(actor) as change:
            device = self._taken_in(change, serial, now)
            self._require(self.may_report(device, actor, now))
            lost = self._move(change, device, DeviceMove.LOSE, actor, now, remark=remark)
            for row in change.all("SELECT id, state FROM loan WHERE serial = :serial", serial=serial):
                if LoanState(row["state"]) in loans.OPEN:
                    set_loan(change, row["id"], state=LoanState.LOST.value, closed_by=actor, closed=now.isoformat())
            change.owe(letters.alarm(self._alarmed(lost, now), lost, actor, self.console))

    def change_state(self, serial: str, move: DeviceMove, actor: str, remark: str, now: datetime) -> None:
        """Put a returned device in use, enter a lost one as found, retire one: custodian or administrator."""
        if move not in (DeviceMove.PUT_IN_USE, DeviceMove.FIND, DeviceMove.RETIRE):
            raise Refused("loan_state")
        remark = loans.check_text(remark, "no_reason")
        with self.book.register.change(actor) as change:
            device = _known(device_in(change, serial))
            self._require(self.administers(actor, now) or self.keeps(device, actor, now))
            self._move(change, device, move, actor, now, remark=remark)

    # by the calendar

    def overdue(self, now: datetime) -> list[Request]:
        """Loans whose period is over and whose device is not back."""
        today = self._directory.today(now)
        return [request for request in self.book.loans(states=(LoanState.LENT,)) if request.loan.last < today]

    def remind(self, now: datetime) -> int:
        """Once a day tell borrower and custodian of each overdue loan; how many."""
        day = self._directory.today(now).isoformat()
        late = self.overdue(now)
        with self.book.register.snapshot() as snapshot:
            if not late or round_done(snapshot, "overdue", day):
                return 0
        with self.book.register.change("lending") as change:
            if not begin_round(change, "overdue", day, now):
                return 0
            for request in late:
                change.owe(self._reminder(request, now))
            change.tell("loans_overdue", day, loans=len(late))
        return len(late)

    def _reminder(self, request: Request, now: datetime) -> list[Notice]:
        device = self._directory.device(request.loan.serial)
        if device is None:
            return []
        borrower = self._directory.person(request.loan.person)
        told = [*([borrower] if borrower else []), *self.deciders(device, request.loan.person, now)]
        return letters.remind([p for p in told if self._active(p, now)], device, request, self.console)

    # inside

    def _taken_in(self, change: Change, serial: str, now: datetime) -> Device:
        """The device; one that only the file knows is entered first, so that what happens to it is on record."""
        if device_in(change, serial) is None:
            for device in self._directory.filed():
                if device.serial == serial:
                    self._register_in(change, device, "directory", now)
        return _known(device_in(change, serial))

    def _open(self, change: Change, number: int) -> tuple[Request, Device]:
        request = loan_in(change, number)
        if request is None:
            raise Refused("unknown_loan")
        return request, _known(device_in(change, request.loan.serial))

    def _require(self, allowed: bool) -> None:
        if not allowed:
            raise Refused("not_yours")

    def _move(
        self,
        change: Change,
        device: Device,
        move: DeviceMove,
        actor: str,
        now: datetime,
        *,
        loan: int | None = None,
        remark: str = "",
    ) -> Device:
        moved = replace(device, state=loans.device_after(device.state, move))
        put_device(change, moved, now)
        put_event(change, moved, move.value, actor, now, loan=loan, remark=remark)
        change.tell(f"device_{move.value}", device.serial, was=device.state.value, state=moved.state.value)
        return moved

    def _say(self, request: Request, device: Device, word: str, remark: str = "") -> list[Notice]:
        return letters.say(self._directory.person(request.loan.person), request, device, word, remark)

    def _alarmed(self, device: Device, now: datetime) -> list[Person]:
        """Administrators, privacy officers and the custodian."""
        roles = ("administrator", "privacy")
        told = [p for p in self._directory.people() if p.role in roles or p.id == device.holder]
        return [p for p in told if self._active(p, now)]


def _known(device: Device | None) -> Device:
    if device is None:
        raise Refused("unknown_device")
    return device
