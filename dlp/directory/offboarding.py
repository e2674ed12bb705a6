"""Offboarding: the removal of a leaver's accounts as a task with a name on it, which stays in the record.

A task comes by itself when an end date appears, is due on that day, and is open until somebody says it is done.
"Whose duty was it?" is answered by every owner it has had, when it was done and by whom.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

import orjson

from dlp.directory.people import row_of
from dlp.directory.register import Change, Register, Snapshot
from dlp.errors import SenderFault
from dlp.standing import Person
from quarantine.case import Notice

ACTOR = "directory"
_MAX_REMARK = 500


@dataclass(frozen=True, kw_only=True, slots=True)
class Task:
    """The removal of one person's accounts."""

    id: int
    person: str
    name: str
    owner: str  # "" nobody
    due: date
    opened: datetime
    done: datetime | None
    done_by: str
    remark: str
    cancelled: datetime | None
    escalated: date | None
    owners: tuple[tuple[str, datetime, str], ...] = ()  # (owner, since, named by)

    @property
    def open(self) -> bool:
        """Whether it still has to be done."""
        return self.done is None and self.cancelled is None

    def late(self, today: date) -> int:
        """By how many days it is, or was done, too late; 0: it is not."""
        until = self.done.date() if self.done else today
        return 0 if self.cancelled else max(0, (until - self.due).days)


def tasks(snapshot: Snapshot) -> list[Task]:
    """Every task there ever was: open ones first, the one due longest ago first of them."""
    owners: dict[int, list[tuple[str, datetime, str]]] = {}
    for row in snapshot.all("SELECT * FROM task_owner ORDER BY since, rowid"):
        owners.setdefault(row["task"], []).append((row["owner"], datetime.fromisoformat(row["since"]), row["by"]))
    rows = snapshot.all("SELECT * FROM task ORDER BY coalesce(done, cancelled) IS NOT NULL, due, id")
    return [
        Task(
            id=row["id"],
            person=row["person"],
            name=row["name"],
            owner=row["owner"],
            due=date.fromisoformat(row["due"]),
            opened=datetime.fromisoformat(row["opened"]),
            done=_moment(row["done"]),
            done_by=row["done_by"] or "",
            remark=row["remark"],
            cancelled=_moment(row["cancelled"]),
            escalated=date.fromisoformat(row["escalated"]) if row["escalated"] else None,
            owners=tuple(owners.get(row["id"], ())),
        )
        for row in rows
    ]


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def done(register: Register, task: int, by: str, remark: str, binding: Callable[[str], str]) -> bool:
    """Say that it is done; False when it is no open task."""
    remark = remark.strip()[:_MAX_REMARK]
    with register.change(by) as change:
        changed = change.run(
            "UPDATE task SET done = :now, done_by = :by, remark = :remark"
            " WHERE id = :task AND done IS NULL AND cancelled IS NULL",
            now=_now(),
            by=by,
            remark=remark,
            task=task,
        )
        if changed:
            change.tell("task done", f"task {task}", remark=binding(remark))
    return bool(changed)


def assign(register: Register, task: int, owner: str, by: str) -> bool:
    """Name who has to do it; False when it is no open task. Raises SenderFault without a name."""
    if not owner:
        raise SenderFault("a task has an owner")
    with register.change(by) as change:
        changed = change.run(
            "UPDATE task SET owner = :owner"
            " WHERE id = :task AND done IS NULL AND cancelled IS NULL AND owner <> :owner",
            owner=owner,
            task=task,
        )
        if changed:
            _own(change, task, owner, by)
            change.tell("task owner", f"task {task}", owner=owner)
    return bool(changed)


# by itself


@dataclass(frozen=True, kw_only=True, slots=True)
class Departure:
    """An end date that is new, has moved, or was taken back."""

    person: Person
    word: str  # "entered" | "moved" | "changed" | "void"
    before: date | None = None


