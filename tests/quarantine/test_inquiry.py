"""Questions to the ledger: on record with their reason, and of a citizen nothing is kept."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from quarantine import exposure, postings
from quarantine.case import NotAllowed, Traces
from quarantine.disk import alone
from quarantine.inquiry import NoSuchIncident, TooMany
from quarantine.keys import KeyRing
from quarantine.room import Room
from quarantine.stores import queries, tracing

REASON = "電話：架空花子さん本人からの照会"
PATH = ("架空の件名", "転入者名簿_架空課長.xlsx")


def traces(*tokens: int, paths: tuple[tuple[str, ...], ...] = (PATH,), parts: bytes = b"") -> Traces:
    return Traces(tokens=np.array(tokens, dtype="<u8").tobytes(), parts=parts, paths=paths)


def test_a_search_is_on_record_before_it_is_answered(
    room: Room, make_entry: Callable[..., Any], hold: Callable[..., Any]
) -> None:
    room.record(make_entry(verdict="allow", transfer="one", traces=traces(7, 9)))
    case = hold(transfer="two", traces=traces(7, paths=(PATH, ("本文",)), parts=b"\x01\x00"))
    hits = room.inquiry.search([7, 8], actor="P001", fields=("name", "birth"), reason=REASON)
    assert {hit.row.entry.transfer: hit.found for hit in hits} == {"one": {7: (PATH,)}, "two": {7: (("本文",),)}}
    assert {hit.row.case for hit in hits} == {"", case.id}
    last = room.entries()[-1]
    assert (last.actor, last.event, last.detail["fields"], last.detail["found"]) == ("P001", "trace", "birth name", 2)
    assert "架空" not in str(last.detail)
    (search,) = room.inquiry.searches()
    assert (search.actor, search.reason, search.fields, search.found) == ("P001", REASON, ("birth", "name"), 2)
    assert room.verify() == []


def test_a_search_does_not_wait_for_a_merge(room: Room, folder: Path, make_entry: Callable[..., Any]) -> None:
    room.record(make_entry(verdict="allow", transfer="one", traces=traces(7)))
    with alone(folder / "tidy.lock"):  # another process is at it
        assert len(room.inquiry.search([7], actor="P001", fields=("name",), reason=REASON)) == 1


def test_what_was_left_lying_is_folded_before_a_search(
    room: Room, make_entry: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tracing, "PIECES", 2)
    for number in range(2 * 20):
        room.record(make_entry(verdict="allow", traces=traces(7, 100 + number)))
    assert len(room.inquiry.search([7], actor="P001", fields=("name",), reason=REASON)) == 40
    assert not room.inquiry.tidy(), "it is all in runs"


def test_without_a_reason_nothing_is_searched(room: Room) -> None:
    before = len(room.entries())
    with pytest.raises(ValueError):
        room.inquiry.search([7], actor="P001", fields=("name",), reason=" \n")
    assert len(room.entries()) == before


def test_paths_and_reasons_lie_sealed(room: Room, folder: Path, make_entry: Callable[..., Any]) -> None:
    room.record(make_entry(verdict="allow", traces=traces(7)))
    room.inquiry.search([7], actor="P001", fields=("name",), reason=REASON)
    incident = room.inquiry.open_incident("P001", [], {"summary": REASON})
    room.inquiry.ask_leave(incident, "P001")
    room.close()
    data = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
    for secret in (REASON, *PATH):
        for coding in ("utf-8", "cp932", "utf-16-le"):
            assert secret.encode(coding) not in data
        assert secret.encode("unicode_escape") not in data


def test_an_incident_and_the_list_two_people_allow(room: Room, hold: Callable[..., Any], make_entry: Any) -> None:
    hold(transfer="one", tokens=(b"a" * 16, b"b" * 16))
    room.record(make_entry(transfer="two", verdict="allow", tokens=(b"b" * 16, b"c" * 16)))
    made = room.inquiry.open_incident("P001", ["one"], {"summary": "USB"})
    room.inquiry.save_incident(made, "P001", {"summary": "USB 2"}, ["two", "one", "none such"])
    incident = room.inquiry.incident(made)
    assert {hit.row.entry.transfer for hit in incident.hits} == {"one", "two"}
    assert (incident.people.people, incident.gone.people, incident.body["summary"]) == (3, 2, "USB 2")
    with pytest.raises(NotAllowed):
        room.inquiry.listed(made, "P001")
    with pytest.raises(NotAllowed):
        room.inquiry.give_leave(made, "S001")
    room.inquiry.ask_leave(made, "P001")
    with pytest.raises(NotAllowed):
        room.inquiry.give_leave(made, "P001")
    with pytest.raises(NotAllowed):
        room.inquiry.listed(made, "P001")
    room.inquiry.give_leave(made, "S001")
    listed = room.inquiry.listed(made, "P001")
    assert listed.may_list(datetime.now(UTC))
    assert not listed.may_list(datetime.now(UTC) + timedelta(hours=25)), "leave ends"
    words = [entry.event for entry in room.entries()]
    assert words[-3:] == ["list_ask", "list_allow", "list_people"]
    assert [item.id for item in room.inquiry.incidents()] == [made]
    with pytest.raises(NoSuchIncident):
        room.inquiry.incident("NONE")


def test_transfers_of_a_span_of_time(room: Room, make_entry: Callable[..., Any]) -> None:
    now = datetime.now(UTC)
    for days in (1, 5, 9):
        room.record(make_entry(transfer=f"d{days}", verdict="allow", at=now - timedelta(days=days)))
    room.record(make_entry(transfer="nobody", verdict="allow", at=now - timedelta(days=5), subjects=0))
    found = room.inquiry.between(now - timedelta(days=6), now - timedelta(days=2))
    assert [hit.row.entry.transfer for hit in found] == ["d5"]
    assert room.inquiry.between(now - timedelta(days=6), now, person="other") == []


def test_none_is_left_out_in_silence(
    room: Room, make_entry: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    now = datetime.now(UTC)
    monkeypatch.setattr("quarantine.inquiry._ROWS", 3)
    for number in range(4):
        assert len(room.inquiry.between(now - timedelta(days=1), now + timedelta(days=1))) == number
        token = (number + 1).to_bytes(8, "big") * 2
        room.record(make_entry(transfer=f"t{number}", verdict="allow", at=now, tokens=(token,)))
    with pytest.raises(TooMany):
        room.inquiry.between(now - timedelta(days=1), now + timedelta(days=1))


# what is killed in between loses nothing

_KILLED = """
import os, sys
from pathlib import Path
from quarantine.keys import KeyRing
from quarantine.room import Room
from quarantine.stores import tracing
folder, keys, after = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
room, count = Room.open(folder, KeyRing.open_or_create(keys)), 0
store = room.inquiry._store
write = store._tracing._write
def counted():
    global count
    count += 1
    if count > after:
        os.kill(os.getpid(), 9)
    return write()
