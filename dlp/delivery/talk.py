"""One SMTP connection to a next hop, after its EHLO: commands out, answers in, each paired with its command.

aiosmtplib greets and secures a connection, and then hands it over: its own protocol takes one command at a time and
drops an answer that comes before it is asked for, so that commands cannot be sent ahead (PIPELINING, RFC 2920).
"""

from __future__ import annotations

import asyncio
import re
from collections import deque
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import aiosmtplib

_CONTROL = re.compile(rb"[\x00-\x1f\x7f]")
_LONGEST = 32 * 1024  # bytes of one answer


class Garbled(Exception):
    """What came is no SMTP."""


class Lost(Exception):
    """The connection is gone, or its answers are out of step with our commands: the same, for all we may do with it."""


class Answer(NamedTuple):
    """One answer: its code, and its lines as they came, without their ends."""

    code: int
    text: str


class Talk(asyncio.Protocol):
    """A connection taken over from `client`. For one mail at a time."""

    def __init__(self, client: aiosmtplib.SMTP, patience: float) -> None:
        """`patience`: seconds to wait for an answer. Raises Lost when the connection has ended, or answered ahead."""
        transport: Any = client.transport
        if transport is None or transport.is_closing() or client.protocol is None or client.protocol._buffer:
            raise Lost
        self.offered: Mapping[str, str] = dict(client.esmtp_extensions)
        self._transport, self._patience = transport, patience
        self._loop = asyncio.get_running_loop()
        self._waiter: asyncio.Future[None] | None = None
        self._due = 0.0  # when the answer waited for is late
        self._timer: asyncio.TimerHandle | None = None  # looks at that; not set anew for each answer
        self._answers: deque[Answer] = deque()
        self._awaited = 0  # answers to commands that were written, still to come
        self._kept = bytearray()
        self._lines: list[bytes] = []  # of an answer that is not whole yet
        self._end: Exception | None = None
        self.refusals = 0  # heard since a mail was taken: servers slow down and leave whom they refuse too often
        self._full = False  # what was written waits for the next hop to take it
        transport.set_protocol(self)

    @property
    def alive(self) -> bool:
        """Whether a command can be sent."""
        return self._end is None and not self._transport.is_closing()

    @property
    def awaited(self) -> bool:
        """Whether a command is not answered yet, or its answer not asked for."""
        return self.alive and bool(self._awaited or self._answers)

    # what we say

    def tell(self, *commands: bytes) -> None:
        """Send commands in one go, each to be answered once. Raises Lost; ValueError for what is no command."""
        if _CONTROL.search(b"".join(commands)):
            raise ValueError("a command with control characters")
        self._write(b"\r\n".join((*commands, b"")), len(commands))

    def write(self, content: bytes) -> None:
        """Send content, already stuffed, to be answered once. Raises Lost when anything was answered ahead of it."""
        self._write(content, 1)

    async def pour(self, pieces: Iterable[bytes]) -> None:
        """`write`, piece by piece, no faster than they are taken. Raises Lost, TimeoutError.

        A refusal that comes before the end is the answer; the connection then ends, for it would read on.
        """
        self._write(b"", 1)
        for piece in pieces:
            if self._answers or self._end is not None:
                break
            self._transport.write(piece)
            while self._full and not self._answers and self._end is None:
                await self._change()
        else:
            return
        if self._answers and self._answers[0].code < 400:
            self._answers.clear()  # nobody can have taken what was not sent
        self._transport.abort()
        self._ended(Lost())

    def _write(self, data: bytes, answers: int) -> None:
        if not self.alive:
            raise Lost from self._end
        if self._awaited or self._answers:
            raise RuntimeError("the last command is not answered yet")
        self._awaited = answers
        self._transport.write(data)

    async def answer(self) -> Answer:
        """The next answer. Raises Lost, Garbled, TimeoutError."""
        while not self._answers and self._end is None:
            await self._change()
        if self._answers:
            answer = self._answers.popleft()
            self.refusals += answer.code >= 400
            return answer
        assert self._end is not None
        raise self._end

    async def _change(self) -> None:
        """Wait for an answer, an end, or room to write. Raises TimeoutError."""
        self._waiter = waiter = self._loop.create_future()
        self._due = self._loop.time() + self._patience
        if self._timer is None:
            self._timer = self._loop.call_at(self._due, self._rung)
        try:
            await waiter
        finally:
            self._waiter = None

    def _rung(self) -> None:
        self._timer = None
        if self._waiter is None or self._waiter.done():
            return
        if self._due <= self._loop.time():
            self._waiter.set_exception(TimeoutError())
        else:
            self._timer = self._loop.call_at(self._due, self._rung)

    async def ask(self, command: bytes) -> Answer:
        """Send one command; its answer. Raises as `tell` and `answer` do."""
        self.tell(command)
        return await self.answer()

    def close(self) -> None:
        """End the connection now."""
        self._ended(Lost())

    # what we hear

    def data_received(self, data: bytes) -> None:
        """Cut it into answers."""
        if not self._kept and not self._lines and data.find(b"\n") == len(data) - 1 and data[3:4] != b"-":
            self._whole(data)
            return
        self._kept += data
        *lines, rest = self._kept.split(b"\n")
        self._kept = rest
        try:
            for line in lines:
                self._line(bytes(line))
            if len(self._kept) + sum(map(len, self._lines)) > _LONGEST:
                raise Garbled
        except (Garbled, Lost) as error:
            self._ended(error)
        else:
            if self._answers:
                self._wake()

    def _whole(self, data: bytes) -> None:
        """An answer of one line, all of it: as nearly all are."""
        try:
            if not data[:3].isdigit():
                raise Garbled
            self._answered(int(data[:3]), data[4:].strip())
        except (Garbled, Lost) as error:
            self._ended(error)
        else:
            self._wake()

    def _line(self, line: bytes) -> None:
        if not line[:3].isdigit():
            raise Garbled
        self._lines.append(line)
        if line[3:4] == b"-":
            return
        text = b"\n".join(one[4:].strip() for one in self._lines)
        self._lines.clear()
        self._answered(int(line[:3]), text)

    def _answered(self, code: int, text: bytes) -> None:
        if self._awaited == 0:
            raise Lost  # whatever it means, later answers could be taken for others, the last one for a delivery
        self._awaited -= 1
        self._answers.append(Answer(code, text.decode("utf-8", "surrogateescape")))

    def pause_writing(self) -> None:
        """No more for now."""
        self._full = True

    def resume_writing(self) -> None:
        """There is room again."""
        self._full = False
        self._wake()

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell whoever waits."""
        self._ended(Lost())

    def _ended(self, why: Exception) -> None:
        if self._end is None:
            self._end = why
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._awaited:
            self._transport.abort()  # what is not sent yet must not follow: the sender is told that it was not
        else:
            self._transport.close()
        self._wake()

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)
