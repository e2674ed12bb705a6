"""What meets at a mount's tables: a file's end and its landing, its removal and its writer, its times and its standing."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from dlp.channels.mount_files import MediaFiles
from dlp.channels.mount_open import LANDING, Question
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
