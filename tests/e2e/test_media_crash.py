"""A gateway killed right after files were closed on its mount: none of them is lost, none that nobody judged is there."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from dlp.channels.mount.promises import quick_folder
from tests.e2e.harness import Box

pytestmark = pytest.mark.timeout(200)

_DEVICE = '[[device]]\nserial = "USB-7"\nstate = "in_use"\nfolder = "{}"\n'
_WRITES = """
import os, sys
for number in range(100000):
    fd = os.open(f"{sys.argv[1]}/{number}.txt", os.O_WRONLY | os.O_CREAT)
    os.write(fd, f"会議の資料 {number}\\n".encode() * 40)
    os.close(fd)
    print(number, flush=True)
"""


def test_what_was_closed_before_a_kill_arrives_after_it(tmp_path: Path, need: Callable[..., None]) -> None:
    need("fusermount3", "/dev/fuse")
    device, point = tmp_path / "device", tmp_path / "usb"
    device.mkdir()
    (device / ".sekisho-device").touch()
    off = {"enabled": False}
    media = {"mounts": {"USB-7": str(point)}, "guard": False}
    with Box(tmp_path, devices=_DEVICE.format(device), mail=off, web=off, media=media) as box:
        told = _written_until_killed(box, point)
        assert len(told) >= 30
        box.start()
        box.wait(lambda: {f"{number}.txt" for number in told} <= {p.name for p in device.iterdir()})
        for number in told:
            assert (device / f"{number}.txt").read_text() == f"会議の資料 {number}\n" * 40
        assert not list(device.glob(".sekisho-*.part"))
    folder = quick_folder(box.var / "spool" / "mount" / "USB-7")
    assert not list(folder.iterdir())
    folder.rmdir()


def _written_until_killed(box: Box, point: Path) -> list[int]:
    """Write file after file and kill the gateway meanwhile; the files whose close said that all was well."""
    command = [sys.executable, "-c", _WRITES, str(point)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as writer:
        assert writer.stdout is not None
        told = [int(next(writer.stdout)) for _ in range(30)]
        box.kill()
        told += [int(line) for line in writer.stdout]
        assert writer.wait(30) != 0
    return told
