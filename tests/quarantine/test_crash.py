"""kill -9 in the middle of admits, thirty times on one room; and several processes at once on one room."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from quarantine.case import Status
from quarantine.keys import KeyRing
from quarantine.room import Room

CHILD = Path(__file__).with_name("child_admits.py")
ROOT = CHILD.parents[2]


def start(folder: Path, keys: Path, threads: int, each: int) -> subprocess.Popen[str]:
    command = [sys.executable, str(CHILD), str(folder), str(keys), str(threads), str(each)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={"PYTHONPATH": str(ROOT)})


def said(output: str) -> dict[str, tuple[str, str]]:
    """transfer -> (digest, case), of whole lines only."""
    lines = [line.split() for line in output.splitlines(keepends=True) if line.endswith("\n")]
    return {transfer: (digest, case) for transfer, digest, case in lines}


def check_whole(folder: Path, ring: KeyRing, admitted: dict[str, tuple[str, str]]) -> int:
    """Every admit that returned is there and opens; no case is half there. How many cases there are."""
    room = Room.open(folder, ring)
    try:
        rows = {row.entry.transfer: row for row in room.ledger(limit=1_000_000)}
        assert set(admitted) <= set(rows), "an admit that returned is lost"
        for transfer, (digest, case_id) in admitted.items():
            assert (rows[transfer].entry.digest, rows[transfer].case) == (digest, case_id)
        cases = room.cases(limit=1_000_000)
        assert len(cases) == len(rows)
        for case in cases:
            assert case.status is Status.QUARANTINED
            assert room.case(case.id).envelope == {"n": case.entry.digest}
            assert len(room.content(case.id, "test", "look")) == case.entry.size
            assert room.preview(case.id, "test") == b"p"
        blobs = [path for path in (folder / "blobs").rglob("*") if path.is_file()]
        assert len(blobs) == len(cases), "a blob without a case was left"
        owed = [notice.subject for _, notice in room.notices(1_000_000)]
        assert sorted(owed) == sorted(case.id for case in cases for _ in range(2))
        admits = [entry.subject for entry in room.entries(limit=1_000_000) if entry.event == "admit"]
        assert sorted(admits) == sorted(case.id for case in cases)
        assert room.verify() == []
        return len(cases)
    finally:
        room.close()


@pytest.mark.timeout(300)
def test_nothing_is_lost_or_half_there_after_kill_9(tmp_path: Path) -> None:
    folder, keys = tmp_path / "room", tmp_path / "keys.json"
    ring, admitted, chance = KeyRing.open_or_create(keys), dict[str, tuple[str, str]](), random.Random(20181222)
    lives = []
    for _ in range(30):
        child = start(folder, keys, 3, 100_000)
        assert child.stdout is not None
        first = child.stdout.readline()  # it works; now at any moment
        time.sleep(chance.uniform(0, 0.15))
        child.send_signal(signal.SIGKILL)
        rest, _ = child.communicate()
        told = said(first + rest)
        lives.append(len(told))
        admitted |= told
    assert min(lives) > 0
    assert check_whole(folder, ring, admitted) >= len(admitted) >= 30


def test_a_crash_while_another_process_works_on(tmp_path: Path) -> None:
    """The one that opens the room sweeps what the killed one left and nothing of the living one's."""
    folder, keys = tmp_path / "room", tmp_path / "keys.json"
    ring = KeyRing.open_or_create(keys)
    living = start(folder, keys, 2, 60)
    assert living.stdout is not None
    output = living.stdout.readline()
    for _ in range(5):
        killed = start(folder, keys, 3, 100_000)
        assert killed.stdout is not None
        killed.stdout.readline()
        killed.send_signal(signal.SIGKILL)
        killed.communicate()
        Room.open(folder, ring).close()
    rest, _ = living.communicate()
    told = said(output + rest)
    assert (living.returncode, len(told)) == (0, 120)
    check_whole(folder, ring, told)


def test_processes_that_open_a_new_room_together(tmp_path: Path) -> None:
    folder, keys = tmp_path / "room", tmp_path / "keys.json"
    children = [start(folder, keys, 2, 10) for _ in range(6)]
    outputs = [child.communicate()[0] for child in children]
    assert [child.returncode for child in children] == [0] * 6
    told = {transfer: rest for output in outputs for transfer, rest in said(output).items()}
    assert len(told) == 120
    assert check_whole(folder, KeyRing.open_or_create(keys), told) == 120
