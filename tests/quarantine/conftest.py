"""A room on a real disk, and recipes for what goes into it."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from quarantine.case import Case, Decision, LedgerEntry, Move, NewCase
from quarantine.keys import KeyRing
from quarantine.room import Room

type Enter = Callable[..., LedgerEntry]
type Hold = Callable[..., Case]

_numbers = itertools.count(1)


def entry(content: bytes = b"content", **fields: Any) -> LedgerEntry:
    """A ledger entry about `content`, with `fields` instead of the usual."""
    usual: dict[str, Any] = {
        "transfer": f"t{next(_numbers)}",
        "at": datetime.now(UTC),
        "channel": "mail",
        "sender": "sender@town.example",
        "person": "sender",
        "department": "tax",
        "destination": ("out@elsewhere.example",),
        "digest": hashlib.sha256(content).hexdigest(),
        "size": len(content),
        "media_type": "text/plain",
        "verdict": "quarantine",
        "reasons": ({"code": "bulk_subjects", "values": {"subjects": 2, "limit": 1}},),
        "ruleset": "r1",
        "subjects": 2,
        "counts": {"name": 2},
        "tokens": (b"a" * 16, b"b" * 16),
    }
    return LedgerEntry(**{**usual, **fields})


def new_case(content: bytes = b"content", **fields: Any) -> NewCase:
    """A case to be; what is no field of NewCase is one of its entry."""
    own = {name: fields.pop(name) for name in list(fields) if name in NewCase.__dataclass_fields__}
    usual: dict[str, Any] = {
        "entry": entry(content, **fields),
        "envelope": {"mail_from": "sender@town.example", "rcpt_to": ["out@elsewhere.example"]},
        "approvals_needed": 1,
        "supervisor": "boss",
        "preview": b'{"name":"***"}',
    }
    return NewCase(**{**usual, **own})


@pytest.fixture
def make_entry() -> Enter:
    """See `entry`."""
    return entry


@pytest.fixture
def make_case() -> Callable[..., NewCase]:
    """See `new_case`."""
    return new_case


@pytest.fixture
def ring(tmp_path: Path) -> KeyRing:
    """A key ring of its own."""
    return KeyRing.open_or_create(tmp_path / "keys.json")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the room is."""
    return tmp_path / "room"


@pytest.fixture
def room(folder: Path, ring: KeyRing) -> Iterator[Room]:
    """An open, empty room."""
    room = Room.open(folder, ring)
    yield room
    room.close()


@pytest.fixture
def hold(room: Room) -> Hold:
    """hold(content, **fields): admit a case."""

    def admit(content: bytes = b"content", **fields: Any) -> Case:
        return room.admit(new_case(content, **fields), content)

    return admit


@pytest.fixture
def decide(room: Room) -> Callable[..., Case]:
    """decide(case, actor, move): with a reason, now."""

    def say(case: Case, actor: str, move: Move, reason: str = "checked") -> Case:
        return room.decide(case.id, Decision(actor=actor, move=move, reason=reason, at=datetime.now(UTC)))

    return say


@pytest.fixture
def edited() -> Callable[..., Any]:
    """dataclasses.replace, for tampering."""
    return replace
