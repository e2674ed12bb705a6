"""Routes: from which address each transfer came, so that what comes from an unlisted one is told.

Kept in memory and written in batches: the gateway's path must not wait for it.
"""

from __future__ import annotations

import threading
from dataclasses import replace

from dlp.directory.coverage import Coverage, RouteUse
from dlp.directory.gaps import listed_route
from dlp.standing import Standing
from dlp.transfer import Channel, Transfer

_MOST = 10_000  # uses kept between two batches


class Routes:
    """What went by unlisted routes. Thread-safe."""

    def __init__(self, coverage: Coverage, host: str) -> None:
        self._coverage, self._host = coverage, host
        self._lock = threading.Lock()
        self._uses: dict[tuple[str, str], RouteUse] = {}

    def seen(self, transfer: Transfer, standing: Standing) -> None:
        """One transfer was judged."""
        route = route_of(transfer)
        if not route:
            return
        use = RouteUse(
            route=route,
            login=transfer.sender[:128],
            person=standing.person.id if standing.person else "",
            via=self._host,
            first=transfer.at,
            last=transfer.at,
            bytes=transfer.size,
        )
        with self._lock:
            before = self._uses.get((route, use.login))
            if before is not None:
                use = replace(use, first=before.first, count=before.count + 1, bytes=before.bytes + use.bytes)
            if before is not None or len(self._uses) < _MOST:
                self._uses[route, use.login] = use

    def flush(self) -> int:
        """Write what went by routes nobody has listed; how many. Where no addresses are listed nothing can be told."""
        with self._lock:
            uses, self._uses = list(self._uses.values()), {}
        if not uses:
            return 0
        terminals = self._coverage.terminals()
        if not any(t.listed and t.address for t in terminals):
            return 0
        unlisted = [use for use in uses if not listed_route(use.route, terminals)]
        if unlisted:
            self._coverage.used(unlisted)
        return len(unlisted)


def route_of(transfer: Transfer) -> str:
    """ "mail:10.1.2.3" or "web:10.1.2.3"; "" where the channel knows of no address (media are by device)."""
    peer = str(transfer.envelope.get("peer", ""))
    return f"{transfer.channel.value}:{peer}" if peer and transfer.channel is not Channel.MEDIA else ""
