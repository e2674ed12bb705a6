"""What is refused unread is told at once, then at most once a minute, with all that came meanwhile."""

from __future__ import annotations

import threading

from dlp.channels.web.barred import Counted
from dlp.directory.coverage import Barred


def test_at_once_then_once_a_minute() -> None:
    now, found, heard = 0.0, list[list[Barred]](), threading.Semaphore(0)

    def told(some: list[Barred]) -> None:
        found.append(some)
        heard.release()

    counted = Counted(told, "gw", clock=lambda: now)
    counted.add("websocket", "Chat.example", "clerk")
    assert heard.acquire(timeout=60)
    for _ in range(5):
        counted.add("websocket", "chat.example", "clerk")
        counted.add("stream", "chat.example", "")
    now = 61.0
    counted.add("raw", "x" * 1000, "")
    assert heard.acquire(timeout=60)
    assert [(b.host, b.kind, b.person, b.count) for b in found[0]] == [("chat.example", "websocket", "clerk", 1)]
    assert {(b.host, b.kind, b.count) for b in found[1]} == {
        ("chat.example", "websocket", 5),
        ("chat.example", "stream", 5),
        ("x" * 255, "raw", 1),
    }
    counted.add("raw", "late", "")
    counted.tell()
    assert [(b.host, b.count, b.via) for b in found[2]] == [("late", 1, "gw")]
    counted.tell()
    assert len(found) == 3


def test_memory_is_bounded() -> None:
    counted = Counted(lambda some: None, "gw", clock=lambda: 0.0)
    for number in range(5_000):
        counted.add("raw", f"h{number}", "clerk")
    assert len(counted._found) <= 1_001


def test_each_person_is_a_line() -> None:
    told = list[list[Barred]]()
    counted = Counted(told.append, "gw", clock=lambda: 0.0)
    counted._last = 0.0
    for login in ("clerk", "clerk2", "clerk"):
        counted.add("tls", "bank.example", login)
    counted.tell()
    assert [(b.person, b.count) for b in told[0]] == [("clerk", 2), ("clerk2", 1)]


def test_what_no_store_takes_costs_no_line() -> None:
    told = list[list[Barred]]()
    counted = Counted(told.append, "gw", clock=lambda: 0.0)
    counted._last = 0.0
    counted.add("websocket", "chat.example", "clerk")
    counted.add("websocket", b"chat\xff.example".decode(errors="surrogateescape"), "c\udcff" * 1_000)
    counted.tell()
    assert [(b.host, len(b.person)) for b in told[0]] == [("chat.example", 5), ("chat?.example", 255)]
    assert all((b.host + b.person).encode() for b in told[0])
