"""Run by test_crash.py: admits cases as fast as it can, saying each on stdout once `admit` has returned."""

from __future__ import annotations

import hashlib
import secrets
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path

from quarantine.case import LedgerEntry, NewCase, Notice
from quarantine.keys import KeyRing
from quarantine.room import Room


def admits(room: Room, stop_after: int) -> None:
    """Admit cases of random content; print "transfer digest case" after each."""
    for _ in range(stop_after):
        content = secrets.token_bytes(secrets.choice([0, 100, 50_000, 700_000]))
        digest = hashlib.sha256(content).hexdigest()
        entry = LedgerEntry(
            transfer=secrets.token_hex(13),
            at=datetime.now(UTC),
            channel="mail",
            sender="s@town.example",
            person="p",
            department="d",
            destination=("x@y.example",),
            digest=digest,
            size=len(content),
            media_type="x/y",
            verdict="quarantine",
            reasons=(),
            ruleset="r",
            subjects=3,
            tokens=tuple(secrets.token_bytes(16) for _ in range(3)),
        )
        notices = (Notice(to="s@town.example", subject="{case}", body="b"), Notice(to="b", subject="{case}", body="b"))
        new = NewCase(
            entry=entry, envelope={"n": digest}, approvals_needed=1, supervisor="b", preview=b"p", notices=notices
        )
        case = room.admit(new, content)
        sys.stdout.write(f"{entry.transfer} {digest} {case.id}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    opened = Room.open(Path(sys.argv[1]), KeyRing.open_or_create(Path(sys.argv[2])))
    for _ in range(int(sys.argv[3])):
        threading.Thread(target=admits, args=(opened, int(sys.argv[4]))).start()
