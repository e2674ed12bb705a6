"""Second places of the checkpoints: a folder on another machine's disk, the collector, paper by mail.

A place takes lines in their order and may get one twice; what it raises is tried again later.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol
from zoneinfo import ZoneInfo

from dlp.evidence.syslog import Collector, Message
from quarantine.case import Notice
from quarantine.checkpoint import read

FILE = "checkpoints.jsonl"


class Place(Protocol):
    """Where checkpoints go."""

    name: str

    def put(self, lines: Sequence[str]) -> None:
        """Have these lines, for good. Raises OSError when it cannot now."""
        ...


class Folder:
    """One file in a folder, only ever appended to."""

    name = "folder"

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE

    def put(self, lines: Sequence[str]) -> None:
        """See :class:`Place`. The folder is not made: one that is not mounted must not be taken for one that is."""
        file = os.open(self._path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o640)
        with os.fdopen(file, "rb+") as stream:
            last = self._last(stream.read().splitlines())
            fresh = [line for line in lines if read(line).number > last]
            stream.write("".join(f"{line}\n" for line in fresh).encode("ascii"))
            stream.flush()
            os.fsync(stream.fileno())

    def _last(self, lines: list[bytes]) -> int:
        """Number of the last line; what somebody else wrote there is left as evidence and does not stop us."""
        for line in reversed(lines):
            try:
                return read(line.decode("ascii")).number
            except ValueError:
                continue
        return 0


class ToCollector:
    """The collector that also gets the events."""

    name = "collector"

    def __init__(self, collector: Collector) -> None:
        self._collector = collector

    def put(self, lines: Sequence[str]) -> None:
        """See :class:`Place`."""
        self._collector.send([Message(at=datetime.now(UTC), kind="checkpoint", text=line) for line in lines])


def head_notice(to: str, line: str, zone: ZoneInfo) -> Notice:
    """The day's head, for printing and filing: enough to show years later that the record is the one of that day."""
    one = read(line)
    at = datetime.fromisoformat(one.at).astimezone(zone)
    body = "\n".join(
        [
            f"監査ログの電子署名（{at:%Y-%m-%d %H:%M} 時点）。印刷して保管してください。",
            "Signed head of the audit log. Print and file it.",
            "",
            f"チェックポイント / checkpoint : {one.number}",
            f"監査ログ番号 / entry           : {one.seq}",
            f"台帳の行 / ledger row          : {one.row}",
            f"鍵 / key                       : {one.key}",
            "ハッシュ / hash",
            *_groups(one.hash),
            "署名 / signature",
            *_groups(one.signature),
            "",
            "検証方法 / how to verify: docs/evidence.md",
            "",
        ]
    )
    return Notice(to=to, subject=f"【関所】監査ログの署名 {at:%Y-%m-%d} 第{one.number}号", body=body)


def _groups(text: str) -> list[str]:
    """Hex digits as a person can compare them."""
    fours = [text[place : place + 4] for place in range(0, len(text), 4)]
    return ["  " + " ".join(fours[place : place + 8]) for place in range(0, len(fours), 8)]
