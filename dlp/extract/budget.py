"""Budget: what one transfer may cost to read. Exceeding it ends in Incomplete, so the transfer is held."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from dlp.errors import Incomplete
from dlp.extract.blocks import Why


@dataclass(slots=True)
class Budget:
    """Mutable, one a transfer."""

    bytes_left: int = 1024 * 1024 * 1024  # unpacked, all parts together
    parts_left: int = 10_000
    max_depth: int = 10
    max_ratio: float = 200.0  # unpacked to packed, of one member larger than a megabyte
    pages_left: int = 5_000
    seconds: float = 100.0
    _ends: float = field(init=False)

    def __post_init__(self) -> None:
        self._ends = time.monotonic() + self.seconds

    def check_time(self) -> None:
        """Raises Incomplete(TIMED_OUT)."""
        if time.monotonic() > self._ends:
            raise Incomplete(Why.TIMED_OUT)

    def take_bytes(self, count: int) -> None:
        """Account for `count` unpacked bytes. Raises Incomplete(TOO_LARGE)."""
        self.bytes_left -= count
        if self.bytes_left < 0:
            raise Incomplete(Why.TOO_LARGE)

    def take_part(self, depth: int) -> None:
        """Account for one part at `depth` containers. Raises Incomplete(TOO_DEEP | TOO_MANY | TIMED_OUT)."""
        self.check_time()
        if depth > self.max_depth:
            raise Incomplete(Why.TOO_DEEP)
        self.parts_left -= 1
        if self.parts_left < 0:
            raise Incomplete(Why.TOO_MANY)

    def take_page(self) -> None:
        """Account for one page. Raises Incomplete(TOO_MANY | TIMED_OUT)."""
        self.check_time()
        self.pages_left -= 1
        if self.pages_left < 0:
            raise Incomplete(Why.TOO_MANY)
