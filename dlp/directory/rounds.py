"""Rounds: what the ledger of media, coverage and the check of usage do by themselves, by the clock."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import UTC, datetime

from dlp.directory.checkoff import Checkoffs
from dlp.directory.coverage import Coverage
from dlp.directory.gaps import DailyReport
from dlp.directory.lending import Lending
from dlp.directory.routes import Routes

log = logging.getLogger(__name__)


class Rounds:
    """A loop beside the gateway. A fault in one round is logged and tried again in the next."""

    def __init__(
        self,
        coverage: Coverage,
        report: DailyReport,
        checkoffs: Checkoffs,
        routes: Routes,
        lending: Lending,
        *,
        host: str,
        version: str = "",
        interval: float = 30.0,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._coverage, self._report, self._checkoffs, self._routes = coverage, report, checkoffs, routes
        self._lending = lending
        self._host, self._version, self._interval, self._clock = host, version, interval, clock

    async def run(self) -> None:
        """Serve until cancelled; then what was seen is still kept."""
        try:
            while True:
                await asyncio.to_thread(self.round)
                await asyncio.sleep(self._interval)
        finally:
            await asyncio.shield(asyncio.to_thread(self._try, self._routes.flush))

    def round(self) -> None:
        """One pass; blocks."""
        now = self._clock()
        self._try(lambda: self._coverage.heard(self._host, now, kind="gateway", version=self._version, ours=True))
        self._try(self._routes.flush)
        self._try(lambda: self._checkoffs.open_due(now))
        self._try(lambda: self._checkoffs.escalate(now))
        self._try(lambda: self._report.run(now))
        self._try(lambda: self._lending.remind(now))

    def _try(self, step: Callable[[], object]) -> None:
        try:
            step()
        except Exception:
            log.exception("a round of coverage failed")
