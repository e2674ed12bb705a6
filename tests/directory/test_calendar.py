"""22 December 2018, to the second, by the real gateway over a real room and register: only the content is scripted."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import pytest

from dlp.directory import Directory, copies, exemptions
from dlp.directory.register import Register
from dlp.directory.staff import Sources
from dlp.gateway import Gateway
from dlp.outcome import Outcome
from dlp.policy import Policy
from dlp.standing import Person
from dlp.transfer import Channel, Transfer
from dlp.verdict import Action
from quarantine.keys import KeyRing
from quarantine.room import Room
from tests.test_gateway import Reader

LAST = datetime.fromisoformat("2018-12-21T23:59:59.999999+09:00")
AFTER = datetime.fromisoformat("2018-12-22T00:00:00+09:00")
SENDERS = {Channel.MAIL: "leaver@town.example", Channel.WEB: "leaver", Channel.MEDIA: "TOWN\\leaver"}
GHOSTS = {Channel.MAIL: "ghost@town.example", Channel.WEB: "ghost", Channel.MEDIA: "ghost"}
NOBODY = {Channel.MAIL: "nobody@town.example", Channel.WEB: "nobody", Channel.MEDIA: "nobody"}
TO = {Channel.MAIL: "a@pref.example", Channel.WEB: "https://up.example:443", Channel.MEDIA: "USB1"}


class Town:
    def __init__(self, tmp: Path, *, max_age: float = 0.0) -> None:
        self.room = Room.open(tmp / "room", KeyRing.open_or_create(tmp / "keys.json"))
        self.register = Register(tmp / "register.db", self.room.enter)
        people = tmp / "people.csv"
        people.write_text(
            "id,mail,logins,supervisor\nE1,leaver@town.example,leaver,S1\nS1,s1@town.example,s1,\n", "utf-8"
        )
        (tmp / "devices.toml").write_text('[[device]]\nserial = "USB1"\n', encoding="utf-8")
        # Only the directory server knows of the end, and it is not there any more: this is its copy.
        gone = [
            Person(id="E1", name="", end=date(2018, 12, 21)),
            Person(id="X9", name="", mail=(GHOSTS[Channel.MAIL],), logins=("ghost",)),
        ]
        copies.keep(
            self.register, "ldap", "account", gone, datetime.fromisoformat("2018-12-20T12:00:00+09:00"), shrink=0.3
        )
        directory = Directory(
            people,
            tmp / "devices.toml",
            register=self.register,
            sources=Sources(others=("ldap",)),
            max_age_hours=max_age,
        )
        self.reader = Reader()
        self.gateway = Gateway(directory=directory, inspector=self.reader, room=self.room, policy=Policy())  # type: ignore[arg-type]

    async def send(self, channel: Channel, at: datetime, sender: str = "") -> Outcome:
        sender = sender or SENDERS[channel]
        return await self.gateway.submit(
            Transfer(channel=channel, sender=sender, destination=(TO[channel],), name="n", data=b"x", at=at)
        )


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    made = Town(tmp_path)
    yield made
    made.register.close()
    made.room.close()


@pytest.mark.parametrize("channel", list(Channel))
async def test_refused_from_midnight_to_the_microsecond(town: Town, channel: Channel) -> None:
    before, after = await town.send(channel, LAST), await town.send(channel, AFTER)
    assert (before.passes, after.verdict.action) == (True, Action.BLOCK)
    assert after.verdict.reasons[0].code == "retired"
    row = town.room.ledger()[0]
    assert (row.entry.verdict, row.entry.person, row.left) == ("block", "E1", None)


@pytest.mark.parametrize("channel", list(Channel))
async def test_an_account_without_employment_is_refused_and_a_stranger_held(town: Town, channel: Channel) -> None:
    ghost, nobody = await town.send(channel, LAST, GHOSTS[channel]), await town.send(channel, LAST, NOBODY[channel])
    assert [reason.code for reason in ghost.verdict.reasons][:1] == ["absent"]
    assert (ghost.verdict.action, nobody.verdict.action) == (Action.BLOCK, Action.QUARANTINE)


@pytest.mark.parametrize("channel", list(Channel))
async def test_older_than_the_limit_everything_is_held_and_leavers_stay_refused(
    tmp_path: Path, channel: Channel
) -> None:
    town = Town(tmp_path, max_age=24.0)
    assert (await town.send(channel, LAST)).verdict.action is Action.QUARANTINE
    assert (await town.send(channel, AFTER)).verdict.action is Action.BLOCK
    town.register.close()
    town.room.close()


async def test_an_exception_opens_its_scope_only_and_is_in_the_ledger(town: Town) -> None:
    exemptions.grant(
        town.register,
        person="E1",
        by="S1",
        reason="引継ぎ",
        channels=["mail"],
        destinations=["@pref.example"],
        since=AFTER.date(),
        until=AFTER.date(),
        binding=town.room.binding,
    )
    assert (await town.send(Channel.MAIL, AFTER)).verdict.action is Action.MONITOR
    assert town.room.ledger()[0].entry.reasons[-1]["code"] == "exception"
    for channel in (Channel.WEB, Channel.MEDIA):
        assert (await town.send(channel, AFTER)).verdict.action is Action.BLOCK
    assert (await town.send(Channel.MAIL, AFTER.replace(day=23))).verdict.action is Action.BLOCK
    town.reader.people = [1]  # one person is enough to be held: the limits of the last days
    assert (await town.send(Channel.MAIL, AFTER)).verdict.action is Action.QUARANTINE


@pytest.mark.parametrize(("day", "people", "action"), [(20, 10, Action.MONITOR), (21, 1, Action.QUARANTINE)])
async def test_limits_tighten_thirty_days_before(town: Town, day: int, people: int, action: Action) -> None:
    town.reader.people = list(range(people))
    assert (await town.send(Channel.MAIL, AFTER.replace(month=11, day=day))).verdict.action is action


async def test_what_cannot_be_read_of_somebody_gone_is_refused_too(town: Town) -> None:
    from dlp.errors import GatewayFault

    town.reader.fault = GatewayFault("no worker")
    for sender in (SENDERS[Channel.MAIL], GHOSTS[Channel.MAIL]):
        assert (await town.send(Channel.MAIL, AFTER, sender)).verdict.action is Action.BLOCK
