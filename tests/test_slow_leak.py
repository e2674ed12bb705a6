"""31,429 people in 1,000 pieces over three channels and 30 days: held where one hundred is crossed, also when killed.

What each piece holds is scripted; room, directory, policy and gateway are the real ones, in a process that is killed.
"""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from quarantine.case import Status
from quarantine.keys import KeyRing
from quarantine.room import Room
from tests.e2e.harness import PEOPLE, REPO

BEGIN = datetime.now(UTC) - timedelta(days=30)

_LEAK = """
import asyncio, json, os, sys
from datetime import datetime, timedelta
from pathlib import Path
from dlp.directory import Directory
from dlp.gateway import Gateway
from dlp.inspection import Inspection
from dlp.policy import load
from dlp.transfer import Channel, Transfer
from quarantine.keys import KeyRing
from quarantine.room import Room

tmp, first, last, die = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4] == "die"
begin = datetime.fromisoformat(sys.argv[5])
sizes = [30 + (number * 7) % 3 + (number % 1000 < 429) for number in range(1000)]
sizes[-1] += 31_429 - sum(sizes)
starts = [sum(sizes[:number]) for number in range(1000)]

class Reader:
    digest = "rules"
    async def inspect(self, transfer):
        number = int(transfer.name)
        people = range(starts[number], starts[number] + sizes[number])
        tokens = tuple((person * 0x9E3779B97F4A7C15 % 2**64).to_bytes(16) for person in people)
        count = len(tokens)
        return Inspection(subjects=count, lower=count, upper=count, counts={"name": count}, tokens=tokens, ruleset="r", bytes=1)

def transfer(number):
    channel = tuple(Channel)[number % 3]
    sender = {Channel.MAIL: "clerk@town.example", Channel.WEB: "clerk", Channel.MEDIA: "clerk"}[channel]
    to = {Channel.MAIL: "a@b.example", Channel.WEB: "https://h:443", Channel.MEDIA: "USB1"}[channel]
    at = begin + timedelta(days=30) * (number / 1000)
    return Transfer(channel=channel, sender=sender, destination=(to,), name=str(number), data=b"x", at=at)

async def leak():
    room = Room.open(tmp / "room", KeyRing.open_or_create(tmp / "keys.json"))
    policy = load("[hold]\\nsubjects = 50\\n")
    directory = Directory(tmp / "people.toml", tmp / "devices.toml")
    gateway = Gateway(directory=directory, inspector=Reader(), room=room, policy=policy)
    for number in range(first, last):
        outcome = await gateway.submit(transfer(number))
        codes = [reason.code for reason in outcome.verdict.reasons]
        print(json.dumps([number, outcome.passes, sizes[number], codes]), flush=True)
    if die:
        os.kill(os.getpid(), 9)

asyncio.run(leak())
"""


@pytest.mark.timeout(150)
def test_a_leak_in_a_thousand_pieces_stops_at_one_hundred_people(tmp_path: Path) -> None:
    (tmp_path / "people.toml").write_text(PEOPLE, encoding="utf-8")
    (tmp_path / "devices.toml").write_text('[[device]]\nserial = "USB1"\n', encoding="utf-8")
    script, said = tmp_path / "leak.py", []
    script.write_text(_LEAK, encoding="utf-8")
    for first, last, way in ((0, 2, "die"), (2, 4, "die"), (4, 5, "die"), (5, 1000, "end")):
        command = [sys.executable, str(script), str(tmp_path), str(first), str(last), way, BEGIN.isoformat()]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, cwd=REPO, check=False)
        assert done.returncode == (-9 if way == "die" else 0), done.stderr
        said += [json.loads(line) for line in done.stdout.splitlines()]
    assert [number for number, *_ in said] == list(range(1000))
    assert sum(size for _, _, size, _ in said) == 31_429
    passed = [size for _, passes, size, _ in said if passes]
    assert len(passed) == 3
    assert sum(passed) <= 100
    assert all("exposure" in codes for _, passes, _, codes in said if not passes)
    assert {number % 3 for number, passes, *_ in said if not passes} == {0, 1, 2}
    room = Room.open(tmp_path / "room", KeyRing.open_or_create(tmp_path / "keys.json"))
    left = [row for row in room.ledger(limit=2000) if row.left is not None]
    held = room.cases(status=(Status.QUARANTINED,), limit=2000)
    room.close()
    assert (len(left), len(held)) == (3, 997)
    assert all(case.approvals_needed == 2 for case in held)
