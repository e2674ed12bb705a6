"""Judge: what the directory, the ledger and the policy say of an inspected transfer. It writes permits' use alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from zoneinfo import ZoneInfo

from dlp import notices
from dlp.directory import Directory
from dlp.inspection import Inspection
from dlp.policy import Policy, decide, tighten
from dlp.ppap import is_locked
from dlp.recipients import split
from dlp.standing import PersonStatus, Standing
from dlp.training import Training
from dlp.transfer import Channel, Transfer
from dlp.verdict import Action, Reason, Verdict
from quarantine.case import LedgerEntry, Notice, Permit
from quarantine.room import Room


@dataclass(frozen=True, kw_only=True, slots=True)
class Surroundings:
    """What the notices of the gateway name: where the console is, who else is told, in which time zone."""

    console: str = ""
    training: Training = Training()  # noqa: RUF009  keeps nothing
    administrators: tuple[str, ...] = ()
    zone: ZoneInfo = ZoneInfo("Asia/Tokyo")  # noqa: RUF009  immutable
    seen: Callable[[Transfer, Standing], None] = lambda transfer, standing: None  # told of each judged transfer
    internal: tuple[str, ...] = ()  # mail domains that get their copy though the rest is held
    password_window: timedelta = timedelta()  # how long a mail's passwords are tried on the sender's other mails


class Judge:
    """Blocks where it asks the room: call it from a thread, `decided` of what is about nobody aside."""

    def __init__(self, *, directory: Directory, room: Room, policy: Policy, around: Surroundings) -> None:
        self.directory, self.policy = directory, policy
        self._room, self._around = room, around

    def standing(self, transfer: Transfer) -> Standing:
        """Who sends it, and how far that person may."""
        serial = transfer.destination[0] if transfer.channel is Channel.MEDIA and transfer.destination else ""
        return self.directory.standing(transfer.channel, transfer.sender, transfer.at, serial, transfer.destination)

    def decided(self, transfer: Transfer, inspection: Inspection, standing: Standing) -> Verdict:
        """What the policy says, given all that this sender has sent out in its windows."""
        exposed = self._exposed(transfer, inspection, standing)
        return decide(
            channel=transfer.channel,
            inspection=inspection,
            standing=standing,
            exposure=exposed.get("days", inspection.subjects),
            policy=self.policy,
            bursts=exposed,
        )

    def _exposed(self, transfer: Transfer, inspection: Inspection, standing: Standing) -> dict[str, int]:
        """Window -> distinct people this sender would have sent out in it, these included."""
        if not standing.person or not inspection.tokens:
            return {}
        windows = tighten(self.policy, standing.leaves_in).exposure.windows()
        if not windows:
            return {}
        since = [transfer.at - window.span for window in windows]
        found = self._room.exposures(standing.person.id, inspection.tokens, since)
        return {window.name: distinct.people for window, distinct in zip(windows, found, strict=True)}

    def surely_held(self, transfer: Transfer, inspection: Inspection, standing: Standing) -> bool:
        """Whether it will be held whatever its sender has sent besides, as far as can be told before its turn."""
        alone = decide(
            channel=transfer.channel,
            inspection=inspection,
            standing=standing,
            exposure=inspection.subjects,
            policy=self.policy,
        )
        if alone.action is not Action.QUARANTINE:
            return False
        if standing.status is PersonStatus.ACTIVE and split(transfer, self._around.internal)[1] is transfer:
            return False
        return (
            standing.person is None
            or transfer.channel is not Channel.WEB
            or not self._room.has_permit(
                person=standing.person.id, digest=transfer.digest, destination=transfer.destination[0], now=transfer.at
            )
        )

    def permitted(
        self, transfer: Transfer, standing: Standing, verdict: Verdict, entry: Callable[[Verdict], LedgerEntry]
    ) -> Verdict | None:
        """ALLOW, where a supervisor has already approved this very content for this host and person; then `entry` of
        that is on record."""
        held_web = transfer.channel is Channel.WEB and verdict.action is Action.QUARANTINE
        if not held_web or standing.person is None or standing.status is not PersonStatus.ACTIVE:
            return None

        def allowed(permit: Permit) -> Verdict:
            reason = Reason("permit", {"case": permit.case})
            return replace(verdict, action=Action.ALLOW, reasons=(reason,), approvals=0)

        permit = self._room.use_permit(
            person=standing.person.id,
            digest=transfer.digest,
            destination=transfer.destination[0],
            now=transfer.at,
            transfer=transfer.id,
            entry=lambda permit: entry(allowed(permit)),
        )
        return None if permit is None else allowed(permit)

    def owed(
        self, transfer: Transfer, verdict: Verdict, inspection: Inspection, standing: Standing
    ) -> tuple[Notice, ...]:
        """Who is told of the verdict, and what."""
        if verdict.action.passes:  # nobody is told, so nobody is looked up
            return ()
        directory = self.directory
        told = [p.mail[0] for p in directory.administrators() if p.mail]
        return notices.on_verdict(
            transfer,
            verdict,
            inspection,
            standing,
            console=self._around.console,
            deciders=directory.deciders(standing.person, transfer.at),
            administrators=[*self._around.administrators, *told],
            zone=self._around.zone,
            training=self._around.training,
        )


def is_nobodys(inspection: Inspection) -> bool:
    """Whether nothing that this sender sends besides could matter to it, nor it to that: nobody in it to be counted
    with others, no password given, nothing locked that one would open."""
    return not inspection.tokens and not inspection.passwords and not is_locked(inspection)


def stays_inside(verdict: Verdict, case: str = "") -> Verdict:
    """The verdict on what goes to internal recipients: it passes, and what else was found is still told."""
    reason = Reason("inside_of_case", {"case": case}) if case else Reason("inside")
    return replace(verdict, action=Action.MONITOR, reasons=(reason, *verdict.reasons), approvals=0, reportable=())
