"""The one path with a real room and a real directory; only what the content holds is scripted."""

from __future__ import annotations

import asyncio
import threading
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from dlp.directory import Directory
from dlp.errors import GatewayFault
from dlp.finding import Unread
from dlp.gateway import Gateway
from dlp.incident import transfer_of
from dlp.inspection import Inspection
from dlp.judgement import Surroundings
from dlp.policy import Policy
from dlp.transfer import Channel, Transfer
from dlp.verdict import Action
from quarantine.case import Decision, Move, Permit, RoomError, RoomUnavailable, Status
from quarantine.keys import KeyRing
from quarantine.ledger import LedgerRow
from quarantine.room import Room
from quarantine.stores.base import Concluded, Earlier, Recorded
from quarantine.stores.sqlite import SqliteStore
from tests.e2e.harness import PEOPLE

DEVICES = '[[device]]\nserial = "USB1"\n[[device]]\nserial = "LOST"\nstate = "lost"\n'


class Reader:
    """Says what it is told to say of any content; waits or fails when told to."""

    digest = "rules"

    def __init__(self) -> None:
        self.people: list[int] = []
        self.fault: Exception | None = None
        self.gate: asyncio.Event | None = None

    async def inspect(self, transfer: Transfer) -> Inspection:
        if self.gate is not None:
            await self.gate.wait()
        if self.fault is not None:
            raise self.fault
        tokens = tuple(number.to_bytes(16) for number in sorted(self.people))
        count = len(tokens)
        return Inspection(
            subjects=count, lower=count, upper=count, counts={"name": count}, tokens=tokens, ruleset="rules", bytes=1
        )


class Place:
    def __init__(self, tmp: Path) -> None:
        (tmp / "people.toml").write_text(PEOPLE, encoding="utf-8")
        (tmp / "devices.toml").write_text(DEVICES, encoding="utf-8")
        self.room = Room.open(tmp / "room", KeyRing.open_or_create(tmp / "keys.json"))
        self.reader = Reader()
        self.gateway = Gateway(
            directory=Directory(tmp / "people.toml", tmp / "devices.toml"),
            inspector=self.reader,  # type: ignore[arg-type]
            room=self.room,
            policy=Policy(),
        )

    def owed(self) -> dict[str, str]:
        return {notice.to: notice.subject for _, notice in self.room.notices()}


@pytest.fixture
def place(tmp_path: Path):  # type: ignore[no-untyped-def]
    made = Place(tmp_path)
    yield made
    made.room.close()


def mail(sender: str = "clerk@town.example", data: bytes = b"hello", **more: object) -> Transfer:
    to = ("a@outside.example",)
    return Transfer(channel=Channel.MAIL, sender=sender, destination=to, name="件名", data=data, **more)  # type: ignore[arg-type]


def upload(sender: str = "clerk", data: bytes = b"list", host: str = "https://h:443", **more: object) -> Transfer:
    return Transfer(channel=Channel.WEB, sender=sender, destination=(host,), name="x", data=data, **more)  # type: ignore[arg-type]


async def test_clean_passes_and_is_recorded_before_anyone_is_told(place: Place) -> None:
    outcome = await place.gateway.submit(mail())
    assert outcome.passes
    (row,) = place.room.ledger()
    assert (row.entry.verdict, row.entry.person, row.entry.channel) == ("allow", "E001", "mail")
    assert place.owed() == {}


async def test_a_list_is_held_with_its_bytes_and_both_sides_are_told(place: Place) -> None:
    place.reader.people = list(range(150))
    outcome = await place.gateway.submit(mail(data=b"the list"))
    assert outcome.verdict.action is Action.QUARANTINE
    case = place.room.case(outcome.case)
    assert (case.status, case.approvals_needed, case.supervisor) == (Status.QUARANTINED, 2, "S001")
    assert place.room.content(case.id, "t", "test") == b"the list"
    owed = place.owed()
    assert set(owed) == {"clerk@town.example", "boss@town.example", "boss2@town.example"}
    assert all(case.id in subject for subject in owed.values())
    assert all(f"/cases/{case.id}\n" in notice.body for _, notice in place.room.notices())
    text = outcome.text("ja")
    assert "150人分" in text
    assert case.id in text
    assert "上司 一" in text
    assert "2名" in text


