"""How a request's body comes: whether it still does, and how fast. Who holds a place by drops or silence is answered.

A call that goes on for as long as it is answered would wait for ever, and so would we: we answer when it has ended.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from mitmproxy import http

from dlp.channels.web.upload import is_grpc

LOOK_SECONDS = 5.0  # between two looks at a body that has not ended
_CALL_SECONDS = 5.0  # a gRPC call that has sent something, and sends no more, and does not end: it is a stream
_SILENT_SECONDS = 120.0  # the same for any other request
_SLOW_SECONDS = 120.0  # a body that takes no longer may come as slowly as it likes


class Fault(Enum):
    """Why a body is not waited for any longer."""

    STOPPED = auto()  # it said how long it would be, and is not
    STREAMS = auto()  # it did not say, and fell silent
    SLOW = auto()


@dataclass(slots=True)
class Coming:
    """One body, as it looked the last time."""

    size: int = 0
    silent: float = 0.0  # seconds for which nothing came
    seconds: float = 0.0  # since its first byte was waited for

    def looked(self, request: http.Request, size: int, slowest: int) -> Fault | None:
        """Look again, LOOK_SECONDS later: `size` bytes are there now. None: it is waited for.

        `slowest`: bytes a second that it has to come with, all in all.
        """
        self.seconds += LOOK_SECONDS
        self.silent = self.silent + LOOK_SECONDS if size == self.size else 0.0
        self.size = size
        if self.silent >= _patience(request, size):
            return Fault.STOPPED if "content-length" in request.headers else Fault.STREAMS
        return Fault.SLOW if self.seconds >= _SLOW_SECONDS and size < slowest * self.seconds else None


def _patience(request: http.Request, size: int) -> float:
    """Seconds of silence that are borne."""
    if not size or "content-length" in request.headers:
        return _SILENT_SECONDS
    if is_grpc(request) or request.headers.get("content-type", "").lower().startswith("application/connect+"):
        return _CALL_SECONDS
    return _SILENT_SECONDS
