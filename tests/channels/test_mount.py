"""The mount with the kernel's FUSE and ordinary programs, the real gateway and room, over a scripted reader."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from dlp.channels import mount_point
from dlp.channels.mount import MountChannel
from dlp.channels.mount_point import mounted
from dlp.delivery import media
from dlp.delivery.erased import left_on
from dlp.delivery.manifest import NAME as MANIFEST
from dlp.delivery.media import MARK
from dlp.directory.lending import Lending
from dlp.directory.loans import Refused
from dlp.errors import ConfigError
from dlp.policy import Media, Policy
from dlp.transfer import LARGE
from tests.channels.desk import LIST, Desk, ledger, until
from tests.e2e.stick import Stick
from tests.fuse_guard import Guard

pytestmark = pytest.mark.timeout(120)
_MAX_SIZE = 12 << 20


@pytest.fixture(scope="module")
def guard() -> Iterator[Guard]:
    with Guard(seconds=60.0) as made:
        yield made


@pytest.fixture(autouse=True)
def guarded(guard: Guard, tmp_path: Path) -> Iterator[None]:
    guard.watch(tmp_path)
    yield
    guard.rest()


class Mount:
    """A mounted device and a shell on it."""

    def __init__(
        self,
        tmp: Path,
        device: Path | None = None,
        *,
        patience: float = 50.0,
        policy: Policy | None = None,
        max_size: int = 0,
    ) -> None:
        self.tmp = tmp
        self.device = device or tmp / "device"
        if device is None:
            self.device.mkdir()
            (self.device / MARK).touch()
        self.desk = Desk(tmp, ledger("USB-7", self.device), policy)
        self.point, self.spool = tmp / "mount point", tmp / "spool"
        self.channel = MountChannel(
            "USB-7",
            self.point,
            self.device,
            self.desk.gateway,
            self.desk.directory,
            self.spool,
            max_size=max_size or _MAX_SIZE,
            patience=patience,
            manifest=self.desk.manifest,
        )

    async def sh(self, command: str, *, uid: int | None = None) -> tuple[int, str]:
        """Run in a shell, $M being the mount point and $T a folder beside it; exit code and all output."""
        env = os.environ | {"M": str(self.point), "T": str(self.tmp), "LC_ALL": "C"}
        process = await asyncio.create_subprocess_shell(
            command, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, user=uid, cwd="/"
        )
        async with asyncio.timeout(40):  # what hangs fails; the fixture's stop() then frees it
            out, _ = await process.communicate()
        return process.returncode or 0, out.decode()

    async def ok(self, command: str) -> str:
        code, out = await self.sh(command)
        assert code == 0, out
        return out

    async def refused(self, command: str) -> None:
        code, out = await self.sh(command)
        assert code == 1, out
        assert "Permission denied" in out

    def on_device(self) -> dict[str, bytes]:
        found = (p for p in self.device.rglob("*") if p.is_file() and "lost+found" not in p.parts)
        found = (p for p in found if p.name not in (MARK, MANIFEST))
        return {str(p.relative_to(self.device)): p.read_bytes() for p in found}

    def buffered(self) -> int:
        return len(list(self.spool.iterdir()))


@pytest.fixture
async def hasty(tmp_path: Path, need: Callable[..., None]):  # type: ignore[no-untyped-def]
    """A mount that waits a second for a verdict."""
    need("fusermount3", "/dev/fuse")
    made = Mount(tmp_path, patience=1.0)
    await made.channel.start()
    yield made
    await made.channel.stop()
    made.desk.room.close()


@pytest.fixture
async def mount(tmp_path: Path, need: Callable[..., None]):  # type: ignore[no-untyped-def]
    need("fusermount3", "/dev/fuse")
    made = Mount(tmp_path)
    (tmp_path / "list").write_bytes(LIST)
    await made.channel.start()
    yield made
    await made.channel.stop()
    made.desk.room.close()
    assert not mounted(made.point)
    assert made.buffered() == 0


@pytest.mark.parametrize("size", [0, 1, 4096, 4097, 10 << 20])
async def test_innocent_files_arrive_whole(mount: Mount, size: int) -> None:
    content = os.urandom(size)
    (mount.tmp / "a").write_bytes(content)
    await mount.ok('cp "$T/a" "$M/報告 1.bin" && cmp "$T/a" "$M/報告 1.bin"')
    await until(lambda: mount.desk.rows() == [("root", "allow", "delivered")])
    assert mount.on_device() == {"報告 1.bin": content}
    await until(lambda: mount.buffered() == 0)


async def test_a_held_list_fails_its_own_cp_and_leaves_nothing(mount: Mount) -> None:
    await mount.refused('cp "$T/list" "$M/list.csv"')
    assert await mount.ok('ls -A "$M"') == ""
    assert mount.on_device() == {}
    (case,) = mount.desk.room.cases()
    assert mount.desk.room.content(case.id, "test", "test") == LIST
    assert mount.desk.room.case(case.id).envelope["path"] == "list.csv"
    await until(lambda: mount.buffered() == 0)


@pytest.mark.parametrize(
    "command",
    [
        'cat "$T/list" > "$M/new"',
        'dd if="$T/list" of="$M/new" bs=100 status=none',
        'dd if="$T/list" of="$M/new" conv=fsync status=none',
    ],
)
async def test_other_ways_to_write_are_refused_without_a_trace(mount: Mount, command: str) -> None:
    code, out = await mount.sh(command)
    assert code == 1, out
    assert mount.on_device() == {}
    assert mount.desk.verdicts() == ["quarantine"]


@pytest.mark.parametrize("command", ['cp "$T/list" "$M/a"', 'cat "$T/list" > "$M/a"', 'cat "$T/list" >> "$M/a"'])
async def test_a_rewritten_file_keeps_its_last_allowed_version(mount: Mount, command: str) -> None:
    await mount.ok('echo one > "$M/a"; echo two > "$M/a"')
    await mount.refused(command)
    assert await mount.ok('cat "$M/a"') == "two\n"
    assert mount.on_device() == {"a": b"two\n"}
    await mount.ok('echo three >> "$M/a"')
    assert mount.on_device() == {"a": b"two\nthree\n"}


async def test_sparse_append_truncate_and_reading_back(mount: Mount) -> None:
    def work() -> None:
        path = mount.point / "f"
        with path.open("w+b") as file:
            file.seek(5000)
            file.write(b"end")
            file.flush()
            file.truncate(5001)
            file.seek(4999)
            assert file.read() == b"\0e"
        assert path.stat().st_size == 5001
        os.truncate(path, 2)
        with path.open("ab") as one, path.open("ab") as two:
            one.write(b"1")
            one.flush()
            two.write(b"2")
        assert path.read_bytes() == b"\0\x0012"
        assert path.stat().st_size == 4

    await asyncio.to_thread(work)
    assert mount.on_device() == {"f": b"\0\x0012"}


async def test_the_tools_of_every_day(mount: Mount) -> None:
    await mount.ok(
        """
        set -e
        mkdir -p "$T/tree/a/b"; for n in $(seq 25); do echo $n > "$T/tree/a/$n"; done; echo x > "$T/tree/a/b/x"
        touch -d 2019-04-17T10:00:00 "$T/tree/a/1"
        cp -r "$T/tree" "$M/copied"; diff -r "$T/tree" "$M/copied"
        rsync -a "$T/tree/" "$M/synced/"; diff -r "$T/tree" "$M/synced"
        test "$(stat -c %Y "$M/synced/a/1")" = "$(stat -c %Y "$T/tree/a/1")"
        test -z "$(rsync -ani --no-p --no-o --no-g --omit-dir-times "$T/tree/" "$M/synced/")"
        cp -p "$T/tree/a/1" "$M/kept"; test "$(stat -c %Y "$M/kept")" = "$(stat -c %Y "$T/tree/a/1")"
        mv "$M/copied" "$M/moved"; mv "$M/moved/a/1" "$M/one"; cat "$M/one"
        mv "$T/tree/a/2" "$M/two"; test ! -e "$T/tree/a/2"
        rm -r "$M/moved" "$M/synced"; rm "$M/one" "$M/two" "$M/kept"; test -z "$(ls -A "$M")"
        df "$M"
        """
    )
    assert mount.on_device() == {}


async def test_saving_through_a_temporary_file(mount: Mount) -> None:
    def save(content: bytes) -> None:
        beside = mount.point / ".lu1234.tmp"
        with beside.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(mount.point / "文書.odt")

    await asyncio.to_thread(save, b"one")
    await asyncio.to_thread(save, b"two")
    with pytest.raises(PermissionError):
        await asyncio.to_thread(save, LIST)
    assert mount.on_device() == {"文書.odt": b"two"}


async def test_a_folder_reaches_the_device_with_its_first_allowed_file(mount: Mount) -> None:
    await mount.ok('mkdir -p "$M/山田太郎/b" && ls -R "$M"')
    await mount.refused('cp "$T/list" "$M/山田太郎/b/x"')
    assert [p.name for p in mount.device.iterdir()] == [MARK]
    await mount.ok('mv "$M/山田太郎" "$M/c"; echo x > "$M/c/b/x"; mkdir "$M/c/empty"; rmdir "$M/c/empty"')
    assert mount.on_device() == {"c/b/x": b"x\n"}
    await mount.ok('mkdir "$M/d"; mv "$M/c/b/x" "$M/d/y"; rmdir "$M/c/b" "$M/c"')
    assert mount.on_device() == {"d/y": b"x\n"}


async def test_what_is_removed_before_it_is_closed_is_nobodys(mount: Mount) -> None:
    def work() -> bytes:
        with (mount.point / "t").open("w+b") as file:
            file.write(LIST)
            file.flush()
            (mount.point / "t").unlink()
            file.seek(0)
            return file.read()

    assert await asyncio.to_thread(work) == LIST
    assert mount.desk.rows() == []
    await until(lambda: mount.buffered() == 0)
    assert mount.on_device() == {}


async def test_a_name_changed_while_open_goes_with_the_content(mount: Mount) -> None:
    def work() -> None:
        with (mount.point / "a").open("wb") as file:
            file.write(b"text")
            file.flush()
            (mount.point / "a").rename(mount.point / "b")

    await asyncio.to_thread(work)
    assert mount.on_device() == {"b": b"text"}


# In a program of its own: a fork of ours would close our descriptor, and that waits for the verdict.
_KEEPS_OPEN = 'exec 3> "$M/a"; cat "$T/source" >&3; touch "$T/told"; until [ -e "$T/stop" ]; do sleep 0.05; done'


async def test_a_name_changed_during_a_refusal_shows_what_was_allowed(mount: Mount) -> None:
    await mount.ok('echo before > "$M/a"')
    mount.desk.reader.gate = asyncio.Event()
    (mount.tmp / "source").write_bytes(b"slow\n" + LIST)
    writing = asyncio.create_task(mount.sh(_KEEPS_OPEN))
    await until(lambda: mount.desk.reader.seen == 2)
    moving = asyncio.create_task(mount.ok('mv "$M/a" "$M/b"'))
    await asyncio.sleep(0.3)
    assert not moving.done()  # it waits for the verdict
    mount.desk.reader.gate.set()
    await until(lambda: (mount.tmp / "told").exists())
    await moving
    await mount.ok('/bin/echo after >> "$M/b"')  # while the refused handle is still open
    (mount.tmp / "stop").touch()
    assert "Permission denied" in (await writing)[1]
    assert mount.on_device() == {"b": b"before\nafter\n"}


async def test_once_judged_it_is_not_judged_again(mount: Mount) -> None:
    def work() -> None:
        fd = os.open(mount.point / "a", os.O_WRONLY | os.O_CREAT)
        os.write(fd, b"text")
        for _ in range(3):
            os.close(os.dup(fd))
        os.fsync(fd)
        os.close(fd)
        os.close(os.open(mount.point / "a", os.O_RDWR))

    await asyncio.to_thread(work)
    assert mount.desk.verdicts() == ["allow"]


async def test_a_refused_handle_stays_refused(mount: Mount) -> None:
    def work() -> None:
        fd = os.open(mount.point / "a", os.O_RDWR | os.O_CREAT)
        os.write(fd, LIST)
        # Reading is not asked: the kernel may remember what this handle itself wrote.
        for act in (lambda: os.fsync(fd), lambda: os.write(fd, b"x"), lambda: os.fsync(fd), lambda: os.close(fd)):
            with pytest.raises(PermissionError):
                act()

    await asyncio.to_thread(work)
    assert mount.desk.verdicts() == ["quarantine"]


_MAPS = """
import mmap, os, sys
size = os.path.getsize(sys.argv[2])
fd = os.open(sys.argv[1], os.O_RDWR | os.O_CREAT)
os.write(fd, bytes(size))
mapped = mmap.mmap(fd, size)
os.close(fd)
mapped[:] = open(sys.argv[2], "rb").read()
try:
    mapped.flush()