store._tracing._write = counted
tracing._STEP = 1
room.inquiry.tidy(everything=True)
"""


def test_a_tidying_that_is_killed_anywhere_loses_nothing(
    tmp_path: Path, folder: Path, ring: KeyRing, make_entry: Callable[..., Any]
) -> None:
    room = Room.open(folder, ring)
    for number in range(9):
        for other in range(3):
            name = f"t{number}-{other}"
            room.record(make_entry(transfer=name, verdict="allow", traces=traces(5, *range(1000, 1200))))
        if number < 7:
            room.inquiry.tidy(everything=True)
    room.close()
    script = tmp_path / "killed.py"
    script.write_text(_KILLED)
    for after in (0, 1, 2, 5, 9, 14, 20):
        command = [sys.executable, str(script), str(folder), str(tmp_path / "keys.json"), str(after)]
        subprocess.run(command, timeout=60, check=False)
        room = Room.open(folder, ring)
        hits = room.inquiry._store.find((5, 1100))
        assert len(hits) == 27
        assert all(set(tokens) == {5, 1100} for tokens in hits.values())
        room.close()
    room = Room.open(folder, ring)
    room.inquiry.tidy(everything=True)
    assert len(room.inquiry._store.find((5,))) == 27
    db = sqlite3.connect(folder / "room.db")
    assert db.execute("SELECT count(*) FROM trace_run WHERE NOT live").fetchone() == (0,)
    blocks, runs = (
        db.execute(f"SELECT count(DISTINCT {c}) FROM {t}").fetchone()
        for c, t in (("run", "trace_block"), ("id", "trace_run"))
    )
    assert blocks == runs
    db.close()
    room.close()


def test_an_older_room_keeps_its_exposure(tmp_path: Path, ring: KeyRing, make_entry: Callable[..., Any]) -> None:
    folder = tmp_path / "old"
    Room.open(folder, ring).close()
    (folder / "room.db").unlink()
    (folder / "audit.head").unlink()
    db = sqlite3.connect(folder / "room.db")
    for statement in queries.statements(queries.migrations()[0][1]):
        db.execute(statement)
    db.execute("PRAGMA user_version=1")
    now = int(datetime.now(UTC).timestamp() * 1e6)
    db.execute(
        "INSERT INTO ledger (transfer, at, channel, sender, person, department, destination, digest, size, media_type,"
        " verdict, reasons, ruleset, subjects, counts, left_at) VALUES ('t', ?, 'mail', 's', 'sender', '', '[]', 'd', 1,"
        " '', 'allow', '[]', 'r', 2, '{}', ?)",
        (now, now),
    )
    db.executemany("INSERT INTO token VALUES (1, ?)", [(b"a" * 16,), (b"b" * 16,)])
    db.commit()
    db.close()
    room = Room.open(folder, ring)
    assert room.exposure("sender", (b"b" * 16, b"c" * 16), datetime.now(UTC) - timedelta(days=1)) == 3
    room.close()


# exposure, exact and by sketch


@pytest.mark.parametrize(("lists", "size"), [(8, 200_000), (60, 31_429), (3_000, 500)])
def test_people_are_counted_exactly_and_then_within_the_stated_error(lists: int, size: int) -> None:
    draw = np.random.default_rng(1)
    again = draw.integers(0, 2**64, size // 3, dtype=np.uint64)  # people who are in every list
    sets = [
        np.sort(np.concatenate((again, draw.integers(0, 2**64, size - size // 3, dtype=np.uint64))))
        for _ in range(lists)
    ]
    truth = np.unique(np.concatenate(sets)).size
    assert exposure.count(map(exposure.Sample, sets)) == exposure.Distinct(truth)
    total = lists * size
    read = [exposure.share(size, total) for _ in sets]
    samples = [exposure.Sample(found[:n], whole=n == size) for found, n in zip(sets, read, strict=True)]
    guess = exposure.count(samples)
    assert not guess.exact
    assert sum(read) < total / 4
    assert guess.error < 0.009
    assert abs(guess.people / truth - 1) < 4 * guess.error


def test_tokens_are_kept_as_eight_bytes_in_order() -> None:
    tokens = [np.random.default_rng(i).bytes(16) for i in range(1000)]
    kept = exposure.unpack(exposure.pack([*tokens, *tokens]))
    assert np.array_equal(kept, np.sort(kept))
    assert kept.size == 1000
    assert exposure.share(1000, exposure.EXACT) == 1000


def test_a_sender_of_very_many_is_read_by_samples(
    room: Room, make_entry: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exposure, "EXACT", 50_000)
    monkeypatch.setattr(exposure, "SKETCH", 4_000)
    now = datetime.now(UTC)
    tokens = [np.random.default_rng(i).bytes(16) for i in range(80_000)]
    for start in range(0, 80_000, 40_000):
        room.record(make_entry(verdict="allow", tokens=tuple(tokens[start : start + 40_000]), at=now))
    room.record(make_entry(verdict="allow", tokens=tuple(tokens[:300]), at=now + timedelta(minutes=30)))
    month, hour = room.exposures("sender", tokens[:10], (now - timedelta(days=30), now + timedelta(minutes=10)))
    assert not month.exact
    assert abs(month.people / 80_000 - 1) < 4 * month.error < 0.1
    assert hour == exposure.Distinct(300), "a short window stays exact"


def test_runs_merge_in_order() -> None:
    draw = np.random.default_rng(2)
    runs = [
        postings.merged([postings.piece(row, draw.integers(0, 500, 700, dtype=np.uint64).astype("<u8").tobytes(), b"")])
        for row in range(5)
    ]
    streams = [iter([run.cut(start, start + 64) for start in range(0, 700, 64)]) for run in runs]
    pieces = list(postings.merge_streams(streams))
    whole = np.concatenate([piece.tokens for piece in pieces])
    assert np.array_equal(whole, np.sort(np.concatenate([run.tokens for run in runs])))
    assert tracing.PIECES > 0
    bodies = [postings.read(body) for _, body in postings.blocks(pieces[0])]
    assert np.array_equal(np.concatenate([body.rows for body in bodies]), pieces[0].rows)
