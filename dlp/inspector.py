"""Runs inspect() in recycled worker processes, with a hard deadline.

Whose fault decides what happens: a content at which a worker dies or is late is unreadable, so it is held. A scanner
that cannot work at all (no worker, a bug in it) is a GatewayFault: nothing is accepted.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from dlp import settings
from dlp.errors import GatewayFault
from dlp.extract import settled
from dlp.growing import Aheads, Growing
from dlp.inspection import Inspection
from dlp.pool import Pool
from dlp.question import Question
from dlp.transfer import Transfer
from dlp.worker import Worker, is_short
from dlp.worker_child import Orders


class Inspector:
    """Asks a pool of workers. `start` before the first `inspect`; `stop` at the end."""

    def __init__(
        self,
        config: settings.Inspection,
        files: Mapping[str, bytes],
        *,
        digest: str,
        token_key: bytes | None,
        town: str = "",
    ) -> None:
        self._digest = digest
        self._orders = Orders(
            files=dict(files),
            token_key=token_key,
            town=town,
            memory=config.memory,
            deadline=config.deadline,
            tag_key=os.urandom(settled.KEY),
        )
        self.pool = Pool(config, self._orders)
        self.aheads = Aheads(self.pool, config.deadline)
        self._tasks: set[asyncio.Task[Inspection]] = set()

    @property
    def digest(self) -> str:
        """Of the rules in force."""
        return self._digest

    @property
    def pids(self) -> list[int]:
        """Of the workers, for tests and for `status`."""
        return self.pool.pids

    @property
    def alive(self) -> bool:
        """Whether there is a worker that can read."""
        return self.pool.alive

    async def start(self) -> None:
        """Start all workers and wait until their rules are loaded. Raises GatewayFault."""
        await self.pool.start()

    async def stop(self) -> None:
        """End all workers; an inspection under way is abandoned."""
        await self.pool.stop()

    async def swap(self, files: Mapping[str, bytes], digest: str) -> None:
        """Put a new set of rules in force, whole: they are tried in a worker first.

        Raises GatewayFault, and the old rules stay, when a worker cannot load them.
        """
        orders = replace(self._orders, files=dict(files))
        await self.pool.swap(orders)
        self._orders, self._digest = orders, digest

    async def inspect(
        self, transfer: Transfer, *, passwords: tuple[str, ...] = (), beside: tuple[Transfer, ...] = ()
    ) -> Inspection:
        """Read one transfer in a worker. Raises GatewayFault when no worker could do it.

        `passwords`: of the sender's earlier mails, tried on what is locked; `beside`: see `dlp.inspection.inspect`.
        """
        try:
            growing = await self.aheads.read(transfer)
        except FileNotFoundError as error:
            raise GatewayFault("the content is gone") from error
        return await self._ask(Question(transfer=transfer, passwords=passwords, beside=beside), growing)

    def grown(self, transfer: Transfer, size: int) -> None:
        """So many bytes of a content that is being written to its spool are there and will not change: they are read
        while workers have nothing else to do. Its `inspect` makes use of it."""
        self.aheads.grown(transfer, size)

    def forget(self, spool: Path) -> None:
        """What was said to be certain of a content is not, or nobody needs it any more."""
        self.aheads.forget(spool)

    async def affected(self, transfer: Transfer) -> Inspection:
        """`inspect`, with the people themselves in `affected`: for the list of an incident, and kept nowhere."""
        return await self._ask(Question(transfer=transfer, listing=True))

    async def _ask(self, question: Question, growing: Growing | None = None) -> Inspection:
        worker = await self.pool.wait()
        if growing is not None and growing.generation == worker.generation:
            question = replace(question, known=growing.settled)
        if is_short(question):
            return await self._serve(worker, question)
        # The caller may be cancelled; the worker must come back to the pool all the same.
        task = asyncio.create_task(self._serve(worker, question))
        self._tasks.add(task)
        task.add_done_callback(self._forget)
        return await asyncio.shield(task)

    def _forget(self, task: asyncio.Task[Inspection]) -> None:
        self._tasks.discard(task)
        if not task.cancelled():
            task.exception()  # looked at, for where the caller has gone away

    async def _serve(self, worker: Worker, question: Question) -> Inspection:
        answer = await self.pool.served(worker, question)
        if not isinstance(answer, Inspection):
            raise GatewayFault("inspection worker: no inspection")
        return answer if answer.ruleset else replace(answer, ruleset=self._digest)
