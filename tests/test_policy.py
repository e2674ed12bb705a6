from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlp.errors import ConfigError
from dlp.finding import Finding, Unread
from dlp.inspection import Inspection
from dlp.policy import Leaving, Media, Policy, decide, device_faults, load, tighten
from dlp.standing import Device, DeviceStatus, Loan, LoanStatus, Person, PersonStatus, Standing
from dlp.transfer import Channel
from dlp.verdict import Action, Verdict

BOSS = Person(id="S1", name="上司")
CLERK = Person(id="E1", name="職員", supervisor="S1", end=date(2018, 12, 21))
FINE = Standing(status=PersonStatus.ACTIVE, person=CLERK, supervisor=BOSS)
SHIPPED = load((Path(__file__).parents[1] / "signatures" / "policy.toml").read_text(encoding="utf-8"))


def read(subjects: int = 0, upper: int | None = None, **counts: int) -> Inspection:
    return Inspection(
        subjects=subjects, lower=subjects, upper=upper or subjects, counts=counts, ruleset="r", bytes=1, seconds=0.1
    )


def judge(
    inspection: Inspection,
    *,
    standing: Standing = FINE,
    channel: Channel = Channel.MAIL,
    exposure: int | None = None,
    policy: Policy = SHIPPED,
    bursts: dict[str, int] | None = None,
) -> Verdict:
    exposed = inspection.subjects if exposure is None else exposure
    return decide(
        channel=channel, inspection=inspection, standing=standing, exposure=exposed, policy=policy, bursts=bursts
    )


def codes(verdict: Verdict) -> list[str]:
    return [reason.code for reason in verdict.reasons]


def test_the_shipped_policy_is_the_default_policy() -> None:
    assert Policy() == SHIPPED


@pytest.mark.parametrize(
    ("subjects", "action", "approvals"),
    [
        (0, Action.ALLOW, 0),
        (1, Action.MONITOR, 0),
        (10, Action.MONITOR, 0),
        (11, Action.QUARANTINE, 1),
        (100, Action.QUARANTINE, 1),
        (101, Action.QUARANTINE, 2),  # 規則43条4号: more than one hundred
        (31429, Action.QUARANTINE, 2),
    ],
)
def test_people_decide(subjects: int, action: Action, approvals: int) -> None:
    verdict = judge(read(subjects))
    assert (verdict.action, verdict.approvals) == (action, approvals)
    assert verdict.reportable == (("4",) if subjects > 100 else ())


def test_doubt_holds() -> None:
    assert judge(read(8, upper=12)).action is Action.QUARANTINE


@pytest.mark.parametrize("kind", ["individual_number", "sensitive", "bank_account", "card"])
def test_one_person_is_enough(kind: str) -> None:
    assert judge(read(1, **{kind: 1})).action is Action.QUARANTINE


def test_reportable_items_name_the_rule() -> None:
    assert judge(read(150, sensitive=3, bank_account=2)).reportable == ("1", "2", "4")


def test_exposure_counts_what_went_before() -> None:
    assert judge(read(5), exposure=100).action is Action.MONITOR
    held = judge(read(5), exposure=101)
    assert held.action is Action.QUARANTINE
    assert held.approvals == 2
    assert "exposure" in codes(held)
    assert judge(read(0), exposure=5000).action is Action.ALLOW


@pytest.mark.parametrize(
    ("bursts", "said"),
    [
        ({"hour": 19, "day": 39, "week": 59}, {}),
        ({"hour": 20}, {"code": "exposure_hour", "days": 1, "subjects": 20, "limit": 19}),
        ({"hour": 25, "day": 40}, {"code": "exposure", "days": 1, "subjects": 40, "limit": 39}),
        ({"hour": 5, "day": 45, "week": 60}, {"code": "exposure", "days": 7, "subjects": 60, "limit": 59}),
        ({"hour": 20, "days": 200}, {"code": "exposure", "days": 30, "subjects": 101, "limit": 100}),
    ],
)
def test_each_window_has_a_limit_of_its_own(bursts: dict[str, int], said: dict[str, object]) -> None:
    policy = load("[exposure]\nhour = 20\nday = 40\nweek = 60\n")
    verdict = judge(read(5), policy=policy, bursts=bursts, exposure=101 if "days" in bursts else 5)
    found = [{"code": r.code, **r.values} for r in verdict.reasons if r.code.startswith("exposure")]
    assert found == ([said] if said else [])
    assert verdict.action is (Action.QUARANTINE if said else Action.MONITOR)


def test_a_limit_below_that_of_a_single_transfer_holds_a_single_transfer() -> None:
    verdict = judge(read(7), policy=load("[exposure]\nsubjects = 5\n"))
    assert (verdict.action, verdict.approvals) == (Action.QUARANTINE, 2)
    assert "exposure" not in codes(judge(read(150)))


