"""What programs do with files, through a real mount: each leaves on the device what it would leave on a stick."""

from __future__ import annotations

import asyncio
import hashlib
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest

from dlp.delivery import media
from tests.channels.desk import LIST, until
from tests.channels.mounted import Mount
from tests.e2e.stick import Stick
from tests.fuse_guard import Guard


@pytest.fixture
async def mount(tmp_path: Path, need: Callable[..., None]) -> AsyncIterator[Mount]:
    need("fusermount3", "/dev/fuse")
    made = Mount(tmp_path, max_size=512 << 20)
    (tmp_path / "list").write_bytes(LIST)
    with Guard(seconds=60.0) as guard:
        guard.watch(tmp_path)
        await made.channel.start()
        yield made
        guard.rest()
        await made.channel.stop()
    made.desk.room.close()


@pytest.fixture
def stick(tmp_path: Path, need: Callable[..., None]) -> Iterator[Stick]:
    need("mkfs.ext4", "/dev/loop-control")
    with Stick(tmp_path, megabytes=8) as made:
        yield made


_TREE = """
set -e
mkdir -p "$T/tree/資料/年度/empty"; seq 2000 > "$T/tree/資料/年度/数.txt"; : > "$T/tree/empty.txt"
head -c 700000 /dev/urandom > "$T/tree/資料/image.bin"; touch -d 2019-04-17T10:00:00 "$T/tree/資料/image.bin"
chmod 400 "$T/tree/資料/image.bin"
"""


@pytest.mark.parametrize(
    "command",
    [
        'cp -a "$T/tree" "$M/"',
        'rsync -a "$T/tree" "$M/"',
        'rsync -a --inplace "$T/tree" "$M/" && rsync -a --checksum --append-verify "$T/tree" "$M/"',
        'tar -C "$T" -cf - tree | tar -C "$M" -xf -',
        'tar -C "$T" -cf - tree | tar -C "$M" -xpf - --overwrite --same-owner',
        '(cd "$T" && find tree -depth -print | cpio -pdm --quiet "$M")',
        'cp -a "$T/tree" "$T/moving" && mv "$T/moving" "$M/tree" && test ! -e "$T/moving"',
    ],
    ids=["cp -a", "rsync -a", "rsync --inplace", "tar", "tar -p", "cpio", "mv"],
)
async def test_a_tree_arrives_with_its_times(mount: Mount, command: str) -> None:
    await mount.ok(f'{_TREE}{command}; diff -r "$T/tree" "$M/tree"')
    source = mount.tmp / "tree"
    files = {str(p.relative_to(mount.tmp)): p.read_bytes() for p in source.rglob("*") if p.is_file()}
    await until(lambda: mount.on_device() == files)
    image = "tree/資料/image.bin"
    assert (mount.device / image).stat().st_mtime == (mount.tmp / image).stat().st_mtime


async def test_one_list_in_a_tree_is_told_and_the_rest_arrives(mount: Mount) -> None:
    await mount.ok('mkdir "$T/tree"; for n in 1 2 3; do echo $n > "$T/tree/$n"; done; cp "$T/list" "$T/tree/4"')
    for command in (
        'cp -a "$T/tree" "$M/cp"',
        'rsync -a "$T/tree/" "$M/rsync"',
        'tar -C "$T" -c tree | tar -C "$M" -x',
    ):
        code, out = await mount.sh(command)
        assert (code != 0, "Permission denied" in out) == (True, True), out
    names = {f"{folder}/{n}" for folder in ("cp", "rsync", "tree") for n in (1, 2, 3)}
    assert mount.on_device().keys() == names


@pytest.mark.parametrize(
    ("command", "content"),
    [
        ('printf new > "$T/n"; mv "$T/n" "$M/a"', b"new"),
        ('printf new > "$M/n"; mv "$M/n" "$M/a"', b"new"),
        ('truncate -s 3 "$M/a"', b"012"),
        ('truncate -s 12 "$M/a"', b"0123456789\0\0"),
        (': > "$M/a"', b""),
        ('printf ab >> "$M/a"', b"0123456789ab"),
        ('printf ab | dd of="$M/a" bs=1 seek=4 conv=notrunc status=none', b"0123ab6789"),
        ('printf ab | dd of="$M/a" bs=1 seek=4 status=none', b"0123ab"),
        ('printf ab | dd of="$M/a" bs=1 seek=12 conv=notrunc,fsync oflag=append status=none', b"0123456789ab"),
        ('sed -i s/345/xyz/ "$M/a"', b"012xyz6789"),
        ('tee -a "$M/a" < "$T/ab" | cmp - "$T/ab"', b"0123456789ab"),
        ('cp --remove-destination "$T/ab" "$M/a"', b"ab"),
        ('install -m 600 "$T/ab" "$M/a"', b"ab"),
        ('fallocate -l 20 "$M/a" || true', b"0123456789"),
    ],
)
async def test_a_file_is_changed_in_place(mount: Mount, command: str, content: bytes) -> None:
    await mount.ok('printf ab > "$T/ab"; printf 0123456789 > "$M/a"')
    await mount.ok(command)
    await until(lambda: mount.on_device() == {"a": content})


