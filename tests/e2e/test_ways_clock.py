"""All ways out while the machine's clock jumps forward and backward: everything is accounted for, nothing expires."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from quarantine.case import Status
from tests.e2e.ways import DELIVERED, HELD, TAKEN, WAYS, Ways

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(240)]

_LIBRARY = "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1"
WELL = {way: [DELIVERED, HELD] if way != "drop" else [TAKEN, TAKEN] for way in WAYS}


def test_a_clock_that_jumps(tmp_path: Path, need: Callable[..., None]) -> None:
    need("fusermount3", "/dev/fuse", _LIBRARY)
    clock = tmp_path / "faketime"
    clock.write_text("+0")
    env = {
        "LD_PRELOAD": _LIBRARY,
        "FAKETIME_TIMESTAMP_FILE": str(clock),
        "FAKETIME_NO_CACHE": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        "DONT_FAKE_MONOTONIC": "1",
    }
    with Ways(tmp_path, env=env) as ways:
        for number, jump in enumerate(("+2d", "-3d", "+800d")):
            fresh = clock.with_suffix(".new")
            fresh.write_text(jump)
            fresh.replace(clock)
            assert ways.round(f"jump{number}") == WELL, jump
            ways.account()
        fresh.write_text("+800d")
        fresh.replace(clock)
        assert ways.box.stop() == 0
        ways.box.start()  # eight hundred days later, as far as it knows: its first look for what is due
        ways.box.wait(lambda: '"code":"clock"' in ways.box.log.read_text())
        assert ways.round("later") == WELL
        ways.account()
        assert {case.status for case in ways.box.cases()} == {Status.QUARANTINED}
        opened = [case.opened.year for case in ways.box.cases()]
        assert max(opened) - min(opened) >= 2, "the clock of the gateway has really jumped"
