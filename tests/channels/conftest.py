"""Mounts for the tests of the mount channel."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest

from dlp.channels.mount.point import mounted
from dlp.policy import Media, Policy
from tests.channels.desk import LIST
from tests.channels.mounted import Mount
from tests.fuse_guard import Guard


@pytest.fixture(scope="module")
def guard() -> Iterator[Guard]:
    with Guard(seconds=60.0) as made:
        yield made


@pytest.fixture
def guarded(guard: Guard, tmp_path: Path) -> Iterator[None]:
    """What hangs on a mount is freed."""
    guard.watch(tmp_path)
    yield
    guard.rest()


@pytest.fixture
async def hasty(tmp_path: Path, need: Callable[..., None]) -> AsyncIterator[Mount]:
    """A mount that waits a second for a verdict."""
    need("fusermount3", "/dev/fuse")
    made = Mount(tmp_path, patience=1.0)
    await made.channel.start()
    yield made
    await made.channel.stop()
    made.desk.room.close()


@pytest.fixture
async def mount(tmp_path: Path, need: Callable[..., None]) -> AsyncIterator[Mount]:
    need("fusermount3", "/dev/fuse")
    made = Mount(tmp_path)
    (tmp_path / "list").write_bytes(LIST)
    await made.channel.start()
    yield made
    await made.channel.stop()
    made.desk.room.close()
    assert not mounted(made.point)
    assert made.buffered() == 0


@pytest.fixture
async def strict(tmp_path: Path, need: Callable[..., None]) -> AsyncIterator[Mount]:
    """A mount where the policy demands a loan."""
    need("fusermount3", "/dev/fuse")
    made = Mount(tmp_path, policy=Policy(media=Media(require_loan=1)))
    (tmp_path / "a").write_bytes(b"harmless")
    await made.channel.start()
    yield made
    await made.channel.stop()
    made.desk.room.close()
