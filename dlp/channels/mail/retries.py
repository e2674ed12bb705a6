"""Which mail is another try of an earlier one, and what that one has brought about already."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from dlp.transfer import Transfer
from quarantine.case import Status
from quarantine.ledger import LedgerRow

_STANDS = frozenset({Status.QUARANTINED, Status.AWAITING_SECOND, Status.APPROVED, Status.RELEASED})


def key(transfer: Transfer) -> str:
    """What a mail and its retries have in common."""
    return transfer.sender + transfer.digest


def done(earlier: Iterable[LedgerRow], transfer: Transfer) -> tuple[str, set[str]]:
    """The reply for what an earlier try of this mail has brought about, and the recipients it has not reached."""
    left = set(transfer.destination)
    reply = "250 2.0.0 delivered before; not sent again"
    for row in earlier:
        if row.status in _STANDS:
            reply = f"250 2.0.0 held for review, case {row.case}"
            left.difference_update(row.entry.destination)
        elif row.status is Status.REJECTED:  # decided before the retry came; the sender has been written to
            reply = f"250 2.0.0 was held, case {row.case}, and rejected; not sent"
            left.difference_update(row.entry.destination)
        elif not row.case and row.outcome == "delivered":
            left.difference_update(row.entry.destination)
    return reply, left


def half_done(earlier: Sequence[LedgerRow], transfer: Transfer) -> list[LedgerRow]:
    """The last try of a mail without a name, where a part of it was held and the other has not reached its internal
    recipients: its client was told to come again. Empty where this is a mail of its own.

    Machines send the same words again and mean it, so nothing else makes one a retry."""
    outside = {row.case: row for row in earlier if row.case}
    cases = [_case(row) for row in earlier]
    last = max((n for n, case in enumerate(cases) if case in outside), default=-1)
    if last < 0:
        return []
    held, rest = outside[cases[last]], earlier[last:]
    inside = set(earlier[last].entry.destination)
    if inside | set(held.entry.destination) != set(transfer.destination) or any(row.case for row in rest):
        return []
    ended = any(row.outcome in ("delivered", "refused") for row in rest)  # its client had its answer
    return [] if ended else [held, *rest]


def _case(row: LedgerRow) -> str:
    """The case of whose mail this is the internal part; "" for all else."""
    return next((str(said["values"]["case"]) for said in row.entry.reasons if said["code"] == "inside_of_case"), "")
