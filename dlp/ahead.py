"""What is read of a large content before all of it is there, and by several workers at once: stretch by stretch.

A stretch is settled where nothing is in it: the inspection of the whole then passes over it, and finds what it would
have found. Any other stretch is read again with the whole.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

_LEFT = 2  # stretches read in vain, beside as many as were settled, after which no more are


class Ahead[Worker, Told]:
    """One content, in one event loop. `take` gives a worker who has nothing else to do just now, and nobody waits for;
    `read` asks him of one stretch: what is settled of it, or None."""

    def __init__(
        self, take: Callable[[], Worker | None], read: Callable[[Worker, int], Awaitable[Told | None]]
    ) -> None:
        self._take, self._read = take, read
        self._settled: dict[int, Told] = {}
        self._next = self._there = self._vain = 0
        self._open = True
        self._tasks: set[asyncio.Task[Told | None]] = set()

    def grown(self, stretches: int) -> None:
        """So many stretches are there now, and will not change."""
        self._there = max(self._there, stretches)
        self._go_on()

    def _go_on(self) -> None:
        while self._open and self._next < self._there and (worker := self._take()) is not None:
            task = asyncio.ensure_future(self._read(worker, self._next))
            self._tasks.add(task)
            task.add_done_callback(self._done_with(self._next))
            self._next += 1

    def _done_with(self, number: int) -> Callable[[asyncio.Task[Told | None]], None]:
        def done(task: asyncio.Task[Told | None]) -> None:
            self._tasks.discard(task)
            told = None if task.cancelled() or task.exception() is not None else task.result()
            if told is None:
                self._vain += 1
            else:
                self._settled[number] = told
            self._open = self._open and self._vain <= _LEFT + len(self._settled)  # else something is in most of them
            self._go_on()

        return done

    async def settled(self, seconds: float) -> dict[int, Told]:
        """What is settled once those under way have been read, and those that workers are free for. The end of it."""
        self._go_on()
        loop = asyncio.get_running_loop()
        end = loop.time() + seconds
        while self._tasks and (left := end - loop.time()) > 0:
            await asyncio.wait(set(self._tasks), timeout=left, return_when=asyncio.FIRST_COMPLETED)
        self.close()
        return dict(self._settled)

    def close(self) -> None:
        """No more of it is read."""
        self._open = False
