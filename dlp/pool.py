"""The workers that read: as many as are wanted, one question each at a time, replaced when they are worn or gone."""

from __future__ import annotations

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor

from dlp import scratch, settings
from dlp.errors import GatewayFault
from dlp.extract.settled import Settled
from dlp.inspection import Inspection
from dlp.question import Question
from dlp.worker import Worker
from dlp.worker_child import Orders

log = logging.getLogger(__name__)


class Pool:
    """Workers who have the same orders, in one event loop. `start` before the first question; `stop` at the end."""

    def __init__(self, config: settings.Inspection, orders: Orders) -> None:
        self._config, self._orders = config, orders
        self.generation = 0  # of the orders
        # Who answered last is asked next: what he needs for it is in the processor's caches still.
        self._idle: asyncio.Queue[Worker] = asyncio.LifoQueue()
        self.all: set[Worker] = set()
        self._threads = ThreadPoolExecutor(max_workers=config.workers * 2 + 1, thread_name_prefix="inspector")
        self._tasks: set[asyncio.Task[object]] = set()
        self._waiting = 0  # for a worker
        self._open = False

    @property
    def pids(self) -> list[int]:
        """Of the workers."""
        return sorted(worker.pid for worker in self.all)

    @property
    def alive(self) -> bool:
        """Whether there is a worker that can read."""
        return self._open and any(worker.alive for worker in list(self.all))

    async def start(self) -> None:
        """Start all workers and wait until their rules are loaded. Raises GatewayFault."""
        self._open = True
        if left := await asyncio.to_thread(scratch.sweep):
            log.warning("workers' folders of a gateway that was killed are cleared away", extra={"part_count": left})
        await asyncio.gather(*(self._hire() for _ in range(self._config.workers)))

    async def stop(self) -> None:
        """End all workers; what they are reading is abandoned."""
        self._open = False
        loop = asyncio.get_running_loop()
        workers = list(self.all)
        await asyncio.gather(*(loop.run_in_executor(None, worker.end) for worker in workers))
        for worker in workers:
            worker.close()
        self.all.clear()
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def swap(self, orders: Orders) -> None:
        """New orders for all, tried by one worker first. Raises GatewayFault, and the old ones stay, when he cannot
        follow them."""
        old = self._orders, self.generation
        self._orders, self.generation = orders, self.generation + 1
        try:
            await self._hire()
        except GatewayFault:
            self._orders, self.generation = old
            raise

    async def wait(self) -> Worker:
        """A worker. Raises GatewayFault at once where too many wait: what they hold would fill our memory."""
        if not self._open:
            raise GatewayFault("inspection is not running")
        if self._waiting >= self._config.queue and self._idle.empty():
            raise GatewayFault("too many transfers wait for inspection")
        while not self._idle.empty():
            if self._fit(worker := self._idle.get_nowait()):
                return worker
        self._waiting += 1
        try:
            async with asyncio.timeout(self._config.deadline):
                return await self._idle_worker()
        except TimeoutError:
            raise GatewayFault("all inspection workers are busy") from None
        finally:
            self._waiting -= 1

    @property
    def spare(self) -> bool:
        """Whether a worker is left who has nothing else to do, for whoever comes."""
        return not self._idle.empty()

    def free(self) -> Worker | None:
        """A worker who has nothing else to do."""
        while self._open and not self._waiting and not self._idle.empty():
            if self._fit(worker := self._idle.get_nowait()):
                return worker
        return None

    async def served(self, worker: Worker, question: Question) -> Inspection | Settled | None:
        """What a worker who was given says; afterwards he is anybody's, or replaced. Raises GatewayFault."""
        try:
            return await worker.ask(question, self._threads)
        finally:
            if not worker.gone and worker.done < self._config.recycle and worker.generation == self.generation:
                self._idle.put_nowait(worker)
            else:
                self._dismiss(worker)

    async def _idle_worker(self) -> Worker:
        while True:
            if self._fit(worker := await self._idle.get()):
                return worker

    def _fit(self, worker: Worker) -> bool:
        """Whether an idle worker can be asked; else it is replaced."""
        fit = not worker.gone and worker.alive and worker.generation == self.generation
        if not fit:
            self._dismiss(worker)
        return fit

    def _dismiss(self, worker: Worker) -> None:
        """Let a worker go and hire another, in the background."""
        self.all.discard(worker)
        if not self._open:
            return
        loop = asyncio.get_running_loop()
        task: asyncio.Task[object] = asyncio.create_task(self._replace(loop, worker))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _replace(self, loop: asyncio.AbstractEventLoop, worker: Worker) -> None:
        await loop.run_in_executor(None, worker.end)
        worker.close()
        pause = 0.1
        while self._open and len(self.all) < self._config.workers:
            try:
                await self._hire()
            except (GatewayFault, OSError) as error:
                log.error("cannot start an inspection worker", extra={"error": str(error)})
                await asyncio.sleep(pause)
                pause = min(pause * 2, 10.0)

    async def _hire(self) -> None:
        loop = asyncio.get_running_loop()
        worker = await loop.run_in_executor(self._threads, Worker, self._orders, self.generation)
        self.all.add(worker)
        try:
            await loop.run_in_executor(self._threads, worker.wait_ready)
        except BaseException:
            self.all.discard(worker)
            raise
        worker.watch()
        self._idle.put_nowait(worker)
