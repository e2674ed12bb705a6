"""The keeper: reads the sources that must be asked, and does by itself what the calendar and the feeds demand.

Refusing needs none of this: a leaver is refused by what stands in memory and in the register. The keeper opens
tasks, reminds, reports and raises alarms; a fault in one round is logged and tried again in the next.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from dlp.directory import alarms, copies, letters, lookback, offboarding
from dlp.directory.alarms import Alarm
from dlp.directory.directory import Directory
from dlp.directory.offboarding import Departure, Task
from dlp.directory.register import Register
from dlp.directory.sources import ldap
from dlp.errors import ConfigError, GatewayFault
from dlp.settings import Config
from dlp.standing import Person, PersonStatus
from quarantine.case import Notice
from quarantine.room import Room

log = logging.getLogger(__name__)

_RETRY = 60.0  # seconds after a failed reading


class Keeper:
    """A loop beside the gateway."""

    def __init__(
        self,
        config: Config,
        directory: Directory,
        register: Register,
        room: Room,
        *,
        console: str = "",
        interval: float = 15.0,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._config, self._directory, self._register, self._room = config, directory, register, room
        self._console, self._interval, self._clock = console, interval, clock
        self._zone = ZoneInfo(config.town.timezone)
        self._down: dict[str, str] = {}  # source -> why it could not be read
        self._next_reading = 0.0
        if config.ldap.enabled:
            ldap.check(config.ldap)

    async def run(self) -> None:
        """Serve until cancelled."""
        while True:
            try:
                await self.round()
            except Exception:
                log.exception("a round of the directory's keeper failed")
            await asyncio.sleep(self._interval)

    async def round(self) -> None:
        """One pass: read what is due, then tasks, reminders, alarms."""
        loop_time = asyncio.get_running_loop().time()
        if self._config.ldap.enabled and loop_time >= self._next_reading:
            read = await asyncio.to_thread(self._read_ldap)
            self._next_reading = loop_time + (self._config.ldap.interval_minutes * 60 if read else _RETRY)
        await asyncio.to_thread(self.sync)

    def _read_ldap(self) -> bool:
        """Ask the directory server; whether it gave a whole answer that is believed."""
        settings = self._config.ldap
        kind = "personnel" if self._config.directory.authority == ldap.NAME else "account"
        try:
            people = ldap.read(settings, self._zone)
            shrink = self._config.directory.max_shrink
            copies.keep(self._register, ldap.NAME, kind, people, self._clock(), shrink=shrink)
        except (ConfigError, GatewayFault) as error:
            self._down[ldap.NAME] = str(error)
            log.error("a source of people was not read, the last good copy serves", extra={"error": str(error)})
            return False
        self._down.pop(ldap.NAME, None)
        return True

    def sync(self) -> None:
        """Tasks, reports, reminders, alarms: everything that follows from what stands now. Blocks."""
        now = self._clock()
        today = self._directory.today(now)
        for departure in self._new_departures():
            self._depart(departure, now)
        self._reassign(now)
        offboarding.escalate(self._register, today, lambda late: self._on_overdue(late, now))
        alarms.sync(self._register, self._wrong(now), today, self._on_alarms)

    # leavers

    def _new_departures(self) -> list[Departure]:
        people = self._directory.people()
        with self._register.snapshot() as now:
            return offboarding.departures(now, people, self._directory.sources_of)

    def _depart(self, departure: Departure, now: datetime) -> None:
        """One departure in one change: the task, and on its first day the look-back for the supervisor."""
        person, settings = departure.person, self._config.directory
        made = (
            lookback.report(self._room, person.id, now, settings.lookback_days) if departure.word == "entered" else None
        )
        with self._register.change(offboarding.ACTOR) as change:
            offboarding.keep(change, departure, self._owner(person, now))
            if made is not None:
                lookback.keep(change, person.id, made)
                if _is_news(departure, made):
                    deciders = self._directory.deciders(person, now)
                    change.owe(letters.on_departure(person, made, deciders, self._console))

    def _owner(self, leaver: Person, now: datetime) -> str:
        """Who has to remove this person's accounts: as configured, else an administrator, else the supervisor."""
        named = self._directory.person(self._config.directory.offboarding_owner)
        boss = self._directory.person(leaver.supervisor) if leaver.supervisor else None
        wanted = [named, *self._directory.administrators(), boss]
        able = (person for person in wanted if person is not None and person.id != leaver.id)
        return next((p.id for p in able if self._directory.status(p, now) is PersonStatus.ACTIVE), "")

    def _reassign(self, now: datetime) -> None:
        """A task whose owner has left, or that had none, goes to somebody who is here."""
        with self._register.snapshot() as snapshot:
            pending = [task for task in offboarding.tasks(snapshot) if task.open]
        for task in pending:
            owner = self._directory.person(task.owner) if task.owner else None
            if owner is not None and self._directory.status(owner, now) is PersonStatus.ACTIVE:
                continue
            leaver = self._directory.person(task.person) or Person(id=task.person, name=task.name)
            if successor := self._owner(leaver, now):
                offboarding.assign(self._register, task.id, successor, offboarding.ACTOR)

    def _on_overdue(self, late: Sequence[Task], now: datetime) -> list[Notice]:
        to: dict[str, list[Task]] = {}
        for task in late:
            leaver = self._directory.person(task.person)
            people = [self._directory.person(task.owner), *self._directory.deciders(leaver, now)]
            addresses = [p.mail[0] for p in people if p is not None and p.mail] + self._administrators()
            for address in dict.fromkeys(addresses):
                to.setdefault(address, []).append(task)
        return letters.on_overdue(late, to, self._directory.today(now), self._console)

    # alarms

    def _wrong(self, now: datetime) -> list[Alarm]:
        settings = self._config.directory
        found = alarms.of_sources(self._directory.ages(now), self._down, self._directory.faults(), settings.alarm_hours)
        with self._register.snapshot() as snapshot:
            nobodys = [task for task in offboarding.tasks(snapshot) if task.open and not task.owner]
        return found + [Alarm(name=f"task {t.id}", code="task_unowned", detail={"person": t.person}) for t in nobodys]

    def _on_alarms(self, wrong: Sequence[Alarm], over: Sequence[Alarm]) -> list[Notice]:
        return letters.on_alarms(wrong, over, self._administrators(), self._console)

    def _administrators(self) -> list[str]:
        told = self._config.directory.administrator
        return [*([told] if told else []), *(p.mail[0] for p in self._directory.administrators() if p.mail)]


def _is_news(departure: Departure, made: dict[str, object]) -> bool:
    """Whether a supervisor needs the report: not of somebody long gone, met when a source is first read."""
    end = departure.person.end
    return bool(made["transfers"]) or (end is not None and end.isoformat() >= str(made["since"]))
