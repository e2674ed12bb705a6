"""Whether the machine's clock can be believed by what destroys: expiry of cases and shredding of content.

A battery that died or a time server gone wrong may put the clock years ahead, and everything in the evidence room would
be due at once. So after a jump, or a start at which the clock stands far from where it was left, nothing is destroyed
for a day of uninterrupted running, while an alarm says why. Refusing and holding never wait for this.
"""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta
from pathlib import Path

log = logging.getLogger(__name__)

_JUMP = timedelta(hours=1)  # more than a clock that is set right moves; less than anything destroys by
_AWAY = timedelta(days=7)  # a gateway may stand still over the new year
_WAIT = 24 * 3600.0  # seconds of running in which somebody can set it right


class Clock:
    """Compares the clock with the time that has run (`ticks`, monotonic seconds), and with where it was left."""

    def __init__(self, kept: Path) -> None:
        """`kept` is a file that remembers the clock while it is believed."""
        self._kept = kept
        self._seen: tuple[datetime, float] | None = None
        self._doubted: float | None = None  # ticks at which the doubt began

    def believed(self, now: datetime, ticks: float) -> bool:
        """Whether `now` may be destroyed by; to be asked every few minutes."""
        if self._jumped(now, ticks):
            log.error("the clock has jumped: nothing expires for a day", extra={"code": "clock"})
            self._doubted = ticks
        self._seen = now, ticks
        if self._doubted is not None and ticks - self._doubted < _WAIT:
            return False
        self._doubted = None
        self._keep(now)
        return True

    def _jumped(self, now: datetime, ticks: float) -> bool:
        if self._seen is None:
            left = self._left()
            return left is not None and not -_JUMP <= now - left <= _AWAY
        at, then = self._seen
        return abs(now - at - timedelta(seconds=ticks - then)) > _JUMP

    def _left(self) -> datetime | None:
        """Where it was last believed; None at the very first start."""
        try:
            return datetime.fromisoformat(self._kept.read_text(encoding="ascii").strip())
        except FileNotFoundError:
            return None
        except (OSError, ValueError):
            return datetime.min.replace(tzinfo=UTC)  # unreadable: believed by nobody

    def _keep(self, now: datetime) -> None:
        fresh = self._kept.with_suffix(".new")
        try:
            fresh.write_text(now.isoformat() + "\n", encoding="ascii")
            fresh.replace(self._kept)
        except OSError as error:
            log.warning("the clock is not remembered", extra={"error": type(error).__name__})
