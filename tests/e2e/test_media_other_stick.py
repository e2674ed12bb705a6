"""Another stick in the slot of a registered one gets nothing, by any way; loop devices stand in, with udev's files ours."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from quarantine.case import LedgerEntry
from tests.e2e.harness import Box
from tests.e2e.stick import Stick

pytestmark = [pytest.mark.e2e, pytest.mark.skipif(os.geteuid() != 0, reason="needs root: loop devices")]
OFF = {"enabled": False}
SERIAL = "4C530001AB"


def _cp(source: Path, target: Path) -> tuple[int, str]:
    done = subprocess.run(["cp", str(source), str(target)], capture_output=True, text=True, timeout=60)
    return done.returncode, done.stderr.rpartition(": ")[2].strip()


def _last(box: Box) -> LedgerEntry:
    room = box.room()
    try:
        return room.ledger(limit=1)[0].entry
    finally:
        room.close()


def test_another_stick_is_refused_and_the_registered_one_taken(tmp_path: Path, need: Callable[..., None]) -> None:
    need("mkfs.ext4", "fusermount3")
    udev, point, source = tmp_path / "udev", tmp_path / "usb", tmp_path / "notice.txt"
    for made in (udev, point):
        made.mkdir()
    source.write_text("第二公園の工事の図面を配布します。")
    media = {"mounts": {"USB-7": str(point)}, "udev": str(udev), "sync": True}
    with (
        Stick(tmp_path / "stick") as stick,
        Box(tmp_path / "box", devices=stick.ledger(hardware=SERIAL), mail=OFF, web=OFF, media=media) as box,
    ):
        assert _cp(source, point / "a.txt") == (1, "Permission denied")  # it does not say which it is
        stick.report(udev, "0000000000")
        assert _cp(source, point / "b.txt") == (1, "Permission denied")
        assert [reason["code"] for reason in _last(box).reasons] == ["device_other_stick"]
        assert stick.files() == {}
        stick.report(udev, SERIAL.lower())
        assert _cp(source, point / "c.txt") == (0, "")
        assert stick.files() == {"c.txt": source.read_bytes()}
        (point / "c.txt").rename(point / "d.txt")
        stick.report(udev, "0000000000")
        with pytest.raises(PermissionError):
            (point / "d.txt").unlink()
        dropped = box.drop / "clerk" / "USB-7" / "e.txt"
        dropped.parent.mkdir(parents=True)
        dropped.write_bytes(source.read_bytes())
        box.wait(lambda: dropped.with_name("e.txt.拒否.txt").exists())
        assert stick.files() == {"d.txt": source.read_bytes()}
