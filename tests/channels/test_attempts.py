"""Logins that failed: told once a minute with how many they were, and held off where somebody guesses."""

from __future__ import annotations

import threading

import pytest

from dlp.channels import attempts as module
from dlp.channels.attempts import Attempts


class Place:
    """A record, and a clock that goes when it is told to."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.told: list[tuple[str, int]] = []
        self.attempts = Attempts(
            lambda login: {"clerk": "E001", "CLERK": "E001"}.get(login, "unknown"),
            lambda who, count: self.told.append((who, count)),
            clock=lambda: self.now,
        )

    def fail(self, login: str, times: int = 1, address: str = "") -> None:
        for _ in range(times):
            self.attempts.failed(login, address)
        for thread in threading.enumerate():
            if thread.name == "attempts":
                thread.join(30)


def test_one_entry_a_minute_and_person_and_none_is_missed() -> None:
    place = Place()
    place.fail("clerk", 3)
    place.fail("CLERK")
    place.fail("a password typed as a login")
    place.fail("another")
    assert place.told == [("E001", 1), ("unknown", 1)]
    place.now += 61
    place.fail("clerk")
    assert place.told[2:] == [("E001", 4)]


def test_a_guesser_is_held_off_for_a_while_and_nobody_else() -> None:
    place = Place()
    place.fail("clerk", 9, "192.0.2.1")
    assert not place.attempts.guesses("clerk", "192.0.2.1")
    place.fail("clerk", 1, "192.0.2.1")
    assert place.attempts.guesses("clerk", "192.0.2.1")
    assert not place.attempts.guesses("other", "192.0.2.1")
    assert not place.attempts.guesses("clerk", "192.0.2.2")
    place.now += 601
    assert not place.attempts.guesses("clerk", "192.0.2.1")
    place.fail("clerk", 1, "192.0.2.1")
    assert not place.attempts.guesses("clerk", "192.0.2.1")


def test_who_tries_many_logins_is_held_off_altogether() -> None:
    place = Place()
    for number in range(50):
        assert not place.attempts.guesses(f"u{number}", "192.0.2.1")
        place.fail(f"u{number}", 1, "192.0.2.1")
    assert place.attempts.guesses("clerk", "192.0.2.1")


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_MOST", 20)
    place = Place()
    for number in range(100):
        place.fail(f"u{number}", 1, f"192.0.2.{number}")
    assert len(place.attempts._guesses) == 20
