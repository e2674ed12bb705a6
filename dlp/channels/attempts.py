"""Logins that failed at a channel: told to the record without flooding it, and held off where somebody guesses."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable

_PAUSE = 60.0  # seconds: who goes on trying is one entry a minute, not hundreds
_WHILE = 600.0  # seconds in which guesses add up
_OF_ONE_LOGIN = 10  # from one address
_OF_AN_ADDRESS = 50
_MOST = 10_000  # places that are remembered


class Attempts:
    """`who` names the person of a login as typed ("unknown": nobody's, for what was typed may be a password); `told`
    gets that name and how many attempts failed since it was last told of it."""

    def __init__(
        self,
        who: Callable[[str], str] = lambda login: "unknown",
        told: Callable[[str, int], None] = lambda who, attempts: None,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._who, self._told, self._clock = who, told, clock
        self._lock = threading.Lock()
        self._failed: dict[str, tuple[float, int]] = {}  # person -> last told, attempts since
        self._guesses: OrderedDict[tuple[str, str], tuple[float, int]] = OrderedDict()  # -> since when, how many

    def failed(self, login: str, address: str = "") -> None:
        """One more, from `address` where guesses from there are held off."""
        with self._lock:
            if address:
                self._count((address, login))
                self._count((address, ""))
            self._tell(self._who(login))

    def guesses(self, login: str, address: str) -> bool:
        """Whether so many have failed of late that this one is not worth asking."""
        with self._lock:
            return (
                self._of_late((address, login))[1] >= _OF_ONE_LOGIN or self._of_late((address, ""))[1] >= _OF_AN_ADDRESS
            )

    def _of_late(self, place: tuple[str, str]) -> tuple[float, int]:
        now = self._clock()
        since, count = self._guesses.get(place, (now, 0))
        return (since, count) if now - since < _WHILE else (now, 0)

    def _count(self, place: tuple[str, str]) -> None:
        since, count = self._of_late(place)
        self._guesses[place] = since, count + 1
        self._guesses.move_to_end(place)
        if len(self._guesses) > _MOST:
            self._guesses.popitem(last=False)

    def _tell(self, person: str) -> None:
        now, (last, attempts) = self._clock(), self._failed.get(person, (float("-inf"), 0))
        attempts += 1
        if now - last >= _PAUSE:
            # A thread of its own: a channel's loop must not wait for the disk, nor fail when it is full.
            threading.Thread(target=self._told, args=(person, attempts), name="attempts").start()
            last, attempts = now, 0
        self._failed[person] = last, attempts
