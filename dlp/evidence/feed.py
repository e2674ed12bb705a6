"""Feeds the collector and the OCSF file from the audit chain, which is also the spool: a place's cursor is the number
of the last entry it has, so that nothing is lost while it is down, and nothing is kept twice."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import orjson

from dlp.evidence import cef, ocsf
from dlp.evidence.syslog import Collector, Message
from quarantine.audit import Entry
from quarantine.room import Room

_BATCH = 500


class Sink(Protocol):
    """What takes entries in their order; one may come twice."""

    name: str

    def take(self, entries: Sequence[Entry]) -> None:
        """Have these. Raises OSError when it cannot now."""
        ...


class ToSyslog:
    """CEF or OCSF over syslog."""

    name = "events"

    def __init__(self, collector: Collector, form: str) -> None:
        self._collector = collector
        self._form = form

    def take(self, entries: Sequence[Entry]) -> None:
        """See :class:`Sink`."""
        messages = [message for entry in entries if (message := _message(entry, self._form)) is not None]
        if messages:
            self._collector.send(messages)


def _message(entry: Entry, form: str) -> Message | None:
    severity = 6 - min(4, cef.severity(entry) // 2)  # 6 (informational) … 2 (critical)
    if form == "cef":
        return Message(at=entry.at, kind="cef", text=cef.line(entry), severity=severity)
    found = ocsf.event(entry)
    return (found and Message(at=entry.at, kind="ocsf", text=orjson.dumps(found).decode(), severity=severity)) or None


class ToFile:
    """OCSF events as JSON lines, appended; whoever collects them may move the file away at any time."""

    name = "ocsf"

    def __init__(self, path: Path) -> None:
        self._path = path

    def take(self, entries: Sequence[Entry]) -> None:
        """See :class:`Sink`."""
        lines = [orjson.dumps(found) + b"\n" for entry in entries if (found := ocsf.event(entry)) is not None]
        if lines:
            file = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o640)
            with os.fdopen(file, "ab") as stream:
                stream.write(b"".join(lines))
                stream.flush()
                os.fsync(stream.fileno())


def feed(room: Room, sink: Sink, patience: int = 20) -> bool:
    """Bring a sink up to date, in at most `patience` batches. Whether it is. Raises OSError, RoomError."""
    for _ in range(patience):
        done = room.exported(sink.name)
        entries = room.entries(done, _BATCH)
        if not entries:
            return True
        sink.take(entries)
        room.set_exported(sink.name, entries[-1].seq)
    return False
