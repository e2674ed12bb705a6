"""A million audit events verified on one core: ours against the plain way, an object and a `json.dumps` an entry.

The events are those of 400,000 transfers (verdict, outcome, three people each) with views, decisions and logins
between them, signed every 1,000 events. The plain way follows the chain only; ours is shown for the chain alone and
for chain, ledger, people and checkpoints together, and so is the independent verifier.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import sqlite3
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from benchmarks.ours import one_core
from benchmarks.report import Row, rates
from quarantine import bonds, exposure, verify_audit
from quarantine.audit import GENESIS, Entry, Event, Mark, Walk, linked
from quarantine.case import LedgerEntry
from quarantine.checkpoint import Basis, Signer
from quarantine.custody import examine, verdict
from quarantine.stores import queries, rows
from quarantine.stores.snapshot import Snapshot

EVENTS = 1_000_000
_BEGUN = datetime(2026, 4, 1, tzinfo=UTC)


def events(count: int) -> Iterator[tuple[Event, LedgerEntry | None]]:
    """So many, as an office makes them."""
    number = 0
    while True:
        at = _BEGUN + timedelta(seconds=number)
        entry = _entry(number, at)
        yield verdict("record", entry.transfer, entry), entry
        outcome = {"outcome": "delivered", "detail": "", "sealed": ""}
        yield Event(at=at, actor="gateway", event="outcome", subject=entry.transfer, detail=outcome), None
        if number % 2:
            word = ("view", "login", "list", "audit viewed")[number % 4]
            yield Event(at=at, actor=f"S{number % 97:03d}", event=word, subject=f"{number:06d}"), None
        number += 1


def _entry(number: int, at: datetime) -> LedgerEntry:
    name = hashlib.sha256(b"%d" % number).hexdigest()
    return LedgerEntry(
        transfer=name[:26],
        at=at,
        channel="mail",
        sender=f"clerk{number % 997}@town.example",
        person=f"E{number % 997:04d}",
        department="税務課",
        destination=(f"partner{number % 313}@company.example",),
        digest=name,
        size=20_000 + number % 1000,
        media_type="message/rfc822",
        verdict="monitor",
        reasons=({"code": "few_subjects", "values": {"subjects": 3}},),
        ruleset=name[:16],
        subjects=3,
        counts={"name": 3, "phone": 2},
        tokens=tuple(bytes.fromhex(name[place : place + 32]) for place in (0, 8, 16)),
    )


def build(path: Path, count: int, signer: Signer) -> Mark:
    """A room's database of so many events."""
    db = sqlite3.connect(path)
    db.executescript("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;")
    queries.prepare(db)
    for _, script in queries.migrations():
        db.executescript(script)
    sql, mark, fold, line, row = queries.load(), Mark(seq=0, hash=GENESIS), bonds.Fold(), "", 0
    for (event, entry), _ in zip(events(count), range(count), strict=False):
        link, kept = linked(mark if mark.seq else None, event)
        mark = Mark(seq=link.seq, hash=link.hash)
        db.execute(sql["add_entries"], kept)
        if entry is not None:
            row += 1
            values = rows.entry_values(entry)
            db.execute(sql["add_ledger"], values | {"id": row}).fetchone()
            db.execute(sql["set_outcome"], {"transfer": entry.transfer, "outcome": "delivered", "detail": b""})
            db.execute(sql["add_people"], {"ledger": row, "tokens": exposure.pack(entry.tokens)})
            fold.add(bonds.named_row_digest(values))
        if mark.seq % 1000 == 0:
            signed, digest = fold.take()
            basis = Basis(seq=mark.seq, hash=mark.hash, row=row, rows=signed, ledger=digest, last=line)
            one = signer.sign(basis, event.at)
            line = one.line()
            db.execute(sql["add_checkpoint"], {"number": one.number, "seq": one.seq, "line": line})
    db.commit()
    db.close()
    return mark


def plain(path: Path) -> None:
    """The chain as it was verified before: an Entry a row, its fields as a dict, `json.dumps`."""
    before, db = GENESIS, sqlite3.connect(path)
    db.row_factory = sqlite3.Row
    for row in db.execute("SELECT * FROM audit ORDER BY seq"):
        entry: Entry = rows.to_link(row)
        fields: dict[str, Any] = {
            "seq": entry.seq,
            "at": entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
            "actor": entry.actor,
            "event": entry.event,
            "subject": entry.subject,
            "detail": dict(entry.detail),
            "previous": entry.previous,
        }
        text = json.dumps(fields, sort_keys=True, separators=(",", ":"))
        if entry.previous != before or hashlib.sha256(text.encode("ascii")).hexdigest() != entry.hash:
            raise SystemExit(f"entry {entry.seq}: a chain that is not whole is not measured")
        before = entry.hash
    db.close()


def chain_only(path: Path, mark: Mark) -> None:
    """Ours, without the ledger."""
    db = sqlite3.connect(path, isolation_level=None)
    walk = Walk([mark])
    for link in Snapshot(db, queries.load()).links():
        walk.step(link)
    _whole(walk.end())
    db.close()


def everything(path: Path, mark: Mark, signer: Signer) -> None:
    """Ours: what `dlp audit verify` does."""
    db = sqlite3.connect(path, isolation_level=None)
    _whole(examine(Snapshot(db, queries.load()), mark, signer.public))
    db.close()


def independent(path: Path, key: Path) -> None:
    """The stand-alone verifier."""
    sys.argv = ["verify_audit.py", str(path), "--key", str(key)]
    with contextlib.redirect_stdout(io.StringIO()) as told:
        code = verify_audit._main()
    _whole(told.getvalue().splitlines()[:-1] if code else [])


def _whole(faults: list[str]) -> None:
    if faults:
        raise SystemExit(f"not whole: {faults[:3]}")


def run(runs: int = 2, count: int = EVENTS) -> list[Row]:
    """Events a second."""
    one_core()
    with tempfile.TemporaryDirectory() as folder:
        path, key, signer = Path(folder) / "room.db", Path(folder) / "audit.pem", Signer(b"\1" * 32)
        mark = build(path, count, signer)
        key.write_text(signer.pem())
        contestants = {
            "plain: an object and json.dumps an entry; chain only": lambda: plain(path),
            "sekisho, chain only": lambda: chain_only(path, mark),
            "sekisho, chain + ledger + people + checkpoints": lambda: everything(path, mark, signer),
            "independent verifier, the same": lambda: independent(path, key),
        }
        return rates(
            f"{count:,} audit events of {count * 2 // 5:,} transfers", count, "events/s", contestants, runs=runs
        )
