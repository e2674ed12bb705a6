"""Keepers: who keeps a device, who decides on a loan of it, and who may report a loss."""

from __future__ import annotations

from datetime import datetime

from dlp.directory.devicebook import DeviceBook
from dlp.directory.directory import Directory
from dlp.directory.loans import LoanState, Request
from dlp.standing import Device, Person, PersonStatus


class Keepers:
    """The people around a device, as the directory knows them today."""

    def __init__(self, book: DeviceBook, directory: Directory, number_approver: str = "") -> None:
        self.book = book
        self._directory = directory
        self._number_approver = number_approver  # employee number of the 情報システム主管課長

    def deciders(self, device: Device, borrower: str, now: datetime) -> list[Person]:
        """Who decides on this person's loan of this device today; nobody: it stays requested."""
        directory = self._directory
        holder = directory.person(device.holder) if device.holder else None
        if holder is not None and holder.id == borrower:
            holder = directory.person(holder.supervisor) if holder.supervisor else None
        return [p for p in self._with_deputy(holder, now) if p.id != borrower]

    def it_heads(self, borrower: str, now: datetime) -> list[Person]:
        """Who approves work with Individual Numbers: the 情報システム主管課長 and today's deputy."""
        head = self._directory.person(self._number_approver) if self._number_approver else None
        return [p for p in self._with_deputy(head, now) if p.id != borrower]

    def _with_deputy(self, person: Person | None, now: datetime) -> list[Person]:
        found = [person, *self._directory.deputies(person, now)] if person else []
        return [p for p in dict.fromkeys(found) if self._active(p, now)]

    def keeps(self, device: Device, actor: str, now: datetime) -> bool:
        """Whether this person keeps the device today: its custodian or the custodian's deputy."""
        return any(p.id == actor for p in self.deciders(device, "", now))

    def may_decide(self, request: Request, device: Device, actor: str, now: datetime) -> bool:
        """Whether this person's word on the loan is awaited."""
        borrower = request.loan.person
        if request.state is LoanState.AWAITING_IT:
            return any(p.id == actor for p in self.it_heads(borrower, now))
        return any(p.id == actor for p in self.deciders(device, borrower, now))

    def administers(self, actor: str, now: datetime) -> bool:
        """Whether this person is an administrator today."""
        person = self._directory.person(actor)
        return person is not None and person.role == "administrator" and self._active(person, now)

    def _active(self, person: Person | None, now: datetime) -> bool:
        return self._directory.status(person, now) is PersonStatus.ACTIVE

    def may_report(self, device: Device, actor: str, now: datetime) -> bool:
        """Who may report a loss: whoever has it, keeps it, supervises its department, or administers."""
        if self.administers(actor, now) or self.keeps(device, actor, now):
            return True
        person = self._directory.person(actor)
        if person is None or not self._active(person, now):
            return False
        borrowed = self.book.loans(states=(LoanState.LENT,), serial=device.serial, person=actor)
        led = person.role == "supervisor" and person.department == device.department != ""
        return bool(borrowed) or led
