"""Check-off: each month every supervisor is shown what the department sent and wrote to media, and confirms it.

What was shown is kept with the word on it. A supervisor's own transfers are on the list of the next superior; of
people without a supervisor the administrators confirm. Unconfirmed ones are escalated, again and again.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import orjson

from dlp.directory import loans
from dlp.directory.coverage import begin_round, round_done
from dlp.directory.devicebook import DeviceBook
from dlp.directory.directory import Directory
from dlp.directory.loans import Refused
from dlp.standing import Person, PersonStatus
from quarantine.case import Notice
from quarantine.ledger import LedgerRow
from quarantine.room import Room

_MOST = 100_000  # transfers of one person looked at


@dataclass(frozen=True, kw_only=True, slots=True)
class Checkoff:
    """One supervisor's month."""

    id: int
    month: str
    supervisor: str
    opened: datetime
    due: date
    usage: Sequence[Mapping[str, Any]]  # a person each; see `usage_of`
    confirmed: datetime | None
    by: str
    remark: str
    escalated: date | None
    times: int

    def late(self, today: date) -> bool:
        """Whether it should have been confirmed by now."""
        return self.confirmed is None and today > self.due


class Checkoffs:
    """Opens, shows, takes and escalates them."""

    def __init__(
        self, book: DeviceBook, directory: Directory, room: Room, *, days: int = 10, console: str = ""
    ) -> None:
        self._register, self._book = book.register, book
        self._directory, self._room = directory, room
        self._days, self.console = days, console

    # opening

    def open_due(self, now: datetime) -> int:
        """Open last month's, once; how many. Where nobody has used anything (a gateway's first days) there are none."""
        month = previous_month(self._directory.today(now))
        with self._register.snapshot() as snapshot:
            if round_done(snapshot, "checkoff", month):
                return 0
        lists = [(boss, [self.usage_of(p, month) for p in people]) for boss, people in self._led(month).items()]
        if not any(_used(line) for _, usage in lists for line in usage):
            lists = []
        with self._register.change("checkoff") as change:
            if not begin_round(change, "checkoff", month, now):
                return 0
            due = self._directory.today(now) + timedelta(days=self._days)
            for boss, usage in lists:
                change.run(
                    "INSERT INTO checkoff (month, supervisor, opened, due, usage)"
                    " VALUES (:month, :boss, :at, :due, :u)",
                    month=month,
                    boss=boss,
                    at=now.isoformat(),
                    due=due.isoformat(),
                    u=orjson.dumps(usage).decode(),
                )
                change.owe(self._ask(boss, month, due, now))
            change.tell("checkoff_open", month, lists=len(lists), due=due.isoformat())
        return len(lists)

    def _led(self, month: str) -> dict[str, list[Person]]:
        """Who is on whose list: everybody employed in that month."""
        first, last = bounds(month)
        found: dict[str, list[Person]] = {}
        for person in self._directory.people():
            if (person.start is None or person.start <= last) and (person.end is None or person.end >= first):
                boss = person.supervisor if self._directory.person(person.supervisor) else ""
                found.setdefault(boss if boss != person.id else "", []).append(person)
        return found

    def usage_of(self, person: Person, month: str) -> dict[str, Any]:
        """One person's month: counts by channel and verdict, devices written to, loans. No content."""
        since, until = self._directory.span(*bounds(month))
        sent = [r for r in self._room.ledger(limit=_MOST, person=person.id) if since <= r.entry.at < until]
        written = self._book.written(persons=[person.id], since=since, until=until, limit=_MOST)
        return {
            "person": person.id,
            "department": person.department,
            "channels": _channels(sent),
            "held": sum(row.entry.verdict == "quarantine" for row in sent),
            "refused": sum(row.entry.verdict == "block" for row in sent),
            "people": sum(row.entry.subjects for row in sent if row.left is not None),
            "files": len(written),
            "devices": sorted({line.serial for line in written}),
            "loans": [
                {"loan": r.loan.id, "serial": r.loan.serial, "purpose": r.loan.purpose, "state": r.state.value}
                for r in self._book.loans(person=person.id)
                if r.lent is not None and r.lent < until and (r.closed is None or r.closed >= since)
            ],
        }

    # reading

    def get(self, number: int) -> Checkoff | None:
        """One."""
        with self._register.snapshot() as now:
            row = now.one("SELECT * FROM checkoff WHERE id = :id", id=number)
        return _checkoff(row) if row else None

    def all(self, *, late: date | None = None) -> list[Checkoff]:
        """Newest first; `late`: those only that were due before that day and are not confirmed."""
        sql = (
            "SELECT * FROM checkoff WHERE :late IS NULL OR (confirmed IS NULL AND due < :late)"
            " ORDER BY month DESC, supervisor LIMIT 2000"
        )
        with self._register.snapshot() as now:
            return [_checkoff(row) for row in now.all(sql, late=late.isoformat() if late else None)]

    def may_confirm(self, found: Checkoff, actor: str, now: datetime) -> bool:
        """The supervisor and today's deputies; once it was escalated also the next superior. Never one who is on
        the list."""
        if not self._active(self._directory.person(actor), now):
            return False
        if any(line["person"] == actor for line in found.usage):
            return False
        return any(p.id == actor for p in self._askable(found.supervisor, now, up=found.times > 0))

    def _askable(self, supervisor: str, now: datetime, *, up: bool = False) -> list[Person]:
        directory = self._directory
        boss = directory.person(supervisor) if supervisor else None
        if boss is None:
            return [p for p in directory.administrators() if self._active(p, now)]
        above = directory.person(boss.supervisor) if up and boss.supervisor else None
        found = [boss, *directory.deputies(boss, now), *([above] if above else [])]
        return [p for p in dict.fromkeys(found) if self._active(p, now)]

    # the word, and what happens without one

    def confirm(self, number: int, actor: str, remark: str, now: datetime) -> None:
        """Confirmed, with a remark. Raises Refused."""
        remark = loans.check_text(remark, "no_remark")
        with self._register.change(actor) as change:
            row = change.one("SELECT * FROM checkoff WHERE id = :id", id=number)
            if row is None:
                raise Refused("unknown_checkoff")
            found = _checkoff(row)
            if not self.may_confirm(found, actor, now):
                raise Refused("not_yours")
            if found.confirmed is not None:
                raise Refused("confirmed")
            change.run(
                "UPDATE checkoff SET confirmed = :at, by = :actor, remark = :remark WHERE id = :id",
                at=now.isoformat(),
                actor=actor,
                remark=remark,
                id=number,
            )
            late = int(found.late(self._directory.today(now)))
            change.tell(
                "checkoff_confirm", found.month, supervisor=found.supervisor, people=len(found.usage), late=late
            )

    def escalate(self, now: datetime) -> int:
        """Tell the next superior and the administrators of those that are late, every so many days; how many."""
        today, told = self._directory.today(now), 0
        late = [c for c in self.all(late=today) if _due_again(c, today, self._days)]
        for found in late:
            with self._register.change("checkoff") as change:
                changed = change.run(
                    "UPDATE checkoff SET escalated = :day, times = times + 1 WHERE id = :id AND confirmed IS NULL"
                    " AND times = :times",
                    day=today.isoformat(),
                    id=found.id,
                    times=found.times,
                )
                if changed:
                    change.owe(self._escalation(found, now))
                    change.tell("checkoff_escalate", found.month, supervisor=found.supervisor, times=found.times + 1)
                    told += 1
        return told

    def _active(self, person: Person | None, now: datetime) -> bool:
        return self._directory.status(person, now) is PersonStatus.ACTIVE

    def _ask(self, supervisor: str, month: str, due: date, now: datetime) -> list[Notice]:
        body = (
            f"{month}の所属職員の送信と外部記録媒体の利用履歴を確認し、{due}までに確認の記録をしてください。\n"
            f"確認画面：{self.console}/checkoff\n"
        )
        subject = f"【関所】利用履歴の確認をお願いします（{month}）"
        return [Notice(to=p.mail[0], subject=subject, body=body) for p in self._askable(supervisor, now) if p.mail]

    def _escalation(self, found: Checkoff, now: datetime) -> list[Notice]:
        told = [*self._askable(found.supervisor, now, up=True), *self._directory.administrators()]
        who = found.supervisor or "所属長未登録"
        body = (
            f"{found.month}の利用履歴の確認が期限（{found.due}）までに行われていません。\n確認すべき人：{who}\n"
            f"確認画面：{self.console}/checkoff\n"
        )
        subject = f"【関所・要対応】利用履歴が未確認です（{found.month}）"
        addresses = dict.fromkeys(p.mail[0] for p in told if p.mail and self._active(p, now))
        return [Notice(to=to, subject=subject, body=body) for to in addresses]


