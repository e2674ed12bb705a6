"""Who it is behind a proxy in front: curl as that proxy, from its address and from another, in clear and in a tunnel."""

from __future__ import annotations

import asyncio
import os
import subprocess
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from dlp.channels.web.authority import Authority
from dlp.channels.web.web import WebChannel
from dlp.settings import Web
from dlp.transfer import Transfer

SAYS = "X-Authenticated-User"
SENDERS: list[str] = []


async def submit(transfer: Transfer, *_: object) -> None:
    SENDERS.append(transfer.sender)
    raise RuntimeError("far enough")


@pytest.fixture
async def channel(tmp_path: Path, need: Callable[..., None]) -> AsyncIterator[WebChannel]:
    need("curl")
    SENDERS.clear()
    users = tmp_path / "htpasswd"
    users.write_text("nobody:$2b$04$abcdefghijklmnopqrstuv\n")
    config = Web(port=0, front=("127.0.0.2",), users=users)
    made = WebChannel(config, submit, Authority(tmp_path / "ca", "test"), spool=tmp_path / "spool")  # type: ignore[arg-type]
    await made.start()
    yield made
    await made.stop()


async def sent(channel: WebChannel, peer: str, url: str, *headers: str, tunnel: str = "") -> str:
    command = ["curl", "-sS", "--noproxy", "", "-x", f"http://127.0.0.1:{channel.port}", "--interface", peer]
    command += ["--cacert", str(channel.ca_path), "-o", "/dev/null", "-w", "%{http_code}", "--max-time", "60"]
    command += [word for header in headers for word in ("-H", header)]
    command += ["--proxy-header", tunnel] if tunnel else []
    env = {k: v for k, v in os.environ.items() if "proxy" not in k.lower()}
    done = await asyncio.to_thread(
        subprocess.run, [*command, "-d", "memo=text", url], capture_output=True, timeout=90, check=False, env=env
    )
    return str(done.stdout.decode())


@pytest.mark.parametrize(
    ("said", "login"),
    [
        (f"{SAYS}: clerk", "clerk"),
        (f"{SAYS}: TOWN\\clerk", "clerk"),
        (f"{SAYS}: clerk@TOWN.EXAMPLE", "clerk"),
        ("X: y", ""),
    ],
)
async def test_the_proxy_in_front_tells(said: str, login: str, channel: WebChannel) -> None:
    assert await sent(channel, "127.0.0.2", "http://127.0.0.1:9/x", said) == "503"
    assert await sent(channel, "127.0.0.2", "https://127.0.0.1:9/x", tunnel=said) == "503"
    assert [login, login] == SENDERS


async def test_a_client_tells_nothing_inside_a_tunnel_and_nobody_twice(channel: WebChannel) -> None:
    await sent(channel, "127.0.0.2", "https://127.0.0.1:9/x", f"{SAYS}: boss", tunnel=f"{SAYS}: clerk")
    await sent(channel, "127.0.0.2", "https://127.0.0.1:9/x", f"{SAYS}: boss", tunnel="X: y")
    await sent(channel, "127.0.0.2", "http://127.0.0.1:9/x", f"{SAYS}: boss", f"{SAYS}: clerk")
    assert SENDERS == ["clerk", "", ""]


async def test_from_anywhere_else_a_password_is_asked_for(channel: WebChannel) -> None:
    assert await sent(channel, "127.0.0.1", "http://127.0.0.1:9/x", f"{SAYS}: clerk") == "407"
    assert await sent(channel, "127.0.0.1", "https://127.0.0.1:9/x", tunnel=f"{SAYS}: clerk") in ("000", "407")
    assert SENDERS == []
