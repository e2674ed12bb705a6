"""A mount over a stick as it is sold: FAT32 (where this kernel knows it) and exFAT, on a loop device."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from dlp.delivery import media
from dlp.transfer import Channel, Transfer
from tests.channels.desk import LIST
from tests.channels.mounted import Mount

pytestmark = [pytest.mark.timeout(120), pytest.mark.usefixtures("guarded")]


def _run(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
    return done.stdout.strip()


def _known(kind: str) -> bool:
    return any(line.split()[-1] == kind for line in Path("/proc/filesystems").read_text().splitlines())


def _made(kind: str, image: Path) -> None:
    image.touch()
    os.truncate(image, 64 << 20)
    _run(*(["mkfs.vfat", "-F", "32"] if kind == "vfat" else ["mkfs.exfat"]), str(image))


@pytest.fixture(params=["vfat", "exfat"])
async def fat(request: pytest.FixtureRequest, tmp_path: Path, need: Callable[..., None]) -> AsyncIterator[Mount]:
    """A mount over a FAT or exFAT stick."""
    kind = request.param
    need("fusermount3", "/dev/fuse", "/dev/loop-control", f"mkfs.{kind}")
    if kind == "exfat" and not _known(kind):
        need("mount.exfat-fuse")
    elif not _known(kind):  # fusefat is no stand-in: it tells of no free space
        pytest.skip("this kernel has no vfat")
    stick = tmp_path / "stick"
    stick.mkdir()
    _made(kind, tmp_path / "image")
    loop = _run("losetup", "-f", "--show", str(tmp_path / "image"))
    try:
        _run(*(["mount", "-t", kind] if _known(kind) else ["mount.exfat-fuse"]), loop, str(stick))
        try:
            (tmp_path / "list").write_bytes(LIST)
            made = Mount(tmp_path, stick)
            await made.channel.start()
            yield made
            await made.channel.stop()
            made.desk.room.close()
        finally:
            _run("umount", str(stick))
    finally:
        _run("losetup", "-d", loop)


async def test_what_is_copied_arrives_and_a_list_does_not(fat: Mount) -> None:
    (fat.tmp / "a").write_bytes(big := os.urandom(3 << 20))
    await fat.ok(
        'mkdir -p "$M/年度/四月" && cp "$T/a" "$M/年度/四月/報告書.bin" && cmp "$T/a" "$M/年度/四月/報告書.bin"'
    )
    await fat.ok('echo first > "$M/note.txt" && sync "$M/note.txt" && echo more >> "$M/note.txt" && sync "$M/note.txt"')
    await fat.refused('cp "$T/list" "$M/list.csv"')
    await fat.refused('cat "$T/list" > "$M/note.txt"')
    assert fat.on_device() == {"年度/四月/報告書.bin": big, "note.txt": b"first\nmore\n"}
    raw = (fat.tmp / "image").read_bytes()
    assert b"first\nmore\n" in raw
    assert b"person 7\n" not in raw


async def test_names_that_it_cannot_keep_and_links_are_refused(fat: Mount) -> None:
    await fat.ok('echo x > "$M/a" && sync "$M/a"')
    for name in ("a:b", "a?", 'a"b', "dot.", "blank ", "CON", "nul.txt", "a" * 256):
        for command in (f'cp "$M/a" "$M"/\'{name}\'', f'mv "$M/a" "$M"/\'{name}\'', f"mkdir \"$M\"/'{name}'"):
            code, out = await fat.sh(command)
            assert code == 1, name
            told = ("Invalid argument", "File name too long", "to a subdirectory of itself")  # so mv puts EINVAL
            assert any(said in out for said in told), (name, out)
    for link in ("ln -s", "ln"):
        code, out = await fat.sh(f'{link} "$M/a" "$M/link"')
        assert (code, "Operation not permitted" in out) == (1, True)
    assert fat.on_device() == {"a": b"x\n"}


async def test_a_name_may_change_in_case_alone(fat: Mount) -> None:
    await fat.ok('echo x > "$M/plan.txt" && mkdir "$M/d" && echo y > "$M/d/y" && sync "$M/plan.txt" "$M/d/y"')
    await fat.ok('mv "$M/plan.txt" "$M/PLAN.TXT" && mv -T "$M/d" "$M/D" && cat "$M/PLAN.TXT" "$M/D/y"')
    assert fat.on_device() == {"PLAN.TXT": b"x\n", "D/y": b"y\n"}


@pytest.mark.parametrize(("old", "new"), [("plan.txt", "PLAN.TXT"), ("d/計画 plan", "d/計画 Plan"), ("e", "E")])
async def test_a_renaming_in_case_alone_that_was_held_is_done_when_it_is_approved(
    fat: Mount, old: str, new: str
) -> None:
    await fat.ok('mkdir "$M/d" "$M/e" && echo x > "$M/plan.txt" && echo y > "$M/d/計画 plan" && echo z > "$M/e/z"')
    await fat.ok('sync "$M/plan.txt" "$M/d/計画 plan" "$M/e/z"')
    there = fat.on_device()
    about = {"serial": "USB-7", "before": old, "path": new}
    renaming = Transfer(
        channel=Channel.MEDIA, sender="clerk", destination=("USB-7",), name=new, data=b"", envelope=about
    )
    said = [media.deliver_now(renaming, fat.device, None) for _ in range(2)]  # a crash has it done once more
    assert said == ["renamed on USB-7", "renamed on USB-7 before"]
    assert fat.on_device() == {re.sub(f"^{old}(?=$|/)", new, path): data for path, data in there.items()}


async def test_a_name_in_another_case_is_the_same_file(fat: Mount) -> None:
    await fat.ok('echo first > "$M/plan" && sync "$M/plan" && echo second > "$M/PLAN" && sync "$M/PLAN"')
    await fat.refused('cp "$T/list" "$M/Plan"')
    assert list(fat.on_device().values()) == [b"second\n"]


async def test_times_are_kept_as_well_as_it_can(fat: Mount) -> None:
    (fat.tmp / "a").write_bytes(b"x")
    os.utime(fat.tmp / "a", (1_704_164_645, 1_704_164_645))  # an odd second: FAT counts two
    await fat.ok('cp -p "$T/a" "$M/a" && sync "$M/a"')
    assert abs((fat.device / "a").stat().st_mtime - 1_704_164_645) < 2
    assert abs((fat.point / "a").stat().st_mtime - 1_704_164_645) < 2


async def test_a_full_stick_says_so_and_keeps_what_it_had(tmp_path: Path, fat: Mount) -> None:
    (fat.tmp / "a").write_bytes(piece := os.urandom(11 << 20))
    held: dict[str, bytes] = {}
    for number in range(7):
        code, out = await fat.sh(f'cp "$T/a" "$M/{number}"')
        if code:
            assert "No space left" in out
            break
        held[str(number)] = piece
    assert 0 < len(held) < 7
    assert fat.on_device() == held