except PermissionError:
    print("refused")
mapped.close()
"""


async def test_what_a_mapping_writes_after_close_is_judged_too(mount: Mount) -> None:
    # In a process of its own: msync(2) waits for the verdict with the interpreter's lock held.
    (mount.tmp / "maps.py").write_text(_MAPS)
    assert await mount.ok(f'{sys.executable} "$T/maps.py" "$M/a" "$T/list"') == "refused\n"
    await until(lambda: "quarantine" in mount.desk.verdicts())
    assert b"person" not in b"".join(mount.on_device().values())


async def test_a_fault_of_ours_is_an_error_and_nothing_arrives(mount: Mount) -> None:
    mount.desk.reader.faults = 1
    code, out = await mount.sh('cp "$T/tried" "$M/a" 2>&1 || { echo x > "$T/tried"; cp "$T/tried" "$M/a"; }')
    assert (code, "Input/output error" in out) == (1, True)
    assert mount.on_device() == {}
    await mount.ok('cp "$T/tried" "$M/a"')
    assert mount.on_device() == {"a": b"x\n"}


@pytest.mark.parametrize("content", [b"slow\n", b"slow\n" + LIST], ids=["harmless", "list"])
async def test_a_verdict_that_does_not_come_is_given_up(hasty: Mount, content: bytes) -> None:
    hasty.desk.reader.gate = asyncio.Event()
    (hasty.tmp / "source").write_bytes(content)
    await hasty.ok('echo before > "$M/a"')
    code, out = await hasty.sh('cp "$T/source" "$M/a"')
    assert (code, "Input/output error" in out) == (1, True), out
    hasty.desk.reader.gate.set()
    await until(lambda: hasty.buffered() == 0)
    await until(lambda: all(outcome or verdict == "quarantine" for _, verdict, outcome in hasty.desk.rows()))
    assert hasty.on_device() == {"a": b"before\n"}
    assert not any(case.entry.size != len(content) for case in hasty.desk.room.cases())
    await hasty.ok('echo after > "$M/a"')
    assert hasty.on_device() == {"a": b"after\n"}


async def test_the_allowed_one_that_came_too_late_does_not_arrive(hasty: Mount) -> None:
    hasty.desk.reader.gate = asyncio.Event()
    (hasty.tmp / "source").write_bytes(b"slow\n")
    writing = asyncio.create_task(hasty.sh(_KEEPS_OPEN))  # so that its spool file is still there
    await until(lambda: (hasty.tmp / "told").exists())
    hasty.desk.reader.gate.set()
    await until(lambda: hasty.desk.rows() == [("root", "allow", "failed")])
    (hasty.tmp / "stop").touch()
    assert "Input/output error" in (await writing)[1]
    await until(lambda: hasty.buffered() == 0)
    assert hasty.on_device() == {}


async def test_a_large_file_s_verdict_is_waited_for_longer(tmp_path: Path, need: Callable[..., None]) -> None:
    need("fusermount3", "/dev/fuse")
    made = Mount(tmp_path, patience=1.0, max_size=64 << 20)
    made.desk.reader.gate = asyncio.Event()
    with (tmp_path / "source").open("wb") as file:
        file.write(b"slow\n")
        file.truncate(LARGE + (20 << 20))  # twenty seconds more
    await made.channel.start()
    try:
        writing = asyncio.create_task(made.ok('cp --sparse=never "$T/source" "$M/a" && cmp "$T/source" "$M/a"'))
        await until(lambda: made.desk.reader.seen == 1)
        await asyncio.sleep(2.0)
        made.desk.reader.gate.set()
        await writing
    finally:
        await made.channel.stop()
        made.desk.room.close()


async def test_a_slow_device_is_waited_for(hasty: Mount, monkeypatch: pytest.MonkeyPatch) -> None:
    real = media.write_now

    def slowly(*what: Any, **more: Any) -> Path:
        time.sleep(2.0)
        return real(*what, **more)

    monkeypatch.setattr(media, "write_now", slowly)
    await hasty.ok('/bin/echo x > "$M/a"')
    assert hasty.on_device() == {"a": b"x\n"}
    await until(lambda: hasty.desk.rows() == [("root", "allow", "delivered")])
    await until(lambda: hasty.buffered() == 0)


async def test_one_slow_verdict_stops_nobody_else(mount: Mount) -> None:
    mount.desk.reader.gate = asyncio.Event()
    slow = [asyncio.create_task(mount.ok(f'echo slow > "$M/slow{n}"')) for n in range(12)]
    await until(lambda: mount.desk.reader.seen == 12)
    await mount.ok('echo quick > "$M/quick"; cat "$M/quick"; ls -l "$M"; stat "$M/slow1"')
    assert mount.on_device() == {"quick": b"quick\n"}
    assert not any(task.done() for task in slow)
    mount.desk.reader.gate.set()
    await asyncio.gather(*slow)
    assert len(mount.on_device()) == 13


async def test_many_writers_at_once(mount: Mount) -> None:
    def one(number: int) -> str:
        path, content = mount.point / f"{number % 5}" / f"{number}", os.urandom(20_000 + number)
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
        assert path.read_bytes() == content
        return hashlib.sha256(content).hexdigest()

    # Threads of their own: the channel's answers need the loop's, and each writer waits for one.
    with ThreadPoolExecutor(8) as pool:
        told = await asyncio.gather(*(asyncio.get_running_loop().run_in_executor(pool, one, n) for n in range(40)))
    found = mount.on_device()
    assert [hashlib.sha256(found[f"{n % 5}/{n}"]).hexdigest() for n in range(40)] == told


@pytest.mark.parametrize("devices", ["", ledger("USB-7", "{}", "lost"), ledger("USB-7", "{}", "retired")])
async def test_a_device_not_to_be_written_to_is_refused_whatever_is_written(mount: Mount, devices: str) -> None:
    await mount.ok('echo before > "$M/a"')
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
            await mount.ok('echo old > "$M/a"')
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
            assert stick.files() == {"a": b"old\n", "c": b"x\n"}
        finally:
            await mount.channel.stop()
            mount.desk.room.close()


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
    point, command = str(mount.point), [sys.executable, "-m", "dlp.channels.mount_child", "--mountpoint"]
    command += [point, "--device", str(mount.device), "--spool", str(mount.spool), "--max-size", "1"]
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


# the ledger of media


@pytest.fixture
async def strict(tmp_path: Path, need: Callable[..., None]):  # type: ignore[no-untyped-def]
    """A mount where the policy demands a loan."""
    need("fusermount3", "/dev/fuse")
    made = Mount(tmp_path, policy=Policy(media=Media(require_loan=1)))
    (tmp_path / "a").write_bytes(b"harmless")
    await made.channel.start()
    yield made
    await made.channel.stop()
    made.desk.room.close()


def reasons(mount: Mount) -> list[str]:
    """Why the last transfer was not let pass."""
    return [str(reason["code"]) for reason in mount.desk.room.ledger()[0].entry.reasons]


async def test_without_a_loan_nothing_is_written_and_with_one_it_is(strict: Mount) -> None:
    await strict.refused('cp "$T/a" "$M/a"')
    assert reasons(strict) == ["loan_missing"]
    number = strict.desk.lend()
    await strict.ok('cp "$T/a" "$M/a"')
    assert strict.on_device() == {"a": b"harmless"}
    strict.desk.end_loan(number)
    await strict.refused('cp "$T/a" "$M/late"')
    assert reasons(strict) == ["loan_expired"]
    await strict.refused('rm "$M/a"')
    assert strict.on_device() == {"a": b"harmless"}


async def test_somebody_else_s_loan_is_no_loan(strict: Mount) -> None:
    strict.desk.lend("E002")
    await strict.refused('cp "$T/a" "$M/a"')
    assert reasons(strict) == ["loan_others"]
    assert strict.on_device() == {}


async def test_a_device_lost_while_it_is_mounted_takes_nothing_from_then_on(strict: Mount) -> None:
    strict.desk.lend()
    await strict.ok('cp "$T/a" "$M/a"')
    strict.desk.lending.lose("USB-7", "E001", "盗難", datetime.now(UTC))
    await strict.refused('cp "$T/a" "$M/b"')
    assert reasons(strict) == ["device_lost"]
    await strict.refused('mv "$M/a" "$M/c"')
    assert strict.on_device() == {"a": b"harmless"}


async def test_a_device_lost_while_a_file_is_being_read_does_not_get_it(strict: Mount) -> None:
    strict.desk.lend()
    gate = strict.desk.reader.gate = asyncio.Event()
    (strict.tmp / "slow").write_bytes(b"slow but harmless")
    writing = asyncio.create_task(strict.refused('cp "$T/slow" "$M/slow"'))
    await until(lambda: strict.desk.reader.seen == 1)
    strict.desk.lending.lose("USB-7", "E001", "盗難", datetime.now(UTC))
    gate.set()
    await writing
    assert strict.on_device() == {}


async def test_a_loan_that_is_back_leaves_an_empty_device(strict: Mount) -> None:
    number, now = strict.desk.lend(), datetime.now(UTC)
    lending = Lending(strict.desk.book, strict.desk.directory, look=left_on)
    await strict.ok('cp "$T/a" "$M/a"')
    with pytest.raises(Refused, match="still_data"):
        lending.give_back(number, "S001", now, erased=True)
    await strict.ok('rm "$M/a"')
    assert lending.give_back(number, "S001", now, erased=True) == "looked"
    await strict.refused('cp "$T/a" "$M/a"')
    assert reasons(strict) == ["device_returned"]


async def test_each_written_file_has_its_manifest_line_on_the_device_and_on_record(strict: Mount) -> None:
    number = strict.desk.lend()
    await strict.ok('cp "$T/a" "$M/a" && cp "$T/a" "$M/b"')
    lines = [json.loads(line) for line in (strict.device / MANIFEST).read_bytes().splitlines()]
    written = strict.desk.book.written(serial="USB-7")
    assert [line["sha256"] for line in lines] == [hashlib.sha256(b"harmless").hexdigest()] * 2
    assert {(line["size"], line["device"], line["person"], line["purpose"]) for line in lines} == {
        (8, "USB-7", "E001", "国勢調査の提出")
    }
    assert [w.transfer for w in reversed(written)] == [line["transfer"] for line in lines]
    assert {(w.loan, w.person, w.size) for w in written} == {(number, "E001", 8)}
    assert await strict.ok('ls -A "$M"') == "a\nb\n"  # the mount does not show it
    await strict.ok('! rm "$M/.sekisho-manifest.jsonl" 2>&1')
    assert len([e for e in strict.desk.room.entries() if e.event == "media_written"]) == 2


async def test_a_file_whose_line_cannot_be_kept_does_not_arrive(strict: Mount) -> None:
    strict.desk.lend()
    (strict.device / MANIFEST).mkdir()  # nothing can be appended to a folder
    code, out = await strict.sh('cp "$T/a" "$M/a"')
    assert (code, "Input/output error" in out) == (1, True), out
    assert strict.on_device() == {}
    await until(lambda: strict.desk.rows()[-1][2] == "failed")
