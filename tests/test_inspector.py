"""Real worker processes: reading, dying, being late, being replaced, new rules."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import threading
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
import uvloop

from dlp import bundle
from dlp.answer import decoded
from dlp.errors import GatewayFault
from dlp.inspector import Inspector
from dlp.question import Question, coded_question
from dlp.settings import Inspection as Settings
from dlp.transfer import Channel, Transfer
from dlp.tuning.town import citizens, csv_text
from dlp.worker import Worker
from tests.extract import makers

RULES = bundle.read()


def transfer(data: bytes = makers.CSV.encode()) -> Transfer:
    return Transfer(channel=Channel.MAIL, sender="a", destination=("b",), name="n", data=data)


async def make(**more: object) -> Inspector:
    settings = replace(Settings(workers=1, deadline=30.0), **more)  # type: ignore[arg-type]
    inspector = Inspector(settings, RULES.files, digest=RULES.digest, token_key=b"k" * 32)
    await inspector.start()
    return inspector


@pytest.fixture
async def inspector() -> AsyncIterator[Inspector]:
    made = await make()
    yield made
    await made.stop()


async def test_a_worker_reads(inspector: Inspector) -> None:
    read = await inspector.inspect(transfer())
    assert (read.subjects, read.inspected, read.ruleset) == (150, True, RULES.digest)


async def test_a_worker_that_dies_costs_only_its_transfer(inspector: Inspector) -> None:
    (pid,) = inspector.pids
    os.kill(pid, signal.SIGSTOP)
    task = asyncio.create_task(inspector.inspect(transfer()))
    await asyncio.sleep(0.3)
    os.kill(pid, signal.SIGKILL)
    read = await task
    assert [unread.why for unread in read.unread] == ["failed"]  # so it is held
    assert (await inspector.inspect(transfer())).subjects == 150


async def test_ending_amid_a_hand_over_does_not_garble_it() -> None:
    inspector = await make()
    (worker,) = inspector.pool.all
    task = asyncio.create_task(inspector.inspect(transfer(b"\0" * 200_000_000)))
    while worker._process.is_alive() and not worker._sending.locked():
        await asyncio.sleep(0)
    await inspector.stop()
    with contextlib.suppress(GatewayFault):
        await task  # answered, or given up
    assert worker._process.exitcode in (0, -signal.SIGKILL)  # 1: it took the farewell for a piece of the content


async def test_a_worker_that_is_late_is_killed() -> None:
    inspector = await make(deadline=1.0)
    try:
        (pid,) = inspector.pids
        os.kill(pid, signal.SIGSTOP)
        read = await inspector.inspect(transfer())
        assert [unread.why for unread in read.unread] == ["timed_out"]
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)
        async with asyncio.timeout(60):
            while not (await _read_again(inspector)):
                await asyncio.sleep(0.1)
    finally:
        await inspector.stop()


async def _read_again(inspector: Inspector) -> bool:
    """Whether the new worker reads; on a busy machine it takes longer to start than one may wait for it here."""
    try:
        return (await inspector.inspect(transfer(b"hello"))).inspected
    except GatewayFault:
        return False


async def test_who_answered_last_is_asked_next() -> None:
    """His processor's caches hold what he needs for it; in turn, each would find them cold."""
    inspector = await make(workers=2)
    try:
        for _ in range(6):
            assert (await inspector.inspect(transfer(b"hello"))).inspected
        assert sorted(worker.done for worker in inspector.pool.all) == [0, 6]
    finally:
        await inspector.stop()


async def test_workers_are_recycled() -> None:
    inspector = await make(recycle=2)
    try:
        seen = set()
        for _ in range(6):
            assert (await inspector.inspect(transfer(b"hello"))).inspected
            seen.update(inspector.pids)
        assert len(seen) >= 3
    finally:
        await inspector.stop()


async def test_new_rules_are_put_in_force_whole_or_not_at_all(inspector: Inspector) -> None:
    changed = dict(RULES.files) | {"person-name/surnames.txt": b"\xe9\x9c\xa7\n"}
    digest = "1" * 64
    await inspector.swap(changed, digest)
    for _ in range(3):
        assert (await inspector.inspect(transfer(b"hello"))).ruleset != RULES.digest
    broken = dict(RULES.files) | {"phone/signature.toml": b"id = 3"}
    with pytest.raises(GatewayFault):
        await inspector.swap(broken, "2" * 64)
    assert inspector.digest == digest
    assert (await inspector.inspect(transfer(b"hello"))).inspected


async def test_without_workers_nothing_is_accepted(inspector: Inspector) -> None:
    await inspector.stop()
    with pytest.raises(GatewayFault):
        await inspector.inspect(transfer())


