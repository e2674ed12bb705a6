"""The chain names what was done to it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quarantine.audit import GENESIS, Entry, Event, Mark, chain, digest, plain_json, verify

TEXT = st.text(max_size=20)


def links(count: int) -> list[Entry]:
    made: list[Entry] = []
    for number in range(count):
        event = Event(
            at=datetime(2026, 4, 1, tzinfo=UTC) + timedelta(minutes=number),
            actor="boss",
            event="view",
            subject=f"C{number}",
            detail={"number": number},
        )
        made.append(chain(mark(made[-1]) if made else None, event))
    return made


def mark(entry: Entry) -> Mark:
    return Mark(seq=entry.seq, hash=entry.hash)


def test_a_whole_chain_has_no_faults() -> None:
    entries = links(5)
    assert verify(entries) == []
    assert verify(entries, mark(entries[-1])) == []
    assert verify(entries, mark(entries[2])) == [], "a head that lags is no fault"
    assert verify([], Mark(seq=0, hash=GENESIS)) == []


def test_the_hash_can_be_recomputed_with_any_tool() -> None:
    (entry,) = links(1)
    text = (
        '{"actor":"boss","at":"2026-04-01T00:00:00.000000+00:00","detail":{"number":0},"event":"view",'
        f'"previous":"{"0" * 64}","seq":1,"subject":"C0"}}'
    )
    assert entry.hash == hashlib.sha256(text.encode()).hexdigest()
    assert json.loads(text)["seq"] == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("actor", "other"),
        ("event", "open"),
        ("subject", "C9"),
        ("detail", {"number": 9}),
        ("at", datetime(2027, 1, 1, tzinfo=UTC)),
    ],
)
def test_an_edit_is_named(field: str, value: Any) -> None:
    entries = links(5)
    entries[2] = replace(entries[2], **{field: value})
    assert verify(entries) == ["entry 3: was edited"]


def test_an_edit_with_its_hash_made_anew_breaks_the_link() -> None:
    entries = links(5)
    forged = replace(entries[2], actor="other")
    entries[2] = replace(forged, hash=digest(forged))
    assert verify(entries) == ["entry 4: does not follow entry 3"]


def test_a_deletion_is_named() -> None:
    entries = links(6)
    assert verify(entries[:2] + entries[4:]) == ["entries 3 to 4 are missing"]
    assert verify(entries[1:]) == ["entries 1 to 1 are missing"]


def test_a_new_order_is_named() -> None:
    entries = links(4)
    entries[1], entries[2] = entries[2], entries[1]
    assert "entry 2: out of order, after entry 3" in verify(entries)


def test_a_repetition_is_named() -> None:
    entries = links(3)
    assert verify([*entries, entries[-1]]) == ["entry 3: out of order, after entry 3"]


def test_a_cut_off_end_is_named_by_the_mark() -> None:
    entries = links(6)
    assert verify(entries[:4]) == [], "the chain alone cannot know"
    assert verify(entries[:4], mark(entries[-1])) == ["entries 5 to 6 are missing from the end"]
    assert verify([], mark(entries[1])) == ["entries 1 to 2 are missing from the end"]


def test_a_chain_written_anew_is_named_by_the_mark() -> None:
    entries, other = links(4), list[Entry]()
    for old in entries:
        event = Event(at=old.at, actor="nobody", event=old.event, subject=old.subject)
        other.append(chain(mark(other[-1]) if other else None, event))
    assert verify(other) == []
    assert verify(other, mark(entries[-1])) == ["entry 4: not the entry that was attested; the chain was written anew"]


@given(actor=TEXT, subject=TEXT, detail=st.dictionaries(TEXT, TEXT | st.integers()), hours=st.integers(-12, 12))
def test_anything_can_be_an_entry(actor: str, subject: str, detail: dict[str, str | int], hours: int) -> None:
    at = datetime(2026, 4, 1, 9, tzinfo=timezone(timedelta(hours=hours)))
    entry = chain(None, Event(at=at, actor=actor, event="e", subject=subject, detail=detail))
    assert verify([entry]) == []


def test_bytes_that_are_no_utf_8_are_written_out() -> None:
    broken = b"\xe3x".decode("utf-8", "surrogateescape")
    entry = chain(None, Event(at=datetime.now(UTC), actor=broken, event="e", detail={"who": broken}))
    assert (entry.actor, entry.detail["who"]) == ("\\udce3x", "\\udce3x")


@given(st.dictionaries(st.text(max_size=9), st.one_of(st.text(), st.integers(), st.booleans()), max_size=5))
def test_what_is_hashed_is_what_any_tool_writes(detail: dict[str, str | int]) -> None:
    assert plain_json(detail) == json.dumps(detail, sort_keys=True, separators=(",", ":")).encode("ascii")
