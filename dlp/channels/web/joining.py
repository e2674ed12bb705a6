"""Pieces of uploads joined per person, host and upload id, so that each is judged with what went before it.

A piece is kept once it was let through; what the server got twice must be the same bytes both times, or nobody knows
which of them it kept. The request that completes an upload is judged by all of it. Before that each piece is judged
with those before it, too (of a large upload, with what lies at its seams), but for hosts that keep nothing of what is
not completed: there one approval, of the whole, is enough.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from pathlib import Path
from weakref import WeakValueDictionary

from dlp.channels.web.judging import Answer, Ask, Piece
from dlp.channels.web.naming import Sent
from dlp.channels.web.piece_store import Kept, PieceStore, contradicts, joined, laid, reach
from dlp.channels.web.pieces import DoesNotFit, Mark, is_taken_as_piece, listed_parts, owner_of
from dlp.errors import Incomplete
from dlp.extract.records.webform import form_parts
from dlp.transfer import SoFar, Transfer

log = logging.getLogger(__name__)

_IN_MEMORY = 32 * 1024 * 1024  # bytes up to which an upload is read whole with each of its pieces
_SEAM = 4 * 1024 * 1024  # bytes on either side of a seam, read where it is larger
_MOST_PIECES = 10_000  # of one upload; S3's own limit
_LISTED = -1  # place of what is no piece, but names them
_ENDED = 1000  # uploads whose last piece is known when it comes again


@dataclass(frozen=True, kw_only=True, slots=True)
class _Ready:
    """A request that fits: its piece, and what it amounts to."""

    piece: Kept | None  # None: it carries none
    so_far: SoFar | None  # None: it is judged like any other request
    last: bool
    total: int | None


class Joining:
    """Judges pieces with what went before them."""

    def __init__(self, store: PieceStore, resumable_hosts: Sequence[str] = ()) -> None:
        self._store = store
        self._hosts = tuple(host.lower().strip(".") for host in resumable_hosts)
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._ended: dict[str, tuple[int, str]] = {}  # by upload: place and digest of what completed it

    async def judge(
        self, asked: Piece, transfer: Transfer, submit: Ask, *, large: AbstractAsyncContextManager[object]
    ) -> tuple[Answer | None, Sent | None]:
        """The answer to a piece; None for a bare one that completes nothing, which passes. With what waits for the
        server's word where it passes.

        Raises DoesNotFit for what cannot be joined, OSError when the disk fails; then nothing may be sent.
        """
        mark = asked.mark
        person = transfer.sender or str(transfer.envelope.get("peer", ""))
        names = owner_of(mark, person, transfer.destination[0], _host(transfer))
        key = self._store.key(*names, mark.upload or f"begun {asked.begun}")
        turn = self._turns.setdefault(key, asyncio.Lock())
        async with turn:  # pieces of one upload one after the other: two halves cannot both pass
            ready = await asyncio.to_thread(self._ready, key, mark, transfer)
            answer = None
            try:
                if ready.so_far is not None or not asked.bare:
                    on_disk = [t for t in (transfer, ready.so_far and ready.so_far.joined) if t and t.spool]
                    async with large if on_disk else contextlib.nullcontext():
                        answer = await _ask(submit, transfer, ready.so_far)
            finally:
                await asyncio.to_thread(self._clear, ready)
            if answer is not None and not answer.passes:
                return answer, None
            await asyncio.to_thread(self._keep, key, ready)
            self._remember(key, mark, transfer, ready)
            over = ready.last and not (mark.open_ended and ready.total is None)
            return answer, Sent(key=key, names=names, begins=not mark.upload, over=over)

    def _ready(self, key: str, mark: Mark, transfer: Transfer) -> _Ready:
        if not self._store.has_room(key):
            raise OSError("too many open uploads")
        earlier = self._store.pieces(key)
        total = self._total(key, mark)
        if mark.listed:
            if not earlier and self._ended.get(key) == (_LISTED, transfer.digest):  # its answer was lost
                return _Ready(piece=None, so_far=None, last=False, total=None)
            chosen = _listed(transfer, earlier)
            whole = self._whole(transfer, chosen)
            return _Ready(piece=None, so_far=SoFar(joined=whole, last=True, trusted=False), last=True, total=None)
        piece = _piece(mark, transfer)
        if contradicts(piece, earlier):
            raise DoesNotFit("contradiction")
        chosen, trusted = [*earlier, piece], self._trusts(transfer, mark)
        self._bound(chosen, total)
        if trusted and mark.self_ending and piece.place > reach(earlier):
            if not earlier and self._ended.get(key) == (piece.place, transfer.digest):  # its answer was lost
                return _Ready(piece=None, so_far=SoFar(joined=None, last=False, trusted=True), last=False, total=None)
            raise DoesNotFit("order")  # what lies before it may have gone by under another name: then this completes it
        last = _is_last(mark, piece, chosen, total)
        if not earlier and (last or not piece.size):
            return _Ready(piece=piece, so_far=None, last=last, total=total)  # whole in one request, or nothing yet
        if not last and not piece.size:  # asks how far it is
            return _Ready(piece=None, so_far=None, last=False, total=None)
        content = None
        if last:
            content = self._whole(transfer, chosen)
        elif earlier and not trusted:
            content = _around(transfer, piece, chosen)
        return _Ready(piece=piece, so_far=SoFar(joined=content, last=last, trusted=trusted), last=last, total=total)

    def _remember(self, key: str, mark: Mark, transfer: Transfer, ready: _Ready) -> None:
        """How an upload ended to which the service gave an id: it is over for good, and takes nothing more."""
        if ready.last and ((ready.piece is not None and mark.self_ending and mark.way) or mark.listed):
            self._ended[key] = (ready.piece.place if ready.piece else _LISTED, transfer.digest)
            if len(self._ended) > _ENDED:
                del self._ended[next(iter(self._ended))]

    def _trusts(self, transfer: Transfer, mark: Mark) -> bool:
        """Whether the receiving host is one that keeps nothing of an upload that is not completed, and takes this for
        a piece of one."""
        host = _host(transfer)
        return is_taken_as_piece(mark, host) and any(
            host == domain or host.endswith(f".{domain}") for domain in self._hosts
        )

    def _total(self, key: str, mark: Mark) -> int | None:
        known = self._store.total(key)
        if None not in (known, mark.total) and known != mark.total:
            raise DoesNotFit("total")
        return mark.total if known is None else known

    def _bound(self, chosen: Sequence[Kept], total: int | None) -> None:
        ranged = [piece for piece in chosen if not piece.numbered]
        if total is not None and any(piece.end > total for piece in ranged):
            raise DoesNotFit("total")
        if sum(piece.size for piece in chosen) > self._store.limit or len(chosen) > _MOST_PIECES:
            raise DoesNotFit("size")

    def _whole(self, transfer: Transfer, chosen: Sequence[Kept]) -> Transfer:
        """All of an upload, in memory or, where it is large, on disk."""
        if sum(piece.size for piece in chosen) <= _IN_MEMORY:
            return _as(transfer, b"".join(joined(chosen)))
        there = self._store.scratch()
        with there.open("wb") as file:
            for data in joined(chosen):
                file.write(data)
        return _as(transfer, there)

    def _clear(self, ready: _Ready) -> None:
        spool = ready.so_far and ready.so_far.joined and ready.so_far.joined.spool
        if spool:
            self._store.forget(spool.parent.name)

    def _keep(self, key: str, ready: _Ready) -> None:
        if ready.total is not None and self._store.total(key) is None:
            self._store.declare(key, ready.total)
        if ready.piece is not None and ready.piece.size:
            self._store.keep(key, ready.piece)


def _host(transfer: Transfer) -> str:
    return str(transfer.envelope.get("host", "")).lower().rstrip(".")


def _ask(submit: Ask, transfer: Transfer, so_far: SoFar | None) -> Awaitable[Answer]:
    return submit(transfer) if so_far is None else submit(transfer, so_far)


def _as(transfer: Transfer, content: bytes | Path) -> Transfer:
    """The same sending with this content: the digest is the content's own, however it was cut."""
    declared = transfer.declared if transfer.declared.lower().startswith("text/") else ""
    data, spool = (None, content) if isinstance(content, Path) else (content, None)
    return replace(transfer, data=data, spool=spool, digest="", declared=declared)