@pytest.mark.parametrize(
    ("status", "action"),
    [
        (PersonStatus.RETIRED, Action.BLOCK),
        (PersonStatus.NOT_STARTED, Action.BLOCK),
        (PersonStatus.UNKNOWN, Action.QUARANTINE),
        (PersonStatus.STALE, Action.QUARANTINE),
    ],
)
@pytest.mark.parametrize("channel", list(Channel))
def test_standing_decides_on_every_channel(status: PersonStatus, action: Action, channel: Channel) -> None:
    standing = Standing(status=status, person=CLERK, supervisor=BOSS, device_status=DeviceStatus.IN_USE)
    assert judge(read(0), standing=standing, channel=channel).action is action


@pytest.mark.parametrize("state", [DeviceStatus.UNREGISTERED, DeviceStatus.LOST, DeviceStatus.RETIRED, None])
def test_a_device_not_in_use_is_refused_whatever_is_written(state: DeviceStatus | None) -> None:
    standing = Standing(status=PersonStatus.ACTIVE, person=CLERK, supervisor=BOSS, device_status=state)
    assert judge(read(0), standing=standing, channel=Channel.MEDIA).action is Action.BLOCK


def test_what_cannot_be_read_is_held() -> None:
    inspection = Inspection(subjects=0, lower=0, upper=0, counts={}, unread=(Unread(("a",), "encrypted"),))
    verdict = judge(inspection)
    assert verdict.action is Action.QUARANTINE
    assert codes(verdict) == ["unread", "unread.encrypted"]


def test_nobody_to_decide_means_it_stays_held() -> None:
    alone = Standing(status=PersonStatus.ACTIVE, person=CLERK)
    verdict = judge(read(50), standing=alone)
    assert verdict.action is Action.QUARANTINE
    assert "no_supervisor" in codes(verdict)


def test_a_marking_alone_is_watched() -> None:
    mark = Finding(
        signature="confidentiality-marking",
        revision=1,
        category="marking",
        part=("a",),
        place="",
        count=1,
        confidence=1,
    )
    inspection = Inspection(subjects=0, lower=0, upper=0, counts={}, findings=(mark,))
    assert judge(inspection).action is Action.MONITOR


def test_zero_switches_a_rule_off() -> None:
    zero = "[hold]\nsubjects = 0\nindividual_number = 0\n[bulk]\nsubjects = 0\n[record]\nsubjects = 0\n"
    off = load(zero + "[exposure]\nsubjects = 0\n")
    assert judge(read(5000, individual_number=9), policy=off).action is Action.ALLOW


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[hold]\npeople = 3\n", "[hold] people"),
        ("[held]\nsubjects = 3\n", "[held]"),
        ("[hold]\nsubjects = -1\n", "-1"),
        ("[hold]\nsubjects = true\n", "True"),
        ('[otherwise]\nunread = "pass"\n', "pass"),
        ("[bulk]\napprovals = 0\n", "approvals"),
        ("[hold\n", "policy.toml"),
    ],
)
def test_a_wrong_policy_is_refused_by_name(text: str, says: str) -> None:
    with pytest.raises(ConfigError, match=says.replace("[", r"\[").replace("]", r"\]")):
        load(text)


def leaving(days: int | None, **more: object) -> Standing:
    return replace(FINE, leaves_in=days, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("days", "subjects", "action", "approvals"),
    [
        (31, 10, Action.MONITOR, 0),
        (31, 11, Action.QUARANTINE, 1),
        (30, 1, Action.QUARANTINE, 1),
        (30, 10, Action.QUARANTINE, 1),
        (30, 11, Action.QUARANTINE, 2),
        (0, 1, Action.QUARANTINE, 1),
        (0, 0, Action.ALLOW, 0),
        (None, 10, Action.MONITOR, 0),
    ],
)
def test_who_leaves_soon_has_tighter_limits(days: int | None, subjects: int, action: Action, approvals: int) -> None:
    verdict = judge(read(subjects), standing=leaving(days))
    assert (verdict.action, verdict.approvals) == (action, approvals)
    assert ("leaving" in codes(verdict)) == (days in (0, 30) and subjects > 0)
    assert verdict.reportable == ()  # which only the law's hundred makes it


def test_who_leaves_soon_is_still_reportable_above_a_hundred() -> None:
    assert judge(read(101), standing=leaving(3)).reportable == ("4",)


def test_exposure_is_tighter_too() -> None:
    assert "exposure" in codes(judge(read(1), standing=leaving(5), exposure=11))
    assert "exposure" not in codes(judge(read(1), standing=leaving(5), exposure=10))


