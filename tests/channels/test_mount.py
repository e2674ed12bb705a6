"""What is written to a mount with ordinary programs: it arrives whole, or is refused and leaves nothing."""

from __future__ import annotations

import asyncio
import os
import sys

import pytest

from dlp.delivery.media import MARK
from tests.channels.desk import LIST, until
from tests.channels.mounted import KEEPS_OPEN, Mount

pytestmark = [pytest.mark.timeout(120), pytest.mark.usefixtures("guarded")]


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


async def test_a_name_changed_during_a_refusal_shows_what_was_allowed(mount: Mount) -> None:
    await mount.ok('echo before > "$M/a"')
    mount.desk.reader.gate = asyncio.Event()
    (mount.tmp / "source").write_bytes(b"slow\n" + LIST)
    writing = asyncio.create_task(mount.sh(KEEPS_OPEN))
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


_GONE_MEANWHILE = """
import errno, os, sys
path = sys.argv[1] + "/list.csv"
file = os.open(path, os.O_WRONLY | os.O_CREAT)
found = os.open(path, os.O_PATH)  # as the kernel has found it when it is about to open it
os.write(file, open(sys.argv[2], "rb").read())
try:
    os.close(file)
except PermissionError:
    pass
try:
    os.open(f"/proc/self/fd/{found}", os.O_WRONLY)
except OSError as error:
    print(errno.errorcode[error.errno])
"""


async def test_what_a_verdict_takes_away_between_two_looks_is_looked_for_again(mount: Mount) -> None:
    """The kernel does so by itself where it is told ESTALE: a program that may make the file hears of no missing one."""
    (mount.tmp / "gone.py").write_text(_GONE_MEANWHILE)
    assert await mount.ok(f'{sys.executable} "$T/gone.py" "$M" "$T/list"') == "ESTALE\n"


_CHANGES = """
import mmap, os, sys
file = os.open(sys.argv[1], os.O_RDWR | os.O_CREAT)
for _ in range(22):
    os.write(file, b"nobody here\\n" * 43690)
if sys.argv[2] == "write":
    os.pwrite(file, b"person 1\\n", 1 << 20)
if sys.argv[2] == "truncate":
    os.ftruncate(file, 1 << 20)
    os.lseek(file, 0, os.SEEK_END)
    os.write(file, b"person 1\\n" * 200)
if sys.argv[2] == "map":
    with mmap.mmap(file, 2 << 20) as mapped:
        mapped[1 << 20 : (1 << 20) + 9] = b"person 1\\n"
if sys.argv[2] == "other":
    again = os.open(sys.argv[1], os.O_WRONLY)
    os.pwrite(again, b"person 1\\n", 1 << 20)
    os.close(again)
os.close(file)
"""


@pytest.mark.parametrize("how", ["", "write", "truncate", "map", "other"])
async def test_what_was_said_of_a_large_file_is_forgotten_where_it_changed(mount: Mount, how: str) -> None:
    """It is read while it is written: what was read of it and is something else now must be read again."""
    (mount.tmp / "changes.py").write_text(_CHANGES)
    await mount.ok(f'{sys.executable} "$T/changes.py" "$M/a.txt" "{how}"')
    assert [name for name, _ in mount.desk.reader.grew][:1] == ["a.txt"]
    assert bool(mount.desk.reader.forgot) == bool(how)