def _listed(transfer: Transfer, earlier: Sequence[Kept]) -> list[Kept]:
    numbers = listed_parts(transfer.data or b"")
    known = {piece.place: piece for piece in earlier if piece.numbered}
    if not known.keys() >= set(numbers):
        raise DoesNotFit("gap")
    return [known[number] for number in numbers]


def _piece(mark: Mark, transfer: Transfer) -> Kept:
    source: bytes | Path = transfer.spool or transfer.data or b""
    size = transfer.size
    if mark.size is not None and mark.size != size:
        source, size = _field(transfer, mark.size), mark.size
    if mark.number is not None:
        return Kept(mark.number, size, source, numbered=True)
    return Kept(mark.start, size, source)


def _field(transfer: Transfer, size: int) -> bytes:
    """The field of a form that is as long as the range says: what browsers' upload widgets send."""
    try:
        parts = form_parts(transfer.declared, transfer.data or b"")
    except (Incomplete, ValueError):
        raise DoesNotFit("size") from None
    fitting = [part.data for part in parts if part.filename and len(part.data) == size]
    if len(fitting) != 1:
        raise DoesNotFit("size")
    return fitting[0]


def _is_last(mark: Mark, piece: Kept, chosen: Sequence[Kept], total: int | None) -> bool:
    """Whether this request completes the upload, or may do so. Raises DoesNotFit where it does so with gaps."""
    if piece.numbered:
        return False
    there, end = reach(chosen), max(one.end for one in chosen)
    if mark.open_ended and piece.place > there:  # tus knows no order but one
        raise DoesNotFit("gap")
    if mark.closes or (mark.open_ended and total is None and piece.size):
        if there != end or (mark.closes and there != piece.end):
            raise DoesNotFit("gap")
        return True
    return total is not None and there >= total


def _around(transfer: Transfer, piece: Kept, chosen: Sequence[Kept]) -> Transfer | None:
    """What has been sent with this piece; of much, what lies around the piece's seams. None: nothing new."""
    if sum(one.size for one in chosen) <= _IN_MEMORY:
        return _as(transfer, b"".join(joined(chosen, b"\n")))
    order = list(laid(chosen))
    place = next((i for i, (one, _, _) in enumerate(order) if one is piece), None)
    if place is None:
        return None
    return _as(transfer, b"".join(_seams(order, place)))


def _seams(order: Sequence[tuple[Kept, int, bool]], place: int) -> Iterator[bytes]:
    piece, before, gap = order[place]
    if place > 0:
        earlier, known, _ = order[place - 1]
        yield from earlier.read(max(known, earlier.size - _SEAM))
    yield b"\n" if gap else b""
    if piece.size - before <= 2 * _SEAM:
        yield from piece.read(before)
    else:
        yield from piece.read(before, _SEAM)
        yield b"\n"
        yield from piece.read(piece.size - _SEAM)
    if place + 1 < len(order):
        later, known, behind = order[place + 1]
        yield b"\n" if behind else b""
        yield from later.read(known, min(_SEAM, later.size - known))
