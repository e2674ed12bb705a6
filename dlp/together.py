"""Blocking work of many callers, done in one thread: whatever waits goes in one go.

A thread woken for each piece of work costs more than most of the pieces, and the event loop gives it the interpreter
back only now and then; what many ask for at once also shares what one go costs, such as a synced commit.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

_MOST = 64  # jobs in one go


class Together[Job, Answer]:
    """`ask` from one event loop. `work` answers each job of a batch, in order, by what it gives or by its exception."""

    def __init__(self, name: str, work: Callable[[Sequence[Job]], Sequence[Answer | BaseException]]) -> None:
        self._work = work
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix=name)
        self._waiting: list[tuple[Job, asyncio.Future[Answer]]] = []
        self._busy = False
        self._due = math.inf  # when the least patient of those waiting has waited long enough
        self._timer: asyncio.TimerHandle | None = None

    def ask(self, job: Job, patience: float = 0.0) -> asyncio.Future[Answer]:
        """The answer to come; a job once asked is done, whoever still waits for it. With `patience` it waits so many
        seconds for others to go along with; those with less of it take it along."""
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[Answer] = loop.create_future()
        self._waiting.append((job, answer))
        self._due = min(self._due, loop.time() + patience)
        if not self._busy:
            self._plan(loop)
        return answer

    def _plan(self, loop: asyncio.AbstractEventLoop) -> None:
        if self._due <= loop.time():
            self._wake(loop)
        elif self._timer is None or self._due < self._timer.when():
            self._unplan()
            self._timer = loop.call_at(self._due, self._wake, loop)

    def _unplan(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _wake(self, loop: asyncio.AbstractEventLoop) -> None:
        self._unplan()
        self._busy = True
        loop.call_soon(self._begin, loop)  # what is asked in this round of the loop goes along

    def _begin(self, loop: asyncio.AbstractEventLoop) -> None:
        batch, self._waiting = self._waiting[:_MOST], self._waiting[_MOST:]
        self._due = -math.inf if self._waiting else math.inf
        self._thread.submit(self._run, loop, batch)

    def _run(self, loop: asyncio.AbstractEventLoop, batch: list[tuple[Job, asyncio.Future[Answer]]]) -> None:
        answers: Sequence[Answer | BaseException]
        try:
            answers = self._work([job for job, _ in batch])
        except Exception as error:
            answers = [error] * len(batch)
        if not loop.is_closed():  # else nobody waits any more
            loop.call_soon_threadsafe(self._end, loop, batch, answers)

    def _end(
        self,
        loop: asyncio.AbstractEventLoop,
        batch: list[tuple[Job, asyncio.Future[Answer]]],
        answers: Sequence[Answer | BaseException],
    ) -> None:
        for (_, future), answer in zip(batch, answers, strict=True):
            if future.done():  # its caller has gone away
                continue
            if isinstance(answer, BaseException):
                future.set_exception(answer)
            else:
                future.set_result(answer)
        self._busy = False
        if self._waiting:
            self._plan(loop)
