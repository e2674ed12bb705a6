"""Mail under every fault at random: short runs of `make faults`, by a client that vanishes and by a real Postfix."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults import trial

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]


@pytest.mark.parametrize("queued", [False, True], ids=["by a client that vanishes", "by smtp-source and Postfix"])
def test_nothing_is_lost_let_through_or_doubled(queued: bool, tmp_path: Path, need: Callable[..., None]) -> None:
    if queued:
        need("postfix", "smtp-source")
    report = trial.run(
        tmp_path, mails=200, faults=6, seed=7 + queued, queued=queued, own_disk=trial.may_have_own_disk()
    )
    assert report.sound, report
    assert sum(report.faults.values()) == 6
    assert report.held  # of the lists whatever was not refused: any other would be among those let through or lost
