"""Whether a device is empty: what its system puts there does not count, whatever lies elsewhere does."""

from __future__ import annotations

from pathlib import Path

import pytest

from dlp.delivery.erased import left_on
from dlp.delivery.manifest import NAME
from dlp.delivery.media import MARK
from dlp.standing import Device


def device(folder: Path | str) -> Device:
    return Device(serial="USB-7", folder=str(folder))


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    (tmp_path / MARK).touch()
    (tmp_path / NAME).write_text("{}\n")
    (tmp_path / "lost+found").mkdir()
    (tmp_path / "System Volume Information").mkdir()
    (tmp_path / "System Volume Information" / "WPSettings.dat").touch()
    (tmp_path / "$RECYCLE.BIN").mkdir()
    return tmp_path


def test_what_systems_put_there_is_nothing(stick: Path) -> None:
    assert left_on(device(stick)) == 0


@pytest.mark.parametrize(
    "name",
    [
        *("a.csv", ".hidden", "empty folder/", "$RECYCLE.BIN/$R1.csv", "lost+found/#12", "a/.sekisho-b"),
        *(".Trash-1000/files/a", "System Volume Information/a.csv"),
    ],
)
def test_whatever_is_left_counts(stick: Path, name: str) -> None:
    path = stick / name
    if name.endswith("/"):
        path.mkdir()
    else:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    assert (left_on(device(stick)) or 0) > 0


def test_a_link_counts_and_is_not_followed(stick: Path) -> None:
    (stick / "root").symlink_to("/")
    assert left_on(device(stick)) == 1


def test_a_device_that_is_not_here_tells_nothing(tmp_path: Path) -> None:
    assert left_on(device(tmp_path)) is None  # an empty folder without a mark: unplugged
    assert left_on(device("")) is None
    assert left_on(device(tmp_path / "none")) is None
