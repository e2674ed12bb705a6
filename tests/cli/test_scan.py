"""`dlp scan` as a process: the contract of its JSON, its exit status, its silence."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.harness import REPO
from tests.e2e.people import found_in
from tests.extract import makers

KEYS = {
    "path", "verdict", "subjects", "counts", "inspected", "unread", "reasons", "media_type", "bytes", "seconds", "ruleset",
}  # fmt: skip


def scan(*args: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "dlp", "scan", *map(str, args)]
    return subprocess.run(command, capture_output=True, text=True, cwd=REPO, timeout=120, check=False)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("scan")
    (made / "deep").mkdir()
    (made / "a-list.csv").write_bytes(makers.CSV.encode("cp932"))
    (made / "b-memo.txt").write_text("会議は3時からです。\n", encoding="utf-8")
    (made / "deep" / "c.xlsx").write_bytes(makers.xlsx())
    (made / "deep" / "d-empty").write_bytes(b"")
    return made


def test_one_line_for_each_file(folder: Path) -> None:
    done = scan("--json", folder)
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 0
    assert [Path(row["path"]).name for row in rows] == ["a-list.csv", "b-memo.txt", "c.xlsx", "d-empty"]
    assert [row["subjects"] for row in rows] == [150, 0, 150, 0]
    assert [row["verdict"] for row in rows] == ["quarantine", "allow", "quarantine", "allow"]
    assert all(set(row) >= KEYS and row["inspected"] for row in rows)
    assert rows[0]["counts"]["name"] == 150
    assert found_in(done.stdout.encode()) == []


def test_what_cannot_be_read_is_exit_3(folder: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken.xlsx"
    broken.write_bytes(makers.xlsx()[:9000])
    done = scan("--json", broken, folder / "b-memo.txt")
    first, second = (json.loads(line) for line in done.stdout.splitlines())
    assert done.returncode == 3
    assert (first["inspected"], first["verdict"], second["inspected"]) == (False, "quarantine", True)
    assert first["unread"][0]["why"] == "corrupt"


def test_wrong_usage_is_exit_2() -> None:
    gone = scan("--json", "/no/such/file")
    assert (gone.returncode, gone.stdout) == (2, "")
    assert "no such file" in gone.stderr
    assert scan().returncode == 2
    assert scan("--signatures", "/no/such/folder", __file__).returncode == 2


def test_a_table_for_people(folder: Path) -> None:
    done = scan(folder)
    assert done.returncode == 0
    assert "4 files, 300 people" in done.stdout
