"""What the proxy refuses because nobody could read it, counted by host and person.

For the coverage page, not for the record.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from dlp.directory.coverage import Barred

_PAUSE = 60.0  # seconds between two tellings: a page that tries again and again is one line, not thousands
_MOST = 1_000  # lines in that time; what is beyond is told as one


@dataclass(slots=True)
class Counted:
    """Collects what gateway `via` refuses, and tells from time to time, in a thread of its own. Thread-safe.

    What it tells has the login in the place of the person: to look people up may want a disk, for which no proxy waits.
    """

    told: Callable[[list[Barred]], None]
    via: str
    clock: Callable[[], float] = time.monotonic
    _found: dict[tuple[str, str, str], Barred] = field(default_factory=dict)  # by kind, host, login
    _last: float = float("-inf")
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, kind: str, host: str, login: str) -> None:
        """One more was refused: "websocket", "stream" (a call that does not end), "raw" (neither HTTP nor TLS),
        "tls" (a client that did not take our certificate: it pins its server's, or ours is not installed there).
        """
        now = datetime.now(UTC)
        with self._lock:
            key = (kind, _written(host.lower()), _written(login))
            if key not in self._found and len(self._found) >= _MOST:
                key = (kind, "…", "")
            seen = self._found.get(key) or Barred(
                kind=key[0], host=key[1], person=key[2], via=self.via, first=now, last=now, count=0
            )
            self._found[key] = replace(seen, last=now, count=seen.count + 1)
            if self.clock() - self._last < _PAUSE:
                return
            self._last, found = self.clock(), self._taken()
        threading.Thread(target=self.told, args=(found,), name="barred").start()  # the proxy waits for no disk

    def tell(self) -> None:
        """Tell what is not told yet: at the end."""
        with self._lock:
            found = self._taken()
        if found:
            self.told(found)

    def _taken(self) -> list[Barred]:
        found = list(self._found.values())
        self._found.clear()
        return found


def _written(said: str) -> str:
    """What a client said, short enough to be kept and such as any store takes: one line must not cost all others."""
    return said[:255].encode("utf-8", "replace").decode()
