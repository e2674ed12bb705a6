"""`python -m tests.uploads --uploads 20 --size 1000000000`: uploads of a gigabyte at once, and no list among them passes.

First all uploads at once, half of them innocent text, half the same with a list of people planted at some offset. Then
`--plants` more with a list each, two at a time: every second one of `--small` bytes (large enough to be read piece by
piece) so that an edge between two pieces falls into the list, the others of any size up to that, from what is kept in
memory to what is read piece by piece, with the list anywhere: so a small one is read beside a large one. Each `--batch`
has a gateway of its own, so that what is held does not fill the disk. Counted are
what the server received, what the clients were told, and the memory of the gateway with all its processes: the largest
sum of their proportional shares (PSS: what processes share counts once) and the sum of their own peaks (VmHWM, which
counts what they share once for each). What the kernel caches of the spool is nobody's memory.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import itertools
import math
import random
import socket
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.prose import paragraph
from dlp.extract import stream
from tests.e2e.harness import Box
from tests.e2e.people import CSV
from tests.e2e.sink import Sink

LIST = CSV.encode()
SMALL = 34 << 20
_BLOCK = 1 << 20
_LEAST = 64 << 10  # bytes of the smallest upload with a list


def block(seed: int, size: int = _BLOCK) -> bytes:
    """`size` bytes of prose in which nobody is named, whole lines and then blanks."""
    rng = random.Random(seed)
    text = "\n".join(paragraph(rng) for _ in range(size // 150)).encode()[:size]
    return text[: text.rfind(b"\n") + 1].ljust(size - 1) + b"\n"


@dataclass(frozen=True)
class Body:
    """One upload: a block again and again, with a list between two lines near `place`; None: no list."""

    name: str
    size: int
    block: bytes
    place: int | None = None

    def pieces(self) -> Iterator[bytes]:
        """Its bytes, a block at a time."""
        left = self.size - (len(LIST) if self.place is not None else 0)
        at = 0
        while left > 0:
            piece = self.block[:left]
            if self.place is not None and at <= self.place < at + len(piece):
                cut = piece.rfind(b"\n", 0, self.place - at) + 1
                yield piece[:cut] + LIST + piece[cut:]
            else:
                yield piece
            at += len(piece)
            left -= len(piece)

    @property
    def innocent(self) -> bool:
        return self.place is None


def places(count: int, size: int, seed: int) -> list[int]:
    """Offsets for a list: every second one anywhere, the others so that a piece's edge falls into the list."""
    rng = random.Random(seed)
    last = size - len(LIST)
    edges = range(stream.CHUNK, last, stream.CHUNK) or range(1)
    return [
        rng.randrange(last) if number % 2 else max(0, rng.choice(edges) - rng.randrange(len(LIST)))
        for number in range(count)
    ]


@dataclass
class Told:
    """What became of the uploads, as their clients heard it."""

    codes: dict[str, int] = field(default_factory=dict)
    digests: dict[str, str] = field(default_factory=dict)  # of those that were innocent


def send(box: Box, sink: Sink, body: Body, told: Told, until: float) -> None:
    """Upload one body through the proxy and keep the answer's code; 0 where there was none before the time was over."""
    told.codes[body.name] = 0
    with contextlib.suppress(TimeoutError):
        _send(box, sink, body, told, until)


def _send(box: Box, sink: Sink, body: Body, told: Told, until: float) -> None:
    total = hashlib.sha256()
    with socket.create_connection(("127.0.0.1", box.proxy_port), timeout=60) as client:
        head = (
            f"POST {sink.url}/{body.name} HTTP/1.1\r\nHost: 127.0.0.1:{sink.port}\r\n"
            f"Content-Type: text/plain\r\nContent-Length: {body.size}\r\nConnection: close\r\n\r\n"
        )
        client.sendall(head.encode())
        for piece in body.pieces():
            total.update(piece)
            client.settimeout(max(0.01, until - time.monotonic()))
            client.sendall(piece)
        with client.makefile("rb") as answer:
            told.codes[body.name] = int(answer.readline().split()[1])
    told.digests[body.name] = total.hexdigest()


# -- the gateway's memory


def processes(root: int) -> list[int]:
    """A process and all below it."""
    found = [root]
    for one in found:
        with contextlib.suppress(OSError):
            for task in Path(f"/proc/{one}/task").iterdir():
                found += map(int, (task / "children").read_text().split())
    return found


def _kilobytes(path: str, name: str) -> int:
    with contextlib.suppress(OSError, ProcessLookupError):
        for line in Path(path).read_text().splitlines():
            if line.startswith(name):
                return int(line.split()[1])
    return 0


class Memory:
    """`with Memory(pid) as memory:` looks at a process and all below it again and again."""

    def __init__(self, root: int, every: float = 0.5) -> None:
        self._root, self._every = root, every
        self._ended = threading.Event()
        self.peak = 0  # bytes: the largest sum of shares at one time
        self.marks: dict[int, int] = {}  # pid -> bytes of its own largest

    def __enter__(self) -> Memory:
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._ended.wait(self._every):
            found = processes(self._root)
            self.peak = max(self.peak, 1024 * sum(_kilobytes(f"/proc/{p}/smaps_rollup", "Pss:") for p in found))
            self.marks |= {p: 1024 * mark for p in found if (mark := _kilobytes(f"/proc/{p}/status", "VmHWM:"))}


# -- the runs


@dataclass
class Found:
    """What one run amounts to."""

    told: Told
    wrong: list[str]  # what should not be: a list at the server, an innocent upload that did not arrive whole
    peak: int
    marks: int
    seconds: float


