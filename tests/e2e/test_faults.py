"""Mail while gateway, workers and next hop are killed, and the client vanishes: a short run of `make faults`."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import faults

pytestmark = pytest.mark.e2e


@pytest.mark.timeout(300)
def test_nothing_is_lost_let_through_or_doubled(tmp_path: Path) -> None:
    report = faults.run(tmp_path, mails=200, faults=6, seed=7)
    assert report.sound, report
    assert sum(report.faults.values()) == 6
    assert report.held >= 7  # every list; and what a worker was reading when it was killed
