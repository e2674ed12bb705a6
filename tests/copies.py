"""`python -m tests.copies --size 4200000000`: files of more than 4 GB through a mount, and no list among them arrives.

An innocent text, the same with a list of people somewhere in it, and one that is larger than `[media] max_size`. Told are
what the program that wrote them heard, how long it took to write and how long to be judged at close, and the memory of the
gateway with all its processes (the largest sum of their proportional shares). Nothing is sparse: every byte is written.
"""

from __future__ import annotations

import argparse
import errno
import hashlib
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from quarantine.case import LedgerEntry
from tests.e2e.harness import Box
from tests.uploads import Body, Memory, block, places

SERIAL = "USB-7"


@dataclass(frozen=True)
class Told:
    """What a program heard that wrote one file."""

    code: int  # errno; 0: it is on the device
    digest: str
    written: float  # seconds until all was written, or until an error was told
    judged: float  # seconds of fsync and close


def write(path: Path, body: Body) -> Told:
    """Write a body as `dd conv=fsync` would."""
    total, begun, written = hashlib.sha256(), time.monotonic(), 0.0
    code = 0
    try:
        with path.open("wb", buffering=0) as file:
            for piece in body.pieces():
                total.update(piece)
                file.write(piece)
            written = time.monotonic()
            os.fsync(file.fileno())
    except OSError as error:
        code = error.errno or -1
    ended = time.monotonic()
    return Told(code, total.hexdigest(), (written or ended) - begun, ended - (written or ended))


def digest(path: Path) -> str:
    """SHA-256 of what is there; "" where nothing is."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError:
        return ""


@dataclass(frozen=True)
class Found:
    """What became of one file."""

    told: Told
    verdict: str
    reasons: tuple[str, ...]
    arrived: bool
    peak: int
    wrong: str


def run(box: Box, point: Path, device: Path, body: Body, limit: int) -> Found:
    """Write one body and see what is on the device and on record."""
    assert box.process is not None
    before = len(_rows(box))
    with Memory(box.process.pid) as memory:
        told = write(point / body.name, body)
    rows = _rows(box)[before:]
    there = digest(device / body.name)
    verdict = rows[-1].verdict if rows else ""
    reasons = tuple(str(reason["code"]) for reason in rows[-1].reasons) if rows else ()
    return Found(told, verdict, reasons, bool(there), memory.peak, _fault(body, told, there, limit, verdict))


def _rows(box: Box) -> list[LedgerEntry]:
    room = box.room()
    try:
        return [row.entry for row in room.ledger(limit=1000)[::-1]]
    finally:
        room.close()


def _fault(body: Body, told: Told, there: str, limit: int, verdict: str) -> str:
    if body.size > limit:
        return "" if (told.code, there) == (errno.EFBIG, "") else "larger than may be, and not told so"
    if there and there != told.digest:
        return "something else is on the device"
    if told.code == 0 and not there:
        return "told that it is on the device, and it is not"
    if not body.innocent and (told.code != errno.EACCES or there):
        return "a list passed"
    if there and verdict not in ("allow", "monitor"):
        return "on the device, and not allowed"
    return ""


@contextmanager
def mounted(folder: Path, limit: int) -> Iterator[tuple[Box, Path, Path]]:
    """A gateway with nothing but a mount: it, the mount point and the device's own folder."""
    device, point = folder / "device", folder / "usb"
    for made in (device, point):
        made.mkdir()
    (device / ".sekisho-device").touch()
    ledger = f'[[device]]\nserial = "{SERIAL}"\nstate = "in_use"\nfolder = "{device}"\n'
    off, media = {"enabled": False}, {"mounts": {SERIAL: str(point)}, "max_size": limit}
    with Box(folder / "box", devices=ledger, mail=off, web=off, media=media) as box:
        yield box, point, device


def bodies(size: int, limit: int, seed: int) -> list[Body]:
    """One that is too large, an innocent one, one with a list."""
    text = block(seed)
    place = places(2, size, seed)[1]
    return [Body("larger", limit + 1, text), Body("innocent", size, text), Body("list", size, text, place)]


def main() -> int:
    """0 when nothing went wrong and the memory stayed within the bound."""
    ask = argparse.ArgumentParser(prog="python -m tests.copies", description=__doc__)
    ask.add_argument("--size", type=int, default=4_200_000_000)
    ask.add_argument("--limit", type=int, default=1 << 32, help="[media] max_size")
    ask.add_argument("--memory", type=int, default=768, help="MiB of all processes together")
    ask.add_argument("--seed", type=int, default=1)
    asked = ask.parse_args()
    failed = False
    with tempfile.TemporaryDirectory() as folder, mounted(Path(folder), asked.limit) as (box, point, device):
        for body in bodies(asked.size, asked.limit, asked.seed):
            found = run(box, point, device, body, asked.limit)
            _say(body, found)
            failed |= bool(found.wrong) or found.peak > asked.memory << 20
            (point / body.name).unlink(missing_ok=True)
    return int(failed)


def _say(body: Body, found: Found) -> None:
    told = found.told
    print(
        f"{body.name}, {body.size / 1e6:,.0f} MB: {errno.errorcode.get(told.code, 'on the device')}, "
        f"written in {told.written:.0f} s, judged in {told.judged:.0f} s; {found.verdict or 'not judged'} "
        f"{' '.join(found.reasons)}; peak {found.peak >> 20} MiB (PSS) {found.wrong}",
        flush=True,
    )


if __name__ == "__main__":
    raise SystemExit(main())