def previous_month(today: date) -> str:
    """The month before, e.g. "2026-11"."""
    last = today.replace(day=1) - timedelta(days=1)
    return f"{last:%Y-%m}"


def bounds(month: str) -> tuple[date, date]:
    """First and last day of a month."""
    first = date.fromisoformat(f"{month}-01")
    return first, (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)


def _used(line: Mapping[str, Any]) -> bool:
    return bool(line["channels"] or line["files"] or line["loans"])


def _channels(rows: Sequence[LedgerRow]) -> dict[str, int]:
    found: dict[str, int] = {}
    for row in rows:
        found[row.entry.channel] = found.get(row.entry.channel, 0) + 1
    return found


def _due_again(found: Checkoff, today: date, days: int) -> bool:
    return found.escalated is None or (today - found.escalated).days >= max(1, days)


def _checkoff(row: sqlite3.Row) -> Checkoff:
    return Checkoff(
        id=row["id"],
        month=row["month"],
        supervisor=row["supervisor"],
        opened=datetime.fromisoformat(row["opened"]),
        due=date.fromisoformat(row["due"]),
        usage=orjson.loads(row["usage"]),
        confirmed=datetime.fromisoformat(row["confirmed"]) if row["confirmed"] else None,
        by=row["by"],
        remark=row["remark"],
        escalated=date.fromisoformat(row["escalated"]) if row["escalated"] else None,
        times=row["times"],
    )