def run(box: Box, sink: Sink, bodies: list[Body], *, at_once: int, seconds: float) -> Found:
    """Upload all bodies, some at once, and compare what the server has with what was sent; `seconds` for it all."""
    assert box.process is not None
    told = Told()
    sink.forget()
    begun = time.monotonic()
    with Memory(box.process.pid) as memory, ThreadPoolExecutor(at_once) as threads:
        for done in [threads.submit(send, box, sink, body, told, begun + seconds) for body in bodies]:
            done.result()
    arrived = {one.path.rpartition("/")[2]: one.digest for one in sink.arrived}
    wrong = [fault for body in bodies if (fault := _fault(body, told, arrived))]
    return Found(told, wrong, memory.peak, sum(memory.marks.values()), time.monotonic() - begun)


def _fault(body: Body, told: Told, arrived: dict[str, str]) -> str:
    code = told.codes[body.name]
    if not code and body.name not in arrived:
        return ""  # not finished in time: nothing came of it
    if body.innocent and (code != 200 or arrived.get(body.name) != told.digests[body.name]):
        return f"{body.name}: innocent, told {code}, arrived {body.name in arrived}"
    if not body.innocent and (code != 403 or body.name in arrived):
        return f"{body.name}: a list at {body.place}, told {code}, arrived {body.name in arrived}"
    return ""


def large(count: int, size: int, seed: int) -> list[Body]:
    """Every second of them innocent."""
    text = block(seed)
    return [
        Body(f"large{n}", size, text, place if n % 2 else None) for n, place in enumerate(places(count, size, seed))
    ]


def planted(count: int, size: int, seed: int) -> list[Body]:
    """A list in each: every second one of `size` bytes and across an edge, the others smaller, and anywhere."""
    text, rng = block(seed + 1), random.Random(seed)
    made = list[Body]()
    for number, place in enumerate(places(count, size, seed + 1)):
        length = size
        if number % 2:  # as many between 1 and 2 MB as between 16 and 32
            length = int(math.exp(rng.uniform(math.log(min(_LEAST, size)), math.log(size))))
            place = rng.randrange(max(1, length - len(LIST)))
        made.append(Body(f"planted{number}", length, text, place))
    return made


def _gateway(folder: str) -> Box:
    off = {"enabled": False}
    patient = {"deadline": 600.0}  # on a busy machine late is no fault here
    return Box(Path(folder), web={"addresses": {"127.0.0.1": "clerk"}}, inspection=patient, mail=off, media=off)


def _run(sink: Sink, bodies: list[Body], *, at_once: int, until: float) -> Found:
    """Through a gateway of their own, whose folder goes with it."""
    with tempfile.TemporaryDirectory() as folder, _gateway(folder) as box:
        found = run(box, sink, bodies, at_once=at_once, seconds=max(1.0, until - time.monotonic()))
    _say(bodies, found)
    return found


def main() -> int:
    """0 when no list passed, all else arrived and the memory stayed within the bound. 1, too, where the time cut some off."""
    ask = argparse.ArgumentParser(prog="python -m tests.uploads", description=__doc__)
    ask.add_argument("--uploads", type=int, default=20)
    ask.add_argument("--size", type=int, default=1_000_000_000)
    ask.add_argument("--plants", type=int, default=1000)
    ask.add_argument("--small", type=int, default=SMALL)
    ask.add_argument("--batch", type=int, default=100, help="of the plants: so many to a gateway and its disk")
    ask.add_argument("--memory", type=int, default=512, help="MiB of all processes together")
    ask.add_argument("--minutes", type=float, default=60, help="for each of the two runs; what is not done is cut off")
    ask.add_argument("--seed", type=int, default=1)
    asked = ask.parse_args()
    failed = False
    with Sink() as sink:
        if asked.uploads:
            until = time.monotonic() + asked.minutes * 60
            bodies = large(asked.uploads, asked.size, asked.seed)
            found = _run(sink, bodies, at_once=asked.uploads, until=until)
            failed |= _short(found, asked.memory)
        until = time.monotonic() + asked.minutes * 60
        for batch in itertools.batched(planted(asked.plants, asked.small, asked.seed), asked.batch, strict=False):
            if time.monotonic() < until:
                found = _run(sink, list(batch), at_once=2, until=until)
                failed |= _short(found, asked.memory)
            else:
                failed = True
                print(f"{len(batch)} uploads not begun: the time was over")
    return int(failed)


def _short(found: Found, memory: int) -> bool:
    """Whether a run does not show what it is to show: what was cut off shows nothing."""
    return bool(found.wrong) or found.peak > memory << 20 or 0 in found.told.codes.values()


def _say(bodies: list[Body], found: Found) -> None:
    total = sum(body.size for body in bodies if found.told.codes[body.name])  # of those that were answered
    least, most = (pick(body.size for body in bodies) / 1e6 for pick in (min, max))
    sizes = f"{most:,.0f}" if least == most else f"{least:,.1f} to {most:,.0f}"
    print(
        f"{len(bodies)} uploads of {sizes} MB in {found.seconds:.0f} s "
        f"({total / 1e6 / found.seconds:.1f} MB/s), {sum(not body.innocent for body in bodies)} with a list: "
        f"{list(found.told.codes.values()).count(0)} not finished, {len(found.wrong)} wrong; peak {found.peak >> 20} MiB (PSS), {found.marks >> 20} MiB (sum of VmHWM)",
        flush=True,
    )
    for fault in found.wrong[:20]:
        print(" ", fault)


if __name__ == "__main__":
    raise SystemExit(main())