async def test_a_leaver_is_refused_recorded_and_reported_on_every_channel(place: Place) -> None:
    place.reader.people = [1, 2]
    senders = {Channel.MAIL: "retired@town.example", Channel.WEB: "retired", Channel.MEDIA: "retired"}
    for channel, sender in senders.items():
        there = ("USB1",) if channel is Channel.MEDIA else ("x",)
        outcome = await place.gateway.submit(
            Transfer(channel=channel, sender=sender, destination=there, name="", data=b"x")
        )
        assert outcome.verdict.action is Action.BLOCK
    assert [row.entry.verdict for row in place.room.ledger()] == ["block"] * 3
    assert {"boss@town.example", "admin@town.example"} <= set(place.owed())
    assert "retired@town.example" not in place.owed()


@pytest.mark.parametrize("people", [20, 150])
async def test_a_refusal_asks_nobody_to_decide(place: Place, people: int) -> None:
    place.reader.people = list(range(people))
    outcome = await place.gateway.submit(mail("retired@town.example"))
    told = [notice.body for _, notice in place.room.notices()]
    assert len(told) >= 2
    for text in (outcome.text("ja"), outcome.text("en"), *told):
        assert f"{people}人分" in text or f"of {people} people" in text
        assert not any(word in text for word in ("承認", "decide", "approve"))


async def test_a_leaver_is_refused_even_when_nothing_can_be_read(place: Place) -> None:
    place.reader.fault = GatewayFault("no worker")
    outcome = await place.gateway.submit(mail("retired@town.example"))
    assert outcome.verdict.action is Action.BLOCK


async def test_a_fault_accepts_nothing(place: Place) -> None:
    for fault in (GatewayFault("no worker"), RuntimeError("bug")):
        place.reader.fault = fault
        with pytest.raises(GatewayFault):
            await place.gateway.submit(mail())
    assert place.room.ledger() == []


@pytest.mark.parametrize("people", [20, 0])
async def test_a_full_room_accepts_nothing(place: Place, people: int) -> None:
    place.room.close()
    place.reader.people = list(range(people))
    with pytest.raises(GatewayFault):
        await place.gateway.submit(mail())


async def test_a_slow_leak_stops_where_it_crosses_one_hundred(place: Place) -> None:
    passed = 0
    for step in range(30):
        place.reader.people = list(range(step * 5, step * 5 + 5))
        transfer = mail() if step % 2 else upload()
        outcome = await place.gateway.submit(transfer)
        if not outcome.passes:
            break
        passed += 5
    assert passed == 100
    assert "exposure" in [reason.code for reason in outcome.verdict.reasons]


async def test_two_halves_at_once_do_not_both_pass(place: Place) -> None:
    place.reader.people = []

    class Halves(Reader):
        async def inspect(self, transfer: Transfer) -> Inspection:
            self.people = list(range(10)) if transfer.name == "件名" else list(range(1000, 1010))
            return await super().inspect(transfer)

    place.gateway._inspector = Halves()  # type: ignore[assignment]
    for step in range(9):
        place.room.record(_line(step, [*range(5000 + step * 10, 5000 + step * 10 + 10)]))
    outcomes = await asyncio.gather(place.gateway.submit(mail()), place.gateway.submit(upload()))
    assert sorted(o.passes for o in outcomes) == [False, True]


def _line(number: int, people: list[int]):  # type: ignore[no-untyped-def]
    from quarantine.case import LedgerEntry

    return LedgerEntry(
        transfer=f"{number:026}",
        at=datetime.now(UTC) - timedelta(days=1),
        channel="mail",
        sender="clerk@town.example",
        person="E001",
        department="市民課",
        destination=("a@b",),
        digest="0" * 64,
        size=1,
        media_type="text/plain",
        verdict="monitor",
        reasons=(),
        ruleset="rules",
        subjects=len(people),
        tokens=tuple(p.to_bytes(16) for p in people),
    )


def _permit(place: Place, case_id: str) -> None:
    """Approve a held upload of the clerk's."""
    now = datetime.now(UTC)
    place.room.decide(case_id, Decision(actor="S001", move=Move.APPROVE, reason="業務", at=now))
    case = place.room.case(case_id)
    permit = Permit(
        case=case.id,
        person="E001",
        digest=case.entry.digest,
        destination="https://h:443",
        until=now + timedelta(hours=1),
    )
    place.room.settle(case.id, Move.DELIVERED, "permit", permit=permit)


def _full_disk(*_: object) -> None:
    raise RoomUnavailable("full")


async def test_a_permit_serves_once_for_the_same_content_host_and_person(place: Place) -> None:
    place.reader.people = list(range(20))
    held = await place.gateway.submit(upload())
    _permit(place, held.case)
    others = [upload(data=b"other"), upload("clerk2"), upload(host="https://other:443")]
    for transfer in others:
        assert not (await place.gateway.submit(transfer)).passes
    first, second = await place.gateway.submit(upload()), await place.gateway.submit(upload())
    assert (first.passes, second.passes) == (True, False)


