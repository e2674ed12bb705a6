"""What the ledger costs: writes beside the inspection of the same list, exposure of a sender, size of the trace index.

A write is what the gateway waits for: row, people, traces, audit entry, synced to disk. Exposure is counted over what
one sender has sent out; beyond `exposure.EXACT` by samples, which are held against datasketches' HyperLogLog
where that is installed. The index is that of 300,000 people with ten pairs of facts each, folded and merged.
"""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

from benchmarks.lists import make
from benchmarks.ours import inspector
from benchmarks.report import Row, row
from quarantine import exposure
from quarantine.case import LedgerEntry, Traces
from quarantine.keys import KeyRing
from quarantine.room import Room

LISTS = ((10, 100), (100, 60), (10_000, 6))  # people, how many times
EXPOSED = (1_000, 100_000, 1_000_000, 3_000_000)
_INDEXED = 300_000  # people
NOW = datetime(2026, 11, 25, tzinfo=UTC)


def run(runs: int = 1) -> list[Row]:
    """All of it."""
    folder = Path(tempfile.mkdtemp(prefix="ledger-rate-"))
    try:
        return [*_writes(folder / "writes"), *_exposures(folder / "exposed"), *_index(folder / "index")]
    finally:
        shutil.rmtree(folder)


def _room(folder: Path) -> Room:
    return Room.open(folder / "room", KeyRing.open_or_create(folder / "keys.json"))


def _entry(number: int, tokens: tuple[bytes, ...], traces: Traces | None, person: str = "E1") -> LedgerEntry:
    return LedgerEntry(
        transfer=f"{number:026}",
        at=NOW + timedelta(seconds=number),
        channel="mail",
        sender="clerk@town.example",
        person=person,
        department="課",
        destination=("partner@outside.example",),
        digest=f"{number:064x}",
        size=1,
        media_type="text/csv",
        verdict="monitor",
        reasons=(),
        ruleset="r",
        subjects=len(tokens),
        tokens=tokens,
        traces=traces,
    )


def _writes(folder: Path) -> Iterator[Row]:
    room, inspect, number = _room(folder), inspector(), 0
    for people, times in LISTS:
        data = make(people)[0].encode()
        inspect(data, "warm.csv")
        read, written = [], []
        for _ in range(times):
            begun = time.perf_counter()
            found = inspect(data, "list.csv")
            read.append(time.perf_counter() - begun)
            traces = Traces(tokens=found.traces.tokens, parts=found.traces.parts, paths=found.traces.paths)
            entry, number = _entry(number, found.tokens, traces), number + 1
            begun = time.perf_counter()
            room.record(entry)
            written.append(time.perf_counter() - begun)
        rates = [[1 / seconds for seconds in taken] for taken in (read, written)]
        pairs = len(found.traces.tokens) // 8
        yield row(f"a list of {people}", "inspection", "transfers/s", rates[0])
        yield row(f"a list of {people}", "ledger write", "transfers/s", rates[1], f"{pairs} tokens of pairs")
    room.close()


def _exposures(folder: Path) -> Iterator[Row]:
    room, draw = _room(folder), np.random.default_rng(3)
    new, number = [draw.bytes(16) for _ in range(30)], 0
    for people in EXPOSED:
        person, held = f"E{people}", 0
        while held < people:  # lists of up to 31,429, half of each in the one before
            size = min(31_429, people - held) if held else min(31_429, people)
            room.record(_entry(number, tuple(draw.bytes(16) for _ in range(size)), None, person))
            held, number = held + size, number + 1
        seconds = []
        for _ in range(5 if people < 3_000_000 else 3):
            begun = time.perf_counter()
            (found,) = room.exposures(person, new, (NOW - timedelta(days=30),))
            seconds.append(time.perf_counter() - begun)
        off = abs(found.people / (people + 30) - 1)
        how = "exact" if found.exact else f"sketch, {100 * off:.2f} % off, stated {100 * found.error:.2f} %"
        yield row(f"exposure of {people:,} people", how, "ms", [1000 * s for s in seconds])
    room.close()
    yield from _sketches(draw)


def _sketches(draw: np.random.Generator) -> Iterator[Row]:
    """320 lists of 31,429 as one number: sorted whole, bottom-k, HyperLogLog of the same error."""
    lists = [np.sort(draw.integers(0, 2**64, 31_429, dtype=np.uint64)) for _ in range(320)]
    people = 320 * 31_429
    begun = time.perf_counter()
    exposure.count(map(exposure.Sample, lists))
    yield row("320 lists of 31,429", "sorted whole", "ms", [1000 * (time.perf_counter() - begun)], "exact, 80 MB read")
    read = exposure.share(31_429, people)
    begun = time.perf_counter()
    guess = exposure.count([exposure.Sample(found[:read], whole=False) for found in lists])
    off = 100 * abs(guess.people / people - 1)
    note = f"{off:.2f} % off, stated {100 * guess.error:.2f} %, {8 * read * 320 / 1e6:.1f} MB read"
    yield row("320 lists of 31,429", "samples", "ms", [1000 * (time.perf_counter() - begun)], note)
    try:
        import datasketches
    except ImportError:
        return
    made = []
    for found in lists:
        sketch = datasketches.hll_sketch(15, datasketches.tgt_hll_type.HLL_8)
        for value in found[:2_000].tolist():  # building by single calls is slow: a part tells the rate
            sketch.update(value)
        made.append(sketch.serialize_compact())
    begun = time.perf_counter()
    union = datasketches.hll_union(15)
    for blob in made:
        union.update(datasketches.hll_sketch.deserialize(blob))
    union.get_estimate()
    yield row("320 lists of 31,429", "HyperLogLog 2^15", "ms", [1000 * (time.perf_counter() - begun)], "union alone")


def _index(folder: Path) -> Iterator[Row]:
    room, draw, pairs = _room(folder), np.random.default_rng(4), 10
    begun = time.perf_counter()
    for number in range(_INDEXED // 10_000):
        found = draw.integers(0, 2**63, 10_000 * pairs, dtype=np.uint64).astype("<u8").tobytes()
        room.record(_entry(number, (), Traces(tokens=found, paths=(("list.csv",),))))
        room.inquiry.tidy()
    room.inquiry.tidy(everything=True)
    took = time.perf_counter() - begun
    entries = _INDEXED * pairs
    yield row("index", "writing, folding, merging", "entries/s", [entries / took], f"{took:.0f} s")
    db = sqlite3.connect(folder / "room" / "room.db")
    size = db.execute("SELECT sum(pgsize) FROM dbstat WHERE name LIKE 'trace_%'").fetchone()[0]
    runs = db.execute("SELECT count(*) FROM trace_run").fetchone()[0]
    db.close()
    note = f"{runs} runs; ten million people: {size / _INDEXED / 100:.2f} GB"
    yield row("index", "on disk", "bytes an entry", [size / entries], note)
    token, seconds = int.from_bytes(found[:8], "little"), []
    for _ in range(50):
        begun = time.perf_counter()
        if not room.inquiry.search([token, *range(1, 20)], actor="P001", fields=("name",), reason="benchmark"):
            raise SystemExit("a token that was recorded is not found")
        seconds.append(time.perf_counter() - begun)
    yield row("index", "search for 20 tokens", "ms", [1000 * s for s in seconds])
    room.close()
