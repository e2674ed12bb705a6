"""How much longer a form of 10 kB takes to be answered through the gateway, inspecting, than through bare mitmproxy.

Each form differs from all others, as people's do: some fields, and a text of Japanese prose in which nobody is named.
"""

from __future__ import annotations

import asyncio
import random
import statistics
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlencode

from aiohttp import ClientSession, ClientTimeout, FormData

from benchmarks.prose import paragraph
from benchmarks.report import Row, row
from benchmarks.upload_rate import contestants

SIZE = 10_000
POSTS = 200  # of each kind in one run, the contestants in turn


def fields(rng: random.Random, size: int) -> dict[str, str]:
    """What somebody types into a form: `size` bytes of prose, and what stands around it."""
    text = ""
    while len(text.encode()) < size - 3:
        text += paragraph(rng) + "\n"
    text = text.encode()[:size].decode("utf-8", "ignore")
    return {"title": "会議資料の提出", "category": str(rng.randint(1, 9)), "text": text, "agree": "on"}


def form(kind: str, rng: random.Random) -> FormData | bytes:
    """One form of SIZE bytes as a browser sends it."""
    if kind == "urlencoded":
        body = urlencode(fields(rng, (SIZE - 100) // 3)).encode()  # a byte beyond ASCII takes three
        return body.ljust(SIZE, b"+")
    data = FormData(default_to_multipart=True)
    for name, value in fields(rng, SIZE - 600).items():
        data.add_field(name, value)
    return data


async def _post(session: ClientSession, proxy: str, target: str, kind: str, body: FormData | bytes) -> float:
    """Milliseconds from sending a form to its whole answer."""
    headers = {"Content-Type": "application/x-www-form-urlencoded"} if kind == "urlencoded" else {}
    begun = time.perf_counter()
    async with session.post(target, data=body, proxy=proxy, headers=headers) as answer:
        await answer.read()
    if answer.status != 200:
        raise SystemExit(f"HTTP {answer.status}: a form that does not arrive is not measured")
    return (time.perf_counter() - begun) * 1000


async def _in_turn(proxies: dict[str, str], target: str, kind: str, seed: int) -> dict[str, list[float]]:
    """Milliseconds of each post, one after another on a kept connection, the contestants in turn."""
    taken: dict[str, list[float]] = {who: [] for who in proxies}
    rng = random.Random(seed)
    async with ClientSession(timeout=ClientTimeout(60)) as session:
        for _ in range(POSTS):
            for who, proxy in proxies.items():
                taken[who].append(await _post(session, proxy, target, kind, form(kind, rng)))
    return taken


def run(runs: int = 5) -> list[Row]:
    """The median of each run in milliseconds, and by how much the gateway's is larger."""
    rows: list[Row] = []
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        target, proxies = contestants(stack, folder)
        bare, ours = proxies
        for kind in ("urlencoded", "multipart"):
            medians: dict[str, list[float]] = {bare: [], ours: [], "added": []}
            for number in range(runs + 1):
                taken = asyncio.run(_in_turn(proxies, target, kind, seed=number))
                if number:
                    for who in proxies:
                        medians[who].append(statistics.median(taken[who]))
                    medians["added"].append(medians[ours][-1] - medians[bare][-1])
            rows += [row(f"10 kB form, {kind}", who, "ms", found) for who, found in medians.items()]
    return rows
