"""`dlp trace`: what the caller says comes by standard input; only a privacy officer of today searches."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from dlp.cli import main
from dlp.subjects import caller
from dlp.subjects.people import trace
from quarantine.case import LedgerEntry, Traces
from quarantine.keys import KeyRing
from quarantine.room import Room

PEOPLE = """
[[person]]
id = "P001"
name = "保護 担当"
logins = ["privacy"]
role = "privacy"
[[person]]
id = "P000"
name = "前任 担当"
role = "privacy"
end = 2020-03-31
[[person]]
id = "E001"
name = "職員 一"
"""
SAID = {"name": "霞見 壮太", "birth": "1985/03/02"}


@pytest.fixture
def var(tmp_path: Path) -> Path:
    (tmp_path / "people.toml").write_text(PEOPLE, encoding="utf-8")
    (tmp_path / "devices.toml").write_text("", encoding="utf-8")
    keys = KeyRing.open_or_create(tmp_path / "keys.json")
    tokens = trace.wanted(caller.facts(SAID), trace.tokens_of(keys.derive("tokens")))
    room = Room.open(tmp_path / "quarantine", keys)
    room.record(
        LedgerEntry(
            transfer="one",
            at=datetime.now(UTC),
            channel="mail",
            sender="clerk@town.example",
            person="E001",
            department="市民課",
            destination=("partner@outside.example",),
            digest="d",
            size=1,
            media_type="text/csv",
            verdict="monitor",
            reasons=(),
            ruleset="r",
            subjects=1,
            traces=Traces(tokens=np.array(list(tokens), dtype="<u8").tobytes(), paths=(("名簿.csv",),)),
        )
    )
    room.close()
    return tmp_path


def run(monkeypatch: pytest.MonkeyPatch, var: Path, said: str, *args: str) -> int:
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setattr("sys.stdin", io.StringIO(said))
    return main(["trace", "--var", str(var), "--reason", "電話照会", *args])


def test_a_citizen_is_found(var: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(monkeypatch, var, "name=霞見壮太\nbirth=昭和60年3月2日\n", "--as", "P001") == 0
    out = capsys.readouterr().out
    assert "partner@outside.example" in out
    assert "name birth" in out
    assert "名簿.csv" in out
    assert run(monkeypatch, var, "name=霞見壮太\nbirth=昭和60年3月3日\n", "--as", "P001") == 3
    room = Room.open(var / "quarantine", KeyRing.open_or_create(var / "keys.json"))
    assert [(s.actor, s.found) for s in room.inquiry.searches()] == [("P001", 0), ("P001", 1)]
    room.close()


@pytest.mark.parametrize("who", ["E001", "P000", "nobody"])
def test_nobody_else_searches(var: Path, monkeypatch: pytest.MonkeyPatch, who: str) -> None:
    assert run(monkeypatch, var, "name=霞見壮太\nbirth=昭和60年3月2日\n", "--as", who) == 2
    room = Room.open(var / "quarantine", KeyRing.open_or_create(var / "keys.json"))
    assert room.inquiry.searches() == []
    room.close()


@pytest.mark.parametrize("said", ["name=霞見壮太\n", "shoe=27\n", ""])
def test_too_little_or_unknown_is_said(
    var: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], said: str
) -> None:
    assert run(monkeypatch, var, said, "--as", "P001") == 2
    assert "霞見" not in capsys.readouterr().err
