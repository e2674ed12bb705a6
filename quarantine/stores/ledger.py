"""What left and what was asked of it: the rows of the ledger, their people, the trace index and its searches."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from quarantine import audit, exposure
from quarantine.audit import Event
from quarantine.case import LedgerEntry, RoomError, RoomUnavailable
from quarantine.exposure import Sample
from quarantine.stores import rows
from quarantine.stores.base import Concluded, Earlier, Recorded, StoredRow, StoredSearch
from quarantine.stores.database import Database, Witness
from quarantine.stores.group import Work
from quarantine.stores.tracing import Tracing

_STROKE = 32  # writes in one statement; each number of them is a statement that SQLite has compiled and keeps
_NOTHING = (None,) * 15  # of a ledger's row but its transfer


class _Uneven(RoomError):
    """One of several writes would have changed nothing: each is to be done by itself, to tell which."""


def _is_plain(one: Recorded | Concluded) -> bool:
    """Whether it is one row and its audit entry, and nothing else."""
    if isinstance(one, Concluded):
        return True
    return bool(one.row) and not (one.notices or one.places or one.entry.tokens or one.entry.traces)


def _stroke_of(one: Recorded | Concluded) -> tuple[Any, ...]:
    """Its row of `stroke`, from `transfer` on."""
    if isinstance(one, Recorded):
        return *one.row.values(), None, None
    return one.transfer, *_NOTHING, one.word, one.detail


class LedgerRows(Database):
    """See :class:`quarantine.stores.base.Store`."""

    def __init__(self, path: Path, witness: Witness) -> None:
        super().__init__(path, witness)
        self._tracing = Tracing(self._sql, self._transaction, self._snapshot)

    def _add_ledger(
        self, tx: sqlite3.Connection, entry: LedgerEntry, places: bytes, row: Mapping[str, Any] | None = None
    ) -> int | None:
        made = self._one(tx, "add_ledger", **(row or rows.entry_values(entry)))
        if made is None:
            return None
        ledger = int(made["id"])
        if entry.tokens:
            tx.execute(self._sql["add_people"], {"ledger": ledger, "tokens": exposure.pack(entry.tokens)})
        if entry.traces is not None:
            self._tracing.add(tx, ledger, entry.traces.tokens, entry.traces.parts)
        if places:
            tx.execute(self._sql["add_place"], {"ledger": ledger, "sealed": places})
        return ledger

    def record(self, entry: LedgerEntry, notices: Sequence[bytes], event: Event, places: bytes = b"") -> bool:
        """See :class:`quarantine.stores.base.Store`."""
        return self._together(self._writing_of(Recorded(entry, notices, event, places)))

    def outcome(self, transfer: str, word: str, detail: bytes, event: Event) -> bool:
        """See :class:`quarantine.stores.base.Store`."""
        return self._together(self._writing_of(Concluded(transfer, word, detail, event)))

    def write(self, writes: Sequence[Recorded | Concluded]) -> list[bool | BaseException]:
        """See :class:`quarantine.stores.base.Store`."""
        plain = all(map(_is_plain, writes))
        if plain and 0 < len(writes) <= _STROKE:
            try:
                if self._at_a_stroke([one.event for one in writes], [*map(_stroke_of, writes)]):
                    return [True] * len(writes)
            except RoomUnavailable as error:
                return [error] * len(writes)
        if plain and len(writes) > 1:
            (done,) = self._all_together([partial(self._write_plainly, writes)])
            if not isinstance(done, _Uneven):
                return [done if isinstance(done, BaseException) else True] * len(writes)
        return self._all_together([self._writing_of(one) for one in writes])

    def _write_plainly(self, writes: Sequence[Recorded | Concluded], tx: sqlite3.Connection) -> bool:
        """All of them, by one statement for each table. Raises _Uneven where one of them changes nothing."""
        new = [tuple(one.row.values()) for one in writes if isinstance(one, Recorded)]
        ended = [(one.transfer, one.word, one.detail) for one in writes if isinstance(one, Concluded)]
        if self._insert("add_ledgers", new) + self._insert("set_outcomes", ended) != len(writes):
            raise _Uneven
        for one in writes:
            self._link(tx, one.event)
        return True

    def _writing_of(self, one: Recorded | Concluded) -> Work[bool]:
        return partial(self._record, one) if isinstance(one, Recorded) else partial(self._conclude, one)

    def _record(self, one: Recorded, tx: sqlite3.Connection) -> bool:
        if self._add_ledger(tx, one.entry, one.places, one.row) is None:
            return False
        self._add_notices(tx, one.notices)
        self._link(tx, one.event)
        return True

    def _conclude(self, one: Concluded, tx: sqlite3.Connection) -> bool:
        values = {"transfer": one.transfer, "outcome": one.word, "detail": one.detail}
        known = tx.execute(self._sql["set_outcome"], values).rowcount == 1
        if known:
            self._link(tx, one.event)
        return known

    def record_all(self, kept: Sequence[tuple[LedgerEntry, Event, bytes]]) -> int:
        """See :class:`quarantine.stores.base.Store`."""
        new = 0
        with self._transaction() as tx:
            for entry, event, places in kept:
                if self._add_ledger(tx, entry, places) is not None:
                    self._link(tx, event)
                    new += 1
        return new

    def exposed(self, person: str, since: datetime) -> list[tuple[datetime, Sample]]:
        """See :class:`quarantine.stores.base.Store`."""
        with self._snapshot() as tx:
            found = self._all(tx, "exposed", person=person, since=rows.to_number(since))
            total = sum(row["size"] for row in found)
            return [(rows.to_time(row["left_at"]), self._sample(tx, row["id"], row["size"], total)) for row in found]

    def _sample(self, tx: sqlite3.Connection, ledger: int, size: int, total: int) -> Sample:
        wanted = exposure.share(size, total)
        if wanted == size:
            row = self._one(tx, "get_people", ledger=ledger)
            return Sample(exposure.unpack(row["tokens"] if row else b""))
        with tx.blobopen("people", "tokens", ledger, readonly=True) as blob:  # only the pages of its beginning
            return Sample(exposure.unpack(blob.read(wanted * 8)), whole=False)

    def ledger(self, *, limit: int, person: str | None) -> list[StoredRow]:
        """See :class:`quarantine.stores.base.Store`."""
        with self._snapshot() as tx:
            return [rows.to_row(row) for row in self._all(tx, "list_ledger", person=person, limit=limit)]

    def earlier(self, channel: str, sender: str, digest: str, since: datetime) -> list[StoredRow]:
        """See :class:`quarantine.stores.base.Store`."""
        return self.earlier_all([Earlier(channel, sender, digest, since)])[0]

    def earlier_all(self, asked: Sequence[Earlier]) -> list[list[StoredRow]]:
        """See :class:`quarantine.stores.base.Store`."""
        with self._snapshot() as tx:
            return [self._earlier(tx, one) for one in asked]

    def _earlier(self, tx: sqlite3.Connection, one: Earlier) -> list[StoredRow]:
        asked = {"channel": one.channel, "sender": audit.clean(one.sender), "digest": one.digest}
        return [rows.to_row(row) for row in self._all(tx, "earlier", **asked, since=rows.to_number(one.since))]

    def rows(self, ids: Collection[int]) -> dict[int, StoredRow]:
        """See :class:`quarantine.stores.base.Store`."""
        with self._snapshot() as tx:
            return {
                row["id"]: rows.to_placed_row(row) for row in self._all(tx, "ledger_rows", ids=rows.to_json(list(ids)))
            }

    def between(self, since: datetime, until: datetime, person: str | None, limit: int) -> list[int]:
        """See :class:`quarantine.stores.base.Store`."""
        span = {"since": rows.to_number(since), "until": rows.to_number(until)}
        with self._snapshot() as tx:
            return [row["id"] for row in self._all(tx, "ledger_between", **span, person=person, limit=limit)]

    def find(self, tokens: Collection[int]) -> Mapping[int, Mapping[int, set[int]]]:
        """See :class:`quarantine.stores.base.Store`."""
        return self._tracing.find(tokens)

    def behind(self) -> bool:
        """See :class:`quarantine.stores.base.Store`."""
        return self._tracing.behind()

    def tidy(self, *, everything: bool = False) -> bool:
        """See :class:`quarantine.stores.base.Store`."""
        return self._tracing.tidy(everything=everything)

    def searched(self, search: StoredSearch, event: Event) -> None:
        """See :class:`quarantine.stores.base.Store`."""
        with self._transaction() as tx:
            tx.execute(self._sql["add_search"], rows.search_values(search))
            self._link(tx, event)

    def searches(self, limit: int) -> list[StoredSearch]:
        """See :class:`quarantine.stores.base.Store`."""
        with self._snapshot() as tx:
            return [rows.to_search(row) for row in self._all(tx, "list_searches", limit=limit)]
