"""Mails a second through the gateway, inspecting, against bare aiosmtpd relaying without inspection.

Same client, same sink, same bytes; the two relays take turns. The client keeps some connections open at once and sends
one mail after another on each. The sink and the bare relay are processes of their own, as the gateway is.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

import aiosmtplib

from benchmarks.report import Row, row
from tests.e2e.harness import Box

SIZES = (5_000, 21_000)
CONNECTIONS = 8
SENTENCE = (
    "次回の会議は来週の水曜日、第二会議室で行います。資料は当日配布しますので、各課で必要な部数を確認してください。\n"
)


def message(size: int) -> bytes:
    """An innocent mail of about `size` bytes, 8bit UTF-8."""
    head = (
        "From: clerk@town.example\r\nTo: partner@outside.example\r\nSubject: meeting\r\nMIME-Version: 1.0\r\n"
        "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
    )
    line = SENTENCE.replace("\n", "\r\n").encode()
    return head.encode() + line * max(1, (size - len(head)) // len(line))


async def _send(port: int, data: bytes, count: int) -> float:
    """Seconds to send `count` mails over CONNECTIONS connections."""
    left = iter(range(count))

    async def one() -> None:
        client = aiosmtplib.SMTP(hostname="127.0.0.1", port=port, start_tls=False, timeout=120)
        await client.connect()
        for _ in left:
            _, reply = await client.sendmail("clerk@town.example", ["partner@outside.example"], data)
            if "taken by the sink" not in reply:
                raise SystemExit(f"answered {reply!r}: a mail that was held or lost is not measured")
        await client.quit()

    begun = time.perf_counter()
    await asyncio.gather(*(one() for _ in range(CONNECTIONS)))
    return time.perf_counter() - begun


def _child(stack: ExitStack, *args: str) -> int:
    """Start a helper process that prints its port; the port."""
    child = subprocess.Popen([sys.executable, "-m", "benchmarks.smtp_peers", *args], stdout=subprocess.PIPE, text=True)
    stack.callback(child.wait)
    stack.callback(child.terminate)
    assert child.stdout is not None
    return int(child.stdout.readline())


def run(runs: int = 5, count: int = 300) -> list[Row]:
    """Mails a second, each size."""
    rows: list[Row] = []
    with ExitStack() as stack:
        sink = _child(stack, "sink")
        bare = _child(stack, "relay", str(sink))
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        off = {"enabled": False}
        settings = {"next_hop": f"127.0.0.1:{sink}", "next_hop_tls": "none"}
        box = stack.enter_context(Box(folder, mail=settings, web=off, media=off))
        ports = {"bare aiosmtpd relay, no inspection": bare, "sekisho, inspecting": box.smtp_port}
        for size in SIZES:
            figures: dict[str, list[float]] = {who: [] for who in ports}
            for number in range(runs + 1):
                for who, port in ports.items():
                    seconds = asyncio.run(_send(port, message(size), count))
                    if number:
                        figures[who].append(count / seconds)
            rows += [row(f"innocent mail {size // 1000} kB", who, "mails/s", taken) for who, taken in figures.items()]
    return rows
