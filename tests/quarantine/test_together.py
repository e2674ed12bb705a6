"""Threads and processes at one room: every decision counts once, every permit is used once."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from quarantine.case import Case, Decision, Move, Permit, RoomError, Status
from quarantine.keys import KeyRing
from quarantine.room import Room

type Decide = Callable[..., Case]
type Hold = Callable[..., Case]

ROOT = Path(__file__).parents[2]
DECIDES = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from quarantine.case import Decision, Move, RoomError
from quarantine.keys import KeyRing
from quarantine.room import Room
folder, keys, actor, cases = sys.argv[1], sys.argv[2], sys.argv[3], sys.argv[4].split(",")
room = Room.open(Path(folder), KeyRing.open_or_create(Path(keys)))
print("ready", flush=True)
sys.stdin.readline()
for case in cases:
    try:
        status = room.decide(case, Decision(actor=actor, move=Move.APPROVE, reason="r", at=datetime.now(UTC))).status
    except RoomError as error:
        status = type(error).__name__
    print(case, status, flush=True)
"""


def at_once(*works: Callable[[], object]) -> list[object]:
    """Run all, begun together; what each returned or raised, in their order."""
    results: list[object] = [None] * len(works)
    start = threading.Barrier(len(works))

    def run(number: int, work: Callable[[], object]) -> None:
        start.wait()
        try:
            results[number] = work()
        except RoomError as error:
            results[number] = type(error).__name__

    threads = [threading.Thread(target=run, args=item) for item in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def status_after(decide: Decide, case: Case, who: str, move: Move) -> Status:
    return decide(case, who, move).status


def test_two_approvals_at_once_are_a_first_and_a_second(room: Room, hold: Hold, decide: Decide) -> None:
    for _ in range(25):
        case = hold(approvals_needed=2)
        both = at_once(*[partial(status_after, decide, case, who, Move.APPROVE) for who in ("boss", "privacy")])
        assert sorted(map(str, both)) == ["approved", "awaiting_second"]
        assert room.case(case.id).status is Status.APPROVED


def test_one_person_at_two_windows_approves_once(room: Room, hold: Hold, decide: Decide) -> None:
    for _ in range(25):
        case = hold(approvals_needed=2)
        both = at_once(*[partial(status_after, decide, case, "boss", Move.APPROVE)] * 2)
        assert sorted(map(str, both)) == ["NotAllowed", "awaiting_second"]


def test_approval_and_rejection_at_once_are_one_of_them(room: Room, hold: Hold, decide: Decide) -> None:
    for _ in range(25):
        case = hold()
        moves = [("boss", Move.APPROVE), ("privacy", Move.REJECT), ("sender", Move.WITHDRAW)]
        said = at_once(*[partial(status_after, decide, case, who, move) for who, move in moves])
        assert said.count("IllegalMove") == 2
        assert room.case(case.id).status in said


def test_a_case_is_settled_once(room: Room, hold: Hold, decide: Decide) -> None:
    case = decide(hold(), "boss", Move.APPROVE)
    permit = Permit(
        case=case.id,
        person="sender",
        digest=case.entry.digest,
        destination=case.entry.destination[0],
        until=datetime.now(UTC) + timedelta(hours=1),
    )
    said = at_once(*[lambda: room.settle(case.id, Move.DELIVERED, "", permit=permit).status for _ in range(6)])
    assert Counter(map(str, said)) == {"released": 1, "IllegalMove": 5}

    def use() -> Permit | None:
        return room.use_permit(
            person="sender",
            digest=case.entry.digest,
            destination=case.entry.destination[0],
            now=datetime.now(UTC),
            transfer="t",
        )

    assert Counter(at_once(*[use] * 6)) == {permit: 1, None: 5}


def test_two_rooms_in_one_process_see_each_other(room: Room, hold: Hold, folder: Path, ring: KeyRing) -> None:
    other = Room.open(folder, ring)
    case = hold()
    assert other.case(case.id) == case
    word = Decision(actor="boss", move=Move.APPROVE, reason="r", at=case.opened)
    assert other.decide(case.id, word).status is Status.APPROVED
    assert [found.id for found in room.approved()] == [case.id]
    other.close()
    assert room.content(case.id, "releaser", "release") == b"content"
    assert room.verify() == []


def test_processes_that_decide_the_same_cases(room: Room, hold: Hold, folder: Path, tmp_path: Path) -> None:
    """Four people in four processes approve twenty cases that need two: each has exactly two approvals."""
    cases = [hold(approvals_needed=2).id for _ in range(20)]
    children = [
        subprocess.Popen(
            [sys.executable, "-c", DECIDES, folder, tmp_path / "keys.json", f"boss{number}", ",".join(cases)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={"PYTHONPATH": str(ROOT)},
        )
        for number in range(4)
    ]
    for child in children:
        assert child.stdout is not None
        assert child.stdout.readline() == "ready\n"
    for child in children:
        assert child.stdin is not None
        child.stdin.write("go\n")
        child.stdin.flush()
    outputs = [child.communicate()[0] for child in children]
    assert [child.returncode for child in children] == [0] * 4
    said = Counter(line for output in outputs for line in output.splitlines())
    for case in cases:
        assert said[f"{case} awaiting_second"] == 1
        assert said[f"{case} approved"] == 1
        assert said[f"{case} IllegalMove"] == 2
        assert len(room.case(case).approvals) == 2
    assert room.verify() == []
