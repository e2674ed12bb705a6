"""A mail of 200 MB through the real gateway: from the client to disk, from disk to the next hop, never whole in memory."""

from __future__ import annotations

import contextlib
import hashlib
import smtplib
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.harness import Box
from tests.e2e.people import CSV
from tests.e2e.test_mail import OUTSIDE, send

pytestmark = pytest.mark.e2e
HEADER = (
    b"From: clerk@town.example\r\nTo: partner@outside.example\r\nSubject: large\r\nMessage-ID: <l@c.example>\r\n\r\n"
)
LINE = b"The minutes of the meeting, once more and the same as before, with nobody named.\r\n"
SIZE = 200 * 1024 * 1024
ROOM = 100 * 1024 * 1024  # bytes of memory the gateway may grow by: half of one such mail


class Drain:
    """An SMTP sink that keeps digests, not contents."""

    def __enter__(self) -> Drain:
        self.digests: list[str] = []
        self.sizes: list[int] = []
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listening.close()

    def _serve(self) -> None:
        while True:
            try:
                client, _ = self._listening.accept()
            except OSError:
                return
            threading.Thread(target=self._talk, args=(client,), daemon=True).start()

    def _talk(self, client: socket.socket) -> None:
        with (
            contextlib.suppress(ConnectionError),
            client,
            client.makefile("rb", buffering=1 << 20) as stream,
        ):
            client.sendall(b"220 drain\r\n")
            for line in stream:
                if line.startswith(b"DATA"):
                    client.sendall(b"354 go\r\n")
                    self._content(stream)
                if line.startswith(b"EHLO"):
                    client.sendall(b"250-drain\r\n250-SIZE 0\r\n")
                client.sendall(b"250 2.0.0 ok\r\n")

    def _content(self, stream: object) -> None:
        total, size = hashlib.sha256(), 0
        for line in stream:  # type: ignore[attr-defined]
            if line == b".\r\n":
                break
            if not line.startswith(b"X-Sekisho-Trace"):
                total.update(line)
                size += len(line)
        self.digests.append(total.hexdigest())
        self.sizes.append(size)


@pytest.fixture
def drain() -> Iterator[Drain]:
    with Drain() as running:
        yield running


def post_large(port: int, size: int = SIZE, header: bytes = HEADER) -> tuple[tuple[int, str], str]:
    """Send it in pieces; the reply, and the SHA-256 of what was sent."""
    total = hashlib.sha256()
    block = LINE * (1 << 13)
    with smtplib.SMTP("127.0.0.1", port, timeout=200) as client:
        client.ehlo("client.example")
        assert client.mail("clerk@town.example")[0] == client.rcpt(OUTSIDE)[0] == 250
        client.putcmd("DATA")
        assert client.getreply()[0] == 354
        assert client.sock is not None
        for piece in (header, *[block] * (size // len(block) + 1)):
            client.sock.sendall(piece)
            total.update(piece)
        client.sock.sendall(b".\r\n")
        code, text = client.getreply()
    return (code, text.decode()), total.hexdigest()


@pytest.mark.timeout(240)
def test_a_mail_of_200_mb_goes_by_disk(drain: Drain, tmp_path: Path) -> None:
    off = {"enabled": False}
    mail = {"next_hop": f"127.0.0.1:{drain.port}", "next_hop_tls": "none", "max_size": 2 * SIZE}
    with Box(tmp_path, mail=mail, web=off, media=off, inspection={"workers": 1, "deadline": 120.0}) as box:
        assert send(box.smtp_port, HEADER + LINE)[0] == 250  # everything is loaded
        before = box.resident()
        assert box.process is not None
        Path(f"/proc/{box.process.pid}/clear_refs").write_text("5")  # the peak is counted from here
        (code, text), digest = post_large(box.smtp_port)
        assert code == 250, text
        assert peak(box) < before + ROOM
        assert digest in drain.digests  # taken by the next hop before we said so
        box.wait(lambda: not [*(box.var / "spool").rglob("mail-*"), *(box.var / "spool").rglob("release-*")])


def test_a_large_mail_that_is_held_leaves_as_it_came(drain: Drain, tmp_path: Path) -> None:
    off = {"enabled": False}
    mail = {"next_hop": f"127.0.0.1:{drain.port}", "next_hop_tls": "none"}
    with Box(tmp_path, mail=mail, web=off, media=off, inspection={"workers": 1, "deadline": 120.0}) as box:
        header = HEADER + CSV.replace("\n", "\r\n").replace("\r\r", "\r").encode()
        (code, text), digest = post_large(box.smtp_port, 12 * 1024 * 1024, header)
        assert (code, "held for review, case " in text) == (250, True)
        assert digest not in drain.digests
        box.approve(text.rpartition(" ")[2])
        box.wait(lambda: digest in drain.digests)
        box.wait(lambda: not [*(box.var / "spool").rglob("mail-*"), *(box.var / "spool").rglob("release-*")])


def peak(box: Box) -> int:
    """Most bytes of memory the gateway's own process has had."""
    assert box.process is not None
    lines = Path(f"/proc/{box.process.pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) * 1024
