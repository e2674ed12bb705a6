"""PPAP: the password for a locked file comes in the same sender's next mail, or came in the one before.

What mails give as passwords is kept in memory, for a while, and nowhere else: a restart forgets it, and a mail that
it would have opened is then held as unreadable.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from dlp.extract.blocks import Why
from dlp.inspection import Inspection
from dlp.transfer import Transfer

_SENDERS, _MAILS, _WORDS = 2_000, 20, 40  # remembered at most: senders, mails of each, words tried on a mail


@dataclass(frozen=True, slots=True)
class _Said:
    at: datetime
    to: frozenset[str]
    words: tuple[str, ...] = field(repr=False)


class Passwords:
    """What senders have given as passwords within the last `window`; zero: nothing is kept."""

    def __init__(self, window: timedelta) -> None:
        self.window = window
        self._said: OrderedDict[str, list[_Said]] = OrderedDict()  # by sender, the latest last

    def keep(self, mail: Transfer, words: Sequence[str]) -> None:
        """Remember what a mail gave."""
        if not words or not self.window:
            return
        kept = [said for said in self._said.pop(mail.sender, []) if said.at > mail.at - self.window]
        self._said[mail.sender] = [*kept, _Said(mail.at, _people(mail.destination), tuple(words))][-_MAILS:]
        while len(self._said) > _SENDERS:
            self._said.popitem(last=False)

    def before(self, mail: Transfer) -> tuple[str, ...]:
        """What the sender gave to one of the same recipients, the latest first."""
        people = _people(mail.destination)
        words = (
            word
            for said in reversed(self._said.get(mail.sender, ()))
            if said.at > mail.at - self.window and said.to & people
            for word in said.words
        )
        return tuple(dict.fromkeys(words))[:_WORDS]


def is_locked(inspection: Inspection) -> bool:
    """Whether something in it needs a password."""
    return any(unread.why == Why.ENCRYPTED for unread in inspection.unread)


def share_a_recipient(one: Collection[str], other: Collection[str]) -> bool:
    """Whether somebody gets both: only then may one mail be meant to open the other."""
    return bool(_people(one) & _people(other))


def unlocked(locked: Inspection, again: Inspection) -> Inspection:
    """What is known of a mail that was read again with another mail's passwords; as before where none fits, or where
    the second reading saw less: it may have died of what it opened."""
    if len(again.unread) >= len(locked.unread) or again.lower < locked.lower:
        return locked
    notes = [note for note in again.notes if note != "password_in_mail" or note in locked.notes]
    return replace(again, notes=(*notes, "password_in_other_mail"))


def _people(addresses: Collection[str]) -> frozenset[str]:
    return frozenset(map(str.lower, addresses))
