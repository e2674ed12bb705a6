"""What every place for blobs promises."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import pytest

from quarantine.blobs.base import Blobs, NoSuchBlob


def put(blobs: Blobs, *pieces: bytes) -> str:
    with blobs.put(pieces) as name:
        return name


def read(blobs: Blobs, name: str) -> bytes:
    with blobs.open(name) as source:
        return source.read()


@pytest.mark.parametrize("pieces", [(), (b"",), (b"one",), (b"one", b"", b"two"), (b"x" * 3_000_000,)])
def test_what_was_put_is_there(blobs: Blobs, open_blobs: Callable[[], Blobs], pieces: tuple[bytes, ...]) -> None:
    name = put(blobs, *pieces)
    assert read(open_blobs(), name) == b"".join(pieces)


def test_names_are_random_and_harmless(blobs: Blobs) -> None:
    names = {put(blobs, b"same") for _ in range(20)}
    assert len(names) == 20
    assert all(len(name) == 32 and set(name) <= set("0123456789abcdef") for name in names)


@pytest.mark.parametrize("name", ["0" * 32, "", "x", "../../etc/passwd", "../" + "0" * 29, "A" * 32])
def test_what_was_not_put_is_not_there(blobs: Blobs, name: str) -> None:
    with pytest.raises(NoSuchBlob):
        blobs.open(name)


def test_a_removed_blob_is_gone_and_may_be_removed_again(blobs: Blobs) -> None:
    name = put(blobs, b"data")
    blobs.remove(name)
    blobs.remove(name)
    with pytest.raises(NoSuchBlob):
        blobs.open(name)


def test_a_put_that_fails_leaves_nothing(blobs: Blobs) -> None:
    def failing() -> Iterator[bytes]:
        yield b"half"
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError), blobs.put(failing()):
        pytest.fail("never entered")
    assert blobs.sweep(lambda name: False) == 0


def test_a_sweep_removes_what_is_neither_wanted_nor_in_flight(blobs: Blobs, open_blobs: Callable[[], Blobs]) -> None:
    wanted, orphan = put(blobs, b"wanted"), put(blobs, b"orphan")
    with blobs.put([b"in flight"]) as flying:
        assert open_blobs().sweep({wanted}.__contains__) == 1
        assert read(blobs, flying) == b"in flight"
    assert read(blobs, wanted) == b"wanted"
    with pytest.raises(NoSuchBlob):
        blobs.open(orphan)
    assert open_blobs().sweep({wanted}.__contains__) == 1, "no longer in flight"


def test_a_blob_half_written_is_in_flight(blobs: Blobs, open_blobs: Callable[[], Blobs]) -> None:
    def pieces() -> Iterator[bytes]:
        yield b"one "
        assert open_blobs().sweep(lambda name: False) == 0
        yield b"two"

    assert read(blobs, put(blobs, *pieces())) == b"one two"


def test_what_is_committed_during_a_sweep_stays(blobs: Blobs, open_blobs: Callable[[], Blobs]) -> None:
    """The sweep asks before it has the blob; then its writer commits and ends; the sweep must ask again."""
    held: set[str] = set()
    flight = blobs.put([b"data"])
    name = flight.__enter__()

    def wanted(asked: str) -> bool:
        answer = asked in held
        if not held:
            held.add(name)  # the writer's commit, just after the first answer
            flight.__exit__(None, None, None)
        return answer

    assert open_blobs().sweep(wanted) == 0
    assert read(blobs, name) == b"data"


def test_puts_and_sweeps_at_once(blobs: Blobs, open_blobs: Callable[[], Blobs]) -> None:
    """Writers that commit inside `put` lose nothing, however often others sweep."""
    held: set[str] = set()
    stop = threading.Event()
    faults: list[BaseException] = []

    def write() -> None:
        try:
            for _ in range(60):
                with blobs.put([b"data"]) as name:
                    held.add(name)
        except BaseException as fault:
            faults.append(fault)

    def sweep() -> None:
        other = open_blobs()
        while not stop.is_set():
            other.sweep(held.__contains__)

    sweeper = threading.Thread(target=sweep)
    writers = [threading.Thread(target=write) for _ in range(4)]
    for thread in (sweeper, *writers):
        thread.start()
    for thread in writers:
        thread.join()
    stop.set()
    sweeper.join()
    assert not faults
    assert len(held) == 240
    assert all(read(blobs, name) == b"data" for name in held)
