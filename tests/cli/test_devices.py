"""`dlp devices` and `dlp coverage` over a gateway's folder: what they change is in the register and the audit chain."""

from __future__ import annotations

import csv
import json
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from dlp.cli import main
from quarantine.keys import KeyRing
from quarantine.room import Room
from tests.directory.test_usb_events import USB, osquery
from tests.e2e.harness import PEOPLE

NOW = datetime.now(ZoneInfo("Asia/Tokyo"))
TODAY = NOW.date().isoformat()
DEVICES = '[[device]]\nserial = "USB-7"\nnumber = "市-7"\nholder = "S001"\ndepartment = "市民課"\n'


@pytest.fixture
def var(tmp_path: Path) -> Path:
    (tmp_path / "people.toml").write_text(PEOPLE, encoding="utf-8")
    (tmp_path / "devices.toml").write_text(DEVICES, encoding="utf-8")
    Room.open(tmp_path / "quarantine", KeyRing.open_or_create(tmp_path / "keys.json")).close()
    return tmp_path


def dlp(var: Path, *words: str, code: int = 0) -> None:
    assert main([*words, "--var", str(var)]) == code


def chain(var: Path) -> list[str]:
    room = Room.open(var / "quarantine", KeyRing.open_or_create(var / "keys.json"))
    try:
        assert room.verify() == []
        return [entry.event for entry in room.entries()]
    finally:
        room.close()


def test_a_loan_by_command(var: Path, capsys: pytest.CaptureFixture[str]) -> None:
    dlp(var, "devices", "import", str(var / "devices.toml"), "--as", "A001")
    ask = ["devices", "request", "USB-7", "--purpose", "=国勢調査", "--as", "E001", "--last"]
    dlp(var, *ask, (NOW.date() + timedelta(days=800)).isoformat(), code=2)
    assert "3月31日" in capsys.readouterr().err
    dlp(var, *ask, TODAY)
    dlp(var, "devices", "approve", "1", "--as", "E001", code=2)
    for verb in ("approve", "lend"):
        dlp(var, "devices", verb, "1", "--as", "S001")
    dlp(var, "devices", "return", "1", "--as", "S001", code=2)
    capsys.readouterr()
    dlp(var, "devices", "list")
    header, line = (text.split("\t") for text in capsys.readouterr().out.splitlines())
    assert dict(zip(header, line, strict=True))["使用者"] == "職員 一（E001）"
    for kind in ("csv", "html"):
        dlp(var, "devices", "ledger", "--loans", "--format", kind, "--out", str(var / f"book.{kind}"))
    (row,) = csv.DictReader((var / "book.csv").open(encoding="utf-8-sig", newline=""))
    assert (row["使用目的"], row["申請者"], row["状態"]) == ("'=国勢調査", "職員 一（E001）", "持出し中")
    page = (var / "book.html").read_text(encoding="utf-8")
    assert "データ消去の確認" in page
    assert "<script" not in page
    dlp(var, "devices", "return", "1", "--erased", "--as", "S001")
    dlp(var, "devices", "lost", "USB-7", "--remark", "紛失", "--as", "S001")
    dlp(var, "devices", "history", "USB-7")
    assert "lose -> lost" in capsys.readouterr().out
    assert [e for e in chain(var) if e.startswith(("loan", "device_l"))] == [
        *("loan_request", "loan_approve", "device_lend", "loan_lend", "loan_return", "device_lose")
    ]


def test_an_inventory_by_command(var: Path, capsys: pytest.CaptureFixture[str]) -> None:
    dlp(var, "devices", "import", str(var / "devices.toml"), "--as", "S001", code=2)
    dlp(var, "devices", "import", str(var / "devices.toml"), "--as", "A001")
    dlp(var, "devices", "inventory", "open", "--name", "上期", "--as", "A001")
    dlp(var, "devices", "inventory", "close", "--as", "A001")
    assert "not seen: USB-7" in capsys.readouterr().out


def test_coverage_by_command(var: Path, capsys: pytest.CaptureFixture[str]) -> None:
    dlp(var, "coverage", "report")
    (var / "t.csv").write_text("name\n施設予約端末\n", encoding="utf-8")
    dlp(var, "coverage", "list", str(var / "t.csv"), "--as", "S001", code=2)
    dlp(var, "coverage", "list", str(var / "t.csv"), "--as", "A001")
    (var / "log").write_text(json.dumps(osquery(columns=USB, action="added", unixTime=int(9e9 // 5))), encoding="utf-8")
    dlp(var, "coverage", "read", "--kind", "osquery", str(var / "log"))
    capsys.readouterr()
    dlp(var, "coverage", "report", code=3)
    assert "施設予約端末" in capsys.readouterr().out
    dlp(var, "coverage", "admit", "PC-01", "--as", "A001")
    agent = capsys.readouterr().out.split()[1]
    dlp(var, "coverage", "revoke", agent, "--as", "A001")
    dlp(var, "coverage", "revoke", agent, "--as", "A001", code=2)
    dlp(var, "coverage", "agents")
    assert f"{agent}  pc-01" in capsys.readouterr().out
    assert {"terminals_listed", "agent_admitted", "agent_revoked", "device_seen"} <= set(chain(var))


def test_a_folder_without_a_gateway_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    dlp(tmp_path, "devices", "list", code=2)
    dlp(tmp_path, "coverage", "report", code=2)
    assert capsys.readouterr().err.count("--var") == 2
