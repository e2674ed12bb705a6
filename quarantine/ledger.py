"""What the ledger tells: every transfer, also an allowed one, and whom a sender has sent out. No I/O.

Exposure counts the distinct tokens of transfers that **left**: those whose verdict let them pass, from then, and
held ones from their release. A transfer that the next hop refused or that failed on the way still counts: what
the other side has seen is not known, and the same people sent again count once.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime

from quarantine.case import LedgerEntry, Status

#: Verdicts that let a transfer leave at once.
PASSES = frozenset({"allow", "monitor"})

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford: no I, L, O, U
_READ_AS = str.maketrans({"I": "1", "L": "1", "O": "0", "-": None, " ": None})


@dataclass(frozen=True, kw_only=True, slots=True)
class LedgerRow:
    """One line of the ledger with what became of it."""

    entry: LedgerEntry  # without tokens
    left: datetime | None  # when it left: at the verdict, or at its release; None: it did not
    outcome: str = ""  # "delivered" | "refused" | "failed"; "" while unknown
    detail: str = ""  # the next hop's reply, or what stood in the way
    case: str = ""  # case id when it was held
    status: Status | None = None  # of that case

    @property
    def out(self) -> bool:
        """Whether it is, or may be, with somebody outside."""
        return is_out(self.left, self.outcome)


def is_out(left: datetime | None, outcome: str) -> bool:
    """Whether what left is, or may be, with somebody outside: not where the next hop refused it. What failed on the
    way may have arrived, so it counts."""
    return left is not None and outcome != "refused"


def left_at(entry: LedgerEntry) -> datetime | None:
    """When a transfer leaves by its verdict alone."""
    return entry.at if entry.verdict in PASSES else None


def new_case_id(length: int = 6) -> str:
    """A random case id: `length` characters of Crockford's base 32, 30 bits at 6."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(length))


def read_case_id(text: str) -> str:
    """A case id as a person may have written it: small letters, O for 0, I or L for 1, hyphens."""
    return text.strip().upper().translate(_READ_AS)