@given(st.integers(0, 40), st.integers(0, 200), st.integers(0, 400), st.integers(0, 3))
def test_tighter_is_never_looser(days: int, subjects: int, before: int, limit: int) -> None:
    policy = replace(SHIPPED, leaving=Leaving(days=days, subjects=limit * 50, bulk=limit * 70, exposure=limit * 90))
    usual = judge(read(subjects), exposure=subjects + before, policy=policy)
    tight = judge(read(subjects), exposure=subjects + before, policy=policy, standing=leaving(10))
    assert list(Action).index(tight.action) >= list(Action).index(usual.action)
    assert tight.approvals >= usual.approvals
    assert tight.reportable == usual.reportable


def test_tighten_is_a_function_of_days_alone() -> None:
    assert tighten(SHIPPED, None) is SHIPPED
    assert tighten(SHIPPED, -1) is SHIPPED
    assert tighten(replace(SHIPPED, leaving=Leaving(days=0)), 0).hold == SHIPPED.hold
    assert tighten(SHIPPED, 30).hold.subjects == 1


@pytest.mark.parametrize(("status", "code"), [(PersonStatus.ABSENT, "absent"), (PersonStatus.DISABLED, "disabled")])
def test_accounts_without_an_employment_are_refused(status: PersonStatus, code: str) -> None:
    verdict = judge(read(0), standing=replace(FINE, status=status))
    assert (verdict.action, codes(verdict)[0]) == (Action.BLOCK, code)


def test_an_exception_is_on_record_and_tightened() -> None:
    verdict = judge(read(0), standing=leaving(0, exception="7"))
    assert (verdict.action, codes(verdict)) == (Action.MONITOR, ["exception"])
    assert judge(read(1), standing=leaving(0, exception="7")).action is Action.QUARANTINE


# what a write to a device needs

_TODAY = date(2026, 11, 25)
_CLERK = Person(id="E1", name="", department="市民課", supervisor="S1")
_LOAN = Loan(id=1, serial="U", person="E1", purpose="p", first=_TODAY, last=_TODAY)
_NUMBERS = replace(_LOAN, number_work=True)


def _faults(*, device: dict[str, object] | None = None, rules: Media = Media(), **standing: object) -> list[str]:  # noqa: B008
    found = Device(**({"serial": "U", "department": "市民課"} | (device or {})))  # type: ignore[arg-type]
    values: dict[str, object] = {"status": PersonStatus.ACTIVE, "person": _CLERK, "device_status": found.state}
    made = Standing(device=found, **(values | standing))  # type: ignore[arg-type]
    return [code for _, code, _ in device_faults(made, Policy(media=rules))]


_STRICT = Media(require_loan=1, own_department=1)


@pytest.mark.parametrize(
    ("wanted", "facts"),
    [
        ([], {}),
        (["device_returned"], {"device_status": DeviceStatus.RETURNED, "loan": _LOAN}),
        (["device_lost"], {"device_status": DeviceStatus.LOST, "loan": _LOAN, "loan_status": LoanStatus.VALID}),
        (["loan_expired"], {"loan_status": LoanStatus.EXPIRED}),
        (["loan_others"], {"loan_status": LoanStatus.OTHERS}),
        (["loan_missing"], {"rules": _STRICT}),
        (["loan_not_begun"], {"rules": _STRICT, "loan_status": LoanStatus.NOT_BEGUN}),
        ([], {"rules": _STRICT, "loan": _LOAN, "loan_status": LoanStatus.VALID}),
        (["device_other_department"], {"rules": Media(own_department=1), "device": {"department": "税務課"}}),
        ([], {"rules": Media(own_department=1), "device": {"department": "税務課", "holder": "E1"}}),
        ([], {"rules": Media(own_department=1), "device": {"department": "税務課"}, "loan": _LOAN}),
        ([], {"device": {"department": "税務課"}}),
        (["number_work"], {"device": {"number_work": True}}),
        (["number_work"], {"device": {"number_work": True}, "loan": _LOAN}),
        ([], {"device": {"number_work": True}, "loan": _NUMBERS}),
        (["number_work"], {"person": replace(_CLERK, duties=("児童手当",))}),
        ([], {"person": replace(_CLERK, duties=("児童手当",)), "loan": _NUMBERS}),
        ([], {"person": replace(_CLERK, duties=("児童手当",)), "rules": Media(number_approval=0)}),
        ([], {"person": None, "rules": _STRICT}),
    ],
)
def test_who_may_write_to_a_device(wanted: list[str], facts: dict[str, Any]) -> None:
    assert _faults(**facts) == wanted
