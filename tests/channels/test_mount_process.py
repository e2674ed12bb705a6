"""The process behind a mount: it dies, is stale, is stopped; the bare folder meanwhile."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from dlp.channels.mount import point as mount_point
from dlp.channels.mount.mount import MountChannel
from dlp.channels.mount.point import mounted
from dlp.errors import ConfigError
from tests.channels.desk import LIST, Desk, until
from tests.channels.mounted import Mount
from tests.fuse_guard import Guard

pytestmark = [pytest.mark.timeout(120), pytest.mark.usefixtures("guarded")]


async def test_a_dead_process_is_replaced(mount: Mount) -> None:
    assert mount.channel._process.child is not None
    first = mount.channel._process.child.pid
    await mount.ok('echo x > "$M/a"')
    os.kill(first, signal.SIGKILL)
    for _ in range(400):
        code, _ = await mount.sh('cat "$M/a"')
        if code == 0:
            break
        await asyncio.sleep(0.05)
    assert await mount.ok('cat "$M/a"') == "x\n"
    assert mount.channel._process.child.pid != first


async def test_a_stale_mount_point_is_taken_over(mount: Mount) -> None:
    await mount.channel.stop()
    point, command = str(mount.point), [sys.executable, "-m", "dlp.channels.mount.child", "--mountpoint"]
    command += [point, "--device", str(mount.device), "--spool", str(mount.spool), "--max-size", "1"]
    command += ["--quick", str(mount.spool)]
    command += ["--patience", "9", "--allow-other"]
    stale = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert stale.stdout is not None
    assert b"ready" in await asyncio.to_thread(stale.stdout.readline)
    stale.kill()
    await asyncio.to_thread(stale.wait)
    with pytest.raises(OSError, match="not connected"):
        await asyncio.to_thread(os.stat, mount.point)
    (mount.spool / "left").write_bytes(LIST)
    await mount.channel.start()
    await mount.ok('echo x > "$M/a"')
    assert mount.on_device() == {"a": b"x\n"}
    assert not (mount.spool / "left").exists()


async def test_without_its_parent_the_child_ends(mount: Mount) -> None:
    process, line = mount.channel._process.child, mount.channel._process.line
    assert process is not None
    assert line is not None
    line.close()
    assert await asyncio.wait_for(process.wait(), 10) == 0


async def test_stop_while_a_file_is_open(mount: Mount) -> None:
    # A program of its own: stop() starts fusermount3, and a fork of ours would close our descriptors and wait.
    writing = asyncio.create_task(
        mount.sh(
            'exec 3> "$M/a"; cat "$T/list" >&3; touch "$T/open"; until [ -e "$T/stopped" ]; do sleep 0.1; done; exec 3>&-'
        )
    )
    await until(lambda: (mount.tmp / "open").exists())
    await mount.channel.stop()
    (mount.tmp / "stopped").touch()
    await writing
    assert mount.on_device() == {}


async def test_stop_lets_a_verdict_be_given(mount: Mount) -> None:
    mount.desk.reader.gate = asyncio.Event()
    writing = asyncio.create_task(mount.sh('echo slow > "$M/a"'))
    await until(lambda: mount.desk.reader.seen)
    stopping = asyncio.create_task(mount.channel.stop())
    await until(lambda: not mounted(mount.point))
    mount.desk.reader.gate.set()
    await stopping
    assert (await writing)[0] == 0
    assert mount.on_device() == {"a": b"slow\n"}


async def test_a_test_that_hangs_is_freed(mount: Mount) -> None:
    mount.desk.reader.gate = asyncio.Event()
    with Guard(seconds=1.0) as guard:
        guard.watch(mount.tmp)
        writing = asyncio.create_task(mount.sh('/bin/echo slow > "$M/a"'))
        await until(lambda: mount.desk.reader.seen)
        code, out = await asyncio.wait_for(writing, 15)
        guard.rest()
    assert (code, mount.on_device()) == (1, {}), out
    mount.desk.reader.gate.set()


async def test_what_would_be_hidden_by_the_mount_is_told_at_start(tmp_path: Path) -> None:
    desk, point, device = Desk(tmp_path, ""), tmp_path / "usb", tmp_path / "d"
    point.mkdir()
    device.mkdir()
    (point / "written while nothing was mounted").touch()
    with pytest.raises(ConfigError, match="not empty"):
        await MountChannel("U", point, device, desk.gateway, desk.directory, tmp_path / "s").start()
    desk.room.close()


async def test_the_bare_folder_takes_nothing(mount: Mount) -> None:
    assert mount.channel._process.child is not None
    before = len(_refusals(mount.point))
    for _ in range(3):
        os.kill(mount.channel._process.child.pid, signal.SIGKILL)
        first = mount.channel._process.child.pid
        while mount.channel._process.child.pid == first or not mounted(mount.point):
            before += len(await asyncio.to_thread(_refusals, mount.point))
    assert before  # somebody tried while it was away
    await mount.channel.stop()
    assert list(mount.point.iterdir()) == []


def _refusals(point: Path) -> list[int]:
    """Try to make a file there: the errno, or none where it could be made."""
    try:
        (point / "past").touch()
    except OSError as error:
        return [error.errno or 0]
    return []


def test_a_closed_folder_keeps_root_out_where_the_file_system_can(tmp_path: Path, need: Callable[..., None]) -> None:
    point = tmp_path / "usb"
    point.mkdir()
    mount_point.close(point)
    try:
        if not _immutable(point):
            pytest.skip("no immutable flag here")
        with pytest.raises(PermissionError):
            (point / "past").touch()
    finally:
        mount_point.reopen(point)
    assert point.stat().st_mode & 0o777 in (0, 0o700)
    point.rmdir()


def _immutable(point: Path) -> bool:
    said = subprocess.run(["lsattr", "-d", str(point)], capture_output=True, text=True, check=False)
    return "i" in said.stdout.split(" ")[0]


async def test_mount_point_and_device_may_not_contain_each_other(tmp_path: Path) -> None:
    desk = Desk(tmp_path, "")
    for point, device in ((tmp_path, tmp_path / "d"), (tmp_path / "d" / "m", tmp_path / "d"), (tmp_path, tmp_path)):
        with pytest.raises(ConfigError):
            await MountChannel("U", point, device, desk.gateway, desk.directory, tmp_path / "s").start()
    desk.room.close()
