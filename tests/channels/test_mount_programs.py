"""Programs that do more with files than copying, through a real mount: version control, databases, editors, archives."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from tests.channels.desk import LIST, until
from tests.channels.mounted import Mount
from tests.fuse_guard import Guard

pytestmark = pytest.mark.timeout(120)


@pytest.fixture
async def mount(tmp_path: Path, need: Callable[..., None]) -> AsyncIterator[Mount]:
    need("fusermount3", "/dev/fuse")
    made = Mount(tmp_path, max_size=64 << 20)
    (tmp_path / "list").write_bytes(LIST)
    with Guard(seconds=80.0) as guard:
        guard.watch(tmp_path)
        await made.channel.start()
        yield made
        guard.rest()
        await made.channel.stop()
    made.desk.room.close()
    assert all(b"person" not in content for content in made.on_device().values())


_GIT = """
set -e
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@town.example
export GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@town.example
mkdir "$T/repo"; cd "$T/repo"; git init -q -b main; for n in 1 2 3; do seq $n > $n; done; git add .; git commit -qm one
git clone -q "$T/repo" "$M/clone"
cd "$M/clone"; git fsck --strict; test -z "$(git status --porcelain)"
echo more >> 1; git commit -qam two; git gc -q; git fsck --strict; git log --format=%s
"""


async def test_git_clones_commits_and_packs(mount: Mount, need: Callable[..., None]) -> None:
    need("git")
    assert (await mount.ok(_GIT)).splitlines()[-2:] == ["two", "one"]
    assert mount.on_device()["clone/1"] == b"1\nmore\n"


async def test_a_database_lives_on_the_mount(mount: Mount) -> None:
    (mount.tmp / "keeps.py").write_text(
        """
import sqlite3, sys
for round in range(2):
    db = sqlite3.connect(sys.argv[1])
    db.execute("CREATE TABLE IF NOT EXISTS t (a)")
    with db:
        db.executemany("INSERT INTO t VALUES (?)", [(n,) for n in range(300)])
    try:
        with db:
            db.execute("INSERT INTO t VALUES (0)")
            raise KeyError
    except KeyError:
        pass
    db.execute("VACUUM")
    db.close()
db = sqlite3.connect(sys.argv[1])
print(db.execute("SELECT count(*) FROM t").fetchone()[0], db.execute("PRAGMA integrity_check").fetchone()[0])
"""
    )
    assert await mount.ok(f'{sys.executable} "$T/keeps.py" "$M/d.db"') == "600 ok\n"
    assert await mount.ok(f'{sys.executable} "$T/keeps.py" "{mount.device}/d.db"') == "1200 ok\n"  # whole on the device
    assert mount.on_device().keys() == {"d.db"}


async def test_a_database_of_people_is_refused_at_its_commit(mount: Mount) -> None:
    (mount.tmp / "fills.py").write_text(
        """
import sqlite3, sys
db = sqlite3.connect(sys.argv[1])
try:
    with db:
        db.execute("CREATE TABLE t (a)")
        db.execute("INSERT INTO t VALUES (?)", ("\\n" + open(sys.argv[2]).read(),))
except sqlite3.OperationalError as error:
    print(error)
