"""A worker process: it reads contents for the gateway, one after another, and may do nothing else.

pyahocorasick and `re` hold the GIL for a whole scan, and parsers crash and hang: so content is never read in the event
loop or in a thread of it. Our end of it: `dlp/worker.py`.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from multiprocessing import reduction
from multiprocessing.connection import Connection
from pathlib import Path

from dlp import prepared, sandbox
from dlp.answer import Answer, coded
from dlp.detect.ruleset import Ruleset
from dlp.errors import Incomplete
from dlp.extract import stream
from dlp.extract.blocks import Why
from dlp.extract.budget import Budget
from dlp.extract.settled import Held, Known, Settled, tag_of
from dlp.inspection import inspect, nothing_in
from dlp.question import FAREWELL, Question, question_of
from dlp.subjects.counter import Counter
from dlp.transfer import LARGE, Transfer, extra_seconds

_RUNNING = 64  # contents of which a worker remembers whether they are running text


@dataclass(frozen=True, kw_only=True)
class Orders:
    """What a worker needs to begin: rules as files, the city's token key, the own town, limits."""

    files: Mapping[str, bytes]
    token_key: bytes | None
    town: str
    memory: int  # bytes of address space
    deadline: float  # seconds
    tag_key: bytes  # of the stretches that are read before the rest of their content


def work(connection: Connection, orders: Orders, scratch: Path) -> None:
    """The worker process: give up all it does not need, load the rules, then answer one transfer after another."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the gateway, which ends us in order
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    try:
        layers = sandbox.enter(memory=orders.memory, scratch=scratch)
        ruleset = prepared.ruleset(orders.files)
        Counter(ruleset, None, town=orders.town)  # asks for all it needs, and keeps what it made of the names
    except Exception as error:
        connection.send_bytes(json.dumps(f"{type(error).__name__}: {error}").encode())
        return
    connection.send_bytes(json.dumps(layers).encode())
    running = _Running()
    with contextlib.suppress(EOFError, BrokenPipeError, ConnectionResetError):
        while (asked := connection.recv_bytes()) != FAREWELL:
            number, question = question_of(asked)
            answer = _answer if question.stretch is None else partial(_answer_ahead, running)
            connection.send_bytes(number.to_bytes(4) + coded(answer(connection, question, ruleset, orders)))
            del question, asked


def _answer(connection: Connection, question: Question, ruleset: Ruleset, orders: Orders) -> Answer:
    def said() -> Answer:
        transfer, large = _received(connection, question.transfer)
        return inspect(
            transfer,
            ruleset,
            token_key=orders.token_key,
            town=orders.town,
            budget=Budget(seconds=seconds_for(transfer, orders.deadline), given=question.passwords),
            large=large,
            listing=question.listing,
            beside=question.beside,
            known=Known(key=orders.tag_key, stretches=question.known),
        )

    return _guarded(said)


def _answer_ahead(
    running: _Running, connection: Connection, question: Question, ruleset: Ruleset, orders: Orders
) -> Answer:
    """Of one stretch of a content that may still be written behind it."""
    transfer, stretch = question.transfer, question.stretch
    assert stretch is not None

    def said() -> Answer:
        content = _OpenFile(reduction.recv_handle(connection))
        first, lead = running.begun(transfer, content, orders.tag_key)
        if lead is None:
            return None
        held, budget = Held(content, stretch), Budget(seconds=question.seconds)
        widths = nothing_in(transfer, held, (stretch, lead), ruleset, town=orders.town, budget=budget)
        return None if widths is None else Settled(widths, held.tag(first, orders.tag_key))

    return _guarded(said)


class _Running:
    """Of contents that are written just now, the tag of their first chunk, and what `stream.lead_of` says of it."""

    def __init__(self) -> None:
        self._told: dict[str, tuple[bytes, str | None]] = {}

    def begun(self, transfer: Transfer, content: stream.Content, key: bytes) -> tuple[bytes, str | None]:
        """Both, by the same bytes."""
        if transfer.id not in self._told:
            if len(self._told) > _RUNNING:
                self._told.clear()
            path, first = (transfer.name or transfer.channel.value,), content[: stream.CHUNK]
            self._told[transfer.id] = tag_of(first, key), stream.lead_of(first, path, transfer.declared)
        return self._told[transfer.id]


def _guarded(work: Callable[[], Answer]) -> Answer:
    try:
        return work()
    except MemoryError:
        raise SystemExit(1) from None  # unsound after this: die, the transfer is held
    except Exception as error:  # a bug of ours; its text could quote content, so only its type leaves
        tb = error.__traceback__
        while tb is not None and tb.tb_next is not None:
            tb = tb.tb_next
        where = f" in {tb.tb_frame.f_code.co_qualname}:{tb.tb_lineno}" if tb else ""
        return f"{type(error).__name__}{where}"


def seconds_for(transfer: Transfer, deadline: float) -> float:
    """How long a transfer may take: a large file on a medium longer than a mail, whose sender waits."""
    return deadline + extra_seconds(transfer.size)


def patience_for(question: Question, deadline: float) -> float:
    """For how long an answer is waited for; a stretch is as long as any, however long the whole. Raises
    FileNotFoundError where the content is gone."""
    return seconds_for(question.transfer, deadline) if question.stretch is None else question.seconds


def _received(connection: Connection, transfer: Transfer) -> tuple[Transfer, _OpenFile | None]:
    """The transfer with its content: what lies in a spool comes as an open file, for we may open none ourselves."""
    if transfer.spool is None:
        return transfer, None
    content = _OpenFile(reduction.recv_handle(connection))
    if len(content) > LARGE:
        return transfer, content
    return replace(transfer, data=content[:], spool=None), None


class _OpenFile:
    """A file that was handed over open, read where it is asked for; not mapped, for that would count as memory."""

    def __init__(self, handle: int) -> None:
        self._file = os.fdopen(handle, "rb", buffering=0)
        self._size = os.fstat(handle).st_size

    def __len__(self) -> int:
        return self._size

    def __getitem__(self, piece: slice) -> bytes:
        start, stop, _ = piece.indices(self._size)
        out = self._read(start, stop - start)
        while len(out) < stop - start:
            more = self._read(start + len(out), stop - start - len(out))
            if not more:  # it became shorter while we read: what it was cannot be known
                raise Incomplete(Why.FAILED)
            out += more
        return out

    def _read(self, start: int, size: int) -> bytes:
        return os.pread(self._file.fileno(), size, start) if size > 0 else b""
