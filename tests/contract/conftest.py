"""Each back end once: contract tests run over all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from quarantine.audit import Entry
from quarantine.blobs.base import Blobs
from quarantine.blobs.files import FileBlobs
from quarantine.stores.base import Store
from quarantine.stores.sqlite import SqliteStore


def _sqlite(folder: Path, witnessed: list[Entry]) -> Store:
    return SqliteStore(folder / "room.db", lambda entry, hash_at: witnessed.append(entry))


def _files(folder: Path) -> Blobs:
    return FileBlobs(folder / "blobs")


STORES: dict[str, Callable[[Path, list[Entry]], Store]] = {"sqlite": _sqlite}
BLOBS: dict[str, Callable[[Path], Blobs]] = {"files": _files}


@pytest.fixture
def witnessed() -> list[Entry]:
    """Entries the store told of after their commits."""
    return []


@pytest.fixture(params=sorted(STORES))
def open_store(request: pytest.FixtureRequest, tmp_path: Path, witnessed: list[Entry]) -> Iterator[Callable[[], Store]]:
    """Opens the same store, as often as called."""
    opened: list[Store] = []

    def again() -> Store:
        opened.append(STORES[request.param](tmp_path, witnessed))
        return opened[-1]

    yield again
    for store in opened:
        store.close()


@pytest.fixture
def store(open_store: Callable[[], Store]) -> Store:
    """One open store."""
    return open_store()


@pytest.fixture(params=sorted(BLOBS))
def open_blobs(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], Blobs]:
    """Opens the same place for blobs, as often as called."""
    return lambda: BLOBS[request.param](tmp_path)


@pytest.fixture
def blobs(open_blobs: Callable[[], Blobs]) -> Blobs:
    """One place for blobs."""
    return open_blobs()
