"""In which order things reach the disk. A killed process cannot show a missing fsync, so the calls are watched."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from quarantine.case import NewCase
from quarantine.keys import KeyRing
from quarantine.room import Room
from quarantine.stores.sqlite import SqliteStore


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is synced, renamed and committed, in order; everything really happens."""
    seen: list[str] = []
    fsync, rename, admit = os.fsync, Path.rename, SqliteStore.admit

    def watched_fsync(file: int) -> None:
        seen.append("sync " + str(Path(f"/proc/self/fd/{file}").readlink()))
        fsync(file)

    def watched_rename(self: Path, target: Path) -> Path:
        seen.append(f"rename {self} {target}")
        return rename(self, target)

    def watched_admit(self: SqliteStore, *args: object) -> str:
        seen.append("begin")
        case_id = admit(self, *args)  # type: ignore[arg-type]
        seen.append("committed")
        return case_id

    monkeypatch.setattr(os, "fsync", watched_fsync)
    monkeypatch.setattr(Path, "rename", watched_rename)
    monkeypatch.setattr(SqliteStore, "admit", watched_admit)
    return seen


def test_the_blob_is_on_disk_before_its_case(
    room: Room, make_case: Callable[..., NewCase], folder: Path, steps: list[str]
) -> None:
    room.admit(make_case(), b"content")
    (blob,) = [path for path in (folder / "blobs").rglob("*") if path.is_file()]
    assert steps == [
        f"sync {blob}.part",
        f"rename {blob}.part {blob}",
        f"sync {blob.parent}",
        "begin",
        "committed",
    ]


def test_folders_are_on_disk_before_they_are_used(folder: Path, ring: KeyRing, steps: list[str]) -> None:
    Room.open(folder, ring).close()
    assert f"sync {folder.parent}" in steps
    assert f"sync {folder / 'blobs'}" in steps
    assert f"sync {folder}" in steps
    assert len(list((folder / "blobs").iterdir())) == 256


def test_a_new_key_ring_is_on_disk_before_it_is_used(tmp_path: Path, steps: list[str]) -> None:
    KeyRing.open_or_create(tmp_path / "keys.json").rotate()
    assert [re.sub(r"\.keys\.json\.\w+", "fresh", step) for step in steps] == [
        f"sync {tmp_path / 'fresh'}",
        f"sync {tmp_path}",
    ] * 2


def test_every_commit_is_synced(room: Room) -> None:
    store = room._store
    assert isinstance(store, SqliteStore)
    settings = {
        name: store._writer.execute(f"PRAGMA {name}").fetchone()[0]
        for name in ("journal_mode", "synchronous", "foreign_keys", "secure_delete", "busy_timeout")
    }
    assert settings == {
        "journal_mode": "wal",
        "synchronous": 2,  # FULL
        "foreign_keys": 1,
        "secure_delete": 1,
        "busy_timeout": 30_000,
    }
