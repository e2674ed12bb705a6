"""Random tamperings of chain, ledger, tokens, cases and checkpoints: each is found and located by both verifiers.

Quick here; `TAMPERINGS=1000` for as many.
"""

from __future__ import annotations

import ast
import inspect
import os
import random
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from quarantine import verify_audit
from quarantine.audit import Mark
from quarantine.case import Case, Decision, LedgerEntry, Move
from quarantine.custody import examine
from quarantine.keys import KeyRing
from quarantine.room import Room
from quarantine.stores import queries
from quarantine.stores.snapshot import Snapshot
from tests.quarantine import tampering
from tests.quarantine.tampering import Copy

COUNT = int(os.environ.get("TAMPERINGS", "200"))


class Town:
    """A closed room with some history, and what a verifier gets besides."""

    def __init__(self, folder: Path, room: Room, path: Path) -> None:
        self.second = [line for _, line in room.checkpoints()]
        self.pem = path / "audit.pem"
        self.pem.write_text(room.public_key())
        self.key = load_pem_public_key(room.public_key().encode())
        self.source, self.copy, self.checkpoints = folder / "room.db", path / "copy.db", path / "second.jsonl"
        last = room.entries(limit=10_000)[-1]
        self.mark = Mark(seq=last.seq, hash=last.hash)

    def spoiled(self, way: Callable[[Copy], None], seed: int) -> Copy:
        shutil.copy(self.source, self.copy)
        db = sqlite3.connect(self.copy, isolation_level=None)
        db.execute("PRAGMA journal_mode=MEMORY")
        db.execute("PRAGMA synchronous=OFF")
        for trigger in ("audit_is_not_edited", "audit_is_not_shortened"):
            db.execute(f"DROP TRIGGER {trigger}")
        made = Copy(db, list(self.second), random.Random(seed))
        way(made)
        self.checkpoints.write_text("".join(f"{line}\n" for line in made.second))
        return made

    def ours(self, made: Copy, *, head: bool = True) -> list[str]:
        db = sqlite3.connect(self.copy, isolation_level=None)
        snapshot = Snapshot(db, queries.load(), lenient=True)
        found = examine(snapshot, self.mark if head else None, self.key, made.second)
        db.close()
        return found


@pytest.fixture
def town(
    folder: Path,
    ring: KeyRing,
    tmp_path: Path,
    make_entry: Callable[..., LedgerEntry],
    make_case: Callable[..., object],
) -> Town:
    room = Room.open(folder, ring)
    chance = random.Random(5)
    for number in range(12):
        tokens = tuple(bytes([number, place]) * 8 for place in range(chance.randint(0, 4)))
        if number % 3 == 1:
            room.decide_on = _hold(room, make_case, number, tokens)  # type: ignore[attr-defined]
        else:
            entry = make_entry(verdict=chance.choice(["allow", "monitor", "block"]), tokens=tokens, sender="田@町")
            room.record(entry)
            if entry.verdict != "block":
                room.outcome(entry.transfer, "delivered", "250 ok" if number % 2 else "")
        room.note("boss", "login", {"role": "supervisor"})
        if number % 4 == 3:
            assert room.checkpoint() is not None
    room.close()
    again = Room.open(folder, ring)
    made = Town(folder, again, tmp_path)
    assert len(made.second) == 3
    again.close()
    return made


def _hold(room: Room, make_case: Callable[..., object], number: int, tokens: tuple[bytes, ...]) -> Case:
    case = room.admit(make_case(tokens=tokens), b"content")  # type: ignore[arg-type]
    word = Decision(
        actor="boss", move=Move.REJECT if number == 4 else Move.APPROVE, reason="業務", at=datetime.now(UTC)
    )
    room.preview(case.id, "boss")
    if number != 7:
        room.decide(case.id, word)
    if number in (1, 10):
        room.settle(case.id, Move.DELIVERED, "250 ok")
    return case


