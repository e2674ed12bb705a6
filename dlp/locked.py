"""Mails that are held for what is locked in them, and the mails of their senders that bring the passwords (PPAP)."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from dataclasses import replace
from datetime import timedelta

from dlp.incident import transfer_of
from dlp.inspection import Inspection
from dlp.inspector import Inspector
from dlp.ppap import Passwords, is_locked, share_a_recipient, unlocked
from dlp.transfer import Channel, Transfer
from quarantine.case import NoSuchCase, Purged, RoomError, SealBroken
from quarantine.room import Room

log = logging.getLogger(__name__)

_BESIDE = 32 * 1024 * 1024  # bytes of held mails that are read again beside the one that brings a password


class LockedMails:
    """Those of one room. `window`: for how long a mail's passwords are tried on its sender's other mails."""

    def __init__(self, room: Room, inspector: Inspector, window: timedelta) -> None:
        self._room, self._inspector = room, inspector
        self._passwords = Passwords(window)

    async def opened_by(self, mail: Transfer, inspection: Inspection) -> tuple[Inspection, list[str]]:
        """The inspection of a mail with what the sender's earlier mails give as passwords, and with what it opens of
        those; the cases that are. One sender's mails come here one after the other, so that of two that belong
        together one always meets what the other left."""
        if mail.channel is not Channel.MAIL or not self._passwords.window:
            return inspection, []
        words = self._passwords.before(mail)
        if words and is_locked(inspection):
            inspection = unlocked(inspection, await self._inspector.inspect(mail, passwords=words))
        if not inspection.passwords:
            return inspection, []
        self._passwords.keep(mail, inspection.passwords)
        cases = await asyncio.to_thread(self._locked, mail)
        if not cases:
            return inspection, []
        found = await self._inspector.inspect(mail, passwords=words, beside=tuple(cases.values()))
        if not found.unlocked:
            return inspection, []
        return found, [case for case, transfer in cases.items() if transfer.id in found.unlocked]

    def _locked(self, mail: Transfer) -> dict[str, Transfer]:
        """This sender's mails to the same people that are held for what is locked in them, by their cases."""
        found: dict[str, Transfer] = {}
        size = 0
        for case_id in self._room.locked(mail.sender, mail.at - self._passwords.window):
            with contextlib.suppress(NoSuchCase, SealBroken, Purged):  # the room has it on record
                case = self._room.case(case_id)
                fits = size + case.entry.size <= _BESIDE
                if fits and share_a_recipient(mail.destination, case.entry.destination):
                    size += case.entry.size
                    content = self._room.content(case_id, "gateway", "password")
                    found[case_id] = replace(transfer_of(case, content), name=f"case {case_id}")
        return found

    def note(self, case: str, mail: str, subjects: int) -> None:
        """Put on record that a mail's password opened a held one. A fault is logged, not raised: the mail is accepted,
        and would be a second time; the next one with this password opens the case again."""
        try:
            self._room.note("gateway", "password", {"mail": mail, "subjects": subjects}, subject=case)
        except RoomError as error:
            log.error("that a case was opened is not on record", extra={"case": case, "error": type(error).__name__})
