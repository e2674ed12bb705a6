"""Budget: what one transfer may cost to read. Exceeding it ends in Incomplete, so the transfer is held."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from dlp.errors import Incomplete
from dlp.extract import ppap
from dlp.extract.blocks import Why

_MEGABYTE = 1 << 20
_SMALL = 64 << 20
_STEEP = 4
_PASSWORDS, _UNHEARD = 40, 50  # passwords tried; mails whose texts are kept until one is asked for
_REFUSALS = 8  # members refused for their ratio; one more, and it is a bomb that nests, not a sparse drawing


@dataclass(slots=True)
class Budget:
    """Mutable, one a transfer."""

    bytes_left: int = 1024 * 1024 * 1024  # unpacked, all parts together
    memory: int = 256 * 1024 * 1024  # bytes of the parts held at one time: a part, what it lies in, and so on
    parts_left: int = 10_000
    max_depth: int = 10
    max_ratio: float = 200.0  # unpacked to packed, of one member larger than a megabyte
    max_total_ratio: float = 50.0  # unpacked, all parts together, to the transfer itself; from 64 MiB on
    pages_left: int = 5_000
    strings_left: int = 64 * 1024 * 1024  # bytes of unknown formats that are searched for strings
    pictures_left: int = 100  # read by OCR
    ocr_seconds: float = 75.0  # of `seconds`, spent on OCR
    seconds: float = 100.0
    given: tuple[str, ...] = field(default=(), repr=False)  # passwords that other mails of this sender gave
    _told: list[tuple[str, ...]] = field(init=False, default_factory=list, repr=False)  # texts to look at
    _own: list[str] = field(init=False, default_factory=list, repr=False)  # passwords that they give
    _passwords: list[str] = field(init=False, default_factory=list, repr=False)  # and all there are
    _ends: float = field(init=False)
    _size: int = field(init=False, default=0)
    _unpacked: int = field(init=False, default=0)
    _steep: int = field(init=False, default=0)
    _refused: int = field(init=False, default=0)
    _spent: bool = field(init=False, default=False)

    def __post_init__(self) -> None:
        self._ends = time.monotonic() + self.seconds
        self._passwords = list(self.given)

    def tell(self, texts: Sequence[str]) -> None:
        """Texts of one mail, which may give passwords for its own parts and for those of other mails beside it."""
        self._told.append(tuple(texts))
        if len(self._told) > _UNHEARD:
            self._hear()

    @property
    def passwords(self) -> list[str]:
        """What the transfer itself gives as passwords for its parts, the latest mail's first. Few transfers ask."""
        self._hear()
        return self._passwords

    def said(self) -> tuple[str, ...]:
        """What the transfer's own mails give as passwords, for a mail before or after it. Ask when all is read."""
        self._told = [texts for texts in self._told if any(map(ppap.mentioned, texts))]
        self._hear()
        return tuple(self._own)

    def _hear(self) -> None:
        for texts in self._told:
            own = [word for text in texts for word in ppap.passwords(text)]
            self._own = list(dict.fromkeys((*own, *self._own)))[:_PASSWORDS]
            self._passwords = list(dict.fromkeys((*own, *self._passwords)))[:_PASSWORDS]
        self._told.clear()

    def begin(self, size: int) -> None:
        """The transfer is `size` bytes: what its parts unpack to is measured by it."""
        self._size = size

    @property
    def spent(self) -> bool:
        """Whether nothing more of this transfer is to be read."""
        return self._spent or self._refused > _REFUSALS

    def _refuse(self, why: Why) -> Incomplete:
        self._spent = True
        return Incomplete(why)

    @property
    def seconds_left(self) -> float:
        """Until the deadline; negative after it."""
        return self._ends - time.monotonic()

    def take_picture(self) -> None:
        """Account for one picture to be read by OCR. Raises Incomplete(TOO_MANY | TIMED_OUT)."""
        self.pictures_left -= 1
        if self.pictures_left < 0:
            raise Incomplete(Why.TOO_MANY)
        if self.ocr_seconds < 1 or self.seconds_left < 1:
            raise Incomplete(Why.TIMED_OUT)

    def check_time(self) -> None:
        """Raises Incomplete(TIMED_OUT)."""
        if time.monotonic() > self._ends:
            raise self._refuse(Why.TIMED_OUT)

    def take_bytes(self, count: int) -> None:
        """Account for `count` unpacked bytes. Raises Incomplete(TOO_LARGE)."""
        self.bytes_left -= count
        self._unpacked += count
        swollen = self._size and self._unpacked > max(_SMALL, self._size * self.max_total_ratio)
        if self.bytes_left < 0 or swollen:
            raise self._refuse(Why.TOO_LARGE)

    def check_ratio(self, unpacked: int, packed: int) -> None:
        """One member's sizes, as declared or as met so far. Raises Incomplete(TOO_LARGE)."""
        steep = unpacked > _MEGABYTE // 10 and unpacked > max(1, packed) * self.max_ratio
        if unpacked > self.memory or (steep and unpacked > _MEGABYTE):
            self._refused += 1
            raise Incomplete(Why.TOO_LARGE)
        if steep:  # small enough to be read, but not by the thousand
            self._steep += 1
            if self._steep > _STEEP:
                raise self._refuse(Why.TOO_LARGE)

    def take_part(self, depth: int) -> None:
        """Account for one part at `depth` containers. Raises Incomplete(TOO_DEEP | TOO_MANY | TIMED_OUT)."""
        self.check_time()
        if depth > self.max_depth:
            raise Incomplete(Why.TOO_DEEP)
        self.parts_left -= 1
        if self.parts_left < 0:
            raise self._refuse(Why.TOO_MANY)

    def take_page(self) -> None:
        """Account for one page. Raises Incomplete(TOO_MANY | TIMED_OUT)."""
        self.check_time()
        self.pages_left -= 1
        if self.pages_left < 0:
            raise self._refuse(Why.TOO_MANY)
