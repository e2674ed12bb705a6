"""Verdicts and devices that take their time, many writers at once."""

from __future__ import annotations

import asyncio
import hashlib
import os
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from dlp.delivery import media
from dlp.transfer import LARGE
from tests.channels.desk import LIST, until
from tests.channels.mounted import KEEPS_OPEN, Mount

pytestmark = [pytest.mark.timeout(120), pytest.mark.usefixtures("guarded")]


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
    writing = asyncio.create_task(hasty.sh(KEEPS_OPEN))  # so that its spool file is still there
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
    await hasty.ok('echo x | dd of="$M/a" conv=fsync status=none')
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
