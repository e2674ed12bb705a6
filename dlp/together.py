"""Blocking work of many callers, done in one thread: whatever waits goes in one go.

A thread woken for each piece of work costs more than most of the pieces, and the event loop gives it the interpreter
back only now and then; what many ask for at once also shares what one go costs, such as a synced commit.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import math
import threading
import weakref
from collections.abc import Callable, Sequence
from functools import partial
from queue import SimpleQueue

from dlp.kept import Kept

log = logging.getLogger(__name__)

_MOST = 64  # jobs in one go
_LATEST = 0.2  # of what is usual: the share of the last go


class Together[Job, Answer]:
    """`ask` from one event loop. `work` answers each job of a batch, in order, by what it gives or by its exception;
    `after` comes once a batch is answered, before the next one."""

    def __init__(
        self,
        name: str,
        work: Callable[[Sequence[Job]], Sequence[Answer | BaseException]],
        after: Callable[[], None] = lambda: None,
    ) -> None:
        self._work, self._after = work, after
        # An executor takes as long to hand a piece of work over as many a piece takes. The thread ends with us.
        self._jobs: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._thread = threading.Thread(target=_worked, args=(self._jobs,), name=name, daemon=True)
        weakref.finalize(self, self._jobs.put, None)
        self._waiting: list[tuple[Job, asyncio.Future[Answer]]] = []
        self._busy = False
        self._due = math.inf  # when the least patient of those waiting has waited long enough
        self._timer: asyncio.Handle | None = None
        self._planned = math.inf  # when it goes off; uvloop's cannot always be asked
        #: Seconds that one go takes from its beginning to its answers, of late.
        self.usual = 0.0
        self._begun = 0.0  # the one that is under way, by the loop's clock

    def ask(self, job: Job, patience: float = 0.0) -> asyncio.Future[Answer]:
        """The answer to come; a job once asked is done, and who is cancelled while waiting for it hears so at its end.
        With `patience` it waits so many seconds for others to go along with; those with less of it take it along."""
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[Answer] = Kept(loop=loop)
        self._waiting.append((job, answer))
        self._due = min(self._due, loop.time() + patience)
        if not self._busy:
            self._plan(loop)
        return answer

    def _plan(self, loop: asyncio.AbstractEventLoop) -> None:
        if self._due <= loop.time():
            self._wake(loop)
        elif self._due < self._planned:
            self._unplan()
            self._timer, self._planned = loop.call_at(self._due, self._wake, loop), self._due

    def _unplan(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer, self._planned = None, math.inf

    def _wake(self, loop: asyncio.AbstractEventLoop) -> None:
        self._unplan()
        self._busy = True
        loop.call_soon(self._begin, loop)  # what is asked in this round of the loop goes along

    def _begin(self, loop: asyncio.AbstractEventLoop) -> None:
        batch, self._waiting = self._waiting[:_MOST], self._waiting[_MOST:]
        self._due = -math.inf if self._waiting else math.inf
        self._begun = loop.time()
        if self._thread.ident is None:
            self._thread.start()
        self._jobs.put(partial(self._run, loop, batch))

    def _run(self, loop: asyncio.AbstractEventLoop, batch: list[tuple[Job, asyncio.Future[Answer]]]) -> None:
        answers: Sequence[Answer | BaseException]
        try:
            answers = self._work([job for job, _ in batch])
        except Exception as error:
            answers = [error] * len(batch)
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits any more
            loop.call_soon_threadsafe(self._end, loop, batch, answers)
        try:
            self._after()
        except Exception:
            log.exception("the work after a batch failed")

    def _end(
        self,
        loop: asyncio.AbstractEventLoop,
        batch: list[tuple[Job, asyncio.Future[Answer]]],
        answers: Sequence[Answer | BaseException],
    ) -> None:
        for (_, future), answer in zip(batch, answers, strict=True):
            if isinstance(answer, BaseException):
                future.set_exception(answer)
            else:
                future.set_result(answer)
        self.usual += _LATEST * (loop.time() - self._begun - self.usual)
        self._busy = False
        if self._waiting:
            self._plan(loop)


def _worked(jobs: SimpleQueue[Callable[[], None] | None]) -> None:
    """The thread: one job after another, until there are to be no more."""
    while (job := jobs.get()) is not None:
        job()
        del job  # it holds whoever asked
