"""Sources made one, and the directory that lives on their last good copies."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from dlp.directory import Directory, copies, exemptions
from dlp.directory.merge import Feed, merge
from dlp.directory.people import deputies_of, parse, person_of, row_of, status
from dlp.directory.register import Register
from dlp.directory.staff import Sources
from dlp.errors import SenderFault
from dlp.standing import Deputy, Person, PersonStatus
from dlp.transfer import Channel
from quarantine.keys import KeyRing
from quarantine.room import Room

NOON = datetime(2018, 12, 22, 12, tzinfo=UTC)
TODAY = date(2018, 12, 22)


def person(number: str = "E1", **said: object) -> Person:
    return Person(id=number, **{"name": "", **said})  # type: ignore[arg-type]


def one(authority: str = "people", **feeds: Person) -> tuple[Person, list[tuple[str, str]]]:
    merged = merge([Feed(name=name, people=(who,)) for name, who in feeds.items()], authority)
    (found,) = merged.people
    return found, [(conflict.field, conflict.taken) for conflict in merged.conflicts]


def test_the_strictest_date_wins_whoever_says_it() -> None:
    early, late = date(2026, 3, 31), date(2027, 3, 31)
    found, conflicts = one(people=person(end=late, start=early), ldap=person(end=early, start=late))
    assert (found.end, found.start) == (early, late)
    assert conflicts == [("start", "2027-03-31"), ("end", "2026-03-31")]
    assert one(people=person(), ldap=person(end=early))[0].end == early
    assert one(people=person(active=True), ldap=person(active=False))[0].active is False


def test_the_personnel_feed_speaks_first_and_gives_roles() -> None:
    hers = person(name="山田 花子", department="市民課", role="staff", mail=("a@t.example",))
    theirs = person(name="YAMADA", department="税務課", role="administrator", mail=("a@t.example", "b@t.example"))
    found, conflicts = one(ldap=theirs, people=hers)
    assert (found.name, found.department, found.role) == ("山田 花子", "市民課", "staff")
    assert found.mail == ("a@t.example", "b@t.example")
    assert {field for field, _ in conflicts} == {"name", "department"}
    assert one(authority="ldap", ldap=theirs, people=hers)[0].role == "administrator"


def test_spaces_and_widths_are_no_conflict() -> None:
    assert one(people=person(name="ﾔﾏﾀﾞ 花子"), ldap=person(name="ヤマダ　花子"))[1] == []


def test_who_has_an_account_only_is_refused_and_shown() -> None:
    merged = merge([Feed(name="people", people=(person("E1"),)), Feed(name="ldap", people=(person("X9"),))], "people")
    stray = merged.people.by_id("X9")
    assert status(stray, TODAY) is PersonStatus.ABSENT
    assert [(c.person, c.field) for c in merged.conflicts] == [("X9", "personnel")]


def test_a_leaver_every_source_forgot_is_still_refused() -> None:
    gone = person("E9", mail=("gone@t.example",), end=date(2018, 1, 1))
    merged = merge([Feed(name="people", people=(person("E1"),))], "people", [gone])
    assert status(merged.people.by_mail("gone@t.example"), TODAY) is PersonStatus.RETIRED


def test_deputies_have_their_dates_and_several_may_stand_in() -> None:
    boss = person(
        deputy="S2", deputy_until=date(2018, 12, 21), deputies=(Deputy("S3"), Deputy("S4", since=date(2018, 12, 22)))
    )
    assert deputies_of(boss, date(2018, 12, 21)) == ["S2", "S3"]
    assert deputies_of(boss, TODAY) == ["S3", "S4"]


def test_people_are_kept_as_they_were_told() -> None:
    text = """
