"""A list in the names of files and folders does not come onto a device, by whatever way the names get there."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from dlp.tuning.town import citizens
from tests.copies import mounted
from tests.e2e.harness import Box

pytestmark = [pytest.mark.e2e]
FOLDERS = 6
INNOCENT = "第二公園の工事の図面を配布します。"
ROWS = [f"{one.name}_{one.phone}" for one in citizens(5 * FOLDERS, seed=3)]
LIST = "/".join("、".join(ROWS[n::FOLDERS]) for n in range(FOLDERS))  # a name has 255 bytes


def _run(*command: str | Path) -> tuple[int, str]:
    done = subprocess.run([*map(str, command)], capture_output=True, text=True, timeout=60)
    return done.returncode, done.stderr.rpartition(": ")[2].strip()


def _on_device(device: Path) -> list[str]:
    return sorted(path.name for path in device.rglob("*") if not path.name.startswith(".sekisho-"))


def _last(box: Box) -> tuple[str, int]:
    room = box.room()
    try:
        entry = room.ledger(limit=1)[0].entry
        return entry.verdict, entry.subjects
    finally:
        room.close()


def test_a_list_in_names_does_not_arrive(tmp_path: Path, need: Callable[..., None]) -> None:
    need("fusermount3")
    source = tmp_path / "a.txt"
    source.write_text(INNOCENT)
    with mounted(tmp_path, 1 << 20) as (box, point, device):
        assert _run("mkdir", "-p", point / LIST)[0] == 0  # the device does not know of it yet
        assert _run("cp", source, point / LIST / "a.txt") == (1, "Permission denied")
        assert _last(box) == ("quarantine", len(ROWS))
        assert _run("cp", source, point / "お知らせ_20260401.txt") == (0, "")
        assert _run("sync", point / "お知らせ_20260401.txt")[0] == 0
        before = _on_device(device)
        assert before == ["お知らせ_20260401.txt"]
        for target in (f"{LIST}/お知らせ_20260401.txt", f"{LIST}/b.txt"):
            assert _run("mv", "-T", point / "お知らせ_20260401.txt", point / target) == (1, "Permission denied")
        assert _run("mv", point / "お知らせ_20260401.txt", point / "お知らせ_20260402.txt") == (0, "")
        assert _on_device(device) == ["お知らせ_20260402.txt"]


def test_a_renaming_that_was_held_is_done_when_it_is_approved(tmp_path: Path, need: Callable[..., None]) -> None:
    need("fusermount3")
    source = tmp_path / "a.txt"
    source.write_text(INNOCENT)
    with mounted(tmp_path, 1 << 20) as (box, point, device):
        assert _run("cp", source, point / "a.txt") == (0, "")
        assert _run("mkdir", "-p", point / LIST)[0] == 0
        assert _run("mv", point / "a.txt", point / LIST / "b.txt") == (1, "Permission denied")
        assert _on_device(device) == ["a.txt"]
        box.approve(box.cases()[0].id, "S001")
        box.wait(lambda: (device / LIST / "b.txt").exists())
        assert (device / LIST / "b.txt").read_text() == INNOCENT
        assert "a.txt" not in _on_device(device)
