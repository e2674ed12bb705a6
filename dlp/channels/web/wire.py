"""Questions and answers between the gateway and its proxies' processes, over a pair of connected sockets.

The pair is made by the gateway and one end inherited by its child: it has no name that anybody else could reach it by.
A frame is two lengths, a head in JSON, and bytes that are not copied into it. Nothing is unpickled: a proxy reads what
the world sends, so what it says is read as data.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import struct
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any

from dlp.channels.web.judging import Answer, Piece
from dlp.channels.web.naming import Sent
from dlp.channels.web.pieces import DoesNotFit, Mark
from dlp.errors import GatewayFault
from dlp.transfer import Channel, SoFar, Transfer

log = logging.getLogger(__name__)

Head = dict[str, Any]
#: What is done with a question: its word, what was said, the bytes beside it. None: nobody waits for an answer.
Serve = Callable[[str, Head, bytes], Awaitable[Head | None]]

INLINE = 1024 * 1024  # bytes of a content that go through the socket; more is named by its file
_LENGTHS = struct.Struct(">II")
_MOST = 64 * 1024 * 1024  # bytes of a frame, above anything we send
_MISFIT = "does not fit"


class Link:
    """One end. `run` until the other end is gone; then everybody who waits is told by GatewayFault."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, serve: Serve) -> None:
        self._reader, self._writer, self._serve = reader, writer, serve
        self._numbers = count(1)
        self._open: dict[int, asyncio.Future[Head]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._turn = asyncio.Lock()
        self._gone = False

    async def run(self) -> None:
        """Hear the other end until it is gone, then abandon what it asked."""
        try:
            while True:
                sizes = _LENGTHS.unpack(await self._reader.readexactly(_LENGTHS.size))
                if sum(sizes) > _MOST:
                    raise ValueError("frame too large")
                head = json.loads(await self._reader.readexactly(sizes[0]))
                self._heard(head, await self._reader.readexactly(sizes[1]))
        except (asyncio.IncompleteReadError, OSError):
            pass
        finally:
            self._gone = True
            for waiting in self._open.values():
                if not waiting.done():
                    waiting.set_exception(GatewayFault("the gateway's other process is gone"))
            await self._abandon()

    async def _abandon(self) -> None:
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)  # a commit that has begun is ended first
        self._writer.close()

    def _heard(self, head: Head, data: bytes) -> None:
        if "of" in head:
            waiting = self._open.pop(head["of"], None)
            if waiting is not None and not waiting.done():
                waiting.set_result(head)
            return
        task = asyncio.create_task(self._answer(head, data))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _answer(self, head: Head, data: bytes) -> None:
        reply: Head
        try:
            reply = await self._serve(str(head["ask"]), head, data) or {}
        except DoesNotFit as misfit:
            reply = {"fault": _MISFIT, "why": str(misfit)}
        except Exception as error:
            if not isinstance(error, GatewayFault):
                log.error("a question is not answered", extra={"channel": "web", "error": type(error).__name__})
            reply = {"fault": type(error).__name__}
        if "id" in head:
            await self._send(reply | {"of": head["id"]}, b"")

    async def ask(self, word: str, data: bytes = b"", /, **head: Any) -> Head:
        """The other end's answer. Raises GatewayFault, DoesNotFit."""
        number = next(self._numbers)
        waiting = self._open[number] = asyncio.get_running_loop().create_future()
        try:
            await self._send(head | {"ask": word, "id": number}, data)
            reply: Head = await waiting
        finally:
            self._open.pop(number, None)
        if reply.get("fault") == _MISFIT:
            raise DoesNotFit(str(reply.get("why")))
        if "fault" in reply:
            raise GatewayFault(str(reply["fault"]))
        return reply

    async def tell(self, word: str, /, **head: Any) -> None:
        """Say something that needs no answer; to nobody, where the other end is gone."""
        with contextlib.suppress(GatewayFault):
            await self._send(head | {"ask": word}, b"")

    async def _send(self, head: Head, data: bytes) -> None:
        coded = json.dumps(head).encode()  # ASCII: what a header smuggled in as lone surrogates is kept
        async with self._turn:
            if self._gone:
                raise GatewayFault("the gateway's other process is gone")
            try:
                self._writer.write(_LENGTHS.pack(len(coded), len(data)) + coded)
                if data:
                    self._writer.write(data)
                await self._writer.drain()
            except OSError as error:
                raise GatewayFault("the gateway's other process is gone") from error


