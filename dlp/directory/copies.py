"""The last good copy of every source of people, kept in the register: end dates count with the source down."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

import orjson

from dlp.directory.people import person_of, row_of
from dlp.directory.register import Change, Register, Snapshot
from dlp.errors import ConfigError
from dlp.standing import Person

_FEW = 10  # so many people may vanish at once from any source: a small office, a hand-kept file


@dataclass(frozen=True, kw_only=True, slots=True)
class Copy:
    """What one source last told, whole."""

    name: str
    taken: datetime  # when it was last read and good
    digest: str
    people: tuple[Person, ...]


def read(data: str, what: str) -> tuple[Person, ...]:
    """People from the JSON they were kept as."""
    return tuple(person_of(row, number, what) for number, row in enumerate(orjson.loads(data), 1))


def kept(snapshot: Snapshot, known: Iterable[Copy] = ()) -> list[Copy]:
    """Every source's copy; those of `known` that have not changed are not parsed again."""
    parsed = {(copy.name, copy.digest): copy.people for copy in known}
    copies = []
    for row in snapshot.all("SELECT name, taken, digest FROM source ORDER BY name"):
        people = parsed.get((row["name"], row["digest"]))
        if people is None:
            text = snapshot.one("SELECT rows FROM source WHERE name = :name", name=row["name"])
            people = read(text["rows"], row["name"]) if text is not None else ()
        taken = datetime.fromisoformat(row["taken"])
        copies.append(Copy(name=row["name"], taken=taken, digest=row["digest"], people=people))
    return copies


def keep(register: Register, name: str, kind: str, people: Iterable[Person], taken: datetime, *, shrink: float) -> bool:
    """Keep what a source told at `taken`; whether it differs from the last copy.

    Raises ConfigError when more than the share `shrink` of the people are gone at once, or nobody is left: half
    an answer is more likely than half the town hall. `dlp people accept` gives leave for it.
    """
    found = list(people)
    rows = orjson.dumps([row_of(person) for person in found]).decode()
    values = {"name": name, "digest": hashlib.sha256(rows.encode()).hexdigest(), "taken": _iso(taken)}
    with register.snapshot() as now:
        before = now.one("SELECT digest, taken FROM source WHERE name = :name", name=name)
    if before is not None and before["digest"] == values["digest"]:
        if before["taken"] != values["taken"]:
            with register.pulse() as pulse:
                pulse.run("UPDATE source SET taken = :taken WHERE name = :name", taken=values["taken"], name=name)
        return False
    with register.change("directory") as change:
        lost = _lost(change, name, found, shrink)
        change.run(_KEEP, **values, kind=kind, rows=rows)
        change.run("DELETE FROM source_leave WHERE source = :name", name=name)
        change.tell("people", name, people=len(found), lost=lost, digest=values["digest"])
    return True


_KEEP = """
INSERT INTO source (name, kind, taken, changed, digest, rows) VALUES (:name, :kind, :taken, :taken, :digest, :rows)
ON CONFLICT (name) DO UPDATE
SET kind = excluded.kind, taken = excluded.taken, changed = excluded.changed, digest = excluded.digest,
    rows = excluded.rows
"""


def _lost(change: Change, name: str, found: list[Person], shrink: float) -> int:
    """How many people of the last copy are gone. Raises ConfigError when they are too many."""
    row = change.one("SELECT rows FROM source WHERE name = :name", name=name)
    before = {person["id"] for person in orjson.loads(row["rows"])} if row is not None else set()
    lost = len(before - {person.id for person in found})
    allowed = change.one("SELECT 1 FROM source_leave WHERE source = :name", name=name) is not None
    many = lost > max(_FEW, shrink * len(before)) or (lost and not found)
    if many and 0 < shrink < 1 and not allowed:
        raise ConfigError(
            f"{lost} of {len(before)} people are gone from it; if that is right: dlp people accept {name}"
        )
    return lost


def accept(register: Register, name: str, by: str) -> None:
    """Let the next reading of a source lose any number of people."""
    with register.change(by) as change:
        now = _iso(datetime.now(UTC))
        change.run("INSERT OR REPLACE INTO source_leave VALUES (:name, :now, :by)", name=name, now=now, by=by)
        change.tell("people accepted", name)


def _iso(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds")