def departures(snapshot: Snapshot, people: Sequence[Person], told: Callable[[str], Sequence[str]]) -> list[Departure]:
    """What the sources now say of leavers against what the register holds. `told` names a person's sources."""
    known = {row["person"]: row for row in snapshot.all("SELECT * FROM departure")}
    found = []
    for person in people:
        row = known.get(person.id)
        standing = row if row is not None and row["void"] is None else None
        if not told(person.id):
            continue  # only remembered: nothing new is said of this person
        if person.end is None:
            if standing is not None:
                found.append(Departure(person=person, word="void", before=date.fromisoformat(standing["last"])))
        elif standing is None:
            found.append(Departure(person=person, word="entered"))
        elif standing["last"] != person.end.isoformat():
            found.append(Departure(person=person, word="moved", before=date.fromisoformat(standing["last"])))
        elif standing["row"] != _row(person):
            found.append(Departure(person=person, word="changed", before=person.end))
    return found


def keep(change: Change, departure: Departure, owner: str) -> None:
    """Write one departure, and its task."""
    person = departure.person
    if departure.word == "void":
        _void(change, person)
        return
    assert person.end is not None
    change.run(
        "INSERT INTO departure (person, last, entered, row) VALUES (:person, :last, :now, :row)"
        " ON CONFLICT (person) DO UPDATE SET last = excluded.last, row = excluded.row, void = NULL,"
        " entered = CASE WHEN void IS NULL THEN entered ELSE excluded.entered END",
        person=person.id,
        last=person.end.isoformat(),
        now=_now(),
        row=_row(person),
    )
    change.tell("departure", person.id, word=departure.word, end=person.end.isoformat())
    if departure.word != "changed":
        _due(change, person, person.end, owner)


def _row(person: Person) -> str:
    return orjson.dumps(row_of(person), option=orjson.OPT_SORT_KEYS).decode()


def _due(change: Change, person: Person, end: date, owner: str) -> None:
    """Open the task, or move the one that is open."""
    moved = change.run(
        "UPDATE task SET due = :due, escalated = NULL WHERE person = :person AND done IS NULL AND cancelled IS NULL",
        due=end.isoformat(),
        person=person.id,
    )
    if moved:
        return
    row = change.one(
        "INSERT INTO task (person, name, owner, due, opened) VALUES (:person, :name, :owner, :due, :now) RETURNING id",
        person=person.id,
        name=person.name,
        owner=owner,
        due=end.isoformat(),
        now=_now(),
    )
    assert row is not None
    _own(change, row["id"], owner, ACTOR)
    change.tell("task", f"task {row['id']}", person=person.id, owner=owner, due=end.isoformat())


def _own(change: Change, task: int, owner: str, by: str) -> None:
    values = {"task": task, "owner": owner, "now": _now(), "by": by}
    change.run("INSERT INTO task_owner (task, owner, since, by) VALUES (:task, :owner, :now, :by)", **values)


def _void(change: Change, person: Person) -> None:
    change.run("UPDATE departure SET void = :now WHERE person = :person", now=_now(), person=person.id)
    change.run(
        "UPDATE task SET cancelled = :now WHERE person = :person AND done IS NULL AND cancelled IS NULL",
        now=_now(),
        person=person.id,
    )
    change.tell("departure", person.id, word="void")


def escalate(register: Register, today: date, letters: Callable[[Sequence[Task]], Sequence[Notice]]) -> list[Task]:
    """Remind of every overdue task, once a local day; those reminded of."""
    with register.snapshot() as now:
        late = [task for task in tasks(now) if task.open and task.late(today) and task.escalated != today]
    if not late:
        return []
    with register.change(ACTOR) as change:
        for task in late:
            change.run("UPDATE task SET escalated = :today WHERE id = :id", today=today.isoformat(), id=task.id)
            change.tell("task overdue", f"task {task.id}", owner=task.owner, days=task.late(today))
        change.owe(letters(late))
    return late


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
