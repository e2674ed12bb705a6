"""Between a small file's close and the device: what its path shows, who waits, what is on record, what a crash leaves."""

from __future__ import annotations

import asyncio
import errno
import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from dlp.channels.mount import carry as mount_carry
from dlp.channels.mount.line import Line
from dlp.channels.mount.promises import Left, Promises, quick_folder
from dlp.delivery import many, media
from dlp.delivery.media import Absent
from dlp.transfer import Channel, Transfer, digest_of
from quarantine.case import RoomUnavailable
from tests.channels.desk import LIST, ledger, until
from tests.channels.mounted import Mount
from tests.e2e.stick import Stick

pytestmark = [pytest.mark.timeout(120), pytest.mark.usefixtures("guarded")]


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing lands unless somebody waits for it."""
    monkeypatch.setattr(mount_carry, "PATIENCE", 600.0)
    _trust(monkeypatch)


def _trust(patch: pytest.MonkeyPatch) -> None:
    """The room has just shown that it works."""
    patch.setattr("dlp.gateway._PROVED", float("inf"))


@pytest.mark.usefixtures("patient")
async def test_its_path_shows_it_before_it_is_on_the_device(mount: Mount) -> None:
    await mount.ok(
        """
        mkdir "$M/d"; seq 500 > "$T/a"; touch -d 2019-04-17T10:00:00 "$T/a"; cp -p "$T/a" "$M/d/a"
        cmp "$T/a" "$M/d/a"; ls "$M/d"; test "$(stat -c '%s %Y' "$M/d/a")" = "$(stat -c '%s %Y' "$T/a")"
        python3 -c 'import os, sys; os.utime(sys.argv[1], (1587117600, 1587117600))' "$M/d/a"; test "$(stat -c %Y "$M/d/a")" = 1587117600
        ! mkdir "$M/d/a" 2> "$T/said"; ! rmdir "$M/d" 2>> "$T/said"
        """
    )
    assert (mount.there(), mount.desk.rows()) == ({}, [])
    assert mount.on_device() == {"d/a": (mount.tmp / "a").read_bytes()}
    assert mount.desk.rows() == [("root", "allow", "delivered")]
    assert await mount.ok('stat -c %Y "$M/d/a"') == "1587117600\n"
    await until(lambda: mount.buffered() == 0)


@pytest.mark.usefixtures("patient")
async def test_its_times_stay_when_it_lands(mount: Mount) -> None:
    await mount.ok('echo x > "$M/a"; echo y > "$M/b"; sleep 0.1')  # an editor asks whether somebody else has changed it
    shown = [(mount.point / name).stat().st_mtime_ns for name in "ab"]
    await asyncio.to_thread(os.utime, mount.point / "b", ns=(shown[1] - 10**9, shown[1] - 10**9))
    assert mount.on_device().keys() == {"a", "b"}
    assert [(mount.point / name).stat().st_mtime_ns for name in "ab"] == [shown[0], shown[1] - 10**9]


@pytest.mark.usefixtures("patient")
@pytest.mark.parametrize(
    "command",
    [
        'sync "$M/a"',
        'sync "$M"',
        "exec 3> \"$M/a\"; echo x >&3; python3 -c 'import os; os.fsync(3)'",
        'dd if="$T/x" of="$M/a" oflag=sync status=none',
    ],
    ids=["of the file", "of its folder", "by its writer", "at each write"],
)
async def test_who_syncs_waits_for_the_device(mount: Mount, command: str) -> None:
    await mount.ok(f'echo x > "$T/x"; cp "$T/x" "$M/a"; {command}')
    assert mount.there() == {"a": b"x\n"}


@pytest.mark.usefixtures("patient")
@pytest.mark.parametrize(
    ("command", "left"),
    [
        ('echo y > "$M/a"; sync "$M/a"', {"a": b"y\n"}),
        ('echo y >> "$M/a"; sync "$M/a"', {"a": b"x\ny\n"}),
        ('mv "$M/a" "$M/b"', {"b": b"x\n"}),
        ('echo old > "$M/b"; mv "$M/a" "$M/b"', {"b": b"x\n"}),
        ('rm "$M/a"', {}),
        ('truncate -s 1 "$M/a"', {"a": b"x"}),
        ('mkdir "$M/d"; cp "$M/a" "$M/d/a"; mv "$M/d" "$M/e"; rm "$M/a"', {"e/a": b"x\n"}),
        ('for n in 1 2 3 4 5; do echo $n > "$M/a"; done; sync "$M/a"', {"a": b"5\n"}),
        ('exec 3>> "$M/a"; for n in 1 2; do echo $n >&3; sync "$M/a"; done; exec 3>&-', {"a": b"x\n1\n2\n"}),
    ],
)
async def test_what_changes_about_it_comes_after_it(mount: Mount, command: str, left: dict[str, bytes]) -> None:
    await mount.ok(f'set -e; echo x > "$M/a"; {command}')
    assert mount.on_device() == left


async def test_nothing_leaves_that_is_not_on_record(mount: Mount, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> list[BaseException | None]:
        raise RoomUnavailable("disk full")

    tried = asyncio.Event()
    _trust(monkeypatch)
    real, loop = mount.desk.room.write, asyncio.get_running_loop()
    broken = lambda *_: (loop.call_soon_threadsafe(tried.set), full())  # noqa: E731
    monkeypatch.setattr(mount.desk.room, "write", broken)
    monkeypatch.setattr(mount.desk.room, "record", full)
    await mount.ok('/bin/echo x > "$M/a"')
    await asyncio.wait_for(tried.wait(), 30)
    assert mount.there() == {}
    monkeypatch.setattr("dlp.gateway._PROVED", 2.0)
    code, out = await mount.sh('/bin/echo y > "$M/b"')  # whoever comes now is told
    assert (code, "Input/output error" in out) == (1, True), out
    assert await mount.ok('cat "$M/a"') == "x\n"
    monkeypatch.setattr(mount.desk.room, "write", real)
    assert mount.on_device() == {"a": b"x\n"}  # and what was promised is not lost
    assert mount.desk.rows() == [("root", "allow", "delivered")]


async def test_what_may_not_be_written_any_more_is_refused_on_its_way(mount: Mount, patient: None) -> None:
    await mount.ok('/bin/echo x > "$M/a"')
    mount.desk.devices_file.write_text(ledger("USB-7", mount.device, "lost"))
    assert mount.on_device() == {}
    assert mount.desk.rows() == [("root", "allow", "refused")]
    ((_, notice),) = mount.desk.room.notices()  # its writer was told that all is well
    assert (notice.to, "媒体に届いていません" in notice.body) == (_mail_of_root(mount), True)


async def test_a_device_that_is_pulled_gets_it_when_it_is_back(tmp_path: Path, need: Callable[..., None]) -> None:
    need("fusermount3", "/dev/fuse", "mkfs.ext4", "/dev/loop-control")
    with Stick(tmp_path, megabytes=40) as stick, pytest.MonkeyPatch.context() as patch:
        patch.setattr(mount_carry, "PATIENCE", 600.0)
        _trust(patch)
        mount = Mount(tmp_path, stick.folder)
        await mount.channel.start()
        try:
            await mount.ok('echo x > "$M/a"')
            stick.unplug()
            mount.channel._carrier.hasten()
            await until(lambda: mount.channel._carrier._away_until)
            code, out = await mount.sh('echo y > "$M/a"')
            assert (code, "No such device" in out) == (2, True), out
            assert list(stick.folder.iterdir()) == []
            stick.plug()
            assert await asyncio.to_thread(mount.channel._carrier.landed, 30)
            assert stick.files() == {"a": b"x\n"}
            assert mount.desk.rows()[0] == ("root", "allow", "delivered")
        finally:
            await mount.channel.stop()
            mount.desk.room.close()


async def test_what_was_promised_before_a_crash_is_judged_again_and_arrives(mount: Mount) -> None:
    await mount.channel.stop()
    folder = quick_folder(mount.spool)  # made anew
    kept, changed, listed, done = (folder / name for name in ("1", "2", "3", "4"))
    earlier = Promises(folder)
    for spool, content in ((kept, b"kept"), (changed, b"as judged"), (listed, LIST), (done, b"done")):
        spool.write_bytes(content)
        earlier.add(spool, f"d/{spool.name}", "root", digest_of(content))
    earlier.kept(done)
    changed.write_bytes(b"changed since")
    with (folder / "promised").open("ab") as file:
        file.write(b'{"spool": "cut o')
    await mount.channel.start()
    await until(lambda: len(mount.desk.rows()) == 2 and mount.desk.rows()[0][2])
    assert mount.desk.rows() == [("root", "allow", "delivered"), ("root", "quarantine", "")]
    assert mount.on_device() == {"d/1": b"kept"}
    await mount.ok('echo x > "$M/a"; sync "$M/a"')
    await until(lambda: mount.buffered() == 0)


async def test_all_of_many_arrive_with_few_commits(mount: Mount, monkeypatch: pytest.MonkeyPatch) -> None:
    goes: list[int] = []
    real = many.write_many

    def count(folder: Path, files: Sequence[many.Small], *more: Any) -> list[many.Fault | None]:
        goes.append(len(files))
        return real(folder, files, *more)

    monkeypatch.setattr(many, "write_many", count)
    monkeypatch.setattr(mount_carry, "PATIENCE", 5.0)
    _trust(monkeypatch)
    await mount.ok('mkdir "$T/t"; for n in $(seq 300); do echo $n > "$T/t/$n"; done; cp -r "$T/t" "$M/t"')
    assert mount.on_device() == {f"t/{n}": f"{n}\n".encode() for n in range(1, 301)}
    assert (sum(goes), len(goes) <= 6) == (300, True), goes
    assert mount.desk.rows() == [("root", "allow", "delivered")] * 200  # as many as are shown


async def test_synced_mounts_have_it_on_the_device_at_close(
    tmp_path: Path, need: Callable[..., None], patient: None
) -> None:
    need("fusermount3", "/dev/fuse")
    made = Mount(tmp_path, sync=True)
    await made.channel.start()
    try:
        await made.ok('/bin/echo x > "$M/a"')
        assert made.there() == {"a": b"x\n"}
    finally:
        await made.channel.stop()
        made.desk.room.close()


def test_a_folder_that_is_not_ours_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dlp.channels.mount.promises._MEMORY", tmp_path)
    folder = quick_folder(tmp_path / "spool")
    assert folder.parent == tmp_path
    assert folder.stat().st_mode & 0o777 == 0o700
    folder.chmod(0o755)
    assert quick_folder(tmp_path / "spool") == tmp_path / "spool"
    folder.rmdir()
    folder.symlink_to("/")
    assert quick_folder(tmp_path / "spool") == tmp_path / "spool"
    folder.unlink()
    os.mkfifo(folder)
    assert quick_folder(tmp_path / "spool") == tmp_path / "spool"


async def test_what_was_promised_before_a_crash_stands_beside_what_is_newer(mount: Mount) -> None:
    left = _promise(mount, b"promised")
    (mount.device / "a.txt").write_bytes(b"newer")
    await mount.channel._finish(left)
    assert mount.there() == {"a.txt": b"newer", "a (2).txt": b"promised"}
    assert mount.channel._promises.left() == []


@pytest.mark.parametrize("fault", [OSError(errno.ENOSPC, "full"), Absent("pulled")])
async def test_a_promise_stays_while_the_device_does_not_take_it(
    mount: Mount, monkeypatch: pytest.MonkeyPatch, fault: Exception
) -> None:
    def full(*_: object) -> str:
        raise fault

    left = _promise(mount, b"promised")
    with monkeypatch.context() as patch:
        patch.setattr(media, "deliver_now", full)
        assert not await mount.channel._finished(left[0])
    assert (mount.channel._promises.left(), mount.there()) == (left, {})
    await mount.channel._finish(left)
    assert (mount.channel._promises.left(), mount.there()) == ([], {"a.txt": b"promised"})


async def test_a_promise_that_its_path_does_not_allow_ends(mount: Mount) -> None:
    left = _promise(mount, b"promised", "f/a.txt")
    (mount.device / "f").touch()
    await mount.channel._finish(left)
    assert (mount.channel._promises.left(), mount.there()) == ([], {"f": b""})
    assert mount.desk.rows() == [("root", "allow", "failed")]
    await until(mount.desk.room.notices)
    assert [notice.to for _, notice in mount.desk.room.notices()] == [_mail_of_root(mount)]


async def test_a_sender_who_cannot_be_told_now_is_told_later(
    mount: Mount, patient: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the same process once the room takes letters again, and by the next where it ended before."""

    def full(*_: object) -> None:
        raise RoomUnavailable("disk full")

    monkeypatch.setattr(mount_carry, "_TOLD_AGAIN", 0.1)
    with monkeypatch.context() as patch:
        patch.setattr(mount.desk.room, "enter", full)
        await mount.ok('/bin/echo x > "$M/a"')
        mount.desk.devices_file.write_text(ledger("USB-7", mount.device, "lost"))
        assert mount.on_device() == {}
        owing = Promises(mount.channel._quick).owing()
        assert [(one.path, one.login) for one in owing] == [("a", "root")]
        assert mount.desk.room.notices() == []
    await until(mount.desk.room.notices)
    await until(lambda: Promises(mount.channel._quick).owing() == [])
    ((first, notice),) = mount.desk.room.notices()
    assert owing[0].transfer in notice.body
    mount.desk.room.notice_sent(first)
    await mount.channel.stop()
    Promises(quick_folder(mount.spool)).owe(mount.channel._owed(owing[0]))
    again = mount.anew()
    await again.start()
    try:
        await until(mount.desk.room.notices)
        assert owing[0].transfer in mount.desk.room.notices()[0][1].body
    finally:
        await again.stop()
    assert Promises(mount.channel._quick).owing() == []