[[person]]
id = "S1"
name = "上司"
mail = ["a@t.example"]
deputies = [{person = "S2", since = 2026-04-01, until = 2026-04-30}, "S3"]
duties = ["児童手当", "住民税"]
end = 2027-03-31
active = false
"""
    (told,) = parse(text.encode(), suffix=".toml")
    assert person_of(row_of(told), 1) == told
    assert told.deputies == (Deputy("S2", date(2026, 4, 1), date(2026, 4, 30)), Deputy("S3"))
    assert told.duties == ("児童手当", "住民税")


def test_the_personnel_system_s_own_headers_are_read() -> None:
    export = "職員番号,氏名,メールアドレス,ログインID,所属名,所属長,採用日,任期満了日,個人番号利用事務\r\n"
    export += "0012,髙橋 一,ichi@t.example,ichi,市民課,S1,2026/04/01,2027/03/31,児童手当;住民税\r\n"
    (told,) = parse(export.encode("cp932"), suffix=".csv")
    assert (told.id, told.name, told.end, told.supervisor) == ("0012", "髙橋 一", date(2027, 3, 31), "S1")
    assert told.duties == ("児童手当", "住民税")


# the directory over a register


class Town:
    """A people file, a register over a real room."""

    def __init__(self, tmp: Path) -> None:
        self.file = tmp / "people.csv"
        self.tmp = tmp
        self.room = Room.open(tmp / "room", KeyRing.open_or_create(tmp / "keys.json"))
        self.register = Register(tmp / "register.db", self.room.enter)

    def write(self, *lines: str) -> None:
        self.file.write_text("\n".join(["id,mail,logins,supervisor,end", *lines, ""]), encoding="utf-8")
        os.utime(self.file, (NOON.timestamp(), NOON.timestamp() - len(lines)))

    def open(self, *others: str, max_age: float = 0.0, **sources: object) -> Directory:
        heard = Sources(others=others, **sources)  # type: ignore[arg-type]
        return Directory(
            self.file, self.tmp / "devices.toml", register=self.register, sources=heard, max_age_hours=max_age
        )

    def ldap(self, *people: Person, at: datetime = NOON) -> None:
        copies.keep(self.register, "ldap", "account", people, at, shrink=0.0)


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    made = Town(tmp_path)
    made.write("E1,e1@t.example,e1,S1,2018-12-21", "E2,e2@t.example,e2,S1,", "S1,s1@t.example,s1,,")
    yield made
    made.register.close()
    made.room.close()


def standing(directory: Directory, sender: str, now: datetime = NOON, channel: Channel = Channel.MAIL) -> PersonStatus:
    return directory.standing(channel, sender, now, "A1").status


def test_the_copy_serves_when_the_file_is_gone_or_torn_at_the_next_start(town: Town) -> None:
    assert standing(town.open(), "e1@t.example") is PersonStatus.RETIRED
    town.file.write_text("id\n\x00,,,,\n", encoding="utf-8")
    torn = town.open()
    assert (standing(torn, "e1@t.example"), standing(torn, "e2@t.example")) == (
        PersonStatus.RETIRED,
        PersonStatus.ACTIVE,
    )
    assert len(torn.faults()) == 1
    town.file.unlink()
    gone = town.open()
    assert standing(gone, "e2", channel=Channel.WEB) is PersonStatus.ACTIVE
    assert standing(gone, "e1", channel=Channel.MEDIA) is PersonStatus.RETIRED
    assert gone.faults() == ["people.csv: is gone"]


def test_every_change_of_a_source_is_in_the_chain(town: Town) -> None:
    directory = town.open()
    town.write("E2,e2@t.example,e2,S1,", "S1,s1@t.example,s1,,")
    directory.people()
    told = [entry for entry in town.room.entries() if entry.event == "people"]
    assert [(e.subject, e.detail["people"], e.detail["lost"]) for e in told] == [("people", 3, 0), ("people", 2, 1)]


def test_an_account_without_employment_is_refused_and_a_stranger_held(town: Town) -> None:
    town.ldap(person("E2", mail=("e2@t.example",)), person("X9", mail=("ghost@t.example",), logins=("ghost",)))
    directory = town.open("ldap")
    assert standing(directory, "ghost@t.example") is PersonStatus.ABSENT
    assert standing(directory, "ghost", channel=Channel.WEB) is PersonStatus.ABSENT
    assert standing(directory, "nobody@t.example") is PersonStatus.UNKNOWN
    assert [c.person for c in directory.conflicts()] == ["X9"]


def test_a_shared_address_has_its_strictest_owner_s_standing(town: Town) -> None:
    town.ldap(person("E2", mail=("e2@t.example", "e1@t.example")))  # an old address given to somebody else
    directory = town.open("ldap")
    assert standing(directory, "e1@t.example") is PersonStatus.RETIRED
    assert [(c.field, c.taken) for c in directory.conflicts()] == [("mail", "e1@t.example")]


def test_a_source_changed_by_another_process_is_seen(town: Town) -> None:
    directory = town.open("ldap")
    assert standing(directory, "e2@t.example") is PersonStatus.ACTIVE
    other = Register(town.tmp / "register.db", town.room.enter)
    copies.keep(other, "ldap", "account", [person("E2", active=False)], NOON, shrink=0.0)
    other.close()
    directory._staff._next_glance = 0.0  # a moment later
    assert standing(directory, "e2@t.example") is PersonStatus.DISABLED


def test_without_the_personnel_feed_everybody_is_held_not_refused(town: Town) -> None:
    town.file.unlink()
    town.ldap(person("E2", mail=("e2@t.example",)))
    assert standing(town.open("ldap"), "e2@t.example") is PersonStatus.STALE


def test_older_than_the_limit_everything_is_held(town: Town) -> None:
    town.ldap(person("E2", mail=("e2@t.example",)), at=NOON - timedelta(hours=49))
    assert standing(town.open("ldap", max_age=50), "e2@t.example") is PersonStatus.ACTIVE
    assert standing(town.open("ldap", max_age=48), "e2@t.example") is PersonStatus.STALE
    assert standing(town.open("ldap", max_age=48), "e1@t.example") is PersonStatus.RETIRED
    assert standing(town.open("ldap", "scim", max_age=48 * 365), "e2@t.example") is PersonStatus.STALE  # never heard


def test_half_an_answer_is_not_taken_over_unless_somebody_says_so(town: Town) -> None:
    many = [f"N{number},n{number}@t.example,,," for number in range(60)]
    town.write(*many)
    directory = town.open(shrink=0.3)
    town.write(*many[:30])
    assert standing(directory, "n59@t.example") is PersonStatus.ACTIVE
    assert "30 of 60" in directory.faults()[0]
    copies.accept(town.register, "people", "A001")
    os.utime(town.file, (1, 1))
    assert standing(directory, "n59@t.example") is PersonStatus.UNKNOWN
    assert directory.faults() == []


def test_a_file_that_a_power_cut_emptied_retires_nobody(town: Town) -> None:
    town.write("E1,e1@t.example,,,", "E2,e2@t.example,,,")
    directory = town.open(shrink=0.3)
    town.write()
    assert standing(directory, "e1@t.example") is PersonStatus.ACTIVE
    assert "2 of 2 people are gone" in directory.faults()[0]
    again = town.open(shrink=0.3)  # nor at the next start
    assert standing(again, "e1@t.example") is PersonStatus.ACTIVE
    assert again.faults()


def test_what_is_nothing_of_people_costs_no_merging(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    directory = town.open("ldap", "scim")
    merged = directory._staff.merged
    with town.register.change("A001") as change:
        change.run("INSERT INTO alarm VALUES ('x', '', '', 'source_old', '{}')")
        change.tell("alarm", "x")
    assert len(directory.people()) == 3
    assert directory._staff.merged is merged
    town.ldap(person("E3"))
    assert len(directory.people()) == 4
    assert directory._staff.merged is not merged


def test_the_register_is_asked_seldom_and_its_changes_hold_at_once_all_the_same(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dlp.directory.staff._GLANCE", 3600.0)
    directory, asked, version = town.open(), list[int](), town.register.version
    monkeypatch.setattr(town.register, "version", lambda: (asked.append(1), version())[1])
    for _ in range(10):
        assert directory.standing(Channel.MAIL, "e1@t.example", NOON).status is PersonStatus.RETIRED
    assert len(asked) <= 1
    grant(town, destinations=[])
    assert standing(directory, "e1@t.example") is PersonStatus.ACTIVE
    number = grant(town, person="E2")  # another process's
    other = Register(town.tmp / "register.db", town.room.enter)
    assert exemptions.revoke(other, number - 1, "S1")
    other.close()
    standing(directory, "e2@t.example")  # our own change brings that of others along
    assert standing(directory, "e1@t.example") is PersonStatus.RETIRED


# exceptions


def grant(town: Town, **more: object) -> int:
    values: dict[str, object] = {
        "person": "E1",
        "by": "S1",
        "reason": "引継ぎのため",
        "channels": ["mail"],
        "destinations": ["@pref.example"],
        "since": TODAY,
        "until": date(2018, 12, 25),
        "binding": town.room.binding,
    }
    return exemptions.grant(town.register, **(values | more))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("channel", "destinations", "day", "honoured"),
    [
        (Channel.MAIL, ("a@pref.example",), 22, True),
        (Channel.MAIL, ("a@pref.example",), 25, True),
        (Channel.MAIL, ("a@pref.example",), 26, False),
        (Channel.MAIL, ("a@pref.example", "b@home.example"), 22, False),
        (Channel.MAIL, ("a@evil-pref.example",), 22, False),
        (Channel.MAIL, (), 22, False),
        (Channel.WEB, ("https://pref.example:443",), 22, False),
    ],
)
def test_an_exception_is_honoured_within_its_scope_only(
    town: Town, channel: Channel, destinations: tuple[str, ...], day: int, honoured: bool
) -> None:
    number = grant(town)
    now = datetime(2018, 12, day, 3, tzinfo=UTC)
    sender = "e1@t.example" if channel is Channel.MAIL else "e1"
    found = town.open().standing(channel, sender, now, destination=destinations)
    assert (found.status is PersonStatus.ACTIVE) == honoured
    assert (found.exception, found.leaves_in) == ((str(number), 0) if honoured else ("", found.leaves_in))


def test_an_exception_names_hosts_and_devices_too(town: Town) -> None:
    grant(town, channels=["web", "media"], destinations=["up.example", "USB-1"])
    directory = town.open()
    web = directory.standing(Channel.WEB, "e1", NOON, destination=("https://up.example:8443",))
    usb = directory.standing(Channel.MEDIA, "e1", NOON, "USB-1")
    other = directory.standing(Channel.MEDIA, "e1", NOON, "USB-2")
    assert [s.status for s in (web, usb, other)] == [PersonStatus.ACTIVE, PersonStatus.ACTIVE, PersonStatus.RETIRED]


def test_a_revoked_exception_ends_at_once_and_all_is_audited(town: Town) -> None:
    directory = town.open()
    number = grant(town, destinations=[])
    assert standing(directory, "e1@t.example") is PersonStatus.ACTIVE
    assert exemptions.revoke(town.register, number, "S1")
    assert not exemptions.revoke(town.register, number, "S1")
    assert standing(directory, "e1@t.example") is PersonStatus.RETIRED
    told = [(e.actor, e.event, e.subject) for e in town.room.entries() if e.event.startswith("exemption")]
    assert told == [("S1", "exemption", f"exemption {number}"), ("S1", "exemption revoked", f"exemption {number}")]
    assert "引継ぎ" not in str([dict(e.detail) for e in town.room.entries()])


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"reason": " "}, "need_reason"),
        ({"by": "E1"}, "own"),
        ({"channels": []}, "channels"),
        ({"channels": ["fax"]}, "channels"),
        ({"until": date(2018, 12, 21)}, "days"),
        ({"until": date(2019, 12, 21)}, "days"),
    ],
)
def test_an_exception_needs_all_its_parts(town: Town, wrong: dict[str, object], why: str) -> None:
    with pytest.raises(SenderFault, match=why):
        grant(town, **wrong)
