"""The attested head: follows the chain, lags at worst, and does not hide what does not fit."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from quarantine.audit import GENESIS, Entry, Event, Mark, chain
from quarantine.head import Head

KEY = b"k" * 32


def links(count: int, actor: str = "boss") -> list[Entry]:
    made: list[Entry] = []
    for _ in range(count):
        before = Mark(seq=made[-1].seq, hash=made[-1].hash) if made else None
        made.append(chain(before, Event(at=datetime.now(UTC), actor=actor, event="view")))
    return made


def hashes(entries: list[Entry]) -> dict[int, str]:
    return {entry.seq: entry.hash for entry in entries}


@pytest.fixture
def head(tmp_path: Path) -> Head:
    head = Head(tmp_path / "audit.head", KEY)
    head.begin()
    return head


def test_it_begins_before_the_first_entry_and_only_once(head: Head) -> None:
    assert head.read() == Mark(seq=0, hash=GENESIS)
    (entry,) = links(1)
    head.witness(entry, hashes([]).get)
    head.begin()
    assert head.read() == Mark(seq=1, hash=entry.hash)


def test_it_follows_and_never_goes_back(head: Head) -> None:
    entries = links(5)
    for at in (0, 2, 1, 4, 3):  # processes that commit in order may report out of order
        head.witness(entries[at], hashes(entries).get)
    assert head.read() == Mark(seq=5, hash=entries[4].hash)


def test_a_chain_that_lost_its_end_does_not_move_it(head: Head) -> None:
    entries = links(5)
    for entry in entries:
        head.witness(entry, hashes(entries).get)
    other = links(9, actor="intruder")
    grown = entries[:3] + other[3:]
    for entry in grown[3:]:
        head.witness(entry, hashes(grown).get)
    assert head.read() == Mark(seq=5, hash=entries[4].hash)


def test_another_key_or_an_edit_makes_it_invalid(head: Head, tmp_path: Path) -> None:
    path = tmp_path / "audit.head"
    assert Head(path, b"x" * 32).read() is None
    line = path.read_bytes()
    for at in (0, 19, 25, 90, len(line) - 2):
        path.write_bytes(line[:at] + (b"1" if line[at : at + 1] != b"1" else b"2") + line[at + 1 :])
        assert head.read() is None
    path.write_bytes(line + b" ")
    assert head.read() is None


@pytest.mark.parametrize("rubbish", [b"", b"\xff\xfe", b"1 2 3", "１ a b".encode()])
def test_an_invalid_head_is_left_for_verify_to_find(head: Head, tmp_path: Path, rubbish: bytes) -> None:
    path = tmp_path / "audit.head"
    path.write_bytes(rubbish)
    head.witness(links(1)[0], hashes([]).get)
    assert head.read() is None
    assert path.read_bytes() == rubbish


def test_a_missing_head_stays_missing(head: Head, tmp_path: Path) -> None:
    (tmp_path / "audit.head").unlink()
    head.witness(links(1)[0], hashes([]).get)
    assert head.read() is None


def test_renewal_attests_whatever_stood_there(head: Head, tmp_path: Path) -> None:
    (tmp_path / "audit.head").write_bytes(b"rubbish")
    entry = links(3)[-1]
    head.renew(entry)
    assert head.read() == Mark(seq=3, hash=entry.hash)
    assert [item.name for item in tmp_path.iterdir()] == ["audit.head"]
