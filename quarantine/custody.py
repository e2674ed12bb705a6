"""The chain of custody: audit chain, attested head, signed checkpoints, and whether the room stands as they say.

The chain shows what was done to the chain; holding cases and ledger against it shows what was done to them behind
the room's back. A checkpoint shows both to whoever has the public key.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from quarantine import bonds, checkpoint, exposure
from quarantine.audit import Event, Mark
from quarantine.case import LedgerEntry, RoomUnavailable, Status
from quarantine.checkpoint import Signer
from quarantine.head import Head
from quarantine.proof import Proof
from quarantine.stores.base import Evidence, Store
from quarantine.stores.rows import entry_values

_log = logging.getLogger("quarantine")
_ATTESTING = 1.0  # seconds another process may take between a commit and its attestation
_SAID = ("verdict", "channel", "person", "digest", "size", "subjects", "ruleset")


def verdict(
    word: str,
    subject: str,
    entry: LedgerEntry,
    places: bytes = b"",
    row: Mapping[str, Any] | None = None,
    /,
    **more: str,
) -> Event:
    """The event of a verdict: enough to show that the ledger's row, tokens or sealed `places` were changed later.

    `row`: `entry_values` of the entry, where somebody has them."""
    detail: dict[str, str | int] = {"transfer": entry.transfer, **{name: getattr(entry, name) for name in _SAID}}
    detail["reasons"] = " ".join(dict.fromkeys(str(reason.get("code", "")) for reason in entry.reasons))
    detail["kinds"] = " ".join(sorted(str(kind) for kind, count in entry.counts.items() if count))
    tokens = exposure.pack(entry.tokens) if entry.tokens else b""
    bound = {"row": bonds.named_row_digest(row or entry_values(entry)), "people": bonds.people_digest(tokens, places)}
    return Event(at=datetime.now(UTC), actor="gateway", event=word, subject=subject, detail={**detail, **bound, **more})


class Custody:
    """Holds a store against its chain. Thread-safe."""

    def __init__(self, store: Store, head: Head, signer: Signer) -> None:
        self._store = store
        self._head = head
        self.signer = signer

    def begin(self) -> None:
        """Attest the chain's head; one that is missing or does not fit is itself put on record first."""
        mark, first = self._head.read(), self._store.hash_at(1)
        if mark is None and first is None:
            self._head.begin()
        elif mark is None or (mark.seq and self._store.hash_at(mark.seq) != mark.hash):
            _log.error("the attested head of the audit chain is missing or does not fit")
            detail = {"seq": mark.seq if mark else -1}
            event = Event(at=datetime.now(UTC), actor="room", event="head_broken", detail=detail)
            self._head.renew(self._store.append(event))
        else:
            self._catch_up(mark.seq)

    def _catch_up(self, attested: int) -> None:
        """A head that stays behind the chain is put on record: a crash before an entry was attested, or, where all was
        signed and attested when the room was closed, entries that another hand has added since."""
        last, until = self._store.last(), time.monotonic() + _ATTESTING
        while last is not None and attested < last.seq and time.monotonic() < until:
            time.sleep(0.01)  # another process may be about to attest them
            mark = self._head.read()
            attested = mark.seq if mark else attested
        if last is None or attested >= last.seq:
            return
        line = self._store.last_checkpoint()
        closed = bool(line) and checkpoint.read(line).seq == attested
        _log.error("the audit chain goes on beyond its attested head")
        detail: dict[str, str | int] = {"attested": attested, "found": last.seq, "closed": int(closed)}
        self._store.append(Event(at=datetime.now(UTC), actor="room", event="head_behind", detail=detail))

    def stands_as(self, case_id: str, status: Status) -> bool:
        """Whether the chain, too, says that the case stands so."""
        entry = self._store.last_move(case_id)
        return entry is not None and entry.detail.get("status") == status

    def sign(self, *, entries: int, age: timedelta) -> str | None:
        """A new checkpoint, if there are that many new entries, or any and the last one is older than `age`.

        It is announced by an entry of the chain, its last: a checkpoint that was taken away is missed by that entry,
        which the head attests.
        """
        now = datetime.now(UTC)

        def announce(seq: int, line: str) -> Event | None:
            last = checkpoint.read(line) if line else None
            new = seq - (last.seq if last else 0)
            if new <= 0 or (last and new < entries and now - datetime.fromisoformat(last.at) < age):
                return None
            detail: dict[str, str | int] = {"number": last.number + 1 if last else 1}
            return Event(at=now, actor="room", event="checkpoint", detail=detail)

        newest = self._store.last()
        if newest is None or not announce(newest.seq, self._store.last_checkpoint()):
            return None  # nearly always, and then nobody waits for the writer
        return self._store.add_checkpoint(announce, lambda basis: self.signer.sign(basis, now).line())

    def verify(self, elsewhere: Sequence[str] | None = None) -> list[str]:
        """What is wrong, in words with numbers and ids only; [] when chain, head, cases, ledger and checkpoints
        agree. `elsewhere`: the checkpoints as a second place has them."""
        try:
            return self._verify(elsewhere, lenient=False)
        except RoomUnavailable:  # bytes that are no text, perhaps: read on, to say where
            return self._verify(elsewhere, lenient=True)

    def _verify(self, elsewhere: Sequence[str] | None, *, lenient: bool) -> list[str]:
        mark = self._head.read()  # first: it may lag behind the chain, never run ahead
        faults = [] if mark else ["the attested head is missing or not ours"]
        with self._store.evidence(lenient=lenient) as evidence:
            return [*faults, *examine(evidence, mark, self.signer.public, elsewhere)]


def examine(
    evidence: Evidence, mark: Mark | None, public: Ed25519PublicKey, elsewhere: Sequence[str] | None = None
) -> list[str]:
    """What is wrong with everything as it stood at one moment."""
    signed, wrong = checkpoint.verify(evidence.checkpoints(), public)
    if elsewhere is not None:
        signed, more = checkpoint.merged(signed, elsewhere, public)
        wrong += more
    return [*Proof(evidence, mark, signed).faults(), *wrong]
