"""The notary: signs checkpoints, brings them to their second places, feeds the collector, watches disk and files.

Nothing here is in the way of a transfer: a place that cannot be reached raises an alarm, is tried again after a pause
that doubles up to five minutes, and gets all it missed.
"""

from __future__ import annotations

import asyncio
import logging
import os
import threading
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from dlp.alarms import Alarms
from dlp.evidence.feed import Sink, ToFile, ToSyslog, feed
from dlp.evidence.places import Folder, Place, ToCollector, head_notice
from dlp.evidence.syslog import Collector
from dlp.evidence.watch import Watch
from dlp.settings import Config
from quarantine.case import RoomError
from quarantine.room import Room

log = logging.getLogger(__name__)

_PAPER = "paper"
_LONGEST_PAUSE = 300.0


class Notary:
    """Runs in a thread of its own between rounds of the event loop."""

    def __init__(self, config: Config, room: Room, alarms: Alarms, watch: Watch, *, interval: float = 1.0) -> None:
        self._room = room
        self._alarms = alarms
        self._watch = watch
        self._settings = config.evidence
        self._zone = ZoneInfo(config.town.timezone)
        self._folder = config.path(config.quarantine.folder)
        self._interval = interval
        self._places, self._sinks = _places(config), _sinks(config)
        self._pauses: dict[str, tuple[float, float]] = {}  # name -> (not before, pause)
        self._guard = threading.Lock()
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Put the start on record, and begin."""
        await asyncio.to_thread(self._watch.begin)
        self._task = asyncio.create_task(self._run(), name="notary")

    async def stop(self) -> None:
        """Put the end on record, sign it, and give it to every place that answers."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])
            await asyncio.to_thread(self._last_round)

    async def _run(self) -> None:
        while True:
            await asyncio.shield(asyncio.to_thread(self.round))
            await asyncio.sleep(self._interval)

    def _last_round(self) -> None:
        try:
            self._watch.end()
            self._room.checkpoint()
        except RoomError:
            log.error("the end of the gateway is not on record")
        self.round()

    def round(self) -> None:
        """One pass over everything that is due; never two at once."""
        with self._guard:
            self._round()

    def _round(self) -> None:
        self._attempt("disk", self._look_at_disk)
        self._attempt("watch", self._watch.look)
        self._attempt("checkpoint", self._sign)
        for place in self._places:
            self._attempt(f"place {place.name}", lambda place=place: self._export(place))  # type: ignore[misc]
        for sink in self._sinks:
            self._attempt(f"feed {sink.name}", lambda sink=sink: feed(self._room, sink))  # type: ignore[misc]
        if self._settings.head_to:
            self._attempt(_PAPER, self._mail_head)

    def _attempt(self, name: str, act: Callable[[], object]) -> None:
        """Do it, unless it failed a short while ago; a failure is an alarm, and over when it succeeds."""
        not_before, pause = self._pauses.get(name, (0.0, 0.5))
        if time.monotonic() < not_before:
            return
        try:
            act()
        except (OSError, RoomError) as error:
            pause = min(pause * 2, _LONGEST_PAUSE)
            self._pauses[name] = (time.monotonic() + pause, pause)
            log.warning("the notary could not do its work", extra={"code": name, "error": type(error).__name__})
            self._alarms.sound(name)
        except Exception:
            log.exception("the notary failed", extra={"code": name})
            self._pauses[name] = (time.monotonic() + 60.0, 60.0)
            self._alarms.sound(name)
        else:
            self._pauses.pop(name, None)
            self._alarms.over(name)

    def _sign(self) -> None:
        age = timedelta(minutes=self._settings.checkpoint_minutes)
        self._room.checkpoint(entries=self._settings.checkpoint_entries, age=age)

    def _export(self, place: Place) -> None:
        while fresh := self._room.checkpoints(self._room.exported(place.name), 500):
            place.put([line for _, line in fresh])
            self._room.set_exported(place.name, fresh[-1][0])

    def _mail_head(self) -> None:
        """Once a day, at the first round of the day: what was signed last."""
        today = datetime.now(UTC).astimezone(self._zone).date().toordinal()
        if self._room.exported(_PAPER) >= today:
            return
        last = self._room.last_checkpoint()
        if last:
            self._room.enter([], [head_notice(to, last, self._zone) for to in self._settings.head_to])
            self._room.set_exported(_PAPER, today)

    def _look_at_disk(self) -> None:
        """A disk that is nearly full is an alarm; nothing is ever thrown away to make room on it."""
        space = os.statvfs(self._folder)
        if space.f_bavail * space.f_frsize < self._settings.min_free:
            raise OSError("little room")


def _places(config: Config) -> Sequence[Place]:
    found: list[Place] = []
    if config.evidence.folder is not None:
        found.append(Folder(config.path(config.evidence.folder)))
    if config.siem.collector and config.siem.checkpoints:
        found.append(ToCollector(Collector(config.siem)))
    return found


def _sinks(config: Config) -> Sequence[Sink]:
    found: list[Sink] = []
    if config.siem.collector:
        found.append(ToSyslog(Collector(config.siem), config.siem.format))
    if config.siem.file is not None:
        found.append(ToFile(config.path(Path(config.siem.file))))
    return found
