"""Workers' folders: gone with the worker, and with the next start where their gateway was killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from dlp import scratch
from dlp.scratch import Scratch, sweep


@pytest.fixture(autouse=True)
def _own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)


def test_what_a_killed_gateway_left_is_cleared_away_and_nobody_elses(tmp_path: Path) -> None:
    code = (
        "import time\nfrom dlp.scratch import Scratch\nkept = Scratch()\nprint(kept.path, flush=True)\ntime.sleep(99)"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        theirs = Path(other.stdout.readline().strip())
        (theirs / "content").write_text("x")
        ours = Scratch()
        (tmp_path / "sekisho-inspector-file").touch()
        (tmp_path / "sekisho-inspector-link").symlink_to(tmp_path)
        (tmp_path / "elses").mkdir()
        assert sweep() == 0
        os.kill(other.pid, signal.SIGKILL)
        other.wait()
        assert sweep() == 1
    assert not theirs.exists()
    assert ours.path.is_dir()
    assert (tmp_path / "elses").is_dir()
    ours.clear()
    ours.clear()
    assert not ours.path.exists()


def test_one_that_is_swept_before_it_is_locked_is_made_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    real = scratch._opened

    def opened(folder: Path) -> int:
        monkeypatch.setattr(scratch, "_opened", real)
        handle = real(folder)
        assert sweep() == 1
        return handle

    monkeypatch.setattr(scratch, "_opened", opened)
    made = Scratch()
    assert made.path.is_dir()
    made.clear()
