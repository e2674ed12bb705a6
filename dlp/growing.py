"""The contents that are read before they are asked for: while they are written, and by several workers at once."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from dlp.ahead import Ahead
from dlp.answer import Answer
from dlp.extract import stream
from dlp.extract.settled import Settled
from dlp.pool import Pool
from dlp.question import Question
from dlp.transfer import Channel, Transfer
from dlp.worker import Worker
from dlp.worker_child import seconds_for

_MOST = 64  # contents that are read while they are written
_STRETCH = 30.0  # seconds that one stretch may take
_LAST = 5.0  # the same, where it keeps the last worker who is free: a mail must not wait longer for one
_SEVERAL = 3 * stream.STRETCH  # bytes from which a content is read by several workers
#: A worker who is free, and the seconds that he may take.
type _Turn = tuple[Worker, float]


@dataclass(slots=True)
class Growing:
    """A content that is read before it is asked for, by one generation of rules."""

    transfer: Transfer
    generation: int
    ahead: Ahead[_Turn, Settled]
    settled: dict[int, Settled]

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

        async def read(turn: _Turn, stretch: int) -> Settled | None:
            told: Answer = None
            worker, seconds = turn
            try:
                told = await self._pool.served(worker, Question(transfer=transfer, stretch=stretch, seconds=seconds))
            finally:
                if worker.gone:  # late, or dead of it: the other workers are not to follow
                    ahead.close()
            return told if isinstance(told, Settled) and worker.generation == generation else None

        ahead = Ahead(self._take, read)
        return Growing(transfer, generation, ahead, {})

    def _take(self) -> _Turn | None:
        if (worker := self._pool.free()) is None:
            return None
        return worker, min(self._deadline, _STRETCH if self._pool.spare else _LAST)

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
