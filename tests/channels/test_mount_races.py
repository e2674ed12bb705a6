"""What meets at a mount's tables: a file's end and its landing, its removal and its writer, its times and its standing."""

from __future__ import annotations

import errno
import os
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from dlp.channels.mount.files import MediaFiles
from dlp.channels.mount.open import LANDING, Question
from dlp.delivery.media import MARK

pytestmark = pytest.mark.timeout(60)


class Files:
    """A mount's files without a mount: what is judged waits in `asked`."""

    def __init__(self, tmp: Path) -> None:
        self.asked: list[Question] = []
        self.answer: Callable[[Question], int] = lambda _: LANDING
        self.may = True
        self.device, quick, spool = folders = [tmp / name for name in ("device", "quick", "spool")]
        for folder in folders:
            folder.mkdir()
        (self.device / MARK).touch()
        self.files = MediaFiles(self.device, (quick, spool), self._judge, lambda _: self.may, max_size=1 << 30)

    def _judge(self, question: Question) -> int:
        self.asked.append(question)
        return self.answer(question)

    def put(self, path: str, content: bytes = b"x") -> None:
        number = self.files.open(path, os.O_WRONLY | os.O_CREAT, 0, new=True)
        self.files.write(number, content, 0)
        try:
            self.files.flush(number)
        finally:
            self.files.release(number)


@pytest.fixture
def made(tmp_path: Path) -> Files:
    return Files(tmp_path)


def test_what_has_landed_is_not_landing(made: Files) -> None:
    held: list[bool] = []

    class Over(threading.Event):
        def set(self) -> None:
            held.append(made.files._lock._is_owned())  # type: ignore[attr-defined]
            super().set()

    def lands(question: Question) -> int:
        landing = question.landed.args[0]  # type: ignore[attr-defined]
        landing.over = Over()
        question.landed(0)
        assert landing.source == -1
        return LANDING

    made.answer = lands
    made.put("a")
    assert (held, made.files._landings) == ([True], {})


def test_who_syncs_a_folder_is_told_what_never_arrives(made: Files) -> None:
    made.files.mkdir("d")
    made.put("d/a")
    made.files._hasten = lambda: made.asked[0].landed(errno.ENOSPC)
    with pytest.raises(OSError, match=os.strerror(errno.ENOSPC)):
        made.files.sync_folder("d")


def test_a_reader_that_syncs_is_told_what_never_arrived(made: Files) -> None:
    made.put("a")
    reader = made.files.open("a", os.O_RDONLY, 0)
    made.asked[0].landed(errno.ENOSPC)
    with pytest.raises(OSError, match=os.strerror(errno.ENOSPC)):
        made.files.flush(reader, sync=True)


def test_a_writer_is_not_told_of_an_earlier_ones_end(made: Files) -> None:
    made.put("a")
    made.files.open("a", os.O_RDONLY, 0)
    made.asked[0].landed(errno.ENOSPC)
    made.put("a", b"y")
    assert made.asked[1].spool.read_bytes() == b"y"


class _Watched:
    """A file's lock; `left` gets what `look` says each time it is let go."""

    def __init__(self, look: Callable[[], object]) -> None:
        self._lock, self._look, self.left = threading.RLock(), look, list[object]()

    def acquire(self) -> None:
        self._lock.acquire()

    def release(self) -> None:
        self.left.append(self._look())
        self._lock.release()

    def __enter__(self) -> None:
        self.acquire()

    def __exit__(self, *_: object) -> None:
        self.release()


@pytest.mark.parametrize("what", ["removed", "moved"])
def test_nobody_comes_between_the_last_look_and_the_deed(made: Files, what: str) -> None:
    (made.device / "d").mkdir()
    number = made.files.open("d/a", os.O_WRONLY | os.O_CREAT, 0, new=True)
    file = made.files._files["d/a"]
    watched = _Watched(lambda: (file.gone, file.path))
    file.lock = watched  # type: ignore[assignment]
    if what == "removed":
        made.files.unlink("d/a", 0)
    else:
        made.files.rename("d", "e", 0)
    assert watched.left == [(True, "d/a") if what == "removed" else (False, "e/a")]
    made.files.release(number)


