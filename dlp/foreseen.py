"""Contents that will surely be held, sealed before their sender's turn comes: sealing a gigabyte takes seconds.

The verdict is still given in turn, with all that the sender has sent by then; what passes after all leaves no seal.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager

from dlp.inspection import Inspection
from dlp.judgement import Judge
from dlp.standing import Standing
from dlp.transfer import Transfer
from quarantine.admission import Ahead
from quarantine.room import Room

_LARGE = 1 << 20  # bytes; below, a seal costs less than another turn of a thread
_AT_ONCE = 4  # that are sealed ahead: the threads of others' commits are not all taken


class Foreseen:
    """Those of one gateway."""

    def __init__(self, room: Room, judge: Judge) -> None:
        self._room, self._judge = room, judge
        self._turns = asyncio.Semaphore(_AT_ONCE)

    @asynccontextmanager
    async def sealed(
        self, transfer: Transfer, inspection: Inspection, standing: Standing
    ) -> AsyncIterator[Ahead | None]:
        """The content as sealed ahead, or None: it is small, or may pass. Raises RoomError."""
        if not is_large(transfer):
            yield None
            return
        with ExitStack() as kept:
            async with self._turns:
                ahead = await asyncio.to_thread(self._sealed, kept, transfer, inspection, standing)
            try:
                yield ahead
            finally:
                await asyncio.to_thread(kept.close)

    def _sealed(self, kept: ExitStack, transfer: Transfer, inspection: Inspection, standing: Standing) -> Ahead | None:
        if not self._judge.surely_held(transfer, inspection, standing):
            return None
        content = transfer.spool if transfer.spool is not None else transfer.read()
        ahead: Ahead = kept.enter_context(self._room.sealing(content))
        return ahead


def is_large(transfer: Transfer) -> bool:
    """Whether sealing it takes its time; what went with its sender does not."""
    try:
        return transfer.size > _LARGE
    except FileNotFoundError:
        return False
