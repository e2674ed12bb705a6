"""decide(): what was read and who sent it, in; a Verdict out. Pure."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import timedelta
from typing import Any, NamedTuple

from dlp.errors import ConfigError
from dlp.finding import Category
from dlp.inspection import Inspection
from dlp.standing import Device, DeviceStatus, LoanStatus, Person, PersonStatus, Standing
from dlp.transfer import Channel
from dlp.verdict import Action, Reason, Verdict

_ORDER = tuple(Action)


@dataclass(frozen=True, kw_only=True, slots=True)
class Hold:
    """From how many people on a supervisor decides; 0 switches a rule off."""

    subjects: int = 11
    individual_number: int = 1
    sensitive: int = 1
    financial: int = 1


@dataclass(frozen=True, kw_only=True, slots=True)
class Bulk:
    """From how many people on a release needs several approvers and a leak would be reportable."""

    subjects: int = 101  # 規則43条4号: 百人を超える
    approvals: int = 2


@dataclass(frozen=True, kw_only=True, slots=True)
class Record:
    """From how many people on a transfer that passes is marked."""

    subjects: int = 1


@dataclass(frozen=True, kw_only=True, slots=True)
class ExposureLimit:
    """How many distinct people a sender may send out within a window, all channels together."""

    days: int = 30
    subjects: int = 101
    hour: int = 0  # limits of shorter windows; 0: none
    day: int = 0
    week: int = 0

    def windows(self) -> tuple[Window, ...]:
        """Those that have a limit."""
        spans = (("hour", 1, self.hour), ("day", 24, self.day), ("week", 168, self.week))
        short = tuple(Window(name, timedelta(hours=hours), limit) for name, hours, limit in spans if limit)
        return (*short, Window("days", timedelta(days=self.days), self.subjects)) if self.subjects else short


class Window(NamedTuple):
    """A span of time and how many distinct people are too many in it."""

    name: str  # "hour", "day", "week", "days"
    span: timedelta
    limit: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Leaving:
    """Limits in the last days of an employment, where they are lower than everybody's; 0: everybody's."""

    days: int = 30  # before the end date; 0 switches the section off
    subjects: int = 1  # from so many people on a supervisor decides
    bulk: int = 11  # from so many on two approvers
    exposure: int = 11  # distinct people within the window of [exposure]


@dataclass(frozen=True, kw_only=True, slots=True)
class Media:
    """What a write to a device needs besides a registered device in a good state; 0 switches a rule off."""

    require_loan: int = 0  # 1: a valid loan (申請・承認・持出し) of this device by this person
    own_department: int = 0  # 1: without a loan only the device's own department and its custodian may write
    number_approval: int = 1  # 1: マイナンバー利用事務系 only with the IT department head's approval


@dataclass(frozen=True, kw_only=True, slots=True)
class Otherwise:
    """What happens when something other than a count of people speaks."""

    unread: Action = Action.QUARANTINE
    marking: Action = Action.MONITOR
    separate_password: Action = Action.MONITOR  # a locked file and its password in two mails (PPAP)
    unknown_sender: Action = Action.QUARANTINE
    stale_people: Action = Action.QUARANTINE
    retired: Action = Action.BLOCK
    not_started: Action = Action.BLOCK
    absent: Action = Action.BLOCK
    disabled: Action = Action.BLOCK
    unregistered_device: Action = Action.BLOCK
    lost_device: Action = Action.BLOCK
    retired_device: Action = Action.BLOCK
    returned_device: Action = Action.BLOCK
    no_loan: Action = Action.BLOCK
    other_department: Action = Action.BLOCK
    number_work: Action = Action.BLOCK


@dataclass(frozen=True, kw_only=True, slots=True)
class Policy:
    """signatures/policy.toml, read."""

    hold: Hold = field(default_factory=Hold)
    bulk: Bulk = field(default_factory=Bulk)
    record: Record = field(default_factory=Record)
    exposure: ExposureLimit = field(default_factory=ExposureLimit)
    leaving: Leaving = field(default_factory=Leaving)
    media: Media = field(default_factory=Media)
    otherwise: Otherwise = field(default_factory=Otherwise)


#: Notes of an inspection that say so.
_SEPARATE = ("password_in_other_mail", "password_of_other_mail")

_SECTIONS = {
    "hold": Hold,
    "bulk": Bulk,
    "record": Record,
    "exposure": ExposureLimit,
    "leaving": Leaving,
    "media": Media,
    "otherwise": Otherwise,
}


def load(text: str) -> Policy:
    """Read policy.toml. Raises ConfigError naming the section and key that is wrong."""
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"policy.toml: {error}") from None
    sections: dict[str, Any] = {}
    for name, values in raw.items():
        if name not in _SECTIONS or not isinstance(values, dict):
            raise ConfigError(f"policy.toml: unknown section [{name}]; known: {', '.join(_SECTIONS)}")
        sections[name] = _section(name, values)
    return Policy(**sections)


def _section(name: str, values: dict[str, Any]) -> Any:
    cls = _SECTIONS[name]
    known = {f.name for f in fields(cls)}
    read: dict[str, Any] = {}
    for key, value in values.items():
        where = f"policy.toml [{name}] {key}"
        if key not in known:
            raise ConfigError(f"{where}: unknown; known: {', '.join(sorted(known))}")
        if cls is Otherwise:
            if value not in {action.value for action in Action}:
                raise ConfigError(f"{where}: {value!r} is none of {', '.join(Action)}")
            read[key] = Action(value)
        elif isinstance(value, bool) or not isinstance(value, int) or value < 0:
            raise ConfigError(f"{where}: {value!r} is not a whole number of 0 or more")
        else:
            read[key] = value
    if name == "bulk" and not 1 <= read.get("approvals", 2) <= 2:
        raise ConfigError("policy.toml [bulk] approvals: 1 or 2")
    return cls(**read)


@dataclass(slots=True)
class _Draft:
    """A verdict while it is being made: the strongest action so far, and why."""

    action: Action = Action.ALLOW
    reasons: list[Reason] = field(default_factory=list)
    approvals: int = 1
    reportable: list[str] = field(default_factory=list)

    def say(self, action: Action, code: str, **values: int | str) -> None:
        if _ORDER.index(action) > _ORDER.index(self.action):
            self.action = action
        self.reasons.append(Reason(code, values))


def decide(
    *,
    channel: Channel,
    inspection: Inspection,
    standing: Standing,
    exposure: int,
    policy: Policy,
    bursts: Mapping[str, int] | None = None,
) -> Verdict:
    """The verdict on one transfer.

    `exposure` counts the distinct people this sender would have sent out in the policy's window,
    those of this transfer included; `bursts` the same in shorter windows by their names. Blocking
    looks at standing alone; holding looks at the upper bound of the count, so that doubt holds.
    """
    draft, everybodys = _Draft(), policy
    policy = tighten(policy, standing.leaves_in)
    _judge_sender(draft, standing, policy.otherwise)
    if inspection.subjects and policy is not everybodys:
        draft.say(Action.MONITOR, "leaving", days=standing.leaves_in or 0)
    if channel is Channel.MEDIA:
        for action, code, values in device_faults(standing, policy):
            draft.say(action, code, **values)
    _judge_people(draft, inspection, policy, reportable=everybodys.bulk.subjects)
    if inspection.subjects:
        _judge_exposure(draft, inspection, policy, {**(bursts or {}), "days": exposure})
    _judge_rest(draft, inspection, policy.otherwise)
    if draft.action is Action.QUARANTINE and standing.supervisor is None:
        draft.say(Action.QUARANTINE, "no_supervisor")
    if not draft.reasons:
        draft.say(Action.ALLOW, "clean")
    return Verdict(
        action=draft.action,
        reasons=tuple(draft.reasons),
        ruleset=inspection.ruleset,
        approvals=draft.approvals if draft.action is Action.QUARANTINE else 0,
        reportable=tuple(dict.fromkeys(draft.reportable)),
    )


def tighten(policy: Policy, leaves_in: int | None) -> Policy:
    """The policy for somebody whose employment ends in `leaves_in` days (None: no end is known); never a looser one."""
    leaving = policy.leaving
    if leaves_in is None or not leaving.days or not 0 <= leaves_in <= leaving.days:
        return policy
    return replace(
        policy,
        hold=replace(policy.hold, subjects=_lower(policy.hold.subjects, leaving.subjects)),
        bulk=replace(policy.bulk, subjects=_lower(policy.bulk.subjects, leaving.bulk)),
        exposure=replace(policy.exposure, subjects=_lower(policy.exposure.subjects, leaving.exposure)),
    )


def _lower(limit: int, other: int) -> int:
    """The lower of two limits, of which 0 is none."""
    return min((number for number in (limit, other) if number), default=0)


def _judge_sender(draft: _Draft, standing: Standing, otherwise: Otherwise) -> None:
    status = standing.status
    if status is PersonStatus.RETIRED:
        end = standing.person.end if standing.person else None
        draft.say(otherwise.retired, "retired", end=end.isoformat() if end else "-")
    elif status is PersonStatus.NOT_STARTED:
        draft.say(otherwise.not_started, "not_started")
    elif status is PersonStatus.ABSENT:
        draft.say(otherwise.absent, "absent")
    elif status is PersonStatus.DISABLED:
        draft.say(otherwise.disabled, "disabled")
    elif status is PersonStatus.UNKNOWN:
        draft.say(otherwise.unknown_sender, "unknown_sender")
    elif status is PersonStatus.STALE:
        draft.say(otherwise.stale_people, "stale_people")
    if standing.exception:
        draft.say(Action.MONITOR, "exception", number=standing.exception)


def device_faults(standing: Standing, policy: Policy) -> Iterator[tuple[Action, str, dict[str, int | str]]]:
    """What stands against a write to this device by this person, whatever the content: action, reason, values."""
    otherwise, status = policy.otherwise, standing.device_status
    if status is DeviceStatus.FROZEN:
        yield otherwise.lost_device, "device_frozen", {}
    elif status is DeviceStatus.LOST:
        yield otherwise.lost_device, "device_lost", {}
    elif status is DeviceStatus.RETIRED:
        yield otherwise.retired_device, "device_retired", {}
    elif status is DeviceStatus.RETURNED:
        yield otherwise.returned_device, "device_returned", {}
    elif status is None or status is DeviceStatus.UNREGISTERED:
        yield otherwise.unregistered_device, "device_unregistered", {}
    elif standing.other_stick:
        yield otherwise.unregistered_device, "device_other_stick", {}
    else:
        yield from _user_faults(standing, policy)


def may_write(standing: Standing, policy: Policy) -> bool:
    """Whether this person may write to this device at all now, whatever the content."""
    refused = any(action is Action.BLOCK for action, _, _ in device_faults(standing, policy))
    return standing.status is PersonStatus.ACTIVE and not refused


def _user_faults(standing: Standing, policy: Policy) -> Iterator[tuple[Action, str, dict[str, int | str]]]:
    """Whether a sender may use a device that is in a good state."""
    device, person, loan = standing.device, standing.person, standing.loan
    if person is None or device is None:  # an unknown sender is judged as such
        return
    rules, otherwise = policy.media, policy.otherwise
    if standing.loan_status is LoanStatus.OTHERS:
        yield otherwise.no_loan, "loan_others", {}
    elif standing.loan_status is LoanStatus.EXPIRED:
        yield otherwise.no_loan, "loan_expired", {}
    elif rules.require_loan and loan is None:
        begun = standing.loan_status is not LoanStatus.NOT_BEGUN
        yield otherwise.no_loan, "loan_missing" if begun else "loan_not_begun", {}
    elif rules.own_department and loan is None and not _own(device, person):
        yield otherwise.other_department, "device_other_department", {}
    numbers = device.number_work or bool(person.duties)
    if rules.number_approval and numbers and not (loan and loan.number_work):
        yield otherwise.number_work, "number_work", {}


def _own(device: Device, person: Person) -> bool:
    return device.department in ("", person.department) or device.holder == person.id


def _judge_people(draft: _Draft, inspection: Inspection, policy: Policy, *, reportable: int) -> None:
    """`reportable`: from so many people on a leak is reportable, which no tighter limit changes."""
    people, counts, hold = max(inspection.subjects, inspection.upper), inspection.counts, policy.hold
    shown = inspection.subjects or people  # where nobody is certain, how many there may be
    if 0 < policy.bulk.subjects <= people:
        draft.say(Action.QUARANTINE, "bulk_subjects", subjects=shown, limit=policy.bulk.subjects - 1)
        draft.approvals = policy.bulk.approvals
        if reportable <= people:
            draft.reportable.append("4")
    elif 0 < hold.subjects <= people:
        draft.say(Action.QUARANTINE, "some_subjects" if inspection.subjects else "perhaps_subjects", subjects=shown)
    elif 0 < policy.record.subjects <= people:
        draft.say(Action.MONITOR, "few_subjects", subjects=shown)
    numbers = counts.get(Category.INDIVIDUAL_NUMBER, 0)
    if 0 < hold.individual_number <= numbers:
        draft.say(Action.QUARANTINE, "individual_number", count=numbers)
    sensitive = counts.get(Category.SENSITIVE, 0)
    if 0 < hold.sensitive <= sensitive:
        draft.say(Action.QUARANTINE, "sensitive", count=sensitive)
        draft.reportable.insert(0, "1")
    financial = max(counts.get(Category.BANK_ACCOUNT, 0), counts.get(Category.CARD, 0))
    if 0 < hold.financial <= financial:
        draft.say(Action.QUARANTINE, "financial", count=financial)
        draft.reportable.insert(0, "2")
    draft.reportable.sort()


def _judge_exposure(draft: _Draft, inspection: Inspection, policy: Policy, exposed: Mapping[str, int]) -> None:
    """The longest window that is over its limit; silent where the transfer alone is, and is held for that."""
    for name, span, limit in reversed(policy.exposure.windows()):
        people = exposed.get(name, 0)
        if people < limit or (people <= inspection.subjects and draft.action is Action.QUARANTINE):
            continue
        code = "exposure_hour" if name == "hour" else "exposure"
        draft.say(Action.QUARANTINE, code, days=max(1, span.days), subjects=people, limit=limit - 1)
        draft.approvals = max(draft.approvals, policy.bulk.approvals)
        return


def _judge_rest(draft: _Draft, inspection: Inspection, otherwise: Otherwise) -> None:
    if inspection.unread:
        draft.say(otherwise.unread, "unread", count=len(inspection.unread))
        for why in sorted({unread.why for unread in inspection.unread}):
            draft.say(Action.ALLOW, f"unread.{why}")
    for note in inspection.notes:
        draft.say(otherwise.separate_password if note in _SEPARATE else Action.ALLOW, note)
    markings = {f.signature for f in inspection.findings if f.category == "marking"}
    for title in sorted(markings):
        draft.say(otherwise.marking, "marking", title=title)
