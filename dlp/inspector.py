"""Runs inspect() in recycled worker processes, with a hard deadline.

pyahocorasick and `re` hold the GIL for a whole scan, and parsers crash and hang: so content is never
read in the event loop or in a thread of it, and a worker that is late or dead costs only its own
transfer.

Whose fault decides what happens: a content at which a worker dies or is late is unreadable, so it is
held. A scanner that cannot work at all (no worker, a bug in it) is a GatewayFault: nothing is accepted.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import multiprocessing
import os
import shutil
import signal
import socket
import tempfile
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass, replace
from enum import Enum, auto
from functools import partial
from multiprocessing import reduction
from multiprocessing.connection import Connection
from pathlib import Path

from dlp import prepared, sandbox, settings
from dlp.ahead import Ahead
from dlp.detect.ruleset import Ruleset
from dlp.errors import GatewayFault, Incomplete
from dlp.extract import stream
from dlp.extract.blocks import Why
from dlp.extract.budget import Budget
from dlp.inspection import Inspection, Unread, inspect, nothing_in
from dlp.question import FAREWELL, Answer, Question, coded, coded_question, decoded, question_of
from dlp.subjects.counter import Counter
from dlp.transfer import LARGE, Channel, Transfer, extra_seconds

log = logging.getLogger(__name__)

_START_SECONDS = 60.0
_LONGEST = 1 << 30  # bytes of an answer
_AT_ONCE = 96 * 1024  # bytes that a worker's empty pipe takes without anybody waiting
_BLOCK = 1 << 16
_NOW = int(socket.MSG_DONTWAIT)
_RUNNING = 64  # contents of which a worker remembers whether they are running text
_AHEAD = 64  # contents that are read while they are written
_STRETCH = 30.0  # seconds that one stretch of them may take: nobody has asked for it yet
_SEVERAL = 3 * stream.STRETCH  # bytes from which a content is read by several workers
_LOOK = int(socket.MSG_PEEK | socket.MSG_DONTWAIT)  # an `or` of flags is Python, at each mail
_context = multiprocessing.get_context("forkserver")
_context.set_forkserver_preload(prepared.PRELOADED)


@dataclass(frozen=True, kw_only=True)
class _Orders:
    """What a worker needs to begin: rules as files, the city's token key, the own town, limits."""

    files: Mapping[str, bytes]
    token_key: bytes | None
    town: str
    memory: int  # bytes of address space
    deadline: float  # seconds


