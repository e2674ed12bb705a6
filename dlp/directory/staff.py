"""Staff: everybody all sources tell of, read again when a source or the register changes.

The people file is read here; other sources are read elsewhere and stand in the register. What was good once
stays good: in memory, and in the register's copies for the next start.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import orjson

from dlp.directory import alarms, copies, exemptions
from dlp.directory import people as people_file
from dlp.directory.alarms import Alarm
from dlp.directory.copies import Copy
from dlp.directory.exemptions import Exemption
from dlp.directory.merge import Feed, Merged, merge
from dlp.directory.people import People
from dlp.directory.register import Register, RegisterUnavailable, Snapshot
from dlp.directory.sources import scim
from dlp.standing import Person

log = logging.getLogger(__name__)

FILE = "people"  # the people file's name as a source
_COSTLY = 0.05  # seconds of one taking over of pushed users; a small town's takes a few thousandths
_PAUSE = 1.0  # seconds between two costly ones: a first push of thousands of users changes with each
_GLANCE = 0.02  # seconds for which the register is believed to stand as it did, but for our own changes


@dataclass(frozen=True, kw_only=True, slots=True)
class Sources:
    """Which sources are to be heard, and how far they are believed."""

    authority: str = FILE  # the personnel feed: who works here
    others: tuple[str, ...] = ()  # "ldap", "scim"
    hand_kept: bool = False  # the people file is kept by hand: its age says nothing
    shrink: float = 0.0  # share of people that may vanish from one source at once; 0: any

    @property
    def names(self) -> tuple[str, ...]:
        """All of them, the authority first."""
        return tuple(dict.fromkeys((self.authority, FILE, *self.others)))


class Staff:
    """Everybody, merged. Callers hold the directory's lock while they refresh."""

    def __init__(self, register: Register | None, sources: Sources) -> None:
        self._register, self._sources = register, sources
        self._file: tuple[tuple[Person, ...], datetime] | None = None
        self._copies: list[Copy] = []
        self._scim = scim.Feed()
        self._departed: dict[str, Person] = {}  # by the text they are kept as
        self._merged_of: object = None
        self._next_push = 0.0  # when pushed users may be taken over again
        self._behind = False  # whether some were pushed meanwhile
        self._version = -1
        self._changes, self._next_glance = -1, 0.0
        self.merged = Merged(people=People(()))
        self.exemptions: Mapping[str, list[Exemption]] = {}
        if register is not None:
            self._look(register)

    def take_file(self, data: bytes, suffix: str, at: datetime) -> None:
        """The people file as it is now. Raises ConfigError when it is not good; then the last good one stands."""
        found = tuple(people_file.parse(data, suffix=suffix))
        if self._register is not None and self._register.writable:
            kind = "personnel" if self._sources.authority == FILE else "account"
            try:
                copies.keep(self._register, FILE, kind, found, at, shrink=self._sources.shrink)
            except RegisterUnavailable as error:  # it counts all the same: it may hold an end date
                log.error("no copy of the people file was kept", extra={"error": str(error)})
        self._file = (found, at)
        self._merge()

    def look(self) -> None:
        """Take over what has changed in the register since the last look; of what another process has changed, a moment
        later: to ask the database with every mail costs each a turn at the interpreter's lock."""
        if self._register is None:
            return
        now = time.monotonic()
        if now < self._next_glance and self._register.changes == self._changes:
            return
        self._changes, self._next_glance = self._register.changes, now + _GLANCE
        late = self._behind and now >= self._next_push
        if late or self._register.version() != self._version:
            self._look(self._register)

    def _look(self, register: Register) -> None:
        version, begun, stamp = register.version(), time.monotonic(), self._scim.stamp
        self._behind = begun < self._next_push
        with register.snapshot() as now:
            self._copies = copies.kept(now, self._copies)
            if not self._behind:
                self._scim.look(now)
            self._departed = _departed(now, self._departed)
            self.exemptions = _by_person(exemptions.listed(now))
        self._version = version
        self._merge()
        ended = time.monotonic()
        if self._scim.stamp != stamp and ended - begun > _COSTLY:
            self._next_push = ended + _PAUSE

    def _merge(self) -> None:
        """Make one of all sources, unless none of them has changed: the register is for others too."""
        digests = tuple((copy.name, copy.digest) for copy in self._copies)
        state = (digests, self._scim.stamp, tuple(self._departed), self._file)
        if state != self._merged_of:
            self.merged = merge(self._feeds(), self._sources.authority, self._departed.values())
            self._merged_of = state

    def _feeds(self) -> list[Feed]:
        found = {copy.name: copy.people for copy in self._copies}
        if self._file is not None:
            found[FILE] = self._file[0]
        if self._scim.seen is not None:
            found[scim.NAME] = self._scim.people
        return [Feed(name=name, people=found[name]) for name in self._sources.names if name in found]

    def taken(self) -> dict[str, datetime | None]:
        """When each source was last heard; None: never. A people file nobody uses is left out."""
        heard: dict[str, datetime | None] = {copy.name: copy.taken for copy in self._copies}
        if self._file is not None:
            heard[FILE] = self._file[1]
        if self._scim.seen is not None:
            heard[scim.NAME] = self._scim.seen
        wanted = [n for n in self._sources.names if n != FILE or n in heard or self._sources.authority == FILE]
        return {name: heard.get(name) for name in wanted}

    def alarms(self) -> list[Alarm]:
        """What the keeper has found wrong."""
        if self._register is None:
            return []
        with self._register.snapshot() as now:
            return alarms.standing(now)

    def heard_authority(self) -> bool:
        """Whether anybody has ever said who works here; if only accounts are known, nobody's absence means a thing."""
        if self._file is not None and self._sources.authority == FILE:  # as in most towns
            return True
        return self.taken().get(self._sources.authority) is not None or not self.merged.sources


def _departed(snapshot: Snapshot, known: Mapping[str, Person]) -> dict[str, Person]:
    texts = [row["row"] for row in snapshot.all("SELECT row FROM departure WHERE void IS NULL ORDER BY person")]
    return {text: known.get(text) or people_file.person_of(orjson.loads(text), 0, "departure") for text in texts}


def _by_person(found: list[Exemption]) -> dict[str, list[Exemption]]:
    sorted_out: dict[str, list[Exemption]] = {}
    for item in found:
        if item.revoked is None:
            sorted_out.setdefault(item.person, []).append(item)
    return sorted_out


def mtime(stamp: tuple[int, int, int]) -> datetime:
    """When a file of this identity was last written."""
    return datetime.fromtimestamp(stamp[0] / 1e9, UTC)
