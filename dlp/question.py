"""What a worker is asked and what it answers, and both as they travel between the processes.

A dataclass with slots is pickled field by field in Python; a tuple of its fields is by C, and these travel with every
transfer.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from multiprocessing import reduction
from operator import attrgetter
from typing import Any

from dlp.finding import Finding
from dlp.inspection import Inspection, Sample, TreeEntry, Unread
from dlp.subjects.trace import Traces
from dlp.transfer import Transfer

FAREWELL = b""  # instead of a question: there will be no more


@dataclass(frozen=True, kw_only=True, slots=True)
class Question:
    """What a worker is asked about one transfer; see `inspect`."""

    transfer: Transfer
    listing: bool = False  # of which the people are to be named, for an incident's list
    passwords: tuple[str, ...] = field(default=(), repr=False)
    beside: tuple[Transfer, ...] = ()


#: What an inspection holds several of, by its fields.
_HELD = {"findings": Finding, "unread": Unread, "tree": TreeEntry, "samples": Sample}
_KINDS: tuple[type[Any], ...] = (Transfer, Question, Inspection, Traces, *_HELD.values())
_NAMES = {kind: tuple(field.name for field in fields(kind)) for kind in _KINDS}
_VALUES = {kind: attrgetter(*names) for kind, names in _NAMES.items()}
_pickled, _unpickled = reduction.ForkingPickler.dumps, reduction.ForkingPickler.loads
_HELD_AT = [(_NAMES[Inspection].index(name), kind) for name, kind in _HELD.items()]
_TRACES_AT = _NAMES[Inspection].index("traces")


def coded(said: Inspection | str) -> bytes:
    """A worker's answer as it travels; a text says what bug of ours there was."""
    if isinstance(said, str):
        return bytes(_pickled(said))
    values = [*_VALUES[Inspection](said)]
    values[_TRACES_AT] = _VALUES[Traces](said.traces)
    for at, kind in _HELD_AT:
        if values[at]:
            values[at] = tuple(map(_VALUES[kind], values[at]))
    return bytes(_pickled(values))


def decoded(answer: bytes) -> Inspection | str:
    """What was answered."""
    values = _unpickled(answer)
    if isinstance(values, str):
        return values
    values[_TRACES_AT] = _made(Traces, values[_TRACES_AT])
    for at, kind in _HELD_AT:
        if values[at]:
            values[at] = tuple(_made(kind, one) for one in values[at])
    return _made(Inspection, values)


def coded_question(question: Question) -> bytes:
    """A question as it travels."""
    transfer, *rest = _VALUES[Question](question)
    return bytes(_pickled((_VALUES[Transfer](transfer), *rest)))


def question_of(asked: bytes) -> Question:
    """What was asked."""
    transfer, *rest = _unpickled(asked)
    return _made(Question, (_made(Transfer, transfer), *rest))


def _made[T](kind: type[T], values: Iterable[object]) -> T:
    """What had these values, as it was: it has been checked when it was made the first time."""
    made = object.__new__(kind)
    for name, value in zip(_NAMES[kind], values, strict=True):
        object.__setattr__(made, name, value)
    return made
