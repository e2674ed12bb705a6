"""Copies through the mount, inspecting, against a FUSE passthrough in the same library, plain and synced at close.

What `cp` was told of is judged. On the device it is a moment later where it is small, so that is timed as well: `cp`
and `sync` of its folder after it.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from benchmarks.report import Row, row
from benchmarks.upload_rate import body
from tests.e2e.harness import Box

_SYNCED = "sekisho, inspecting, and then sync"
SMALL, LARGE = 1000, 1 << 30  # files of 4 kB; bytes of one file


def _copy(source: Path, target: Path, *, synced: bool = False) -> float:
    """Seconds until cp has ended, and with `synced` until all that it copied is on the device."""
    begun = time.perf_counter()
    subprocess.run(["cp", "-r", str(source), str(target)], check=True)
    if synced:
        subprocess.run(["sync", str(target)], check=True)
    return time.perf_counter() - begun


def _passthrough(stack: ExitStack, folder: Path, kind: str) -> Path:
    below, point = folder / kind, folder / f"{kind}.mnt"
    below.mkdir()
    point.mkdir()
    child = subprocess.Popen([sys.executable, "-m", "benchmarks.fuse_peer", str(below), str(point), kind])
    stack.callback(child.wait)
    stack.callback(subprocess.run, ["fusermount3", "-u", str(point)], check=True)
    while not os.path.ismount(point):
        time.sleep(0.05)
    return point


def run(runs: int = 3) -> list[Row]:
    """Files and megabytes a second."""
    rows: list[Row] = []
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        device, point = folder / "device", folder / "usb"
        for made in (device, point, folder / "small"):
            made.mkdir()
        (device / ".sekisho-device").touch()
        for number in range(SMALL):
            (folder / "small" / f"{number:04}.txt").write_bytes(body(4000))
        block = body(1 << 20)
        with (folder / "large.txt").open("wb") as file:
            for _ in range(LARGE // len(block)):
                file.write(block)
        ledger = f'[[device]]\nserial = "USB-7"\nstate = "in_use"\nfolder = "{device}"\n'
        off = {"enabled": False}
        media = {"mounts": {"USB-7": str(point)}}
        stack.enter_context(Box(folder / "box", devices=ledger, mail=off, web=off, media=media))
        ways = {
            "plain passthrough": _passthrough(stack, folder, "plain"),
            "passthrough, synced at close": _passthrough(stack, folder, "synced"),
            "sekisho, inspecting": point,
            _SYNCED: point,
        }
        for work, source, amount, unit in (
            ("copy 1,000 files of 4 kB", folder / "small", SMALL, "files/s"),
            ("copy one file of 1 GB", folder / "large.txt", LARGE / 1e6, "MB/s"),
        ):
            figures: dict[str, list[float]] = {who: [] for who in ways}
            for number in range(runs):
                for who, way in ways.items():
                    target = way / f"{source.name}{number}"
                    os.sync()  # nobody waits for what those before left to be written
                    figures[who].append(amount / _copy(source, target, synced=who == _SYNCED))
                    shutil.rmtree(target, ignore_errors=True) if target.is_dir() else target.unlink()
            rows += [row(work, who, unit, taken) for who, taken in figures.items()]
    return rows
