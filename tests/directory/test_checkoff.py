"""The monthly check of usage: who is shown what, who confirms, and what happens when nobody does."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from dlp.directory.checkoff import Checkoff, Checkoffs, bounds, previous_month
from dlp.directory.devicebook import Written
from dlp.directory.loans import Refused
from quarantine.case import LedgerEntry
from tests.directory.counter import NOW, STICK, Counter
from tests.e2e.harness import PEOPLE

DECEMBER = datetime(2026, 12, 1, 0, 30, tzinfo=UTC)


@pytest.fixture
def counter(tmp_path: Path) -> Iterator[Counter]:
    made = Counter(tmp_path)
    made.lending.register(STICK, "A001", NOW)
    yield made
    made.close()


@pytest.fixture
def checkoffs(counter: Counter) -> Checkoffs:
    return Checkoffs(counter.book, counter.directory, counter.room, days=10, console="https://c")


def sent(counter: Counter, number: int, at: datetime, *, person: str = "E001", verdict: str = "allow") -> None:
    entry = LedgerEntry(
        transfer=f"t{number}",
        at=at,
        channel="mail" if number % 2 else "web",
        sender="clerk",
        person=person,
        department="市民課",
        destination=("a@b.example",),
        digest=f"{number:064x}",
        size=10,
        media_type="text/plain",
        verdict=verdict,
        reasons=(),
        ruleset="r",
        subjects=3,
    )
    counter.room.record(entry)


def of(checkoffs: Checkoffs, supervisor: str) -> Checkoff:
    return next(c for c in checkoffs.all() if c.supervisor == supervisor)


def test_a_month_ends_at_local_midnight() -> None:
    assert previous_month(DECEMBER.date()) == "2026-11"
    assert previous_month(datetime(2027, 1, 1, tzinfo=UTC).date()) == "2026-12"
    assert [str(day) for day in bounds("2026-02")] == ["2026-02-01", "2026-02-28"]


def test_each_supervisor_is_shown_the_own_people_s_month(checkoffs: Checkoffs, counter: Counter) -> None:
    sent(counter, 1, NOW)
    sent(counter, 2, NOW)
    sent(counter, 3, NOW, verdict="block")
    sent(counter, 4, datetime(2026, 11, 30, 14, 59, tzinfo=UTC))  # 23:59 in Tokyo
    sent(counter, 5, datetime(2026, 11, 30, 15, 0, tzinfo=UTC))  # 1 December there
    sent(counter, 6, NOW, person="S001")
    loan = counter.lent()
    counter.book.record(
        Written(transfer="t9", serial="USB-7", at=NOW, person="E001", loan=loan, purpose="p", size=5, sha256="aa")
    )
    assert checkoffs.open_due(DECEMBER) == 3
    assert checkoffs.open_due(DECEMBER + timedelta(days=1)) == 0
    boss = of(checkoffs, "S001")
    assert [u["person"] for u in boss.usage] == ["S002", "E001", "E002"]  # who left in 2018 is on nobody's list
    clerk = boss.usage[1]
    assert clerk["channels"] == {"mail": 2, "web": 2}
    assert (clerk["refused"], clerk["people"], clerk["files"], clerk["devices"]) == (1, 9, 1, ["USB-7"])
    assert [(x["loan"], x["serial"]) for x in clerk["loans"]] == [(loan, "USB-7")]
    assert [u["person"] for u in of(checkoffs, "S002").usage] == ["S001", "P001"]  # a supervisor's own: the next one
    assert [u["person"] for u in of(checkoffs, "").usage] == ["A001"]
    told = [n.to for _, n in counter.room.notices() if "利用履歴の確認" in n.subject]
    assert sorted(told) == ["admin@town.example", "boss2@town.example", "boss2@town.example", "boss@town.example"]


def test_a_month_in_which_nothing_was_used_needs_no_word(checkoffs: Checkoffs, counter: Counter) -> None:
    sent(counter, 1, DECEMBER)
    assert checkoffs.open_due(DECEMBER) == 0
    assert checkoffs.open_due(DECEMBER + timedelta(days=31)) == 3


def test_it_is_confirmed_once_with_a_remark_by_who_may(checkoffs: Checkoffs, counter: Counter) -> None:
    sent(counter, 1, NOW)
    checkoffs.open_due(DECEMBER)
    found = of(checkoffs, "S001")
    for actor in ("E001", "P001", "A001", "R001", "nobody"):
        with pytest.raises(Refused, match="not_yours"):
            checkoffs.confirm(found.id, actor, "確認", DECEMBER)
    with pytest.raises(Refused, match="no_remark"):
        checkoffs.confirm(found.id, "S001", "  ", DECEMBER)
    checkoffs.confirm(found.id, "S001", "業務上必要な送信であることを確認", DECEMBER)
    with pytest.raises(Refused, match="confirmed"):
        checkoffs.confirm(found.id, "S001", "再度", DECEMBER)
    done = of(checkoffs, "S001")
    assert (done.by, done.remark, done.confirmed) == ("S001", "業務上必要な送信であることを確認", DECEMBER)
    assert ("S001", "checkoff_confirm", "2026-11") in counter.events()


def test_nobody_confirms_a_list_one_is_on(checkoffs: Checkoffs, counter: Counter) -> None:
    sent(counter, 1, NOW)
    checkoffs.open_due(DECEMBER)
    with pytest.raises(Refused, match="not_yours"):
        checkoffs.confirm(of(checkoffs, "S001").id, "S002", "確認", DECEMBER)  # the deputy, who is on it


def test_an_unconfirmed_one_is_escalated_again_and_again(
    checkoffs: Checkoffs, counter: Counter, tmp_path: Path
) -> None:
    head = 'department = "税務課"\nsupervisor = "S001"'
    assert head in PEOPLE
    (tmp_path / "people.toml").write_text(PEOPLE.replace(head, 'department = "税務課"'), encoding="utf-8")
    sent(counter, 1, NOW)
    checkoffs.open_due(DECEMBER)
    with pytest.raises(Refused, match="not_yours"):
        checkoffs.confirm(of(checkoffs, "").id, "S002", "自分の分", DECEMBER)
    for supervisor in {c.supervisor for c in checkoffs.all()} - {"S001"}:
        found = of(checkoffs, supervisor)
        with counter.register.change("test") as change:
            change.run("UPDATE checkoff SET confirmed = '2026-12-02T00:00:00+00:00' WHERE id = :id", id=found.id)
            change.tell("test")
    days = [checkoffs.escalate(DECEMBER + timedelta(days=day)) for day in range(25)]
    assert [day for day, count in enumerate(days) if count] == [11, 21]
    told = {n.to for _, n in counter.room.notices() if "未確認" in n.subject}
    assert told == {"boss@town.example", "boss2@town.example", "admin@town.example"}
    late = of(checkoffs, "S001")
    assert late.times == 2
    assert late.late(late.due + timedelta(days=1))
    checkoffs.confirm(late.id, "S002", "上位者として確認", DECEMBER + timedelta(days=25))
    assert checkoffs.escalate(DECEMBER + timedelta(days=40)) == 0
    assert [e[1] for e in counter.events()].count("checkoff_escalate") == 2
