"""A clock that jumps destroys nothing; one that runs on does not get in the way."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from dlp.clock import Clock

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
HOUR = 3600.0


def test_a_clock_that_runs_on_is_believed_also_over_a_restart(tmp_path: Path) -> None:
    clock = Clock(tmp_path / "clock")
    assert all(clock.believed(NOW + timedelta(hours=n), n * HOUR) for n in range(50))
    assert Clock(tmp_path / "clock").believed(NOW + timedelta(hours=50, days=5), 7.0)


@pytest.mark.parametrize("days", [400, 2, -2, -400])
def test_a_jump_is_believed_after_a_day_of_running(days: int, tmp_path: Path) -> None:
    clock = Clock(tmp_path / "clock")
    assert clock.believed(NOW, 0.0)
    then = NOW + timedelta(days=days)
    assert not any(clock.believed(then + timedelta(hours=n), n * HOUR + 1) for n in range(24))
    assert clock.believed(then + timedelta(hours=24), 24 * HOUR + 1)


def test_a_clock_that_is_set_right_again_waits_a_day_too(tmp_path: Path) -> None:
    clock = Clock(tmp_path / "clock")
    assert clock.believed(NOW, 0.0)
    assert not clock.believed(NOW + timedelta(days=400), HOUR)
    assert not clock.believed(NOW + timedelta(hours=2), 2 * HOUR)
    assert not clock.believed(NOW + timedelta(hours=25), 25 * HOUR)
    assert clock.believed(NOW + timedelta(hours=27), 27 * HOUR)


@pytest.mark.parametrize("away", [timedelta(days=400), timedelta(days=-2)])
def test_restarts_do_not_wear_the_doubt_out(away: timedelta, tmp_path: Path) -> None:
    assert Clock(tmp_path / "clock").believed(NOW, 0.0)
    for hour in range(3):
        assert not Clock(tmp_path / "clock").believed(NOW + away + timedelta(hours=hour), 5.0)


def test_a_memory_that_cannot_be_read_is_no_leave(tmp_path: Path) -> None:
    (tmp_path / "clock").write_text("yesterday")
    assert not Clock(tmp_path / "clock").believed(NOW, 0.0)
