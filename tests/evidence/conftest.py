"""A room with a little history, and a syslog receiver that reads frames as RFC 5425 asks."""

from __future__ import annotations

import hashlib
import itertools
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from quarantine.case import Decision, LedgerEntry, Move, NewCase
from quarantine.keys import KeyRing
from quarantine.room import Room
from tests.e2e import certificates

_numbers = itertools.count(1)


class Receiver:
    """A collector on loopback: octet counting, TLS where there is a certificate. Can go down and come up again."""

    def __init__(self, identity: tuple[Path, Path] | None) -> None:
        self.messages: list[str] = []
        self.tls = identity is not None
        self._context: ssl.SSLContext | None = None
        if identity is not None:
            self._context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            self._context.load_cert_chain(*identity)
        self.port = 0
        self._links: list[socket.socket] = []
        self.up()

    def up(self) -> None:
        self._server = socket.create_server(("127.0.0.1", self.port), reuse_port=False)
        self.port = self._server.getsockname()[1]
        threading.Thread(target=self._serve, args=(self._server,), daemon=True).start()

    def down(self) -> None:
        with suppress(OSError):
            self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()
        for link in self._links:
            with suppress(OSError):
                link.shutdown(socket.SHUT_RDWR)
            link.close()
        self._links.clear()

    def _serve(self, server: socket.socket) -> None:
        with suppress(OSError):
            while True:
                link, _ = server.accept()
                threading.Thread(target=self._read, args=(link,), daemon=True).start()

    def _read(self, link: socket.socket) -> None:
        with suppress(OSError, ValueError):
            if self._context is not None:
                link = self._context.wrap_socket(link, server_side=True)
            self._links.append(link)
            with link.makefile("rb") as stream:
                while head := _until_space(stream):
                    self.messages.append(stream.read(int(head)).decode("utf-8"))


def _until_space(stream: Any) -> bytes:
    digits = b""
    while (sign := stream.read(1)) not in (b" ", b""):
        assert sign.isdigit()
        digits += sign
    return digits


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> certificates.Authority:
    """A certificate authority."""
    return certificates.authority(tmp_path_factory.mktemp("tls") / "ca")


@pytest.fixture(scope="session")
def identity(authority: certificates.Authority) -> tuple[Path, Path]:
    """Certificate and key of 127.0.0.1."""
    return authority.issue("127.0.0.1")


@pytest.fixture(params=["tls", "plain"])
def receiver(request: pytest.FixtureRequest, identity: tuple[Path, Path]) -> Iterator[Receiver]:
    """A collector that listens."""
    made = Receiver(identity if request.param == "tls" else None)
    yield made
    made.down()


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    made = Room.open(tmp_path / "quarantine", KeyRing.open_or_create(tmp_path / "keys.json"))
    yield made
    made.close()


def entry(**fields: Any) -> LedgerEntry:
    usual: dict[str, Any] = {
        "transfer": f"t{next(_numbers)}",
        "at": datetime.now(UTC),
        "channel": "mail",
        "sender": "himitsu.taro@town.example",
        "person": "E001",
        "department": "税務課",
        "destination": ("citizen@elsewhere.example",),
        "digest": hashlib.sha256(b"content").hexdigest(),
        "size": 7,
        "media_type": "text/plain",
        "verdict": "monitor",
        "reasons": ({"code": "few_subjects", "values": {"subjects": 2}},),
        "ruleset": "r1",
        "subjects": 2,
        "counts": {"name": 2, "phone": 1},
        "tokens": (b"a" * 16, b"b" * 16),
    }
    return LedgerEntry(**{**usual, **fields})


@pytest.fixture
def history(room: Room) -> Callable[[], None]:
    """Some of everything that an exporter sees."""

    def make() -> None:
        room.record(entry(verdict="allow", subjects=0, counts={}, reasons=({"code": "clean", "values": {}},)))
        room.record(entry())
        room.record(entry(verdict="block", person="", channel="media"))
        held = entry(verdict="quarantine", subjects=150, channel="web")
        new = NewCase(entry=held, envelope={}, approvals_needed=1, supervisor="S001", reportable=("4",))
        case = room.admit(new, b"content")
        room.note("S001", "login", {"role": "supervisor"})
        word = Decision(actor="S001", move=Move.APPROVE, reason="himitsu na riyuu", at=datetime.now(UTC))
        room.decide(case.id, word)
        room.settle(case.id, Move.DELIVERED, "250 ok himitsu")

    return make
