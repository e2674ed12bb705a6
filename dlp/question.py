"""What a worker is asked, as it travels to it; its answers: `dlp/answer.py`.

A dataclass with slots is pickled field by field in Python; a question is made of nothing but words, numbers and bytes,
which takes a fraction of that; what is not (an envelope somebody put more into) goes the longer way.
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

from dlp.extract.settled import Settled
from dlp.transfer import Channel, Transfer

FAREWELL = b""  # instead of a question: there will be no more


@dataclass(frozen=True, kw_only=True, slots=True)
class Question:
    """What a worker is asked about one transfer; see `inspect`."""

    transfer: Transfer
    listing: bool = False  # of which the people are to be named, for an incident's list
    passwords: tuple[str, ...] = field(default=(), repr=False)
    beside: tuple[Transfer, ...] = ()
    known: Mapping[int, Settled] = field(default_factory=dict)
    stretch: int | None = None  # the one of a running text that alone is asked for: see `nothing_in`
    seconds: float = 0.0  # that a stretch may take


_KINDS: tuple[type[Any], ...] = (Transfer, Question)
_NAMES = {kind: tuple(field.name for field in fields(kind)) for kind in _KINDS}
_SETTERS = {kind: [vars(kind)[name].__set__ for name in names] for kind, names in _NAMES.items()}
_VALUES = {kind: attrgetter(*names) for kind, names in _NAMES.items()}
_pickled, _unpickled = reduction.ForkingPickler.dumps, reduction.ForkingPickler.loads
_CHANNEL_AT, _AT_AT, _SPOOL_AT = map(_NAMES[Transfer].index, ("channel", "at", "spool"))
_PICKLED = b"\x80"  # what a pickle of protocol 2 or later begins with, and nothing of marshal
_CHANNELS = {channel.value: channel for channel in Channel}


def coded_question(question: Question, number: int) -> bytes:
    """A question as it travels, with the number that its answer has to name."""
    ours, beside = _plain(question.transfer), [*map(_plain, question.beside)]
    known = {place: tuple(settled) for place, settled in question.known.items()}
    said = (number, ours, question.listing, question.passwords, beside, known, question.stretch, question.seconds)
    try:
        return marshal.dumps(said)
    except ValueError:
        return bytes(_pickled(said))


def question_of(asked: bytes) -> tuple[int, Question]:
    """What was asked, by the gateway: nobody else is asked whether it is well formed."""
    read = _unpickled if asked[:1] == _PICKLED else marshal.loads
    number, transfer, listing, passwords, beside, known, *rest = read(asked)
    held = tuple(map(_transfer_of, beside))
    settled = {place: Settled(*told) for place, told in known.items()}
    return number, _made(Question, (_transfer_of(transfer), listing, passwords, held, settled, *rest))


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
    for put, value in zip(_SETTERS[kind], values, strict=True):
        put(made, value)
    return made