def transfer_said(transfer: Transfer, handed: Path | None = None) -> tuple[Head, bytes]:
    """A transfer as said over the link, and the bytes beside it.

    `handed` is a file with its data. Files are named alone: the other end knows the folder.
    """
    there = transfer.spool or handed
    head = {
        "sender": transfer.sender,
        "destination": transfer.destination,
        "name": transfer.name,
        "declared": transfer.declared,
        "digest": transfer.digest,
        "envelope": transfer.envelope,
        "beside": transfer.beside.decode("latin-1"),
        "id": transfer.id,
        "at": transfer.at.isoformat(),
        "file": there.name if there else "",
        "spooled": transfer.spool is not None,
        "size": 0 if there else transfer.size,
    }
    return head, b"" if there else transfer.data or b""


def transfer_heard(head: Head, data: bytes, folder: Path) -> Transfer:
    """What was said, as a transfer. Blocks where its data lies in a file. Raises GatewayFault, OSError."""
    name = str(head["file"])
    if "/" in name or name in (".", ".."):
        raise GatewayFault("a file is elsewhere")
    spool = folder / name if name and head["spooled"] else None
    if name and spool is None:
        data = (folder / name).read_bytes()
    elif spool is None and len(data) != head["size"]:
        raise GatewayFault("bytes are missing")
    return Transfer(
        channel=Channel.WEB,
        sender=str(head["sender"]),
        destination=tuple(head["destination"]),
        name=str(head["name"]),
        data=None if spool else data,
        spool=spool,
        declared=str(head["declared"]),
        digest=str(head["digest"]),
        envelope=dict(head["envelope"]),
        beside=str(head["beside"]).encode("latin-1"),
        id=str(head["id"]),
        at=datetime.fromisoformat(head["at"]),
    )


def so_far_said(so_far: SoFar, joined: Head | None) -> Head:
    """What an upload amounts to, its content said apart."""
    return {"joined": joined, "last": so_far.last, "trusted": so_far.trusted, "known": so_far.known}


def so_far_heard(head: Head, joined: Transfer | None) -> SoFar:
    """As it was said."""
    return SoFar(joined=joined, last=bool(head["last"]), trusted=bool(head["trusted"]), known=head["known"])


def piece_said(piece: Piece | None) -> Head | None:
    """What makes a request a piece."""
    return None if piece is None else {"mark": asdict(piece.mark), "begun": piece.begun, "bare": piece.bare}


def piece_heard(head: Head | None) -> Piece | None:
    """As it was said."""
    return None if head is None else Piece(mark=Mark(**head["mark"]), begun=str(head["begun"]), bare=head["bare"])


def answer_said(answer: Answer | None, sent: Sent | None = None) -> Head:
    """What became of it."""
    return {"answer": answer and asdict(answer), "sent": sent and asdict(sent)}


def answer_heard(head: Head) -> tuple[Answer | None, Sent | None]:
    """As it was said. What is not said as it should be raises, and nothing passes."""
    told, sent = head["answer"], head["sent"]
    if told is not None:
        if told["passes"] not in (True, False):
            raise GatewayFault("no answer")
        told = Answer(**told | {"japanese": tuple(told["japanese"]), "english": tuple(told["english"])})
    return told, sent and Sent(**sent | {"names": tuple(sent["names"])})