async def test_what_never_leaves_uses_up_no_permit(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    place.reader.people = list(range(20))
    held = await place.gateway.submit(upload())
    _permit(place, held.case)
    with monkeypatch.context() as broken:
        broken.setattr(place.room, "recording", _full_disk)
        with pytest.raises(GatewayFault):
            await place.gateway.submit(upload())
    again = await place.gateway.submit(upload())
    assert again.passes
    assert [row.entry.verdict for row in place.room.ledger()] == ["allow", "quarantine"]


async def test_what_was_said_beside_a_held_upload_is_kept_with_it_and_sealed(place: Place, tmp_path: Path) -> None:
    place.reader.people = list(range(20))
    said = b"x-note=" + b"somebody and somebody else"
    held = await place.gateway.submit(replace(upload(), beside=said))
    content = place.room.content(held.case, "E001", "incident")
    again = transfer_of(place.room.case(held.case), content)
    assert (again.beside, again.data) == (said, upload().data)
    assert "beside" not in again.envelope
    kept = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
    assert not any(said[7:] in one or b64encode(said)[8:] in one for one in kept)


async def test_a_vanished_client_does_not_stop_a_commit(place: Place) -> None:
    place.reader.people = list(range(20))
    place.reader.gate = asyncio.Event()
    submit = asyncio.create_task(place.gateway.submit(mail()))
    await asyncio.sleep(0)
    submit.cancel()
    with pytest.raises(asyncio.CancelledError):
        await submit
    assert place.room.cases() == []  # given up while reading: nothing was accepted

    place.reader.gate = None
    submit = asyncio.create_task(place.gateway.submit(mail()))
    while not place.gateway._commits:
        await asyncio.sleep(0)
    submit.cancel()
    await place.gateway.drain()
    assert len(place.room.cases()) == 1  # given up while committing: it is held


async def test_what_passes_is_sent_at_once_once_it_is_on_record(place: Place) -> None:
    sent: list[int] = []

    def onward() -> tuple[str, str]:
        sent.append(len(place.room.ledger()))  # another connection sees it: it is durable
        return "delivered", "there"

    await place.gateway.submit(upload(), onward=onward)
    place.reader.people = list(range(20))
    held = await place.gateway.submit(upload(data=b"a list"), onward=onward)
    assert (held.passes, sent) == (False, [1])
    assert [row.outcome for row in place.room.ledger()] == ["", "delivered"]


async def test_a_sending_that_breaks_is_on_record_as_failed(place: Place) -> None:
    def onward() -> tuple[str, str]:
        raise ValueError("a bug")

    assert (await place.gateway.submit(upload(), onward=onward)).passes
    assert [row.outcome for row in place.room.ledger()] == ["failed"]


async def test_a_slow_sending_keeps_the_sender_s_next_transfer_not_waiting(place: Place) -> None:
    stick = threading.Event()

    def onward() -> tuple[str, str]:
        return ("delivered", "") if stick.wait(30) else ("failed", "waited in vain")

    slow = asyncio.create_task(place.gateway.submit(upload(), onward=onward))
    while not place.room.ledger():
        await asyncio.sleep(0.01)
    assert (await place.gateway.submit(upload(data=b"next"))).passes
    stick.set()
    await slow
    assert sorted(row.outcome for row in place.room.ledger()) == ["", "delivered"]


async def test_to_keep_nothing_shows_nothing_of_the_room(place: Place) -> None:
    assert (place.gateway.keep((), ()), place.gateway._proved) == ([], float("-inf"))
    await place.gateway.submit(mail())
    assert place.gateway._proved > 0


async def test_nor_that_of_a_mail_about_nobody(place: Place) -> None:
    submit = asyncio.create_task(place.gateway.submit(mail()))
    while not place.gateway._commits:
        await asyncio.sleep(0)
    submit.cancel()
    await place.gateway.drain()
    with pytest.raises(asyncio.CancelledError):
        await submit
    assert len(place.room.ledger()) == 1


async def test_mails_about_nobody_share_commits_though_one_sends_them_all(place: Place) -> None:
    commits: list[str] = []
    store = place.room._store
    assert isinstance(store, SqliteStore)
    store._writer.set_trace_callback(lambda text: commits.append(text) if text == "COMMIT" else None)
    outcomes = await asyncio.gather(*(place.gateway.submit(mail(data=b"%d" % number)) for number in range(50)))
    await asyncio.gather(*(place.gateway.settle(outcome.transfer, "delivered") for outcome in outcomes))
    assert len(commits) < 20  # 100 writes
    assert {row.entry.transfer for row in place.room.ledger()} == {outcome.transfer for outcome in outcomes}
    assert all(row.outcome == "delivered" for row in place.room.ledger())
    assert place.room.verify() == []


async def test_an_outcome_that_cannot_be_kept_does_not_take_others_along(
    place: Place, caplog: pytest.LogCaptureFixture
) -> None:
    outcome = await place.gateway.submit(mail())
    unknown = place.gateway.settle("no such transfer", "delivered")
    await asyncio.gather(unknown, place.gateway.settle(outcome.transfer, "refused", "550 no"))
    assert [record.message for record in caplog.records if record.levelname == "ERROR"] == ["outcome not recorded"]
    assert place.room.ledger()[0].outcome == "refused"


async def test_settle_is_kept(place: Place) -> None:
    outcome = await place.gateway.submit(mail())
    await place.gateway.settle(outcome.transfer, "delivered", "250 ok")
    assert place.room.ledger()[0].outcome == "delivered"


async def test_what_became_of_a_mail_goes_along_with_the_next_ones_commit(place: Place) -> None:
    commits: list[int] = []
    written = place.room.commit
    place.gateway._writes._work = lambda writes: (commits.append(len(writes)), written(writes))[1]
    first = await place.gateway.submit(mail())
    concluded = place.gateway.conclude(first.transfer, "delivered", "250 ok")
    assert not concluded.done()
    await place.gateway.submit(mail(data=b"next"))
    await concluded
    assert commits == [1, 2]
    assert sorted(row.outcome for row in place.room.ledger()) == ["", "delivered"]
    await place.gateway.conclude(first.transfer, "failed")  # and without one, by itself
    assert commits == [1, 2, 1]


async def test_an_outcome_nobody_waits_for_that_cannot_be_kept_is_logged(
    place: Place, caplog: pytest.LogCaptureFixture
) -> None:
    await asyncio.wait([place.gateway.conclude("no such transfer", "delivered")])
    assert [record.message for record in caplog.records if record.levelname == "ERROR"] == ["outcome not recorded"]


async def test_who_is_read_long_keeps_nobodys_commit_waiting(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dlp.gateway._SOON", 0.0)
    place.reader.gate = asyncio.Event()
    long = asyncio.create_task(place.gateway.submit(mail(data=b"long")))
    while not place.gateway._reading:
        await asyncio.sleep(0)
    assert place.gateway._patience() == 0.0
    monkeypatch.setattr("dlp.gateway._SOON", 60.0)
    for usual, patience in ((0.0, 0.0), (0.004, 0.004), (60.0, 0.015)):  # as long as a commit takes, within reason
        place.gateway._writes.usual = usual
        assert place.gateway._patience() == patience
    place.reader.gate.set()
    await long
    assert place.gateway._patience() == 0.0


async def test_an_unknown_sender_is_held_and_never_written_to(place: Place) -> None:
    outcome = await place.gateway.submit(mail("forged@elsewhere.example"))
    assert outcome.verdict.action is Action.QUARANTINE
    assert "forged@elsewhere.example" not in place.owed()


class Opening(Reader):
    """Takes each mail but one that is locked for one that gives a password, which opens all that are."""

    async def inspect(
        self, transfer: Transfer, *, passwords: tuple[str, ...] = (), beside: tuple[Transfer, ...] = ()
    ) -> Inspection:
        locked = (Unread(part=("a.zip",), why="encrypted"),) if transfer.read().startswith(b"locked") else ()
        return Inspection(
            subjects=20 * len(beside),
            lower=20 * len(beside),
            upper=20 * len(beside),
            counts={},
            unread=locked,
            passwords=() if locked else ("word-word",),
            unlocked=tuple(held.id for held in beside),
        )


def opening(place: Place) -> Gateway:
    return Gateway(
        directory=place.gateway.directory,
        inspector=Opening(),  # type: ignore[arg-type]
        room=place.room,
        policy=Policy(),
        surroundings=Surroundings(password_window=timedelta(hours=1)),
    )


async def test_a_note_that_cannot_be_written_takes_back_no_accepted_mail(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Answered with a fault, the mail would come again, and be held a second time."""
    gateway = opening(place)
    first = await gateway.submit(mail(data=b"locked"))

    def full(*_: object, **__: object) -> None:
        raise RoomError("disk full")

    monkeypatch.setattr(place.room, "note", full)
    second = await gateway.submit(mail(data=b"the password is word-word"))
    monkeypatch.undo()
    assert (bool(first.case), bool(second.case), second.inspection.subjects) == (True, True, 20)
    third = await gateway.submit(mail(data=b"again: word-word"))  # not on record: it is opened again
    assert third.inspection.subjects == 20
    assert place.room.last_about("password", first.case) is not None


@pytest.mark.parametrize("to", ["another@outside.example", "a@outside.example"], ids=["to others", "to the same"])
async def test_a_large_mail_keeps_no_small_one_locked(to: str, place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dlp.locked._BESIDE", 1000)
    gateway = opening(place)
    first = await gateway.submit(mail(data=b"locked"))
    large = replace(mail(data=b"locked" + bytes(2000)), destination=(to,))
    assert (await gateway.submit(large)).case
    assert (await gateway.submit(mail(data=b"the password is word-word"))).inspection.unlocked
    assert place.room.last_about("password", first.case) is not None


def _hear_no_outcomes(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """The room's disk has room for a transfer, say, but none for what became of it."""
    written = place.room._store.write

    def some(writes: Sequence[Recorded | Concluded]) -> list[bool | BaseException]:
        if any(isinstance(one, Concluded) for one in writes):
            return [RoomUnavailable("full")] * len(writes)
        return list(written(writes))

    monkeypatch.setattr(place.room._store, "write", some)


@pytest.mark.parametrize("how", ["settle", "conclude", "keep"])
async def test_an_outcome_the_room_cannot_take_is_known_to_a_repeat_and_written_at_the_end(
    place: Place, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    outcome = await place.gateway.submit(mail())
    with monkeypatch.context() as patch:
        _hear_no_outcomes(place, patch)
        if how == "settle":
            await place.gateway.settle(outcome.transfer, "delivered", "250 ok")
        elif how == "conclude":
            await asyncio.wait([place.gateway.conclude(outcome.transfer, "delivered", "250 ok")])
        else:
            place.gateway.keep((), [(outcome.transfer, "delivered", "250 ok")])
        assert (len(place.gateway.unrecorded), place.room.ledger()[0].outcome) == (1, "")
        assert [row.outcome for row in await place.gateway.earlier(mail())] == ["delivered"]
    await place.gateway.drain()
    assert place.room.ledger()[0].outcome == "delivered"
    assert len(place.gateway.unrecorded) == 0
    assert place.room.verify() == []


async def test_nothing_is_taken_while_too_many_outcomes_wait(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    outcome = await place.gateway.submit(mail())
    place.gateway.unrecorded._most = 1
    with monkeypatch.context() as patch:
        _hear_no_outcomes(place, patch)
        await place.gateway.settle(outcome.transfer, "delivered")
        with pytest.raises(GatewayFault):
            await place.gateway.submit(mail(data=b"another"))
        assert len(place.room.ledger()) == 1
    await place.gateway.drain()
    assert (await place.gateway.submit(mail(data=b"another"))).passes


async def test_an_outcome_written_while_a_repeat_is_looked_up_is_known_to_it(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    outcome = await place.gateway.submit(mail())
    with monkeypatch.context() as patch:
        _hear_no_outcomes(place, patch)
        await place.gateway.settle(outcome.transfer, "delivered")
    asked = place.gateway._lookups.ask

    async def slowly(what: Earlier) -> list[LedgerRow]:
        found = await asked(what)
        await asyncio.to_thread(place.gateway.unrecorded._tried)
        return found

    monkeypatch.setattr(place.gateway._lookups, "ask", slowly)
    place.gateway.unrecorded._pauses = (3600.0, 3600.0)
    assert [row.outcome for row in await place.gateway.earlier(mail())] == ["delivered"]
    assert len(place.gateway.unrecorded) == 0


@pytest.mark.parametrize("error", [RoomUnavailable("full"), OSError("nobody foresaw this")], ids=["room", "other"])
async def test_an_outcome_is_kept_though_whoever_waits_for_it_goes_away(
    place: Place, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    outcome = await place.gateway.submit(mail())
    with monkeypatch.context() as patch:

        def none(writes: Sequence[Recorded | Concluded]) -> list[bool | BaseException]:
            raise error

        patch.setattr(place.room._store, "write", none)
        settling = asyncio.ensure_future(place.gateway.settle(outcome.transfer, "delivered"))
        await asyncio.sleep(0)
        settling.cancel()
        await asyncio.wait([settling])
        assert len(place.gateway.unrecorded) == 1
    await place.gateway.drain()
    assert place.room.ledger()[0].outcome == "delivered"
