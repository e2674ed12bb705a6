"""Releaser: takes approved cases, delivers exactly what was held, settles. It alone sends a held transfer onward.

It also sends the notices the room owes and lets cases expire. Everything it does is picked up again after a
crash: an approved case stays approved until it is settled, a notice stays owed until it is sent. What is out while the
room cannot take that goes on record later, and not out again; only a kill meanwhile would send it a second time.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractContextManager, nullcontext, suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from tempfile import TemporaryFile
from typing import BinaryIO

from dlp import notices
from dlp.clock import Clock
from dlp.directory import Directory
from dlp.errors import GatewayFault, MayHaveArrived, SenderFault
from dlp.incident import transfer_of
from dlp.transfer import Channel, Transfer
from quarantine.case import Case, Move, Notice, Permit, RoomError
from quarantine.room import Room

log = logging.getLogger(__name__)

#: Delivers a held transfer and says how it went. Raises SenderFault (it never will) or GatewayFault (not now).
type Deliver = Callable[[Transfer], Awaitable[str]]
#: Sends one notice. Raises GatewayFault (not now) or SenderFault (it never will).
type Post = Callable[[Notice], Awaitable[None]]

_ACTOR = "releaser"
_LAST_WORDS = 10.0  # seconds, at the end, in which another attempt to put something on record may begin
_IN_MEMORY = 1 << 20  # bytes
_LONGEST_PAUSE = 300.0  # seconds between tries
_IN_VAIN = 3  # notices on end that cannot be sent, after which no more are tried in this round


class _Unsealed:
    """A content in plain while it is delivered: a file that has no name, so that no crash can leave it behind.

    As a context the path by which this process, and nobody else, opens it; gone at the end."""

    def __init__(self, folder: Path, fill: Callable[[BinaryIO], object]) -> None:
        """Raises what `fill` raises, with nothing left on the disk."""
        self._file = TemporaryFile(dir=folder)  # noqa: SIM115 - closed at the end of the context
        try:
            fill(self._file)
            self._file.flush()
        except BaseException:
            self._file.close()
            raise

    def __enter__(self) -> Path:
        return Path(f"/proc/self/fd/{self._file.fileno()}")

    def __exit__(self, *_: object) -> None:
        self._file.close()


class Releaser:
    """A loop over the room's approved cases and owed notices."""

    def __init__(
        self,
        room: Room,
        directory: Directory,
        deliverers: Mapping[Channel, Deliver],
        *,
        post: Post | None = None,
        permit_hours: float = 24.0,
        expire_days: int = 30,
        purge_days: int = 365,
        interval: float = 1.0,
        console: str = "",
        clock: Clock | None = None,
        doubted: Callable[[bool], None] = lambda doubt: None,
        spool: Path | None = None,
    ) -> None:
        """`clock` says whether anything may expire by the time of day; `doubted` is told when it may not. `spool`:
        the folder of large contents while they are delivered; None keeps all in memory."""
        self._spool = spool
        self._room = room
        self._directory = directory
        self._deliverers = deliverers
        self._post = post
        self._permit_hours = permit_hours
        self._expire_days, self._purge_days = expire_days, purge_days
        self._interval = interval
        self._console = console
        self._not_before: dict[str, tuple[float, float]] = {}  # case or notice -> (loop time, pause)
        # What is out but not on record as such, where the room cannot take that: it must not go again.
        self._delivered: dict[str, tuple[Case, str]] = {}  # by case, and how
        self._sent: set[int] = set()  # notices
        self._next_expiry = 0.0
        self._clock, self._doubted = clock, doubted

    async def run(self) -> None:
        """Serve until cancelled. A fault in one round is logged and tried again, never fatal."""
        self._sweep()
        try:
            while True:
                try:
                    await self.round()
                except Exception:
                    log.exception("release round failed")
                await asyncio.sleep(self._interval)
        finally:
            await self._last_words()

    def _sweep(self) -> None:
        """Remove contents in plain that a version which gave them a name left when it crashed."""
        try:
            for left in self._spool.glob("release-*") if self._spool else ():
                left.unlink(missing_ok=True)
        except OSError as error:
            log.error("an opened content stays in the spool", extra={"error": error.strerror})

    async def round(self) -> None:
        """One pass: release what is approved, send what is owed, let expire what is due."""
        for case in await asyncio.to_thread(self._room.approved):
            if self._due(case.id):
                await self._tried(case)
        if self._post is not None:
            await self._send_all(self._post)
        loop_time = asyncio.get_running_loop().time()
        if loop_time >= self._next_expiry:
            self._next_expiry = loop_time + 600.0
            await self._expire()

    async def _tried(self, case: Case) -> None:
        """Release it; what nobody foresaw must not keep the other cases, and the notices, waiting."""
        try:
            await self._release(case)
        except Exception:
            self._later(case.id)
            log.exception("case cannot be released", extra={"case": case.id})

    async def _release(self, case: Case) -> None:
        channel = Channel(case.entry.channel)
        try:
            if channel is Channel.WEB:
                await self._permit(case)
            else:
                if case.id not in self._delivered:
                    opened = await asyncio.to_thread(self._opened, case)
                    with opened as content:
                        detail = await self._deliverers[channel](transfer_of(case, content))
                    self._delivered[case.id] = case, detail
                await self._arrived(*self._delivered[case.id])
            self._not_before.pop(case.id, None)
        except SenderFault as error:
            log.warning("case is undeliverable", extra={"case": case.id, "channel": channel.value})
            await self._settle(case, Move.UNDELIVERABLE, str(error), "undeliverable")
        except GatewayFault as error:
            self._later(case.id, doubted=isinstance(error, MayHaveArrived))
            log.warning("release waits", extra={"case": case.id, "channel": channel.value, "error": str(error)})
        except RoomError as error:  # a broken seal, a case decided otherwise: this case waits, the others do not
            self._later(case.id)
            log.error("case cannot be released", extra={"case": case.id, "error": type(error).__name__})

    async def _arrived(self, case: Case, detail: str) -> None:
        await self._settle(case, Move.DELIVERED, detail, "released")
        del self._delivered[case.id]

    async def _last_words(self) -> None:
        """Put on record what is out: the next start would send it again."""
        until = asyncio.get_running_loop().time() + _LAST_WORDS
        words = [partial(self._arrived, *one) for one in self._delivered.values()]
        words += [partial(self._no_longer_owed, number) for number in self._sent]
        for word in words:
            if asyncio.get_running_loop().time() > until:  # a locked room keeps each of them waiting
                return
            with suppress(RoomError):
                await word()

    def _opened(self, case: Case) -> AbstractContextManager[bytes | Path]:
        """The content; a large one in a file, so that memory does not grow with it."""
        if self._spool is None or case.entry.size <= _IN_MEMORY:
            return nullcontext(self._room.content(case.id, _ACTOR, "release"))
        try:
            self._spool.mkdir(mode=0o700, parents=True, exist_ok=True)
            return _Unsealed(self._spool, partial(self._room.content_into, case.id, _ACTOR, "release"))
        except OSError as error:
            raise GatewayFault(f"no room to open it: {error.strerror}") from None

    async def _permit(self, case: Case) -> None:
        if not case.entry.person:
            raise SenderFault("nobody is known to give the permit to")
        until = datetime.now(UTC) + timedelta(hours=self._permit_hours)
        permit = Permit(
            case=case.id,
            person=case.entry.person,
            digest=case.entry.digest,
            destination=case.entry.destination[0],
            until=until,
        )
        await self._settle(case, Move.DELIVERED, "permit granted", "permitted", permit)

    async def _settle(self, case: Case, move: Move, detail: str, word: str, permit: Permit | None = None) -> None:
        sender = self._directory.person(case.entry.person)
        owed = notices.on_settled(case, word, sender=sender, console=self._console)
        # Between delivery and this commit a crash would deliver again: shielded, and as short as can be.
        await asyncio.shield(asyncio.to_thread(self._room.settle, case.id, move, detail, notices=owed, permit=permit))

    async def _send_all(self, post: Post) -> None:
        """What is owed; where one after the other cannot be sent, the rest waits for the next round: a next hop that is
        down would be asked for each of hundreds."""
        in_vain = 0
        for number, notice in await asyncio.to_thread(self._room.notices):
            if in_vain < _IN_VAIN and self._due(f"notice {number}"):
                in_vain = 0 if await self._send(post, number, notice) else in_vain + 1

    async def _send(self, post: Post, number: int, notice: Notice) -> bool:
        """Whether nothing is to be done for it any more."""
        try:
            if number not in self._sent:
                await post(notice)
        except SenderFault:
            log.warning("a notice was refused for good", extra={"code": number})
        except GatewayFault as error:
            self._later(f"notice {number}", doubted=isinstance(error, MayHaveArrived))
            return False
        self._sent.add(number)
        try:
            await self._no_longer_owed(number)
        except RoomError as error:
            self._later(f"notice {number}")
            log.error("a notice is not on record as sent", extra={"code": number, "error": type(error).__name__})
            return True
        self._not_before.pop(f"notice {number}", None)
        return True

    async def _no_longer_owed(self, number: int) -> None:
        await asyncio.to_thread(self._room.notice_sent, number)
        self._sent.discard(number)

    async def _expire(self) -> None:
        now = datetime.now(UTC)
        if self._clock is not None:
            believed = await asyncio.to_thread(self._clock.believed, now, asyncio.get_running_loop().time())
            await asyncio.to_thread(self._doubted, not believed)
            if not believed:
                return
        await asyncio.to_thread(
            self._room.expire,
            now,
            expire_days=self._expire_days,
            purge_days=self._purge_days,
            notices=self._on_expired,
        )

    def _on_expired(self, case: Case) -> tuple[Notice, ...]:
        sender = self._directory.person(case.entry.person)
        return notices.on_settled(case, "expired", sender=sender, console=self._console)

    def _due(self, key: str) -> bool:
        when = self._not_before.get(key)
        return when is None or asyncio.get_running_loop().time() >= when[0]

    def _later(self, key: str, *, doubted: bool = False) -> None:
        """Try again after a pause that doubles, up to five minutes; after these at once where it may have arrived: a
        next hop that takes and does not say so would have it every second."""
        pause = _LONGEST_PAUSE if doubted else min(self._not_before.get(key, (0.0, 0.5))[1] * 2, _LONGEST_PAUSE)
        self._not_before[key] = (asyncio.get_running_loop().time() + pause, pause)
