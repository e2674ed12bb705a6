"""What the room asks of a place for sealed content."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from typing import BinaryIO, Protocol

from quarantine.case import RoomError


class NoSuchBlob(RoomError):
    """There is no blob of this name."""


class Blobs(Protocol):
    """Write-once places with random names. Thread-safe, and safe between processes."""

    def put(self, pieces: Iterable[bytes]) -> AbstractContextManager[str]:
        """Write `pieces`; entering gives the name once all of it would survive a power cut.

        Until the context ends the blob is in flight: no `sweep`, in no process, removes it. Leaving does not
        remove it either. Raises RoomUnavailable, and then nothing is left behind.
        """
        ...

    def open(self, name: str) -> BinaryIO:
        """The blob for reading. Raises NoSuchBlob, RoomUnavailable."""
        ...

    def remove(self, name: str) -> None:
        """Remove a blob for good; one that is not there is no error."""
        ...

    def sweep(self, wanted: Callable[[str], bool]) -> int:
        """Remove what a crash left: blobs neither in flight nor `wanted`. How many."""
        ...
