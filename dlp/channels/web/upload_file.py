"""The body of one request on disk: written as it comes, read back in pieces, forgotten with its flow."""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Callable, Iterator
from pathlib import Path

from mitmproxy import http

from dlp.channels.web.upload import BodyDigest

_PIECE = 256 * 1024  # bytes sent at a time
_WHOLE = 1024 * 1024  # bytes of a body that is sent in one piece: each takes as many steps as the first
_FLAGS = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
PREFIX = "upload-"  # of a body's file
KEY = "sekisho upload"  # in a flow's metadata


class Upload:
    """The body of one request on disk, and its digest, taken while it comes. `close` forgets it.

    Nothing is kept back on the way to the file: to gather what comes cost more than to write it.
    """

    def __init__(self, folder: Path, declared: str = "") -> None:
        name = f"{folder}/{PREFIX}{secrets.token_hex(12)}"  # half of what tempfile takes for it
        self._file = os.open(name, _FLAGS, 0o600)
        self.path = Path(name)
        self.digest = BodyDigest(declared)
        self.size = 0
        self.unsent: Callable[[], int] = int  # bytes handed on that are still with us, while it is sent
        self.has_room: Callable[[], bool] = bool  # whether the server has taken all that was written, once known

    def write(self, data: bytes) -> None:
        """Add to the end, for whoever opens it by its path. Raises OSError."""
        written = os.write(self._file, data)
        while written < len(data):  # a disk takes less than all where it is about to be full
            written += os.write(self._file, data[written:])
        self.digest.update(data)
        self.size += len(data)

    def pieces(self) -> Iterator[bytes]:
        """The body from its start, some hundred kilobytes at a time; a small one whole. Raises OSError."""
        at, most = 0, self.size if self.size <= _WHOLE else _PIECE
        while at < self.size and (piece := os.pread(self._file, most, at)):
            at += len(piece)
            yield piece

    def close(self) -> None:
        """Forget it, whatever happened to its file."""
        self.path.unlink(missing_ok=True)
        handle, self._file = self._file, -1
        if handle >= 0:
            with contextlib.suppress(OSError):
                os.close(handle)


def upload_of(request_flow: http.HTTPFlow) -> Upload | None:
    """The body of a flow that lies on disk; None where it is in memory."""
    found = request_flow.metadata.get(KEY)
    return found if isinstance(found, Upload) else None