@pytest.fixture
def independent(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[[Town, Path], list[str]]:
    """The stand-alone verifier, as its command is called."""

    def run(town: Town, path: Path) -> list[str]:
        line = ["verify_audit.py", str(path), "--key", str(town.pem), "--checkpoints", str(town.checkpoints)]
        monkeypatch.setattr(sys, "argv", line)
        code = verify_audit._main()
        *faults, count = capsys.readouterr().out.splitlines()
        assert code == (1 if faults else 0)
        assert count.endswith(f"{len(faults)} problems")
        return faults

    return run


def test_an_untouched_room_has_no_fault(town: Town, independent: Callable[[Town, Path], list[str]]) -> None:
    made = town.spoiled(lambda copy: None, 0)
    assert town.ours(made) == []
    made.db.close()
    assert independent(town, town.copy) == []


def test_every_tampering_is_found_and_located_by_both(
    town: Town, independent: Callable[[Town, Path], list[str]]
) -> None:
    missed: list[object] = []
    for seed in range(COUNT):
        way = tampering.WAYS[seed % len(tampering.WAYS)]
        made = town.spoiled(way, seed)
        made.db.close()
        for who, faults in (
            ("ours", town.ours(made)),
            ("without the head", town.ours(made, head=False)),
            ("independent", independent(town, town.copy)),
        ):
            if not tampering.is_located(made, faults):
                missed.append((who, way.__name__, seed, made.entries, made.transfers, made.checkpoints, faults))
    assert missed == [], "\n".join(map(str, missed))


@pytest.mark.parametrize(
    "detail", ["[]", "5", "null", '"x"', '[["transfer", {}]]', '{"transfer": [], "status": {}}', "{"]
)
def test_a_detail_that_is_none_is_an_edit_and_no_crash(
    town: Town, independent: Callable[[Town, Path], list[str]], detail: str
) -> None:
    def spoil(copy: tampering.Copy) -> None:
        copy.db.execute("UPDATE audit SET detail = ? WHERE event IN ('admit', 'record', 'settle')", (detail,))

    made = town.spoiled(spoil, 0)
    ours = town.ours(made)
    made.db.close()
    for faults in (ours, independent(town, town.copy)):
        assert "entry 2: was edited" in faults


def test_bytes_that_are_no_text_are_named(room: Room, folder: Path, make_entry: Callable[..., LedgerEntry]) -> None:
    room.record(make_entry(verdict="allow"))
    db = sqlite3.connect(folder / "room.db")
    db.execute("UPDATE ledger SET sender = CAST(x'ff' AS TEXT)")
    db.commit()
    db.close()
    assert room.verify() == ["entry 2: its transfer was changed in the ledger"]


def test_the_independent_verifier_is_small_and_alone(town: Town, tmp_path: Path) -> None:
    source = inspect.getsource(verify_audit)
    assert len(source.splitlines()) < 150
    named = {n.module for n in ast.walk(ast.parse(source)) if isinstance(n, ast.ImportFrom)}
    named |= {a.name for n in ast.walk(ast.parse(source)) if isinstance(n, ast.Import) for a in n.names}
    assert {str(name).split(".")[0] for name in named} - set(sys.stdlib_module_names) == {"cryptography"}
    alone = tmp_path / "alone" / "verify.py"
    alone.parent.mkdir()
    shutil.copy(inspect.getfile(verify_audit), alone)
    line = [sys.executable, "-I", str(alone), str(town.source), "--key", str(town.pem)]
    done = subprocess.run(line, capture_output=True, text=True, timeout=60, cwd=alone.parent)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith("0 problems\n")


def test_an_export_is_verified_without_the_database(
    town: Town, folder: Path, ring: KeyRing, independent: Callable[[Town, Path], list[str]], tmp_path: Path
) -> None:
    room = Room.open(folder, ring)
    lines = list(room.transcript())
    room.close()
    whole, spoiled = tmp_path / "whole.jsonl", tmp_path / "spoiled.jsonl"
    whole.write_bytes(b"".join(lines))
    town.spoiled(lambda copy: None, 0).db.close()
    assert independent(town, whole) == []
    assert not any(bytes([number, 0]).hex().encode() * 8 in whole.read_bytes() for number in range(1, 12)), "a token"
    place = next(place for place, line in enumerate(lines) if b'"event":"outcome"' in line)
    spoiled.write_bytes(b"".join([*lines[:place], *lines[place + 1 :]]))
    assert f"entries {place + 1} to {place + 1} are missing" in independent(town, spoiled)
