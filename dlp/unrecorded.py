"""What became of transfers, where the room could not be told: kept in memory, and told again until it listens.

The disk was full, the database locked, an I/O error came: what was sent is sent, and its sender was told so. Until the
room has it, the list is what a repeat is held against. It ends with the process: a kill meanwhile leaves rows without
an outcome, as one between the next hop's word and our commit does.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence

from quarantine.case import RoomError, RoomUnavailable
from quarantine.stores.base import Concluded

log = logging.getLogger(__name__)

_MOST = 4096  # outcomes
_ROOM = 8 << 20  # bytes they may take
_EACH = 1024  # bytes of one, beside its detail
_PORTION = 32  # outcomes in one commit
_ODD = 3  # outcomes the room would not take, while it takes others, after which an attempt ends
_FIRST, _LONGEST = 0.5, 10.0  # seconds between two attempts


class Unrecorded:
    """`add` what could not be written; a thread of its own, while there is anything, tries again. Thread-safe.

    Where it is `full` nothing new may be sent. What is on its way then may still be added, so it holds no more than its
    bound and what may be on its way at once.
    """

    def __init__(
        self,
        write: Callable[[Sequence[Concluded]], Sequence[BaseException | None]],
        *,
        most: int = _MOST,
        room: int = _ROOM,
        pauses: tuple[float, float] = (_FIRST, _LONGEST),
    ) -> None:
        """`write` blocks, and says of each why it could not be written, or None. `most` outcomes, `room` bytes;
        `pauses`: the first between attempts, which doubles, and the longest, in seconds."""
        self._write = write
        self._most, self._room, self._pauses = most, room, pauses
        self._waiting: dict[str, Concluded] = {}  # by transfer, in the order in which they are tried
        self._bytes = 0
        self._change, self._one_tries = threading.Lock(), threading.Lock()
        self._over = threading.Event()
        self._thread: threading.Thread | None = None

    def __len__(self) -> int:
        return len(self._waiting)

    @property
    def full(self) -> bool:
        """Whether no more may be begun whose outcome might have to wait here."""
        return len(self._waiting) >= self._most or self._bytes >= self._room

    def words(self) -> dict[str, str]:
        """What became of each transfer whose outcome waits here."""
        if not self._waiting:
            return {}
        with self._change:
            return {transfer: one.word for transfer, one in self._waiting.items()}

    def add(self, one: Concluded) -> None:
        """It could not be written; the last word of a transfer is the one that stands."""
        with self._change:
            self._forget(one.transfer)
            self._waiting[one.transfer] = one
            self._bytes += _size(one)
            if self._over.is_set():
                log.error("an outcome is lost", extra={"transfer": one.transfer, "word": one.word})
            elif self._thread is None:
                self._begin()

    def _begin(self) -> None:
        thread = threading.Thread(target=self._keep_trying, name="unrecorded", daemon=True)
        try:
            thread.start()
        except RuntimeError:  # no thread to be had just now: the next outcome, or the end, tries again
            log.error("outcomes wait without being tried")
            return
        self._thread = thread

    def drain(self, seconds: float) -> None:
        """Write what can be within that time; blocks. What is left then is told to the log, without its detail."""
        until = time.monotonic() + seconds
        while not self._tried() and time.monotonic() < until:
            time.sleep(min(self._pauses[0], seconds))
        self._over.set()
        for one in list(self._waiting.values()):
            log.error("an outcome is lost", extra={"transfer": one.transfer, "word": one.word})

    def _keep_trying(self) -> None:
        pause, longest = self._pauses
        while not self._over.wait(pause):
            before = len(self._waiting)
            self._tried()
            with self._change:
                if not self._waiting:
                    self._thread = None
                    return
                pause = self._pauses[0] if len(self._waiting) < before else min(pause * 2, longest)

    def _tried(self) -> bool:
        """Write what waits: one first, for a room that has no room for one has none for more, and then the others.
        One that the room alone will not take goes behind them. Whether nothing waits any more."""
        with self._one_tries:
            todo, portion, late, failed = list(self._waiting.values()), 1, 0, 0
            while todo and failed < (_ODD if late else 1):
                batch, todo = todo[:portion], todo[portion:]
                found = self._asked(batch)
                late += found.count(None)
                left = self._left(batch, found)
                if left and portion > 1:  # which of them it is shows when they are alone
                    todo, portion = left + todo, 1
                elif left:
                    failed += 1
                    self._put_last(left[0])
                else:
                    portion = _PORTION
            if late:
                log.warning("outcomes recorded late", extra={"count": late})
            return not self._waiting

    def _asked(self, batch: Sequence[Concluded]) -> Sequence[BaseException | None]:
        try:
            return self._write(batch)
        except Exception as error:  # a thread that dies of it would never try again
            log.exception("outcomes cannot be written")
            return [RoomUnavailable(type(error).__name__)] * len(batch)

    def _left(self, batch: Sequence[Concluded], found: Sequence[BaseException | None]) -> list[Concluded]:
        """Forget what is on record, and what can never be; the others."""
        again = []
        with self._change:
            for one, error in zip(batch, found, strict=True):
                if isinstance(error, RoomError) and not isinstance(error, RoomUnavailable):
                    log.error("outcome not recorded", extra={"transfer": one.transfer, "error": type(error).__name__})
                elif error is not None:
                    again.append(one)
                    continue
                if self._waiting.get(one.transfer) is one:  # else a later word of it has come meanwhile
                    self._forget(one.transfer)
        return again

    def _put_last(self, one: Concluded) -> None:
        with self._change:
            if self._waiting.get(one.transfer) is one:
                self._waiting[one.transfer] = self._waiting.pop(one.transfer)

    def _forget(self, transfer: str) -> None:
        old = self._waiting.pop(transfer, None)
        self._bytes -= _size(old) if old is not None else 0


def _size(one: Concluded) -> int:
    return _EACH + len(one.detail)
