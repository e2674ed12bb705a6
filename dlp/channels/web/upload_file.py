"""The body of one request on disk: written as it comes, read back in pieces, forgotten with its flow."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from mitmproxy import http

from dlp.channels.web.upload import BodyDigest

_PIECE = 256 * 1024  # bytes sent at a time
KEY = "sekisho upload"  # in a flow's metadata


class Upload:
    """The body of one request on disk, and its digest, taken while it comes. `close` forgets it.

    Nothing is kept back on the way to the file: to gather what comes cost more than to write it.
    """

    def __init__(self, folder: Path, declared: str = "") -> None:
        self._file, name = tempfile.mkstemp(prefix="upload-", dir=folder)  # 0600
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
        """The body from its start, some hundred kilobytes at a time. Raises OSError."""
        at = 0
        while piece := os.pread(self._file, _PIECE, at):
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
