"""Devices not to be written to, full or pulled; who writes; names and links of a mounted device."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from dlp.delivery.media import MARK
from tests.channels.desk import ledger, until
from tests.channels.mounted import Mount
from tests.e2e.stick import Stick

pytestmark = [pytest.mark.timeout(120), pytest.mark.usefixtures("guarded")]


@pytest.mark.parametrize("devices", ["", ledger("USB-7", "{}", "lost"), ledger("USB-7", "{}", "retired")])
async def test_a_device_not_to_be_written_to_is_refused_whatever_is_written(mount: Mount, devices: str) -> None:
    await mount.ok('echo before > "$M/a"')
    assert mount.on_device() == {"a": b"before\n"}
    mount.desk.devices_file.write_text(devices.format(mount.device))
    # Not the shell's own echo: dash closes what it writes by dup2(2), which tells nobody.
    for command in (
        '/bin/echo x > "$M/b"',
        '/bin/echo x > "$M/a"',
        '/bin/echo x >> "$M/a"',
        'mv "$M/a" "$M/c"',
        'rm -f "$M/a"',
    ):
        await mount.refused(command)
    before = (mount.device / "a").stat().st_mtime_ns
    with pytest.raises(PermissionError):
        await asyncio.to_thread(os.utime, mount.point / "a", (0, 0))
    assert (mount.device / "a").stat().st_mtime_ns == before
    await mount.sh('touch "$M/touched"; mkdir -p "$M/d/e"; truncate -s 0 "$M/a"')
    await until(lambda: mount.buffered() == 0)
    assert await mount.ok('cat "$M/a"') == "before\n"
    assert mount.on_device() == {"a": b"before\n"}
    assert set(mount.desk.verdicts()[1:]) == {"block"}


async def test_who_writes_is_who_is_judged(mount: Mount) -> None:
    # nobody (65534) is no person of the people file: unknown, so even a harmless file is held.
    for folder in mount.tmp.parents[:2]:
        folder.chmod(0o755)
    mount.tmp.chmod(0o755)
    code, out = await mount.sh('/bin/echo x > "$M/a"', uid=65534)
    if "cannot create" in out:
        pytest.skip("the temporary folder is closed to other people")
    assert code == 1, out
    assert mount.desk.rows() == [("nobody", "quarantine", "")]


async def test_links_of_the_device_lead_nowhere(mount: Mount) -> None:
    (mount.tmp / "secret").write_text("secret")
    (mount.device / "link").symlink_to(mount.tmp / "secret")
    (mount.device / "way").symlink_to(mount.tmp)
    os.mkfifo(mount.device / "pipe")
    assert await mount.ok('ls -A "$M"') == ""
    for command in ('cat "$M/link"', 'cat "$M/way/secret"', 'cat "$M/pipe"', 'echo x > "$M/way/new"'):
        code, _ = await mount.sh(command)
        assert code != 0
    assert sorted(p.name for p in mount.tmp.iterdir() if p.name == "new") == []
    for command in ('ln -s x "$M/l"', 'ln "$T/secret" "$M/l"', 'mkfifo "$M/p"', f'cat "$M/{MARK}"'):
        code, _ = await mount.sh(command)
        assert code != 0


async def test_no_name_is_overwritten_that_should_not_be(mount: Mount) -> None:
    await mount.ok('echo a > "$M/a"; echo b > "$M/b"; mv -n "$M/a" "$M/b" || true; mkdir "$M/d"; echo c > "$M/d/c"')
    assert mount.on_device() == {"a": b"a\n", "b": b"b\n", "d/c": b"c\n"}
    for command in ('rmdir "$M/d"', 'mv -T "$M/a" "$M/d"', 'mkdir "$M/a"', 'ls "$M/none"', 'mv "$M/d" "$M/d/e"'):
        code, _ = await mount.sh(command)
        assert code != 0, command
    assert mount.on_device() == {"a": b"a\n", "b": b"b\n", "d/c": b"c\n"}


async def test_too_large_is_told_and_nothing_arrives(mount: Mount) -> None:
    code, out = await mount.sh('head -c 13M /dev/zero > "$M/a"')
    assert (code, "File too large" in out) == (1, True)
    assert (mount.on_device(), mount.desk.rows()) == ({}, [])


async def test_a_stick_full_or_pulled(tmp_path: Path, need: Callable[..., None]) -> None:
    need("fusermount3", "/dev/fuse", "mkfs.ext4", "/dev/loop-control")
    with Stick(tmp_path, megabytes=8) as stick:
        mount = Mount(tmp_path, stick.folder)
        await mount.channel.start()
        try:
            await mount.ok('echo old > "$M/a"; sync "$M/a"')
            for name in ("a", "b"):
                code, out = await mount.sh(f'head -c 9M /dev/urandom > "$M/{name}"')
                assert (code, "No space left" in out) == (1, True), out
            assert stick.files() == {"a": b"old\n"}
            stick.unplug()
            code, out = await mount.sh('echo x > "$M/c"')
            assert (code, "No such device" in out) == (2, True), out
            assert list(stick.folder.iterdir()) == []
            stick.plug()
            await mount.ok('echo x > "$M/c"')
            await mount.ok('sync "$M/c"')
            assert stick.files() == {"a": b"old\n", "c": b"x\n"}
        finally:
            await mount.channel.stop()
            mount.desk.room.close()
