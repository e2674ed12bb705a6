"""Case ids, and exposure where it grows large."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from quarantine.case import LedgerEntry
from quarantine.ledger import left_at, new_case_id, read_case_id
from quarantine.room import Room


def test_case_ids_do_not_repeat_or_mislead() -> None:
    ids = [new_case_id() for _ in range(2000)]
    assert len(set(ids)) > 1990
    assert set("".join(ids)) == set("0123456789ABCDEFGHJKMNPQRSTVWXYZ")
    assert {len(case_id) for case_id in ids} == {6}
    assert [read_case_id(case_id) for case_id in ids] == ids


@pytest.mark.parametrize(
    ("written", "read"),
    [("7f3k9q", "7F3K9Q"), (" 7F3-K9Q\n", "7F3K9Q"), ("o0Il1L", "001111"), ("", ""), ("' OR 1=1", "'0R1=1")],
)
def test_a_case_id_as_a_person_writes_it(written: str, read: str) -> None:
    assert read_case_id(written) == read


@pytest.mark.parametrize(
    ("verdict", "leaves"), [("allow", True), ("monitor", True), ("quarantine", False), ("block", False)]
)
def test_what_leaves_at_once(make_entry: Callable[..., LedgerEntry], verdict: str, leaves: bool) -> None:
    entry = make_entry(verdict=verdict)
    assert left_at(entry) == (entry.at if leaves else None)


def test_a_long_list_in_small_pieces_is_one_list(room: Room, make_entry: Callable[..., LedgerEntry]) -> None:
    """31,429 people leave in 63 transfers over three channels, some of them twice: they are 31,429."""
    now = datetime.now(UTC)
    people = [number.to_bytes(16) for number in range(31_429)]
    for at in range(0, len(people), 500):
        channel = ("mail", "web", "media")[at % 3]
        some = tuple(people[at : at + 600])
        room.record(make_entry(verdict="allow", channel=channel, tokens=some, at=now - timedelta(minutes=at)))
    assert room.exposure("sender", [], now - timedelta(days=30)) == 31_429
    assert room.exposure("sender", people[:10], now - timedelta(days=30)) == 31_429
    assert room.exposure("sender", [b"somebody else 16"], now - timedelta(days=30)) == 31_430
    assert room.exposure("sender", [], now - timedelta(minutes=500)) == 1100
    assert room.exposure("other", people[:10], now - timedelta(days=30)) == 10
