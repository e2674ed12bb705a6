"""The prints of what is written to a mount, taken while it is written: at its end there is little left to read."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path

from dlp.delivery.prints import Print, Printing

log = logging.getLogger(__name__)

_MOST = 64  # contents of which that is done


class _Taken:
    """The print of one spool, as far as it is taken."""

    def __init__(self, spool: Path) -> None:
        self.printing = Printing(spool)
        self.there = 0  # bytes
        self._busy = False

    def grown(self, size: int) -> None:
        self.there = size
        if not self._busy:
            self._busy = True
            asyncio.get_running_loop().run_in_executor(None, self._go_on)

    def _go_on(self) -> None:
        try:
            self.printing.go_on(self.there)
        except OSError:
            log.debug("a content that was being written is gone")  # or it is told at its end
        finally:
            self._busy = False  # what has come since is read with what comes next


class Prints:
    """All of them, by their spools, in one event loop."""

    def __init__(self) -> None:
        self._taken: dict[Path, _Taken] = {}

    def grown(self, spool: Path, size: int) -> None:
        """So many bytes are there, and will not change unless `forget` is told."""
        if (taken := self._taken.get(spool)) is None:
            if len(self._taken) >= _MOST:
                self._taken = {kept: of for kept, of in self._taken.items() if kept.exists()}
            if len(self._taken) >= _MOST:
                return  # it is read at its end
            taken = self._taken[spool] = _Taken(spool)
        taken.grown(size)

    def forget(self, spool: Path) -> None:
        """What was there has changed."""
        self._taken.pop(spool, None)

    async def of(self, spool: Path) -> Print:
        """The print of a whole content. Raises OSError."""
        taken = self._taken.pop(spool, None)
        printing = taken.printing if taken is not None else Printing(spool)
        return await asyncio.to_thread(printing.end)