@pytest.mark.parametrize(
    "command",
    [
        'mv "$T/list" "$M/a"; status=$?; test -s "$T/list" || touch "$T/lost"; exit $status',
        'cp "$T/list" "$M/n" || mv "$M/n" "$M/a"',
        'dd if="$T/list" of="$M/a" bs=64 seek=1 conv=notrunc status=none',
        'rsync --inplace "$T/list" "$M/a"',
        'rsync "$T/list" "$M/a"',
        'tee "$M/a" < "$T/list" > /dev/null',
        'sed -i "1r $T/list" "$M/a"',
        'install "$T/list" "$M/a"',
    ],
)
async def test_a_refused_change_keeps_what_was_allowed(mount: Mount, command: str) -> None:
    await mount.ok('printf "0123456789\\n" > "$M/a"')
    assert (await mount.sh(command))[0] != 0
    await until(lambda: mount.buffered() == 0)
    assert all(b"person" not in content for content in mount.on_device().values())
    assert not (mount.tmp / "lost").exists()
    if not command.startswith(("install", "mv")):  # from another file system they remove first what is in their way
        assert await mount.ok('cat "$M/a"') == "0123456789\n"
        assert mount.on_device() == {"a": b"0123456789\n"}


_SAVES = """
import os, sys
content, target = open(sys.argv[1], "rb").read(), sys.argv[2]
beside = target + ".tmp"
os.close(os.open(beside, os.O_RDWR | os.O_CREAT | os.O_EXCL))
fd = os.open(beside, os.O_RDWR | os.O_CREAT)
os.write(fd, content)
try:
    os.close(fd)
except OSError:
    pass
try:
    os.rename(beside, target)
except PermissionError:
    instead = open(beside, "rb").read()  # it copies
    open(target, "wb").write(instead)
"""


@pytest.mark.parametrize("before", [b"", b"allowed\n"], ids=["new", "over"])
async def test_who_does_not_look_at_close_is_told_at_rename(mount: Mount, before: bytes) -> None:
    # As LibreOffice saves: the empty temporary file would take the place of what was allowed.
    (mount.tmp / "saves.py").write_text(_SAVES)
    if before:
        (mount.tmp / "before").write_bytes(before)
        await mount.ok('cp "$T/before" "$M/a"')
    for _ in range(2):
        code, out = await mount.sh(f'{sys.executable} "$T/saves.py" "$T/list" "$M/a"; c=$?; rm -f "$M/a.tmp"; exit $c')
        # The kernel closes the empty file when it likes: before the next open, and it is there and refused, or after
        # what was written then, and there never was a file of that name.
        assert (code, "PermissionError" in out or "FileNotFoundError" in out) == (1, True), out
        assert mount.on_device() == ({"a": before} if before else {})
    await mount.ok(f'echo good > "$T/good"; {sys.executable} "$T/saves.py" "$T/good" "$M/a"')
    assert mount.on_device() == {"a": b"good\n"}


_MAPS = """
import mmap, os, sys
fd = os.open(sys.argv[1], os.O_RDWR | os.O_CREAT)
os.ftruncate(fd, 9000)
with mmap.mmap(fd, 9000) as mapped:
    mapped[4090:4100] = b"0123456789"
    mapped.flush()
    print(sys.argv[2] and open(sys.argv[2], "rb").read()[4090:4100].decode())
os.close(fd)
"""


async def test_a_mapping_is_on_the_device_when_msync_returns(mount: Mount) -> None:
    (mount.tmp / "maps.py").write_text(_MAPS)
    assert await mount.ok(f'{sys.executable} "$T/maps.py" "$M/a" "{mount.device}/a"') == "0123456789\n"
    assert mount.on_device() == {"a": bytes(4090) + b"0123456789" + bytes(4900)}


async def test_many_small_files(mount: Mount) -> None:
    await mount.ok(
        'mkdir "$T/many"; cd "$T/many"; for n in $(seq 500); do echo "$n" > "$n"; done; cp -r "$T/many" "$M/"'
    )
    assert mount.on_device() == {f"many/{n}": f"{n}\n".encode() for n in range(1, 501)}
    assert len(await asyncio.to_thread(os.listdir, mount.point / "many")) == 500
    await until(lambda: mount.buffered() == 0)


@pytest.mark.parametrize("content", [b"", b"text"], ids=["empty", "text"])
async def test_what_fsync_has_confirmed_is_on_the_device(mount: Mount, content: bytes) -> None:
    def work() -> dict[str, bytes]:
        with (mount.point / "a").open("wb", buffering=0) as file:
            file.write(content)
            os.fsync(file.fileno())
            return mount.on_device()

    assert await asyncio.to_thread(work) == {"a": content}


