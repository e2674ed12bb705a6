"""A mail's content on its way in: the same whatever the blocks, in memory or on disk."""

from __future__ import annotations

import hashlib
import random
from pathlib import Path

import pytest

from dlp.channels.mail import intake
from dlp.channels.mail.intake import Intake

LINE = 5000


def taken(wire: bytes, folder: Path, *, step: int, limit: int = 0) -> Intake:
    """What becomes of bytes that come in blocks of `step`."""
    made = Intake(limit=limit, line_length=LINE, folder=folder)
    for start in range(0, len(wire), step):
        if made.feed(wire[start : start + step]):
            made.rest += wire[start + step :]
            return made
    raise AssertionError("no end was found")


def content_of(made: Intake) -> bytes:
    assert (made.data is None) != (made.spool is None)
    return made.data if made.data is not None else made.spool.read_bytes()  # type: ignore[union-attr]


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Contents of 2,000 bytes are large."""
    monkeypatch.setattr(intake, "IN_MEMORY", 2000)


def lines(seed: int, count: int) -> bytes:
    made = random.Random(seed)
    parts = [b"", b".", b"..", b".x", b"..x", b"x" * 70, "会議".encode(), b"a.", b"\xff\x00" * 3]
    return b"".join(made.choice(parts) + b"\r\n" for _ in range(count))


@pytest.mark.parametrize("step", [1, 2, 3, 4, 5, 7, 64, 1999, 65536])
@pytest.mark.parametrize("count", [0, 1, 20, 400])
def test_the_same_bytes_whatever_the_blocks(tmp_path: Path, small: None, step: int, count: int) -> None:
    content = lines(count, count)
    wire = (b"\r\n" + content).replace(b"\r\n.", b"\r\n..")[2:] + b".\r\nNOOP\r\n"
    made = taken(wire, tmp_path, step=step)
    assert (made.refusal, content_of(made), made.rest) == ("", content, b"NOOP\r\n")
    if made.spool is not None:
        assert made.digest == hashlib.sha256(content).hexdigest()
        assert made.spool.stat().st_mode & 0o077 == 0
        assert made.head
        assert content.startswith(made.head)
    made.drop()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("bare", [b"\n.\n", b"\n.\r\n", b"\r.\r\n", b"\r\n.\n", b"\r\n.\r", b"\r", b"\n", b"\r\n\0.\n"])
@pytest.mark.parametrize("where", [0, 1000, 3500, 12_000])
@pytest.mark.parametrize("step", [3, 1000])
def test_bare_line_ends_are_found_in_a_large_content(
    tmp_path: Path, small: None, bare: bytes, where: int, step: int
) -> None:
    content = b"y" * 98 + b"\r\n"
    content = (content * 130)[:where] + b"first" + bare + b"RCPT TO:<x@y>\r\n" + content * 130
    made = taken(content + b".\r\nQUIT\r\n", tmp_path, step=step)
    assert (made.refusal, made.data, made.spool, made.rest) == (intake.BARE, None, None, b"QUIT\r\n")
    assert list(tmp_path.iterdir()) == []  # nothing of it stays


@pytest.mark.parametrize(("length", "refusal"), [(LINE, ""), (LINE + 1, intake.LONG_LINE), (90_000, intake.LONG_LINE)])
@pytest.mark.parametrize("before", [0, 10_000])
def test_long_lines_in_a_large_content(tmp_path: Path, small: None, length: int, refusal: str, before: int) -> None:
    content = b"z\r\n" * (before // 3) + b"x" * length + b"\r\n" + b"z\r\n" * 2000
    assert taken(content + b".\r\n", tmp_path, step=1000).refusal == refusal


@pytest.mark.parametrize(("size", "refusal"), [(9000, ""), (9003, intake.TOO_LARGE), (900_000, intake.TOO_LARGE)])
def test_the_limit_counts_what_was_meant(tmp_path: Path, small: None, size: int, refusal: str) -> None:
    content = b"..\r\n" * (size // 3)  # each a dot doubled
    assert taken(content + b".\r\n", tmp_path, step=700, limit=9000).refusal == refusal


def test_a_full_disk_is_told_and_the_end_still_found(small: None) -> None:
    made = taken(b"z\r\n" * 20_000 + b".\r\nQUIT\r\n", Path("/nowhere/at/all"), step=500)
    assert (made.refusal, made.rest) == (intake.NO_ROOM, b"QUIT\r\n")
