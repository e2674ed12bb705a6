"""The room against a model of it: any sequence of moves by anybody, with reopening, rotation and time between."""

from __future__ import annotations

import hashlib
import itertools
import shutil
import tempfile
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule

from quarantine.case import Decision, IllegalMove, LedgerEntry, Move, NewCase, NotAllowed, Permit, Purged, Status
from quarantine.keys import KeyRing
from quarantine.room import Room

PEOPLE = st.sampled_from(["ann", "ben", "cho", "dai"])
WAITING = ("quarantined", "awaiting_second")
CLOSED = ("released", "rejected", "withdrawn")


@dataclass
class Model:
    """What a case should be."""

    sender: str
    needed: int
    content: bytes
    tokens: frozenset[bytes]
    changed: datetime
    status: str = "quarantined"
    approvers: list[str] = field(default_factory=list)
    permit: bool = False


class Life(RuleBasedStateMachine):
    """Moves at random."""

    cases = Bundle("cases")

    @initialize()
    def open_room(self) -> None:
        self.folder = Path(tempfile.mkdtemp())
        self.ring = KeyRing.open_or_create(self.folder / "keys.json")
        self.room = Room.open(self.folder / "room", self.ring)
        self.model: dict[str, Model] = {}
        self.passed: dict[str, set[bytes]] = {}
        self.numbers = itertools.count()
        self.now = datetime.now(UTC)
        self.events = 1

    def teardown(self) -> None:
        if hasattr(self, "room"):
            assert self.room.verify() == []
            assert len(self.room.entries(limit=100_000)) == self.events
            self.room.close()
            shutil.rmtree(self.folder)

    def entry(self, person: str, content: bytes, tokens: frozenset[bytes], verdict: str) -> LedgerEntry:
        return LedgerEntry(
            transfer=f"t{next(self.numbers)}",
            at=datetime.now(UTC),
            channel="web",
            sender=person,
            person=person,
            department="d",
            destination=("https://host:443",),
            digest=hashlib.sha256(content).hexdigest(),
            size=len(content),
            media_type="x/y",
            verdict=verdict,
            reasons=(),
            ruleset="r",
            subjects=len(tokens),
            tokens=tuple(sorted(tokens)),
        )

    @rule(
        target=cases,
        person=PEOPLE,
        needed=st.integers(1, 3),
        content=st.binary(max_size=50),
        tokens=st.frozensets(st.binary(min_size=16, max_size=16).map(lambda raw: raw[:1] * 16), max_size=4),
    )
    def admit(self, person: str, needed: int, content: bytes, tokens: frozenset[bytes]) -> str:
        entry = self.entry(person, content, tokens, "quarantine")
        new = NewCase(entry=entry, envelope={"n": entry.transfer}, approvals_needed=needed, supervisor="")
        case = self.room.admit(new, content)
        assert self.room.admit(new, content) == case
        assert case.id not in self.model
        self.model[case.id] = Model(person, needed, content, tokens, case.changed)
        self.events += 1
        return case.id

    @rule(person=PEOPLE, verdict=st.sampled_from(["allow", "monitor", "block"]), byte=st.binary(min_size=1, max_size=1))
    def record(self, person: str, verdict: str, byte: bytes) -> None:
        self.room.record(self.entry(person, b"", frozenset({byte * 16}), verdict))
        if verdict != "block":
            self.passed.setdefault(person, set()).add(byte * 16)
        self.events += 1

    def expected(self, case: Model, actor: str, move: Move) -> str | type[Exception]:
        if case.status not in WAITING or move not in (Move.APPROVE, Move.REJECT, Move.WITHDRAW):
            return IllegalMove
        if (actor == case.sender) != (move is Move.WITHDRAW):
            return NotAllowed
        if move is Move.REJECT:
            return "rejected"
        if move is Move.WITHDRAW:
            return "withdrawn"
        if actor in case.approvers:
            return NotAllowed
        return "approved" if len(case.approvers) + 1 >= case.needed else "awaiting_second"

    @rule(case_id=cases, actor=PEOPLE, move=st.sampled_from([Move.APPROVE, Move.APPROVE, *Move]))
    def decide(self, case_id: str, actor: str, move: Move) -> None:
        case = self.model[case_id]
        expected = self.expected(case, actor, move)
        word = Decision(actor=actor, move=move, reason="r", at=datetime.now(UTC))
        if isinstance(expected, type):
            with pytest.raises(expected):
                self.room.decide(case_id, word)
            return
        after = self.room.decide(case_id, word)
        assert after.status == expected
        case.status, case.changed = after.status, after.changed
        self.events += 1
        if move is Move.APPROVE:
            case.approvers.append(actor)

    @rule(case_id=cases, move=st.sampled_from([Move.DELIVERED, Move.UNDELIVERABLE, Move.EXPIRE]), permit=st.booleans())
    def settle(self, case_id: str, move: Move, permit: bool) -> None:
        case = self.model[case_id]
        leave = Permit(
            case=case_id,
            person=case.sender,
            digest=hashlib.sha256(case.content).hexdigest(),
            destination="https://host:443",
            until=self.now + timedelta(days=100_000),
        )
        given = leave if permit and move is Move.DELIVERED else None
        try:
            after = self.room.settle(case_id, move, str(move), permit=given)
        except IllegalMove:
            assert case.status != "approved" or move is Move.EXPIRE
            return
        assert case.status == "approved"
        case.status, case.changed = after.status, after.changed
        self.events += 1
        if move is Move.DELIVERED:
            assert after.status is Status.RELEASED
            self.passed.setdefault(case.sender, set()).update(case.tokens)
            case.permit = given is not None
        else:
            assert (after.status, after.approvals) == (Status.QUARANTINED, ())
            case.approvers = []

    @rule(case_id=cases, person=PEOPLE)
    def use_permit(self, case_id: str, person: str) -> None:
        digest = hashlib.sha256(self.model[case_id].content).hexdigest()
        open_ones = [
            other
            for other in self.model.values()
            if other.permit and other.sender == person and hashlib.sha256(other.content).hexdigest() == digest
        ]
        used = self.room.use_permit(
            person=person, digest=digest, destination="https://host:443", now=self.now, transfer="t"
        )
        assert (used is not None) == bool(open_ones)
        if used is not None:
            assert self.model[used.case].permit
            self.model[used.case].permit = False
            self.events += 1

    @rule(days=st.sampled_from([1, 20, 200]))
    def time_passes(self, days: int) -> None:
        self.now += timedelta(days=days)
        changed = {case.id: case.status for case in self.room.expire(self.now, expire_days=30, purge_days=365)}
        for case_id, case in self.model.items():
            if case.status in WAITING and case.changed < self.now - timedelta(days=30):
                case.status, case.changed = "rejected", self.now
                assert changed.pop(case_id) == "rejected"
                self.events += 1
            elif case.status in CLOSED and case.changed < self.now - timedelta(days=365):
                case.status, case.changed = "purged", self.now
                assert changed.pop(case_id) == "purged"
                self.events += 1
        assert changed == {}

    @rule()
    def reopen(self) -> None:
        self.events += self.room.entries(since=self.events - 1)[0].event != "checkpoint"  # which closing signs
        self.room.close()
        self.room = Room.open(self.folder / "room", self.ring)

    @rule()
    def rotate(self) -> None:
        kept = sum(case.status != "purged" for case in self.model.values())
        assert self.room.rotate() == kept
        self.events += 1 + kept

    @rule(case_id=cases)
    def look(self, case_id: str) -> None:
        case = self.model[case_id]
        self.events += 1
        try:
            assert self.room.content(case_id, "ann", "look") == case.content
            assert case.status != "purged"
        except Purged:
            assert case.status == "purged"

    @invariant()
    def the_room_is_as_the_model(self) -> None:
        if not hasattr(self, "room"):
            return
        kept = {case.id: case for case in self.room.cases(limit=10_000)}
        assert {case_id: case.status for case_id, case in kept.items()} == {
            case_id: case.status for case_id, case in self.model.items()
        }
        for case_id, case in self.model.items():
            if case.status in ("awaiting_second", "approved"):
                assert [word.actor for word in kept[case_id].approvals] == case.approvers
        approved = {case.id: case.envelope for case in self.room.approved()}
        assert approved == {
            case_id: {"n": kept[case_id].entry.transfer}
            for case_id, case in self.model.items()
            if case.status == "approved"
        }
        since = datetime(2000, 1, 1, tzinfo=UTC)
        for person in ("ann", "ben"):
            assert self.room.exposure(person, [], since) == len(self.passed.get(person, ()))


Life.TestCase.settings = settings(
    max_examples=25, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck)
)
TestLife = Life.TestCase
