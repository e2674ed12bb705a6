"""How long things are kept: expiry of what nobody decided, shredding of what is closed, rewrapping of keys.

Shredding destroys the wrapped data key first (that alone makes the content unreadable for ever) and then removes
the blob. Ledger, decisions and audit chain stay: they are the account of what happened.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta

from quarantine.audit import Event
from quarantine.case import IllegalMove, Move, Notice, SealBroken, Status
from quarantine.life import CLOSED, UNDECIDED, stepped
from quarantine.stores.base import Change, Store, StoredCase
from quarantine.vault import Vault

_BATCH = 500

type Tell = Callable[[StoredCase], Sequence[Notice]]


def expire(
    store: Store, vault: Vault, *, now: datetime, expire_days: int, purge_days: int, tell: Tell | None = None
) -> list[StoredCase]:
    """Expire and shred what is due. A case that a person moves at the same moment is left to that person."""
    expired = _each(store, UNDECIDED, now - timedelta(days=expire_days), lambda case: _expired(case, vault, now, tell))
    blobs: list[str] = []
    purged = _each(store, CLOSED, now - timedelta(days=purge_days), lambda case: _purged(case, now, blobs))
    if purged:
        store.forget()
    for blob in blobs:
        vault.drop(blob)
    return expired + purged


def rewrap(store: Store, vault: Vault, now: datetime) -> int:
    """Bring data keys under the ring's current key; how many."""
    done, after = 0, ""
    while ids := store.wrapped_by_others(vault.current_key, after, _BATCH):
        for case_id in ids:
            with suppress(SealBroken):  # left as it is: `content` reports it
                done += _rewrapped(store, vault, store.case(case_id), now)
        after = ids[-1]
    if done:
        store.forget()
    return done


def _rewrapped(store: Store, vault: Vault, case: StoredCase, now: datetime) -> bool:
    fresh = vault.rewrapped(case)
    if fresh is None or case.sealed is None:
        return False  # purged, or rewrapped by another process meanwhile
    event = Event(at=now, actor="room", event="rewrap", subject=case.id, detail={"key": fresh[0]})
    return store.rewrap(case.id, *fresh, case.sealed.wrapped, event)


def _each(
    store: Store, status: Sequence[Status], before: datetime, step: Callable[[StoredCase], Change]
) -> list[StoredCase]:
    changed: list[StoredCase] = []
    while due := store.due(status, before, _BATCH):
        moved = 0
        for case_id in due:
            with suppress(IllegalMove):
                changed.append(store.change(case_id, step))
                moved += 1
        if not moved:
            break
    return changed


def _expired(case: StoredCase, vault: Vault, now: datetime, tell: Tell | None) -> Change:
    if case.status not in UNDECIDED:
        raise IllegalMove("decided meanwhile")
    after = stepped(case.status, Move.EXPIRE)
    notices = () if tell is None else tuple(vault.hide_notice(notice, case.id) for notice in tell(case))
    return Change(status=after, changed=now, event=_event(case, after, now), notices=notices)


def _purged(case: StoredCase, now: datetime, blobs: list[str]) -> Change:
    if case.status not in CLOSED or case.sealed is None:
        raise IllegalMove("purged meanwhile")
    after = stepped(case.status, Move.EXPIRE)
    blobs.append(case.sealed.blob)
    return Change(status=after, changed=now, event=_event(case, after, now), shred=True)


def _event(case: StoredCase, after: Status, now: datetime) -> Event:
    detail: dict[str, str | int] = {"move": Move.EXPIRE, "status": after, "was": case.status}
    return Event(at=now, actor="room", event="expire", subject=case.id, detail=detail)
