"""`dlp audit`, as it is called, and the independent verifier over what it gives out."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from dlp.cli import main
from quarantine.keys import KeyRing
from quarantine.room import Room


@pytest.fixture
def var(tmp_path: Path) -> Path:
    room = Room.open(tmp_path / "quarantine", KeyRing.open_or_create(tmp_path / "keys.json"))
    for _ in range(4):
        room.note("S001", "login", {"role": "supervisor"})
    room.close()
    return tmp_path


def test_a_whole_chain_is_told_with_its_count(var: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["audit", "verify", "--var", str(var)]) == 0
    assert capsys.readouterr().out == "6 entries read, 0 problems\n"


def test_what_was_edited_is_named_and_the_exit_says_so(var: Path, capsys: pytest.CaptureFixture[str]) -> None:
    db = sqlite3.connect(var / "quarantine" / "room.db")
    db.executescript("DROP TRIGGER audit_is_not_edited; UPDATE audit SET actor = 'nobody' WHERE seq = 3;")
    db.close()
    assert main(["audit", "verify", "--var", str(var)]) == 1
    assert capsys.readouterr().out.splitlines() == ["entry 3: was edited", "6 entries read, 1 problems"]


def test_a_second_place_that_says_otherwise_is_named(var: Path, capsys: pytest.CaptureFixture[str]) -> None:
    second = var / "second.jsonl"
    second.write_text("{}\n")
    assert main(["audit", "verify", "--var", str(var), "--checkpoints", str(second)]) == 1
    assert "second place: checkpoint line 1: cannot be read" in capsys.readouterr().out


def test_no_quarantine_is_wrong_usage(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["audit", "verify", "--var", str(tmp_path)]) == 2
    assert "no quarantine here" in capsys.readouterr().err


def test_key_and_export_are_enough_for_the_independent_verifier(var: Path) -> None:
    key, export = var / "audit.pem", var / "export.jsonl"
    assert main(["audit", "export", "--var", str(var), "--out", str(export)]) == 0
    assert main(["audit", "key", "--var", str(var), "--out", str(key)]) == 0
    script = Path(__file__).parents[2] / "quarantine" / "verify_audit.py"
    line = [sys.executable, "-I", str(script), str(export), "--key", str(key)]
    done = subprocess.run(line, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("7 entries, signed up to 6,"), "that it was exported is not signed yet"
