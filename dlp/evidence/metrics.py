"""Prometheus metrics: counts and times only, on an address of their own, for loopback or for whoever has the token."""

from __future__ import annotations

import asyncio
import hmac
import ipaddress
import os
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

from aiohttp import web
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from dlp import __version__
from dlp.alarms import Alarms
from dlp.errors import ConfigError, cannot_listen
from dlp.settings import Config
from quarantine.case import Status
from quarantine.checkpoint import read
from quarantine.room import Room

_READY_SECONDS = 5.0
_PLACES = ("folder", "collector")
_SINKS = ("events", "ocsf")


class Metrics:
    """Serves `/metrics`, `/healthz` and `/readyz`; `start`, then `.url`, then `stop`.

    Counts begin at zero when the gateway starts.
    """

    def __init__(
        self,
        config: Config,
        room: Room,
        alarms: Alarms,
        ready: Callable[[], Mapping[str, bool]],
        others: Callable[[], Mapping[str, datetime]] = dict,
        unrecorded: Callable[[], int] = int,
    ) -> None:
        """`ready` tells, by name, of what must work for a transfer to be taken; `others` of alarms that are kept
        elsewhere. Both may block. `unrecorded`: how many outcomes the room would not take yet."""
        self._settings = config.metrics
        self._ready = ready
        self._token = _token(config)
        self._tally = Tally(
            room,
            lambda: {**others(), **alarms.standing()},
            config.path(config.quarantine.folder),
            ready,
            unrecorded,
        )
        self._registry = CollectorRegistry()
        self._registry.register(self._tally)
        self._runner: web.AppRunner | None = None
        self.url = ""

    async def start(self) -> None:
        """Listen. Raises ConfigError when the address cannot be had."""
        app = web.Application(client_max_size=1024)
        app.router.add_get("/metrics", self._answer)
        app.router.add_get("/healthz", self._alive)
        app.router.add_get("/readyz", self._able)
        self._runner = web.AppRunner(app, access_log=None, handle_signals=False)
        await self._runner.setup()
        site = web.TCPSite(self._runner, self._settings.host, self._settings.port)
        try:
            await site.start()
        except OSError as error:
            await self._runner.cleanup()
            raise cannot_listen("metrics", self._settings.host, self._settings.port, error) from None
        self.url = f"http://{self._settings.host}:{int(self._runner.addresses[0][1])}/metrics"

    async def stop(self) -> None:
        """Close."""
        if self._runner is not None:
            await self._runner.cleanup()

    async def _answer(self, request: web.Request) -> web.Response:
        given = request.headers.get("Authorization", "")
        if self._token and not hmac.compare_digest(given.encode(), f"Bearer {self._token}".encode()):
            return web.Response(status=401, headers={"WWW-Authenticate": "Bearer"})
        body = await asyncio.to_thread(generate_latest, self._registry)
        return web.Response(body=body, headers={"Content-Type": "text/plain; version=0.0.4; charset=utf-8"})

    async def _alive(self, request: web.Request) -> web.Response:
        """The event loop turns."""
        return web.Response(text="ok\n")

    async def _able(self, request: web.Request) -> web.Response:
        """Whether transfers would be taken now; for load balancers, so without the token, and yes or no only."""
        try:
            found = await asyncio.wait_for(asyncio.to_thread(self._ready), _READY_SECONDS)
        except Exception:  # whatever it is, a transfer would fare no better
            found = {"gateway": False}
        return web.json_response(dict(found), status=200 if all(found.values()) else 503)


