"""Releasing with a real room and directory; delivery itself has tests of its own and is scripted here."""

from __future__ import annotations

import asyncio
import hashlib
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from dlp.clock import Clock
from dlp.directory import Directory
from dlp.errors import GatewayFault, MayHaveArrived, SenderFault
from dlp.incident import case_of
from dlp.inspection import Inspection
from dlp.releaser import Releaser
from dlp.standing import PersonStatus, Standing
from dlp.transfer import Channel, Transfer
from dlp.verdict import Action, Verdict
from quarantine.case import Case, Decision, Move, Notice, RoomUnavailable, Status
from quarantine.keys import KeyRing
from quarantine.room import Room
from tests.e2e.harness import PEOPLE


class Place:
    def __init__(self, tmp: Path) -> None:
        self.folder = tmp
        (tmp / "people.toml").write_text(PEOPLE, encoding="utf-8")
        self.directory = Directory(tmp / "people.toml", tmp / "devices.toml")
        self.room = Room.open(tmp / "room", KeyRing.open_or_create(tmp / "keys.json"))
        self.delivered: list[Transfer] = []
        self.posted: list[Notice] = []
        self.plain: tuple[bytes, list[Path]] | None = None  # a large content, and what names it has on the disk
        self.fault: Exception | None = None
        self.releaser = Releaser(
            self.room,
            self.directory,
            {Channel.MAIL: self.deliver, Channel.MEDIA: self.deliver},
            post=self.post,
            permit_hours=1,
            spool=tmp / "spool",
        )

    async def deliver(self, transfer: Transfer) -> str:
        if self.fault:
            raise self.fault
        self.plain = transfer.spool and (transfer.spool.read_bytes(), list((self.folder / "spool").iterdir()))
        self.delivered.append(transfer)
        return "250 ok"

    async def post(self, notice: Notice) -> None:
        if self.fault:
            raise self.fault
        self.posted.append(notice)

    def hold(self, channel: Channel = Channel.MAIL, *, approve: bool = True, data: bytes = b"held bytes\r\n") -> Case:
        transfer = Transfer(
            channel=channel,
            sender="clerk@town.example",
            destination=("https://h:443",) if channel is Channel.WEB else ("a@outside.example",),
            name="secret name",
            data=data,
            declared="message/rfc822",
            envelope={"mail_from": "clerk@town.example", "rcpt_to": ["a@outside.example"]},
        )
        standing = Standing(status=PersonStatus.ACTIVE, person=self.directory.person("E001"))
        verdict = Verdict(action=Action.QUARANTINE, reasons=(), ruleset="r", approvals=1)
        inspection = Inspection(subjects=20, lower=20, upper=20, counts={"name": 20})
        case = self.room.admit(case_of(transfer, inspection, standing, verdict, ()), transfer.read())
        if approve:
            word = Decision(actor="S001", move=Move.APPROVE, reason="業務", at=datetime.now(UTC))
            case = self.room.decide(case.id, word)
        return case


@pytest.fixture
def place(tmp_path: Path):  # type: ignore[no-untyped-def]
    made = Place(tmp_path)
    yield made
    made.room.close()


async def test_what_was_held_is_sent_once_as_it_was(place: Place) -> None:
    case = place.hold()
    await place.releaser.round()
    await place.releaser.round()
    (sent,) = place.delivered
    assert sent.read() == b"held bytes\r\n"
    assert sent.envelope == {"mail_from": "clerk@town.example", "rcpt_to": ["a@outside.example"]}
    assert place.room.case(case.id).status is Status.RELEASED
    await place.releaser.round()
    assert [notice.to for notice in place.posted] == ["clerk@town.example"]


async def test_what_nobody_approved_stays(place: Place) -> None:
    case = place.hold(approve=False)
    await place.releaser.round()
    assert place.delivered == []
    assert place.room.case(case.id).status is Status.QUARANTINED


async def test_a_refusal_for_good_goes_back_to_the_supervisor(place: Place) -> None:
    case = place.hold()
    place.fault = SenderFault("550 no such user")
    await place.releaser.round()
    back = place.room.case(case.id)
    assert (back.status, back.detail) == (Status.QUARANTINED, "550 no such user")


