"""Outcomes that could not be written: kept, tried again, bounded."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from dlp.unrecorded import Unrecorded
from quarantine.audit import Event
from quarantine.case import RoomError, RoomUnavailable
from quarantine.stores.base import Concluded

SOON = (0.001, 0.002)
LATE = (3600.0, 3600.0)


def outcome(transfer: str, word: str = "delivered", detail: bytes = b"") -> Concluded:
    return Concluded(transfer, word, detail, Event(at=datetime.now(UTC), actor="gateway", event="outcome"))


class Book:
    """A room that takes nothing while it is closed, nothing of `unknown` ever, and `amiss` for no reason it knows."""

    def __init__(self) -> None:
        self.open, self.unknown = False, {"unknown"}
        self.taken: list[tuple[str, str]] = []
        self.asked: list[int] = []
        self.amiss: Exception | None = None

    def write(self, ended: Sequence[Concluded]) -> list[BaseException | None]:
        self.asked.append(len(ended))
        if self.amiss is not None:
            raise self.amiss
        if not self.open:
            return [RoomUnavailable("full")] * len(ended)
        self.taken += [(one.transfer, one.word) for one in ended if one.transfer not in self.unknown]
        return [RoomError("no such transfer") if one.transfer in self.unknown else None for one in ended]


def until_empty(kept: Unrecorded) -> None:
    until = time.monotonic() + 20
    while len(kept) or kept._thread is not None:
        assert time.monotonic() < until
        time.sleep(0.001)


def test_what_could_not_be_written_is_told_again_until_it_is() -> None:
    book = Book()
    kept = Unrecorded(book.write, pauses=SOON)
    for number in range(100):
        kept.add(outcome(str(number)))
    while len(book.asked) < 3:
        time.sleep(0.001)
    assert (set(book.asked), len(kept), kept.words()["7"]) == ({1}, 100, "delivered")
    book.open = True
    until_empty(kept)
    assert sorted(int(transfer) for transfer, _ in book.taken) == list(range(100))
    assert (kept.words(), kept._bytes) == ({}, 0)
    kept.add(outcome("later"))  # and another time
    until_empty(kept)
    assert book.taken[-1] == ("later", "delivered")


def test_the_last_word_of_a_transfer_stands() -> None:
    book = Book()
    kept = Unrecorded(book.write, pauses=LATE)
    kept.add(outcome("a", "failed"))
    kept.add(outcome("a", "delivered"))
    book.open = True
    kept.drain(5)
    assert book.taken == [("a", "delivered")]


@pytest.mark.parametrize("bound", [{"most": 3}, {"room": 3 * 2048}], ids=["count", "bytes"])
def test_it_says_when_it_is_full(bound: dict[str, int]) -> None:
    kept = Unrecorded(Book().write, pauses=LATE, **bound)
    for number in range(3):
        assert not kept.full
        kept.add(outcome(str(number), detail=bytes(1024)))
    assert kept.full


def test_what_can_never_be_written_is_given_up_and_keeps_nothing_waiting(caplog: pytest.LogCaptureFixture) -> None:
    book = Book()
    book.open = True
    kept = Unrecorded(book.write, pauses=LATE)
    kept.add(outcome("unknown"))
    kept.add(outcome("known"))
    kept.drain(5)
    assert (book.taken, len(kept)) == ([("known", "delivered")], 0)
    assert "outcome not recorded" in caplog.messages


def test_whatever_goes_wrong_in_writing_it_is_tried_again(caplog: pytest.LogCaptureFixture) -> None:
    book = Book()
    book.open, book.amiss = True, ValueError("nobody foresaw this")
    kept = Unrecorded(book.write, pauses=SOON)
    kept.add(outcome("a"))
    while not book.asked:
        time.sleep(0.001)
    book.amiss = None
    until_empty(kept)
    assert book.taken == [("a", "delivered")]


def test_what_is_left_at_the_end_is_in_the_log_without_its_detail(caplog: pytest.LogCaptureFixture) -> None:
    kept = Unrecorded(Book().write, pauses=SOON)
    kept.add(outcome("a", detail=b"sealed"))
    kept.drain(0.01)
    (said,) = [one for one in caplog.records if one.message == "an outcome is lost"]
    assert (said.transfer, said.word) == ("a", "delivered")  # type: ignore[attr-defined]
    assert "sealed" not in caplog.text


def test_one_that_the_room_alone_will_not_take_keeps_no_other_waiting() -> None:
    """Wherever it stands, and whatever it does to those in one commit with it."""
    taken = list[str]()

    def write(ended: Sequence[Concluded]) -> list[BaseException | None]:
        if any(one.transfer == "odd" for one in ended):
            return [RoomUnavailable("a torn page")] * len(ended)
        taken.extend(one.transfer for one in ended)
        return [None] * len(ended)

    for place in (0, 1, 50, 99):
        kept = Unrecorded(write, pauses=LATE)
        for number in range(100):
            kept.add(outcome("odd" if number == place else str(number)))
        taken.clear()
        kept._tried()
        kept._tried()
        assert (len(taken), list(kept.words())) == (99, ["odd"])


def test_without_a_thread_an_outcome_waits_for_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    book = Book()
    kept = Unrecorded(book.write, pauses=SOON)
    with monkeypatch.context() as patch:

        def none_left(thread: threading.Thread) -> None:
            raise RuntimeError("can't start new thread")

        patch.setattr(threading.Thread, "start", none_left)
        kept.add(outcome("a"))
    book.open = True
    kept.add(outcome("b"))
    until_empty(kept)
    assert [transfer for transfer, _ in book.taken] == ["a", "b"]


def test_what_comes_after_the_end_is_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    kept = Unrecorded(Book().write, pauses=SOON)
    kept.drain(0.0)
    kept.add(outcome("a"))
    assert "an outcome is lost" in caplog.messages
