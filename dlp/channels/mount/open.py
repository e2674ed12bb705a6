"""What is open on a mount: one path's content over what the device has, and one open(2) of it."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

CHUNK = 1 << 20
NEWS = 4 * CHUNK  # bytes more of a content that is written, of which others are told
_APART = 64  # pieces behind gaps that are remembered
SMALL = 256 * 1024  # bytes of a content that is buffered in memory and travels as it is
LANDING = -1  # a verdict's answer: allowed, and on its way to the device
READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC

#: may(uid) -> whether this person may rename and remove on this device just now.
type May = Callable[[int], bool]
#: named(uid, before, path) -> 0 where this person may call something so that was called otherwise, else an errno.
type Named = Callable[[int, str, str], int]


@dataclass(eq=False, slots=True)
class Landing:
    """A content that was allowed and is on its way to the device: what its path shows until it is there."""

    path: str
    spool: Path
    source: int = -1  # a descriptor of the content
    times: tuple[int, int] = (0, 0)  # of access and change, in nanoseconds
    closed: bool = False  # its file's handles are: the spool file goes with us
    over: threading.Event = field(default_factory=threading.Event)
    code: int = 0  # errno of what never arrived


@dataclass(frozen=True, slots=True)
class Question:
    """A content to be judged: where it lies, whose path it is to be, who wrote it, whether the writer waits until
    it is on the device, and the file's times. `landed` hears the end where the answer is LANDING."""

    spool: Path
    path: str
    uid: int
    sync: bool
    times: tuple[int, int]  # nanoseconds that the path shows
    certain: bool  # what was told of it by `Grown` is still so
    landed: Callable[[int], None]


#: 0 when it is on the device, LANDING, else an errno; ETIMEDOUT: not in time, and somebody may still be reading
#: the spool file.
type Judge = Callable[[Question], int]
#: So many bytes of what somebody writes to a spool file, for a path, are there; whether they change is told later.
type Grown = Callable[[Path, str, int, int], None]
#: Somebody waits for what is landing.
type Hasten = Callable[[], None]


@dataclass(eq=False, slots=True)
class Written:
    """How much of a buffer, from its start, its writer has written, and how much of that others were told of."""

    size: int = 0
    told: int = 0
    changed: bool = False  # something that was told of is not as it was
    apart: dict[int, int] = field(default_factory=dict)  # begin and end of what was written behind a gap

    def add(self, begin: int, end: int) -> None:
        """These bytes are written."""
        self.changed |= begin < self.told
        if len(self.apart) < _APART or begin <= self.size:
            self.apart[begin] = max(end, self.apart.get(begin, 0))
        for start in sorted(self.apart):
            if start > self.size:
                break
            self.size = max(self.size, self.apart.pop(start))

    def cut(self, length: int) -> None:
        """It is so long now."""
        self.changed |= length < self.told
        self.size = min(self.size, length)
        self.apart.clear()

    def news(self) -> bool:
        """Whether there is so much more that others are to be told."""
        if self.changed or self.size < self.told + NEWS:
            return False
        self.told = self.size
        return True


@dataclass(eq=False, slots=True)
class Buffered:
    """One path that is open: what the device has, and perhaps a buffer over it."""

    path: str  # below the root, without a leading "/"
    lock: threading.RLock = field(default_factory=threading.RLock)  # held while writing and while being judged
    handles: int = 0
    base: int = -1  # descriptor of the file on the device, -1 when there is none
    buffer: int = -1  # descriptor of the spool file, -1 while nothing was changed
    spool: Path = Path()
    written: Written = field(default_factory=Written)  # of the buffer
    dirty: bool = False
    fault: int = 0  # errno of a refused content: all that is left for its handles
    gone: bool = False  # unlinked while open: never judged, never delivered
    uid: int = 0  # who wrote last
    times: tuple[int, int] | None = None  # nanoseconds, set before the content is on the device
    landing: Landing | None = None  # of what was judged last, until it is on the device

    @property
    def source(self) -> int:
        """The descriptor that holds the content as its writers see it; after a refusal what was last allowed."""
        return self.buffer if self.buffer >= 0 and not (self.fault and self.base >= 0) else self.base


@dataclass(eq=False, slots=True)
class Handle:
    """One open(2)."""

    file: Buffered
    uid: int
    writes: bool
    appends: bool


def fail(code: int) -> OSError:
    """An OSError of this errno, for the kernel."""
    return OSError(code, os.strerror(code))


@contextmanager
def held(*files: Buffered | None) -> Iterator[None]:
    """The locks of some files, in one order for everybody."""
    locks = sorted({f for f in files if f is not None}, key=id)
    for file in locks:
        file.lock.acquire()
    try:
        yield
    finally:
        for file in reversed(locks):
            file.lock.release()
