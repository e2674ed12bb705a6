"""Gateway.submit: the one path of every transfer, from what a channel received to a durable verdict."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from weakref import WeakValueDictionary

from dlp import notices
from dlp.directory import Directory
from dlp.errors import GatewayFault
from dlp.extract.blocks import Why
from dlp.finding import Unread
from dlp.foreseen import Foreseen
from dlp.incident import case_of, entry_of
from dlp.inspection import Inspection, together
from dlp.inspector import Inspector
from dlp.judgement import Judge, Surroundings, is_nobodys, stays_inside
from dlp.locked import LockedMails
from dlp.outcome import Onward, Outcome, Promise
from dlp.policy import Policy
from dlp.recipients import split
from dlp.standing import PersonStatus, Standing
from dlp.together import Together
from dlp.transfer import SoFar, Transfer
from dlp.unrecorded import Unrecorded
from dlp.verdict import Action, Verdict
from quarantine.admission import Ahead
from quarantine.audit import Event
from quarantine.case import RoomError, RoomUnavailable
from quarantine.ledger import LedgerRow
from quarantine.room import Room
from quarantine.stores.base import Concluded, Earlier, Recorded

log = logging.getLogger(__name__)

_MOMENT = 0.1  # seconds in which ended sendings gather for one commit
_PATIENCE = 0.015  # seconds that a record or an outcome waits for others to share a commit with, at most
_LEISURE = 0.03  # seconds that an outcome nobody waits for does
_SOON = 0.05  # seconds after which a content that is still being read is a long one: nothing waits for it
_PROVED = 2.0  # seconds that a durable record says of the room that it will take the next one
_LAST_TRIES = 10.0  # seconds, at the end, for outcomes the room would not take
_RETRIED = timedelta(days=5)  # how long mail servers try again (Postfix: maximal_queue_lifetime)


class Gateway:
    """Asks the directory, the inspector, the ledger and the policy, and makes the answer durable."""

    def __init__(
        self,
        *,
        directory: Directory,
        inspector: Inspector,
        room: Room,
        policy: Policy,
        surroundings: Surroundings | None = None,
    ) -> None:
        self._inspector = inspector
        self._room = room
        self.directory, self.policy = directory, policy
        self._around = surroundings or Surroundings()
        self._judge = Judge(directory=directory, room=room, policy=policy, around=self._around)
        self._foreseen = Foreseen(room, self._judge)
        # One sender's transfers are judged one at a time, so that two halves cannot both pass the exposure limit.
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._commits: set[asyncio.Future[Any]] = set()
        self._locked = LockedMails(room, inspector, self._around.password_window)
        self._proved = float("-inf")  # when the room last took something; since a failure: never
        self._reading = 0  # transfers whose content is being read
        self._begun = float("-inf")  # when the last of them was begun, by the loop's clock
        self._lookups = Together("lookups", room.earlier_all)
        self._writes = Together("writes", room.commit, room.attest)
        #: Outcomes the room would not take; while it is full nothing new is taken.
        self.unrecorded = Unrecorded(room.write)

    async def submit(
        self,
        transfer: Transfer,
        so_far: SoFar | None = None,
        onward: Onward | None = None,
        promised: Callable[[Promise], bool] | None = None,
    ) -> Outcome:
        """Judge one transfer and make the verdict durable. Raises GatewayFault: then nothing was accepted.

        With `so_far` it is a piece, judged by itself and by what it completes: held is the joined content, recorded
        the piece that left. Where it passes, `onward` sends it, in the thread that made that durable, and what it says
        became of it is put on record. Where it passes and is about nobody, and the room has shown just now that it
        keeps what it is given, `promised` may take it over, by saying so: then it is on record, and may leave, when
        `keep` says so, and not before.
        Cancelling it abandons the inspection, never a commit that has begun.
        """
        if self.unrecorded.full:
            raise GatewayFault("too many outcomes wait for the room")
        try:
            outcome = await self._submitted(transfer, so_far, onward, promised)
        except GatewayFault:
            self._proved = float("-inf")
            raise
        except Exception as error:
            self._proved = float("-inf")
            log.exception("submit failed", extra={"transfer": transfer.id, "channel": transfer.channel.value})
            raise GatewayFault(f"submit: {type(error).__name__}") from error
        return outcome

    async def _submitted(
        self,
        transfer: Transfer,
        so_far: SoFar | None,
        onward: Onward | None,
        promised: Callable[[Promise], bool] | None,
    ) -> Outcome:
        standing = self._judge.standing(transfer)
        inspection = await self._inspect(transfer, standing)
        proved = time.monotonic() - self._proved <= _PROVED
        if promised is not None and so_far is None and proved and is_nobodys(inspection):
            verdict = self._judge.decided(transfer, inspection, standing)
            recording = partial(self._recording, transfer, inspection, standing, verdict)
            if verdict.action.passes and promised(Promise(transfer=transfer.id, recording=recording)):
                return self._done(transfer, inspection, standing, verdict)
        outcome = await self._put_on_record(transfer, inspection, standing, so_far, onward)
        self._proved = time.monotonic()
        return outcome

    async def _put_on_record(
        self,
        transfer: Transfer,
        inspection: Inspection,
        standing: Standing,
        so_far: SoFar | None,
        onward: Onward | None,
    ) -> Outcome:
        if so_far is None and onward is None and is_nobodys(inspection):
            verdict = self._judge.decided(transfer, inspection, standing)
            if verdict.action.passes:
                recording = self._recording(transfer, inspection, standing, verdict)
                await self._written(recording, self._patience())
                return self._done(transfer, inspection, standing, verdict)
        if so_far is None:
            return await self._finish(self._judge_and_record(transfer, inspection, standing, onward=onward))
        alone = _Alone(transfer, _of_piece(inspection, so_far.trusted))
        judged = await self._with_earlier(alone, so_far, standing)
        together_now = so_far.last or (so_far.known is not None and judged[1].subjects > so_far.known)
        return await self._finish(self._judge_and_record(*judged, standing, None if together_now else alone))

    async def earlier(self, transfer: Transfer) -> list[LedgerRow]:
        """What became of this very content, sent by this sender in the last days. Raises GatewayFault."""
        try:
            since = transfer.at - _RETRIED
            before = self.unrecorded.words()  # one that is written while the room answers would be in neither
            found = await self._lookups.ask(Earlier(transfer.channel.value, transfer.sender, transfer.digest, since))
        except RoomError as error:
            raise GatewayFault(f"earlier: {type(error).__name__}") from error
        words = {**before, **self.unrecorded.words()}
        return [replace(row, outcome=words.get(row.entry.transfer, row.outcome)) for row in found] if words else found

    def grown(self, transfer: Transfer, size: int) -> None:
        """So many bytes of a content that will be submitted are in its spool and will not change: they may be read."""
        self._inspector.grown(transfer, size)

    def forget(self, spool: Path) -> None:
        """What was said of a content by `grown` is no longer so."""
        self._inspector.forget(spool)

    async def settle(self, transfer_id: str, word: str, detail: str = "") -> None:
        """Record what became of an allowed transfer: "delivered", "refused" or "failed".

        A fault here is logged, not raised: what was sent is sent, and the answer to the sender must say so. What the
        room would not take is told it again.
        """
        with contextlib.suppress(Exception):  # seen to where the commit ends, for whoever waits here may be cancelled
            await self._concluded(transfer_id, word, detail, self._patience())

    def conclude(self, transfer_id: str, word: str, detail: str = "") -> asyncio.Future[None]:
        """`settle` for whoever need not wait: on record within moments, by a commit that others are waiting for, if one
        comes. The future ends then and need not be looked at."""
        return self._concluded(transfer_id, word, detail, _LEISURE)

    def _concluded(self, transfer_id: str, word: str, detail: str, patience: float) -> asyncio.Future[None]:
        concluding = self._room.concluding(transfer_id, word, detail[:500])
        commit = self._written(concluding, patience)
        commit.add_done_callback(partial(self._looked_at, concluding))
        return commit

    def _looked_at(self, concluding: Concluded, commit: asyncio.Future[None]) -> None:
        if (error := commit.exception()) is not None:
            self._not_recorded(concluding, error)

    def keep(
        self, promises: Sequence[Promise], ended: Sequence[tuple[str, str, str]] = ()
    ) -> list[BaseException | None]:
        """Put promised transfers on record, and what became (transfer, word, detail) of those before them, in one
        commit; blocks. For each promise why it could not be, or None: then it may leave."""
        concluding = [self._room.concluding(transfer, word, detail[:500]) for transfer, word, detail in ended]
        writes: list[Recorded | Concluded] = [*(promise.recording() for promise in promises), *concluding]
        try:
            found = self._room.write(writes)
        except RoomError as unavailable:
            found = [unavailable] * len(writes)
        if writes:  # nothing written shows nothing
            self._proved = float("-inf") if any(found) else time.monotonic()
        for one, error in zip(concluding, found[len(promises) :], strict=True):
            if error is not None:
                self._not_recorded(one, error)
        return found[: len(promises)]

    def _written(self, write: Recorded | Concluded, patience: float) -> asyncio.Future[None]:
        """It, on disk; who waits for that waits to the end, cancelled or not."""
        commit = self._writes.ask(write, patience)
        self._commits.add(commit)
        commit.add_done_callback(self._commits.discard)
        return commit

    def not_arrived(self, transfers: Sequence[Transfer]) -> bool:
        """Tell their senders, who were told that all is well, that promised transfers never came where they should;
        blocks. Whether they will be told: that the room takes no letter just now is logged."""
        owed = [
            notice
            for transfer in transfers
            for notice in notices.on_not_arrived(transfer, self._judge.standing(transfer), zone=self._around.zone)
        ]
        now = datetime.now(UTC)
        events = [Event(at=now, actor="gateway", event="not arrived", subject=transfer.id) for transfer in transfers]
        try:
            self._room.enter(events, owed)
        except RoomError as error:
            log.error("a sender is not told", extra={"count": len(owed), "error": type(error).__name__})
            return False
        return True

    def _patience(self) -> float:
        """What is being read now will have to be written, too, so a record waits for that, but no longer than a commit
        takes: where the disk is quick, waiting would cost more than the commits."""
        soon = self._reading and asyncio.get_running_loop().time() - self._begun < _SOON
        return min(_PATIENCE, self._writes.usual) if soon else 0.0

    def _not_recorded(self, one: Concluded, error: BaseException) -> None:
        log.error("outcome not recorded", extra={"transfer": one.transfer, "error": type(error).__name__})
        if isinstance(error, RoomUnavailable) or not isinstance(error, RoomError):
            self.unrecorded.add(one)

    async def drain(self) -> None:
        """Wait for the commits under way, and for the room to take what it would not."""
        while self._commits:
            await asyncio.wait(set(self._commits))
        if self.unrecorded:
            await asyncio.to_thread(self.unrecorded.drain, _LAST_TRIES)

    async def _finish[T](self, work: Awaitable[T]) -> T:
        """Run `work` to its end, whatever happens to the caller."""

        task = asyncio.ensure_future(work)
        self._commits.add(task)
        task.add_done_callback(self._commits.discard)
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            await ended(task)  # the content may lie in a file that the caller removes when we return
            raise

    async def _inspect(self, transfer: Transfer, standing: Standing) -> Inspection:
        self._reading += 1
        self._begun = asyncio.get_running_loop().time()
        try:
            return await self._inspector.inspect(transfer)
        except GatewayFault:
            if not standing.status.gone:
                raise
            # A leaver is refused and recorded even when nothing can be read.
            unread = (Unread(part=(transfer.channel.value,), why=Why.FAILED.value),)
            size = 0
            with contextlib.suppress(FileNotFoundError):  # its spool went with its sender
                size = transfer.size
            return Inspection(
                subjects=0, lower=0, upper=0, counts={}, unread=unread, bytes=size, ruleset=self._inspector.digest
            )
        finally:
            self._reading -= 1

    async def _with_earlier(self, alone: _Alone, so_far: SoFar, standing: Standing) -> tuple[Transfer, Inspection]:
        """The joined content and what is in it and in the piece, the stronger of both."""
        if so_far.joined is None:
            return alone.transfer, alone.inspection
        whole = await self._inspect(so_far.joined, standing)
        whole = whole if so_far.last else _of_piece(whole, so_far.trusted)
        return so_far.joined, together(whole, alone.inspection)

    async def _judge_and_record(
        self,
        transfer: Transfer,
        inspection: Inspection,
        standing: Standing,
        alone: _Alone | None = None,
        onward: Onward | None = None,
    ) -> Outcome:
        person = standing.person.id if standing.person else ""
        turn = self._turns.setdefault(person or transfer.sender, asyncio.Lock())
        async with self._foreseen.sealed(transfer, inspection, standing) as ahead, turn:
            inspection, opened = await self._locked.opened_by(transfer, inspection)
            commit = partial(self._commit, transfer, inspection, standing, alone, ahead)
            if onward is not None:
                outcome, sent = await self._commit_and_send(commit, onward)
            else:
                outcome, sent = await asyncio.to_thread(commit), None
            for case in opened:  # last: a mail that was not accepted comes again, and opens them again
                await asyncio.to_thread(self._locked.note, case, transfer.id, inspection.subjects)
        if sent is not None and (became := await sent) is not None:
            await self._conclude(outcome.transfer, *became)
        return outcome

    async def _commit_and_send(
        self, commit: Callable[[], Outcome], onward: Onward
    ) -> tuple[Outcome, asyncio.Future[tuple[str, str] | None]]:
        """The outcome as soon as it is durable, and the sending, which goes on: to change threads for it would cost a
        small file more than it takes, and the sender's next transfer need not wait for a slow stick."""
        loop = asyncio.get_running_loop()
        durable: asyncio.Future[Outcome] = loop.create_future()

        def work() -> tuple[str, str] | None:
            try:
                outcome = commit()
            except BaseException as error:
                loop.call_soon_threadsafe(durable.set_exception, error)
                return None
            loop.call_soon_threadsafe(durable.set_result, outcome)
            return self._sent(outcome.transfer, onward) if outcome.passes else None

        sent = loop.run_in_executor(None, work)
        return await durable, sent

    def _sent(self, transfer_id: str, onward: Onward) -> tuple[str, str]:
        try:
            return onward()
        except Exception as error:
            log.exception("sending failed", extra={"transfer": transfer_id})
            return "failed", type(error).__name__

    async def _conclude(self, transfer_id: str, word: str, detail: str) -> None:
        """Record what became of it, in one commit with all that ended in the same moment: nobody waits for it any more,
        and a commit for each would keep the next file's waiting."""
        await asyncio.sleep(_MOMENT - asyncio.get_running_loop().time() % _MOMENT)
        await self.settle(transfer_id, word, detail)

    def _commit(
        self,
        transfer: Transfer,
        inspection: Inspection,
        standing: Standing,
        alone: _Alone | None = None,
        ahead: Ahead | None = None,
    ) -> Outcome:
        """Judge and write; blocks, so it runs in a thread. `alone` is what leaves where this passes; `ahead` the
        content, sealed already."""
        verdict = self._judge.decided(transfer, inspection, standing)
        left = alone or _Alone(transfer, inspection)
        permitted = self._judge.permitted(
            transfer, standing, verdict, partial(entry_of, left.transfer, left.inspection, standing)
        )
        if permitted is not None:
            return self._done(transfer, inspection, standing, permitted)
        inside: Transfer | None = None
        stays = False
        if verdict.action is Action.QUARANTINE and standing.status is PersonStatus.ACTIVE:
            transfer, inside = split(transfer, self._around.internal)
            if inside is transfer:  # nobody outside: it stays in the house
                verdict, inside, stays = stays_inside(verdict), None, True
        owed = self._judge.owed(transfer, verdict, inspection, standing)
        case = ""
        if verdict.action is Action.QUARANTINE:
            held = case_of(transfer, inspection, standing, verdict, owed)
            content = transfer.spool if transfer.spool is not None else transfer.read()
            case = self._room.admit(held, content, ahead).id
            if inside is not None:
                at_home = entry_of(inside, inspection, standing, stays_inside(verdict, case))
                self._room.record(replace(at_home, tokens=()), ())  # nobody was exposed by it
        else:
            entry = entry_of(left.transfer, left.inspection, standing, verdict)
            self._room.record(replace(entry, tokens=()) if stays else entry, owed)
        return self._done(transfer, inspection, standing, verdict, case, inside)

    def _recording(self, transfer: Transfer, inspection: Inspection, standing: Standing, verdict: Verdict) -> Recorded:
        """What is written of a transfer that passes and is about nobody."""
        owed = self._judge.owed(transfer, verdict, inspection, standing)
        return self._room.recording(entry_of(transfer, inspection, standing, verdict), owed)

    def _done(
        self,
        transfer: Transfer,
        inspection: Inspection,
        standing: Standing,
        verdict: Verdict,
        case: str = "",
        inside: Transfer | None = None,
    ) -> Outcome:
        self._around.seen(transfer, standing)
        log.info(
            "verdict",
            extra={
                "transfer": transfer.id,
                "channel": transfer.channel.value,
                "verdict": verdict.action.value,
                "subjects": inspection.subjects,
                "size": inspection.bytes,
                "seconds": inspection.seconds,
                "case": case or None,
            },
        )
        return Outcome(
            verdict=verdict,
            transfer=transfer.id,
            case=case,
            inspection=inspection,
            standing=standing,
            console=self._around.console,
            inside=inside,
        )


async def ended(task: asyncio.Future[Any]) -> None:
    """Wait for it, however often we are cancelled: a connection's end cancels twice. Its outcome is its own."""
    while not task.done():
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.wait([task])
    if not task.cancelled():
        task.exception()  # looked at


@dataclass(frozen=True, slots=True)
class _Alone:
    """A piece of an upload by itself."""

    transfer: Transfer
    inspection: Inspection


def _of_piece(inspection: Inspection, trusted: bool) -> Inspection:
    """A piece's inspection: that it cannot be read alone is no matter where the whole will be judged before it is."""
    return replace(inspection, unread=()) if trusted else inspection
