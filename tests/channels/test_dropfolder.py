"""The drop folder with the kernel's inotify, the real gateway, room and device folder, over a scripted reader."""

from __future__ import annotations

import asyncio
import errno
import os
import socket
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from dlp.channels.media.dropfolder import DropFolder, Pace
from dlp.channels.media.dropspool import HELD, REFUSED, WAITING, Slip, Spool
from dlp.delivery import beside, media
from dlp.delivery.media import MARK
from dlp.incident import transfer_of
from tests.channels.desk import LIST, Desk, ledger, until

pytestmark = pytest.mark.timeout(150)


class Drop:
    """A drop folder that runs, a device that is present, and people's hands."""

    def __init__(self, tmp: Path, *, rescan: float = 30.0) -> None:
        self.tmp, self.device, self.rescan = tmp, tmp / "device", rescan
        self.device.mkdir()
        self.plug()
        self.desk = Desk(tmp, ledger("USB-7", self.device))
        self.folder, self.spool = tmp / "drop", tmp / "spool"
        self.mine = self.folder / "clerk" / "USB-7"
        self.mine.mkdir(parents=True)
        self.channel = self.fresh()

    def fresh(self) -> DropFolder:
        """A new process, as far as the drop folder can tell."""
        pace = Pace(retry=0.05, longest=0.2, rescan=self.rescan)
        self.channel = DropFolder(self.folder, self.desk.gateway, self.desk.directory, self.spool, pace=pace)
        return self.channel

    async def crash(self) -> None:
        """End without a word: what is under way is cut off."""
        await self.channel.stop()

    def plug(self, *, here: bool = True) -> None:
        if here:
            (self.device / MARK).touch()
        else:
            (self.device / MARK).unlink()

    def put(self, name: str | bytes, content: bytes = b"hello") -> Path:
        path = self.mine / os.fsdecode(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        return path

    def on_device(self) -> dict[str, bytes]:
        """All but what is being written just now, under a name of ours that goes away."""
        found = (p for p in self.device.rglob("*") if p.is_file() and p.name != MARK)
        return {str(p.relative_to(self.device)): p.read_bytes() for p in found if not p.name.startswith(".sekisho-")}

    def left(self) -> list[str]:
        """What is in the drop folder now."""
        return sorted(str(p.relative_to(self.mine)) for p in self.mine.rglob("*") if p.is_symlink() or not p.is_dir())

    def idle(self) -> bool:
        return list(self.spool.iterdir()) == []

    async def arrives(self, files: dict[str, bytes]) -> None:
        await until(lambda: self.on_device() == files)
        await until(self.idle)


@pytest.fixture
async def drop(tmp_path: Path) -> AsyncIterator[Drop]:
    made = Drop(tmp_path)
    await made.channel.start()
    yield made
    await made.channel.stop()
    made.desk.room.close()


async def test_a_closed_file_goes_to_its_device(drop: Drop) -> None:
    drop.put("資料/お知らせ.txt", b"text")
    drop.put("empty", b"")
    await drop.arrives({"資料/お知らせ.txt": b"text", "empty": b""})
    assert drop.left() == []
    assert drop.desk.rows() == [("clerk", "allow", "delivered")] * 2


async def test_a_list_is_held_and_its_note_says_what_to_do(drop: Drop) -> None:
    drop.put("名簿.csv", LIST)
    await until(lambda: drop.left() == [f"名簿.csv{HELD}"])
    await until(drop.idle)
    (case,) = drop.desk.room.cases()
    note = (drop.mine / f"名簿.csv{HELD}").read_text(encoding="utf-8")
    assert case.id in note
    assert "150" in note
    assert "person 1" not in note
    assert drop.on_device() == {}
    assert drop.desk.room.content(case.id, "test", "test") == LIST


async def test_the_note_goes_with_the_release_but_not_a_later_files(drop: Drop) -> None:
    for name in ("a", b"\x96\xbc.csv"):  # the second is CP932
        drop.put(name, LIST)
    await until(lambda: len(drop.desk.room.cases()) == 2 and drop.idle())
    cases = [drop.desk.room.case(case.id) for case in drop.desk.room.cases()]
    held = [transfer_of(case, LIST) for case in cases]
    drop.put("a", LIST + b"person 150\n")
    await until(lambda: len(drop.desk.room.cases()) == 3 and drop.idle())
    for transfer in held:
        await drop.channel.released(transfer)
    assert drop.left() == [f"a{HELD}"]
    (last,) = {case.id for case in drop.desk.room.cases()} - {case.id for case in cases}
    await drop.channel.released(transfer_of(drop.desk.room.case(last), LIST))
    assert drop.left() == []


async def test_a_half_written_file_waits(drop: Drop) -> None:
    with (drop.mine / "a").open("wb") as file:
        file.write(LIST[:50])
        file.flush()
        await drop.channel._scan(())
        await asyncio.sleep(0.3)
        assert (drop.left(), drop.desk.rows()) == (["a"], [])
        file.write(LIST[50:])
    await until(lambda: drop.desk.verdicts() == ["quarantine"])
    assert drop.desk.room.content(drop.desk.room.cases()[0].id, "test", "test") == LIST


async def test_open_for_writing_by_somebody_else_it_waits(drop: Drop) -> None:
    path = drop.mine / "a"
    with path.open("wb") as one, path.open("ab"):
        one.write(b"half")
        one.close()
        await asyncio.sleep(0.3)
        assert (drop.left(), drop.desk.rows()) == (["a"], [])
    await drop.arrives({"a": b"half"})


async def test_a_mapping_counts_as_open(drop: Drop) -> None:
    import mmap

    path = drop.put(".a", b"hello")
    fd = os.open(path, os.O_RDWR)
    mapped = mmap.mmap(fd, 5)
    os.close(fd)
    path.rename(drop.mine / "a")
    await asyncio.sleep(0.3)
    assert (drop.left(), drop.desk.rows()) == (["a"], [])
    mapped[:] = b"later"
    mapped.close()
    await drop.channel._scan(())
    await drop.arrives({"a": b"later"})


async def test_files_and_folders_moved_in_and_hidden_names(drop: Drop) -> None:
    aside = drop.tmp / "aside"
    (aside / "b").mkdir(parents=True)
    (aside / "b" / "c").write_bytes(b"c")
    (aside / "x").write_bytes(b"x")
    (aside / "x").rename(drop.mine / "x")
    aside.rename(drop.mine / "aside")
    drop.put(".hidden", b"h")
    drop.put(".half", b"y").rename(drop.mine / "y")
    await drop.arrives({"x": b"x", "aside/b/c": b"c", "y": b"y"})
    assert drop.left() == [".hidden"]


async def test_what_is_there_at_the_start_is_taken(tmp_path: Path) -> None:
    drop = Drop(tmp_path)
    drop.put("a", b"a")
    drop.put("b/c/d", b"d")
    drop.put("list", LIST)
    await drop.channel.start()
    try:
        await drop.arrives({"a": b"a", "b/c/d": b"d"})
        await until(lambda: drop.left() == [f"list{HELD}"])
    finally:
        await drop.channel.stop()
        drop.desk.room.close()


async def test_two_versions_of_one_name_keep_their_order(drop: Drop) -> None:
    drop.desk.reader.gate = asyncio.Event()
    drop.put("a", b"slow one")
    await until(lambda: drop.desk.reader.seen)
    drop.put("a", b"two")
    await until(lambda: drop.left() == [])
    await asyncio.sleep(0.2)
    assert drop.on_device() == {}
    drop.desk.reader.gate.set()
    await drop.arrives({"a": b"two"})
    assert drop.desk.rows() == [("clerk", "allow", "delivered")] * 2


@pytest.mark.parametrize("place", ["retired/USB-7", "clerk/USB-8"])
async def test_leavers_and_unknown_devices_are_refused_and_recorded(drop: Drop, place: str) -> None:
    folder = drop.folder / place
    folder.mkdir(parents=True)
    (folder / "a").write_bytes(b"hello")
    await until(lambda: drop.desk.verdicts() == ["block"])
    await until(lambda: [p.name for p in folder.iterdir()] == [f"a{REFUSED}"])
    assert drop.on_device() == {}


async def test_an_unknown_login_is_held(drop: Drop) -> None:
    folder = drop.folder / "nobody-we-know" / "USB-7"
    folder.mkdir(parents=True)
    (folder / "a").write_bytes(b"hello")
    await until(lambda: drop.desk.rows() == [("nobody-we-know", "quarantine", "")])
    assert drop.on_device() == {}


async def test_an_absent_device_is_waited_for(drop: Drop) -> None:
    drop.plug(here=False)
    drop.put("a", b"a")
    await until(lambda: drop.left() == [f"a{WAITING}"])
    assert list(drop.device.iterdir()) == []
    drop.plug()
    await drop.arrives({"a": b"a"})
    assert drop.left() == []


async def test_lost_while_it_waited_it_is_judged_again(drop: Drop) -> None:
    drop.plug(here=False)
    drop.put("a", b"a")
    await until(lambda: drop.left() == [f"a{WAITING}"])
    drop.desk.devices_file.write_text(ledger("USB-7", drop.device, "lost"))
    drop.plug()
    await until(lambda: drop.left() == [f"a{REFUSED}"])
    assert drop.on_device() == {}
    assert drop.desk.rows() == [("clerk", "allow", "refused"), ("clerk", "block", "")]


@pytest.mark.parametrize("content", [b"slow text", b"slow\n" + LIST], ids=["harmless", "list"])
async def test_a_crash_between_take_and_verdict(drop: Drop, content: bytes) -> None:
    drop.desk.reader.gate = asyncio.Event()
    drop.put("a", content)
    await until(lambda: drop.desk.reader.seen)
    await drop.crash()
    assert (drop.left(), drop.on_device(), drop.desk.rows()) == ([], {}, [])
    drop.desk.reader.gate = None
    await drop.fresh().start()
    await drop.arrives({} if LIST in content else {"a": content})
    await until(lambda: drop.desk.verdicts() == ["quarantine" if LIST in content else "allow"])


async def test_a_crash_after_the_case_makes_no_second_one(drop: Drop, monkeypatch: pytest.MonkeyPatch) -> None:
    def dies(*_: object) -> None:
        raise OSError("the power went")

    with monkeypatch.context() as patch:
        patch.setattr(Spool, "drop", dies)
        drop.put("a", LIST)
        await until(lambda: drop.desk.verdicts() == ["quarantine"])
        await drop.crash()
    await drop.fresh().start()
    await until(drop.idle)
    assert len(drop.desk.room.cases()) == 1
    assert drop.on_device() == {}


async def test_a_crash_between_verdict_and_delivery(drop: Drop) -> None:
    drop.plug(here=False)
    drop.put("a", b"a")
    await until(lambda: drop.left() == [f"a{WAITING}"])
    await drop.crash()
    drop.plug()
    await drop.fresh().start()
    await drop.arrives({"a": b"a"})
    assert drop.desk.rows() == [("clerk", "allow", "delivered")]


async def test_a_fault_is_tried_again(drop: Drop) -> None:
    drop.desk.reader.faults = 3
    drop.put("a", b"a")
    await drop.arrives({"a": b"a"})


async def test_names_that_are_not_utf8(drop: Drop) -> None:
    drop.put("名簿.txt".encode("cp932"), b"a")
    drop.put(b"\x81\xff", b"b")
    await drop.arrives({"名簿.txt": b"a", "\ufffd\ufffd": b"b"})
    drop.put("名簿.csv".encode("cp932"), LIST)
    note = os.fsencode("名簿.csv".encode("cp932") + HELD.encode())
    await until(lambda: [os.fsencode(p.name) for p in drop.mine.iterdir()] == [note])


async def test_links_pipes_and_sockets_are_no_files_and_keep_no_other_waiting(drop: Drop) -> None:
    (drop.tmp / "secret").write_bytes(b"secret")
    (drop.tmp / "dir").mkdir()
    (drop.tmp / "dir" / "inside").write_bytes(b"secret")
    (drop.mine / "a-link").symlink_to(drop.tmp / "secret")
    (drop.mine / "b-way").symlink_to(drop.tmp / "dir")
    os.mkfifo(drop.mine / "c-pipe")
    with socket.socket(socket.AF_UNIX) as sock:
        here = os.open(drop.mine, os.O_RDONLY)
        sock.bind(f"/proc/self/fd/{here}/d-socket")
        os.close(here)
        await drop.crash()
        drop.put("e", b"e")
        await drop.fresh().start()  # a socket once kept the gateway from starting
        await drop.arrives({"e": b"e"})
    assert drop.left() == ["a-link", "b-way", "c-pipe", "d-socket"]
    assert drop.desk.verdicts() == ["allow"]


async def test_a_hard_link_kept_elsewhere_changes_nothing_any_more(drop: Drop) -> None:
    drop.desk.reader.gate = asyncio.Event()
    kept = drop.tmp / "kept"
    kept.write_bytes(b"slow text")
    (drop.mine / "a").hardlink_to(kept)
    await drop.channel._scan(())
    await until(lambda: drop.desk.reader.seen)
    kept.write_bytes(LIST)
    drop.desk.reader.gate.set()
    await drop.arrives({"a": b"slow text"})


async def test_a_descriptor_opened_meanwhile_writes_into_nothing(drop: Drop, monkeypatch: pytest.MonkeyPatch) -> None:
    real, opened = Spool._move, []

    def move(spool: Spool, at: int, name: str, slip: object) -> object:
        opened.append(os.open(name, os.O_WRONLY, dir_fd=at))  # between the look and the move
        return real(spool, at, name, slip)  # type: ignore[arg-type]

    monkeypatch.setattr(Spool, "_move", move)
    drop.desk.reader.gate = asyncio.Event()
    drop.put("a", b"slow text")
    await until(lambda: drop.desk.reader.seen)
    os.write(opened[0], LIST)
    os.close(opened[0])
    drop.desk.reader.gate.set()
    await drop.arrives({"a": b"slow text"})


async def test_whose_file_it_is(drop: Drop, monkeypatch: pytest.MonkeyPatch) -> None:
    if os.geteuid():
        pytest.skip("only root gives files away")
    names: dict[int, str] = {4242: "clerk2", 4243: "stranger"}
    monkeypatch.setattr("pwd.getpwuid", lambda uid: type("Entry", (), {"pw_name": names[uid]}))
    real: Callable[..., object] = Spool._move

    def move(spool: Spool, at: int, name: str, slip: object) -> object:
        if name == "exchanged":
            os.chown(name, 4242, -1, dir_fd=at)
        return real(spool, at, name, slip)

    monkeypatch.setattr(Spool, "_move", move)
    for login, name, uid in (
        ("clerk", "theirs", 4242),
        ("clerk", "strange", 4243),
        ("clerk", "exchanged", 4243),
        ("retired", "moved", 4242),
    ):
        before = len(drop.desk.rows())
        path = drop.tmp / name
        path.write_bytes(b"hello")
        os.chown(path, uid, -1)
        (drop.folder / login / "USB-7").mkdir(parents=True, exist_ok=True)
        path.rename(drop.folder / login / "USB-7" / name)
        await until(lambda count=before + 1: len(drop.desk.rows()) == count)
    found = [(sender, verdict) for sender, verdict, _ in drop.desk.rows()]
    assert found == [("clerk2", "allow"), ("clerk", "allow"), ("clerk2", "allow"), ("retired", "block")]


async def test_a_full_device_is_waited_for_and_never_half_written(drop: Drop, monkeypatch: pytest.MonkeyPatch) -> None:
    real = beside.check_space

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(beside, "check_space", full)
    drop.put("a", b"a")
    await until(lambda: drop.left() == [f"a{WAITING}"])
    assert drop.on_device() == {}
    monkeypatch.setattr(beside, "check_space", real)
    await drop.arrives({"a": b"a"})


async def test_a_large_files_note_says_how_far_it_is(drop: Drop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dlp.channels.media.dropfolder._LARGE", 1 << 20)
    monkeypatch.setattr(media, "_TOLD_EVERY", 1 << 20)
    notes: list[str] = []
    real = Spool.note

    def note(self: Spool, slip: Slip, kind: str, text: str) -> None:
        real(self, slip, kind, text)
        notes.append(next(path.read_text() for path in drop.mine.iterdir() if path.name.endswith(WAITING)))

    monkeypatch.setattr(Spool, "note", note)
    drop.put("large.txt", b"words " * 700_000)
    await drop.arrives({"large.txt": b"words " * 700_000})
    assert "inspected" in notes[0]
    assert [text.split("(")[1].split(" ")[0] for text in notes[1:]] == ["24", "49", "74", "99"]
    await until(lambda: drop.left() == [])


@pytest.mark.parametrize("after", range(12))
async def test_a_disk_that_errs_once_at_any_step_keeps_no_file_for_ever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    """One sync fails, the one after so many; then the disk is well again, and nobody restarts anything."""
    asked: list[int] = []
    real = os.fsync

    def ill(fd: int) -> None:
        if str(tmp_path / "spool") in str(Path(f"/proc/self/fd/{fd}").readlink()):
            asked.append(fd)
            if len(asked) == after + 1:
                raise OSError(errno.EIO, "Input/output error")
        real(fd)

    drop = Drop(tmp_path, rescan=0.2)
    await drop.channel.start()
    try:
        monkeypatch.setattr("dlp.channels.media.dropspool.os.fsync", ill)
        drop.put("text", b"text")
        drop.put("list.csv", LIST)
        await until(lambda: drop.on_device() == {"text": b"text"} and drop.left() == [f"list.csv{HELD}"])
        await until(drop.idle)
        assert len(drop.desk.room.cases()) == 1
        # The last sync follows the removal that makes the spool look idle.
        await until(lambda: len(asked) > min(after, 9))
    finally:
        await drop.channel.stop()
        drop.desk.room.close()