async def test_a_next_hop_that_is_down_is_tried_again(place: Place) -> None:
    case = place.hold()
    place.fault = GatewayFault("down")
    await place.releaser.round()
    assert place.room.case(case.id).status is Status.APPROVED
    place.fault = None
    place.releaser._not_before.clear()  # the pause is over
    await place.releaser.round()
    assert place.room.case(case.id).status is Status.RELEASED


@pytest.mark.parametrize(
    ("fault", "least", "most"), [(GatewayFault("down"), 0.0, 2.0), (MayHaveArrived("lost"), 290.0, 300.0)]
)
async def test_what_may_have_arrived_is_not_sent_again_every_second(
    place: Place, fault: GatewayFault, least: float, most: float
) -> None:
    case = place.hold()
    place.fault = fault
    await place.releaser.round()
    assert place.room.case(case.id).status is Status.APPROVED
    waits = place.releaser._not_before[case.id][0] - asyncio.get_running_loop().time()
    assert least <= waits <= most


async def test_a_web_case_gives_a_permit_instead(place: Place) -> None:
    case = place.hold(Channel.WEB)
    await place.releaser.round()
    assert place.delivered == []
    now = datetime.now(UTC)
    given = {"person": "E001", "digest": case.entry.digest, "destination": "https://h:443"}
    late = now + timedelta(hours=2)
    assert place.room.use_permit(**given, now=late, transfer="1" * 26) is None
    assert place.room.use_permit(**given, now=now, transfer="2" * 26) is not None


async def test_an_unsent_notice_stays_owed(place: Place) -> None:
    place.hold()
    await place.releaser.round()
    place.fault = GatewayFault("down")
    place.posted.clear()
    case = place.hold(approve=False)
    place.room.decide(case.id, Decision(actor="S001", move=Move.REJECT, reason="誤り", at=datetime.now(UTC)))
    await place.releaser.round()
    before = place.room.notices()
    place.fault = None
    place.releaser._not_before.clear()
    await place.releaser.round()
    assert [notice for _, notice in before] == place.posted
    assert place.room.notices() == []


async def test_a_next_hop_that_is_down_is_not_asked_for_each_of_many(place: Place) -> None:
    place.room.enter([], [Notice(to=f"{n}@town.example", subject="s", body="b") for n in range(20)])
    asked: list[str] = []

    async def post(notice: Notice) -> None:
        asked.append(notice.to)
        await place.post(notice)

    place.releaser._post = post
    place.fault = GatewayFault("down")
    for most in (3, 6):
        await place.releaser.round()
        assert len(set(asked)) == len(asked) == most  # others each time
    place.fault = None
    place.releaser._not_before.clear()
    await place.releaser.round()
    assert len(place.posted) == 20
    assert place.room.notices() == []