def _work(connection: Connection, orders: _Orders, scratch: Path) -> None:
    """The worker process: give up all it does not need, load the rules, then answer one transfer after another."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the gateway, which ends us in order
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    try:
        layers = sandbox.enter(memory=orders.memory, scratch=scratch)
        ruleset = prepared.ruleset(orders.files)
        Counter(ruleset, None, town=orders.town)  # asks for all it needs, and keeps what it made of the names
    except Exception as error:
        connection.send(f"{type(error).__name__}: {error}")
        return
    connection.send(layers)
    running = dict[str, str | None]()  # of contents that are written just now, what `stream.lead_of` says
    with contextlib.suppress(EOFError, BrokenPipeError, ConnectionResetError):
        while (asked := connection.recv_bytes()) != FAREWELL:
            question = question_of(asked)
            answer = _answer if question.stretch is None else partial(_answer_ahead, running)
            connection.send_bytes(coded(answer(connection, question, ruleset, orders)))
            del question, asked


def _answer(connection: Connection, question: Question, ruleset: Ruleset, orders: _Orders) -> Answer:
    def said() -> Answer:
        transfer, large = _received(connection, question.transfer)
        return inspect(
            transfer,
            ruleset,
            token_key=orders.token_key,
            town=orders.town,
            budget=Budget(seconds=_seconds(transfer, orders.deadline), given=question.passwords),
            large=large,
            listing=question.listing,
            beside=question.beside,
            known=question.known,
        )

    return _guarded(said)


def _answer_ahead(
    running: dict[str, str | None], connection: Connection, question: Question, ruleset: Ruleset, orders: _Orders
) -> Answer:
    """Of one stretch of a content that may still be written behind it."""
    transfer, stretch = question.transfer, question.stretch
    assert stretch is not None

    def said() -> Answer:
        content = _OpenFile(reduction.recv_handle(connection))
        if transfer.id not in running:
            if len(running) > _RUNNING:
                running.clear()
            path = (transfer.name or transfer.channel.value,)
            running[transfer.id] = stream.lead_of(content, path, transfer.declared)
        if (lead := running[transfer.id]) is None:
            return None
        budget = Budget(seconds=_patience(question, orders.deadline))
        return nothing_in(transfer, content, (stretch, lead), ruleset, town=orders.town, budget=budget)

    return _guarded(said)


def _guarded(work: Callable[[], Answer]) -> Answer:
    try:
        return work()
    except MemoryError:
        raise SystemExit(1) from None  # unsound after this: die, the transfer is held
    except Exception as error:  # a bug of ours; its text could quote content, so only its type leaves
        tb = error.__traceback__
        while tb is not None and tb.tb_next is not None:
            tb = tb.tb_next
        where = f" in {tb.tb_frame.f_code.co_qualname}:{tb.tb_lineno}" if tb else ""
        return f"{type(error).__name__}{where}"


def _seconds(transfer: Transfer, deadline: float) -> float:
    """How long a transfer may take: a large file on a medium longer than a mail, whose sender waits."""
    return deadline + extra_seconds(transfer.size)


def _patience(question: Question, deadline: float) -> float:
    """For how long an answer is waited for; a stretch is as long as any, however long the whole. Raises
    FileNotFoundError where the content is gone."""
    return _seconds(question.transfer, deadline) if question.stretch is None else min(deadline, _STRETCH)


def _received(connection: Connection, transfer: Transfer) -> tuple[Transfer, _OpenFile | None]:
    """The transfer with its content: what lies in a spool comes as an open file, for we may open none ourselves."""
    if transfer.spool is None:
        return transfer, None
    content = _OpenFile(reduction.recv_handle(connection))
    if len(content) > LARGE:
        return transfer, content
    return replace(transfer, data=content[:], spool=None), None


class _OpenFile:
    """A file that was handed over open, read where it is asked for; not mapped, for that would count as memory."""

    def __init__(self, handle: int) -> None:
        self._file = os.fdopen(handle, "rb", buffering=0)
        self._size = os.fstat(handle).st_size

    def __len__(self) -> int:
        return self._size

    def __getitem__(self, piece: slice) -> bytes:
        start, stop, _ = piece.indices(self._size)
        out = self._read(start, stop - start)
        while len(out) < stop - start:
            more = self._read(start + len(out), stop - start - len(out))
            if not more:  # it became shorter while we read: what it was cannot be known
                raise Incomplete(Why.FAILED)
            out += more
        return out

    def _read(self, start: int, size: int) -> bytes:
        return os.pread(self._file.fileno(), size, start) if size > 0 else b""


class _Silence(Enum):
    """Why a worker gave no answer: it was gone before it was asked, took too long, or died over it."""

    BEFORE = auto()
    LATE = auto()
    DIED = auto()


class _Worker:
    """One worker process and our end of its pipe, which is read in our loop alone, by one reader for all its answers.
    `wait_ready`, `kill` and `end` block: call them from a thread."""

    def __init__(self, orders: _Orders, generation: int) -> None:
        self.generation, self.done = generation, 0
        self._ending = False
        self._sending = threading.Lock()  # two threads' messages must not mix in the pipe
        self.gone = False  # it will say nothing any more
        self._watched = False
        self._heard = bytearray()  # of an answer, behind its length
        self._there: asyncio.Future[bytes | _Silence] | None = None  # the answer waited for
        self._deadline = orders.deadline
        self._connection, theirs = _context.Pipe()
        self._peek = socket.fromfd(self._connection.fileno(), socket.AF_UNIX, socket.SOCK_STREAM)
        self._scratch = Path(tempfile.mkdtemp(prefix="sekisho-inspector-"))
        self._process = _context.Process(
            target=_work, args=(theirs, orders, self._scratch), name="sekisho-inspector", daemon=True
        )
        self._process.start()
        theirs.close()

    def wait_ready(self) -> None:
        """Until the rules are loaded. Raises GatewayFault when they are not."""
        try:
            said = self._connection.recv() if self._connection.poll(_START_SECONDS) else "not ready in time"
        except (EOFError, OSError):
            said = f"ended at start (exit {self._exit_code()})"
        if isinstance(said, str):
            self.kill()
            self.close()
            raise GatewayFault(f"inspection worker: {said}")
        if missing := [layer for layer in ("landlock", "seccomp") if layer not in said]:
            log.warning("this kernel does not confine workers fully", extra={"missing": ", ".join(missing)})

    async def ask(self, question: Question, threads: Executor) -> Inspection | frozenset[int] | None:
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
        await asyncio.get_running_loop().run_in_executor(threads, self.kill)
        self.close()
        if answer is _Silence.BEFORE:
            raise GatewayFault("inspection worker: gone")
        why = Why.TIMED_OUT if answer is _Silence.LATE else Why.FAILED
        log.warning("inspection worker ended", extra={"transfer": question.transfer.id, "error": why.value})
        return _unreadable(question.transfer, why, time.monotonic() - began)

    async def _asked(self, question: Question, threads: Executor) -> Answer | _Silence:
        seconds = _patience(question, self._deadline)
        self._there = asyncio.get_running_loop().create_future()
        try:
            if self.gone or not await self._hand_over(question, threads):
                return _Silence.BEFORE
            told = await self._told_within(seconds)
        except FileNotFoundError:  # it was not asked
            raise
        except BaseException:  # it may have been, and would be taken at its word for the next question
            self.gone = True
            raise
        finally:
            self._there = None
        return decoded(told) if isinstance(told, bytes) else told

    async def _told_within(self, seconds: float) -> bytes | _Silence:
        assert self._there is not None
        # A little more than the worker gives itself, so that its own "timed out" names the part.
        late = asyncio.get_running_loop().call_later(seconds + 2.0, self._tell, _Silence.LATE)
        try:
            return await self._there
        finally:
            late.cancel()

    async def _hand_over(self, question: Question, threads: Executor) -> bool:
        """Whether the worker has it. Raises FileNotFoundError where the content is gone."""
        loop = asyncio.get_running_loop()
        asked = coded_question(question)
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
            told = bytes(self._heard[4:])
            self._heard.clear()
            self._tell(told)

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
        return self._process.pid or 0

    def _exit_code(self) -> int | None:
        self._process.join(1.0)
        return self._process.exitcode

    def kill(self) -> None:
        """End the process now; `close` afterwards."""
        self._process.kill()
        self._process.join(5.0)
        with self._sending:  # whoever sends hears of the process's end
            shutil.rmtree(self._scratch, ignore_errors=True)

    def close(self) -> None:
        """Close the pipe; in the loop, once the process has ended."""
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


def _unreadable(transfer: Transfer, why: Why, seconds: float) -> Inspection:
    """The inspection of what could not be inspected: nothing known, so it is held."""
    unread = (Unread(part=(transfer.channel.value,), why=why.value),)
    size = 0
    with contextlib.suppress(FileNotFoundError):  # its spool went with its sender
        size = transfer.size
    return Inspection(subjects=0, lower=0, upper=0, counts={}, unread=unread, bytes=size, seconds=round(seconds, 3))


@dataclass(slots=True)
class _Growing:
    """A content that is read before it is asked for, by one generation of rules."""

    transfer: Transfer
    generation: int
    ahead: Ahead[_Worker]
    settled: dict[int, frozenset[int]]

    def is_of(self, transfer: Transfer) -> bool:
        """Whether that is what is asked for: the same bytes under another name may be another kind of file."""
        ours, theirs = self.transfer, transfer
        return (ours.spool, ours.name, ours.declared) == (theirs.spool, theirs.name, theirs.declared)


class Inspector:
    """A pool of inspection workers. `start` before the first `inspect`; `stop` at the end."""

    def __init__(
        self,
        config: settings.Inspection,
        files: Mapping[str, bytes],
        *,
        digest: str,
        token_key: bytes | None,
        town: str = "",
    ) -> None:
        self._config = config
        self._digest = digest
        self._orders = _Orders(
            files=dict(files), token_key=token_key, town=town, memory=config.memory, deadline=config.deadline
        )
        self._generation = 0
        # Who answered last is asked next: what he needs for it is in the processor's caches still.
        self._idle: asyncio.Queue[_Worker] = asyncio.LifoQueue()
        self._all: set[_Worker] = set()
        self._threads = ThreadPoolExecutor(max_workers=config.workers * 2 + 1, thread_name_prefix="inspector")
        self._tasks: set[asyncio.Task[object]] = set()
        self._waiting = 0  # for a worker
        self._aheads: dict[Path, _Growing] = {}  # contents that are read while they are written
        self._open = False

    @property
    def digest(self) -> str:
        """Of the rules in force."""
        return self._digest

    @property
    def pids(self) -> list[int]:
        """Of the workers, for tests and for `status`."""
        return sorted(worker.pid for worker in self._all)

    @property
    def alive(self) -> bool:
        """Whether there is a worker that can read."""
        return self._open and any(worker.alive for worker in list(self._all))

    async def start(self) -> None:
        """Start all workers and wait until their rules are loaded. Raises GatewayFault."""
        self._open = True
        await asyncio.gather(*(self._hire() for _ in range(self._config.workers)))

    async def stop(self) -> None:
        """End all workers; an inspection under way is abandoned."""
        self._open = False
        loop = asyncio.get_running_loop()
        workers = list(self._all)
        await asyncio.gather(*(loop.run_in_executor(None, worker.end) for worker in workers))
        for worker in workers:
            worker.close()
        self._all.clear()
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def swap(self, files: Mapping[str, bytes], digest: str) -> None:
        """Put a new set of rules in force, whole: they are tried in a worker first.

        Raises GatewayFault, and the old rules stay, when a worker cannot load them.
        """
        old = self._orders, self._generation
        self._orders, self._generation = replace(self._orders, files=dict(files)), self._generation + 1
        try:
            await self._hire()
        except GatewayFault:
            self._orders, self._generation = old
            raise
        self._digest = digest

    async def inspect(
        self, transfer: Transfer, *, passwords: tuple[str, ...] = (), beside: tuple[Transfer, ...] = ()
    ) -> Inspection:
        """Read one transfer in a worker. Raises GatewayFault when no worker could do it.

        `passwords`: of the sender's earlier mails, tried on what is locked; `beside`: see `dlp.inspection.inspect`.
        """
        try:
            growing = await self._read_ahead(transfer)
        except FileNotFoundError as error:
            raise GatewayFault("the content is gone") from error
        return await self._ask(Question(transfer=transfer, passwords=passwords, beside=beside), growing)

    def grown(self, transfer: Transfer, size: int) -> None:
        """So many bytes of a content that is being written to its spool are there and will not change: they are read
        while workers have nothing else to do. Its `inspect` makes use of it."""
        assert transfer.spool is not None
        kept = self._aheads.get(transfer.spool)
        if kept is None or not kept.is_of(transfer):
            self.forget(transfer.spool)
            if not self._has_room():
                return  # it is read when it is asked for
            kept = self._aheads[transfer.spool] = self._growing(transfer)
        kept.ahead.grown(stream.stretches(size))

    def _has_room(self) -> bool:
        """Whether one more content may be read while it is written. None is put out for another: it would be read
        from its beginning again. Those that never came to a verdict have no spool any more."""
        if len(self._aheads) >= _AHEAD:
            for spool in [spool for spool in self._aheads if not spool.exists()]:
                self.forget(spool)
        return len(self._aheads) < _AHEAD

    def forget(self, spool: Path) -> None:
        """What was said to be certain of a content is not, or nobody needs it any more."""
        if (kept := self._aheads.pop(spool, None)) is not None:
            kept.ahead.close()

    def _growing(self, transfer: Transfer) -> _Growing:
        generation = self._generation

        async def read(worker: _Worker, stretch: int) -> frozenset[int] | None:
            told: Answer = None
            try:
                told = await self._served(worker, Question(transfer=transfer, stretch=stretch))
            finally:
                if worker.gone:  # late, or dead of it: the other workers are not to follow
                    ahead.close()
            return told if isinstance(told, frozenset) and worker.generation == generation else None

        ahead = Ahead(self._free_worker, read)
        return _Growing(transfer, generation, ahead, {})

    def _free_worker(self) -> _Worker | None:
        """A worker who has nothing else to do."""
        while self._open and not self._waiting and not self._idle.empty():
            if self._fit(worker := self._idle.get_nowait()):
                return worker
        return None

    async def _read_ahead(self, transfer: Transfer) -> _Growing | None:
        """A large content read stretch by stretch, by all workers who are free; what is left is one worker's."""
        kept = self._aheads.get(transfer.spool) if transfer.spool else None
        if transfer.spool is None or transfer.channel is Channel.MAIL or (size := transfer.size) < _SEVERAL:
            return None
        if kept is None or not kept.is_of(transfer):
            kept = self._growing(transfer)
        kept.ahead.grown(stream.stretches(size))
        try:
            kept.settled = await kept.ahead.settled(_seconds(transfer, self._config.deadline) / 4)
        finally:
            self.forget(transfer.spool)
        return kept

    async def affected(self, transfer: Transfer) -> Inspection:
        """`inspect`, with the people themselves in `affected`: for the list of an incident, and kept nowhere."""
        return await self._ask(Question(transfer=transfer, listing=True))

    async def _ask(self, question: Question, growing: _Growing | None = None) -> Inspection:
        worker = await self._wait_for_worker()
        if growing is not None and growing.generation == worker.generation:
            question = replace(question, known=growing.settled)
        # The caller may be cancelled; the worker must come back to the pool all the same.
        task = asyncio.create_task(self._serve(worker, question))
        self._tasks.add(task)
        task.add_done_callback(self._forget)
        return await asyncio.shield(task)

    async def _wait_for_worker(self) -> _Worker:
        """A worker. Raises GatewayFault at once where too many wait: what they hold would fill our memory."""
        if not self._open:
            raise GatewayFault("inspection is not running")
        if self._waiting >= self._config.queue and self._idle.empty():
            raise GatewayFault("too many transfers wait for inspection")
        while not self._idle.empty():
            if self._fit(worker := self._idle.get_nowait()):
                return worker
        self._waiting += 1
        try:
            async with asyncio.timeout(self._config.deadline):
                return await self._idle_worker()
        except TimeoutError:
            raise GatewayFault("all inspection workers are busy") from None
        finally:
            self._waiting -= 1

    def _forget(self, task: asyncio.Task[Inspection]) -> None:
        self._tasks.discard(task)
        if not task.cancelled():
            task.exception()  # looked at, for where the caller has gone away

    async def _idle_worker(self) -> _Worker:
        while True:
            if self._fit(worker := await self._idle.get()):
                return worker

    def _fit(self, worker: _Worker) -> bool:
        """Whether an idle worker can be asked; else it is replaced."""
        fit = not worker.gone and worker.alive and worker.generation == self._generation
        if not fit:
            self._dismiss(worker)
        return fit

    async def _serve(self, worker: _Worker, question: Question) -> Inspection:
        answer = await self._served(worker, question)
        if not isinstance(answer, Inspection):
            raise GatewayFault("inspection worker: no inspection")
        return answer if answer.ruleset else replace(answer, ruleset=self._digest)

    async def _served(self, worker: _Worker, question: Question) -> Inspection | frozenset[int] | None:
        try:
            return await worker.ask(question, self._threads)
        finally:
            if not worker.gone and worker.done < self._config.recycle and worker.generation == self._generation:
                self._idle.put_nowait(worker)
            else:
                self._dismiss(worker)

    def _dismiss(self, worker: _Worker) -> None:
        """Let a worker go and hire another, in the background."""
        self._all.discard(worker)
        if not self._open:
            return
        loop = asyncio.get_running_loop()
        task: asyncio.Task[object] = asyncio.create_task(self._replace(loop, worker))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _replace(self, loop: asyncio.AbstractEventLoop, worker: _Worker) -> None:
        await loop.run_in_executor(None, worker.end)
        worker.close()
        pause = 0.1
        while self._open and len(self._all) < self._config.workers:
            try:
                await self._hire()
            except (GatewayFault, OSError) as error:
                log.error("cannot start an inspection worker", extra={"error": str(error)})
                await asyncio.sleep(pause)
                pause = min(pause * 2, 10.0)

    async def _hire(self) -> None:
        loop = asyncio.get_running_loop()
        worker = await loop.run_in_executor(self._threads, _Worker, self._orders, self._generation)
        self._all.add(worker)
        try:
            await loop.run_in_executor(self._threads, worker.wait_ready)
        except BaseException:
            self._all.discard(worker)
            raise
        worker.watch()
        self._idle.put_nowait(worker)
