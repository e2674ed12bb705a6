"""What comes by itself: tasks with a name on them, reminders, look-backs, alarms. A real room, register and slapd."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from dlp.directory import Directory, alarms, copies, lookback, offboarding
from dlp.directory.keeper import Keeper
from dlp.directory.opening import open_directory
from dlp.directory.register import Register
from dlp.errors import SenderFault
from dlp.settings import Config, Ldap
from dlp.settings import Directory as Section
from dlp.standing import PersonStatus
from dlp.transfer import Channel
from quarantine.case import LedgerEntry
from quarantine.keys import KeyRing
from quarantine.room import Room
from tests.directory.slapd import ADMIN, BASE, Slapd, entry

HEAD = "id,name,mail,logins,department,supervisor,role,end"
STAFF = (
    "A1,情報 一,admin@t.example,a1,情報,,administrator,",
    "A2,情報 二,admin2@t.example,a2,情報,,administrator,",
    "S1,上司,boss@t.example,s1,市民課,A1,supervisor,",
)
NOON = datetime(2018, 12, 1, 3, tzinfo=UTC)  # noon in Tokyo


class Town:
    """A directory with its keeper and a clock that is set by hand."""

    def __init__(self, tmp: Path, **sections: object) -> None:
        self.tmp, self.now = tmp, NOON
        self.config = Config(var=tmp, **{"directory": Section(people=Path("people.csv")), **sections})  # type: ignore[arg-type]
        self.room = Room.open(tmp / "room", KeyRing.open_or_create(tmp / "keys.json"))
        self.register = Register(tmp / "register.db", self.room.enter)
        self.write("")
        self.reopen()

    def reopen(self) -> None:
        self.directory: Directory = open_directory(self.config, self.register)
        self.keeper = Keeper(
            self.config, self.directory, self.register, self.room, console="http://c", clock=lambda: self.now
        )

    def write(self, end: str, *more: str, who: str = "E1,職員,e1@t.example,e1,市民課,S1,staff") -> None:
        path = self.tmp / "people.csv"
        path.write_text("\n".join([HEAD, *STAFF, f"{who},{end}", *more, ""]), encoding="utf-8")
        self.touch()

    def touch(self) -> None:
        """As the personnel system writes it anew, now."""
        self.times = getattr(self, "times", 0) + 1
        os.utime(self.tmp / "people.csv", ns=(0, int(self.now.timestamp() * 1e9) + self.times))

    def pass_days(self, days: int) -> None:
        for _ in range(days):
            self.now += timedelta(days=1)
            self.touch()
            self.keeper.sync()

    def tasks(self) -> list[offboarding.Task]:
        with self.register.snapshot() as now:
            return offboarding.tasks(now)

    def alarms(self) -> list[str]:
        with self.register.snapshot() as now:
            return [alarm.name for alarm in alarms.standing(now)]

    def notices(self, to: str = "") -> list[str]:
        """Subjects of what is owed, which is then forgotten."""
        found = []
        for number, notice in self.room.notices(1000):
            self.room.notice_sent(number)
            if notice.to == to or not to:
                found.append(notice.subject)
        return found

    def events(self, *words: str) -> list[tuple[str, str]]:
        return [(e.event, e.subject) for e in self.room.entries(0, 10_000) if e.event in words]

    def sent(self, number: int, *, days: int, people: int = 1, channel: str = "mail", to: str = "x@o.example") -> None:
        entry = LedgerEntry(
            transfer=f"t{number}",
            at=self.now - timedelta(days=days),
            channel=channel,
            sender="e1@t.example",
            person="E1",
            department="市民課",
            destination=(to,),
            digest="0" * 64,
            size=10,
            media_type="text/plain",
            verdict="monitor",
            reasons=(),
            ruleset="r",
            subjects=people,
            tokens=tuple(bytes([number, n]) * 8 for n in range(people)),
        )
        self.room.record(entry)

    def close(self) -> None:
        self.register.close()
        self.room.close()


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    made = Town(tmp_path)
    made.keeper.sync()
    yield made
    made.close()


def test_no_end_date_no_task(town: Town) -> None:
    assert (town.tasks(), town.alarms(), town.notices()) == ([], [], [])


def test_a_task_with_a_name_on_it_comes_by_itself(town: Town) -> None:
    town.write("2018-12-21")
    town.keeper.sync()
    town.keeper.sync()
    (task,) = town.tasks()
    assert (task.person, task.owner, task.due, task.open) == ("E1", "A1", date(2018, 12, 21), True)
    assert [(owner, by) for owner, _, by in task.owners] == [("A1", "directory")]
    assert town.events("departure", "task", "lookback") == [("departure", "E1"), ("task", "task 1"), ("lookback", "E1")]
    assert [c.subject for _, c in town.room.notices()] == ["【関所】退職予定者の送信の確認をお願いします（E1）"]


def test_an_end_date_that_moves_moves_the_task_and_one_taken_back_cancels_it(town: Town) -> None:
    town.write("2018-12-21")
    town.keeper.sync()
    town.write("2019-03-31")
    town.keeper.sync()
    assert [task.due for task in town.tasks()] == [date(2019, 3, 31)]
    town.write("")
    town.keeper.sync()
    (task,) = town.tasks()
    assert (task.open, task.cancelled is not None) == (False, True)
    assert (
        town.directory.standing(Channel.MAIL, "e1@t.example", NOON + timedelta(days=900)).status is PersonStatus.ACTIVE
    )
    town.write("2020-03-31")
    town.keeper.sync()
    assert [(task.due, task.open) for task in town.tasks()] == [(date(2020, 3, 31), True), (date(2019, 3, 31), False)]


def test_overdue_is_escalated_daily_until_it_is_done_and_stays_in_the_record(town: Town) -> None:
    town.write("2018-12-03")
    town.keeper.sync()
    town.notices()
    town.pass_days(2)  # the last day itself is not late
    assert town.notices() == []
    for _ in range(3):
        town.pass_days(1)
        town.keeper.sync()  # once a day, however often it looks
        assert len(town.notices("admin@t.example")) == 1
    town.pass_days(1)
    assert len(town.notices("boss@t.example")) == 1
    (task,) = town.tasks()
    assert task.late(town.directory.today(town.now)) == 4
    assert offboarding.done(town.register, task.id, "A1", "全て削除", town.room.binding)
    assert not offboarding.done(town.register, task.id, "A2", "", town.room.binding)
    town.pass_days(2)
    assert town.notices() == []
    (task,) = town.tasks()
    assert (task.done_by, task.remark, task.open) == ("A1", "全て削除", False)
    assert town.events("task overdue", "task done") == [("task overdue", "task 1")] * 4 + [("task done", "task 1")]
    assert town.room.verify() == []


def test_a_task_changes_hands_on_record_and_leaves_with_nobody(town: Town) -> None:
    town.write("2018-12-21")
    town.keeper.sync()
    assert offboarding.assign(town.register, 1, "S1", "A1")
    with pytest.raises(SenderFault):
        offboarding.assign(town.register, 1, "", "A1")
    town.write("2018-12-21", who="E1,職員,e1@t.example,e1,市民課,S1,staff")
    path = town.tmp / "people.csv"
    path.write_text(
        path.read_text(encoding="utf-8").replace("supervisor,\n", "supervisor,2018-12-05\n"), encoding="utf-8"
    )
    town.touch()
    town.pass_days(6)  # the owner has left before the task was done
    (task,) = [task for task in town.tasks() if task.person == "E1"]
    assert [(owner, by) for owner, _, by in task.owners] == [("A1", "directory"), ("S1", "A1"), ("A1", "directory")]


def test_a_task_of_nobody_is_an_alarm(tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text("id,end\nE1,2018-12-03\n", encoding="utf-8")
    town = Town(tmp_path)
    (tmp_path / "people.csv").write_text("id,end\nE1,2018-12-03\n", encoding="utf-8")
    town.touch()
    town.keeper.sync()
    assert town.alarms() == ["task 1"]
    town.close()


def test_a_leaver_the_feed_forgets_stays_refused_after_a_restart_too(town: Town) -> None:
    town.write("2018-12-21")
    town.keeper.sync()
    town.write("", who="E9,別人,e9@t.example,e9,市民課,S1,staff")
    town.keeper.sync()
    for _ in range(2):
        late = NOON + timedelta(days=60)
        assert town.directory.standing(Channel.MAIL, "e1@t.example", late).status is PersonStatus.RETIRED
        assert town.directory.standing(Channel.WEB, "e1", late).status is PersonStatus.RETIRED
        town.reopen()
    assert [task.open for task in town.tasks()] == [True]


def test_the_look_back_counts_the_last_ninety_days_on_all_channels(town: Town) -> None:
    town.sent(1, days=91, people=50)
    town.sent(2, days=89, people=3)
    town.sent(3, days=2, people=2, channel="media", to="USB-1")
    town.sent(4, days=1, people=4, channel="web", to="https://up.example:443")
    town.write("2018-12-21")
    town.keeper.sync()
    with town.register.snapshot() as now:
        found = lookback.latest(now, "E1")
    assert found is not None
    made = found[1]
    assert (made["transfers"], made["left"], made["people"]) == (3, 3, 9)
    assert {name: c["people"] for name, c in made["channels"].items()} == {"mail": 3, "media": 2, "web": 4}
    assert [d["to"] for d in made["destinations"]] == ["https://up.example:443", "x@o.example", "USB-1"]
    (notice,) = [notice for _, notice in town.room.notices()]
    assert notice.to == "boss@t.example"
    assert "3件" in notice.body
    assert "http://c/leavers/E1" in notice.body


def test_a_source_older_than_a_day_is_an_alarm_told_daily_until_it_is_over(town: Town) -> None:
    town.now += timedelta(hours=23)
    town.keeper.sync()
    assert town.alarms() == []
    town.now += timedelta(hours=2)
    town.keeper.sync()
    town.keeper.sync()
    assert town.alarms() == ["silent people"]
    assert town.notices("admin@t.example") == ["【関所・警報】職員名簿の連携に異常があります"]
    town.now += timedelta(days=1)
    town.keeper.sync()
    assert len(town.notices("admin@t.example")) == 1
    town.touch()
    town.keeper.sync()
    assert town.alarms() == []
    assert town.notices("admin@t.example") == ["【関所】職員名簿の連携の異常が解消しました"]
    assert [word for word, _ in town.events("alarm", "alarm again", "alarm over")] == [
        "alarm",
        "alarm again",
        "alarm over",
    ]


def test_a_file_kept_by_hand_may_stay_as_it_is(tmp_path: Path) -> None:
    town = Town(tmp_path, directory=Section(people=Path("people.csv"), hand_kept=True, max_age_hours=48))
    town.now += timedelta(days=100)
    town.keeper.sync()
    assert town.alarms() == []
    assert town.directory.standing(Channel.MAIL, "e1@t.example", town.now).status is PersonStatus.ACTIVE
    town.close()


def test_a_torn_file_is_an_alarm(town: Town) -> None:
    (town.tmp / "people.csv").write_text('id\n"open', encoding="utf-8")
    town.keeper.sync()
    assert town.alarms() == ["refused people.csv"]


# with the directory server


@pytest.fixture
def slapd(tmp_path: Path, need: Callable[..., None]) -> Iterator[Slapd]:
    need("slapd")
    people = [
        entry("e1", "E1", shadowExpire="17887"),
        entry("ghost", "X9"),
        *(entry(f"n{n}", f"N{n}") for n in range(40)),
    ]
    server = Slapd(tmp_path / "server", *people)
    server.start()
    yield server
    server.kill()


def with_ldap(slapd: Slapd) -> Ldap:
    url = f"ldap://127.0.0.1:{slapd.port}"
    return Ldap(
        enabled=True, url=url, ca=slapd.ca, bind_dn=ADMIN, password_file=slapd.password_file, base=BASE, timeout=5.0
    )


async def test_the_server_goes_down_and_the_calendar_goes_on(tmp_path: Path, slapd: Slapd) -> None:
    town = Town(tmp_path / "town", ldap=with_ldap(slapd))
    await town.keeper.round()
    assert town.alarms() == []
    last, after = datetime(2018, 12, 21, 14, 59, 59, tzinfo=UTC), datetime(2018, 12, 21, 15, tzinfo=UTC)
    assert (date(2018, 12, 21) - date(1970, 1, 1)).days + 1 == 17887
    slapd.kill()
    town.reopen()  # a new start, without the server
    await town.keeper.round()
    for channel, sender in ((Channel.MAIL, "e1@t.example"), (Channel.WEB, "e1"), (Channel.MEDIA, "e1")):
        assert town.directory.standing(channel, sender, last).status is PersonStatus.ACTIVE
        assert town.directory.standing(channel, sender, after).status is PersonStatus.RETIRED
    assert town.directory.standing(Channel.MAIL, "ghost@town.example", NOON).status is PersonStatus.ABSENT
    assert town.alarms() == ["down ldap"]
    assert "admin@t.example" in [notice.to for _, notice in town.room.notices()]
    assert [task.person for task in town.tasks()] == ["E1"]
    slapd.start()
    town.reopen()
    await town.keeper.round()
    assert town.alarms() == []
    town.close()


async def test_what_changes_in_the_server_arrives_and_half_of_it_gone_is_not_believed(
    tmp_path: Path, slapd: Slapd
) -> None:
    town = Town(tmp_path / "town", ldap=with_ldap(slapd))
    await town.keeper.round()
    slapd.modify(f"dn: uid=e1,{BASE}\nchangetype: modify\nreplace: shadowExpire\nshadowExpire: 17000\n")
    town.reopen()
    await town.keeper.round()
    assert town.directory.standing(Channel.WEB, "e1", NOON).status is PersonStatus.RETIRED
    slapd.modify("\n".join(f"dn: uid=n{n},{BASE}\nchangetype: delete\n" for n in range(30)))
    town.reopen()
    await town.keeper.round()
    assert town.alarms() == ["down ldap"]
    copies.accept(town.register, "ldap", "A1")
    town.reopen()
    await town.keeper.round()
    assert town.alarms() == []
    town.close()