"""
    )
    assert "disk I/O error" in await mount.ok(f'{sys.executable} "$T/fills.py" "$M/d.db" "$T/list"')


@pytest.mark.parametrize(
    "options",
    ["", "set backup", "set backup backupcopy=yes", "set nowritebackup", "set writebackup backupcopy=no"],
)
async def test_an_editor_saves(mount: Mount, need: Callable[..., None], options: str) -> None:
    need("vim")
    vim = f'HOME="$T" vim -Nes -u NONE --cmd "set fsync" -c "{options or "set ul=1"}"'
    await mount.ok(f'printf "one\\n" > "$M/a.txt"; {vim} -c "normal Otwo" -c wq "$M/a.txt"')
    await until(lambda: mount.on_device()["a.txt"] == b"two\none\n")
    code, _ = await mount.sh(f'{vim} -c "0read $T/list" -c wq "$M/a.txt" < /dev/null')
    assert code != 0
    assert all(b"person" not in content for content in mount.on_device().values())
    kept = [content for name, content in mount.on_device().items() if name.startswith("a.txt")]
    assert b"two\none\n" in kept  # as it was, or as the editor's own copy of it


_WORD = """
set -e
cd "$M"; printf old > a.docx; printf owner > '~$a.docx'
printf new > '~WRD0000.tmp'; mv a.docx '~WRL0001.tmp'; mv '~WRD0000.tmp' a.docx; rm '~WRL0001.tmp' '~$a.docx'
"""


async def test_a_word_processor_saves_by_renaming_twice(mount: Mount) -> None:
    await mount.ok(_WORD)
    assert mount.on_device() == {"a.docx": b"new"}
    refused = _WORD.replace("printf old > a.docx; ", "").replace("printf new >", 'cp "$T/list"')
    assert (await mount.sh(refused))[0] != 0
    assert mount.on_device()["a.docx"] == b"new"


async def test_archives_are_unpacked(mount: Mount, need: Callable[..., None]) -> None:
    need("unzip", "tar")
    await mount.ok(
        f"""
        set -e
        mkdir -p "$T/in/資料"; seq 500 > "$T/in/資料/数.txt"; : > "$T/in/empty"
        cd "$T/in"; {sys.executable} -m zipfile -c "$T/a.zip" 資料/ empty; tar -czSf "$T/a.tgz" .
        mkdir "$M/z" "$M/t"; cd "$M/z"; unzip -q "$T/a.zip"; unzip -qo "$T/a.zip"; cd "$M/t"; tar -xzf "$T/a.tgz"
        diff -r "$T/in" "$M/z"; diff -r "$T/in" "$M/t"
        """
    )
    cp = await mount.sh('cd "$M"; mkdir "$T/l"; cp "$T/list" "$T/l/1"; tar -C "$T/l" -cf - 1 | tar -xf - ; exit $?')
    assert cp[0] != 0


_HOLES = """
set -e
truncate -s 300000 "$T/holes"; printf middle | dd of="$T/holes" bs=1 seek=150000 conv=notrunc status=none
"""


@pytest.mark.parametrize(
    "command",
    [
        'rsync -S "$T/holes" "$M/a"',
        'rsync --partial "$T/holes" "$M/a"',
        'rsync --partial --inplace --append "$T/holes" "$M/a"',
        'rsync --partial-dir=.part --delay-updates "$T/holes" "$M/a"',
        'rsync --preallocate "$T/holes" "$M/a"',
        'cp --sparse=always "$T/holes" "$M/a"',
        'cp --reflink=auto "$T/holes" "$M/b"; cp --reflink=auto "$M/b" "$M/a"; rm "$M/b"',
        'tar -C "$T" -cSf - holes | tar -C "$M" -xf - && mv "$M/holes" "$M/a"',
        'dd if="$T/holes" of="$M/a" bs=4k conv=sparse,fsync status=none',
        'dd if="$T/holes" of="$M/a" bs=64k oflag=dsync status=none',
        'dd if="$T/holes" of="$M/a" bs=64k oflag=sync conv=fdatasync status=none',
        'fallocate -x -l 300000 "$M/a"; dd if="$T/holes" of="$M/a" conv=notrunc bs=64k status=none',
        'split -b 100000 "$T/holes" "$M/x."; cat "$M"/x.* > "$M/a"; rm "$M"/x.*',
    ],
    ids=lambda command: command.split(";")[0].replace('"', "").replace("$", "")[:40],
)
async def test_holes_and_pieces(mount: Mount, need: Callable[..., None], command: str) -> None:
    need("rsync")
    await mount.ok(f'{_HOLES}{command}; cmp "$T/holes" "$M/a"')
    content = (mount.tmp / "holes").read_bytes()
    await until(lambda: mount.on_device() == {"a": content})


async def test_calls_that_copy_within_the_kernel(mount: Mount) -> None:
    def work() -> None:
        (mount.point / "from").write_bytes(b"people\n")
        source = os.open(mount.point / "from", os.O_RDONLY)
        for name, copy in (("range", os.copy_file_range), ("send", _send)):
            target = os.open(mount.point / name, os.O_RDWR | os.O_CREAT, 0o644)
            assert copy(source, target, 6) == 6
            os.close(target)
            os.lseek(source, 0, os.SEEK_SET)
        os.close(source)

    await asyncio.to_thread(work)
    assert mount.on_device() == {"from": b"people\n", "range": b"people", "send": b"people"}


def _send(source: int, target: int, count: int) -> int:
    return os.sendfile(target, source, 0, count)


async def test_space_can_be_asked_for_ahead(mount: Mount) -> None:
    def work() -> None:
        with (mount.point / "a").open("wb", buffering=0) as file:
            file.write(b"abc")
            os.posix_fallocate(file.fileno(), 0, 5000)
            assert os.fstat(file.fileno()).st_size == 5000

    await asyncio.to_thread(work)
    assert mount.on_device() == {"a": b"abc" + bytes(4997)}


async def test_two_programs_append_to_one_file(mount: Mount) -> None:
    (mount.tmp / "appends.py").write_text(
        """
import os, sys
fd = os.open(sys.argv[1], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
for n in range(200):
    os.write(fd, f"{sys.argv[2]} {n}\\n".encode())
    if n % 50 == 0:
        os.fsync(fd)
os.close(fd)
"""
    )
    run = f'{sys.executable} "$T/appends.py" "$M/a"'
    await mount.ok(f"{run} x & {run} y & wait %1 && wait %2")
    lines = mount.on_device()["a"].decode().splitlines()
    assert sorted(lines) == sorted(f"{who} {n}" for who in "xy" for n in range(200))
    for who in "xy":
        assert [line for line in lines if line[0] == who] == [f"{who} {n}" for n in range(200)]


async def test_what_a_stick_has_not_is_said(mount: Mount) -> None:
    code, out = await mount.sh('echo x > "$M/a"; ln "$M/a" "$M/b"')
    assert (code, "Operation not permitted" in out) == (1, True)
    code, out = await mount.sh('ln -s a "$M/c"; mkfifo "$M/d"')
    assert (code, out.count("Operation not permitted")) == (1, 2)
    assert mount.on_device() == {"a": b"x\n"}
