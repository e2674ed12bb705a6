"""Who may see and decide which case. Pure."""

from __future__ import annotations

from datetime import datetime

from dlp.console.accounts import Account
from dlp.directory import Directory
from quarantine.case import Case, Status

OPEN = (Status.QUARANTINED, Status.AWAITING_SECOND)


def decides_for(account: Account, case: Case, directory: Directory, now: datetime) -> bool:
    """Whether this case lies on this person's desk: as supervisor, as today's deputy, or as privacy officer."""
    if account.role == "privacy" and case.status is Status.AWAITING_SECOND:
        return True
    if account.role not in ("supervisor", "privacy"):
        return False
    if case.supervisor == account.person:
        return True
    supervisor = directory.person(case.supervisor) if case.supervisor else None
    deputies = directory.deputies(supervisor, now) if supervisor else []
    if any(deputy.id == account.person for deputy in deputies):
        return True
    me = directory.person(account.person)
    own = me is not None and me.department != "" and me.department == case.entry.department
    return account.role == "supervisor" and own


def may_see(account: Account, case: Case, directory: Directory, now: datetime) -> bool:
    """Whether this person may open the case: who decides on it, who has decided, and the sender."""
    if account.role in ("administrator", "auditor"):
        return False  # no content: domain paper, section 2
    decided = any(d.actor == account.person for d in case.approvals)
    return decided or case.entry.person == account.person or decides_for(account, case, directory, now)


def may_preview(account: Account, case: Case, directory: Directory, now: datetime) -> bool:
    """Whether this person may see masked content: whoever decides, not the sender's colleagues."""
    decided = any(d.actor == account.person for d in case.approvals)
    return decided or decides_for(account, case, directory, now)


def may_decide(account: Account, case: Case, directory: Directory, now: datetime) -> bool:
    """Whether this person may approve or reject now: never an own transfer, never twice."""
    if case.status not in OPEN or case.entry.person == account.person:
        return False
    if any(d.actor == account.person for d in case.approvals):
        return False
    return decides_for(account, case, directory, now)


def may_withdraw(account: Account, case: Case) -> bool:
    """Whether this person is the sender of a case still open."""
    return case.status in OPEN and case.entry.person == account.person != ""
