"""The trace index on disk: sorted runs of (token, ledger row, part), cut into blocks. Pure.

A token is a 63-bit keyed digest. With 63 bits and a hundred million entries, a search for twenty tokens meets a
foreign one by chance once in five thousand million searches. An entry takes 14 bytes; 256 of them fill a page.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

import numpy as np

type Tokens = np.ndarray[tuple[int], np.dtype[np.uint64]]
type Rows = np.ndarray[tuple[int], np.dtype[np.uint32]]
type Parts = np.ndarray[tuple[int], np.dtype[np.uint16]]

#: Entries of a block.
BLOCK = 256
#: A part that is not known, or one of too many.
NO_PART = 0xFFFF
_TOKEN, _ROW, _PART = np.dtype("<u8"), np.dtype("<u4"), np.dtype("<u2")
_ENTRY = _TOKEN.itemsize + _ROW.itemsize + _PART.itemsize


@dataclass(frozen=True, slots=True)
class Run:
    """Entries, in order of their tokens but in a `piece`."""

    tokens: Tokens
    rows: Rows
    parts: Parts

    def __len__(self) -> int:
        return int(self.tokens.size)

    def cut(self, start: int, stop: int) -> Run:
        """Some of it."""
        return Run(self.tokens[start:stop], self.rows[start:stop], self.parts[start:stop])


def piece(row: int, tokens: bytes, parts: bytes) -> Run:
    """One transfer's entries as they were recorded, in no order; no parts where all are of the first."""
    found = np.frombuffer(tokens, dtype=_TOKEN)
    where = np.frombuffer(parts, dtype=_PART) if parts else np.zeros(found.size, dtype=_PART)
    if where.size != found.size:
        raise ValueError("a piece of the trace index is damaged")
    return Run(found, np.full(found.size, row, dtype=_ROW), where)


def merged(runs: Iterable[Run]) -> Run:
    """Several runs as one."""
    together = list(runs)
    tokens = np.concatenate([run.tokens for run in together])
    order = np.argsort(tokens, kind="stable")
    rows, parts = (np.concatenate([getattr(run, name) for run in together]) for name in ("rows", "parts"))
    return Run(tokens[order], rows[order], parts[order])


def blocks(run: Run) -> Iterator[tuple[int, bytes]]:
    """(first token, body) of each block."""
    for start in range(0, len(run), BLOCK):
        some = run.cut(start, start + BLOCK)
        body = some.tokens.astype(_TOKEN).tobytes() + some.rows.astype(_ROW).tobytes()
        yield int(some.tokens[0]), body + some.parts.astype(_PART).tobytes()


def read(body: bytes) -> Run:
    """A block again."""
    count, odd = divmod(len(body), _ENTRY)
    if odd:
        raise ValueError("a block of the trace index is damaged")
    tokens = np.frombuffer(body, dtype=_TOKEN, count=count)
    rows = np.frombuffer(body, dtype=_ROW, count=count, offset=8 * count)
    return Run(tokens, rows, np.frombuffer(body, dtype=_PART, count=count, offset=12 * count))


def find(run: Run, token: int) -> Iterator[tuple[int, int]]:
    """(ledger row, part) of each entry with this token."""
    wanted = np.uint64(token)
    start, stop = (int(np.searchsorted(run.tokens, wanted, side)) for side in ("left", "right"))
    yield from zip(run.rows[start:stop].tolist(), run.parts[start:stop].tolist(), strict=True)


def scan(tokens: bytes, wanted: Collection[int]) -> Iterator[tuple[int, int]]:
    """(token, place) of each of the wanted tokens among those of pieces, whatever their order."""
    run = np.frombuffer(tokens, dtype=_TOKEN)
    met = np.flatnonzero(np.isin(run, np.fromiter(wanted, dtype=np.uint64, count=len(wanted))))
    yield from zip(run[met].tolist(), met.tolist(), strict=True)


def part_of(parts: bytes, place: int) -> int:
    """The part of one entry of a piece."""
    return int.from_bytes(parts[2 * place : 2 * place + 2], "little") if parts else 0


def merge_streams(streams: Iterable[Iterator[Run]]) -> Iterator[Run]:
    """Long runs, given piece by piece, as one run, piece by piece, in bounded memory."""
    heads = [(stream, head) for stream in streams if (head := next(stream, None)) is not None]
    while heads:
        bound = min(head.tokens[-1] for _, head in heads)
        out, left = [], []
        for stream, head in heads:
            cut = int(np.searchsorted(head.tokens, bound, "right"))
            out.append(head.cut(0, cut))
            rest = head.cut(cut, len(head)) if cut < len(head) else next(stream, None)
            if rest is not None:
                left.append((stream, rest))
        yield merged(out)
        heads = left
