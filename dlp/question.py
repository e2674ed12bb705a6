"""What a worker is asked and what it answers, and both as they travel between the processes.

A dataclass with slots is pickled field by field in Python; a tuple of its fields is by C, and these travel with every
transfer. A question is made of nothing but words, numbers and bytes, which takes a fraction of that again; what is not
(an envelope somebody put more into) goes the longer way.
"""

from __future__ import annotations

import marshal
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from multiprocessing import reduction
from operator import attrgetter
from pathlib import Path
from typing import Any

from dlp.finding import Finding
from dlp.inspection import Inspection, Sample, TreeEntry, Unread
from dlp.subjects.trace import Traces
from dlp.transfer import Channel, Transfer

FAREWELL = b""  # instead of a question: there will be no more


@dataclass(frozen=True, kw_only=True, slots=True)
class Question:
    """What a worker is asked about one transfer; see `inspect`."""

    transfer: Transfer
    listing: bool = False  # of which the people are to be named, for an incident's list
    passwords: tuple[str, ...] = field(default=(), repr=False)
    beside: tuple[Transfer, ...] = ()
    known: Mapping[int, frozenset[int]] = field(default_factory=dict)
    stretch: int | None = None  # the one of a running text that alone is asked for: see `nothing_in`


#: What a worker answers: of a stretch what `nothing_in` does; a text says what bug of ours there was.
type Answer = Inspection | frozenset[int] | str | None

#: What an inspection holds several of, by its fields.
_HELD = {"findings": Finding, "unread": Unread, "tree": TreeEntry, "samples": Sample}
_KINDS: tuple[type[Any], ...] = (Transfer, Question, Inspection, Traces, *_HELD.values())
_NAMES = {kind: tuple(field.name for field in fields(kind)) for kind in _KINDS}
_VALUES = {kind: attrgetter(*names) for kind, names in _NAMES.items()}
_pickled, _unpickled = reduction.ForkingPickler.dumps, reduction.ForkingPickler.loads
_HELD_AT = [(_NAMES[Inspection].index(name), kind) for name, kind in _HELD.items()]
_TRACES_AT = _NAMES[Inspection].index("traces")
_CHANNEL_AT, _AT_AT, _SPOOL_AT = map(_NAMES[Transfer].index, ("channel", "at", "spool"))
_PICKLED = b"\x80"  # what a pickle of protocol 2 or later begins with, and nothing of marshal
_CHANNELS = {channel.value: channel for channel in Channel}


def coded(said: Answer) -> bytes:
    """A worker's answer as it travels."""
    if not isinstance(said, Inspection):
        return bytes(_pickled(said))
    values = [*_VALUES[Inspection](said)]
    values[_TRACES_AT] = _VALUES[Traces](said.traces)
    for at, kind in _HELD_AT:
        if values[at]:
            values[at] = tuple(map(_VALUES[kind], values[at]))
    return bytes(_pickled(values))


def decoded(answer: bytes) -> Answer:
    """What was answered."""
    values = _unpickled(answer)
    if not isinstance(values, list):
        return values  # type: ignore[no-any-return]
    values[_TRACES_AT] = _made(Traces, values[_TRACES_AT])
    for at, kind in _HELD_AT:
        if values[at]:
            values[at] = tuple(_made(kind, one) for one in values[at])
    return _made(Inspection, values)


def coded_question(question: Question) -> bytes:
    """A question as it travels."""
    ours, beside = _plain(question.transfer), [*map(_plain, question.beside)]
    said = (ours, question.listing, question.passwords, beside, dict(question.known), question.stretch)
    try:
        return marshal.dumps(said)
    except ValueError:
        return bytes(_pickled(said))


def question_of(asked: bytes) -> Question:
    """What was asked, by the gateway: nobody else is asked whether it is well formed."""
    read = _unpickled if asked[:1] == _PICKLED else marshal.loads
    transfer, listing, passwords, beside, *rest = read(asked)
    held = tuple(map(_transfer_of, beside))
    return _made(Question, (_transfer_of(transfer), listing, passwords, held, *rest))


def _plain(transfer: Transfer) -> list[object]:
    values = [*_VALUES[Transfer](transfer)]
    values[_CHANNEL_AT], values[_AT_AT] = str(transfer.channel), transfer.at.isoformat()
    values[_SPOOL_AT] = None if transfer.spool is None else str(transfer.spool)
    return values


def _transfer_of(values: list[Any]) -> Transfer:
    values[_CHANNEL_AT] = _CHANNELS[values[_CHANNEL_AT]]
    values[_AT_AT] = datetime.fromisoformat(values[_AT_AT])
    values[_SPOOL_AT] = None if values[_SPOOL_AT] is None else Path(values[_SPOOL_AT])
    return _made(Transfer, values)


def _made[T](kind: type[T], values: Iterable[object]) -> T:
    """What had these values, as it was: it has been checked when it was made the first time."""
    made = object.__new__(kind)
    for name, value in zip(_NAMES[kind], values, strict=True):
        object.__setattr__(made, name, value)
    return made