class Tally:
    """Counts what the audit chain tells since the gateway began. Thread-safe."""

    def __init__(
        self,
        room: Room,
        alarms: Callable[[], Mapping[str, datetime]],
        folder: Path,
        ready: Callable[[], Mapping[str, bool]] = dict,
        unrecorded: Callable[[], int] = int,
    ) -> None:
        self._room, self._alarms, self._folder, self._ready = room, alarms, folder, ready
        self._unrecorded = unrecorded
        self._seen = room.last_entry()
        self._transfers: Counter[tuple[str, str]] = Counter()
        self._people: Counter[tuple[str, str]] = Counter()
        self._events: Counter[str] = Counter()
        self._guard = threading.Lock()

    def collect(self) -> Iterator[Metric]:
        """Everything, as Prometheus' client asks for it."""
        begun = time.perf_counter()
        with self._guard:
            self._catch_up()
            yield from self._counters()
        yield from self._gauges()
        yield GaugeMetricFamily("sekisho_scrape_seconds", "How long this took.", time.perf_counter() - begun)

    def describe(self) -> Iterator[Metric]:
        """Nothing is asked of the room before the first scrape."""
        return iter(())

    def _catch_up(self) -> None:
        while entries := self._room.entries(self._seen, 5000):
            for entry in entries:
                self._events[entry.event] += 1
                if "verdict" in entry.detail:
                    key = str(entry.detail["channel"]), str(entry.detail["verdict"])
                    self._transfers[key] += 1
                    self._people[key] += int(entry.detail["subjects"])
            self._seen = entries[-1].seq

    def _counters(self) -> Iterator[Metric]:
        for name, text, found in (
            ("sekisho_transfers", "Transfers judged.", self._transfers),
            ("sekisho_people", "People found in transfers, counted per transfer.", self._people),
        ):
            family = CounterMetricFamily(name, text, labels=("channel", "verdict"))
            for key, count in sorted(found.items()):
                family.add_metric(key, count)
            yield family
        events = CounterMetricFamily("sekisho_audit_events", "Audit entries by what they tell of.", labels=("event",))
        for word, count in sorted(self._events.items()):
            events.add_metric((word,), count)
        yield events
        yield GaugeMetricFamily("sekisho_audit_last_entry", "Number of the last audit entry.", self._seen)

    def _gauges(self) -> Iterator[Metric]:
        now = datetime.now(UTC)
        waiting = self._room.cases(status=(Status.QUARANTINED, Status.AWAITING_SECOND), limit=100_000)
        yield GaugeMetricFamily("sekisho_cases_waiting", "Cases that wait for somebody's word.", len(waiting))
        oldest = (now - waiting[0].opened).total_seconds() if waiting else 0.0
        yield GaugeMetricFamily("sekisho_oldest_case_seconds", "How long the oldest of them waits.", oldest)
        last = self._room.last_checkpoint()
        age = (now - datetime.fromisoformat(read(last).at)).total_seconds() if last else -1.0
        yield GaugeMetricFamily("sekisho_checkpoint_age_seconds", "Age of the last signed checkpoint; -1: none.", age)
        signed = read(last).number if last else 0
        lag = GaugeMetricFamily("sekisho_export_lag", "What a place elsewhere does not have yet.", labels=("place",))
        for place, newest in [*((name, signed) for name in _PLACES), *((name, self._seen) for name in _SINKS)]:
            if done := self._room.exported(place):
                lag.add_metric((place,), newest - done)
        yield lag
        alarms = GaugeMetricFamily("sekisho_alarm", "Since when an alarm stands.", labels=("code",))
        for code, since in sorted(self._alarms().items()):
            alarms.add_metric((code,), since.timestamp())
        yield alarms
        able = GaugeMetricFamily(
            "sekisho_ready", "Whether a part that must work does, as /readyz says.", labels=("part",)
        )
        for part, works in self._ready().items():
            able.add_metric((part,), works)
        yield able
        text = "Outcomes of transfers that the room would not take yet."
        yield GaugeMetricFamily("sekisho_outcomes_unrecorded", text, self._unrecorded())
        space = os.statvfs(self._folder)
        yield GaugeMetricFamily("sekisho_disk_free_bytes", "Room for evidence.", space.f_bavail * space.f_frsize)
        version = GaugeMetricFamily("sekisho_info", "Which version runs.", labels=("version",))
        version.add_metric((__version__,), 1)
        yield version


def _token(config: Config) -> str:
    """The token scrapers show; "" where only this machine can ask. Raises ConfigError."""
    settings = config.metrics
    if settings.token_file is not None:
        try:
            token = config.path(settings.token_file).read_text(encoding="ascii").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigError(f"[metrics] token_file: {error}") from None
        if len(token) < 16:
            raise ConfigError("[metrics] token_file: a token needs at least 16 characters")
        return token
    try:
        if ipaddress.ip_address(settings.host).is_loopback:
            return ""
    except ValueError:
        if settings.host == "localhost":
            return ""
    raise ConfigError(f"[metrics] host {settings.host} can be reached from outside: set token_file")
