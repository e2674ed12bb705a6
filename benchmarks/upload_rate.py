"""Uploads of 1 MB and 50 MB through the gateway, inspecting, against bare mitmproxy buffering the same.

Three payloads. Words: random words in lines, a block of them again and again. Prose: minutes and notices in which
nobody is named, no block of a body twice. Binary: random bytes of no known format; nobody can say that there are no
people in it, so it is held, and what is timed is the way to the block page while bare mitmproxy sends it on.
"""

from __future__ import annotations

import asyncio
import random
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from aiohttp import ClientSession, ClientTimeout

from benchmarks.prose import paragraph
from benchmarks.report import Row, row
from tests.e2e.harness import Box

#: Payload, bytes, uploads a run.
WORKS = (
    ("", 1_000_000, 20),
    ("", 50_000_000, 2),
    ("prose", 1_000_000, 12),
    ("prose", 50_000_000, 2),
    ("binary", 1_000_000, 20),
    ("binary", 50_000_000, 4),
)
CONNECTIONS = 4


def body(size: int) -> bytes:
    """Innocent text of `size` bytes, in lines."""
    rng = random.Random(7)
    words = ["会議", "資料", "確認", "予定", "道路", "工事", "公園", "予算", "説明", "図面", "第二", "水曜日", "配布"]
    block = "".join("".join(rng.choices(words, k=14)) + "。\n" for _ in range(2000)).encode()
    whole = (block * (size // len(block) + 1))[:size]
    return whole[: whole.rfind(b"\n") + 1].ljust(size)  # whole characters, then blanks


def payload(kind: str, size: int) -> bytes:
    """The body of one upload; "" is words."""
    rng = random.Random(11)
    if kind == "binary":
        return rng.randbytes(size)
    if kind == "prose":
        lines, made = list[bytes](), 0
        while made < size:
            lines.append(paragraph(rng).encode() + b"\n")
            made += len(lines[-1])
        return b"".join(lines)[:size].decode("utf-8", "ignore").encode().ljust(size)
    return body(size)


async def _upload(proxy: str, target: str, data: bytes, count: int, *, held: bool) -> float:
    """Seconds for `count` uploads, some at once."""
    left = iter(range(count))

    async def one(session: ClientSession) -> None:
        for _ in left:
            headers = {"Content-Type": "application/octet-stream" if held else "text/plain"}
            async with session.post(target, data=data, proxy=proxy, headers=headers) as answer:
                if answer.status != (403 if held else 200):
                    raise SystemExit(f"HTTP {answer.status}: an upload that does not arrive is not measured")
                await answer.read()

    async with ClientSession(timeout=ClientTimeout(600)) as session:
        begun = time.perf_counter()
        await asyncio.gather(*(one(session) for _ in range(CONNECTIONS)))
        return time.perf_counter() - begun


def _child(stack: ExitStack, *args: str) -> int:
    command = [sys.executable, "-m", "benchmarks.http_peers", *args]
    child = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    stack.callback(child.wait)
    stack.callback(child.terminate)
    assert child.stdout is not None
    return int(child.stdout.readline())


def contestants(stack: ExitStack, folder: Path) -> tuple[str, dict[str, str]]:
    """A server that takes uploads, and the two proxies before it: bare mitmproxy first, then ours."""
    target = f"http://127.0.0.1:{_child(stack, 'sink')}/"
    bare = f"http://127.0.0.1:{_child(stack, 'proxy')}"
    off = {"enabled": False}
    box = stack.enter_context(Box(folder, web={"addresses": {"127.0.0.1": "clerk"}}, mail=off, media=off))
    return target, {"bare mitmproxy, buffering": bare, "sekisho, inspecting": box.proxy_url}


def run(runs: int = 3) -> list[Row]:
    """Megabytes a second, each size."""
    rows: list[Row] = []
    with ExitStack() as stack:
        target, proxies = contestants(stack, Path(stack.enter_context(tempfile.TemporaryDirectory())))
        for kind, size, count in WORKS:
            data = payload(kind, size)
            figures: dict[str, list[float]] = {who: [] for who in proxies}
            for number in range(runs + 1):
                for who, proxy in proxies.items():
                    held = kind == "binary" and who.startswith("sekisho")
                    seconds = asyncio.run(_upload(proxy, target, data, count, held=held))
                    if number:
                        figures[who].append(size * count / 1e6 / seconds)
            name = f"upload {size // 1_000_000} MB{kind and ', ' + kind}"
            rows += [row(name, who, "MB/s", taken) for who, taken in figures.items()]
    return rows
