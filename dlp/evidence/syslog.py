"""RFC 5424 messages over TLS with octet counting (RFC 5425), or over plain TCP on a trusted wire.

Syslog has no answer to a message, so a message counts as delivered when the other side's TCP has acknowledged its last
octet (SIOCOUTQ says so). What was on its way when a connection ended is sent again: at least once, never lost.
"""

from __future__ import annotations

import fcntl
import os
import socket
import ssl
import struct
import termios
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime

from dlp.errors import ConfigError
from dlp.settings import Siem

_FACILITY = 13  # log audit
_PATIENCE = 10.0  # seconds to connect, to write, and for the acknowledgement


@dataclass(frozen=True, kw_only=True, slots=True)
class Message:
    """What is told."""

    at: datetime
    kind: str  # MSGID: "cef", "ocsf", "checkpoint"
    text: str
    severity: int = 6  # 0 (emergency) to 7 (debug)


def frame(message: Message, host: str) -> bytes:
    """A message as it stands on the wire."""
    at = message.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    head = f"<{_FACILITY * 8 + message.severity}>1 {at} {host} sekisho {os.getpid()} {message.kind} - "
    body = head.encode("ascii") + b"\xef\xbb\xbf" + message.text.encode("utf-8", "replace")
    return b"%d %s" % (len(body), body)


class Collector:
    """A connection to one collector, made when needed. For one thread."""

    def __init__(self, settings: Siem) -> None:
        host, _, port = settings.collector.rpartition(":")
        if not host or not port.isdecimal():
            raise ConfigError(f"[siem] collector: {settings.collector!r} is not host:port")
        self._address = host.strip("[]"), int(port)
        self._context = _context(settings) if settings.tls else None
        self._host = settings.hostname or socket.gethostname() or "-"
        self._socket: socket.socket | None = None

    def send(self, messages: Sequence[Message]) -> None:
        """Deliver all of them. Raises OSError: then any of them may have arrived, and all are to be sent again."""
        try:
            link = self._linked()
            link.sendall(b"".join(frame(message, self._host) for message in messages))
            _await_acknowledgement(link)
            _check_open(link)
        except OSError:
            self.close()
            raise

    def close(self) -> None:
        """End the connection."""
        link, self._socket = self._socket, None
        if link is not None:
            with suppress(OSError):
                link.close()

    def _linked(self) -> socket.socket:
        if self._socket is not None:
            _check_open(self._socket)
            return self._socket
        plain = socket.create_connection(self._address, timeout=_PATIENCE)
        if self._context is None:
            self._socket = plain
        else:
            try:
                self._socket = self._context.wrap_socket(plain, server_hostname=self._address[0])
            except BaseException:
                plain.close()
                raise
        return self._socket


def _check_open(link: socket.socket) -> None:
    """A collector never writes: whatever can be read is its end of the connection. Raises OSError."""
    link.settimeout(0.0)
    try:
        if link.recv(1) == b"":
            raise ConnectionResetError("the collector closed the connection")
    except (BlockingIOError, ssl.SSLWantReadError):
        pass
    finally:
        link.settimeout(_PATIENCE)


def _await_acknowledgement(link: socket.socket) -> None:
    until = time.monotonic() + _PATIENCE
    while struct.unpack("i", fcntl.ioctl(link.fileno(), termios.TIOCOUTQ, b"\0\0\0\0"))[0]:
        if time.monotonic() > until:
            raise TimeoutError("the collector does not acknowledge")
        time.sleep(0.001)


def _context(settings: Siem) -> ssl.SSLContext:
    try:
        context = ssl.create_default_context(cafile=settings.ca)
        if settings.cert is not None:
            context.load_cert_chain(settings.cert, settings.key)
    except (OSError, ssl.SSLError) as error:
        raise ConfigError(f"[siem] ca/cert/key: {error}") from None
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context
