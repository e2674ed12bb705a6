"""`dlp scan` as a process: the contract of its JSON, its exit status, its silence."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
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
    wide = os.environ | {"COLUMNS": "300"}
    return subprocess.run(command, capture_output=True, text=True, cwd=REPO, env=wide, timeout=120, check=False)


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


def test_the_own_town_is_an_option_and_a_setting(tmp_path: Path) -> None:
    note, config = tmp_path / "note.txt", tmp_path / "sekisho.toml"
    note.write_text("佐藤花子（万田123）\n", encoding="utf-8")
    config.write_text('[town]\nname = "平塚市"\n', encoding="utf-8")
    plain, option, setting = (
        json.loads(scan("--json", *extra, note).stdout)["subjects"]
        for extra in ((), ("--town", "平塚市"), ("--config", config))
    )
    assert (plain, option, setting) == (0, 1, 1)


def test_a_town_nobody_knows_is_exit_2_and_names_those_it_may_be(tmp_path: Path) -> None:
    note = tmp_path / "note.txt"
    note.write_text("本日は休みです。\n", encoding="utf-8")
    done = scan("--json", "--town", "平塚町", note)
    assert (done.returncode, done.stdout) == (2, "")
    assert "did you mean 平塚市" in done.stderr
    assert "という市区町村は一覧にありません" in done.stderr


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
    assert "No such file" in gone.stderr
    assert scan().returncode == 2
    assert scan("--signatures", "/no/such/folder", __file__).returncode == 2


def test_a_table_for_people(folder: Path) -> None:
    done = scan(folder)
    assert done.returncode == 0
    assert "4 files, 300 people" in done.stdout


def test_names_that_are_no_utf8_and_names_that_look_like_markup(tmp_path: Path) -> None:
    for name in ("名簿.txt".encode("cp932"), b"[bold]x[)", b"two\nlines\x1b[31m"):
        (tmp_path / os.fsdecode(name)).write_bytes(b"memo\n")
    done = scan("--json", tmp_path)
    names = sorted(Path(json.loads(line)["path"]).name for line in done.stdout.splitlines())
    assert (done.returncode, names) == (0, ["[bold]x[)", "\\x96\\xbc\\x95\\xeb.txt", "two\\nlines\\x1b[31m"])
    table = scan(tmp_path)
    assert table.returncode == 0
    assert all(shown in table.stdout for shown in ("[bold]x[)", "two\\nlines\\x1b[31m"))


def test_links_and_pipes_in_a_folder_are_not_followed(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to(tmp_path)
    (tmp_path / "out").symlink_to(folder / "a-list.csv")
    os.mkfifo(tmp_path / "pipe")
    done = scan("--json", tmp_path)
    assert (done.returncode, done.stdout) == (0, "")
    named = scan("--json", tmp_path / "out")  # named itself, it is meant
    assert json.loads(named.stdout)["subjects"] == 150


def test_a_folder_that_cannot_be_listed_is_unread_not_empty(folder: Path, tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o000)
    (tmp_path / "memo.txt").write_text("memo\n")
    caps = "--bounding-set=-dac_override,-dac_read_search"  # for root, whom no mode stops
    without = ["setpriv", "--inh-caps=-all", caps] if os.geteuid() == 0 else []
    done = subprocess.run(
        [*without, sys.executable, "-m", "dlp", "scan", "--json", str(tmp_path)],
        capture_output=True, text=True, cwd=REPO, timeout=60, check=False,
    )  # fmt: skip
    rows = {Path(row["path"]).name: row for row in map(json.loads, done.stdout.splitlines())}
    assert done.returncode == 3
    assert (rows["closed"]["inspected"], rows["closed"]["verdict"]) == (False, "quarantine")
    assert rows["memo.txt"]["inspected"]
    assert "closed" in done.stderr


def test_a_path_that_can_be_no_file_is_exit_2(tmp_path: Path) -> None:
    (tmp_path / "dangling").symlink_to("nowhere")
    for path in (tmp_path / "dangling", Path("/dev/zero"), Path("x" * 300), tmp_path / "dangling" / "below"):
        done = scan("--json", path)
        assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (2, "", 1), path


def test_a_pipe_is_read_and_a_closed_stdin_does_not_matter(folder: Path) -> None:
    command = f"cat {folder / 'a-list.csv'} | {sys.executable} -m dlp scan --json /dev/stdin {folder / 'b-memo.txt'}"
    piped = subprocess.run(command, shell=True, capture_output=True, cwd=REPO, timeout=60, check=False)
    assert [json.loads(line)["subjects"] for line in piped.stdout.splitlines()] == [150, 0]
    command = f"{sys.executable} -m dlp scan --json {folder} <&-"
    closed = subprocess.run(command, shell=True, capture_output=True, cwd=REPO, timeout=60, check=False)
    assert (closed.returncode, len(closed.stdout.splitlines())) == (0, 4)


def test_a_reader_that_goes_away_ends_it_quietly(folder: Path) -> None:
    command = f"{sys.executable} -m dlp scan --json {folder} {folder} {folder} | true; echo ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, cwd=REPO, timeout=60, check=False)
    assert (done.stdout, done.stderr) == ("141\n", "")


def test_control_c_stops_it_and_its_workers(tmp_path: Path) -> None:
    for number in range(400):
        (tmp_path / f"{number:03}.csv").write_bytes(makers.CSV.encode("cp932"))
    command = [sys.executable, "-m", "dlp", "scan", "--json", str(tmp_path)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=REPO, start_new_session=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline()
        os.killpg(process.pid, signal.SIGINT)  # a terminal sends it to the whole group
        _, errors = process.communicate(timeout=60)
    assert (process.returncode, errors) == (130, b"")
    patience = time.monotonic() + 30
    while _group_lives(process.pid):  # the last helper process ends when it sees that we are gone
        assert time.monotonic() < patience
        time.sleep(0.05)


def _group_lives(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_large_file_is_read_from_where_it_lies(tmp_path: Path) -> None:
    large = tmp_path / "large.csv"
    large.write_text(makers.CSV + "会議,資料,配布,予定,確認,済,なし,なし\r\n" * 400_000, encoding="utf-8")
    assert large.stat().st_size > 16 * 1024 * 1024
    row = json.loads(scan("--json", large).stdout)
    assert (row["bytes"], row["inspected"]) == (large.stat().st_size, True)
    assert abs(row["subjects"] - 150) <= 7
    assert large.exists()
