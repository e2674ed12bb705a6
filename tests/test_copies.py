"""What `make copies` does with files of more than 4 GB, with small ones."""

from __future__ import annotations

import errno
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.copies import bodies, mounted, run

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(200)]

_LIMIT = 3 << 20


def test_a_list_and_what_is_too_large_do_not_arrive(tmp_path: Path, need: Callable[..., None]) -> None:
    need("fusermount3", "/dev/fuse")
    with mounted(tmp_path, _LIMIT) as (box, point, device):
        found = {body.name: run(box, point, device, body, _LIMIT) for body in bodies(2_500_000, _LIMIT, seed=1)}
        assert [one.wrong for one in found.values()] == ["", "", ""]
        told = {name: (one.told.code, one.verdict, one.arrived) for name, one in found.items()}
        assert told["innocent"] == (0, "allow", True)
        assert told["list"] == (errno.EACCES, "quarantine", False)
        assert told["larger"] == (errno.EFBIG, "", False)
        left = [path for path in (tmp_path / "box" / "var" / "spool").rglob("*") if path.is_file()]
        assert [path for path in left if path.stat().st_size] == []