async def test_a_clock_that_jumped_lets_nothing_expire(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    case, told = place.hold(approve=False), []
    releaser = Releaser(place.room, place.directory, {}, clock=Clock(place.folder / "clock"), doubted=told.append)
    await releaser.round()

    class Ahead(datetime):
        @classmethod
        def now(cls, tz: object = None) -> datetime:  # type: ignore[override]
            return datetime.now(UTC) + timedelta(days=800)

    monkeypatch.setattr("dlp.releaser.datetime", Ahead)
    for _ in range(2):  # rejected in the first, shredded in the second
        releaser._next_expiry = 0.0
        await releaser.round()
    assert place.room.case(case.id).status is Status.QUARANTINED
    assert place.room.content(case.id, "S001", "look") == b"held bytes\r\n"
    assert told == [False, True, True]


_LARGE = b"held bytes\r\n" * 100_000


async def test_a_large_content_is_delivered_from_a_file_without_a_name(place: Place) -> None:
    place.hold(data=_LARGE)
    await place.releaser.round()
    assert place.plain == (_LARGE, [])
    assert [t.digest for t in place.delivered] == [hashlib.sha256(_LARGE).hexdigest()]
    assert not list((place.folder / "spool").iterdir())


async def test_a_broken_seal_leaves_nothing_of_a_large_content_in_plain(place: Place) -> None:
    case = place.hold(data=_LARGE)
    (sealed,) = (
        path for path in (place.folder / "room").rglob("*") if path.is_file() and path.stat().st_size > 1 << 20
    )
    sealed.write_bytes(sealed.read_bytes()[:-1] + b"x")  # the last piece only: the first are already written in plain
    await place.releaser.round()
    assert not place.delivered
    assert place.room.case(case.id).status is Status.APPROVED
    assert not list((place.folder / "spool").iterdir())


async def test_what_an_earlier_version_left_in_plain_is_removed_at_start(place: Place) -> None:
    left = place.folder / "spool" / "release-123"
    left.parent.mkdir()
    left.write_bytes(_LARGE)
    running = asyncio.create_task(place.releaser.run())
    place.hold()
    async with asyncio.timeout(60):
        while not place.delivered:
            await asyncio.sleep(0.05)
    running.cancel()
    assert not left.exists()


async def test_a_case_that_fails_as_nobody_foresaw_keeps_no_other_waiting(place: Place) -> None:
    first, second = place.hold(Channel.MEDIA), place.hold()

    async def broken(transfer: Transfer) -> str:
        raise ValueError("not foreseen")

    place.releaser._deliverers = {Channel.MEDIA: broken, Channel.MAIL: place.deliver}
    await place.releaser.round()
    assert place.room.case(first.id).status is Status.APPROVED
    assert place.room.case(second.id).status is Status.RELEASED
    assert not place.releaser._due(first.id)


class Deaf:
    """A room that cannot take one thing for a while: its disk is full."""

    def __init__(self, place: Place, monkeypatch: pytest.MonkeyPatch, verb: str) -> None:
        self._verb, self._hears, self._patch = verb, getattr(place.room, verb), monkeypatch
        monkeypatch.setattr(place.room, verb, self._refuse)

    def _refuse(self, *_: object, **__: object) -> None:
        raise RoomUnavailable("full")

    def mend(self, place: Place) -> None:
        self._patch.setattr(place.room, self._verb, self._hears)
        place.releaser._not_before.clear()


@pytest.mark.parametrize("ends", [False, True], ids=["goes on", "is stopped"])
async def test_what_is_delivered_goes_on_record_once_the_room_takes_it_and_not_out_again(
    place: Place, monkeypatch: pytest.MonkeyPatch, ends: bool
) -> None:
    case = place.hold()
    deaf = Deaf(place, monkeypatch, "settle")
    for _ in range(3):
        await place.releaser.round()
        place.releaser._not_before.clear()
    assert place.room.case(case.id).status is Status.APPROVED
    deaf.mend(place)
    await (place.releaser._last_words() if ends else place.releaser.round())
    assert (place.room.case(case.id).status, len(place.delivered)) == (Status.RELEASED, 1)
    await place.releaser.round()
    assert len(place.delivered) == 1


@pytest.mark.parametrize("ends", [False, True], ids=["goes on", "is stopped"])
async def test_a_notice_is_sent_once_though_that_cannot_be_put_on_record(
    place: Place, monkeypatch: pytest.MonkeyPatch, ends: bool
) -> None:
    place.hold()
    await place.releaser.round()
    place.posted.clear()
    place.room.enter([], [Notice(to="a@town.example", subject="s", body="b")])
    deaf = Deaf(place, monkeypatch, "notice_sent")
    for _ in range(3):
        await place.releaser.round()
        place.releaser._not_before.clear()
    deaf.mend(place)
    await (place.releaser._last_words() if ends else place.releaser.round())
    assert (place.room.notices(), len(place.posted)) == ([], 1)


async def test_a_room_that_keeps_each_word_waiting_does_not_keep_the_end_waiting_for_each(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dlp.releaser._LAST_WORDS", 0.0)
    place.releaser._sent.update(range(20))
    asked = list[int]()

    def locked(number: int) -> None:
        time.sleep(0.01)
        asked.append(number)
        raise RoomUnavailable("locked")

    monkeypatch.setattr(place.room, "notice_sent", locked)
    await place.releaser._last_words()
    assert len(asked) <= 1
