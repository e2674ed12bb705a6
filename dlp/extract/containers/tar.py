"""tar: members as children. Its compressions are streams of their own, so they are opened before it."""

from __future__ import annotations

import tarfile
from collections.abc import Iterator
from io import BytesIO

from dlp.errors import Incomplete
from dlp.extract.blocks import Extracted, Lost, Why
from dlp.extract.budget import Budget
from dlp.extract.containers.members import CHUNK, beside, collect, name_of
from dlp.transfer import Part

KIND = "application/x-tar"
_OCTAL = b"\0 -+01234567_"  # what a checksum is written with, as `int` reads one


def is_tar(data: bytes) -> bool:
    """Whether the first block is a tar header: its checksum says so, whatever the dialect."""
    head = data[:512]
    if len(head) < 512 or not head[0] or head[148:156].strip(_OCTAL):
        return False
    try:
        wanted = int(head[148:156].strip(b"\0 ") or b"-", 8)
    except ValueError:
        return False
    return wanted == sum(head) - sum(head[148:156]) + 8 * 32


def extract(part: Part, budget: Budget) -> Extracted:
    """Files as children; links and devices hold nothing."""
    return Extracted(KIND, children=_children(part, budget))


def _children(part: Part, budget: Budget) -> Iterator[Part | Lost]:
    end = 0
    try:
        # Names are kept as bytes: which encoding they are in, each tells by itself.
        with tarfile.open(fileobj=BytesIO(part.data), mode="r:", encoding="ascii", errors="surrogateescape") as archive:
            while (member := archive.next()) is not None:
                archive.members = []  # type: ignore[attr-defined]  # else it keeps every header
                end = member.offset_data + (member.size if member.isreg() else 0)
                if member.isreg():
                    yield _member(archive, member, part, budget)
    except (tarfile.TarError, ValueError, OSError, EOFError):
        yield Lost(part.path, Why.CORRUPT)
        return
    if not _ended(part.data, end):
        yield Lost(part.path, Why.CORRUPT)
    yield from beside(part, part.data[end:], "after the archive")


def _ended(data: bytes, end: int) -> bool:
    """Whether a block of zeros ends the archive, as every writer writes it; else it is torn, or an entry is broken."""
    at = -(-end // 512) * 512
    return not any(data[at : at + 512]) or not any(data[max(0, at - 512) : at])


def _member(archive: tarfile.TarFile, member: tarfile.TarInfo, part: Part, budget: Budget) -> Part | Lost:
    path = (*part.path, name_of(member.name.encode("utf-8", "surrogateescape")))
    try:
        stream = archive.extractfile(member)
        if stream is None:
            return Lost(path, Why.CORRUPT)
        stored = min(member.size, len(part.data))
        budget.check_ratio(member.size, stored)
        data = collect(iter(lambda: stream.read(CHUNK), b""), budget, stored)
    except Incomplete as fault:
        return Lost(path, Why(fault.why))
    if len(data) != member.size:
        return Lost(path, Why.CORRUPT)
    return Part(path=path, data=data)
