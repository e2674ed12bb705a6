"""The room: the one door to cases, ledger, permits, notices and the audit chain.

Synchronous and thread-safe; several processes may have the same room open. What a method returns is on disk.
Everything raises RoomUnavailable when the disk or the store fails, and then nothing was changed. Whatever
gives content raises Purged once it was shredded.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import AbstractContextManager, suppress
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from quarantine import bonds, custody, exposure, life, retention, views
from quarantine.admission import Admission, Ahead, sealed_places
from quarantine.blobs.files import FileBlobs
from quarantine.case import (
    Case,
    Decision,
    LedgerEntry,
    Move,
    NewCase,
    NoSuchCase,
    Notice,
    Permit,
    Purged,
    RoomError,
    RoomUnavailable,
    SealBroken,
    Status,
)
from quarantine.checkpoint import Signer
from quarantine.custody import Custody
from quarantine.disk import alone, sync_folder
from quarantine.exposure import Distinct
from quarantine.head import Head
from quarantine.inquiry import Inquiry
from quarantine.keys import KeyRing, KeysRefused
from quarantine.ledger import LedgerRow, read_case_id
from quarantine.records import Records, this_moment
from quarantine.stores import rows
from quarantine.stores.base import (
    Change,
    Concluded,
    Earlier,
    Recorded,
    Store,
    StoredCase,
    StoredDecision,
)
from quarantine.stores.sqlite import SqliteStore
from quarantine.vault import Vault

_log = logging.getLogger("quarantine")
_BATCH = 1000
_LOCKED = 5  # cases one mail's passwords are tried on


class Room(Records):
    """The evidence room. Open it with :meth:`open`."""

    def __init__(self, store: Store, vault: Vault, head: Head, keys: KeyRing, tidying: Path | None = None) -> None:
        super().__init__(store, vault, Custody(store, head, Signer(keys.derive("audit signature"))))
        self._keys = keys
        self._admission = Admission(store, vault)
        self.inquiry = Inquiry(store, vault, tidying)

    @classmethod
    def open(cls, folder: Path, keys: KeyRing) -> Room:
        """The room in `folder` (made 0700): schema migrated, remains of a crash removed, chain head checked."""
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            folder.chmod(0o700)
            sync_folder(folder.parent)
            with alone(folder / "open.lock"):
                return cls._opened(folder, keys)
        except OSError as error:
            raise RoomUnavailable(f"the evidence room's folder cannot be used: {error.strerror}") from error

    @classmethod
    def _opened(cls, folder: Path, keys: KeyRing) -> Room:
        head = Head(folder / "audit.head", keys.derive("audit head"))
        store = SqliteStore(folder / "room.db", head.witness)
        try:
            room = cls(store, Vault(FileBlobs(folder / "blobs"), keys), head, keys, folder / "tidy.lock")
            room._begin()
        except BaseException:
            store.close()
            raise
        return room

    def _begin(self) -> None:
        known = self._store.known_keys()
        if known and known.isdisjoint(self._keys.ids()):
            raise KeysRefused("this key ring is not the one that sealed this room: restore it from its backup")
        self._custody.begin()
        self._store.learn_keys(self._keys.ids(), this_moment())
        self._vault.sweep(self._store.holds)

    def close(self) -> None:
        """Sign what is not signed yet, and close; the room is not used afterwards."""
        try:
            self.checkpoint()
        except RoomUnavailable:
            _log.error("the last checkpoint could not be kept")
        finally:
            self._store.close()

    # -- what comes in

    def sealing(self, content: bytes | Path) -> AbstractContextManager[Ahead]:
        """A content sealed ahead of its case, for `admit`: on disk when the context is entered, gone again at its end
        unless a case has it. Sealing a large one takes seconds, in which nobody need wait for the verdict's turn."""
        return self._admission.sealing(content)

    def admit(self, new: NewCase, content: bytes | Path, ahead: Ahead | None = None) -> Case:
        """Hold a transfer. On return its sealed content and its case would survive a power cut.

        The same transfer again gives the case it has. Raises RoomError when it was recorded as not held. `ahead`: this
        very content, by `sealing`.
        """
        if new.approvals_needed < 1:
            raise ValueError("a case needs at least one approval")
        case = self.case(self._admission.admit(new, content, ahead))
        if case.entry.digest != new.entry.digest:
            raise RoomError("this transfer was held before, with another content")
        return case

    def record(self, entry: LedgerEntry, notices: Sequence[Notice] = ()) -> None:
        """Keep a transfer that is not held; the same transfer again changes nothing."""
        one = self.recording(entry, notices)
        self._store.record(one.entry, one.notices, one.event, one.places)

    def recording(self, entry: LedgerEntry, notices: Sequence[Notice] = ()) -> Recorded:
        """`record`, for `write`. Asks nothing of the disk."""
        hidden = [self._vault.hide_notice(notice) for notice in notices]
        places, row = sealed_places(self._vault, entry), rows.entry_values(entry)
        return Recorded(entry, hidden, custody.verdict("record", entry.transfer, entry, places, row), places, row)

    def write(self, writes: Sequence[Recorded | Concluded]) -> list[BaseException | None]:
        """Do what `recording` and `concluding` gave, in one commit: for each why it could not be done, or None."""
        done = self.commit(writes)
        self.attest()
        return done

    def commit(self, writes: Sequence[Recorded | Concluded]) -> list[BaseException | None]:
        """`write` without `attest`, which is to follow at once: whoever waits for the commit need not wait for that."""
        return [_fault(one, done) for one, done in zip(writes, self._store.write(writes), strict=True)]

    def attest(self) -> None:
        """Attest the chain's head as `commit` has left it. Until then it lags, as after a crash at this moment."""
        self._store.attest()

    def record_all(self, entries: Sequence[LedgerEntry]) -> int:
        """`record` for many at once, in one transaction: how a ledger kept elsewhere comes in. How many were new."""
        kept = []
        for entry in entries:
            places = sealed_places(self._vault, entry)
            kept.append((entry, custody.verdict("record", entry.transfer, entry, places), places))
        return self._store.record_all(kept)

    def outcome(self, transfer: str, word: str, detail: str = "") -> None:
        """What became of a transfer: "delivered", "refused" or "failed". Raises RoomError for an unknown one."""
        (error,) = self.write([self.concluding(transfer, word, detail)])
        if error is not None:
            raise error

    def concluding(self, transfer: str, word: str, detail: str = "") -> Concluded:
        """`outcome`, for `write`. Asks nothing of the disk."""
        sealed, binding = self._vault.hide(detail, views.outcome_of(transfer)), self._vault.binding(detail)
        bound = {"detail": binding, "sealed": bonds.blob_digest(sealed)}
        return Concluded(transfer, word, sealed, self._event("gateway", "outcome", transfer, outcome=word, **bound))

    def earlier(self, *, channel: str, sender: str, digest: str, since: datetime) -> list[LedgerRow]:
        """Transfers of this very content by this sender since then, oldest first; without details."""
        return self.earlier_all([Earlier(channel, sender, digest, since)])[0]

    def earlier_all(self, asked: Sequence[Earlier]) -> list[list[LedgerRow]]:
        """`earlier` for each."""
        return [
            [
                LedgerRow(entry=row.entry, left=row.left, outcome=row.outcome, case=row.case, status=row.status)
                for row in found
            ]
            for found in self._store.earlier_all(asked)
        ]

    def exposure(self, person: str, tokens: Collection[bytes], since: datetime) -> int:
        """How many distinct people have left by this person's sending since then, with `tokens` if they left too."""
        return self.exposures(person, tokens, (since,))[0].people

    def exposures(self, person: str, tokens: Collection[bytes], since: Sequence[datetime]) -> tuple[Distinct, ...]:
        """`exposure` from each of several times on."""
        own, sent = exposure.Sample(exposure.values(tokens)), self._store.exposed(person, min(since))
        whole = all(sample.whole for _, sample in sent)
        found = []
        for begin in since:
            # Of so many that samples were read, a shorter window is read by itself: its sample would be too small.
            inside = sent if whole or begin == min(since) else self._store.exposed(person, begin)
            found.append(exposure.count([own, *(sample for left, sample in inside if left >= begin)]))
        return tuple(found)

    def has_permit(self, *, person: str, digest: str, destination: str, now: datetime) -> bool:
        """Whether there is one for exactly this; it stays."""
        return self._store.has_permit(person=person, digest=digest, destination=destination, now=now)

    def use_permit(
        self,
        *,
        person: str,
        digest: str,
        destination: str,
        now: datetime,
        transfer: str,
        entry: Callable[[Permit], LedgerEntry] | None = None,
    ) -> Permit | None:
        """Take the permit for exactly this, once; None when there is none that is still good. With `entry`, what it
        says leaves by the permit is recorded in the same transaction: a permit is not used up by what never left."""
        return self._store.use_permit(
            person=person,
            digest=digest,
            destination=destination,
            now=now,
            transfer=transfer,
            event=self._event("gateway", "permit", transfer=transfer, digest=digest),
            record=None if entry is None else lambda permit: self.recording(entry(permit)),
        )

    # -- supervision

    def cases(
        self, *, status: Collection[Status] = (), departments: Collection[str] | None = None, limit: int = 200
    ) -> list[Case]:
        """Oldest first; without envelopes ({}), which only `case` opens."""
        found = self._store.cases(status=status, departments=departments, limit=limit)
        return [self._case(stored, opened=False) for stored in found]

    def case(self, case_id: str) -> Case:
        """One case, its id as a person may write it. Raises NoSuchCase, SealBroken."""
        return self._case(self._store.case(read_case_id(case_id)))

    def locked(self, sender: str, since: datetime) -> list[str]:
        """Cases of this sender's mails since then, held for what is locked in them, and whose password no mail has
        given yet: the latest few."""
        return self._store.locked(sender, since, _LOCKED)

    def preview(self, case_id: str, viewer: str) -> bytes:
        """The preview JSON; that it was viewed is on record before it is given. Raises NoSuchCase, SealBroken."""
        stored = self._store.case(read_case_id(case_id))
        self._store.append(self._event(viewer, "view", stored.id))
        return self._vault.preview(stored)

    def previews(self, case_ids: Sequence[str], viewer: str) -> dict[str, bytes]:
        """The previews of a list of cases, by id; that this list was viewed is on record before it is given.

        A case that is gone, purged or whose seal is broken is left out: it must not hide the others.
        """
        if case_ids:
            self._store.append(self._event(viewer, "list", cases=" ".join(case_ids)))
        found: dict[str, bytes] = {}
        for case_id in case_ids:
            with suppress(NoSuchCase, Purged, SealBroken):
                found[case_id] = self._vault.preview(self._store.case(case_id))
        return found

    def content(self, case_id: str, actor: str, why: str) -> bytes:
        """The content, all of it checked; `why` is a word of ours ("release"). Raises NoSuchCase, SealBroken."""
        return b"".join(self._content(case_id, actor, why))

    def content_into(self, case_id: str, actor: str, why: str, target: BinaryIO) -> int:
        """The content written to `target` in bounded memory; its size in bytes.

        Raises like `content`, but possibly after part was written: what was written is then to be thrown away.
        """
        return sum(target.write(piece) for piece in self._content(case_id, actor, why))

    def _content(self, case_id: str, actor: str, why: str) -> Iterator[bytes]:
        stored = self._store.case(read_case_id(case_id))
        self._store.append(self._event(actor, "open", stored.id, why=why))
        try:
            yield from self._vault.content(stored)
        except SealBroken:
            self._store.append(self._event("room", "seal_broken", stored.id))
            raise

    def decide(self, case_id: str, decision: Decision, *, notices: Sequence[Notice] = ()) -> Case:
        """One person's word, judged and kept in one transaction with the `notices` it owes.

        Raises NoSuchCase, IllegalMove, NotAllowed."""
        word = decision.reason.strip()

        def step(stored: StoredCase) -> Change:
            after = life.decided(_situation(stored), decision)
            kept = StoredDecision(
                actor=decision.actor,
                move=decision.move,
                reason=self._vault.hide(word, views.reason_of(stored.id)),
                at=decision.at,
            )
            binding = self._vault.binding(word)
            event = self._event(
                decision.actor, "decide", stored.id, move=decision.move, status=after, was=stored.status, reason=binding
            )
            owed = tuple(self._vault.hide_notice(notice, stored.id) for notice in notices)
            return Change(status=after, changed=this_moment(), event=event, decision=kept, notices=owed)

        return self._case(self._store.change(read_case_id(case_id), step))

    # -- release and retention

    def approved(self) -> list[Case]:
        """Cases to be delivered, oldest first. One whose seal is broken, or of whose approval the chain knows
        nothing, is left out and logged: it stays held."""
        cases: list[Case] = []
        for stored in self._store.cases(status=(Status.APPROVED,), departments=None, limit=_BATCH):
            try:
                if not self._custody.stands_as(stored.id, stored.status):
                    raise SealBroken("the chain knows of no approval")
                cases.append(self._case(stored))
            except SealBroken:
                _log.error("an approved case is not released", extra={"case": stored.id})
        return cases

    def settle(
        self, case_id: str, move: Move, detail: str, *, notices: Sequence[Notice] = (), permit: Permit | None = None
    ) -> Case:
        """How a delivery ended: DELIVERED, or UNDELIVERABLE, which needs approval anew. A web or media permit is
        granted in the same transaction. Raises NoSuchCase, IllegalMove, NotAllowed."""

        def step(stored: StoredCase) -> Change:
            after = life.settled(stored.status, move)
            if permit is not None:
                _check_permit(permit, stored, move)
            now, released = this_moment(), move is Move.DELIVERED
            said: dict[str, str | int] = {"permit": int(permit is not None), "detail": self._vault.binding(detail)}
            if released:
                said["left"] = rows.to_number(now)
            event = self._event("releaser", "settle", stored.id, move=move, status=after, **said)
            return Change(
                status=after,
                changed=now,
                event=event,
                detail=self._vault.hide(detail, views.detail_of(stored.id)),
                afresh=not released,
                left=now if released else None,
                permit=permit,
                notices=tuple(self._vault.hide_notice(notice, stored.id) for notice in notices),
            )

        return self._case(self._store.change(read_case_id(case_id), step))

    def expire(
        self,
        now: datetime,
        *,
        expire_days: int,
        purge_days: int,
        notices: Callable[[Case], Sequence[Notice]] | None = None,
    ) -> list[Case]:
        """Reject what nobody has decided for `expire_days`, with `notices(case)`; shred what was closed for
        `purge_days`. The cases changed, as they then stand."""
        tell = None if notices is None else lambda stored: notices(self._case(stored, opened=False))
        changed = retention.expire(
            self._store, self._vault, now=now, expire_days=expire_days, purge_days=purge_days, tell=tell
        )
        return [self._case(stored, opened=False) for stored in changed]

    def rotate(self) -> int:
        """A new wrapping key, and every data key wrapped by it; how many. Older keys stay in the ring file."""
        self._keys.rotate()
        self._store.learn_keys(self._keys.ids(), this_moment())
        return self.rewrap()

    def rewrap(self) -> int:
        """Wrap every data key that an older key of the ring wraps with the current one; how many."""
        return retention.rewrap(self._store, self._vault, this_moment())

    # -- notices

    def notices(self, limit: int = 100) -> list[tuple[int, Notice]]:
        """Those not sent yet, oldest first, with the ids `notice_sent` takes."""
        found: list[tuple[int, Notice]] = []
        for number, sealed in self._store.notices(limit):
            try:
                found.append((number, self._vault.show_notice(sealed)))
            except SealBroken:
                _log.error("a notice cannot be opened")
        return found

    def notice_sent(self, notice_id: int) -> None:
        """It was handed to the mail system; its text is forgotten."""
        self._store.notice_sent(notice_id)

    # -- inside

    def _case(self, stored: StoredCase, *, opened: bool = True) -> Case:
        return views.case(stored, self._vault, opened=opened)


def _fault(one: Recorded | Concluded, done: bool | BaseException) -> BaseException | None:
    if isinstance(done, BaseException):
        return done
    return RoomError("there is no such transfer") if isinstance(one, Concluded) and not done else None


def _situation(stored: StoredCase) -> life.Situation:
    approvers = {word.actor for word in stored.decisions if word.move is Move.APPROVE}
    return life.Situation(
        status=stored.status, person=stored.entry.person, approvers=approvers, needed=stored.approvals_needed
    )


def _check_permit(permit: Permit, stored: StoredCase, move: Move) -> None:
    if move is not Move.DELIVERED:
        raise ValueError("a permit is granted with DELIVERED only")
    entry = stored.entry
    life.check_permit(permit, case=stored.id, person=entry.person, digest=entry.digest, destination=entry.destination)