def _mail_of_root(mount: Mount) -> str:
    person = mount.desk.directory.standing(Channel.MEDIA, "root", datetime.now(UTC), "USB-7").person
    assert person is not None
    return person.mail[0]


async def test_what_an_earlier_process_left_on_its_way_comes_first(
    mount: Mount, patient: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever writes, renames or removes by the next process must not come between."""
    carrier, held = mount.channel._carrier, threading.Event()
    real = carrier._carry
    monkeypatch.setattr(carrier, "_carry", lambda batch: (held.wait(30), real(batch)))
    monkeypatch.setattr("dlp.channels.mount.mount._FINISH_SECONDS", 0.1)
    await mount.ok('/bin/echo old > "$M/a"; /bin/echo old > "$M/b"')
    child = mount.channel._process.child
    assert child is not None
    child.kill()
    await until(lambda: carrier.settles and mount.channel._process._ready.is_set() and mount.point.is_mount(), 30)
    assert (await mount.sh('/bin/echo new > "$M/a"'))[0] == 1  # not before what was promised
    assert (await mount.sh('mv "$M/b" "$M/c"'))[0] == 1
    monkeypatch.setattr("dlp.channels.mount.mount._FINISH_SECONDS", 30.0)
    held.set()
    await mount.ok('/bin/echo new > "$M/a"; mv "$M/b" "$M/c"')
    assert mount.on_device() == {"a": b"new\n", "c": b"old\n"}


def _promise(mount: Mount, content: bytes, path: str = "a.txt") -> list[Left]:
    """What an earlier process left."""
    spool = mount.channel._quick / "1-1"
    spool.write_bytes(content)
    mount.channel._promises.add(spool, path, "root", digest_of(content))
    return mount.channel._promises.left()


async def test_who_waits_is_told_where_the_list_cannot_be_written(
    mount: Mount, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "full")

    told: list[tuple[int, int]] = []
    monkeypatch.setattr(mount.channel._promises, "kept", full)
    line = SimpleNamespace(landed=lambda number, code: told.append((number, code)))
    mount.channel._landed(mount.spool / "1", line, 7, 0)  # type: ignore[arg-type]
    assert told == [(7, 0)]


def test_a_promise_that_is_cut_short_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    promises, real = Promises(tmp_path), os.write
    for name in ("1", "2", "3"):
        (tmp_path / name).write_bytes(b"x")
    promises.add(tmp_path / "1", "a", "root", digest_of(b"x"))
    with monkeypatch.context() as patch:
        patch.setattr(os, "write", lambda fd, data: real(fd, data[:9]))
        with pytest.raises(OSError, match="No space"):
            promises.add(tmp_path / "2", "b", "root", digest_of(b"x"))
    promises.add(tmp_path / "3", "c", "root", digest_of(b"x"))
    assert [one.path for one in Promises(tmp_path).left()] == ["a", "c"]


async def test_of_the_smallest_files_too_not_all_are_on_their_way(mount: Mount, patient: None) -> None:
    carrier = mount.channel._carrier
    load = SimpleNamespace(transfer=SimpleNamespace(size=1), over=False, told=lambda _: None)
    taken = 0
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(mount_carry.threading.Thread, "start", lambda _: None)
        while taken < 1000 and carrier.takes(1):
            carrier.add(load)  # type: ignore[arg-type]
            taken += 1
    assert taken == 512
    carrier._waiting.clear()
    for _ in range(taken):
        load.over = False
        carrier._end(load, 0)  # type: ignore[arg-type]
    assert carrier._bytes == 0


async def test_what_became_of_files_is_kept_until_it_is_on_record(
    mount: Mount, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError

    carrier = mount.channel._carrier
    with monkeypatch.context() as patch:
        patch.setattr(mount.desk.gateway, "keep", broken)
        carrier._ended.append(("1", "delivered", ""))
        with pytest.raises(RuntimeError):
            carrier._put_on_record([])
    assert carrier._ended == [("1", "delivered", "")]
    carrier._ended.clear()


async def test_what_cannot_be_put_on_record_after_the_last_file_is_tried_again(
    mount: Mount, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, refused = mount.desk.gateway.keep, list[object]()

    def broken_once(promises: Sequence[object], ended: Sequence[object] = ()) -> object:
        if ended and not refused:
            refused.extend(ended)
            raise RuntimeError
        return real(promises, ended)  # type: ignore[arg-type]

    _trust(monkeypatch)
    monkeypatch.setattr(mount_carry, "_AGAIN", 0.1)
    monkeypatch.setattr(mount.desk.gateway, "keep", broken_once)
    await mount.ok('echo x > "$M/a"')
    await until(lambda: refused)
    await until(lambda: [outcome for *_, outcome in mount.desk.rows()] == ["delivered"])
    assert not mount.channel._carrier._ended


async def test_a_device_that_writes_nothing_is_no_matter_of_standing(mount: Mount) -> None:
    carrier, codes = mount.channel._carrier, list[int]()
    with carrier._change:  # else the carrying thread notes what ended before it is looked at
        for fault in (PermissionError(errno.EACCES, "the device"), mount_carry._Refused(errno.EACCES, "standing")):
            sent = Transfer(data=b"x", **mount.channel._about("a", "root"))
            load = SimpleNamespace(transfer=sent, over=False, told=codes.append)
            carrier._conclude(load, fault)  # type: ignore[arg-type]
        assert ([word for _, word, _ in carrier._ended], codes) == (["failed", "refused"], [errno.EACCES] * 2)
        carrier._ended.clear()
    await until(lambda: mount.buffered() == 0)  # the letters to the senders are on the list until they are written


async def test_the_room_of_a_slow_device_is_looked_at_beside_the_event_loop(
    mount: Mount, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, threads = mount_carry.beside.free, list[threading.Thread]()
    _trust(monkeypatch)
    monkeypatch.setattr(
        mount_carry.beside, "free", lambda path: threads.append(threading.current_thread()) or real(path)
    )
    await mount.ok('for i in 1 2 3; do echo $i > "$M/$i"; sleep 0.3; done')
    assert mount.on_device().keys() == {"1", "2", "3"}
    assert threads
    assert threading.main_thread() not in threads


def test_the_mounts_process_may_have_as_many_files_open_as_it_may() -> None:
    code = (
        "import resource as r; from dlp.channels.mount import child as c; h = r.getrlimit(r.RLIMIT_NOFILE)[1];"
        "r.setrlimit(r.RLIMIT_NOFILE, (64, h)); c._allow_descriptors(); print(r.getrlimit(r.RLIMIT_NOFILE)[0] == h)"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout == b"True\n"


def test_what_lands_together_is_told_and_written_down_together(tmp_path: Path) -> None:
    promises, line = Promises(tmp_path), Line()
    spools = [tmp_path / str(number) for number in range(250)]
    for spool in spools:
        spool.write_bytes(b"x")
        promises.add(spool, f"of {spool.name}", "root", digest_of(b"x"))
    with line.gathered(), promises.gathered():
        for number, spool in enumerate(spools[1:]):
            promises.kept(spool)
            line.landed(number, number % 2)
        assert len(Promises(tmp_path).left()) == 250
        line.answer(1000, 0)  # another's answer waits for nobody
    assert [one.path for one in Promises(tmp_path).left()] == ["of 0"]
    promises.kept(spools[0])
    assert not (tmp_path / "promised").exists()
    line.landed(999, 5)
    first, *rest = [json.loads(said) for said in os.read(line.theirs, 1 << 16).splitlines()]
    line.close()
    assert first == {"id": 1000, "errno": 0, "landing": False}
    assert len(rest) == 4
    assert [end for said in rest for end in said["landed"]] == [[n, n % 2] for n in range(249)] + [[999, 5]]


def test_what_lands_is_told_where_the_list_cannot_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    promises = Promises(tmp_path)
    for name in ("1", "2"):
        (tmp_path / name).write_bytes(b"x")
        promises.add(tmp_path / name, name, "root", digest_of(b"x"))
    with monkeypatch.context() as patch, promises.gathered():
        promises.kept(tmp_path / "1")
        patch.setattr(os, "write", lambda fd, data: 0)
    assert [one.path for one in Promises(tmp_path).left()] == ["1", "2"]
    promises.kept(tmp_path / "2")
    assert not (tmp_path / "promised").exists()
