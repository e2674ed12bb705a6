"""The verdict on what was written to a mount: asked for at flush and fsync, where an error still reaches the writer."""

from __future__ import annotations

import errno
import os
from contextlib import suppress

from dlp.channels.mount_open import READ, Buffered, fail
from dlp.channels.mount_tree import Tree

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
            if handle.file.fault and handle.writes:
                raise fail(handle.file.fault)
            if handle.file.dirty and (sync or os.fstat(handle.file.buffer).st_size):
                self._settle(handle.file)

    def _settle(self, file: Buffered) -> None:
        """Have the content judged and delivered; the caller holds the file's lock."""
        if file.gone or file.fault:
            return
        try:
            fault = self._judge(file.spool, file.path, file.uid)
        except OSError as error:
            fault = error.errno or errno.EIO
        file.dirty = False
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

    def _void(self, file: Buffered, fault: int, *, empty: bool = True) -> None:
        """Drop a content that will not be delivered. Its handles get `fault`; the path shows the device again."""
        file.fault, file.dirty = fault, False
        with self._lock:
            if self._files.get(file.path) is file:
                del self._files[file.path]
            self._refused[file.path] = fault
            if len(self._refused) > _REFUSALS:
                del self._refused[next(iter(self._refused))]
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
