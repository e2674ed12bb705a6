"""A worker process, from the gateway's side: started, asked, heard, ended.

A worker that is late or dead costs only its own transfer: a content at which it dies or is late is unreadable, so it is
held.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import math
import multiprocessing
import os
import socket
import threading
import time
from concurrent.futures import Executor
from enum import Enum, auto
from functools import partial
from multiprocessing import reduction
from pathlib import Path

from dlp import prepared
from dlp.answer import Answer, Malformed, decoded
from dlp.errors import GatewayFault
from dlp.extract.blocks import Why
from dlp.extract.settled import Settled
from dlp.finding import Unread
from dlp.inspection import Inspection
from dlp.kept import Kept
from dlp.question import FAREWELL, Question, coded_question
from dlp.scratch import Scratch
from dlp.transfer import Channel, Transfer
from dlp.worker_child import Orders, patience_for, work

log = logging.getLogger(__name__)

_START_SECONDS = 60.0
_LONGEST = 1 << 28  # bytes of an answer: it has 150 for each person, 400 for each that is listed by name
_SLOW = 1 << 18  # bytes of one that is taken apart in a thread, while the loop goes on
_AT_ONCE = 96 * 1024  # bytes that a worker's empty pipe takes without anybody waiting
_SHORT = 64 * 1024  # bytes of a content that is read in a moment, and fits there with all that is said of it
_BLOCK = 1 << 16
_NOW = int(socket.MSG_DONTWAIT)
_LOOK = int(socket.MSG_PEEK | socket.MSG_DONTWAIT)  # an `or` of flags is Python, at each mail
_context = multiprocessing.get_context("forkserver")
_context.set_forkserver_preload(prepared.PRELOADED)


class _Silence(Enum):
    """Why a worker gave no answer: it was gone before it was asked, took too long, or died over it."""

    BEFORE = auto()
    LATE = auto()
    DIED = auto()


class Worker:
    """One worker process and our end of its pipe, which is read in our loop alone, by one reader for all its answers.
    `wait_ready`, `kill` and `end` block: call them from a thread."""

    def __init__(self, orders: Orders, generation: int) -> None:
        self.generation, self.done = generation, 0
        self._ending = False
        self._sending = threading.Lock()  # two threads' messages must not mix in the pipe
        self.gone = False  # it will say nothing any more
        self._watched = False
        self._heard = bytearray()  # of an answer, behind its length and the number of its question
        self._number = 0  # of the question that was asked last
        self._there: asyncio.Future[bytes | _Silence] | None = None  # the answer waited for
        self._deadline = orders.deadline
        self._due = self._rings = math.inf  # when the answer is late, and when we look whether it is
        self._timer: asyncio.TimerHandle | None = None  # not set anew for each answer
        self._connection, theirs = _context.Pipe()
        self._peek = socket.fromfd(self._connection.fileno(), socket.AF_UNIX, socket.SOCK_STREAM)
        self._scratch = Scratch()
        self._process = _context.Process(
            target=work, args=(theirs, orders, self._scratch.path), name="sekisho-inspector", daemon=True
        )
        self._process.start()
        theirs.close()

    def wait_ready(self) -> None:
        """Until the rules are loaded. Raises GatewayFault when they are not."""
        try:
            ready = self._connection.poll(_START_SECONDS)
            said = json.loads(self._connection.recv_bytes(_AT_ONCE)) if ready else "not ready in time"
        except (EOFError, OSError):
            said = f"ended at start ({self._end()})"
        if isinstance(said, str):
            self.kill()
            self.close()
            raise GatewayFault(f"inspection worker: {said}")
        if missing := [layer for layer in ("landlock", "seccomp") if layer not in said]:
            log.warning("this kernel does not confine workers fully", extra={"missing": ", ".join(missing)})

    async def ask(self, question: Question, threads: Executor) -> Inspection | Settled | None:
        """The inspection of one transfer, or what is said of a stretch; unreadable where the worker is late or dies
        at it.

        What is small goes and comes in our loop: to wake threads for it costs more than it. Raises GatewayFault when
        the worker was dead before it began or reports a bug.
        """
        self.done += 1
        began = time.monotonic()
        try:
            answer = await self._asked(question, threads)
        except FileNotFoundError as error:  # its sender has gone away, and the spool with him
            raise GatewayFault("the content is gone") from error
        if isinstance(answer, str):
            raise GatewayFault(f"inspection worker: {answer}")
        if not isinstance(answer, _Silence):
            return answer
        if self._ending:
            raise GatewayFault("inspection is not running")
        self.gone = True
        await asyncio.get_running_loop().run_in_executor(threads, self.kill)
        self.close()
        if answer is _Silence.BEFORE:
            raise GatewayFault(f"inspection worker {self.pid} was gone before it was asked ({self._end()})")
        why = Why.TIMED_OUT if answer is _Silence.LATE else Why.FAILED
        told = {"transfer": question.transfer.id, "error": why.value, "pid": self.pid, "code": self._end()}
        log.warning("inspection worker ended", extra=told)
        return _unreadable(question.transfer, why, time.monotonic() - began)

    async def _asked(self, question: Question, threads: Executor) -> Answer | _Silence:
        seconds = patience_for(question, self._deadline)
        self._number = (self._number + 1) & 0xFFFFFFFF
        loop = asyncio.get_running_loop()
        there: asyncio.Future[bytes | _Silence] = Kept(loop=loop) if is_short(question) else loop.create_future()
        self._there = there
        try:
            if self.gone or not await self._hand_over(question, threads):
                return _Silence.BEFORE
            # A little more than the worker gives itself, so that its own "timed out" names the part.
            self._due = loop.time() + seconds + 2.0
            if self._due < self._rings:
                self._ring(loop)
            told = await there
        except FileNotFoundError:  # it was not asked
            raise
        except BaseException:  # it may have been, and would be taken at its word for the next question
            self.gone = self.gone or not _is_answered(there)
            raise
        finally:
            self._there = None
        if not isinstance(told, bytes):
            return told
        read = partial(decoded, told, stretch=question.stretch is not None, listing=question.listing)
        try:
            return read() if len(told) <= _SLOW else await asyncio.get_running_loop().run_in_executor(threads, read)
        except Malformed:  # it was taken over, or is broken: it is ended, as one that died
            log.error("an inspection worker's answer is none", extra={"pid": self.pid})
            return _Silence.DIED

    def _ring(self, loop: asyncio.AbstractEventLoop) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._rings = self._due
        self._timer = loop.call_at(self._due, self._rung, loop)

    def _rung(self, loop: asyncio.AbstractEventLoop) -> None:
        self._timer, self._rings = None, math.inf
        if self._there is None or self._there.done():
            return
        if self._due <= loop.time():
            self._tell(_Silence.LATE)
        else:
            self._ring(loop)

    async def _hand_over(self, question: Question, threads: Executor) -> bool:
        """Whether the worker has it. Raises FileNotFoundError where the content is gone."""
        loop = asyncio.get_running_loop()
        asked = coded_question(question, self._number)
        if (spool := question.transfer.spool) is not None:
            # The web's spool is a folder of ours, not a device that may hang.
            if question.transfer.channel is Channel.WEB and len(asked) <= _AT_ONCE:
                return self._send_open(asked, spool, wait=False)
            return await loop.run_in_executor(threads, self._send_open, asked, spool)
        if len(asked) > _AT_ONCE:
            return await loop.run_in_executor(threads, self._send, asked)
        return self._send(asked, wait=False)

    def _send(self, asked: bytes, *, wait: bool = True) -> bool:
        """Whether it was sent. Without `wait` not to one that is being ended just now."""
        if not self._sending.acquire(blocking=wait):
            return False
        try:
            # As `Connection.send_bytes` says it, but what is longer than 16 kB in one piece, too: two would wake the
            # worker twice.
            self._peek.sendall(len(asked).to_bytes(4) + asked)
        except OSError:
            return False
        finally:
            self._sending.release()
        return True

    def _send_open(self, asked: bytes, spool: Path, *, wait: bool = True) -> bool:
        """The same with the open file. Raises FileNotFoundError."""
        with spool.open("rb", buffering=0) as file:
            if not self._sending.acquire(blocking=wait):
                return False
            try:
                self._connection.send_bytes(asked)
                reduction.send_handle(self._connection, file.fileno(), self.pid)
            except OSError:
                return False
            finally:
                self._sending.release()
        return True

    def watch(self) -> None:
        """Hear it in this loop from now on."""
        handle = self._peek.fileno()
        asyncio.get_running_loop().add_reader(handle, self._readable)
        os.set_blocking(handle, True)  # uvloop takes that away, and what is sent from a thread has to wait
        self._watched = True

    def _unwatch(self) -> None:
        self.gone = True
        if self._watched:
            self._watched = False
            asyncio.get_running_loop().remove_reader(self._peek.fileno())
        self._tell(_Silence.DIED)

    def _tell(self, told: bytes | _Silence) -> None:
        if self._there is not None and not self._there.done():
            self._there.set_result(told)

    def _readable(self) -> None:
        """Take what there is; with a length before it, it is an answer once it is whole."""
        try:
            more = self._peek.recv(_BLOCK, _NOW)
        except BlockingIOError:
            return
        except OSError:
            more = b""
        self._heard += more
        size = int.from_bytes(self._heard[:4])
        if not more or size > _LONGEST:
            self._unwatch()
        elif self._there is None or self._there.done() or len(self._heard) > 4 + size:
            log.error("an inspection worker said what it was not asked")
            self._unwatch()  # it would be taken for the next one's answer
        elif len(self._heard) == 4 + size:
            number, told = int.from_bytes(self._heard[4:8]), bytes(self._heard[8:])
            self._heard.clear()
            if number == self._number:
                self._tell(told)
            else:
                log.error("an inspection worker answered another question")
                self._unwatch()

    @property
    def alive(self) -> bool:
        """Whether its end of the pipe is open; to ask for its process costs several times as much."""
        try:
            return bool(self._peek.recv(1, _LOOK))
        except BlockingIOError:
            return True  # it has nothing to say
        except OSError:
            return False

    @property
    def pid(self) -> int:
        """Of the process; 0: it never began."""
        return self._process.pid or 0

    def _end(self) -> str:
        """How its process ended."""
        self._process.join(1.0)
        code = self._process.exitcode
        if code is None:
            return "has not ended"
        return f"exit {code}" if code >= 0 else f"signal {-code}"

    def kill(self) -> None:
        """End the process now; `close` afterwards."""
        self._process.kill()
        self._process.join(5.0)
        with self._sending:  # whoever sends hears of the process's end
            self._scratch.clear()

    def close(self) -> None:
        """Close the pipe; in the loop, once the process has ended."""
        if self._timer is not None:
            self._timer.cancel()
        self._unwatch()
        self._connection.close()
        self._peek.close()

    def end(self) -> None:
        """Ask it to end; kill it when it does not. What it was reading is nobody's fault but ours."""
        self._ending = True
        if self._sending.acquire(timeout=2.0):
            with contextlib.suppress(OSError):
                self._connection.send_bytes(FAREWELL)
                self._process.join(2.0)
            self._sending.release()
        self.kill()


def _is_answered(there: asyncio.Future[bytes | _Silence]) -> bool:
    """Whether who asked has been told something, though he was cancelled meanwhile."""
    return there.done() and not there.cancelled() and isinstance(there.result(), bytes)


def is_short(question: Question) -> bool:
    """Whether it goes to the worker in the call that asks it, and its answer comes soon: who asks waits for that, even
    when he is cancelled."""
    data = question.transfer.data
    return data is not None and len(data) <= _SHORT and not question.beside


def _unreadable(transfer: Transfer, why: Why, seconds: float) -> Inspection:
    """The inspection of what could not be inspected: nothing known, so it is held."""
    unread = (Unread(part=(transfer.channel.value,), why=why.value),)
    size = 0
    with contextlib.suppress(FileNotFoundError):  # its spool went with its sender
        size = transfer.size
    return Inspection(subjects=0, lower=0, upper=0, counts={}, unread=unread, bytes=size, seconds=round(seconds, 3))
