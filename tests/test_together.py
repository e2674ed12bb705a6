"""What many ask for at once is done in one go, each with its own answer or fault."""

from __future__ import annotations

import asyncio
import gc
import threading
from collections.abc import Sequence

import pytest
import uvloop

from dlp.together import Together

pytestmark = pytest.mark.timeout(60)


class Work:
    """Squares, but not of a negative number; the batches as they came. Waits for `go`."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.go = threading.Event()

    def __call__(self, jobs: Sequence[int]) -> list[int | BaseException]:
        self.batches.append(list(jobs))
        assert self.go.wait(30)
        if 0 in jobs:
            raise OSError("nothing of this batch")
        return [job * job if job > 0 else ValueError(str(job)) for job in jobs]


async def test_those_that_wait_go_together_and_each_gets_its_own() -> None:
    work = Work()
    together = Together("test", work)
    asked = [together.ask(1)]
    while not work.batches:
        await asyncio.sleep(0.001)
    asked += [together.ask(job) for job in (2, -3, 4)]
    work.go.set()
    said = await asyncio.gather(*asked, return_exceptions=True)
    assert [repr(word) for word in said] == ["1", "4", "ValueError('-3')", "16"]
    assert work.batches == [[1], [2, -3, 4]]


async def test_it_knows_how_long_a_go_takes() -> None:
    work = Work()
    together = Together("test", work)
    asked = together.ask(1)
    await asyncio.sleep(0.2)
    work.go.set()
    await asked
    slow = together.usual
    assert slow > 0.2 * 0.15
    for job in range(1, 30):
        await together.ask(job)
    assert together.usual < slow


async def test_who_goes_away_takes_nobodys_answer_along() -> None:
    work = Work()
    together = Together("test", work)
    gone, stays = together.ask(2), together.ask(3)
    gone.cancel()
    work.go.set()
    assert await stays == 9
    assert work.batches == [[2, 3]]  # once asked it is done


async def test_a_batch_that_fails_fails_for_all_in_it_and_the_next_one_goes() -> None:
    work = Work()
    work.go.set()
    together = Together("test", work)
    said = await asyncio.gather(together.ask(5), together.ask(0), return_exceptions=True)
    assert [type(word) for word in said] == [OSError, OSError]
    assert await together.ask(6) == 36


async def test_what_comes_after_a_batch_keeps_nobody_of_it_waiting_but_the_next_batch() -> None:
    work, go, told = Work(), threading.Event(), list[int]()
    work.go.set()

    def after() -> None:
        assert go.wait(30)
        told.append(len(work.batches))
        raise OSError("that is not the askers' concern")

    together = Together("test", work, after)
    assert await together.ask(2) == 4
    next_one = together.ask(3)
    await asyncio.sleep(0.05)
    assert (work.batches, told) == ([[2]], [])
    go.set()
    assert await next_one == 9
    assert told[0] == 1


async def test_of_very_many_none_is_forgotten() -> None:
    work = Work()
    work.go.set()
    together = Together("test", work)
    assert await asyncio.gather(*(together.ask(job) for job in range(1, 1001))) == [job * job for job in range(1, 1001)]
    assert max(map(len, work.batches)) <= 64


async def test_what_is_asked_meanwhile_keeps_its_patience() -> None:
    work = Work()
    together = Together("test", work)
    first = together.ask(1)
    while not work.batches:
        await asyncio.sleep(0.001)
    patient = together.ask(2, patience=3600.0)
    work.go.set()
    assert await first == 1
    await asyncio.sleep(0.01)
    assert work.batches == [[1]]
    assert await asyncio.gather(together.ask(3, patience=0.001), patient) == [9, 4]
    assert work.batches == [[1], [2, 3]]


async def test_who_has_patience_goes_along_with_the_next_who_has_none_or_alone() -> None:
    work = Work()
    work.go.set()
    together = Together("test", work)
    patient = together.ask(2, patience=3600.0)
    await asyncio.sleep(0.01)
    assert work.batches == []
    assert await asyncio.gather(together.ask(3), patient) == [9, 4]
    assert await together.ask(4, patience=0.001) == 16
    assert work.batches == [[2, 3], [4]]
    both = [together.ask(5, patience=0.001), together.ask(6, patience=0.001)]
    assert await asyncio.gather(*both) == [25, 36]
    assert await together.ask(7) == 49


async def test_who_is_cancelled_while_it_waits_hears_so_when_it_is_done() -> None:
    work = Work()
    together = Together("test", work)

    async def asks() -> int:
        return await together.ask(2)

    waits = asyncio.create_task(asks())
    while not work.batches:
        await asyncio.sleep(0.001)
    waits.cancel()
    await asyncio.sleep(0.01)
    assert not waits.done()
    work.go.set()
    with pytest.raises(asyncio.CancelledError):
        await waits


async def test_the_thread_ends_with_whoever_asked() -> None:
    work = Work()
    work.go.set()
    together = Together("ends soon", work)
    assert await together.ask(2) == 4
    (thread,) = (one for one in threading.enumerate() if one.name == "ends soon")
    del together
    gc.collect()
    await asyncio.to_thread(thread.join, 30)
    assert not thread.is_alive()


def test_patience_of_less_than_a_millisecond_is_borne_by_the_gateways_own_loop() -> None:
    """uvloop gives no timer for what is due within a millisecond, and what it gives cannot be asked when it goes off."""

    async def asked() -> list[int]:
        work = Work()
        work.go.set()
        together = Together("test", work)
        return [
            *await asyncio.gather(*(together.ask(job, patience=0.0008 / job) for job in range(1, 9))),
            await together.ask(9, patience=0.0005),
        ]

    assert uvloop.run(asked()) == [job * job for job in range(1, 10)]
