"""Alarms: what has gone wrong and stays wrong until somebody mends it. Told once, shown until it is over."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from dlp.texts import ALARMS, pick
from quarantine.audit import Event
from quarantine.case import Notice, RoomError
from quarantine.room import Room

log = logging.getLogger(__name__)


class Alarms:
    """The alarms of one gateway. Thread-safe. Raising one is an audit entry and a notice; it blocks nothing."""

    def __init__(self, room: Room, told: Callable[[], Sequence[str]] = lambda: ()) -> None:
        """`told` gives the mail addresses that are to know."""
        self._room = room
        self._told = told
        self._guard = threading.Lock()
        self._standing: dict[str, datetime] = {}

    def standing(self) -> dict[str, datetime]:
        """Code -> since when."""
        with self._guard:
            return dict(self._standing)

    def sound(self, code: str) -> None:
        """Something is wrong; the same again changes nothing."""
        now = datetime.now(UTC)
        with self._guard:
            if code in self._standing:
                return
            self._standing[code] = now
        log.error("alarm", extra={"code": code})
        self._enter("alarm", code, [_notice(to, code) for to in self._told()])

    def over(self, code: str) -> None:
        """It is mended."""
        with self._guard:
            if self._standing.pop(code, None) is None:
                return
        log.info("alarm is over", extra={"code": code})
        self._enter("alarm over", code, [])

    def _enter(self, word: str, code: str, notices: list[Notice]) -> None:
        event = Event(at=datetime.now(UTC), actor="gateway", event=word, subject=code)
        try:
            self._room.enter([event], notices)
        except RoomError:  # a full disk, which is itself an alarm: the log and the console still tell
            log.error("an alarm is not on record", extra={"code": code})


def _notice(to: str, code: str) -> Notice:
    japanese, english = (pick(ALARMS, code, lang) for lang in ("ja", "en"))
    return Notice(to=to, subject=f"【関所・警報】{japanese}", body=f"{japanese}\n\n----\n{english}\n")
