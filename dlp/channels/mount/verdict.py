"""The verdict on what was written to a mount: asked for at flush and fsync, where an error still reaches the writer.

After a flush an allowed small content may still be on its way to the device ("landing"): its path shows it, who syncs
or changes anything about the path waits for its end.
"""

from __future__ import annotations

import errno
import os
from contextlib import suppress
from functools import partial

from dlp.channels.mount.open import LANDING, READ, Buffered, Landing, Question, fail
from dlp.channels.mount.tree import Tree

_REFUSALS = 10_000  # paths of which a refusal is remembered


class Verdicts(Tree):
    """From a buffer to a file on the device, or to a refusal."""

    def flush(self, number: int, *, sync: bool = False) -> None:
        """close(2) of a writer, or fsync(2) (`sync`): judged when there is something new. Raises EACCES when refused.

        A shell closes a duplicate of its redirection before anything is written. If that emptiness were
        judged and delivered, a refused content would have cost the old version, or left a name. So an empty
        file waits for its release or for `sync`: that confirms what is on the device, whoever asks for it.
        """
        handle = self._handles[number]
        if not handle.writes and not sync:
            return
        with handle.file.lock:
            file = handle.file
            if file.fault and handle.writes:
                raise fail(file.fault)
            if file.dirty and (sync or os.fstat(file.buffer).st_size):
                self._settle(file, sync=sync)
            elif sync:
                self._arrived(file.landing or self._landings.get(file.path))
            elif file.landing is not None and file.landing.code and handle.writes:
                raise fail(file.landing.code)

    def _settle(self, file: Buffered, *, sync: bool) -> None:
        """Have the content judged and delivered, or on its way; the caller holds the file's lock."""
        if file.gone or file.fault:
            return
        now = os.fstat(file.buffer)
        times = file.times or (now.st_atime_ns, now.st_mtime_ns)
        landing = Landing(file.path, file.spool, os.dup(file.buffer), times)
        landed = partial(self._landed, landing, times)
        certain = not file.written.changed
        file.written.changed = True  # what comes now is judged of its own
        question = Question(file.spool, file.path, file.uid, sync or self._sync, times, certain, landed)
        try:
            self._settle_names(file.path)  # of an earlier writer: it must not come after this one
            fault = self._judge(question)
        except OSError as error:
            fault = error.errno or errno.EIO
        file.dirty = False
        if fault == LANDING:
            self._lands(file, landing)
            return
        os.close(landing.source)
        if not fault:
            with self._lock:
                self._refused.pop(file.path, None)
                self._now_real(file.path.rpartition("/")[0])
            if file.times:
                self._set_times(file.path, file.times)
            return
        late = fault == errno.ETIMEDOUT
        fault = errno.EIO if late else fault
        self._void(file, fault, empty=not late)  # a late reader must not judge or hold an emptied content
        raise fail(fault)

    def sync_folder(self, folder: str) -> None:
        """fsync(2) of a folder: what was closed in it is on the device. Raises the end of what never will be."""
        inside = f"{folder}/" if folder else ""
        with self._lock:
            below = [landing for path, landing in self._landings.items() if path.startswith(inside)]
        for landing in below:
            self._arrived(landing)

    def _lands(self, file: Buffered, landing: Landing) -> None:
        with self._lock:
            if not landing.over.is_set():
                self._landings[landing.path], file.landing = landing, landing
                return
        if landing.code:
            raise fail(landing.code)

    def _landed(self, landing: Landing, times: tuple[int, int], code: int) -> None:
        """What was landing is on the device with these times, or will never be. Times that its path was given since
        go there before it is what its path shows, however late they came."""
        while not self._ends(landing, times, code):
            times = landing.times
            self._set_times(landing.path, times)

    def _ends(self, landing: Landing, times: tuple[int, int], code: int) -> bool:
        """Its end, unless its path was given other times."""
        with self._lock:
            if landing.times != times and not code:
                return False
            landing.code = code
            if self._landings.get(landing.path) is landing:
                del self._landings[landing.path]
            if code:
                self._refuse(landing.path, code)
            else:
                self._refused.pop(landing.path, None)
                self._now_real(landing.path.rpartition("/")[0])
            landing.over.set()
            os.close(landing.source)
            landing.source = -1
            if landing.closed:
                landing.spool.unlink(missing_ok=True)
            return True

    def _refuse(self, path: str, fault: int) -> None:
        self._refused[path] = fault
        if len(self._refused) > _REFUSALS:
            del self._refused[next(iter(self._refused))]

    def _void(self, file: Buffered, fault: int, *, empty: bool = True) -> None:
        """Drop a content that will not be delivered. Its handles get `fault`; the path shows the device again."""
        file.fault, file.dirty = fault, False
        with self._lock:
            if self._files.get(file.path) is file:
                del self._files[file.path]
            self._refuse(file.path, fault)
        if empty:
            os.ftruncate(file.buffer, 0)
        self._reopen(file)

    def _reopen(self, file: Buffered) -> None:
        """What was last allowed, perhaps since this file was opened, for those who only read."""
        with suppress(OSError), self._at(file.path) as (at, name):
            fresh = os.open(name, READ, dir_fd=at)
            if file.base < 0:
                file.base = fresh
                return
            os.dup2(fresh, file.base, inheritable=False)
            os.close(fresh)
