"""The trace index in SQLite: pieces become sorted runs, runs become longer ones, in transactions of bounded size.

A run is built out of sight (`live` 0) and put in the place of what it was made of in one transaction: whoever is
killed in between leaves the old entries where they were, and a run nobody sees, which the next `tidy` removes.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from itertools import islice

import numpy as np

from quarantine import postings
from quarantine.postings import Run

type Transaction = Callable[[], AbstractContextManager[sqlite3.Connection]]
#: ledger row -> token -> parts
type Found = dict[int, dict[int, set[int]]]

#: From so many pieces or entries on, pieces are made a run: a search looks at each piece by itself.
PIECES, ENTRIES = 2_000, 400_000
_BEHIND = 20  # times as many are searched in a quarter of a second; beyond, whoever asks folds them first
_FOLD = 2_000_000  # entries folded at a time: some 100 MB while they are sorted
_MERGE = 8  # runs of a level that become one of the next
_STEP = 500  # blocks written or removed in one transaction: 2 MB


class Tracing:
    """The index of one store; `tidy` is called by one process at a time."""

    def __init__(self, sql: Mapping[str, str], write: Transaction, read: Transaction) -> None:
        self._sql, self._write, self._read = sql, write, read

    def add(self, tx: sqlite3.Connection, ledger: int, tokens: bytes, parts: bytes) -> None:
        """Keep one transfer's entries, within its own transaction."""
        if tokens:
            values = {"ledger": ledger, "size": len(tokens) // 8, "tokens": tokens, "parts": parts}
            tx.execute(self._sql["add_piece"], values)

    def find(self, tokens: Collection[int]) -> Found:
        """Where these tokens are."""
        found: Found = {}
        with self._read() as tx:
            pieces = tx.execute(self._sql["list_pieces"], {"limit": -1}).fetchall()
            for token, ledger, part in _scanned(pieces, tokens):
                _note(found, ledger, token, part)
            for run in tx.execute(self._sql["list_runs"]).fetchall():
                for token in tokens:
                    for body in self._bodies(tx, run["id"], token):
                        for ledger, part in postings.find(postings.read(body), token):
                            _note(found, ledger, token, part)
        return found

    def _bodies(self, tx: sqlite3.Connection, run: int, token: int) -> Iterator[bytes]:
        """The blocks of a run that may hold a token: the last one that begins at or before it, and those before it
        as long as they begin with it."""
        for row in tx.execute(self._sql["blocks_down_from"], {"run": run, "token": token}):
            yield row["body"]
            if row["first"] < token:
                return

    def waiting(self) -> tuple[int, int]:
        """(pieces, entries) that are in no run yet."""
        with self._read() as tx:
            row = tx.execute(self._sql["count_pieces"]).fetchone()
        return int(row["pieces"]), int(row["entries"])

    def behind(self) -> bool:
        """Whether what is in no run would make a search slow."""
        pieces, entries = self.waiting()
        return pieces >= _BEHIND * PIECES or entries >= _BEHIND * ENTRIES

    def tidy(self, *, everything: bool = False) -> bool:
        """Fold pieces and merge runs where there are enough (or all pieces); whether anything was done."""
        self._sweep()
        done = False
        while self._due(everything=everything):
            self._fold()
            done = True
        while runs := self._crowded():
            level, ids = runs
            self._become(level + 1, postings.merge_streams([self._stream(run) for run in ids]), runs=ids)
            done = True
        return done

    def _due(self, *, everything: bool) -> bool:
        pieces, entries = self.waiting()
        return pieces > 0 if everything else pieces >= PIECES or entries >= ENTRIES

    def _fold(self) -> None:
        taken, runs, size = [], [], 0
        with self._read() as tx:
            for row in tx.execute(self._sql["list_pieces"], {"limit": 50_000}):
                taken.append(row["id"])
                runs.append(postings.piece(row["ledger"], row["tokens"], row["parts"]))
                size += row["size"]
                if size >= _FOLD:
                    break
        self._become(0, iter([postings.merged(runs)]), pieces=taken)

    def _crowded(self) -> tuple[int, list[int]] | None:
        """A level with enough runs to merge."""
        levels: dict[int, list[int]] = {}
        with self._read() as tx:
            for row in tx.execute(self._sql["list_runs"]):
                levels.setdefault(row["level"], []).append(row["id"])
        return next(((level, ids[:_MERGE]) for level, ids in sorted(levels.items()) if len(ids) >= _MERGE), None)

    def _stream(self, run: int) -> Iterator[Run]:
        """A run's entries, some blocks at a time, in their order."""
        after = 0
        while True:
            with self._read() as tx:
                found = tx.execute(self._sql["blocks_after"], {"run": run, "after": after, "limit": _STEP}).fetchall()
            if not found:
                return
            after = found[-1]["id"]
            read = [postings.read(row["body"]) for row in found]
            yield Run(*(np.concatenate([getattr(part, name) for part in read]) for name in ("tokens", "rows", "parts")))

    def _become(self, level: int, entries: Iterator[Run], *, pieces: list[int] = [], runs: list[int] = []) -> None:  # noqa: B006
        """Write a run out of sight, then put it in the place of its sources."""
        with self._write() as tx:
            made = int(tx.execute(self._sql["add_run"], {"level": level}).fetchone()["id"])
        size = 0

        def counted() -> Iterator[tuple[int, bytes]]:
            nonlocal size
            for run in entries:
                size += len(run)
                yield from postings.blocks(run)

        self._write_blocks(made, counted())
        with self._write() as tx:
            tx.execute(self._sql["show_run"], {"id": made, "entries": size})
            tx.executemany(self._sql["drop_piece"], [{"id": number} for number in pieces])
            tx.executemany(self._sql["hide_run"], [{"id": number} for number in runs])
        self._sweep()

    def _write_blocks(self, run: int, made: Iterable[tuple[int, bytes]]) -> None:
        source = iter(made)
        while some := list(islice(source, _STEP)):
            with self._write() as tx:
                tx.executemany(
                    self._sql["add_block"], [{"run": run, "first": first, "body": body} for first, body in some]
                )

    def _sweep(self) -> None:
        """Remove runs that are not seen: half-made ones of a crash, and those that were merged."""
        with self._read() as tx:
            gone = [row["id"] for row in tx.execute(self._sql["list_hidden_runs"])]
        for run in gone:
            removed = _STEP
            while removed == _STEP:
                with self._write() as tx:
                    removed = tx.execute(self._sql["drop_blocks"], {"run": run, "limit": _STEP}).rowcount
            with self._write() as tx:
                tx.execute(self._sql["drop_run"], {"id": run})


def _scanned(pieces: Sequence[sqlite3.Row], tokens: Collection[int]) -> Iterator[tuple[int, int, int]]:
    """(token, ledger row, part) in pieces, which lie in no order: all of them at once, for most are small."""
    ends = np.cumsum([row["size"] for row in pieces], dtype=np.int64)
    for token, at in postings.scan(b"".join(row["tokens"] for row in pieces), tokens):
        number = int(np.searchsorted(ends, at, "right"))
        row = pieces[number]
        yield token, row["ledger"], postings.part_of(row["parts"], at - int(ends[number]) + row["size"])


def _note(found: Found, ledger: int, token: int, part: int) -> None:
    found.setdefault(ledger, {}).setdefault(token, set()).add(part)
