"""Delivery to media: whole, synced, inside the folder, or not at all."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from dlp.delivery import beside, media
from dlp.errors import GatewayFault, SenderFault
from dlp.standing import Device, DeviceStatus
from dlp.transfer import Channel, Transfer
from tests.e2e.stick import Stick


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "device"
    made.mkdir()
    (made / media.MARK).touch()
    return made


@pytest.fixture
def stick(tmp_path: Path, need: Callable[..., None]):  # type: ignore[no-untyped-def]
    need("mkfs.ext4", "/dev/loop-control")
    with Stick(tmp_path, megabytes=8) as made:
        yield made


def visible(folder: Path) -> dict[str, bytes]:
    return {
        str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file() and p.name != media.MARK
    }


@pytest.mark.parametrize("size", [0, 1, 1 << 20, (1 << 20) + 1, 5_000_000])
async def test_arrives_whole_from_bytes_and_from_a_file(folder: Path, tmp_path: Path, size: int) -> None:
    content = os.urandom(size)
    (tmp_path / "source").write_bytes(content)
    assert await media.write(folder, "年度/報告.bin", tmp_path / "source") == folder / "年度" / "報告.bin"
    await media.write(folder, "b.bin", content)
    assert visible(folder) == {"年度/報告.bin": content, "b.bin": content}


async def test_replaces_what_was_there(folder: Path) -> None:
    await media.write(folder, "a", b"first and long")
    await media.write(folder, "a", b"second")
    assert visible(folder) == {"a": b"second"}


@pytest.mark.parametrize(
    "path", ["", "/a", "../a", "a/../../b", "a//b", "./a", "a/", ".", "..", "a\0b", ".sekisho-x", "x" * 256, "あ" * 86]
)
async def test_refuses_what_is_no_plain_relative_path(folder: Path, path: str) -> None:
    with pytest.raises(SenderFault):
        await media.write(folder, path, b"x")
    assert visible(folder) == {}
    assert sorted(p.name for p in folder.parent.iterdir()) == ["device"]


async def test_follows_no_link_out_of_the_folder(folder: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "passwd").write_bytes(b"root")
    (folder / "way").symlink_to(outside)
    (folder / "file").symlink_to(outside / "passwd")
    with pytest.raises(SenderFault):
        await media.write(folder, "way/passwd", b"x")
    with pytest.raises(SenderFault):
        await media.write(folder, "way/deeper/new", b"x")
    await media.write(folder, "file", b"x")  # the link itself is replaced, not what it names
    assert visible(outside) == {"passwd": b"root"}
    assert not (folder / "file").is_symlink()


async def test_a_file_or_folder_in_the_way_is_refused(folder: Path) -> None:
    await media.write(folder, "a", b"file")
    (folder / "b").mkdir()
    for path in ("a/b", "b"):
        with pytest.raises(SenderFault):
            await media.write(folder, path, b"x")
    assert visible(folder) == {"a": b"file"}


async def test_a_folder_that_is_no_device_is_absent(tmp_path: Path) -> None:
    plain = tmp_path / "plain"
    plain.mkdir()
    for folder in (plain, tmp_path / "nowhere"):
        assert not media.present(folder)
        with pytest.raises(media.Absent):
            await media.write(folder, "a", b"x")
    assert list(plain.iterdir()) == []


async def test_what_a_crash_left_half_written_goes(folder: Path) -> None:
    (folder / "sub").mkdir()
    (folder / "sub" / ".sekisho-0011.part").write_bytes(b"half")
    await media.write(folder, "sub/a", b"whole")
    assert visible(folder) == {"sub/a": b"whole"}


async def test_a_stick_is_present_while_it_is_plugged(stick: Stick) -> None:
    assert media.present(stick.folder)
    await media.write(stick.folder, "a", b"x")
    stick.unplug()
    assert not media.present(stick.folder)
    with pytest.raises(media.Absent):
        await media.write(stick.folder, "b", b"x")
    stick.plug()
    assert stick.files() == {"a": b"x"}


@pytest.mark.parametrize("path", ["b", "deep/er/b"])
async def test_a_stick_pulled_just_now_is_absent(stick: Stick, path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    # After the look whether it is there and before its folder is opened: what is below is the gateway's own disk.
    monkeypatch.setattr(beside, "check_space", lambda *_: stick.unplug())
    with pytest.raises(media.Absent):
        await media.write(stick.folder, path, b"x")
    assert list(stick.folder.iterdir()) == []


async def test_a_full_stick_takes_nothing_and_keeps_what_it_had(stick: Stick) -> None:
    await media.write(stick.folder, "old", b"old")
    secret = b"never on a full stick" * 500_000
    for path in ("old", "new", "deep/er/new"):
        with pytest.raises(OSError, match="No space") as caught:
            await media.write(stick.folder, path, secret)
        assert caught.value.errno == errno.ENOSPC
    assert stick.files() == {"old": b"old"}
    assert sorted(p.name for p in stick.folder.iterdir()) == ["lost+found", "old"]


async def test_a_stick_that_fills_while_we_write_keeps_nothing(stick: Stick) -> None:
    # No inode is left, so the space check passes and the file itself cannot be made.
    free = os.statvfs(stick.folder).f_ffree
    for number in range(free):
        (stick.folder / f"{number}").touch()
    with pytest.raises(OSError, match="No space"):
        await media.write(stick.folder, "new", b"x")
    assert len(stick.files()) == free


def device(folder: Path, state: DeviceStatus = DeviceStatus.IN_USE) -> Device:
    return Device(serial="USB-7", state=state, folder=str(folder))


def held(data: bytes, path: str = "d/list.csv") -> Transfer:
    envelope = {"serial": "USB-7", "path": path}
    return Transfer(channel=Channel.MEDIA, sender="c", destination=("USB-7",), name="", data=data, envelope=envelope)


async def test_a_release_is_written_once_however_often_it_is_tried(folder: Path) -> None:
    transfer = held(b"approved")
    first, second = await media.deliver(transfer, device(folder)), await media.deliver(transfer, device(folder))
    assert first == second
    assert "8 bytes" in first
    assert "list" not in first
    assert visible(folder) == {"d/list.csv": b"approved"}


async def test_a_release_overwrites_nothing_newer(folder: Path) -> None:
    await media.write(folder, "d/list.csv", b"newer")
    (folder / "d" / "list (2).csv").mkdir()
    for _ in range(2):
        await media.deliver(held(b"approved"), device(folder))
    assert visible(folder) == {"d/list.csv": b"newer", "d/list (3).csv": b"approved"}


async def test_a_release_waits_for_its_device_and_never_goes_to_a_lost_one(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(GatewayFault):
        await media.deliver(held(b"x"), device(tmp_path / "nowhere"))
    with pytest.raises(GatewayFault):
        await media.deliver(held(b"x"), replace(device(folder), folder=""))
    for state in (DeviceStatus.LOST, DeviceStatus.RETIRED, DeviceStatus.UNREGISTERED):
        with pytest.raises(SenderFault):
            await media.deliver(held(b"x"), device(folder, state))
    with pytest.raises(SenderFault):
        await media.deliver(held(b"x", "../x"), device(folder))
    assert visible(folder) == {}


async def test_a_release_to_a_full_stick_waits(stick: Stick) -> None:
    with pytest.raises(GatewayFault, match="ENOSPC"):
        await media.deliver(held(os.urandom(9 << 20)), device(stick.folder))
    assert stick.files() == {}


def test_how_far_a_large_file_is(folder: Path, tmp_path: Path) -> None:
    large = tmp_path / "large"
    with large.open("wb") as file:
        file.truncate(100 << 20)
    told: list[tuple[int, int]] = []
    media.write_now(folder, "large", large, None, lambda *far: told.append(far))
    assert told == [(32 << 20, 100 << 20), (64 << 20, 100 << 20), (96 << 20, 100 << 20)]
    media.write_now(folder, "small", b"x" * 1000, None, lambda *far: told.append(far))
    assert len(told) == 3
