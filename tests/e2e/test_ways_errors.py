"""All ways out while the disk under the gateway's state errs for a while, and is well again without a restart."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.e2e.ill_disk import IllDisk
from tests.e2e.ways import DELIVERED, FAULT, HELD, TAKEN, WAYS, Ways

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]

WELL = {way: [DELIVERED, HELD] if way != "drop" else [TAKEN, TAKEN] for way in WAYS}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory, need: Callable[..., None]) -> Iterator[tuple[Ways, IllDisk]]:
    need("fusermount3", "/dev/fuse")
    tmp = tmp_path_factory.mktemp("errors")
    with IllDisk(tmp / "var") as disk, Ways(tmp) as ways:
        yield ways, disk


@pytest.mark.parametrize("how", ["write EIO", "sync EIO", "read EIO"])
def test_a_disk_that_errs_for_a_while(how: str, place: tuple[Ways, IllDisk]) -> None:
    ways, disk = place
    tag = how.replace(" ", "-")
    assert ways.round(f"{tag}-before-") == WELL
    disk.errs(how)
    told = ways.round(f"{tag}-")
    if how.startswith(("write", "sync")):
        assert told["mail"] == told["web"] == told["mount"] == [FAULT, FAULT], told
    disk.heals()
    ways.persist(f"{tag}-")
    ways.account()
