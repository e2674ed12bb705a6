"""Large contents that will be held are sealed before their sender's turn comes; the count is kept in turn."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from dlp.inspection import Inspection
from dlp.transfer import Transfer
from quarantine.admission import Ahead
from quarantine.case import Decision, Move, Permit
from tests.test_gateway import Place, Reader, mail, upload

SMALL = 100


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    monkeypatch.setattr("dlp.foreseen._LARGE", SMALL)
    made = Place(tmp_path)
    made.gateway._inspector = ByContent()  # type: ignore[assignment]
    yield made
    made.room.close()


class ByContent(Reader):
    """Reads `first-last` at a content's beginning: the people of those numbers are in it."""

    async def inspect(self, transfer: Transfer) -> Inspection:
        first, last = map(int, transfer.read().split(b" ")[0].split(b"-"))
        self.people = list(range(first, last))
        return await super().inspect(transfer)


def content(first: int, last: int, size: int = 1000) -> bytes:
    return b"%d-%d " % (first, last) + bytes(size)


class Sealings:
    """Watches what is sealed ahead; `held` keeps it waiting until it is set."""

    def __init__(self, place: Place, monkeypatch: pytest.MonkeyPatch, together: int = 1) -> None:
        self._sealing, self._all = place.room.sealing, threading.Barrier(together)
        self.begun, self.go = 0, threading.Event()
        monkeypatch.setattr(place.room, "sealing", self._watched)

    @contextmanager
    def _watched(self, data: bytes | Path) -> Iterator[Ahead]:
        self.begun += 1
        self._all.wait(20)
        assert self.go.wait(20)
        with self._sealing(data) as ahead:
            yield ahead


def blobs(place: Place, tmp: Path) -> list[Path]:
    return [path for path in (tmp / "room" / "blobs").rglob("*") if path.is_file()]


async def test_two_large_holds_of_one_sender_are_sealed_at_once(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    sealings = Sealings(place, monkeypatch, together=2)
    sealings.go.set()
    found = await asyncio.gather(
        place.gateway.submit(mail(data=content(0, 150))), place.gateway.submit(upload(data=content(500, 650)))
    )
    assert [place.room.content(one.case, "t", "test") for one in found] == [content(0, 150), content(500, 650)]


async def test_a_small_mail_does_not_wait_for_the_sealing_of_its_sender_s_large_one(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    sealings = Sealings(place, monkeypatch)
    large = asyncio.create_task(place.gateway.submit(mail(data=content(0, 150))))
    while not sealings.begun:
        await asyncio.sleep(0.001)
    assert (await place.gateway.submit(mail(data=content(900, 903, 0)))).passes
    sealings.go.set()
    assert (await large).case


async def test_what_may_pass_and_what_is_small_is_not_sealed_ahead(
    place: Place, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    sealings = Sealings(place, monkeypatch)
    sealings.go.set()
    assert (await place.gateway.submit(mail(data=content(0, 3)))).passes
    held = await place.gateway.submit(upload(data=content(0, 150, 1)))
    assert (held.case != "", sealings.begun) == (True, 0)


async def test_a_content_with_a_permit_is_not_sealed_again(place: Place, tmp_path: Path) -> None:
    held = await place.gateway.submit(upload(data=content(0, 12)))
    case = place.room.case(held.case)
    place.room.decide(case.id, Decision(actor="S001", move=Move.APPROVE, reason="r", at=case.opened))
    until = case.opened.replace(year=case.opened.year + 1)
    permit = Permit(case=case.id, person="E001", digest=case.entry.digest, destination="https://h:443", until=until)
    place.room.settle(case.id, Move.DELIVERED, "permit", permit=permit)
    again, standing = upload(data=content(0, 12)), held.standing
    assert not place.gateway._judge.surely_held(again, held.inspection, standing)
    assert place.gateway._judge.surely_held(upload(data=content(0, 12) + b"!"), held.inspection, standing)
    assert (await place.gateway.submit(again)).passes
    assert len(blobs(place, tmp_path)) == 1


async def test_what_passes_after_all_leaves_no_seal(
    place: Place, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(place.gateway._judge, "surely_held", lambda *_: True)
    assert (await place.gateway.submit(mail(data=content(0, 3)))).passes
    assert blobs(place, tmp_path) == []


async def test_a_list_in_pieces_by_mail_and_web_at_once_is_counted_as_one(place: Place) -> None:
    """Eight people each, by both ways, all at the same moment, behind two large holds: a hundred pass in all, no more."""
    sent = [
        place.gateway.submit((mail if number % 2 else upload)(data=content(number * 8, number * 8 + 8)))
        for number in range(40)
    ]
    large = [place.gateway.submit(mail(data=content(5000 + at, 5150 + at))) for at in (0, 200)]
    found = await asyncio.gather(*large, *sent)
    assert all(one.case for one in found[:2])
    passed = sum(8 for one in found if one.passes)
    assert 90 < passed <= 100