async def test_fsync_by_a_reader_means_the_same(mount: Mount) -> None:
    def work() -> dict[str, bytes]:
        with (mount.point / "a").open("wb", buffering=0) as file, (mount.point / "a").open("rb") as reader:
            file.write(b"text")
            os.fsync(reader.fileno())
            return mount.on_device()

    assert await asyncio.to_thread(work) == {"a": b"text"}


async def test_fsync_tells_what_the_device_did_not_take(mount: Mount, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> Path:
        raise OSError(5, "I/O error")

    def work() -> None:
        fd = os.open(mount.point / "a", os.O_WRONLY | os.O_CREAT)
        os.write(fd, b"text")
        with pytest.raises(OSError, match="Input/output"):
            os.fsync(fd)
        with pytest.raises(OSError, match="Input/output"):  # and once more: no later call says it went well
            os.close(fd)

    monkeypatch.setattr(media, "write_now", broken)
    await asyncio.to_thread(work)
    assert mount.on_device() == {}


async def test_who_reads_during_a_rewrite_keeps_reading(mount: Mount) -> None:
    def read() -> tuple[bytes, bytes, bytes]:
        with (mount.point / "a").open("rb", buffering=0) as early:
            first = early.read()
            subprocess.run(["cp", mount.tmp / "list", mount.point / "a"], stderr=subprocess.DEVNULL, timeout=30)
            early.seek(0)
            refused = early.read()
            subprocess.run(["cp", mount.tmp / "new", mount.point / "a"], check=True, timeout=30)
            return first, refused, (mount.point / "a").read_bytes()

    (mount.tmp / "new").write_bytes(b"new\n")
    await mount.ok('echo one > "$M/a"; echo two > "$M/a"')
    assert await asyncio.to_thread(read) == (b"two\n", b"two\n", b"new\n")


async def test_what_is_removed_while_it_is_read_can_be_read_to_its_end(mount: Mount) -> None:
    def read() -> bytes:
        with (mount.point / "a").open("rb", buffering=0) as file:
            head = file.read(3)
            (mount.point / "a").unlink()
            assert not (mount.point / "a").exists()
            (mount.point / "a").write_bytes(b"another")
            return head + file.read()

    await mount.ok('printf 0123456789 > "$M/a"')
    assert await asyncio.to_thread(read) == b"0123456789"
    assert mount.on_device() == {"a": b"another"}


async def test_a_long_text_with_holes(mount: Mount) -> None:
    with (mount.tmp / "long").open("wb") as file:
        for at in range(0, 300 << 20, 50 << 20):
            file.seek(at)
            file.write(b"line\n" * 1000)
        file.truncate(300 << 20)
    await mount.ok('cp "$T/long" "$M/long"')
    with (mount.tmp / "long").open("rb") as one, (mount.device / "long").open("rb") as other:
        assert hashlib.file_digest(one, "sha256").digest() == hashlib.file_digest(other, "sha256").digest()
    await mount.ok('truncate -s 1 "$M/long"')
    assert mount.on_device() == {"long": b"l"}


async def test_a_full_stick_keeps_what_it_had(tmp_path: Path, stick: Stick, need: Callable[..., None]) -> None:
    need("fusermount3", "/dev/fuse")
    mount = Mount(tmp_path, stick.folder)
    await mount.channel.start()
    try:
        await mount.ok('echo kept > "$M/a"; head -c 7M /dev/urandom > "$T/big"')
        for command in ('cp "$T/big" "$M/a"', 'rsync "$T/big" "$M/b"', 'tar -C "$T" -c big | tar -C "$M" -x'):
            code, out = await mount.sh(f'cp "$T/big" "$M/first" 2>&1; {command}')
            assert (code != 0, "No space left" in out) == (True, True), out
        assert await mount.ok('cat "$M/a"') == "kept\n"
        await mount.ok('rm -f "$M/first"; echo again > "$M/a"')
        assert mount.on_device() == {"a": b"again\n"}
    finally:
        await mount.channel.stop()
        mount.desk.room.close()


@pytest.mark.parametrize("letters", [20, 70])
async def test_a_name_that_is_no_text_is_refused_as_such(mount: Mount, letters: int) -> None:
    """However long: where it is read, it cannot be."""
    name = "$(printf '\\377%.0s' $(seq " + str(letters) + "))"
    await mount.ok('echo x > "$M/a"')
    for command in (f'mv -T "$M/a" "$M/{name}"', f'cp "$M/a" "$M/{name}"', f'mkdir "$M/{name}"'):
        code, out = await mount.sh(command)
        assert code == 1
        assert "Invalid argument" in out
    assert mount.on_device() == {"a": b"x\n"}
