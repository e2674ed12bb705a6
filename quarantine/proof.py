"""Holds everything the room keeps against its chain and the signed checkpoints. Reads once, in bounded memory.

The verdict entries and the ledger's rows were written side by side, so both are read in their order; where they do
not match, rows are looked up by their transfer. What is found is told by numbers and ids only.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol

import orjson

from quarantine import bonds
from quarantine.audit import Link, Mark, Walk
from quarantine.checkpoint import Checkpoint

_VERDICTS = frozenset({"admit", "record"})
_MOVES = frozenset({"admit", "decide", "settle", "expire"})
_TOLD = _VERDICTS | _MOVES | {"outcome", "head_broken", "head_behind", "checkpoint"}
_PASSES = frozenset({"allow", "monitor"})
_SAID = ("verdict", "channel", "person", "digest", "size", "subjects", "ruleset")  # by entries older than "row"
_WIDTH = len(bonds.COLUMNS)
_PLACE = {name: place for place, name in enumerate(bonds.COLUMNS, 1)}

#: A ledger row as `proof_rows` gives it: id, the bound columns, left_at, outcome, detail, tokens, places.
type Row = tuple[Any, ...]


class Evidence(Protocol):
    """Everything as it stood at one moment."""

    def links(self) -> Iterator[Link]:
        """The chain, by number."""
        ...

    def rows(self) -> Iterator[Row]:
        """The ledger, by id."""
        ...

    def row(self, transfer: str) -> Row | None:
        """One row of the ledger."""
        ...

    def statuses(self) -> Mapping[str, str]:
        """How each case stands."""
        ...


class Proof:
    """One verification."""

    def __init__(self, evidence: Evidence, mark: Mark | None, checkpoints: Sequence[Checkpoint] = ()) -> None:
        self._evidence = evidence
        self._walk = Walk([] if mark is None else [mark])
        self._signed = {one.seq: one for one in checkpoints}
        self._announced = {one.seq: one.number for one in checkpoints}
        self._ledger = _Ledger(evidence, checkpoints)
        self._cases: dict[str, Any] = {}
        self._faults: list[str] = []
        self.entries = 0

    def faults(self) -> list[str]:
        """What is wrong, in words with numbers and ids only; [] when everything agrees."""
        step, signed, signed_before = self._walk.step, self._signed, 0
        for link in self._evidence.links():
            self.entries += 1
            step(link)
            if link[0] in signed:
                self._check(signed.pop(link[0]), link, signed_before + 1)
                signed_before = link[0]
            if link[3] in _TOLD:
                self._take(link)
        faults = self._walk.end()
        unmet = [one for one in signed.values() if one.seq > self._walk.seq]
        if unmet:
            last = max(one.seq for one in unmet)
            faults.append(f"entries {self._walk.seq + 1} to {last} are missing from the end, though signed")
            first = min(unmet, key=lambda one: one.seq)  # the end was cut off, or what is before it written anew
            faults.append(_unlike(first, signed_before + 1))
        return [*faults, *self._ledger.end(), *self._faults, *self._changed_cases()]

    def _check(self, checkpoint: Checkpoint, link: Link, since: int) -> None:
        if checkpoint.hash != link[7]:
            self._walk.faults.append(_unlike(checkpoint, since))

    def _take(self, link: Link) -> None:
        seq, event, subject = link[0], link[3], link[4]
        try:
            detail = orjson.loads(link[5])
        except orjson.JSONDecodeError:
            return  # told as edited
        if not isinstance(detail, dict):
            return  # likewise
        if event in _VERDICTS:
            self._ledger.verdict(link, detail)
        elif event == "outcome":
            self._ledger.outcome(seq, subject, detail)
        elif event == "checkpoint":
            if self._announced.get(seq) != detail.get("number"):
                self._faults.append(f"entry {seq}: checkpoint {detail.get('number')}, which it announces, is missing")
        elif event == "head_broken":
            self._faults.append(f"entry {seq}: the attested head was missing or did not fit when the room was opened")
        elif event == "head_behind" and detail.get("closed"):
            first, last = _after(detail.get("attested")), detail.get("found")
            self._faults.append(f"entries {first} to {last} were added after the room had been closed")
        if event in _MOVES:
            self._cases[subject] = detail.get("status", "")
            if "left" in detail:
                self._ledger.left(seq, subject, detail["left"])

    def _changed_cases(self) -> Iterator[str]:
        standing = self._evidence.statuses()
        recorded = {case for case, status in self._cases.items() if status}
        for case_id in sorted(standing.keys() | recorded):
            now, then = standing.get(case_id), self._cases.get(case_id)
            if now is None:
                yield f"case {case_id} is missing; the chain says {then}"
            elif now != then:
                yield f"case {case_id} stands as {now}; the chain says {then or 'nothing of it'}"


def _after(number: object) -> object:
    return number + 1 if isinstance(number, int) else number  # an edited entry may say anything


def _unlike(one: Checkpoint, since: int) -> str:
    return f"checkpoint {one.number}: entries {since} to {one.seq} are not those that were signed"


class _Ledger:
    """The ledger's side of a proof."""

    def __init__(self, evidence: Evidence, checkpoints: Sequence[Checkpoint]) -> None:
        self._evidence = evidence
        self._rows = evidence.rows()
        self._segments = _Segments(checkpoints)
        self._next: Row | None = None
        self._unclaimed: dict[str, Row] = {}  # rows passed over, by transfer
        self._becoming: dict[str, tuple[int, str, str]] = {}  # what a row says became of it, until an entry says so
        self._leaving: dict[str, tuple[int, Any]] = {}  # by transfer: when a held one left
        self._faults: list[str] = []
        self._held: dict[str, str] = {}  # case -> transfer
        self._advance()

    def _advance(self) -> None:
        self._next = next(self._rows, None)
        if self._next is not None:
            self._segments.add(self._next)

    def _claim(self, transfer: str) -> Row | None:
        """The row of a transfer: nearly always the next one."""
        row = self._next
        if row is not None and row[1] == transfer:
            self._advance()
            return row
        if transfer in self._unclaimed:
            return self._unclaimed.pop(transfer)
        found = self._evidence.row(transfer)
        while found is not None and self._next is not None and self._next[0] <= found[0]:
            if self._next[0] != found[0]:
                self._unclaimed[self._next[1]] = self._next
            self._advance()
        return found

    def verdict(self, link: Link, detail: Mapping[str, Any]) -> None:
        """An entry tells of a transfer."""
        seq, transfer = link[0], str(detail.get("transfer", ""))
        if link[3] == "admit":
            self._held[link[4]] = transfer
        row = self._claim(transfer)
        if row is None:
            self._faults.append(f"entry {seq}: its transfer is missing from the ledger")
            return
        if _differs(row, detail):
            self._faults.append(f"entry {seq}: its transfer was changed in the ledger")
        elif "row" in detail and detail.get("people") != bonds.people_digest(*row[_WIDTH + 4 :]):
            self._faults.append(f"entry {seq}: the tokens or places of its transfer's people were changed")
        else:
            self._await(seq, transfer, row)

    def _await(self, seq: int, transfer: str, row: Row) -> None:
        """What a row says of later times, to be told by later entries."""
        left, outcome, sealed = row[_WIDTH + 1 : _WIDTH + 4]
        if outcome or sealed:
            self._becoming[transfer] = (seq, outcome, bonds.blob_digest(sealed))
        if left is not None and (row[_PLACE["verdict"]] not in _PASSES or left != row[_PLACE["at"]]):
            self._leaving[transfer] = (seq, left)
        elif left is None and row[_PLACE["verdict"]] in _PASSES:
            self._faults.append(f"entry {seq}: when its transfer left was changed in the ledger")

    def outcome(self, seq: int, transfer: str, detail: Mapping[str, Any]) -> None:
        """An entry tells what became of a transfer."""
        said = self._becoming.pop(transfer, None)
        if said is None:
            row = self._evidence.row(transfer)
            if row is None:
                return  # its verdict's entry told of it
            said = (seq, row[_WIDTH + 2], bonds.blob_digest(row[_WIDTH + 3]))
        if said[1] != detail.get("outcome") or said[2] != detail.get("sealed", said[2]):
            self._becoming[transfer] = (seq, *said[1:])  # a later entry may say so

    def left(self, seq: int, case: str, left: Any) -> None:
        """An entry tells when a held transfer left."""
        transfer = self._held.get(case, "")
        found = self._leaving.pop(transfer, None)
        if found is None or found[1] != left:
            self._faults.append(f"entry {seq}: when its transfer left was changed in the ledger")

    def end(self) -> list[str]:
        """What was found, and rows of which no entry tells."""
        while self._next is not None:
            self._unclaimed[self._next[1]] = self._next
            self._advance()
        became = [f"entry {seq}: what became of its transfer was changed in the ledger"
                  for seq, *_ in self._becoming.values()]  # fmt: skip
        left = [f"entry {seq}: when its transfer left was changed in the ledger" for seq, _ in self._leaving.values()]
        extra = [f"transfer {transfer} in the ledger has no entry" for transfer in self._unclaimed]
        return [*self._faults, *became, *left, *extra, *self._segments.end()]


class _Segments:
    """The rows between two checkpoints, held against the later one."""

    def __init__(self, checkpoints: Sequence[Checkpoint]) -> None:
        self._due = list(reversed(checkpoints))
        self._fold = bonds.Fold()
        self._since = 0
        self._faults: list[str] = []

    def add(self, row: Row) -> None:
        while self._due and row[0] > self._due[-1].row:
            self._close()
        if self._due:
            self._fold.add(bonds.row_digest(row[1 : _WIDTH + 1]))

    def _close(self) -> None:
        one = self._due.pop()
        if self._fold.take() != (one.rows, one.ledger):
            text = f"checkpoint {one.number}: rows {self._since + 1} to {one.row} of the ledger are not those signed"
            self._faults.append(text)
        self._since = one.row

    def end(self) -> list[str]:
        while self._due:
            self._close()
        return self._faults


def _differs(row: Row, detail: Mapping[str, Any]) -> bool:
    if "row" in detail:
        return bool(detail["row"] != bonds.row_digest(row[1 : _WIDTH + 1]))
    return any(detail.get(name) != row[_PLACE[name]] for name in _SAID)