async def test_rules_that_do_not_load_stop_the_start() -> None:
    files = dict(RULES.files) | {"phone/signature.toml": b"id = 3"}
    inspector = Inspector(Settings(workers=1), files, digest="x", token_key=b"k" * 32)
    with pytest.raises(GatewayFault, match=r"phone/signature\.toml"):
        await inspector.start()
    await inspector.stop()


@pytest.mark.parametrize("short", [True, False])
async def test_a_cancelled_caller_gives_the_worker_back(inspector: Inspector, short: bool) -> None:
    (pid,) = inspector.pids
    os.kill(pid, signal.SIGSTOP)
    task = asyncio.create_task(inspector.inspect(transfer() if short else transfer(LONG[:100_000])))
    await asyncio.sleep(0.05)
    task.cancel()
    await asyncio.sleep(0.05)
    task.cancel()  # as a connection's end does
    os.kill(pid, signal.SIGCONT)
    with pytest.raises(asyncio.CancelledError):
        await task
    assert (await inspector.inspect(transfer())).subjects == 150
    assert inspector.pids == [pid]


async def test_who_is_cancelled_while_a_worker_dies_takes_nobodys_worker_along(inspector: Inspector) -> None:
    (pid,) = inspector.pids
    os.kill(pid, signal.SIGSTOP)
    task = asyncio.create_task(inspector.inspect(transfer()))
    await asyncio.sleep(0.05)
    task.cancel()
    os.kill(pid, signal.SIGKILL)
    with pytest.raises(asyncio.CancelledError):
        await task
    assert (await inspector.inspect(transfer())).subjects == 150
    assert pid not in inspector.pids


async def test_an_answer_to_nothing_is_taken_for_no_other(inspector: Inspector) -> None:
    (worker,), (pid,) = inspector.pool.all, inspector.pids
    assert worker._send(coded_question(Question(transfer=transfer(b"nobody")), 1))
    while not worker.gone:
        await asyncio.sleep(0.01)
    assert (await inspector.inspect(transfer())).subjects == 150
    assert pid not in inspector.pids


async def test_an_answer_with_another_number_is_taken_for_no_other(inspector: Inspector) -> None:
    (worker,), (pid,) = inspector.pool.all, inspector.pids
    os.kill(pid, signal.SIGSTOP)
    task = asyncio.create_task(inspector.inspect(transfer(b"nobody")))
    while not worker._number:
        await asyncio.sleep(0)
    worker._number += 1
    os.kill(pid, signal.SIGCONT)
    assert [unread.why for unread in (await task).unread] == ["failed"]
    assert (await inspector.inspect(transfer())).subjects == 150
    assert pid not in inspector.pids


async def test_what_is_no_answer_holds_what_was_asked_of(monkeypatch: pytest.MonkeyPatch, inspector: Inspector) -> None:
    (pid,) = inspector.pids
    with monkeypatch.context() as patched:
        patched.setattr("dlp.answer._FIELDS", ())  # as if the worker spoke otherwise than we hear
        read = await inspector.inspect(transfer(b"nobody"))
        assert [unread.why for unread in read.unread] == ["failed"]
    assert (await inspector.inspect(transfer())).subjects == 150
    assert pid not in inspector.pids


async def test_a_long_answer_is_taken_apart_beside_the_loop(
    monkeypatch: pytest.MonkeyPatch, inspector: Inspector
) -> None:
    places: list[bool] = []

    def noting(told: bytes, **how: bool) -> object:
        places.append(threading.current_thread() is threading.main_thread())
        return decoded(told, **how)

    monkeypatch.setattr("dlp.worker.decoded", noting)
    monkeypatch.setattr("dlp.worker._SLOW", 2000)
    assert (await inspector.inspect(transfer(b"nobody"))).subjects == 0
    assert (await inspector.inspect(transfer())).subjects == 150
    assert places == [True, False]


async def test_it_is_told_how_a_worker_ended(inspector: Inspector) -> None:
    (worker,), (pid,) = inspector.pool.all, inspector.pids
    os.kill(pid, signal.SIGKILL)
    while not worker.gone:
        await asyncio.sleep(0.01)
    with pytest.raises(GatewayFault, match=rf"{pid} was gone before it was asked \(signal 9\)"):
        await inspector.pool.served(worker, Question(transfer=transfer()))


async def test_many_at_once(inspector: Inspector) -> None:
    reads = await asyncio.gather(*(inspector.inspect(transfer()) for _ in range(12)))
    assert {read.subjects for read in reads} == {150}


