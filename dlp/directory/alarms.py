"""Alarms of the directory: a source that is silent, old or refused, a task nobody owns. Told at once and daily."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

import orjson

from dlp.directory.register import Change, Register, Snapshot
from quarantine.case import Notice

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True, slots=True)
class Alarm:
    """One thing that is wrong now."""

    name: str  # what it is about, e.g. "silent ldap": an alarm of the same name is the same alarm
    code: str  # of dlp.texts.ALARMS
    detail: Mapping[str, str | int] = field(default_factory=dict)
    raised: datetime | None = None  # None: only now noticed


type Letters = Callable[[Sequence[Alarm], Sequence[Alarm]], Sequence[Notice]]


def standing(snapshot: Snapshot) -> list[Alarm]:
    """What is wrong, the oldest first."""
    return [
        Alarm(
            name=row["name"],
            code=row["code"],
            detail=orjson.loads(row["detail"]),
            raised=datetime.fromisoformat(row["raised"]),
        )
        for row in snapshot.all("SELECT * FROM alarm ORDER BY raised, name")
    ]


def sync(register: Register, wrong: Sequence[Alarm], today: date, letters: Letters) -> list[Alarm]:
    """Make the register say what is wrong now; the alarms that are new.

    Raising and ending are entries of the chain and notices to administrators (`letters` of new or daily repeated
    ones, and of those that are over).
    """
    with register.snapshot() as now:
        before = {alarm.name: alarm for alarm in standing(now)}
        told = {row["name"]: row["told"] for row in now.all("SELECT name, told FROM alarm")}
    new = [alarm for alarm in wrong if alarm.name not in before]
    over = [alarm for name, alarm in before.items() if name not in {alarm.name for alarm in wrong}]
    again = [alarm for alarm in wrong if alarm.name in before and told[alarm.name] != today.isoformat()]
    if not new and not over and not again:
        return []
    with register.change("directory") as change:
        for alarm in (*new, *again):
            _raise(change, alarm, today, again=alarm.name in before)
        for alarm in over:
            change.run("DELETE FROM alarm WHERE name = :name", name=alarm.name)
            change.tell("alarm over", alarm.name, code=alarm.code)
        change.owe(letters((*new, *again), over))
    for alarm in new:
        log.error("alarm", extra={"code": alarm.code, "error": alarm.name})
    return new


def _raise(change: Change, alarm: Alarm, today: date, *, again: bool) -> None:
    change.run(
        "INSERT INTO alarm (name, raised, told, code, detail) VALUES (:name, :now, :told, :code, :detail)"
        " ON CONFLICT (name) DO UPDATE SET told = excluded.told, code = excluded.code, detail = excluded.detail",
        name=alarm.name,
        now=datetime.now(UTC).isoformat(timespec="seconds"),
        told=today.isoformat(),
        code=alarm.code,
        detail=orjson.dumps(dict(alarm.detail)).decode(),
    )
    change.tell("alarm again" if again else "alarm", alarm.name, code=alarm.code)


def of_sources(
    ages: Mapping[str, float | None], down: Mapping[str, str], refused: Sequence[str], limit_hours: float
) -> list[Alarm]:
    """What is wrong with the sources: `down` (source -> why), files `refused`, and silent for longer than the limit."""
    found = [Alarm(name=f"down {n}", code="source_down", detail={"source": n, "why": why}) for n, why in down.items()]
    found += [
        Alarm(name=f"refused {text.partition(':')[0]}", code="source_refused", detail={"why": text}) for text in refused
    ]
    for name, age in ages.items():
        if limit_hours and age is None:
            found.append(Alarm(name=f"silent {name}", code="source_never", detail={"source": name}))
        elif limit_hours and age is not None and age > limit_hours * 3600:
            detail: dict[str, str | int] = {"source": name, "hours": int(age // 3600)}
            found.append(Alarm(name=f"silent {name}", code="source_old", detail=detail))
    return found