@pytest.mark.parametrize("late", [False, True], ids=["closed", "closed late"])
def test_an_empty_file_that_is_written_by_its_next_opener_is_refused_with_it(made: Files, late: bool) -> None:
    # close(2) returns before the kernel tells us of a file's end, so the next open may come before or after it.
    made.answer = lambda question: errno.EACCES if question.spool.stat().st_size else _arrives(made, question)
    first = made.files.open("a.tmp", os.O_RDWR | os.O_CREAT, 0, new=True)
    made.files.flush(first)
    if not late:
        made.files.release(first)
    second = made.files.open("a.tmp", os.O_RDWR, 0)
    made.files.write(second, b"people", 0)
    if late:
        made.files.release(first)
    with pytest.raises(PermissionError):
        made.files.flush(second)
    made.files.release(second)
    with pytest.raises(FileNotFoundError if late else PermissionError):
        made.files.rename("a.tmp", "a", 0)
    assert [p.read_bytes() for p in made.device.iterdir() if p.name != MARK] == ([] if late else [b""])


def _arrives(made: Files, question: Question) -> int:
    (made.device / question.path).touch()
    return 0


def test_who_may_not_write_changes_no_times(made: Files) -> None:
    made.put("a")
    before = made.files.attributes("a")["st_mtime"]
    made.may = False
    with pytest.raises(PermissionError):
        made.files.set_times("a", (1, 1), 0)
    assert made.files.attributes("a")["st_mtime"] == before
    made.may = True
    made.files.set_times("a", (1, 1), 0)
    assert made.files.attributes("a")["st_mtime"] == 1


def _told(made: Files, *writes: tuple[int, int], cut: int = -1) -> tuple[list[int], bool]:
    """What is told of a file of megabytes written so (place, size), and whether that is still so at its end."""
    told: list[int] = []
    made.files._grown = lambda spool, path, uid, size: told.append(size >> 20)
    number = made.files.open("large", os.O_WRONLY | os.O_CREAT, 0, new=True)
    for place, size in writes:
        for at in range(place, place + size):
            made.files.write(number, b"x" * (1 << 20), at << 20)
    if cut >= 0:
        made.files.truncate("large", cut << 20, number, 0)
    made.answer = lambda _: 0
    made.files.flush(number)
    made.files.release(number)
    return told, made.asked[-1].certain


def test_a_large_file_is_told_of_while_it_is_written(made: Files) -> None:
    assert _told(made, (0, 13)) == ([4, 8, 12], True)
    assert _told(made, (0, 3), (5, 4), (3, 2), (9, 1)) == ([4, 9], True)  # out of order
    assert _told(made, (4, 4), (0, 2)) == ([], True)
    assert _told(made, (0, 9), cut=9) == ([4, 8], True)


def test_what_is_changed_after_it_was_told_of_is_not_certain(made: Files) -> None:
    assert _told(made, (0, 9), (2, 1)) == ([4, 8], False)
    assert _told(made, (0, 9), (8, 1)) == ([4, 8], True)  # nobody was told of that yet
    assert _told(made, (0, 9), cut=7) == ([4, 8], False)
    assert _told(made, (0, 9), (2, 1), (9, 8)) == ([4, 8], False)


def test_what_is_written_after_a_verdict_is_told_of_to_nobody(made: Files) -> None:
    told: list[int] = []
    made.files._grown = lambda spool, path, uid, size: told.append(size)
    made.answer = lambda _: 0
    number = made.files.open("large", os.O_WRONLY | os.O_CREAT, 0, new=True)
    for at in range(10):
        made.files.write(number, b"x" * (1 << 20), at << 20)
        if at == 4:
            made.files.flush(number)
    made.files.flush(number)
    made.files.release(number)
    assert told == [4 << 20]
    assert [question.certain for question in made.asked] == [True, False]


def test_times_that_come_while_it_lands_are_its_times(made: Files, monkeypatch: pytest.MonkeyPatch) -> None:
    made.put("a")
    (made.device / "a").write_bytes(b"x")
    real, late = made.files._set_times, [3 * 10**9]

    def slow(path: str, times: tuple[int, int]) -> None:
        real(path, times)
        if late:  # once the times were looked at, and before its path shows the device
            again = late.pop()
            made.files.set_times("a", (again, again), 0)

    monkeypatch.setattr(made.files, "_set_times", slow)
    made.files.set_times("a", (10**9, 10**9), 0)
    made.asked[0].landed(0)
    assert (made.device / "a").stat().st_mtime_ns == 3 * 10**9
    assert made.files.attributes("a")["st_mtime"] == 3 * 10**9