async def test_more_than_may_wait_is_told_at_once() -> None:
    inspector = await make(queue=2)
    (pid,) = inspector.pids
    os.kill(pid, signal.SIGSTOP)
    tasks = [asyncio.create_task(inspector.inspect(transfer(b"words"))) for _ in range(6)]
    done, waiting = await asyncio.wait(tasks, timeout=20, return_when=asyncio.FIRST_EXCEPTION)
    os.kill(pid, signal.SIGCONT)
    assert len(waiting) == 3  # one is being read, two wait
    assert {str(one.exception()) for one in done} == {"too many transfers wait for inspection"}
    assert [read.subjects for read in await asyncio.gather(*waiting)] == [0, 0, 0]
    await inspector.stop()


async def test_large_content_is_read_piece_by_piece_in_little_memory(tmp_path: Path) -> None:
    """A list of 33 MB from a spool: the worker's peak stays far below the content and what it would be as text."""
    rows = makers.CSV.encode("cp932")
    header, _, body = rows.partition(b"\r\n")
    spool = tmp_path / "list.csv"
    with spool.open("wb") as file:
        file.write(header + b"\r\n")
        for _ in range(33 * 1024 * 1024 // len(body) + 1):
            file.write(body)
    inspector = await make(deadline=100.0)
    try:
        (pid,) = inspector.pids
        sent = Transfer(channel=Channel.MEDIA, sender="a", destination=("b",), name="n", spool=spool)
        read = await inspector.inspect(sent)
        peak = next(line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("VmHWM"))
        assert (read.subjects, read.inspected, read.bytes) == (150, True, spool.stat().st_size)
        assert int(peak.split()[1]) < 1024 * 1024
    finally:
        await inspector.stop()


async def test_spooled_content_reaches_a_worker_that_may_open_nothing(inspector: Inspector, tmp_path: Path) -> None:
    spool = tmp_path / "list.csv"
    spool.write_bytes(makers.CSV.encode())
    sent = Transfer(channel=Channel.MEDIA, sender="a", destination=("b",), name="n", spool=spool)
    assert (await inspector.inspect(sent)).subjects == 150


def test_a_long_answer_arrives_whole_in_the_loop_that_serves() -> None:
    """uvloop takes blocking away from what it watches: half an answer must not pass for the worker's end."""
    people = csv_text(citizens(30_000, seed=7)).encode()

    async def read() -> None:
        inspector = await make(deadline=120.0)
        try:
            for _ in range(3):
                found = await inspector.inspect(transfer(people))
                assert (len(found.tokens) > 29_000, found.unread) == (True, ())  # some 500 kB: more than a pipe holds
        finally:
            await inspector.stop()

    uvloop.run(read())


LONG = ("第二公園の工事の図面を水曜日に配布します。\n" * 60_000).encode()  # 3.7 MB
PEOPLE = csv_text(citizens(40)).replace(",", " 、").encode()


def _on_disk(spool: Path, data: bytes) -> Transfer:
    spool.write_bytes(data)
    return Transfer(channel=Channel.MEDIA, sender="a", destination=("b",), name="n.txt", spool=spool)


@pytest.mark.timeout(120)
async def test_what_is_read_while_it_is_written_is_not_read_again(tmp_path: Path) -> None:
    inspector = await make(workers=2, deadline=60.0)
    try:
        innocent, spool = _on_disk(tmp_path / "a", LONG * 5), tmp_path / "b"
        whole = await inspector.inspect(innocent)
        assert (whole.subjects, whole.inspected) == (0, True)
        data = LONG * 2 + PEOPLE + LONG * 3
        growing = _on_disk(spool, b"")
        for size in (6 << 20, 9 << 20, len(data)):
            spool.write_bytes(data[:size])
            inspector.grown(growing, size)
        read = await inspector.inspect(_on_disk(spool, data))
        inspector.grown(growing, len(data))
        inspector.forget(spool)
        again = await inspector.inspect(_on_disk(spool, data))
        assert read.subjects == again.subjects >= 30
        assert (read.tokens, read.counts, read.findings) == (again.tokens, again.counts, again.findings)
        assert not inspector.aheads.kept
    finally:
        await inspector.stop()


@pytest.mark.timeout(120)
async def test_what_was_changed_after_it_was_read_is_read_again(tmp_path: Path) -> None:
    inspector = await make(workers=2, deadline=60.0)
    try:
        spool = tmp_path / "a"
        growing = _on_disk(spool, LONG * 5)
        inspector.grown(growing, growing.size)
        while inspector.aheads.kept[spool].ahead._tasks:
            await asyncio.sleep(0.01)
        assert len(inspector.aheads.kept[spool].ahead._settled) == 4
        changed = _on_disk(spool, PEOPLE + LONG * 5)
        inspector.forget(spool)  # as a mount does, which saw the change
        assert (await inspector.inspect(changed)).subjects >= 30
        inspector.grown(growing, growing.size)
        renamed = Transfer(channel=Channel.MEDIA, sender="a", destination=("b",), name="other.txt", spool=spool)
        assert (await inspector.inspect(renamed)).subjects >= 30
    finally:
        await inspector.stop()


async def test_stretches_wear_a_worker_out_too(tmp_path: Path) -> None:
    inspector = await make(recycle=2, deadline=60.0)
    try:
        (first,) = inspector.pids
        spool = tmp_path / "a"
        growing = _on_disk(spool, LONG * 5)
        async with asyncio.timeout(60):
            while spool not in inspector.aheads.kept or len(inspector.aheads.kept[spool].ahead._settled) < 4:
                inspector.grown(growing, growing.size)
                await asyncio.sleep(0.05)
        assert first not in inspector.pids
    finally:
        await inspector.stop()


async def test_a_stretch_does_not_keep_the_last_worker_from_a_mail(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("dlp.growing._LAST", 0.5)
    inspector = await make(workers=2, deadline=100.0)
    try:
        pids = inspector.pids
        for pid in pids:
            os.kill(pid, signal.SIGSTOP)  # as long as a stretch takes that was made to be slow
        inspector.grown(_on_disk(tmp_path / "a", LONG * 5), 20 << 20)
        async with asyncio.timeout(25):
            assert (await inspector.inspect(transfer())).subjects == 150
        assert len({*pids} - {*inspector.pids}) == 1
    finally:
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)
        await inspector.stop()


async def test_a_content_that_goes_amid_the_question_leaves_no_answer_to_the_next(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Its worker has been asked, and its answer is nobody else's: a list was taken for an empty stretch of another."""
    inspector = await make(deadline=60.0)
    sent = Worker._send_open

    def gone(self: Worker, asked: bytes, spool: Path, *, wait: bool = True) -> bool:
        try:
            return sent(self, asked, spool, wait=wait)
        finally:
            spool.unlink()

    try:
        monkeypatch.setattr(Worker, "_send_open", gone)
        inspector.grown(_on_disk(tmp_path / "a", LONG * 2), 5 << 20)
        with contextlib.suppress(GatewayFault):
            await inspector.inspect(_on_disk(tmp_path / "b", LONG))
        read = await asyncio.gather(*(inspector.inspect(transfer(data)) for data in (LONG[:9000], makers.CSV.encode())))
        assert [(one.subjects, one.bytes) for one in read] == [(0, 9000), (150, len(makers.CSV.encode()))]
    finally:
        await inspector.stop()


async def test_a_worker_that_was_asked_and_not_heard_is_asked_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    inspector = await make()
    (first,) = inspector.pids

    def broken(*_: object) -> None:
        raise ValueError("no clock")

    try:
        with monkeypatch.context() as patched:
            patched.setattr(Worker, "_ring", broken)
            with pytest.raises(ValueError, match="no clock"):
                await inspector.inspect(transfer())
        assert (await inspector.inspect(transfer(b"nobody"))).subjects == 0
        assert first not in inspector.pids
    finally:
        await inspector.stop()


async def test_a_content_that_is_gone_is_told_so(inspector: Inspector, tmp_path: Path) -> None:
    large = _on_disk(tmp_path / "a", LONG * 3)
    assert large.spool is not None
    large.spool.unlink()
    with pytest.raises(GatewayFault, match="gone"):
        await inspector.inspect(large)


async def test_no_content_that_is_written_is_put_out_for_another(inspector: Inspector, tmp_path: Path) -> None:
    """Each would be read from its beginning again, and again; those that were given up make room."""
    spools = [tmp_path / str(i) for i in range(66)]
    for spool in spools[:65]:
        inspector.grown(_on_disk(spool, b"x"), 0)
    assert [*inspector.aheads.kept] == spools[:64]
    spools[3].unlink()
    inspector.grown(_on_disk(spools[65], b"x"), 0)
    assert [*inspector.aheads.kept] == [*spools[:3], *spools[4:64], spools[65]]


async def test_a_stretch_that_a_worker_dies_of_is_the_last_that_is_read_ahead(tmp_path: Path) -> None:
    inspector = await make(workers=2)
    try:
        first = inspector.pids
        for pid in first:
            os.kill(pid, signal.SIGSTOP)
        inspector.grown(_on_disk(tmp_path / "a", LONG * 4), 12 << 20)
        ahead = inspector.aheads.kept[tmp_path / "a"].ahead
        os.kill(first[0], signal.SIGKILL)
        while ahead._open:
            await asyncio.sleep(0.01)
        os.kill(first[1], signal.SIGCONT)
        assert len(await ahead.settled(30.0)) <= 1
        assert ahead._next == 2
    finally:
        await inspector.stop()
