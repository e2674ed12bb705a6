"""The contents that are read before they are asked for: while they are written, and by several workers at once."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from dlp.ahead import Ahead
from dlp.extract import stream
from dlp.pool import Pool
from dlp.question import Answer, Question
from dlp.transfer import Channel, Transfer
from dlp.worker import Worker
from dlp.worker_child import seconds_for

_MOST = 64  # contents that are read while they are written
_SEVERAL = 3 * stream.STRETCH  # bytes from which a content is read by several workers


@dataclass(slots=True)
class Growing:
    """A content that is read before it is asked for, by one generation of rules."""

    transfer: Transfer
    generation: int
    ahead: Ahead[Worker]
    settled: dict[int, frozenset[int]]

    def is_of(self, transfer: Transfer) -> bool:
        """Whether that is what is asked for: the same bytes under another name may be another kind of file."""
        ours, theirs = self.transfer, transfer
        return (ours.spool, ours.name, ours.declared) == (theirs.spool, theirs.name, theirs.declared)


class Aheads:
    """All of them, by their spools, in one event loop. `deadline`: seconds, of an inspection."""

    def __init__(self, pool: Pool, deadline: float) -> None:
        self._pool, self._deadline = pool, deadline
        self.kept: dict[Path, Growing] = {}

    def grown(self, transfer: Transfer, size: int) -> None:
        """So many bytes of a content that is being written to its spool are there and will not change: they are read
        while workers have nothing else to do. `read` makes use of it."""
        assert transfer.spool is not None
        kept = self.kept.get(transfer.spool)
        if kept is None or not kept.is_of(transfer):
            self.forget(transfer.spool)
            if not self._has_room():
                return  # it is read when it is asked for
            kept = self.kept[transfer.spool] = self._growing(transfer)
        kept.ahead.grown(stream.stretches(size))

    def _has_room(self) -> bool:
        """Whether one more content may be read while it is written. None is put out for another: it would be read
        from its beginning again. Those that never came to a verdict have no spool any more."""
        if len(self.kept) >= _MOST:
            for spool in [spool for spool in self.kept if not spool.exists()]:
                self.forget(spool)
        return len(self.kept) < _MOST

    def forget(self, spool: Path) -> None:
        """What was said to be certain of a content is not, or nobody needs it any more."""
        if (kept := self.kept.pop(spool, None)) is not None:
            kept.ahead.close()

    def _growing(self, transfer: Transfer) -> Growing:
        generation = self._pool.generation

        async def read(worker: Worker, stretch: int) -> frozenset[int] | None:
            told: Answer = None
            try:
                told = await self._pool.served(worker, Question(transfer=transfer, stretch=stretch))
            finally:
                if worker.gone:  # late, or dead of it: the other workers are not to follow
                    ahead.close()
            return told if isinstance(told, frozenset) and worker.generation == generation else None

        ahead = Ahead(self._pool.free, read)
        return Growing(transfer, generation, ahead, {})

    async def read(self, transfer: Transfer) -> Growing | None:
        """A large content read stretch by stretch, by all workers who are free; what is left is one worker's. None
        where it is none of those. Raises FileNotFoundError."""
        kept = self.kept.get(transfer.spool) if transfer.spool else None
        if transfer.spool is None or transfer.channel is Channel.MAIL or (size := transfer.size) < _SEVERAL:
            return None
        if kept is None or not kept.is_of(transfer):
            kept = self._growing(transfer)
        kept.ahead.grown(stream.stretches(size))
        try:
            kept.settled = await kept.ahead.settled(seconds_for(transfer, self._deadline) / 4)
        finally:
            self.forget(transfer.spool)
        return kept
