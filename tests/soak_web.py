"""`python -m tests.soak_web --minutes 5`: the web's harder ways at full rate; memory and descriptors stay flat.

HTTPS that the gateway opens, HTTP/2 with many requests on a connection, uploads in pieces, large bodies and WebSockets,
each with innocent things and lists among them, by curl and websockets. What each client was told is held against what
its server has. `tests.soak` has the other ways; memory is looked at as there.
"""

from __future__ import annotations

import argparse
import os
import ssl
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from itertools import pairwise
from pathlib import Path

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from tests.e2e.certificates import Authority, authority
from tests.e2e.harness import Box
from tests.e2e.people import CSV
from tests.e2e.socketserver import SocketServer
from tests.e2e.webserver import WebServer
from tests.soak import Look, Soaked, _median, look

SENDERS = {"https": 2, "http2": 1, "pieces": 1, "large": 1, "socket": 1}
_LARGE = ("第二公園の工事の図面を水曜日に配布します。\n" * 300_000).encode()  # 19 MB
_TEXT = ("Meeting at ten. " * 400).encode()
_MANY = 20  # requests on one connection of HTTP/2
_SHARE = 20  # one thing of so many is a list
_EVERY = 2.0


class Senders:
    """Threads that send until they are told to stop, and what became of it all."""

    def __init__(self, box: Box, server: WebServer, sockets: SocketServer, folder: Path) -> None:
        self._box, self._server, self._sockets, self._folder = box, server, sockets, folder
        self._over, self._count = threading.Event(), threading.Lock()
        self._number = 0
        self.sent: Counter[str] = Counter()
        self.faults = 0
        self.wrong: list[tuple[str, bool, str]] = []  # way, whether it was a list, what its client was told
        for name, data in (("large", _LARGE), ("list", CSV.encode()), ("text", _TEXT)):
            (folder / name).write_bytes(data)
        self._threads = [
            threading.Thread(target=self._send, args=(way,), daemon=True)
            for way, many in SENDERS.items()
            for _ in range(many)
        ]

    def __enter__(self) -> Senders:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join(200)
            assert not thread.is_alive(), "a sender was never answered"

    def _send(self, way: str) -> None:
        send: Callable[[int, bool], str] = getattr(self, f"_{way}")
        while not self._over.is_set():
            with self._count:
                self._number += 1
                number = self._number
            is_list = number % _SHARE == 0
            told = send(number, is_list)
            with self._count:
                self.sent[way] += 1
                self.faults += "503" in told
                if told not in ("403" if is_list else "200", "503"):
                    self.wrong.append((way, is_list, told))

    def forget(self) -> None:
        """What has arrived was looked at. Raises AssertionError where a list is among it."""
        arrived, self._server.arrived[:] = list(self._server.arrived), []
        heard, self._sockets.heard[:] = list(self._sockets.heard), []
        line = CSV.splitlines()[-1].encode()  # of a list typed row by row into a socket the first few pass
        assert not any(line in one.body for one in arrived)
        assert not any(line in (one if isinstance(one, bytes) else one.encode()) for one in heard)

    def _curl(self, *words: str) -> str:
        command = ["curl", "-sS", "--noproxy", "", "-x", self._box.proxy_url, "--cacert", str(self._box.ca_path)]
        command += ["-o", "/dev/null", "-w", "%{http_code}\n", "--max-time", "120", *words]
        env = {name: text for name, text in os.environ.items() if "proxy" not in name.lower()}
        done = subprocess.run(command, capture_output=True, timeout=180, check=False, env=env)
        return " ".join(sorted(set(done.stdout.decode().split())))

    def _https(self, number: int, is_list: bool) -> str:
        path = str(self._folder / ("list" if is_list else "text"))
        return self._curl("--http1.1", "-T", path, f"{self._server.url}/{number}")

    def _http2(self, number: int, is_list: bool) -> str:
        path = str(self._folder / ("list" if is_list else "text"))
        urls = [f"{self._server.url}/{number}/{n}" for n in range(_MANY)]
        more = [word for url in urls[1:] for word in ("-o", "/dev/null", url)]
        return self._curl("--http2", "--parallel", "--data-binary", f"@{path}", urls[0], *more)

    def _large(self, number: int, is_list: bool) -> str:
        path = self._folder / "large"
        if is_list:
            path = self._folder / "large-list"
            path.write_bytes(_LARGE[: len(_LARGE) // 2] + b"\n" + CSV.encode() + _LARGE[len(_LARGE) // 2 :])
        return self._curl("-H", "Content-Type: text/plain", "-T", str(path), f"{self._server.url}/{number}")

    def _pieces(self, number: int, is_list: bool) -> str:
        """A file in three; the last answer: in which it comes to what it is."""
        data = CSV.encode() if is_list else _TEXT
        cuts = [0, len(data) // 3, 2 * len(data) // 3, len(data)]
        told = "200"
        for start, stop in pairwise(cuts):
            (self._folder / "piece").write_bytes(data[start:stop])
            where = f"Content-Range: bytes {start}-{stop - 1}/{len(data)}"
            kind = ("-H", "Content-Type: text/csv", "-H", where)
            told = self._curl(*kind, "-T", str(self._folder / "piece"), f"{self._server.url}/piece/{number}")
            if told != "200":
                return told
        return told

    def _socket(self, number: int, is_list: bool) -> str:
        trust = ssl.create_default_context(cafile=str(self._box.ca_path))
        trust.maximum_version = ssl.TLSVersion.TLSv1_2  # see test_web_sockets
        try:
            with connect(self._sockets.url, proxy=self._box.proxy_url, ssl=trust, open_timeout=60) as talk:
                for line in CSV.splitlines() if is_list else ["Meeting at ten"] * 20:
                    talk.send(line)
                    talk.recv(60)
                return "200"
        except ConnectionClosed as closed:
            return "403" if closed.rcvd is not None and closed.rcvd.code == 1008 else f"closed {closed}"
        except (OSError, TimeoutError) as error:
            return type(error).__name__


def _server_tls(ca: Authority) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(*ca.issue("127.0.0.1"))
    return context


def run(folder: Path, seconds: float) -> tuple[Soaked, list[tuple[str, bool, str]]]:
    """A soak of so long, and what clients were told that they should not have been."""
    ca, off = authority(folder / "ca"), {"enabled": False}
    web = {"upstream_ca": str(ca.path), "addresses": {"127.0.0.1": "clerk"}}
    looks: list[Look] = []
    with ExitStack() as stack:
        server = stack.enter_context(WebServer(tls=_server_tls(ca)))
        sockets = stack.enter_context(SocketServer(tls=_server_tls(ca)))
        box = stack.enter_context(Box(folder / "box", web=web, mail=off, media=off))
        assert box.process is not None
        senders = stack.enter_context(Senders(box, server, sockets, folder))
        begun = said = time.monotonic()
        while (now := time.monotonic()) < begun + seconds:
            looks.append(look(box.process.pid))
            senders.forget()
            if now - said > 30:
                said = now
                told = f"{now - begun:6.0f} s  {dict(senders.sent)}, {looks[-1].memory >> 20} MiB"
                print(f"{told}, {looks[-1].descriptors} descriptors", file=sys.stderr, flush=True)
            time.sleep(min(_EVERY, seconds / 20))
    quarter = len(looks) // 4
    before, after = _median(looks[quarter : 2 * quarter]), _median(looks[-quarter:])
    sent, faults = dict(senders.sent), senders.faults
    return Soaked(seconds=seconds, sent=sent, faults=faults, before=before, after=after), senders.wrong


def main() -> int:
    """The command; 1 when it has grown or somebody was told something wrong."""
    ask = argparse.ArgumentParser(prog="python -m tests.soak_web", description=__doc__)
    ask.add_argument("--minutes", type=float, default=20.0)
    asked = ask.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        soaked, wrong = run(Path(folder), asked.minutes * 60)
    print(f"{soaked.seconds:.0f} s; sent {soaked.sent}; told to come again {soaked.faults}; told wrongly {wrong[:20]}")
    print(f"memory {soaked.before.memory >> 20} -> {soaked.after.memory >> 20} MiB ({soaked.growth:+.1%})")
    print(f"descriptors {soaked.before.descriptors} -> {soaked.after.descriptors}")
    return 0 if soaked.flat and not wrong else 1


if __name__ == "__main__":
    raise SystemExit(main())
