"""Writes of several threads in one transaction: while one waits for the disk, the next ones gather.

A synced commit costs the same for one write as for twenty, so whoever gets the writer takes along all that wait for it.
"""

from __future__ import annotations

import sqlite3
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Any

type Work[T] = Callable[[sqlite3.Connection], T]
_MOST = 64  # writes in one transaction


class _Write:
    """One thread's write: what it is to do, and how it ended."""

    __slots__ = ("done", "error", "result", "work")

    def __init__(self, work: Work[Any]) -> None:
        self.work = work
        self.done = False
        self.result: Any = None
        self.error: BaseException | None = None


class _OneFailed(Exception):
    """One write of several; the others' go with it."""


class Group:
    """Gathers writes. `transaction` opens one, `linked` are the audit entries it has made so far.

    A write may be done twice, the first time undone: it changes nothing but the store.
    """

    def __init__(
        self,
        writing: AbstractContextManager[Any],
        transaction: Callable[[], AbstractContextManager[sqlite3.Connection]],
        linked: list[Any],
    ) -> None:
        self._writing = writing
        self._transaction = transaction
        self._linked = linked
        self._waiting: deque[_Write] = deque()

    def run[T](self, work: Work[T]) -> T:
        """Do `work`; on return it is on disk. Raises what it raises, or why the whole could not be written."""
        (mine,) = self._done([work])
        if mine.error is not None:
            raise mine.error
        result: T = mine.result
        return result

    def run_all[T](self, works: Sequence[Work[T]]) -> list[T | BaseException]:
        """`run` for each: its result, or the exception."""
        return [one.result if one.error is None else one.error for one in self._done(works)]

    def _done(self, works: Sequence[Work[Any]]) -> list[_Write]:
        mine = [_Write(work) for work in works]
        self._waiting.extend(mine)
        with self._writing:  # held while the one before us waits for the disk
            while not all(one.done for one in mine):  # more than once where more than _MOST were waiting
                self._write([self._waiting.popleft() for _ in range(min(_MOST, len(self._waiting)))])
        return mine

    def _write(self, batch: list[_Write]) -> None:
        try:
            if not self._all_at_once(batch):
                with self._transaction() as tx:
                    for one in batch:
                        self._one(tx, one)
        except BaseException as error:
            for one in batch:
                one.error = one.error or error
            if not isinstance(error, Exception):
                raise
        finally:
            for one in batch:
                one.done = True

    def _all_at_once(self, batch: list[_Write]) -> bool:
        """Whether all were written; nothing was where one of several failed: then each needs a savepoint of its own.

        That is rare, and each statement costs a turn at the interpreter's lock.
        """
        try:
            with self._transaction() as tx:
                for one in batch:
                    self._at_once(tx, one, alone=len(batch) == 1)
        except _OneFailed:
            return False
        return True

    def _at_once(self, tx: sqlite3.Connection, one: _Write, *, alone: bool) -> None:
        try:
            one.result = one.work(tx)
        except Exception as error:
            if alone:
                raise
            raise _OneFailed from error

    def _one(self, tx: sqlite3.Connection, one: _Write) -> None:
        """Do one write; its own failure is its own, a lost transaction everybody's."""
        entries = len(self._linked)
        tx.execute("SAVEPOINT one")
        try:
            one.result = one.work(tx)
        except Exception as error:
            if not tx.in_transaction:  # SQLite has undone all: full disk, I/O error
                raise
            tx.execute("ROLLBACK TO one")
            del self._linked[entries:]
            one.error = error
        tx.execute("RELEASE one")
