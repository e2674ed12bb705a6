"""`dlp people`: what a newcomer is told."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from dlp.cli import main
from dlp.directory import copies, open_directory
from dlp.directory.keeper import Keeper
from dlp.directory.register import Register
from dlp.settings import Config, Ldap
from dlp.settings import Directory as Section
from dlp.standing import Person
from quarantine.keys import KeyRing
from quarantine.room import Room


def test_a_folder_without_people_file_is_no_empty_town(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["people", "list", "--var", str(tmp_path)]) == 2
    said = capsys.readouterr()
    assert (said.out, said.err.count("\n")) == ("", 1)
    assert "--var" in said.err


def test_everybody_with_todays_standing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "people.toml").write_text(
        '[[person]]\nid = "E1"\n[[person]]\nid = "E2"\nend = 2018-12-21\n', encoding="utf-8"
    )
    assert main(["people", "list", "--var", str(tmp_path)]) == 0
    rows = [line.split("│") for line in capsys.readouterr().out.splitlines() if "│ E" in line]
    assert [(row[1].strip(), row[-2].strip()) for row in rows] == [("E1", "active"), ("E2", "retired")]


# the verbs about sources and leavers, over a folder a gateway has worked in


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    people = (
        "id,name,supervisor,role,end\nA1,管理,,administrator,\nS1,上司,A1,supervisor,\nE1,職員,S1,staff,2018-12-21\n"
    )
    (tmp_path / "people.csv").write_text(people, encoding="utf-8")
    settings = Config(var=tmp_path, directory=Section(people=Path("people.csv")), ldap=Ldap(enabled=True, base="x"))
    room = Room.open(tmp_path / "quarantine", KeyRing.open_or_create(tmp_path / "keys.json"))
    register = Register(tmp_path / "register.db", room.enter)
    strangers = [Person(id="X9", name="幽霊"), Person(id="E1", name="", end=date(2018, 12, 1))]
    copies.keep(register, "ldap", "account", strangers, datetime.now(UTC) - timedelta(hours=30), shrink=0.0)
    Keeper(settings, open_directory(settings, register), register, room).sync()
    register.close()
    room.close()
    text = '[directory]\npeople = "people.csv"\n[ldap]\nenabled = true\nbase = "x"\n'
    (tmp_path / "sekisho.toml").write_text(text, encoding="utf-8")
    return tmp_path


@pytest.fixture
def dlp(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., tuple[int, str, str]]:
    monkeypatch.setenv("COLUMNS", "200")

    def run(*words: str) -> tuple[int, str, str]:
        code = main(["people", *words, "--var", str(folder), "--config", str(folder / "sekisho.toml")])
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


type Dlp = Callable[..., tuple[int, str, str]]


def test_sources_conflicts_and_alarms(dlp: Dlp) -> None:
    code, said, _ = dlp("sources")
    assert code == 1
    assert "30.0" in said
    assert "has not been heard for 30 hours" in said
    code, said, _ = dlp("conflicts")
    assert code == 1
    assert [
        word for word in ("X9", "personnel", "2018-12-01", "people: 2018-12-21; ldap: 2018-12-01") if word not in said
    ] == []
    code, said, _ = dlp("list")
    assert [row.split("│")[7].strip() for row in said.splitlines() if "│ X9" in row or "│ E1" in row] == [
        "retired",
        "absent",
    ]


def test_a_task_is_finished_on_record(dlp: Dlp, folder: Path) -> None:
    assert "│ E1" in dlp("tasks")[1]
    assert dlp("done", "1", "--by", "Z9")[0] == 2  # nobody
    assert dlp("done", "1", "--by", "A1", "--remark", "済")[0] == 0
    assert dlp("done", "1", "--by", "A1")[0] == 2
    assert "│ E1" not in dlp("tasks")[1]
    assert "済" in dlp("tasks", "--all")[1]
    assert main(["audit", "verify", "--var", str(folder)]) == 0


def test_a_look_back_and_no_exceptions(dlp: Dlp, folder: Path) -> None:
    code, said, _ = dlp("lookback", "E1")
    assert (code, json.loads(said)["transfers"]) == (0, 0)
    assert dlp("lookback", "S1")[0] == 2
    assert dlp("exceptions")[0] == 0
    assert dlp("revoke", "1", "--by", "A1")[0] == 2
    assert dlp("accept", "ldap", "--by", "A1")[0] == 0
    assert dlp("accept", "lpad", "--by", "A1")[0] == 2
    room = Room.open(folder / "quarantine", KeyRing.open_or_create(folder / "keys.json"))
    looks = [(e.actor, e.detail) for e in room.entries() if e.event == "lookback viewed"]
    room.close()
    assert [(actor[:3], detail) for actor, detail in looks] == [("os:", {"person": "E1"})]


def test_a_token_is_shown_once_and_taken_back(dlp: Dlp, folder: Path) -> None:
    token = dlp("scim-token", "entra", "--by", "A1")[1].strip()
    assert token.startswith("sk_")
    assert [path.name for path in folder.rglob("*") if path.is_file() and token.encode() in path.read_bytes()] == []
    assert "1 tokens" in dlp("scim-token", "entra", "--by", "A1", "--revoke")[1]


def test_without_a_register_there_is_nothing_to_say(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["people", "tasks", "--var", str(tmp_path)]) == 2
    assert "--var" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_a_room_that_cannot_be_read_is_told_in_a_line(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    db = sqlite3.connect(folder / "quarantine" / "room.db")
    db.execute("DROP TABLE audit")
    db.close()
    assert main(["audit", "verify", "--var", str(folder)]) == 1
    said = capsys.readouterr().err
    assert said.startswith("dlp audit: ")
    assert "Traceback" not in said
