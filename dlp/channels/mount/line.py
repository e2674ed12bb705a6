"""The line on which a mount's process hears its answers: written from any thread, so that none has to wait for another.

The event loop would be a turn and a change of threads between a file on the device and its writer, who waits for it.
"""

from __future__ import annotations

import json
import logging
import os
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

log = logging.getLogger(__name__)

_MOST = 100  # ends told in one line, which is shorter than PIPE_BUF then


class Line:
    """Our end of a child's standard input. Thread-safe; nothing blocks: a child that does not read hears nothing."""

    def __init__(self) -> None:
        self.theirs, self._ours = os.pipe2(os.O_CLOEXEC)
        os.set_blocking(self._ours, False)
        self._lock = threading.Lock()
        self._gathered: list[tuple[int, int]] | None = None  # what landed, told in one line

    def given(self) -> None:
        """The child has been started and has its end."""
        with self._lock:
            if self.theirs >= 0:
                os.close(self.theirs)
                self.theirs = -1

    def answer(self, number: int, code: int, *, landing: bool = False) -> None:
        """Answer a request: 0 or an errno. Of what is `landing`, allowed and on its way to the device, `landed` tells
        the end."""
        self._say({"id": number, "errno": code, "landing": landing})

    def landed(self, number: int, code: int) -> None:
        """What was landing is on the device (0), or will never be."""
        with self._lock:
            if self._gathered is not None:
                self._gathered.append((number, code))
                return
        self._say({"landed": [(number, code)]})

    @contextmanager
    def gathered(self) -> Iterator[None]:
        """What lands meanwhile is told at its end, together: each line wakes the child. For one thread at a time."""
        with self._lock:
            self._gathered = []
        try:
            yield
        finally:
            with self._lock:
                ends, self._gathered = self._gathered or [], None
            for begin in range(0, len(ends), _MOST):
                self._say({"landed": ends[begin : begin + _MOST]})

    def _say(self, said: Mapping[str, object]) -> None:
        line = json.dumps(said).encode() + b"\n"  # shorter than PIPE_BUF: whole or not at all
        with self._lock:
            if self._ours < 0:
                return
            try:
                os.write(self._ours, line)
            except OSError as error:  # it is gone, or does not read any more
                log.error("a mount's process hears no answer", extra={"error": type(error).__name__})

    def close(self) -> None:
        """The child hears the end, and ends."""
        self.given()
        with self._lock:
            if self._ours >= 0:
                os.close(self._ours)
                self._ours = -1
